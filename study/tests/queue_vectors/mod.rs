//! What `queueset.json` holds, read piece by piece.

use serde_json::Value;
use slackwater_study::events::arrivals::{Arrivals, Distribution};

/// Name of the file in every folder that has it.
pub(crate) const FILE: &str = "oracle/apf/queueset.json";

#[track_caller]
pub(crate) fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

#[track_caller]
pub(crate) fn narrow(value: &Value) -> u32 {
    u32::try_from(whole(value)).unwrap_or_else(|_| panic!("{value} is too large"))
}

#[track_caller]
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// A 64-bit number written as text.
#[track_caller]
pub(crate) fn wide(value: &Value) -> u64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no number in a text"))
}

fn distribution(value: &Value) -> Distribution {
    match value["kind"].as_str() {
        Some("fixed") => Distribution::Fixed(whole(&value["a"])),
        Some("uniform") => Distribution::Uniform { from: whole(&value["a"]), to: whole(&value["b"]) },
        Some("exp") => Distribution::Exponential { mean: whole(&value["a"]) },
        _ => panic!("{value} is no distribution"),
    }
}

/// The requests of a flow, as its draws make them.
pub(crate) fn arrivals(flow: &Value) -> Arrivals {
    Arrivals {
        seed: wide(&flow["seed"]),
        start_ns: whole(&flow["start_ns"]),
        stop_ns: whole(&flow["stop_ns"]),
        gap_ns: distribution(&flow["gap_ns"]),
        batch_size: whole(&flow["batch_size"]),
        batch_spacing_ns: whole(&flow["batch_spacing_ns"]),
        exec_ns: distribution(&flow["exec_ns"]),
        initial_seats: distribution(&flow["initial_seats"]),
    }
}
