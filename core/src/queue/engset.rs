//! Engset: a finite number of sources, each with at most one request, and no queue.
//!
//! Every function takes `c` servers and `sources` (both 1 to [`MAX_SERVERS`](super::MAX_SERVERS)), and
//! `a_idle`, the load one idle source offers in erlangs: its request rate while idle times the mean service
//! time (0 to [`MAX_LOAD`](super::MAX_LOAD)). Depends on service and idle times by their means only.
//! Source for all: T. O. Engset (1918); R. B. Cooper, *Introduction to Queueing Theory*, 2nd ed. (1981), chapter 3.

use super::domain;
use super::error::QueueError;

/// Time congestion: the share of time in which all servers are busy.
///
/// Zero if there are more servers than sources.
///
/// Formula (Engset): E = binom(n, c) a^c / sum of binom(n, k) a^k for k = 0..c, by the recursion
/// 1/E(k) = 1 + k/(a (n - k + 1)) / E(k-1).
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::engset;
///
/// // Two sources, one server: weights 1 and 2.
/// assert!((engset::time_congestion(1, 2, 1.0)? - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn time_congestion(c: u32, sources: u32, a_idle: f64) -> Result<f64, QueueError> {
    let a_idle = check(c, sources, a_idle)?;
    Ok(1.0 / (1.0 + idle_odds(c, sources, a_idle)))
}

/// Call congestion: the share of requests that find all servers busy and are lost.
///
/// Lower than the time congestion, because busy sources send nothing. Zero if there is a server for each source.
///
/// Formula: the time congestion with one source fewer (arrival theorem).
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::engset;
///
/// assert_eq!(engset::call_congestion(1, 2, 1.0)?, 0.5);
/// assert_eq!(engset::call_congestion(2, 2, 1.0)?, 0.0);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn call_congestion(c: u32, sources: u32, a_idle: f64) -> Result<f64, QueueError> {
    let a_idle = check(c, sources, a_idle)?;
    Ok(1.0 / (1.0 + idle_odds(c, sources - 1, a_idle)))
}

/// Mean number of busy servers.
///
/// Formula: y = n b/(1 + b), where b = a (1 - call congestion) is what an idle source gets through.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::engset;
///
/// assert!((engset::mean_busy(1, 2, 1.0)? - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_busy(c: u32, sources: u32, a_idle: f64) -> Result<f64, QueueError> {
    let a_idle = check(c, sources, a_idle)?;
    let blocked_odds = 1.0 / idle_odds(c, sources - 1, a_idle);
    let carried = a_idle / (1.0 + blocked_odds);
    Ok(f64::from(sources) * (carried / (1.0 + carried)))
}

/// Requests completed per second, for a mean service time of `service_s` seconds
/// ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula: y/s, with the mean number of busy servers y (Little's law).
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::engset;
///
/// // A server for each source: nobody waits for anybody.
/// assert_eq!(engset::throughput_per_s(2, 2, 1.0, 0.5)?, 2.0);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn throughput_per_s(c: u32, sources: u32, a_idle: f64, service_s: f64) -> Result<f64, QueueError> {
    Ok(mean_busy(c, sources, a_idle)? / domain::positive_time("service_s", service_s)?)
}

/// The load of an idle source, once all three arguments are in range.
fn check(c: u32, sources: u32, a_idle: f64) -> Result<f64, QueueError> {
    domain::servers("c", c)?;
    domain::servers("sources", sources)?;
    domain::in_range("a_idle", a_idle, 0.0, super::MAX_LOAD)
}

/// Odds that some server is free. Infinite if there are more servers than sources.
fn idle_odds(c: u32, sources: u32, a_idle: f64) -> f64 {
    if c > sources {
        return f64::INFINITY;
    }
    let mut odds = 0.0;
    for k in 1..=c {
        odds = (1.0 + odds) * (f64::from(k) / (a_idle * f64::from(sources - k + 1)));
        if odds == f64::INFINITY {
            break;
        }
    }
    odds
}
