//! The recorded arrivals of a knee through exact processor sharing: what a cost would have meant for its waits.
//!
//! It is no engine: the constants must not depend on the model they are for.

use crate::events::arrivals::Draws;
use crate::trial::Observed;
use crate::truth::KneeRun;
use std::collections::VecDeque;

/// One setting to try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// CPU-seconds of the varied class.
    pub(super) list_s: f64,
    /// CPU-seconds of the others.
    pub(super) small_s: f64,
    /// Cores for requests.
    pub(super) cores: f64,
    /// Lists that may run at once.
    pub(super) at_once: usize,
}

/// What comes out for one rate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Replayed {
    /// Lists answered.
    pub(super) answered: f64,
    /// Mean latency of those, seconds.
    pub(super) latency_s: f64,
    /// Requests beside one that runs, averaged over the time in which any runs.
    pub(super) beside: f64,
}

/// Draws of the moments within the seconds that are averaged.
const DRAWS: u64 = 16;

/// Replays one rate; `None` if there is no such rate. The table tells the second of an arrival; within it Poisson
/// arrivals are anywhere, so several draws are averaged.
pub(super) fn replay(run: &KneeRun, rate: usize, setting: &Setting) -> Option<Replayed> {
    let (_, seen) = run.rates.get(rate)?;
    let mut sum = Replayed::default();
    for seed in 0..DRAWS {
        let one = once(&arrivals(run.driven, seen, seed), seen.cores.len() as f64, setting);
        sum.answered += one.answered / DRAWS as f64;
        sum.latency_s += one.latency_s * one.answered / DRAWS as f64;
        sum.beside += one.beside / DRAWS as f64;
    }
    sum.latency_s /= sum.answered.max(1e-9);
    Some(sum)
}

/// Moments of all arrivals, and whether they are of the varied class.
fn arrivals(driven: usize, seen: &Observed, seed: u64) -> Vec<(f64, bool)> {
    let mut draws = Draws::new(seed);
    let mut arrivals: Vec<(f64, bool)> = Vec::new();
    for (at, class) in seen.classes.iter().enumerate() {
        for (second, &sent) in class.sent.iter().enumerate() {
            for _ in 0..sent.round() as usize {
                let part = (draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                arrivals.push((second as f64 + part, at == driven));
            }
        }
    }
    arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
    arrivals
}

fn once(arrivals: &[(f64, bool)], end_s: f64, setting: &Setting) -> Replayed {
    // Attained service at which each running request ends, with its arrival; equal sizes end in order of start.
    let mut lists: VecDeque<(f64, f64)> = VecDeque::new();
    let mut small: VecDeque<f64> = VecDeque::new();
    let mut waiting: VecDeque<f64> = VecDeque::new();
    let (mut now_s, mut attained, mut next) = (0.0, 0.0, 0);
    let mut out = Replayed::default();
    let (mut latency_sum_s, mut busy_s) = (0.0, 0.0);
    loop {
        let running = (lists.len() + small.len()) as f64;
        let share = setting.cores / running;
        let due = match (lists.front(), small.front()) {
            (Some(&(list, _)), Some(&other)) => list.min(other),
            (Some(&(list, _)), None) => list,
            (None, Some(&other)) => other,
            (None, None) => f64::INFINITY,
        };
        let ends_s = if running > 0.0 { now_s + (due - attained).max(0.0) / share } else { f64::INFINITY };
        let comes_s = arrivals.get(next).map_or(f64::INFINITY, |arrival| arrival.0);
        let then_s = ends_s.min(comes_s).min(end_s);
        if running > 0.0 {
            attained += share * (then_s - now_s);
            out.beside += (running - 1.0) * (then_s - now_s);
            busy_s += then_s - now_s;
        }
        now_s = then_s;
        if now_s >= end_s {
            break;
        }
        if ends_s <= comes_s {
            attained = due;
            if lists.front().is_some_and(|&(list, _)| list <= due) {
                if let Some((_, came_s)) = lists.pop_front() {
                    out.answered += 1.0;
                    latency_sum_s += now_s - came_s;
                }
                if let Some(came_s) = waiting.pop_front() {
                    lists.push_back((attained + setting.list_s, came_s));
                }
            } else {
                small.pop_front();
            }
        } else {
            next += 1;
            match arrivals.get(next - 1) {
                Some(&(_, false)) => small.push_back(attained + setting.small_s),
                Some(_) if lists.len() < setting.at_once => lists.push_back((attained + setting.list_s, now_s)),
                _ => waiting.push_back(now_s),
            }
        }
    }
    out.latency_s = latency_sum_s / out.answered.max(1.0);
    out.beside /= f64::max(busy_s, 1e-9);
    out
}
