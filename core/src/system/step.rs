//! One step of everything, in reading order: people, clients, seats, CPU, deadlines, memory, DNS.

use super::dns::resolve_names;
use super::levels::{account_levels, adjust_limits, share_seats};
use super::observe::Totals;
use super::scenario::{Class, Follows, MAX_CLASSES, Scenario};
use super::state::{Layout, Rings, State};
use crate::clients::outcome::{Failure, Outcome};
use crate::clients::service::Clock;
use crate::flowcontrol::queues::Want;
use crate::lane::Lane;
use crate::server::cpu::Load;
use core::ops::Range;
use heapless::Vec;

/// Seconds over which the load on etcd is felt.
const ETCD_MEMORY_S: f64 = 10.0;
/// Most that a request can be slowed down by it: beyond, every deadline has passed.
const ETCD_LONGEST: f64 = 1e4;

/// A piece of the borrowed storage; empty if the layout belongs to another scenario.
pub(crate) fn ring<'a, L>(storage: &'a mut [L], range: &Range<usize>) -> &'a mut [L] {
    storage.get_mut(range.clone()).unwrap_or_default()
}

/// Two pieces; `first` lies before `second`.
pub(crate) fn rings<'a, L>(
    storage: &'a mut [L],
    first: &Range<usize>,
    second: &Range<usize>,
) -> (&'a mut [L], &'a mut [L]) {
    match storage.split_at_mut_checked(second.start) {
        Some((low, high)) => {
            (low.get_mut(first.clone()).unwrap_or_default(), high.get_mut(..second.len()).unwrap_or_default())
        }
        None => (Default::default(), Default::default()),
    }
}

/// The cluster in this step.
#[derive(Clone, Copy, Debug)]
struct Now<L> {
    dt_s: L,
    step: L,
    nodes: L,
    /// Share of the agents that cannot reach the API.
    blocked: L,
    /// Cores and memory of a server as a multiple of what they were.
    growth: L,
    /// Pods of the agent, per server.
    agents: L,
    /// Those that came up in this step, per server.
    started: L,
    /// Live lookups, per server.
    misses: L,
    /// How much longer requests take that read etcd.
    stretch: L,
}

impl<L: Lane> Now<L> {
    /// CPU-seconds a request of a class must attain. One that reads an overloaded etcd runs as much longer.
    fn size_s(&self, scenario: &Scenario<L>, at: usize) -> L {
        let reads = scenario.classes.get(at).map_or(L::zero(), |class| class.etcd_base_s + class.etcd_per_node_s);
        scenario.cpu_s(at, self.nodes) * L::pick(reads.gt(L::zero()), self.stretch, L::one())
    }
}

