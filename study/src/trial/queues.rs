//! The queues of one priority level by the fluid: what [`replay`](crate::events::replay::replay) follows request by
//! request, through the step kernel.
//!
//! One level, one class a flow, the very arrivals counted by step. Execution is a delay: the CPU has more cores than there
//! are requests. A class has one size, so the fluid knows the mean execution and width of a flow, not those of each.

use crate::events::arrivals::{Arrival, ArrivalError, Arrivals as Drawn};
use crate::events::queueset::Queuing;
use crate::events::replay::Scenario as Queues;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Level, MAX_CLASSES, Name, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use thiserror::Error;

/// Cores: more than requests ever run.
const CORES: f64 = 1e7;
/// Steps of the shortest execution, batch or last phase, and the range of a step in seconds.
const STEPS_OF_A_SPAN: f64 = 4.0;
const STEPS_S: (f64, f64) = (0.01, 0.25);

/// What became of the requests of a flow.
///
/// ```
/// use slackwater_study::trial::queues::Served;
/// assert_eq!(Served { dispatched: 4.0, waited_s: 2.0, ..Served::default() }.mean_wait_s(), 0.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Served {
    /// Requests that were given seats.
    pub dispatched: f64,
    /// Requests that were turned away.
    pub rejected: f64,
    /// Seconds in a queue, summed over those dispatched.
    pub waited_s: f64,
}

impl Served {
    /// Seconds in a queue of those dispatched, on average.
    ///
    /// ```
    /// use slackwater_study::trial::queues::Served;
    /// assert_eq!(Served::default().mean_wait_s(), 0.0);
    /// ```
    pub fn mean_wait_s(&self) -> f64 {
        self.waited_s / self.dispatched.max(1e-9)
    }
}

/// A level under load as the fluid sees it.
///
/// ```
/// use slackwater_study::trial::queues::Outcome;
/// assert!(Outcome::default().flows.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Flow by flow.
    pub flows: Vec<Served>,
    /// Length of a step, seconds: shorter waits are not resolved.
    pub step_s: f64,
}

/// A scenario that the fluid cannot run.
///
/// ```
/// use slackwater_study::trial::queues::QueuesError;
/// assert!(QueuesError::TooManyFlows { flows: 25 }.to_string().contains("24"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueuesError {
    /// More flows than classes.
    #[error("{flows} flows; the fluid holds {MAX_CLASSES}")]
    TooManyFlows {
        /// Flows of the scenario.
        flows: usize,
    },
    /// A flow makes no requests.
    #[error(transparent)]
    Arrivals(#[from] ArrivalError),
}

/// A flow as a class has it.
#[derive(Clone, Copy, Debug)]
struct Flow {
    exec_s: f64,
    batch_s: f64,
    seats: f64,
    seats_variance: f64,
    last_seats: f64,
    last_s: f64,
}

