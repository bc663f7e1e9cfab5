//! One try: a fork of the run with some remedies in it, until it holds or everybody goes home.

#[cfg(test)]
mod tests;

use super::lever::{Lever, Needs};
use super::ranking::Lift;
use crate::resolve::Plan;
use crate::run::{Cluster, FALLEN, FALLEN_FOR_S, Rule, WELL, WELL_FOR_S, alike, value};
use crate::scenario::InputError;
use slackwater_core::ledger::Cause;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Follows};
use std::collections::VecDeque;

/// Longest that somebody goes on, seconds: longer than the outage of 2024-12-11 took from the first reaction to the end
/// for a single cluster.
pub(super) const LONGEST_S: f64 = 4.0 * 3600.0;
/// Seconds it must stay well to count: longer than every timeout, back-off and period of restarts.
const HOLDS_S: f64 = 900.0;
/// Seconds after what is temporary was taken back in which it may fall again.
const LIFTED_S: f64 = 1800.0;
/// Somebody who is not answered tries again this often, seconds.
const TRY_EVERY_S: f64 = 10.0;
/// Share of the agent's pods that must be gone for a deletion to have been done.
const GONE: f64 = 0.99;
/// Seconds over which the traffic of a state is counted, at least.
const COUNTED_S: f64 = 600.0;
/// Seconds over which load is smoothed: polls come in bursts, and a second herd is one that lasts.
const SMOOTHED_S: f64 = 60.0;
/// Busy share of the first wall from which on nothing is left.
const SATURATED: f64 = 0.95;

/// CPU that a class asks for because of a cause, in cores.
pub(super) type Asked = Vec<(usize, Cause, f64)>;

/// What came of a try.
#[derive(Clone, Debug)]
pub(super) struct Try {
    /// Seconds until it was well for good.
    pub well_s: Option<f64>,
    /// Minutes of user traffic lost, of this cluster.
    pub damage_min: f64,
    /// The same if traffic is led away too: that changes nothing in the cluster.
    led_min: f64,
    /// Times it was well for a while and fell again by itself.
    pub falls_again: u32,
    /// Largest CPU asked for after servers came back, as a share of what there is.
    pub herd: Option<f64>,
    /// When each remedy acted, seconds; nothing if it never did.
    pub acted_s: Vec<Option<f64>>,
    /// What becomes of it when what is temporary is taken back early.
    pub lift: Lift,
    /// Names of classes, for `asked`.
    pub classes: Vec<String>,
    /// What was asked for in the end.
    pub asked: Asked,
}

/// A remedy on its way.
struct Under {
    lever: Lever,
    /// Tries that were answered, as an expected number.
    through: f64,
    /// When it acts.
    due_s: Option<f64>,
    done: bool,
}

/// A cluster with people in it.
#[derive(Clone)]
struct Worked<'a> {
    plan: &'a Plan,
    cluster: Cluster,
    /// Keys changed so far.
    keys: Vec<String>,
    /// Share of the clients that is let in.
    kept: f64,
    /// How busy API servers or etcd are, smoothed over a minute.
    busy: f64,
}

