//! Requests in service: started together, ended by the attained-service clock or by their deadline.
//!
//! A class is served first in, first out with one size and one timeout, so ends come in the order of starts, and so do
//! deadlines. One ring holds what started in each step, one what that had waited; the clock V says how far service has
//! come. Work per step is constant on average: every entry is passed once.

use super::line::Line;
use super::started::Started;
use crate::lane::{Flag, Lane, seldom};

/// Requests below which nobody is there: what rounding leaves.
const NOBODY: f64 = 1e-12;

/// The attained-service clock over one step.
///
/// ```
/// use slackwater_core::clients::service::Clock;
/// // Half a CPU-second for each running request in a step of one second.
/// let clock = Clock { attained: &[0.0; 8], step: 0.0, from: 0.0, to: 0.5, dt_s: 1.0, waits: false };
/// assert_eq!((clock.to - clock.from) / clock.dt_s, 0.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a, L> {
    /// V at the start of recent steps, by step modulo the length, a power of two.
    pub attained: &'a [L],
    /// Number of this step.
    pub step: L,
    /// V at the start of this step.
    pub from: L,
    /// V at its end.
    pub to: L,
    /// Step, seconds.
    pub dt_s: L,
    /// Whether requests may have waited before they started.
    pub waits: bool,
}

/// Requests that left service in a step.
///
/// ```
/// use slackwater_core::clients::service::Ended;
/// let ended = Ended { done: 3.0, cut: 1.0, latency_s: 0.5, got_s: 5.0, wasted_s: 2.0, held_s: 1.5 };
/// assert_eq!(ended.wasted_s / ended.cut, 2.0); // CPU-seconds thrown away with each that was cut off
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ended<L> {
    /// Completed.
    pub done: L,
    /// Cut off by their deadline.
    pub cut: L,
    /// Mean seconds from send to completion.
    pub latency_s: L,
    /// CPU-seconds that all in service got in the step.
    pub got_s: L,
    /// CPU-seconds the cut ones had already got.
    pub wasted_s: L,
    /// Seconds in service, summed over all that ended.
    pub held_s: L,
}

impl<L: Lane> Clock<'_, L> {
    #[inline(always)]
    fn at(&self, step: L) -> L {
        self.known(step, L::gather_ring(self.attained, step))
    }

    /// V at the start of a step and of the one after it.
    #[inline(always)]
    fn over(&self, step: L) -> (L, L) {
        let (start, end) = L::pair_ring(self.attained, step);
        (self.known(step, start), self.known(step + L::one(), end))
    }

    /// Steps that were left of a timeout of `timeout_s` for those who started after `waited_s` seconds.
    #[inline(always)]
    fn left(&self, timeout_s: L, waited_s: L) -> L {
        (timeout_s - waited_s).max(self.dt_s).per(self.dt_s)
    }

    /// The ring knows the past only.
    #[inline(always)]
    fn known(&self, step: L, past: L) -> L {
        L::pick(step.gt(self.step), self.to, L::pick(step.ge(self.step), self.from, past))
    }
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

/// What is known of the oldest step of which requests are in service: V as it began and ended, and those that started in
/// it. Looked up once, it holds until requests end: reading a ring in another place for each lane is dear.
///
/// ```
/// use slackwater_core::clients::service::Front;
/// let lists = slackwater_core::flowcontrol::queues::Want::<f64>::none();
/// assert_eq!(lists.oldest[0], Front::none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Front<L> {
    step: L,
    began: L,
    to: L,
    there: L,
}

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

    /// The same of step `front` now that the clock has moved on and requests have started in this step.
    #[inline(always)]
    fn now(&self, front: L, running: &[L], clock: &Clock<'_, L>) -> (L, L, L) {
        if L::any(front - self.step) {
            let (began, to) = clock.over(front);
            return (began, to, L::gather_ring(running, front));
        }
        let began = L::pick(front.gt(clock.step), clock.to, self.began);
        let to = L::pick((front + L::one()).gt(clock.step), clock.to, self.to);
        let fresh = front.ge(clock.step);
        let there = if L::any(fresh) { L::pick(fresh, L::gather_ring(running, front), self.there) } else { self.there };
        (began, to, there)
    }
}

