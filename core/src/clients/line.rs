//! One queue of a class: who waits in it, and who was dispatched from it and runs.
//!
//! Within one queue requests start, end and meet their deadlines in the order in which they came, because a class has
//! one size. Between the queues of a hand they do not: the one that is behind is served alone, and its newcomers
//! overtake those who age in the others.

use super::service::Front;
use crate::cohort::Cohort;
use crate::lane::{Lane, across};

/// Most queues of a hand that are kept apart. A larger hand (at most 15) acts as this many longer queues.
///
/// ```
/// use slackwater_core::clients::line::HAND;
/// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
/// assert!(DEFAULT_LEVELS.iter().all(|level| level.hand_size as usize <= HAND));
/// ```
pub const HAND: usize = 6;

/// Requests of one class that joined one queue, on one API server.
///
/// ```
/// use slackwater_core::clients::line::Line;
/// let line = Line { running: 5.0, ending: 2.0, ..Line::empty() };
/// assert_eq!((line.present(), line.remaining()), (5.0, 3.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Line<L> {
    /// Requests waiting for seats, by the end of their patience.
    pub queue: Cohort<L>,
    /// Step in which the last of them joined.
    pub joined: L,
    /// Requests that hold seats and wait for etcd, by when it gives them up.
    pub etcd: Cohort<L>,
    /// Seconds they had waited for seats, summed over them.
    pub etcd_waited_s: L,
    /// Requests in service.
    pub running: L,
    /// Step in which the oldest of them started.
    pub front: L,
    /// What is known of that step.
    pub oldest: Front<L>,
    /// Step in which the last of those started that had waited for seats; -1 if nobody has.
    pub waited: L,
    /// Requests in service that this step is expected to end.
    pub ending: L,
    /// CPU-seconds they still have to get, summed over them.
    pub ending_s: L,
    /// Requests that started in this step.
    pub fresh: L,
    /// Seconds of service already charged to the queue for the requests in service.
    pub charged_s: L,
}

impl<L: Lane> Line<L> {
    /// Nobody waits, nobody runs.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// assert_eq!(Line::<f64>::empty().present(), 0.0);
    /// ```
    pub fn empty() -> Self {
        let zero = L::zero();
        Self {
            queue: Cohort::new(),
            joined: -L::one(),
            etcd: Cohort::new(),
            etcd_waited_s: zero,
            running: zero,
            front: zero,
            oldest: Front::none(),
            waited: -L::one(),
            ending: zero,
            ending_s: zero,
            fresh: zero,
            charged_s: zero,
        }
    }

    /// Requests waiting, for seats or etcd, or running.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// assert_eq!(Line { running: 2.0, ..Line::empty() }.present(), 2.0);
    /// ```
    #[inline(always)]
    pub fn present(&self) -> L {
        self.queue.total() + self.running + self.etcd.total()
    }

    /// Requests in service that this step is not expected to end.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// assert_eq!(Line { running: 5.0, ending: 2.0, ..Line::empty() }.remaining(), 3.0);
    /// ```
    #[inline(always)]
    pub fn remaining(&self) -> L {
        (self.running - self.ending).max(L::zero())
    }

    /// Whether nothing can happen here: nobody present.
    #[inline(always)]
    pub(crate) fn is_idle(&self) -> bool {
        !L::any(self.is_busy())
    }

    /// 1 where somebody is present.
    #[inline(always)]
    pub(crate) fn is_busy(&self) -> L {
        self.present().gt(L::zero())
    }
}

across!(Line {
    queue,
    joined,
    etcd,
    etcd_waited_s,
    running,
    front,
    oldest,
    waited,
    ending,
    ending_s,
    fresh,
    charged_s
});
