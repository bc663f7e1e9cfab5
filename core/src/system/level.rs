//! What a priority level is.

use super::scenario::{MAX_LEVELS, Name, Scenario};
use super::state::LevelState;
use crate::flowcontrol::borrowing::BorrowingState;
use crate::flowcontrol::levels::LevelLimits;
use crate::flowcontrol::seat_demand::LevelDemand;
use crate::lane::{Lane, across};
use heapless::Vec;

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

/// Seats of every level on a server that has run for a while: it has been through adjustments without any load to speak of.
pub(super) fn introduced<L: Lane>(scenario: &Scenario<L>) -> Vec<f64, MAX_LEVELS> {
    let limits: Vec<LevelLimits, MAX_LEVELS> = scenario.levels.iter().map(|level| level.limits).collect();
    let idle: Vec<LevelDemand, MAX_LEVELS> = limits.iter().map(|_| LevelDemand::default()).collect();
    let mut started = BorrowingState::introduced(&limits);
    if scenario.flow_control {
        // Lists of equal length within bounds cannot be refused.
        let _ = started.update(&limits, &idle);
    }
    let seats = limits.iter().zip(started.current);
    seats.map(|(level, current)| f64::from(if scenario.flow_control { current } else { level.nominal })).collect()
}

impl<L: Lane> LevelState<L> {
    /// Another process begins with `seats` seats, where `begins` is 1: it knows nothing of what the last one was asked for.
    pub(super) fn begin(&mut self, begins: L, seats: L) {
        let zero = L::zero();
        self.limit = L::pick(begins, seats, self.limit);
        self.retry_after_s = L::pick(begins, L::one(), self.retry_after_s);
        let sums = [
            &mut self.demand_s,
            &mut self.demand_squared_s,
            &mut self.demand_max,
            &mut self.smoothed,
            &mut self.dropped,
            &mut self.since_s,
            &mut self.progress_per_s,
        ];
        for sum in sums {
            *sum = L::pick(begins, zero, *sum);
        }
    }
}
