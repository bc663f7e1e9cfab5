//! Leases: nodes renew theirs or count as gone, controllers renew theirs or stop leading.
//!
//! Whoever holds a lease tries to renew it on a tick. Holders are kept by the tries they missed in a row, each group a
//! cohort until its next tick, so that all who were cut off together lapse at their own moment and not by a rate.

use crate::cohort::{Cohort, slots_for};
use crate::lane::{Lane, across};

/// Most tries in a row that a term can let pass.
///
/// ```
/// use slackwater_core::server::lease::{MOST_MISSES, Term};
/// assert_eq!(Term { class: 0, period_s: 1.0, grace_s: 1e6 }.misses(1.0), MOST_MISSES);
/// ```
pub const MOST_MISSES: usize = 16;

/// A lease: how often it is renewed, and how long it may go without.
///
/// ```
/// use slackwater_core::server::lease::Term;
/// // A node renews every 10 s and counts as gone after 50 s.
/// assert_eq!(Term { class: 0, period_s: 10.0, grace_s: 50.0 }.misses(1.0), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Term {
    /// Class of the requests that renew it, one client a holder and node.
    pub class: usize,
    /// Seconds between two tries.
    pub period_s: f64,
    /// Seconds after the last renewal at which the lease has lapsed.
    pub grace_s: f64,
}

impl Term {
    /// Seconds between two tries as the step can tell them apart.
    fn between_s(&self, dt_s: f64) -> f64 {
        self.period_s.max(dt_s)
    }

    /// Tries in a row that fail before a lease lapses, 1 to [`MOST_MISSES`].
    ///
    /// ```
    /// use slackwater_core::server::lease::Term;
    /// let node = Term { class: 0, period_s: 10.0, grace_s: 45.0 };
    /// assert_eq!((node.misses(1.0), node.misses(30.0)), (4, 1));
    /// ```
    pub fn misses(&self, dt_s: f64) -> usize {
        ((self.grace_s / self.between_s(dt_s)) as usize).clamp(1, MOST_MISSES)
    }

    /// Numbers that the holders of such leases need in the borrowed storage.
    ///
    /// ```
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::server::lease::Term;
    /// let node = Term { class: 0, period_s: 10.0, grace_s: 50.0 };
    /// // Those who missed 0 to 5 tries, and those about to lapse.
    /// assert_eq!(node.slots(1.0), 7 * slots_for(10.0, 1.0));
    /// ```
    pub fn slots(&self, dt_s: f64) -> usize {
        (self.misses(dt_s) + 2) * slots_for(self.between_s(dt_s), dt_s)
    }
}

/// Holders of leases.
///
/// ```
/// use slackwater_core::server::lease::Holders;
/// assert_eq!(Holders::<f64>::none().total(), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Holders<L> {
    /// By tries missed in a row, until the next one. The last group goes on trying after its leases have lapsed.
    groups: [Cohort<L>; MOST_MISSES + 1],
    /// Those who missed all tries, until the lease lapses between two of them.
    soon: Cohort<L>,
    /// Those whose lease has lapsed.
    pub lapsed: L,
}

impl<L: Lane> Holders<L> {
    /// Nobody holds a lease.
    ///
    /// ```
    /// use slackwater_core::server::lease::Holders;
    /// assert_eq!(Holders::<f64>::none().lapsed, 0.0);
    /// ```
    pub fn none() -> Self {
        Self { groups: [Cohort::new(); MOST_MISSES + 1], soon: Cohort::new(), lapsed: L::zero() }
    }

    /// Holders in all, lapsed ones included.
    ///
    /// ```
    /// use slackwater_core::server::lease::{Holders, Term};
    /// let term = Term { class: 0, period_s: 10.0, grace_s: 50.0 };
    /// let mut slots = vec![0.0; term.slots(1.0)];
    /// let mut nodes = Holders::none();
    /// nodes.resize(&term, &mut slots, 1.0, 300.0);
    /// assert!((nodes.total() - 300.0).abs() < 1e-9);
    /// ```
    pub fn total(&self) -> L {
        self.groups.iter().fold(L::zero(), |sum, group| sum + group.total())
    }

    /// Makes them `count`: who comes has just renewed, at a moment of its own; who goes leaves evenly.
    ///
    /// ```
    /// use slackwater_core::server::lease::{Holders, Term};
    /// let term = Term { class: 0, period_s: 10.0, grace_s: 50.0 };
    /// let mut slots = vec![0.0; term.slots(1.0)];
    /// let mut nodes = Holders::none();
    /// nodes.resize(&term, &mut slots, 1.0, 300.0);
    /// nodes.resize(&term, &mut slots, 1.0, 120.0); // scaled down
    /// assert!((nodes.total() - 120.0).abs() < 1e-9);
    /// ```
    pub fn resize(&mut self, term: &Term, slots: &mut [L], dt_s: f64, count: L) {
        let (zero, one) = (L::zero(), L::one());
        let total = self.total();
        let keep = count.over(total, one).min(one);
        let length = slots_for(term.between_s(dt_s), dt_s);
        if L::any(one.gt(keep)) {
            let soon = core::iter::once(&mut self.soon);
            for (group, ring) in
                self.groups.iter_mut().take(term.misses(dt_s) + 1).chain(soon).zip(slots.chunks_mut(length))
            {
                group.thin(ring, keep);
            }
            self.lapsed = self.lapsed * keep;
        }
        let period = L::splat(term.between_s(dt_s) / dt_s);
        if let (Some(group), Some(ring)) = (self.groups.first_mut(), slots.get_mut(..length)) {
            group.push_even(ring, (count - total).max(zero), one, period + one);
        }
    }

