//! What becomes of a request, and what its client does next.

use super::population::Population;
use crate::cohort::Cohort;
use crate::lane::{Lane, across};
use crate::system::scenario::{Arrivals, Class};

/// Ends of requests in one step, on one API server.
///
/// ```
/// use slackwater_core::clients::outcome::Outcome;
/// let step = Outcome { sent: 10.0, answered: 6.0, timed_out: 2.0, ..Outcome::none() };
/// assert_eq!(step.success(1.0), 0.75);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome<L> {
    /// Sent.
    pub sent: L,
    /// Answered in time.
    pub answered: L,
    /// Told to come back later, with Retry-After.
    pub rejected: L,
    /// Those of them that were told so because watch caches are filling, not by flow control.
    pub unready: L,
    /// Given up by the client or cut off by the server.
    pub timed_out: L,
    /// No server, connection lost, or the network closed.
    pub refused: L,
    /// Seconds from send to answer, summed over the answered.
    pub latency_sum_s: L,
}

impl<L: Lane> Outcome<L> {
    /// Nothing happened.
    ///
    /// ```
    /// use slackwater_core::clients::outcome::Outcome;
    /// assert_eq!(Outcome::<f64>::none().sent, 0.0);
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        let zero = L::zero();
        Self {
            sent: zero,
            answered: zero,
            rejected: zero,
            unready: zero,
            timed_out: zero,
            refused: zero,
            latency_sum_s: zero,
        }
    }

    /// Requests that came to nothing: rejected, timed out or refused.
    ///
    /// ```
    /// use slackwater_core::clients::outcome::Outcome;
    /// let step = Outcome { sent: 9.0, rejected: 3.0, timed_out: 2.0, refused: 1.0, ..Outcome::none() };
    /// assert_eq!(step.failed(), 6.0);
    /// ```
    #[inline(always)]
    pub fn failed(&self) -> L {
        self.rejected + self.timed_out + self.refused
    }

    /// Share of ends that were answers; `before` where nothing ended.
    ///
    /// ```
    /// use slackwater_core::clients::outcome::Outcome;
    /// let step = Outcome { answered: 1.0, rejected: 3.0, ..Outcome::none() };
    /// assert_eq!((step.success(1.0), Outcome::none().success(0.5)), (0.25, 0.5));
    /// ```
    #[inline(always)]
    pub fn success(&self, before: L) -> L {
        if self.failed().is_nothing() {
            return L::pick(self.answered.gt(L::zero()), L::one(), before);
        }
        let ends = self.answered + self.rejected + self.timed_out + self.refused;
        self.answered.over(ends, before)
    }
}

/// Failures of one kind, on their way to the next try.
///
/// ```
/// use slackwater_core::clients::outcome::Failure;
/// let rejected = Failure { amount: 40.0, again: 0.5, told_s: 1.0, age_s: Some(0.0), noticed_s: 0.0 };
/// assert_eq!(rejected.amount * rejected.again, 20.0); // requests that had failed before
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Failure<L> {
    /// Failed requests.
    pub amount: L,
    /// Share of them that had failed before.
    pub again: L,
    /// Retry-After in seconds, 0 if there was none.
    pub told_s: L,
    /// Seconds since they were sent; none if they were sent at any time.
    pub age_s: Option<L>,
    /// Seconds until the client notices.
    pub noticed_s: L,
}

impl<L: Lane> Population<L> {
    /// Clients whose request was answered go back to their clock; those of a fixed rate by
    /// [`keep_tick`](Population::keep_tick).
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::system::scenario::{Arrivals, Class};
    /// let class = Class { arrivals: Arrivals::FixedDelay, ..Class::poll(1.0, 60.0, 0.1) };
    /// let mut idle = vec![0.0; slots_for(60.0, 1.0)];
    /// let mut polls = Population::empty();
    /// polls.answer(&class, &mut idle, 1.0, 8.0);
    /// let due = (1..=60).find(|_| polls.idle.expire(&mut idle) > 0.0);
    /// assert_eq!(due, Some(60));
    /// ```
    #[inline(always)]
    pub fn answer(&mut self, class: &Class<L>, idle_slots: &mut [L], dt_s: L, amount: L) {
        match class.arrivals {
            Arrivals::FixedDelay => self.idle.push(idle_slots, amount, class.period_s.per(dt_s)),
            Arrivals::Watch => self.watching += amount,
            Arrivals::FixedRate | Arrivals::Open | Arrivals::OnStart | Arrivals::Opens | Arrivals::DnsMiss => {}
        }
    }

