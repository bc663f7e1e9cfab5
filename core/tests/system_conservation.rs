//! Nothing appears or vanishes but by a named flow, in calm and in every kind of storm.

mod system_rig;

use proptest::prelude::*;
use slackwater_core::clients::retry::Retry;
use slackwater_core::ledger::{Account, CAUSES};
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Scenario};
use system_rig::{Run, class, cluster, of_agent, storms};

/// Rounding that populations may show, relative.
const ROUNDING: f64 = 1e-9;

/// Clients a class should have on one server in the step that begins at `now_s`; `agents` after it.
fn target(scenario: &Scenario<f64>, class: &Class<f64>, now_s: f64, agents: f64) -> f64 {
    let nodes = scenario.nodes * scenario.actions.nodes_left(now_s);
    match class.follows {
        Follows::Cluster | Follows::Leaders => {
            (class.clients_fixed + class.clients_per_node * nodes) / scenario.servers
        }
        Follows::Agent => agents / scenario.servers * class.clients_per_node,
    }
}

/// Steps a run and checks every population after every step.
fn check(what: &str, scenario: Scenario<f64>, seconds: f64) -> Run {
    let mut run = Run::new(scenario);
    let mut used_s = 0.0;
    let mut largest = vec![0.0_f64; run.scenario.classes.len()];
    while run.state.now_s < seconds {
        let now_s = run.state.now_s;
        used_s += run.step().used_s;
        let (scenario, state) = (&run.scenario, &run.state);
        for ((class, people), largest) in scenario.classes.iter().zip(&state.classes).zip(&mut largest) {
            let name = class.label.name.as_str();
            let mut parts = vec![
                people.idle.total(),
                people.waiting(),
                people.running(),
                people.backoff.total(),
                people.watching,
                people.retrying,
                people.failures,
            ];
            for line in &people.lines {
                parts.extend([
                    line.queue.total(),
                    line.running,
                    line.front,
                    line.waited + 1.0, // -1 if nobody has
                    line.ending,
                    line.charged_s,
                    line.etcd.total(),
                    line.etcd_waited_s,
                ]);
            }
            assert!(parts.iter().all(|x| x.is_finite() && *x >= 0.0), "{what}, {name} at {now_s} s: {parts:?}");
            if matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay | Arrivals::Watch) {
                let target = target(scenario, class, now_s, state.agents);
                *largest = largest.max(target);
                let over = people.clients() - target;
                // Clients of machines that are gone leave with their answer: only they may be too many.
                let last = &people.last;
                let ended = last.answered + last.rejected + last.timed_out + last.refused;
                let leaving = over > 0.0 && over <= people.in_system() + ended + ROUNDING * *largest;
                let shrinks = scenario.actions.shrink_to < 1.0 || scenario.actions.delete_s < 1e12;
                assert!(
                    over.abs() <= ROUNDING * *largest || (shrinks && leaving),
                    "{what}, {name} at {now_s} s: {} clients, should be {target}: {parts:?}, {last:?}",
                    people.clients()
                );
            }
            let account = &people.account;
            assert!(account.cpu_s.iter().all(|x| *x >= 0.0), "{what}, {name} at {now_s} s: {:?}", account.cpu_s);
            let ends = account.answered + account.rejected + account.timed_out + account.refused;
            let missing = account.sent - ends - people.in_system();
            // What a closed network swallows is sent and never arrives.
            let blocked = class.follows == Follows::Agent && scenario.actions.block_s < 1e12;
            assert!(
                missing.abs() <= ROUNDING * account.sent.max(1.0) || (blocked && missing > 0.0),
                "{what}, {name} at {now_s} s: {} sent, {ends} ended, {} there",
                account.sent,
                people.in_system()
            );
        }
        for (at, entries) in state.caches.iter().enumerate() {
            let parts = [entries.valid.total(), entries.stale.total(), entries.gone];
            let sum: f64 = parts.iter().sum();
            assert!((sum - 1.0).abs() <= ROUNDING && parts.iter().all(|x| *x >= 0.0), "{what}, cache {at}: {parts:?}");
            let failures = entries.failures.total();
            assert!(failures <= entries.gone + ROUNDING, "{what}, cache {at}: {failures} of {}", entries.gone);
        }
        let mode = &state.mode;
        assert_eq!(mode.up + mode.down + mode.thrashing, 1.0, "{what} at {now_s} s: {mode:?}");
        let booked: f64 = state.classes.iter().map(|people| people.account.total_cpu_s()).sum();
        assert!((booked - used_s).abs() <= ROUNDING * used_s.max(1e-6), "{what} at {now_s} s: {booked} of {used_s} s");
    }
    run
}

#[test]
fn every_storm_conserves_everybody() {
    for dt_s in [0.25, 1.0, 3.0] {
        for (name, scenario) in storms(dt_s) {
            check(&format!("{name}, dt {dt_s} s"), scenario, 1200.0);
        }
    }
}

