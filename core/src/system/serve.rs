//! What an API server does in a step: it starts and ends requests, and stays within its memory or does not.

use super::etcd;
use super::level::introduced;
use super::people::{Now, Others};
use super::rings::{ring, rings};
use super::scenario::Scenario;
use super::starting::{Before, limited, seats_outside, sync, told_s};
use super::state::{Layout, State};
use crate::clients::line::HAND;
use crate::clients::outcome::Failure;
use crate::flowcontrol::queues::Want;
use crate::lane::{Lane, Segment, seldom};
use crate::server::cpu::Load;
use crate::server::memory::Events;

/// Starts requests, serves all that run, ends what is complete or too late. Returns the CPU used on a server, and
/// the bytes written to etcd.
#[inline(always)]
pub(super) fn serve<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    wants: &[Want<L>],
    near: &mut Segment<L>,
    now: &Now<L>,
) -> (L, L) {
    let (zero, one) = (L::zero(), L::one());
    let mut load = Load::none();
    let (mut written, mut joined) = (zero, zero);
    let in_turns = now.parts.crowds && L::any(scenario.cpu.turn_s);
    for (at, want) in wants.iter().enumerate() {
        let (Some(class), Some(places)) = (scenario.classes.get(at), layout.classes.get(at)) else { break };
        let Some(population) = state.classes.get_mut(at).filter(|population| !population.asleep) else { continue };
        let patience_s = scenario.levels.get(class.level).map_or(zero, |level| class.patience_s(level.wait_s));
        let (size_s, there) = (want.size_s, population.remaining());
        let (mut turned, mut starts, mut failed, mut late, mut new) = (zero, zero, zero, zero, zero);
        for (slot, place) in places.lines.iter().enumerate().take(now.parts.wide(population.wide)) {
            let at = |of: &[L; HAND]| of.get(slot).copied().unwrap_or(zero);
            let (joins, may_start, rejected) = (at(&want.joins), at(&want.starts), at(&want.rejected));
            turned += rejected;
            new += joins - rejected;
            let Some(line) = population.lines.get_mut(slot) else { break };
            // Who finds seats free and nobody waiting does not queue at all.
            let queues = line.queue.total() + (joins - rejected - may_start).max(zero);
            let patience = patience_s.per(now.dt_s);
            let (mut begins, mut residual) = (may_start, patience);
            let queues = queues.gt(zero);
            if now.parts.levels && L::any(queues) {
                seldom();
                let queue = ring(storage, &place.queue);
                let joins = L::pick(queues, joins - rejected, zero);
                line.joined = L::pick(joins.gt(zero), now.place.step, line.joined);
                line.queue.push(queue, joins, patience);
                let (taken, left) = line.queue.take(queue, L::pick(queues, may_start, zero));
                (begins, residual) = (L::pick(queues, taken, begins), L::pick(queues, left, residual));
            }
            // Without levels there is no queue to wait in.
            let mut waited_s = if now.parts.levels { (patience_s - residual * now.dt_s).max(zero) } else { zero };
            if now.parts.levels && !places.queues.is_empty() {
                line.charged_s += begins * want.charge_s;
            }
            if now.parts.etcd(scenario) && class.uses_etcd() {
                seldom();
                let slots = ring(storage, &place.etcd);
                let due = class.timeout_s.min(scenario.etcd.gives_up_s) / now.dt_s;
                let through = line.through_etcd(slots, begins, waited_s, due, population.etcd_passes, now.dt_s);
                if let Some(next) = places.queues.get(slot).and_then(|queue| state.fair.get_mut(*queue as usize)) {
                    *next += class.seats * through.amount * through.held_s;
                }
                let error = etcd::error(class, through.amount, state.etcd.alarm);
                let released = error.over(line.running + line.etcd.total() + through.amount, zero);
                line.charged_s -= line.charged_s * released;
                failed += error;
                (begins, waited_s) = (through.amount - error, through.waited_s);
                written += begins * class.etcd.writes * class.etcd.write_bytes;
            }
            let some = begins.gt(zero);
            if L::any(some) {
                let mut begins = L::pick(some, begins, zero);
                waited_s += now.turns_s * class.turns;
                if in_turns {
                    let gone = begins * waited_s.ge(class.timeout_s) * scenario.cpu.turn_s.gt(zero);
                    (late, begins) = (late + gone, begins - gone);
                }
                line.start(ring(storage, &place.running), &now.place, begins, now.parts.waits().then_some(waited_s));
                starts += begins;
            }
        }
        if L::any(failed) {
            seldom();
            etcd::fail(class, population, places, storage, now.dt_s, failed);
        }
        if in_turns && L::any(late) {
            seldom();
            // Its client is gone before its turn comes.
            population.last.timed_out += late;
            let (age_s, noticed_s) = (Some(zero), class.timeout_s);
            let failure = Failure { amount: late, again: zero, told_s: zero, age_s, noticed_s };
            population.send_away(class, places, storage, now.dt_s, failure);
        }
        if !turned.is_nothing() {
            seldom();
            let told_s = told_s(scenario, &state.levels, class.level, now.starting, state.mode.unsynced);
            population.last.rejected += turned;
            let (age_s, noticed_s) = (Some(zero), now.told_after_s(class));
            let failure = Failure { amount: turned, again: zero, told_s, age_s, noticed_s };
            population.send_away(class, places, storage, now.dt_s, failure);
        }
        // Seats that no end freed and nobody came for were free as the step began.
        let at_once = (starts - new.max(zero) - population.ending()).max(zero);
        if in_turns {
            joined += want.arriving * class.turns.min(one) + starts * (class.turns - one).max(zero);
        }
        load.add(state.speed, now.dt_s, size_s, starts, at_once, there, population, scenario.reject_cpu_s);
    }
    // A server that is down looks for no speed.
    let up = now.up(state);
    let cores = L::pick(up, now.growth, zero);
    let speed = scenario.cpu.share(now.dt_s, &load, cores, state.speed, near) * up;
    if in_turns {
        seldom();
        state.line = scenario.cpu.line(state.line, joined, now.dt_s, now.turns_s);
    }
    let in_company = now.parts.crowds && L::any(scenario.cpu.growth);
    let spent = if in_company { scenario.cpu.overhead(load.present(speed, now.dt_s)) } else { one };
    let from = state.attained_s;
    state.attained_s = from + speed * now.dt_s * now.alive;
    state.speed = L::pick(up, speed, scenario.cpu.speed);
    let Some((storage, attained)) = storage.split_at_mut_checked(layout.attained.start) else { return (zero, zero) };
    now.place.put(attained, from, one);
    let clock = now.clock(attained, from, state.attained_s);
    let mut used_s = zero;
    for (at, ((class, places), want)) in scenario.classes.iter().zip(&layout.classes).zip(wants).enumerate() {
        let Some(population) = state.classes.get_mut(at).filter(|population| !population.asleep) else { continue };
        let size_s = want.size_s;
        // Waiting for etcd takes time, not CPU.
        let cpu_s = scenario.cpu_s(at, now.nodes);
        let spent = if (size_s - cpu_s).is_nothing() { spent } else { spent * cpu_s.over(size_s, one) };
        let before = if now.starting { Some(Before::of(population, places, &state.fair)) } else { None };
        used_s += population.finish(
            class,
            places,
            storage,
            &mut state.fair,
            now.parts,
            &clock,
            size_s,
            spent,
            scenario.reject_cpu_s,
            now.nodes,
        );
        if now.parts.levels {
            population.linger(class, places, storage, &state.levels, now.dt_s);
        }
        if let Some(before) = before {
            let starts = state.mode.unsynced.gt(zero) * L::splat(f64::from(u8::from(limited(scenario, class.level))));
            before.settle(population, places, &mut state.fair, starts);
        }
    }
    if now.starting {
        state.mode.outside = seats_outside(scenario, &state.classes);
    }
    (used_s, written)
}

