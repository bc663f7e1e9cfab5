//! Age-structured populations with due times: every timer of Kubernetes is one of these.
//!
//! A [`Cohort`] is a small header; its slots are borrowed from the caller, so state stays small and long
//! timers do not overflow a stack. Slot `k` holds what is due `k` steps from now. The work of a step does
//! not depend on the length of the timer; only now and then is the ring read through as a whole, once in
//! [`RECOUNT`] steps and when thinning has used up the range of the common factor.
//!
//! What is pushed with a due time between two steps is split over both so that the mean is exact. The
//! earliest due time is the next step. Due times beyond the ring are held at its last slot; size the ring
//! with [`slots_for`] and this does not happen.

mod moved;
mod taken;

use crate::lane::{Lane, across, seldom};

/// Numbers a slot takes in the ring: what falls due, the change of the even outflow, and the slot's era.
///
/// A slot counts only if its era is the cohort's: clearing a cohort is a new era, in constant time.
pub const SLOT: usize = 3;

/// Steps between two recounts, which stop rounding from piling up in the even outflow and in the total.
pub const RECOUNT: u32 = 1024;

/// Length of the ring for due times up to `longest_s` at a step of `dt_s` seconds. Rings start as zeros.
///
/// ```
/// use slackwater_core::cohort::{slots_for, SLOT};
/// assert_eq!(slots_for(15.0, 1.0), 19 * SLOT);
/// ```
pub fn slots_for(longest_s: f64, dt_s: f64) -> usize {
    ((longest_s / dt_s) as usize).saturating_add(4).saturating_mul(SLOT)
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
    /// Slot that expires next. Each lane has its own: one that stands still does not move with its neighbours.
    head: L,
    total: L,
    /// Stored amounts are to be multiplied by this: thinning costs one multiplication.
    scale: L,
    /// Uniform outflow a step, in stored units.
    rate: L,
    era: L,
    /// Steps from the head before which every slot is known to be empty, for [`Cohort::take`].
    first: L,
    /// Steps since the last recount.
    counted: L,
}

/// Members of a slot, as offsets.
const AMOUNT: usize = 0;
const SLOPE: usize = 1;
const ERA: usize = 2;

/// Below this common factor the slots are rewritten, long before anything underflows.
const SMALLEST_SCALE: f64 = 1e-150;

/// Rate and total of a ring, its slots in the order of due times, so that its length has no say in the rounding.
#[inline(always)]
fn recounted<N: Lane>(slots: impl Iterator<Item = [N; SLOT]>, era: N, scale: N) -> (N, N) {
    let (mut amounts, mut slopes, mut spread, mut steps) = (N::zero(), N::zero(), N::zero(), N::zero());
    for [amount, slope, of] in slots {
        let current = of.ge(era);
        let slope = N::pick(current, slope, N::zero());
        amounts += N::pick(current, amount, N::zero());
        slopes += slope;
        spread += slope * steps;
        steps += N::one();
    }
    (-slopes, ((amounts - spread) * scale).max(N::zero()))
}

impl<L: Lane> Cohort<L> {
    /// An empty population.
    pub fn new() -> Self {
        let (zero, one) = (L::zero(), L::one());
        Self { head: zero, total: zero, scale: one, rate: zero, era: zero, first: zero, counted: zero }
    }

    /// A population of which only the number is known, for show.
    pub(crate) fn holding(total: L) -> Self {
        Self { total, ..Self::new() }
    }

    /// Furthest due time the ring can hold, in steps.
    #[inline(always)]
    fn last(slots: &[L]) -> L {
        L::splat((slots.len() / SLOT).saturating_sub(2).max(1) as f64)
    }

    /// Members at present.
    #[inline(always)]
    pub fn total(&self) -> L {
        self.total
    }

    /// Slot at which the ring of a lane begins: what leaves it next lies there.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let (mut timers, mut slots) = (Cohort::new(), [0.0; 8 * SLOT]);
    /// timers.expire(&mut slots);
    /// assert_eq!(timers.head(0), 1.0);
    /// ```
    pub fn head(&self, lane: usize) -> f64 {
        self.head.lane(lane)
    }

    /// Memory index of the slot `steps` from the head.
    #[inline(always)]
    fn place(&self, slots: &[L], steps: L) -> L {
        let length = L::splat((slots.len() / SLOT) as f64);
        let place = steps + self.head;
        L::pick(place.ge(length), place - length, place) * L::splat(SLOT as f64)
    }

    /// What was cleared goes first, by a write of its own: in one sum a large stale amount would round off a small new
    /// one.
    #[cold]
    #[inline(never)]
    fn renew(&self, slots: &mut [L], at: L, era: L, current: L) {
        let next = at + L::one();
        L::scatter_add(slots, at, -L::pick(current, L::zero(), L::gather(slots, at)));
        L::scatter_add(slots, next, -L::pick(current, L::zero(), L::gather(slots, next)));
        L::scatter_add(slots, at + L::splat(2.0), self.era - era);
    }

