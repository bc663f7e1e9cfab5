//! Truth values put together.

use super::Lane;

/// What is done with numbers that are 1 or 0. By selection: a compiler that sees where a flag comes from then keeps it as
/// a truth value, and no multiplication waits for it.
///
/// ```
/// use slackwater_core::lane::{F64x4, Flag, Lane};
/// let (x, two) = (F64x4::from([1.0, 2.0, 3.0, 4.0]), F64x4::splat(2.0));
/// assert_eq!(x.gt(two).and(x.ge(F64x4::splat(4.0)).not()), F64x4::from([0.0, 0.0, 1.0, 0.0]));
/// ```
pub trait Flag: Lane {
    /// `other` where this flag is set, else 0: of two flags, whether both are. What is multiplied has to be a number in
    /// between, and this has not.
    ///
    /// ```
    /// use slackwater_core::lane::Flag;
    /// assert_eq!((1.0.and(1.0), 1.0.and(0.0), 0.0.and(f64::INFINITY)), (1.0, 0.0, 0.0));
    /// ```
    #[must_use]
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self::pick(self, other, Self::zero())
    }
    /// 1 where this flag is set, else `other`.
    ///
    /// ```
    /// use slackwater_core::lane::Flag;
    /// assert_eq!((0.0.or(1.0), 0.0.or(0.0), 1.0.or(0.0)), (1.0, 0.0, 1.0));
    /// ```
    #[must_use]
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self::pick(self, Self::one(), other)
    }
    /// 1 where this flag is not set, else 0.
    ///
    /// ```
    /// use slackwater_core::lane::Flag;
    /// assert_eq!((Flag::not(0.0), Flag::not(1.0)), (1.0, 0.0));
    /// ```
    #[must_use]
    #[inline(always)]
    fn not(self) -> Self {
        Self::pick(self, Self::zero(), Self::one())
    }
}

impl<L: Lane> Flag for L {}
