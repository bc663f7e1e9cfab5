//! Requests in service: started together, ended by the attained-service clock or by their deadline.
//!
//! A class is served first in, first out with one size and one timeout, so ends come in the order of starts, and so do
//! deadlines. One ring holds what started in each step, one what that had waited; the clock V says how far service has
//! come. Work per step is constant on average: every entry is passed once.

use super::clock::{Clock, Place};
use super::line::Line;
use super::started::Started;
use crate::lane::{Flag, Lane, across, seldom};

/// Requests below which nobody is there: what rounding leaves.
const NOBODY: f64 = 1e-12;

/// Requests that left service in a step.
///
/// ```
/// use slackwater_core::clients::service::Ended;
/// let ended = Ended { done: 3.0, cut: 1.0, latency_sum_s: 1.5, got_s: 5.0, wasted_s: 2.0, held_s: 1.5 };
/// assert_eq!(ended.wasted_s / ended.cut, 2.0); // CPU-seconds thrown away with each that was cut off
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ended<L> {
    /// Completed.
    pub done: L,
    /// Cut off by their deadline.
    pub cut: L,
    /// Seconds from send to completion, summed over those completed.
    pub latency_sum_s: L,
    /// CPU-seconds that all in service got in the step.
    pub got_s: L,
    /// CPU-seconds the cut ones had already got.
    pub wasted_s: L,
    /// Seconds in service, summed over all that ended.
    pub held_s: L,
}

/// Who is told of requests that are complete.
///
/// ```
/// use slackwater_core::clients::service::Answered;
/// let mut sum = 0.0;
/// (|amount: f64, _waited_s: f64, _steps: f64| sum += amount).answered(2.0, 0.0, 1.0);
/// assert_eq!(sum, 2.0);
/// ```
pub trait Answered<L> {
    /// So many that started `steps` steps ago, after `waited_s` seconds.
    fn answered(&mut self, amount: L, waited_s: L, steps: L);
}

impl<L, F: FnMut(L, L, L)> Answered<L> for F {
    #[inline(always)]
    fn answered(&mut self, amount: L, waited_s: L, steps: L) {
        self(amount, waited_s, steps);
    }
}

/// A ring of starts by step, and one of what those had waited: the halves of one piece.
#[inline(always)]
fn halves<L>(running: &mut [L]) -> (&mut [L], &mut [L]) {
    running.split_at_mut_checked(running.len() / 2).unwrap_or_default()
}

/// What those `here` had waited who started in a step: where nobody did, nothing is known of it.
#[inline(always)]
fn waited<L: Lane>(waits: &[L], step: L, here: L) -> L {
    seldom();
    L::pick(here.gt(L::zero()), L::gather_ring(waits, step), L::zero())
}

/// What is known of the step in which the oldest in service started: V as it began and ended, and how many of those that
/// started in it are left. It is kept until they are gone: reading a ring in another place for each lane is dear, and so is
/// writing one.
///
/// ```
/// use slackwater_core::clients::line::Line;
/// use slackwater_core::clients::service::Front;
/// assert_eq!(Line::empty().oldest, Front::<f64>::none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Front<L> {
    step: L,
    began: L,
    to: L,
    there: L,
}

across!(Front { step, began, to, there });

impl<L: Lane> Front<L> {
    /// Nothing looked up.
    ///
    /// ```
    /// use slackwater_core::clients::service::Front;
    /// assert_eq!(Front::<f64>::none(), Front::none());
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        // No step has that number.
        Self { step: -L::one(), began: L::zero(), to: L::zero(), there: L::zero() }
    }

    /// The same of step `front`, now that the clock has moved on and requests may have started in this step.
    #[inline(always)]
    fn at(&self, front: L, starts: &[L], clock: &Clock<'_, L>) -> Self {
        let Self { mut began, mut to, mut there, .. } = *self;
        let other = front - self.step;
        if L::any(other) {
            let (start, end) = L::pair_ring(clock.attained, front);
            (began, to) = (L::pick(other, start, began), L::pick(other, end, to));
            there = L::pick(other, L::gather_ring(starts, front), there);
        }
        let fresh = front.ge(clock.now.step);
        if L::any(fresh) {
            there = L::pick(fresh, L::gather_ring(starts, front), there);
        }
        Self { step: front, began: clock.known(front, began), to: clock.known(front + L::one(), to), there }
    }
}

