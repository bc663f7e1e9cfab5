//! The knee: Poisson arrivals below and above the capacity.

use super::engine::Engine;
use super::row::{Bound, Row};
use super::window::sums;
use crate::learn::Calibration;
use crate::trial::{Observed, Trial};
use crate::truth::{CostRun, KneeRun, trial};

const PART: &str = "LIST cost, knee, waits";
const FITTED: &str = "cost; knee and storms: quota factor and efficiency, one line; arrivals and cores: this run";
/// The same where the cores are those of the quota.
const FITTED_QUOTA: &str = "cost; knee and storms: quota factor and efficiency, one line; arrivals: this run";
/// Share of the capacity up to which mean latencies are bounded.
const BELOW: f64 = 0.85;

pub(super) fn rows(name: &str, run: &KneeRun, calibration: &Calibration, engines: &[Engine], out: &mut Vec<Row>) {
    for engine in engines {
        let models = |trial: &dyn Fn(usize) -> Option<Trial>| -> Vec<Observed> {
            (0..run.rates.len()).filter_map(trial).map(|trial| engine.runs(&trial).mean()).collect()
        };
        compare(name, run, calibration, engine.name, &models(&|at| trial::knee(run, at, calibration)), out);
        let (seen, said) = capacity(run, &models(&|at| trial::knee_on(run, &run.plane, at, calibration)));
        let row = Row::new(PART, name, "capacity, had the machine given the whole quota", engine.name);
        let row = row.fitted_on(FITTED_QUOTA).measured(seen, "1/s").predicted(said);
        out.push(row.off_by(said / seen.max(1e-9) - 1.0, ""));
    }
}

/// The cost law beside single requests: reported, not bounded, because it is fitted on such rows.
pub(super) fn costs(name: &str, run: &CostRun, calibration: &Calibration, out: &mut Vec<Row>) {
    for row in &run.rows {
        let said = calibration.law_s(&row.path, row.pods, row.bytes, row.protobuf, run.cores);
        let encoding = if row.protobuf { "protobuf" } else { "JSON" };
        let what = format!("{} pods, {} as {encoding}: CPU", row.pods, row.path);
        let line =
            Row::new(PART, name, what, "code").fitted_on("cost").measured(1e3 * row.cpu_s, "ms").predicted(1e3 * said);
        out.push(line.off_by(said / row.cpu_s.max(1e-6) - 1.0, ""));
    }
}

/// Answers a second of the varied class, over the whole of a rate.
fn throughput(run: &KneeRun, seen: &Observed) -> f64 {
    let seconds = seen.cores.len();
    seen.classes.get(run.driven).map_or(0.0, |class| sums(class, 0, seconds).answered / seconds.max(1) as f64)
}

/// Most answers a second at any rate, as recorded and as predicted.
fn capacity(run: &KneeRun, models: &[Observed]) -> (f64, f64) {
    let most = |all: &mut dyn Iterator<Item = f64>| all.fold(0.0, f64::max);
    let seen = most(&mut run.rates.iter().map(|(_, seen)| throughput(run, seen)));
    (seen, most(&mut models.iter().map(|model| throughput(run, model))))
}

fn compare(
    name: &str,
    run: &KneeRun,
    calibration: &Calibration,
    by: &'static str,
    models: &[Observed],
    out: &mut Vec<Row>,
) {
    let (seen, said) = capacity(run, models);
    let row = Row::new(PART, name, "capacity: most answers a second at any rate", by).fitted_on(FITTED);
    out.push(row.relative(seen, said, "1/s", 0.1, 0.0));
    // The sum of the cost law, without any queue.
    let cores = run.plane.api_server.cores * run.plane.api_server.replicas;
    let idle = calibration.idle_cores.value * run.plane.api_server.replicas;
    for ((rate, seen), model) in run.rates.iter().zip(models) {
        let seconds = seen.cores.len();
        let sent: f64 = seen.classes.get(run.driven).map_or(0.0, |class| sums(class, 0, seconds).sent);
        let offered = sent / seconds.max(1) as f64;
        let all = run.senders.iter().zip(&seen.classes).zip(&model.classes);
        for (at, ((sender, class), model)) in all.enumerate() {
            let (seen, said) = (sums(class, 0, seconds), sums(model, 0, seconds));
            let row = Row::new(PART, name, format!("{rate}/s, {}: mean latency", sender.name), by).fitted_on(FITTED);
            let (Some(measured), Some(predicted)) = (seen.latency_s, said.latency_s) else { continue };
            let row = row.measured(measured, "s").predicted(predicted);
            let below = offered < BELOW * throughput_limit(run, calibration, cores - idle);
            let error = predicted / measured - 1.0;
            // Only the varied class has waits that a law of queues can say something about; see the note on the others.
            if at == run.driven && below {
                let standard = standard_error(class, seconds, measured, seen.answered);
                let bound = (2.0 * standard / measured).max(0.25);
                out.push(row.within(error, Bound { value: bound, unit: "" }));
            } else {
                out.push(row.off_by(error, ""));
            }
            if at == run.driven {
                let row = Row::new(PART, name, format!("{rate}/s, {}: answered", sender.name), by).fitted_on(FITTED);
                let row = row.measured(seen.answered, "requests").predicted(said.answered);
                out.push(row.off_by(said.answered / seen.answered.max(1.0) - 1.0, ""));
            }
        }
    }
}

/// Requests of the varied class a second that fill the cores, with many running.
fn throughput_limit(run: &KneeRun, calibration: &Calibration, cores: f64) -> f64 {
    let trial = trial::knee(run, 0, calibration);
    trial.map_or(0.0, |trial| {
        let cpu = &trial.scenario.cpu;
        let many = trial::lists_at_once(&run.plane) as f64;
        cores / trial.scenario.cpu_s(run.driven, trial.scenario.nodes) / cpu.overhead(many * cpu.servers)
    })
}

/// Standard error of a mean latency: answers of one busy period are not independent, so seconds are the sample.
fn standard_error(class: &crate::trial::ClassSeries, seconds: usize, mean_s: f64, answered: f64) -> f64 {
    let mut squares = 0.0;
    for second in 0..seconds {
        let (n, sum) = (
            class.answered.get(second).copied().unwrap_or(0.0),
            class.latency_sum_s.get(second).copied().unwrap_or(0.0),
        );
        squares += (sum - n * mean_s).powi(2);
    }
    squares.sqrt() / answered.max(1.0)
}
