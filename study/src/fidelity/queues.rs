//! The fair queues of the fluid: the scenarios of `queueset.json` through the step kernel.
//!
//! One level, one class a flow, the very arrivals of the vectors counted by step. Execution is a delay: the CPU has
//! more cores than there are requests.

use super::row::{Bound, Row};
use super::vectors::{Case, cases};
use crate::events::arrivals::{Arrival, Arrivals as Drawn, Draws};
use crate::events::queueset::Queuing;
use crate::events::replay::replay;
use crate::truth::Folder;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Level, MAX_CLASSES, Name, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

const PART: &str = "APF queues";
/// The bound of the contract.
const BOUND: f64 = 0.1;
/// Cores: more than requests ever run.
const CORES: f64 = 1e7;
/// Other seeds that a row which does not hold is set beside.
const SEEDS: u64 = 12;
/// Steps of the shortest execution or batch, and the range of a step in seconds.
const STEPS_OF_A_SPAN: f64 = 4.0;
const STEPS_S: (f64, f64) = (0.01, 0.25);

/// A flow as the fluid sees it, and what became of it.
#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    exec_s: f64,
    batch_s: f64,
    seats: f64,
    seats_variance: f64,
    last_seats: f64,
    last_s: f64,
    dispatched: f64,
    rejected: f64,
    waited_s: f64,
}

/// Three rows a case: the flow that is farthest off in each.
pub(super) fn rows(folder: &Folder, out: &mut Vec<Row>) {
    // A file that cannot be read has its row among the vectors.
    for case in cases(folder).unwrap_or_default() {
        let truth = format!("queueset.json: {}", case.name);
        let row = |what: &str| Row::new(PART, &truth, what, "fluid");
        if case.scenario.flows.len() > MAX_CLASSES {
            let flows = case.scenario.flows.len();
            out.push(
                row("dispatched, rejected, mean wait").note(format!("{flows} flows; the fluid holds {MAX_CLASSES}")),
            );
            continue;
        }
        let Some((flows, step_s)) = run(&case) else {
            out.push(row("dispatched, rejected, mean wait").failed("its arrivals cannot be made"));
            continue;
        };
        for (at, what) in ["dispatched", "rejected", "mean wait"].into_iter().enumerate() {
            out.push(worst(row(&format!("{what}, worst of {} flows", flows.len())), &case, &flows, at, step_s));
        }
    }
}

