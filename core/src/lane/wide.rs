//! Several scenarios side by side: the step kernel over 4 or 8 numbers at once.
//!
//! Every operation is that of `f64`, lane by lane, in the same order and without contraction, so a lane has the
//! bits the scenario has alone. What lies in memory and what goes round a loop is a vector register; what is done with
//! it is written out lane by lane, as loops and closures would be calls in a function of this size.

use super::Lane;
use super::scalar::{ALL_WHOLE, floor, index, turned};
use core::hint::black_box;
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};
use zerocopy::{transmute, transmute_mut, transmute_ref};

/// Registers of this machine: the compiler keeps such a number in one piece, and an array of numbers it does not.
#[cfg(target_arch = "x86_64")]
mod register {
    pub(super) type Four = core::arch::x86_64::__m256d;
    pub(super) type Eight = core::arch::x86_64::__m512d;
}
#[cfg(not(target_arch = "x86_64"))]
mod register {
    pub(super) type Four = [f64; 4];
    pub(super) type Eight = [f64; 8];
}

/// What holds a register in one of its `PART`s: itself, or a pair of them.
pub(super) trait Holds<L, const PART: usize> {
    fn part(&self) -> &L;
    fn part_mut(&mut self) -> &mut L;
}

macro_rules! operators {
    ($name:ident, $lanes:tt: $($of:ident $method:ident $sign:tt),*) => {
        $(operators!(@ $name, $lanes, $of $method $sign);)*
    };
    (@ $name:ident, [$($at:tt)*], $of:ident $method:ident $sign:tt) => {
        impl $of for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let (a, b) = (self.all(), other.all());
                Self::of([$(a[$at] $sign b[$at]),*])
            }
        }
    };
}

