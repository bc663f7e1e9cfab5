//! What a request costs: seats, and seats times time.

use std::ops::{Add, AddAssign, Sub, SubAssign};

/// Nanoseconds a request is taken to run until it has ended. Source: `estimatedServiceDuration` in `queueset.go`.
pub(super) const ESTIMATED_SERVICE_NS: u64 = 3_000_000;

/// Nanoseconds a unit of [`SeatSeconds`] lasts on one seat.
const NS_PER_UNIT: f64 = 10.0;

/// Work in fixed point: 10^8 units are one seat held for one second.
///
/// Source: `request/seat_seconds.go`. The real number has 64 bits, and every counter steps back before it overflows;
/// 128 bits need no such step.
///
/// ```
/// use slackwater_study::events::queueset::SeatSeconds;
/// let estimate = SeatSeconds::of(1.0, 3_000_000); // one seat, 3 ms
/// assert_eq!(estimate.units(), 300_000);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeatSeconds(i128);

impl SeatSeconds {
    /// `seats` held for `duration_ns` nanoseconds. Both may be fractions or negative as a product requires.
    ///
    /// # Formula
    ///
    /// Seats times nanoseconds over 10, rounded half away from zero; source: `SeatsTimesDuration` in
    /// `request/seat_seconds.go`. The product is a double there too.
    ///
    /// ```
    /// use slackwater_study::events::queueset::SeatSeconds;
    /// assert_eq!(SeatSeconds::of(0.5, 10).units(), 1);
    /// assert_eq!(SeatSeconds::of(2.0, -10).units(), -2);
    /// ```
    pub fn of(seats: f64, duration_ns: i128) -> Self {
        Self((seats * duration_ns as f64 / NS_PER_UNIT).round() as i128)
    }

    /// In units of 10^-8 seat-seconds.
    ///
    /// ```
    /// use slackwater_study::events::queueset::SeatSeconds;
    /// assert_eq!(SeatSeconds::default().units(), 0);
    /// ```
    pub fn units(self) -> i128 {
        self.0
    }

    /// Nanoseconds this work lasts on `seats` seats; as long as a time can be if there are none.
    ///
    /// # Formula
    ///
    /// Units over seats times 10, cut to whole nanoseconds; source: `DurationPerSeat` in `request/seat_seconds.go`.
    ///
    /// ```
    /// use slackwater_study::events::queueset::SeatSeconds;
    /// let last = SeatSeconds::of(20.0, 50_000_000);
    /// assert_eq!(last.duration_on(8), 125_000_000); // 20 seats for 50 ms are 8 seats for 125 ms
    /// ```
    pub fn duration_on(self, seats: u32) -> u64 {
        (self.0 as f64 / f64::from(seats) * NS_PER_UNIT) as u64
    }
}

impl Add for SeatSeconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for SeatSeconds {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for SeatSeconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for SeatSeconds {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

/// What a request is estimated to cost.
///
/// ```
/// use slackwater_study::events::queueset::Work;
/// let write = Work { initial_seats: 1, final_seats: 4, additional_latency_ns: 50_000_000 };
/// assert_eq!(write.max_seats(), 4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Seats while it executes.
    pub initial_seats: u32,
    /// Seats after it has executed, for `additional_latency_ns`.
    pub final_seats: u32,
    /// Nanoseconds for which seats are held after it has executed.
    pub additional_latency_ns: u64,
}

impl Work {
    /// Seats it holds from its dispatch to the end of its additional latency: one number throughout.
    /// Source: `WorkEstimate.MaxSeats` in `request/width.go`.
    ///
    /// ```
    /// use slackwater_study::events::queueset::Work;
    /// assert_eq!(Work { initial_seats: 10, final_seats: 0, additional_latency_ns: 0 }.max_seats(), 10);
    /// ```
    pub fn max_seats(self) -> u32 {
        self.initial_seats.max(self.final_seats)
    }

    /// The work after it has executed. Source: `computeFinalWork` in `queueset/types.go`.
    ///
    /// ```
    /// use slackwater_study::events::queueset::Work;
    /// let write = Work { initial_seats: 1, final_seats: 4, additional_latency_ns: 50_000_000 };
    /// assert_eq!(write.last().units(), 20_000_000);
    /// ```
    pub fn last(self) -> SeatSeconds {
        SeatSeconds::of(f64::from(self.final_seats), self.additional_latency_ns.into())
    }

    /// All its work, as estimated before it runs: 3 ms on its initial seats, then [`Work::last`].
    /// Source: `completeWorkEstimate` in `queueset/types.go`.
    ///
    /// ```
    /// use slackwater_study::events::queueset::Work;
    /// let write = Work { initial_seats: 1, final_seats: 4, additional_latency_ns: 50_000_000 };
    /// assert_eq!(write.total().units(), 20_300_000);
    /// ```
    pub fn total(self) -> SeatSeconds {
        SeatSeconds::of(f64::from(self.initial_seats), ESTIMATED_SERVICE_NS.into()) + self.last()
    }

    /// The same work on at most `limit` final seats, for longer.
    pub(super) fn cut_to(self, limit: u32) -> Self {
        if self.final_seats <= limit {
            return self;
        }
        Self { final_seats: limit, additional_latency_ns: self.last().duration_on(limit), ..self }
    }
}
