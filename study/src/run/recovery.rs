//! From the moment people come: a fork of the path with their actions in it.

use super::events::Marks;
use super::path::{Cluster, Path, value};
use crate::resolve::{Plan, Remedies};
use slackwater_core::rollout::actions::{Actions, NEVER_S};
use slackwater_core::system::observe::Row;

/// Seconds a cluster must stay well to count as recovered.
pub(crate) const WELL_FOR_S: f64 = 120.0;
/// Restarts after the last change that people wait for before they give a cluster up.
const PATIENCE: f64 = 3.0;
/// Time a cluster gets to settle after that, seconds.
const SETTLE_S: f64 = 900.0;
/// Share of failing requests below which the API counts as well.
pub(crate) const WELL: f64 = 0.05;

/// Whether a cluster is well by the row of a step: every server answers, next to nothing fails, and users see less than
/// the share `visible`.
pub(crate) fn is_well(row: &Row, visible: f64) -> bool {
    value(row, Row::ANSWERING) >= 1.0 && value(row, Row::API_ERRORS) < WELL && value(row, Row::IMPACT) < visible
}

/// A cluster from the start of work on it.
#[derive(Clone, Debug)]
pub(super) struct Recovery {
    /// Rows from the start of work.
    pub path: Path,
    /// Seconds of work until it was well; none if it never was.
    pub well_s: Option<f64>,
}

/// The cluster at `age_s` after its touch; a path that rests is the same at any later age, and the past of a
/// resumed run is over.
pub(super) fn cluster_at(path: &Path, age_s: f64) -> Cluster {
    if age_s >= path.length_s() {
        return path.last.clone();
    }
    let (mut cluster, from_s) = path.start.clone();
    for _ in 0..((age_s - from_s).max(0.0) / path.dt_s) as usize {
        cluster.step();
    }
    cluster
}

/// What is done to a cluster that people begin to work on at `now_s`.
pub(crate) fn worked(before: Actions<f64>, remedies: &Remedies, now_s: f64) -> Actions<f64> {
    let from = |used: bool| if used { now_s } else { NEVER_S };
    Actions {
        halt_s: now_s,
        delete_s: from(remedies.delete),
        block_s: from(remedies.block),
        block_over_s: remedies.block_over_s,
        shrink_s: from(remedies.scale_down),
        shrink_over_s: remedies.scale_down_over_s,
        shrink_to: remedies.scale_down_to,
        grow_s: from(remedies.scale_up),
        grow_over_s: remedies.scale_up_over_s,
        grow_by: remedies.scale_up_by,
        // People look before they restart: the first one comes an interval into the work.
        restart_s: from(remedies.restart) + remedies.restart_every_s,
        restart_every_s: remedies.restart_every_s,
        ..before
    }
}

/// Runs people's work on a cluster until it is well.
pub(super) fn recover(plan: &Plan, mut cluster: Cluster, remedies: &Remedies) -> Recovery {
    let now_s = cluster.state.now_s;
    cluster.scenario.actions = worked(cluster.scenario.actions, remedies, now_s);
    let dt_s = cluster.scenario.dt_s;
    let needed = (WELL_FOR_S / dt_s).ceil() as usize;
    let ramps = [
        (remedies.block, remedies.block_over_s),
        (remedies.scale_down, remedies.scale_down_over_s),
        (remedies.scale_up, remedies.scale_up_over_s),
    ];
    let changed_s = ramps.into_iter().filter(|(used, _)| *used).map(|(_, over_s)| over_s).fold(0.0, f64::max);
    let longest_s = changed_s + PATIENCE * remedies.restart_every_s + SETTLE_S;
    let (mut rows, mut well) = (Vec::new(), 0);
    while (rows.len() as f64) * dt_s < longest_s && well < needed {
        let row = cluster.step();
        well = if is_well(&row, plan.detection.visible_impact_share) { well + 1 } else { 0 };
        rows.push(row);
    }
    let well_s = (well >= needed).then(|| (rows.len() - well) as f64 * dt_s);
    // What follows is as its last row: people have left.
    let path = Path::ended(rows, cluster);
    Recovery { path, well_s }
}

/// Age of the earliest work that must be forked apart: below the rest of the path, ages differ.
pub(super) fn ages(marks: &Marks, path: &Path, work: &[f64]) -> Vec<f64> {
    let latest = if path.rests { path.length_s() } else { f64::INFINITY };
    let mut ages: Vec<f64> = work.iter().map(|age| age.min(latest).max(marks.fallen_s.unwrap_or(0.0))).collect();
    ages.sort_by(f64::total_cmp);
    ages.dedup();
    // A few stand for all: each cluster follows the nearest.
    let most = 4;
    if ages.len() > most {
        ages = (0..most).filter_map(|at| ages.get(at * (ages.len() - 1) / (most - 1)).copied()).collect();
    }
    ages
}
