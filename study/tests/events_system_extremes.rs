//! Small clusters from the corners of the table of bounds, request by request: no panic, every number finite.

use proptest::prelude::*;
use slackwater_core::bounds::{Kind, Row, TABLE};
use slackwater_core::rollout::actions::{Actions, NEVER_S};
use slackwater_core::system::observe::COLUMNS;
use slackwater_study::events::system::System;
use slackwater_study::resolve::Plan;
use slackwater_study::run::Cluster;
use slackwater_study::scenario::ScenarioFile;
use slackwater_study::trial::{Fault, Trial};

/// Keys that only say how much of everything there is: a run of any size takes its time.
const SIZES: [&str; 10] = [
    "cluster.nodes=12",
    "background.scale=1",
    "dns.names=[30]",
    "dns.lookups_per_name_per_s=[1]",
    "dns.caches=3",
    "dns.caches_per_node=1.5",
    "dns.servers=3",
    "agent.pods_per_node=1.5",
    "traffic.mine.clients=20",
    "traffic.mine.clients_per_node=2",
];

/// A setting of a row: either end, or any order of magnitude between.
fn setting(row: &'static Row) -> Option<BoxedStrategy<String>> {
    let key = row.key.replace('*', "mine");
    // Every dispatch looks at every queue.
    let many = key == "priority_levels.mine.queues";
    if many || SIZES.iter().any(|size| size.starts_with(&key)) || key.starts_with("fleet.") || key.starts_with("run.") {
        return None;
    }
    Some(match row.kind {
        Kind::Number | Kind::Integer => {
            let (low, high) = (row.min, row.max);
            let least = if low > 0.0 { low } else { high * 1e-9 };
            let whole = row.kind == Kind::Integer;
            let between = (least.ln()..=high.ln()).prop_map(move |x| x.exp().clamp(low, high));
            prop_oneof![1 => Just(low), 1 => Just(high), 4 => between]
                .prop_map(move |x| format!("{key}={}", if whole { x.round() } else { x }))
                .boxed()
        }
        Kind::Boolean => any::<bool>().prop_map(move |x| format!("{key}={x}")).boxed(),
        Kind::Choice(words) => prop::sample::select(words).prop_map(move |word| format!("{key}=\"{word}\"")).boxed(),
        _ => return None,
    })
}

/// What people do, each at some moment or never.
fn actions() -> impl Strategy<Value = Actions<f64>> {
    let moment = || prop::option::of(0.0..120.0_f64).prop_map(|at| at.unwrap_or(NEVER_S));
    let moments = (moment(), moment(), moment(), moment(), moment(), moment(), moment());
    (moments, 0.01..1.0_f64, 1.0..20.0_f64).prop_map(
        |((halt_s, delete_s, block_s, shrink_s, grow_s, restart_s, kill_s), shrink_to, grow_by)| Actions {
            halt_s,
            delete_s,
            block_s,
            shrink_s,
            grow_s,
            restart_s,
            kill_s,
            shrink_to,
            grow_by,
            restart_every_s: 20.0,
            shrink_over_s: 30.0,
            ..Actions::none()
        },
    )
}

fn settings() -> impl Strategy<Value = Vec<String>> {
    let all: Vec<_> = TABLE.iter().filter_map(setting).map(|one| prop::option::weighted(0.3, one)).collect();
    all.prop_map(|all| all.into_iter().flatten().chain(SIZES.map(str::to_owned)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn two_minutes_stay_finite(settings in settings(), actions in actions(), seed in any::<u64>(), kill_s in 0.0..120.0_f64) {
        let mut file = ScenarioFile::empty(TABLE);
        for text in &settings {
            file.set(text).expect("within the table");
        }
        // Contradictions between keys are refused, and have tests of their own.
        if let Ok(plan) = Plan::resolve(file) {
            let mut scenario = Cluster::new(&plan, 12.0).expect("resolved").scenario;
            scenario.actions = actions;
            let trial = Trial { scenario, drives: Vec::new(), faults: vec![Fault { kill_s }], until_s: 120.0 };
            let history = System::new(&trial, seed).run().expect("small enough");
            for (second, row) in history.rows.iter().enumerate() {
                for (column, x) in COLUMNS.iter().zip(row.values) {
                    prop_assert!(x.is_finite() && x >= 0.0, "{} is {x} in second {second}", column.name);
                }
                let shares = ["api_up", "dns_cached", "impact", "operator_success", "agent_failing", "api_errors"];
                for (column, x) in COLUMNS.iter().zip(row.values).filter(|(column, _)| shares.contains(&column.name)) {
                    prop_assert!(x <= 1.0 + 1e-9, "{} is {x} in second {second}", column.name);
                }
            }
            for series in &history.observed.classes {
                let ends = [&series.answered, &series.rejected, &series.timed_out, &series.refused];
                let ended: f64 = ends.iter().map(|end| end.iter().sum::<f64>()).sum();
                let left = series.in_flight.last().copied().unwrap_or(0.0);
                prop_assert_eq!(series.sent.iter().sum::<f64>(), ended + left, "{}", &series.name);
            }
        }
    }
}
