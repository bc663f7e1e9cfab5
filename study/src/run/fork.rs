//! The moment at which somebody could begin to do something, in the largest cluster that falls.

use super::events::clock_s;
use super::path::{Cluster, Path};
use super::recovery::{cluster_at, is_well};
use super::schedule::Schedule;
use super::simulate::{Paths, end_s};
use crate::resolve::Plan;
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;

/// A cluster as people find it.
pub(crate) struct Fork {
    /// As it stands.
    pub cluster: Cluster,
    /// Seconds since the rollout started.
    pub t_s: f64,
    /// Time of day at which the rollout started, seconds since midnight.
    pub start_s: f64,
    /// Whether an alert has fired; without one people come when the last pod of the agent runs.
    pub alerted: bool,
    /// Clusters of the fleet that fall, and those of them that a halt at the first reaction spares.
    pub fallen: (u64, u64),
    /// When somebody first reacts to an alert anywhere in the fleet, seconds since the rollout started.
    pub first_s: f64,
    /// Whether pods of the agent are still being created.
    pub rolling: bool,
}

/// Forks the run of the largest cluster that falls: at `at_s` seconds since the rollout started, or when somebody
/// reacts to the alert. Nothing if no cluster falls.
pub(crate) fn fork(plan: &Plan, at_s: Option<f64>) -> Result<Option<Fork>, InputError> {
    let paths = Paths::run(plan, end_s(plan), None, NEVER_S)?;
    let Some(group) = paths.marks.iter().position(|marks| marks.falls) else { return Ok(None) };
    let (Some(path), Some(marks)) = (paths.paths.get(group), paths.marks.get(group)) else { return Ok(None) };
    let touched = Schedule::touch(plan, &paths.marks);
    let members = || touched.members.iter().filter(|member| member.group == group);
    let touched_s = members().map(|member| member.touched_s).fold(f64::INFINITY, f64::min);
    let rolled_s = path.last.rolled_out_s();
    let age_s = at_s.map_or(marks.reaction_s(path, plan), |at_s| (at_s - touched_s).max(0.0));
    let t_s = touched_s + age_s;
    let falling = touched.members.iter().filter(|member| member.falls);
    let first_s =
        touched.first(&paths.marks, |marks| marks.alert_s).map_or(t_s, |at| at + plan.detection.human_delay_s);
    let spared = falling.clone().filter(|member| member.touched_s > first_s).count() as u64;
    Ok(Some(Fork {
        cluster: cluster_at(path, age_s),
        t_s,
        start_s: clock_s(plan.settings.text("clock.start")).unwrap_or(0.0),
        alerted: marks.alert_s.is_some(),
        fallen: (falling.count() as u64, spared),
        first_s,
        rolling: plan.settings.is("agent.enabled") && age_s < rolled_s,
    }))
}

/// Seconds from the end of the last planned fault (servers lost, source of DNS lost, members lost) until the largest
/// cluster is well for good if nobody acts; nothing if it is not at the end of the run, or if no fault is planned.
pub(crate) fn back_after_s(plan: &Plan) -> Result<Option<f64>, InputError> {
    let typed = |key: &str| plan.settings.typed(key);
    let lost_s = typed("api_server.lost_s").zip(typed("api_server.lost_for_s")).map(|(at, during)| at + during);
    let ends = [lost_s, typed("dns.source_back_s"), typed("etcd.back_s")].into_iter().flatten();
    let Some(end_of_fault_s) = ends.max_by(f64::total_cmp) else { return Ok(None) };
    let nodes = plan.fleet.groups.first().map_or(1.0, |group| group.nodes);
    let path = Path::run(Cluster::new(plan, nodes)?, Vec::new(), end_s(plan), false);
    let last =
        path.rows.iter().rposition(|row| !is_well(row, plan.detection.visible_impact_share)).map_or(0, |at| at + 1);
    let well_s = (last < path.rows.len()).then_some(last as f64 * path.dt_s);
    Ok(well_s.map(|well_s| (well_s - end_of_fault_s).max(0.0)))
}
