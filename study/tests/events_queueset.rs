//! Replays the fair queues of the real code, request by request: `queueset.json`.
//!
//! Counts, waits and times are whole numbers and must be equal. Means and deviations are doubles and must agree to
//! 1e-9, the bound for floats.

mod queue_vectors;

use queue_vectors::{FILE, arrivals, list, narrow, whole, wide};
use serde_json::Value;
use slackwater_study::events::arrivals::{Arrival, Draws};
use slackwater_study::events::queueset::Queuing;
use slackwater_study::events::replay::{Flow, LimitChange, Outcome, Record, Scenario, replay};
use slackwater_study::truth::Folder;

const FLOAT_BOUND: f64 = 1e-9;
/// Cases in the repository's own file.
const CASES: usize = 23;
const TRACES: usize = 4;
const REQUESTS: usize = 471_041;
const NUMBERS: usize = 11_650;

fn places() -> Vec<Folder> {
    let mut places = vec![Folder::built_in()];
    if let Some(truth) = std::env::var_os("SLACKWATER_TRUTH") {
        let more = Folder::open(truth.into()).unwrap_or_else(|error| panic!("SLACKWATER_TRUTH: {error}"));
        assert!(more.holds(FILE), "SLACKWATER_TRUTH is set, but {} does not exist", more.shown(FILE));
        places.push(more);
    }
    places
}

fn read(place: &Folder) -> Value {
    let text = place.text(FILE).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", place.shown(FILE)))
}

fn flow(value: &Value) -> Flow {
    Flow {
        hash: wide(&value["hash"]),
        arrivals: arrivals(value),
        final_seats: narrow(&value["final_seats"]),
        additional_latency_ns: whole(&value["additional_latency_ns"]),
    }
}

fn scenario(value: &Value) -> Scenario {
    let queuing = match value["queues"].as_i64() {
        Some(-1) => Queuing::Exempt,
        Some(0) => Queuing::Reject,
        _ => Queuing::Queue {
            queues: narrow(&value["queues"]),
            hand_size: narrow(&value["hand_size"]),
            queue_length_limit: whole(&value["queue_length_limit"]) as usize,
        },
    };
    let change = |change: &Value| LimitChange {
        at_ns: whole(&change["at_ns"]),
        concurrency_limit: narrow(&change["concurrency_limit"]),
    };
    Scenario {
        duration_ns: whole(&value["duration_ns"]),
        queuing,
        concurrency_limit: narrow(&value["concurrency_limit"]),
        limit_changes: list(&value["concurrency_limit_changes"]).iter().map(change).collect(),
        queue_wait_limit_ns: whole(&value["queue_wait_limit_ns"]),
        flows: list(&value["flows"]).iter().map(flow).collect(),
    }
}

/// FNV-1a of the requests of a flow.
fn fingerprint<'a>(requests: impl Iterator<Item = &'a Arrival>) -> String {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    for request in requests {
        for number in [request.at_ns, request.exec_ns, u64::from(request.initial_seats)] {
            for byte in number.to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
            }
        }
    }
    format!("{hash:016x}")
}

/// Collects what differs, so that one failure shows all.
#[derive(Default)]
struct Differences {
    all: Vec<String>,
    compared: usize,
}

impl Differences {
    fn equal(&mut self, what: &str, got: u64, expected: &Value) {
        self.compared += 1;
        if expected.as_u64() != Some(got) {
            self.all.push(format!("{what}: {got}, expected {expected}"));
        }
    }

