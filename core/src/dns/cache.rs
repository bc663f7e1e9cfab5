//! Cache entries of one group of names in one tier, as shares of all its entries.
//!
//! An entry lives for its TTL, is perhaps handed out stale for a while, and is then gone until the first
//! lookup brings a fresh one. In steady state the upstream rate is l / (1 + l T); ages follow from the real
//! history, so entries that were filled together expire together, again and again.

use super::failures::{Failing, Failures};
use super::{Group, Tier};
use crate::cohort::Cohort;
use crate::lane::{Lane, across, seldom};

/// Rings of one group in one tier, lent by the caller; each as long as the longest time in it
/// ([`slots_for`](crate::cohort::slots_for)), or empty where nothing is kept.
///
/// ```
/// use slackwater_core::dns::cache::Slots;
/// let slots = Slots::<f64> { valid: &mut [], stale: &mut [], recent: &mut [], old: &mut [] };
/// assert!(slots.valid.is_empty());
/// ```
#[derive(Debug)]
pub struct Slots<'a, L> {
    /// Of [`Entries::valid`].
    pub valid: &'a mut [L],
    /// Of [`Entries::stale`].
    pub stale: &'a mut [L],
    /// Of [`Failures::recent`].
    pub recent: &'a mut [L],
    /// Of [`Failures::old`].
    pub old: &'a mut [L],
}

/// Entries of one group in one tier. Valid, stale and gone add up to one.
///
/// ```
/// use slackwater_core::cohort::SLOT;
/// use slackwater_core::dns::cache::Entries;
/// use slackwater_core::dns::{Group, Tier};
/// let group = Group::new(1.0, 1.0, 1.0, 1.0);
/// let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: 1.0, caches_per_node: 0.0 };
/// let mut valid = [0.0; 40 * SLOT];
/// let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
/// assert!((entries.valid.total() + entries.stale.total() + entries.gone - 1.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Entries<L> {
    /// Entries within their TTL.
    pub valid: Cohort<L>,
    /// Entries past it that are still handed out.
    pub stale: Cohort<L>,
    /// Everything else.
    pub gone: L,
    /// Those of them whose failure is handed out, where expired entries are.
    pub failures: Failures<L>,
    /// Chance that a query from here upstream is answered.
    pub upstream: L,
    /// Share of lookups in the last step that got no answer.
    pub failed: L,
    /// Share of such answers that come out of a cache there, with part of their TTL left.
    pub aged: L,
}

/// What one step of one group in one tier did, per entry.
///
/// ```
/// # use slackwater_core::cohort::SLOT;
/// # use slackwater_core::dns::cache::{Entries, Slots};
/// # use slackwater_core::dns::failures::Failing;
/// # use slackwater_core::dns::{Group, Tier};
/// # let group = Group::new(1.0, 1.0, 1.0, 1.0);
/// # let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: 1.0, caches_per_node: 0.0 };
/// # let mut valid = [0.0; 40 * SLOT];
/// # let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
/// let slots = Slots { valid: &mut valid, stale: &mut [], recent: &mut [], old: &mut [] };
/// let flow = entries.step(slots, &tier, Failing::unheard(), 1.0, group.touched, group.untouched_rest, 0.0);
/// assert!(flow.cached > 0.9 && flow.failed == 0.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Flow<L> {
    /// Queries sent upstream.
    pub asked: L,
    /// Share of lookups that got no answer.
    pub failed: L,
    /// Share of answers that came out of this cache.
    pub cached: L,
}

impl<L: Lane> Entries<L> {
    /// Entries in steady state with even ages, or none at all (`cold` = 1).
    ///
    /// # Formula
    /// valid share = l T / (1 + l T), T the TTL and l the lookups per second: an entry lives T, then waits 1/l for
    /// the next lookup.
    ///
    /// ```
    /// use slackwater_core::cohort::SLOT;
    /// use slackwater_core::dns::cache::Entries;
    /// use slackwater_core::dns::{Group, Tier};
    /// let group = Group::new(1.0, 1.0, 1.0, 1.0);
    /// let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: 1.0, caches_per_node: 0.0 };
    /// let mut valid = [0.0; 40 * SLOT];
    /// let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
    /// assert!((entries.valid.total() - 30.0 / 31.0).abs() < 1e-12);
    /// ```
    pub fn new(valid_slots: &mut [L], group: &Group<L>, tier: &Tier<L>, dt_s: L, cold: L) -> Self {
        let mut valid = Cohort::new();
        let expected = group.lookups_per_s * dt_s * tier.ttl_steps;
        let warm = expected / (L::one() + expected) * (L::one() - cold);
        valid.push_even(valid_slots, warm, L::one(), tier.ttl_steps + L::one());
        Self {
            valid,
            stale: Cohort::new(),
            gone: L::one() - warm,
            failures: Failures::none(),
            upstream: L::one(),
            failed: L::zero(),
            aged: L::zero(),
        }
    }

