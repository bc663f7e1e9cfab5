//! The verdict alone: the same as a whole run gives, with as little work as decides it.
//!
//! Closed-form gates come first: one that fails decides. Then a run can only add that the agent brings the cluster
//! down, so a cluster that provably stays quiet needs no run ([`super::quiet`]), a run stops in the step that shows a
//! fall, and it stops when nothing is left that could bring one.

mod side;
mod watch;

use super::quiet;
use super::simulate::{Paths, end_s};
use super::verdict::judged;
use crate::lanes::Wide;
use crate::resolve::{Plan, Signal};
use crate::scenario::InputError;
use side::fall;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::verdict::gates::broken;
use watch::Watch;

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
    match look(plan)? {
        Look::Known(judgement) => Ok(judgement),
        Look::Open(sizes) => {
            let mut sizes = sizes.into_iter();
            Ok(shown(sizes.any(|size| Watch::new(plan, size, NEVER_S, end_s(plan), halts(plan)).falls())))
        }
    }
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

/// What the closed forms leave open: clusters that have to be run, in the order of the groups.
#[derive(Debug)]
pub(crate) enum Look {
    /// Decided.
    Known(Judgement),
    /// Unsafe if any of these falls.
    Open(Vec<Scenario<f64>>),
}

/// Judges a plan as far as it goes without a run.
pub(crate) fn look(plan: &Plan) -> Result<Look, InputError> {
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
        return Ok(Look::Known(Judgement { gate: Some(gate) }));
    }
    // Without a change there is no wave that could do damage.
    if !plan.settings.is("agent.enabled") {
        return Ok(Look::Known(Judgement { gate: None }));
    }
    sizes.retain(|size| !quiet::always(plan, size));
    if sizes.is_empty() {
        return Ok(Look::Known(Judgement { gate: None }));
    }
    // One cluster halts by sparing nodes, which changes its own path.
    if halts(plan) && plan.detection.signal == Signal::UserImpact {
        return Ok(Look::Known(shown(falls_after_all(plan)?)));
    }
    Ok(Look::Open(sizes))
}

/// Judges plans of which some clusters have to be run, as many of them at once as `wide` says. Which run beside which
/// changes how long it takes and nothing more.
pub(crate) fn judge_open(open: &[(Plan, Vec<Scenario<f64>>)], wide: Wide) -> Vec<Judgement> {
    let mut watches = Vec::new();
    for (owner, (plan, sizes)) in open.iter().enumerate() {
        let watch = |size: &Scenario<f64>| (owner, Watch::new(plan, size.clone(), NEVER_S, end_s(plan), halts(plan)));
        watches.extend(sizes.iter().map(watch));
    }
    fall(watches, open.len(), wide).into_iter().map(shown).collect()
}

fn halts(plan: &Plan) -> bool {
    plan.fleet.single() && plan.remedies.halt
}

/// What a run shows and no closed form does counts against steady load.
fn shown(falls: bool) -> Judgement {
    Judgement { gate: falls.then_some("steady") }
}

/// The long way, for an alert that only the sum over the fleet can raise.
fn falls_after_all(plan: &Plan) -> Result<bool, InputError> {
    let paths = Paths::halted(plan, end_s(plan), None)?;
    Ok(paths.marks.iter().any(|marks| marks.falls))
}
