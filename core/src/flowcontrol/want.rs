//! What a class wants of its level in a step, and what it gets.

use super::queues::ESTIMATED_SERVICE_S;
use crate::clients::line::HAND;
use crate::lane::Lane;

/// What one class wants of its level in this step, and what it gets.
///
/// ```
/// use slackwater_core::flowcontrol::queues::Want;
/// let lists = Want { level: 5, queued: [4.0, 0.0, 0.0, 0.0, 0.0, 0.0], arriving: 2.0, cost: 10.0, ..Want::none() };
/// assert_eq!(lists.wanted(), 60.0); // seats
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Want<L> {
    /// Level.
    pub level: usize,
    /// Flow within the scenario.
    pub flow: usize,
    /// Places of its hand that may hold anything.
    pub hand: usize,
    /// Requests already waiting, by queue of the hand.
    pub queued: [L; HAND],
    /// Requests that arrive.
    pub arriving: L,
    /// Seats a request holds from its start on.
    pub seats: L,
    /// Variance of the seats of its requests; 0 if they are alike.
    pub variance: L,
    /// Seats it asks for: more than it holds where the level has fewer.
    pub asks: L,
    /// Seats it is charged for while it executes.
    pub executes: L,
    /// Seat-seconds it is charged for what comes after its answer.
    pub last_work: L,
    /// Seats one more request holds at the end of the step: fewer if many end within it.
    pub cost: L,
    /// Seconds of service charged to its queue when it starts.
    pub charge_s: L,
    /// Seconds a request lasts once it has started.
    pub lasts_s: L,
    /// CPU-seconds a request must attain.
    pub size_s: L,
    /// Requests that join each queue.
    pub joins: [L; HAND],
    /// Requests that may start from each queue.
    pub starts: [L; HAND],
    /// Requests that are turned away, by the queue they would have joined.
    pub rejected: [L; HAND],
}

impl<L: Lane> Want<L> {
    /// Wants nothing.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Want;
    /// assert_eq!(Want::<f64>::none().wanted(), 0.0);
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        let zero = L::zero();
        Self {
            level: 0,
            flow: 0,
            hand: 0,
            queued: [zero; HAND],
            arriving: zero,
            seats: zero,
            variance: zero,
            asks: zero,
            executes: zero,
            last_work: zero,
            cost: zero,
            charge_s: zero,
            lasts_s: zero,
            size_s: zero,
            joins: [zero; HAND],
            starts: [zero; HAND],
            rejected: [zero; HAND],
        }
    }

    /// Nobody, again: what an earlier step left in the places of its hand is gone.
    #[inline(always)]
    pub(crate) fn clear(&mut self, hand: usize) {
        let places = self.queued.iter_mut().zip(&mut self.joins).zip(self.starts.iter_mut().zip(&mut self.rejected));
        for ((queued, joins), (starts, rejected)) in places.take(hand.max(self.hand)) {
            (*queued, *joins, *starts, *rejected) = (L::zero(), L::zero(), L::zero(), L::zero());
        }
        (self.hand, self.cost, self.charge_s, self.lasts_s) = (hand, L::zero(), L::zero(), L::zero());
    }

    /// Work of a request as it is estimated before it starts, in seats of [`ESTIMATED_SERVICE_S`].
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Want;
    /// let write = Want { executes: 1.0, last_work: 0.2, ..Want::none() }; // 4 seats for 50 ms
    /// assert!((write.work() * 0.003_f64 - 0.203).abs() < 1e-12);
    /// ```
    #[inline(always)]
    pub fn work(&self) -> L {
        self.executes + self.last_work / L::splat(ESTIMATED_SERVICE_S)
    }

    /// Seats wanted.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Want;
    /// assert_eq!(Want { arriving: 3.0, cost: 2.0, ..Want::none() }.wanted(), 6.0);
    /// ```
    #[inline(always)]
    pub fn wanted(&self) -> L {
        (self.waiting() + self.arriving) * self.cost
    }

    /// Requests already waiting.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Want;
    /// assert_eq!(Want { queued: [1.0; 6], ..Want::none() }.waiting(), 6.0);
    /// ```
    #[inline(always)]
    pub fn waiting(&self) -> L {
        self.queued.iter().fold(L::zero(), |sum, &queued| sum + queued)
    }
}
