//! Safe or not: variants of the outage, the older one, and N* against a scan by hand.

mod run_rig;

use run_rig::{OUTAGE, event, gate, most, run};

#[test]
fn a_node_scoped_selector_is_safe() {
    let outcome = run("openai-2024-12-11-node-scoped", &[]);
    assert!(outcome.verdict.safe && outcome.verdict.gates.iter().all(|gate| gate.pass), "{:?}", outcome.verdict.gates);
    assert_eq!(event(&outcome, "first_impact"), None);
    assert_eq!(most(run_rig::column(&outcome, "user_impact")), 0.0);
    let found = outcome.counterfactual.expect("a rollout");
    assert_eq!((found.halt_t_s, found.clusters_fallen), (None, 0));
    assert!(outcome.verdict.tipping_nodes.is_none_or(|tipping| tipping > 5000));
}

#[test]
fn a_cluster_wide_selector_is_not() {
    let outcome = run(OUTAGE, &[]);
    assert!(!outcome.verdict.safe);
    for name in ["steady", "surge", "failover", "restart", "masking", "escape"] {
        let gate = gate(&outcome, name);
        assert!(!gate.pass && gate.margin.is_some_and(|margin| margin <= 0.0), "{gate:?}");
    }
}

#[test]
fn staging_is_safe_and_cannot_know() {
    let outcome = run("openai-2024-12-11-staging", &[]);
    let verdict = &outcome.verdict;
    assert!(verdict.safe, "{:?}", verdict.gates);
    let (tipping, visible) = (verdict.tipping_nodes.expect("N*"), verdict.visible_from_nodes.expect("a size"));
    assert!(visible > 50 && tipping > 50 && visible >= tipping, "N* {tipping}, visible from {visible}");
    // The size in the title of the sentence is the size of the staging cluster.
    let cannot = verdict.reasons.iter().find(|reason| reason.contains("cannot know")).expect("a reason");
    assert!(cannot.contains("50 nodes") && cannot.contains(&visible.to_string()), "{cannot}");
    // The same control plane, so the same N* as production.
    let production = run(OUTAGE, &[]);
    assert_eq!(verdict.tipping_nodes, production.verdict.tipping_nodes);
}

#[test]
fn the_agents_of_2018_break_at_about_a_thousand_nodes_and_a_longer_period_cures_them() {
    let case = "openai-2018-agents";
    let outcome = run(case, &[]);
    assert!(!outcome.verdict.safe);
    let tipping = outcome.verdict.tipping_nodes.expect("N*") as f64;
    assert!((500.0..=2000.0).contains(&tipping), "N* {tipping}, published: beyond 1,000");
    assert!(outcome.verdict.reasons.iter().any(|reason| reason.contains("etcd")), "{:?}", outcome.verdict.reasons);
    // From 450 s on at every period: a path that repeats itself is judged by what it repeats, not by where it stops.
    for period in ["450", "600", "900", "1700", "3600"] {
        let cured = run(case, &[&format!("agent.period_s={period}")]);
        assert!(cured.verdict.safe, "{period} s: {:?}", cured.verdict.gates);
    }
}

/// Verdicts around N* and far from it, with every size run in full.
fn scan_by_hand(case: &str, changes: &[&str]) -> Vec<String> {
    let tipping = run(case, changes).verdict.tipping_nodes.expect("N*");
    let shares = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.001, 1.01, 1.03, 1.1, 1.3, 2.0, 4.0, 10.0];
    let mut sizes: Vec<u64> = shares.iter().map(|share| (tipping as f64 * share) as u64).collect();
    sizes.extend([tipping - 1, tipping]);
    let mut wrong = Vec::new();
    for nodes in sizes.into_iter().filter(|nodes| (1..=1_000_000).contains(nodes)) {
        let size = format!("cluster.nodes={nodes}");
        let mut all = changes.to_vec();
        all.push(&size);
        let outcome = run(case, &all);
        if outcome.verdict.safe != (nodes < tipping) {
            let failing: Vec<_> =
                outcome.verdict.gates.iter().filter(|gate| !gate.pass).map(|gate| gate.name).collect();
            wrong.push(format!("N* {tipping}: {nodes} nodes, safe {}, fails {failing:?}", outcome.verdict.safe));
        }
        if outcome.verdict.tipping_nodes != Some(tipping) {
            wrong.push(format!("N* {tipping} becomes {:?} when asked at {nodes} nodes", outcome.verdict.tipping_nodes));
        }
    }
    wrong
}

const SINGLE: [&str; 3] = ["fleet.sizes=[1]", "fleet.counts=[1]", "rollout.window_s=0"];

#[test]
fn tipping_size_is_that_of_a_scan_by_hand() {
    assert_eq!(scan_by_hand(OUTAGE, &SINGLE), Vec::<String>::new());
}

#[test]
fn tipping_size_of_a_fleet_is_that_of_a_scan_by_hand() {
    assert_eq!(scan_by_hand(OUTAGE, &[]), Vec::<String>::new());
}

#[test]
fn tipping_size_of_a_node_scoped_agent_is_that_of_a_scan_by_hand() {
    assert_eq!(scan_by_hand("openai-2024-12-11-node-scoped", &SINGLE), Vec::<String>::new());
}

#[test]
fn tipping_size_of_the_agents_of_2018_is_that_of_a_scan_by_hand() {
    assert_eq!(scan_by_hand("openai-2018-agents", &[]), Vec::<String>::new());
}

#[test]
fn tipping_size_with_derived_cores_is_that_of_a_scan_by_hand() {
    assert_eq!(scan_by_hand("openai-2018-agents", &["etcd.cores=64", "agent.read_path=cache"]), Vec::<String>::new());
}
