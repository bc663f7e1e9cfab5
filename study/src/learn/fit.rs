//! All constants from a set of runs.

use super::calibration::{Calibration, Constant};
use super::cost::costs;
use super::error::LearnError;
use super::{knee, storm};
use crate::truth::{HerdRun, Kind, Run};

/// CPU-seconds from the start of the process until it takes requests, on a whole core.
const START_S: f64 = 3.0;
/// Rounds in which the quota factor and the growth settle on each other.
const ROUNDS: usize = 4;
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
    let mut growth = Constant::around(0.0, 0.0, "");
    let mut quota_factor = Constant::around(1.0, 0.0, "");
    for _ in 0..ROUNDS {
        quota_factor = knee::quota_factor(&knees, &costs, growth.value, idle_cores.value)?;
        growth = storm::growth(&storms, &costs, idle_cores.value, quota_factor.value)?;
    }
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
    Ok(Constant::around(mean, super::cost::Z95 * error, "herd runs, between the last list and the kill"))
}
