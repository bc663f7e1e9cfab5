//! Why a trial cannot be run request by request.

use super::super::queueset::QueueSetError;
use thiserror::Error;

/// A trial that cannot be run request by request.
///
/// ```
/// use slackwater_study::events::system::SystemError;
/// let error = SystemError::TooMany { what: "DNS cache entries", count: 4e9, most: 2e7 };
/// assert!(error.to_string().contains("4000000000 DNS cache entries, at most 20000000"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SystemError {
    /// The queues of a level cannot be dealt, or a level was told the wrong thing.
    #[error(transparent)]
    QueueSet(#[from] QueueSetError),
    /// More things than fit into memory one by one.
    #[error("{count} {what}, at most {most} are run one by one; run a smaller cluster, or the fluid model")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        count: f64,
        /// How many may be.
        most: f64,
    },
    /// A number that no run can have.
    #[error("{what} is {value}, and must be {range}")]
    OutOfRange {
        /// What it is.
        what: &'static str,
        /// The number.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
}
