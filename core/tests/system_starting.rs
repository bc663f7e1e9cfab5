//! A server that starts: it holds whoever connects before it serves, and knows no level but catch-all until its informers
//! have synced.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::borrowing::{BorrowingState, LevelDemand};
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_core::system::starting::{INFORMERS, WAITS, only_level, wait_s};
use system_rig::{Run, WORKLOAD_LOW, class, cluster};

const EXEMPT: usize = 0;
const CATCH_ALL: usize = 7;
const DT_S: f64 = 0.25;

/// Killed at 20 s; its process runs from 25 s on and serves from 28 s on. A hundred watchers list again, ten seats each,
/// which takes `list_s` CPU-seconds.
fn killed(list_s: f64, others: impl IntoIterator<Item = Class<f64>>) -> Scenario<f64> {
    let lists = Class {
        cached: 1.0,
        seats: 10.0,
        timeout_s: 60.0,
        retry: Retry::growing(1.0, 1.0, 1.0, 0.0, true),
        ..class("lists", Arrivals::Watch, 100.0, list_s)
    };
    let mut scenario = cluster(DT_S, std::iter::once(lists).chain(others));
    (scenario.early, scenario.backlog, scenario.actions.kill_s) = (1.0, 1.0, 20.0);
    scenario
}

fn run_until(run: &mut Run, at_s: f64) {
    while run.state.now_s < at_s {
        run.step();
    }
}

#[test]
fn who_connects_before_it_serves_waits_and_fails_in_no_way() {
    let reads = Class { level: EXEMPT, ..class("reads", Arrivals::Open, 10.0, 0.001) };
    let mut run = Run::new(killed(0.001, [reads]));
    run_until(&mut run, 25.0);
    let before = run.state.classes.clone();
    run_until(&mut run, 28.0);
    for (now, before) in run.state.classes.iter().zip(&before) {
        let ends = |account: &slackwater_core::ledger::Account<f64>| {
            [account.answered, account.rejected, account.timed_out, account.refused]
        };
        assert_eq!(ends(&now.account), ends(&before.account));
        assert_eq!(now.in_system(), 0.0);
    }
    assert!((run.state.population() - 100.0 - 30.0).abs() < 1e-9, "reads of three seconds wait");
    run_until(&mut run, 28.5);
    let reads = &run.state.classes[1].account;
    assert!((reads.answered - before[1].account.answered - 35.0).abs() < 0.1);
    assert!((reads.sent - reads.answered - reads.refused).abs() < 0.1, "each is sent once");
}

#[test]
fn all_seats_are_those_of_catch_all_and_nobody_queues() {
    let mut run = Run::new(killed(50.0, []));
    run_until(&mut run, 28.0);
    run.step();
    let lists = &run.state.classes[0];
    // Sixty have room. By Erlang's loss law nearly as many get in, as they come at random moments of the step.
    assert!((55.0..=60.0).contains(&lists.running()), "{}", lists.running());
    assert!((lists.running() + lists.last.rejected - 100.0).abs() < 1e-9 && lists.waiting() == 0.0);
    assert!((run.state.mode.outside - 10.0 * lists.running()).abs() < 1e-9);
    let used = |level: usize| run.state.levels[level].used;
    assert_eq!((used(WORKLOAD_LOW), used(EXEMPT)), (0.0, 0.0));
    assert!((used(CATCH_ALL) - 10.0 * lists.running()).abs() < 1e-9);
}

