//! Leases through an outage: which nodes are marked, who leads, what stops meanwhile.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::server::leader::Election;
use slackwater_core::server::lease::{Holders, Term};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Scenario};
use system_rig::{Run, class, cluster};

/// Renewals of 100 nodes, and of a leader with informers.
fn classes() -> [Class<f64>; 4] {
    let poll = |name, clients, period_s, timeout_s| Class {
        period_s,
        timeout_s,
        ..class(name, Arrivals::FixedRate, clients, 0.001)
    };
    let led = Follows::Leaders;
    [
        Class { clients_per_node: 1.0, ..poll("node leases", 0.0, 10.0, 10.0) },
        poll("leader election", 4.0, 2.0, 5.0),
        Class { follows: led, retry: Retry::reflector(), ..class("informers", Arrivals::Watch, 3.0, 0.5) },
        Class { follows: led, ..class("controllers", Arrivals::Open, 5.0, 0.002) },
    ]
}

/// A server that is killed at 100 s and takes requests again `away_s` seconds later.
fn outage(dt_s: f64, away_s: f64, standby: bool) -> Scenario<f64> {
    let mut scenario = cluster(dt_s, classes());
    scenario.node_lease = Some(Term { class: 0, period_s: 10.0, grace_s: 50.0 });
    scenario.election = Some(Election::new(1, Some(2), standby));
    scenario.controllers = 3;
    scenario.actions.kill_s = 100.0;
    (scenario.memory.restart_s, scenario.memory.refill_s) = (away_s - 3.0, 3.0);
    scenario
}

/// First and last second in which `of` holds.
fn span(run: &mut Run, until_s: f64, of: impl Fn(&Run, &Row) -> bool) -> Option<(f64, f64)> {
    let mut found: Option<(f64, f64)> = None;
    while run.state.now_s < until_s {
        let row = run.row();
        if of(run, &row) {
            let now_s = run.state.now_s;
            found = Some((found.map_or(now_s, |(first, _)| first), now_s));
        }
    }
    found
}

#[test]
fn healthy_nodes_never_lapse() {
    for dt_s in [0.25, 1.0, 3.0, 10.0] {
        let mut scenario = outage(dt_s, 60.0, true);
        scenario.actions.kill_s = 1e15;
        let mut run = Run::new(scenario);
        let worst = (0..(3600.0 / dt_s) as usize).map(|_| run.row().values[Row::NOT_READY]).fold(0.0, f64::max);
        // A hundredth of a node: what is due in a step and answered in the next counts as missed once, never five times.
        assert!(worst < 0.01, "dt {dt_s} s: {worst} nodes NotReady");
        assert!((run.state.nodes.total() - 100.0).abs() < 1e-6);
        assert!(run.state.leaders.leading > 0.999, "dt {dt_s} s: {}", run.state.leaders.leading);
    }
}

#[test]
fn an_outage_shorter_than_the_grace_is_forgotten() {
    for dt_s in [0.5, 1.0] {
        let mut run = Run::new(outage(dt_s, 35.0, true));
        let span = span(&mut run, 300.0, |run, _| run.state.nodes.lapsed > 0.1);
        assert_eq!(span, None, "dt {dt_s} s");
    }
}

#[test]
fn leases_lapse_fifty_seconds_after_their_last_renewal() {
    for dt_s in [0.25, 1.0] {
        // Half of them have lapsed 45 s into the outage, on average; all are renewed within a period of the return.
        let mut run = Run::new(outage(dt_s, 100.0, true));
        let (half, _) = span(&mut run, 200.0, |run, _| run.state.nodes.lapsed >= 50.0).expect("an outage");
        assert!((half - 145.0).abs() <= dt_s + 0.5, "dt {dt_s} s: half lapsed at {half} s");
        assert!((run.state.nodes.lapsed - 100.0).abs() < 1e-6);
        let (_, last) = span(&mut run, 300.0, |run, _| run.state.nodes.lapsed > 0.5).expect("still lapsed");
        assert!((209.0..212.0 + dt_s).contains(&last), "dt {dt_s} s: the last is renewed at {last} s");
    }
}

/// Nobody is there to mark a node while the API does not answer: it happens, if at all, after the return.
#[test]
fn nodes_are_marked_only_while_somebody_leads() {
    let mut run = Run::new(outage(0.5, 100.0, true));
    let (first, _) = span(&mut run, 400.0, |_, row| row.values[Row::NOT_READY] > 0.5).unwrap_or((0.0, 0.0));
    assert!(first == 0.0 || first > 200.0, "marked at {first} s");
    // A leader that keeps its lease marks them: only the nodes are cut off.
    let mut scenario = outage(0.5, 100.0, true);
    scenario.actions.kill_s = 1e15;
    scenario.classes[0].clients_per_node = 1e-9;
    scenario.node_lease = Some(Term { class: 0, period_s: 10.0, grace_s: 50.0 });
    let mut run = Run::new(scenario);
    for class in &mut run.state.classes[..1] {
        class.watching = 0.0;
    }
    run.scenario.classes[0].cpu_base_s = 1e3;
    run.scenario.classes[0].clients_per_node = 1.0;
    let (half, _) = span(&mut run, 200.0, |_, row| row.values[Row::NOT_READY] >= 50.0).expect("marked");
    assert!((47.0..51.0).contains(&half), "half of them marked at {half} s");
}