/// Moves a cluster on by one step of `scenario.dt_s` seconds.
///
/// `storage` is the slice that [`State::new`] filled; `layout` is [`Layout::of`] the same scenario. The cost
/// does not depend on nodes or timers. Nothing is allocated, nothing panics.
///
/// ```
/// use slackwater_core::system::observe::Row;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::system::state::{Layout, State};
/// use slackwater_core::system::step::step;
/// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let layout = Layout::of(&scenario);
/// let mut storage = vec![0.0; layout.length];
/// let mut state = State::new(&scenario, &layout, &mut storage);
/// let mut busy = 0.0;
/// for _ in 0..60 {
///     let totals = step(&scenario, &layout, &mut state, &mut storage);
///     busy = Row::read(&scenario, &state, &totals, 0).values[Row::API_BUSY];
/// }
/// assert!((busy - 10.0 * 0.2 / 8.0).abs() < 0.01 * busy); // utilisation law
/// ```
pub fn step<L: Lane>(scenario: &Scenario<L>, layout: &Layout, state: &mut State<L>, storage: &mut [L]) -> Totals<L> {
    let now = people(scenario, state);
    let mut wants: Vec<Want<L>, MAX_CLASSES> = Vec::new();
    let (mut asked_s, mut etcd_s) = (L::zero(), L::zero());
    for at in 0..scenario.classes.len() {
        let (Some(class), Some(places)) = (scenario.classes.get(at), layout.classes.get(at)) else { break };
        let size_s = now.size_s(scenario, at);
        let mut arriving = L::zero();
        if !fall_asleep(scenario, class, state, at, &now) {
            expect(layout, state, at, places, storage, &now, size_s);
            arriving = arrive(scenario, class, state, at, places, storage, &now);
        }
        let Some(population) = state.classes.get_mut(at) else { break };
        asked_s += population.last.sent * scenario.cpu_s(at, now.nodes);
        etcd_s += arriving * (class.etcd_base_s + class.etcd_per_node_s * now.nodes) * scenario.servers;
        let stays = size_s.over(state.speed * now.dt_s, L::one()).min(L::one());
        // The list has room for every class.
        let _ = wants.push(Want {
            level: class.level,
            flow: class.flow,
            queued: population.queue.total(),
            arriving,
            seats: class.seats * stays,
            starts: L::zero(),
            rejected: L::zero(),
        });
    }
    share_seats(scenario, state, &mut wants);
    let used_s = serve(scenario, layout, state, storage, &wants, &now);
    account_levels(scenario, state, now.dt_s);
    adjust_limits(scenario, state, now.dt_s);
    survive(scenario, layout, state, storage, &now);
    let (cached, impact) = resolve_names(scenario, layout, state, storage, now.nodes);
    // etcd serves what it can: while more is asked, who reads it waits longer and longer, and catches up after.
    let demand = etcd_s.over(scenario.etcd_cores * now.dt_s, L::zero());
    let weight = now.dt_s / (now.dt_s + L::splat(ETCD_MEMORY_S));
    let stretch = state.etcd_stretch * (L::one() + (demand - L::one()) * weight);
    state.etcd_stretch = stretch.within(L::one(), L::splat(ETCD_LONGEST));
    state.steps += 1;
    state.now_s = L::splat(state.steps as f64 * scenario.dt_s);
    Totals { asked_s, used_s, etcd_s, cached, impact, cores: scenario.cpu.servers * scenario.cpu.speed * now.growth }
}

/// Nodes, pods of the agent, blocks: what people and controllers change.
fn people<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>) -> Now<L> {
    let (zero, one) = (L::zero(), L::one());
    let dt_s = L::splat(scenario.dt_s);
    let (actions, creation) = (&scenario.actions, &scenario.creation);
    let left = actions.nodes_left(state.now_s);
    let succeeded = |class: usize| state.classes.get(class).map_or(one, |class| class.success);
    // A controller or an operator that is not answered makes no progress.
    let creating = actions.halt_s.gt(state.now_s) * actions.delete_s.gt(state.now_s) * succeeded(scenario.controllers);
    let more = creation.created(state.now_s + dt_s) - creation.created(state.now_s);
    let room = (scenario.nodes * creation.share - state.created).max(zero);
    state.created += (more * creating).min(room);
    let deleting = state.now_s.ge(actions.delete_s) * succeeded(scenario.operator) * succeeded(scenario.controllers);
    state.removed = (state.removed + deleting * creation.removed_per_s * dt_s).min(state.created);
    let before = state.agents;
    state.agents = (state.created - state.removed) * left;
    Now {
        dt_s,
        step: L::splat(state.steps as f64),
        nodes: scenario.nodes * left,
        blocked: actions.blocked(state.now_s),
        growth: actions.growth(state.now_s),
        agents: state.agents / scenario.servers,
        started: (state.agents - before).max(zero) / scenario.servers,
        misses: state.dns_asks_per_s * dt_s / scenario.servers,
        stretch: state.etcd_stretch,
    }
}

/// Clients of a class on one server.
fn target<L: Lane>(scenario: &Scenario<L>, class: &Class<L>, now: &Now<L>) -> L {
    match class.follows {
        Follows::Cluster => (class.clients_fixed + class.clients_per_node * now.nodes) / scenario.servers,
        Follows::Agent => now.agents * class.clients_per_node,
    }
}

/// Sets a class aside for this step if nothing of it can happen.
fn fall_asleep<L: Lane>(
    scenario: &Scenario<L>,
    class: &Class<L>,
    state: &mut State<L>,
    at: usize,
    now: &Now<L>,
) -> bool {
    let target = target(scenario, class, now);
    let Some(population) = state.classes.get_mut(at) else { return true };
    population.asleep = population.sleeps(class, target);
    if population.asleep {
        population.last = Outcome::none();
    }
    population.asleep
}

