//! Which number decides: slopes against closed forms, and against the gates themselves.

use slackwater_core::bounds::TABLE;
use slackwater_study::cases::{ALL, find};
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::ScenarioFile;
use slackwater_study::sensitivity::{Sensitivity, sensitivity};

fn slope(found: &Sensitivity, key: &str) -> f64 {
    found.knobs.iter().find(|knob| knob.key == key).map_or(0.0, |knob| knob.slope)
}

/// With CPU as the wall the margin is 1 - load / limit, and the load goes with 1/cores: its slope by ln cores is what is
/// missing of the margin to 1.
#[test]
fn cores_move_a_cpu_margin_by_the_load() {
    let mut file = find("openai-2024-12-11-staging").expect("a case").file().expect("it reads");
    file.set("cluster.nodes=1500").expect("set");
    let found = sensitivity(&file).expect("found");
    assert_eq!((found.gate, found.wall), ("failover", "API server CPU"));
    assert!((slope(&found, "api_server.cores") - (1.0 - found.margin)).abs() < 1e-6, "{found}");
}

#[test]
fn the_edge_it_names_is_near_the_edge() {
    let mut file = find("openai-2024-12-11-staging").expect("a case").file().expect("it reads");
    file.set("cluster.nodes=2000").expect("set");
    let found = sensitivity(&file).expect("found");
    let cores = found.knobs.iter().find(|knob| knob.key == "api_server.cores").expect("cores");
    let edge = cores.edge(found.margin).expect("an edge");
    file.set(&format!("api_server.cores={edge}")).expect("set");
    // 1/x is not straight: over this distance it is off by the square of the part moved.
    let part = 1.0 - edge / cores.value;
    let there = sensitivity(&file).expect("found");
    assert!(there.margin.abs() < 3.0 * part * part + 1e-9, "margin {} at {edge} cores", there.margin);
}

#[test]
fn every_case_has_a_number_that_decides() {
    for case in ALL {
        let file = case.file().expect("it reads");
        let found = sensitivity(&file).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(found.knobs.windows(2).all(|pair| pair[0].slope.abs() >= pair[1].slope.abs()), "{}", case.name);
        assert!(found.to_string().lines().count() > 3, "{}", case.name);
    }
    let empty = ScenarioFile::empty(TABLE);
    assert!(Plan::resolve(empty.clone()).is_ok() && sensitivity(&empty).is_ok());
}