#[test]
fn with_half_of_the_tries_failing_one_in_thirty_two_has_lapsed() {
    let term = Term { class: 0, period_s: 10.0, grace_s: 50.0 };
    for dt_s in [0.5, 2.0] {
        let mut slots = vec![0.0; term.slots(dt_s)];
        let mut nodes = Holders::none();
        nodes.resize(&term, &mut slots, dt_s, 3200.0);
        for _ in 0..(4000.0 / dt_s) as usize {
            // So many try in a step, and half of them get through.
            nodes.tick(&term, &mut slots, dt_s, 160.0 * dt_s, false);
        }
        assert!((nodes.lapsed - 100.0).abs() < 0.5, "dt {dt_s} s: {} of 3200", nodes.lapsed);
    }
}

#[test]
fn a_grace_between_two_ticks_ends_between_them() {
    let term = Term { class: 0, period_s: 10.0, grace_s: 45.0 };
    let mut slots = vec![0.0; term.slots(1.0)];
    let mut nodes = Holders::none();
    nodes.resize(&term, &mut slots, 1.0, 100.0);
    let lapsed: Vec<f64> = (0..60)
        .map(|_| {
            nodes.tick(&term, &mut slots, 1.0, 0.0, false);
            nodes.lapsed
        })
        .collect();
    assert!(lapsed[34] == 0.0 && (lapsed[39] - 50.0).abs() < 1e-6 && (lapsed[45] - 100.0).abs() < 1e-6, "{lapsed:?}");
}

#[test]
fn a_leader_is_lost_after_ten_seconds_and_followed_within_seven_of_the_return() {
    for dt_s in [0.25, 1.0] {
        let mut run = Run::new(outage(dt_s, 60.0, true));
        let (from, to) = span(&mut run, 300.0, |run, _| run.state.leaders.holders.total() < 0.5).expect("lost");
        // Its last renewal was up to 2 s old.
        assert!((108.0..110.5 + dt_s).contains(&from), "dt {dt_s} s: lost at {from} s");
        assert!((160.0..162.5 + dt_s).contains(&to), "dt {dt_s} s: led again at {to} s");
        assert!((run.state.leaders.lost - 1.0).abs() < 1e-6);
        assert!((run.state.leaders.holders.total() + run.state.leaders.away() - 1.0).abs() < 1e-9);
    }
    // Too short to lose it.
    let mut run = Run::new(outage(0.5, 7.0, true));
    assert_eq!(span(&mut run, 300.0, |run, _| run.state.leaders.holders.total() < 0.99), None);
}

#[test]
fn without_a_standby_the_way_back_takes_the_kubelets_backoff() {
    // Tries at 115 s, then after 20, 30, 50, 90 and 170 s: 475 s is the first after the return at 400 s.
    let mut run = Run::new(outage(0.5, 300.0, false));
    let (_, to) = span(&mut run, 800.0, |run, _| run.state.leaders.holders.total() < 0.5).expect("lost");
    assert!((470.0..480.0).contains(&to), "led again at {to} s");
}

#[test]
fn without_a_leader_nothing_is_created_and_the_next_one_lists_first() {
    let mut scenario = outage(0.5, 60.0, true);
    (scenario.creation.start_s, scenario.actions.delete_s) = (0.0, 1e15);
    scenario.creation.share = 1.0;
    let mut run = Run::new(scenario);
    let created = |run: &Run| run.state.created;
    run.mean(60.0);
    assert!((created(&run) - 100.0).abs() < 1e-6, "all created in time");
    let mut scenario = outage(0.5, 60.0, true);
    scenario.creation.start_s = 120.0;
    let mut run = Run::new(scenario);
    run.mean(159.0);
    assert_eq!(created(&run), 0.0);
    let lists = run.state.classes[2].account.sent;
    run.mean(41.0);
    // Three informers, each of which lists once and has it answered before the leader acts.
    assert!(run.state.classes[2].account.sent - lists >= 3.0 - 1e-6);
    assert!(run.state.leaders.leading > 0.99);
}

#[test]
fn controllers_send_nothing_while_nobody_leads() {
    let mut run = Run::new(outage(0.5, 60.0, true));
    run.mean(112.0);
    let before = run.state.classes[3].account.sent;
    run.mean(40.0);
    assert!(run.state.classes[3].account.sent - before < 0.1);
    run.mean(60.0);
    assert!(run.state.classes[3].account.sent - before > 5.0 * 45.0);
}

#[test]
fn nodes_that_leave_take_their_leases_along() {
    let mut scenario = outage(1.0, 200.0, true);
    (scenario.actions.shrink_s, scenario.actions.shrink_over_s, scenario.actions.shrink_to) = (170.0, 20.0, 0.4);
    let mut run = Run::new(scenario);
    for _ in 0..400 {
        run.step();
        let nodes = run.scenario.nodes * run.scenario.actions.nodes_left(run.state.now_s - 1.0);
        assert!((run.state.nodes.total() - nodes).abs() < 1e-6);
        assert!(run.state.nodes.lapsed <= nodes + 1e-6 && run.state.not_ready <= run.state.nodes.lapsed + 1e-9);
    }
}
