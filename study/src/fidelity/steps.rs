//! Half the step: headline outputs must not move. And the cohort against a plain list of due amounts.

use super::row::{Bound, Row};
use crate::cases::find;
use crate::outcome::Outcome;
use crate::resolve::Plan;
use crate::run::simulate;
use crate::scenario::InputError;
use slackwater_core::cohort::{Cohort, slots_for};

/// Share by which a headline output may move.
const MOVES: f64 = 0.005;
const COHORTS: f64 = 1e-12;
const CASES: [&str; 4] =
    ["openai-2024-12-11", "openai-2024-12-11-node-scoped", "openai-2018-agents", "dns-source-lost"];

pub(super) fn rows(out: &mut Vec<Row>) {
    for name in CASES {
        let row = Row::new("step size", name, "headline output that moves most with half the step", "fluid");
        out.push(match (headlines(name, 1.0), headlines(name, 0.5)) {
            (Ok(coarse), Ok(fine)) => moved(row, &coarse, &fine),
            (Err(error), _) | (_, Err(error)) => row.failed(error.to_string()),
        });
    }
    cohorts(out);
}

fn moved(row: Row, coarse: &[(String, f64)], fine: &[(String, f64)]) -> Row {
    let mut worst = (0.0, String::new(), 0.0, 0.0);
    for ((name, a), (_, b)) in coarse.iter().zip(fine) {
        let moves = if a == b { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()) };
        if moves > worst.0 || moves.is_nan() {
            worst = (moves, name.clone(), *a, *b);
        }
    }
    let (moves, name, a, b) = worst;
    row.measured(a, "").predicted(b).note(name).within(moves, Bound { value: MOVES, unit: "" })
}

fn headlines(name: &str, dt_s: f64) -> Result<Vec<(String, f64)>, InputError> {
    let Some(case) = find(name) else { return Ok(Vec::new()) };
    let mut file = case.file()?;
    file.set(&format!("run.dt_s={dt_s}"))?;
    Ok(of(&simulate(&Plan::resolve(file)?)?))
}

/// What a reader takes away. What did not happen is infinite.
fn of(outcome: &Outcome) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    for event in &outcome.events {
        all.push((event.name.to_owned(), event.t_s.unwrap_or(f64::INFINITY)));
    }
    for gate in &outcome.verdict.gates {
        all.push((format!("gate {}", gate.name), gate.value.unwrap_or(f64::INFINITY)));
    }
    let nodes = outcome.verdict.tipping_nodes.map_or(f64::INFINITY, |nodes| nodes as f64);
    all.push(("tipping_nodes".to_owned(), nodes));
    for remedy in &outcome.remedies {
        all.push((format!("{}: all recovered", remedy.name), remedy.all_recovered_s.unwrap_or(f64::INFINITY)));
    }
    all
}

/// Pushes with due times between steps, and memoryless losses, against a list of what is due when.
fn cohorts(out: &mut Vec<Row>) {
    const STEPS: usize = 2000;
    const LONGEST: f64 = 97.0;
    let mut slots = vec![0.0; slots_for(LONGEST + 1.0, 1.0)];
    let mut cohort: Cohort<f64> = Cohort::new();
    let mut list = vec![0.0; STEPS + LONGEST as usize + 3];
    let mut worst = 0.0_f64;
    for step in 0..STEPS {
        let phase = step as f64 * 0.618_033_988_75;
        let (amount, due) = (1.0 + phase.fract(), 1.0 + (phase * 7.3).fract() * (LONGEST - 1.0));
        cohort.push(&mut slots, amount, due);
        // A due time between two steps splits over both.
        let (low, part) = (due as usize, due.fract());
        for (slot, share) in [(step + low, 1.0 - part), (step + low + 1, part)] {
            if let Some(place) = list.get_mut(slot) {
                *place += amount * share;
            }
        }
        if step % 5 == 0 {
            cohort.thin(&mut slots, 0.99);
            list.iter_mut().skip(step + 1).for_each(|x| *x *= 0.99);
        }
        let (got, expected) = (cohort.expire(&mut slots), list.get(step + 1).copied().unwrap_or(0.0));
        if expected > 0.0 {
            worst = worst.max((got - expected).abs() / expected);
        }
    }
    let row = Row::new("cohorts", "plain convolution", "relative error, worst of all steps", "code");
    out.push(
        row.measured(STEPS as f64, "steps").predicted(STEPS as f64).within(worst, Bound { value: COHORTS, unit: "" }),
    );
}
