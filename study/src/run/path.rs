//! One cluster over time: steps, rows, and the moment from which nothing changes any more.

use super::rule::Rule;
use crate::resolve::Plan;
use crate::scenario::InputError;
use slackwater_core::system::apart::{Server, spread, step_apart};
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

/// A cluster in motion. Cloning it forks the run.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::Cluster;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// let plan = Plan::resolve(file)?;
/// let mut cluster = Cluster::new(&plan, 50.0)?;
/// let mut fork = cluster.clone();
/// assert_eq!(fork.step(), cluster.step());
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cluster {
    /// What it is.
    pub scenario: Scenario<f64>,
    /// What it has come to.
    pub state: State<f64>,
    /// Ring storage of the state.
    pub storage: Vec<f64>,
    /// API servers by group, where something happens to some of them only; the state then shows their mean.
    pub servers: Vec<Server<f64>>,
    layout: Layout,
    /// Share of the nodes a wave may reach, by the second it starts.
    waves: Vec<(f64, f64)>,
}

impl Cluster {
    /// A healthy cluster of `nodes` nodes, just touched.
    ///
    /// # Errors
    /// As [`Plan::cluster`].
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::Cluster;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// let plan = Plan::resolve(file)?;
    /// let cluster = Cluster::new(&plan, 50.0)?;
    /// assert_eq!((cluster.scenario.nodes, cluster.state.now_s), (50.0, 0.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn new(plan: &Plan, nodes: f64) -> Result<Self, InputError> {
        Ok(Self::of(plan, plan.cluster(nodes)?))
    }

    /// The same for a cluster of the plan that is resolved already.
    pub(super) fn of(plan: &Plan, scenario: Scenario<f64>) -> Self {
        let layout = Layout::of(&scenario);
        Self::laid_out(plan, scenario, layout)
    }

    /// The plan of a cluster without room for anything that moves: what its rollout is, and how long it takes.
    pub(super) fn outline(plan: &Plan, scenario: Scenario<f64>) -> Self {
        Self::laid_out(plan, scenario, Layout::default())
    }

    fn laid_out(plan: &Plan, scenario: Scenario<f64>, layout: Layout) -> Self {
        let groups = plan.groups();
        let mut storage = vec![0.0; layout.length * groups.len().max(1)];
        let state = State::new(&scenario, &layout, &mut storage);
        spread(&layout, &mut storage);
        let servers = groups.iter().map(|&count| Server::of(&state, count)).collect();
        let waves = if plan.fleet.single() {
            let steps = plan.fleet.waves.iter().enumerate();
            steps.map(|(number, &share)| (number as f64 * plan.fleet.soak_s, share)).collect()
        } else {
            vec![(0.0, 1.0)]
        };
        let waves = if plan.settings.is("agent.enabled") { waves } else { Vec::new() };
        Self { scenario, state, storage, servers, layout, waves }
    }

    /// Where its state lies in the storage.
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Share of the nodes a wave may reach, by the second it starts.
    pub(crate) fn waves(&self) -> &[(f64, f64)] {
        &self.waves
    }

    /// The same cluster, touched `later_s` seconds after its run begins; never if that is infinite.
    pub(crate) fn touched(mut self, later_s: f64) -> Self {
        if later_s.is_finite() {
            self.waves.iter_mut().for_each(|(from_s, _)| *from_s += later_s);
            self.scenario.creation.start_s += later_s;
        } else {
            self.waves.clear();
        }
        self
    }

    /// Start of the last wave before an age, seconds.
    pub(super) fn wave_before(&self, age_s: f64) -> f64 {
        wave_before(&self.waves, age_s)
    }

    /// Age at which the last pod of the last wave runs, if nothing holds it up.
    pub(super) fn rolled_out_s(&self) -> f64 {
        let creation = &self.scenario.creation;
        let pods = self.scenario.nodes * self.waves.windows(2).last().map_or(1.0, |pair| pair[1].1 - pair[0].1);
        self.waves.last().map_or(0.0, |(from_s, _)| *from_s)
            + creation.start_s
            + pods / creation.burst * creation.sync_s
    }

    /// One step.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::Cluster;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// let plan = Plan::resolve(file)?;
    /// let mut cluster = Cluster::new(&plan, 50.0)?;
    /// let row = cluster.step();
    /// assert_eq!(cluster.state.now_s, plan.dt_s);
    /// assert_eq!(row.values.len(), slackwater_core::system::observe::COLUMNS.len());
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn step(&mut self) -> Row {
        self.scenario.creation.share = share_at(&self.waves, self.state.now_s);
        let (scenario, layout, state) = (&self.scenario, &self.layout, &mut self.state);
        let totals = if self.servers.is_empty() {
            step(scenario, layout, state, &mut self.storage)
        } else {
            step_apart(scenario, layout, state, &mut self.storage, &mut self.servers)
        };
        Row::read(&self.scenario, &self.state, &totals, 0)
    }

    /// Rows of a window of all poll periods.
    pub(crate) fn poll_window(&self) -> usize {
        self.windows().0
    }

    /// Rows of a window of all poll periods, and rows after which a path may rest.
    pub(crate) fn windows(&self) -> (usize, usize) {
        let dt_s = self.scenario.dt_s;
        let longest_s = self.scenario.classes.iter().map(|class| class.period_s).fold(0.0, f64::max);
        let window = ((longest_s.max(60.0)) / dt_s).ceil() as usize;
        (window, (self.planned_s() / dt_s) as usize + 2 * window)
    }
}

