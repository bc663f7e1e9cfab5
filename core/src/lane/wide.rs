//! Several scenarios side by side: the step kernel over 4 or 8 numbers at once.
//!
//! Every operation is that of `f64`, lane by lane, in the same order and without contraction, so a lane has the
//! bits the scenario has alone. Plain arrays become vector registers where the build or the caller allows
//! them. Operations are written out lane by lane: loops and closures would be calls in a function of this size.

use super::Lane;
use super::scalar::{floor, index, turned, whole};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

macro_rules! operators {
    ($name:ident, $lanes:tt: $($of:ident $method:ident $sign:tt),*) => {
        $(operators!(@ $name, $lanes, $of $method $sign);)*
    };
    (@ $name:ident, [$($at:tt)*], $of:ident $method:ident $sign:tt) => {
        impl $of for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self([$(self.0[$at] $sign other.0[$at]),*])
            }
        }
    };
}

macro_rules! wide {
    ($(#[$doc:meta])* $name:ident, $lanes:literal, $align:literal, $($at:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[repr(align($align))]
        pub struct $name(pub [f64; $lanes]);

        impl $name {
            /// Whether all lanes have the same number.
            #[inline(always)]
            fn alike(self) -> bool {
                // As one difference: compared one by one, the first with itself would be another operation than the rest.
                !Self::any(self - Self([self.0[0]; $lanes]))
            }
            /// The slot all lanes mean, if they mean the same one: rings of scenarios that started together.
            #[inline(always)]
            fn common(self) -> Option<usize> {
                if self.alike() { Some(index(self.0[0])) } else { None }
            }
            #[cold]
            #[inline(never)]
            fn gather_apart<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
                let mut row = [Self([0.0; $lanes]); N];
                $(for (cell, x) in row.iter_mut().zip(memory.get(index(slot.0[$at])..).unwrap_or_default()) {
                    cell.0[$at] = x.0[$at];
                })*
                row
            }
            #[cold]
            #[inline(never)]
            fn add_apart(memory: &mut [Self], slot: Self, amount: Self) {
                $(if let Some(cell) = memory.get_mut(index(slot.0[$at])) {
                    cell.0[$at] += amount.0[$at];
                })*
            }
            #[cold]
            #[inline(never)]
            fn put_apart<const N: usize>(memory: &mut [Self], slot: Self, values: &[Self; N], flag: Self) {
                $(if flag.0[$at] != 0.0 {
                    let row = memory.get_mut(index(slot.0[$at])..).unwrap_or_default();
                    for (cell, x) in row.iter_mut().zip(values) {
                        cell.0[$at] = x.0[$at];
                    }
                })*
            }
        }

        operators!($name, [$($at)*]: Add add +, Sub sub -, Mul mul *, Div div /);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self([$(-self.0[$at]),*])
            }
        }
        impl AddAssign for $name {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl SubAssign for $name {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Lane for $name {
            const LANES: usize = $lanes;
            #[inline(always)]
            fn splat(x: f64) -> Self {
                Self([x; $lanes])
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self([$(if other.0[$at] < self.0[$at] { other.0[$at] } else { self.0[$at] }),*])
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self([$(if other.0[$at] > self.0[$at] { other.0[$at] } else { self.0[$at] }),*])
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self([$(libm::sqrt(self.0[$at])),*])
            }
            #[inline(always)]
            fn floor(self) -> Self {
                Self([$(floor(self.0[$at])),*])
            }
            #[inline(always)]
            fn whole(self) -> Self {
                Self([$(whole(self.0[$at])),*])
            }
            #[inline(always)]
            fn ge(self, other: Self) -> Self {
                Self([$(if self.0[$at] >= other.0[$at] { 1.0 } else { 0.0 }),*])
            }
            #[inline(always)]
            fn gt(self, other: Self) -> Self {
                Self([$(if self.0[$at] > other.0[$at] { 1.0 } else { 0.0 }),*])
            }
            #[inline(always)]
            fn pick(flag: Self, a: Self, b: Self) -> Self {
                Self([$(if flag.0[$at] == 0.0 { b.0[$at] } else { a.0[$at] }),*])
            }
            #[inline(always)]
            fn any(flag: Self) -> bool {
                $((flag.0[$at] != 0.0))|*
            }
            #[inline(always)]
            fn gather(memory: &[Self], slot: Self) -> Self {
                match slot.common() {
                    Some(slot) => match memory.get(slot) {
                        Some(cell) => *cell,
                        None => Self([0.0; $lanes]),
                    },
                    None => {
                        let [cell] = Self::gather_apart(memory, slot);
                        Self([$(cell.0[$at]),*])
                    }
                }
            }
            #[inline(always)]
            fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
                if let Some(row) = slot.common().and_then(|at| memory.get(at..)).and_then(|row| row.first_chunk()) {
                    return *row;
                }
                // Number by number: an array that a call has written would keep the usual case in memory too.
                Self::gather_apart(memory, slot).map(|cell| Self([$(cell.0[$at]),*]))
            }
            #[inline(always)]
            fn row<const N: usize>(memory: &mut [Self], slot: Self) -> Option<&mut [Self; N]> {
                memory.get_mut(slot.common()?..)?.first_chunk_mut()
            }
            #[inline(always)]
            fn gather_ring(ring: &[Self], step: Self) -> Self {
                if step.alike() {
                    return ring.get(turned(step.0[0], ring.len())).copied().unwrap_or(Self([0.0; $lanes]));
                }
                Self([$(match ring.get(turned(step.0[$at], ring.len())) {
                    Some(cell) => cell.0[$at],
                    None => 0.0,
                }),*])
            }
            #[inline(always)]
            fn pair_ring(ring: &[Self], step: Self) -> (Self, Self) {
                let last = ring.len().wrapping_sub(1);
                if step.alike() {
                    let (at, none) = (index(step.0[0]), Self([0.0; $lanes]));
                    let cell = |at: usize| ring.get(at & last).copied().unwrap_or(none);
                    return (cell(at), cell(at.wrapping_add(1)));
                }
                let at = [$(index(step.0[$at])),*];
                let cell = |at: usize, lane: usize| ring.get(at & last).map_or(0.0, |cell| cell.0[lane]);
                (Self([$(cell(at[$at], $at)),*]), Self([$(cell(at[$at].wrapping_add(1), $at)),*]))
            }
            #[inline(always)]
            fn pair(table: &[Self], slot: Self) -> (Self, Self) {
                let Some(top) = table.len().checked_sub(2) else { return (Self([0.0; $lanes]), Self([0.0; $lanes])) };
                if let (Some(from), Some(to)) = (table.first_chunk::<64>(), table.last_chunk::<64>())
                    && top == 63
                {
                    // A table of 65 needs no bounds.
                    let at = [$(index(slot.0[$at]).min(top)),*];
                    return (Self([$(from[at[$at] & 63].0[$at]),*]), Self([$(to[at[$at] & 63].0[$at]),*]));
                }
                // Bounded once, so that no lane has to ask again.
                let at = [$(index(slot.0[$at]).min(top)),*];
                let cell = |at: usize, lane: usize| table.get(at).map_or(0.0, |cell| cell.0[lane]);
                (Self([$(cell(at[$at], $at)),*]), Self([$(cell(at[$at] + 1, $at)),*]))
            }
            #[inline(always)]
            fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
                match slot.common() {
                    Some(slot) => {
                        if let Some(cell) = memory.get_mut(slot) {
                            *cell += amount;
                        }
                    }
                    None => Self::add_apart(memory, slot, amount),
                }
            }
            #[inline(always)]
            fn put_row<const N: usize>(memory: &mut [Self], slot: Self, values: [Self; N], flag: Self) {
                match slot.common() {
                    Some(at) => {
                        for (cell, x) in memory.get_mut(at..).unwrap_or_default().iter_mut().zip(values) {
                            *cell = Self::pick(flag, x, *cell);
                        }
                    }
                    None => Self::put_apart(memory, slot, &values, flag),
                }
            }
            #[inline(always)]
            fn add_ring(ring: &mut [Self], step: Self, amount: Self) {
                if step.alike() {
                    if let Some(cell) = ring.get_mut(turned(step.0[0], ring.len())) {
                        *cell += amount;
                    }
                    return;
                }
                $(if let Some(cell) = ring.get_mut(turned(step.0[$at], ring.len())) {
                    cell.0[$at] += amount.0[$at];
                })*
            }
            #[inline(always)]
            fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self) {
                if step.alike() {
                    if let Some(cell) = ring.get_mut(turned(step.0[0], ring.len())) {
                        *cell = Self::pick(flag, value, *cell);
                    }
                    return;
                }
                $(if let Some(cell) = ring.get_mut(turned(step.0[$at], ring.len())) {
                    cell.0[$at] = if flag.0[$at] == 0.0 { cell.0[$at] } else { value.0[$at] };
                })*
            }
            #[inline(always)]
            fn lane(self, at: usize) -> f64 {
                self.0[at.min($lanes - 1)]
            }
            #[inline(always)]
            fn set_lane(&mut self, at: usize, x: f64) {
                if let Some(cell) = self.0.get_mut(at) {
                    *cell = x;
                }
            }
        }
    };
}

wide! {
    /// Four scenarios at once.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x4, Lane};
    /// let x = F64x4([1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!((x * x).lane(2), 9.0);
    /// ```
    F64x4, 4, 32, 0 1 2 3
}
wide! {
    /// Eight scenarios at once.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x8, Lane};
    /// let busy = F64x8([0.5; 8]);
    /// assert!(!F64x8::any(busy.gt(F64x8::one())));
    /// ```
    F64x8, 8, 64, 0 1 2 3 4 5 6 7
}
wide! {
    /// Sixteen scenarios at once: two registers of eight, so that one works while the other waits for a result.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x16, Lane};
    /// let busy = F64x16([0.5; 16]);
    /// assert_eq!((busy + busy).lane(15), 1.0);
    /// ```
    F64x16, 16, 64, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
}
