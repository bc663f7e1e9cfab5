//! Properties of an outage over random clusters and faults: pods are conserved, shares are shares, longer is never better.

use proptest::prelude::*;
use slackwater_core::dns::Dependence;
use slackwater_core::nodes::fault::{Fault, Gone};
use slackwater_core::nodes::functions::{Course, Function, Setting, Status};
use slackwater_core::nodes::mesh::{Mesh, OnLoss};
use slackwater_core::nodes::plane::{DnsOnMasters, MastersZone, Row, Setup, State, step};
use slackwater_core::nodes::routes::Routes;
use slackwater_core::server::leader::Election;

fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        (1u32..=7).prop_map(|n| Fault::Api(f64::from(n))),
        (1u32..=7).prop_map(|n| Fault::Etcd(f64::from(n))),
        (1u32..=7).prop_map(|n| Fault::Masters(f64::from(n))),
        Just(Fault::EtcdData),
        Just(Fault::Dns),
        Just(Fault::Network),
        Just(Fault::Scheduler),
        Just(Fault::ControllerManager),
    ]
}

fn meshes() -> impl Strategy<Value = Option<Mesh>> {
    let mesh = |on_loss| Mesh { on_loss, refresh_s: 30.0, certificate_s: 86_400.0 };
    prop_oneof![Just(None), Just(Some(mesh(OnLoss::Keep))), Just(Some(mesh(OnLoss::LoseBackends)))]
}

prop_compose! {
    fn setups()(
        fault in faults(),
        zones in 1usize..=4,
        masters in prop::sample::select(vec![1.0, 3.0, 5.0]),
        masters_zone in prop::sample::select(vec![MastersZone::First, MastersZone::Own, MastersZone::None]),
        cut_zones in 0usize..=4,
        flags in prop::array::uniform5(any::<bool>()),
        mesh in meshes(),
        nodes in 4.0..200.0_f64,
        load in 0.1..1.0_f64,
        growth in 0.0..3.0_f64,
        hazards in prop::array::uniform3(0.0..1e-4_f64),
        misses in prop::option::of(0.0..1.0_f64),
        for_s in 1.0..1500.0_f64,
        dt_s in prop::sample::select(vec![0.5, 1.0, 5.0]),
    ) -> Setup {
        let [isolated, masters_announced, tainted_first, hpa, webhook] = flags;
        let zone = nodes / zones as f64;
        let mut setup = Setup {
            dt_s,
            zones: (0..zones).map(|_| zone).collect(),
            masters,
            masters_zone,
            gone: Gone::of(fault, masters),
            masters_down: if let Fault::Masters(n) = fault { (n / masters).min(1.0) } else { 0.0 },
            for_s,
            cut: Routes { cut_zones: cut_zones.min(zones), isolated, masters_announced },
            election: Election::new(0, None, masters > 1.0),
            tainted_first,
            hpa,
            webhook,
            mesh,
            load,
            growth_per_h: growth,
            crashes_per_s: hazards[0],
            pressure_per_s: hazards[1],
            failures_per_s: hazards[2],
            rebooted: 0.2,
            reboot_s: 100.0,
            backup_misses: misses,
            dns_on_masters: DnsOnMasters::LastResort,
            ..Setup::healthy(nodes)
        };
        setup.dns.dependence = if webhook { Dependence::Live } else { Dependence::Memory };
        setup
    }
}

