//! After a restart: watch caches that fill, who is told to come back meanwhile, and a server between thrashing and a
//! kill.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::server::etcd::{Etcd, Use};
use slackwater_core::server::memory::unready_retry_after_s;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use system_rig::{GIB, Run, WORKLOAD_LOW, class, cluster};

/// Killed at 100 s, runs again 5 s later, caches full after another `refill_s`.
fn killed(dt_s: f64, refill_s: f64, early: f64) -> Scenario<f64> {
    let lists = Class { cached: 1.0, ..class("lists", Arrivals::Open, 20.0, 0.001) };
    let gets = class("gets", Arrivals::Open, 10.0, 0.001);
    let watches = Class { cached: 1.0, retry: Retry::reflector(), ..class("watches", Arrivals::Watch, 300.0, 0.001) };
    let mut scenario = cluster(dt_s, [lists, gets, watches]);
    (scenario.memory.restart_s, scenario.memory.refill_s, scenario.early) = (5.0, refill_s, early);
    scenario.actions.kill_s = 100.0;
    scenario
}

/// exp is no part of the step, so the steps of the function are a table.
#[test]
fn what_a_filling_cache_tells_is_the_formula_of_the_code() {
    for tenth in 0..1000 {
        let filled_s = f64::from(tenth) * 0.1;
        let formula = (0.06 * filled_s).exp().clamp(1.0, 30.0).floor();
        assert_eq!(unready_retry_after_s(filled_s), formula, "after {filled_s} s");
    }
}

#[test]
fn nobody_reaches_a_server_that_is_not_ready_or_only_lists_are_turned_away() {
    for dt_s in [0.25, 1.0] {
        for (early, gets_refused, lists_refused, lists_told) in [(0.0, 250.0, 500.0, 0.0), (1.0, 50.0, 100.0, 400.0)] {
            let mut run = Run::new(killed(dt_s, 20.0, early));
            run.mean(200.0);
            let [lists, gets] = [0, 1].map(|at| run.state.classes[at].account);
            // What runs at the kill is lost too: less than a step of arrivals.
            let near = |x: f64, law: f64, per_s: f64| (law..=law + per_s * dt_s + 0.1).contains(&(x + 1e-6));
            assert!(
                near(gets.refused, gets_refused, 10.0),
                "early {early}, dt {dt_s} s: {} gets refused",
                gets.refused
            );
            assert!(near(lists.refused, lists_refused, 20.0), "early {early}: {} lists refused", lists.refused);
            assert!((lists.rejected - lists_told).abs() <= 20.0 * dt_s + 0.1, "{} lists told", lists.rejected);
            assert_eq!(gets.rejected, 0.0);
            assert_eq!(run.state.mode.filling_s, 0.0);
        }
    }
}

#[test]
fn levels_do_not_take_a_filling_cache_for_overload() {
    let mut run = Run::new(killed(0.5, 20.0, 1.0));
    run.mean(130.0);
    assert!(run.state.classes[0].account.rejected > 300.0);
    assert!(run.state.levels.iter().all(|level| level.retry_after_s == 1.0));
}

#[test]
fn every_watch_is_back_after_the_caches_are_full() {
    let mut run = Run::new(killed(0.5, 20.0, 1.0));
    let mut back_s = None;
    while run.state.now_s < 300.0 {
        run.row();
        if back_s.is_none() && run.state.now_s > 101.0 && run.state.classes[2].watching > 0.5 {
            back_s = Some(run.state.now_s);
        }
    }
    assert!(back_s.is_some_and(|at_s| at_s > 125.0), "first watch at {back_s:?} s");
    assert!((run.state.classes[2].watching - 300.0).abs() < 1e-6);
}

#[test]
fn caches_fill_only_while_etcd_answers() {
    let mut scenario = killed(0.5, 20.0, 1.0);
    scenario.etcd = Etcd { on: true, lost_members: 2.0, lost_s: 110.0, back_s: 149.0, ..Etcd::none() };
    scenario.memory.liveness_s = 0.0;
    scenario.classes[1].etcd = Use { reads: 1.0, ..Use::none() };
    let mut run = Run::new(scenario);
    run.mean(150.0);
    // Five of twenty seconds are done when it goes.
    assert!((run.state.mode.filling_s - 15.0).abs() <= 1.0, "{} s left", run.state.mode.filling_s);
    run.mean(17.0);
    assert_eq!(run.state.mode.filling_s, 0.0);
}

