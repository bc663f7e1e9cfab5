//! The adjustment of the levels' limits, every 10 s, after what they wanted.

use super::allocation::{AllocationError, Claim, compute_concurrency_allocation};
use super::error::FlowControlError;
use super::levels::{LevelConfig, LevelLimits, MANDATORY_LEVELS, MAX_LEVELS, limits};
pub use super::seat_demand::{LevelDemand, SeatDemandIntegrator};
use heapless::Vec;

/// Seconds between adjustments. Source: `borrowingAdjustmentPeriod` in `apf_controller.go`.
///
/// ```
/// assert_eq!(slackwater_core::flowcontrol::borrowing::ADJUSTMENT_PERIOD_S, 10.0);
/// ```
pub const ADJUSTMENT_PERIOD_S: f64 = 10.0;

/// Weight of the past in the smoothed demand, per adjustment: a half-life of 5 min. Source:
/// `seatDemandSmoothingCoefficient` in `apf_controller.go`.
///
/// ```
/// use slackwater_core::flowcontrol::borrowing::SMOOTHING;
/// assert!((f64::powi(SMOOTHING, 30) - 0.5).abs() < 0.01);
/// ```
pub const SMOOTHING: f64 = 0.977;

/// How an adjustment set the limits of the levels that are not exempt.
///
/// ```
/// use slackwater_core::flowcontrol::borrowing::Adjustment;
/// assert_ne!(Adjustment::Floors, Adjustment::NoLimitedLevel);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Adjustment {
    /// All nominal seats were divided in proportion to the demands.
    Divided {
        /// Seats per seat of demand, where no bound holds.
        fair_proportion: f64,
    },
    /// Exempt requests left too little for the busy levels: each got its minimum and this part of what it needs above.
    Squeezed {
        /// Part, 0 to 1.
        part: f64,
    },
    /// Exempt requests left no more than the minima: each level got its minimum.
    Floors,
    /// The seats could not be divided; the limits stay.
    Impossible(AllocationError),
    /// There is no level to divide seats among; all limits stay.
    NoLimitedLevel,
}

/// What the adjustment remembers: the smoothed demand and the limit in force of each level, in the order of the limits.
///
/// # Example
///
/// A level that wants 400 seats has them at the next adjustment:
///
/// ```
/// use slackwater_core::flowcontrol::borrowing::{BorrowingState, LevelDemand};
/// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
/// let (limits, mut state) = BorrowingState::started(600, &DEFAULT_LEVELS)?;
/// assert_eq!(state.current(5), Some(56));
/// let mut demand = [LevelDemand::default(); 8];
/// demand[5] = LevelDemand { avg: 400.0, stddev: 0.0, max: 400.0 };
/// state.update(&limits, &demand)?;
/// assert_eq!(state.current(5), Some(602 - 234)); // all but the floors of the others
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BorrowingState {
    /// Smoothed demand, in seats.
    pub smoothed: [f64; MAX_LEVELS],
    /// Limit in force, in seats.
    pub current: [u32; MAX_LEVELS],
}

/// The parts of one level's adjustment that do not depend on the other levels.
#[derive(Clone, Copy)]
struct Need {
    floor: u32,
    claim: Claim,
}

impl BorrowingState {
    /// Each level at the limit with which it is introduced, before the first adjustment.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::borrowing::BorrowingState;
    /// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
    /// let state = BorrowingState::introduced(&limits(600, &DEFAULT_LEVELS)?);
    /// assert_eq!(state.current(5), Some(135));
    /// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
    /// ```
    pub fn introduced(limits: &[LevelLimits]) -> Self {
        let mut state = Self::default();
        for (current, level) in state.current.iter_mut().zip(limits) {
            *current = level.introduced;
        }
        state
    }