/// The storms are what they are called: a test of conservation in a calm would prove little.
#[test]
fn storms_are_storms() {
    for (name, scenario) in storms(1.0) {
        let run = check(name, scenario, 1200.0);
        let sum =
            |of: &dyn Fn(&Account<f64>) -> f64| run.state.classes.iter().map(|people| of(&people.account)).sum::<f64>();
        let failed = [sum(&|a| a.rejected), sum(&|a| a.timed_out), sum(&|a| a.refused)];
        let restarts = run.state.mode.restarts;
        let happened = match name {
            "calm" => failed.iter().all(|x| *x < 1e-9) && restarts == 0.0,
            "cpu overload" | "timeouts" | "block" | "scale down" => failed[1] > 100.0,
            "seat shortage and 429" => failed[0] > 100.0,
            "kill and restart" | "thrash" => failed[2] > 100.0 && restarts >= 2.0,
            "killed at a moment" => failed[2] > 100.0 && restarts == 1.0,
            "etcd without a quorum" => failed[2] > 100.0 && restarts >= 1.0 && run.state.mode.up == 1.0,
            "etcd full and slow" => failed[2] > 100.0 && run.state.etcd.kills > 0.0 && run.state.etcd.away_s >= 0.0,
            "thrash without a probe" => run.state.mode.thrashing == 1.0,
            "delete" => run.state.agents == 0.0 && run.state.removed == 100.0,
            "everything" => restarts >= 1.0 && failed[1] > 1.0,
            _ => failed.iter().sum::<f64>() > 0.0,
        };
        assert!(
            happened,
            "{name}: rejected, timed out, refused {failed:?}, restarts {restarts}, {:?}",
            run.state.agents
        );
    }
}

fn retries() -> impl Strategy<Value = Retry<f64>> {
    prop_oneof![
        Just(Retry::none()),
        Just(Retry::client_go()),
        Just(Retry::reflector()),
        (0.05..60.0, 0.0..1.0).prop_map(|(delay_s, jitter)| Retry::fixed(delay_s, jitter)),
        (0.05..10.0, 10.0..60.0, 0.0..1.0).prop_map(|(first, cap, jitter)| Retry::exponential(first, cap, jitter)),
    ]
}

fn classes() -> impl Strategy<Value = Class<f64>> {
    let kind = prop_oneof![
        Just(Arrivals::FixedRate),
        Just(Arrivals::FixedDelay),
        Just(Arrivals::Open),
        Just(Arrivals::Watch),
        Just(Arrivals::OnStart),
    ];
    let numbers = (1e-4..20.0_f64, 0.5..90.0_f64, 0.2..120.0_f64, 0.0..300.0_f64, 0.1..10.0_f64, 1e3..1e8_f64);
    (kind, numbers, retries(), 0..8_usize, 0..4_usize, any::<bool>()).prop_map(
        |(kind, n, retry, level, flow, agent)| {
            let (cpu_s, timeout_s, period_s, clients, seats, bytes_base) = n;
            let made = Class {
                timeout_s,
                period_s,
                seats,
                bytes_base,
                retry,
                level,
                flow,
                ..class("any", kind, clients, cpu_s)
            };
            if agent || kind == Arrivals::OnStart { of_agent(made) } else { made }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cluster_conserves_everybody(
        all in prop::collection::vec(classes(), 1..5),
        dt_s in prop_oneof![Just(0.1), Just(0.5), Just(1.0), Just(7.3)],
        memory in 1.4..20.0_f64,
        thrashes in any::<bool>(),
        shrink_to in 0.05..1.0_f64,
        delete_s in prop_oneof![Just(1e15), 10.0..300.0],
        flow_control in any::<bool>(),
    ) {
        let mut scenario = cluster(dt_s, all);
        scenario.memory.limit_bytes = memory * system_rig::GIB;
        scenario.memory.thrashes = f64::from(u8::from(thrashes));
        scenario.flow_control = flow_control;
        let actions = &mut scenario.actions;
        (actions.shrink_s, actions.shrink_over_s, actions.shrink_to) = (dt_s * 120.0, dt_s * 60.0, shrink_to);
        actions.delete_s = delete_s;
        check("any", scenario, dt_s * 400.0);
    }

    #[test]
    fn waste_moves_cpu_and_keeps_the_sum(used in prop::array::uniform6(0.0..1e9_f64), share in 0.0..2.0_f64) {
        let mut account = Account::<f64>::new();
        account.cpu_s = used;
        let before = account.total_cpu_s();
        account.waste(before * share);
        prop_assert!((account.total_cpu_s() - before).abs() <= 1e-12 * before.max(1e-300));
        prop_assert!(account.cpu_s.iter().all(|x| *x >= 0.0));
        let waste = CAUSES - 2;
        prop_assert!(account.cpu_s[waste] >= used[waste]);
    }
}
