//! What can be wrong with a call on a queue set.

use slackwater_core::flowcontrol::error::DealError;
use thiserror::Error;

/// A level that cannot be made, or a call that does not fit the state of a request.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, QueueSetError, Queuing};
/// let mut level = QueueSet::new(Queuing::Reject, 1)?;
/// level.set_concurrency_limit(10, 2)?;
/// assert_eq!(level.set_concurrency_limit(9, 3), Err(QueueSetError::ClockBackwards { now_ns: 9, last_ns: 10 }));
/// # Ok::<(), QueueSetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueueSetError {
    /// The queues cannot be dealt.
    #[error(transparent)]
    Deal(#[from] DealError),
    /// A call came with a time before that of the last call.
    #[error("time {now_ns} ns is before {last_ns} ns, the time of the last call")]
    ClockBackwards {
        /// The time given, in nanoseconds.
        now_ns: u64,
        /// The time of the last call, in nanoseconds.
        last_ns: u64,
    },
    /// The request has left the level.
    #[error("accepted request {serial} has left the level")]
    Gone {
        /// Number of the request among those accepted, from 0.
        serial: u64,
    },
    /// A request was to finish that does not execute.
    #[error("accepted request {serial} does not execute")]
    NotExecuting {
        /// Number of the request among those accepted, from 0.
        serial: u64,
    },
    /// Seats were to be released of a request that is not in its additional latency.
    #[error("accepted request {serial} is not in its additional latency")]
    NotLingering {
        /// Number of the request among those accepted, from 0.
        serial: u64,
    },
}
