//! Quantities with their unit in the type, so that a rate is never added to a time.
//!
//! These types stand at the boundary of the model: what comes in is checked once, what goes out says its
//! unit. Inside the kernels the same numbers are plain `f64` with the unit in the name (`wait_s`).
//!
//! Every value is finite and not negative. Operators keep it so: a result too large for an `f64` is held at
//! [`f64::MAX`]. Dividing by zero also gives [`f64::MAX`], and nothing divided by nothing is 0: no work for
//! a server that is not there is no load.
//!
//! # Operators
//!
//! | operator | result | meaning |
//! |---|---|---|
//! | `PerSecond * CpuSeconds` | `Cores` | offered load (utilisation law) |
//! | `PerSecond * Seconds` | `f64` | mean number present (Little's law), or a count of events |
//! | `Cores * Seconds` | `CpuSeconds` | work done |
//! | `CpuSeconds / Seconds` | `Cores` | mean busy cores |
//! | `CpuSeconds / Cores` | `Seconds` | time to work off a backlog |
//! | `Cores / CpuSeconds` | `PerSecond` | capacity |
//! | `Cores / PerSecond` | `CpuSeconds` | cost of one request |
//! | `Cores / Cores`, `Seats / Seats` | `Utilisation` | share of the capacity asked for |
//! | `X / X` for `Seconds`, `PerSecond`, `CpuSeconds`, `Bytes` | `f64` | ratio |
//! | `X + X`, except `Fraction` | `X` | sum |
//! | `X * Fraction`, `Fraction * X` | `X` | a share of it; for `X = Fraction` a share of a share |
//!
//! Sources: J. D. C. Little, *A proof for the queuing formula L = λW*, 1961; the utilisation law is in
//! P. J. Denning and J. P. Buzen, *The operational analysis of queueing network models*, 1978.
//!
//! ```
//! use slackwater_core::units::{Cores, CpuSeconds, PerSecond};
//!
//! let lists = PerSecond::new(50.0)?;
//! let cost = CpuSeconds::new(0.25)?;
//! let load: Cores = lists * cost;
//! assert_eq!(load.to_string(), "12.5 cores");
//! assert_eq!((load / Cores::whole(10)).as_ratio(), 1.25);
//! # Ok::<(), slackwater_core::units::UnitError>(())
//! ```
//!
//! A product without a meaning does not compile:
//!
//! ```compile_fail,E0277
//! use slackwater_core::units::Seconds;
//! let area = Seconds::whole(2) * Seconds::whole(3);
//! ```
//!
//! ```compile_fail,E0277
//! use slackwater_core::units::{Bytes, PerSecond};
//! let bandwidth = PerSecond::whole(2) * Bytes::whole(3);
//! ```
//!
//! ```compile_fail,E0308
//! use slackwater_core::units::{CpuSeconds, Seconds};
//! let work = Seconds::whole(2) + CpuSeconds::whole(3);
//! ```
//!
//! A constant with a decimal point is checked while compiling:
//!
//! ```
//! use slackwater_core::units::Seconds;
//! const CROSS_ZONE: Seconds = match Seconds::new(0.0015) {
//!     Ok(delay) => delay,
//!     Err(_) => panic!("a delay is finite and not negative"),
//! };
//! assert_eq!(CROSS_ZONE.as_s(), 0.0015);
//! ```

use core::fmt;

mod error;
mod operators;

pub use error::UnitError;

const fn checked(quantity: &'static str, value: f64, max: f64) -> Result<f64, UnitError> {
    if !value.is_finite() {
        Err(UnitError::NotFinite { quantity, value })
    } else if value < 0.0 || value > max {
        Err(UnitError::OutOfRange { quantity, value, min: 0.0, max })
    } else {
        // Turns -0 into 0, which prints and divides as one expects.
        Ok(value + 0.0)
    }
}

const fn held(value: f64) -> f64 {
    value.min(f64::MAX)
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, max $max:expr, $getter:ident, $singular:literal, $plural:literal) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
        #[doc = concat!("assert_eq!(", stringify!($name), "::new(0.5)?.to_string(), \"0.5", $plural, "\");")]
        /// # Ok::<(), slackwater_core::units::UnitError>(())
        /// ```
        #[derive(Copy, Clone, Debug, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
        pub struct $name(f64);

        impl $name {
            /// Nothing of it.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::ZERO.", stringify!($getter), "(), 0.0);")]
            /// ```
            pub const ZERO: Self = Self(0.0);

            /// Checks a number given in this unit.
            ///
            /// # Errors
            ///
            /// [`UnitError`] with the number, if it is not finite, negative or above the maximum of the type.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(0.5)?.", stringify!($getter), "(), 0.5);")]
            #[doc = concat!("assert!(", stringify!($name), "::new(-0.5).is_err());")]
            #[doc = concat!("assert!(", stringify!($name), "::new(f64::NAN).is_err());")]
            /// # Ok::<(), slackwater_core::units::UnitError>(())
            /// ```
            pub const fn new(value: f64) -> Result<Self, UnitError> {
                match checked(stringify!($name), value, $max) {
                    Ok(value) => Ok(Self(value)),
                    Err(error) => Err(error),
                }
            }

            /// The plain number, in the unit of the type.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(0.25)?.", stringify!($getter), "(), 0.25);")]
            /// # Ok::<(), slackwater_core::units::UnitError>(())
            /// ```
            pub const fn $getter(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = UnitError;

            fn try_from(value: f64) -> Result<Self, UnitError> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> f64 {
                quantity.0
            }
        }

        // Width and precision go to the number, so that columns line up.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)?;
                f.write_str(if self.0 == 1.0 { $singular } else { $plural })
            }
        }
    };
}

