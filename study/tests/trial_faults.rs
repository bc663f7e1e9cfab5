//! A trial whose API server is killed: when it is gone, when it is back, what its clients do.

use slackwater_core::clients::retry::Retry;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_study::trial::{Fault, Observed, Trial, fluid};

/// An open class and a watch on one server that takes 5 s to start and 3 s to refill.
fn trial(dt_s: f64, kills: &[f64]) -> Trial {
    let mut scenario = Scenario::idle(dt_s, 0.0, 2.0);
    (scenario.memory.restart_s, scenario.memory.refill_s) = (5.0, 3.0);
    let open = Class {
        arrivals: Arrivals::Open,
        clients_fixed: 1.0,
        rate_per_client: 10.0,
        cpu_base_s: 0.001,
        ..Class::poll(0.0, 60.0, 0.001)
    };
    let watch = Class {
        arrivals: Arrivals::Watch,
        clients_fixed: 300.0,
        retry: Retry::reflector(),
        ..Class::poll(0.0, 60.0, 0.01)
    };
    let _ = scenario.classes.extend_from_slice(&[open, watch]);
    let faults = kills.iter().map(|&kill_s| Fault { kill_s }).collect();
    Trial { scenario, drives: Vec::new(), faults, until_s: 120.0 }
}

fn sum(series: &[f64], from: usize, to: usize) -> f64 {
    series[from..to].iter().sum()
}

/// The open class sends on; a server that is away refuses it: 10 a second for 8 s.
#[test]
fn a_killed_server_refuses_for_restart_and_refill() {
    for kill_s in [20.0, 20.25, 20.5, 20.75] {
        let seen = fluid(&trial(0.25, &[kill_s]));
        let open = &seen.classes[0];
        assert_eq!(seen.restarts_s, [kill_s]);
        let refused = sum(&open.refused, 0, 120);
        // What is on its way when the kill comes is lost too: a hundredth of a request, and a step of arrivals.
        assert!((80.0..=80.0 + 10.0 * 0.25 + 0.1).contains(&refused), "killed at {kill_s} s: {refused} refused");
        assert_eq!(sum(&open.refused, 0, 20), 0.0);
        assert_eq!(sum(&open.refused, 30, 120), 0.0);
    }
}

#[test]
fn every_watch_breaks_and_comes_back() {
    let seen = fluid(&trial(0.25, &[20.0]));
    let watch = &seen.classes[1];
    assert_eq!((watch.watching[19], watch.watching[21]), (300.0, 0.0));
    assert!((watch.watching[119] - 300.0).abs() < 1e-6, "{} watch again", watch.watching[119]);
    // A connection refused is tried again, so some list twice or more.
    assert!(sum(&watch.sent, 21, 120) >= 300.0);
}

#[test]
fn every_fault_of_a_trial_counts_and_none_finds_a_dead_process() {
    let at = |kills: &[f64]| fluid(&trial(0.5, kills)).restarts_s;
    assert_eq!(at(&[60.0, 20.0]), [20.0, 60.0]);
    // At 22 s the process is not there yet; at 26.5 s it refills, and dies again.
    assert_eq!(at(&[20.0, 22.0]), [20.0]);
    assert_eq!(at(&[20.0, 26.5]), [20.0, 26.5]);
    assert!(at(&[]).is_empty());
}

#[test]
fn half_the_step_moves_nothing_by_half_a_percent() {
    let run = |dt_s| fluid(&trial(dt_s, &[20.0, 70.0]));
    let numbers = |seen: &Observed| {
        let [open, watch] = [&seen.classes[0], &seen.classes[1]];
        let all = |series: &[f64]| sum(series, 0, 120);
        // Seconds without a watch, summed over the clients: how long the herd takes.
        let away_s: f64 = watch.watching.iter().map(|watching| 300.0 - watching).sum();
        [all(&open.answered), all(&open.refused), all(&watch.answered), away_s]
    };
    for (coarse, fine) in numbers(&run(0.125)).into_iter().zip(numbers(&run(0.0625))) {
        assert!((coarse / fine - 1.0).abs() < 0.005, "{coarse} at 0.125 s, {fine} at half of it");
    }
}
