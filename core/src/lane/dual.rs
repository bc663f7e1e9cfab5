//! A number and its slope: one run of the kernel gives an exact derivative with it.

use super::Lane;
use super::scalar::{floor, index, memory_of_one, turned, whole};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A value with its derivative by one parameter.
///
/// Every operation is that of `f64` on the value, bit for bit, so decisions fall as they do without slopes; the slope
/// follows the rules of calculus. Where the model switches (a seat more, a step more) the slope is that of the side the
/// value is on.
///
/// ```
/// use slackwater_core::lane::{Dual, Lane};
/// let x = Dual { value: 3.0, slope: 1.0 };
/// let y = x * x / (x + Dual::one());
/// assert_eq!((y.value, y.slope), (2.25, 0.9375)); // (x^2 + 2x) / (x + 1)^2
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual {
    /// The number.
    pub value: f64,
    /// Its derivative.
    pub slope: f64,
}

impl Dual {
    #[inline(always)]
    fn plain(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }
}

impl Add for Dual {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: self.slope + other.slope }
    }
}
impl Sub for Dual {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: self.slope - other.slope }
    }
}
impl Mul for Dual {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self { value: self.value * other.value, slope: self.slope * other.value + self.value * other.slope }
    }
}
impl Div for Dual {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slope: (self.slope - value * other.slope) / other.value }
    }
}
impl Neg for Dual {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { value: -self.value, slope: -self.slope }
    }
}
impl AddAssign for Dual {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Dual {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Lane for Dual {
    const LANES: usize = 1;
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self::plain(x)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other.value < self.value { other } else { self }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if other.value > self.value { other } else { self }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let value = libm::sqrt(self.value);
        // At 0 the curve is upright: no slope says more than none.
        Self { value, slope: if value > 0.0 { self.slope / (value + value) } else { 0.0 } }
    }
    #[inline(always)]
    fn floor(self) -> Self {
        Self::plain(floor(self.value))
    }
    #[inline(always)]
    fn whole(self) -> Self {
        Self::plain(whole(self.value))
    }
    #[inline(always)]
    fn ge(self, other: Self) -> Self {
        Self::plain(self.value.ge(other.value))
    }
    #[inline(always)]
    fn gt(self, other: Self) -> Self {
        Self::plain(self.value.gt(other.value))
    }
    #[inline(always)]
    fn pick(flag: Self, a: Self, b: Self) -> Self {
        if flag.value == 0.0 { b } else { a }
    }
    #[inline(always)]
    fn any(flag: Self) -> bool {
        flag.value != 0.0
    }
    memory_of_one!();
    #[inline(always)]
    fn lane(self, _at: usize) -> f64 {
        self.value
    }
    #[inline(always)]
    fn set_lane(&mut self, _at: usize, x: f64) {
        *self = Self::plain(x);
    }
    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.value == 0.0 && self.slope == 0.0
    }
    #[inline(always)]
    fn lean(&mut self, slope: f64) {
        self.slope += slope;
    }
}
