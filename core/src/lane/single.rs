//! Lanes of one number.

use super::{Dual, Lane};

/// A lane of one number, plain or with its slope: closed forms may branch on its value.
///
/// ```
/// use slackwater_core::lane::{Dual, Single};
/// let square = |x: Dual| x.mapped(x.value() * x.value(), || 2.0 * x.value());
/// assert_eq!(square(Dual { value: 3.0, slope: 1.0 }), Dual { value: 9.0, slope: 6.0 });
/// ```
pub trait Single: Lane {
    /// The plain number.
    ///
    /// ```
    /// use slackwater_core::lane::{Dual, Single};
    /// assert_eq!((2.5.value(), Dual { value: 2.5, slope: 1.0 }.value()), (2.5, 2.5));
    /// ```
    #[inline(always)]
    fn value(self) -> f64 {
        self.lane(0)
    }
    /// A function of this number that was worked out by itself: its value here, and its derivative, which only a number
    /// with a slope asks for.
    ///
    /// ```
    /// use slackwater_core::lane::Single;
    /// assert_eq!(4.0.mapped(2.0, || unreachable!()), 2.0);
    /// ```
    #[must_use]
    fn mapped(self, value: f64, derivative: impl FnOnce() -> f64) -> Self;
}

impl Single for f64 {
    #[inline(always)]
    fn mapped(self, value: f64, _derivative: impl FnOnce() -> f64) -> Self {
        value
    }
}

impl Single for Dual {
    #[inline(always)]
    fn mapped(self, value: f64, derivative: impl FnOnce() -> f64) -> Self {
        Self { value, slope: derivative() * self.slope }
    }
}
