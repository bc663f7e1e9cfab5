//! One step of everything, in reading order: people, clients, seats, CPU, deadlines, memory, DNS.

use super::dns::resolve_names;
use super::etcd;
use super::leases::keep;
use super::levels::{Shortage, Wants, account_levels, adjust_limits, settle, share_seats};
use super::observe::Totals;
use super::parts::Parts;
use super::people::{Now, Others, people, target};
use super::rings::{ring, rings};
use super::room::Room;
use super::scenario::{Arrivals, Class, Follows, Scenario};
use super::serve::{serve, survive};
use super::state::{Layout, Rings, State};
use super::watches::{open_watches, opening};
use crate::clients::outcome::{Failure, Outcome};
use crate::flowcontrol::queues::{ESTIMATED_SERVICE_S, Want};
use crate::lane::{Lane, seldom};
use crate::server::memory::unready_retry_after_s;

/// Rounds of the root of etcd's stretch in a step: as many for all lanes, so that none depends on its neighbours.
const ETCD_ROUNDS: usize = 6;
/// Most that a request can be slowed down by it: beyond, every deadline has passed.
const ETCD_LONGEST: f64 = 1e4;

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
    step_inlined(scenario, layout, state, storage, &mut Room::new(), settle, Parts::ALL)
}

/// [`step`] as a part of its caller, which may have been compiled for wider registers than the rest of the program;
/// `settle` calls [`Shortage::settle`] in a function compiled likewise. `room` is lent to it, whatever is in there. `parts`
/// are those to compile: [`Parts::ALL`], or at least those that the scenario [uses](Parts::of). The bits are the same.
///
/// Of the scenarios in the lanes everything that is no number must be [alike](crate::lane::Across::alike), and so must
/// their [layouts](Layout::alike). Each lane then has the bits it has alone as long as no scenario has etcd, leases or
/// elections switched on: what those skip they skip for all lanes at once.
///
/// ```
/// use slackwater_core::lane::{Across, F64x4, Lane};
/// use slackwater_core::system::levels::Shortage;
/// use slackwater_core::system::parts::Parts;
/// use slackwater_core::system::room::Room;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::system::state::{Layout, State};
/// use slackwater_core::system::step::step_inlined;
/// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let layout = Layout::of(&scenario);
/// let mut one = vec![0.0; layout.length];
/// let mut state: Box<State<F64x4>> = Box::new(State::new(&scenario, &layout, &mut one).spread());
/// let mut storage: Vec<F64x4> = one.iter().map(|x| F64x4::splat(*x)).collect();
/// let (wide, mut room) = (scenario.spread(), Box::new(Room::new()));
/// let settle = |short: Shortage<'_, F64x4>| short.settle();
/// let totals = step_inlined(&wide, &layout, &mut state, &mut storage, &mut room, settle, Parts::ALL);
/// assert!((totals.asked_s.lane(3) - 10.0 * 0.2).abs() < 1e-12); // 300 polls over 30 s, 0.2 CPU-seconds each
/// ```
#[inline(always)]
pub fn step_inlined<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    room: &mut Room<L>,
    settle: impl Fn(Shortage<'_, L>),
    parts: Parts,
) -> Totals<L> {
    let Room { wants, near } = room;
    let now = people(scenario, state, parts);
    let (asked_s, mut etcd_s) = ask(scenario, layout, state, storage, wants, &now, &mut Others::none());
    share_seats(scenario, layout, state, storage, wants, &now, settle);
    if parts.etcd(scenario) {
        seldom();
        etcd_s = etcd::let_through(scenario, state, wants, now.nodes);
    }
    let (used_s, written) = serve(scenario, layout, state, storage, wants, near, &now);
    if parts.etcd(scenario) {
        seldom();
        etcd::settle(scenario, layout, state, storage, now.nodes, written);
    }
    account_levels(scenario, state, &now);
    adjust_limits(scenario, state, &now);
    survive(scenario, layout, state, storage, &now, &mut Others::none());
    if parts.store && scenario.classes.iter().any(|class| class.opens.is_some()) {
        open_watches(scenario, layout, state, storage, &{ now });
    }
    if parts.store && (scenario.node_lease.is_some() || scenario.election.is_some()) {
        keep(scenario, layout, state, storage, now.nodes);
    }
    conclude(scenario, layout, state, storage, &now, Totals { asked_s, used_s, etcd_s, ..Totals::none() })
}

