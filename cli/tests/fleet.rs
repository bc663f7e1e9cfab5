//! `slackwater fleet`

mod common;

use common::Folder;

/// Four small clusters, one of them out of reach for twenty minutes.
const EVACUATED: &str = "cluster: {nodes: 20, pods_per_node: 20}\nagent: {enabled: false}\n\
    fleet: {counts: [4], load: 0.9, lost_clusters: 1, lost_s: 600, lost_for_s: 1200, return_after_s: 300}\n\
    nodes: {autoscaled: false, oom_at_load: 1.1}\ndetection: {for_s: 60, human_delay_s: 60}\n\
    remedies: {use: [shift], shift_after_s: 0, shift_share: 1}\n";

#[test]
fn survivors_tip_or_carry_it() {
    let folder = Folder::new();
    folder.write("evacuated.yaml", EVACUATED);
    let text = folder.run("fleet evacuated.yaml --regret").ended(1).out;
    assert!(text.starts_with("TIPS  3 of 3 clusters that were well fall"), "{text}");
    for wanted in
        ["traffic_led_away         721 s  00:12:01", "lost, overloaded", "in hindsight", "* as the scenario does it"]
    {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let text = folder.run("fleet evacuated.yaml --set fleet.load=0.7").ended(0).out;
    assert!(text.starts_with("CARRIES  ") && text.lines().next().is_some_and(|line| line.ends_with("  evacuated")));
    let text = folder.run("fleet evacuated.yaml --set fleet.shed_at_load=1").ended(1).out;
    assert!(text.starts_with("SHEDS  3 of 3 clusters"), "{text}");
}

#[test]
fn in_every_form() {
    let folder = Folder::new();
    folder.write("evacuated.yaml", EVACUATED);
    let json = folder.run("fleet evacuated.yaml --format json").ended(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["scenario"], &json["found"]["clusters"][0]["fate"]), (&"evacuated".into(), &"lost".into()));
    let csv = folder.run("fleet evacuated.yaml --format csv").ended(1).out;
    let width = csv.lines().next().map(|line| line.split(',').count());
    assert!(csv.starts_with("t_s,home,elsewhere,") && csv.lines().count() > 100);
    assert!(csv.lines().all(|line| Some(line.split(',').count()) == width), "{csv}");
}

#[test]
fn bad_input_is_told() {
    let folder = Folder::new();
    folder.write("evacuated.yaml", EVACUATED);
    for (arguments, wanted) in [
        ("fleet", "CASE|FILE"),
        ("fleet missing.yaml", "missing.yaml"),
        ("fleet safe.yaml", "write fleet.load"),
        ("fleet safe.yaml --set fleet.load=0.5", "write fleet.counts"),
        ("fleet evacuated.yaml --set fleet.load=2", "fleet.load"),
        ("fleet evacuated.yaml --set fleet.lost_clusters=4", "leave one at least"),
        ("fleet evacuated.yaml --set fleet.registry_mib_per_s=0", "fleet.registry_mib_per_s"),
        ("fleet evacuated.yaml --format yaml", "yaml"),
    ] {
        let error = folder.run(arguments).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}