    /// Everything is gone at once: a cache that reads another configuration is another cache (CoreDNS plugin/reload makes
    /// its plugins anew; measured).
    ///
    /// ```
    /// use slackwater_core::cohort::SLOT;
    /// use slackwater_core::dns::cache::{Entries, Slots};
    /// use slackwater_core::dns::{Group, Tier};
    /// let group = Group::new(1.0, 1.0, 1.0, 1.0);
    /// let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: 1.0, caches_per_node: 0.0 };
    /// let mut valid = [0.0; 40 * SLOT];
    /// let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
    /// entries.empty(Slots { valid: &mut valid, stale: &mut [], recent: &mut [], old: &mut [] });
    /// assert_eq!((entries.valid.total(), entries.gone), (0.0, 1.0));
    /// ```
    pub fn empty(&mut self, slots: Slots<'_, L>) {
        let (none, Slots { valid, stale, recent, old }) = (L::zero(), slots);
        self.valid.thin(valid, none);
        self.stale.thin(stale, none);
        self.failures.recent.thin(recent, none);
        self.failures.old.thin(old, none);
        self.gone = L::one();
    }

    /// One step. `lookups` is the expected number of lookups per entry in the step, `touched` the chance of
    /// at least one, `untouched_rest` the chance of none after expiring within the step; `aged_steps` is the
    /// TTL of the cache upstream.
    ///
    /// # Formula
    /// With x lookups in the time a failure is remembered, and a chance q that a lookup which asks is told one, 1 of
    /// 1 + q x asks upstream (tests/dns_failures.rs).
    ///
    /// ```
    /// # use slackwater_core::cohort::SLOT;
    /// # use slackwater_core::dns::cache::{Entries, Slots};
    /// # use slackwater_core::dns::failures::Failing;
    /// # use slackwater_core::dns::{Group, Tier};
    /// # let group = Group::new(1.0, 1.0, 1.0, 1.0);
    /// # let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: 1.0, caches_per_node: 0.0 };
    /// # let mut valid = [0.0; 40 * SLOT];
    /// # let mut entries = Entries::new(&mut valid, &group, &tier, 1.0, 0.0);
    /// entries.upstream = 0.0; // the source is gone
    /// for _ in 0..30 {
    ///     assert!(entries.valid.total() > 0.0);
    ///     let slots = Slots { valid: &mut valid, stale: &mut [], recent: &mut [], old: &mut [] };
    ///     entries.step(slots, &tier, Failing::unheard(), 1.0, group.touched, group.untouched_rest, 0.0);
    /// }
    /// assert!(entries.valid.total() < 1e-12); // 30 s later nothing is left
    /// ```
    #[inline(always)]
    pub fn step(
        &mut self,
        mut slots: Slots<'_, L>,
        tier: &Tier<L>,
        failing: Failing<L>,
        lookups: L,
        touched: L,
        untouched_rest: L,
        aged_steps: L,
    ) -> Flow<L> {
        let one = L::one();
        let before = self.gone;
        let expired = self.valid.expire(slots.valid);
        let mut past = None;
        if L::any(tier.stale_steps.gt(L::zero())) {
            past = Some(self.past(&mut slots, tier, failing, lookups, touched, untouched_rest, expired));
        }
        let leaving = past.as_ref().map_or(expired, |past| past.leaving);

        let upstream = self.upstream;
        // A remembered failure answers for a while without a new question.
        let remembered = lookups * tier.negative_steps * (one - upstream) * failing.servfail;
        let mut asks = one;
        if !remembered.is_nothing() {
            asks = one / (one + remembered);
        }
        let mut from_stale = L::zero();
        let mut from_gone = before * (touched * upstream * asks);
        from_gone += leaving * (one - untouched_rest) * upstream * asks;
        if let Some(past) = &past {
            from_stale = past.from_stale;
            from_gone = L::pick(past.keeps_failures, past.from_gone, from_gone);
        }
        self.gone = (before + leaving - from_gone).max(L::zero());

        let fresh = from_stale + from_gone;
        let aged = fresh * self.aged;
        self.valid.push(slots.valid, fresh - aged, tier.ttl_steps);
        if L::any(aged) {
            seldom();
            // What comes out of a cache upstream has any part of its life left, and is capped by the TTL here.
            let shorter = tier.ttl_steps.min(aged_steps);
            let capped = (one - shorter.over(aged_steps, one)) * aged;
            self.valid.push(slots.valid, capped, shorter);
            self.valid.push_even(slots.valid, aged - capped, L::zero(), shorter);
        }

        let absent = (before + self.gone) * L::splat(0.5);
        // An entry that lives less than a step is fetched several times in it: the steady law holds within.
        let brief = one.gt(tier.ttl_steps);
        let (mut absent, mut fetched) = (absent, fresh);
        let mut cached = (self.valid.total() + self.stale.total()).min(one);
        if L::any(brief) {
            seldom();
            let kept = lookups * tier.ttl_steps * upstream;
            let kept = kept / (one + kept);
            absent = L::pick(brief, one - kept, absent);
            fetched = L::pick(brief, lookups * (one - kept) * upstream, fetched);
            cached = L::pick(brief, kept, cached);
        }
        let mut repeated = absent * lookups * asks * (one - upstream);
        self.failed = absent * (one - upstream);
        if let Some(past) = past {
            let keeps = past.keeps_failures;
            let clean = (absent - past.recent - past.old).max(L::zero());
            let fails = clean * (one - upstream) + past.recent + past.old * (one - failing.again * upstream);
            self.failed = L::pick(keeps, fails, self.failed);
            let untold = clean * lookups * (one - failing.servfail) * (one - upstream);
            repeated = L::pick(keeps, past.failing + untold, repeated);
            repeated += (past.stale + past.old) * lookups * past.asks * (one - upstream);
        }
        Flow { asked: fetched + repeated, failed: self.failed, cached }
    }
}

across!(Entries { valid, stale, gone, failures, upstream, failed, aged });
