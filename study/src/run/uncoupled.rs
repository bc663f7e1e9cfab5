//! What a fleet does while no traffic is led anywhere: who is touched when, who falls, who is told.

use super::schedule::Schedule;
use super::simulate::{Paths, end_s, schedule};
use crate::resolve::{Plan, Remedies};
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;

/// A fleet whose clusters do not know one another.
pub(crate) struct Uncoupled {
    /// Seconds at which each cluster is touched, by group, in order.
    pub touched_s: Vec<Vec<f64>>,
    /// Whether clusters of a group fall, by group.
    pub falls: Vec<bool>,
    /// When the alert fires, if it does.
    pub alert_s: Option<f64>,
}

/// Runs every size once and says who falls.
pub(crate) fn uncoupled(plan: &Plan) -> Result<Uncoupled, InputError> {
    let paths = Paths::run(plan, end_s(plan), None, NEVER_S)?;
    let nobody = Remedies { halt: false, shift: false, ..plan.remedies.hands_off() };
    let alert_s = schedule(plan, &paths, &nobody).schedule.alert_s;
    let touched = Schedule::touch(plan, &paths.marks);
    let of = |group: usize| touched.members.iter().filter(move |member| member.group == group);
    let touched_s = (0..plan.fleet.groups.len()).map(|group| of(group).map(|member| member.touched_s).collect());
    Ok(Uncoupled {
        touched_s: touched_s.collect(),
        falls: paths.marks.iter().map(|marks| marks.falls).collect(),
        alert_s,
    })
}
