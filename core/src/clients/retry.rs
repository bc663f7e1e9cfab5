//! What a client does after a failure.

use crate::lane::{Lane, across};

/// Entries of the delay table: failures in a row that still change the delay.
const DELAYS: usize = 9;

/// A retry policy. Delays are drawn evenly between `low` and `high` times the nominal one.
///
/// ```
/// use slackwater_core::clients::retry::Retry;
/// // Three failures in a row: 0.8, 1.6, 3.2 s, and up to as much again.
/// assert_eq!(Retry::reflector().delay_s(3.0, 0.0), (3.2, 6.4));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Retry<L> {
    /// Nominal delay in seconds after 1, 2, 3 ... failures in a row.
    delays_s: heapless::Vec<L, DELAYS>,
    /// Smallest multiple of the nominal delay.
    low: L,
    /// Largest multiple of the nominal delay.
    high: L,
    /// 1 if a Retry-After multiplies the delay.
    times_told: L,
    /// 1 if a Retry-After is waited for at least.
    at_least_told: L,
    /// 1 if only an answer with Retry-After is tried again.
    only_told: L,
    /// Share of failures after which the client stops trying until its next tick.
    gives_up: L,
}

impl Retry<f64> {
    fn with(first_s: f64, factor: f64, cap_s: f64, low: f64, high: f64) -> Self {
        let mut delays_s = heapless::Vec::new();
        let mut delay = first_s;
        while !delays_s.is_full() {
            let _ = delays_s.push(delay.min(cap_s));
            delay *= factor;
        }
        Self { delays_s, low, high, times_told: 0.0, at_least_told: 0.0, only_told: 0.0, gives_up: 0.0 }
    }

    /// Never tries again: the next request is the next tick.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::none().gives_up(1.0), 1.0);
    /// ```
    pub fn none() -> Self {
        Self { gives_up: 1.0, ..Self::with(1.0, 1.0, 1.0, 1.0, 1.0) }
    }

    /// client-go: only an answer with Retry-After is tried again, after that time, at most 10 times
    /// (k8s.io/client-go rest/with_retry.go). The limit acts as a share of 1 in 11 that gives up.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// let client = Retry::client_go();
    /// assert_eq!(client.delay_s(1.0, 4.0), (4.0, 4.0)); // no jitter: rejected together, back together
    /// assert_eq!(client.gives_up(0.0), 1.0); // a timeout carries no Retry-After
    /// ```
    pub fn client_go() -> Self {
        Self { only_told: 1.0, at_least_told: 1.0, gives_up: 1.0 / 11.0, ..Self::with(0.0, 1.0, 0.0, 1.0, 1.0) }
    }

