//! `slackwater threshold` and `slackwater region`: what a stranger reads first.

mod common;

use common::Folder;

const STAGING: &str = "openai-2024-12-11-staging";

#[test]
fn a_threshold_says_how_far_and_why() {
    let folder = Folder::new();
    let told = folder.run(&format!("threshold {STAGING} cluster.nodes")).ended(0).out;
    assert!(told.starts_with("SAFE up to "), "{told}");
    let mut lines = told.lines();
    assert!(lines.next().is_some_and(|line| line.ends_with(STAGING)));
    assert!(lines.next().is_some_and(|line| line.contains("breaks at")));
    let data = folder.run(&format!("threshold {STAGING} cluster.nodes --format json")).ended(0).out;
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    let safe_to = data["found"]["bands"][0]["to"].as_f64().expect("a number");
    assert!(told.contains(&format!("up to {safe_to} nodes")), "{told}");
}

#[test]
fn a_key_from_zero_to_the_largest_stands_still_where_it_does_not_matter() {
    let folder = Folder::new();
    let told = folder.run(&format!("threshold {STAGING} rollout.soak_s")).ended(0).out;
    assert!(told.starts_with("SAFE at every value looked at  rollout.soak_s"), "{told}");
}

#[test]
fn two_keys_make_a_frontier_and_uncertainty_an_interval() {
    let folder = Folder::new();
    let told = folder.run(&format!("threshold {STAGING} cluster.nodes agent.period_s --values2 4")).ended(0).out;
    // Four values and the one at hand.
    assert_eq!(told.lines().filter(|line| line.contains("up to") || line.contains("all safe")).count(), 5, "{told}");
    let vary = "--vary cluster.pods_per_node=lognormal(10,1.3) --sample latin:12";
    let told = folder.run(&format!("threshold {STAGING} cluster.nodes {vary}")).ended(0).out;
    assert!(told.starts_with("SAFE up to ") && told.contains("in 9 of 10"), "{told}");
}

#[test]
fn a_region_says_what_it_is_at_its_load() {
    let folder = Folder::new();
    let told = folder.run(&format!("region {STAGING} --set cluster.nodes=1500")).ended(0).out;
    assert!(told.starts_with("STABLE") && told.contains("breaks at") && told.contains("heals up to"), "{told}");
    let map = "--across cluster.nodes=200,2000,6000 --up agent.period_s=30,90";
    let told = folder.run(&format!("region {STAGING} {map}")).ended(0).out;
    assert!(told.contains("\n90 |") && told.contains('#') && told.contains('.'), "{told}");
}

#[test]
fn bad_input_is_told_with_what_to_do() {
    let folder = Folder::new();
    for (arguments, wanted) in [
        (format!("threshold {STAGING} cluster.nodse"), "did you mean `cluster.nodes`"),
        (format!("threshold {STAGING} agent.selector"), "sweep"),
        (format!("threshold {STAGING} cluster.nodes --from -1"), "write 1 to"),
        (format!("threshold {STAGING} cluster.nodes --vary agent.period_s=1..9"), "--sample"),
        (format!("region {STAGING} --size 2"), "write 0 to 1"),
        (format!("region {STAGING} --across cluster.nodes=1..9"), "--up"),
        (format!("region {STAGING} --across cluster.nodes=1..9 --up agent.selctor=node"), "did you mean"),
    ] {
        let error = folder.run(&arguments).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}