impl Worked<'_> {
    /// Puts a remedy into effect; whether that was possible.
    fn act(&mut self, lever: Lever) -> Result<bool, InputError> {
        let keys = lever.keys(self.plan);
        if !keys.is_empty() && !self.change(keys)? {
            return Ok(false);
        }
        let (now_s, remedies) = (self.cluster.state.now_s, &self.plan.remedies);
        let actions = &mut self.cluster.scenario.actions;
        match lever {
            Lever::Halt => actions.halt_s = now_s,
            Lever::Delete => (actions.halt_s, actions.delete_s) = (now_s, now_s),
            Lever::Block => (actions.block_s, actions.block_over_s) = (now_s, remedies.block_over_s),
            Lever::ScaleDown => {
                (actions.shrink_s, actions.shrink_over_s) = (now_s, remedies.scale_down_over_s);
                actions.shrink_to = remedies.scale_down_to;
            }
            Lever::ScaleUp => {
                (actions.grow_s, actions.grow_over_s) = (now_s, remedies.scale_up_over_s);
                actions.grow_by = remedies.scale_up_by;
            }
            Lever::Restart => {
                // People look before they restart: the first one comes an interval into the work.
                actions.restart_s = now_s + remedies.restart_every_s;
                actions.restart_every_s = remedies.restart_every_s;
            }
            Lever::RestartInTurn => self.roll(now_s),
            // New flags want a new process.
            Lever::RaiseSeats | Lever::LowerSeats => actions.kill_s = now_s,
            Lever::ShedLoad => {
                self.kept = 1.0 - self.plan.settings.number("remedies.shed_share");
                self.let_in(self.kept);
            }
            Lever::Restore => self.cluster.scenario.etcd.back_s = now_s,
            Lever::ServeStale | Lever::LongerTtl => self.cluster.empty_caches(),
            Lever::OwnFlowSchema | Lever::OwnEtcd | Lever::Shift => {}
        }
        Ok(true)
    }

    fn roll(&mut self, now_s: f64) {
        let every_s = self.plan.remedies.restart_every_s;
        self.cluster.tell_apart();
        let apart = &mut self.cluster.scenario.apart;
        (apart.roll_s, apart.roll_every_s) = (now_s + every_s, every_s);
    }

    /// Every server was restarted and some hang again: another round.
    fn roll_again(&mut self) {
        let (now_s, apart) = (self.cluster.state.now_s, self.cluster.scenario.apart);
        let end_s = apart.roll_s + apart.roll_every_s * self.cluster.servers.len() as f64;
        if now_s >= end_s && self.cluster.state.mode.thrashing > 0.0 {
            self.roll(now_s);
        }
    }

    /// Changes keys, over those changed before; whether the cluster can go on under them.
    fn change(&mut self, keys: Vec<String>) -> Result<bool, InputError> {
        self.keys.extend(keys);
        let mut file = self.plan.settings.file().clone();
        for key in &self.keys {
            file.set(key)?;
        }
        let Some(changed) = self.cluster.under(&Plan::resolve(file)?)? else { return Ok(false) };
        self.cluster = changed;
        self.let_in(self.kept);
        Ok(true)
    }

    /// Lets a share of all clients in, as a share of those who are in now; the operator always gets in.
    fn let_in(&mut self, share: f64) {
        let operator = self.cluster.scenario.operator;
        for (_, class) in self.cluster.scenario.classes.iter_mut().enumerate().filter(|(at, _)| *at != operator) {
            class.clients_fixed *= share;
            class.clients_per_node *= share;
        }
    }

    /// Takes back what is temporary.
    fn lift(&mut self) {
        let actions = &mut self.cluster.scenario.actions;
        (actions.block_s, actions.shrink_s, actions.grow_s) = (NEVER_S, NEVER_S, NEVER_S);
        if self.kept < 1.0 {
            let all = 1.0 / self.kept.max(1e-9);
            self.kept = 1.0;
            self.let_in(all);
        }
    }

    /// Share of the requests of everybody but the agent that fail: a throttled agent is no outage.
    fn failing(&self) -> f64 {
        let (mut failed, mut ended) = (0.0, 0.0);
        for (class, population) in self.cluster.scenario.classes.iter().zip(&self.cluster.state.classes) {
            if class.follows != Follows::Agent && class.arrivals != Arrivals::DnsMiss {
                let last = &population.last;
                let bad = last.failed();
                (failed, ended) = (failed + bad, ended + bad + last.answered);
            }
        }
        if ended > 0.0 { failed / ended } else { 0.0 }
    }

    /// Steps once: the row, and how bad it is for others than the agent, 0 to 1.
    fn step(&mut self) -> (Row, f64) {
        let row = self.cluster.step();
        let busy = value(&row, Row::API_BUSY).max(value(&row, Row::ETCD).min(1.0));
        self.busy += (busy - self.busy) * (self.cluster.scenario.dt_s / SMOOTHED_S).min(1.0);
        let down = 1.0 - value(&row, Row::ANSWERING);
        (row, self.failing().max(down))
    }

    /// Whether API servers or etcd have nothing to spare.
    fn saturated(&self) -> bool {
        self.busy > SATURATED
    }

    /// Requests of each class so far: sent, and ended without an answer.
    fn counts(&self) -> Vec<(f64, f64)> {
        let of = |population: &slackwater_core::clients::population::Population<f64>| {
            let account = &population.account;
            (account.sent, account.rejected + account.timed_out + account.refused)
        };
        self.cluster.state.classes.iter().map(of).collect()
    }

    /// CPU asked for since `before`, in cores of the whole cluster. What failed comes back: that much of a class is retries.
    fn asked(&self, before: &[(f64, f64)], over_s: f64) -> Asked {
        let (scenario, now_s) = (&self.cluster.scenario, self.cluster.state.now_s);
        let mut asked = Asked::new();
        for (at, (((sent, failed), (sent_before, failed_before)), class)) in
            self.counts().into_iter().zip(before).zip(&scenario.classes).enumerate()
        {
            let (sent, failed) = (sent - sent_before, failed - failed_before);
            let again = failed.min(sent).max(0.0);
            // What the network swallows the API never sees.
            let swallowed = if class.follows == Follows::Agent { scenario.actions.blocked(now_s) } else { 0.0 };
            let cpu_s = scenario.cpu_s(at, scenario.nodes) * (1.0 - swallowed);
            let cores = |requests: f64| requests.max(0.0) * cpu_s * scenario.servers / over_s;
            asked.push((at, class.cause(), cores(sent - again)));
            asked.push((at, class.cause_of_retry(), cores(again)));
        }
        asked
    }
}

