//! etcd in a step: which of the waiting requests it lets through, and what becomes of those it does not.

use super::rings::{ring, rings};
use super::scenario::{Class, MAX_CLASSES, Scenario};
use super::state::{Layout, Rings, State};
use crate::clients::outcome::Failure;
use crate::clients::population::Population;
use crate::flowcontrol::queues::Want;
use crate::lane::Lane;
use crate::server::etcd::{READ_CPU_S, WRITE_CPU_S};

/// Rounds of the root.
const ROUNDS: usize = 12;

/// CPU-seconds of the leader that a request of a class takes.
fn cpu_s<L: Lane>(class: &Class<L>, nodes: L) -> L {
    let ranges = class.etcd_s(nodes);
    ranges + class.etcd.writes * L::splat(WRITE_CPU_S) + class.etcd.reads * L::splat(READ_CPU_S)
}

/// Seconds that a request is with etcd. By Little's law: of a flow, so much is there at the end of a step.
pub(super) fn lasts_s<L: Lane>(population: &Population<L>, dt_s: L) -> L {
    let passes = population.etcd_passes;
    dt_s * (L::one() - passes).over(passes, L::one())
}

/// Requests of a class that will hold their seats through this step, if it goes on as the last.
#[inline(always)]
pub(super) fn holding<L: Lane>(scenario: &Scenario<L>, class: &Class<L>, population: &Population<L>) -> L {
    let running = population.remaining();
    if !scenario.etcd.on || !class.uses_etcd() {
        return running;
    }
    running + population.at_etcd() * (L::one() - population.etcd_passes)
}

/// Requests with etcd in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load<L> {
    /// By class: how many, the seconds they take at least, their CPU-seconds.
    classes: [(L, L, L); MAX_CLASSES],
    /// CPU-seconds asked by those that begin to wait.
    pub asked_s: L,
}

/// Nobody waits.
pub(super) fn nobody<L: Lane>() -> Load<L> {
    let zero = L::zero();
    Load { classes: [(zero, zero, zero); MAX_CLASSES], asked_s: zero }
}

/// CPU-seconds that a step does if a request alone would be served so many times faster.
fn done_s<L: Lane>(load: &Load<L>, slowdown: L, dt_s: L) -> L {
    load.classes.iter().fold(L::zero(), |sum, &(there, least_s, size_s)| {
        sum + there * size_s * dt_s / (dt_s + least_s + size_s * slowdown)
    })
}

/// How much slower requests are served than alone, with `cores_s` CPU-seconds in a step; 1 below saturation.
///
/// The inverse of what a step does is nearly a straight line in the slowdown: false position ends within the rounds.
fn slowdown<L: Lane>(load: &Load<L>, cores_s: L, dt_s: L) -> L {
    let (one, half) = (L::one(), L::splat(0.5));
    let missing = |slowdown: L| one.over(done_s(load, slowdown, dt_s), one) - one.over(cores_s, one);
    let there = load.classes.iter().fold(L::zero(), |sum, &(there, _, _)| sum + there);
    // Served one by one they cannot be slower than shared by all.
    let (mut low, mut high) = (one, (there * dt_s).over(cores_s, one).max(one));
    let (mut below, mut above) = (missing(low), missing(high));
    if !L::any(L::zero().gt(below)) {
        return one;
    }
    for _ in 0..ROUNDS {
        let next = (low - below * (high - low).over(above - below, half)).within(low, high);
        let found = missing(next);
        let slow = found.gt(L::zero());
        below = L::pick(slow, below * half, found);
        above = L::pick(slow, found, above * half);
        low = L::pick(slow, low, next);
        high = L::pick(slow, next, high);
    }
    L::pick(L::zero().gt(missing(one)), (low - below * (high - low).over(above - below, half)).within(low, high), one)
}