impl<L: Lane> Line<L> {
    /// `amount` requests start in step `step`, having waited `waited_s` seconds on average; none if nobody ever waits.
    ///
    /// `running` is two rings, each a power of two long and longer than any deadline: starts by step, and what they had
    /// waited.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// let mut running = [0.0; 32];
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, 0.0, 4.0, Some(0.5));
    /// assert_eq!((lists.running, lists.waited), (4.0, 0.0));
    /// ```
    #[inline(always)]
    pub fn start(&mut self, running: &mut [L], step: L, amount: L, waited_s: Option<L>) {
        let (starts, waits) = halves(running);
        // A lane in which nobody starts keeps its slot and its front as they are.
        let some = amount.gt(L::zero());
        L::put_ring(starts, step, amount, some);
        self.front = L::pick(some * L::zero().ge(self.running), step, self.front);
        self.running += amount;
        self.fresh += amount;
        if let Some(waited_s) = waited_s {
            L::put_ring(waits, step, waited_s, some);
            self.waited = L::pick(some * waited_s.gt(L::zero()), step, self.waited);
        }
    }

    /// 1 where one of those in service had waited.
    #[inline(always)]
    fn some_waited(&self, clock: &Clock<'_, L>) -> L {
        if clock.waits { self.waited.ge(self.front) } else { L::zero() }
    }

    /// Requests that `end` will take out if the clock runs as expected: their seats are free in this step.
    #[inline(always)]
    pub(crate) fn expect(&mut self, running: &mut [L], clock: &Clock<'_, L>, size_s: L, timeout_s: L) -> Front<L> {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let (starts, waits) = halves(running);
        let (target, past, moved_s) = (clock.to - size_s, clock.from - size_s, clock.to - clock.from);
        let (some_waited, whole_left) = (self.some_waited(clock), clock.left(timeout_s, zero));
        let nobody_waited = some_waited.is_nothing();
        let (mut ending, mut ending_s, mut at, mut goes_on) = (zero, zero, self.front, one);
        let (mut began, mut to) = clock.over(at);
        let mut there = L::gather_ring(starts, at);
        let oldest = Front { step: at, began, to, there };
        loop {
            let open = goes_on.and(clock.step.gt(at).and(self.running.gt(ending)));
            let here = open.and(there);
            let waited_s = if nobody_waited { zero } else { waited(waits, at, here) };
            let left = if nobody_waited { whole_left } else { clock.left(timeout_s, waited_s) };
            let started = Started::new(began, to, clock.step - at, left);
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
            let due = some_waited.or(Started::due(began, target, clock.step - at, whole_left));
            goes_on = goes.and(clock.step.gt(at)).and(due);
            if !L::any(goes_on) {
                break;
            }
            to = clock.at(at + one);
            there = L::gather_ring(starts, at);
        }
        (self.ending, self.ending_s) = (ending.min(self.running), ending_s);
        oldest
    }

    /// Ends what is due: requests of `size_s` CPU-seconds whose service is complete, and those that reach their deadline
    /// before, `timeout_s` seconds after they were sent. `oldest` is what this step has looked up of them, if anything.
    /// `answered` is told how many of those that started in one step are complete, the seconds they had waited, and how
    /// many steps ago they started.
    ///
    /// # Formula
    /// A request that started at V_a ends when V passes V_a + size (attained service under processor sharing;
    /// Kleinrock, Queueing Systems II, 4.4). Starts are even over a step, and V is a straight line through each, so that
    /// the moment of completion and the deadline are both linear in the place among those of one step.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::clients::service::{Clock, Front};
    /// let mut running = [0.0; 32];
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, 0.0, 4.0, None);
    /// let attained = [0.0; 32];
    /// let clock = Clock { attained: &attained, step: 0.0, from: 0.0, to: 1.0, dt_s: 1.0, waits: false };
    /// // Starts are even over the step, so half of them get their 0.5 CPU-seconds within it.
    /// let mut ages = Vec::new();
    /// let ended = lists.end(&mut running, &clock, 0.5, 10.0, &Front::none(), |amount, waited_s, steps| {
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
        oldest: &Front<L>,
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
        self.front = self.front.max(clock.step - L::splat(starts.len().saturating_sub(2) as f64));
        let (target, past, passes) = (clock.to - size_s, clock.from - size_s, one.over(moved_s, zero));
        let (some_waited, whole_left) = (self.some_waited(clock), clock.left(timeout_s, zero));
        let nobody_waited = some_waited.is_nothing();
        let (mut done, mut cut, mut latency_s, mut wasted_s, mut held) = (zero, zero, zero, zero, zero);
        let (mut at, mut leads, mut goes_on) = (self.front, one, one);
        let (mut began, mut to, mut there) = oldest.now(at, starts, clock);
        // Oldest first. The loop stops where some are neither complete nor too late; but where waits grow deadlines of one
        // step pass together with those of the next.
        loop {
            let open = goes_on.and(clock.step.ge(at).and(self.running.gt(zero)));
            let age = clock.step - at;
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
            latency_s += in_time * (waited_s + each_took * clock.dt_s);
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
            L::put_ring(starts, at, L::pick(last.ge(one), zero, here - gone), open);
            self.running -= gone;
            let whole = open.and(last.ge(one));
            leads = leads.and(whole);
            self.front += leads;
            let goes = whole.or(open.and(some_waited.and(last.gt(first))));
            at += goes;
            began = L::pick(goes, to, began);
            let due = some_waited.or(Started::due(began, target, clock.step - at, whole_left));
            goes_on = goes.and(clock.step.ge(at)).and(due);
            if !L::any(goes_on) {
                break;
            }
            to = clock.at(at + one);
            there = L::gather_ring(starts, at);
        }
        // What rounding left there, once round the ring, would count if nobody starts in the next step.
        L::put_ring(starts, clock.step + one, zero, one);
        // What rounding leaves of an empty server is nothing.
        let empty = (before * L::splat(1e-13)).max(L::splat(NOBODY)).ge(self.running);
        self.running = L::pick(empty, zero, self.running);
        let held_s = held * clock.dt_s;
        Ended { done, cut, latency_s: latency_s.over(done, zero), got_s: got_s.max(zero), wasted_s, held_s }
    }

    /// The server is gone where `lost` is 1: everything queued and running is lost. Returns the requests.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::SLOT;
    /// let mut queue = [0.0; 8 * SLOT];
    /// let mut lists = Line { running: 3.0, ..Line::empty() };
    /// assert_eq!(lists.lose(&mut queue, 7.0, 1.0), 3.0);
    /// assert_eq!(lists.running, 0.0);
    /// ```
    pub fn lose(&mut self, queue_slots: &mut [L], step: L, lost: L) -> L {
        let keep = L::one() - lost;
        let queued = self.queue.thin(queue_slots, keep);
        let running = self.running * lost;
        self.running = self.running * keep;
        self.charged_s = self.charged_s * keep;
        self.front = L::pick(lost, step + L::one(), self.front);
        queued + running
    }
}
