//! Timers of nodes against plain arithmetic: crash loops one by one, evictions node by node, DNS over its memory limit.

use slackwater_core::dns::Dns;
use slackwater_core::nodes::crashloop::{CrashLoop, LEVELS};
use slackwater_core::nodes::eviction::{Evicting, LARGE_ZONE, ZoneState, rate_per_s};
use slackwater_core::nodes::fault::{Fault, Gone};
use slackwater_core::nodes::mesh::{Mesh, OnLoss};
use slackwater_core::nodes::plane::{MastersZone, Row, Setup, State, step};
use slackwater_core::nodes::routes::Routes;

/// When a container is started again, counted from its first failure, if every try fails after `life` seconds: at once,
/// then 10, 20, 40 ... 300 s after each failure.
fn starts(life: u32, until: u32) -> Vec<u32> {
    let waits = [0, 10, 20, 40, 80, 160].into_iter().chain(std::iter::repeat(300));
    let mut now = 0;
    let mut all = Vec::new();
    for wait in waits {
        now += if wait == 0 { 1 } else { wait }; // at once is the next step
        if now > until {
            return all;
        }
        all.push(now);
        now += life;
    }
    all
}

#[test]
fn a_crash_loop_tries_when_the_kubelet_does() {
    for life in [1, 5, 30] {
        let life_s = f64::from(life);
        let mut slots = vec![0.0; CrashLoop::<f64>::slots(life_s, 1.0)];
        let mut pods = CrashLoop::new();
        pods.fail(&mut slots, 1.0, life_s, 1.0, 1.0);
        // The share that starts is so small that the rest is one container; what starts tells when a try is made.
        let tiny = 1e-9;
        let tries: Vec<u32> = (1..=3000).filter(|_| pods.step(&mut slots, 1.0, life_s, tiny) > tiny / 2.0).collect();
        assert_eq!(tries, starts(life, 3000), "life {life} s");
    }
}

#[test]
fn nobody_is_lost_in_a_crash_loop() {
    let mut slots = vec![0.0; CrashLoop::<f64>::slots(5.0, 1.0)];
    let mut pods = CrashLoop::new();
    let (mut running, mut all) = (1000.0, 0.0);
    for second in 0..20_000_u32 {
        let failing = running * f64::from(second % 7) / 700.0;
        pods.fail(&mut slots, 1.0, 5.0, failing, running);
        running -= failing;
        running += pods.step(&mut slots, 1.0, 5.0, f64::from(second % 5) / 4.0);
        all = running + pods.total();
        assert!((all - 1000.0).abs() < 1e-6, "{all} at {second} s");
    }
    assert!(pods.looping() <= pods.total() && all > 0.0);
    assert_eq!(LEVELS, 7);
}

#[test]
fn the_zone_rules_at_their_edges() {
    use ZoneState::{Full, Normal, Partial};
    for (ready, gone, wanted) in [
        (100.0, 0.0, Normal),
        (46.0, 54.0, Normal),
        (45.0, 55.0, Partial),
        (0.0, 1.0, Full),
        (0.0, 100.0, Full),
        (1.0, 2.0, Normal),
        (2.0, 3.0, Partial),
        (0.0, 0.0, Normal),
    ] {
        assert_eq!(ZoneState::of(ready, gone), wanted, "{ready} ready, {gone} gone");
    }
    assert_eq!(rate_per_s(Partial, LARGE_ZONE, false), 0.0);
    assert_eq!(rate_per_s(Partial, LARGE_ZONE + 1.0, false), 0.01);
    for state in [Normal, Partial, Full] {
        assert_eq!(rate_per_s(state, 1e6, true), 0.0, "{state:?}: every zone is gone");
    }
}

#[test]
fn nodes_are_emptied_one_after_the_other() {
    let (toleration_s, nodes) = (300.0, 12.0);
    let mut slots = vec![0.0; Evicting::<f64>::slots(toleration_s, 1.0)];
    let mut zone = Evicting::new();
    let mut emptied = 0.0;
    for second in 1..=500_u32 {
        emptied += zone.step(&mut slots, 1.0, nodes, 0.1, toleration_s);
        // One node in ten seconds from the first second on, each empty 300 s after its taint.
        let expected = ((f64::from(second) - 300.0).max(0.0) * 0.1).min(nodes);
        assert!((emptied - expected).abs() < 0.1 + 1e-9, "{emptied} at {second} s, expected {expected}");
    }
    assert!((emptied - nodes).abs() < 1e-9);
}