/// How many requests of one class the coming step will end, if it runs at the speed of the last.
fn expect<L: Lane>(
    layout: &Layout,
    state: &mut State<L>,
    at: usize,
    places: &Rings,
    storage: &mut [L],
    now: &Now<L>,
    size_s: L,
) {
    let (from, speed) = (state.attained_s, state.speed * state.mode.up);
    let Some((storage, attained)) = storage.split_at_mut_checked(layout.attained.start) else { return };
    let clock = Clock { attained, step: now.step, from, to: from + speed * now.dt_s, dt_s: now.dt_s };
    let (deadline, running) = rings(storage, &places.deadline, &places.running);
    if let Some(population) = state.classes.get_mut(at) {
        population.expect(running, deadline, &clock, size_s);
    }
}

/// Requests of one class that reach a server in this step. The rest failed on the way.
fn arrive<L: Lane>(
    scenario: &Scenario<L>,
    class: &Class<L>,
    state: &mut State<L>,
    at: usize,
    places: &Rings,
    storage: &mut [L],
    now: &Now<L>,
) -> L {
    let (zero, one) = (L::zero(), L::one());
    let mode = state.mode;
    let told_s = state.levels.get(class.level).map_or(one, |level| level.retry_after_s);
    let wait_s = scenario.levels.get(class.level).map_or(zero, |level| level.wait_s);
    let Some(population) = state.classes.get_mut(at) else { return zero };
    let target = target(scenario, class, now);
    let blocked = if class.follows == Follows::Agent { now.blocked } else { zero };
    let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
    let sends = population.set_out(class, idle, backoff, now.dt_s, target, now.started, now.misses);
    let sent = sends.fresh + sends.again;
    population.last = Outcome { sent, ..Outcome::none() };
    population.account.sent += sent;
    let again = sends.again.over(sent, zero);

    // A closed network swallows packets: the client waits for its timeout. A dead process refuses at once.
    let swallowed = sent * blocked;
    let refused = (sent - swallowed) * mode.down;
    let amount = [swallowed, refused];
    for (amount, noticed_s) in amount.into_iter().zip([class.timeout_s, zero]) {
        population.fail(class, idle, backoff, now.dt_s, Failure { amount, again, told_s: zero, noticed_s });
    }
    // What the network swallows the API never sees: it is no failure of the API.
    population.last.refused = refused;
    let arriving = sent - swallowed - refused;
    population.retrying += arriving * again;

    // Patience in the queue ends: an answer with Retry-After, or, from a server that thrashes, silence.
    let expired = population.queue.expire(ring(storage, &places.queue));
    let share = population.leave(expired, arriving);
    let (told, silent) = (expired * mode.up, expired * (one - mode.up));
    population.last.rejected += told;
    population.last.timed_out += silent;
    let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
    population.fail(class, idle, backoff, now.dt_s, Failure { amount: told, again: share, told_s, noticed_s: zero });
    let noticed_s = (class.timeout_s - wait_s).max(zero);
    population.fail(class, idle, backoff, now.dt_s, Failure { amount: silent, again: share, told_s: zero, noticed_s });
    arriving
}

