//! The one thing storms are used for: how CPU per request grows with requests running.

use super::calibration::REJECT_S;
use super::cost::Costs;
use super::knee::Dearer;
use crate::truth::StormRun;

/// Step of the attained-service clock, seconds.
const TICK_S: f64 = 0.1;
/// A quiet second spreads its CPU over all of itself: sizes are known where so many run beside each other.
const FEWEST: f64 = 20.0;
/// Lists within this many seconds of the client's timeout may have been given up, and so not complete.
const SURE_S: f64 = 2.5;

/// How dear CPU was in each storm that has an audit log.
///
/// # Formula
/// The audit log says from when to when each list ran. With processor sharing the CPU a completed list took is what
/// the attained-service clock advanced meanwhile: V' = cores for lists / lists running. The factor is the mean size over
/// that of the cost law.
pub(super) fn dearer(runs: &[&StormRun], costs: &Costs, idle_cores: f64) -> Vec<Dearer> {
    runs.iter().filter_map(|run| dearer_in(run, costs, idle_cores)).collect()
}

fn dearer_in(run: &StormRun, costs: &Costs, idle_cores: f64) -> Option<Dearer> {
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
    let small_s = costs.base_s.value + costs.json_byte_s.value * objects.json_bytes;
    let mut clock = vec![0.0];
    let mut attained = 0.0;
    for (step, running) in running.iter().enumerate() {
        let second = (step as f64 * TICK_S) as usize;
        let of = |list: &[f64]| list.get(second).copied().unwrap_or(0.0);
        let others: f64 = run.observed.classes.iter().skip(1).map(|class| of(&class.answered)).sum();
        let rejected: f64 = run.observed.classes.iter().map(|class| of(&class.rejected)).sum();
        let cores = of(&run.observed.cores) - idle_cores - others * small_s - rejected * REJECT_S;
        attained += cores.max(0.0) * TICK_S / running.max(1.0);
        clock.push(attained);
    }
    let at = |t_s: f64| {
        let place = (t_s / TICK_S).max(0.0);
        let (low, part) = (place as usize, place.fract());
        let (from, to) = (clock.get(low).copied()?, clock.get(low + 1).copied()?);
        Some(from + (to - from) * part)
    };
    let (mut count, mut sizes_s, mut besides) = (0.0, 0.0, 0.0);
    let mut squares = 0.0;
    for &(from_s, starts_s, ends_s) in &spans {
        if ends_s - from_s > run.agents.timeout_s - SURE_S {
            continue;
        }
        let (first, last) = ((starts_s / TICK_S) as usize, (ends_s / TICK_S) as usize);
        let window = running.get(first..=last)?;
        let beside = window.iter().sum::<f64>() / window.len().max(1) as f64 - 1.0;
        if beside < FEWEST {
            continue;
        }
        let size_s = at(ends_s)? - at(starts_s)?;
        count += 1.0;
        squares += size_s * size_s;
        sizes_s += size_s;
        besides += beside;
    }
    let (mean_s, alone_s) = (sizes_s / count, lists_alone_s(run, costs));
    let error = ((squares / count - mean_s * mean_s).max(0.0) / count).sqrt() / alone_s;
    (count > 1.0).then_some(Dearer { beside: besides / count, factor: mean_s / alone_s, error, below: false })
}

/// CPU-seconds of the agents' list on a whole core.
fn lists_alone_s(run: &StormRun, costs: &Costs) -> f64 {
    let objects = &run.plane.objects;
    let (byte_s, size) = if run.agents.ask.protobuf {
        (costs.protobuf_byte_s.value, objects.protobuf_bytes)
    } else {
        (costs.json_byte_s.value, objects.json_bytes)
    };
    costs.base_s.value + objects.pods * (costs.object_s.value + byte_s * size)
}
