//! Several scenarios side by side: the step kernel over 4 or 8 numbers at once.
//!
//! Every operation is that of `f64`, lane by lane, in the same order and without contraction, so a lane has the
//! bits the scenario has alone. Loops of fixed length over plain arrays become vector instructions where the build
//! or the caller allows them, and plain ones everywhere else.

use super::{Lane, part, whole, wrapped};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

macro_rules! operators {
    ($name:ident: $($of:ident $method:ident $sign:tt),*) => {
        $(impl $of for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(other, |a, b| a $sign b)
            }
        })*
    };
}

macro_rules! wide {
    ($(#[$doc:meta])* $name:ident, $lanes:literal, $align:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[repr(align($align))]
        pub struct $name(pub [f64; $lanes]);

        impl $name {
            #[inline(always)]
            fn each(self, of: impl Fn(f64) -> f64) -> Self {
                let mut out = self.0;
                for x in &mut out {
                    *x = of(*x);
                }
                Self(out)
            }
            #[inline(always)]
            fn with(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
                let mut out = self.0;
                for (x, y) in out.iter_mut().zip(&other.0) {
                    *x = of(*x, *y);
                }
                Self(out)
            }
            /// The slot all lanes mean, if they mean the same one: rings of scenarios that started together.
            #[inline(always)]
            fn common(self) -> Option<f64> {
                let [first, ..] = self.0;
                let mut same = true;
                for x in self.0 {
                    same &= x == first;
                }
                (same && first >= 0.0).then_some(first)
            }
        }

        operators!($name: Add add +, Sub sub -, Mul mul *, Div div /);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                self.each(|x| -x)
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
                self.with(other, |a, b| if b < a { b } else { a })
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                self.with(other, |a, b| if b > a { b } else { a })
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.each(libm::sqrt)
            }
            #[inline(always)]
            fn floor(self) -> Self {
                self.each(whole)
            }
            #[inline(always)]
            fn wrap(self, length: usize) -> Self {
                self.each(|x| wrapped(x, length))
            }
            #[inline(always)]
            fn ge(self, other: Self) -> Self {
                self.with(other, |a, b| if a >= b { 1.0 } else { 0.0 })
            }
            #[inline(always)]
            fn gt(self, other: Self) -> Self {
                self.with(other, |a, b| if a > b { 1.0 } else { 0.0 })
            }
            #[inline(always)]
            fn pick(flag: Self, a: Self, b: Self) -> Self {
                let mut out = a.0;
                for ((x, y), flag) in out.iter_mut().zip(&b.0).zip(&flag.0) {
                    *x = if *flag == 0.0 { *y } else { *x };
                }
                Self(out)
            }
            #[inline(always)]
            fn any(flag: Self) -> bool {
                let mut any = false;
                for x in flag.0 {
                    any |= x != 0.0;
                }
                any
            }
            #[inline(always)]
            fn gather(memory: &[Self], slot: Self) -> Self {
                if let Some(slot) = slot.common() {
                    return memory.get(slot as usize).copied().unwrap_or(Self([0.0; $lanes]));
                }
                let mut out = slot.0;
                for (at, x) in out.iter_mut().enumerate() {
                    *x = if *x >= 0.0 { memory.get(*x as usize).map_or(0.0, |cell| cell.0[at]) } else { 0.0 };
                }
                Self(out)
            }
            #[inline(always)]
            fn interpolate(table: &[Self], position: Self) -> Self {
                let mut out = position.0;
                for (at, x) in out.iter_mut().enumerate() {
                    let (low, share) = part(table.len(), *x);
                    let (Some(a), Some(b)) = (table.get(low), table.get(low + 1)) else {
                        *x = 0.0;
                        continue;
                    };
                    *x = a.0[at] + (b.0[at] - a.0[at]) * share;
                }
                Self(out)
            }
            #[inline(always)]
            fn scatter_add(memory: &mut [Self], slot: Self, amount: Self) {
                if let Some(slot) = slot.common() {
                    if let Some(cell) = memory.get_mut(slot as usize) {
                        *cell += amount;
                    }
                    return;
                }
                for (at, (slot, amount)) in slot.0.into_iter().zip(amount.0).enumerate() {
                    if slot >= 0.0
                        && let Some(cell) = memory.get_mut(slot as usize)
                    {
                        cell.0[at] += amount;
                    }
                }
            }
            #[inline(always)]
            fn put(memory: &mut [Self], slot: Self, value: Self, flag: Self) {
                if let Some(slot) = slot.common() {
                    if let Some(cell) = memory.get_mut(slot as usize) {
                        *cell = Self::pick(flag, value, *cell);
                    }
                    return;
                }
                for (at, ((slot, value), flag)) in slot.0.into_iter().zip(value.0).zip(flag.0).enumerate() {
                    if flag != 0.0
                        && slot >= 0.0
                        && let Some(cell) = memory.get_mut(slot as usize)
                    {
                        cell.0[at] = value;
                    }
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
    F64x4, 4, 32
}
wide! {
    /// Eight scenarios at once.
    ///
    /// ```
    /// use slackwater_core::lane::{F64x8, Lane};
    /// let busy = F64x8([0.5; 8]);
    /// assert!(!F64x8::any(busy.gt(F64x8::one())));
    /// ```
    F64x8, 8, 64
}
