//! A server that starts again: who connects before it serves, and the levels it knows at first.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_core::system::starting::IDLE_S;
use slackwater_study::events::system::History;
use slackwater_study::trial::{Drive, Fault, Trial, fluid};
use system_rig::{EXEMPT, GLOBAL_DEFAULT, WORKLOAD_LOW, default_levels, expect_conserved, open, run, steady, sum};

/// Killed at 50 s; its process runs from 55 s on and serves from 60 s on.
fn killed(backlog: f64, classes: impl IntoIterator<Item = Class<f64>>) -> Trial {
    let mut scenario = Scenario { early: 1.0, backlog, ..Scenario::idle(1.0, 0.0, 4.0) };
    (scenario.memory.restart_s, scenario.memory.refill_s, scenario.memory.limit_bytes) = (5.0, 5.0, 1e12);
    default_levels(&mut scenario, 600);
    scenario.classes.extend(classes);
    Trial { faults: vec![Fault { kill_s: 50.0 }], ..steady(scenario, 120.0) }
}

/// A hundred lists in a level with queues that come at second 57 and take long, ten seats each.
fn lists(size_s: f64) -> (Class<f64>, Drive) {
    let lists = Class { seats: 10.0, level: WORKLOAD_LOW, ..Class::poll(0.0, 1000.0, size_s) };
    let drive = Drive::Clients { clients: 100.0, start_s: 57.0, ramp_s: 0.0, first_within_s: 0.0, stop_s: 58.0 };
    (lists, drive)
}

fn herd(backlog: f64, size_s: f64, others: impl IntoIterator<Item = Class<f64>>) -> (Trial, History) {
    let (lists, drive) = lists(size_s);
    let trial = killed(backlog, [lists].into_iter().chain(others));
    let trial = Trial { drives: vec![drive], ..trial };
    let history = run(&trial, 1);
    expect_conserved(&history);
    (trial, history)
}

#[test]
fn who_connects_before_it_serves_waits_and_hears_nothing() {
    let (_, history) = herd(1.0, 0.01, [open("reads", 10.0, 0.001)]);
    let [lists, reads] = [&history.observed.classes[0], &history.observed.classes[1]];
    assert_eq!(sum(&reads.answered[51..60]) + sum(&reads.rejected[51..60]), 0.0);
    assert_eq!(sum(&reads.refused[55..]), 0.0);
    assert_eq!((lists.in_flight[58], sum(&lists.answered[..60])), (100.0, 0.0));
    // The five seconds of reads that have gathered are answered at once.
    assert!(reads.answered[60] > 40.0, "{}", reads.answered[60]);
}

#[test]
fn deadlines_count_from_the_send() {
    let hasty = Class { timeout_s: 2.0, ..open("hasty", 10.0, 0.001) };
    let (_, history) = herd(1.0, 0.01, [hasty]);
    let hasty = &history.observed.classes[1];
    // From 55 s on they wait; who has come by 58 s is gone before 60 s.
    assert!((sum(&hasty.timed_out[57..60]) - 30.0).abs() < 20.0, "{}", sum(&hasty.timed_out[57..60]));
    assert_eq!(sum(&hasty.timed_out[61..]), 0.0);
}

/// `limitResponse: Reject`, and 600 seats: the level with queues is not there yet.
#[test]
fn all_but_the_exempt_share_the_seats_of_catch_all_and_the_rest_is_turned_away() {
    let exempt = Class { level: EXEMPT, ..open("exempt", 10.0, 0.001) };
    let (_, history) = herd(1.0, 10.0, [exempt]);
    let [lists, exempt] = [&history.classes[0], &history.classes[1]];
    assert_eq!((lists.started, lists.turned_away.concurrency_limit), (60, 40));
    assert_eq!(lists.turned_away.queue_full + lists.turned_away.time_out, 0);
    assert_eq!(exempt.turned_away.concurrency_limit, 0);
    // A server that knows its levels turns nobody away: it has too few seats, and queues.
    let (_, history) = herd(0.0, 10.0, []);
    assert_eq!(history.classes[0].turned_away.concurrency_limit, 0);
}

#[test]
fn on_an_idle_server_that_takes_as_long_as_is_documented() {
    // Nobody holds a seat when the reads come that would be turned away.
    let (_, history) = herd(1.0, 0.001, [Class { seats: 601.0, level: GLOBAL_DEFAULT, ..open("wide", 100.0, 1e-6) }]);
    // catch-all lets one wide request run alone, others not beside it; global-default lets all wait.
    let wide = &history.classes[1];
    assert!(wide.turned_away.concurrency_limit > 0);
    let after = sum(&history.observed.classes[1].rejected[61..]);
    assert_eq!(after, 0.0, "levels are known {IDLE_S} s after the server serves");
}

