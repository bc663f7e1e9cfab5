//! Two registers a number: one works while the other waits for a result.

use super::scalar::{index, turned};
use super::wide::Holds;
use super::{F64x8, Lane};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// Sixteen scenarios at once: two registers of eight.
///
/// ```
/// use slackwater_core::lane::{F64x16, Lane};
/// let busy = F64x16::from([0.5; 16]);
/// assert_eq!((busy + busy).lane(15), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct F64x16([F64x8; 2]);

impl From<[f64; 16]> for F64x16 {
    #[inline(always)]
    fn from(numbers: [f64; 16]) -> Self {
        let half = |first: usize| F64x8::from(core::array::from_fn(|at| numbers[first + at]));
        Self([half(0), half(8)])
    }
}
impl<const PART: usize> Holds<F64x8, PART> for F64x16 {
    #[inline(always)]
    fn part(&self) -> &F64x8 {
        &self.0[PART & 1]
    }
    #[inline(always)]
    fn part_mut(&mut self) -> &mut F64x8 {
        &mut self.0[PART & 1]
    }
}

impl F64x16 {
    /// The slot all lanes mean, if they mean the same one.
    #[inline(always)]
    fn alike(self) -> Option<f64> {
        let [a, b] = self.0;
        let first = a.all()[0];
        let one = F64x8::splat(first);
        if F64x8::any(a - one) || F64x8::any(b - one) { None } else { Some(first) }
    }
    #[cold]
    #[inline(never)]
    fn gather_apart<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
        let mut row = [Self::zero(); N];
        for lane in 0..Self::LANES {
            for (cell, x) in row.iter_mut().zip(memory.get(index(slot.lane(lane))..).unwrap_or_default()) {
                cell.set_lane(lane, x.lane(lane));
            }
        }
        row
    }
    #[cold]
    #[inline(never)]
    fn add_apart(memory: &mut [Self], slot: Self, amount: Self) {
        for lane in 0..Self::LANES {
            if let Some(cell) = memory.get_mut(index(slot.lane(lane))) {
                cell.set_lane(lane, cell.lane(lane) + amount.lane(lane));
            }
        }
    }
    #[cold]
    #[inline(never)]
    fn put_apart<const N: usize>(memory: &mut [Self], slot: Self, values: &[Self; N], flag: Self) {
        for lane in (0..Self::LANES).filter(|&lane| flag.lane(lane) != 0.0) {
            let row = memory.get_mut(index(slot.lane(lane))..).unwrap_or_default();
            for (cell, x) in row.iter_mut().zip(values) {
                cell.set_lane(lane, x.lane(lane));
            }
        }
    }
}

macro_rules! halves {
    ($($of:ident $method:ident),*) => {
        $(impl $of for F64x16 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self([self.0[0].$method(other.0[0]), self.0[1].$method(other.0[1])])
            }
        })*
    };
}
halves!(Add add, Sub sub, Mul mul, Div div);

impl Neg for F64x16 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self([-self.0[0], -self.0[1]])
    }
}
impl AddAssign for F64x16 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for F64x16 {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

macro_rules! each_half {
    ($($name:ident($self:ident $(, $other:ident)?)),*) => {
        $(#[inline(always)]
        fn $name($self $(, $other: Self)?) -> Self {
            Self([$self.0[0].$name($($other.0[0])?), $self.0[1].$name($($other.0[1])?)])
        })*
    };
}

impl Lane for F64x16 {
    const LANES: usize = 16;
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([F64x8::splat(x); 2])
    }
    each_half!(min(self, other), max(self, other), ge(self, other), gt(self, other));
    each_half!(sqrt(self), floor(self), whole(self), settled(self));
    #[inline(always)]
    fn pick(flag: Self, a: Self, b: Self) -> Self {
        Self([F64x8::pick(flag.0[0], a.0[0], b.0[0]), F64x8::pick(flag.0[1], a.0[1], b.0[1])])
    }
    #[inline(always)]
    fn any(flag: Self) -> bool {
        F64x8::any(flag.0[0]) || F64x8::any(flag.0[1])
    }
    #[inline(always)]
    fn gather(memory: &[Self], slot: Self) -> Self {
        if let Some(slot) = slot.alike() {
            return memory.get(index(slot)).copied().unwrap_or(Self::zero());
        }
        let [cell] = Self::gather_apart(memory, slot);
        cell
    }
    #[inline(always)]
    fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
        if let Some(row) = slot.alike().and_then(|at| memory.get(index(at)..)).and_then(|row| row.first_chunk()) {
            return *row;
        }
        Self::gather_apart(memory, slot)
    }
    #[inline(always)]
    fn row<const N: usize>(memory: &mut [Self], slot: Self) -> Option<&mut [Self; N]> {
        memory.get_mut(index(slot.alike()?)..)?.first_chunk_mut()
    }
    #[inline(always)]
    fn gather_ring(ring: &[Self], step: Self) -> Self {
        if let Some(step) = step.alike() {
            return ring.get(turned(step, ring.len())).copied().unwrap_or(Self::zero());
        }
        Self([F64x8::ring_apart::<_, 0>(ring, step.0[0]), F64x8::ring_apart::<_, 1>(ring, step.0[1])])
    }
    #[inline(always)]
    fn pair_ring(ring: &[Self], step: Self) -> (Self, Self) {
        if let Some(step) = step.alike() {
            let cell = |at: usize| ring.get(at & ring.len().wrapping_sub(1)).copied().unwrap_or(Self::zero());
            return (cell(index(step)), cell(index(step).wrapping_add(1)));
        }
        let (low, high) = (F64x8::pair_apart::<_, 0>(ring, step.0[0]), F64x8::pair_apart::<_, 1>(ring, step.0[1]));
        (Self([low.0, high.0]), Self([low.1, high.1]))
    }
    #[inline(always)]
    fn pair(table: &[Self], slot: Self) -> (Self, Self) {
        let (low, high) = (F64x8::pair_in::<_, 0>(table, slot.0[0]), F64x8::pair_in::<_, 1>(table, slot.0[1]));
        (Self([low.0, high.0]), Self([low.1, high.1]))
    }
    #[inline(always)]
    fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
        match slot.alike() {
            Some(slot) => {
                if let Some(cell) = memory.get_mut(index(slot)) {
                    *cell += amount;
                }
            }
            None => Self::add_apart(memory, slot, amount),
        }
    }
    #[inline(always)]
    fn put_row<const N: usize>(memory: &mut [Self], slot: Self, values: [Self; N], flag: Self) {
        match slot.alike() {
            Some(at) => {
                for (cell, x) in memory.get_mut(index(at)..).unwrap_or_default().iter_mut().zip(values) {
                    *cell = Self::pick(flag, x, *cell);
                }
            }
            None => Self::put_apart(memory, slot, &values, flag),
        }
    }
    #[inline(always)]
    fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self) {
        if let Some(step) = step.alike() {
            if let Some(cell) = ring.get_mut(turned(step, ring.len())) {
                *cell = Self::pick(flag, value, *cell);
            }
            return;
        }
        F64x8::put_ring_apart::<_, 0>(ring, step.0[0], value.0[0], flag.0[0]);
        F64x8::put_ring_apart::<_, 1>(ring, step.0[1], value.0[1], flag.0[1]);
    }
    #[inline(always)]
    fn lane(self, at: usize) -> f64 {
        let at = at.min(15);
        self.0[at / 8].lane(at % 8)
    }
    #[inline(always)]
    fn set_lane(&mut self, at: usize, x: f64) {
        if let Some(half) = self.0.get_mut(at / 8) {
            half.set_lane(at % 8, x);
        }
    }
}