/// Runs a level from the first arrival to the last free seat.
///
/// # Errors
///
/// [`QueuesError`].
///
/// ```
/// use slackwater_study::events::arrivals::{Arrivals, Distribution};
/// use slackwater_study::events::queueset::Queuing;
/// use slackwater_study::events::replay::{Flow, Scenario, replay};
/// use slackwater_study::trial::queues::fluid;
/// let second = 1_000_000_000;
/// let fleet = Flow {
///     hash: 1, final_seats: 0, additional_latency_ns: 0,
///     arrivals: Arrivals {
///         seed: 1, start_ns: 0, stop_ns: 60 * second, gap_ns: Distribution::Exponential { mean: second / 20 },
///         batch_size: 1, batch_spacing_ns: 0, exec_ns: Distribution::Fixed(second), initial_seats: Distribution::Fixed(1),
///     },
/// };
/// let overloaded = Scenario {
///     duration_ns: 60 * second, queuing: Queuing::Queue { queues: 64, hand_size: 6, queue_length_limit: 50 },
///     concurrency_limit: 10, limit_changes: Vec::new(), queue_wait_limit_ns: 15 * second, flows: vec![fleet],
/// };
/// let (seen, said) = (replay(&overloaded)?.flows[0].dispatched as f64, fluid(&overloaded)?.flows[0].dispatched);
/// assert!((said / seen - 1.0).abs() < 0.02);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fluid(queues: &Queues) -> Result<Outcome, QueuesError> {
    if queues.flows.len() > MAX_CLASSES {
        return Err(QueuesError::TooManyFlows { flows: queues.flows.len() });
    }
    let arrivals = queues.arrivals()?;
    let mut flows: Vec<Flow> = Vec::new();
    for (described, arrivals) in queues.flows.iter().zip(&arrivals) {
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
        flows.push(Flow { exec_s, batch_s, seats, seats_variance, last_seats, last_s });
    }
    let spans = flows.iter().flat_map(|flow| [flow.exec_s, flow.batch_s, flow.last_s]);
    let shortest_s = spans.filter(|s| *s > 0.0).fold(f64::INFINITY, f64::min);
    let step_s = (shortest_s / STEPS_OF_A_SPAN).clamp(STEPS_S.0, STEPS_S.1);
    let longest_s = flows.iter().map(|flow| flow.exec_s + flow.last_s).fold(0.0, f64::max);
    let wait_s = queues.queue_wait_limit_ns as f64 * 1e-9;
    let end_s = queues.duration_ns as f64 * 1e-9 + wait_s + 2.0 * longest_s + 1.0;
    let mut scenario = scenario(queues, &flows, step_s, wait_s, end_s);
    let layout = Layout::of(&scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = State::new(&scenario, &layout, &mut storage);
    let mut next = vec![0; flows.len()];
    let mut served = vec![Served::default(); flows.len()];
    for number in 0..(end_s / step_s).ceil() as usize {
        let (now_s, then_s) = (number as f64 * step_s, (number + 1) as f64 * step_s);
        let limit = limit_at(queues, now_s);
        if let (Some(level), Some(state)) = (scenario.levels.first_mut(), state.levels.first_mut()) {
            level.limits = limits(queues, limit);
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
            if queues.queuing == Queuing::Reject {
                // The loss law knows of the clumps within a second; given them as well it would count them twice.
                if now_s.fract() < step_s {
                    class.rate_per_client = until(next, now_s.floor() + 1.0);
                }
            } else {
                class.rate_per_client = until(next, then_s) / step_s;
            }
        }
        step(&scenario, &layout, &mut state, &mut storage);
        for ((served, flow), population) in served.iter_mut().zip(&flows).zip(&state.classes) {
            let last = &population.last;
            served.dispatched += last.answered;
            served.rejected += last.rejected;
            served.waited_s += (last.latency_sum_s - last.answered * flow.exec_s).max(0.0);
        }
    }
    Ok(Outcome { flows: served, step_s })
}

fn limit_at(queues: &Queues, now_s: f64) -> u32 {
    let passed = |at_ns: u64| at_ns as f64 * 1e-9 <= now_s;
    let change = queues.limit_changes.iter().rev().find(|change| passed(change.at_ns));
    change.map_or(queues.concurrency_limit, |change| change.concurrency_limit)
}

/// Limits that no adjustment moves.
fn limits(queues: &Queues, limit: u32) -> LevelLimits {
    LevelLimits { exempt: queues.queuing == Queuing::Exempt, ..LevelLimits::fixed(limit) }
}

fn scenario(queues: &Queues, flows: &[Flow], step_s: f64, wait_s: f64, end_s: f64) -> Scenario<f64> {
    let mut scenario = Scenario::idle(step_s, 0.0, 1.0);
    scenario.cpu = Cpu::new(1.0, 0.0).counted();
    (scenario.cpu.servers, scenario.cpu.speed) = (CORES, 1.0);
    scenario.memory.limit_bytes = f64::MAX;
    scenario.flow_control = true;
    let (count, hand_size, queue_length) = match queues.queuing {
        Queuing::Exempt | Queuing::Reject => (0, 0, 0),
        Queuing::Queue { queues, hand_size, queue_length_limit } => (queues, hand_size, queue_length_limit as u32),
    };
    let level = Level {
        name: Name::new(),
        limits: limits(queues, queues.concurrency_limit),
        queues: count,
        hand_size,
        queue_length,
        wait_s: if count > 0 { wait_s } else { 0.0 },
    };
    // There is room for one level, and for as many classes as flows have been let in.
    let _ = scenario.levels.push(level);
    for (number, (flow, described)) in flows.iter().zip(&queues.flows).enumerate() {
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
        let _ = scenario.classes.push(class);
    }
    scenario
}
