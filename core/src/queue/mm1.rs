//! M/M/1: the one server for which the whole time in the system has closed quantiles.
//!
//! The other M/M/1 figures are those of [`mmc`](super::mmc) with one server.

use super::domain;
use super::error::QueueError;

/// The time from arrival to departure, in seconds, that a share `p` (0 to below 1) of arrivals does not exceed.
///
/// Takes the offered load `a` in erlangs, 0 to below 1, and the mean service time `service_s` in seconds
/// ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)). First come first served.
///
/// Formula: t = -s ln(1 - p)/(1 - a): the time in the system is exponential with mean s/(1 - a).
/// Source: L. Kleinrock, *Queueing Systems*, vol. 1 (1975), chapter 5.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mm1;
///
/// let median_s = mm1::sojourn_quantile_s(0.5, 0.01, 0.5)?;
/// assert!((median_s - 0.02 * core::f64::consts::LN_2).abs() < 1e-16);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn sojourn_quantile_s(a: f64, service_s: f64, p: f64) -> Result<f64, QueueError> {
    let idle = 1.0 - domain::stable_load(a, 1.0)?;
    let service_s = domain::positive_time("service_s", service_s)?;
    let p = domain::quantile(p)?;
    // Subtracted from zero, not negated: a zero quantile is then no negative zero.
    Ok((0.0 - libm::log1p(-p)) * (service_s / idle))
}

/// Probability that the time from arrival to departure exceeds `sojourn_s` seconds
/// (0 to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Takes the offered load `a` in erlangs, 0 to below 1, and the mean service time `service_s` in seconds.
///
/// Formula: P(T > t) = exp(-(1 - a) t/s). Source: L. Kleinrock, *Queueing Systems*, vol. 1 (1975), chapter 5.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mm1;
///
/// assert_eq!(mm1::sojourn_exceeds(0.5, 0.01, 0.02)?, libm::exp(-1.0));
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn sojourn_exceeds(a: f64, service_s: f64, sojourn_s: f64) -> Result<f64, QueueError> {
    let idle = 1.0 - domain::stable_load(a, 1.0)?;
    let service_s = domain::positive_time("service_s", service_s)?;
    let sojourn_s = domain::in_range("sojourn_s", sojourn_s, 0.0, super::MAX_TIME_S)?;
    Ok(libm::exp(-idle * sojourn_s / service_s))
}