/// How far the requests get that wait, and those that start to. Returns the CPU-seconds that the latter ask.
pub(super) fn let_through<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, wants: &[Want<L>], nodes: L) -> L {
    let mut load = nobody();
    gather(scenario, state, wants, nodes, scenario.servers, &mut load);
    let passes = passes(scenario, state, &load);
    assign(&mut state.classes, &passes);
    load.asked_s
}

/// Adds the requests of `servers` servers like the one at hand.
pub(super) fn gather<L: Lane>(
    scenario: &Scenario<L>,
    state: &State<L>,
    wants: &[Want<L>],
    nodes: L,
    servers: L,
    load: &mut Load<L>,
) {
    let zero = L::zero();
    let all = scenario.classes.iter().zip(&state.classes).zip(wants).zip(&mut load.classes);
    for (((class, population), want), (there, least_s, of_one_s)) in all {
        if class.uses_etcd() {
            *of_one_s = cpu_s(class, nodes);
            let starts = want.starts.iter().fold(zero, |sum, &starts| sum + starts);
            load.asked_s += starts * *of_one_s * servers;
            *least_s = scenario.etcd.rtt_s + L::pick(class.etcd.writes.gt(zero), scenario.etcd.fsync_s, zero);
            *there += (population.at_etcd() + starts) * servers;
        }
    }
}

/// Share of the requests of each class that etcd lets through in this step.
///
/// # Formula
/// A request is with etcd for RTT and fsync, and for its CPU-seconds by processor sharing on the leader. Of those
/// there, dt / (dt + latency) leave in a step. Writes share what the log takes, in proportion to their bytes.
pub(super) fn passes<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, load: &Load<L>) -> [L; MAX_CLASSES] {
    let (zero, one) = (L::zero(), L::one());
    let etcd = &scenario.etcd;
    let dt_s = L::splat(scenario.dt_s);
    state.etcd.open(etcd, state.now_s, dt_s);
    let serving_s = state.etcd.serving * dt_s;
    let slowdown = slowdown(load, scenario.etcd_cores * serving_s, dt_s);
    let mut passes = [one; MAX_CLASSES];
    let mut log_bytes = zero;
    for ((class, &(there, least_s, size_s)), passes) in scenario.classes.iter().zip(&load.classes).zip(&mut passes) {
        *passes = dt_s / (dt_s + least_s + size_s * slowdown) * state.etcd.serving.gt(zero);
        log_bytes += there * *passes * class.etcd.writes * class.etcd.write_bytes;
    }
    let by_log = (etcd.log_bytes_per_s() * serving_s).over(log_bytes, one).min(one);
    for (class, passes) in scenario.classes.iter().zip(&mut passes) {
        *passes = *passes * L::pick((class.etcd.writes * class.etcd.write_bytes).gt(zero), by_log, one);
    }
    passes
}

/// Tells each class how far its requests get.
pub(super) fn assign<L: Lane>(classes: &mut [Population<L>], passes: &[L]) {
    for (population, passes) in classes.iter_mut().zip(passes) {
        population.etcd_passes = *passes;
    }
}

/// Requests that etcd gave up, or whose client did: they are on their way to the next try. `fair` is the virtual start
/// of every queue, `answers` the share of them to whom the server says so.
pub(super) fn give_up<L: Lane>(
    scenario: &Scenario<L>,
    class: &Class<L>,
    population: &mut Population<L>,
    fair: &mut [L],
    places: &Rings,
    storage: &mut [L],
    answers: L,
    arriving: L,
) {
    let (zero, one) = (L::zero(), L::one());
    let dt_s = L::splat(scenario.dt_s);
    let due_s = class.timeout_s.min(scenario.etcd.gives_up_s);
    let mut expired = zero;
    for (at, (line, place)) in population.lines.iter_mut().zip(&places.lines).enumerate().take(population.wide) {
        let gone = line.expire_etcd(ring(storage, &place.etcd));
        let released_s = line.charged_s * gone.over(line.running + line.etcd.total() + gone, zero);
        line.charged_s -= released_s;
        if let Some(next) = places.queues.get(at).and_then(|queue| fair.get_mut(*queue as usize)) {
            *next += class.seats * (gone * due_s - released_s);
        }
        expired += gone;
    }
    let again = population.leave(expired, arriving);
    // Who waits longer than etcd does is answered with an error, unless the server answers nobody.
    let told = expired * answers * class.timeout_s.gt(scenario.etcd.gives_up_s);
    let silent = expired - told;
    population.last.refused += told;
    population.last.timed_out += silent;
    let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
    let age_s = Some(due_s);
    population.fail(class, idle, backoff, dt_s, Failure { amount: told, again, told_s: zero, age_s, noticed_s: zero });
    let noticed_s = (class.timeout_s - due_s) * (one - answers);
    population.fail(class, idle, backoff, dt_s, Failure { amount: silent, again, told_s: zero, age_s, noticed_s });
}

