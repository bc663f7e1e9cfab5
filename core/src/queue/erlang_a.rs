//! Erlang A (M/M/c+M): a delay system whose clients give up after an exponential patience.
//!
//! Every function takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)), the offered load `a` in erlangs (0 to
//! [`MAX_LOAD`](super::MAX_LOAD)), which may exceed `c`, and the means `service_s` and `patience_s` in seconds
//! ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)). Clients give up while they wait, and
//! never while they are served. There is always a steady state.
//!
//! Source for all: C. Palm (1957); O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with impatient
//! customers", Manufacturing & Service Operations Management 4 (2002).

mod tail;

use super::domain;
use super::erlang::idle_odds;
use super::error::QueueError;
use tail::Tail;

/// Probability that an arrival has to wait, whether or not it gives up later.
///
/// Formula: P(wait) = S/(o + S), where o = 1/B - 1 with Erlang B, and S is the sum over j >= 0 of the products
/// a/(c + r) ... a/(c + j r), with r = service_s/patience_s.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_a;
///
/// // One server and patience equal to service: an infinite server in disguise, empty with probability 1/e.
/// let waits = erlang_a::delay_probability(1, 1.0, 0.1, 0.1)?;
/// assert!((waits - (1.0 - libm::exp(-1.0))).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn delay_probability(c: u32, a: f64, service_s: f64, patience_s: f64) -> Result<f64, QueueError> {
    Ok(solve(c, a, service_s, patience_s)?.delay)
}

/// Probability that an arrival gives up before its service starts.
///
/// Formula: P(wait) times the mean of 1 - exp(-V/patience) over the wait V that a patient client would have.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_a;
///
/// // As above: of one erlang, 1 - 1/e is carried.
/// let gives_up = erlang_a::abandonment_probability(1, 1.0, 0.1, 0.1)?;
/// assert!((gives_up - libm::exp(-1.0)).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn abandonment_probability(c: u32, a: f64, service_s: f64, patience_s: f64) -> Result<f64, QueueError> {
    let Solution { delay, loss } = solve(c, a, service_s, patience_s)?;
    Ok(delay * loss)
}

/// Mean time spent waiting, in seconds, over all arrivals: those who do not wait and those who give up included.
///
/// Formula: Wq = patience_s P(abandon): the rate of giving up is Lq/patience_s.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_a;
///
/// let wait_s = erlang_a::mean_wait_s(1, 1.0, 0.1, 0.1)?;
/// assert!((wait_s - 0.1 * libm::exp(-1.0)).abs() < 1e-16);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_wait_s(c: u32, a: f64, service_s: f64, patience_s: f64) -> Result<f64, QueueError> {
    let Solution { delay, loss } = solve(c, a, service_s, patience_s)?;
    Ok(delay * (loss * patience_s))
}

/// Mean number waiting.
///
/// Formula: Lq = a Wq/service_s (Little's law).
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::erlang_a;
///
/// let queue = erlang_a::mean_queue(1, 1.0, 0.1, 0.1)?;
/// assert!((queue - libm::exp(-1.0)).abs() < 1e-15);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_queue(c: u32, a: f64, service_s: f64, patience_s: f64) -> Result<f64, QueueError> {
    let Solution { delay, loss } = solve(c, a, service_s, patience_s)?;
    // Small factors last: a tiny delay times a tiny loss would fall below the normal range too early.
    Ok(delay * (domain::load(a)? * (loss * patience_s / service_s)))
}

struct Solution {
    /// Probability of having to wait.
    delay: f64,
    /// Probability that one who has to wait gives up.
    loss: f64,
}

fn solve(c: u32, a: f64, service_s: f64, patience_s: f64) -> Result<Solution, QueueError> {
    let servers = domain::servers("c", c)?;
    let a = domain::load(a)?;
    let odds = idle_odds(c, a);
    let ratio = domain::positive_time("service_s", service_s)? / domain::positive_time("patience_s", patience_s)?;
    let Tail { sum, loss } = Tail::new(servers, a, ratio);
    Ok(Solution { delay: 1.0 / (1.0 + odds / sum), loss })
}