    /// Splits `x` over the slots around a due time: the `member` of each that holds amounts or slopes.
    #[inline(always)]
    fn split(&self, slots: &mut [L], due: L, x: L, member: usize) {
        let whole = due.floor();
        let part = due - whole;
        self.add(slots, whole, x * (L::one() - part), member);
        if L::any(part.gt(L::zero())) {
            self.add(slots, whole + L::one(), x * part, member);
        }
    }

    /// Adds `x` to a `member` of the slot `steps` from the head.
    #[inline(always)]
    fn add(&self, slots: &mut [L], steps: L, x: L, member: usize) {
        let at = self.place(slots, steps);
        if let Some(row) = L::row::<SLOT>(slots, at) {
            let current = row[ERA].ge(self.era);
            if L::any(L::one() - current) {
                for cell in row.iter_mut() {
                    *cell = L::pick(current, *cell, L::zero());
                }
                row[ERA] = L::pick(current, row[ERA], self.era);
            }
            row[member] += x;
            return;
        }
        let era = L::gather(slots, at + L::splat(ERA as f64));
        let current = era.ge(self.era);
        if L::any(L::one() - current) {
            self.renew(slots, at, era, current);
        }
        L::scatter_add(slots, at + L::splat(member as f64), x);
    }

    /// Adds `amount` members that leave `due_steps` steps from now (at least one).
    #[inline(always)]
    pub fn push(&mut self, slots: &mut [L], amount: L, due_steps: L) {
        let last = Self::last(slots);
        // The head slot has already gone out in this step, so "next step" is offset 0 of the coming expiry.
        let some = amount.gt(L::zero());
        if !L::any(some) {
            return;
        }
        let amount = L::pick(some, amount, L::zero());
        let due = L::pick(some, due_steps, L::one()).within(L::one(), last) - L::one();
        self.split(slots, due, amount.per(self.scale), AMOUNT);
        let alone = L::zero().ge(self.total);
        self.first = L::pick(some, L::pick(alone, due.floor(), self.first.min(due.floor())), self.first);
        self.total += amount;
    }

    /// Adds `amount` members whose due times are spread evenly over `[from_steps, to_steps]` from now.
    ///
    /// Those due in `[k, k + 1)` leave `k` steps from now: a spread over `[1, 11]` empties in ten equal steps.
    /// It is a rate that starts at one end and ends at the other: two writes, however wide it is.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut polls = Cohort::new();
    /// polls.push_even(&mut slots, 6.0, 1.0, 4.0);
    /// for _ in 0..3 {
    ///     assert_eq!(polls.expire(&mut slots), 2.0);
    /// }
    /// assert_eq!(polls.total(), 0.0);
    /// ```
    #[inline(always)]
    pub fn push_even(&mut self, slots: &mut [L], amount: L, from_steps: L, to_steps: L) {
        let last = Self::last(slots);
        let some = amount.gt(L::zero());
        if !L::any(some) {
            return;
        }
        let amount = L::pick(some, amount, L::zero());
        let from = L::pick(some, from_steps, L::one()).within(L::one(), last) - L::one();
        // A spread narrower than a step is one step wide.
        let to = (L::pick(some, to_steps, L::one()) - L::one()).within(from + L::one(), last.max(from + L::one()));
        let rate = amount.per(self.scale).per(to - from);
        self.split(slots, from, rate, SLOPE);
        self.split(slots, to, -rate, SLOPE);
        self.first = L::pick(some, self.first.min(from.floor()), self.first);
        self.total += amount;
    }

    /// Rate in the coming step, and those who then leave, if `slot` is the one at the head.
    #[inline(always)]
    fn leaving(&self, [amount, slope, era]: [L; SLOT]) -> (L, L) {
        let current = era.ge(self.era);
        let rate = self.rate + L::pick(current, slope, L::zero());
        let exact = L::pick(current, amount, L::zero()) * self.scale;
        // Rounding must not leave a population of minus nothing, nor let an even outflow go on without one.
        let even = (rate * self.scale).within(L::zero(), (self.total - exact).max(L::zero()));
        (rate, exact + even)
    }

    /// Those who will be due in the coming step; nothing moves.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut waiting = Cohort::new();
    /// waiting.push(&mut slots, 3.0, 1.0);
    /// assert_eq!(waiting.due(&slots), 3.0);
    /// assert_eq!(waiting.expire(&mut slots), 3.0);
    /// ```
    #[inline(always)]
    pub fn due(&self, slots: &[L]) -> L {
        self.leaving(self.at_head(slots)).1
    }

    /// Expiries that are known to let nobody out before the first that may: a lower bound.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut waiting = Cohort::new();
    /// waiting.push(&mut slots, 3.0, 4.0);
    /// waiting.take(&mut slots, 1.0);
    /// assert_eq!(waiting.soonest(), 3.0); // due with the fourth
    /// ```
    #[inline(always)]
    pub fn soonest(&self) -> L {
        self.first
    }

