//! Scenarios from the corners of the table of bounds: no panic, and every number finite and not negative.

mod run_rig;

use proptest::prelude::*;
use proptest::sample::subsequence;
use slackwater_core::bounds::{Kind, Row, TABLE};
use slackwater_core::system::observe::COLUMNS;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Cluster, simulate};
use slackwater_study::scenario::{Code, ScenarioFile};

/// A number of a row: either end, its default's neighbourhood of nothing, or any order of magnitude between.
fn number(row: &'static Row) -> BoxedStrategy<f64> {
    let (low, high) = (row.min, row.max);
    let least = if low > 0.0 { low } else { high * 1e-9 };
    let whole = row.kind == Kind::Integer;
    let between = (least.ln()..=high.ln()).prop_map(move |x| x.exp().clamp(low, high));
    prop_oneof![1 => Just(low), 1 => Just(high), 6 => between]
        .prop_map(move |x| if whole { x.round() } else { x })
        .boxed()
}

/// A setting of a row, as typed.
fn setting(row: &'static Row) -> BoxedStrategy<String> {
    // The name a user chooses in place of `*`.
    let key = row.key.replace('*', "mine");
    match row.kind {
        Kind::Number | Kind::Integer => number(row).prop_map(move |x| format!("{key}={x}")).boxed(),
        Kind::Boolean => any::<bool>().prop_map(move |x| format!("{key}={x}")).boxed(),
        Kind::Choice(words) => prop::sample::select(words).prop_map(move |word| format!("{key}=\"{word}\"")).boxed(),
        Kind::Choices(words) => {
            subsequence(words, 0..=words.len()).prop_map(move |words| format!("{key}=[{}]", words.join(", "))).boxed()
        }
        Kind::Numbers | Kind::Text | Kind::Clock => Just(String::new()).boxed(),
    }
}

/// Lists that must agree with each other.
fn lists() -> impl Strategy<Value = Vec<String>> {
    let fleet = prop::collection::vec((1e-6..=1.0_f64, 1.0..30.0_f64), 1..4).prop_map(|groups| {
        let sizes: Vec<String> = groups.iter().map(|(size, _)| size.to_string()).collect();
        let counts: Vec<String> = groups.iter().map(|(_, count)| count.round().to_string()).collect();
        vec![format!("fleet.sizes=[{}]", sizes.join(", ")), format!("fleet.counts=[{}]", counts.join(", "))]
    });
    let names = (0.0..=1e6_f64, 1e-6..=1e5_f64)
        .prop_map(|(names, rate)| vec![format!("dns.names=[{names}]"), format!("dns.lookups_per_name_per_s=[{rate}]")]);
    (prop::option::of(fleet), prop::option::of(names))
        .prop_map(|(fleet, names)| [fleet.unwrap_or_default(), names.unwrap_or_default()].concat())
}

/// About a third of all keys, each anywhere in its range.
fn settings() -> impl Strategy<Value = Vec<String>> {
    let all: Vec<_> = TABLE.iter().map(|row| prop::option::weighted(0.35, setting(row))).collect();
    (all, lists())
        .prop_map(|(all, lists)| all.into_iter().flatten().filter(|text| !text.is_empty()).chain(lists).collect())
}

fn resolve(settings: &[String]) -> Option<Plan> {
    let mut file = ScenarioFile::empty(TABLE);
    for text in settings {
        file.set(text).expect("within the table");
    }
    // Contradictions between keys are refused, and have tests of their own.
    Plan::resolve(file).ok()
}

/// Every column of every row of 200 steps is a number, and not below 0; shares are not above 1.
fn stays_finite(plan: &Plan) -> Result<(), TestCaseError> {
    let mut cluster = Cluster::new(plan, plan.settings.number("cluster.nodes")).expect("resolved");
    for step in 0..200 {
        let row = cluster.step();
        for (column, x) in COLUMNS.iter().zip(row.values) {
            prop_assert!(x.is_finite() && x >= 0.0, "{} is {x} in step {step}", column.name);
        }
        let shares = ["api_up", "dns_cached", "impact", "operator_success", "agent_failing", "api_errors"];
        for (column, x) in COLUMNS.iter().zip(row.values).filter(|(column, _)| shares.contains(&column.name)) {
            prop_assert!(x <= 1.0 + 1e-9, "{} is {x} in step {step}", column.name);
        }
    }
    Ok(())
}

/// All who were sent are held until a server serves, some of them by another way than they came: rounding left less than
/// nobody.
#[test]
fn nobody_is_sent_while_all_are_held() {
    let settings = [
        "api_server.roll_s=0",
        "api_server.memory_gib=0.35580078011825955",
        "api_server.memory_per_node_mib=0.00018716949709813327",
        "api_server.unready=hold",
        "etcd.restart_s=0",
        "traffic.mine.clients=1000000",
    ];
    let plan = resolve(&settings.map(str::to_owned)).expect("no contradiction");
    stays_finite(&plan).unwrap_or_else(|error| panic!("{error}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn two_hundred_steps_stay_finite(settings in settings()) {
        if let Some(plan) = resolve(&settings) {
            stays_finite(&plan)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_whole_run_stays_finite(settings in settings()) {
        let mut settings = settings;
        settings.extend(["run.dt_s=5".to_owned(), "run.until_s=1800".to_owned()]);
        if let Some(plan) = resolve(&settings) {
            let outcome = match simulate(&plan) {
                Ok(outcome) => outcome,
                // So are those that only a run can see.
                Err(error) if error.code() == Code::Contradiction => return Ok(()),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            };
            for (name, values) in &outcome.trajectory {
                prop_assert!(values.iter().all(|x| x.is_finite() && *x >= 0.0), "{name}");
            }
            for gate in &outcome.verdict.gates {
                let numbers = [gate.value, gate.limit, gate.margin];
                prop_assert!(numbers.iter().flatten().all(|x| x.is_finite()), "{gate:?}");
            }
            prop_assert!(outcome.ledger.iter().all(|row| row.cpu_s.is_finite() && row.cpu_s >= 0.0));
        }
    }
}
