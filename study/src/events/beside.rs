//! Both engines on the same cluster, side by side.

use super::system::{History, System, SystemError};
use crate::resolve::Plan;
use crate::run::{Cluster, joined};
use crate::scenario::InputError;
use crate::trial::Trial;
use serde::Serialize;
use slackwater_core::system::observe::Row;
use thiserror::Error;

/// A cluster that cannot be run by both engines.
///
/// ```
/// use slackwater_study::events::beside::BesideError;
/// use slackwater_study::events::system::SystemError;
/// let error = BesideError::from(SystemError::TooMany { what: "nodes", count: 1e9, most: 2e7 });
/// assert!(error.to_string().contains("nodes"));
/// ```
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BesideError {
    /// The scenario does not describe such a cluster.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The event engine cannot run it.
    #[error(transparent)]
    System(#[from] SystemError),
}

/// One number by both engines.
///
/// ```
/// use slackwater_study::events::beside::Measure;
/// let goodput = Measure::new("goodput", "1/s", 98.0, 100.0, Some(1.0));
/// assert_eq!((goodput.difference, goodput.agrees), (Some(-0.02), true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// What is measured.
    pub name: &'static str,
    /// Unit; empty for a share.
    pub unit: &'static str,
    /// By the fluid model.
    pub fluid: f64,
    /// Request by request, mean over the seeds.
    pub events: f64,
    /// Standard error of that mean; nothing for a single seed.
    pub standard_error: Option<f64>,
    /// Fluid against events, relative to the events; nothing if there is nothing to be relative to.
    pub difference: Option<f64>,
    /// Whether the two are within three standard errors or 3 %.
    pub agrees: bool,
}

impl Measure {
    /// Largest relative difference that counts as agreement.
    const BOUND: f64 = 0.03;
    /// Standard errors that do.
    const ERRORS: f64 = 3.0;
    /// Shares, rates and seconds below this are nothing.
    const NOTHING: f64 = 1e-3;
    /// And so many requests: less than one is there one second in ten.
    const FEW: f64 = 0.1;

    /// Compares two numbers.
    ///
    /// ```
    /// use slackwater_study::events::beside::Measure;
    /// assert!(!Measure::new("backlog", "requests", 1.2, 1.0, None).agrees);
    /// assert!(Measure::new("backlog", "requests", 1.2, 1.0, Some(0.1)).agrees);
    /// assert_eq!(Measure::new("impact", "", 0.0, 0.0, None).difference, None);
    /// ```
    pub fn new(name: &'static str, unit: &'static str, fluid: f64, events: f64, standard_error: Option<f64>) -> Self {
        let apart = fluid - events;
        let errors = standard_error.map_or(0.0, |error| Self::ERRORS * error);
        let nothing = if unit == "requests" { Self::FEW } else { Self::NOTHING };
        let allowed = errors.max(Self::BOUND * events.abs()).max(nothing);
        let difference = (events.abs() > nothing).then(|| apart / events);
        Self { name, unit, fluid, events, standard_error, difference, agrees: apart.abs() <= allowed }
    }
}

/// A cluster by both engines: means over its run, from the touch on, while nobody acts.
///
/// ```
/// use slackwater_study::events::beside::Beside;
/// let none = Beside { nodes: 50.0, seconds: 60.0, seeds: vec![1], measures: Vec::new(), events: 0 };
/// assert!(none.measures.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// Nodes of the cluster.
    pub nodes: f64,
    /// Length of the run, seconds.
    pub seconds: f64,
    /// Seeds of the event engine.
    pub seeds: Vec<u64>,
    /// The numbers.
    pub measures: Vec<Measure>,
    /// Events handled, all seeds.
    pub events: u64,
}

const NAMES: [(&str, &str); 5] =
    [("goodput", "1/s"), ("backlog", "requests"), ("waiting", "requests"), ("latency", "s"), ("impact", "")];

/// Sums of a run: seconds of each row, answered, requests present, requests waiting, latencies, impact.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    seconds: f64,
    answered: f64,
    present: f64,
    waiting: f64,
    latency_s: f64,
    impact: f64,
}

impl Sums {
    fn add(&mut self, row: &Row, dt_s: f64) {
        let value = |column: usize| row.values[column] * dt_s;
        self.seconds += dt_s;
        self.answered += value(Row::ANSWERED);
        self.present += value(Row::RUNNING) + value(Row::WAITING);
        self.waiting += value(Row::WAITING);
        self.impact += value(Row::IMPACT);
    }

