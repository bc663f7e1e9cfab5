//! Which number decides: slopes against closed forms, and against the gates themselves.

mod sweep_rig;

use slackwater_core::bounds::TABLE;
use slackwater_core::verdict::gates::{failover, restart, steady, surge};
use slackwater_study::cases::{ALL, find};
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::ScenarioFile;
use slackwater_study::sensitivity::{Knob, Of, Sensitivity, sensitivity};
use sweep_rig::{EVERY_KEY, sweep};

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

/// The margin of the gate found, with one key elsewhere: the worst over the sizes of the fleet.
fn margin(file: &ScenarioFile, gate: &str, key: &str, value: f64) -> Option<f64> {
    let mut file = file.clone();
    file.set(&format!("{key}={value:e}")).ok()?;
    let plan = Plan::resolve(file).ok()?;
    let margins = plan.fleet.groups.iter().filter_map(|group| {
        let size = plan.cluster(group.nodes).ok()?;
        let check = match gate {
            "steady" => Some(steady(&size)),
            "surge" => Some(surge(&size)),
            "failover" => failover(&size),
            _ => Some(restart(&size)),
        };
        Some(check?.margin())
    });
    margins.min_by(f64::total_cmp)
}

/// The slope by central differences over two ways, with the error of the square of the way taken out: what is left is that
/// of its fourth power, 1e-14, and rounding over the way, 1e-11. Nothing where the two disagree: there is a corner nearby.
fn difference(file: &ScenarioFile, gate: &str, knob: &Knob) -> Option<f64> {
    let over = |part: f64| {
        let at = |factor: f64| margin(file, gate, &knob.key, knob.value * factor);
        Some((at(1.0 + part)? - at(1.0 - part)?) / (2.0 * part))
    };
    let (wide, narrow) = (over(2e-4)?, over(1e-4)?);
    ((wide - narrow).abs() <= 1e-4 * narrow.abs() + 1e-9).then_some((4.0 * narrow - wide) / 3.0)
}

/// Holds every knob of a scenario to differences; how many were, of how many.
fn held(name: &str, file: &ScenarioFile) -> (usize, usize) {
    let found = sensitivity(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    // What only a run decides is held to runs, in sensitivity_run.rs.
    let smooth = found.knobs.iter().filter(|knob| found.of == Of::Margin && !knob.whole && !knob.jumps);
    let (mut held, mut of) = (0, 0);
    for knob in smooth {
        of += 1;
        let Some(difference) = difference(file, found.gate, knob) else { continue };
        held += 1;
        let off = (knob.slope - difference).abs();
        // Nine digits of the resolver's own slopes, and of margins of which some are far above 1.
        let most = (1e-6 * difference.abs()).max(1e-9 * found.margin.abs().max(1.0));
        assert!(off <= most, "{name}, {} by {}: slope {}, difference {difference}", found.gate, knob.key, knob.slope);
    }
    (held, of)
}

#[test]
fn every_knob_of_every_case_has_the_slope_of_its_differences() {
    let (mut all, mut of) = (0, 0);
    for case in ALL {
        let (one, one_of) = held(case.name, &case.file().expect("it reads"));
        (all, of) = (all + one, of + one_of);
    }
    // Integers that only stand still when typed as fractions, and corners, are few.
    assert!(all * 10 >= of * 8 && all > 100, "only {all} of {of} knobs are smooth");
}

#[test]
fn every_knob_of_any_scenario_has_the_slope_of_its_differences() {
    let (mut all, mut of) = (0, 0);
    for (case, rows) in [("openai-2024-12-11-staging", "sobol:24"), ("openai-2018-agents", "sobol:8")] {
        let design = sweep(case, &[], &EVERY_KEY, rows);
        for row in 0..design.rows() {
            let (one, one_of) = held(&format!("{case} {row}"), &design.scenario(row).expect("a row"));
            (all, of) = (all + one, of + one_of);
        }
    }
    assert!(all * 10 >= of * 8 && all > 100, "only {all} of {of} knobs are smooth");
}

/// A core more than sixteen is a server more for Erlang C, and nodes more than a bracket are a larger machine: a
/// difference over the jump says thousands of points where a tenth more says tens.
#[test]
fn a_jump_is_said_and_not_taken_for_a_slope() {
    let mut jumps = 0;
    for case in ALL {
        let file = case.file().expect("it reads");
        let found = sensitivity(&file).expect("found");
        for knob in found.knobs.iter().filter(|knob| knob.jumps) {
            jumps += 1;
            // On the flat side a tenth is a tenth, to some tenths of itself and of the margin.
            let least = found.margin.abs().max(1.0);
            assert!(knob.slope.abs() < 10.0 * least, "{}: {} {}", case.name, knob.key, knob.slope);
        }
    }
    assert!(jumps > 0);
}