impl Try {
    /// What comes of `levers`, if this is what comes of them without leading traffic away.
    pub(super) fn with_shift(&self, plan: &Plan, levers: &[Lever]) -> Self {
        let mut all = self.clone();
        if let Some(at) = levers.iter().position(|lever| *lever == Lever::Shift) {
            all.damage_min = self.led_min;
            all.acted_s.insert(at.min(all.acted_s.len()), Some(ramp_s(plan, Lever::Shift)));
        }
        all
    }
}

/// Runs a cluster from the moment people come, with `levers` begun at once.
pub(super) fn attempt(plan: &Plan, cluster: &Cluster, levers: &[Lever]) -> Result<Try, InputError> {
    Ok(inside(plan, cluster, &without_shift(levers))?.with_shift(plan, levers))
}

/// What is done to the cluster itself.
pub(super) fn without_shift(levers: &[Lever]) -> Vec<Lever> {
    levers.iter().copied().filter(|lever| *lever != Lever::Shift).collect()
}

/// The same for what is done to the cluster itself.
pub(super) fn inside(plan: &Plan, cluster: &Cluster, levers: &[Lever]) -> Result<Try, InputError> {
    let mut worked = Worked { plan, cluster: cluster.clone(), keys: Vec::new(), kept: 1.0, busy: 1.0 };
    let (dt_s, begun_s) = (worked.cluster.scenario.dt_s, worked.cluster.state.now_s);
    let mut under: Vec<Under> = Vec::new();
    for &lever in levers {
        // Deleting is tried by the model itself, step by step.
        let waits = lever.needs() == Needs::Api && lever != Lever::Delete;
        let due_s = (!waits).then(|| lever.over_s(plan));
        under.push(Under { lever, through: 0.0, due_s, done: false });
    }
    let mut acted_s = vec![None; levers.len()];
    let (mut well, mut well_s, mut falls_again, mut lifted_from) = (0.0, None, 0, None);
    let (mut damage_s, mut led_s, mut herd, mut was_down) = (0.0, 0.0, None::<f64>, false);
    let (shift_s, shift_share) = (plan.remedies.shift_after_s, plan.remedies.shift_share);
    // The last two moments at which traffic was counted: the older one is at least ten minutes back.
    let mut windows = [(0.0, worked.counts()), (0.0, worked.counts())];
    let (mut t_s, mut rows) = (0.0, Vec::new());
    let window = rest_window(&worked.cluster, plan, levers);
    let mut minute: VecDeque<f64> = VecDeque::new();
    while t_s < LONGEST_S {
        for (entry, acted_s) in under.iter_mut().zip(&mut acted_s) {
            if !entry.done && entry.due_s.is_some_and(|due_s| t_s >= due_s) {
                let possible = worked.act(entry.lever)?;
                entry.done = true;
                if possible && entry.lever != Lever::Delete {
                    *acted_s = Some(t_s + ramp_s(plan, entry.lever));
                }
            }
            if entry.done && entry.lever == Lever::RestartInTurn {
                worked.roll_again();
            }
        }
        let (row, bad) = worked.step();
        t_s = worked.cluster.state.now_s - begun_s;
        let operator = value(&row, Row::OPERATOR);
        for (entry, acted_s) in under.iter_mut().zip(&mut acted_s) {
            if entry.lever == Lever::Delete && acted_s.is_none() {
                let state = &worked.cluster.state;
                *acted_s = (state.removed >= GONE * state.created).then_some(t_s);
            } else if entry.due_s.is_none() {
                entry.through += operator * dt_s / TRY_EVERY_S;
                entry.due_s = (entry.through >= 1.0).then(|| t_s + entry.lever.over_s(plan));
            }
        }
        let impact = value(&row, Row::IMPACT);
        damage_s += impact * dt_s;
        led_s += impact * (1.0 - if t_s >= shift_s { shift_share } else { 0.0 }) * dt_s;
        if value(&row, Row::ANSWERING) < 1.0 {
            (was_down, minute) = (true, VecDeque::new());
        } else if was_down {
            minute.push_back(value(&row, Row::API_LOAD));
            if minute.len() as f64 * dt_s > SMOOTHED_S {
                minute.pop_front();
            }
            let mean = minute.iter().sum::<f64>() * dt_s / SMOOTHED_S;
            herd = Some(herd.unwrap_or(0.0).max(mean));
        }
        let fine = bad < WELL && impact < plan.detection.visible_impact_share && !worked.saturated();
        if fine {
            well += dt_s;
            if well >= WELL_FOR_S && well_s.is_none() {
                well_s = Some(t_s - well);
                lifted_from = Some(worked.clone());
                windows = [(t_s, worked.counts()), (t_s, worked.counts())];
            }
            if well >= HOLDS_S && under.iter().all(|entry| entry.done || entry.due_s.is_none()) {
                break;
            }
        } else {
            if well_s.take().is_some() {
                falls_again += 1;
            }
            well = 0.0;
            if t_s - windows[1].0 >= COUNTED_S {
                windows = [windows[1].clone(), (t_s, worked.counts())];
            }
        }
        rows.push(row);
        let steps = rows.len();
        // Who gets through so seldom will not be answered once in what is left.
        let never = |entry: &Under| entry.through + operator * (LONGEST_S - t_s) / TRY_EVERY_S < 1.0;
        let settled = t_s > settled_s(plan, &under) && under.iter().all(|entry| entry.done || never(entry));
        if !fine && settled && steps.is_multiple_of(window) && alike(&rows, window) {
            // Nothing changes any more: the rest of the time is as the last window was.
            let rest_s = (LONGEST_S - t_s).max(0.0);
            let last = rows.iter().rev().take(window).map(|row| value(row, Row::IMPACT)).sum::<f64>() / window as f64;
            damage_s += last * rest_s;
            led_s += last * (rest_s - shift_share * (LONGEST_S - t_s.max(shift_s)).max(0.0));
            break;
        }
    }
    let [(from_s, before), _] = &windows;
    let asked = worked.asked(before, (t_s - from_s).max(dt_s));
    let classes = worked.cluster.scenario.classes.iter().map(|class| class.label.name.to_string()).collect();
    let temporary = levers.iter().any(|lever| lever.temporary());
    let lift = lifted_from.filter(|_| temporary && well_s.is_some()).map_or(Lift::Nothing, relapse);
    let (damage_min, led_min) = (damage_s / 60.0, led_s / 60.0);
    Ok(Try { well_s, damage_min, led_min, falls_again, herd, acted_s, lift, classes, asked })
}