/// Of the requests that got `through`, those that the quota alarm answers with an error.
pub(super) fn error<L: Lane>(class: &Class<L>, through: L, alarm: L) -> L {
    through * alarm * (class.etcd.writes * class.etcd.write_bytes).gt(L::zero())
}

/// `amount` requests, already taken out of their queues, get an error.
pub(super) fn fail<L: Lane>(
    class: &Class<L>,
    population: &mut Population<L>,
    places: &Rings,
    storage: &mut [L],
    dt_s: L,
    amount: L,
) {
    let zero = L::zero();
    population.last.refused += amount;
    let failure = Failure { amount, again: zero, told_s: zero, age_s: None, noticed_s: zero };
    population.send_away(class, places, storage, dt_s, failure);
}

/// What the step left behind: bytes `written` by one server, bytes of ranges in flight, members killed by them.
pub(super) fn settle<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    nodes: L,
    written: L,
) {
    let in_flight = in_flight(scenario, &state.classes, nodes) * scenario.servers;
    let killed = close(scenario, state, nodes, written * scenario.servers, in_flight);
    if L::any(killed) {
        lose(scenario, layout, &mut state.classes, storage, killed);
    }
}

/// Bytes of ranges that one server waits for.
pub(super) fn in_flight<L: Lane>(scenario: &Scenario<L>, classes: &[Population<L>], nodes: L) -> L {
    scenario.classes.iter().zip(classes).fold(L::zero(), |sum, (class, population)| {
        sum + population.at_etcd() * (class.etcd.range_bytes_base + class.etcd.range_bytes_per_node * nodes)
    })
}

/// Books what all servers wrote and read. Returns 1 where members are killed.
pub(super) fn close<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, nodes: L, written: L, in_flight: L) -> L {
    state.etcd.close(&scenario.etcd, state.now_s, L::splat(scenario.dt_s), nodes, written, in_flight)
}

/// All that wait for a killed etcd get an error.
pub(super) fn lose<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    classes: &mut [Population<L>],
    storage: &mut [L],
    killed: L,
) {
    let dt_s = L::splat(scenario.dt_s);
    for ((class, places), population) in scenario.classes.iter().zip(&layout.classes).zip(classes) {
        let mut gone = L::zero();
        for (line, place) in population.lines.iter_mut().zip(&places.lines) {
            let lost = line.lose_etcd(ring(storage, &place.etcd), killed);
            line.charged_s -= line.charged_s * lost.over(line.running + lost, L::zero());
            gone += lost;
        }
        if L::any(gone.gt(L::zero())) {
            fail(class, population, places, storage, dt_s, gone);
            population.account.refused += gone;
        }
    }
}

/// 1 where the liveness probe gives an API server up that etcd does not answer, and 1 while it does not.
#[inline(always)]
pub(super) fn missed<L: Lane>(scenario: &Scenario<L>, state: &State<L>) -> (L, L) {
    if !scenario.etcd.on {
        return (L::zero(), L::zero());
    }
    let silent_s = state.etcd.silent_s;
    let due = scenario.memory.liveness_s.gt(L::zero()) * silent_s.ge(scenario.memory.liveness_s);
    (scenario.etcd.probed * due, silent_s.gt(L::zero()))
}
