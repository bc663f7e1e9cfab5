//! The error of every queue law.

use core::fmt;

/// Why a queue law has no answer. Carries the argument, its value and what is allowed.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::{QueueError, erlang_c};
///
/// let error = erlang_c(4, 5.0).unwrap_err();
/// assert_eq!(error, QueueError::NoSteadyState { argument: "a", value: 5.0, below: 4.0 });
/// assert_eq!(error.argument(), "a");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum QueueError {
    /// The value is not a number, or lies outside `min..=max`.
    OutOfRange {
        /// Name of the argument.
        argument: &'static str,
        /// What was given.
        value: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
    },
    /// The load reaches what the servers can do, so the queue grows without end.
    NoSteadyState {
        /// Name of the argument.
        argument: &'static str,
        /// What was given, in erlangs.
        value: f64,
        /// The load must stay below this, in erlangs.
        below: f64,
    },
}

impl QueueError {
    /// Name of the argument at fault.
    ///
    /// ```
    /// use slackwater_core::queue::erlang_b;
    ///
    /// assert_eq!(erlang_b(0, 1.0).unwrap_err().argument(), "c");
    /// ```
    pub fn argument(&self) -> &'static str {
        match *self {
            Self::OutOfRange { argument, .. } | Self::NoSteadyState { argument, .. } => argument,
        }
    }

    /// The value that was refused, in the unit of its argument.
    ///
    /// ```
    /// use slackwater_core::queue::erlang_b;
    ///
    /// assert_eq!(erlang_b(1, -2.0).unwrap_err().value(), -2.0);
    /// ```
    pub fn value(&self) -> f64 {
        match *self {
            Self::OutOfRange { value, .. } | Self::NoSteadyState { value, .. } => value,
        }
    }
}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfRange { argument, value, min, max } => {
                write!(f, "{argument} = {value:?} is outside {min:?} to {max:?}")
            }
            Self::NoSteadyState { argument, value, below } => {
                write!(f, "{argument} = {value:?} erlangs has no steady state: it must be below {below:?}")
            }
        }
    }
}

impl core::error::Error for QueueError {}
