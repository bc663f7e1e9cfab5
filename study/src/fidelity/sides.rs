//! Fluid and events side by side on one system, below and above saturation.

use super::engine::{ENGINES, Engine};
use super::row::{Bound, Row};
use super::window::sums;
use crate::trial::{Drive, Observed, Trial};
use slackwater_core::clients::retry::Retry;
use slackwater_core::system::scenario::{Class, Scenario};

const PART: &str = "fluid, below and above saturation";
/// The bound of the contract: 3 %, or three standard errors of the event runs.
const BOUND: f64 = 0.03;
/// Seconds left out at the start, and the end.
const WARM_S: usize = 120;
const UNTIL_S: f64 = 1200.0;

/// A quarter and nine tenths of the capacity, and half as much again.
pub(super) fn rows(out: &mut Vec<Row>) {
    for load in [0.25, 0.9, 1.5] {
        let trial = trial(load);
        let [fluid, events] = ENGINES else { return };
        compare(&format!("{load} of the capacity"), &trial, fluid, events, out);
    }
}

/// 400 pollers of half a CPU-second on four cores, who try again a second after a failure.
fn trial(load: f64) -> Trial {
    let (cores, clients, size_s) = (4.0, 400.0, 0.5);
    let mut scenario = Scenario::idle(0.5, 0.0, cores);
    let class = Class {
        clients_fixed: clients,
        timeout_s: 20.0,
        retry: Retry::fixed(1.0, 0.5),
        ..Class::poll(0.0, clients * size_s / cores / load, size_s)
    };
    // There is room for one class.
    let _ = scenario.classes.push(class);
    scenario.memory.limit_bytes = f64::MAX;
    Trial { scenario, drives: vec![Drive::Steady], faults: Vec::new(), until_s: UNTIL_S }
}

fn compare(truth: &str, trial: &Trial, fluid: &Engine, events: &Engine, out: &mut Vec<Row>) {
    let (fluid, events) = (fluid.runs(trial), events.runs(trial));
    let end = UNTIL_S as usize;
    let quantities: [(&str, &str, fn(&Observed, usize) -> Option<f64>); 3] = [
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