    /// A reflector: 0.8 s doubling to 30 s, jitter up to as much again (k8s.io/client-go reflector.go).
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::reflector().delay_s(100.0, 0.0), (30.0, 60.0));
    /// ```
    pub fn reflector() -> Self {
        Self { at_least_told: 1.0, ..Self::with(0.8, 2.0, 30.0, 1.0, 2.0) }
    }

    /// A fixed delay with `jitter` (0.5 means 0.5 to 1.5 times); a Retry-After multiplies it.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// let naive = Retry::fixed(2.0, 0.5);
    /// assert_eq!((naive.delay_s(1.0, 0.0), naive.delay_s(9.0, 4.0)), ((1.0, 3.0), (4.0, 12.0)));
    /// ```
    pub fn fixed(delay_s: f64, jitter: f64) -> Self {
        Self { times_told: 1.0, ..Self::with(delay_s, 1.0, delay_s, 1.0 - jitter, 1.0 + jitter) }
    }

    /// Doubling from `first_s` to `cap_s` with `jitter` on both sides, waiting at least a Retry-After.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// let careful = Retry::exponential(1.0, 8.0, 0.0);
    /// assert_eq!((careful.delay_s(3.0, 0.0), careful.delay_s(9.0, 0.0)), ((4.0, 4.0), (8.0, 8.0)));
    /// assert_eq!(careful.delay_s(1.0, 32.0), (32.0, 32.0));
    /// ```
    pub fn exponential(first_s: f64, cap_s: f64, jitter: f64) -> Self {
        Self { at_least_told: 1.0, ..Self::with(first_s, 2.0, cap_s, 1.0 - jitter, 1.0 + jitter) }
    }

    /// A delay drawn evenly from `low_s` to `high_s`, whatever the server says, or times what it says.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::spread(0.5, 1.5, false).delay_s(3.0, 4.0), (0.5, 1.5));
    /// assert_eq!(Retry::spread(0.5, 1.5, true).delay_s(3.0, 4.0), (2.0, 6.0));
    /// ```
    pub fn spread(low_s: f64, high_s: f64, times_told: bool) -> Self {
        let middle_s = f64::midpoint(low_s, high_s);
        let part = |end_s: f64| if middle_s > 0.0 { end_s / middle_s } else { 1.0 };
        let times_told = if times_told { 1.0 } else { 0.0 };
        Self { times_told, ..Self::with(middle_s, 1.0, middle_s, part(low_s), part(high_s)) }
    }

    /// Growing by `factor` from `first_s` to `cap_s`, with up to `jitter` times the delay on top; `at_least_told`
    /// waits for at least a Retry-After.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::growing(0.8, 2.0, 30.0, 1.0, true), Retry::reflector());
    /// ```
    pub fn growing(first_s: f64, factor: f64, cap_s: f64, jitter: f64, at_least_told: bool) -> Self {
        let at_least_told = if at_least_told { 1.0 } else { 0.0 };
        Self { at_least_told, ..Self::with(first_s, factor, cap_s, 1.0, 1.0 + jitter) }
    }

    /// Longest delay this policy can ask for, given a Retry-After of at most `told_s`.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::reflector().longest_s(32.0), 62.0);
    /// ```
    pub fn longest_s(&self, told_s: f64) -> f64 {
        let own = self.delays_s.last().copied().unwrap_or(0.0);
        let own = if self.times_told > 0.0 { own * told_s.max(1.0) } else { own };
        (own * self.high).max(told_s) + 2.0
    }
}

impl<L: Lane> Retry<L> {
    /// Smallest and largest delay in seconds after `failures` in a row (a mean, so it need not be whole),
    /// with a Retry-After of `told_s` seconds (0: not told).
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// // Between whole numbers of failures the delay is on the line between them.
    /// assert_eq!(Retry::exponential(1.0, 8.0, 0.0).delay_s(2.5, 0.0), (3.0, 3.0));
    /// ```
    #[inline(always)]
    pub fn delay_s(&self, failures: L, told_s: L) -> (L, L) {
        let at = (failures - L::one()).within(L::zero(), L::splat((DELAYS - 1) as f64));
        let (first, last) = (self.delays_s.first().copied(), self.delays_s.last().copied());
        let (first, last) = (first.unwrap_or(L::zero()), last.unwrap_or(L::zero()));
        // A delay that does not grow needs no looking up.
        let own = if L::any(last - first) { L::interpolate(&self.delays_s, at) } else { first };
        // What clients give up on by themselves tells them nothing, and is most of it.
        if !L::any(told_s) {
            return (own * self.low, own * self.high);
        }
        let own = L::pick(self.times_told * told_s.gt(L::zero()), own * told_s, own);
        let least = told_s * self.at_least_told;
        ((own * self.low).max(least), (own * self.high).max(least))
    }

    /// Share of failures that end in waiting for the next tick; `told` is 1 for answers with Retry-After.
    ///
    /// ```
    /// use slackwater_core::clients::retry::Retry;
    /// assert_eq!(Retry::fixed(2.0, 0.5).gives_up(0.0), 0.0);
    /// assert_eq!(Retry::client_go().gives_up(1.0), 1.0 / 11.0);
    /// ```
    #[inline(always)]
    pub fn gives_up(&self, told: L) -> L {
        L::pick(self.only_told * (L::one() - told), L::one(), self.gives_up)
    }
}

across!(Retry { delays_s, low, high, times_told, at_least_told, only_told, gives_up });
