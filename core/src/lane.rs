//! The number the step kernel is written over.
//!
//! `f64` is the reference. A wider lane runs several scenarios in one pass; a dual number gives exact
//! derivatives. The kernel therefore uses only what this trait offers: no literals, no branch on data.
//! A truth value is the number 1 or 0, and [`Lane::pick`] selects.

use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

mod across;
mod dual;
mod flag;
mod pair;
mod scalar;
mod segment;
mod single;
mod wide;

pub use across::Across;
pub(crate) use across::across;
pub use dual::Dual;
pub use flag::Flag;
pub use pair::F64x16;
pub use segment::Segment;
pub use single::Single;
pub use wide::{F64x4, F64x8};

/// Stands where a step seldom comes: what follows is kept out of the way of the rest, which then has the registers.
#[cold]
#[inline(always)]
pub(crate) fn seldom() {}

/// Arithmetic, selection and indexed memory for one or several scenarios at once.
///
/// ```
/// use slackwater_core::lane::Lane;
/// let busy = 3.0_f64;
/// assert_eq!(f64::pick(busy.ge(2.0), 1.0, 0.5), 1.0);
/// ```
pub trait Lane:
    Copy
    + core::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// The same number in every lane.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::splat(0.5), 0.5);
    /// ```
    fn splat(x: f64) -> Self;
    /// Lane-wise smaller number.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::min(2.0, 3.0), 2.0);
    /// ```
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// Lane-wise larger number.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::max(2.0, 3.0), 3.0);
    /// ```
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// Lane-wise square root (IEEE exact, so the same bits everywhere).
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::sqrt(6.25), 2.5);
    /// ```
    #[must_use]
    fn sqrt(self) -> Self;
    /// Largest whole number not above a non-negative value.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::floor(2.75), 2.0);
    /// ```
    #[must_use]
    fn floor(self) -> Self;
    /// Largest whole number not above a number from 0 to below 2^52: [`Lane::floor`] for those who know.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(2.75.whole(), 2.0);
    /// ```
    #[must_use]
    fn whole(self) -> Self;
    /// 1 where `self >= other`, else 0.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::ge(2.0, 2.0), 1.0);
    /// ```
    #[must_use]
    fn ge(self, other: Self) -> Self;
    /// 1 where `self > other`, else 0.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::gt(2.0, 2.0), 0.0);
    /// ```
    #[must_use]
    fn gt(self, other: Self) -> Self;
    /// `a` where `flag` is not 0, else `b`. Never mixes the two, so infinities in the other arm are harmless.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::pick(0.0, f64::INFINITY, 1.0), 1.0);
    /// ```
    fn pick(flag: Self, a: Self, b: Self) -> Self;
    /// Whether the flag is set in any lane: the only way a loop may depend on data.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert!(f64::any(1.0) && !f64::any(0.0));
    /// ```
    fn any(flag: Self) -> bool;
    /// Element of `memory` at a whole-number `slot`, lane by lane; 0 outside the memory.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::gather(&[5.0, 7.0], 1.0), 7.0);
    /// assert_eq!(f64::gather(&[5.0, 7.0], 2.0), 0.0);
    /// ```
    fn gather(memory: &[Self], slot: Self) -> Self;
    /// Value of a table at a fractional position, linear between entries, lane by lane; beyond either end the
    /// line through the outermost two entries goes on. A table of fewer than two entries gives 0.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::interpolate(&[0.0, 10.0, 40.0], 1.5), 25.0);
    /// assert_eq!(f64::interpolate(&[0.0, 10.0, 40.0], 3.0), 70.0);
    /// ```
    #[inline(always)]
    fn interpolate(table: &[Self], position: Self) -> Self {
        Segment::none().value(table, position)
    }
    /// Element of a table at a whole-number `slot` and the one after it, lane by lane: the last two beyond its end, 0 if
    /// it has fewer than two.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::pair(&[5.0, 7.0, 9.0], 1.0), (7.0, 9.0));
    /// ```
    fn pair(table: &[Self], slot: Self) -> (Self, Self);
    /// `N` elements of `memory` from a whole-number `slot` on, lane by lane; 0 outside the memory.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::gather_row(&[5.0, 7.0, 9.0], 1.0), [7.0, 9.0]);
    /// assert_eq!(f64::gather_row(&[5.0, 7.0, 9.0], 2.0), [9.0, 0.0]);
    /// ```
    fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N];
    /// The `N` elements of `memory` from a whole-number `slot` on, to be changed where they are, if all lanes mean the same
    /// slot and all elements lie in the memory. Who never gives any is slower, and right.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x4, Lane};
    /// assert_eq!(f64::row(&mut [5.0, 7.0, 9.0], 1.0), Some(&mut [7.0, 9.0]));
    /// assert_eq!(f64::row::<2>(&mut [5.0, 7.0, 9.0], 2.0), None);
    /// let apart = F64x4::from([0.0, 1.0, 0.0, 1.0]);
    /// assert_eq!(F64x4::row::<1>(&mut [F64x4::zero(); 2], apart), None);
    /// ```
    #[inline(always)]
    fn row<const N: usize>(memory: &mut [Self], slot: Self) -> Option<&mut [Self; N]> {
        let _ = (memory, slot);
        None
    }
    /// Element of a ring, a power of two long, at a whole-number `step` counted round it, lane by lane.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::gather_ring(&[5.0, 7.0, 9.0, 11.0], 6.0), 9.0);
    /// ```
    fn gather_ring(ring: &[Self], step: Self) -> Self;
    /// [`Lane::gather_ring`] at a `step` and at the one after it.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::pair_ring(&[5.0, 7.0, 9.0, 11.0], 7.0), (11.0, 5.0));
    /// ```
    fn pair_ring(ring: &[Self], step: Self) -> (Self, Self);
    /// Adds `amount` to `memory` at a whole-number `slot`, lane by lane; outside the memory nothing happens.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// let mut memory = [5.0, 7.0];
    /// f64::scatter_add(&mut memory, 1.0, 0.5);
    /// f64::scatter_add(&mut memory, 2.0, 9.0);
    /// assert_eq!(memory, [5.0, 7.5]);
    /// ```
    fn scatter_add(memory: &mut [Self], slot: Self, amount: Self);
    /// Sets `memory` at a whole-number `slot` to `value` in the lanes in which `flag` is not 0; outside the memory
    /// nothing happens.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// let mut memory = [5.0, 7.0];
    /// f64::put(&mut memory, 1.0, 9.0, 1.0);
    /// f64::put(&mut memory, 0.0, 9.0, 0.0);
    /// assert_eq!(memory, [5.0, 9.0]);
    /// ```
    #[inline(always)]
    fn put(memory: &mut [Self], slot: Self, value: Self, flag: Self) {
        Self::put_row(memory, slot, [value], flag);
    }
    /// Sets `N` elements of `memory` from a whole-number `slot` on to `values` in the lanes in which `flag` is not 0;
    /// outside the memory nothing happens.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// let mut memory = [5.0, 7.0, 9.0];
    /// f64::put_row(&mut memory, 1.0, [1.0, 2.0], 1.0);
    /// f64::put_row(&mut memory, 0.0, [8.0, 8.0], 0.0);
    /// assert_eq!(memory, [5.0, 1.0, 2.0]);
    /// ```
    fn put_row<const N: usize>(memory: &mut [Self], slot: Self, values: [Self; N], flag: Self);
    /// Sets an element of a ring, a power of two long, at a whole-number `step` counted round it to `value` in the lanes
    /// in which `flag` is not 0.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// let mut ring = [5.0, 7.0];
    /// f64::put_ring(&mut ring, 3.0, 0.5, 1.0);
    /// assert_eq!(ring, [5.0, 0.5]);
    /// ```
    fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self);
    /// Number of lanes.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(f64::LANES, 1);
    /// ```
    const LANES: usize;
    /// The plain number of lane `at`; the last lane if there are fewer.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(2.5.lane(0), 2.5);
    /// ```
    fn lane(self, at: usize) -> f64;
    /// Sets lane `at`; nothing happens if there are fewer.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// let mut busy = 2.5;
    /// busy.set_lane(0, 3.0);
    /// assert_eq!(busy, 3.0);
    /// ```
    fn set_lane(&mut self, at: usize, x: f64);
    /// Adds to the slope of a number that has one; nothing happens to others.
    ///
    /// ```
    /// use slackwater_core::lane::{Dual, Lane};
    /// let (mut plain, mut dual) = (2.5, Dual::splat(2.5));
    /// Lane::lean(&mut plain, 3.0);
    /// dual.lean(3.0);
    /// assert_eq!((plain, dual.value, dual.slope), (2.5, 2.5, 3.0));
    /// ```
    #[inline(always)]
    fn lean(&mut self, slope: f64) {
        let _ = slope;
    }
    /// The same number in one piece: lanes of which each goes its own way afterwards would else be worked out one by one
    /// from long before.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(2.5.settled(), 2.5);
    /// ```
    #[must_use]
    #[inline(always)]
    fn settled(self) -> Self {
        self
    }
    /// Zero in every lane.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(<f64 as Lane>::zero(), 0.0);
    /// ```
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(0.0)
    }
    /// One in every lane.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(<f64 as Lane>::one(), 1.0);
    /// ```
    #[inline(always)]
    fn one() -> Self {
        Self::splat(1.0)
    }
    /// Lane-wise distance from 0.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(Lane::abs(-2.5), 2.5);
    /// ```
    #[must_use]
    #[inline(always)]
    fn abs(self) -> Self {
        self.max(-self)
    }
    /// `self` limited to `[low, high]`.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(1.5.within(0.0, 1.0), 1.0);
    /// ```
    #[must_use]
    #[inline(always)]
    fn within(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
    /// `self / other`, or `otherwise` where `other` is not positive.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!(3.0.over(2.0, 1.0), 1.5);
    /// assert_eq!(3.0.over(0.0, 1.0), 1.0);
    /// ```
    #[must_use]
    #[inline(always)]
    fn over(self, other: Self, otherwise: Self) -> Self {
        let safe = Self::pick(other.gt(Self::zero()), other, Self::one());
        Self::pick(other.gt(Self::zero()), self / safe, otherwise)
    }
    /// Whether the number is 0 in every lane, and its slope too if it has one.
    ///
    /// ```
    /// use slackwater_core::lane::{Dual, Lane};
    /// assert!(0.0.is_nothing() && !Dual { value: 0.0, slope: 1.0 }.is_nothing());
    /// ```
    #[inline(always)]
    fn is_nothing(self) -> bool {
        !Self::any(self)
    }
    /// [`Lane::over`] for a number that is 0 most of the time: then nothing is divided. The same bits.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!((3.0.rarely_over(2.0, 1.0), 0.0.rarely_over(2.0, 1.0), 0.0.rarely_over(0.0, 1.0)), (1.5, 0.0, 1.0));
    /// ```
    #[must_use]
    #[inline(always)]
    fn rarely_over(self, other: Self, otherwise: Self) -> Self {
        if self.is_nothing() {
            return Self::pick(other.gt(Self::zero()), self, otherwise);
        }
        self.over(other, otherwise)
    }
    /// `self / unit` for a unit that is 1 most of the time: then nothing is divided. The same bits.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!((3.0.per(1.0), 3.0.per(2.0)), (3.0, 1.5));
    /// ```
    #[must_use]
    #[inline(always)]
    fn per(self, unit: Self) -> Self {
        self.per_known(unit, (unit - Self::one()).is_nothing())
    }
    /// [`Lane::per`] where it is known whether the unit is 1 in every lane: `whole`.
    ///
    /// ```
    /// use slackwater_core::lane::Lane;
    /// assert_eq!((3.0.per_known(1.0, true), 3.0.per_known(2.0, false)), (3.0, 1.5));
    /// ```
    #[must_use]
    #[inline(always)]
    fn per_known(self, unit: Self, whole: bool) -> Self {
        if whole {
            return self;
        }
        seldom();
        // Else the compiler divides ahead of the question, and always.
        core::hint::black_box(self) / unit
    }
}
