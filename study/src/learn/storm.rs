//! The one thing storms are used for: how CPU per request grows with requests running.

use super::calibration::Constant;
use super::cost::{Costs, Z95};
use super::error::LearnError;
use crate::truth::StormRun;

/// Step of the attained-service clock, seconds.
const TICK_S: f64 = 0.1;
/// Lists within this many seconds of the client's timeout may have been given up, and so not complete.
const SURE_S: f64 = 2.5;

/// Growth of CPU per request with each request running beside it.
///
/// # Formula
/// The audit log says from when to when each list ran. With processor sharing the CPU a completed list took is what
/// the attained-service clock advanced meanwhile: V' = cores for lists / lists running. A line through (running - 1,
/// size), its intercept the size of the cost law under the quota; each storm counts the same, and the scatter between
/// storms makes the interval, which is what another storm may be off by.
pub(super) fn growth(runs: &[&StormRun], costs: &Costs, idle_cores: f64, factor: f64) -> Result<Constant, LearnError> {
    let slopes: Vec<f64> = runs.iter().filter_map(|run| slope(run, costs, idle_cores, factor)).collect();
    if slopes.is_empty() {
        return Err(LearnError::TooFew { what: "storms with an audit log", have: 0, need: 1 });
    }
    let mean = slopes.iter().sum::<f64>() / slopes.len() as f64;
    let squares: f64 = slopes.iter().map(|slope| (slope - mean).powi(2)).sum();
    let error = (squares / (slopes.len() as f64 - 1.0).max(1.0) / slopes.len() as f64).sqrt();
    let source = "sizes of completed lists by the audit logs of the storms; below 0 counts as 0";
    let free = Constant::around(mean, Z95 * error, source);
    Ok(Constant { value: free.value.max(0.0), high: free.high.max(0.0), ..free })
}

fn slope(run: &StormRun, costs: &Costs, idle_cores: f64, factor: f64) -> Option<f64> {
    let first_sent = run.observed.classes.first()?.sent.iter().position(|&sent| sent > 0.0)? as f64;
    let ends = run.served.iter().map(|served| served.ended_s + first_sent + 0.5);
    let until_s = ends.fold(0.0, f64::max);
    let steps = (until_s / TICK_S) as usize + 2;
    let mut running = vec![0.0_f64; steps];
    let spans: Vec<(f64, f64, f64)> = run
        .served
        .iter()
        .map(|served| {
            // The log's clock begins with the first list, somewhere in its second.
            let from_s = served.received_s + first_sent + 0.5;
            (from_s, from_s + served.waited_s, served.ended_s + first_sent + 0.5)
        })
        .collect();
    for &(_, starts_s, ends_s) in &spans {
        for (step, running) in running.iter_mut().enumerate() {
            let (low, high) = (step as f64 * TICK_S, (step + 1) as f64 * TICK_S);
            *running += (ends_s.min(high) - starts_s.max(low)).max(0.0) / TICK_S;
        }
    }
    let objects = &run.plane.objects;
    let small_s = factor * (costs.base_s.value + costs.json_byte_s.value * objects.json_bytes);
    let reject_s = factor * costs.base_s.value;
    let mut clock = vec![0.0];
    let mut attained = 0.0;
    for (step, running) in running.iter().enumerate() {
        let second = (step as f64 * TICK_S) as usize;
        let of = |list: &[f64]| list.get(second).copied().unwrap_or(0.0);
        let others: f64 = run.observed.classes.iter().skip(1).map(|class| of(&class.answered)).sum();
        let rejected: f64 = run.observed.classes.iter().map(|class| of(&class.rejected)).sum();
        let cores = of(&run.observed.cores) - idle_cores - others * small_s - rejected * reject_s;
        attained += cores.max(0.0) * TICK_S / running.max(1.0);
        clock.push(attained);
    }
    let at = |t_s: f64| {
        let place = (t_s / TICK_S).max(0.0);
        let (low, part) = (place as usize, place.fract());
        let (from, to) = (clock.get(low).copied()?, clock.get(low + 1).copied()?);
        Some(from + (to - from) * part)
    };
    let alone_s = factor * lists_alone_s(run, costs);
    let (mut products, mut squares) = (0.0, 0.0);
    for &(from_s, starts_s, ends_s) in &spans {
        if ends_s - from_s > run.agents.timeout_s - SURE_S {
            continue;
        }
        let (first, last) = ((starts_s / TICK_S) as usize, (ends_s / TICK_S) as usize);
        let window = running.get(first..=last)?;
        let beside = window.iter().sum::<f64>() / window.len().max(1) as f64 - 1.0;
        // A quiet second spreads its CPU over all of itself: sizes are only known where somebody always runs.
        if beside < 2.0 {
            continue;
        }
        let size_s = at(ends_s)? - at(starts_s)?;
        products += beside * (size_s / alone_s - 1.0);
        squares += beside * beside;
    }
    (squares > 0.0).then_some(products / squares)
}

/// CPU-seconds of the agents' list on a whole core.
fn lists_alone_s(run: &StormRun, costs: &Costs) -> f64 {
    let objects = &run.plane.objects;
    let (byte_s, size) = match run.agents.ask.protobuf {
        true => (costs.protobuf_byte_s.value, objects.protobuf_bytes),
        false => (costs.json_byte_s.value, objects.json_bytes),
    };
    costs.base_s.value + objects.pods * (costs.object_s.value + byte_s * size)
}
