//! Thresholds are exact, and bands are what single runs say.

use slackwater_core::verdict::region::Region;
use slackwater_study::cases::find;
use slackwater_study::region::{hysteresis, map};
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Trigger, judge, region_of, tipping};
use slackwater_study::scenario::ScenarioFile;
use slackwater_study::sweep::Words;
use slackwater_study::threshold::{Look, Side, frontier, interval, threshold};

fn staging(set: &[&str]) -> ScenarioFile {
    let mut file = find("openai-2024-12-11-staging").expect("a case").file().expect("it reads");
    for argument in set {
        file.set(argument).expect("set");
    }
    file
}

fn safe(file: &ScenarioFile, key: &str, x: f64) -> bool {
    let mut file = file.clone();
    file.set(&format!("{key}={x}")).expect("set");
    judge(&Plan::resolve(file).expect("a plan")).expect("judged").safe()
}

#[test]
fn the_largest_safe_size_is_one_below_the_tipping_size() {
    let file = staging(&[]);
    let found = threshold(&file, "cluster.nodes", Look::default()).expect("found");
    let edge = found.edge().expect("an edge");
    let tips = tipping(&Plan::resolve(file.clone()).expect("a plan")).from.expect("it tips") as f64;
    assert_eq!((edge.side, edge.value, edge.beyond), (Side::Largest, tips - 1.0, tips));
    assert!(found.safe && found.bands.len() == 2);
}

#[test]
fn edges_stand_where_the_verdict_changes() {
    for (key, set, side) in [
        ("agent.period_s", vec!["cluster.nodes=3000"], Side::Smallest),
        ("api_server.cores", vec!["cluster.nodes=2500"], Side::Smallest),
        ("api_server.replicas", vec!["cluster.nodes=2500"], Side::Smallest),
        ("cluster.pods_per_node", vec!["cluster.nodes=1500"], Side::Largest),
        ("rollout.controller_qps", vec!["cluster.nodes=2100"], Side::Largest),
    ] {
        let file = staging(&set);
        let found = threshold(&file, key, Look::default()).expect("found");
        let edge = found.edge().unwrap_or_else(|| panic!("{key}: no edge in {:?}", found.bands));
        assert_eq!(edge.side, side, "{key}");
        assert!(safe(&file, key, edge.value) && !safe(&file, key, edge.beyond), "{key}");
        assert!((edge.value - edge.beyond).abs() <= (1e-4 * edge.value).max(1.0), "{key} is sharp");
        // Bands cover everything looked at, without gaps beyond the width of an edge, and alternate.
        assert_eq!((found.bands[0].from, found.bands.last().expect("a band").to), found.looked);
        for pair in found.bands.windows(2) {
            assert!(pair[0].safe != pair[1].safe && pair[0].to <= pair[1].from, "{key}");
        }
        for band in &found.bands {
            assert_eq!(safe(&file, key, band.from), band.safe == Some(true), "{key} {band:?}");
            assert_eq!(safe(&file, key, band.to), band.safe == Some(true), "{key} {band:?}");
        }
    }
}

#[test]
fn contradictions_are_a_band_of_their_own() {
    let file = staging(&["agent.retry=exponential"]);
    let found = threshold(&file, "agent.retry_cap_s", Look::default()).expect("found");
    assert_eq!(found.bands[0].safe, None);
    assert!(found.bands[0].why.as_ref().is_some_and(|why| why.contains("agent.retry_delay_s")));
    assert!(found.to_string().starts_with("SAFE at every value that can be"), "{found}");
}

#[test]
fn what_cannot_be_scanned_is_refused() {
    let file = staging(&[]);
    let refused = |key: &str, look| threshold(&file, key, look).expect_err("refused").to_string();
    assert!(refused("agent.selector", Look::default()).contains("sweep"));
    assert!(refused("agent.perid_s", Look::default()).contains("agent.period_s"));
    assert!(refused("cluster.nodes", Look { from: Some(0.0), ..Look::default() }).contains("write 1 to"));
    assert!(refused("cluster.nodes", Look { from: Some(10.0), to: Some(5.0), values: None }).contains("not below"));
}

#[test]
fn a_frontier_is_a_row_of_thresholds() {
    let file = staging(&[]);
    let along = Look { from: Some(30.0), to: Some(90.0), values: Some(3) };
    let found = frontier(&file, "cluster.nodes", Look::default(), "agent.period_s", along).expect("found");
    assert_eq!(found.points.len(), 3);
    for (period_s, edge) in found.points {
        let alone = threshold(&staging(&[&format!("agent.period_s={period_s}")]), "cluster.nodes", Look::default());
        assert_eq!(edge, alone.expect("found").edge());
    }
}

#[test]
fn uncertain_inputs_make_an_interval() {
    let vary = vec!["cluster.pods_per_node=uniform(8,12)".to_owned()];
    let words = Words { vary, sample: Some("sobol:32".to_owned()), ..Words::default() };
    let found = interval(&staging(&[]), "cluster.nodes", Look::default(), words).expect("found");
    let at =
        |pods: f64| threshold(&staging(&[&format!("cluster.pods_per_node={pods}")]), "cluster.nodes", Look::default());
    let edge = |pods: f64| at(pods).expect("found").edge().expect("an edge").value;
    assert!(
        edge(12.0) <= found.low && found.low < found.middle && found.middle < found.high && found.high <= edge(8.0)
    );
}

#[test]
fn more_load_is_worse_and_a_trigger_is_needed_in_between() {
    let file = staging(&["cluster.nodes=1500"]);
    let found = hysteresis(&file, Trigger::default()).expect("found");
    let (heals, breaks) = (found.heals_at.expect("it heals"), found.breaks_at.expect("it breaks"));
    assert!(heals <= breaks && breaks < 20.0);
    let plan = Plan::resolve(file).expect("a plan");
    let region = |load| region_of(&plan, load, Trigger::default()).expect("seen");
    assert_eq!((region(heals), region(breaks)), (Region::Stable, Region::Metastable));
    if heals < 0.99 * breaks {
        let between = (heals * breaks).sqrt();
        assert_eq!(region(between), Region::Vulnerable);
        let nothing = Trigger { size: 0.0, duration_s: 600.0 };
        assert_eq!(region_of(&plan, between, nothing).expect("seen"), Region::Stable, "without a trigger it runs");
    }
}

#[test]
fn a_map_is_made_of_single_cells() {
    let file = staging(&[]);
    let found = map(&file, "cluster.nodes=500,2200,6000", "agent.period_s=40,100", Trigger::default()).expect("found");
    for (row, period_s) in found.cells.iter().zip([40, 100]) {
        for (cell, nodes) in row.iter().zip([500, 2200, 6000]) {
            let set = [format!("cluster.nodes={nodes}"), format!("agent.period_s={period_s}")];
            let plan = Plan::resolve(staging(&[&set[0], &set[1]])).expect("a plan");
            assert_eq!(*cell, Some(region_of(&plan, 1.0, Trigger::default()).expect("seen")));
        }
    }
    assert_eq!(found.cells[0][0], Some(Region::Stable));
    assert_eq!(found.cells[0][2], Some(Region::Metastable));
}
