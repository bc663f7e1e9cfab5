//! M/G/c and G/G/c: several servers, any service time. No exact closed form is known, so these are approximations.

use super::domain;
use super::error::QueueError;
use super::mmc;

/// Approximate mean wait before service starts, in seconds, by Allen and Cunneen.
///
/// Takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)), the offered load `a` in erlangs (0 to below `c`), the
/// mean service time `service_s` in seconds ([`MIN_TIME_S`](super::MIN_TIME_S) to
/// [`MAX_TIME_S`](super::MAX_TIME_S)) and the squared coefficients of variation of the times between arrivals and of
/// service (0 to [`MAX_SCV`](super::MAX_SCV)). Poisson arrivals have `arrival_scv = 1`.
///
/// **An approximation.** Exact for M/M/c and M/G/1; good in heavy traffic; poor for lightly loaded servers, and
/// for arrivals far from Poisson.
///
/// Formula (Allen-Cunneen): Wq = (arrival_scv + service_scv)/2 times Wq of M/M/c.
/// Source: A. O. Allen, *Probability, Statistics, and Queueing Theory*, 2nd ed. (1990), chapter 5.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::{mgc, mmc};
///
/// let equal_sizes_s = mgc::allen_cunneen_wait_s(8, 6.0, 0.1, 1.0, 0.0)?;
/// assert_eq!(equal_sizes_s, 0.5 * mmc::mean_wait_s(8, 6.0, 0.1)?);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn allen_cunneen_wait_s(
    c: u32,
    a: f64,
    service_s: f64,
    arrival_scv: f64,
    service_scv: f64,
) -> Result<f64, QueueError> {
    Ok(variability(arrival_scv, service_scv)? * mmc::mean_wait_s(c, a, service_s)?)
}

/// Approximate mean number waiting, by Allen and Cunneen.
///
/// Same arguments, same limits and same source as [`allen_cunneen_wait_s`], which it matches by Little's law.
///
/// Formula (Allen-Cunneen): Lq = (arrival_scv + service_scv)/2 times Lq of M/M/c.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::{mg1, mgc};
///
/// // With one server and Poisson arrivals the law is exact.
/// assert_eq!(mgc::allen_cunneen_queue(1, 0.5, 1.0, 3.0)?, mg1::mean_queue(0.5, 3.0)?);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn allen_cunneen_queue(c: u32, a: f64, arrival_scv: f64, service_scv: f64) -> Result<f64, QueueError> {
    Ok(variability(arrival_scv, service_scv)? * mmc::mean_queue(c, a)?)
}

fn variability(arrival_scv: f64, service_scv: f64) -> Result<f64, QueueError> {
    Ok(0.5 * (domain::scv("arrival_scv", arrival_scv)? + domain::scv("service_scv", service_scv)?))
}
