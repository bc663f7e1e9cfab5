//! Servers that fall silent, and people who do something about it.

mod system_rig;

use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::rollout::actions::Actions;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Level, Scenario};
use slackwater_study::events::system::{History, System};
use slackwater_study::trial::{Drive, Trial};
use system_rig::{expect_conserved, level, open, run, steady, sum};

/// Lists that fill the memory of a server from second 30 on, and an exempt administrator.
fn silent(liveness_s: f64) -> Scenario<f64> {
    let mut scenario = Scenario::idle(1.0, 0.0, 1.0);
    let memory = &mut scenario.memory;
    (memory.limit_bytes, memory.thrashes, memory.liveness_s) = (1e9, 1.0, liveness_s);
    (memory.restart_s, memory.refill_s) = (5.0, 3.0);
    let own = level(600, 64, 6, 50, 15.0);
    let exempt = Level { limits: LevelLimits { exempt: true, ..own.limits }, queues: 0, ..own.clone() };
    scenario.flow_control = true;
    scenario.levels.extend([own, exempt]);
    let lists = Class { bytes_base: 1e8, timeout_s: 30.0, ..open("lists", 1.0, 30.0) };
    let admin = Class { level: 1, timeout_s: 10.0, ..open("admin", 2.0, 0.01) };
    scenario.classes.extend([lists, admin]);
    scenario
}

fn lists_from_30_to(stop_s: f64) -> Drive {
    Drive::Clients { clients: 1.0, start_s: 30.0, ramp_s: 0.0, first_within_s: 0.0, stop_s }
}

fn answered(history: &History, class: usize, seconds: std::ops::Range<usize>) -> f64 {
    sum(&history.observed.classes[class].answered[seconds])
}

#[test]
fn a_server_that_thrashes_answers_nobody_and_does_not_come_back_by_itself() {
    let trial = Trial { drives: vec![lists_from_30_to(60.0)], ..steady(silent(0.0), 400.0) };
    let history = run(&trial, 1);
    expect_conserved(&history);
    let silent = history.observed.thrashing.iter().position(|share| *share > 0.0).expect("it thrashes");
    assert!((40..60).contains(&silent), "{silent}");
    assert!(answered(&history, 1, 0..silent) > 1.8 * silent as f64);
    // Not even the exempt are answered, long after the last list has gone.
    assert_eq!(answered(&history, 1, silent + 1..400), 0.0);
    assert!(history.observed.thrashing[silent + 1..].iter().all(|share| *share == 1.0));
    assert!(history.observed.bytes.iter().all(|bytes| *bytes <= 1e9));
    // Its clients hear nothing until their own timeout: nobody is refused, nobody is turned away.
    let admin = &history.observed.classes[1];
    assert_eq!((sum(&admin.refused), sum(&admin.rejected)), (0.0, 0.0));
    assert!((sum(&admin.timed_out[100..300]) - 400.0).abs() < 3.0 * 20.0); // Poisson
}

#[test]
fn a_liveness_probe_or_a_person_restarts_it() {
    for (liveness_s, restart_s, back_s) in [(80.0, 1e15, 88.0), (0.0, 200.0, 0.0)] {
        let mut scenario = silent(liveness_s);
        scenario.actions = Actions { restart_s, restart_every_s: 1e15, ..Actions::none() };
        let history = run(&Trial { drives: vec![lists_from_30_to(60.0)], ..steady(scenario, 400.0) }, 1);
        expect_conserved(&history);
        let silent = history.observed.thrashing.iter().position(|share| *share > 0.0).expect("it thrashes");
        let restart_s = if liveness_s > 0.0 { silent as f64 + back_s } else { restart_s + 8.0 };
        assert_eq!(history.observed.restarts_s.len(), 1);
        assert_eq!(answered(&history, 1, silent + 1..restart_s as usize - 1), 0.0);
        assert!(answered(&history, 1, restart_s as usize + 2..400) > 1.8 * (398.0 - restart_s));
    }
}

#[test]
fn a_server_that_is_killed_refuses_until_it_is_back_and_is_killed_again() {
    let mut scenario = silent(0.0);
    scenario.memory.thrashes = 0.0;
    let history = run(&Trial { drives: vec![lists_from_30_to(1e9)], ..steady(scenario, 400.0) }, 1);
    expect_conserved(&history);
    let kills = &history.observed.restarts_s;
    // Ten lists fill it, which takes about ten seconds; then it is gone for eight.
    assert!((12..30).contains(&kills.len()), "{kills:?}");
    assert!(kills.windows(2).all(|pair| pair[1] - pair[0] > 8.0));
    let admin = &history.observed.classes[1];
    let gone_s = 8.0 * kills.len() as f64;
    assert!((sum(&admin.refused) - 2.0 * gone_s).abs() < 4.0 * (2.0 * gone_s).sqrt());
    assert_eq!(sum(&history.observed.thrashing), 0.0);
}

