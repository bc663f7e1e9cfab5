//! When each cluster is touched, when somebody is told, when somebody comes.

use super::events::Marks;
use crate::resolve::{Plan, Remedies};

/// One cluster of the fleet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// Index of its group.
    pub group: usize,
    /// When it is touched, seconds since rollout start; infinite if the rollout stops before.
    pub touched_s: f64,
    /// Whether it falls.
    pub falls: bool,
    /// When people start working on it; infinite if they never do.
    pub work_s: f64,
}

/// Everybody's appointments.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// Clusters in the order of touch.
    pub members: Vec<Member>,
    /// When the alert fires.
    pub alert_s: Option<f64>,
    /// When a person first does something.
    pub reaction_s: f64,
    /// When the last cluster is touched.
    pub rollout_end_s: f64,
}

impl Schedule {
    /// Touches every cluster by the plan's order, ignoring people.
    pub(super) fn touch(plan: &Plan, marks: &[Marks]) -> Self {
        let fleet = &plan.fleet;
        let mut members = Vec::new();
        for (group, (size, marks)) in fleet.groups.iter().zip(marks).enumerate() {
            let (first, last) = fleet.span(group);
            let count = size.count as usize;
            for number in 0..count {
                let part = if count > 1 { number as f64 / (count - 1) as f64 } else { 0.5 };
                let touched_s = fleet.touched_s(first + (last - first) * part);
                members.push(Member { group, touched_s, falls: marks.falls, work_s: f64::INFINITY });
            }
        }
        members.sort_by(|a, b| a.touched_s.total_cmp(&b.touched_s));
        let rollout_end_s = members.iter().map(|member| member.touched_s).fold(0.0, f64::max);
        Self { members, alert_s: None, reaction_s: f64::INFINITY, rollout_end_s }
    }

    /// First moment at which a mark (an age by group) is reached in any cluster.
    pub(super) fn first(&self, marks: &[Marks], mark: impl Fn(&Marks) -> Option<f64>) -> Option<f64> {
        let ages: Vec<Option<f64>> = marks.iter().map(mark).collect();
        self.members
            .iter()
            .filter_map(|member| Some(member.touched_s + ages.get(member.group).copied().flatten()?))
            .min_by(f64::total_cmp)
    }

    /// People with `remedies`: the alert at `alert_s`, a first reaction `human_delay_s` later, a halt, then the clusters that fell, one after the other.
    pub(super) fn people(
        mut self,
        human_delay_s: f64,
        remedies: &Remedies,
        marks: &[Marks],
        alert_s: Option<f64>,
    ) -> Self {
        self.alert_s = alert_s;
        self.reaction_s = alert_s.map_or(f64::INFINITY, |at| at + human_delay_s);
        if remedies.halt {
            for member in &mut self.members {
                if member.touched_s > self.reaction_s {
                    member.touched_s = f64::INFINITY;
                    member.falls = false;
                }
            }
            let touched = self.members.iter().map(|member| member.touched_s).filter(|at| at.is_finite());
            self.rollout_end_s = touched.fold(0.0, f64::max);
        }
        let start_s = self.reaction_s + remedies.start_s;
        if start_s.is_finite() && acts(remedies) {
            let mut place = 0.0;
            for member in self.members.iter_mut().filter(|member| member.falls) {
                let round = (place / remedies.clusters_at_once).floor();
                // Nobody works on a cluster that has not fallen yet.
                let fallen_s = marks.get(member.group).and_then(|marks| marks.fallen_s).unwrap_or(0.0);
                member.work_s = (start_s + round * remedies.per_cluster_s).max(member.touched_s + fallen_s);
                place += 1.0;
            }
        }
        self
    }
}

/// Whether anything is done to a cluster itself.
pub(crate) fn acts(remedies: &Remedies) -> bool {
    remedies.delete || remedies.block || remedies.scale_down || remedies.scale_up || remedies.restart
}
