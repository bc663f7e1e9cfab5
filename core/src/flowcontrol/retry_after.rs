//! What a rejected client is told: how many seconds to wait before it asks again.

/// The longest wait, in seconds. Source: `maxRetryAfter` in `dropped_requests_tracker.go`.
///
/// ```
/// assert_eq!(slackwater_core::flowcontrol::retry_after::MAX_RETRY_AFTER_S, 32);
/// ```
pub const MAX_RETRY_AFTER_S: u32 = 32;

const HISTORY: usize = MAX_RETRY_AFTER_S as usize;

/// The adaptive `Retry-After` of one priority level.
///
/// # Formula
///
/// Source: `dropped_requests_tracker.go`. At the first drop of a new second, with r the present answer and d the drops of
/// the r seconds before: if d >= 3 r and the last raise is at least r seconds ago, r = min(2 r, 32); else if d < r and
/// r > 1, r falls by 1. Starts at 1. Seconds without a drop change nothing.
///
/// ```
/// use slackwater_core::flowcontrol::retry_after::RetryAfter;
/// let mut retry_after = RetryAfter::default();
/// retry_after.record(0, 100);
/// assert_eq!(retry_after.seconds(), 1);
/// retry_after.record(1, 1);
/// assert_eq!(retry_after.seconds(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RetryAfter {
    /// Drops of the seconds before the present one; second s is at index s modulo the length.
    drops: [u64; HISTORY],
    present: Option<u64>,
    present_drops: u64,
    raised: Option<u64>,
    answer_s: u32,
}

impl Default for RetryAfter {
    fn default() -> Self {
        Self { drops: [0; HISTORY], present: None, present_drops: 0, raised: None, answer_s: 1 }
    }
}

impl RetryAfter {
    /// What a client rejected now is told, 1 to 32 s.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::retry_after::RetryAfter;
    /// assert_eq!(RetryAfter::default().seconds(), 1);
    /// ```
    pub fn seconds(&self) -> u32 {
        self.answer_s
    }

    /// Records `drops` requests dropped in second `second`, counted from any fixed origin. Seconds must not decrease;
    /// one that does counts as the present one.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::retry_after::RetryAfter;
    /// let mut retry_after = RetryAfter::default();
    /// retry_after.record(7, 0);
    /// assert_eq!(retry_after, RetryAfter::default());
    /// ```
    pub fn record(&mut self, second: u64, drops: u64) {
        if drops == 0 {
            return;
        }
        match self.present {
            Some(present) if second <= present => {
                self.present_drops = self.present_drops.saturating_add(drops);
                return;
            }
            Some(present) => self.close(present, second),
            None => {}
        }
        self.present = Some(second);
        self.present_drops = drops;
        self.adapt(second);
    }

    /// Puts the present second into the history, and zeros for the seconds without drops up to `next`.
    fn close(&mut self, present: u64, next: u64) {
        let mut write = |second: u64, drops: u64| {
            if let Some(slot) = self.drops.get_mut((second % HISTORY as u64) as usize) {
                *slot = drops;
            }
        };
        write(present, self.present_drops);
        (present + 1..next).take(HISTORY).for_each(|second| write(second, 0));
    }

    fn adapt(&mut self, second: u64) {
        let answer = u64::from(self.answer_s);
        let dropped = (1..=answer)
            .filter_map(|ago| second.checked_sub(ago))
            .filter_map(|past| self.drops.get((past % HISTORY as u64) as usize))
            .fold(0_u64, |sum, drops| sum.saturating_add(*drops));
        let may_raise = self.raised.is_none_or(|raised| second - raised >= answer);
        if may_raise && dropped >= 3 * answer {
            self.answer_s = (2 * self.answer_s).min(MAX_RETRY_AFTER_S);
            self.raised = Some(second);
        } else if dropped < answer && self.answer_s > 1 {
            self.answer_s -= 1;
        }
    }
}
