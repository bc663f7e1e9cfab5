//! Age-structured populations with due times: every timer of Kubernetes is one of these.
//!
//! A [`Cohort`] is a small header; its slots are borrowed from the caller, so state stays small and long
//! timers do not overflow a stack. Slot `k` holds what is due `k` steps from now. The cost of a step does
//! not depend on the length of the timer.
//!
//! What is pushed with a due time between two steps is split over both so that the mean is exact. The
//! earliest due time is the next step. Due times beyond the ring are held at its last slot; size the ring
//! with [`slots_for`] and this does not happen.

use crate::lane::Lane;

/// Numbers a slot takes in the ring: what falls due, the change of the even outflow, and the slot's era.
///
/// A slot counts only if its era is the cohort's: clearing a cohort is a new era, in constant time.
pub const SLOT: usize = 3;

/// Length of the ring for due times up to `longest_s` at a step of `dt_s` seconds. Rings start as zeros.
///
/// ```
/// use slackwater_core::cohort::{slots_for, SLOT};
/// assert_eq!(slots_for(15.0, 1.0), 19 * SLOT);
/// ```
pub fn slots_for(longest_s: f64, dt_s: f64) -> usize {
    ((longest_s / dt_s) as usize + 4) * SLOT
}

/// A population whose members leave at known times. See the [module](self) for the rules.
///
/// ```
/// use slackwater_core::cohort::{Cohort, SLOT};
/// let mut slots = [0.0; 8 * SLOT];
/// let mut waiting = Cohort::new();
/// waiting.push(&mut slots, 10.0, 2.5); // 2.5 steps from now: half leaves after 2, half after 3
/// assert_eq!(waiting.expire(&mut slots), 0.0);
/// assert_eq!(waiting.expire(&mut slots), 5.0);
/// assert_eq!(waiting.expire(&mut slots), 5.0);
/// assert_eq!(waiting.total(), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cohort<L> {
    /// Slot that expires next; common to all lanes because time is.
    head: u32,
    total: L,
    /// Stored amounts are to be multiplied by this: thinning costs one multiplication.
    scale: L,
    /// Uniform outflow a step, in stored units.
    rate: L,
    era: L,
    /// Steps from the head before which every slot is known to be empty, for [`Cohort::take`].
    first: L,
}

/// Below this common factor the slots are rewritten, long before anything underflows.
const SMALLEST_SCALE: f64 = 1e-60;

impl<L: Lane> Cohort<L> {
    /// An empty population.
    pub fn new() -> Self {
        Self { head: 0, total: L::zero(), scale: L::one(), rate: L::zero(), era: L::zero(), first: L::zero() }
    }

    /// Furthest due time the ring can hold, in steps.
    #[inline(always)]
    fn last(slots: &[L]) -> L {
        L::splat((slots.len() / SLOT).saturating_sub(2) as f64)
    }

    /// Members at present.
    #[inline(always)]
    pub fn total(&self) -> L {
        self.total
    }

    /// Memory index of the slot `steps` from the head.
    #[inline(always)]
    fn place(&self, slots: &[L], steps: L) -> L {
        let length = L::splat((slots.len() / SLOT) as f64);
        let place = steps + L::splat(f64::from(self.head));
        L::pick(place.ge(length), place - length, place) * L::splat(SLOT as f64)
    }

    #[inline(always)]
    fn add(&self, slots: &mut [L], steps: L, amount: L, slope: L) {
        let at = self.place(slots, steps);
        let (next, stamp) = (at + L::one(), at + L::splat(2.0));
        let era = L::gather(slots, stamp);
        let current = era.ge(self.era);
        // A slot of an older era still holds what was cleared: take that out with the same write.
        let stale_amount = L::pick(current, L::zero(), L::gather(slots, at));
        let stale_slope = L::pick(current, L::zero(), L::gather(slots, next));
        L::scatter_add(slots, at, amount - stale_amount);
        L::scatter_add(slots, next, slope - stale_slope);
        L::scatter_add(slots, stamp, self.era - era);
    }

    /// Adds `amount` members that leave `due_steps` steps from now (at least one).
    #[inline(always)]
    pub fn push(&mut self, slots: &mut [L], amount: L, due_steps: L) {
        let last = Self::last(slots);
        // The head slot has already gone out in this step, so "next step" is offset 0 of the coming expiry.
        let due = due_steps.within(L::one(), last) - L::one();
        let whole = due.floor();
        let part = due - whole;
        let stored = amount / self.scale;
        self.add(slots, whole, stored * (L::one() - part), L::zero());
        self.add(slots, whole + L::one(), stored * part, L::zero());
        self.first = self.first.min(whole);
        self.total += amount;
    }

