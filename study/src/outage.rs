//! What still works while something is down, what users feel of it, and when it is over.
//!
//! ```
//! use slackwater_core::bounds::TABLE;
//! use slackwater_study::outage::Outage;
//! use slackwater_study::resolve::OutagePlan;
//! use slackwater_study::scenario::ScenarioFile;
//! let mut file = ScenarioFile::empty(TABLE);
//! file.set("outage.down=[api]")?;
//! let outage = Outage::run(&OutagePlan::resolve(file)?);
//! assert!(outage.safe); // users do not notice ten minutes without API (M1)
//! assert!(outage.functions.iter().any(|row| row.label.starts_with("scheduling")));
//! # Ok::<(), slackwater_study::scenario::InputError>(())
//! ```

mod moments;
mod rules;
mod typed;

pub use moments::Moment;
pub use rules::Rule;
pub use typed::{seconds, typed};

use crate::report::{duration, percent};
use crate::resolve::OutagePlan;
use serde::Serialize;
use slackwater_core::nodes::fault::Fault;
use slackwater_core::nodes::functions::{Course, Function, Status};
use slackwater_core::nodes::plane::{Lost, Row, State, step};

/// One function of the cluster and what becomes of it.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_core::nodes::functions::{Function, Status};
/// use slackwater_study::{outage::Outage, resolve::OutagePlan, scenario::ScenarioFile};
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("outage.down=[api]")?;
/// let outage = Outage::run(&OutagePlan::resolve(file)?);
/// let tokens = outage.functions.iter().find(|row| row.function == Function::Tokens).ok_or("no row")?;
/// assert_eq!((tokens.until_s, tokens.worst), (Some(720.0), Status::Works)); // ten minutes are short
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionRow {
    /// Which.
    pub function: Function,
    /// Its name in words.
    pub label: &'static str,
    /// Status when the outage begins.
    pub status: Status,
    /// When that ends by itself, seconds since the outage began; null if it lasts as long as the outage.
    pub until_s: Option<f64>,
    /// What follows, in order: from when, and which status.
    pub then: Vec<(f64, Status)>,
    /// The worst within this outage.
    pub worst: Status,
    /// Why.
    pub why: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// An outage and its consequences.
///
/// ```
/// use slackwater_study::{cases::find, outage::Outage, resolve::OutagePlan};
/// let file = find("network-cut-over").ok_or("no such case")?.file()?;
/// let outage = Outage::run(&OutagePlan::resolve(file)?);
/// assert!(!outage.safe && outage.lost.evicted > 0.99 * outage.pods);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outage {
    /// Name of the scenario.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What is down, in words.
    pub down: String,
    /// Machines of the control plane.
    pub masters: f64,
    /// Whether users are served throughout.
    pub safe: bool,
    /// What users feel, in a line.
    pub reason: String,
    /// When they notice, and how much does not work meanwhile.
    pub also: String,
    /// Length of the outage, seconds.
    pub for_s: f64,
    /// Least share of user traffic that was served.
    pub least_surviving: f64,
    /// User traffic that was not served, in seconds of all of it.
    pub lost_traffic_s: f64,
    /// Functions, users first.
    pub functions: Vec<FunctionRow>,
    /// What happened when.
    pub moments: Vec<Moment>,
    /// Pods lost, by cause.
    pub lost: Lost,
    /// Pods of the application at the start.
    pub pods: f64,
    /// Which rules decided who is evicted, where nodes were cut off.
    pub rules: Vec<Rule>,
    /// Why numbers that were never published are what they are.
    pub assumed: Vec<String>,
    /// Time of day at which the outage begins.
    pub clock_start: String,
    /// Step of the trajectory, seconds.
    pub dt_s: f64,
    /// One row a step.
    pub trajectory: Vec<Row>,
}

