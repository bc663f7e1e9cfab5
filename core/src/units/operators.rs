//! The products and quotients that mean something; the table is in the parent module.

use core::ops::{Add, AddAssign, Div, Mul};

use super::{Bytes, Cores, CpuSeconds, Fraction, PerSecond, Seats, Seconds, Utilisation, held};

const fn quotient(numerator: f64, denominator: f64) -> f64 {
    if numerator == 0.0 { 0.0 } else { held(numerator / denominator) }
}

macro_rules! sum {
    ($($name:ident)*) => {$(
        impl Add for $name {
            type Output = Self;

            fn add(self, other: Self) -> Self {
                Self(held(self.0 + other.0))
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
    )*};
}

macro_rules! product {
    ($left:ident * $right:ident = $out:ident) => {
        impl Mul<$right> for $left {
            type Output = $out;

            fn mul(self, other: $right) -> $out {
                $out(held(self.0 * other.0))
            }
        }

        impl Mul<$left> for $right {
            type Output = $out;

            fn mul(self, other: $left) -> $out {
                other * self
            }
        }
    };
}

macro_rules! division {
    ($($left:ident / $right:ident = $out:ident;)*) => {$(
        impl Div<$right> for $left {
            type Output = $out;

            fn div(self, other: $right) -> $out {
                $out(quotient(self.0, other.0))
            }
        }
    )*};
}

macro_rules! ratio {
    ($($name:ident)*) => {$(
        impl Div for $name {
            type Output = f64;

            fn div(self, other: Self) -> f64 {
                quotient(self.0, other.0)
            }
        }
    )*};
}

impl Mul for Fraction {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Mul<Seconds> for PerSecond {
    type Output = f64;

    fn mul(self, other: Seconds) -> f64 {
        held(self.0 * other.0)
    }
}

impl Mul<PerSecond> for Seconds {
    type Output = f64;

    fn mul(self, other: PerSecond) -> f64 {
        other * self
    }
}

sum! { Seconds PerSecond CpuSeconds Cores Bytes Seats Utilisation }

product!(Seconds * Fraction = Seconds);
product!(PerSecond * Fraction = PerSecond);
product!(CpuSeconds * Fraction = CpuSeconds);
product!(Cores * Fraction = Cores);
product!(Bytes * Fraction = Bytes);
product!(Seats * Fraction = Seats);
product!(Utilisation * Fraction = Utilisation);
product!(PerSecond * CpuSeconds = Cores);
product!(Cores * Seconds = CpuSeconds);

division! {
    CpuSeconds / Seconds = Cores;
    CpuSeconds / Cores = Seconds;
    Cores / CpuSeconds = PerSecond;
    Cores / PerSecond = CpuSeconds;
    Cores / Cores = Utilisation;
    Seats / Seats = Utilisation;
}

ratio! { Seconds PerSecond CpuSeconds Bytes }
