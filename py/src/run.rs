//! Runs and verdicts.

use std::sync::Arc;

use pyo3::prelude::*;
use slackwater_study::events::beside::{BesideError, every_size};
use slackwater_study::outcome::Outcome;
use slackwater_study::report::{Brief, Json, Report, Terminal};
use slackwater_study::resolve::Plan;
use slackwater_study::run;

use crate::compute::detached;
use crate::errors::{defect, input, refused};
use crate::saved::Saved;
use crate::scenario::ScenarioFile;
use crate::table::{Table, field};

/// A run: its JSON without the trajectory, the text for a terminal, the few lines of the demo, and the columns.
type Parts = (String, String, String, Table);

/// Runs a scenario.
#[pyfunction]
#[pyo3(signature = (scenario, *, brief, events, seed))]
pub(crate) fn simulate(
    py: Python<'_>,
    scenario: &ScenarioFile,
    brief: bool,
    events: bool,
    seed: u64,
) -> PyResult<Parts> {
    let file = scenario.file.clone();
    let outcome = detached(py, move || -> Result<Outcome, BesideError> {
        let plan = Plan::resolve(file)?;
        let mut outcome = if brief { run::brief(&plan)? } else { run::simulate(&plan)? };
        if events {
            outcome.engines = every_size(&plan, seed)?;
            outcome.seed = seed;
        }
        Ok(outcome)
    })?;
    let outcome = outcome.map_err(|error| match error {
        BesideError::Input(error) => input(&error),
        other => refused(&format!("{other}; leave out engine=\"events\": the fluid model takes any size")),
    })?;
    parts(scenario, outcome)
}

/// Runs a scenario, from a saved state on if there is one; with `save`, its state at the end comes too.
#[pyfunction]
#[pyo3(signature = (scenario, start, *, save))]
pub(crate) fn resume(
    py: Python<'_>,
    scenario: &ScenarioFile,
    start: Option<&Saved>,
    save: bool,
) -> PyResult<(Parts, Option<Saved>)> {
    let (file, start) = (scenario.file.clone(), start.map(|saved| Arc::clone(&saved.0)));
    let ended = detached(py, move || {
        let plan = Plan::resolve(file)?;
        match (start, save) {
            (Some(start), false) => Ok((run::resume(&plan, &start)?, None)),
            (start, _) => {
                run::simulate_and_save(&plan, start.as_deref()).map(|(outcome, saved)| (outcome, Some(saved)))
            }
        }
    })?;
    let (outcome, saved) = ended.map_err(|error| input(&error))?;
    Ok((parts(scenario, outcome)?, saved.map(|saved| Saved(Arc::new(saved)))))
}

fn parts(scenario: &ScenarioFile, mut outcome: Outcome) -> PyResult<Parts> {
    if outcome.name.is_empty() {
        outcome.name.clone_from(&scenario.name);
    }
    let text = text(&Terminal { colour: false, ascii: false }, &outcome)?;
    let short = self::text(&Brief { colour: false, ascii: false }, &outcome)?;
    let fields = outcome
        .columns
        .iter()
        .map(|column| field(&column.name, arrow_schema::DataType::Float64, false, &column.unit, &column.meaning));
    let fields = fields.collect();
    let (names, columns): (Vec<String>, Vec<Vec<f64>>) = std::mem::take(&mut outcome.trajectory).into_iter().unzip();
    drop(names);
    Ok((self::text(&Json, &outcome)?, text, short, Table::of_numbers(fields, columns)?))
}

fn text(report: &dyn Report, outcome: &Outcome) -> PyResult<String> {
    let mut bytes = Vec::new();
    report.write(outcome, &mut bytes).map_err(defect)?;
    String::from_utf8(bytes).map_err(defect)
}

/// The first gate that fails; None if the scenario is safe.
#[pyfunction]
pub(crate) fn judge(py: Python<'_>, scenario: &ScenarioFile) -> PyResult<Option<&'static str>> {
    let file = scenario.file.clone();
    let judged = detached(py, move || run::judge(&Plan::resolve(file)?))?;
    Ok(judged.map_err(|error| input(&error))?.gate)
}

/// Every way to delete the agent: text and JSON.
#[pyfunction]
pub(crate) fn escape(py: Python<'_>, scenario: &ScenarioFile) -> PyResult<(String, String)> {
    let file = scenario.file.clone();
    let ways = detached(py, move || run::ways_out(&Plan::resolve(file)?))?.map_err(|error| input(&error))?;
    let ways = run::WaysOut { ways };
    Ok((ways.to_string(), serde_json::to_string(&ways).map_err(defect)?))
}
