//! The fair queues of the fluid against `queueset.json`.

use super::row::{Bound, Row};
use super::vectors::{Case, cases};
use crate::events::arrivals::{Arrival, Draws};
use crate::events::replay::{FlowOutcome, Outcome as Seen, Scenario, replay, replay_arrivals};
use crate::trial::queues::{Outcome, QueuesError, Served, fluid};
use crate::truth::Folder;

const PART: &str = "APF queues";
/// The bound of the contract.
const BOUND: f64 = 0.1;
/// Other seeds that a row which does not hold is set beside.
const SEEDS: u64 = 12;

/// Three rows a case: the flow that is farthest off in each.
pub(super) fn rows(folder: &Folder, out: &mut Vec<Row>) {
    // A file that cannot be read has its row among the vectors.
    for case in cases(folder).unwrap_or_default() {
        let truth = format!("queueset.json: {}", case.name);
        let row = |what: &str| Row::new(PART, &truth, what, "fluid");
        let said = match fluid(&case.scenario) {
            Ok(said) => said,
            Err(why) => {
                let row = row("dispatched, rejected, mean wait");
                out.push(match why {
                    QueuesError::TooManyFlows { .. } => row.note(why.to_string()),
                    QueuesError::Arrivals(_) => row.failed("its arrivals cannot be made"),
                });
                continue;
            }
        };
        for (at, what) in ["dispatched", "rejected", "mean wait"].into_iter().enumerate() {
            out.push(worst(row(&format!("{what}, worst of {} flows", said.flows.len())), &case, &said, at));
        }
    }
}

/// The flow that is farthest off, in units of what is allowed.
fn worst(row: Row, case: &Case, by_fluid: &Outcome, at: usize) -> Row {
    let unit = if at == 2 { "s" } else { "requests" };
    let mut worst: Option<(f64, f64, f64, f64, usize)> = None;
    for (number, (flow, truth)) in by_fluid.flows.iter().zip(&case.flows).enumerate() {
        let said = numbers(flow);
        let (Some(&seen), Some(&said)) = (truth.get(at), said.get(at)) else { continue };
        let allowed = allowed(seen, at, by_fluid.step_s);
        let off = (said - seen).abs() / allowed;
        if worst.is_none_or(|(farthest, ..)| off > farthest) {
            worst = Some((off, seen, said, allowed, number));
        }
    }
    let Some((_, seen, said, allowed, number)) = worst else { return row.note("no flows") };
    let row = row.measured(seen, unit).predicted(said).note(format!("flow {number}"));
    let row = if allowed > BOUND * seen {
        row.within(said - seen, Bound { value: allowed, unit })
    } else {
        row.within(said / seen - 1.0, Bound { value: BOUND, unit: "" })
    };
    if row.pass != Some(false) {
        return row;
    }
    let text = |value: f64| if at == 2 { format!("{value:.3} s") } else { format!("{value:.0}") };
    let means = by_means(&case.scenario).and_then(|means| seen_of(&means, number, at));
    let means = means.map(|value| format!("; the real queues with its mean execution for each: {}", text(value)));
    let range = by_other_seeds(&case.scenario, number, at);
    let range = range.map(|(least, most)| format!("; with {SEEDS} other seeds: {} to {}", text(least), text(most)));
    let kind = kind(&case.scenario, number);
    row.note(format!("flow {number}{kind}{}{}", means.unwrap_or_default(), range.unwrap_or_default()))
}

/// How far off a number may be.
pub(super) fn allowed(seen: f64, at: usize, step_s: f64) -> f64 {
    // Counts of random events err by their root; waits shorter than the step are not resolved.
    let floor = if at == 2 { 2.0 * step_s } else { 2.0 * (seen + 1.0).sqrt() };
    (BOUND * seen).max(floor)
}

/// Dispatched, rejected, mean wait in seconds.
pub(super) fn numbers(flow: &Served) -> [f64; 3] {
    [flow.dispatched, flow.rejected, flow.mean_wait_s()]
}

pub(super) fn seen(flow: &FlowOutcome) -> [f64; 3] {
    [flow.dispatched as f64, flow.rejected.total() as f64, flow.waits.mean_ns * 1e-9]
}

fn seen_of(outcome: &Seen, flow: usize, at: usize) -> Option<f64> {
    seen(outcome.flows.get(flow)?).get(at).copied()
}

/// The same flows with other requests.
pub(super) fn with_other_requests(scenario: &Scenario, draw: u64) -> Scenario {
    let mut other = scenario.clone();
    for flow in &mut other.flows {
        flow.arrivals.seed = another(flow.arrivals.seed, draw);
    }
    other
}

/// Another number in place of one. Not a sum: that may only shift the same draws along.
pub(super) fn another(number: u64, draw: u64) -> u64 {
    Draws::new(number ^ Draws::new(draw).next_u64()).next_u64()
}

/// What the fluid does not know of a flow.
fn kind(scenario: &Scenario, flow: usize) -> &'static str {
    let arrivals = scenario.arrivals().unwrap_or_default();
    let mut widths = arrivals.get(flow).into_iter().flatten().map(|arrival| arrival.initial_seats);
    let first = widths.next();
    if widths.any(|width| Some(width) != first) {
        return ", its widths vary";
    }
    let lingers = scenario.flows.iter().any(|flow| flow.final_seats > 0 && flow.additional_latency_ns > 0);
    if lingers { ", last phases differ" } else { "" }
}

/// What the real queues make of the same requests when each lasts as long as those of its flow on average, which is all
/// that the fluid is told.
pub(super) fn by_means(scenario: &Scenario) -> Option<Seen> {
    let mut arrivals = scenario.arrivals().ok()?;
    for requests in &mut arrivals {
        let seats = |arrival: &Arrival| f64::from(arrival.initial_seats);
        let work: f64 = requests.iter().map(|arrival| arrival.exec_ns as f64 * seats(arrival)).sum();
        let exec_ns = (work / requests.iter().map(seats).sum::<f64>().max(1.0)) as u64;
        for arrival in requests {
            arrival.exec_ns = exec_ns;
        }
    }
    replay_arrivals(scenario, &arrivals).ok()
}

/// Least and most that the real queues come to with other seeds: how much of a number is the draw.
fn by_other_seeds(scenario: &Scenario, flow: usize, at: usize) -> Option<(f64, f64)> {
    let mut range: Option<(f64, f64)> = None;
    for seed in 1..=SEEDS {
        let said = seen_of(&replay(&with_other_requests(scenario, seed)).ok()?, flow, at)?;
        let (least, most) = range.unwrap_or((said, said));
        range = Some((least.min(said), most.max(said)));
    }
    range
}
