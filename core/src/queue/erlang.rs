//! Erlang's two laws: loss (B) and delay (C).

use super::domain;
use super::error::QueueError;

/// Erlang B: probability that an arrival finds all servers busy and is lost (M/G/c/c).
///
/// Takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)) and the offered load `a` in erlangs (0 to
/// [`MAX_LOAD`](super::MAX_LOAD)), which may exceed `c`. Depends on the service time by its mean only.
/// Below 2.3e-308 the result is a rounded subnormal number or zero.
///
/// Formula: B = (a^c/c!) / sum of a^k/k! for k = 0..c, by the recursion 1/B(k) = 1 + (k/a)/B(k-1).
/// Source: A. K. Erlang (1917); the recursion in R. B. Cooper, *Introduction to Queueing Theory*, 2nd ed. (1981).
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if `c` or `a` is outside its range or `a` is not a number.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_b;
///
/// // Two servers, one erlang: (1/2) / (1 + 1 + 1/2).
/// assert_eq!(erlang_b(2, 1.0)?, 0.2);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn erlang_b(c: u32, a: f64) -> Result<f64, QueueError> {
    domain::servers("c", c)?;
    Ok(1.0 / (1.0 + idle_odds(c, domain::load(a)?)))
}

/// Erlang C: probability that an arrival has to wait (M/M/c).
///
/// Takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)) and the offered load `a` in erlangs, 0 to below `c`.
///
/// Formula: C = B / (1 - (a/c)(1 - B)), with Erlang B. Computed from the odds o = 1/B - 1 as
/// 1 / (1 + o (c - a)/c), where nothing cancels. Source: A. K. Erlang (1917).
///
/// # Errors
///
/// [`QueueError::NoSteadyState`] if `a >= c`, [`QueueError::OutOfRange`] if `c` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_c;
///
/// // Two servers, one erlang: one arrival in three waits.
/// assert!((erlang_c(2, 1.0)? - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn erlang_c(c: u32, a: f64) -> Result<f64, QueueError> {
    let (_, a) = domain::stable(c, a)?;
    Ok(delay(c, a))
}

/// Derivative of Erlang C by the offered load, per erlang.
///
/// Arguments as in [`erlang_c`].
///
/// Formula: C' = C (1 - C) ((c/a - 1 + B)/(1 - B) + 1/(c - a)), with Erlang B; it follows from
/// B' = B (c/a - 1 + B). Source: D. L. Jagerman, "Some properties of the Erlang loss function", Bell System Technical
/// Journal 53 (1974).
///
/// # Errors
///
/// As [`erlang_c`].
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_c_slope;
///
/// // With one server C is a.
/// assert!((erlang_c_slope(1, 0.25)? - 1.0).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn erlang_c_slope(c: u32, a: f64) -> Result<f64, QueueError> {
    let (servers, a) = domain::stable(c, a)?;
    if a == 0.0 {
        return Ok(if c == 1 { 1.0 } else { 0.0 });
    }
    let odds = idle_odds(c, a);
    let (lost, waits) = (1.0 / (1.0 + odds), delay(c, a));
    let served = if odds < f64::INFINITY { odds / (1.0 + odds) } else { 1.0 };
    Ok(waits * (1.0 - waits) * ((servers / a - 1.0 + lost) / served + 1.0 / (servers - a)))
}

/// Odds that an arrival finds a free server in the loss system, (1 - B)/B. Infinite if B is too small for an `f64`.
pub(super) fn idle_odds(c: u32, a: f64) -> f64 {
    let mut odds = 0.0;
    for k in 1..=c {
        odds = (1.0 + odds) * (f64::from(k) / a);
        // Infinite odds stay infinite: they only arise once k exceeds a.
        if odds == f64::INFINITY {
            break;
        }
    }
    odds
}

/// Erlang C of checked arguments.
pub(super) fn delay(c: u32, a: f64) -> f64 {
    1.0 / (1.0 + no_wait_odds(c, a))
}

/// Odds that an arrival does not wait in the delay system, (1 - C)/C. Needs `a < c`.
pub(super) fn no_wait_odds(c: u32, a: f64) -> f64 {
    let servers = f64::from(c);
    idle_odds(c, a) * ((servers - a) / servers)
}