/// Memory: what is wanted, and what happens at the wall.
#[inline(always)]
pub(super) fn survive<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
    others: &mut Others<'_, L>,
) {
    let (mut running, mut waiting, mut watching) = (L::zero(), L::zero(), L::zero());
    for (class, population) in scenario.classes.iter().zip(&state.classes) {
        running += population.running() * (class.bytes_base + class.bytes_per_node * now.nodes);
        waiting += population.waiting();
        watching += population.watching;
        if now.parts.etcd(scenario) {
            waiting += population.at_etcd();
        }
    }
    let (before, limit) = (state.bytes, scenario.memory.limit_bytes * now.growth);
    state.bytes = scenario.memory.wanted(now.nodes, running, waiting) + scenario.bytes_per_watch * watching;
    if !now.parts.falls {
        return;
    }
    let over = state.bytes.gt(limit);
    let (probe, no_store) = etcd::missed(scenario, state);
    // A server that works, with room to spare, and nobody who kills it, goes on.
    let troubled = over + now.kill + probe + state.mode.filling_s + state.mode.unsynced + (L::one() - state.mode.up);
    if !L::any(troubled) {
        return;
    }
    seldom();
    // Memory rises in a straight line through the step.
    let within = (limit - before).over(state.bytes - before, L::zero()).within(L::zero(), L::one());
    let far = state.bytes.gt(limit * scenario.memory.kill_over) * state.mode.thrashing;
    let over = over * (L::one() - now.kill);
    let within = L::pick(now.kill, now.alive, L::pick(far, L::one(), within));
    let killed = over * state.mode.up * (L::one() - scenario.memory.thrashes);
    let restart = scenario.actions.restart(state.now_s, now.dt_s) * state.mode.thrashing;
    let kill = now.kill.max(far);
    let away_s = L::pick(now.kill, now.away_s, scenario.memory.restart_s);
    let events = Events { over, within, restart: restart.max(probe), kill, away_s, no_store, early: scenario.early };
    let before = state.mode;
    let lost = state.mode.step(&scenario.memory, now.dt_s, events);
    if L::any(scenario.backlog * (before.filling_s + before.unsynced + before.down)) {
        sync(scenario, state, &before, lost, &{ *now });
    }
    // A server that thrashes is pinned at its limit, whatever is wanted of it.
    state.bytes = L::pick(state.mode.thrashing, limit, state.bytes);
    if L::any(lost) {
        seldom();
        lose(scenario, layout, state, storage, &{ *now }, others, lost, killed * (L::one() - within));
    }
}

