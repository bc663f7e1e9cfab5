//! Why constants cannot be fitted.

use thiserror::Error;

/// Recordings that do not determine the constants.
///
/// ```
/// use slackwater_study::learn::{LearnError, fit};
/// assert!(matches!(fit(&[]), Err(LearnError::TooFew { .. })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LearnError {
    /// Too few observations of one kind.
    #[error("{have} {what}, and at least {need} are needed")]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How many there are.
        have: usize,
        /// How many are needed.
        need: usize,
    },
}
