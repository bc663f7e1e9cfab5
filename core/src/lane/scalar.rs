//! One scenario at a time: the reference, and the pieces of it that wider lanes repeat lane by lane.

use super::Lane;

/// From here on every double is a whole number: 2^52.
pub(super) const ALL_WHOLE: f64 = 4_503_599_627_370_496.0;

/// Largest whole number not above a non-negative `x`; 0 for anything else. Without a conversion, so that it is the same
/// instructions at every width.
#[inline(always)]
pub(super) fn floor(x: f64) -> f64 {
    let low = whole(x);
    let low = if x >= ALL_WHOLE { x } else { low };
    if x > 0.0 { low } else { 0.0 }
}

/// Largest whole number not above `x`, from 0 to below 2^52.
#[inline(always)]
pub(super) fn whole(x: f64) -> f64 {
    let near = (x + ALL_WHOLE) - ALL_WHOLE;
    if near > x { near - 1.0 } else { near }
}

/// A whole number from 0 on as an index; anything else becomes one that no memory has. Added to 2^52 it stands in the
/// last bits, so that a vector of them needs no conversion lane by lane.
#[inline(always)]
pub(super) fn index(x: f64) -> usize {
    let bits = (x + ALL_WHOLE).to_bits().wrapping_sub(ALL_WHOLE.to_bits());
    usize::try_from(bits).unwrap_or(usize::MAX)
}

/// Index in a ring of `length` entries, a power of two, for a whole number from 0 on.
#[inline(always)]
pub(super) fn turned(x: f64, length: usize) -> usize {
    index(x) & length.wrapping_sub(1)
}

/// How a lane of one number goes through memory: the same for a plain number and for one with its slope.
macro_rules! memory_of_one {
    () => {
        #[inline(always)]
        fn gather(memory: &[Self], slot: Self) -> Self {
            memory.get(index(slot.lane(0))).copied().unwrap_or(Self::splat(0.0))
        }
        #[inline(always)]
        fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
            let mut row = [Self::splat(0.0); N];
            for (cell, x) in row.iter_mut().zip(memory.get(index(slot.lane(0))..).unwrap_or_default()) {
                *cell = *x;
            }
            row
        }
        #[inline(always)]
        fn row<const N: usize>(memory: &mut [Self], slot: Self) -> Option<&mut [Self; N]> {
            memory.get_mut(index(slot.lane(0))..)?.first_chunk_mut()
        }
        #[inline(always)]
        fn gather_ring(ring: &[Self], step: Self) -> Self {
            ring.get(turned(step.lane(0), ring.len())).copied().unwrap_or(Self::splat(0.0))
        }
        #[inline(always)]
        fn pair_ring(ring: &[Self], step: Self) -> (Self, Self) {
            let (at, last) = (index(step.lane(0)), ring.len().wrapping_sub(1));
            let cell = |at: usize| ring.get(at & last).copied().unwrap_or(Self::splat(0.0));
            (cell(at), cell(at.wrapping_add(1)))
        }
        #[inline(always)]
        fn pair(table: &[Self], slot: Self) -> (Self, Self) {
            let none = Self::splat(0.0);
            let Some(top) = table.len().checked_sub(2) else { return (none, none) };
            let at = index(slot.lane(0)).min(top);
            (table.get(at).copied().unwrap_or(none), table.get(at + 1).copied().unwrap_or(none))
        }
        #[inline(always)]
        fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
            if let Some(cell) = memory.get_mut(index(slot.lane(0))) {
                *cell += amount;
            }
        }
        #[inline(always)]
        fn put_row<const N: usize>(memory: &mut [Self], slot: Self, values: [Self; N], flag: Self) {
            if flag.lane(0) != 0.0 {
                for (cell, x) in memory.get_mut(index(slot.lane(0))..).unwrap_or_default().iter_mut().zip(values) {
                    *cell = x;
                }
            }
        }
        #[inline(always)]
        fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self) {
            if flag.lane(0) != 0.0
                && let Some(cell) = ring.get_mut(turned(step.lane(0), ring.len()))
            {
                *cell = value;
            }
        }
    };
}
pub(super) use memory_of_one;

impl Lane for f64 {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        libm::sqrt(self)
    }
    #[inline(always)]
    fn floor(self) -> Self {
        floor(self)
    }
    #[inline(always)]
    fn whole(self) -> Self {
        whole(self)
    }
    #[inline(always)]
    fn ge(self, other: Self) -> Self {
        f64::from(u8::from(self >= other))
    }
    #[inline(always)]
    fn gt(self, other: Self) -> Self {
        f64::from(u8::from(self > other))
    }
    #[inline(always)]
    fn pick(flag: Self, a: Self, b: Self) -> Self {
        if flag == 0.0 { b } else { a }
    }
    #[inline(always)]
    fn any(flag: Self) -> bool {
        flag != 0.0
    }
    memory_of_one!();
    const LANES: usize = 1;
    #[inline(always)]
    fn lane(self, _at: usize) -> f64 {
        self
    }
    #[inline(always)]
    fn set_lane(&mut self, _at: usize, x: f64) {
        *self = x;
    }
}
