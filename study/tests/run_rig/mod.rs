//! Built-in cases with changes, run, and read by name.

#![allow(dead_code, reason = "each test file uses a part")]

use slackwater_study::cases;
use slackwater_study::outcome::{Gate, Outcome};
use slackwater_study::resolve::Plan;
use slackwater_study::run::simulate;
use slackwater_study::scenario::ScenarioFile;

pub(crate) const OUTAGE: &str = "openai-2024-12-11";

/// Seconds from 14:51, the start of the rollout in the account, to a clock time of that day.
pub(crate) fn after_1451(hours: u32, minutes: u32) -> f64 {
    f64::from(hours * 60 + minutes) * 60.0 - (14.0 * 60.0 + 51.0) * 60.0
}

pub(crate) fn file(case: &str, changes: &[&str]) -> ScenarioFile {
    let mut file = cases::find(case).expect(case).file().expect(case);
    for change in changes {
        file.set(change).expect(change);
    }
    file
}

pub(crate) fn plan(case: &str, changes: &[&str]) -> Plan {
    Plan::resolve(file(case, changes)).expect(case)
}

pub(crate) fn run(case: &str, changes: &[&str]) -> Outcome {
    simulate(&plan(case, changes)).expect(case)
}

/// Time of an event in seconds since the rollout started, if it happened.
pub(crate) fn event(outcome: &Outcome, name: &str) -> Option<f64> {
    outcome.events.iter().find(|event| event.name == name).expect(name).t_s
}

pub(crate) fn column<'a>(outcome: &'a Outcome, name: &str) -> &'a [f64] {
    &outcome.trajectory.iter().find(|(column, _)| column == name).expect(name).1
}

pub(crate) fn gate<'a>(outcome: &'a Outcome, name: &str) -> &'a Gate {
    outcome.verdict.gates.iter().find(|gate| gate.name == name).expect(name)
}

pub(crate) fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}
