//! M/G/1, first come first served: one server, any service time, by the Pollaczek-Khinchine formula.
//!
//! Every function takes the offered load `a` in erlangs, 0 to below 1, and `service_scv`, the variance of the
//! service time over its squared mean (0 to [`MAX_SCV`](super::MAX_SCV)): 0 for equal sizes, 1 for exponential ones.
//! Source for all: F. Pollaczek (1930) and A. Y. Khinchine (1932), in L. Kleinrock, *Queueing Systems*,
//! vol. 1 (1975), chapter 5.

use super::domain;
use super::error::QueueError;

/// Mean number waiting, not counting the one in service.
///
/// Formula (Pollaczek-Khinchine): Lq = a^2 (1 + scv) / (2 (1 - a)).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mg1;
///
/// // Equal sizes halve the queue.
/// assert_eq!(mg1::mean_queue(0.5, 1.0)?, 0.5);
/// assert_eq!(mg1::mean_queue(0.5, 0.0)?, 0.25);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_queue(a: f64, service_scv: f64) -> Result<f64, QueueError> {
    Ok(domain::stable_load(a, 1.0)? * wait_in_services(a, service_scv)?)
}

/// Mean wait before service starts, in seconds, for a mean service time of `service_s` seconds
/// ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula (Pollaczek-Khinchine): Wq = s a (1 + scv) / (2 (1 - a)).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mg1;
///
/// assert_eq!(mg1::mean_wait_s(0.75, 0.25, 1.0)?, 0.75);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_wait_s(a: f64, service_s: f64, service_scv: f64) -> Result<f64, QueueError> {
    Ok(wait_in_services(a, service_scv)? * domain::positive_time("service_s", service_s)?)
}

/// Mean time from arrival to departure, in seconds, for a mean service time of `service_s` seconds
/// ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula: W = s + Wq.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mg1;
///
/// assert_eq!(mg1::mean_sojourn_s(0.75, 0.25, 1.0)?, 1.0);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_sojourn_s(a: f64, service_s: f64, service_scv: f64) -> Result<f64, QueueError> {
    Ok(service_s + mean_wait_s(a, service_s, service_scv)?)
}

/// Mean wait as a multiple of the mean service time.
fn wait_in_services(a: f64, service_scv: f64) -> Result<f64, QueueError> {
    let a = domain::stable_load(a, 1.0)?;
    let service_scv = domain::scv("service_scv", service_scv)?;
    Ok(a * (0.5 * (1.0 + service_scv) / (1.0 - a)))
}