impl Outage {
    /// Runs an outage and what follows.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::{outage::Outage, resolve::OutagePlan, scenario::ScenarioFile};
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("outage.down=[dns]")?;
    /// let outage = Outage::run(&OutagePlan::resolve(file)?);
    /// assert!(!outage.safe && outage.least_surviving < 0.01); // when caches are empty
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn run(plan: &OutagePlan) -> Self {
        let setup = &plan.setup;
        let mut storage = vec![0.0; State::slots(setup)];
        let mut state = State::new(setup, &mut storage);
        let steps = ((setup.for_s + plan.watch_s) / setup.dt_s).ceil() as usize;
        let trajectory: Vec<Row> = (0..steps).map(|_| step(setup, &mut state, &mut storage)).collect();
        let least = trajectory.iter().map(|row| row.surviving).fold(1.0, f64::min);
        let lost_traffic_s = trajectory.iter().map(|row| (1.0 - row.surviving) * setup.dt_s).sum();
        let visible = plan.settings.number("detection.visible_impact_share");
        let safe = least > 1.0 - visible;
        let there = |of: &&Function| match of {
            Function::Mesh => plan.setting.mesh.is_some(),
            Function::Webhooks => plan.setting.webhook,
            _ => true,
        };
        let functions: Vec<FunctionRow> = Function::ALL.iter().filter(there).map(|&of| row(plan, of)).collect();
        let moments = moments::of(plan, &trajectory);
        let file = plan.settings.file();
        let (reason, also) = (reason(least), also(plan, &functions, &moments));
        Self {
            name: file.text("name").unwrap_or_default().to_owned(),
            description: file.text("description").unwrap_or_default().to_owned(),
            down: words(plan),
            masters: plan.masters,
            safe,
            reason,
            also,
            for_s: setup.for_s,
            least_surviving: least,
            lost_traffic_s,
            functions,
            moments,
            lost: state.lost,
            pods: setup.pods,
            rules: rules::of(plan),
            assumed: file
                .names("assumed.*")
                .iter()
                .filter_map(|name| Some(format!("{name}: {}", file.text(&format!("assumed.{name}"))?)))
                .collect(),
            clock_start: plan.settings.text("clock.start").to_owned(),
            dt_s: setup.dt_s,
            trajectory,
        }
    }
}

/// What is down, in words.
fn words(plan: &OutagePlan) -> String {
    let some = |count: f64, one: &str, many: &str| match count {
        _ if count >= plan.masters => format!("all {many}"),
        1.0 => format!("1 {one} of {}", plan.masters),
        _ => format!("{count} {many} of {}", plan.masters),
    };
    let word = |fault: &Fault| match *fault {
        Fault::Api(count) => some(count, "API server", "API servers"),
        Fault::Etcd(count) => some(count, "etcd member", "etcd members"),
        Fault::EtcdData => "the data of etcd".to_owned(),
        Fault::Masters(count) => some(count, "master", "masters"),
        Fault::Dns => "all DNS servers".to_owned(),
        Fault::Network => match plan.setup.cut {
            cut if cut.isolated => format!("the network of {} of {} zones", cut.cut_zones, plan.setup.zones.len()),
            _ => "the network between masters and nodes".to_owned(),
        },
        Fault::Scheduler => "the scheduler".to_owned(),
        Fault::ControllerManager => "the controller manager".to_owned(),
    };
    plan.faults.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn row(plan: &OutagePlan, function: Function) -> FunctionRow {
    let mut gone = plan.setup.gone;
    // A cut that reaches no zone takes nothing away.
    gone.network &= plan.setup.cut.cut_zones > 0;
    let course = Course::of(function, gone, &plan.setting);
    let then: Vec<(f64, Status)> = course.then.iter().flatten().copied().collect();
    let within = then.iter().filter(|(from_s, _)| *from_s < plan.setup.for_s).map(|(_, status)| *status);
    FunctionRow {
        function,
        label: function.label(),
        status: course.first,
        until_s: course.until_s(0.0),
        worst: within.fold(course.first, Status::max),
        then,
        why: course.why,
        source: function.source(),
    }
}

/// What users feel of it, in a line.
fn reason(least: f64) -> String {
    match served(least) {
        None => "users are served throughout".to_owned(),
        Some(_) if least < 0.99 => format!("{} of user traffic is served at the worst", percent(least)),
        Some(least) => format!("never less than {least} of user traffic is served"),
    }
}

/// What goes with it: when users notice, and how much does not work meanwhile.
fn also(plan: &OutagePlan, functions: &[FunctionRow], moments: &[Moment]) -> String {
    let stopped = functions.iter().filter(|row| row.worst == Status::Stopped).count();
    let stands = match stopped {
        0 => "no function stops".to_owned(),
        _ => format!("{stopped} of {} functions stop", functions.len()),
    };
    let impact_s = moments.iter().find(|moment| moment.name == "first_impact").and_then(|moment| moment.t_s);
    match impact_s {
        Some(s) if s <= plan.setup.for_s => format!("users notice after {}; {stands}", duration(s)),
        Some(s) => format!("users notice {} after it is over; {stands}", duration(s - plan.setup.for_s)),
        None => stands,
    }
}

/// A share near all in percent, rounded down so that nearly all never looks like all; none if it is all.
fn served(share: f64) -> Option<String> {
    let hundredths = (share * 1e4).floor();
    (share < 1.0 - 1e-9).then(|| format!("{} %", hundredths / 100.0))
}