/// Requests of all classes that reach a server, and what they want of its levels. Returns the CPU-seconds that all
/// requests sent ask of it, and those they ask of etcd.
#[inline(always)]
pub(super) fn ask<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    wants: &mut Wants<L>,
    now: &Now<L>,
    others: &mut Others<'_, L>,
) -> (L, L) {
    let (mut asked_s, mut etcd_s) = (L::zero(), L::zero());
    wants.truncate(scenario.classes.len());
    for (at, (class, places)) in scenario.classes.iter().zip(&layout.classes).enumerate() {
        let size_s = now.size_s(scenario, at);
        let mut arriving = L::zero();
        let target = target(scenario, class, at, now, others);
        let awake = wake(class, state, at, target);
        if wants.len() <= at {
            // The list has room for every class.
            let _ = wants.push(Want::none());
        }
        let Some(want) = wants.get_mut(at) else { break };
        want.size_s = size_s;
        if L::any(awake) {
            expect(layout, state, at, places, storage, now, size_s, class.timeout_s);
            arriving = arrive(scenario, class, state, at, places, storage, now, others, target, awake);
        }
        let Some(population) = state.classes.get_mut(at) else { break };
        if now.parts.levels {
            population.let_go(class, places, storage, awake);
        }
        asked_s += population.last.sent * scenario.cpu_s(at, now.nodes);
        if now.parts.store {
            etcd_s += arriving * class.etcd_s(now.nodes) * scenario.servers;
        }
        want.clear(places.lines.len());
        (want.level, want.flow, want.arriving, want.seats) = (class.level, class.flow, arriving, class.seats);
        let lines = population.lines.iter_mut().zip(&places.lines).take(now.parts.wide(population.wide));
        for (queued, (line, place)) in want.queued.iter_mut().zip(lines) {
            *queued = line.queue.total();
            if L::any(*queued) {
                line.queue.pass(ring(storage, &place.queue));
            }
        }
        // Without levels nobody counts seats.
        if now.parts.seats(scenario) {
            let mut lasts_s = size_s.over(state.speed, now.dt_s);
            if scenario.etcd.on && class.uses_etcd() {
                seldom();
                lasts_s += etcd::lasts_s(population, now.dt_s);
            }
            let stays = lasts_s.over(now.dt_s, L::one()).min(L::one());
            let estimate_s = L::splat(ESTIMATED_SERVICE_S);
            (want.lasts_s, want.cost) = (lasts_s, class.seats * stays);
            want.linger(class, &state.levels, now.dt_s);
            // What ends within the step is charged as it is, what lasts as it is estimated.
            want.charge_s = estimate_s + (lasts_s - estimate_s) * (L::one() - stays);
        }
    }
    (asked_s, etcd_s)
}

/// Names, and the end of the step.
#[inline(always)]
pub(super) fn conclude<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    now: &Now<L>,
    totals: Totals<L>,
) -> Totals<L> {
    let (cached, impact) = resolve_names(scenario, layout, state, storage, now.nodes);
    if now.parts.store && !scenario.etcd.on {
        share_etcd(scenario, state, totals.etcd_s, now);
    }
    state.steps += L::one();
    state.place += L::one();
    state.now_s = state.steps * L::splat(scenario.dt_s);
    let cores = scenario.cpu.servers * scenario.cpu.speed * now.growth;
    Totals { cached, impact, cores, ..totals }
}

