//! What can be seen of a level.

use super::{Queue, QueueSet};
use slackwater_core::flowcontrol::seat_demand::{LevelDemand, seconds};

/// A level at one moment.
///
/// ```
/// use slackwater_study::events::queueset::{LevelState, QueueSet, Queuing};
/// assert_eq!(QueueSet::new(Queuing::Reject, 13)?.state(), LevelState::default());
/// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelState {
    /// Requests that execute; those in their additional latency do not.
    pub requests_executing: usize,
    /// Requests in queues.
    pub requests_waiting: usize,
    /// Seats held, those of additional latencies included.
    pub seats_in_use: u64,
    /// Seats of waiting requests as the real code counts them. It takes off the cut width of a request whose final
    /// seats were cut to the limit, and is too high from then on.
    pub seats_waiting: u64,
}

impl QueueSet {
    /// The level as it is now.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 1 }, 0)?;
    /// let work = Work { initial_seats: 5, final_seats: 0, additional_latency_ns: 0 };
    /// level.start(0, Request { hash: 0, work, tag: 0 })?;
    /// assert_eq!(level.state().seats_waiting, 5);
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn state(&self) -> LevelState {
        LevelState {
            requests_executing: self.executing,
            requests_waiting: self.waiting,
            seats_in_use: self.seats_in_use,
            seats_waiting: self.seats_waiting,
        }
    }

    /// Seats held, those of additional latencies included.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing};
    /// assert_eq!(QueueSet::new(Queuing::Reject, 13)?.seats_in_use(), 0);
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn seats_in_use(&self) -> u64 {
        self.seats_in_use
    }

    /// Requests that wait in the queue of index `queue`; nothing if there is no such queue.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing};
    /// let level = QueueSet::new(Queuing::Queue { queues: 2, hand_size: 1, queue_length_limit: 1 }, 0)?;
    /// assert_eq!((level.queue_length(1), level.queue_length(2)), (Some(0), None));
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn queue_length(&self, queue: usize) -> Option<usize> {
        self.queues.get(queue).map(Queue::len)
    }

    /// The seat demand since the start, up to `now_ns`: seats in use and seats of waiting requests, over time.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Exempt, 0)?;
    /// let work = Work { initial_seats: 4, final_seats: 0, additional_latency_ns: 0 };
    /// level.start(1_000_000_000, Request { hash: 0, work, tag: 0 })?;
    /// let demand = level.seat_demand(2_000_000_000);
    /// assert_eq!((demand.avg, demand.stddev, demand.max), (2.0, 2.0, 4.0));
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn seat_demand(&self, now_ns: u64) -> LevelDemand {
        let mut demand = self.demand;
        demand.hold(seconds(now_ns.saturating_sub(self.demand_since_ns)));
        demand.demand()
    }

    /// The seat demand since this was last called, or since the start: what an adjustment of limits looks at. A new
    /// period begins at `now_ns`. Source: `seatDemandStats.update` in `apf_controller.go`.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Exempt, 0)?;
    /// let work = Work { initial_seats: 4, final_seats: 0, additional_latency_ns: 0 };
    /// level.start(1_000_000_000, Request { hash: 0, work, tag: 0 })?;
    /// assert_eq!(level.take_seat_demand(2_000_000_000).avg, 2.0);
    /// assert_eq!(level.take_seat_demand(3_000_000_000).avg, 4.0);
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn take_seat_demand(&mut self, now_ns: u64) -> LevelDemand {
        self.demand.hold(seconds(now_ns.saturating_sub(self.demand_since_ns)));
        self.demand_since_ns = now_ns;
        self.demand.take()
    }

    /// The integrals are summed only where the demand is set, as in the real code, so that they round alike.
    pub(super) fn note_demand(&mut self, now_ns: u64) {
        self.demand.hold(seconds(now_ns.saturating_sub(self.demand_since_ns)));
        self.demand_since_ns = now_ns;
        self.demand.set((self.seats_in_use + self.seats_waiting) as f64);
    }
}
