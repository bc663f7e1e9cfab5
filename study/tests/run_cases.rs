//! Every case runs; what a scenario may not say is said clearly.

mod run_rig;

use run_rig::{OUTAGE, column, event, most, plan, run};
use slackwater_core::bounds::TABLE;
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_study::cases;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Cluster, simulate};
use slackwater_study::scenario::{ScenarioFile, Source};

#[test]
fn every_case_runs_and_says_something_finite() {
    for case in cases::ALL {
        let outcome = run(case.name, &[]);
        assert_eq!(outcome.verdict.gates.len(), 6, "{}", case.name);
        assert!(!outcome.description.is_empty() && !outcome.verdict.reasons.is_empty(), "{}", case.name);
        assert_eq!(outcome.columns.len(), outcome.trajectory.len(), "{}", case.name);
        let length = column(&outcome, "t_s").len();
        for (name, values) in &outcome.trajectory {
            assert_eq!(values.len(), length, "{}: {name}", case.name);
            assert!(values.iter().all(|x| x.is_finite() && *x >= 0.0), "{}: {name}", case.name);
        }
        let share: f64 = outcome.ledger.iter().map(|row| row.share).sum();
        assert!((share - 1.0).abs() < 1e-9, "{}: shares add up to {share}", case.name);
    }
}

#[test]
fn a_case_survives_being_written_and_read() {
    for case in cases::ALL {
        let text = case.file().expect(case.name).to_yaml();
        let again = ScenarioFile::parse(&Source::new("again.yaml", &text), TABLE).expect(case.name);
        let outcome = simulate(&Plan::resolve(again).expect(case.name)).expect(case.name);
        let first = run(case.name, &[]);
        assert_eq!((outcome.trajectory, outcome.verdict), (first.trajectory, first.verdict), "{}", case.name);
    }
}

#[test]
fn the_same_case_twice_gives_the_same_bits() {
    let (first, second) = (run(OUTAGE, &[]), run(OUTAGE, &[]));
    assert_eq!(first, second);
}

#[test]
fn the_recorded_loss_of_a_dns_source_is_met_in_every_bin() {
    let outcome = run("dns-source-lost", &[]);
    let missed: Vec<_> = outcome.measured.iter().filter(|bin| !bin.pass).collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert!(outcome.measured.len() > 100, "{} bins", outcome.measured.len());
    assert!(outcome.measured.iter().any(|bin| bin.series.contains("restored")));
    for bin in &outcome.measured {
        assert_eq!(bin.pass, (bin.measured - bin.model).abs() <= bin.bound, "{bin:?}");
    }
}

/// The comparison must be able to fail: other caches miss the recording.
#[test]
fn other_caches_miss_the_recording() {
    for change in ["dns.cache_ttl_s=100", "dns.start=even", "dns.source_lost_s=380", "dns.source_back_s=650"] {
        let missed = run("dns-source-lost", &[change]).measured.iter().filter(|bin| !bin.pass).count();
        assert!(missed > 2, "{change} misses {missed} bins only");
    }
}

/// Mean of each column over an hour of steps.
fn hour(cluster: &mut Cluster) -> [f64; COLUMNS.len()] {
    let steps = (3600.0 / cluster.scenario.dt_s).round() as usize;
    let mut sum = [0.0; COLUMNS.len()];
    for _ in 0..steps {
        let row = cluster.step();
        for (sum, x) in sum.iter_mut().zip(row.values) {
            *sum += x / steps as f64;
        }
        assert_eq!((row.values[Row::API_ERRORS], row.values[Row::IMPACT], row.values[Row::REJECTED]), (0.0, 0.0, 0.0));
        assert_eq!((row.values[Row::TIMED_OUT], row.values[Row::REFUSED], row.values[Row::ANSWERING]), (0.0, 0.0, 1.0));
    }
    sum
}

#[test]
fn without_the_rollout_nothing_happens_for_a_day() {
    for (case, change) in [(OUTAGE, "agent.enabled=false"), ("openai-2018-agents", "agent.enabled=false")] {
        let plan = plan(case, &[change]);
        let mut cluster = Cluster::new(&plan, plan.settings.number("cluster.nodes")).expect(case);
        // The first steps know no lookups yet, see below.
        for _ in 0..60 {
            cluster.step();
        }
        let first = hour(&mut cluster);
        for _ in 0..22 {
            hour(&mut cluster);
        }
        let last = hour(&mut cluster);
        for ((column, a), b) in COLUMNS.iter().zip(first).zip(last) {
            assert!(
                (a - b).abs() <= 1e-6 * a.max(1e-3),
                "{case}: {} is {a} in the first hour, {b} in the last",
                column.name
            );
        }
    }
}

#[test]
fn a_run_without_the_rollout_is_silent() {
    let outcome = run(OUTAGE, &["agent.enabled=false", "run.until_s=86400"]);
    for name in ["api_saturated", "alert", "first_impact", "peak_impact", "first_cluster_recovered", "all_recovered"] {
        assert_eq!(event(&outcome, name), None, "{name}");
    }
    assert!(outcome.verdict.safe && outcome.counterfactual.is_none() && outcome.remedies.is_empty());
    for name in ["user_impact", "clusters_down", "rejected_per_s", "timed_out_per_s", "refused_per_s", "api_errors"] {
        assert_eq!(most(column(&outcome, name)), 0.0, "{name}");
    }
    assert_eq!(column(&outcome, "t_s").last(), Some(&86_400.0));
}

