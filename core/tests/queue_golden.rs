//! Every queue law against reference values computed at 60 digits by `scripts/golden_queue.py`.

#![allow(clippy::print_stdout)] // The worst error of each law is worth reading.

use std::collections::BTreeMap;

use slackwater_core::queue::{self, QueueError, engset, erlang_a, mg1, mgc, mm1, mmc, mmck, processor_sharing};

const GOLDEN: &str = include_str!("../../study/truth/queue.csv");
const TOLERANCE: f64 = 1e-12;

fn evaluate(law: &str, x: &[f64]) -> Result<f64, QueueError> {
    let n = |i: usize| x[i] as u32;
    match law {
        "erlang_b" => queue::erlang_b(n(0), x[1]),
        "erlang_c" => queue::erlang_c(n(0), x[1]),
        "mmc_mean_queue" => mmc::mean_queue(n(0), x[1]),
        "mmc_mean_wait_s" => mmc::mean_wait_s(n(0), x[1], x[2]),
        "mmc_mean_sojourn_s" => mmc::mean_sojourn_s(n(0), x[1], x[2]),
        "mmc_wait_exceeds" => mmc::wait_exceeds(n(0), x[1], x[2], x[3]),
        "mmc_wait_quantile_s" => mmc::wait_quantile_s(n(0), x[1], x[2], x[3]),
        "mm1_sojourn_quantile_s" => mm1::sojourn_quantile_s(x[0], x[1], x[2]),
        "mm1_sojourn_exceeds" => mm1::sojourn_exceeds(x[0], x[1], x[2]),
        "mg1_mean_queue" => mg1::mean_queue(x[0], x[1]),
        "mg1_mean_wait_s" => mg1::mean_wait_s(x[0], x[1], x[2]),
        "mg1_mean_sojourn_s" => mg1::mean_sojourn_s(x[0], x[1], x[2]),
        "allen_cunneen_wait_s" => mgc::allen_cunneen_wait_s(n(0), x[1], x[2], x[3], x[4]),
        "allen_cunneen_queue" => mgc::allen_cunneen_queue(n(0), x[1], x[2], x[3]),
        "mmck_blocking" => mmck::blocking(n(0), n(1), x[2]),
        "mmck_mean_queue" => mmck::mean_queue(n(0), n(1), x[2]),
        "mmck_mean_present" => mmck::mean_present(n(0), n(1), x[2]),
        "mmck_mean_wait_s" => mmck::mean_wait_s(n(0), n(1), x[2], x[3]),
        "mmck_throughput_per_s" => mmck::throughput_per_s(n(0), n(1), x[2], x[3]),
        "engset_time_congestion" => engset::time_congestion(n(0), n(1), x[2]),
        "engset_call_congestion" => engset::call_congestion(n(0), n(1), x[2]),
        "engset_mean_busy" => engset::mean_busy(n(0), n(1), x[2]),
        "engset_throughput_per_s" => engset::throughput_per_s(n(0), n(1), x[2], x[3]),
        "erlang_a_delay_probability" => erlang_a::delay_probability(n(0), x[1], x[2], x[3]),
        "erlang_a_abandonment_probability" => erlang_a::abandonment_probability(n(0), x[1], x[2], x[3]),
        "erlang_a_mean_wait_s" => erlang_a::mean_wait_s(n(0), x[1], x[2], x[3]),
        "erlang_a_mean_queue" => erlang_a::mean_queue(n(0), x[1], x[2], x[3]),
        "ps_slowdown" => processor_sharing::slowdown(x[0]),
        "ps_sojourn_s" => processor_sharing::sojourn_s(x[0], x[1]),
        "ps_mean_slowdown" => processor_sharing::mean_slowdown(n(0), x[1]),
        "ps_mean_present" => processor_sharing::mean_present(n(0), x[1]),
        "ps_mean_running" => processor_sharing::mean_running(n(0), n(1), x[2]),
        "ps_busy_cores" => processor_sharing::busy_cores(n(0), x[1]),
        _ => panic!("no such law: {law}"),
    }
}

#[test]
fn every_law_matches_its_reference_to_1e_12() {
    let mut worst: BTreeMap<&str, (f64, usize, &str)> = BTreeMap::new();
    for line in GOLDEN.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [law, inputs, expected] = fields[..] else { panic!("three fields expected: {line}") };
        let x: Vec<f64> = inputs.split(' ').map(|text| text.parse().unwrap()).collect();
        let expected: f64 = expected.parse().unwrap();
        let got = evaluate(law, &x).unwrap_or_else(|error| panic!("{law}({inputs}): {error}"));
        let error = if got == expected { 0.0 } else { (got - expected).abs() / expected.abs() };
        let entry = worst.entry(law).or_insert((0.0, 0, inputs));
        entry.1 += 1;
        assert!(error.is_finite(), "{law}({inputs}) = {got:e}");
        if error > entry.0 {
            (entry.0, entry.2) = (error, inputs);
        }
    }
    assert_eq!(worst.len(), 33, "laws in the reference file");
    for (law, (error, rows, inputs)) in &worst {
        println!("{law:34} {rows:4} rows, worst {error:.1e} at {inputs}");
    }
    for (law, (error, _, inputs)) in &worst {
        assert!(*error <= TOLERANCE, "{law}({inputs}) is off by {error:e}");
    }
}
