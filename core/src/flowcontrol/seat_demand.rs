//! How many seats a priority level wanted, measured over one adjustment period.

/// The seat demand of one level over a period: seats in use plus seats of waiting requests.
///
/// ```
/// use slackwater_core::flowcontrol::seat_demand::LevelDemand;
/// assert_eq!(LevelDemand::default().max, 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelDemand {
    /// Average over time, in seats. Not a number if no time passed; the smoothed demand then stays.
    pub avg: f64,
    /// Standard deviation over time, in seats.
    pub stddev: f64,
    /// Largest value, in seats.
    pub max: f64,
}

/// Integrates the seat demand of one level over time. Plain: the caller says how much time passed.
///
/// # Formula
///
/// Time-weighted moments; source: `fairqueuing/integrator.go`. Average = integral of x over T;
/// deviation = sqrt(integral of x^2 over T, less the average squared). Cancellation can make the difference negative:
/// the deviation is then 0, as the adjustment takes it.
///
/// ```
/// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
/// let mut demand = SeatDemandIntegrator::default();
/// demand.hold(5.0);
/// demand.set(10.0);
/// demand.hold(5.0);
/// let period = demand.take();
/// assert_eq!((period.avg, period.stddev, period.max), (5.0, 5.0, 10.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeatDemandIntegrator {
    value: f64,
    elapsed_s: f64,
    integral: f64,
    integral_of_square: f64,
    min: f64,
    max: f64,
}

impl SeatDemandIntegrator {
    /// Lets `duration_s` seconds pass at the present demand.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// let mut demand = SeatDemandIntegrator::default();
    /// demand.hold(2.5);
    /// assert_eq!(demand.elapsed_s(), 2.5);
    /// ```
    pub fn hold(&mut self, duration_s: f64) {
        self.elapsed_s += duration_s;
        self.integral += self.value * duration_s;
        self.integral_of_square += self.value * self.value * duration_s;
    }

    /// Sets the demand to `seats` from now on.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// let mut demand = SeatDemandIntegrator::default();
    /// demand.set(7.0);
    /// assert_eq!(demand.value(), 7.0);
    /// ```
    pub fn set(&mut self, seats: f64) {
        self.value = seats;
        self.min = self.min.min(seats);
        self.max = self.max.max(seats);
    }

    /// The present demand, in seats.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// assert_eq!(SeatDemandIntegrator::default().value(), 0.0);
    /// ```
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Seconds since the period began.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// assert_eq!(SeatDemandIntegrator::default().elapsed_s(), 0.0);
    /// ```
    pub fn elapsed_s(&self) -> f64 {
        self.elapsed_s
    }

    /// Smallest demand of the period, in seats.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// let mut demand = SeatDemandIntegrator::default();
    /// demand.set(3.0);
    /// assert_eq!(demand.min(), 0.0);
    /// ```
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The period so far.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// assert!(SeatDemandIntegrator::default().demand().avg.is_nan());
    /// ```
    pub fn demand(&self) -> LevelDemand {
        if self.elapsed_s <= 0.0 {
            return LevelDemand { avg: f64::NAN, stddev: 0.0, max: self.max };
        }
        let avg = self.integral / self.elapsed_s;
        let variance = self.integral_of_square / self.elapsed_s - avg * avg;
        LevelDemand { avg, stddev: if variance >= 0.0 { libm::sqrt(variance) } else { 0.0 }, max: self.max }
    }

    /// Ends the period and begins the next one at the present demand.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
    /// let mut demand = SeatDemandIntegrator::default();
    /// demand.set(9.0);
    /// demand.set(4.0);
    /// assert_eq!(demand.take().max, 9.0);
    /// assert_eq!(demand.take().max, 4.0);
    /// ```
    pub fn take(&mut self) -> LevelDemand {
        let demand = self.demand();
        *self = Self { value: self.value, min: self.value, max: self.value, ..Self::default() };
        demand
    }
}

/// Seconds of `nanoseconds`, rounded as Go's `Duration.Seconds` rounds: whole seconds and the rest apart.
///
/// ```
/// use slackwater_core::flowcontrol::seat_demand::seconds;
/// assert_eq!(seconds(10_250_000_000), 10.25);
/// ```
pub fn seconds(nanoseconds: u64) -> f64 {
    const PER_SECOND: u64 = 1_000_000_000;
    (nanoseconds / PER_SECOND) as f64 + (nanoseconds % PER_SECOND) as f64 / PER_SECOND as f64
}
