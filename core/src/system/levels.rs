//! Priority levels in a step: who starts, what rejected clients are told, borrowing every 10 s.

use super::contend::{contend, refuse, slow_down};
use super::etcd::holding;
use super::lingering::{lingering, width};
use super::people::Now;
use super::rings::ring;
use super::scenario::{MAX_CLASSES, MAX_LEVELS, Scenario};
use super::starting::{self, only_level};
use super::state::{Layout, LevelState, State};
use crate::clients::clock::Place;
use crate::clients::line::HAND;
use crate::flowcontrol::borrowing::{ADJUSTMENT_PERIOD_S, BorrowingState};
use crate::flowcontrol::queues::{Want, join};
use crate::flowcontrol::seat_demand::LevelDemand;
use crate::lane::{Lane, seldom};
use heapless::Vec;

/// What the classes want of their levels in a step.
pub(super) type Wants<L> = Vec<Want<L>, MAX_CLASSES>;

/// A level with queues whose seats are short: rare, and by far the most room that a step takes. So it is settled in a
/// function of its own, which whoever compiles the step for wider registers compiles for them too.
///
/// ```
/// use slackwater_core::lane::{Across, F64x4};
/// use slackwater_core::system::levels::Shortage;
/// use slackwater_core::system::parts::Parts;
/// use slackwater_core::system::room::Room;
/// use slackwater_core::system::scenario::Scenario;
/// use slackwater_core::system::state::{Layout, State};
/// use slackwater_core::system::step::step_inlined;
/// let scenario = Scenario::idle(1.0, 300.0, 8.0);
/// let layout = Layout::of(&scenario);
/// let mut state: Box<State<F64x4>> = Box::new(State::new(&scenario, &layout, &mut vec![0.0; layout.length]).spread());
/// let (mut storage, mut room) = (vec![F64x4::from([0.0; 4]); layout.length], Box::new(Room::new()));
/// // In a function with `#[target_feature]` this closure would call another one with the same features.
/// let settle = |short: Shortage<'_, F64x4>| short.settle();
/// let wide = scenario.spread();
/// let totals = step_inlined(&wide, &layout, &mut state, &mut storage, &mut room, settle, Parts::ALL);
/// assert_eq!(totals.asked_s, F64x4::from([0.0; 4])); // nobody asks, so nothing is short
/// ```
#[derive(Debug)]
pub struct Shortage<'a, L> {
    scenario: &'a Scenario<L>,
    layout: &'a Layout,
    state: &'a mut State<L>,
    wants: &'a mut [Want<L>],
    progress: &'a mut [L],
    place: Place<L>,
    level: usize,
    held: L,
    short: L,
    cores: L,
    dt_s: L,
}

impl<L: Lane> Shortage<'_, L> {
    /// Gives out the seats there are, as a part of its caller.
    ///
    /// ```
    /// use slackwater_core::system::levels::Shortage;
    /// let settle: fn(Shortage<'_, f64>) = |shortage| shortage.settle();
    /// # let _ = settle;
    /// ```
    #[inline(always)]
    pub fn settle(self) {
        let Self { scenario, layout, state, wants, progress, place, level, held, short, cores, dt_s } = self;
        slow_down(state, wants, level, held, cores, dt_s);
        contend(scenario, layout, state, wants, progress, &place, level, held, short, dt_s);
    }
}

/// [`Shortage::settle`] for the machine code of the rest of the program.
#[inline(never)]
pub(super) fn settle<L: Lane>(shortage: Shortage<'_, L>) {
    shortage.settle();
}

