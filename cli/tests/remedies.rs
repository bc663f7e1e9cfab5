//! `slackwater remedies`

mod common;

use common::Folder;

/// A storm small enough to be ranked in a test: no background, ten minutes' worth of agents on a small server.
const STORM: &str = "cluster: {nodes: 300, pods_per_node: 10, version: \"1.36\"}\n\
    api_server: {replicas: 1, cores: 0.6, memory_gib: 64}\nbackground: {scale: 0}\nagent: {timeout_s: 30}\n";

#[test]
fn a_storm_in_every_form() {
    let folder = Folder::new();
    folder.write("storm.yaml", STORM);
    let text = folder.run("remedies storm.yaml").ended(0).out;
    assert!(
        text.starts_with("WAY OUT  ") && text.lines().next().is_some_and(|line| line.ends_with("  storm")),
        "{text}"
    );
    for wanted in ["delete", "own_flow_schema", "nobody acts", "etcd has lost nothing", "bigger API servers help alone"]
    {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let json = folder.run("remedies storm.yaml --format json").ended(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["scenario"], "storm");
    let found = &json["found"];
    let tries = 1 + found["alone"].as_array().expect("a list").len() + found["pairs"].as_array().expect("a list").len();
    let csv = folder.run("remedies storm.yaml --format csv").ended(0).out;
    assert_eq!(csv.lines().count(), 1 + tries);
    let width = csv.lines().next().map(|line| line.split(',').count());
    assert!(csv.lines().all(|line| Some(line.split(',').count()) == width), "{csv}");
}

#[test]
fn nothing_falls() {
    let folder = Folder::new();
    for format in ["", " --format json", " --format csv"] {
        folder.run(&format!("remedies safe.yaml{format}")).ended(0);
    }
    assert!(folder.run("remedies safe.yaml").out.starts_with("SAFE  "));
}

#[test]
fn bad_input_is_told() {
    let folder = Folder::new();
    for (arguments, wanted) in [
        ("remedies", "CASE|FILE"),
        ("remedies missing.yaml", "missing.yaml"),
        ("remedies safe.yaml --at -1", "between 0 and"),
        ("remedies safe.yaml --at soon", "write seconds"),
        ("remedies safe.yaml --at nan", "between 0 and"),
        ("remedies safe.yaml --set remedies.shed_share=2", "remedies.shed_share"),
        ("remedies safe.yaml --set remedies.seats_by=0", "remedies.seats_by"),
        ("remedies safe.yaml --format yaml", "yaml"),
    ] {
        let error = folder.run(arguments).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}
