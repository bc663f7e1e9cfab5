//! The ranges of the arguments, and their checks.
//!
//! The ranges keep every result finite and every call short. They are far wider than any cluster.

use super::error::QueueError;

/// Largest number of servers, and of Engset's sources. The laws take time linear in it.
pub const MAX_SERVERS: u32 = 1_000_000;

/// Largest offered load, in erlangs.
pub const MAX_LOAD: f64 = 1e9;

/// Shortest service time or patience, in seconds.
pub const MIN_TIME_S: f64 = 1e-9;

/// Longest time, in seconds.
pub const MAX_TIME_S: f64 = 1e9;

/// Largest squared coefficient of variation (variance over squared mean).
pub const MAX_SCV: f64 = 1e9;

/// Largest `f64` below one: the highest quantile that has an answer.
const MAX_QUANTILE: f64 = 1.0 - f64::EPSILON / 2.0;

/// The value if it is allowed. Negative zero comes back as zero, so that no quotient changes its sign.
pub(super) fn in_range(argument: &'static str, value: f64, min: f64, max: f64) -> Result<f64, QueueError> {
    if value >= min && value <= max {
        Ok(value + 0.0)
    } else {
        Err(QueueError::OutOfRange { argument, value, min, max })
    }
}

/// A number of servers as a float.
pub(super) fn servers(argument: &'static str, count: u32) -> Result<f64, QueueError> {
    in_range(argument, f64::from(count), 1.0, f64::from(MAX_SERVERS))
}

/// An offered load that may exceed the servers.
pub(super) fn load(a: f64) -> Result<f64, QueueError> {
    in_range("a", a, 0.0, MAX_LOAD)
}

/// An offered load that `limit` servers can carry.
pub(super) fn stable_load(a: f64, limit: f64) -> Result<f64, QueueError> {
    let a = load(a)?;
    if a < limit { Ok(a) } else { Err(QueueError::NoSteadyState { argument: "a", value: a, below: limit }) }
}

/// A number of servers as a float, and a load that they can carry.
pub(super) fn stable(c: u32, a: f64) -> Result<(f64, f64), QueueError> {
    let servers = servers("c", c)?;
    Ok((servers, stable_load(a, servers)?))
}

/// A service time or patience, which cannot be zero.
pub(super) fn positive_time(argument: &'static str, time_s: f64) -> Result<f64, QueueError> {
    in_range(argument, time_s, MIN_TIME_S, MAX_TIME_S)
}

/// A squared coefficient of variation.
pub(super) fn scv(argument: &'static str, value: f64) -> Result<f64, QueueError> {
    in_range(argument, value, 0.0, MAX_SCV)
}

/// The probability that a quantile is asked for.
pub(super) fn quantile(p: f64) -> Result<f64, QueueError> {
    in_range("p", p, 0.0, MAX_QUANTILE)
}

/// ln(a/c) without the cancellation that `log(a / c)` has near saturation.
pub(super) fn ln_utilisation(a: f64, c: f64) -> f64 {
    if a < 0.5 * c || a > 2.0 * c { libm::log(a / c) } else { libm::log1p((a - c) / c) }
}