/// etcd shares its cores among those that are with it: where they are more than the cores, all wait as much longer, and
/// together they get what the cores give.
///
/// # Formula
/// A request of size S is with etcd for e s of it, at a stretch s. Those with etcd, n e s / S over all classes, share its
/// cores c, so s = max(1, sum of n e s / S / c): the root of a sum that grows less than s does, from the last step's s.
#[inline(always)]
fn share_etcd<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, etcd_s: L, now: &Now<L>) {
    let (zero, one) = (L::zero(), L::one());
    // Nobody asks, and nobody waits longer than usual.
    if !L::any(etcd_s + (state.etcd_stretch - one)) {
        return;
    }
    for _ in 0..ETCD_ROUNDS {
        let mut work = zero;
        for (at, (class, population)) in scenario.classes.iter().zip(&state.classes).enumerate() {
            let each_s = class.etcd_s(now.nodes);
            if L::any(each_s) {
                work += population.running() * each_s.over(now.lasts_s(scenario, at, state.etcd_stretch), zero);
            }
        }
        let busy = (work * state.speed * scenario.servers).over(scenario.etcd_cores, zero);
        state.etcd_stretch = (state.etcd_stretch * busy).within(one, L::splat(ETCD_LONGEST));
        // From here a further round changes nothing, in any lane.
        if !L::any((state.etcd_stretch - one) + busy.gt(one)) {
            break;
        }
    }
}

/// 1 where something of a class can happen in this step; if that is nowhere, the class is set aside.
#[inline(always)]
fn wake<L: Lane>(class: &Class<L>, state: &mut State<L>, at: usize, target: L) -> L {
    let Some(population) = state.classes.get_mut(at) else { return L::zero() };
    population.narrow();
    let awake = population.wakes(class, target);
    population.asleep = !L::any(awake);
    if population.asleep {
        population.last = Outcome::none();
    }
    awake
}

/// How many requests of one class the coming step will end, if it runs at the speed of the last.
#[inline(always)]
fn expect<L: Lane>(
    layout: &Layout,
    state: &mut State<L>,
    at: usize,
    places: &Rings,
    storage: &mut [L],
    now: &Now<L>,
    size_s: L,
    timeout_s: L,
) {
    let (from, speed) = (state.attained_s, state.speed * now.up(state));
    let Some((storage, attained)) = storage.split_at_mut_checked(layout.attained.start) else { return };
    let clock = now.clock(attained, from, from + speed * now.dt_s * now.alive);
    let Some(population) = state.classes.get_mut(at) else { return };
    for (line, place) in population.lines.iter_mut().zip(&places.lines).take(now.parts.wide(population.wide)) {
        if L::any(line.running.gt(L::zero())) {
            line.expect(ring(storage, &place.running), &clock, size_s, timeout_s);
        } else {
            (line.ending, line.ending_s) = (L::zero(), L::zero());
        }
    }
}

