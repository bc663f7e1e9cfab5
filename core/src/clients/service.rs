//! Requests in service: started together, ended by the attained-service clock or by their deadline.
//!
//! A class is served first in, first out with one size, so ends come in the order of starts. The ring holds
//! what started in each step; the clock V says how far service has come. Work per step is constant on
//! average: every entry is passed once.

use super::line::Line;
use crate::lane::Lane;

/// Requests below which nobody is there: what rounding leaves.
const NOBODY: f64 = 1e-12;

/// The attained-service clock over one step.
///
/// ```
/// use slackwater_core::clients::service::Clock;
/// // Half a CPU-second for each running request in a step of one second.
/// let clock = Clock { attained: &[0.0; 8], step: 0.0, from: 0.0, to: 0.5, dt_s: 1.0 };
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

    /// The ring knows the past only.
    #[inline(always)]
    fn known(&self, step: L, past: L) -> L {
        L::pick(step.gt(self.step), self.to, L::pick(step.ge(self.step), self.from, past))
    }
}

impl<L: Lane> Line<L> {
    /// `amount` requests start in step `step`, having waited `waited_s` seconds on average; their deadline
    /// is `left_s` seconds away.
    ///
    /// `running` is the ring of starts by step, a power of two long and longer than any deadline; `deadline_slots`
    /// that of the deadlines.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::slots_for;
    /// let (mut running, mut deadlines) = ([0.0; 16], vec![0.0; slots_for(10.0, 1.0)]);
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, &mut deadlines, 0.0, 1.0, 4.0, 0.0, 10.0);
    /// assert_eq!((lists.running, lists.deadline.total()), (4.0, 4.0));
    /// ```
    #[inline(always)]
    pub fn start(
        &mut self,
        running: &mut [L],
        deadline_slots: &mut [L],
        step: L,
        dt_s: L,
        amount: L,
        waited_s: L,
        left_s: L,
    ) {
        // A lane in which nobody starts keeps its slot and its front as they are.
        let some = amount.gt(L::zero());
        L::put_ring(running, step, amount, some);
        self.front = L::pick(some * L::zero().ge(self.running), step, self.front);
        self.running += amount;
        self.fresh += amount;
        self.waited_s += amount * waited_s;
        // The ring of deadlines moves on at the end of this very step.
        self.deadline.push(deadline_slots, amount, left_s.per(dt_s) + L::one());
    }

    /// Requests that `end` will take out if the clock runs as expected: their seats are free in this step.
    #[inline(always)]
    pub(crate) fn expect(&mut self, running: &[L], deadline_slots: &[L], clock: &Clock<'_, L>, size_s: L) {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let target = clock.to - size_s;
        let past = clock.from - size_s;
        let (mut done, mut left_s, mut front, mut goes_on) = (zero, zero, self.front, one);
        let (mut began, mut to) = clock.over(front);
        loop {
            let open = goes_on * clock.step.gt(front) * self.running.gt(done);
            let from = began.max(past);
            let share = (target - from).over(to - from, target.ge(to)).within(zero, one) * open;
            let here = L::gather_ring(running, front) * share;
            done += here;
            left_s += here * ((from + target.min(to)) * half + size_s - clock.from).max(zero);
            let whole = share.ge(one) * open;
            front += whole;
            goes_on = whole * clock.step.gt(front);
            if !L::any(goes_on) {
                break;
            }
            began = L::pick(whole, to, began);
            to = clock.at(front + one);
        }
        // Who is cut off is served until some moment of the step.
        let cut = (self.deadline.due(deadline_slots) - self.ahead - done).max(zero).min(self.running - done);
        self.ending = done + cut;
        self.ending_s = left_s + cut * (clock.to - clock.from) * half;
    }

    /// Ends what is due: requests of `size_s` CPU-seconds whose service is complete, then those whose
    /// deadline has passed. `answered` is told how many of those that set out in one step are complete, and how many
    /// steps ago that was.
    ///
    /// # Formula
    /// A request that started at V_a ends when V passes V_a + size (attained service under processor sharing;
    /// Kleinrock, Queueing Systems II, 4.4).
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::clients::service::Clock;
    /// use slackwater_core::cohort::slots_for;
    /// let (mut running, mut deadlines) = ([0.0; 16], vec![0.0; slots_for(10.0, 1.0)]);
    /// let mut lists = Line::empty();
    /// lists.start(&mut running, &mut deadlines, 0.0, 1.0, 4.0, 0.0, 10.0);
    /// let attained = [0.0; 32];
    /// let clock = Clock { attained: &attained, step: 0.0, from: 0.0, to: 1.0, dt_s: 1.0 };
    /// // Starts are even over the step, so half of them get their 0.5 CPU-seconds within it.
    /// let mut ages = Vec::new();
    /// let ended = lists.end(&mut running, &mut deadlines, &clock, 0.5, |amount, age| ages.push((amount, age)));
    /// assert_eq!((ended.done, ended.cut, lists.running), (2.0, 0.0, 2.0));
    /// assert_eq!(ages, [(2.0, 0.0)]);
    /// ```
    #[inline(always)]
    pub fn end(
        &mut self,
        running: &mut [L],
        deadline_slots: &mut [L],
        clock: &Clock<'_, L>,
        size_s: L,
        mut answered: impl FnMut(L, L),
    ) -> Ended<L> {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let expired = self.deadline.expire_where(deadline_slots, self.is_busy());
        let (before, fresh) = (self.running, self.fresh);
        self.fresh = zero;
        // Everybody gets what the clock moves on by, who starts in this step half of it on average; less what those who
        // end no longer need.
        let moved_s = clock.to - clock.from;
        let mut got_s = (before - fresh * half) * moved_s;
        // Nobody in service is older than any deadline: what rounding kept of them must not hold the front.
        self.front = self.front.max(clock.step - L::splat(running.len().saturating_sub(2) as f64));
        let target = clock.to - size_s;
        let past = clock.from - size_s;
        let (mut through, mut late, mut late_s, mut served_s) = (zero, zero, zero, zero);
        let mean_wait_s = self.waited_s.rarely_over(before, zero);
        let (mut held_s, mut goes_on) = (zero, one);
        let (mut began, mut to) = clock.over(self.front);
        // Completions, oldest first. The loop stops where service is not complete.
        loop {
            let open = goes_on * clock.step.ge(self.front) * self.running.gt(zero);
            let from = began.max(past);
            let share = (target - from).over(to - from, target.ge(to)).within(zero, one) * open;
            let here = L::gather_ring(running, self.front);
            let got = (here * share).min(self.running);
            L::put_ring(running, self.front, here - got, one);
            self.running -= got;
            let middle = (from + target.min(to)) * half;
            let overdue = (expired - self.ahead - through).within(zero, got);
            let mut behind = zero;
            if L::any(overdue.gt(zero)) {
                // Who passes the size only after the deadline is cut off. Both times are linear in the position.
                let first = (from + size_s - clock.from).over(clock.to - clock.from, half)
                    - (self.ahead + through).over(expired, zero);
                let last_v = from + (to - from) * overdue.over(here, zero);
                let last = (last_v + size_s - clock.from).over(clock.to - clock.from, half)
                    - (self.ahead + through + overdue).over(expired, zero);
                let apart = first.abs() + last.abs();
                behind = overdue * (first.max(zero) + last.max(zero)).over(apart, zero);
                let short = (first.max(zero) + last.max(zero)) * half * (clock.to - clock.from);
                late_s += behind * (size_s - short).max(zero);
                got_s -= behind * short.min(size_s);
            }
            got_s -= got * (clock.to - middle - size_s);
            through += got;
            late += behind;
            // Service runs evenly through a step, so the mean one of them starts and ends where the middle does.
            let started = (middle - began).over(to - began, half);
            let ended = (middle + size_s - clock.from).over(clock.to - clock.from, half);
            // Each with the age of its own step: a mean over steps would move ticks together, round after round.
            answered(got - behind, mean_wait_s.per(clock.dt_s) + (clock.step - self.front));
            let each_s = (clock.step - self.front + ended - started).max(zero) * clock.dt_s;
            served_s += (got - behind) * each_s;
            held_s += got * each_s;
            let whole = share.ge(one) * open;
            self.front += whole;
            began = L::pick(whole, to, began);
            goes_on = whole * clock.step.ge(self.front);
            if !L::any(goes_on) {
                break;
            }
            to = clock.at(self.front + one);
        }
        let done = through - late;
        self.ahead += through;
        // Deadlines, in the same order: only those not yet answered are cut off.
        let mut cut = (expired - self.ahead).max(zero).min(self.running);
        self.ahead = (self.ahead - expired).max(zero);
        let mut wasted_s = late_s;
        if L::any(cut) {
            let began = began + clock.at(self.front + one);
            wasted_s = cut * ((clock.from + clock.to - began) * half).within(zero, size_s) + late_s;
            got_s -= cut * moved_s * half;
        }
        let cut_all = cut + late;
        self.running -= cut;
        loop {
            let open = cut.gt(zero) * clock.step.ge(self.front);
            if !L::any(open) {
                break;
            }
            let here = L::gather_ring(running, self.front);
            let got = here.min(cut) * open;
            L::put_ring(running, self.front, here - got, one);
            cut -= got;
            held_s += got * (clock.step - self.front + half) * clock.dt_s;
            self.front += open * cut.gt(zero);
        }
        // What rounding leaves of an empty server is nothing.
        let empty = (before * L::splat(1e-13)).max(L::splat(NOBODY)).ge(self.running);
        self.running = L::pick(empty, zero, self.running);
        if !self.waited_s.is_nothing() {
            let left = (done + cut_all).over(before, zero).min(one);
            self.waited_s = L::pick(empty, zero, self.waited_s * (one - left));
        }
        if L::any(empty) {
            // Nobody is left whose deadline could pass.
            self.deadline.thin(deadline_slots, L::pick(empty, zero, one));
            self.ahead = L::pick(empty, zero, self.ahead);
        }
        Ended {
            done,
            cut: cut_all,
            latency_s: mean_wait_s + served_s.over(done, zero),
            got_s: got_s.max(zero),
            wasted_s,
            held_s,
        }
    }

    /// The server is gone where `lost` is 1: everything queued and running is lost. Returns the requests.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::SLOT;
    /// let (mut queue, mut deadlines) = ([0.0; 8 * SLOT], [0.0; 8 * SLOT]);
    /// let mut lists = Line { running: 3.0, ..Line::empty() };
    /// assert_eq!(lists.lose(&mut queue, &mut deadlines, 7.0, 1.0), 3.0);
    /// assert_eq!(lists.running, 0.0);
    /// ```
    pub fn lose(&mut self, queue_slots: &mut [L], deadline_slots: &mut [L], step: L, lost: L) -> L {
        let keep = L::one() - lost;
        let queued = self.queue.thin(queue_slots, keep);
        self.deadline.thin(deadline_slots, keep);
        let running = self.running * lost;
        self.running = self.running * keep;
        self.ahead = self.ahead * keep;
        self.waited_s = self.waited_s * keep;
        self.charged_s = self.charged_s * keep;
        self.front = L::pick(lost, step + L::one(), self.front);
        queued + running
    }
}