/// 200 nodes; pods of an agent that poll every 20 s come up at 20 a second from second 10 on.
fn rollout(actions: Actions<f64>) -> Scenario<f64> {
    let mut scenario = Scenario { actions, ..Scenario::idle(1.0, 200.0, 8.0) };
    scenario.creation.start_s = 10.0;
    let agent = Class { follows: Follows::Agent, timeout_s: 10.0, ..Class::poll(1.0, 20.0, 0.05) };
    let start = Class { arrivals: Arrivals::OnStart, rate_per_client: 2.0, ..agent.clone() };
    scenario.classes.extend([agent, start, open("operator", 0.5, 0.01), Class::poll(1.0, 10.0, 0.01)]);
    scenario.operator = 2;
    scenario
}

fn agents(history: &History, second: usize) -> f64 {
    history.rows[second].values[Row::AGENTS]
}

#[test]
fn pods_come_up_as_fast_as_the_controller_makes_them() {
    let history = run(&steady(rollout(Actions::none()), 120.0), 1);
    expect_conserved(&history);
    assert_eq!((agents(&history, 9), agents(&history, 60)), (0.0, 200.0));
    // Half of them after 5 s, at 20 a second: a Poisson stream.
    assert!((agents(&history, 14) - 100.0).abs() < 30.0, "{}", agents(&history, 14));
    let [agent, start] = [&history.observed.classes[0], &history.observed.classes[1]];
    assert_eq!((sum(&start.sent), sum(&agent.sent[40..100])), (400.0, 600.0));
}

#[test]
fn people_halt_delete_shrink_and_block() {
    let halted = run(&steady(rollout(Actions { halt_s: 15.0, ..Actions::none() }), 60.0), 1);
    assert!((agents(&halted, 59) - 100.0).abs() < 30.0);

    // The first answer to the operator from 40 s on is that to the deletion; then 20 pods a second go.
    let deleted = run(&steady(rollout(Actions { delete_s: 40.0, ..Actions::none() }), 100.0), 1);
    assert_eq!((agents(&deleted, 39), agents(&deleted, 99)), (200.0, 0.0));
    assert_eq!(sum(&deleted.observed.classes[0].sent[80..]), 0.0);

    let fewer = Actions { shrink_s: 40.0, shrink_over_s: 20.0, shrink_to: 0.25, ..Actions::none() };
    let history = run(&steady(rollout(fewer), 200.0), 1);
    expect_conserved(&history);
    // Every node goes with a chance of three in four.
    let left = agents(&history, 100);
    assert!((left - 50.0).abs() < 3.0 * (200.0_f64 * 0.25 * 0.75).sqrt(), "{left}");
    let polls = &history.observed.classes[3].sent;
    assert_eq!((sum(&polls[20..40]), sum(&polls[100..120])), (400.0, 2.0 * left));

    let blocked = Actions { block_s: 60.0, block_over_s: 1.0, ..Actions::none() };
    let history = run(&steady(rollout(blocked), 160.0), 1);
    expect_conserved(&history);
    let agent = &history.observed.classes[0];
    assert_eq!(sum(&agent.answered[62..]), 0.0);
    assert_eq!(sum(&agent.timed_out[72..152]), 800.0);
    // Nobody else notices.
    assert_eq!(sum(&history.observed.classes[3].answered[80..160]), 1600.0);
}

#[test]
fn a_deletion_needs_an_answer() {
    // The operator's class finds no seat, ever: one long request has it.
    let mut scenario = rollout(Actions { delete_s: 40.0, ..Actions::none() });
    scenario.levels.extend([level(10_000, 0, 0, 0, 0.0), level(1, 0, 0, 0, 0.0)]);
    scenario.classes[2].level = 1;
    scenario.classes.push(Class { level: 1, timeout_s: 1e6, ..open("busy", 0.0, 1e6) }).expect("room");
    let trial = steady(scenario, 100.0);
    let busy = slackwater_study::events::arrivals::Arrival { at_ns: 0, exec_ns: 1_000_000_000_000, initial_seats: 1 };
    let history = System::new(&trial, 1).given(4, vec![busy]).run().expect("a run");
    assert_eq!(agents(&history, 99), 200.0);
    assert_eq!(sum(&history.observed.classes[2].answered), 0.0);
}

#[test]
fn grown_servers_serve_more() {
    let mut scenario = Scenario::idle(1.0, 0.0, 1.0);
    scenario.classes.push(open("lists", 20.0, 0.1)).expect("room");
    scenario.actions = Actions { grow_s: 100.0, grow_over_s: 1.0, grow_by: 3.0, ..Actions::none() };
    let history = run(&steady(scenario, 400.0), 1);
    let cores = &history.observed.cores;
    assert!(cores[50..100].iter().all(|cores| (cores - 1.0).abs() < 1e-9));
    assert!(cores[102..110].iter().all(|cores| (cores - 3.0).abs() < 1e-9));
    // What was left over from before is worked off, and then two cores are enough.
    let mean = sum(&cores[300..]) / 100.0;
    assert!((mean - 2.0).abs() < 0.15, "{mean}");
}