/// Steps of a window in which everything that comes again has come.
fn rest_window(cluster: &Cluster, plan: &Plan, levers: &[Lever]) -> usize {
    let restarts = levers.iter().any(|lever| matches!(lever, Lever::Restart | Lever::RestartInTurn));
    let servers = cluster.scenario.servers.max(1.0);
    let round_s = if restarts { plan.remedies.restart_every_s * (servers + 1.0) } else { 0.0 };
    let rounds = (round_s / cluster.scenario.dt_s).ceil() as usize;
    cluster.poll_window().max(rounds)
}

/// When the last of the remedies that act has acted in full.
fn settled_s(plan: &Plan, under: &[Under]) -> f64 {
    let ends = under.iter().filter_map(|entry| Some(entry.due_s? + ramp_s(plan, entry.lever)));
    ends.fold(0.0, f64::max) + WELL_FOR_S
}

/// Seconds a remedy takes from its beginning until it is complete.
fn ramp_s(plan: &Plan, lever: Lever) -> f64 {
    let remedies = &plan.remedies;
    match lever {
        Lever::Block => remedies.block_over_s,
        Lever::ScaleDown => remedies.scale_down_over_s,
        Lever::ScaleUp => remedies.scale_up_over_s,
        Lever::Restart | Lever::RestartInTurn => remedies.restart_every_s,
        Lever::Shift => remedies.shift_after_s,
        _ => 0.0,
    }
}

/// Takes back what is temporary as soon as all seems well; when it falls again, if it does.
fn relapse(mut worked: Worked<'_>) -> Lift {
    worked.lift();
    let dt_s = worked.cluster.scenario.dt_s;
    let (mut api, mut users) =
        (Rule::new(FALLEN_FOR_S, FALLEN, dt_s), Rule::new(0.0, worked.plan.detection.visible_impact_share, dt_s));
    for _ in 0..(LIFTED_S / dt_s) as usize {
        let (row, bad) = worked.step();
        let fell = api.see(bad).or(users.see(value(&row, Row::IMPACT)));
        if let Some(after_s) = fell {
            return Lift::Relapses { after_s };
        }
    }
    Lift::Holds
}