    /// The slot at the head.
    #[inline(always)]
    fn at_head(&self, slots: &[L]) -> [L; SLOT] {
        L::gather_row(slots, self.head * L::splat(SLOT as f64))
    }

    /// Moves time on by one step and returns those who are due.
    #[inline(always)]
    pub fn expire(&mut self, slots: &mut [L]) -> L {
        self.expire_where(slots, L::one())
    }

    /// Moves time on by one step in the lanes in which `moves` is not 0; in the others it stands still.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut waiting = Cohort::new();
    /// waiting.push(&mut slots, 3.0, 1.0);
    /// assert_eq!(waiting.expire_where(&mut slots, 0.0), 0.0);
    /// assert_eq!(waiting.expire_where(&mut slots, 1.0), 3.0);
    /// ```
    #[inline(always)]
    pub fn expire_where(&mut self, slots: &mut [L], moves: L) -> L {
        let (zero, one) = (L::zero(), L::one());
        if slots.len() < SLOT {
            // A cohort without a ring holds nobody.
            seldom();
            return zero;
        }
        let length = L::splat((slots.len() / SLOT) as f64);
        let at = self.head * L::splat(SLOT as f64);
        let (rate, due) = if let Some(row) = L::row(slots, at) {
            let old @ [amount, slope, era] = *row;
            *row = [L::pick(moves, zero, amount), L::pick(moves, zero, slope), L::pick(moves, self.era, era)];
            self.leaving(old)
        } else {
            let old = L::gather_row(slots, at);
            L::put_row(slots, at, [zero, zero, self.era], moves);
            self.leaving(old)
        };
        let due = L::pick(moves, due, zero);
        self.rate = L::pick(moves, rate, self.rate);
        let next = self.head + L::pick(moves, one, zero);
        self.head = L::pick(next.ge(length), zero, next);
        self.first = L::pick(moves, (self.first - one).max(zero), self.first);
        self.total = (self.total - due).max(zero);
        self.counted += L::pick(moves, one, zero);
        let full = self.counted.ge(L::splat(f64::from(RECOUNT)));
        if L::any(full) {
            seldom();
            self.counted = L::pick(full, zero, self.counted);
            self.recount(slots, full);
        }
        due
    }

    /// Sums rate and total afresh from the slots. Every spread that has started must end within the ring, so
    /// the rate now is minus the sum of the changes to come, and what it still lets out is minus their sum
    /// weighted with the steps until they come.
    #[cold]
    #[inline(never)]
    fn recount(&mut self, slots: &[L], which: L) {
        let slots_from = |head: f64| {
            let (late, soon) = slots.split_at_checked(head as usize * SLOT).unwrap_or_default();
            soon.chunks_exact(SLOT).chain(late.chunks_exact(SLOT))
        };
        let head = self.head.lane(0);
        if !L::any((self.head - L::splat(head)).abs() + (L::one() - which)) {
            // All at once: each lane has the sums it has alone, and the slopes a dual number carries.
            let all = slots_from(head).filter_map(|slot| slot.first_chunk().copied());
            (self.rate, self.total) = recounted(all, self.era, self.scale);
            return;
        }
        for lane in (0..L::LANES).filter(|&lane| which.lane(lane) != 0.0) {
            let own = slots_from(self.head.lane(lane)).filter_map(|slot| slot.first_chunk::<SLOT>());
            let own = own.map(|slot| slot.map(|number| number.lane(lane)));
            let (rate, total) = recounted(own, self.era.lane(lane), self.scale.lane(lane));
            self.rate.set_lane(lane, rate);
            self.total.set_lane(lane, total);
        }
    }

    /// Keeps the share `factor`, 0 to 1, of everybody; returns those who leave. 0 clears in constant time.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let mut slots = [0.0; 8 * SLOT];
    /// let mut running = Cohort::new();
    /// running.push(&mut slots, 8.0, 1.0);
    /// assert_eq!(running.thin(&mut slots, 0.25), 6.0);
    /// assert_eq!(running.expire(&mut slots), 2.0);
    /// ```
    #[inline(always)]
    pub fn thin(&mut self, slots: &mut [L], factor: L) -> L {
        let scale = self.scale * factor;
        // A factor too small for the format is 0.
        let none = L::zero().ge(scale);
        let kept = self.total * factor;
        let gone = self.total - L::pick(none, L::zero(), kept);
        self.scale = L::pick(none, L::one(), scale);
        self.rate = L::pick(none, L::zero(), self.rate);
        self.era += L::pick(none, L::one(), L::zero());
        self.total = L::pick(none, L::zero(), kept);
        let small = L::splat(SMALLEST_SCALE).gt(self.scale);
        if L::any(small) {
            seldom();
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
}

impl<L: Lane> Default for Cohort<L> {
    fn default() -> Self {
        Self::new()
    }
}

across!(Cohort { head, total, scale, rate, era, first, counted });