/// Seats for everybody who may start; `settle` is called for a level that has too few.
#[inline(always)]
pub(super) fn share_seats<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    wants: &mut [Want<L>],
    now: &Now<L>,
    settle: impl Fn(Shortage<'_, L>),
) {
    let (zero, one, dt_s) = (L::zero(), L::one(), now.dt_s);
    let thrashing = state.mode.thrashing;
    if !now.parts.seats(scenario) {
        // Nobody counts seats: whoever comes starts.
        for want in wants.iter_mut() {
            let ([joins, ..], [starts, ..]) = (&mut want.joins, &mut want.starts);
            (*joins, *starts) = (want.arriving, want.arriving);
        }
        return;
    }
    let (mut held, mut wanted) = ([zero; MAX_LEVELS], [zero; MAX_LEVELS]);
    for ((class, population), want) in scenario.classes.iter().zip(&state.classes).zip(wants.iter()) {
        if let (Some(held), Some(wanted)) = (held.get_mut(class.level), wanted.get_mut(class.level)) {
            let (seats, lingering) = lingering(class, population, &state.levels, dt_s);
            *held += seats * (holding(scenario, class, population) + lingering);
            *wanted += want.wanted();
        }
    }
    let only = if now.starting { only_level(scenario).map(|only| only.level) } else { None };
    if let Some(only) = only {
        starting::regroup(scenario, state, wants, only, &mut held, &mut wanted);
    }
    let short = |levels: &[LevelState<L>], at: usize| {
        let Some(((now, held), wanted)) = levels.get(at).zip(held.get(at)).zip(wanted.get(at)) else { return zero };
        wanted.gt((now.limit - *held).max(zero)) * (one - thrashing)
    };
    for ((want, population), places) in wants.iter_mut().zip(&mut state.classes).zip(&layout.classes) {
        let [first, ..] = &mut want.joins;
        *first = want.arriving;
        let hand = places.lines.len();
        let (dealt, limit) = state.levels.get(want.level).map_or((zero, zero), |level| (level.dealt, level.limit));
        // While seats may become short, or a step brings many at once, requests that last go round the hand. Else they
        // never meet again, and one queue stands for all.
        let demand = held
            .get(want.level)
            .zip(wanted.get(want.level))
            .map_or(zero, |(held, wanted)| *held + *wanted * L::splat(4.0));
        let mut lasts = zero;
        if hand > 1 {
            let crowded = (demand + demand).ge(limit) * (one - short(&state.levels, want.level)) * (one - thrashing);
            lasts = want.cost.ge(want.seats) * crowded;
        }
        if L::any(lasts * want.arriving) {
            seldom();
            population.wide = hand;
            let round = join(&[zero; HAND][..hand], want.arriving, want.seats, dealt);
            for (joins, round) in want.joins.iter_mut().zip(round) {
                *joins = round * lasts;
            }
            let [first, ..] = &mut want.joins;
            *first = L::pick(lasts, *first, want.arriving);
        }
        for at in 0..population.wide.min(HAND) {
            want.starts[at] = want.queued[at] + want.joins[at];
        }
        if hand > 1
            && let Some(level) = state.levels.get_mut(want.level)
        {
            let size = L::splat(hand.max(1) as f64);
            let past = level.dealt + want.arriving;
            level.dealt = past - size * (past / size).floor();
        }
    }
    for (at, (level, (held, wanted))) in scenario.levels.iter().zip(held.into_iter().zip(wanted)).enumerate() {
        let short = short(&state.levels, at);
        // The usual case: everybody starts.
        if level.limits.exempt {
            continue;
        }
        if level.queues == 0 {
            let limit = state.levels.get(at).map_or(zero, |now| now.limit);
            let mut open = one - thrashing;
            if only == Some(at) {
                let starting = state.mode.unsynced.gt(zero);
                let limited = |want: &Want<L>| starting::limited(scenario, want.level);
                refuse(wants, limited, limit, held, wanted, open * starting);
                open = open * (one - starting);
            }
            refuse(wants, |want| want.level == at, limit, held, wanted, open);
        } else if L::any(short) {
            let recent = layout.progress.get(at).map_or(&mut [][..], |recent| ring(storage, recent));
            let (progress, place) = (recent, now.place);
            let cores = scenario.cpu.servers * scenario.cpu.speed * now.growth;
            settle(Shortage { scenario, layout, state, wants, progress, place, level: at, held, short, cores, dt_s });
        } else if let Some(now) = state.levels.get_mut(at) {
            // Nobody waits, so nobody is behind.
            now.progress_per_s = zero;
        }
    }
    for want in wants.iter_mut().filter(|_| L::any(thrashing)) {
        // Nobody decides anything on a server that thrashes: connections stay open.
        for ((starts, joins), rejected) in want.starts.iter_mut().zip(want.joins).zip(&mut want.rejected) {
            *starts = L::pick(thrashing, joins, *starts);
            *rejected = L::pick(thrashing, zero, *rejected);
        }
    }
}

