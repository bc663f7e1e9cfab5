//! Can I still delete it? Every way in against every kind of flow control, for the largest cluster of a plan.

use super::events::Marks;
use super::path::{Cluster, Path, value};
use super::recovery::cluster_at;
use super::simulate::end_s;
use crate::resolve::Plan;
use crate::scenario::InputError;
use serde::Serialize;
use slackwater_core::system::observe::Row;
use std::fmt::{self, Display};

/// Share of the agent's pods that must be gone.
const GONE: f64 = 0.99;
/// Longest that somebody goes on trying, seconds.
const LONGEST_S: f64 = 4.0 * 3600.0;

/// How API servers share themselves out.
///
/// ```
/// use slackwater_study::run::Admission;
/// assert_eq!(Admission::ALL.len(), 3);
/// assert!(Admission::InFlight.words().contains("in flight"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Flow control as the scenario has it.
    FlowControl,
    /// No flow control: the two limits on requests in flight.
    InFlight,
    /// Flow control, and the agent in a level of its own that may borrow nothing.
    OwnLevel,
}

impl Admission {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 3] = [Self::FlowControl, Self::InFlight, Self::OwnLevel];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::FlowControl => "flow control",
            Self::InFlight => "limits in flight only",
            Self::OwnLevel => "agent in a level of its own",
        }
    }

    /// Keys that make it so.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::FlowControl => &["api_server.flow_control=true"],
            Self::InFlight => &["api_server.flow_control=false"],
            Self::OwnLevel => &[
                "api_server.flow_control=true",
                "priority_levels.slackwater-agent.shares=1",
                "priority_levels.slackwater-agent.borrowing_limit_percent=0",
                "flow_schemas.slackwater-agent.level=slackwater-agent",
                "flow_schemas.slackwater-agent.subjects=serviceaccount:agent:agent",
                "flow_schemas.slackwater-agent.precedence=2",
            ],
        }
    }
}

/// One way in, and how long it takes.
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// let ways = run::ways_out(&plan)?;
/// assert!(ways.iter().all(|way| way.deleted_s.is_some())); // nothing is wrong there, so everybody gets through
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayOut {
    /// How the servers share themselves out.
    pub admission: Admission,
    /// Who deletes: `system-masters` or `user`.
    pub identity: &'static str,
    /// Whether the alert fires at all; without one the deletion begins when the last pod runs.
    pub alerted: bool,
    /// Whether the servers have had nothing to spare when the deletion begins.
    pub saturated: bool,
    /// Whether the servers answer nobody when the deletion begins.
    pub thrashing: bool,
    /// Share of the operator's requests that are answered in the first minute of trying.
    pub answered: f64,
    /// Seconds from the first try until 99 % of the agent's pods are gone; nothing if they are still there after
    /// four hours.
    pub deleted_s: Option<f64>,
}

/// The way out of the largest cluster of a plan, for every admission and both kinds of administrator. Somebody tries
/// from the human delay after the alert on, and nothing else is done.
///
/// # Errors
/// As [`Plan::resolve`].
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// assert_eq!(run::ways_out(&plan)?.len(), 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ways_out(plan: &Plan) -> Result<Vec<WayOut>, InputError> {
    let mut ways = Vec::new();
    for admission in Admission::ALL {
        for identity in ["system-masters", "user"] {
            let mut file = plan.settings.file().clone();
            for key in admission.keys() {
                file.set(key)?;
            }
            file.set(&format!("operator.identity={identity}"))?;
            ways.push(way(&Plan::resolve(file)?, admission, identity)?);
        }
    }
    Ok(ways)
}

fn way(plan: &Plan, admission: Admission, identity: &'static str) -> Result<WayOut, InputError> {
    let nodes = plan.settings.number("cluster.nodes");
    let path = Path::run(Cluster::new(plan, nodes)?, Vec::new(), end_s(plan), false);
    let marks = Marks::of(&path, plan);
    let begins_s = marks.reaction_s(&path, plan);
    let mut cluster = cluster_at(&path, begins_s);
    let now_s = cluster.state.now_s;
    (cluster.scenario.actions.delete_s, cluster.scenario.actions.halt_s) = (now_s, now_s);
    let thrashing = cluster.state.mode.thrashing > 0.0;
    let saturated = marks.saturated_s.is_some_and(|at_s| at_s <= begins_s);
    let dt_s = cluster.scenario.dt_s;
    let (minute, most) = ((60.0 / dt_s).ceil() as usize, (LONGEST_S / dt_s) as usize);
    let (mut answered, mut deleted_s) = (0.0, None);
    for step in 0..most {
        let row = cluster.step();
        if step < minute {
            answered += value(&row, Row::OPERATOR) / minute as f64;
        }
        if cluster.state.removed >= GONE * cluster.state.created {
            deleted_s = Some((step + 1) as f64 * dt_s);
            break;
        }
    }
    // Who was quicker than a minute was answered throughout.
    let answered = if deleted_s.is_some_and(|s| s < 60.0) { 1.0 } else { answered };
    Ok(WayOut { admission, identity, alerted: marks.alert_s.is_some(), saturated, thrashing, answered, deleted_s })
}

/// The ways out as a table, the verdict first.
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// let text = run::WaysOut { ways: run::ways_out(&plan)? }.to_string();
/// assert!(text.starts_with("OPEN"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaysOut {
    /// One entry for every admission and identity.
    pub ways: Vec<WayOut>,
}

impl WaysOut {
    /// Whether the agent can be deleted by an administrator with the flow control the scenario would have by default.
    ///
    /// ```
    /// use slackwater_study::run::WaysOut;
    /// assert!(!WaysOut { ways: vec![] }.open());
    /// ```
    pub fn open(&self) -> bool {
        self.ways.iter().any(|way| way.admission == Admission::FlowControl && way.deleted_s.is_some())
    }
}

impl Display for WaysOut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict =
            if self.open() { "OPEN  the agent can be deleted" } else { "LOCKED OUT  nobody can delete the agent" };
        writeln!(out, "{verdict}")?;
        writeln!(out)?;
        writeln!(
            out,
            "  {:<28}  {:<16}  {:>8}  {:>12}  state",
            "API servers", "who deletes", "answered", "agent gone"
        )?;
        for way in &self.ways {
            let gone = way.deleted_s.map_or("never".to_owned(), |s| format!("{:.1} min", s / 60.0));
            let who = if way.identity == "user" { "ordinary admin" } else { "system:masters" };
            let state = match (way.thrashing, way.saturated, way.alerted) {
                (true, ..) => "answers nobody: only a restart helps",
                (false, true, true) => "overloaded",
                (false, true, false) => "overloaded, no alert",
                (false, false, _) => "not overloaded",
            };
            let share = format!("{:.0} %", way.answered * 100.0);
            writeln!(out, "  {:<28}  {who:<16}  {share:>8}  {gone:>12}  {state}", way.admission.words())?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "  From the first try, after the alert and the human delay, until 99 % of its pods are gone; 4 h at most."
        )
    }
}
