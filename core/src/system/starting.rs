//! A server that has just begun to serve, as its flow control sees it.
//!
//! Until the informers of flow control have read the levels and schemas that there are, the server knows the two mandatory
//! levels only: `exempt`, and `catch-all` for everybody else, which then has all seats, and no queue. Those informers ask
//! this very server, so they wait as long as its load lets them. What was wanted of catch-all meanwhile is still its claim
//! on seats when the other levels are introduced. Source: `newTestableController`, `Run` and `finishQueueSetReconfigsLocked`
//! in `apf_controller.go` of k8s.io/apiserver 0.36.
//!
//! The socket is open before the server serves (`CreateListener` in `pkg/server/options/serving.go`), so that whoever
//! connects while the process starts waits, and comes in with all others at once.

use super::levels::borrow;
use super::people::Now;
use super::scenario::{MAX_CLASSES, MAX_LEVELS, Scenario};
use super::state::{LevelState, Rings, State};
use crate::clients::population::Population;
use crate::flowcontrol::queues::Want;
use crate::lane::{Lane, seldom};
use crate::server::memory::Mode;
use heapless::Vec;

/// Answers over the network that the informers wait for one after the other; each of them waits for a turn of the run
/// queue ([`crate::server::turns`]), at both ends, which are in one process.
///
/// The connection is accepted; the server reads the first message of TLS 1.3; the client reads the answer; the server
/// reads the last message and the request; etcd answers with its revision, then with its progress up to there
/// (`getWatchCacheResourceVersion` and `waitUntilFreshAndBlock` in `pkg/storage/cacher`); the client reads the objects.
///
/// ```
/// assert_eq!(slackwater_core::system::starting::WAITS, 7.0);
/// ```
pub const WAITS: f64 = 7.0;

/// Informers of kube-apiserver itself, which all set out at once and stand in the line for their turns until they have
/// synced: 34 in the audit log of a server of version 1.36 that starts.
///
/// ```
/// assert_eq!(slackwater_core::system::starting::INFORMERS, 34.0);
/// ```
pub const INFORMERS: f64 = 34.0;

/// Seconds that all of it takes on an idle server: etcd is asked for its progress every 100 ms (`progressRequestPeriod` in
/// `pkg/storage/cacher/progress`), and informers are asked every 100 ms whether they have synced (`syncedPollPeriod` in
/// client-go `tools/cache/shared_informer.go`).
///
/// ```
/// assert_eq!(slackwater_core::system::starting::IDLE_S, 0.2);
/// ```
pub const IDLE_S: f64 = 0.2;

/// Name of the level that everybody is in who is not exempt.
const ONLY: &str = "catch-all";

/// Seconds that the informers wait for one answer, where a turn of the run queue takes `turns_s`.
///
/// ```
/// use slackwater_core::system::starting::{IDLE_S, WAITS, wait_s};
/// assert!((WAITS * wait_s(0.0) - IDLE_S).abs() < 1e-15);
/// assert!((WAITS * wait_s(1.5) - 10.7).abs() < 1e-12);
/// ```
#[inline(always)]
pub fn wait_s<L: Lane>(turns_s: L) -> L {
    turns_s + L::splat(IDLE_S / WAITS)
}

/// The level that everybody is in who is not exempt, and its seats.
///
/// ```
/// use slackwater_core::system::starting::Only;
/// assert_eq!(Only { level: 7, seats: 600 }.seats, 600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only {
    /// Its place among the levels.
    pub level: usize,
    /// All seats that the server has.
    pub seats: u32,
}

/// The level that everybody is in who is not exempt, before a server has read its configuration; nothing without flow
/// control.
///
/// # Formula
/// As the only level with shares it has all seats of the server. It may borrow as many (its object cannot be changed), so
/// they are its most seats less its nominal ones.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// use slackwater_core::system::scenario::{Level, Name, Scenario};
/// use slackwater_core::system::starting::{Only, only_level};
/// let mut scenario = Scenario { flow_control: true, ..Scenario::idle(1.0, 10.0, 2.0) };
/// assert_eq!(only_level(&scenario), None);
/// for (limits, config) in limits(600, &DEFAULT_LEVELS)?.into_iter().zip(&DEFAULT_LEVELS) {
///     let name = Name::try_from(config.name).unwrap_or_default();
///     let _ = scenario.levels.push(Level { name, limits, queues: 0, hand_size: 0, queue_length: 0, wait_s: 0.0 });
/// }
/// assert_eq!(only_level(&scenario), Some(Only { level: 7, seats: 600 }));
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
pub fn only_level<L: Lane>(scenario: &Scenario<L>) -> Option<Only> {
    let level = scenario.levels.iter().position(|level| level.name == ONLY).filter(|_| scenario.flow_control)?;
    let limits = scenario.levels.get(level)?.limits;
    Some(Only { level, seats: limits.max - limits.nominal })
}

/// Whether a server, in any lane, has not read its levels yet, or works on what came before it had.
#[inline(always)]
pub(super) fn is_starting<L: Lane>(mode: &Mode<L>) -> bool {
    L::any(mode.unsynced + mode.outside)
}

/// Seconds a request waits for a turn of the run queue, where the informers of a server that is `starting` wait too.
#[inline(always)]
pub(super) fn turns_s<L: Lane>(scenario: &Scenario<L>, state: &State<L>, starting: bool) -> L {
    let informers = || state.mode.unsynced.gt(L::zero()) * L::splat(INFORMERS);
    scenario.cpu.turns_s(state.speed, if starting { state.line + informers() } else { state.line })
}

/// Whether the requests of a level need seats.
pub(super) fn limited<L: Lane>(scenario: &Scenario<L>, level: usize) -> bool {
    scenario.levels.get(level).is_some_and(|level| !level.limits.exempt)
}

