//! Control planes built by hand, for tests of the event engine.

#![allow(dead_code, reason = "each test file uses a part")]

use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelLimits, limits};
use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Label, Level, Name, Scenario};
use slackwater_study::events::system::{History, System};
use slackwater_study::trial::{Drive, Trial};

/// Places among the default levels.
pub(crate) const EXEMPT: usize = 0;
pub(crate) const SYSTEM: usize = 1;
pub(crate) const WORKLOAD_LOW: usize = 5;
pub(crate) const GLOBAL_DEFAULT: usize = 6;

pub(crate) fn name(text: &str) -> Name {
    Name::try_from(text).expect("a short name")
}

/// The default levels of a server with `seats` seats.
pub(crate) fn default_levels(scenario: &mut Scenario<f64>, seats: u32) {
    let all = limits(seats, &DEFAULT_LEVELS).expect("default levels");
    scenario.flow_control = true;
    scenario.levels = all
        .iter()
        .zip(&DEFAULT_LEVELS)
        .map(|(limits, config)| Level {
            name: name(config.name),
            limits: *limits,
            queues: config.queues,
            hand_size: config.hand_size,
            queue_length: config.queue_length_limit,
            wait_s: if config.queues > 0 { 15.0 } else { 0.0 },
        })
        .collect();
}

/// An open class of `rate_per_s` requests a second.
pub(crate) fn open(label: &str, rate_per_s: f64, cpu_s: f64) -> Class<f64> {
    Class {
        label: Label { name: name(label), ..Label::default() },
        arrivals: Arrivals::Open,
        clients_fixed: 1.0,
        rate_per_client: rate_per_s,
        flow_hash: flow_hash(label, &[label]),
        ..Class::poll(0.0, 60.0, cpu_s)
    }
}

/// The recorded storm: 300 agents list 3,000 pods every minute on 0.6 core, from second 60 to 300. One LIST takes
/// `list_s` CPU-seconds alone, and `growth` more for each that runs beside it.
pub(crate) fn storm(list_s: f64, growth: f64) -> Trial {
    let mut scenario = Scenario { cpu: Cpu::new(0.6, growth), nodes: 300.0, ..Scenario::idle(1.0, 300.0, 0.6) };
    scenario.memory.limit_bytes = 1e12;
    scenario.reject_cpu_s = 0.001;
    default_levels(&mut scenario, 600);
    let agent = Class {
        label: Label { name: name("agent"), ..Label::default() },
        seats: 10.0,
        level: WORKLOAD_LOW,
        flow_hash: flow_hash("service-accounts", &["system:serviceaccount:telemetry:agent"]),
        timeout_s: 30.0,
        retry: Retry::fixed(1.0, 0.5),
        ..Class::poll(0.0, 60.0, list_s)
    };
    let bystander = |label, rate, level| Class { level, timeout_s: 10.0, ..open(label, rate, 0.001) };
    for class in
        [agent, bystander("node", 10.0, SYSTEM), bystander("dev", 2.0, GLOBAL_DEFAULT), bystander("admin", 2.0, EXEMPT)]
    {
        scenario.classes.push(class).expect("room for four");
    }
    let agents = Drive::Clients { clients: 300.0, start_s: 60.0, ramp_s: 60.0, first_within_s: 60.0, stop_s: 300.0 };
    Trial { scenario, drives: vec![agents], faults: Vec::new(), until_s: 420.0 }
}

/// A level of its own: `seats` seats, never more and never less.
pub(crate) fn level(seats: u32, queues: u32, hand_size: u32, queue_length: u32, wait_s: f64) -> Level<f64> {
    let limits = LevelLimits { max_seats: Some(seats), ..LevelLimits::fixed(seats) };
    Level { name: name("own"), limits, queues, hand_size, queue_length, wait_s }
}

/// A cluster without nodes on a server that serves everybody at full speed, however many there are.
pub(crate) fn endless_cores(classes: impl IntoIterator<Item = Class<f64>>) -> Scenario<f64> {
    let mut scenario = Scenario::idle(1.0, 0.0, 1.0);
    scenario.cpu.servers = 1e9;
    scenario.memory.limit_bytes = 1e18;
    for class in classes {
        scenario.classes.push(class).expect("room for the class");
    }
    scenario
}

/// A trial of a scenario as it stands.
pub(crate) fn steady(scenario: Scenario<f64>, until_s: f64) -> Trial {
    Trial { scenario, drives: Vec::new(), faults: Vec::new(), until_s }
}

pub(crate) fn run(trial: &Trial, seed: u64) -> History {
    System::new(trial, seed).run().unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// Asserts that the mean over seeds is within three standard errors of what is expected.
#[track_caller]
pub(crate) fn expect_mean(what: &str, values: &[f64], expected: f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    assert!(error > 0.0 && error < 0.05 * expected, "{what}: {mean} +/- {error} says too little");
    assert!((mean - expected).abs() <= 3.0 * error, "{what}: {mean} +/- {error}, expected {expected}");
}

/// Asserts what holds in every run: each request ends in one way or is still on its way.
#[track_caller]
pub(crate) fn expect_conserved(history: &History) {
    for series in &history.observed.classes {
        let mut on_the_way = 0.0;
        for second in 0..series.sent.len() {
            let ended = series.answered[second] + series.rejected[second] + series.timed_out[second];
            on_the_way += series.sent[second] - ended - series.refused[second];
            assert_eq!(on_the_way, series.in_flight[second], "{} in second {second}", series.name);
        }
    }
}
