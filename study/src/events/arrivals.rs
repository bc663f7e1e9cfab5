//! Requests out of a seed, made with integers only: the same on every machine and in every language.

use thiserror::Error;

/// The random numbers of one flow.
///
/// # Formula
///
/// splitmix64, by Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
///
/// ```
/// use slackwater_study::events::arrivals::Draws;
/// assert_eq!(Draws::new(42).next_u64(), 13_679_457_532_755_275_413);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    state: u64,
}

impl Draws {
    /// The numbers that follow from `seed`.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Draws;
    /// assert_eq!(Draws::new(7).next_u64(), Draws::new(7).next_u64());
    /// ```
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number, evenly spread over all 64 bits.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Draws;
    /// let mut draws = Draws::new(42);
    /// draws.next_u64();
    /// assert_eq!(draws.next_u64(), 2_949_826_092_126_892_291);
    /// ```
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if `end` is 0.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Draws;
    /// assert!(Draws::new(1).below(10) < 10);
    /// ```
    pub fn below(&mut self, end: u64) -> u64 {
        high_of_product(self.next_u64(), end)
    }

    /// An exponential number with the given mean, cut to a whole.
    ///
    /// # Formula
    ///
    /// Comparisons only: von Neumann, "Various techniques used in connection with random digits" (1951). The length of
    /// a falling run of uniform numbers is odd with probability exp(-first); each even run adds a whole mean.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Draws;
    /// assert_eq!(Draws::new(42).exponential(1_000_000), 2_218_405);
    /// ```
    pub fn exponential(&mut self, mean: u64) -> u64 {
        let mut whole = 0_u64;
        loop {
            let first = self.next_u64();
            let (mut last, mut odd) = (first, true);
            loop {
                let next = self.next_u64();
                if next >= last {
                    break;
                }
                last = next;
                odd = !odd;
            }
            if odd {
                return whole.saturating_add(high_of_product(first, mean));
            }
            whole = whole.saturating_add(mean);
        }
    }
}

fn high_of_product(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

/// How a number is drawn.
///
/// ```
/// use slackwater_study::events::arrivals::{Distribution, Draws};
/// assert_eq!(Distribution::Fixed(3).draw(&mut Draws::new(1)), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Always this number; draws nothing.
    Fixed(u64),
    /// Evenly from `from`, and below `to`. Always `from` if `to` is not above it.
    Uniform {
        /// The smallest number.
        from: u64,
        /// One more than the largest.
        to: u64,
    },
    /// Exponential.
    Exponential {
        /// The mean.
        mean: u64,
    },
}

impl Distribution {
    /// Draws a number.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::{Distribution, Draws};
    /// let seats = Distribution::Uniform { from: 1, to: 11 }.draw(&mut Draws::new(1));
    /// assert!((1..11).contains(&seats));
    /// ```
    pub fn draw(self, draws: &mut Draws) -> u64 {
        match self {
            Self::Fixed(value) => value,
            Self::Uniform { from, to } => from.saturating_add(draws.below(to.saturating_sub(from))),
            Self::Exponential { mean } => draws.exponential(mean),
        }
    }

    fn is_always_zero(self) -> bool {
        match self {
            Self::Fixed(value) => value == 0,
            Self::Uniform { from, to } => from == 0 && to <= 1,
            Self::Exponential { mean } => mean == 0,
        }
    }
}

/// A request, before anybody has seen it.
///
/// ```
/// use slackwater_study::events::arrivals::Arrival;
/// let list = Arrival { at_ns: 0, exec_ns: 200_000_000, initial_seats: 10 };
/// assert_eq!(list.exec_ns, 200_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it arrives, in nanoseconds.
    pub at_ns: u64,
    /// How long it executes once dispatched, in nanoseconds.
    pub exec_ns: u64,
    /// Seats it asks for while it executes.
    pub initial_seats: u32,
}

/// A flow from which no requests can be made.
///
/// ```
/// use slackwater_study::events::arrivals::ArrivalError;
/// assert!(ArrivalError::TooManySeats { seats: 1 << 40 }.to_string().contains("1099511627776"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArrivalError {
    /// The gap is always 0, so that time never passes.
    #[error("the gap between requests is always 0 ns (seed {seed})")]
    NoGap {
        /// Seed of the flow.
        seed: u64,
    },
    /// A request asks for more seats than a 32-bit number holds.
    #[error("a request asks for {seats} seats, more than {}", u32::MAX)]
    TooManySeats {
        /// The seats drawn.
        seats: u64,
    },
}

/// When requests come, and what they need. Times in nanoseconds.
///
/// ```
/// use slackwater_study::events::arrivals::{Arrivals, Distribution};
/// let poll = Arrivals {
///     seed: 1, start_ns: 0, stop_ns: 35, gap_ns: Distribution::Fixed(10), batch_size: 1, batch_spacing_ns: 0,
///     exec_ns: Distribution::Fixed(3), initial_seats: Distribution::Fixed(1),
/// };
/// assert_eq!(poll.until(1_000)?.iter().map(|arrival| arrival.at_ns).collect::<Vec<_>>(), [10, 20, 30]);
/// # Ok::<(), slackwater_study::events::arrivals::ArrivalError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// Seed of all draws of this flow.
    pub seed: u64,
    /// The first gap begins here.
    pub start_ns: u64,
    /// No batch begins at or after this time.
    pub stop_ns: u64,
    /// From the begin of a batch to that of the next.
    pub gap_ns: Distribution,
    /// Requests in a batch.
    pub batch_size: u64,
    /// From a request of a batch to the next.
    pub batch_spacing_ns: u64,
    /// Time a request executes.
    pub exec_ns: Distribution,
    /// Seats it asks for while it executes.
    pub initial_seats: Distribution,
}

impl Arrivals {
    /// The requests that arrive before `duration_ns`, in the order they are drawn: batch by batch.
    ///
    /// # Errors
    ///
    /// [`ArrivalError`].
    ///
    /// ```
    /// use slackwater_study::events::arrivals::{ArrivalError, Arrivals, Distribution};
    /// let stuck = Arrivals {
    ///     seed: 9, start_ns: 0, stop_ns: 35, gap_ns: Distribution::Fixed(0), batch_size: 1, batch_spacing_ns: 0,
    ///     exec_ns: Distribution::Fixed(3), initial_seats: Distribution::Fixed(1),
    /// };
    /// assert_eq!(stuck.until(1_000), Err(ArrivalError::NoGap { seed: 9 }));
    /// ```
    pub fn until(&self, duration_ns: u64) -> Result<Vec<Arrival>, ArrivalError> {
        if self.gap_ns.is_always_zero() {
            return Err(ArrivalError::NoGap { seed: self.seed });
        }
        let mut draws = Draws::new(self.seed);
        let mut arrivals = Vec::new();
        let mut begin_ns = self.start_ns;
        loop {
            begin_ns = begin_ns.saturating_add(self.gap_ns.draw(&mut draws));
            if begin_ns >= self.stop_ns || begin_ns >= duration_ns {
                return Ok(arrivals);
            }
            for place in 0..self.batch_size {
                let at_ns = begin_ns.saturating_add(place.saturating_mul(self.batch_spacing_ns));
                let exec_ns = self.exec_ns.draw(&mut draws);
                let seats = self.initial_seats.draw(&mut draws);
                let initial_seats = u32::try_from(seats).map_err(|_| ArrivalError::TooManySeats { seats })?;
                if at_ns < duration_ns {
                    arrivals.push(Arrival { at_ns, exec_ns, initial_seats });
                }
            }
        }
    }
}
