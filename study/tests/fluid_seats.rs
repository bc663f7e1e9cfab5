//! Requests of different widths in one level: the fluid against the same queues request by request.

mod system_rig;

use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_core::system::scenario::{Arrivals as Sends, Class, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use slackwater_study::events::arrivals::{Arrivals, Distribution};
use slackwater_study::events::queueset::Queuing;
use slackwater_study::events::replay::{self, replay};
use system_rig::level;

const SECOND_NS: u64 = 1_000_000_000;
const UNTIL_S: f64 = 600.0;

/// Requests a second, seconds each, seats; seats held for so many seconds after the answer.
#[derive(Clone, Copy, Default)]
struct Flow {
    rate: f64,
    lasts_s: f64,
    width: u32,
    last_seats: u32,
    last_s: f64,
}

fn hash(number: usize) -> u64 {
    flow_hash("service-accounts", &[&number.to_string()])
}

/// Seats in use by each flow, event by event.
fn by_events(seats: u32, flows: &[Flow]) -> Vec<f64> {
    let second = SECOND_NS as f64;
    let described = flows.iter().enumerate().map(|(number, flow)| replay::Flow {
        hash: hash(number),
        final_seats: flow.last_seats,
        additional_latency_ns: (second * flow.last_s) as u64,
        arrivals: Arrivals {
            seed: number as u64 + 1,
            start_ns: 0,
            stop_ns: u64::MAX,
            gap_ns: Distribution::Exponential { mean: (second / flow.rate) as u64 },
            batch_size: 1,
            batch_spacing_ns: 0,
            exec_ns: Distribution::Fixed((second * flow.lasts_s) as u64),
            initial_seats: Distribution::Fixed(u64::from(flow.width)),
        },
    });
    let scenario = replay::Scenario {
        duration_ns: (second * UNTIL_S) as u64,
        queuing: Queuing::Queue { queues: 64, hand_size: 6, queue_length_limit: 50 },
        concurrency_limit: seats,
        limit_changes: Vec::new(),
        queue_wait_limit_ns: 15 * SECOND_NS,
        flows: described.collect(),
    };
    let outcome = replay(&scenario).expect("a scenario that can be replayed");
    let served = outcome.flows.iter().zip(flows);
    served.map(|(seen, flow)| seen.dispatched as f64 * flow.lasts_s * f64::from(flow.width) / UNTIL_S).collect()
}

/// Seats in use by each flow in steps of `dt_s`.
fn by_fluid(dt_s: f64, seats: u32, flows: &[Flow]) -> Vec<f64> {
    let mut scenario = Scenario::idle(dt_s, 0.0, 1e7);
    let level = level(seats, 64, 6, 50, 15.0);
    scenario.flow_control = true;
    scenario.memory.limit_bytes = f64::MAX;
    assert!(scenario.levels.push(level).is_ok());
    for (number, flow) in flows.iter().enumerate() {
        let class = Class {
            arrivals: Sends::Open,
            clients_fixed: flow.rate,
            rate_per_client: 1.0,
            flow: number,
            flow_hash: hash(number),
            timeout_s: 60.0,
            seats: f64::from(flow.width),
            last_seats: f64::from(flow.last_seats),
            last_s: flow.last_s,
            ..Class::poll(0.0, 60.0, flow.lasts_s)
        };
        assert!(scenario.classes.push(class).is_ok());
    }
    let layout = Layout::of(&scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = Box::new(State::new(&scenario, &layout, &mut storage));
    let mut answered = vec![0.0; flows.len()];
    while state.now_s < UNTIL_S {
        step(&scenario, &layout, &mut state, &mut storage);
        for (answered, population) in answered.iter_mut().zip(&state.classes) {
            *answered += population.last.answered;
        }
    }
    let served = answered.iter().zip(flows);
    served.map(|(answered, flow)| answered * flow.lasts_s * f64::from(flow.width) / UNTIL_S).collect()
}

#[test]
fn seats_lost_to_wide_requests_are_those_of_the_real_queues_at_any_step() {
    let narrow = Flow { rate: 50.0, lasts_s: 0.4, width: 1, ..Flow::default() };
    for (seats, wide) in [(20, 10), (20, 4), (60, 10), (13, 8)] {
        let rate = f64::from(seats) / f64::from(wide) * 2.5;
        let flows = [Flow { rate, lasts_s: 0.4, width: wide, ..Flow::default() }, narrow];
        // What is dispatched after the last arrival counts too: up to 15 s of 600.
        let real: f64 = by_events(seats, &flows).iter().sum();
        for dt_s in [0.025, 0.1, 0.4, 1.0, 2.0] {
            let fluid: f64 = by_fluid(dt_s, seats, &flows).iter().sum();
            let error = (fluid - real) / f64::from(seats);
            assert!(error.abs() < 0.1, "{seats} seats, {wide} wide, {dt_s} s: {fluid} busy, event by event {real}");
        }
    }
}

/// A write holds the larger of its widths until those that watch have been told; one that asks for more seats than there
/// are starts when nobody executes.
#[test]
fn seats_held_after_the_answer_are_those_of_the_real_queues_at_any_step() {
    let narrow = Flow { rate: 50.0, lasts_s: 0.4, width: 1, ..Flow::default() };
    for (seats, last_seats, last_s) in [(20, 4, 0.2), (20, 10, 0.4), (8, 20, 0.1)] {
        let flows = [Flow { rate: 8.0, lasts_s: 0.1, width: 1, last_seats, last_s }, narrow];
        let real: f64 = by_events(seats, &flows).iter().sum();
        for dt_s in [0.025, 0.1, 0.4, 1.0] {
            let fluid: f64 = by_fluid(dt_s, seats, &flows).iter().sum();
            let error = (fluid - real) / f64::from(seats);
            assert!(
                error.abs() < 0.1,
                "{seats} seats, then {last_seats}, {dt_s} s: {fluid} busy, event by event {real}"
            );
        }
    }
}
