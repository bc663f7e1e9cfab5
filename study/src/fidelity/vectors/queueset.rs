//! `queueset.json`: one priority level, request by request, by the event replay.

use super::super::row::Row;
use super::read;
use super::tally::{Tally, list, narrow};
use crate::events::arrivals::{Arrivals, Distribution};
use crate::events::queueset::Queuing;
use crate::events::replay::{Flow, LimitChange, Outcome, Scenario, replay};
use crate::truth::Folder;
use serde_json::Value;

const FILE: &str = "oracle/apf/queueset.json";
const PART: &str = "APF queues";

/// A scenario, and what the real code made of each flow.
pub(in crate::fidelity) struct Case {
    pub(in crate::fidelity) name: String,
    pub(in crate::fidelity) scenario: Scenario,
    /// Dispatched, rejected, mean wait in seconds.
    pub(in crate::fidelity) flows: Vec<[f64; 3]>,
    expected: Value,
}

/// Cases of a folder; empty if it has no such file, an error in words if that cannot be read.
pub(in crate::fidelity) fn cases(folder: &Folder) -> Result<Vec<Case>, String> {
    if !folder.holds(FILE) {
        return Ok(Vec::new());
    }
    let broken = |at: usize| format!("case {at} does not have the form of this file");
    read(folder, FILE)?.iter().enumerate().map(|(at, case)| one(case).ok_or_else(|| broken(at))).collect()
}

pub(super) fn rows(folder: &Folder, out: &mut Vec<Row>) {
    if !folder.holds(FILE) {
        return;
    }
    let row = Row::new(PART, FILE, "replay: counts, waits, states equal", "events");
    let cases = match cases(folder) {
        Ok(cases) => cases,
        Err(why) => return out.push(row.failed(why)),
    };
    let mut tally = Tally::default();
    for case in &cases {
        match replay(&case.scenario) {
            Ok(outcome) if compare(case, &outcome, &mut tally).is_some() => {}
            Ok(_) => return out.push(row.failed(format!("{} does not have the form of this file", case.name))),
            Err(error) => return out.push(row.failed(format!("{}: {error}", case.name))),
        }
    }
    out.push(tally.row(row));
}

fn compare(case: &Case, got: &Outcome, tally: &mut Tally) -> Option<()> {
    let (name, expected) = (&case.name, &case.expected);
    for (index, (got, expected)) in got.flows.iter().zip(list(&expected["flows"])?).enumerate() {
        let at = |what: &str| format!("{name}, flow {index}: {what}");
        tally.whole(&at("arrivals"), got.arrivals as u64, &expected["arrivals"]);
        tally.whole(&at("dispatched"), got.dispatched as u64, &expected["dispatched"]);
        let rejected = &expected["rejected"];
        tally.whole(&at("concurrency-limit"), got.rejected.concurrency_limit as u64, &rejected["concurrency-limit"]);
        tally.whole(&at("queue-full"), got.rejected.queue_full as u64, &rejected["queue-full"]);
        tally.whole(&at("time-out"), got.rejected.time_out as u64, &rejected["time-out"]);
        tally.whole(&at("p50"), got.waits.p50_ns, &expected["wait_p50_ns"]);
        tally.whole(&at("p99"), got.waits.p99_ns, &expected["wait_p99_ns"]);
        tally.whole(&at("longest wait"), got.waits.max_ns, &expected["wait_max_ns"]);
        tally.close(&at("mean wait"), got.waits.mean_ns, expected["wait_mean_ns"].as_f64()?);
        let seats = expected["seat_seconds_in_window"].as_f64()?;
        tally.close(&at("seat-seconds"), got.seat_seconds_in_window, seats);
    }
    let end = &expected["at_window_end"];
    let state = got.at_window_end;
    tally.whole(&format!("{name}: longest queue"), got.max_queue_length as u64, &expected["max_queue_length"]);
    tally.whole(&format!("{name}: most seats"), got.max_seats_in_use, &expected["max_seats_in_use"]);
    tally.whole(&format!("{name}: drained"), got.drained_at_ns, &expected["drained_at_ns"]);
    tally.whole(&format!("{name}: executing"), state.requests_executing as u64, &end["requests_executing"]);
    tally.whole(&format!("{name}: waiting"), state.requests_waiting as u64, &end["requests_waiting"]);
    tally.whole(&format!("{name}: seats"), state.seats_in_use, &end["seats_in_use"]);
    tally.close(&format!("{name}: demand"), got.seat_demand.avg, expected["seat_demand_avg"].as_f64()?);
    tally.close(&format!("{name}: deviation"), got.seat_demand.stddev, expected["seat_demand_stddev"].as_f64()?);
    Some(())
}

fn one(case: &Value) -> Option<Case> {
    let (input, out) = (&case["in"], &case["out"]);
    let flow = |flow: &Value| {
        let rejected: u64 = flow["rejected"].as_object()?.values().filter_map(Value::as_u64).sum();
        Some([flow["dispatched"].as_f64()?, rejected as f64, flow["wait_mean_ns"].as_f64()? * 1e-9])
    };
    Some(Case {
        name: input["name"].as_str()?.to_owned(),
        scenario: scenario(input)?,
        flows: list(&out["flows"])?.iter().map(flow).collect::<Option<_>>()?,
        expected: out.clone(),
    })
}

fn scenario(value: &Value) -> Option<Scenario> {
    let queuing = match value["queues"].as_i64()? {
        -1 => Queuing::Exempt,
        0 => Queuing::Reject,
        _ => Queuing::Queue {
            queues: narrow(&value["queues"])?,
            hand_size: narrow(&value["hand_size"])?,
            queue_length_limit: value["queue_length_limit"].as_u64()? as usize,
        },
    };
    let change = |change: &Value| {
        Some(LimitChange { at_ns: change["at_ns"].as_u64()?, concurrency_limit: narrow(&change["concurrency_limit"])? })
    };
    Some(Scenario {
        duration_ns: value["duration_ns"].as_u64()?,
        queuing,
        concurrency_limit: narrow(&value["concurrency_limit"])?,
        limit_changes: list(&value["concurrency_limit_changes"])?.iter().map(change).collect::<Option<_>>()?,
        queue_wait_limit_ns: value["queue_wait_limit_ns"].as_u64()?,
        flows: list(&value["flows"])?.iter().map(flow).collect::<Option<_>>()?,
    })
}

fn flow(value: &Value) -> Option<Flow> {
    Some(Flow {
        hash: value["hash"].as_str()?.parse().ok()?,
        arrivals: Arrivals {
            seed: value["seed"].as_str()?.parse().ok()?,
            start_ns: value["start_ns"].as_u64()?,
            stop_ns: value["stop_ns"].as_u64()?,
            gap_ns: distribution(&value["gap_ns"])?,
            batch_size: value["batch_size"].as_u64()?,
            batch_spacing_ns: value["batch_spacing_ns"].as_u64()?,
            exec_ns: distribution(&value["exec_ns"])?,
            initial_seats: distribution(&value["initial_seats"])?,
        },
        final_seats: narrow(&value["final_seats"])?,
        additional_latency_ns: value["additional_latency_ns"].as_u64()?,
    })
}

fn distribution(value: &Value) -> Option<Distribution> {
    let a = value["a"].as_u64()?;
    Some(match value["kind"].as_str()? {
        "fixed" => Distribution::Fixed(a),
        "uniform" => Distribution::Uniform { from: a, to: value["b"].as_u64()? },
        "exp" => Distribution::Exponential { mean: a },
        _ => return None,
    })
}
