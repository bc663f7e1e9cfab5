//! One cluster over time: steps, rows, and the moment from which nothing changes any more.

use crate::resolve::Plan;
use crate::scenario::InputError;
use serde::{Deserialize, Serialize};
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

/// A cluster in motion. Cloning it forks the run.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// What it is.
    pub scenario: Scenario<f64>,
    /// What it has come to.
    pub state: State<f64>,
    /// Ring storage of the state.
    pub storage: Vec<f64>,
    layout: Layout,
    /// Share of the nodes a wave may reach, by the second it starts.
    waves: Vec<(f64, f64)>,
}

/// The part of a cluster that is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frozen {
    pub(super) state: State<f64>,
    pub(super) storage: Vec<f64>,
}

impl Cluster {
    /// A healthy cluster of `nodes` nodes, just touched.
    ///
    /// # Errors
    /// As [`Plan::cluster`].
    pub fn new(plan: &Plan, nodes: f64) -> Result<Self, InputError> {
        let scenario = plan.cluster(nodes)?;
        let layout = Layout::of(&scenario);
        let mut storage = vec![0.0; layout.length];
        let state = State::new(&scenario, &layout, &mut storage);
        let waves = if plan.fleet.single() {
            let steps = plan.fleet.waves.iter().enumerate();
            steps.map(|(number, &share)| (number as f64 * plan.fleet.soak_s, share)).collect()
        } else {
            vec![(0.0, 1.0)]
        };
        Ok(Self { scenario, state, storage, layout, waves })
    }

    /// Continues from a saved state; `None` if it belongs to a scenario of another shape.
    pub fn thaw(mut self, frozen: Frozen) -> Option<Self> {
        let same = frozen.storage.len() == self.storage.len()
            && frozen.state.version == self.state.version
            && frozen.state.classes.len() == self.state.classes.len()
            && frozen.state.levels.len() == self.state.levels.len()
            && frozen.state.caches.len() == self.state.caches.len();
        (self.state, self.storage) = (frozen.state, frozen.storage);
        same.then_some(self)
    }

    /// What to save.
    pub fn freeze(&self) -> Frozen {
        Frozen { state: self.state.clone(), storage: self.storage.clone() }
    }

    /// One step.
    pub fn step(&mut self) -> Row {
        let now_s = self.state.now_s;
        let share = self.waves.iter().rev().find(|(from_s, _)| *from_s <= now_s).map_or(0.0, |(_, share)| *share);
        self.scenario.creation.share = share;
        let totals = step(&self.scenario, &self.layout, &mut self.state, &mut self.storage);
        Row::read(&self.scenario, &self.state, &totals, 0)
    }

    /// Seconds until the last change that is already planned: waves, pods coming up, a lost source.
    fn planned_s(&self) -> f64 {
        let creation = &self.scenario.creation;
        let syncs = (self.scenario.nodes / creation.burst).ceil() + 1.0;
        let last_wave = self.waves.last().map_or(0.0, |(from_s, _)| *from_s);
        let dns = &self.scenario.dns;
        let source = [dns.source_lost_s, dns.source_back_s].into_iter().filter(|&at| at < 1e12).fold(0.0, f64::max);
        (creation.start_s + syncs * creation.sync_s + last_wave).max(source)
    }
}

/// Rows of one cluster from its touch, and the cluster at the end of them.
#[derive(Clone, Debug)]
pub struct Path {
    /// Step, seconds.
    pub dt_s: f64,
    /// One row a step.
    pub rows: Vec<Row>,
    /// Whether the rows go on as their last window did.
    pub rests: bool,
    /// The cluster after the last row.
    pub last: Cluster,
    window: usize,
}

/// Relative change below which a state counts as unchanged.
const REST: f64 = 1e-9;
/// Relative change below which the mean of a rate counts as unchanged.
const REST_OF_MEANS: f64 = 1e-3;
/// Columns that hold a state rather than a rate.
const STATES: [usize; 5] = [Row::ANSWERING, Row::AGENTS, Row::CACHED, Row::IMPACT, Row::OPERATOR];

