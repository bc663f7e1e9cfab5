//! The verdict alone is the verdict of a whole run, and settings changed in place are settings typed.

mod sweep_rig;

use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{judge, judge_by_run};
use slackwater_study::sweep::{Answer, Design, Words, solve, solve_row};
use std::sync::atomic::AtomicBool;
use sweep_rig::{EVERY_KEY, sweep};

/// No row may differ. The example `agree` of the benches looks at as many as it is told to.
fn agree(design: &Design) {
    for row in 0..design.rows() {
        let plan = Plan::resolve(design.scenario(row).expect("a row")).expect("a plan");
        let (quick, whole) = (judge(&plan).expect("judged"), judge_by_run(&plan).expect("judged"));
        assert_eq!(quick, whole, "row {row}\n{}", design.scenario(row).expect("a row").to_yaml());
    }
}

#[test]
fn one_cluster_near_its_edge() {
    agree(&sweep("openai-2024-12-11-staging", &[], &["cluster.nodes=1500..2400", "agent.period_s=50..70"], "sobol:60"));
}

#[test]
fn one_cluster_with_every_key_moving() {
    agree(&sweep("openai-2024-12-11-staging", &[], &EVERY_KEY, "sobol:120"));
    let others =
        ["rollout.waves=[0.01, 0.1, 1]", "rollout.soak_s=300", "agent.arrivals=fixed_delay", "remedies.use=[halt]"];
    agree(&sweep("openai-2024-12-11-staging", &others, &EVERY_KEY, "latin:60"));
}

#[test]
fn agents_that_read_etcd() {
    agree(&sweep(
        "openai-2018-agents",
        &["run.until_s=3600"],
        &["cluster.nodes=100..2000", "agent.period_s=20..300:log"],
        "sobol:40",
    ));
}

#[test]
fn a_fleet() {
    agree(&sweep("openai-2024-12-11", &[], &["cluster.nodes=800..2600", "agent.period_s=40..90"], "sobol:16"));
}

#[test]
fn dns_that_fails_by_itself() {
    let set = ["dns.dependence=restart"];
    let vary =
        ["dns.server_queries_per_s=5..1000:log", "dns.server_loss_per_hour=0.01..100:log", "cluster.nodes=20..800"];
    agree(&sweep("openai-2024-12-11-staging", &set, &vary, "sobol:40"));
}

#[test]
fn rows_solved_together_are_rows_solved_alone() {
    let design = sweep("openai-2024-12-11-staging", &[], &EVERY_KEY, "random:300");
    let mut rows: Vec<Answer> = Vec::new();
    let end = solve(&design, 0, &AtomicBool::new(false), |first, answers| {
        assert_eq!(first, rows.len() as u64, "in order");
        rows.extend_from_slice(answers);
        Ok::<(), slackwater_study::scenario::InputError>(())
    });
    assert_eq!(end.expect("solved"), 300);
    for (row, answer) in rows.iter().enumerate() {
        assert_eq!(*answer, solve_row(&design, row as u64).expect("solved"), "row {row}");
    }
}

#[test]
fn keys_of_lists_and_words_are_replaced_too() {
    let file = find("openai-2024-12-11").expect("a case").file().expect("it reads");
    let set: Vec<String> = file.values().map(|(key, value, _)| format!("{key}={value}")).collect();
    let vary = [
        "rollout.waves=[1],[0.5, 1]",
        "traffic.x.clients=0,5000",
        "agent.enabled=true,false",
        "fleet.counts=[12,18,30,40,50,50],[0,0,1,1,1,1]",
    ];
    let vary = vary.map(str::to_owned).to_vec();
    let design = Design::of(Words { set, vary, verdict_only: true, ..Words::default() }).expect("a design");
    let mut rows = Vec::new();
    let solved = solve(&design, 0, &AtomicBool::new(false), |_, answers| {
        rows.extend_from_slice(answers);
        Ok::<(), slackwater_study::scenario::InputError>(())
    });
    assert_eq!(solved.expect("solved"), 16);
    assert!(rows.iter().any(Answer::safe) && !rows.iter().all(Answer::safe));
    for (row, answer) in rows.iter().enumerate() {
        assert_eq!(*answer, solve_row(&design, row as u64).expect("solved"), "row {row}");
    }
}