/// What was wanted of catch-all is its claim: 357 of 602 seats, as the log of a restarted server says, and 24 for those
/// whom it turned away.
#[test]
fn then_levels_have_what_the_rule_of_borrowing_leaves_them() {
    let mut run = Run::new(killed(50.0, []));
    let limits: Vec<_> = run.scenario.levels.iter().map(|level| level.limits).collect();
    run_until(&mut run, 29.0);
    let mut demand = [LevelDemand::default(); 8];
    demand[CATCH_ALL] = LevelDemand { avg: 600.0, stddev: 0.0, max: 600.0 };
    let mut rule = BorrowingState::introduced(&limits);
    rule.update(&limits, &demand).expect("as many as there are levels");
    for (level, seats) in run.state.levels.iter().zip(rule.current) {
        assert_eq!(level.limit, f64::from(seats));
    }
    assert_eq!((rule.current[CATCH_ALL], rule.current[WORKLOAD_LOW]), (357, 24));
    // Those who were turned away come again, and two of them run beside the sixty.
    run_until(&mut run, 32.0);
    let lists = &run.state.classes[0];
    assert!((lists.running() - lists.outside - 2.0).abs() < 1e-6 && lists.waiting() > 37.0, "{}", lists.running());
    assert_eq!(run.state.levels[CATCH_ALL].limit, 357.0);
    // Ten seconds later the others have the rest.
    run_until(&mut run, 39.5);
    assert!(run.state.levels[WORKLOAD_LOW].limit > 200.0 && run.state.levels[CATCH_ALL].limit < 200.0);
}

/// On an idle server one step of a quarter of a second; else a turn of the run queue for each answer.
#[test]
fn it_lasts_as_long_as_the_informers_wait_for_their_turns() {
    let lasts_s = |turn_s: f64, list_s: f64| {
        let mut scenario = killed(list_s, []);
        scenario.cpu = Cpu::new(4.0, 0.0).with_turns(turn_s).counted();
        let mut run = Run::new(scenario);
        run_until(&mut run, 28.0);
        assert_eq!(run.state.mode.unsynced, WAITS);
        while run.state.mode.unsynced > 0.0 {
            run.step();
        }
        run.state.now_s - 28.0
    };
    assert_eq!(lasts_s(0.0, 50.0), DT_S);
    // Sixty lists run beside the informers on four cores for as long as anybody looks.
    let settled = WAITS * wait_s(0.01 * (60.0 - 4.0 + INFORMERS + 1.0) / 4.0);
    let lasts = lasts_s(0.01, 1000.0);
    assert!((0.8 * settled..1.5 * settled).contains(&lasts), "{lasts} s, {settled} s once the line has settled");
    assert!(lasts_s(0.02, 1000.0) > 1.5 * lasts);
}

#[test]
fn who_is_of_no_queue_puts_no_queue_behind() {
    let mut run = Run::new(killed(2.0, []));
    run_until(&mut run, 120.0);
    assert!((run.state.population() - 100.0).abs() < 1e-9);
    assert!((run.state.classes[0].watching - 100.0).abs() < 1e-6, "all watch again");
    assert_eq!((run.state.mode.outside, run.state.classes[0].outside, run.state.mode.unsynced), (0.0, 0.0, 0.0));
}

#[test]
fn a_kill_meanwhile_begins_it_again() {
    let mut scenario = killed(50.0, []);
    scenario.cpu = Cpu::new(4.0, 0.0).with_turns(0.02).counted();
    let mut run = Run::new(scenario);
    run_until(&mut run, 29.0);
    run.scenario.actions.kill_s = 29.1;
    run_until(&mut run, 30.0);
    assert_eq!((run.state.mode.unsynced, run.state.mode.outside, run.state.classes[0].outside), (0.0, 0.0, 0.0));
    run_until(&mut run, 37.25);
    assert!(run.state.mode.unsynced > 0.0);
    assert!((run.state.population() - 100.0).abs() < 1e-9);
}

#[test]
fn without_levels_or_a_restart_nothing_of_it_is_there() {
    let run = |change: &dyn Fn(&mut Scenario<f64>)| {
        let mut scenario = killed(0.05, [class("reads", Arrivals::Open, 10.0, 0.01)]);
        change(&mut scenario);
        let mut run = Run::new(scenario);
        run_until(&mut run, 60.0);
        run
    };
    let never = |backlog: f64| run(&|scenario| (scenario.backlog, scenario.actions.kill_s) = (backlog, 1e15)).bits();
    assert_eq!(never(1.0), never(0.0));
    let limits_only = run(&|scenario| scenario.flow_control = false);
    assert_eq!(only_level(&limits_only.scenario), None);
    assert!((limits_only.state.classes[0].watching - 100.0).abs() < 1e-6);
}