/// What clients are told who are turned away from a level.
#[inline(always)]
pub(super) fn told_s<L: Lane>(
    scenario: &Scenario<L>,
    levels: &[LevelState<L>],
    level: usize,
    starting: bool,
    unsynced: L,
) -> L {
    let of = |level: usize| levels.get(level).map_or(L::one(), |level| level.retry_after_s);
    let only = if starting { only_level(scenario) } else { None };
    match only.filter(|_| limited(scenario, level)) {
        Some(only) => L::pick(unsynced.gt(L::zero()), of(only.level), of(level)),
        None => of(level),
    }
}

/// Moves seats to the level that they are of: `held` by those who came before the server had read its levels, and
/// `wanted` as long as it has not.
#[cold]
#[inline(never)]
pub(super) fn regroup<L: Lane>(
    scenario: &Scenario<L>,
    state: &State<L>,
    wants: &[Want<L>],
    only: usize,
    held: &mut [L],
    wanted: &mut [L],
) {
    let zero = L::zero();
    let starting = state.mode.unsynced.gt(zero);
    let classes = scenario.classes.iter().zip(&state.classes).zip(wants);
    for ((class, population), want) in classes.filter(|((class, _), _)| limited(scenario, class.level)) {
        let holds = class.seats * population.outside_remaining();
        let asks = want.wanted() * starting;
        for (list, moved) in [(&mut *held, holds), (&mut *wanted, asks)] {
            if let Some(from) = list.get_mut(class.level) {
                *from = (*from - moved).max(zero);
            }
            if let Some(to) = list.get_mut(only) {
                *to += moved;
            }
        }
    }
}

/// The same for what a step has used and turned away: sums of seats in use, seats waited for, and rejections, by level.
#[cold]
#[inline(never)]
pub(super) fn account<L: Lane>(scenario: &Scenario<L>, state: &State<L>, sums: &mut [(L, L, L); MAX_LEVELS]) {
    let zero = L::zero();
    let Some(only) = only_level(scenario) else { return };
    let starting = state.mode.unsynced.gt(zero);
    let classes = scenario.classes.iter().zip(&state.classes);
    for (class, population) in classes.filter(|(class, _)| limited(scenario, class.level)) {
        let holds = class.seats * population.outside;
        let dropped = (population.last.rejected - population.last.unready) * starting;
        if let Some(from) = sums.get_mut(class.level) {
            *from = ((from.0 - holds).max(zero), from.1, (from.2 - dropped).max(zero));
        }
        if let Some(to) = sums.get_mut(only.level) {
            *to = (to.0 + holds, to.1, to.2 + dropped);
        }
    }
}

/// Seats of catch-all held by requests of other levels.
#[cold]
pub(super) fn seats_outside<L: Lane>(scenario: &Scenario<L>, classes: &Vec<Population<L>, MAX_CLASSES>) -> L {
    let of = scenario.classes.iter().zip(classes);
    of.fold(L::zero(), |sum, (class, population)| sum + class.seats * population.outside)
}

/// The first line of a class before a step ends anybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<L> {
    running: L,
    next: L,
}

impl<L: Lane> Before<L> {
    /// As it is.
    #[cold]
    pub(super) fn of(population: &Population<L>, places: &Rings, fair: &[L]) -> Self {
        let [first, ..] = &population.lines;
        let next = places.queues.first().and_then(|queue| fair.get(*queue as usize)).copied();
        Self { running: first.running, next: next.unwrap_or(L::zero()) }
    }

    /// Who has ended was of no queue if he had seats of catch-all; where the server `starts`, all have.
    #[cold]
    #[inline(never)]
    pub(super) fn settle(self, population: &mut Population<L>, places: &Rings, fair: &mut [L], starts: L) {
        let (zero, one) = (L::zero(), L::one());
        let [first, ..] = &mut population.lines;
        let gone = (self.running - first.running).max(zero);
        let theirs = population.outside.min(gone);
        let own = (one - theirs.over(gone, zero)) * (one - starts);
        first.charged_s = first.charged_s * (one - starts);
        if let Some(next) = places.queues.first().and_then(|queue| fair.get_mut(*queue as usize)) {
            *next = L::pick(theirs.gt(zero).max(starts), self.next + (*next - self.next) * own, *next);
        }
        population.outside = L::pick(starts, first.running, population.outside - theirs);
    }
}

/// A process that has started serves, its informers wait for one more answer, or have the last: then the levels are there.
#[cold]
#[inline(never)]
pub(super) fn sync<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, before: &Mode<L>, lost: L, now: &Now<L>) {
    let (zero, one) = (L::zero(), L::one());
    let Some(only) = only_level(scenario) else { return };
    let mode = state.mode;
    let full = zero.ge(mode.filling_s) * mode.up * (one - lost);
    let begins = scenario.backlog * full * (before.filling_s.gt(zero) + before.down).min(one);
    // As the line stands after this step: before the first one it was empty.
    let turns_s = scenario.cpu.turns_s(state.speed, state.line + L::splat(INFORMERS));
    let waiting = before.unsynced - now.dt_s / wait_s(turns_s);
    let synced = before.unsynced.gt(zero) * zero.ge(waiting) * (one - lost);
    state.mode.unsynced = L::pick(begins, L::splat(WAITS), waiting.max(zero)) * mode.up * (one - lost);
    if L::any(begins) {
        seldom();
        for (at, level) in state.levels.iter_mut().enumerate() {
            let seats = if at == only.level { L::splat(f64::from(only.seats)) } else { level.limit };
            level.begin(begins, seats);
        }
        state.since_adjusted_s = L::pick(begins, zero, state.since_adjusted_s);
    }
    if L::any(synced) {
        seldom();
        borrow(scenario, state, synced);
    }
}
