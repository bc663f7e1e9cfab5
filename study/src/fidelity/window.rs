//! Sums over a stretch of seconds, taken alike from a recording and from an engine.

use crate::trial::{ClassSeries, Observed};

/// What a class got in a window.
pub(super) struct Sums {
    pub(super) sent: f64,
    pub(super) answered: f64,
    pub(super) rejected: f64,
    pub(super) timed_out: f64,
    pub(super) latency_s: Option<f64>,
}

pub(super) fn sums(class: &ClassSeries, from: usize, to: usize) -> Sums {
    let sum = |values: &[f64]| values.iter().take(to).skip(from).sum::<f64>();
    Sums {
        sent: sum(&class.sent),
        answered: sum(&class.answered),
        rejected: sum(&class.rejected),
        timed_out: sum(&class.timed_out),
        latency_s: class.mean_latency_s(from, to),
    }
}

/// Share of the most requests ever outstanding that counts as recovered; at least one request.
const LEFT: f64 = 0.02;

/// Seconds after `stop` until the requests outstanding have fallen to next to nothing and stay there; nothing if they
/// do not before the end.
pub(super) fn recovered_s(seen: &Observed, stop: usize) -> Option<f64> {
    let seconds = seen.cores.len();
    let outstanding =
        |second: usize| -> f64 { seen.classes.iter().filter_map(|class| class.in_flight.get(second)).sum() };
    let most = (0..seconds).map(outstanding).fold(0.0, f64::max);
    let few = (LEFT * most).max(1.0);
    // The first second from which on there are always few.
    let last_many = (stop..seconds).rev().find(|&second| outstanding(second) > few);
    match last_many {
        None => Some(0.0),
        Some(last) if last + 1 < seconds => Some((last + 1 - stop) as f64),
        Some(_) => None,
    }
}
