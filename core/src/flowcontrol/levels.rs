//! Priority levels and the limits that follow from their shares.

use super::error::FlowControlError;
use super::shuffle::Dealer;
use heapless::Vec;

/// The most priority levels one API server can have here, the two mandatory ones included.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, MAX_LEVELS};
/// assert!(DEFAULT_LEVELS.len() <= MAX_LEVELS);
/// ```
pub const MAX_LEVELS: usize = 32;

/// A widest request may take this part of its level's nominal seats. Source: `priorityLevelMaxSeatsPercent`.
const MAX_SEATS_PART: f64 = 0.15;

/// What a PriorityLevelConfiguration says about seats and queues.
///
/// ```
/// use slackwater_core::flowcontrol::levels::LevelConfig;
/// let agents = LevelConfig { nominal_concurrency_shares: 10, ..LevelConfig::queueing("agents") };
/// assert_eq!((agents.queues, agents.hand_size, agents.queue_length_limit), (64, 8, 50));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelConfig<'a> {
    /// Name of the object.
    pub name: &'a str,
    /// Whether its requests always run. True for the level named `exempt` and no other.
    pub exempt: bool,
    /// Part of the server's seats, relative to the sum over all levels.
    pub nominal_concurrency_shares: u32,
    /// Percent of the nominal seats that other levels may use, 0 to 100. `None` means 0.
    pub lendable_percent: Option<u32>,
    /// Percent of the nominal seats that may be borrowed on top. `None` means as many as the server has.
    pub borrowing_limit_percent: Option<u32>,
    /// Queues; 0 means that a request that finds no free seat is rejected.
    pub queues: u32,
    /// Queues that one flow may use, 1 to `queues`. Ignored without queues.
    pub hand_size: u32,
    /// Requests that may wait in one queue. Ignored without queues.
    pub queue_length_limit: u32,
}

impl<'a> LevelConfig<'a> {
    /// A level with queues and the API's defaults for what is unset: 30 shares, nothing lent, 64 queues, hands of 8,
    /// 50 requests a queue. Source: API reference of `flowcontrol.apiserver.k8s.io/v1`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::levels::LevelConfig;
    /// assert_eq!(LevelConfig::queueing("agents").nominal_concurrency_shares, 30);
    /// ```
    pub const fn queueing(name: &'a str) -> Self {
        Self {
            name,
            exempt: false,
            nominal_concurrency_shares: 30,
            lendable_percent: Some(0),
            borrowing_limit_percent: None,
            queues: 64,
            hand_size: 8,
            queue_length_limit: 50,
        }
    }
}

const fn built_in(name: &str, shares: u32, lendable: u32, queues: u32, hand_size: u32) -> LevelConfig<'_> {
    LevelConfig {
        name,
        exempt: false,
        nominal_concurrency_shares: shares,
        lendable_percent: Some(lendable),
        borrowing_limit_percent: None,
        queues,
        hand_size,
        queue_length_limit: if queues == 0 { 0 } else { 50 },
    }
}

/// The two levels that every server has, whether or not their objects exist: `exempt` and `catch-all`.
/// Source: `pkg/apis/flowcontrol/bootstrap/default.go`.
///
/// ```
/// use slackwater_core::flowcontrol::levels::MANDATORY_LEVELS;
/// assert_eq!(MANDATORY_LEVELS.map(|level| level.nominal_concurrency_shares), [0, 5]);
/// ```
pub const MANDATORY_LEVELS: [LevelConfig<'static>; 2] =
    [LevelConfig { exempt: true, ..built_in("exempt", 0, 0, 0, 0) }, built_in("catch-all", 5, 0, 0, 0)];

/// The levels of a cluster that nobody configured. Source: `pkg/apis/flowcontrol/bootstrap/default.go`.
///
/// ```
/// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
/// let shares: u32 = DEFAULT_LEVELS.iter().map(|level| level.nominal_concurrency_shares).sum();
/// assert_eq!(shares, 245);
/// ```
pub const DEFAULT_LEVELS: [LevelConfig<'static>; 8] = [
    MANDATORY_LEVELS[0],
    built_in("system", 30, 33, 64, 6),
    built_in("node-high", 40, 25, 64, 6),
    built_in("leader-election", 10, 0, 16, 4),
    built_in("workload-high", 40, 50, 128, 6),
    built_in("workload-low", 100, 90, 128, 6),
    built_in("global-default", 20, 50, 128, 6),
    MANDATORY_LEVELS[1],
];

/// The limits of one priority level on one API server, in seats.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// let workload_low = limits(600, &DEFAULT_LEVELS)?[5];
/// assert_eq!((workload_low.nominal, workload_low.min, workload_low.max), (245, 24, 845));
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelLimits {
    /// Whether the level's requests always run.
    pub exempt: bool,
    /// Seats by shares (`NominalCL`).
    pub nominal: u32,
    /// Seats that others may use (`LendableCL`).
    pub lendable: u32,
    /// Least seats after lending (`MinCL`): nominal less lendable.
    pub min: u32,
    /// Most seats after borrowing (`MaxCL`).
    pub max: u32,
    /// Limit with which the level is introduced: nominal less half the lendable seats, rounded up. The first
    /// adjustment replaces it at once.
    pub introduced: u32,
    /// Most seats one request may take. `None` without queues: then only the work estimator's own limit holds.
    pub max_seats: Option<u32>,
}

impl LevelLimits {
    /// Always `seats` seats: nothing is lent, nothing borrowed, and a request may be of any width.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::levels::LevelLimits;
    /// let limits = LevelLimits { max_seats: Some(1), ..LevelLimits::fixed(16) };
    /// assert_eq!((limits.min, limits.nominal, limits.max, limits.exempt), (16, 16, 16, false));
    /// ```
    pub const fn fixed(seats: u32) -> Self {
        Self { exempt: false, nominal: seats, lendable: 0, min: seats, max: seats, introduced: seats, max_seats: None }
    }
}

/// The levels given, with the mandatory ones appended where their names are missing, as the server imagines them.
///
/// # Errors
///
/// [`FlowControlError::TooManyLevels`] if the result has more than [`MAX_LEVELS`] levels.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{LevelConfig, with_mandatory_levels};
/// let all = with_mandatory_levels(&[LevelConfig::queueing("agents")])?;
/// assert_eq!(all[1].name, "exempt");
/// assert_eq!(all[2].name, "catch-all");
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
pub fn with_mandatory_levels<'a>(
    levels: &[LevelConfig<'a>],
) -> Result<Vec<LevelConfig<'a>, MAX_LEVELS>, FlowControlError> {
    let missing = |mandatory: &&LevelConfig<'_>| levels.iter().all(|level| level.name != mandatory.name);
    let given = levels.len() + MANDATORY_LEVELS.iter().filter(missing).count();
    let too_many = FlowControlError::TooManyLevels { given, most: MAX_LEVELS };
    let mut all = Vec::from_slice(levels).map_err(|_| too_many)?;
    for mandatory in MANDATORY_LEVELS.iter().filter(missing) {
        all.push(*mandatory).map_err(|_| too_many)?;
    }
    Ok(all)
}