    /// One step, in which `renewed` of them renew: first those whose tick it is, then those who are overdue for
    /// longest. Returns those who missed their last try; where they `leave` they are no holders any more, else they
    /// go on trying, and lapse when the grace is over.
    ///
    /// ```
    /// use slackwater_core::server::lease::{Holders, Term};
    /// let term = Term { class: 0, period_s: 10.0, grace_s: 50.0 };
    /// let mut slots = vec![0.0; term.slots(1.0)];
    /// let mut nodes = Holders::none();
    /// nodes.resize(&term, &mut slots, 1.0, 300.0);
    /// // Cut off at once, they lapse 40 to 50 s later: that is how old their leases were.
    /// let lapsed: Vec<f64> = (0..50).map(|_| { nodes.tick(&term, &mut slots, 1.0, 0.0, false); nodes.lapsed }).collect();
    /// assert!(lapsed[39] == 0.0 && (lapsed[44] - 150.0).abs() < 1e-9 && (lapsed[49] - 300.0).abs() < 1e-9);
    /// ```
    pub fn tick(&mut self, term: &Term, slots: &mut [L], dt_s: f64, renewed: L, leave: bool) -> L {
        let (zero, one) = (L::zero(), L::one());
        let (last, between_s) = (term.misses(dt_s), term.between_s(dt_s));
        let length = slots_for(between_s, dt_s);
        let period = L::splat(between_s / dt_s);
        let mut due = [zero; MOST_MISSES + 1];
        let mut ticking = zero;
        let mut rings = slots.chunks_mut(length);
        for ((group, due), ring) in self.groups.iter_mut().zip(&mut due).take(last + 1).zip(&mut rings) {
            if L::any(group.total().gt(zero)) {
                *due = group.expire(ring);
                ticking += *due;
            }
        }
        if let Some(ring) = rings.next().filter(|_| L::any(self.soon.total().gt(zero))) {
            self.lapsed += self.soon.expire(ring);
        }
        let share = renewed.over(ticking, zero).min(one);
        let rest_s = (term.grace_s - last as f64 * between_s).clamp(0.0, between_s);
        let mut out = zero;
        for (missed, due) in due.into_iter().enumerate().take(last + 1) {
            if !L::any(due.gt(zero)) {
                continue;
            }
            let fails = due * (one - share);
            if missed == last {
                self.lapsed = (self.lapsed - due * share).max(zero);
            }
            if missed + 1 == last {
                out += fails;
                if leave {
                    continue;
                }
                if rest_s > 0.0 {
                    let ring = slots.get_mut((last + 1) * length..).unwrap_or_default();
                    self.soon.push(ring, fails, L::splat(rest_s / dt_s));
                } else {
                    self.lapsed += fails;
                }
            }
            let next = (missed + 1).min(last);
            let ring = slots.get_mut(next * length..(next + 1) * length).unwrap_or_default();
            if let Some(group) = self.groups.get_mut(next) {
                group.push(ring, fails, period);
            }
        }
        let late = self.catch_up(slots, length, last, (renewed - ticking).max(zero));
        self.gain(term, slots, dt_s, ticking * share + late);
        out
    }

    /// Renews up to `amount` of those who missed a try: after an outage requests come at other moments than before it.
    fn catch_up(&mut self, slots: &mut [L], length: usize, last: usize, amount: L) -> L {
        let zero = L::zero();
        let mut left = amount;
        let groups = self.groups.iter_mut().zip(slots.chunks_mut(length)).enumerate().take(last + 1).skip(1);
        for (missed, (group, ring)) in groups.rev() {
            if !L::any(left * group.total()) {
                continue;
            }
            let (taken, _) = group.take(ring, left);
            left = (left - taken).max(zero);
            if missed == last {
                self.lapsed = (self.lapsed - taken).max(zero);
            }
        }
        amount - left
    }

    /// `amount` have renewed, or got, their lease just now.
    ///
    /// ```
    /// use slackwater_core::server::lease::{Holders, Term};
    /// let term = Term { class: 0, period_s: 2.0, grace_s: 10.0 };
    /// let mut slots = vec![0.0; term.slots(1.0)];
    /// let mut leaders = Holders::none();
    /// leaders.gain(&term, &mut slots, 1.0, 1.0);
    /// assert_eq!(leaders.total(), 1.0);
    /// ```
    pub fn gain(&mut self, term: &Term, slots: &mut [L], dt_s: f64, amount: L) {
        let between_s = term.between_s(dt_s);
        let ring = slots.get_mut(..slots_for(between_s, dt_s)).unwrap_or_default();
        if let Some(group) = self.groups.first_mut() {
            group.push(ring, amount, L::splat(between_s / dt_s));
        }
    }
}

across!(Holders { groups, soon, lapsed });