macro_rules! countable {
    ($($name:ident, $getter:ident;)*) => {$(
        impl $name {
            /// A whole number of this unit.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("const FORTY: ", stringify!($name), " = ", stringify!($name), "::whole(40);")]
            #[doc = concat!("assert_eq!(FORTY.", stringify!($getter), "(), 40.0);")]
            /// ```
            pub const fn whole(count: u32) -> Self {
                Self(count as f64)
            }

            /// This much, `count` times.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::whole(3).times(5000).", stringify!($getter), "(), 15_000.0);")]
            /// ```
            #[must_use]
            pub const fn times(self, count: u32) -> Self {
                Self(held(self.0 * count as f64))
            }

            /// What is left of this after `other` is taken away, and 0 if `other` is more.
            ///
            /// ```
            #[doc = concat!("use slackwater_core::units::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::whole(5).less(", stringify!($name), "::whole(3)).", stringify!($getter), "(), 2.0);")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::whole(3).less(", stringify!($name), "::whole(5)).", stringify!($getter), "(), 0.0);")]
            /// ```
            #[must_use]
            pub const fn less(self, other: Self) -> Self {
                Self((self.0 - other.0).max(0.0))
            }
        }
    )*};
}

quantity! {
    /// A length of time in seconds, `[0, f64::MAX]`.
    Seconds, max f64::MAX, as_s, " s", " s"
}

quantity! {
    /// Events per second, `[0, f64::MAX]`: requests, retries, expiries.
    PerSecond, max f64::MAX, as_per_s, " /s", " /s"
}

quantity! {
    /// Work, in seconds of one core, `[0, f64::MAX]`.
    CpuSeconds, max f64::MAX, as_cpu_s, " CPU-s", " CPU-s"
}

quantity! {
    /// Processor capacity or load in cores, `[0, f64::MAX]`. A quota of 600 m is 0.6.
    Cores, max f64::MAX, as_cores, " core", " cores"
}

quantity! {
    /// Memory or payload in bytes, `[0, f64::MAX]`. Exact for whole numbers up to 2^53.
    Bytes, max f64::MAX, as_bytes, " B", " B"
}

quantity! {
    /// Seats of API Priority and Fairness, or in-flight slots, `[0, f64::MAX]`. A fluid may hold half a seat.
    Seats, max f64::MAX, as_seats, " seat", " seats"
}

quantity! {
    /// A part of a whole, `[0, 1]`. Prints as a plain number.
    Fraction, max 1.0, as_fraction, "", ""
}

quantity! {
    /// Demand over capacity, `[0, f64::MAX]`. Above 1 the server is overloaded. Prints as a plain number.
    Utilisation, max f64::MAX, as_ratio, "", ""
}

countable! {
    Seconds, as_s;
    PerSecond, as_per_s;
    CpuSeconds, as_cpu_s;
    Cores, as_cores;
    Bytes, as_bytes;
    Seats, as_seats;
    Utilisation, as_ratio;
}

impl PerSecond {
    /// The rate of something that happens once every `interval`.
    ///
    /// # Errors
    ///
    /// [`UnitError::NotFinite`] with the rate, if the interval is 0 or so short that the rate is infinite.
    ///
    /// ```
    /// use slackwater_core::units::{PerSecond, Seconds};
    /// assert_eq!(PerSecond::every(Seconds::whole(10))?.times(5000).as_per_s(), 500.0);
    /// assert!(PerSecond::every(Seconds::ZERO).is_err());
    /// # Ok::<(), slackwater_core::units::UnitError>(())
    /// ```
    pub const fn every(interval: Seconds) -> Result<Self, UnitError> {
        Self::new(1.0 / interval.0)
    }
}

impl Fraction {
    /// All of it.
    ///
    /// ```
    /// use slackwater_core::units::{Fraction, Seats};
    /// assert_eq!(Seats::whole(600) * Fraction::ONE, Seats::whole(600));
    /// ```
    pub const ONE: Self = Self(1.0);

    /// The rest of the whole: 1 minus this.
    ///
    /// ```
    /// use slackwater_core::units::Fraction;
    /// assert_eq!(Fraction::new(0.25)?.rest().as_fraction(), 0.75);
    /// # Ok::<(), slackwater_core::units::UnitError>(())
    /// ```
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(1.0 - self.0)
    }
}