/// The limits of all priority levels of one API server, in the order of `levels`.
///
/// `server_concurrency_limit` is the sum of `--max-requests-inflight` and `--max-mutating-requests-inflight`, in seats.
/// `levels` must be complete: see [`with_mandatory_levels`].
///
/// # Formula
///
/// Concurrency limits from shares; source: `finishQueueSetReconfigsLocked` in `apf_controller.go`. With `S` the server's
/// limit, `s` the level's shares, `h` its hand size:
/// nominal = ceil(S s / sum s); lendable = round(nominal lendablePercent / 100);
/// borrowing = round(nominal borrowingLimitPercent / 100), or S if unset; min = nominal - lendable;
/// max = nominal + borrowing; max seats = max(1, min(ceil(0.15 nominal), floor(nominal / h))).
/// Rounding is half away from zero, one level at a time, so that the nominal limits may sum to more than S.
///
/// # Errors
///
/// [`FlowControlError`] for more than [`MAX_LEVELS`] levels, shares that sum to 0, a lendable percent above 100, a limit
/// beyond 32 bits, an exempt level with another name than `exempt`, or queues that shuffle sharding cannot deal.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// let limits = limits(600, &DEFAULT_LEVELS)?;
/// let nominal: Vec<u32> = limits.iter().map(|level| level.nominal).collect();
/// assert_eq!(nominal, [0, 74, 98, 25, 98, 245, 49, 13]);
/// assert_eq!(limits[5].max_seats, Some(37));
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
pub fn limits(
    server_concurrency_limit: u32,
    levels: &[LevelConfig<'_>],
) -> Result<Vec<LevelLimits, MAX_LEVELS>, FlowControlError> {
    let too_many = FlowControlError::TooManyLevels { given: levels.len(), most: MAX_LEVELS };
    let share_sum: f64 = levels.iter().map(|level| f64::from(level.nominal_concurrency_shares)).sum();
    if share_sum <= 0.0 {
        return Err(FlowControlError::NoShares { levels: levels.len() });
    }
    let mut all = Vec::new();
    for (index, level) in levels.iter().enumerate() {
        check(index, level)?;
        all.push(level_limits(index, level, server_concurrency_limit, share_sum)?).map_err(|_| too_many)?;
    }
    Ok(all)
}

fn check(index: usize, level: &LevelConfig<'_>) -> Result<(), FlowControlError> {
    if level.exempt != (level.name == "exempt") {
        return Err(FlowControlError::ExemptNotByName { level: index });
    }
    match level.lendable_percent {
        Some(percent) if percent > 100 => Err(FlowControlError::PercentTooLarge { level: index, percent }),
        _ if level.queues == 0 => Ok(()),
        _ => Dealer::new(level.queues, level.hand_size)
            .map(|_| ())
            .map_err(|error| FlowControlError::Deal { level: index, error }),
    }
}

fn level_limits(
    index: usize,
    level: &LevelConfig<'_>,
    server_limit: u32,
    share_sum: f64,
) -> Result<LevelLimits, FlowControlError> {
    let nominal = libm::ceil(f64::from(server_limit) * f64::from(level.nominal_concurrency_shares) / share_sum);
    let part = |percent: u32| libm::round(nominal * f64::from(percent) / 100.0);
    let lendable = part(level.lendable_percent.unwrap_or(0));
    let max = nominal + level.borrowing_limit_percent.map_or(f64::from(server_limit), part);
    if max > f64::from(u32::MAX) {
        return Err(FlowControlError::LimitTooLarge { level: index, seats: max });
    }
    let (nominal, lendable) = (nominal as u32, lendable as u32);
    let max_seats = (level.queues > 0).then(|| {
        let part = libm::ceil(f64::from(nominal) * MAX_SEATS_PART) as u32;
        part.min(nominal / level.hand_size.max(1)).max(1)
    });
    Ok(LevelLimits {
        exempt: level.exempt,
        nominal,
        lendable,
        min: nominal - lendable,
        max: max as u32,
        introduced: nominal - lendable / 2,
        max_seats,
    })
}
