//! When some of the servers go.

use crate::lane::{Lane, across};
use crate::rollout::actions::NEVER_S;

/// What happens to some of the servers and not to the others. Times in seconds since the touch.
///
/// ```
/// use slackwater_core::system::apart::Apart;
/// let apart = Apart { lose_s: 60.0, lose_for_s: 300.0, ..Apart::never() };
/// assert_eq!(apart.kill(1, 2, 60.0, 1.0), (1.0, 0.0)); // the last of two groups
/// assert_eq!(apart.kill(0, 2, 60.0, 1.0).0, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Apart<L> {
    /// The servers of the last group are lost.
    pub lose_s: L,
    /// Seconds until their processes run again.
    pub lose_for_s: L,
    /// The first group is restarted.
    pub roll_s: L,
    /// Seconds until the next group is.
    pub roll_every_s: L,
    /// Chance that an answer tells its client to connect anew (`--goaway-chance`).
    pub goaway: L,
}

impl Apart<f64> {
    /// Nothing happens.
    ///
    /// ```
    /// use slackwater_core::system::apart::Apart;
    /// assert_eq!(Apart::never().kill(0, 1, 0.0, 1.0).0, 0.0);
    /// ```
    pub fn never() -> Self {
        Self { lose_s: NEVER_S, lose_for_s: 0.0, roll_s: NEVER_S, roll_every_s: 0.0, goaway: 0.0 }
    }
}

impl<L: Lane> Apart<L> {
    /// Whether the servers of `group` of `groups` are killed in the step from `now_s`, 1 or 0, and the share of the
    /// step before that.
    ///
    /// ```
    /// use slackwater_core::system::apart::Apart;
    /// let rolling = Apart { roll_s: 60.0, roll_every_s: 30.0, ..Apart::never() };
    /// assert_eq!([0, 1, 2].map(|group| rolling.kill(group, 3, 90.0, 2.0).0), [0.0, 1.0, 0.0]);
    /// ```
    pub fn kill(&self, group: usize, groups: usize, now_s: L, dt_s: L) -> (L, L) {
        let lost = L::splat(f64::from(u8::from(group + 1 == groups)));
        let lose_s = L::pick(lost, self.lose_s, L::splat(NEVER_S));
        let roll_s = self.roll_s + self.roll_every_s * L::splat(group as f64);
        let (mut kill, mut before) = (L::zero(), L::one());
        for at_s in [lose_s, roll_s] {
            let until = at_s - now_s;
            let now = until.ge(L::zero()) * dt_s.gt(until);
            before = L::pick(now, (until / dt_s).min(before), before);
            kill = kill.max(now);
        }
        (kill, before)
    }

    /// Seconds from the kill that happens in the step from `now_s` until the process runs again.
    pub(super) fn away_s(&self, group: usize, groups: usize, now_s: L, dt_s: L, restart_s: L) -> L {
        let until = self.lose_s - now_s;
        let lost = until.ge(L::zero()) * dt_s.gt(until) * L::splat(f64::from(u8::from(group + 1 == groups)));
        L::pick(lost, self.lose_for_s, restart_s)
    }
}

across!(Apart { lose_s, lose_for_s, roll_s, roll_every_s, goaway });