/// catch-all is not taken its seats, and keeps a claim on them: others have the least there is, then what is divided.
#[test]
fn what_catch_all_holds_is_missing_elsewhere() {
    let later = Class { seats: 10.0, level: WORKLOAD_LOW, timeout_s: 60.0, ..open("later", 10.0, 0.05) };
    let seats_of_others = |backlog: f64| {
        let (_, history) = herd(backlog, 2.0, [later.clone()]);
        sum(&history.observed.classes[1].answered[61..70])
    };
    let (with, without) = (seats_of_others(1.0), seats_of_others(0.0));
    // 24 seats for the first ten seconds: two at a time, three quarters of a second each.
    assert!(
        (15.0..40.0).contains(&with) && without > 60.0,
        "{with} answered while catch-all has the seats, {without} else"
    );
}

/// The informers stand in the line as everybody does.
#[test]
fn the_more_run_the_longer_it_takes() {
    let told_until = |clients: f64, size_s: f64| {
        let (lists, _) = lists(size_s);
        let probes = Class { seats: 10.0, level: GLOBAL_DEFAULT, timeout_s: 30.0, ..open("probes", 20.0, 0.001) };
        let mut trial = killed(1.0, [lists, probes]);
        trial.scenario.cpu = Cpu::new(0.6, 0.0).with_turns(0.003).counted();
        trial.drives = vec![Drive::Clients { clients, start_s: 57.0, ramp_s: 0.0, first_within_s: 0.0, stop_s: 58.0 }];
        let history = run(&trial, 1);
        expect_conserved(&history);
        let rejected = &history.observed.classes[1].rejected;
        (60..120).rev().find(|second| rejected[*second] > 0.0).map_or(60, |second| second + 1)
    };
    let [few, many, most] = [(59.0, 1.0), (100.0, 1.0), (300.0, 1.0)].map(|(clients, size)| told_until(clients, size));
    assert!(few <= many && many < most, "{few}, {many}, {most}");
    assert!((64..75).contains(&most), "{most}");
}

#[test]
fn a_kill_meanwhile_refuses_whoever_waits() {
    for again_s in [57.5, 60.5, 62.0] {
        let (lists, drive) = lists(10.0);
        let mut trial = killed(1.0, [lists, open("reads", 10.0, 0.001)]);
        trial.scenario.cpu = Cpu::new(0.6, 0.0).with_turns(0.003).counted();
        trial.drives = vec![drive];
        trial.faults.push(Fault { kill_s: again_s });
        let history = run(&trial, 1);
        expect_conserved(&history);
        assert_eq!(history.observed.restarts_s.len(), 2, "{again_s}");
        assert!(history.observed.classes[0].in_flight[119] <= 100.0);
        assert!(sum(&history.observed.classes[1].answered[100..]) > 150.0, "{again_s}");
    }
}

#[test]
fn without_a_restart_it_is_the_same_run_to_the_last_bit() {
    let trial = |backlog: f64| {
        let (lists, drive) = lists(1.0);
        let mut trial = killed(backlog, [lists, open("reads", 10.0, 0.001)]);
        trial.faults.clear();
        trial.scenario.cpu = Cpu::new(0.6, 0.0).with_turns(0.003).counted();
        Trial { drives: vec![drive], ..trial }
    };
    assert_eq!(run(&trial(1.0), 3).observed, run(&trial(0.0), 3).observed);
}

/// Sixty wide lists get in at once, the others come again and wait for the seats that catch-all gives back.
#[test]
fn the_fluid_says_the_same() {
    let informers = Class {
        arrivals: Arrivals::Watch,
        clients_fixed: 300.0,
        seats: 10.0,
        level: WORKLOAD_LOW,
        cached: 1.0,
        retry: Retry::growing(0.8, 2.0, 30.0, 1.0, true),
        ..Class::poll(0.0, 60.0, 0.1)
    };
    let mut trial = killed(1.0, [informers]);
    (trial.scenario.dt_s, trial.until_s) = (0.25, 240.0);
    trial.scenario.cpu = Cpu::new(0.6, 0.0).with_turns(0.003).counted();
    let smooth = fluid(&trial);
    let back_s = |watching: &[f64], share: f64| {
        let back = watching.iter().enumerate().skip(52).find(|(_, watching)| **watching >= 300.0 * share);
        back.map_or(f64::INFINITY, |(second, _)| second as f64 - 50.0)
    };
    let rejected = |series: &[f64]| sum(&series[60..66]);
    let runs: Vec<History> = (1..=5).map(|seed| run(&trial, seed)).collect();
    let mean = |of: &dyn Fn(&History) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    let first = &smooth.classes[0];
    for share in [0.25, 0.5, 0.75, 0.95] {
        let (said, seen) =
            (back_s(&first.watching, share), mean(&|run| back_s(&run.observed.classes[0].watching, share)));
        assert!((said / seen - 1.0).abs() < 0.2, "{share} back after {said} s, by events {seen} s");
    }
    let (said, seen) = (rejected(&first.rejected), mean(&|run| rejected(&run.observed.classes[0].rejected)));
    assert!((said / seen - 1.0).abs() < 0.1, "{said} turned away, by events {seen}");
}