/// Requests of one class that reach a server in this step. The rest failed on the way.
#[inline(always)]
fn arrive<L: Lane>(
    scenario: &Scenario<L>,
    class: &Class<L>,
    state: &mut State<L>,
    at: usize,
    places: &Rings,
    storage: &mut [L],
    now: &Now<L>,
    others: &mut Others<'_, L>,
    target: L,
    awake: L,
) -> L {
    let (zero, one) = (L::zero(), L::one());
    let wait_s = scenario.levels.get(class.level).map_or(zero, |level| level.wait_s);
    let opening = if class.arrivals == Arrivals::Watch { opening(scenario, state, at) } else { zero };
    let (mode, Some(population)) = (&state.mode, state.classes.get_mut(at)) else { return zero };
    let blocked = if class.follows == Follows::Agent { now.blocked } else { zero };
    let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
    let misses = if class.arrivals == Arrivals::DnsMiss { now.misses } else { opening };
    let mut sends = population.set_out(class, idle, backoff, now.dt_s, target, now.started, misses, awake);
    let sent = sends.fresh + sends.again;
    population.last = Outcome { sent, ..Outcome::none() };
    population.account.sent += sent;
    let mut dead = zero;
    if let Some(moving) = others.moving.get_mut(at) {
        seldom();
        // Who was not answered finds the connection dead (HTTP/2 ping) and takes another server.
        dead = sends.again * mode.thrashing * (one - blocked);
        let age_s = Some(zero);
        let failure = Failure { amount: dead, again: one, told_s: zero, age_s, noticed_s: zero };
        moving.take(population, &failure, others.count);
        sends.again -= dead;
        // Who has no connection any more takes any server that answers.
        let loose = population.loose.min(sends.fresh);
        population.loose -= loose;
        let leave = loose * mode.up * now.alive;
        moving.fresh += leave * others.count;
        sends.fresh -= leave;
        population.last.sent -= leave;
        population.account.sent -= leave;
    }
    let sent = sends.fresh + sends.again;
    let again = sends.again.rarely_over(sent, zero);

    // A closed network swallows packets: the client waits for its timeout. A dead process refuses at once.
    let swallowed = sent * blocked;
    let refused =
        if now.parts.falls { (sent - swallowed) * (mode.down + (one - mode.down) * (one - now.alive)) } else { zero };
    if !(swallowed + refused).is_nothing() {
        seldom();
        // One call for both, and below: it is compiled into the step as often as it stands here.
        for (amount, noticed_s, stays) in [(swallowed, class.timeout_s, true), (refused, zero, false)] {
            let failed = Failure { amount, again, told_s: zero, age_s: Some(zero), noticed_s };
            match others.moving.get_mut(at).filter(|_| !stays) {
                Some(moving) => moving.take(population, &failed, others.count),
                None => population.fail(class, idle, backoff, now.dt_s, failed),
            }
        }
    }
    // What the network swallows the API never sees: it is no failure of the API.
    population.last.refused = refused + dead;
    let mut arriving = sent - swallowed - refused;
    if now.parts.falls && L::any(mode.filling_s) {
        seldom();
        // A watch cache that is not full yet tells its clients to come back.
        let filling = (mode.filling_s / now.dt_s).min(one) * mode.up * now.alive;
        // Who waits for a process to serve comes when it does.
        let held = arriving * scenario.backlog * filling;
        population.hold(backoff, held, mode.filling_s / now.dt_s);
        arriving -= held;
        let unready = arriving * class.cached * filling * (one - scenario.backlog);
        let told_s = unready_retry_after_s(scenario.memory.refill_s - mode.filling_s);
        (population.last.rejected, population.last.unready) = (unready, unready);
        let failed = Failure { amount: unready, again, told_s, age_s: Some(zero), noticed_s: zero };
        population.fail(class, idle, backoff, now.dt_s, failed);
        arriving -= unready;
    }
    population.retrying += arriving * again;

    // Patience in the queue ends: an answer with Retry-After, or silence, from a server that thrashes and for who gives up.
    let mut expired = zero;
    let queues = if now.parts.levels { population.wide } else { 0 };
    for (line, place) in population.lines.iter_mut().zip(&places.lines).take(queues) {
        let waits = line.queue.total().gt(zero);
        if L::any(waits) {
            seldom();
            expired += line.queue.expire_where(ring(storage, &place.queue), waits);
        }
    }
    if L::any(expired) {
        seldom();
        let again = population.leave(expired, arriving);
        let patience_s = class.patience_s(wait_s);
        let told = expired * mode.up * patience_s.ge(wait_s);
        let silent = expired - told;
        population.last.rejected += told;
        population.last.timed_out += silent;
        let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
        let told_s = state.levels.get(class.level).map_or(one, |level| level.retry_after_s);
        let silence_s = class.timeout_s - patience_s;
        for (amount, told_s, noticed_s) in [(told, told_s, now.told_after_s(class)), (silent, zero, silence_s)] {
            let failure = Failure { amount, again, told_s, age_s: Some(patience_s), noticed_s };
            population.fail(class, idle, backoff, now.dt_s, failure);
        }
    }
    if now.parts.etcd(scenario) && class.uses_etcd() {
        seldom();
        etcd::give_up(scenario, class, population, &mut state.fair, places, storage, mode.up, arriving);
    }
    arriving
}