impl Path {
    /// Runs a cluster for `until_s` seconds, or until it rests: two windows of all poll periods alike, long
    /// after everything planned has happened. The rows before `rows` are given when a run is resumed.
    pub fn run(mut cluster: Cluster, mut rows: Vec<Row>, until_s: f64) -> Self {
        let dt_s = cluster.scenario.dt_s;
        let steps = (until_s / dt_s).round() as usize;
        let longest_s = cluster.scenario.classes.iter().map(|class| class.period_s).fold(0.0, f64::max);
        let window = ((longest_s.max(60.0)) / dt_s).ceil() as usize;
        let planned = (cluster.planned_s() / dt_s) as usize + 2 * window;
        rows.reserve(steps.min(200_000).saturating_sub(rows.len()));
        let mut rests = false;
        while rows.len() < steps {
            rows.push(cluster.step());
            let count = rows.len();
            if count > planned && count.is_multiple_of(window) && alike(&rows, window) {
                rests = true;
                break;
            }
        }
        Self { dt_s, rows, rests, last: cluster, window }
    }

    /// A path that ends where somebody stopped looking; its last row stands for what follows.
    pub(super) fn ended(rows: Vec<Row>, last: Cluster) -> Self {
        Self { dt_s: last.scenario.dt_s, rows, rests: true, last, window: 1 }
    }

    /// Row at an age. What comes after the end repeats the last window if the path rests, else the last row.
    pub fn at(&self, age_s: f64) -> Option<&Row> {
        let mut index = (age_s / self.dt_s) as usize;
        let count = self.rows.len();
        if self.rests && index >= count && self.window > 0 && count >= self.window {
            index = count - self.window + (index - count) % self.window;
        }
        self.rows.get(index.min(count.saturating_sub(1)))
    }

    /// Age covered by rows, seconds.
    pub fn length_s(&self) -> f64 {
        self.rows.len() as f64 * self.dt_s
    }

    /// First age at which `holds` is true for `for_s` seconds on end.
    pub fn first(&self, for_s: f64, mut holds: impl FnMut(&Row) -> bool) -> Option<f64> {
        let needed = (for_s / self.dt_s).ceil() as usize;
        let mut run = 0;
        for (index, row) in self.rows.iter().enumerate() {
            run = if holds(row) { run + 1 } else { 0 };
            if run > needed {
                return Some((index + 1) as f64 * self.dt_s);
            }
        }
        // A state that rests goes on for as long as it must.
        (self.rests && run > 0).then(|| (self.rows.len() - run + needed + 1) as f64 * self.dt_s)
    }

    /// Largest value of a column.
    pub fn most(&self, column: usize) -> f64 {
        self.rows.iter().map(|row| value(row, column)).fold(0.0, f64::max)
    }
}

/// A value of a row; 0 for a column that does not exist.
pub(super) fn value(row: &Row, column: usize) -> f64 {
    row.values.get(column).copied().unwrap_or(0.0)
}

/// Whether the last two windows say the same: every state column step by step, every rate on average. While a
/// server answers nobody for both of them, only what it holds and what users feel is compared: clients go
/// round between timeout and retry, and nothing comes of it.
fn alike(rows: &[Row], window: usize) -> bool {
    let count = rows.len();
    let Some((before, now)) =
        count.checked_sub(2 * window).and_then(|from| rows.get(from..)).and_then(|both| both.split_at_checked(window))
    else {
        return false;
    };
    let silent = before.iter().chain(now).all(|row| value(row, Row::ANSWERING) == 0.0);
    let close = |a: f64, b: f64, by: f64| (a - b).abs() <= by * a.abs().max(b.abs()).max(1e-3);
    let mean = |rows: &[Row], column: usize| rows.iter().map(|row| value(row, column)).sum::<f64>() / window as f64;
    let states = STATES.iter().all(|&column| {
        now.iter().zip(before).all(|(now, before)| close(value(now, column), value(before, column), REST))
    });
    states && (silent || (0..COLUMNS.len()).all(|column| close(mean(now, column), mean(before, column), REST_OF_MEANS)))
}
