//! Several scenarios side by side: the step kernel over 4 or 8 numbers at once.
//!
//! Every operation is that of `f64`, lane by lane, in the same order and without contraction, so a lane has the
//! bits the scenario has alone. Plain arrays become vector registers where the build or the caller allows
//! them. Operations are written out lane by lane: loops and closures would be calls in a function of this size.

use super::{Lane, part, whole, wrapped};
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
            /// The slot all lanes mean, if they mean the same one: rings of scenarios that started together.
            #[inline(always)]
            fn common(self) -> Option<f64> {
                let first = self.0[0];
                let same = $((self.0[$at] == first))&*;
                if same && first >= 0.0 { Some(first) } else { None }
            }
            #[inline(never)]
            fn gather_apart(memory: &[Self], slot: Self) -> Self {
                Self([$(if slot.0[$at] >= 0.0 {
                    memory.get(slot.0[$at] as usize).map_or(0.0, |cell| cell.0[$at])
                } else {
                    0.0
                }),*])
            }
            #[inline(never)]
            fn add_apart(memory: &mut [Self], slot: Self, amount: Self) {
                $(if slot.0[$at] >= 0.0
                    && let Some(cell) = memory.get_mut(slot.0[$at] as usize)
                {
                    cell.0[$at] += amount.0[$at];
                })*
            }
            #[inline(never)]
            fn put_apart(memory: &mut [Self], slot: Self, value: Self, flag: Self) {
                $(if flag.0[$at] != 0.0
                    && slot.0[$at] >= 0.0
                    && let Some(cell) = memory.get_mut(slot.0[$at] as usize)
                {
                    cell.0[$at] = value.0[$at];
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
                Self([$(whole(self.0[$at])),*])
            }
            #[inline(always)]
            fn wrap(self, length: usize) -> Self {
                Self([$(wrapped(self.0[$at], length)),*])
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
                    Some(slot) => match memory.get(slot as usize) {
                        Some(cell) => *cell,
                        None => Self([0.0; $lanes]),
                    },
                    None => Self::gather_apart(memory, slot),
                }
            }
            #[inline(never)]
            fn interpolate(table: &[Self], position: Self) -> Self {
                Self([$({
                    let (low, share) = part(table.len(), position.0[$at]);
                    match (table.get(low), table.get(low + 1)) {
                        (Some(a), Some(b)) => a.0[$at] + (b.0[$at] - a.0[$at]) * share,
                        _ => 0.0,
                    }
                }),*])
            }
            #[inline(always)]
            fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
                match slot.common() {
                    Some(slot) => {
                        if let Some(cell) = memory.get_mut(slot as usize) {
                            *cell += amount;
                        }
                    }
                    None => Self::add_apart(memory, slot, amount),
                }
            }
            #[inline(always)]
            fn put(memory: &mut [Self], slot: Self, value: Self, flag: Self) {
                match slot.common() {
                    Some(slot) => {
                        if let Some(cell) = memory.get_mut(slot as usize) {
                            *cell = Self::pick(flag, value, *cell);
                        }
                    }
                    None => Self::put_apart(memory, slot, value, flag),
                }
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
