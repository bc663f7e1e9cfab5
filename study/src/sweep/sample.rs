//! Points spread over a cube: which share of its distribution each uncertain key takes in a sample.
//!
//! Everything is a function of the number of the sample, so that any row can be made alone, and in any order.

use std::fmt;
use std::str::FromStr;

/// Longest sequence of the generator; beyond it further, independently scrambled sequences follow.
const SOBOL_LENGTH: u64 = 1 << 16;

/// How the cube is filled.
///
/// ```
/// use slackwater_study::sweep::Method;
/// assert_eq!("sobol".parse(), Ok(Method::Sobol));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Owen-scrambled Sobol points: the evenest.
    Sobol,
    /// Latin hypercube: each key takes each of as many equal slices as there are samples once.
    Latin,
    /// Independent random numbers.
    Random,
}

impl Method {
    /// All, by their words.
    ///
    /// ```
    /// use slackwater_study::sweep::Method;
    /// assert_eq!(Method::ALL.map(|(word, _)| word), ["sobol", "latin", "random"]);
    /// ```
    pub const ALL: [(&'static str, Self); 3] =
        [("sobol", Self::Sobol), ("latin", Self::Latin), ("random", Self::Random)];
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, method)| method == self).map_or("", |(word, _)| word))
    }
}

impl FromStr for Method {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, method)| *method).ok_or(())
    }
}

/// A number of samples, filled by a method.
///
/// ```
/// use slackwater_study::sweep::{Method, Sample};
/// let sample = Sample { method: Method::Latin, count: 4, seed: 1 };
/// let mut slices: Vec<u64> = (0..4).map(|at| (sample.share(at, 0) * 4.0) as u64).collect();
/// slices.sort();
/// assert_eq!(slices, [0, 1, 2, 3]); // each slice once
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How.
    pub method: Method,
    /// How many.
    pub count: u64,
    /// Another seed, another equally good set of points.
    pub seed: u64,
}

impl Sample {
    /// Share of key number `key` in sample number `at`, strictly between 0 and 1.
    ///
    /// ```
    /// use slackwater_study::sweep::{Method, Sample};
    /// let sample = Sample { method: Method::Sobol, count: 1000, seed: 7 };
    /// let mean = (0..1000).map(|at| sample.share(at, 3)).sum::<f64>() / 1000.0;
    /// assert!((mean - 0.5).abs() < 1e-3); // independent numbers would be off by 1e-2
    /// ```
    pub fn share(&self, at: u64, key: usize) -> f64 {
        let key = key as u64;
        match self.method {
            Method::Sobol => {
                let scramble = (mixed(self.seed, at / SOBOL_LENGTH, key / 256) >> 32) as u32;
                let x = sobol_burley::sample((at % SOBOL_LENGTH) as u32, (key % 256) as u32, scramble);
                // The numbers are multiples of 2^-24 from 0 on.
                f64::from(x) + f64::from(f32::EPSILON) / 4.0
            }
            Method::Latin => {
                let slice = permuted(at, self.count, mixed(self.seed, 1, key));
                (slice as f64 + unit(mixed(self.seed, 2 + key, at))) / self.count as f64
            }
            Method::Random => unit(mixed(self.seed, 2 + key, at)),
        }
    }
}

/// A number from 2^-53 to 1 - 2^-53.
fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// Bits that depend on all three numbers: the finaliser of SplitMix64 (Steele, Lea and Flood 2014), three times.
fn mixed(seed: u64, stream: u64, at: u64) -> u64 {
    let finish = |x: u64| {
        let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    finish(finish(finish(seed) ^ stream) ^ at)
}

/// Place of `at` in a shuffle of `count` places.
///
/// # Formula
/// Four rounds of a Feistel network over the next even power of two; what falls outside walks on (Black and Rogaway
/// 2002, cycle walking).
fn permuted(at: u64, count: u64, key: u64) -> u64 {
    let half = (u64::BITS - count.saturating_sub(1).leading_zeros()).div_ceil(2).max(1);
    let mask = (1_u64 << half) - 1;
    let mut place = at;
    loop {
        let (mut left, mut right) = (place >> half, place & mask);
        for round in 0..4 {
            (left, right) = (right, left ^ (mixed(key, round, right) & mask));
        }
        place = left << half | right;
        if place < count {
            return place;
        }
    }
}
