//! The one error of the unit types.

use core::fmt;

/// Why a number is not the quantity it was given as.
///
/// ```
/// use slackwater_core::units::{Fraction, UnitError};
/// let error = Fraction::new(1.5).unwrap_err();
/// assert_eq!(error, UnitError::OutOfRange { quantity: "Fraction", value: 1.5, min: 0.0, max: 1.0 });
/// assert_eq!(error.to_string(), "Fraction must be between 0 and 1, got 1.5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum UnitError {
    /// The number is infinite or not a number.
    NotFinite {
        /// Name of the type asked for.
        quantity: &'static str,
        /// The number given.
        value: f64,
    },
    /// The number is finite but outside the range of the quantity.
    OutOfRange {
        /// Name of the type asked for.
        quantity: &'static str,
        /// The number given.
        value: f64,
        /// Smallest number allowed.
        min: f64,
        /// Largest number allowed; [`f64::MAX`] where there is no limit.
        max: f64,
    },
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotFinite { quantity, value } => write!(f, "{quantity} must be a finite number, got {value}"),
            Self::OutOfRange { quantity, value, min, max } if max == f64::MAX => {
                write!(f, "{quantity} must be at least {min}, got {value}")
            }
            Self::OutOfRange { quantity, value, min, max } => {
                write!(f, "{quantity} must be between {min} and {max}, got {value}")
            }
        }
    }
}

impl core::error::Error for UnitError {}