#[test]
fn open_watches_weigh_where_they_are() {
    let mut scenario = cluster(1.0, [class("watches", Arrivals::Watch, 10_000.0, 0.001)]);
    let mut plain = Run::new(scenario.clone());
    scenario.bytes_per_watch = 75_000.0;
    let mut weighed = Run::new(scenario);
    let (plain, weighed) = (plain.row().values[Row::MEMORY], weighed.row().values[Row::MEMORY]);
    assert!(((weighed - plain) * GIB - 7.5e8).abs() < 1.0);
}

/// 60 agents ask for three lists a second, and the server does less than half of them. There is room for 35 at once;
/// `kill_over` times the limit is reached with 56.
fn at_the_wall(kill_over: f64) -> Run {
    let fleet = Class {
        timeout_s: 30.0,
        bytes_base: 20e6,
        retry: Retry::fixed(1.0, 0.5),
        ..class("fleet", Arrivals::FixedRate, 60.0, 3.0)
    };
    let mut scenario = cluster(0.5, [fleet, class("others", Arrivals::Open, 5.0, 0.001)]);
    let memory = &mut scenario.memory;
    (memory.limit_bytes, memory.thrashes, memory.kill_over, memory.liveness_s) = (2.0 * GIB, 1.0, kill_over, 0.0);
    Run::new(scenario)
}

/// One state gives both: killed while clients go on asking, stuck for good once they have stopped.
#[test]
fn it_is_killed_while_they_ask_and_stuck_once_they_stop() {
    let mut asking = at_the_wall(1.2);
    asking.mean(600.0);
    assert!(asking.state.mode.restarts >= 2.0, "{} kills", asking.state.mode.restarts);

    let mut stopped = at_the_wall(1.2);
    while stopped.state.mode.thrashing == 0.0 && stopped.state.now_s < 600.0 {
        stopped.row();
    }
    (stopped.scenario.classes[0].clients_fixed, stopped.scenario.classes[0].retry) = (0.0, Retry::none());
    stopped.mean(600.0);
    assert_eq!((stopped.state.mode.restarts, stopped.state.mode.thrashing), (0.0, 1.0));
    let mean = stopped.mean(60.0);
    assert_eq!((mean.values[Row::ANSWERED], mean.values[Row::THRASHING]), (0.0, 1.0));
    // Only a restart helps.
    stopped.scenario.actions.restart_s = stopped.state.now_s;
    stopped.mean(60.0);
    assert!(stopped.mean(60.0).values[Row::ANSWERED] > 4.9);
}

#[test]
fn without_a_multiple_it_is_never_killed() {
    let mut run = at_the_wall(1e15);
    run.mean(600.0);
    assert_eq!((run.state.mode.restarts, run.state.mode.thrashing), (0.0, 1.0));
}

#[test]
fn another_process_has_flow_control_of_its_own() {
    // Lists that wait make workload-low borrow; whoever runs after the kill knows nothing of that for ten seconds.
    let lists = Class { seats: 10.0, flow_hash: 7, ..class("lists", Arrivals::Open, 40.0, 4.0) };
    let mut scenario = cluster(0.5, [lists]);
    scenario.memory.restart_s = 5.0;
    scenario.actions.kill_s = 60.0;
    let mut run = Run::new(scenario);
    let at_first = run.state.levels[WORKLOAD_LOW].limit;
    run.mean(59.0);
    let borrowed = run.state.levels[WORKLOAD_LOW].limit;
    assert!(borrowed > at_first, "{borrowed} of {at_first} seats");
    assert!(run.state.levels[WORKLOAD_LOW].retry_after_s > 1.0);
    run.mean(8.0);
    let low = run.state.levels[WORKLOAD_LOW];
    assert_eq!((low.limit, low.retry_after_s), (at_first, 1.0));
    // It serves from 68 s on.
    run.mean(10.0);
    assert_eq!(run.state.levels[WORKLOAD_LOW].limit, at_first, "adjusted before ten seconds were over");
    run.mean(3.0);
    assert_eq!(run.state.levels[WORKLOAD_LOW].limit, borrowed);
}
