//! Failures that a cache holds in place of an answer.

use super::Tier;
use crate::cohort::Cohort;
use crate::lane::{Lane, across};

/// How lookups fail beyond a cache; the same for every group of names.
///
/// ```
/// use slackwater_core::dns::failures::Failing;
/// assert_eq!(Failing::<f64>::unheard().servfail, 0.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Failing<L> {
    /// Share of failures that are answers (SERVFAIL). Only these are remembered: a cache that finds no server, or gets no
    /// answer, has nothing to keep (CoreDNS plugin/forward returns an error and no message; measured).
    pub servfail: L,
    /// Steps that a refresh behind a stale answer takes if it fails; there is one at a time for each entry.
    pub refresh_steps: L,
    /// Chance that a lookup that was told an old failure asks again, after that refresh.
    pub again: L,
}

impl<L: Lane> Failing<L> {
    /// Failures that nobody tells, known at once, to clients that ask once.
    ///
    /// ```
    /// use slackwater_core::dns::failures::Failing;
    /// assert_eq!(Failing::<f64>::unheard().again, 0.0);
    /// ```
    pub fn unheard() -> Self {
        Self { servfail: L::zero(), refresh_steps: L::zero(), again: L::zero() }
    }
}

/// Entries that are gone and whose cache holds the failure it was told, as shares of all entries of a group in a tier.
///
/// A cache that hands out expired entries does so with failures too (CoreDNS plugin/cache, `getIfNotStale`): past the time
/// it is remembered, the first lookup is still told the failure, and starts a refresh behind it. Without stale answers a
/// failure is only remembered, and nobody is in here.
///
/// ```
/// use slackwater_core::dns::failures::Failures;
/// assert_eq!(Failures::<f64>::none().total(), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Failures<L> {
    /// Remembered: handed out, and nobody asks.
    pub recent: Cohort<L>,
    /// Older: handed out, and asked behind, one refresh at a time.
    pub old: Cohort<L>,
}

impl<L: Lane> Failures<L> {
    /// No failure.
    ///
    /// ```
    /// use slackwater_core::dns::failures::Failures;
    /// assert_eq!(Failures::<f64>::none().recent.total(), 0.0);
    /// ```
    pub fn none() -> Self {
        Self { recent: Cohort::new(), old: Cohort::new() }
    }

    /// All of them.
    ///
    /// ```
    /// use slackwater_core::dns::failures::Failures;
    /// assert_eq!(Failures::<f64>::none().total(), 0.0);
    /// ```
    #[inline(always)]
    pub fn total(&self) -> L {
        self.recent.total() + self.old.total()
    }

    /// One step later, where `keeps` is not 0.
    #[inline(always)]
    pub(super) fn age(&mut self, recent: &mut [L], old: &mut [L], tier: &Tier<L>, keeps: L) {
        self.old.expire_where(old, keeps);
        let older = self.recent.expire_where(recent, keeps);
        self.old.push(old, older, tier.stale_steps);
    }
}

across!(Failures { recent, old });
