//! All constants from a set of runs.

use super::calibration::{Calibration, Constant};
use super::cost::{Z95, costs};
use super::error::LearnError;
use super::knee::Dearer;
use super::{knee, storm};
use crate::truth::{HerdRun, Kind, Run};

/// CPU-seconds from the start of the process until it takes requests, on a whole core.
const START_S: f64 = 3.0;
/// Seconds left out on both sides of a quiet stretch.
const MARGIN_S: f64 = 5.0;
/// Turns of the two constants; each brings them some ten times nearer.
const TURNS: usize = 40;

/// Fits the constants of a machine: the cost law on cost runs, the quota factor on knees, the growth on knees
/// and storms, and on nothing else.
///
/// # Errors
/// [`LearnError`] if runs of a kind are missing.
///
/// ```
/// use slackwater_study::learn::{Calibration, fit};
/// use slackwater_study::truth::Truth;
/// let fitted = fit(&Truth::built_in()?.runs)?;
/// assert_eq!(fitted, Calibration::given()?); // the numbers in the binary
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(runs: &[Run]) -> Result<Calibration, LearnError> {
    let (mut cost_runs, mut knees, mut storms, mut herds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in runs {
        match &run.kind {
            Kind::Cost(run) => cost_runs.push(run),
            Kind::Knee(run) => knees.push(run),
            Kind::Storm(run) => storms.push(run.as_ref()),
            Kind::Herd(run) => herds.push(run.as_ref()),
            Kind::Dns(_) | Kind::Unread(_) => {}
        }
    }
    let costs = costs(&cost_runs)?;
    let idle_cores = idle_cores(&herds)?;
    let (quiet, mut busy): (Vec<_>, Vec<_>) =
        knee::dearer(&knees, &costs, idle_cores.value).into_iter().partition(|point| point.below);
    busy.extend(storm::dearer(&storms, &costs, idle_cores.value));
    for (what, points) in [("rates of a knee below 0.85 of its capacity", &quiet), ("rates above it, or storms", &busy)]
    {
        if points.is_empty() {
            return Err(LearnError::TooFew { what, have: 0, need: 1 });
        }
    }
    let [quota_factor, growth] = quota_and_growth(&quiet, &busy);
    let memory_factor = knee::memory_factor(&knees, &costs)?;
    Ok(Calibration {
        base_s: costs.base_s,
        object_s: costs.object_s,
        json_byte_s: costs.json_byte_s,
        protobuf_byte_s: costs.protobuf_byte_s,
        scatter: costs.scatter,
        etcd_base_s: costs.etcd_base_s,
        etcd_byte_s: costs.etcd_byte_s,
        quota_factor,
        growth,
        memory_factor,
        memory_base: costs.memory_base,
        memory_per_byte: costs.memory_per_byte,
        idle_cores,
        start_s: Constant::around(START_S, 0.0, "ready 3 s after its start on a whole core; not fitted"),
    })
}

/// How much dearer CPU is under the quota, from the knees alone, and how it grows with requests running.
///
/// # Formula
/// The law of the core is factor = quota (1 + growth b / (1 + b)) with b requests beside each other. Two constants, two
/// sources, in turns until neither moves: the quota factor from the rates of the knees below 0.85 of the capacity, where
/// few run beside each other; the growth from all runs beyond, storms included. No storm has a say in the quota factor.
/// A machine is faster in some minutes than in others, so a scatter between runs is added to their own errors until chi^2
/// equals the degrees of freedom, as for the cost law.
fn quota_and_growth(quiet: &[Dearer], busy: &[Dearer]) -> [Constant; 2] {
    let at = |scatter: f64| {
        let weight = |point: &Dearer| 1.0 / (point.error.powi(2) + (scatter * point.factor).powi(2));
        let share = |point: &Dearer| point.beside / (1.0 + point.beside);
        // One unknown, y = x u: the weighted mean and its standard error.
        let mean = |points: &[Dearer], xy: &dyn Fn(&Dearer) -> (f64, f64)| {
            let (mut top, mut under) = (0.0, 0.0);
            for point in points {
                let (x, y) = xy(point);
                top += weight(point) * x * y;
                under += weight(point) * x * x;
            }
            (top / under, under.powf(-0.5))
        };
        let (mut quota, mut growth) = ((1.0, 0.0), (0.0, 0.0));
        for _ in 0..TURNS {
            quota = mean(quiet, &|point| (1.0 + growth.0 * share(point), point.factor));
            growth = mean(busy, &|point| (quota.0 * share(point), point.factor - quota.0));
        }
        let chi2 = |points: &[Dearer]| -> f64 {
            let off = |point: &Dearer| point.factor - quota.0 * (1.0 + growth.0 * share(point));
            points.iter().map(|point| weight(point) * off(point).powi(2)).sum()
        };
        (quota, growth, chi2(quiet) + chi2(busy))
    };
    let freedom = (quiet.len() + busy.len()) as f64 - 2.0;
    let (mut low, mut high) = (1e-6, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at(middle).2 > freedom { low = middle } else { high = middle }
    }
    let (quota, growth, _) = at(high);
    // What is not known of the quota factor is not known of the growth either.
    let growth_error = (growth.1.powi(2) + ((1.0 + growth.0) * quota.1 / quota.0).powi(2)).sqrt();
    [
        Constant::around(quota.0, Z95 * quota.1, "knee runs, latencies below 0.85 of the capacity"),
        Constant {
            value: growth.0.max(0.0),
            ..Constant::around(
                growth.0,
                Z95 * growth_error,
                "knee runs (answers above 0.85 of the capacity), storms (sizes by the audit log)",
            )
        },
    ]
}

/// Cores in the quiet stretch of a herd, between the last list and the kill.
fn idle_cores(herds: &[&HerdRun]) -> Result<Constant, LearnError> {
    let mut quiet = Vec::new();
    for run in herds {
        let killed_s = run.restarts.iter().find(|event| event.killed).map_or(run.duration_s, |event| event.t_s);
        let from_s = run.start_s + run.ramp_s + MARGIN_S;
        let within = run.seconds.iter().filter(|second| second.t_s >= from_s && second.t_s < killed_s - MARGIN_S);
        quiet.extend(within.map(|second| second.cores));
    }
    if quiet.len() < 2 {
        return Err(LearnError::TooFew { what: "quiet seconds of a herd", have: quiet.len(), need: 2 });
    }
    let mean = quiet.iter().sum::<f64>() / quiet.len() as f64;
    let squares: f64 = quiet.iter().map(|cores| (cores - mean).powi(2)).sum();
    let error = (squares / (quiet.len() as f64 - 1.0) / quiet.len() as f64).sqrt();
    Ok(Constant::around(mean, Z95 * error, "herd runs, between the last list and the kill"))
}