/// Start of the last of some waves before an age, seconds.
pub(super) fn wave_before(waves: &[(f64, f64)], age_s: f64) -> f64 {
    waves.iter().map(|(from_s, _)| *from_s).filter(|from_s| *from_s <= age_s).fold(0.0, f64::max)
}

/// Share of the nodes that waves may have reached at an age.
pub(super) fn share_at(waves: &[(f64, f64)], age_s: f64) -> f64 {
    waves.iter().rev().find(|(from_s, _)| *from_s <= age_s).map_or(0.0, |(_, share)| *share)
}

/// Rows of one cluster from its touch, and the cluster at the end of them.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::{Cluster, Path};
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// let plan = Plan::resolve(file)?;
/// let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
/// assert_eq!(path.rows.len() as f64 * path.dt_s, 60.0);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
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
    /// The cluster where this run of it began, and its age there.
    pub(super) start: (Cluster, f64),
    window: usize,
}

/// Share of the API servers that answer below which none of them does.
pub(crate) const DOWN: f64 = 1e-6;
/// Relative change below which a state counts as unchanged.
const REST: f64 = 1e-9;
/// Relative change below which the mean of a rate counts as unchanged.
const REST_OF_MEANS: f64 = 1e-3;
/// Columns that hold a state rather than a rate.
const STATES: [usize; 5] = [Row::ANSWERING, Row::AGENTS, Row::CACHED, Row::IMPACT, Row::OPERATOR];