/// Rows until half an hour after the fault.
fn rows(setup: &Setup) -> (Vec<Row>, State, f64) {
    let mut storage = vec![0.0; State::slots(setup)];
    let mut state = State::new(setup, &mut storage);
    let steps = ((setup.for_s + 1800.0) / setup.dt_s) as usize;
    let mut worst = 0.0_f64;
    let rows = (0..steps)
        .map(|_| {
            let row = step(setup, &mut state, &mut storage);
            worst = worst.max((state.pods() / state.desired - 1.0).abs());
            row
        })
        .collect();
    (rows, state, worst)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pods_are_conserved_and_shares_are_shares(setup in setups()) {
        let (rows, state, worst) = rows(&setup);
        prop_assert!(worst < 1e-9, "pods off by {worst}");
        prop_assert!(state.desired >= setup.pods);
        for row in rows {
            for share in [row.api, row.controllers, row.nodes_gone, row.crash_loop, row.pending, row.stale, row.names,
                row.dns_on_masters, row.here, row.surviving] {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&share), "{row:?}");
            }
            prop_assert!(row.serving.is_finite() && row.load.is_finite());
        }
        let dns: f64 = state.dns_at.iter().sum::<f64>() + state.dns_pending;
        prop_assert!(dns < 1.0 + 1e-9);
    }

    #[test]
    fn a_longer_outage_is_never_better(setup in setups(), longer in 1.1..3.0_f64) {
        // Lost data hurts when etcd is started again, which a longer outage puts off.
        prop_assume!(!setup.gone.data);
        // Nothing that people do at a fixed time, and no autoscaler, which may catch up in a gap.
        let base = Setup { hpa: false, growth_per_h: 0.0, reboot_s: 1e15, oom_at: 1e9, ..setup };
        let lost = |setup: &Setup| {
            // Some damage begins with the end, when everybody learns what became of the rest: as long is looked at after.
            let until_s = setup.for_s + 3600.0;
            let mut storage = vec![0.0; State::slots(setup)];
            let mut state = State::new(setup, &mut storage);
            let steps = (until_s / setup.dt_s) as usize;
            (0..steps).map(|_| (1.0 - step(setup, &mut state, &mut storage).surviving) * setup.dt_s).sum::<f64>()
        };
        let (short, long) = (lost(&base), lost(&Setup { for_s: base.for_s * longer, ..base.clone() }));
        // A second of rounding at the edges; and a longer outage may end at a luckier moment of the crash loops' back-off,
        // which lasts up to five minutes.
        let luck_s = 0.02 * short;
        prop_assert!(long >= short - luck_s - 2.0 * base.dt_s, "{} s: {short}, {} s: {long}", base.for_s, base.for_s * longer);
    }

    #[test]
    fn a_function_never_gets_better_by_waiting(fault in faults(), masters in 1u32..=7, mesh in meshes()) {
        let setting = Setting { mesh, webhook: true, address_from_api: true, ..Setting::stock() };
        for &function in Function::ALL {
            let course = Course::of(function, Gone::of(fault, f64::from(masters)), &setting);
            let times = [0.0, 10.0, 60.0, 600.0, 3600.0, 86_400.0, 1e9];
            let statuses = times.map(|s| course.at(s));
            prop_assert!(statuses.is_sorted(), "{function:?}: {statuses:?}");
        }
    }

    #[test]
    fn another_fault_on_top_never_makes_a_function_work(a in faults(), b in faults()) {
        let (one, both) = (Gone::of(a, 3.0), Gone::of(a, 3.0).and(Gone::of(b, 3.0)));
        for &function in Function::ALL {
            let [alone, together] = [one, both].map(|gone| Course::of(function, gone, &Setting::stock()).at(3600.0));
            prop_assert!(alone == Status::Works || together != Status::Works, "{function:?} under {a:?} and {b:?}");
        }
    }
}

#[test]
fn nonsense_does_not_panic() {
    let healthy = Setup::healthy(40.0);
    for x in [0.0, -1.0, 1e300, f64::NAN, f64::INFINITY] {
        for setup in [
            Setup { pods: x, ..healthy.clone() },
            Setup { load: x, ..healthy.clone() },
            Setup { masters: x, ..healthy.clone() },
            Setup { oom_at: x, oom_s: x, ..healthy.clone() },
            Setup { rebooted: x, reboot_s: 1.0, ..healthy.clone() },
            Setup { crashes_per_s: x, pressure_per_s: x, failures_per_s: x, ..healthy.clone() },
            Setup { growth_per_h: x, load_most: x, hpa: true, ..healthy.clone() },
            Setup { backup_misses: Some(x), gone: Gone::of(Fault::EtcdData, 3.0), for_s: 3.0, ..healthy.clone() },
        ] {
            let mut storage = vec![0.0; State::slots(&setup)];
            let mut state = State::new(&setup, &mut storage);
            (0..60).for_each(|_| {
                step(&setup, &mut state, &mut storage);
            });
            // Too little storage is no reason to fall over either.
            step(&setup, &mut state, &mut []);
        }
    }
}
