//! The fleet over time: every cluster's rows at its own age, added up.

use super::path::{DOWN, Path, value};
use super::recovery::Recovery;
use super::schedule::{Member, Schedule};
use crate::outcome::ColumnDoc;
use crate::resolve::Plan;
use slackwater_core::system::observe::{COLUMNS, Row};

/// Columns of the fleet, before those of the mean cluster.
const FLEET: [(&str, &str, &str); 7] = [
    ("t_s", "s", "seconds since the rollout started"),
    ("user_impact", "", "share of all user traffic that fails, traffic that was led away not counted"),
    ("affected_impact", "", "share of the affected clusters' own traffic that fails, wherever it is led"),
    ("traffic_shifted", "", "share of all user traffic led away"),
    ("clusters_touched", "clusters", "clusters the rollout has reached"),
    ("clusters_down", "clusters", "clusters whose API servers do not answer"),
    ("clusters_recovered", "clusters", "clusters that fell and are well again"),
];

/// Most points of a trajectory.
const POINTS: f64 = 2400.0;

/// Names, units and meanings of all columns of a trajectory.
pub(super) fn columns() -> Vec<ColumnDoc> {
    let doc = |name: &str, unit: &str, meaning: &str| ColumnDoc {
        name: name.to_owned(),
        unit: unit.to_owned(),
        meaning: meaning.to_owned(),
    };
    let fleet = FLEET.iter().map(|(name, unit, meaning)| doc(name, unit, meaning));
    let mean = COLUMNS.iter().map(|column| {
        doc(column.name, column.unit, &format!("{}; mean over affected clusters, over all if none is", column.meaning))
    });
    fleet.chain(mean).collect()
}

/// A path and its forks, for one size.
pub(super) struct Sized<'a> {
    /// If nobody acts.
    pub path: &'a Path,
    /// Ages of the start of work, and what follows.
    pub forks: &'a [(f64, Recovery)],
}

impl Sized<'_> {
    /// The fork of a cluster on which work starts at an age.
    pub(super) fn fork(&self, work_age_s: f64) -> Option<&Recovery> {
        self.forks
            .iter()
            .min_by(|a, b| (a.0 - work_age_s).abs().total_cmp(&(b.0 - work_age_s).abs()))
            .map(|(_, fork)| fork)
    }

    fn row(&self, member: &Member, now_s: f64) -> Option<&Row> {
        if now_s < member.touched_s {
            // Healthy: as in the step before the first pod of the agent runs.
            return self.path.rows.first();
        }
        let worked_s = now_s - member.work_s;
        if worked_s >= 0.0
            && let Some(fork) = self.fork(member.work_s - member.touched_s)
        {
            return fork.path.at(worked_s);
        }
        self.path.at(now_s - member.touched_s)
    }
}

/// A trajectory: values by column.
pub(super) struct Sum {
    /// Values, in the order of [`columns`].
    pub values: Vec<Vec<f64>>,
}

impl Sum {
    /// Adds up the fleet from rollout start to `until_s`.
    pub(super) fn of(plan: &Plan, schedule: &Schedule, sizes: &[Sized<'_>], until_s: f64) -> Self {
        let step_s = (until_s / POINTS / plan.dt_s).ceil().max(1.0) * plan.dt_s;
        let count = (until_s / step_s).floor() as usize + 1;
        let width = FLEET.len() + COLUMNS.len();
        let mut values: Vec<Vec<f64>> = (0..width).map(|_| Vec::with_capacity(count)).collect();
        let any_falls = schedule.members.iter().any(|member| member.falls);
        let shares: Vec<f64> = plan.fleet.groups.iter().map(|group| group.traffic_share / group.count).collect();
        let shift_s = schedule.reaction_s + plan.remedies.shift_after_s;
        let mut mean = [0.0; COLUMNS.len()];
        for point in 0..count {
            let now_s = point as f64 * step_s;
            let led_away = if plan.remedies.shift && now_s >= shift_s { plan.remedies.shift_share } else { 0.0 };
            let (mut impact, mut own, mut own_share, mut shifted) = (0.0, 0.0, 0.0, 0.0);
            let (mut touched, mut down, mut recovered, mut counted) = (0.0, 0.0, 0.0, 0.0);
            mean.fill(0.0);
            for member in &schedule.members {
                let share = shares.get(member.group).copied().unwrap_or(0.0);
                if member.falls {
                    own_share += share;
                }
                let Some(size) = sizes.get(member.group) else { continue };
                let row = size.row(member, now_s);
                let Some(row) = row else { continue };
                if now_s >= member.touched_s {
                    touched += 1.0;
                }
                let failing = value(row, Row::IMPACT);
                let away = if member.falls { led_away } else { 0.0 };
                impact += share * failing * (1.0 - away);
                shifted += share * away;
                let worked = now_s - member.work_s;
                let well = size.fork(member.work_s - member.touched_s).and_then(|fork| fork.well_s);
                if member.falls {
                    own += share * failing;
                    if value(row, Row::ANSWERING) < DOWN {
                        down += 1.0;
                    }
                    if well.is_some_and(|well_s| worked >= well_s) {
                        recovered += 1.0;
                    }
                }
                if member.falls || !any_falls {
                    counted += 1.0;
                    for (sum, x) in mean.iter_mut().zip(row.values) {
                        *sum += x;
                    }
                }
            }
            let own_impact = if own_share > 0.0 { own / own_share } else { impact };
            let fleet = [now_s, impact, own_impact, shifted, touched, down, recovered];
            let means = mean.iter().map(|sum| if counted > 0.0 { sum / counted } else { 0.0 });
            for (column, x) in values.iter_mut().zip(fleet.into_iter().chain(means)) {
                column.push(x);
            }
        }
        Self { values }
    }

    /// A column by its place in [`columns`].
    pub(super) fn column(&self, at: usize) -> &[f64] {
        self.values.get(at).map_or(&[], Vec::as_slice)
    }

    /// First time at which a column reaches a level, between points by a straight line.
    pub(super) fn reaches(&self, at: usize, level: f64) -> Option<f64> {
        let (time, column) = (self.column(0), self.column(at));
        let index = column.iter().position(|&x| x >= level)?;
        let (now, x) = (*time.get(index)?, *column.get(index)?);
        let Some((before, y)) = index.checked_sub(1).and_then(|i| Some((*time.get(i)?, *column.get(i)?))) else {
            return Some(now);
        };
        Some(if x > y { before + (now - before) * (level - y) / (x - y) } else { now })
    }

    /// Time at which a column has been at a level or above for `for_s` seconds on end.
    pub(super) fn stays(&self, at: usize, level: f64, for_s: f64) -> Option<f64> {
        let mut since: Option<f64> = None;
        for (&now_s, &x) in self.column(0).iter().zip(self.column(at)) {
            since = if x >= level { since.or(Some(now_s)) } else { None };
            if let Some(from_s) = since.filter(|from_s| now_s - from_s >= for_s) {
                return Some(from_s + for_s);
            }
        }
        None
    }

    /// Largest value of a column.
    pub(super) fn most(&self, at: usize) -> f64 {
        self.column(at).iter().copied().fold(0.0, f64::max)
    }
}

/// Place of `user_impact` in a trajectory.
pub(super) const USER_IMPACT: usize = 1;
/// Place of `affected_impact`.
pub(super) const AFFECTED_IMPACT: usize = 2;
