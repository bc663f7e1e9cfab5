//! What a step ends: answers and failures of all queues of a class, booked by cause.

use super::clock::Clock;
use super::outcome::Failure;
use super::population::Population;
use super::service::Answered;
use crate::cohort::Cohort;
use crate::lane::Lane;
use crate::ledger::Cause;
use crate::system::parts::Parts;
use crate::system::rings::rings;
use crate::system::scenario::{Arrivals, Class};
use crate::system::state::Rings;

/// Seconds over which the share of answered requests is remembered.
const SUCCESS_MEMORY_S: f64 = 5.0;

/// Clients whose next request comes at the next tick of their own clock. No closure: that might be a call, compiled for
/// narrower registers.
struct Ticks<'a, L> {
    timers: &'a mut Cohort<L>,
    slots: &'a mut [L],
    class: &'a Class<L>,
    dt_s: L,
}

impl<L: Lane> Answered<L> for Ticks<'_, L> {
    #[inline(always)]
    fn answered(&mut self, amount: L, waited_s: L, steps: L) {
        if self.class.arrivals == Arrivals::FixedRate {
            let steps = waited_s.per(self.dt_s) + steps;
            Population::keep_tick(self.timers, self.class, self.slots, self.dt_s, amount, steps, L::zero());
        }
    }
}

impl<L: Lane> Population<L> {
    /// Ends what is due, sends its clients on their way and books it all. Returns the CPU used.
    ///
    /// `spent` is the CPU per CPU-second of service, `reject_s` the CPU of a rejection, `fair` the virtual start of
    /// every queue of the server: it moves on by what a request really took only now that it has ended.
    #[inline(always)]
    pub(crate) fn finish(
        &mut self,
        class: &Class<L>,
        places: &Rings,
        storage: &mut [L],
        fair: &mut [L],
        parts: Parts,
        clock: &Clock<'_, L>,
        size_s: L,
        spent: L,
        reject_s: L,
        nodes: L,
    ) -> L {
        let zero = L::zero();
        let (mut done, mut got_s, mut wasted_s, mut latency_sum_s) = (zero, zero, zero, zero);
        for (at, place) in places.lines.iter().enumerate().take(parts.wide(self.wide)) {
            let again = self.tried_before(self.in_system(), zero);
            let (idle, running) = rings(storage, &places.idle, &place.running);
            let Some(line) = self.lines.get_mut(at).filter(|line| !line.is_idle()) else { continue };
            let was = line.running + line.etcd.total();
            let ticks = Ticks { timers: &mut self.idle, slots: idle, class, dt_s: clock.dt_s };
            let ended = line.end(running, clock, size_s, class.timeout_s, ticks);
            let left = ended.done + ended.cut;
            if parts.levels
                && let Some(next) = places.queues.get(at).and_then(|queue| fair.get_mut(*queue as usize))
            {
                let released_s = line.charged_s * left.over(was, zero).min(L::one());
                line.charged_s = (line.charged_s - released_s).max(zero);
                *next += class.seats * (ended.held_s - released_s);
            }
            self.retrying = (self.retrying - left * again).max(zero);
            self.failures = (self.failures - ended.done * again * self.failures_in_a_row()).max(zero);
            let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
            self.answer(class, idle, clock.dt_s, ended.done);
            let age_s = Some(class.timeout_s);
            let failure = Failure { amount: ended.cut, again, told_s: zero, age_s, noticed_s: zero };
            self.fail(class, idle, backoff, clock.dt_s, failure);
            self.last.timed_out += ended.cut;
            done += ended.done;
            got_s += ended.got_s;
            wasted_s += ended.wasted_s;
            latency_sum_s += ended.latency_sum_s;
        }
        let again = self.tried_before(self.in_system() + done, zero);
        self.last.answered = done;
        self.last.latency_sum_s = latency_sum_s;
        let running = self.running();

        let served_s = got_s * spent;
        let rejected_s = self.last.rejected * reject_s;
        let trying_again = self.tried_before(self.in_system(), again);
        let retried = served_s * trying_again;
        self.account.book(class.cause(), served_s - retried);
        let (all_new, none_failed) = (trying_again.is_nothing(), self.last.failed().is_nothing());
        if !all_new {
            self.account.book(class.cause_of_retry(), retried);
        }
        if !none_failed {
            self.account.book(Cause::Rejection, rejected_s);
        }
        if L::any(wasted_s.gt(zero)) {
            self.account.waste(wasted_s * spent);
        }
        let (seat_s, byte_s) = (class.seats, class.bytes_base + class.bytes_per_node * nodes);
        let held_s = running * clock.dt_s * (L::one() - trying_again);
        self.account.hold(class.cause(), seat_s * held_s, byte_s * held_s);
        if !all_new {
            let held_s = running * clock.dt_s * trying_again;
            self.account.hold(class.cause_of_retry(), seat_s * held_s, byte_s * held_s);
        }
        self.account.answered += self.last.answered;
        if !none_failed {
            self.account.rejected += self.last.rejected;
            self.account.timed_out += self.last.timed_out;
            self.account.refused += self.last.refused;
        }
        self.remember(clock.dt_s);
        served_s + rejected_s
    }

    /// Requests that were at the server leave it with nothing, whatever of them had failed before; their clients go on as
    /// `failure` says.
    #[inline(always)]
    pub(crate) fn send_away(
        &mut self,
        class: &Class<L>,
        places: &Rings,
        storage: &mut [L],
        dt_s: L,
        failure: Failure<L>,
    ) {
        let failure = Failure { again: self.leave(failure.amount, L::zero()), ..failure };
        let (idle, backoff) = rings(storage, &places.idle, &places.backoff);
        self.fail(class, idle, backoff, dt_s, failure);
    }

    /// Lets the last step count in the share of answered requests.
    #[inline(always)]
    pub(crate) fn remember(&mut self, dt_s: L) {
        self.success += (self.last.success(self.success) - self.success) * Self::weight(dt_s);
    }

    /// Weight of one step in the share of answered requests.
    #[inline(always)]
    fn weight(dt_s: L) -> L {
        // 1 - e^-x to the second power of x; one step for all lanes.
        let dt_s = dt_s.lane(0);
        L::splat(Lane::min(dt_s / (dt_s * 0.5 + SUCCESS_MEMORY_S), 1.0))
    }

    /// The server was gone for a `share` of the step: so much of its answers nobody got.
    pub(crate) fn unanswer(&mut self, share: L, dt_s: L) {
        let lost = self.last.success(L::zero()) * share * Self::weight(dt_s);
        self.success = (self.success - lost).max(L::zero());
    }
}
