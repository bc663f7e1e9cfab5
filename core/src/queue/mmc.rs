//! M/M/c: Poisson arrivals, exponential service, `c` servers, first come first served, unlimited queue.
//!
//! Every function takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)) and the offered load `a` in erlangs,
//! 0 to below `c`. Times are in seconds; `service_s` is the mean service time,
//! [`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S).
//! Source for all: L. Kleinrock, *Queueing Systems*, vol. 1 (1975), chapter 3.

use super::domain;
use super::erlang::{delay, no_wait_odds};
use super::error::QueueError;

/// Utilisation of each server, a fraction from 0 to below 1.
///
/// Formula: rho = a/c.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if `c` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmc;
///
/// assert_eq!(mmc::utilisation(4, 3.0)?, 0.75);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn utilisation(c: u32, a: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    Ok(a / servers)
}

/// Mean number waiting, not counting those in service.
///
/// Formula: Lq = C a/(c - a), with Erlang C.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if `c` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmc;
///
/// assert!((mmc::mean_queue(2, 1.0)? - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_queue(c: u32, a: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    Ok(delay(c, a) * (a / (servers - a)))
}

/// Mean wait before service starts, in seconds.
///
/// Formula: Wq = C s/(c - a), with Erlang C and mean service time s.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmc;
///
/// // One server, half busy, 10 ms each: the wait is 10 ms.
/// assert_eq!(mmc::mean_wait_s(1, 0.5, 0.01)?, 0.01);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_wait_s(c: u32, a: f64, service_s: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    let service_s = domain::positive_time("service_s", service_s)?;
    Ok(delay(c, a) * (service_s / (servers - a)))
}

/// Mean time from arrival to departure, in seconds.
///
/// Formula: W = s + Wq = s (1 + C/(c - a)).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmc;
///
/// assert_eq!(mmc::mean_sojourn_s(1, 0.75, 0.01)?, 0.04);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_sojourn_s(c: u32, a: f64, service_s: f64) -> Result<f64, QueueError> {
    Ok(domain::positive_time("service_s", service_s)? + mean_wait_s(c, a, service_s)?)
}

/// Probability that the wait exceeds `wait_s` seconds (0 to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula: P(W > t) = C exp(-(c - a) t/s).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::{erlang_c, mmc};
///
/// assert_eq!(mmc::wait_exceeds(3, 2.0, 0.1, 0.0)?, erlang_c(3, 2.0)?);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn wait_exceeds(c: u32, a: f64, service_s: f64, wait_s: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    let service_s = domain::positive_time("service_s", service_s)?;
    let wait_s = domain::in_range("wait_s", wait_s, 0.0, super::MAX_TIME_S)?;
    Ok(delay(c, a) * libm::exp(-(servers - a) * wait_s / service_s))
}

/// The wait in seconds that a share `p` (0 to below 1) of arrivals does not exceed.
///
/// Zero if at least that share does not wait at all. Just above that point the relative error grows; the
/// absolute error stays below 1e-13 of `service_s/(c - a)`, the mean wait of those who wait.
///
/// Formula: t = s/(c - a) ln(C/(1 - p)), with Erlang C.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmc;
///
/// // Half of the arrivals at a half busy server start at once.
/// assert_eq!(mmc::wait_quantile_s(1, 0.5, 0.01, 0.5)?, 0.0);
/// let median_of_waiters_s = mmc::wait_quantile_s(1, 0.5, 0.01, 0.75)?;
/// assert!((median_of_waiters_s - 0.02 * core::f64::consts::LN_2).abs() < 1e-16);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn wait_quantile_s(c: u32, a: f64, service_s: f64, p: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    let scale_s = domain::positive_time("service_s", service_s)? / (servers - a);
    let p = domain::quantile(p)?;
    let (delay, tail) = (delay(c, a), 1.0 - p);
    if delay > 2.0 * tail {
        return Ok(scale_s * libm::log(delay / tail));
    }
    // (1 - p)/C - 1: log1p of it keeps the digits of a quantile near zero.
    let excess = no_wait_odds(c, a) * tail - p;
    if excess < 0.0 { Ok(-scale_s * libm::log1p(excess)) } else { Ok(0.0) }
}
