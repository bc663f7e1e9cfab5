//! What the knee tells: how much dearer CPU is under a quota, and how long small requests wait for their turns.

use super::calibration::Constant;
use super::cost::{Costs, Z95};
use super::error::LearnError;
use super::replay::{Setting, replay};
use crate::trial::ClassSeries;
use crate::truth::KneeRun;

/// Factors between which the right one is sought, by halving.
const FACTORS: (f64, f64) = (0.1, 3.0);
const ROUNDS: usize = 24;
/// Mean latencies are taken up to this share of the capacity; beyond it they follow the length of the run.
const BELOW: f64 = 0.85;

/// Seconds in a run, requests of the varied class sent and answered, mean latency and its relative standard error.
struct Seen {
    sent: f64,
    answered: f64,
    latency_s: f64,
    error: f64,
}

fn seen(class: &ClassSeries) -> Seen {
    let (sent, answered): (f64, f64) = (class.sent.iter().sum(), class.answered.iter().sum());
    let latency_s = class.mean_latency_s(0, class.sent.len()).unwrap_or(0.0);
    // Answers of one busy period are not independent: seconds are the sample.
    let squares: f64 =
        class.answered.iter().zip(&class.latency_sum_s).map(|(n, sum)| (sum - n * latency_s).powi(2)).sum();
    Seen { sent, answered, latency_s, error: squares.sqrt() / (answered * latency_s).max(1e-9) }
}

/// Settings of a rate: the sizes on a whole core, the cores there were, and the lists that may run at once.
fn setting(run: &KneeRun, rate: usize, costs: &Costs, idle_cores: f64, factor: f64) -> Setting {
    let plane = run.plane_at(rate);
    let (server, objects) = (&plane.api_server, &plane.objects);
    let protobuf = run.senders.get(run.driven).is_some_and(|sender| sender.ask.protobuf);
    let (byte_s, size) = if protobuf {
        (costs.protobuf_byte_s.value, objects.protobuf_bytes)
    } else {
        (costs.json_byte_s.value, objects.json_bytes)
    };
    let list_s = costs.base_s.value + objects.pods * (costs.object_s.value + byte_s * size);
    let small_s = costs.base_s.value + costs.json_byte_s.value * objects.json_bytes;
    Setting {
        list_s: list_s * factor,
        small_s: small_s * factor,
        cores: server.cores - idle_cores,
        at_once: crate::truth::trial::lists_at_once(&plane),
    }
}

/// How dear CPU was in one run, as a multiple of the cost law, and how many requests ran beside each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dearer {
    /// Requests beside one that runs.
    pub(super) beside: f64,
    /// CPU as a multiple of that of the cost law.
    pub(super) factor: f64,
    /// Standard error of the factor by counting alone.
    pub(super) error: f64,
    /// Whether the rate was below 0.85 of the capacity.
    pub(super) below: bool,
}

/// One point for each rate of each knee.
///
/// # Formula
/// The factor that, in a replay of the recorded arrivals, gives the measured mean latency (below 0.85 of the capacity)
/// or the measured answers (above it).
pub(super) fn dearer(runs: &[&KneeRun], costs: &Costs, idle_cores: f64) -> Vec<Dearer> {
    let of_run = |run: &&KneeRun| {
        let rates = 0..run.rates.len();
        rates.filter_map(|rate| dearer_at(run, rate, costs, idle_cores)).collect::<Vec<_>>()
    };
    runs.iter().flat_map(of_run).collect()
}

fn dearer_at(run: &KneeRun, rate: usize, costs: &Costs, idle_cores: f64) -> Option<Dearer> {
    let (_, observed) = run.rates.get(rate)?;
    let seen = seen(observed.classes.get(run.driven)?);
    let alone = setting(run, rate, costs, idle_cores, 1.0);
    let below = seen.sent < BELOW * alone.cores / alone.list_s * observed.cores.len() as f64;
    // Answers fall with the factor, latencies rise. Every arrival is given, so how many are answered is no chance but for
    // the moments within a second: one request more or less.
    let (aim, relative) =
        if below { (seen.latency_s, seen.error) } else { (-seen.answered, -1.0 / seen.answered.max(1.0)) };
    let factor_for = |aim: f64| {
        let (mut low, mut high) = FACTORS;
        for _ in 0..ROUNDS {
            let middle = f64::midpoint(low, high);
            let said = replay(run, rate, &setting(run, rate, costs, idle_cores, middle))?;
            let said = if below { said.latency_s } else { -said.answered };
            if said > aim { high = middle } else { low = middle }
        }
        Some(f64::midpoint(low, high))
    };
    let factor = factor_for(aim)?;
    let error = (factor_for(aim * (1.0 + relative))? - factor).abs();
    let beside = replay(run, rate, &setting(run, rate, costs, idle_cores, factor))?.beside;
    Some(Dearer { beside, factor, error, below })
}

/// Memory of a running list, as a multiple of the bytes of its objects in etcd: the most a knee ever held.
pub(super) fn memory_factor(runs: &[&KneeRun], costs: &Costs) -> Result<Constant, LearnError> {
    let mut factors = Vec::new();
    for run in runs {
        let objects = &run.plane.objects;
        let stored = objects.pods * objects.protobuf_bytes;
        let idle = costs.memory_base.value + costs.memory_per_byte.value * stored;
        let at_once = crate::truth::trial::lists_at_once(&run.plane) as f64;
        for (_, observed) in &run.rates {
            let in_flight = observed.classes.get(run.driven).map_or(0.0, |class| most(&class.in_flight));
            // Only where as many lists as may run at once did run is their number known.
            if in_flight > at_once {
                factors.push((most(&observed.bytes) - idle) / (at_once * stored));
            }
        }
    }
    if factors.is_empty() {
        return Err(LearnError::TooFew { what: "rates at which all seats are taken", have: 0, need: 1 });
    }
    let mean = factors.iter().sum::<f64>() / factors.len() as f64;
    let squares: f64 = factors.iter().map(|factor| (factor - mean).powi(2)).sum();
    let error = (squares / (factors.len() as f64 - 1.0).max(1.0) / factors.len() as f64).sqrt();
    Ok(Constant::around(mean, Z95 * error, "knee runs with every seat taken"))
}

fn most(list: &[f64]) -> f64 {
    list.iter().fold(0.0, |most, &x| most.max(x))
}