    /// In the order of [`NAMES`].
    fn means(&self) -> [f64; 5] {
        let latency_s = if self.answered > 0.0 { self.latency_s / self.answered } else { 0.0 };
        let mean = |sum: f64| sum / self.seconds;
        [mean(self.answered), mean(self.present), mean(self.waiting), latency_s, mean(self.impact)]
    }
}

fn fluid(mut cluster: Cluster, seconds: f64) -> [f64; 5] {
    let dt_s = cluster.scenario.dt_s;
    let mut sums = Sums::default();
    for _ in 0..(seconds / dt_s).round() as usize {
        sums.add(&cluster.step(), dt_s);
        let servers = cluster.scenario.servers;
        let last = cluster.state.classes.iter().map(|class| class.last.latency_sum_s * servers);
        sums.latency_s += last.sum::<f64>();
    }
    sums.means()
}

fn events(history: &History) -> [f64; 5] {
    let mut sums = Sums::default();
    for row in &history.rows {
        sums.add(row, 1.0);
    }
    let latencies = history.observed.classes.iter().flat_map(|class| &class.latency_sum_s);
    sums.latency_s = latencies.sum();
    sums.means()
}

/// Runs the cluster of `nodes` nodes of a plan for `seconds` seconds from its touch by both engines, the event engine
/// once for each seed.
///
/// # Errors
/// [`BesideError`].
///
/// ```
/// use slackwater_study::{cases, events::beside::beside, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").unwrap().file()?)?;
/// let both = beside(&plan, 50.0, 60.0, &[1])?;
/// assert_eq!(both.measures[0].name, "goodput");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn beside(plan: &Plan, nodes: f64, seconds: f64, seeds: &[u64]) -> Result<Beside, BesideError> {
    let cluster = Cluster::new(plan, nodes)?;
    let trial = Trial { scenario: cluster.scenario.clone(), drives: Vec::new(), faults: Vec::new(), until_s: seconds };
    // Seeds do not know each other, so threads change how long it takes and nothing more.
    let one = |seed: u64| {
        let history = System::new(&trial, seed).waves(cluster.waves().to_vec()).groups(plan.groups()).run()?;
        Ok((events(&history), history.events))
    };
    let all: Result<Vec<_>, SystemError> = std::thread::scope(|scope| {
        let running: Vec<_> = seeds.iter().map(|&seed| scope.spawn(move || one(seed))).collect();
        running.into_iter().map(joined).collect()
    });
    let (all, handled): (Vec<[f64; 5]>, Vec<u64>) = all?.into_iter().unzip();
    let fluid = fluid(cluster, seconds);
    let count = all.len() as f64;
    let measures = NAMES.iter().zip(fluid).enumerate().map(|(at, (&(name, unit), fluid))| {
        let mean = all.iter().map(|means| means[at]).sum::<f64>() / count;
        let squares: f64 = all.iter().map(|means| (means[at] - mean) * (means[at] - mean)).sum();
        let standard_error = (count > 1.0).then(|| (squares / (count - 1.0) / count).sqrt());
        Measure::new(name, unit, fluid, mean, standard_error)
    });
    Ok(Beside { nodes, seconds, seeds: seeds.to_vec(), measures: measures.collect(), events: handled.iter().sum() })
}

/// Seconds for which clusters are run unless the scenario says an end: long caches have run out by then.
const LONG_ENOUGH_S: f64 = 1800.0;

/// One cluster of every size of a plan by both engines, from its touch, largest first. Each runs until the plan ends,
/// or for half an hour from the last wave of its rollout on.
///
/// # Errors
/// [`BesideError`].
///
/// ```
/// use slackwater_study::{cases, events::beside::every_size, resolve::Plan};
/// let mut file = cases::find("openai-2024-12-11-staging").unwrap().file()?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// assert_eq!(every_size(&plan, 1)?.len(), plan.fleet.groups.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn every_size(plan: &Plan, seed: u64) -> Result<Vec<Beside>, BesideError> {
    let soaks = if plan.fleet.single() { plan.fleet.waves.len().saturating_sub(1) } else { 0 };
    let longest_s = plan.fleet.soak_s * soaks as f64 + LONG_ENOUGH_S;
    let seconds = plan.until_s().unwrap_or(longest_s);
    std::thread::scope(|scope| {
        let running: Vec<_> = plan
            .fleet
            .groups
            .iter()
            .map(|group| scope.spawn(move || beside(plan, group.nodes, seconds, &[seed])))
            .collect();
        running.into_iter().map(joined).collect()
    })
}