    /// Adds `amount` members whose due times are spread evenly over `[from_steps, to_steps]` from now.
    ///
    /// The spread is a rate that starts at one end and ends at the other: two writes, however wide it is.
    #[inline(always)]
    pub fn push_even(&mut self, slots: &mut [L], amount: L, from_steps: L, to_steps: L) {
        let last = Self::last(slots);
        let from = from_steps.within(L::one(), last) - L::one();
        // A spread narrower than a step is one step wide.
        let to = (to_steps - L::one()).within(from + L::one(), last.max(from + L::one()));
        let rate = amount / self.scale / (to - from);
        self.slope(slots, from, rate);
        self.slope(slots, to, -rate);
        self.first = self.first.min(from.floor());
        self.total += amount;
    }

    #[inline(always)]
    fn slope(&mut self, slots: &mut [L], at: L, rate: L) {
        let whole = at.floor();
        let part = at - whole;
        self.add(slots, whole, L::zero(), rate * (L::one() - part));
        self.add(slots, whole + L::one(), L::zero(), rate * part);
    }

    /// Those who will be due in the coming step; nothing moves.
    #[inline(always)]
    pub fn due(&self, slots: &[L]) -> L {
        let at = self.head as usize * SLOT;
        let Some([amount, slope, era]) = slots.get(at..at + SLOT) else { return L::zero() };
        let current = (*era).ge(self.era);
        let rate = self.rate + L::pick(current, *slope, L::zero());
        ((L::pick(current, *amount, L::zero()) + rate) * self.scale).within(L::zero(), self.total)
    }

    /// Moves time on by one step and returns those who are due.
    #[inline(always)]
    pub fn expire(&mut self, slots: &mut [L]) -> L {
        let at = self.head as usize * SLOT;
        let Some([amount, slope, era]) = slots.get_mut(at..at + SLOT) else { return L::zero() };
        let current = (*era).ge(self.era);
        self.rate += L::pick(current, *slope, L::zero());
        let due = (L::pick(current, *amount, L::zero()) + self.rate) * self.scale;
        // Rounding must not leave a population of minus nothing, nor let more leave than there are.
        let due = due.within(L::zero(), self.total);
        (*amount, *slope, *era) = (L::zero(), L::zero(), self.era);
        self.head += 1;
        if self.head as usize >= slots.len() / SLOT {
            self.head = 0;
        }
        self.first = (self.first - L::one()).max(L::zero());
        self.total -= due;
        due
    }

    /// Keeps the share `factor` of everybody; returns those who leave. 0 clears in constant time.
    #[inline(always)]
    pub fn thin(&mut self, slots: &mut [L], factor: L) -> L {
        let none = L::zero().ge(factor);
        let kept = self.total * factor;
        let gone = self.total - L::pick(none, L::zero(), kept);
        self.scale = L::pick(none, L::one(), self.scale * factor);
        self.rate = L::pick(none, L::zero(), self.rate);
        self.era = self.era + L::pick(none, L::one(), L::zero());
        self.total = L::pick(none, L::zero(), kept);
        let small = L::splat(SMALLEST_SCALE).gt(self.scale);
        if L::any(small) {
            let by = L::pick(small, self.scale, L::one());
            for slot in slots.chunks_exact_mut(SLOT) {
                if let [amount, slope, _] = slot {
                    (*amount, *slope) = (*amount * by, *slope * by);
                }
            }
            self.rate = self.rate * by;
            self.scale = L::pick(small, L::one(), self.scale);
        }
        gone
    }

    /// Takes up to `amount` from those due soonest (first in, first out where the timer is fixed).
    ///
    /// Returns what was taken and its mean residual life in steps. Amortised constant: every slot is
    /// emptied once. Only for cohorts filled by [`Cohort::push`]; a spread outflow is not taken from.
    #[inline(always)]
    pub fn take(&mut self, slots: &mut [L], amount: L) -> (L, L) {
        let length = L::splat((slots.len() / SLOT) as f64);
        let wanted = amount.within(L::zero(), self.total) / self.scale;
        let (mut left, mut weighted) = (wanted, L::zero());
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
            weighted += got * (self.first + L::one());
            left -= got;
            self.first += L::pick(more * left.gt(tiny), L::one(), L::zero());
        }
        let taken = (wanted - left) * self.scale;
        self.total = (self.total - taken).max(L::zero());
        (taken, (weighted * self.scale).over(taken, L::zero()))
    }
}

impl<L: Lane> Default for Cohort<L> {
    fn default() -> Self {
        Self::new()
    }
}