    /// Clients of a fixed rate that sent their last request `steps` steps ago, and know its end `later` steps from now,
    /// wait for their next tick. Ticks go on from the last send; those missed meanwhile are dropped. Counted in whole
    /// steps of send and end, so that a poll keeps its tick whatever part of a step it takes; told for the sends of each
    /// step by themselves, as a mean over several steps would move their ticks together, round after round, into a
    /// burst that nobody sends.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::system::scenario::Class;
    /// let mut idle = vec![0.0; slots_for(60.0, 1.0)];
    /// let mut polls = Population::empty();
    /// // Polls every 60 s, answered after 15 s: 45 s are left until the next tick.
    /// Population::keep_tick(&mut polls.idle, &Class::poll(1.0, 60.0, 0.1), &mut idle, 1.0, 8.0, 15.0, 0.0);
    /// let due = (1..=60).find(|_| polls.idle.expire(&mut idle) > 0.0);
    /// assert_eq!(due, Some(45));
    /// ```
    #[inline(always)]
    pub fn keep_tick(
        idle: &mut Cohort<L>,
        class: &Class<L>,
        idle_slots: &mut [L],
        dt_s: L,
        amount: L,
        steps: L,
        later: L,
    ) {
        if class.arrivals == Arrivals::FixedRate {
            let period = class.period_s.per(dt_s);
            let missed = ((steps + later) / period).floor();
            idle.push(idle_slots, amount, period * (missed + L::one()) - steps);
        }
    }

    /// Clients whose request failed try again by their policy, or wait for their next tick.
    ///
    /// ```
    /// use slackwater_core::clients::outcome::Failure;
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::clients::retry::Retry;
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::system::scenario::Class;
    /// let poll = Class { retry: Retry::fixed(5.0, 0.0), ..Class::poll(1.0, 60.0, 0.1) };
    /// let (mut idle, mut backoff) = (vec![0.0; slots_for(60.0, 1.0)], vec![0.0; slots_for(60.0, 1.0)]);
    /// let mut polls = Population::empty();
    /// let failure = Failure { amount: 8.0, again: 0.0, told_s: 0.0, age_s: Some(0.0), noticed_s: 0.0 };
    /// polls.fail(&poll, &mut idle, &mut backoff, 1.0, failure);
    /// assert_eq!((polls.backoff.total(), polls.failures_in_a_row()), (8.0, 1.0));
    /// ```
    #[inline(always)]
    pub fn fail(
        &mut self,
        class: &Class<L>,
        idle_slots: &mut [L],
        backoff_slots: &mut [L],
        dt_s: L,
        failure: Failure<L>,
    ) {
        let (zero, one) = (L::zero(), L::one());
        let some = failure.amount.gt(zero);
        if !L::any(some) {
            return;
        }
        let failure = Failure { amount: L::pick(some, failure.amount, zero), ..failure };
        let told = failure.told_s.gt(zero);
        let stops = class.retry.gives_up(told);
        let mean = self.failures_in_a_row();
        let tries = failure.amount * (one - stops);
        let (low, high) = class.retry.delay_s(failure.again * mean + one, failure.told_s);
        // A spread leaves at the start of each step it covers: half a step late puts the mean right.
        let width = (high - low).per(dt_s).within(zero, one);
        let noticed = failure.noticed_s.per(dt_s) + width * L::splat(0.5);
        self.backoff.push_even(backoff_slots, tries, low.per(dt_s) + noticed, high.per(dt_s) + noticed);
        // Those who go on carry one failure more; those who stop forget theirs.
        let failures = self.failures + (tries - failure.amount * stops * failure.again * mean);
        self.failures = L::pick(some, failures.max(zero), self.failures);
        let idle = failure.amount * stops;
        let (period, later) = (class.period_s.per(dt_s), failure.noticed_s.per(dt_s));
        match (class.arrivals, failure.age_s) {
            (Arrivals::FixedRate, Some(age_s)) => {
                Self::keep_tick(&mut self.idle, class, idle_slots, dt_s, idle, age_s.per(dt_s), later);
            }
            (Arrivals::FixedRate, None) => self.idle.push_even(idle_slots, idle, one, period + one),
            (Arrivals::FixedDelay, _) => self.idle.push(idle_slots, idle, period + later),
            // A watch client that stops trying would never be seen again: policies for watches do not stop.
            (Arrivals::Watch, _) => self.watching += idle,
            (Arrivals::Open | Arrivals::OnStart | Arrivals::Opens | Arrivals::DnsMiss, _) => {}
        }
    }
}

across!(Outcome { sent, answered, rejected, unready, timed_out, refused, latency_sum_s });
