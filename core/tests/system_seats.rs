//! Seats of one level under more load than it has: the answer is that of the system, not of the step.

use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_core::system::scenario::{Arrivals, Class, Level, Name, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

/// Requests without retries: their name, rate, CPU-seconds and seats.
type Flow = (&'static str, f64, f64, f64);

/// A level of `seats` on `cores`, and what sends to it.
fn level(dt_s: f64, cores: f64, seats: u32, flows: &[Flow]) -> Scenario<f64> {
    let mut scenario = Scenario::idle(dt_s, 0.0, cores);
    let limits = LevelLimits::fixed(seats);
    let level = Level { name: Name::new(), limits, queues: 128, hand_size: 6, queue_length: 50, wait_s: 15.0 };
    scenario.flow_control = true;
    scenario.memory.limit_bytes = f64::MAX;
    assert!(scenario.levels.push(level).is_ok());
    for (number, &(name, rate, size_s, width)) in flows.iter().enumerate() {
        let class = Class {
            arrivals: Arrivals::Open,
            clients_fixed: rate,
            rate_per_client: 1.0,
            flow: number,
            flow_hash: flow_hash("service-accounts", &[name]),
            timeout_s: 60.0,
            seats: width,
            ..Class::poll(0.0, 60.0, size_s)
        };
        assert!(scenario.classes.push(class).is_ok());
    }
    scenario
}

/// Answers a second and mean latency of each flow, after two minutes.
fn run(scenario: &Scenario<f64>) -> Vec<(f64, f64)> {
    let layout = Layout::of(scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = Box::new(State::new(scenario, &layout, &mut storage));
    let (warm_s, until_s) = (120.0, 600.0);
    let mut sums = vec![(0.0, 0.0); scenario.classes.len()];
    while state.now_s < until_s {
        step(scenario, &layout, &mut state, &mut storage);
        if state.now_s > warm_s {
            for (sum, population) in sums.iter_mut().zip(&state.classes) {
                sum.0 += population.last.answered;
                sum.1 += population.last.latency_sum_s;
            }
        }
    }
    sums.iter().map(|(answered, latency_s)| (answered / (until_s - warm_s), latency_s / answered)).collect()
}

#[test]
fn turns_of_queues_do_not_depend_on_the_step() {
    // Half as much again as four cores can do, two seconds each on 16 seats. Event by event: 8 a second, 15.3 s.
    for dt_s in [0.0625, 0.125, 0.25, 0.5, 1.0] {
        let [(rate, latency_s)] = run(&level(dt_s, 4.0, 16, &[("agent", 12.0, 0.5, 1.0)]))[..] else { panic!() };
        assert!((rate / 8.0 - 1.0).abs() < 0.03, "{dt_s} s: {rate} a second");
        assert!((latency_s / 15.3 - 1.0).abs() < 0.2, "{dt_s} s: {latency_s} s");
    }
}

#[test]
fn a_request_wider_than_the_limit_runs_alone() {
    // One at a time for 0.5 s: two a second of the four that come, whatever the step.
    for dt_s in [0.05, 0.125, 0.25] {
        let [(rate, _)] = run(&level(dt_s, 1e7, 5, &[("wide", 4.0, 0.5, 8.0)]))[..] else { panic!() };
        assert!((rate / 2.0 - 1.0).abs() < 0.05, "{dt_s} s: {rate} a second");
    }
}

#[test]
fn who_gives_up_before_the_queue_does_leaves_it_then() {
    // Eight seconds each on four seats: after five seconds everybody is gone. Nobody hears of a wait limit of 15 s.
    for dt_s in [0.25, 0.5, 1.0] {
        let mut scenario = level(dt_s, 1e7, 4, &[("hasty", 10.0, 8.0, 1.0)]);
        scenario.classes[0].timeout_s = 5.0;
        let layout = Layout::of(&scenario);
        let mut storage = vec![0.0; layout.length];
        let mut state = Box::new(State::new(&scenario, &layout, &mut storage));
        let (mut rejected, mut timed_out, mut most) = (0.0, 0.0, 0.0_f64);
        while state.now_s < 120.0 {
            step(&scenario, &layout, &mut state, &mut storage);
            let hasty = &state.classes[0];
            (rejected, timed_out) = (rejected + hasty.last.rejected, timed_out + hasty.last.timed_out);
            most = most.max(hasty.waiting() + hasty.running());
        }
        assert_eq!(rejected, 0.0);
        assert!((timed_out - 10.0 * 115.0).abs() < 12.0, "{dt_s} s: {timed_out} gave up");
        // Who starts at the last moment is there for one step more.
        assert!(most < 10.0 * (5.0 + dt_s) + 4.0, "{dt_s} s: {most} at once");
    }
}

#[test]
fn a_limit_that_rises_starts_no_more_than_it_has_seats_for() {
    // Five lists at a time on eight cores take less than a step; 36 of them take three.
    let mut scenario = level(1.0, 8.0, 50, &[("agent", 30.0, 0.6, 10.0)]);
    let layout = Layout::of(&scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = Box::new(State::new(&scenario, &layout, &mut storage));
    while state.now_s < 20.0 {
        step(&scenario, &layout, &mut state, &mut storage);
    }
    scenario.levels[0].limits = LevelLimits::fixed(368);
    state.levels[0].limit = 368.0;
    step(&scenario, &layout, &mut state, &mut storage);
    let running = state.classes[0].running();
    // How many of those before end within the step is an estimate.
    assert!((34.0..38.5).contains(&running), "{running} run on 36.8 places");
}
