//! All constants from a set of runs.

use super::calibration::{Calibration, Constant};
use super::cost::{Z95, costs};
use super::error::LearnError;
use super::knee::Dearer;
use super::linear::solve;
use super::{knee, storm};
use crate::truth::{HerdRun, Kind, Run};

/// CPU-seconds from the start of the process until it takes requests, on a whole core.
const START_S: f64 = 3.0;
/// Seconds left out on both sides of a quiet stretch.
const MARGIN_S: f64 = 5.0;

/// Fits the constants of a machine: the cost law on cost runs, the quota factor and turns on knees, the growth on
/// storms, and on nothing else.
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
    let mut points = knee::dearer(&knees, &costs, idle_cores.value);
    if points.len() < 2 {
        return Err(LearnError::TooFew { what: "rates of a knee", have: points.len(), need: 2 });
    }
    points.extend(storm::dearer(&storms, &costs, idle_cores.value));
    let [quota_factor, growth] = line(&points)?;
    let turn_s = knee::turn_s(&knees)?;
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
        turn_s,
        growth,
        memory_factor,
        memory_base: costs.memory_base,
        memory_per_byte: costs.memory_per_byte,
        idle_cores,
        start_s: Constant::around(START_S, 0.0, "ready 3 s after its start on a whole core; not fitted"),
    })
}

/// How much dearer CPU is under the quota, and how it grows with requests running.
///
/// # Formula
/// A line through (b / (1 + b), factor), one point a run with b requests beside each other; the law of the core is
/// factor = quota (1 + growth b / (1 + b)). A machine is faster in some minutes than in others, so a scatter between runs is
/// added to their own errors until chi^2 equals the degrees of freedom, as for the cost law.
fn line(points: &[Dearer]) -> Result<[Constant; 2], LearnError> {
    let at = |scatter: f64| {
        let row = |point: &Dearer| {
            let share = point.beside / (1.0 + point.beside);
            ([1.0, share], point.factor, point.error.powi(2) + (scatter * point.factor).powi(2))
        };
        solve(&points.iter().map(row).collect::<Vec<_>>())
    };
    let freedom = points.len() as f64 - 2.0;
    let (mut low, mut high) = (1e-6, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at(middle).map_or(0.0, |solved| solved.chi2) > freedom { low = middle } else { high = middle }
    }
    let solved = at(high).ok_or(LearnError::TooFew { what: "loads of a knee", have: points.len(), need: 2 })?;
    let ([quota, slope], [quota_error, slope_error]) = (solved.value, solved.error);
    let source = "knee runs (latencies below 0.85 of the capacity, answers above it), storms (sizes by the audit log)";
    Ok([
        Constant::around(quota, Z95 * quota_error, source),
        Constant {
            value: (slope / quota).max(0.0),
            ..Constant::around(slope / quota, Z95 * slope_error / quota, source)
        },
    ])
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
