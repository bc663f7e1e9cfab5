//! A finer step must not change what a run says.

mod run_rig;

use run_rig::{OUTAGE, column, most, run};
use slackwater_study::outcome::Outcome;

/// Relative change a headline output may show when the step is halved.
const MOVES: f64 = 0.005;

/// What a reader takes away: names and numbers. What did not happen is infinite.
fn headlines(outcome: &Outcome) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = Vec::new();
    for event in &outcome.events {
        all.push((event.name.to_owned(), event.t_s.unwrap_or(f64::INFINITY)));
    }
    for gate in &outcome.verdict.gates {
        all.push((format!("gate {}", gate.name), gate.value.unwrap_or(f64::INFINITY)));
    }
    let size = |found: Option<u64>| found.map_or(f64::INFINITY, |nodes| nodes as f64);
    all.push(("tipping_nodes".to_owned(), size(outcome.verdict.tipping_nodes)));
    all.push(("visible_from_nodes".to_owned(), size(outcome.verdict.visible_from_nodes)));
    for name in ["user_impact", "affected_impact", "clusters_down", "clusters_recovered"] {
        all.push((format!("most {name}"), most(column(outcome, name))));
    }
    if let Some(found) = &outcome.counterfactual {
        all.push(("clusters spared".to_owned(), found.clusters_spared as f64));
        all.push(("clusters fallen".to_owned(), found.clusters_fallen as f64));
        all.push(("halt".to_owned(), found.halt_t_s.unwrap_or(f64::INFINITY)));
    }
    for remedy in &outcome.remedies {
        all.push((format!("{} all", remedy.name), remedy.all_recovered_s.unwrap_or(f64::INFINITY)));
    }
    all
}

/// Outputs that move by more than the bound, with both numbers.
fn moved(case: &str, changes: &[&str], coarse_s: f64) -> Vec<String> {
    let at = |dt_s: f64| {
        let step = format!("run.dt_s={dt_s}");
        let mut all = changes.to_vec();
        all.push(&step);
        headlines(&run(case, &all))
    };
    let (coarse, fine) = (at(coarse_s), at(coarse_s / 2.0));
    assert_eq!(coarse.len(), fine.len());
    let mut wrong = Vec::new();
    for ((name, a), (_, b)) in coarse.iter().zip(&fine) {
        let same = a == b || (a - b).abs() <= MOVES * a.abs().max(b.abs());
        if !same {
            wrong.push(format!("{name}: {a} at {coarse_s} s, {b} at half of it"));
        }
    }
    wrong
}

#[test]
fn half_the_step_gives_the_same_outage() {
    let wrong = moved(OUTAGE, &[], 1.0);
    assert!(wrong.iter().all(|line| line.starts_with("gate masking")), "{wrong:#?}");
}

/// With fewer nodes alone a cluster comes back when a restart, tried every ten minutes, finds that memory suffices: one more
/// or less is at an edge here (17,336 and 16,749 s).
#[test]
fn a_quarter_of_the_step_gives_the_same_outage() {
    let wrong = moved(OUTAGE, &[], 0.5);
    let known = ["gate masking", "scale_down all"];
    assert!(wrong.iter().all(|line| known.iter().any(|known| line.starts_with(known))), "{wrong:#?}");
}

#[test]
fn half_the_step_gives_the_same_masking_gate() {
    assert_eq!(moved(OUTAGE, &[], 1.0), Vec::<String>::new());
}

#[test]
fn half_the_step_gives_the_same_node_scoped_rollout() {
    assert_eq!(moved("openai-2024-12-11-node-scoped", &[], 1.0), Vec::<String>::new());
}

/// The alert is beside itself by 6 s: who waits 15 s in a queue that is not served is turned away, 4.9 % of all requests
/// in steps of a second and 5 to 8 % in shorter ones (4 to 5 % request by request), and an alert stands at 5 %.
#[test]
fn half_the_step_gives_the_same_agents_of_2018_but_for_the_alert() {
    let wrong = moved("openai-2018-agents", &[], 1.0);
    assert!(wrong.iter().all(|line| line.starts_with("alert") || line.starts_with("halt")), "{wrong:#?}");
}

#[test]
fn half_the_step_gives_the_same_loss_of_a_dns_source() {
    assert_eq!(moved("dns-source-lost", &[], 1.0), Vec::<String>::new());
}
