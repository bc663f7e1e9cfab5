//! Fair division of a fixed number of seats among bounded claims.

use super::levels::MAX_LEVELS;
use core::fmt;
use heapless::Vec;

/// Targets below this count as this, so that every level has some proportion. Source: `MinTarget` in `conc_alloc.go`.
const MIN_TARGET: f64 = 0.001;

/// Sums of bounds this close to the required sum count as equal to it. Source: `epsilon` in `conc_alloc.go`.
const EPSILON: f64 = 1e-7;

/// What one priority level asks for, in seats: `0 <= lower <= target` and `lower <= upper`, all finite.
///
/// ```
/// use slackwater_core::flowcontrol::allocation::Claim;
/// let claim = Claim { target: 40.0, lower: 24.0, upper: 845.0 };
/// assert!(claim.lower <= claim.target);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// Seats wanted.
    pub target: f64,
    /// Least seats to be given.
    pub lower: f64,
    /// Most seats to be given.
    pub upper: f64,
}

/// The seats each claim is given, and the proportion of its target that an unbounded claim gets.
///
/// ```
/// use slackwater_core::flowcontrol::allocation::{Claim, compute_concurrency_allocation};
/// let claim = Claim { target: 10.0, lower: 0.0, upper: 100.0 };
/// let allocation = compute_concurrency_allocation(30, &[claim, claim])?;
/// assert_eq!(allocation.seats[0], 15.0);
/// # Ok::<(), slackwater_core::flowcontrol::allocation::AllocationError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// Seats, in the order of the claims; not rounded.
    pub seats: Vec<f64, MAX_LEVELS>,
    /// Seats per seat of target, where no bound holds.
    pub fair_proportion: f64,
}

/// Why seats could not be divided. `claim` is the index of the claim.
///
/// ```
/// use slackwater_core::flowcontrol::allocation::{AllocationError, compute_concurrency_allocation};
/// let error = compute_concurrency_allocation(1, &[]).unwrap_err();
/// assert_eq!(error, AllocationError::UpperSumTooSmall { sum: 0.0, required: 1 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum AllocationError {
    /// More claims than levels fit.
    TooManyClaims {
        /// How many there are.
        given: usize,
        /// How many fit.
        most: usize,
    },
    /// A number is infinite or not a number.
    NotFinite {
        /// Index of the claim.
        claim: usize,
    },
    /// A lower bound is negative.
    NegativeLower {
        /// Index of the claim.
        claim: usize,
        /// The bound, in seats.
        lower: f64,
    },
    /// A target is below its lower bound.
    TargetBelowLower {
        /// Index of the claim.
        claim: usize,
        /// The target, in seats.
        target: f64,
        /// The bound, in seats.
        lower: f64,
    },
    /// An upper bound is below the lower one.
    UpperBelowLower {
        /// Index of the claim.
        claim: usize,
        /// The upper bound, in seats.
        upper: f64,
        /// The lower bound, in seats.
        lower: f64,
    },
    /// The lower bounds alone need more seats than there are.
    LowerSumTooLarge {
        /// Sum of the lower bounds, in seats.
        sum: f64,
        /// Seats to divide.
        required: u64,
    },
    /// The upper bounds together do not hold all seats.
    UpperSumTooSmall {
        /// Sum of the upper bounds, in seats.
        sum: f64,
        /// Seats to divide.
        required: u64,
    },
}

impl fmt::Display for AllocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooManyClaims { given, most } => write!(f, "{given} claims, but at most {most} fit"),
            Self::NotFinite { claim } => write!(f, "claim {claim} holds a number that is not finite"),
            Self::NegativeLower { claim, lower } => {
                write!(f, "lower bound {claim} is {lower}, but must not be negative")
            }
            Self::TargetBelowLower { claim, target, lower } => {
                write!(f, "target {claim} is {target}, below its lower bound of {lower}")
            }
            Self::UpperBelowLower { claim, upper, lower } => {
                write!(f, "upper bound {claim} is {upper}, below the lower bound of {lower}")
            }
            Self::LowerSumTooLarge { sum, required } => write!(f, "lower bounds sum to {sum}, more than {required}"),
            Self::UpperSumTooSmall { sum, required } => write!(f, "upper bounds sum to {sum}, less than {required}"),
        }
    }
}

impl core::error::Error for AllocationError {}

/// A proportion at which a claim leaves its lower bound (`slope` > 0) or reaches its upper one (`slope` < 0).
#[derive(Clone, Copy)]
struct Corner {
    at: f64,
    slope: f64,
}