/// Everything a server held is gone where it is `lost`; for the share `unanswered` of the step nobody was answered.
#[cold]
#[inline(never)]
fn lose<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
    others: &mut Others<'_, L>,
    lost: L,
    unanswered: L,
) {
    state.line = state.line * (L::one() - lost);
    state.mode.outside = state.mode.outside * (L::one() - lost);
    for (level, seats) in state.levels.iter_mut().zip(introduced(scenario)) {
        level.begin(lost, L::splat(seats));
    }
    for (at, (class, places)) in scenario.classes.iter().zip(&layout.classes).enumerate() {
        let Some(population) = state.classes.get_mut(at) else { break };
        population.unanswer(unanswered, now.dt_s);
        let before = population.in_system();
        let again = population.retrying.over(before, L::zero());
        population.account.waste(population.running() * lost * now.size_s(scenario, at) * L::splat(0.5));
        let mut requests = L::zero();
        for (line, place) in population.lines.iter_mut().zip(&places.lines) {
            requests += line.lose(ring(storage, &place.queue), &now.place, lost);
            requests += line.lose_etcd(ring(storage, &place.etcd), lost);
        }
        population.lingering.thin(ring(storage, &places.lingering), L::one() - lost);
        let watches = population.watching * lost;
        population.watching -= watches;
        population.retrying = population.retrying * (L::one() - lost);
        population.outside = population.outside * (L::one() - lost);
        population.last.refused += requests;
        let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
        let failed = requests + watches;
        let again = (again * requests).over(failed, L::zero());
        let failure = Failure { amount: failed, again, told_s: L::zero(), age_s: None, noticed_s: L::zero() };
        match others.moving.get_mut(at) {
            Some(moving) => {
                moving.take(population, &failure, others.count);
                population.loose = L::pick(lost, population.idle.total(), population.loose);
            }
            None => population.fail(class, idle, backoff, now.dt_s, failure),
        }
        population.account.refused += requests;
    }
}