#[test]
fn a_healthy_cluster_begins_at_rest() {
    let plan = plan(OUTAGE, &["agent.enabled=false"]);
    let mut cluster = Cluster::new(&plan, 5000.0).expect("a cluster");
    let first = cluster.step().values;
    let later = (0..60).map(|_| cluster.step().values).last().expect("sixty steps");
    for at in [Row::DNS_QUERIES, Row::API_LOAD, Row::CACHED] {
        let (a, b) = (first[at], later[at]);
        assert!((a - b).abs() <= 0.005 * b, "{} is {a} in the first step, {b} a minute later", COLUMNS[at].name);
    }
}

#[test]
fn an_agent_that_is_off_has_no_pods() {
    let outcome = run(OUTAGE, &["agent.enabled=false", "run.until_s=1800"]);
    assert_eq!(most(column(&outcome, "agents")), 0.0);
}

/// What a terminal shows when a file contradicts itself.
fn refused(text: &str) -> String {
    let file = ScenarioFile::parse(&Source::new("my.yaml", text), TABLE).expect("a well-formed file");
    let error = Plan::resolve(file).expect_err(text);
    assert_eq!(error.code().to_string(), "SW035");
    format!("{text}\n---\n{}", error.render(false))
}

macro_rules! refusals {
    ($($name:ident: $text:expr;)*) => { $(#[test] fn $name() { insta::assert_snapshot!(refused($text)); })* };
}

refusals! {
    counts_of_another_length: "fleet:\n  sizes: [1, 0.5]\n  counts: [1, 2, 3]\n";
    counts_of_parts: "fleet:\n  sizes: [1, 0.5]\n  counts: [1, 2.5]\n";
    a_fleet_without_clusters: "fleet:\n  sizes: [1, 0.5]\n  counts: [0, 0]\n";
    traffic_shares_of_another_length: "fleet:\n  sizes: [1, 0.5]\n  traffic_shares: [1]\n";
    traffic_served_by_nobody: "fleet:\n  sizes: [1, 0.5]\n  traffic_shares: [0, 0]\n";
    waves_that_fall: "rollout:\n  waves: [0.5, 0.1, 1]\n";
    waves_that_end_early: "rollout:\n  waves: [0.1, 0.5]\n";
    waves_of_nothing: "rollout:\n  waves: []\n";
    a_source_back_before_it_is_lost: "dns:\n  source_lost_s: 400\n  source_back_s: 300\n";
    members_lost_at_no_time: "etcd:\n  lost_members: 2\n";
    more_members_lost_than_there_are: "etcd:\n  members: 1\n  lost_members: 2\n  lost_s: 60\n";
    members_back_before_they_are_lost: "etcd:\n  lost_members: 2\n  lost_s: 60\n  back_s: 30\n";
    members_back_but_never_lost: "etcd:\n  back_s: 30\n";
    leases_that_nobody_renews: "background:\n  scale: 0\nleases:\n  nodes: true\n";
    leaders_that_nobody_elects: "background:\n  scale: 0\nleases:\n  leaders: true\n";
    servers_lost_at_no_time: "api_server:\n  lost: 1\n";
    no_server_lost: "api_server:\n  lost_s: 60\n";
    more_servers_lost_than_there_are: "api_server:\n  replicas: 3\n  lost: 4\n  lost_s: 60\n";
    servers_lost_and_restarted_in_turn: "api_server:\n  lost: 1\n  lost_s: 60\n  roll_s: 600\n";
    pages_of_a_cache_that_ignores_limits: "agent:\n  page: 500\n";
    pages_of_an_informer: "agent:\n  pattern: watch\n  read_path: newest\n  page: 500\n";
    dns_groups_of_unequal_length: "dns:\n  names: [10, 20]\n  lookups_per_name_per_s: [0.1]\n";
    too_many_dns_groups: "dns:\n  names: [1, 1, 1, 1, 1]\n  lookups_per_name_per_s: [1, 1, 1, 1, 1]\n";
    a_selector_that_cannot_be: "agent:\n  resource: services\n  selector: node\n";
    a_cap_below_the_first_delay: "agent:\n  retry: exponential\n  retry_delay_s: 60\n  retry_cap_s: 30\n";
    traffic_with_a_cap_below_the_first_delay:
        "traffic:\n  mine:\n    clients: 3\n    retry: exponential\n    retry_delay_s: 60\n";
    too_many_traffic_classes: "traffic:\n  a: {clients: 1}\n  b: {clients: 1}\n  c: {clients: 1}\n  d: {clients: 1}\n  e: {clients: 1}\n  \
        f: {clients: 1}\n  g: {clients: 1}\n  h: {clients: 1}\n  i: {clients: 1}\n  j: {clients: 1}\n  k: {clients: 1}\n  \
        l: {clients: 1}\n  m: {clients: 1}\n  n: {clients: 1}\n";
}
