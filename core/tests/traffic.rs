//! User traffic of one cluster: known answers, and properties over random clusters and offers.

use proptest::prelude::*;
use slackwater_core::traffic::pulls::Images;
use slackwater_core::traffic::site::Site;
use slackwater_core::traffic::spread::spread;
use slackwater_core::traffic::state::State;
use slackwater_core::traffic::step::{Offer, Row, step};

struct Run {
    site: Site,
    state: State,
    storage: Vec<f64>,
}

impl Run {
    fn new(site: Site) -> Self {
        Self { site, state: State::new(&site), storage: vec![0.0; site.slots()] }
    }

    fn step(&mut self, offer: &Offer) -> Row {
        step(&self.site, &mut self.state, &mut self.storage, offer)
    }

    fn usual(&mut self, times: f64, seconds: f64) -> Row {
        let offer = Offer::usual(times * self.site.usual_load());
        let steps = (seconds / self.site.dt_s) as usize;
        (0..steps).map(|_| self.step(&offer)).last().unwrap_or_default()
    }
}

#[test]
fn in_usual_traffic_nothing_ever_changes() {
    let mut run = Run::new(Site { cold_cost: 5.0, autoscaled: true, oom_at: 1.5, ..Site::usual(100.0) });
    let row = run.usual(1.0, 3600.0);
    assert_eq!((row.traffic.served, row.started, row.placed, row.killed), (50.0, 0.0, 0.0, 0.0));
    assert!((row.load - 0.5).abs() < 1e-12 && run.state.serving == 100.0 && run.state.desired == 100.0);
}

#[test]
fn pods_are_killed_from_the_load_on_at_which_memory_ends_and_not_below() {
    // Half of what they carry, killed at one and a half: three times the traffic is the edge.
    let killed = |times: f64| {
        let mut run = Run::new(Site { oom_at: 1.5, ..Site::usual(100.0) });
        let offer = Offer::usual(times * 50.0);
        let killed: f64 = (0..1800).map(|_| run.step(&offer).killed).sum();
        (killed, run.state.serving)
    };
    assert_eq!(killed(2.99), (0.0, 100.0));
    assert!(killed(3.01).0 > 0.0);
    // Each killed pod loads the others: what begins goes on until most are gone.
    let (_, left) = killed(4.0);
    assert!(left < 50.0, "{left} pods left");
}

#[test]
fn a_full_cluster_that_refuses_loses_no_pod() {
    let mut run = Run::new(Site { oom_at: 1.5, shed_at: 1.2, ..Site::usual(100.0) });
    let row = run.usual(4.0, 1800.0);
    // 200 come, 120 are let in, 100 are served.
    assert_eq!((row.traffic.shed, row.traffic.served, row.traffic.overload), (80.0, 100.0, 20.0));
    assert_eq!(run.state.serving, 100.0);
}

#[test]
fn the_autoscaler_follows_within_minutes_and_goes_back_after_five() {
    let mut run = Run::new(Site { autoscaled: true, node_room: 3.0, ..Site::usual(1000.0) });
    run.usual(2.0, 600.0);
    // It stops where a tenth is not worth a change.
    assert!((1818.0..=2000.0).contains(&run.state.serving), "{}", run.state.serving);
    assert!(run.state.carried < 0.56);
    let up = run.state.desired;
    run.usual(1.0, 290.0);
    assert_eq!(run.state.desired, up, "not before the load has been low for five minutes");
    run.usual(1.0, 600.0);
    assert!(run.state.desired < 1112.0, "{}", run.state.desired);
}

#[test]
fn without_controllers_nobody_scales() {
    let mut run = Run::new(Site { autoscaled: true, ..Site::usual(1000.0) });
    let offer = Offer { controlled: false, ..Offer::usual(1500.0) };
    let row = (0..1800).map(|_| run.step(&offer)).last().unwrap_or_default();
    assert_eq!((run.state.serving, row.traffic.served, row.traffic.overload), (1000.0, 1000.0, 500.0));
}

#[test]
fn nodes_that_come_back_pull_through_the_registry() {
    // Twenty nodes of 2 GB each; alone a node takes 20 s, through a registry of 0.5 GB/s all take 80 s.
    let images = Images { bytes: 2e9, node_bytes_per_s: 1e8, count: 5.0, per_s: 5.0, burst: 10.0 };
    for (registry, seconds) in [(1e12, 20.0), (0.5e9, 80.0)] {
        let site = Site { images, pods_per_node: 30.0, boot_s: 100.0, pod_start_s: 10.0, ..Site::usual(1200.0) };
        let mut run = Run::new(site);
        run.state.empty(0.5);
        run.state.refill(&site, &mut run.storage);
        let mut back_s = 0.0_f64;
        while run.state.serving < 1199.0 && back_s < 3600.0 {
            let pulled_per_s = images.part_per_s(registry, run.state.pulling_nodes(&site));
            run.step(&Offer { pulled_per_s, ..Offer::usual(600.0) });
            back_s += 1.0;
        }
        // A step for each of the three timers.
        assert!((back_s - (110.0 + seconds)).abs() <= 3.0, "{back_s} s, and {seconds} s of pulling");
    }
}

