//! Caches that hand out what is past its time, answers and failures, and ask behind it (CoreDNS plugin/cache, `serve_stale`
//! in the mode `immediate`).

use super::Tier;
use super::cache::{Entries, Slots};
use super::failures::Failing;
use crate::lane::Lane;

/// One step of what is past its time, per entry; shares are means over the step.
pub(super) struct Past<L> {
    /// 1 where failures are handed out too.
    pub(super) keeps_failures: L,
    /// Entries that are handed out no more.
    pub(super) leaving: L,
    /// Expired entries that were renewed.
    pub(super) from_stale: L,
    /// Entries that were gone and were renewed.
    pub(super) from_gone: L,
    /// Entries that were gone and whose cache was told a failure.
    pub(super) failing: L,
    pub(super) stale: L,
    /// Failures that are remembered, and older ones.
    pub(super) recent: L,
    pub(super) old: L,
    /// Share of lookups behind which somebody asks: the refresh before may be on its way.
    pub(super) asks: L,
}

impl<L: Lane> Entries<L> {
    /// `expired` entries have just come to the end of their TTL.
    #[cold]
    #[inline(never)]
    pub(super) fn past(
        &mut self,
        slots: &mut Slots<'_, L>,
        tier: &Tier<L>,
        failing: Failing<L>,
        lookups: L,
        touched: L,
        untouched_rest: L,
        expired: L,
    ) -> Past<L> {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let keeps_stale = tier.stale_steps.gt(zero);
        let keeps_failures = keeps_stale * tier.negative_steps.gt(zero);
        let leaving = L::pick(keeps_stale, self.stale.expire_where(slots.stale, keeps_stale), expired);
        let asks = one / (one + lookups * failing.refresh_steps * (one - self.upstream));
        let renewed = touched * self.upstream * asks;
        // Those that expire in this step, or find nothing, are looked up in the rest of it.
        let rest = one - untouched_rest;
        let at_once = expired * rest * self.upstream * asks * keeps_stale;
        let then = self.stale.total() + leaving * keeps_stale;
        let from_stale = self.stale.thin(slots.stale, L::pick(keeps_stale, one - renewed, one)) + at_once;
        self.stale.push(slots.stale, expired * keeps_stale - at_once, tier.stale_steps);
        let stale = (then + self.stale.total()) * half;

        let failures = &mut self.failures;
        let (recent, old) = (failures.recent.total(), failures.old.total());
        failures.age(slots.recent, slots.old, tier, keeps_failures);
        let clean = (self.gone - failures.total()).max(zero);
        let asking = clean * touched + leaving * rest;
        let from_old = failures.old.thin(slots.old, L::pick(keeps_failures, one - renewed, one));
        let told = L::pick(keeps_failures, asking * (one - self.upstream) * failing.servfail, zero);
        failures.recent.push(slots.recent, told, tier.negative_steps);
        let recent = L::pick(keeps_failures, (recent + failures.recent.total()) * half, zero);
        let old = L::pick(keeps_failures, (old + failures.old.total()) * half, zero);
        let from_gone = from_old + asking * self.upstream;
        Past { keeps_failures, leaving, from_stale, from_gone, failing: told, stale, recent, old, asks }
    }
}
