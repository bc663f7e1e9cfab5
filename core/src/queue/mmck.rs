//! M/M/c/K: Poisson arrivals, exponential service, `c` servers and `places` in all; an arrival that finds every
//! place taken is lost.
//!
//! Every function takes `c` servers (1 to [`MAX_SERVERS`](super::MAX_SERVERS)), `places` in service and waiting
//! together (`c` or more) and the offered load `a` in erlangs (0 to [`MAX_LOAD`](super::MAX_LOAD)), which may
//! exceed `c`. The time taken is linear in `c` and does not depend on `places`.
//! Source for all: D. Gross and C. M. Harris, *Fundamentals of Queueing Theory*, 3rd ed. (1998), chapter 2.

use super::domain;
use super::erlang::idle_odds;
use super::error::QueueError;

/// Probability that an arrival finds every place taken and is lost.
///
/// Formula: p(K), with p(n) ~ a^n/n! up to c and p(n) = p(c) (a/c)^(n - c) above.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if `c`, `places` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmck;
///
/// // One server, three places, one erlang: four states, equally likely.
/// assert_eq!(mmck::blocking(1, 3, 1.0)?, 0.25);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn blocking(c: u32, places: u32, a: f64) -> Result<f64, QueueError> {
    Ok(Weights::new(c, places, a)?.blocking())
}

/// Mean number waiting, not counting those in service.
///
/// Formula: Lq = sum of (n - c) p(n) for n = c..K.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if `c`, `places` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmck;
///
/// // One or two waiting in two of four equally likely states.
/// assert_eq!(mmck::mean_queue(1, 3, 1.0)?, 0.75);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_queue(c: u32, places: u32, a: f64) -> Result<f64, QueueError> {
    Ok(Weights::new(c, places, a)?.mean_queue())
}

/// Mean number in the system, waiting and in service.
///
/// Formula: L = a (1 - p(K)) + Lq.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if `c`, `places` or `a` is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmck;
///
/// assert_eq!(mmck::mean_present(1, 3, 1.0)?, 1.5);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_present(c: u32, places: u32, a: f64) -> Result<f64, QueueError> {
    let (weights, a) = (Weights::new(c, places, a)?, domain::load(a)?);
    Ok(a * weights.accepted() + weights.mean_queue())
}

/// Mean wait of the accepted before their service starts, in seconds, for a mean service time of `service_s`
/// seconds ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula: Wq = s Lq / (a (1 - p(K))) (Little's law). Zero without load.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmck;
///
/// assert_eq!(mmck::mean_wait_s(1, 3, 1.0, 0.01)?, 0.01);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn mean_wait_s(c: u32, places: u32, a: f64, service_s: f64) -> Result<f64, QueueError> {
    let weights = Weights::new(c, places, a)?;
    let service_s = domain::positive_time("service_s", service_s)?;
    if a == 0.0 { Ok(0.0) } else { Ok(service_s * (weights.mean_queue() / (a * weights.accepted()))) }
}

/// Requests completed per second, for a mean service time of `service_s` seconds
/// ([`MIN_TIME_S`](super::MIN_TIME_S) to [`MAX_TIME_S`](super::MAX_TIME_S)).
///
/// Formula: a (1 - p(K))/s.
///
/// # Errors
///
/// [`QueueError::OutOfRange`] if an argument is outside its range.
///
/// # Examples
///
/// ```
/// use slackwater_core::queue::mmck;
///
/// assert_eq!(mmck::throughput_per_s(1, 3, 1.0, 0.5)?, 1.5);
/// # Ok::<(), slackwater_core::queue::QueueError>(())
/// ```
pub fn throughput_per_s(c: u32, places: u32, a: f64, service_s: f64) -> Result<f64, QueueError> {
    let accepted = Weights::new(c, places, a)?.accepted();
    Ok(domain::load(a)? * accepted / domain::positive_time("service_s", service_s)?)
}

/// Unnormalised probabilities, scaled so that the largest state of the queue weighs one.
struct Weights {
    /// Some server free.
    free: f64,
    /// All servers busy, some place free.
    open: f64,
    /// Every place taken.
    full: f64,
    /// Mean number waiting while all servers are busy.
    queue_when_busy: f64,
}

impl Weights {
    fn new(c: u32, places: u32, a: f64) -> Result<Self, QueueError> {
        let servers = domain::servers("c", c)?;
        domain::in_range("places", f64::from(places), servers, f64::from(u32::MAX))?;
        let a = domain::load(a)?;
        let odds = idle_odds(c, a);
        let room = f64::from(places - c);
        let decay = domain::ln_utilisation(a, servers).abs();
        // Next to no load: the weights of the queue would be products of zero and infinity.
        if odds == f64::INFINITY {
            return Ok(Self { free: 1.0, open: 0.0, full: 0.0, queue_when_busy: 0.0 });
        }
        let (far_end, open_sum) = (libm::exp(-room * decay), geometric_sum(room, decay));
        let near_end_mean = truncated_geometric_mean(room, decay);
        Ok(if a <= servers {
            Self { free: odds, open: open_sum, full: far_end, queue_when_busy: near_end_mean }
        } else {
            let open = open_sum * libm::exp(-decay);
            Self { free: odds * far_end, open, full: 1.0, queue_when_busy: room - near_end_mean }
        })
    }

    fn blocking(&self) -> f64 {
        self.full / (self.free + (self.open + self.full))
    }

    fn accepted(&self) -> f64 {
        (self.free + self.open) / (self.free + (self.open + self.full))
    }

    fn mean_queue(&self) -> f64 {
        let busy = self.open + self.full;
        busy / (self.free + busy) * self.queue_when_busy
    }
}

/// Sum of exp(-decay j) for j = 0..count - 1.
fn geometric_sum(count: f64, decay: f64) -> f64 {
    if decay == 0.0 { count } else { libm::expm1(-count * decay) / libm::expm1(-decay) }
}

/// Mean of j = 0..=last under weights exp(-decay j).
fn truncated_geometric_mean(last: f64, decay: f64) -> f64 {
    let states = last + 1.0;
    if states * decay > 0.5 {
        return 1.0 / libm::expm1(decay) - states / libm::expm1(states * decay);
    }
    // The two terms above differ by less than their rounding when the weights are nearly even.
    0.5 * last - (states * bernoulli_tail(states * decay) - bernoulli_tail(decay))
}

/// 1/(e^x - 1) - 1/x + 1/2 for 0 <= x <= 0.5, by its Bernoulli series; the first term left out is below 1e-16 of the sum.
fn bernoulli_tail(x: f64) -> f64 {
    let y = x * x;
    let tail = 1.0 / 47_900_160.0 - y * (691.0 / 1_307_674_368_000.0);
    x * (1.0 / 12.0 - y * (1.0 / 720.0 - y * (1.0 / 30_240.0 - y * (1.0 / 1_209_600.0 - y * tail))))
}