    /// The limits and the state of a server that has just started and read `levels`, with no demand yet.
    ///
    /// A server knows the two mandatory levels before it reads any configuration. They keep the limits of that time
    /// until an adjustment succeeds. Source: `newTestableController` and `finishQueueSetReconfigsLocked` in
    /// `apf_controller.go`.
    ///
    /// # Errors
    ///
    /// Those of [`limits`]. `levels` must be complete: see [`super::levels::with_mandatory_levels`].
    ///
    /// ```
    /// use slackwater_core::flowcontrol::borrowing::BorrowingState;
    /// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
    /// let (limits, state) = BorrowingState::started(600, &DEFAULT_LEVELS)?;
    /// assert_eq!(&state.current[..limits.len()], [0, 117, 170, 58, 114, 56, 56, 30]);
    /// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
    /// ```
    pub fn started(
        server_concurrency_limit: u32,
        levels: &[LevelConfig<'_>],
    ) -> Result<(Vec<LevelLimits, MAX_LEVELS>, Self), FlowControlError> {
        let mandatory = limits(server_concurrency_limit, &MANDATORY_LEVELS)?;
        let mut before = Self::introduced(&mandatory);
        before.update(&mandatory, &[LevelDemand::default(); 2])?;

        let limits = limits(server_concurrency_limit, levels)?;
        let mut state = Self::introduced(&limits);
        for (current, level) in state.current.iter_mut().zip(levels) {
            for (known, old) in MANDATORY_LEVELS.iter().zip(before.current) {
                if known.name == level.name {
                    *current = old;
                }
            }
        }
        let idle: Vec<LevelDemand, MAX_LEVELS> = limits.iter().map(|_| LevelDemand::default()).collect();
        state.update(&limits, &idle)?;
        Ok((limits, state))
    }

    /// Limit in force of level `index`, in seats. `None` from index 32 on.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::borrowing::BorrowingState;
    /// assert_eq!(BorrowingState::default().current(0), Some(0));
    /// assert_eq!(BorrowingState::default().current(32), None);
    /// ```
    pub fn current(&self, index: usize) -> Option<u32> {
        self.current.get(index).copied()
    }

    /// One adjustment, after a period in which the levels wanted `demand`.
    ///
    /// # Formula
    ///
    /// Borrowing; source: `updateBorrowingLocked` and `seatDemandStats.update` in `apf_controller.go`, KEP-1040.
    /// Per level: e = avg + stddev; smoothed = max(e, 0.977 smoothed + 0.023 e); high = round(max);
    /// floor = max(min, high) if exempt, else max(min, min(nominal, high)). An exempt level's limit is its floor. Let R be
    /// the sum of the nominal limits less the exempt floors. If R is at most the sum of the minima, each level gets its
    /// minimum; if at most the sum of the floors, the part of the floor above the minimum in proportion; else the sum of
    /// the nominal limits (not R: the code differs from the KEP) is divided by
    /// [`compute_concurrency_allocation`] with target max(floor, smoothed), between floor and max, and rounded.
    ///
    /// # Errors
    ///
    /// [`FlowControlError::LengthMismatch`] if the lists differ in length, [`FlowControlError::TooManyLevels`] beyond
    /// [`MAX_LEVELS`]. The state is then unchanged.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::borrowing::{Adjustment, BorrowingState, LevelDemand};
    /// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
    /// let (limits, mut state) = BorrowingState::started(600, &DEFAULT_LEVELS)?;
    /// let mut demand = [LevelDemand::default(); 8];
    /// demand[0].max = 400.0;
    /// assert_eq!(state.update(&limits, &demand)?, Adjustment::Floors);
    /// assert_eq!(state.current(0), Some(400));
    /// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
    /// ```
    pub fn update(&mut self, limits: &[LevelLimits], demand: &[LevelDemand]) -> Result<Adjustment, FlowControlError> {
        if limits.len() != demand.len() {
            return Err(FlowControlError::LengthMismatch { limits: limits.len(), demands: demand.len() });
        }
        if limits.len() > MAX_LEVELS {
            return Err(FlowControlError::TooManyLevels { given: limits.len(), most: MAX_LEVELS });
        }
        let needs: Vec<Need, MAX_LEVELS> = limits
            .iter()
            .zip(demand)
            .zip(&mut self.smoothed)
            .map(|((level, demand), smoothed)| {
                smooth(smoothed, demand);
                need(level, demand, *smoothed)
            })
            .collect();
        let adjustment = self.set_limited(limits, &needs);
        if adjustment != Adjustment::NoLimitedLevel {
            for ((level, need), current) in limits.iter().zip(&needs).zip(&mut self.current) {
                if level.exempt {
                    *current = need.floor;
                }
            }
        }
        Ok(adjustment)
    }

    fn set_limited(&mut self, limits: &[LevelLimits], needs: &[Need]) -> Adjustment {
        let nominal_sum: i64 = limits.iter().map(|level| i64::from(level.nominal)).sum();
        let (mut left, mut min_sum, mut floor_sum) = (nominal_sum, 0_i64, 0_i64);
        let mut claims: Vec<Claim, MAX_LEVELS> = Vec::new();
        for (level, need) in limits.iter().zip(needs) {
            if level.exempt {
                left -= i64::from(need.floor);
            } else {
                min_sum += i64::from(level.min);
                floor_sum += i64::from(need.floor);
                // Cannot fail: there are no more claims than levels.
                let _ = claims.push(need.claim);
            }
        }
        if claims.is_empty() && nominal_sum > 0 {
            return Adjustment::NoLimitedLevel;
        }
        let limited = limits.iter().zip(needs).zip(&mut self.current).filter(|((level, _), _)| !level.exempt);
        if left <= min_sum {
            limited.for_each(|((level, _), current)| *current = level.min);
            return Adjustment::Floors;
        }
        if left <= floor_sum {
            let part = (left - min_sum) as f64 / (floor_sum - min_sum) as f64;
            for ((level, need), current) in limited {
                *current = level.min + libm::round(f64::from(need.floor - level.min) * part) as u32;
            }
            return Adjustment::Squeezed { part };
        }
        match compute_concurrency_allocation(nominal_sum.unsigned_abs(), &claims) {
            Ok(allocation) => {
                for ((_, current), seats) in limited.zip(&allocation.seats) {
                    *current = libm::round(*seats) as u32;
                }
                Adjustment::Divided { fair_proportion: allocation.fair_proportion }
            }
            Err(error) => Adjustment::Impossible(error),
        }
    }
}

fn smooth(smoothed: &mut f64, demand: &LevelDemand) {
    if demand.avg.is_nan() {
        return;
    }
    let deviation = if demand.stddev.is_nan() { 0.0 } else { demand.stddev };
    let envelope = demand.avg + deviation;
    *smoothed = envelope.max(SMOOTHING * *smoothed + (1.0 - SMOOTHING) * envelope);
}

fn need(level: &LevelLimits, demand: &LevelDemand, smoothed: f64) -> Need {
    let high = libm::round(demand.max) as u32;
    let floor = level.min.max(if level.exempt { high } else { high.min(level.nominal) });
    let lower = f64::from(floor);
    Need { floor, claim: Claim { target: lower.max(smoothed), lower, upper: f64::from(level.max) } }
}
