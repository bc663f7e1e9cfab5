//! No case holds its own answer: what a case says of the incident itself, published times, sources, reasons, its name, is
//! not read by the run. Take it away and the same comes out, to the bit.

use slackwater_core::bounds::TABLE;
use slackwater_study::cases;
use slackwater_study::outage::Outage;
use slackwater_study::outcome::Outcome;
use slackwater_study::resolve::{OutagePlan, Plan};
use slackwater_study::run::brief;
use slackwater_study::scenario::{ScenarioFile, Source};

/// The keys of a case that change what happens: all but what it tells of the incident.
fn bare(file: &ScenarioFile) -> ScenarioFile {
    let told = ["published.", "assumed.", "expect."];
    let mut bare = ScenarioFile::empty(TABLE);
    for (key, value, _) in file.values() {
        let text = told.iter().any(|part| key.starts_with(part)) || ["name", "description", "source"].contains(&key);
        if !text {
            bare.set(&format!("{key}={value}")).unwrap_or_else(|error| panic!("{key}: {error}"));
        }
    }
    bare
}

/// What happened, without the words that were told.
fn said(outcome: &Outcome) -> (String, Vec<(&'static str, Option<f64>)>) {
    let numbers = serde_json::to_string(&(&outcome.verdict, &outcome.ledger, &outcome.trajectory)).expect("numbers");
    (numbers, outcome.events.iter().map(|event| (event.name, event.t_s)).collect())
}

#[test]
fn a_case_without_what_it_tells_comes_out_the_same() {
    for case in cases::ALL.iter().filter(|case| case.name != "network-cut-over") {
        let file = case.file().expect(case.name);
        let with = brief(&Plan::resolve(file.clone()).expect(case.name)).expect(case.name);
        let without = brief(&Plan::resolve(bare(&file)).expect(case.name)).expect(case.name);
        assert_eq!(said(&with), said(&without), "{}", case.name);
    }
}

#[test]
fn the_cut_over_too() {
    let file = cases::find("network-cut-over").expect("a case").file().expect("keys");
    let run = |file: ScenarioFile| Outage::run(&OutagePlan::resolve(file).expect("an outage"));
    let (with, without) = (run(file.clone()), run(bare(&file)));
    assert_eq!(with.trajectory, without.trajectory);
    let times = |outage: &Outage| outage.moments.iter().map(|moment| (moment.name, moment.t_s)).collect::<Vec<_>>();
    assert_eq!(times(&with), times(&without));
}

/// The source itself: no name of a case stands in the code that runs it, but in the list of cases and for the recordings
/// that are printed beside two of them.
#[test]
fn no_code_knows_a_case_by_name() {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let named =
                    code.filter(|line| cases::ALL.iter().any(|case| line.contains(&format!("\"{}\"", case.name))));
                found.extend(named.map(|line| format!("{}: {}", path.display(), line.trim())));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    walk(&root.join("../core/src"), &mut found);
    let allowed = ["src/cases.rs:", "src/cases/dns_recording.rs:", "src/fidelity/", "src/truth"];
    found.retain(|line| !allowed.iter().any(|file| line.contains(file)));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A published time that is not when it happened changes what is printed beside it and nothing else.
#[test]
fn a_wrong_published_time_moves_nothing() {
    let text = "name: mine\ncluster: {nodes: 300}\nclock: {start: \"14:51\"}\npublished: {peak_impact: \"03:00\"}\n";
    let file = ScenarioFile::parse(&Source::new("mine.yaml", text), TABLE).expect("a scenario");
    let with = brief(&Plan::resolve(file.clone()).expect("a plan")).expect("a run");
    let without = brief(&Plan::resolve(bare(&file)).expect("a plan")).expect("a run");
    assert_eq!(said(&with), said(&without));
}