#[test]
fn cold_caches_make_a_sudden_return_fail_and_a_slow_one_not() {
    let cold = || {
        let mut run = Run::new(Site { load: 0.7, cold_cost: 4.0, cache_life_s: 600.0, ..Site::usual(100.0) });
        run.usual(0.0, 3600.0);
        assert!(run.state.warm < 0.01);
        run.state.account = slackwater_core::traffic::state::Account::default();
        run
    };
    let mut sudden = cold();
    sudden.usual(1.0, 300.0);
    let mut slow = cold();
    for minute in 0..60 {
        slow.usual(f64::from(minute) / 60.0, 60.0);
    }
    // By hand: 1.4 times what they carry at first, enough after some 150 s; a seventh on average, 7 % of 300 s.
    let lost = sudden.state.account.lost() / sudden.state.account.arrived;
    assert!((0.03..0.12).contains(&lost), "{lost}");
    assert_eq!(slow.state.account.lost(), 0.0);
}

prop_compose! {
    fn sites()(
        pods in 1.0..1e5_f64,
        load in 0.01..1.0_f64,
        autoscaled in any::<bool>(),
        most in 1.0..5.0_f64,
        room in 1.0..2.0_f64,
        oom_at in prop::sample::select(vec![0.9, 1.5, 1e15]),
        shed_at in prop::sample::select(vec![0.8, 1.0, 2.0, 1e15]),
        bytes in prop::sample::select(vec![0.0, 5e9]),
        cold_cost in 1.0..6.0_f64,
        dt_s in prop::sample::select(vec![0.5, 1.0, 5.0]),
    ) -> Site {
        let images = Images { bytes, node_bytes_per_s: 1e8, count: 20.0, per_s: 5.0, burst: 10.0 };
        Site {
            dt_s, load, autoscaled, autoscaled_most: most, node_room: room, oom_at, shed_at, images, cold_cost,
            ..Site::usual(pods)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn traffic_and_pods_are_conserved(
        site in sites(),
        offers in prop::collection::vec((0.0..4.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64, any::<bool>(), 0.0..0.1_f64), 1..20),
        emptied in 0.0..=1.0_f64,
    ) {
        let mut run = Run::new(site);
        for (at, (times, enters, named, controlled, pulled_per_s)) in offers.into_iter().enumerate() {
            if at == 3 {
                run.state.empty(emptied);
            }
            if at == 6 {
                run.state.refill(&site, &mut run.storage);
            }
            let offer = Offer { comes: times * site.usual_load(), enters, named, controlled, pulled_per_s };
            for _ in 0..100 {
                let pods = run.state.desired;
                let row = run.step(&offer);
                let account = row.traffic;
                let scale = account.arrived.max(1.0);
                prop_assert!(account.missing().abs() <= 1e-9 * scale, "{account:?}");
                for part in [account.served, account.shed, account.outside, account.unnamed, account.overload] {
                    prop_assert!(part >= -1e-9 * scale, "{account:?}");
                }
                // No more than all pods do with full caches.
                prop_assert!(account.served * site.work(1.0) <= pods * (1.0 + 1e-9));
                prop_assert!((run.state.pods() / run.state.desired - 1.0).abs() < 1e-9, "{:?}", run.state);
                prop_assert!((0.0..=1.0).contains(&run.state.warm) && run.state.serving >= 0.0);
            }
        }
        prop_assert!(run.state.account.missing().abs() <= 1e-9 * run.state.account.arrived.max(1.0));
    }

    #[test]
    fn more_traffic_is_never_less_lost(site in sites(), times in 0.1..3.0_f64, more in 1.0..2.0_f64) {
        let lost = |times: f64| {
            let mut run = Run::new(Site { autoscaled: false, ..site });
            run.usual(times, 1200.0);
            run.state.account.lost() + run.state.account.shed
        };
        prop_assert!(lost(times * more) >= lost(times) * (1.0 - 1e-9));
    }

    #[test]
    fn spreading_loses_nothing_and_moves_nothing_without_a_reason(
        clusters in prop::collection::vec((0.0..1.0_f64, 0.0..=1.0_f64, prop::sample::select(vec![0.0, 1.0])), 1..30),
    ) {
        let own: Vec<f64> = clusters.iter().map(|cluster| cluster.0).collect();
        let away: Vec<f64> = clusters.iter().map(|cluster| cluster.1).collect();
        let takes: Vec<f64> = clusters.iter().map(|cluster| cluster.2).collect();
        let mut comes = own.clone();
        spread(&own, &away, &takes, &mut comes);
        prop_assert!((comes.iter().sum::<f64>() - own.iter().sum::<f64>()).abs() < 1e-9);
        prop_assert!(comes.iter().all(|comes| *comes >= 0.0));
        spread(&own, &vec![0.0; own.len()], &takes, &mut comes);
        prop_assert_eq!(&comes, &own, "to the bit");
    }
}
