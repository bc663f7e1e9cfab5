//! Columns of a result, each declared once: name, unit, meaning, and how it is read.

use crate::outcome::Outcome;
use crate::run::GATES;

/// A column of numbers beside the keys and the verdict.
///
/// ```
/// use slackwater_study::sweep::COLUMNS;
/// assert!(COLUMNS.iter().any(|column| column.name == "tipping_nodes" && column.unit == "nodes"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in files.
    pub name: &'static str,
    /// Unit; empty for a share.
    pub unit: &'static str,
    /// One sentence.
    pub meaning: &'static str,
    read: fn(&Outcome) -> Option<f64>,
}

impl Column {
    /// The number in an outcome; none if it does not apply or did not happen.
    ///
    /// ```
    /// use slackwater_study::{cases, resolve::Plan, run::brief, sweep::COLUMNS};
    /// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
    /// let outcome = brief(&plan)?;
    /// let margin = COLUMNS.iter().find(|column| column.name == "margin").ok_or("no such column")?;
    /// assert!(margin.read(&outcome).is_some_and(|margin| margin > 0.0)); // it is safe
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, outcome: &Outcome) -> Option<f64> {
        (self.read)(outcome).filter(|x| x.is_finite())
    }
}

macro_rules! columns {
    ($($name:literal, $unit:literal, $read:expr, $meaning:literal;)*) => {
        /// Every column of a full result, in the order of its file.
        ///
        /// ```
        /// use slackwater_study::sweep::COLUMNS;
        /// assert_eq!(COLUMNS[0].name, "margin");
        /// ```
        pub const COLUMNS: &[Column] =
            &[$(Column { name: $name, unit: $unit, meaning: $meaning, read: $read }),*];
    };
}

columns! {
    "margin", "", |o| o.verdict.gates.iter().filter_map(|gate| gate.margin).min_by(f64::total_cmp),
        "smallest margin of the gates that apply: (limit - value) / limit";
    "steady", "", |o| value(o, 0), "load against the first wall; limit 0.8";
    "surge", "", |o| value(o, 1), "CPU while the pods of the agent come up; limit 1";
    "failover", "", |o| value(o, 2), "load against the first wall with one API server lost; limit 1";
    "restart_s", "s", |o| value(o, 3), "time until everybody has listed again after a crash; limit 60 s";
    "masking_s", "s", |o| value(o, 4), "time for which caches hide the damage of a wave; limit: the soak";
    "escape", "", |o| value(o, 5), "share of an operator's requests that fail while the agent saturates the API; limit 0.5";
    "tipping_nodes", "nodes", |o| o.verdict.tipping_nodes.map(|n| n as f64),
        "smallest size from which all larger ones are unsafe, control plane held fixed";
    "visible_from_nodes", "nodes", |o| o.verdict.visible_from_nodes.map(|n| n as f64),
        "smallest size at which a default alert would fire";
    "peak_impact", "", |o| most(o, "user_impact"), "largest share of all user traffic that fails";
    "clusters_down", "clusters", |o| most(o, "clusters_down"), "most clusters whose API servers do not answer";
    "api_saturated_s", "s", |o| event(o, "api_saturated"), "the first API server is saturated; since rollout start";
    "alert_s", "s", |o| event(o, "alert"), "the alert fires";
    "first_impact_s", "s", |o| event(o, "first_impact"), "users notice";
    "rollout_end_s", "s", |o| event(o, "rollout_end"), "the last cluster is touched";
    "peak_impact_s", "s", |o| event(o, "peak_impact"), "impact is worst";
    "first_recovered_s", "s", |o| event(o, "first_cluster_recovered"), "the first cluster is well again";
    "all_recovered_s", "s", |o| event(o, "all_recovered"), "all clusters are well again";
}

fn value(outcome: &Outcome, gate: usize) -> Option<f64> {
    let name = GATES.get(gate)?;
    outcome.verdict.gates.iter().find(|gate| gate.name == *name)?.value
}

fn event(outcome: &Outcome, name: &str) -> Option<f64> {
    outcome.events.iter().find(|event| event.name == name)?.t_s
}

fn most(outcome: &Outcome, name: &str) -> Option<f64> {
    let (_, numbers) = outcome.trajectory.iter().find(|(column, _)| column == name)?;
    numbers.iter().copied().max_by(f64::total_cmp)
}