macro_rules! wide {
    ($(#[$doc:meta])* $name:ident, $lanes:literal, $align:literal, $register:ty, $($at:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        #[repr(align($align))]
        pub struct $name($register);

        impl From<[f64; $lanes]> for $name {
            #[inline(always)]
            fn from(numbers: [f64; $lanes]) -> Self {
                Self::of(numbers)
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.all() == other.all()
            }
        }
        impl Holds<Self, 0> for $name {
            #[inline(always)]
            fn part(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn part_mut(&mut self) -> &mut Self {
                self
            }
        }

        impl $name {
            #[inline(always)]
            fn of(numbers: [f64; $lanes]) -> Self {
                Self(transmute!(numbers))
            }
            #[inline(always)]
            pub(super) fn all(self) -> [f64; $lanes] {
                transmute!(self.0)
            }
            #[inline(always)]
            fn view(&self) -> &[f64; $lanes] {
                transmute_ref!(&self.0)
            }
            #[inline(always)]
            fn edit(&mut self) -> &mut [f64; $lanes] {
                transmute_mut!(&mut self.0)
            }
            /// Whether all lanes have the same number.
            #[inline(always)]
            fn alike(self) -> bool {
                // As one difference: compared one by one, the first with itself would be another operation than the rest.
                !Self::any(self - Self::of([self.all()[0]; $lanes]))
            }
            /// The slot all lanes mean, if they mean the same one: rings of scenarios that started together.
            #[inline(always)]
            fn common(self) -> Option<usize> {
                if self.alike() { Some(index(self.all()[0])) } else { None }
            }
            #[cold]
            #[inline(never)]
            fn gather_apart<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
                let mut row = [Self::of([0.0; $lanes]); N];
                $(for (cell, x) in row.iter_mut().zip(memory.get(index(slot.all()[$at])..).unwrap_or_default()) {
                    cell.edit()[$at] = x.view()[$at];
                })*
                row
            }
            #[cold]
            #[inline(never)]
            fn add_apart(memory: &mut [Self], slot: Self, amount: Self) {
                $(if let Some(cell) = memory.get_mut(index(slot.all()[$at])) {
                    cell.edit()[$at] += amount.all()[$at];
                })*
            }
            #[cold]
            #[inline(never)]
            fn put_apart<const N: usize>(memory: &mut [Self], slot: Self, values: &[Self; N], flag: Self) {
                $(if flag.all()[$at] != 0.0 {
                    let row = memory.get_mut(index(slot.all()[$at])..).unwrap_or_default();
                    for (cell, x) in row.iter_mut().zip(values) {
                        cell.edit()[$at] = x.view()[$at];
                    }
                })*
            }
            /// [`Lane::gather_ring`], each lane from where it means.
            #[inline(always)]
            pub(super) fn ring_apart<C: Holds<Self, PART>, const PART: usize>(ring: &[C], step: Self) -> Self {
                let step = step.all();
                Self::of([$(match ring.get(turned(step[$at], ring.len())) {
                    Some(cell) => cell.part().view()[$at],
                    None => 0.0,
                }),*])
            }
            /// [`Lane::pair_ring`], each lane from where it means.
            #[inline(always)]
            pub(super) fn pair_apart<C: Holds<Self, PART>, const PART: usize>(ring: &[C], step: Self) -> (Self, Self) {
                let last = ring.len().wrapping_sub(1);
                let step = step.all();
                let at = [$(index(step[$at])),*];
                let cell = |at: usize, lane: usize| ring.get(at & last).map_or(0.0, |cell| cell.part().view()[lane]);
                (Self::of([$(cell(at[$at], $at)),*]), Self::of([$(cell(at[$at].wrapping_add(1), $at)),*]))
            }
            /// [`Lane::put_ring`], each lane to where it means.
            #[inline(always)]
            pub(super) fn put_ring_apart<C: Holds<Self, PART>, const PART: usize>(
                ring: &mut [C],
                step: Self,
                value: Self,
                flag: Self,
            ) {
                let (length, step, value, flag) = (ring.len(), step.settled().all(), value.all(), flag.all());
                $(if let Some(cell) = ring.get_mut(turned(step[$at], length)) {
                    let cell = cell.part_mut().edit();
                    cell[$at] = if flag[$at] == 0.0 { cell[$at] } else { value[$at] };
                })*
            }
            /// [`Lane::pair`].
            #[inline(always)]
            pub(super) fn pair_in<C: Holds<Self, PART>, const PART: usize>(table: &[C], slot: Self) -> (Self, Self) {
                let none = Self::of([0.0; $lanes]);
                let Some(top) = table.len().checked_sub(2) else { return (none, none) };
                let slot = slot.min(Self::splat(top as f64)).settled().all();
                if let (Some(from), Some(to)) = (table.first_chunk::<64>(), table.last_chunk::<64>())
                    && top == 63
                {
                    // A table of 65 needs no bounds.
                    let at = [$(index(slot[$at]) & 63),*];
                    return (
                        Self::of([$(from[at[$at]].part().view()[$at]),*]),
                        Self::of([$(to[at[$at]].part().view()[$at]),*]),
                    );
                }
                // Bounded once, so that no lane has to ask again.
                let at = [$(index(slot[$at]).min(top)),*];
                let cell = |at: usize, lane: usize| table.get(at).map_or(0.0, |cell| cell.part().view()[lane]);
                (Self::of([$(cell(at[$at], $at)),*]), Self::of([$(cell(at[$at] + 1, $at)),*]))
            }
        }

        operators!($name, [$($at)*]: Add add +, Sub sub -, Mul mul *, Div div /);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                let x = self.all();
                Self::of([$(-x[$at]),*])
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
                Self::of([x; $lanes])
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                let (a, b) = (self.all(), other.all());
                Self::of([$(if b[$at] < a[$at] { b[$at] } else { a[$at] }),*])
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                let (a, b) = (self.all(), other.all());
                Self::of([$(if b[$at] > a[$at] { b[$at] } else { a[$at] }),*])
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                let x = self.all();
                Self::of([$(libm::sqrt(x[$at])),*])
            }
            #[inline(always)]
            fn floor(self) -> Self {
                let x = self.all();
                Self::of([$(floor(x[$at])),*])
            }
            #[inline(always)]
            fn whole(self) -> Self {
                let near = (self + Self::splat(ALL_WHOLE)) - Self::splat(ALL_WHOLE);
                Self::pick(near.gt(self), near - Self::one(), near)
            }
            #[inline(always)]
            fn ge(self, other: Self) -> Self {
                let (a, b) = (self.all(), other.all());
                Self::of([$(if a[$at] >= b[$at] { 1.0 } else { 0.0 }),*])
            }
            #[inline(always)]
            fn gt(self, other: Self) -> Self {
                let (a, b) = (self.all(), other.all());
                Self::of([$(if a[$at] > b[$at] { 1.0 } else { 0.0 }),*])
            }
            #[inline(always)]
            fn pick(flag: Self, a: Self, b: Self) -> Self {
                let (flag, a, b) = (flag.all(), a.all(), b.all());
                Self::of([$(if flag[$at] == 0.0 { b[$at] } else { a[$at] }),*])
            }
            #[inline(always)]
            fn any(flag: Self) -> bool {
                let flag = flag.all();
                $((flag[$at] != 0.0))|*
            }
            #[inline(always)]
            fn settled(self) -> Self {
                black_box(self)
            }
            #[inline(always)]
            fn gather(memory: &[Self], slot: Self) -> Self {
                match slot.common() {
                    Some(slot) => match memory.get(slot) {
                        Some(cell) => *cell,
                        None => Self::of([0.0; $lanes]),
                    },
                    None => {
                        let [cell] = Self::gather_apart(memory, slot);
                        cell
                    }
                }
            }
            #[inline(always)]
            fn gather_row<const N: usize>(memory: &[Self], slot: Self) -> [Self; N] {
                if let Some(row) = slot.common().and_then(|at| memory.get(at..)).and_then(|row| row.first_chunk()) {
                    return *row;
                }
                // In pieces: an array that a call has written would keep the usual case in memory too.
                Self::gather_apart(memory, slot).map(|cell| Self::of(cell.all()))
            }
            #[inline(always)]
            fn row<const N: usize>(memory: &mut [Self], slot: Self) -> Option<&mut [Self; N]> {
                memory.get_mut(slot.common()?..)?.first_chunk_mut()
            }
            #[inline(always)]
            fn gather_ring(ring: &[Self], step: Self) -> Self {
                if step.alike() {
                    let cell = ring.get(turned(step.all()[0], ring.len()));
                    return cell.copied().unwrap_or(Self::of([0.0; $lanes]));
                }
                Self::ring_apart(ring, step)
            }
            #[inline(always)]
            fn pair_ring(ring: &[Self], step: Self) -> (Self, Self) {
                if step.alike() {
                    let (at, none) = (index(step.all()[0]), Self::of([0.0; $lanes]));
                    let cell = |at: usize| ring.get(at & ring.len().wrapping_sub(1)).copied().unwrap_or(none);
                    return (cell(at), cell(at.wrapping_add(1)));
                }
                Self::pair_apart(ring, step)
            }
            #[inline(always)]
            fn pair(table: &[Self], slot: Self) -> (Self, Self) {
                Self::pair_in(table, slot)
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
            fn put_ring(ring: &mut [Self], step: Self, value: Self, flag: Self) {
                if step.alike() {
                    if let Some(cell) = ring.get_mut(turned(step.all()[0], ring.len())) {
                        *cell = Self::pick(flag, value, *cell);
                    }
                    return;
                }
                Self::put_ring_apart(ring, step, value, flag);
            }
            #[inline(always)]
            fn lane(self, at: usize) -> f64 {
                self.all()[at.min($lanes - 1)]
            }
            #[inline(always)]
            fn set_lane(&mut self, at: usize, x: f64) {
                if let Some(cell) = self.edit().get_mut(at) {
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
    /// let x = F64x4::from([1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!((x * x).lane(2), 9.0);
    /// ```
    F64x4, 4, 32, register::Four, 0 1 2 3
}
wide! {
    /// Eight scenarios at once.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x8, Lane};
    /// let busy = F64x8::from([0.5; 8]);
    /// assert!(!F64x8::any(busy.gt(F64x8::one())));
    /// ```
    F64x8, 8, 64, register::Eight, 0 1 2 3 4 5 6 7
}
