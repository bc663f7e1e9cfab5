//! Processor sharing: requests that run share the cores equally, each on one core at most.
//!
//! Means depend on the sizes by their mean only, for any distribution of sizes (insensitivity). With `c` cores the
//! number present has the law of M/M/c, the waiting of that system included.
//!
//! Every function that takes `c` cores (1 to [`MAX_SERVERS`](super::MAX_SERVERS)) takes the offered load `a` in
//! erlangs, which is the mean number of busy cores, from 0 to below `c`. Part of a core is a slower core: the caller
//! scales the sizes.
//!
//! Source for one core: L. Kleinrock, *Queueing Systems*, vol. 2 (1976), chapter 4. For several: J. W. Cohen, "The
//! multiple phase service network with generalized processor sharing", Acta Informatica 12 (1979).

use super::domain;
use super::erlang::{delay, no_wait_odds};
use super::error::QueueError;

/// Slowdown on one core: mean time in the system over the time the request needs alone. At least 1.
///
/// Takes the offered load `a` in erlangs, 0 to below 1. The same for all sizes.
///
/// Formula (M/G/1-PS): 1/(1 - a).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if `a` is negative or not a number.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// assert_eq!(processor_sharing::slowdown(0.75)?, 4.0);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn slowdown(a: f64) -> Result<f64, QueueError> {
    Ok(1.0 / (1.0 - domain::stable_load(a, 1.0)?))
}

/// Mean time in the system, in seconds, of a request that needs `size_s` seconds alone on the one core.
///
/// Takes the offered load `a` in erlangs, 0 to below 1, and `size_s` from 0 to [`MAX_TIME_S`](super::MAX_TIME_S).
///
/// Formula (M/G/1-PS): T(x) = x/(1 - a).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= 1`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// assert_eq!(processor_sharing::sojourn_s(0.5, 0.4)?, 0.8);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn sojourn_s(a: f64, size_s: f64) -> Result<f64, QueueError> {
    let idle = 1.0 - domain::stable_load(a, 1.0)?;
    Ok(domain::in_range("size_s", size_s, 0.0, super::MAX_TIME_S)? / idle)
}

/// Mean slowdown on `c` cores: mean time in the system over mean time alone. At least 1.
///
/// Formula (M/M/c processor sharing, Little's law): D = 1 + C/(c - a), with Erlang C.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// assert_eq!(processor_sharing::mean_slowdown(1, 0.75)?, processor_sharing::slowdown(0.75)?);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_slowdown(c: u32, a: f64) -> Result<f64, QueueError> {
    let (cores, a) = domain::stable(c, a)?;
    Ok(1.0 + delay(c, a) / (cores - a))
}

/// Mean number present on `c` cores while `a` of them are busy on average. [`busy_cores`] is its inverse.
///
/// Formula (M/M/c processor sharing): n(a) = a + C a/(c - a), with Erlang C. With one core a/(1 - a).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// assert_eq!(processor_sharing::mean_present(1, 0.75)?, 3.0);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_present(c: u32, a: f64) -> Result<f64, QueueError> {
    let (cores, a) = domain::stable(c, a)?;
    Ok(a + delay(c, a) * (a / (cores - a)))
}

/// Mean number of cores busy while `present` requests (0 to [`MAX_LOAD`](super::MAX_LOAD)) are there on average:
/// sigma, the inverse of [`mean_present`]. Below both `c` and `present`, but for rounding.
///
/// Formula: sigma(X) solves n(sigma) = X, by bisection to the last bit; at most 70 evaluations of Erlang C.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if `c` or `present` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// assert!((processor_sharing::busy_cores(1, 3.0)? - 0.75).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn busy_cores(c: u32, present: f64) -> Result<f64, QueueError> {
    let cores = domain::servers("c", c)?;
    let present = domain::in_range("present", present, 0.0, super::MAX_LOAD)?;
    // From C <= 1: present <= a + a/(c - a), whose root is a lower bound.
    let sum = cores + 1.0 + present;
    let root = libm::sqrt((cores - present) * (cores - present) + 2.0 * (cores + present) + 1.0);
    let mut low = (2.0 * cores / (sum + root) * present).min(cores);
    let mut high = present.min(cores);
    for _ in 0..70 {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            break;
        }
        let odds = no_wait_odds(c, middle);
        if middle + middle / ((1.0 + odds) * (cores - middle)) < present {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Mean number running, when at most `seats` (1 or more) of those present run and the rest wait for a seat.
///
/// The load `a` must be below both `c` and `seats`. With fewer seats than cores each runs on a core of its own.
///
/// Formula: E[min(n, K)] = a + C a/(m - a) (1 - (a/m)^(K - m)), where m = min(c, K), with Erlang C for m servers:
/// the tail sum of the M/M/m occupancy up to K.
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a` reaches `c` or `seats`, [`QueueError::OutOfRange`] if an argument is outside
/// its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::processor_sharing;
///
/// // One core, two seats: P(n >= 1) + P(n >= 2).
/// assert_eq!(processor_sharing::mean_running(1, 2, 0.5)?, 0.75);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_running(c: u32, seats: u32, a: f64) -> Result<f64, QueueError> {
    domain::servers("c", c)?;
    domain::in_range("seats", f64::from(seats), 1.0, f64::from(u32::MAX))?;
    let working = c.min(seats);
    let (cores, a) = domain::stable(working, a)?;
    let shared = delay(working, a) * (a / (cores - a));
    let extra = f64::from(seats - working);
    // An empty system or no spare seat: the power below would be 0 times infinity.
    if a == 0.0 || extra == 0.0 {
        return Ok(a);
    }
    Ok(a - shared * libm::expm1(extra * domain::ln_utilisation(a, cores)))
}
