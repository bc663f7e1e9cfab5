//! The recorded runs of the real fair queues, given to the whole engine: `queueset.json`.
//!
//! One level on a server whose cores never run short, so that a request executes as long as the vector says. What a
//! class cannot say is left out: seats held after a request has executed, and limits that change by a plan.

mod queue_vectors;
mod system_rig;

use queue_vectors::{FILE, arrivals, list, narrow, whole, wide};
use serde_json::Value;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::system::scenario::{Class, Level};
use slackwater_study::events::system::System;
use slackwater_study::truth::Folder;
use system_rig::{endless_cores, level, open, steady};

/// Cases of the repository's file that can be compared.
const COMPARABLE: usize = 19;

fn comparable(given: &Value) -> bool {
    list(&given["concurrency_limit_changes"]).is_empty()
        && list(&given["flows"]).iter().all(|flow| whole(&flow["final_seats"]) == 0)
}

fn own_level(given: &Value) -> Level<f64> {
    let seats = narrow(&given["concurrency_limit"]);
    let wait_s = whole(&given["queue_wait_limit_ns"]) as f64 * 1e-9;
    match given["queues"].as_i64() {
        Some(-1) => {
            let exempt = level(seats, 0, 0, 0, 0.0);
            Level { limits: LevelLimits { exempt: true, ..exempt.limits }, ..exempt }
        }
        Some(0) => level(seats, 0, 0, 0, 0.0),
        _ => {
            let [queues, hand_size, length] = ["queues", "hand_size", "queue_length_limit"].map(|key| &given[key]);
            level(seats, narrow(queues), narrow(hand_size), narrow(length), wait_s)
        }
    }
}

#[test]
fn the_whole_engine_counts_what_the_real_queues_counted() {
    let text = Folder::built_in().text(FILE).expect("the vectors");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let mut compared = 0;
    for case in list(&vectors["cases"]).iter().filter(|case| comparable(&case["in"])) {
        let (given, expected) = (&case["in"], &case["out"]);
        let name = given["name"].as_str().expect("a name");
        let duration_ns = whole(&given["duration_ns"]);
        let classes = list(&given["flows"]).iter().map(|flow| Class {
            flow_hash: wide(&flow["hash"]),
            timeout_s: 1e6,
            ..open("flow", 0.0, 0.0)
        });
        let mut scenario = endless_cores(classes);
        scenario.flow_control = true;
        scenario.levels.push(own_level(given)).expect("one level");
        let trial = steady(scenario, (whole(&expected["drained_at_ns"]) as f64 * 1e-9).ceil() + 1.0);
        let mut system = System::new(&trial, 1);
        for (class, flow) in list(&given["flows"]).iter().enumerate() {
            let mut requests = arrivals(flow).until(duration_ns).expect("requests");
            // A batch may still go on when the next begins.
            requests.sort_by_key(|request| request.at_ns);
            system = system.given(class, requests);
        }
        let history = system.run().unwrap_or_else(|error| panic!("{name}: {error}"));
        for ((class, series), expected) in
            history.classes.iter().zip(&history.observed.classes).zip(list(&expected["flows"]))
        {
            let rejected = &expected["rejected"];
            let counts = [
                ("arrivals", series.sent.iter().sum::<f64>() as u64, &expected["arrivals"]),
                ("dispatched", class.started, &expected["dispatched"]),
                ("answered", series.answered.iter().sum::<f64>() as u64, &expected["dispatched"]),
                ("concurrency-limit", class.turned_away.concurrency_limit as u64, &rejected["concurrency-limit"]),
                ("queue-full", class.turned_away.queue_full as u64, &rejected["queue-full"]),
                ("time-out", class.turned_away.time_out as u64, &rejected["time-out"]),
            ];
            for (what, got, expected) in counts {
                assert_eq!(got, whole(expected), "{name}: {what}");
            }
            // Sums of seconds in doubles.
            let wait_s = class.mean_wait_s().unwrap_or(0.0);
            let expected_s = expected["wait_mean_ns"].as_f64().expect("a number") * 1e-9;
            assert!((wait_s - expected_s).abs() <= 1e-9 * expected_s, "{name}: mean wait {wait_s}, not {expected_s}");
        }
        compared += 1;
    }
    assert_eq!(compared, COMPARABLE, "the file has changed");
}