fn rows(setup: &Setup, until_s: f64) -> Vec<Row> {
    let mut storage = vec![0.0; State::slots(setup)];
    let mut state = State::new(setup, &mut storage);
    (0..(until_s / setup.dt_s) as usize).map(|_| step(setup, &mut state, &mut storage)).collect()
}

/// Zalando 2019: DNS servers killed at 100 Mi again and again, cured by 2000 Mi. Both limits carry the healthy load; what
/// differs is whether the tries of those who wait fit into memory once the cause is gone.
#[test]
fn dns_servers_over_their_memory_limit_are_killed_in_a_loop() {
    let cluster = |limit_mib: f64| Setup {
        gone: Gone::of(Fault::Dns, 3.0),
        for_s: 60.0,
        // No cache in between; ten servers answer 100,000 queries a second, 80,000 are asked, and five times as many if
        // nobody answers. Then each holds 40,000 x 5 s x 3/4 x 2 kB = 300 MB of queries.
        cache_s: 0.0,
        queries_full: 80_000.0,
        queries_empty: 400_000.0,
        dns: Dns {
            servers: 10.0,
            queries_per_server: 10_000.0,
            base_bytes: 60e6,
            limit_bytes: limit_mib * 1_048_576.0,
            bytes_per_query: 2000.0,
            ..Dns::none()
        },
        ..Setup::healthy(40.0)
    };
    let healthy = rows(&Setup { gone: Gone::default(), ..cluster(100.0) }, 600.0);
    assert!(healthy.iter().skip(10).all(|row| row.names > 0.999), "100 Mi carries the healthy load");
    let (small, large) = (rows(&cluster(100.0), 3600.0), rows(&cluster(2000.0), 3600.0));
    let last = |rows: &[Row]| rows.last().expect("rows").names;
    assert!(last(&small) < 0.9, "still {} an hour after: the loop keeps itself up", last(&small));
    assert!(last(&large) > 0.999, "{}", last(&large));
}

/// A mesh whose certificates run out takes traffic with it; one that is signed in time does not.
#[test]
fn certificates_of_the_mesh_run_out_between_half_and_all_of_their_life() {
    let mesh = Mesh { on_loss: OnLoss::Keep, refresh_s: 30.0, certificate_s: 7200.0 };
    let setup = Setup {
        gone: Gone::of(Fault::Api(1.0), 1.0),
        masters: 1.0,
        for_s: 9000.0,
        mesh: Some(mesh),
        ..Setup::healthy(40.0)
    };
    let rows = rows(&setup, 9600.0);
    let at = |s: f64| rows.iter().find(|row| row.t_s >= s).expect("a row").surviving;
    assert!(at(3600.0) > 0.999 && (at(5400.0) - 0.5).abs() < 0.01 && at(7210.0) < 1e-9);
    assert!(at(9200.0) > 0.999, "signed again once the API is back");
}

/// The same cut with the masters in a zone of their own and in none: eviction or not, by the rules alone.
#[test]
fn a_cut_evicts_by_the_rules_of_the_zone() {
    let cut = Routes { cut_zones: 1, isolated: false, masters_announced: true };
    let evicted = |masters_zone| {
        let gone = Gone::of(Fault::Network, 3.0);
        let setup = Setup { gone, cut, for_s: 1000.0, masters_zone, ..Setup::healthy(40.0) };
        let mut storage = vec![0.0; State::slots(&setup)];
        let mut state = State::new(&setup, &mut storage);
        (0..1000).for_each(|_| {
            step(&setup, &mut state, &mut storage);
        });
        state.lost.evicted / setup.pods
    };
    assert!(evicted(MastersZone::Own) > 0.999);
    assert!(evicted(MastersZone::First) < 1.0 / 40.0);
    assert_eq!(evicted(MastersZone::None), 0.0);
}
