//! The outage of 2024-12-11 against its published times: predicted, not set.

mod run_rig;

use run_rig::{OUTAGE, after_1451, column, event, most, plan, run};
use slackwater_core::system::observe::Row;
use slackwater_study::run::Cluster;

/// Times may be off by this much, seconds: five minutes.
const PUBLISHED_S: f64 = 300.0;

#[test]
fn the_peak_comes_at_the_published_time() {
    let peak = event(&run(OUTAGE, &[]), "peak_impact").expect("a peak");
    let published = after_1451(15, 40);
    assert!((peak - published).abs() <= PUBLISHED_S, "peak at {peak} s, published {published} s");
}

#[test]
fn events_come_in_the_published_order() {
    let outcome = run(OUTAGE, &[]);
    let names = [
        "rollout_start",
        "api_saturated",
        "alert",
        "first_impact",
        "rollout_end",
        "peak_impact",
        "first_cluster_recovered",
        "all_recovered",
    ];
    let times: Vec<f64> = names.iter().map(|name| event(&outcome, name).expect(name)).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{names:?} at {times:?}");
    assert_eq!(outcome.events.iter().map(|event| event.name).collect::<Vec<_>>(), names);
}

#[test]
fn impact_is_minor_until_users_noticed_and_grave_at_the_peak() {
    let outcome = run(OUTAGE, &[]);
    let (time, impact) = (column(&outcome, "t_s"), column(&outcome, "user_impact"));
    let until = after_1451(15, 16);
    let early = time.iter().zip(impact).filter(|(t, _)| **t <= until).map(|(_, x)| *x).fold(0.0, f64::max);
    assert!(early <= 0.03, "user impact {early} before {until} s");
    let worst = most(column(&outcome, "affected_impact"));
    assert!(worst > 0.9, "affected clusters lose {worst} of their traffic at the worst");
}

#[test]
fn a_shorter_ttl_brings_the_peak_forward() {
    let peak = event(&run(OUTAGE, &["dns.cache_ttl_s=300"]), "peak_impact").expect("a peak");
    let expected = after_1451(15, 25);
    assert!((peak - expected).abs() <= 150.0, "peak at {peak} s, expected {expected} s");
}

#[test]
fn a_larger_ttl_never_brings_impact_or_peak_forward() {
    let mut before = (0.0, 0.0);
    for ttl_s in [30, 300, 600, 1200, 1800] {
        let outcome = run(OUTAGE, &[&format!("dns.cache_ttl_s={ttl_s}")]);
        let now = (event(&outcome, "first_impact").expect("impact"), event(&outcome, "peak_impact").expect("a peak"));
        assert!(now.0 >= before.0 && now.1 > before.1, "TTL {ttl_s} s: {now:?} after {before:?}");
        before = now;
    }
}

#[test]
fn a_rollout_twice_as_slow_moves_the_peak_by_the_time_added() {
    let peak = |changes: &[&str]| event(&run(OUTAGE, changes), "peak_impact").expect("a peak");
    let moved = peak(&["rollout.window_s=3480"]) - peak(&[]);
    assert!((moved - 1740.0).abs() <= 180.0, "moved by {moved} s, added 1740 s");
}

#[test]
fn only_the_three_largest_sizes_fall() {
    let plan = plan(OUTAGE, &[]);
    let fallen: Vec<bool> = plan
        .fleet
        .groups
        .iter()
        .map(|group| {
            let mut cluster = Cluster::new(&plan, group.nodes).expect("a cluster");
            let rows: Vec<_> = (0..4 * 3600).map(|_| cluster.step().values).collect();
            let most = |column: usize| most(&rows.iter().map(|row| row[column]).collect::<Vec<_>>());
            most(Row::IMPACT) >= plan.detection.visible_impact_share || most(Row::API_ERRORS) >= 0.05
        })
        .collect();
    assert_eq!(fallen, [true, true, true, false, false, false]);
    let outcome = run(OUTAGE, &[]);
    let counterfactual = outcome.counterfactual.as_ref().expect("a rollout");
    assert_eq!((counterfactual.clusters, counterfactual.clusters_fallen), (200, 12 + 18 + 30));
    assert_eq!(most(column(&outcome, "clusters_down")), 60.0);
}

#[test]
fn all_remedies_together_are_faster_than_each_alone() {
    let outcome = run(OUTAGE, &[]);
    let never = f64::INFINITY;
    let all = |name: &str| {
        let found = outcome.remedies.iter().find(|remedy| remedy.name == name).expect(name);
        found.all_recovered_s.unwrap_or(never)
    };
    let together = all("together");
    assert!(together < never);
    for name in ["restart", "block", "scale_down", "scale_up"] {
        assert!(together < all(name), "together {together} s, {name} alone {} s", all(name));
    }
    assert_eq!(outcome.remedies.len(), 5);
}

#[test]
fn a_gate_on_the_api_server_would_have_spared_clusters() {
    let outcome = run(OUTAGE, &[]);
    let found = outcome.counterfactual.as_ref().expect("a rollout");
    let halt = found.halt_t_s.expect("a halt");
    assert!(found.clusters_spared > 0 && found.falls_prevented > 0, "{found:?}");
    // What is spared had not been touched at the halt.
    let touched = column(&outcome, "t_s").iter().zip(column(&outcome, "clusters_touched"));
    let at_halt = touched.filter(|(t, _)| **t <= halt).map(|(_, x)| *x).fold(0.0, f64::max);
    assert_eq!(at_halt, (found.clusters - found.clusters_spared) as f64);
    assert!(halt < event(&outcome, "first_impact").expect("impact"), "the gate is later than the users");
}

#[test]
fn every_published_time_has_its_residual() {
    for case in [OUTAGE, "openai-2024-12-11-1512"] {
        let outcome = run(case, &[]);
        let published: Vec<_> = outcome.events.iter().filter(|event| event.published_clock.is_some()).collect();
        assert_eq!(published.len(), 7, "{case}");
        for event in published {
            let (t_s, residual) = (event.t_s.expect(event.name), event.residual_s.expect(event.name));
            let mut parts = event.published_clock.as_deref().expect(event.name).split(':');
            let mut next = || parts.next().expect("a part").parse::<u32>().expect("a number");
            let published = after_1451(next(), next());
            let start = if case == OUTAGE { 0.0 } else { after_1451(15, 12) };
            assert!((t_s + start - published - residual).abs() < 1e-6, "{case}: {event:?}");
        }
    }
}

#[test]
fn published_times_are_never_used() {
    let plain = run(OUTAGE, &[]);
    let moved = run(OUTAGE, &["published.peak_impact=15:10", "published.first_impact=14:55", "published.alert=16:00"]);
    assert_eq!(plain.trajectory, moved.trajectory);
    assert_eq!(plain.verdict, moved.verdict);
    let times = |outcome: &slackwater_study::outcome::Outcome| outcome.events.iter().map(|e| e.t_s).collect::<Vec<_>>();
    assert_eq!(times(&plain), times(&moved));
}