/// Starts requests, serves all that run, ends what is complete or too late. Returns the CPU used on a server.
fn serve<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    wants: &[Want<L>],
    now: &Now<L>,
) -> L {
    let (zero, one) = (L::zero(), L::one());
    let mut load = Load::none();
    for (at, want) in wants.iter().enumerate() {
        let (Some(class), Some(places)) = (scenario.classes.get(at), layout.classes.get(at)) else { break };
        let Some(population) = state.classes.get_mut(at).filter(|population| !population.asleep) else { continue };
        let told_s = state.levels.get(class.level).map_or(one, |level| level.retry_after_s);
        let wait_s = scenario.levels.get(class.level).map_or(zero, |level| level.wait_s);
        let size_s = now.size_s(scenario, at);
        let queue = ring(storage, &places.queue);
        // Who finds seats free and nobody waiting does not queue at all.
        let queues = population.queue.total() + (want.arriving - want.rejected - want.starts).max(zero);
        let (mut starts, mut residual) = (want.starts, wait_s / now.dt_s);
        if L::any(queues.gt(zero)) {
            population.queue.push(queue, want.arriving - want.rejected, wait_s / now.dt_s);
            (starts, residual) = population.queue.take(queue, want.starts);
        }
        let share = population.leave(want.rejected, zero);
        population.last.rejected += want.rejected;
        let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
        let failure = Failure { amount: want.rejected, again: share, told_s, noticed_s: zero };
        population.fail(class, idle, backoff, now.dt_s, failure);
        load.add(&scenario.cpu, now.dt_s, size_s, starts, population, scenario.reject_cpu_s);
        let waited_s = (wait_s - residual * now.dt_s).max(zero);
        let (deadline, running) = rings(storage, &places.deadline, &places.running);
        let left_s = (class.timeout_s - waited_s).max(now.dt_s);
        population.start(running, deadline, now.step, now.dt_s, starts, waited_s, left_s);
    }
    let speed = scenario.cpu.share(now.dt_s, &load, now.growth) * state.mode.up;
    let spent = scenario.cpu.overhead(load.present(speed, now.dt_s));
    let from = state.attained_s;
    state.attained_s = from + speed * now.dt_s;
    state.speed = L::pick(state.mode.up, speed, scenario.cpu.speed);
    let Some((storage, attained)) = storage.split_at_mut_checked(layout.attained.start) else { return zero };
    let slot = now.step.wrap(attained.len());
    let old = L::gather(attained, slot);
    L::scatter_add(attained, slot, from - old);
    let clock = Clock { attained, step: now.step, from, to: state.attained_s, dt_s: now.dt_s };
    let mut used_s = zero;
    for (at, (class, places)) in scenario.classes.iter().zip(&layout.classes).enumerate() {
        let Some(population) = state.classes.get_mut(at).filter(|population| !population.asleep) else { continue };
        let size_s = now.size_s(scenario, at);
        // Waiting for etcd takes time, not CPU.
        let spent = spent * scenario.cpu_s(at, now.nodes).over(size_s, L::one());
        used_s += population.finish(class, places, storage, &clock, size_s, spent, scenario.reject_cpu_s, now.nodes);
    }
    used_s
}

/// Memory: what is wanted, and what happens at the wall.
fn survive<L: Lane>(scenario: &Scenario<L>, layout: &Layout, state: &mut State<L>, storage: &mut [L], now: &Now<L>) {
    let (mut running, mut waiting) = (L::zero(), L::zero());
    for (class, population) in scenario.classes.iter().zip(&state.classes) {
        running += population.running * (class.bytes_base + class.bytes_per_node * now.nodes);
        waiting += population.queue.total();
    }
    let (before, limit) = (state.bytes, scenario.memory.limit_bytes * now.growth);
    state.bytes = scenario.memory.wanted(now.nodes, running, waiting);
    let over = state.bytes.gt(limit);
    // Memory rises in a straight line through the step.
    let within = (limit - before).over(state.bytes - before, L::zero()).within(L::zero(), L::one());
    let killed = over * state.mode.up * (L::one() - scenario.memory.thrashes);
    let restart = scenario.actions.restart(state.now_s, now.dt_s) * state.mode.thrashing;
    let lost = state.mode.step(&scenario.memory, now.dt_s, over, within, restart);
    // A server that thrashes is pinned at its limit, whatever is wanted of it.
    state.bytes = L::pick(state.mode.thrashing, state.bytes.min(limit), state.bytes);
    if !L::any(lost) {
        return;
    }
    for (at, (class, places)) in scenario.classes.iter().zip(&layout.classes).enumerate() {
        let Some(population) = state.classes.get_mut(at) else { break };
        population.unanswer(killed * (L::one() - within), now.dt_s);
        let before = population.in_system();
        let again = population.retrying.over(before, L::zero());
        population.account.waste(population.running * lost * now.size_s(scenario, at) * L::splat(0.5));
        let (queue, deadline) = rings(storage, &places.queue, &places.deadline);
        let requests = population.lose(queue, deadline, now.step, lost);
        let watches = population.watching * lost;
        population.watching -= watches;
        population.retrying = population.retrying * (L::one() - lost);
        population.last.refused += requests;
        let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
        let failed = requests + watches;
        let again = (again * requests).over(failed, L::zero());
        let failure = Failure { amount: failed, again, told_s: L::zero(), noticed_s: L::zero() };
        population.fail(class, idle, backoff, now.dt_s, failure);
        population.account.refused += requests;
    }
}