impl<L: Lane> Line<L> {
    /// `amount` requests start in this step, having waited `waited_s` seconds on average; none if nobody ever waits.
    ///
    /// `running` is two rings, each a power of two long and longer than any deadline: starts by step, and what they had
    /// waited.
    ///
    /// ```
    /// use slackwater_core::clients::clock::Place;
    /// use slackwater_core::clients::line::Line;
    /// let mut running = [0.0; 32];
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, &Place::of(0.0), 4.0, Some(0.5));
    /// assert_eq!((lists.running, lists.waited), (4.0, 0.0));
    /// ```
    #[inline(always)]
    pub fn start(&mut self, running: &mut [L], now: &Place<L>, amount: L, waited_s: Option<L>) {
        let (starts, waits) = halves(running);
        // A lane in which nobody starts keeps its slot and its front as they are.
        let some = amount.gt(L::zero());
        now.put(starts, amount, some);
        self.front = L::pick(some * L::zero().ge(self.running), now.step, self.front);
        self.running += amount;
        self.fresh += amount;
        if let Some(waited_s) = waited_s {
            now.put(waits, waited_s, some);
            self.waited = L::pick(some * waited_s.gt(L::zero()), now.step, self.waited);
        }
    }

    /// 1 where one of those in service had waited.
    #[inline(always)]
    fn some_waited(&self, clock: &Clock<'_, L>) -> L {
        if clock.waits { self.waited.ge(self.front) } else { L::zero() }
    }

    /// Requests that `end` will take out if the clock runs as expected: their seats are free in this step.
    #[inline(always)]
    pub(crate) fn expect(&mut self, running: &mut [L], clock: &Clock<'_, L>, size_s: L, timeout_s: L) {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let (starts, waits) = halves(running);
        let (target, past, moved_s) = (clock.to - size_s, clock.from - size_s, clock.to - clock.from);
        let (some_waited, whole_left) = (self.some_waited(clock), clock.left(timeout_s, zero));
        let nobody_waited = some_waited.is_nothing();
        let (mut ending, mut ending_s, mut at, mut goes_on) = (zero, zero, self.front, one);
        self.oldest = self.oldest.at(at, starts, clock);
        let Front { mut began, mut to, mut there, .. } = self.oldest;
        loop {
            let open = goes_on.and(clock.now.step.gt(at).and(self.running.gt(ending)));
            let here = open.and(there);
            let waited_s = if nobody_waited { zero } else { waited(waits, at, here) };
            let left = if nobody_waited { whole_left } else { clock.left(timeout_s, waited_s) };
            let started = Started::new(began, to, clock.now.step - at, left);
            let first = started.first(past);
            let complete = started.complete(target).max(first);
            let last = started.cut(complete);
            let each = here.over(one - first, zero);
            let (through, cut) = (each * (complete - first), each * (last - complete));
            ending += through + cut;
            let middle_s = started.v((first + complete) * half) + size_s - clock.from;
            ending_s += through * middle_s.max(zero);
            if L::any(cut) {
                // Who is cut off is served until some moment of the step.
                ending_s += cut * started.deadline((complete + last) * half) * moved_s;
            }
            let goes = open.and(last.ge(one).or(some_waited.and(last.gt(first))));
            at += goes;
            began = L::pick(goes, to, began);
            let due = some_waited.or(Started::due(began, target, clock.now.step - at, whole_left));
            goes_on = goes.and(clock.now.step.gt(at)).and(due);
            if !L::any(goes_on) {
                break;
            }
            to = clock.at(at + one);
            there = L::gather_ring(starts, at);
        }
        (self.ending, self.ending_s) = (ending.min(self.running), ending_s);
    }

    /// Ends what is due: requests of `size_s` CPU-seconds whose service is complete, and those that reach their deadline
    /// before, `timeout_s` seconds after they were sent. `answered` is told how many of those that started in one step are
    /// complete, the seconds they had waited, and how many steps ago they started.
    ///
    /// # Formula
    /// A request that started at V_a ends when V passes V_a + size (attained service under processor sharing;
    /// Kleinrock, Queueing Systems II, 4.4). Starts are even over a step, and V is a straight line through each, so that
    /// the moment of completion and the deadline are both linear in the place among those of one step.
    ///
    /// ```
    /// use slackwater_core::clients::clock::{Clock, Place};
    /// use slackwater_core::clients::line::Line;
    /// let mut running = [0.0; 32];
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, &Place::of(0.0), 4.0, None);
    /// let attained = [0.0; 32];
    /// let clock = Clock { attained: &attained, now: Place::of(0.0), from: 0.0, to: 1.0, dt_s: 1.0, waits: false };
    /// // Starts are even over the step, so half of them get their 0.5 CPU-seconds within it.
    /// let mut ages = Vec::new();
    /// let ended = lists.end(&mut running, &clock, 0.5, 10.0, |amount, waited_s, steps| {
    ///     ages.push((amount, waited_s, steps));
    /// });
    /// assert_eq!((ended.done, ended.cut, lists.running), (2.0, 0.0, 2.0));
    /// assert_eq!(ages, [(2.0, 0.0, 0.0)]);
    /// ```
    #[inline(always)]
    pub fn end(
        &mut self,
        running: &mut [L],
        clock: &Clock<'_, L>,
        size_s: L,
        timeout_s: L,
        mut answered: impl Answered<L>,
    ) -> Ended<L> {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let (starts, waits) = halves(running);
        let (before, fresh) = (self.running, self.fresh);
        self.fresh = zero;
        // Everybody gets what the clock moves on by, who starts in this step half of it on average; less what those who
        // end no longer need.
        let moved_s = clock.to - clock.from;
        let mut got_s = (before - fresh * half) * moved_s;
        // Nobody in service is older than any deadline: what rounding kept of them must not hold the front.
        self.front = self.front.max(clock.now.step - L::splat(starts.len().saturating_sub(2) as f64));
        let (target, past, passes) = (clock.to - size_s, clock.from - size_s, one.over(moved_s, zero));
        let (some_waited, whole_left) = (self.some_waited(clock), clock.left(timeout_s, zero));
        let nobody_waited = some_waited.is_nothing();
        let (mut done, mut cut, mut latency_sum_s, mut wasted_s, mut held) = (zero, zero, zero, zero, zero);
        let (mut at, mut leads, mut goes_on) = (self.front, one, one);
        let Front { mut began, mut to, mut there, .. } = self.oldest.at(at, starts, clock);
        if !nobody_waited {
            // Those of later steps may go first: what is left of any lies in the ring.
            L::put_ring(starts, at, there, self.running.gt(zero).and(some_waited));
        }
        // Oldest first. The loop stops where some are neither complete nor too late; but where waits grow deadlines of one
        // step pass together with those of the next.
        loop {
            let open = goes_on.and(clock.now.step.ge(at).and(self.running.gt(zero)));
            let age = clock.now.step - at;
            let here = open.and(there.min(self.running));
            let waited_s = if nobody_waited { zero } else { waited(waits, at, here) };
            let left = if nobody_waited { whole_left } else { clock.left(timeout_s, waited_s) };
            let started = Started::new(began, to, age, left);
            let first = started.first(past);
            let complete = started.complete(target).max(first);
            let each = here.over(one - first, zero);
            // Where all are through nobody is left, not what rounding leaves.
            let through = L::pick(complete.ge(one), here, each * (complete - first));
            let middle = (first + complete) * half;
            let through_v = started.v(middle) + size_s;
            got_s -= through * (clock.to - through_v);
            let ends = (through_v - clock.from) * passes;
            // Who passes the size only after the deadline is cut off then.
            let late = ends - (middle - started.expired);
            let more = (complete - first) * half * ((to - began) * passes - one);
            let (first_late, last_late) = ((late - more).max(zero), (late + more).max(zero));
            let mut in_time = through;
            if L::any(through * (first_late + last_late)) {
                seldom();
                let apart = (late - more).abs() + (late + more).abs();
                let behind = through * (first_late + last_late).over(apart, zero);
                let short_s = ((first_late + last_late) * half * moved_s).min(size_s);
                got_s -= behind * short_s;
                wasted_s += behind * (size_s - short_s);
                held += behind * left;
                cut += behind;
                in_time -= behind;
            }
            done += in_time;
            // Each with the age of its own step: a mean over steps would move ticks together, round after round.
            answered.answered(in_time, waited_s, age);
            let each_took = (age + ends - middle).max(zero);
            latency_sum_s += in_time * (waited_s + each_took * clock.dt_s);
            held += in_time * each_took;
            let last = started.cut(complete);
            let expired = L::pick(last.ge(one), here - through, each * (last - complete));
            if L::any(expired) {
                seldom();
                let middle = (complete + last) * half;
                let deadline = started.deadline(middle);
                got_s -= expired * (one - deadline) * moved_s;
                wasted_s += expired * (clock.from + deadline * moved_s - started.v(middle)).within(zero, size_s);
                held += expired * left;
                cut += expired;
            }
            let gone = through + expired;
            let left = L::pick(last.ge(one), zero, here - gone);
            there = L::pick(open, left, there);
            if !nobody_waited {
                L::put_ring(starts, at, left, open.and(some_waited));
            }
            self.running -= gone;
            let whole = open.and(last.ge(one));
            leads = leads.and(whole);
            self.front += leads;
            let goes = whole.or(open.and(some_waited.and(last.gt(first))));
            at += goes;
            began = L::pick(goes, to, began);
            let due = some_waited.or(Started::due(began, target, clock.now.step - at, whole_left));
            goes_on = goes.and(clock.now.step.ge(at)).and(due);
            if !L::any(goes_on) {
                // Where some waited the ring knows what is left, and of more than the oldest.
                self.oldest = Front { step: L::pick(some_waited, -one, at - goes), began, to, there };
                break;
            }
            to = clock.at(at + one);
            there = L::pick(goes, L::gather_ring(starts, at), there);
        }
        // What rounding left there, once round the ring, would count if nobody starts in the next step.
        clock.now.next().put(starts, zero, one);
        // What rounding leaves of an empty server is nothing.
        let empty = (before * L::splat(1e-13)).max(L::splat(NOBODY)).ge(self.running);
        self.running = L::pick(empty, zero, self.running);
        let held_s = held * clock.dt_s;
        Ended { done, cut, latency_sum_s, got_s: got_s.max(zero), wasted_s, held_s }
    }

    /// The server is gone where `lost` is 1: everything queued and running is lost. Returns the requests.
    ///
    /// ```
    /// use slackwater_core::clients::clock::Place;
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::SLOT;
    /// let mut queue = [0.0; 8 * SLOT];
    /// let mut lists = Line { running: 3.0, ..Line::empty() };
    /// assert_eq!(lists.lose(&mut queue, &Place::of(7.0), 1.0), 3.0);
    /// assert_eq!(lists.running, 0.0);
    /// ```
    pub fn lose(&mut self, queue_slots: &mut [L], now: &Place<L>, lost: L) -> L {
        let keep = L::one() - lost;
        let queued = self.queue.thin(queue_slots, keep);
        let running = self.running * lost;
        self.running = self.running * keep;
        self.charged_s = self.charged_s * keep;
        self.front = L::pick(lost, now.next().step, self.front);
        queued + running
    }
}