impl Path {
    /// Runs a cluster for `until_s` seconds, or until it rests: two windows of all poll periods alike, long
    /// after everything planned has happened. A resumed run gives the rows before, and whether it rested.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::{Cluster, Path};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// let plan = Plan::resolve(file)?;
    /// let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
    /// assert!(!path.rests && path.length_s() == 60.0);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn run(mut cluster: Cluster, mut rows: Vec<Row>, until_s: f64, mut rests: bool) -> Self {
        let dt_s = cluster.scenario.dt_s;
        let start = (cluster.clone(), rows.len() as f64 * dt_s);
        let steps = (until_s / dt_s).round() as usize;
        let (window, planned) = cluster.windows();
        rows.reserve(steps.min(200_000).saturating_sub(rows.len()));
        while rows.len() < steps && !rests {
            rows.push(cluster.step());
            let count = rows.len();
            if count > planned && count.is_multiple_of(window) && alike(&rows, window) {
                rests = true;
            }
        }
        Self { dt_s, rows, rests, last: cluster, start, window }
    }

    /// A path that ends where somebody stopped looking; its last row stands for what follows.
    pub(super) fn ended(rows: Vec<Row>, last: Cluster) -> Self {
        Self { dt_s: last.scenario.dt_s, rows, rests: true, start: (last.clone(), 0.0), last, window: 1 }
    }

    /// Row at an age. What comes after the end repeats the last window if the path rests, else the last row.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::resolve::Plan;
    /// # use slackwater_study::run::{Cluster, Path};
    /// # use slackwater_study::scenario::ScenarioFile;
    /// # let mut file = ScenarioFile::empty(TABLE);
    /// # file.set("cluster.nodes=50")?;
    /// # let plan = Plan::resolve(file)?;
    /// # let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
    /// assert_eq!(path.at(0.0), path.rows.first());
    /// assert_eq!(path.at(3600.0), path.rows.last());
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn at(&self, age_s: f64) -> Option<&Row> {
        let mut index = (age_s / self.dt_s) as usize;
        let count = self.rows.len();
        if self.rests && index >= count && self.window > 0 && count >= self.window {
            index = count - self.window + (index - count) % self.window;
        }
        self.rows.get(index.min(count.saturating_sub(1)))
    }

    /// Age covered by rows, seconds.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::resolve::Plan;
    /// # use slackwater_study::run::{Cluster, Path};
    /// # use slackwater_study::scenario::ScenarioFile;
    /// # let mut file = ScenarioFile::empty(TABLE);
    /// # file.set("cluster.nodes=50")?;
    /// # let plan = Plan::resolve(file)?;
    /// # let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
    /// assert_eq!(path.length_s(), 60.0);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn length_s(&self) -> f64 {
        self.rows.len() as f64 * self.dt_s
    }

    /// First age at which `read` has been at `level` or above for `for_s` seconds on end. A row stands for the
    /// middle of its step; between rows the value is a straight line, so the age does not jump with the step.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::resolve::Plan;
    /// # use slackwater_study::run::{Cluster, Path};
    /// # use slackwater_study::scenario::ScenarioFile;
    /// # let mut file = ScenarioFile::empty(TABLE);
    /// # file.set("cluster.nodes=50")?;
    /// # let plan = Plan::resolve(file)?;
    /// # let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
    /// use slackwater_core::system::observe::Row;
    /// assert_eq!(path.first(10.0, 1.0, |row| row.values[Row::ANSWERING]), Some(0.5 * path.dt_s + 10.0));
    /// assert_eq!(path.first(0.0, 0.5, |row| row.values[Row::IMPACT]), None);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn first(&self, for_s: f64, level: f64, mut read: impl FnMut(&Row) -> f64) -> Option<f64> {
        let mut rule = Rule::new(for_s, level, self.dt_s);
        let found = self.rows.iter().find_map(|row| rule.see(read(row)));
        let window = self.rows.len().saturating_sub(self.window);
        let again = self.rows.get(window..).unwrap_or_default().iter().map(read);
        found.or_else(|| self.rests.then(|| rule.resting(again)).flatten())
    }

    /// Rows of the last minute.
    pub(super) fn last_minute(&self) -> &[Row] {
        let from = self.rows.len().saturating_sub((60.0 / self.dt_s).ceil() as usize);
        self.rows.get(from..).unwrap_or_default()
    }

    /// Largest value of a column.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::resolve::Plan;
    /// # use slackwater_study::run::{Cluster, Path};
    /// # use slackwater_study::scenario::ScenarioFile;
    /// # let mut file = ScenarioFile::empty(TABLE);
    /// # file.set("cluster.nodes=50")?;
    /// # let plan = Plan::resolve(file)?;
    /// # let path = Path::run(Cluster::new(&plan, 50.0)?, Vec::new(), 60.0, false);
    /// use slackwater_core::system::observe::Row;
    /// assert_eq!(path.most(Row::ANSWERING), 1.0);
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn most(&self, column: usize) -> f64 {
        self.rows.iter().map(|row| value(row, column)).fold(0.0, f64::max)
    }
}

/// A value of a row; 0 for a column that does not exist.
pub(crate) fn value(row: &Row, column: usize) -> f64 {
    row.values.get(column).copied().unwrap_or(0.0)
}

/// Share of the API's requests that fail: all of them where no server answers.
pub(crate) fn failing(row: &Row) -> f64 {
    if value(row, Row::ANSWERING) < DOWN { 1.0 } else { value(row, Row::API_ERRORS) }
}

/// Whether the last two windows say the same: every state column step by step, every rate on average. While a
/// server answers nobody for both of them, only what it holds and what users feel is compared: clients go
/// round between timeout and retry, and nothing comes of it.
pub(crate) fn alike(rows: &[Row], window: usize) -> bool {
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
