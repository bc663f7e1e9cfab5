//! What a priority level is.

use super::scenario::Name;
use crate::flowcontrol::levels::LevelLimits;
use crate::lane::{Lane, across};

/// One priority level, per API server. With flow control off: one of the two in-flight limits.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// use slackwater_core::system::scenario::{Level, Name};
/// let all = limits(600, &DEFAULT_LEVELS)?;
/// let low = Level { name: Name::new(), limits: all[5], queues: 128, hand_size: 6, queue_length: 50, wait_s: 15.0 };
/// assert_eq!(low.limits.nominal, 245); // workload-low, with 600 seats on the server
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Level<L> {
    /// Name as in the PriorityLevelConfiguration.
    pub name: Name,
    /// Seats: nominal, lent, borrowed. An exempt level never makes a request wait.
    pub limits: LevelLimits,
    /// Queues of the level; 0 means a request that finds no seat is rejected at once.
    pub queues: u32,
    /// Queues one flow may use: its hand.
    pub hand_size: u32,
    /// Requests that may wait in a queue while all seats are in use.
    pub queue_length: u32,
    /// Longest wait for seats, seconds.
    pub wait_s: L,
}

impl<L: Lane> Level<L> {
    /// Requests of one flow that may wait: hand size times queue length, 0 for a level without queues.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
    /// use slackwater_core::system::scenario::{Level, Name};
    /// let all = limits(600, &DEFAULT_LEVELS)?;
    /// let low = Level { name: Name::new(), limits: all[5], queues: 128, hand_size: 6, queue_length: 50, wait_s: 15.0 };
    /// assert_eq!(low.queue_cap(), 300.0); // one DaemonSet is one flow
    /// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
    /// ```
    pub fn queue_cap(&self) -> L {
        let queued = f64::from(self.hand_size) * f64::from(self.queue_length);
        L::splat(if self.queues > 0 { queued } else { 0.0 })
    }
}

across!(Level { wait_s } same { name, limits, queues, hand_size, queue_length });
