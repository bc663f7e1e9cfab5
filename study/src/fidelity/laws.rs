//! The closed forms of queues against reference values of 60 digits.

use super::row::{Bound, Row};
use slackwater_core::queue::{self, QueueError, engset, erlang_a, mg1, mgc, mm1, mmc, mmck, processor_sharing};

const GOLDEN: &str = include_str!("../../truth/queue.csv");
const BOUND: f64 = 1e-12;

/// One row: the worst of all.
pub(super) fn rows(out: &mut Vec<Row>) {
    let row = Row::new("queue laws", "queue.csv", "relative error, worst of all values", "code");
    let (mut worst, mut count, mut at) = (0.0_f64, 0.0, String::new());
    for line in GOLDEN.lines().skip(1) {
        let Some((law, inputs, expected)) = parts(line) else {
            return out.push(row.failed(format!("cannot read the line {line}")));
        };
        let error = match evaluate(law, &inputs) {
            Some(Ok(got)) if got == expected => 0.0,
            Some(Ok(got)) => (got - expected).abs() / expected.abs(),
            _ => f64::INFINITY,
        };
        count += 1.0;
        if error > worst || error.is_nan() {
            (worst, at) = (error, law.to_owned());
        }
    }
    out.push(row.measured(count, "values").predicted(count).note(at).within(worst, Bound { value: BOUND, unit: "" }));
}

fn parts(line: &str) -> Option<(&str, Vec<f64>, f64)> {
    let mut fields = line.split(',');
    let (law, inputs, expected) = (fields.next()?, fields.next()?, fields.next()?);
    let inputs = inputs.split(' ').map(|text| text.parse().ok()).collect::<Option<_>>()?;
    Some((law, inputs, expected.parse().ok()?))
}

fn evaluate(law: &str, x: &[f64]) -> Option<Result<f64, QueueError>> {
    let r = |i: usize| x.get(i).copied().unwrap_or(f64::NAN);
    let n = |i: usize| r(i) as u32;
    Some(match law {
        "erlang_b" => queue::erlang_b(n(0), r(1)),
        "erlang_c" => queue::erlang_c(n(0), r(1)),
        "mmc_mean_queue" => mmc::mean_queue(n(0), r(1)),
        "mmc_mean_wait_s" => mmc::mean_wait_s(n(0), r(1), r(2)),
        "mmc_mean_sojourn_s" => mmc::mean_sojourn_s(n(0), r(1), r(2)),
        "mmc_wait_exceeds" => mmc::wait_exceeds(n(0), r(1), r(2), r(3)),
        "mmc_wait_quantile_s" => mmc::wait_quantile_s(n(0), r(1), r(2), r(3)),
        "mm1_sojourn_quantile_s" => mm1::sojourn_quantile_s(r(0), r(1), r(2)),
        "mm1_sojourn_exceeds" => mm1::sojourn_exceeds(r(0), r(1), r(2)),
        "mg1_mean_queue" => mg1::mean_queue(r(0), r(1)),
        "mg1_mean_wait_s" => mg1::mean_wait_s(r(0), r(1), r(2)),
        "mg1_mean_sojourn_s" => mg1::mean_sojourn_s(r(0), r(1), r(2)),
        "allen_cunneen_wait_s" => mgc::allen_cunneen_wait_s(n(0), r(1), r(2), r(3), r(4)),
        "allen_cunneen_queue" => mgc::allen_cunneen_queue(n(0), r(1), r(2), r(3)),
        "mmck_blocking" => mmck::blocking(n(0), n(1), r(2)),
        "mmck_mean_queue" => mmck::mean_queue(n(0), n(1), r(2)),
        "mmck_mean_present" => mmck::mean_present(n(0), n(1), r(2)),
        "mmck_mean_wait_s" => mmck::mean_wait_s(n(0), n(1), r(2), r(3)),
        "mmck_throughput_per_s" => mmck::throughput_per_s(n(0), n(1), r(2), r(3)),
        "engset_time_congestion" => engset::time_congestion(n(0), n(1), r(2)),
        "engset_call_congestion" => engset::call_congestion(n(0), n(1), r(2)),
        "engset_mean_busy" => engset::mean_busy(n(0), n(1), r(2)),
        "engset_throughput_per_s" => engset::throughput_per_s(n(0), n(1), r(2), r(3)),
        "erlang_a_delay_probability" => erlang_a::delay_probability(n(0), r(1), r(2), r(3)),
        "erlang_a_abandonment_probability" => erlang_a::abandonment_probability(n(0), r(1), r(2), r(3)),
        "erlang_a_mean_wait_s" => erlang_a::mean_wait_s(n(0), r(1), r(2), r(3)),
        "erlang_a_mean_queue" => erlang_a::mean_queue(n(0), r(1), r(2), r(3)),
        "ps_slowdown" => processor_sharing::slowdown(r(0)),
        "ps_sojourn_s" => processor_sharing::sojourn_s(r(0), r(1)),
        "ps_mean_slowdown" => processor_sharing::mean_slowdown(n(0), r(1)),
        "ps_mean_present" => processor_sharing::mean_present(n(0), r(1)),
        "ps_mean_running" => processor_sharing::mean_running(n(0), n(1), r(2)),
        "ps_busy_cores" => processor_sharing::busy_cores(n(0), r(1)),
        _ => return None,
    })
}