/// The flow that is farthest off, in units of what is allowed.
fn worst(row: Row, case: &Case, flows: &[Flow], at: usize, step_s: f64) -> Row {
    let unit = if at == 2 { "s" } else { "requests" };
    let mut worst: Option<(f64, f64, f64, f64, usize)> = None;
    for (number, (flow, truth)) in flows.iter().zip(&case.flows).enumerate() {
        let said = [flow.dispatched, flow.rejected, flow.waited_s / flow.dispatched.max(1e-9)];
        let (Some(&seen), Some(&said)) = (truth.get(at), said.get(at)) else { continue };
        // Counts of random events err by their root; waits shorter than the step are not resolved.
        let floor = if at == 2 { 2.0 * step_s } else { 2.0 * (seen + 1.0).sqrt() };
        let allowed = (BOUND * seen).max(floor);
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
    let Some((least, most)) = by_other_seeds(case, number, at) else { return row };
    let range = if at == 2 { format!("{least:.3} to {most:.3} s") } else { format!("{least:.0} to {most:.0}") };
    let kind = match flows.get(number) {
        Some(flow) if flow.seats_variance > 0.0 => ", its widths vary",
        _ if flows.iter().any(|flow| flow.last_s * flow.last_seats > 0.0) => ", last phases differ",
        _ => "",
    };
    row.note(format!("flow {number}{kind}; the real queues, {SEEDS} other seeds: {range}"))
}

/// Least and most that the real queues come to with other seeds: how much of a number is the draw.
fn by_other_seeds(case: &Case, flow: usize, at: usize) -> Option<(f64, f64)> {
    let mut range: Option<(f64, f64)> = None;
    for seed in 1..=SEEDS {
        let mut other = case.scenario.clone();
        for flow in &mut other.flows {
            // Not a sum: that may only shift the same numbers along.
            flow.arrivals.seed = Draws::new(flow.arrivals.seed ^ Draws::new(seed).next_u64()).next_u64();
        }
        let outcome = replay(&other).ok()?;
        let of = outcome.flows.get(flow)?;
        let said = [of.dispatched as f64, of.rejected.total() as f64, of.waits.mean_ns * 1e-9];
        let said = *said.get(at)?;
        let (least, most) = range.unwrap_or((said, said));
        range = Some((least.min(said), most.max(said)));
    }
    range
}

/// Runs a case; nothing if its arrivals cannot be made.
fn run(case: &Case) -> Option<(Vec<Flow>, f64)> {
    let arrivals: Vec<Vec<Arrival>> = case
        .scenario
        .flows
        .iter()
        .map(|flow| flow.arrivals.until(case.scenario.duration_ns).ok())
        .collect::<Option<_>>()?;
    let mut flows: Vec<Flow> = Vec::new();
    for (described, arrivals) in case.scenario.flows.iter().zip(&arrivals) {
        let count = arrivals.len().max(1) as f64;
        let seats = arrivals.iter().map(|arrival| f64::from(arrival.initial_seats)).sum::<f64>() / count;
        let squares = arrivals.iter().map(|arrival| f64::from(arrival.initial_seats).powi(2)).sum::<f64>() / count;
        let seats_variance = (squares - seats * seats).max(0.0);
        // What the seats are held for: a wide request counts as often as it has seats.
        let held_s = |arrival: &Arrival| arrival.exec_ns as f64 * 1e-9 * f64::from(arrival.initial_seats);
        let exec_s = arrivals.iter().map(held_s).sum::<f64>() / (count * seats).max(1e-9);
        let Drawn { batch_size, batch_spacing_ns, .. } = described.arrivals;
        let batch_s = (batch_size * batch_spacing_ns) as f64 * 1e-9;
        let last_s = described.additional_latency_ns as f64 * 1e-9;
        let last_seats = f64::from(described.final_seats);
        flows.push(Flow { exec_s, batch_s, seats, seats_variance, last_seats, last_s, ..Flow::default() });
    }
    let spans = flows.iter().flat_map(|flow| [flow.exec_s, flow.batch_s]);
    let shortest_s = spans.filter(|s| *s > 0.0).fold(f64::INFINITY, f64::min);
    let step_s = (shortest_s / STEPS_OF_A_SPAN).clamp(STEPS_S.0, STEPS_S.1);
    let longest_s = flows.iter().map(|flow| flow.exec_s + flow.last_s).fold(0.0, f64::max);
    let wait_s = case.scenario.queue_wait_limit_ns as f64 * 1e-9;
    let end_s = case.scenario.duration_ns as f64 * 1e-9 + wait_s + 2.0 * longest_s + 1.0;
    let mut scenario = scenario(case, &flows, step_s, wait_s, end_s)?;
    let layout = Layout::of(&scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = State::new(&scenario, &layout, &mut storage);
    let mut next = vec![0; flows.len()];
    for number in 0..(end_s / step_s).ceil() as usize {
        let (now_s, then_s) = (number as f64 * step_s, (number + 1) as f64 * step_s);
        let limit = limit_at(case, now_s);
        if let (Some(level), Some(state)) = (scenario.levels.first_mut(), state.levels.first_mut()) {
            level.limits = limits(case, limit);
            state.limit = f64::from(limit);
        }
        for ((class, arrivals), next) in scenario.classes.iter_mut().zip(&arrivals).zip(&mut next) {
            let until = |next: &mut usize, end_s: f64| {
                let from = *next;
                while arrivals.get(*next).is_some_and(|arrival| (arrival.at_ns as f64) * 1e-9 < end_s) {
                    *next += 1;
                }
                (*next - from) as f64
            };
            if case.scenario.queuing == Queuing::Reject {
                // The loss law knows of the clumps within a second; given them as well it would count them twice.
                if now_s.fract() < step_s {
                    class.rate_per_client = until(next, now_s.floor() + 1.0);
                }
            } else {
                class.rate_per_client = until(next, then_s) / step_s;
            }
        }
        step(&scenario, &layout, &mut state, &mut storage);
        for (flow, population) in flows.iter_mut().zip(&state.classes) {
            let last = &population.last;
            flow.dispatched += last.answered;
            flow.rejected += last.rejected;
            flow.waited_s += (last.latency_sum_s - last.answered * flow.exec_s).max(0.0);
        }
    }
    Some((flows, step_s))
}

fn limit_at(case: &Case, now_s: f64) -> u32 {
    let passed = |at_ns: u64| at_ns as f64 * 1e-9 <= now_s;
    let change = case.scenario.limit_changes.iter().rev().find(|change| passed(change.at_ns));
    change.map_or(case.scenario.concurrency_limit, |change| change.concurrency_limit)
}

/// Limits that no adjustment moves.
fn limits(case: &Case, limit: u32) -> LevelLimits {
    LevelLimits { exempt: case.scenario.queuing == Queuing::Exempt, ..LevelLimits::fixed(limit) }
}

fn scenario(case: &Case, flows: &[Flow], step_s: f64, wait_s: f64, end_s: f64) -> Option<Scenario<f64>> {
    let mut scenario = Scenario::idle(step_s, 0.0, 1.0);
    scenario.cpu = Cpu::new(1.0, 0.0).counted();
    (scenario.cpu.servers, scenario.cpu.speed) = (CORES, 1.0);
    scenario.memory.limit_bytes = f64::MAX;
    scenario.flow_control = true;
    let (queues, hand_size, queue_length) = match case.scenario.queuing {
        Queuing::Exempt | Queuing::Reject => (0, 0, 0),
        Queuing::Queue { queues, hand_size, queue_length_limit } => (queues, hand_size, queue_length_limit as u32),
    };
    let level = Level {
        name: Name::new(),
        limits: limits(case, case.scenario.concurrency_limit),
        queues,
        hand_size,
        queue_length,
        wait_s: if queues > 0 { wait_s } else { 0.0 },
    };
    scenario.levels.push(level).ok()?;
    for (number, (flow, described)) in flows.iter().zip(&case.scenario.flows).enumerate() {
        let class = Class {
            arrivals: Arrivals::Open,
            clients_fixed: 1.0,
            seats: flow.seats,
            seats_variance: flow.seats_variance,
            flow: number,
            flow_hash: described.hash,
            last_seats: flow.last_seats,
            last_s: flow.last_s,
            timeout_s: end_s,
            ..Class::poll(0.0, 60.0, flow.exec_s)
        };
        scenario.classes.push(class).ok()?;
    }
    Some(scenario)
}
