//! The verdict alone: the same as a whole run gives, with as little work as decides it.
//!
//! Closed-form gates come first: one that fails decides. Then a run can only add that the agent brings the cluster
//! down, so a cluster that provably stays quiet needs no run ([`super::quiet`]), a run stops in the step that shows a
//! fall, and it stops when nothing is left that could bring one.

use super::events::{FALLEN, FALLEN_FOR_S};
use super::path::{Cluster, DOWN, alike, value};
use super::quiet;
use super::rule::Rule;
use super::simulate::{Paths, end_s};
use super::verdict::judged;
use crate::resolve::{Plan, Signal};
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::verdict::gates::broken;

/// Rows between two looks at whether a run can still bring anything.
const LOOK: usize = 8;

/// Names of the gates, in the order in which a verdict gives them.
///
/// ```
/// assert_eq!(slackwater_study::run::GATES[0], "steady");
/// ```
pub const GATES: [&str; 6] = ["steady", "surge", "failover", "restart", "masking", "escape"];

/// Safe or not, and the first gate that fails.
///
/// ```
/// use slackwater_study::run::Judgement;
/// assert!(Judgement { gate: None }.safe());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The first of [`GATES`] that fails; none if the plan is safe.
    pub gate: Option<&'static str>,
}

impl Judgement {
    /// Whether no gate fails.
    ///
    /// ```
    /// use slackwater_study::run::Judgement;
    /// assert!(!Judgement { gate: Some("surge") }.safe());
    /// ```
    pub fn safe(self) -> bool {
        self.gate.is_none()
    }
}

/// Judges a plan by doing as little as decides it; the answer is that of [`judge_by_run`].
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run::judge};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11").ok_or("no such case")?.file()?)?;
/// assert_eq!(judge(&plan)?.gate, Some("steady"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn judge(plan: &Plan) -> Result<Judgement, InputError> {
    let mut sizes = Vec::with_capacity(plan.fleet.groups.len());
    let mut first = GATES.len();
    for group in &plan.fleet.groups {
        let size = plan.cluster(group.nodes)?;
        let gate = broken(&size).and_then(|gate| GATES.iter().position(|name| *name == gate));
        first = gate.map_or(first, |gate| gate.min(first));
        if first == 0 {
            break;
        }
        sizes.push(size);
    }
    if let Some(gate) = GATES.get(first) {
        return Ok(Judgement { gate: Some(gate) });
    }
    // Without a change there is no wave that could do damage.
    let falls = plan.settings.is("agent.enabled") && falls(plan, sizes)?;
    // What a run shows and no closed form does counts against steady load.
    Ok(Judgement { gate: falls.then_some("steady") })
}

/// Judges a plan by a whole run, as [`super::simulate`] does: the reference for [`judge`].
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run::judge_by_run};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// assert!(judge_by_run(&plan)?.safe());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn judge_by_run(plan: &Plan) -> Result<Judgement, InputError> {
    let gates = judged(plan, &Paths::halted(plan, end_s(plan), None)?)?;
    Ok(Judgement { gate: gates.iter().find(|gate| !gate.pass).map(|gate| gate.name) })
}

/// Whether a cluster falls, with the closed gates passed.
fn falls(plan: &Plan, sizes: Vec<Scenario<f64>>) -> Result<bool, InputError> {
    let mut sizes = sizes;
    sizes.retain(|size| !quiet::always(plan, size));
    if sizes.is_empty() {
        return Ok(false);
    }
    // One cluster halts by sparing nodes, which changes its own path.
    let halts = plan.fleet.single() && plan.remedies.halt;
    if halts && plan.detection.signal == Signal::UserImpact {
        return falls_after_all(plan);
    }
    let until_s = end_s(plan);
    Ok(sizes
        .into_iter()
        .any(|size| !quiet::always(plan, &size) && Watched::new(plan, size, NEVER_S).falls(until_s, halts)))
}

/// The long way, for an alert that only the sum over the fleet can raise.
fn falls_after_all(plan: &Plan) -> Result<bool, InputError> {
    let paths = Paths::halted(plan, end_s(plan), None)?;
    Ok(paths.marks.iter().any(|marks| marks.falls))
}

/// A run with an eye on what would decide it: the rules of [`super::events::Marks`], row by row.
struct Watched<'a> {
    plan: &'a Plan,
    cluster: Cluster,
    fallen: Rule,
    impact: Rule,
    alert: Rule,
}

impl<'a> Watched<'a> {
    fn new(plan: &'a Plan, size: Scenario<f64>, halt_s: f64) -> Self {
        let mut cluster = Cluster::of(plan, size);
        cluster.scenario.actions.halt_s = halt_s;
        let (dt_s, detection) = (cluster.scenario.dt_s, &plan.detection);
        Self {
            plan,
            fallen: Rule::new(FALLEN_FOR_S, FALLEN, dt_s),
            impact: Rule::new(0.0, detection.visible_impact_share, dt_s),
            alert: Rule::new(detection.for_s, detection.threshold, dt_s),
            cluster,
        }
    }

    /// Steps as [`super::path::Path::run`] does, until it is known whether the cluster falls. With `halts` people
    /// stop the rollout some time after the alert, as in a run of one cluster.
    fn falls(mut self, until_s: f64, halts: bool) -> bool {
        let dt_s = self.cluster.scenario.dt_s;
        let steps = (until_s / dt_s).round() as usize;
        let (window, planned) = self.cluster.windows();
        let calm = quiet::Calm::after(self.plan, &self.cluster);
        let signal = self.plan.detection.signal.column();
        let mut rows: Vec<Row> = Vec::new();
        let (mut clean, mut alerts) = (0_usize, halts);
        while rows.len() < steps {
            let row = self.cluster.step();
            let down = value(&row, Row::ANSWERING) < DOWN;
            let errors = if down { 1.0 } else { value(&row, Row::API_ERRORS) };
            if alerts && let Some(alert_s) = self.alert.see(value(&row, signal)) {
                alerts = false;
                let reaction_s = alert_s + self.plan.detection.human_delay_s;
                if reaction_s < until_s && reaction_s < self.cluster.state.now_s {
                    // An alert counts from before the row that shows it: what was run since then is not what was.
                    let mut size = self.cluster.scenario.clone();
                    size.creation.share = 1.0;
                    return Self::new(self.plan, size, reaction_s).falls(until_s, false);
                }
                if reaction_s < until_s {
                    self.cluster.scenario.actions.halt_s = reaction_s;
                }
            }
            let fallen = self.fallen.see(errors).is_some();
            // What has happened before anybody reacts happens in any case.
            if self.impact.see(value(&row, Row::IMPACT)).is_some() || fallen {
                return true;
            }
            clean = if errors == 0.0 { clean + 1 } else { 0 };
            rows.push(row);
            let count = rows.len();
            let quiet = calm.as_ref().is_some_and(|calm| {
                // Limits move every 10 s; a look costs a part of a step.
                calm.holds(count, clean) || (clean == count && count.is_multiple_of(LOOK) && calm.stays(&self.cluster))
            });
            if quiet && !(alerts && self.alert.pending()) {
                return false;
            }
            if count > planned && count.is_multiple_of(window) && alike(&rows, window) {
                return self.fallen.resting().or(self.impact.resting()).is_some();
            }
        }
        false
    }
}
