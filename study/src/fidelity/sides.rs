//! Fluid and events side by side on one system, below and above saturation.

use super::engine::{ENGINES, Engine};
use super::row::{Bound, Row};
use super::window::sums;
use crate::trial::{Drive, Observed, Trial};
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_core::system::scenario::{Arrivals, Class, Level, Name, Scenario};

const PART: &str = "fluid, below and above saturation";
/// The bound of the contract: 3 %, or three standard errors of the event runs.
const BOUND: f64 = 0.03;
/// Seconds left out at the start, and the end.
const WARM_S: usize = 120;
const UNTIL_S: f64 = 1200.0;

/// Half and nine tenths of the capacity without limits, and half as much again behind flow control.
pub(super) fn rows(out: &mut Vec<Row>) {
    for (load, limited) in [(0.5, false), (0.9, false), (1.5, true)] {
        let [fluid, events] = ENGINES else { return };
        let name = format!("M/D on 4 cores at {load} of the capacity{}", if limited { ", 16 seats" } else { "" });
        compare(&name, &trial(load, limited), fluid, events, out);
    }
}

/// Poisson arrivals of half a CPU-second each on four cores, of which only the rate is known.
fn trial(load: f64, limited: bool) -> Trial {
    let (cores, size_s, seats) = (4.0, 0.5, 16);
    let mut scenario = Scenario::idle(0.25, 0.0, cores);
    let class = Class {
        arrivals: Arrivals::Open,
        clients_fixed: load * cores / size_s,
        rate_per_client: 1.0,
        flow_hash: flow_hash("service-accounts", &["agent"]),
        timeout_s: 60.0,
        ..Class::poll(0.0, 60.0, size_s)
    };
    if limited {
        let limits = LevelLimits::fixed(seats);
        let level = Level { name: Name::new(), limits, queues: 128, hand_size: 6, queue_length: 50, wait_s: 15.0 };
        scenario.flow_control = true;
        let _ = scenario.levels.push(level);
    }
    // There is room for one class and one level.
    let _ = scenario.classes.push(class);
    scenario.memory.limit_bytes = f64::MAX;
    Trial { scenario, drives: vec![Drive::Steady], faults: Vec::new(), until_s: UNTIL_S }
}

/// A number of a run up to its end.
type Quantity = fn(&Observed, usize) -> Option<f64>;

fn compare(truth: &str, trial: &Trial, fluid: &Engine, events: &Engine, out: &mut Vec<Row>) {
    let (fluid, events) = (fluid.runs(trial), events.runs(trial));
    let end = UNTIL_S as usize;
    let quantities: [(&str, &'static str, Quantity); 3] = [
        ("answered a second", "1/s", |seen, end| {
            Some(sums(seen.classes.first()?, WARM_S, end).answered / (end - WARM_S) as f64)
        }),
        ("requests present", "requests", |seen, end| {
            let present = seen.classes.first()?.in_flight.iter().take(end).skip(WARM_S);
            Some(present.sum::<f64>() / (end - WARM_S) as f64)
        }),
        ("mean latency", "s", |seen, end| seen.classes.first()?.mean_latency_s(WARM_S, end)),
    ];
    for (what, unit, of) in quantities {
        let row = Row::new(PART, truth, format!("{what}, events against fluid"), "fluid");
        let (Some(said), Some(seen)) = (fluid.mean_of(|run| of(run, end)), events.mean_of(|run| of(run, end))) else {
            out.push(row.note("nobody was answered"));
            continue;
        };
        let error = events.standard_error_of(|run| of(run, end));
        let row = row.measured(seen, unit).predicted(said);
        out.push(row.within(said / seen - 1.0, Bound { value: BOUND.max(3.0 * error / seen), unit: "" }));
    }
}
