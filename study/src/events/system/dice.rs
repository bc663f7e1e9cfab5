//! Random numbers of the engine, out of one seed.

use crate::events::arrivals::Draws;

/// One stream of random numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice {
    draws: Draws,
}

impl Dice {
    /// Stream number `stream` of a seed. Streams do not overlap in any run: their starts are far apart at random.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let start = Draws::new(seed).next_u64() ^ Draws::new(!stream).next_u64();
        Self { draws: Draws::new(Draws::new(start).next_u64()) }
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.draws.below(end)
    }

    /// A number from 0 to 1, 1 not included, in steps of 2^-53.
    pub(super) fn fraction(&mut self) -> f64 {
        (self.draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between two others, all alike.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.fraction()
    }

    /// An exponential time with a mean, nanoseconds.
    pub(super) fn exponential_ns(&mut self, mean_ns: u64) -> u64 {
        self.draws.exponential(mean_ns)
    }

    /// A whole number with a mean: the next one above or below.
    pub(super) fn whole(&mut self, mean: f64) -> u64 {
        let floor = mean.max(0.0).floor();
        floor as u64 + u64::from(self.fraction() < mean - floor)
    }
}
