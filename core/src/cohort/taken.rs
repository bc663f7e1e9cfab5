//! Out of turn: who is taken before they are due.

use super::{Cohort, SLOT};
use crate::lane::Lane;

impl<L: Lane> Cohort<L> {
    /// Takes up to `amount` from those due soonest (first in, first out where the timer is fixed).
    ///
    /// Returns what was taken and its mean residual life in steps. Amounts below 1e-14 of everybody are not
    /// taken. With a fixed timer every slot is emptied once, so the work is constant on average; a push that is
    /// due earlier than the ones before makes the next call pass the empty slots between them again. Only for
    /// cohorts filled by [`Cohort::push`]; a spread outflow is not taken from.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut queue = Cohort::new();
    /// queue.push(&mut slots, 3.0, 4.0);
    /// queue.expire(&mut slots);
    /// queue.push(&mut slots, 3.0, 4.0);
    /// // Three that have three steps left, and one that has four.
    /// assert_eq!(queue.take(&mut slots, 4.0), (4.0, 3.25));
    /// assert_eq!(queue.total(), 2.0);
    /// ```
    #[inline(always)]
    pub fn take(&mut self, slots: &mut [L], amount: L) -> (L, L) {
        let length = L::splat((slots.len() / SLOT) as f64);
        let asked = amount.within(L::zero(), self.total);
        let (mut left, mut found, mut weighted) = (asked / self.scale, L::zero(), L::zero());
        let tiny = self.total / self.scale * L::splat(1e-14);
        loop {
            let more = left.gt(tiny) * (length - L::one()).gt(self.first);
            if !L::any(more) {
                break;
            }
            let at = self.place(slots, self.first);
            let current = L::gather(slots, at + L::splat(2.0)).ge(self.era);
            let here = L::pick(current, L::gather(slots, at), L::zero());
            let got = here.min(left) * more;
            L::scatter_add(slots, at, -got);
            found += got;
            weighted += got * (self.first + L::one());
            left -= got;
            self.first += L::pick(more * got.ge(here), L::one(), L::zero());
        }
        // Who takes everybody leaves nobody: what is then still missing is rounding.
        let everybody = asked.ge(self.total) * tiny.ge(left);
        let taken = L::pick(everybody, asked, (found * self.scale).min(asked));
        self.total = (self.total - taken).max(L::zero());
        (taken, weighted.over(found, L::zero()))
    }

    /// Passes the empty slots before the first that holds anybody, so that [`Cohort::soonest`] is exact. Each is passed
    /// once, unless somebody is pushed who is due earlier.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut waiting = Cohort::new();
    /// waiting.push(&mut slots, 3.0, 2.0);
    /// waiting.push(&mut slots, 3.0, 5.0);
    /// waiting.take(&mut slots, 3.0);
    /// waiting.pass(&slots);
    /// assert_eq!(waiting.soonest(), 4.0); // due with the fifth
    /// ```
    #[inline(always)]
    pub fn pass(&mut self, slots: &[L]) {
        let last = L::splat((slots.len() / SLOT) as f64) - L::one();
        let mut open = self.total.gt(L::zero());
        loop {
            let at = self.place(slots, self.first);
            let current = L::gather(slots, at + L::splat(2.0)).ge(self.era);
            let here = L::pick(current, L::gather(slots, at), L::zero());
            open = open * L::zero().ge(here) * last.gt(self.first);
            if !L::any(open) {
                break;
            }
            self.first += open;
        }
    }
}
