//! `slackwater outage`: what it prints, how it ends, what it refuses.

mod common;

use std::fs;
use std::path::Path;

use common::Folder;

/// The text kept for a run; with SLACKWATER_BLESS set it is written anew, to be read before it is committed.
#[track_caller]
fn kept(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outage").join(name);
    if std::env::var_os("SLACKWATER_BLESS").is_some() {
        fs::write(&path, text).expect("written");
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == wanted, "{name} is not what was kept:\n{text}");
}

#[test]
fn what_is_printed_is_what_was_read_and_kept() {
    let folder = Folder::new();
    for (name, arguments, code) in [
        ("api-one-master.txt", "outage --down api --for 10m --masters 1", 0),
        ("one-of-three-masters.txt", "outage --down master:1 --for 10m --masters 3", 0),
        ("two-of-three-masters.txt", "outage --down master:2 --for 10m --masters 3 --sources", 0),
        ("etcd-data.txt", "outage --down etcd-data --masters 1 --set outage.backup_age_s=86400", 1),
        ("dns.txt", "outage --down dns --for 5m", 1),
        ("network.txt", "outage --down network --for 20m --set nodes.zones=3", 1),
        ("network-cut-over.txt", "outage network-cut-over", 1),
        ("network-cut-over-ascii.txt", "--ascii outage network-cut-over", 1),
    ] {
        let text = folder.run(arguments).ended(code).out;
        for line in text.lines() {
            assert!(line.chars().count() <= 110, "{arguments}: {line}");
        }
        assert!(!text.split_whitespace().any(|word| ["NaN", "inf", "-inf"].contains(&word)), "{text}");
        kept(name, &text);
    }
}

#[test]
fn ascii_is_ascii() {
    let folder = Folder::new();
    assert!(folder.run("--ascii outage network-cut-over").ended(1).out.is_ascii());
}

#[test]
fn json_holds_everything() {
    let folder = Folder::new();
    let text = folder.run("outage --down api --for 60s --format json").ended(0).out;
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["safe"], true);
    assert_eq!(json["functions"][0]["function"], "running_pods");
    assert_eq!(json["trajectory"].as_array().map(Vec::len), Some(60 + 3600));
    assert!(json["moments"].as_array().is_some_and(|list| list.iter().any(|moment| moment["name"] == "api_back")));
}

#[test]
fn a_file_can_hold_the_outage() {
    let folder = Folder::new();
    folder.write("cut.yaml", "cluster: {nodes: 20}\noutage: {down: [dns], for_s: 300}\n");
    let text = folder.run("outage cut.yaml").ended(1).out;
    assert!(text.starts_with("UNSAFE  cut  ") && text.contains("all DNS servers"), "{text}");
    // What is typed wins over the file.
    let text = folder.run("outage cut.yaml --down api").ended(0).out;
    assert!(text.contains("all API servers") && !text.contains("all DNS servers"), "{text}");
    folder.run("simulate cut.yaml --set agent.enabled=false --until 60 --quiet").ended(0);
}

#[test]
fn bad_input_says_what_to_do() {
    let folder = Folder::new();
    for (arguments, wanted) in [
        ("outage", "write --down api|etcd"),
        ("outage --down moon", "write one of api, etcd"),
        ("outage --down netwrok", "did you mean `network`?"),
        ("outage --down dns:2", "write --down dns"),
        ("outage --down master:0", "write --down master:1"),
        ("outage --down master:4", "4 are down, and there are 3"),
        ("outage --down api:1,etcd:2", "give all of them the same count"),
        ("outage --down api,etcd:1", "write api:1"),
        ("outage --down api --for ten", "for example 90s, 10m or 1h"),
        ("outage --down api --for -5m", "for example 90s, 10m or 1h"),
        ("outage --down api --for 900d", "above its largest value 604,800"),
        ("outage --down api --masters 0", "below its smallest value 1"),
        ("outage --down api --masters three", "outage.masters"),
        ("outage --down network --set network.zones_cut=3", "lower network.zones_cut"),
        ("outage --down api --set nodes.zones=4 --set cluster.nodes=2", "lower nodes.zones"),
        ("outage --down api --for 7d --set run.dt_s=0.05", "shorten outage.for_s"),
        ("outage --down api --set mesh.on_los=keep", "mesh.on_loss"),
        ("outage nosuch --down api", "no file `nosuch`"),
        ("outage --down api --set outage.down=[dns,moon]", "outage.down"),
    ] {
        let error = folder.run(arguments).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
    let json = folder.run("outage --down moon --format json").ended(2).err;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["code"], "SW026");
}