/// Divides `required_sum` seats so that each claim gets the same proportion of its target, within its bounds.
///
/// # Formula
///
/// The proportion `p` with sum of clamp(p target, lower, upper) = `required_sum`; source:
/// `computeConcurrencyAllocation` in `conc_alloc.go`. The sum is piecewise linear and never falls in `p`, so the
/// corners are walked in ascending order until the sum is reached. At most [`MAX_LEVELS`] claims.
///
/// # Errors
///
/// [`AllocationError`] if a claim is out of its domain, or if the bounds leave no solution.
///
/// ```
/// use slackwater_core::flowcontrol::allocation::{Claim, compute_concurrency_allocation};
/// let claims = [20.0, 30.0, 200.0].map(|upper| Claim { target: 10.0, lower: 10.0, upper });
/// let allocation = compute_concurrency_allocation(100, &claims)?;
/// assert_eq!(allocation.seats, [20.0, 30.0, 50.0]);
/// assert_eq!(allocation.fair_proportion, 5.0);
/// # Ok::<(), slackwater_core::flowcontrol::allocation::AllocationError>(())
/// ```
pub fn compute_concurrency_allocation(required_sum: u64, claims: &[Claim]) -> Result<Allocation, AllocationError> {
    let required = required_sum as f64;
    let mut targets: Vec<f64, MAX_LEVELS> = Vec::new();
    let mut corners: Vec<Corner, { 2 * MAX_LEVELS }> = Vec::new();
    let (mut lower_sum, mut upper_sum, mut target_sum) = (0.0, 0.0, 0.0);
    let (mut lowest_lower, mut highest_lower) = (f64::from(f32::MAX), 0.0_f64);
    let (mut lowest_upper, mut highest_upper) = (f64::from(f32::MAX), 0.0_f64);
    for (index, claim) in claims.iter().enumerate() {
        check(index, claim)?;
        let too_many = AllocationError::TooManyClaims { given: claims.len(), most: MAX_LEVELS };
        let target = claim.target.max(MIN_TARGET);
        let (lower, upper) = (claim.lower / target, claim.upper / target);
        targets.push(target).map_err(|_| too_many)?;
        corners.push(Corner { at: lower, slope: target }).map_err(|_| too_many)?;
        corners.push(Corner { at: upper, slope: -target }).map_err(|_| too_many)?;
        lower_sum += claim.lower;
        upper_sum += claim.upper;
        target_sum += target;
        (lowest_lower, highest_lower) = (lowest_lower.min(lower), highest_lower.max(lower));
        (lowest_upper, highest_upper) = (lowest_upper.min(upper), highest_upper.max(upper));
    }
    if lower_sum - required > EPSILON {
        return Err(AllocationError::LowerSumTooLarge { sum: lower_sum, required: required_sum });
    }
    if required - upper_sum > EPSILON {
        return Err(AllocationError::UpperSumTooSmall { sum: upper_sum, required: required_sum });
    }
    if required_sum == 0 {
        return Ok(Allocation { seats: claims.iter().map(|_| 0.0).collect(), fair_proportion: 0.0 });
    }
    if lower_sum - required > -EPSILON {
        let seats = claims.iter().map(|claim| claim.lower).collect();
        return Ok(Allocation { seats, fair_proportion: lowest_lower });
    }
    if required - upper_sum > -EPSILON {
        let seats = claims.iter().map(|claim| claim.upper).collect();
        return Ok(Allocation { seats, fair_proportion: highest_upper });
    }
    let unbounded = required / target_sum;
    if highest_lower <= unbounded && unbounded <= lowest_upper {
        let seats = targets.iter().map(|target| target * unbounded).collect();
        return Ok(Allocation { seats, fair_proportion: unbounded });
    }
    corners.sort_unstable_by(|a, b| a.at.total_cmp(&b.at));
    let fair_proportion = walk(required, lower_sum, lowest_lower, &corners);
    let seats = claims
        .iter()
        .zip(&targets)
        .map(|(claim, target)| claim.lower.max(claim.upper.min(fair_proportion * target)))
        .collect();
    Ok(Allocation { seats, fair_proportion })
}

fn check(index: usize, claim: &Claim) -> Result<(), AllocationError> {
    let Claim { target, lower, upper } = *claim;
    if !(target.is_finite() && lower.is_finite() && upper.is_finite()) {
        Err(AllocationError::NotFinite { claim: index })
    } else if lower < 0.0 {
        Err(AllocationError::NegativeLower { claim: index, lower })
    } else if target < lower {
        Err(AllocationError::TargetBelowLower { claim: index, target, lower })
    } else if upper < lower {
        Err(AllocationError::UpperBelowLower { claim: index, upper, lower })
    } else {
        Ok(())
    }
}

/// The first proportion at which the seats given reach `required`; `corners` ascend from `start`, where they are `sum`.
fn walk(required: f64, mut sum: f64, start: f64, corners: &[Corner]) -> f64 {
    let (mut proportion, mut slope, mut between_bounds) = (start, 0.0, 0_i32);
    for corner in corners {
        if corner.at > proportion {
            // Counted, because the slope left by rounding after all claims reached a bound need not be 0.
            if between_bounds > 0 {
                let solution = proportion + (required - sum) / slope;
                if solution <= corner.at {
                    return solution;
                }
                sum += (corner.at - proportion) * slope;
            }
            proportion = corner.at;
            if sum >= required {
                break;
            }
        }
        slope += corner.slope;
        between_bounds += if corner.slope > 0.0 { 1 } else { -1 };
    }
    // Past the last corner every claim is at its upper bound; only rounding can lead here.
    proportion
}