    fn close(&mut self, what: &str, got: f64, expected: &Value) {
        self.compared += 1;
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{what}: {expected} is no number"));
        let error = (got - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
        if got != expected && (error.is_nan() || error > FLOAT_BOUND) {
            self.all.push(format!("{what}: {got}, expected {expected}"));
        }
    }

    fn flow(&mut self, name: &str, index: usize, outcome: &Outcome, expected: &Value) {
        let at = format!("{name}, flow {index}");
        let own = || outcome.requests.iter().filter(|record| record.flow == index).map(|record| &record.arrival);
        let got = outcome.flows[index];
        self.equal(&format!("{at}: arrivals"), got.arrivals as u64, &expected["arrivals"]);
        for (arrival, expected) in own().zip(list(&expected["first_arrivals_ns"])) {
            self.equal(&format!("{at}: arrival"), arrival.at_ns, expected);
        }
        assert_eq!(Some(fingerprint(own()).as_str()), expected["input_fnv1a64"].as_str(), "{at}: other requests");
        let (rejected, waits) = (got.rejected, got.waits);
        let named = [
            ("dispatched", got.dispatched as u64, &expected["dispatched"]),
            ("concurrency-limit", rejected.concurrency_limit as u64, &expected["rejected"]["concurrency-limit"]),
            ("queue-full", rejected.queue_full as u64, &expected["rejected"]["queue-full"]),
            ("time-out", rejected.time_out as u64, &expected["rejected"]["time-out"]),
            ("p50", waits.p50_ns, &expected["wait_p50_ns"]),
            ("p99", waits.p99_ns, &expected["wait_p99_ns"]),
            ("max", waits.max_ns, &expected["wait_max_ns"]),
        ];
        for (what, got, expected) in named {
            self.equal(&format!("{at}: {what}"), got, expected);
        }
        assert_eq!(rejected.total() + got.dispatched, got.arrivals, "{at}: every request ends in one way");
        self.close(&format!("{at}: mean wait"), waits.mean_ns, &expected["wait_mean_ns"]);
        self.close(&format!("{at}: seat-seconds"), got.seat_seconds_in_window, &expected["seat_seconds_in_window"]);
    }

    fn level(&mut self, name: &str, got: &Outcome, expected: &Value) {
        let (state, end) = (got.at_window_end, &expected["at_window_end"]);
        let named = [
            ("requests", got.requests.len() as u64, &expected["requests"]),
            ("event ties", got.event_ties as u64, &expected["event_ties"]),
            ("longest queue", got.max_queue_length as u64, &expected["max_queue_length"]),
            ("most seats", got.max_seats_in_use, &expected["max_seats_in_use"]),
            ("drained", got.drained_at_ns, &expected["drained_at_ns"]),
            ("executing at the end", state.requests_executing as u64, &end["requests_executing"]),
            ("waiting at the end", state.requests_waiting as u64, &end["requests_waiting"]),
            ("seats at the end", state.seats_in_use, &end["seats_in_use"]),
            ("waiting seats at the end", state.seats_waiting, &end["seats_waiting"]),
            ("waiting seats left", got.seats_waiting_after_drain, &expected["seats_waiting_counter_after_drain"]),
        ];
        for (what, got, expected) in named {
            self.equal(&format!("{name}: {what}"), got, expected);
        }
        self.close(&format!("{name}: demand"), got.seat_demand.avg, &expected["seat_demand_avg"]);
        self.close(&format!("{name}: demand deviation"), got.seat_demand.stddev, &expected["seat_demand_stddev"]);
        self.close(&format!("{name}: most demand"), got.seat_demand.max, &expected["seat_demand_max"]);
    }

    fn trace(&mut self, name: &str, requests: &[Record], trace: &Value) {
        assert_eq!(list(&trace["flow"]).len(), requests.len(), "{name}: length of the trace");
        for (index, record) in requests.iter().enumerate() {
            let expected = |column: &str| &trace[column][index];
            let at = |column: &str| format!("{name}, request {index}: {column}");
            self.equal(&at("flow"), record.flow as u64, expected("flow"));
            self.equal(&at("arrival"), record.arrival.at_ns, expected("arrival_ns"));
            self.equal(&at("exec"), record.arrival.exec_ns, expected("exec_ns"));
            self.equal(&at("initial seats"), record.arrival.initial_seats.into(), expected("initial_seats"));
            self.equal(&at("wait"), record.wait_ns, expected("wait_ns"));
            self.equal(&at("seats held"), record.seats_held.into(), expected("seats_held"));
            self.compared += 2;
            if Some(record.fate.name()) != expected("outcome").as_str() {
                self.all.push(format!("{}: {:?}, expected {}", at("fate"), record.fate, expected("outcome")));
            }
            if record.queue != expected("queue").as_u64().map(|queue| queue as usize) {
                self.all.push(format!("{}: {:?}, expected {}", at("queue"), record.queue, expected("queue")));
            }
        }
    }
}

#[test]
fn the_generator_draws_the_given_numbers() {
    for place in places() {
        let generator = &read(&place)["generator"];
        let mut draws = Draws::new(42);
        for expected in list(&generator["splitmix64_seed_42_first_5"]) {
            assert_eq!(draws.next_u64(), wide(expected));
        }
        let mut draws = Draws::new(42);
        for expected in list(&generator["exp_seed_42_mean_1000000_first_5"]) {
            assert_eq!(draws.exponential(1_000_000), whole(expected));
        }
    }
}

#[test]
fn every_case_is_replayed_to_the_request() {
    for (number, place) in places().iter().enumerate() {
        let vectors = read(place);
        let mut differences = Differences::default();
        let (mut cases, mut traces, mut requests) = (0, 0, 0);
        for case in list(&vectors["cases"]) {
            let name = case["in"]["name"].as_str().unwrap_or("nameless");
            let outcome = replay(&scenario(&case["in"])).unwrap_or_else(|error| panic!("{name}: {error}"));
            let expected = &case["out"];
            assert_eq!(list(&expected["flows"]).len(), outcome.flows.len(), "{name}: flows");
            for (index, expected) in list(&expected["flows"]).iter().enumerate() {
                differences.flow(name, index, &outcome, expected);
            }
            differences.level(name, &outcome, expected);
            if case["kind"] == "trace" {
                traces += 1;
                differences.trace(name, &outcome.requests, &expected["trace"]);
            }
            cases += 1;
            requests += outcome.requests.len();
        }
        let Differences { all, compared } = differences;
        assert!(all.is_empty(), "{} of {compared} differ:\n{}", all.len(), all[..all.len().min(40)].join("\n"));
        assert!(cases > 0, "{}: no cases", place.shown(FILE));
        if number == 0 {
            assert_eq!((cases, traces, requests, compared), (CASES, TRACES, REQUESTS, NUMBERS), "the file has changed");
        }
    }
}
