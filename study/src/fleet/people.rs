//! People who lead traffic away, work on clusters, and lead it back.

use super::member::Member;
use crate::resolve::{Plan, Traffic};
use crate::run::{acts, worked};

/// Where the traffic of a cluster goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    /// To itself.
    Home,
    /// Away, from this moment on, and the share that was away then.
    Leading(f64, f64),
    /// Back, from this moment on, and the share that was away then.
    Returning(f64, f64),
}

/// Everybody's appointments.
#[derive(Clone, Debug)]
pub(super) struct People {
    /// When an alert fired; nothing yet if that is not so.
    pub(super) alert_s: Option<f64>,
    /// Clusters that somebody is to work on.
    queued: f64,
    /// Times that traffic was led away again.
    pub(super) again: u32,
    pub(super) led_away_s: Option<f64>,
    pub(super) returns_s: Option<f64>,
    pub(super) home_s: Option<f64>,
    /// Since when there is a cluster that is well, seconds.
    somewhere_s: Option<f64>,
}

impl People {
    pub(super) fn new(alert_s: Option<f64>) -> Self {
        Self {
            alert_s,
            queued: 0.0,
            again: 0,
            led_away_s: None,
            returns_s: None,
            home_s: None,
            somewhere_s: Some(f64::NEG_INFINITY),
        }
    }

    /// When somebody first does something; infinite while nobody knows.
    pub(super) fn reaction_s(&self, plan: &Plan) -> f64 {
        self.alert_s.map_or(f64::INFINITY, |at| at + plan.detection.human_delay_s)
    }

    /// What people do at `now_s`, cluster by cluster.
    pub(super) fn act(&mut self, plan: &Plan, traffic: &Traffic, members: &mut [Member], now_s: f64) {
        let first = members.iter().filter_map(|member| member.seen.troubled_s).min_by(f64::total_cmp);
        self.alert_s = self.alert_s.or(first);
        let reaction_s = self.reaction_s(plan);
        // Nobody leads traffic away when there is no cluster that is well.
        let somewhere = members.iter().any(Member::takes);
        self.somewhere_s = if somewhere { self.somewhere_s.or(Some(now_s)) } else { None };
        let known = self.somewhere_s.is_some_and(|since_s| now_s >= since_s + plan.detection.human_delay_s);
        for member in members {
            if plan.remedies.halt && now_s >= reaction_s && member.touched_s > now_s && member.touched_s.is_finite() {
                member.touched_s = f64::INFINITY;
                member.cluster = member.cluster.clone().touched(f64::INFINITY);
            }
            let Some(troubled_s) = member.seen.troubled_s else { continue };
            self.work(plan, member, reaction_s, troubled_s, now_s);
            if member.shrunk() && member.seen.well_s >= traffic.return_after_s {
                member.bring_back();
            }
            if plan.remedies.shift {
                let from_s = (reaction_s + plan.remedies.shift_after_s).max(troubled_s + plan.detection.human_delay_s);
                self.lead(traffic, member, known, from_s, now_s);
            }
            member.away = away(member.mode, plan, traffic, now_s);
            if matches!(member.mode, Mode::Returning(..)) && member.away == 0.0 {
                member.mode = Mode::Home;
                self.home_s = Some(now_s);
            }
        }
    }

    /// Those who fell are worked on one after the other, in the order of their fall.
    fn work(&mut self, plan: &Plan, member: &mut Member, reaction_s: f64, troubled_s: f64, now_s: f64) {
        let remedies = &plan.remedies;
        let agent = plan.settings.is("agent.enabled") && now_s >= member.touched_s;
        if !agent || !acts(remedies) || !reaction_s.is_finite() {
            return;
        }
        let work_s = *member.work_s.get_or_insert_with(|| {
            // The middle of those it stands for.
            let place = self.queued + (member.count - 1.0) / 2.0;
            self.queued += member.count;
            let round = (place / remedies.clusters_at_once).floor();
            (reaction_s + remedies.start_s + round * remedies.per_cluster_s).max(troubled_s)
        });
        let actions = &mut member.cluster.scenario.actions;
        if now_s >= work_s && actions.halt_s > now_s {
            let at_s = member.cluster.state.now_s;
            *actions = worked(*actions, remedies, at_s);
        }
    }

    fn lead(&mut self, traffic: &Traffic, member: &mut Member, somewhere: bool, from_s: f64, now_s: f64) {
        let seen = &member.seen;
        match member.mode {
            Mode::Home if seen.troubled && seen.well_s == 0.0 && somewhere && now_s >= from_s => {
                member.mode = Mode::Leading(now_s, 0.0);
                self.led_away_s = self.led_away_s.or(Some(now_s));
            }
            Mode::Leading(since_s, _) if !seen.troubled => {
                let settled = now_s >= since_s + traffic.shift_over_s;
                if settled && seen.well_s >= traffic.return_after_s {
                    member.mode = Mode::Returning(now_s, member.away);
                    self.returns_s = self.returns_s.or(Some(now_s));
                }
            }
            Mode::Returning(..) if seen.troubled => {
                member.mode = Mode::Leading(now_s, member.away);
                self.again += 1;
            }
            _ => {}
        }
    }
}

/// Share of the traffic of a cluster that is led away.
fn away(mode: Mode, plan: &Plan, traffic: &Traffic, now_s: f64) -> f64 {
    let share = plan.remedies.shift_share;
    match mode {
        Mode::Home => 0.0,
        Mode::Leading(since_s, from) => {
            from + (share - from) * ((now_s - since_s) / traffic.shift_over_s).clamp(0.0, 1.0)
        }
        Mode::Returning(since_s, from) => from * (1.0 - ((now_s - since_s) / traffic.return_over_s).clamp(0.0, 1.0)),
    }
}