/// Demand for seats, rejections and what rejected clients are told.
#[inline(always)]
pub(super) fn account_levels<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, now: &Now<L>) {
    if !now.parts.seats(scenario) {
        return;
    }
    let (zero, one, dt_s) = (L::zero(), L::one(), now.dt_s);
    let mut sums = [(zero, zero, zero); MAX_LEVELS];
    for (class, population) in scenario.classes.iter().zip(&state.classes) {
        if let Some((used, waiting, dropped)) = sums.get_mut(class.level) {
            let seats = width(class, &state.levels);
            *used += seats * population.running();
            if class.lingers() {
                *used += seats * population.lingering.total();
            }
            if scenario.etcd.on {
                *used += seats * population.at_etcd();
            }
            *waiting += seats * population.waiting();
            *dropped += population.last.rejected - population.last.unready;
        }
    }
    if now.starting {
        starting::account(scenario, state, &mut sums);
    }
    for (level, (used, waiting, dropped)) in state.levels.iter_mut().zip(sums) {
        level.used = used;
        let demand = used + waiting;
        level.demand_s += demand * dt_s;
        level.demand_squared_s += demand * demand * dt_s;
        level.demand_max = level.demand_max.max(demand);
        level.dropped += dropped;
        level.since_s += dt_s;
        // Source: dropped_requests_tracker.go, with flows in place of counts; without flow control it stays 1.
        let r = level.retry_after_s;
        let many = level.dropped.ge(r * L::splat(3.0));
        let due = level.since_s.ge(r) * one.min(L::splat(f64::from(u8::from(scenario.flow_control))));
        let few = r.gt(level.dropped) * r.gt(one);
        let next = L::pick(many, (r + r).min(L::splat(32.0)), L::pick(few, (r - one).max(one), r));
        level.retry_after_s = L::pick(due, next, r);
        level.dropped = L::pick(due, zero, level.dropped);
        level.since_s = L::pick(due, zero, level.since_s);
    }
}

/// Borrowing, every 10 s, by the code's own sum.
#[inline(always)]
pub(super) fn adjust_limits<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, now: &Now<L>) {
    state.since_adjusted_s += now.dt_s;
    if now.parts.falls {
        // Another process begins to count when it is there.
        state.since_adjusted_s = state.since_adjusted_s * (L::one() - state.mode.down);
    }
    let mut due = state.since_adjusted_s.ge(L::splat(ADJUSTMENT_PERIOD_S));
    if now.starting {
        due = due * (L::one() - state.mode.unsynced.gt(L::zero()));
    }
    if now.parts.levels && scenario.flow_control && L::any(due) {
        borrow(scenario, state, due);
    }
}

#[cold]
#[inline(never)]
pub(super) fn borrow<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, due: L) {
    let period_s = state.since_adjusted_s;
    let limits: Vec<_, { MAX_LEVELS }> = scenario.levels.iter().map(|level| level.limits).collect();
    for lane in 0..L::LANES {
        if due.lane(lane) == 0.0 {
            continue;
        }
        let mut borrowing = BorrowingState::default();
        let mut demand: Vec<LevelDemand, { MAX_LEVELS }> = Vec::new();
        let period_s = period_s.lane(lane);
        for ((level, smoothed), current) in state.levels.iter().zip(&mut borrowing.smoothed).zip(&mut borrowing.current)
        {
            *smoothed = level.smoothed.lane(lane);
            *current = level.limit.lane(lane) as u32;
            let avg = level.demand_s.lane(lane) / period_s;
            let variance = (level.demand_squared_s.lane(lane) / period_s - avg * avg).max(0.0);
            // As many as there are limits.
            let _ = demand.push(LevelDemand { avg, stddev: libm::sqrt(variance), max: level.demand_max.lane(lane) });
        }
        // Lists of equal length within bounds cannot be refused.
        let _ = borrowing.update(&limits, &demand);
        for ((level, smoothed), current) in state.levels.iter_mut().zip(borrowing.smoothed).zip(borrowing.current) {
            level.smoothed.set_lane(lane, smoothed);
            level.limit.set_lane(lane, f64::from(current));
        }
    }
    for level in &mut state.levels {
        *level = LevelState {
            demand_s: L::pick(due, L::zero(), level.demand_s),
            demand_squared_s: L::pick(due, L::zero(), level.demand_squared_s),
            demand_max: L::pick(due, L::zero(), level.demand_max),
            ..*level
        };
    }
    state.since_adjusted_s = L::pick(due, L::zero(), state.since_adjusted_s);
}
