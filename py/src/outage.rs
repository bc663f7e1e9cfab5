//! What still works while something is down.

use pyo3::prelude::*;
use slackwater_core::nodes::plane::Row;
use slackwater_study::outage::{Outage, seconds, typed};
use slackwater_study::report::OutageText;
use slackwater_study::resolve::OutagePlan;

use crate::compute::detached;
use crate::errors::{defect, input, refused};
use crate::scenario::ScenarioFile;
use crate::table::{Table, number};

type Reads = (&'static str, &'static str, &'static str, fn(&Row) -> f64);

/// Columns over time: name, unit, meaning, where it stands.
const COLUMNS: [Reads; 13] = [
    ("t_s", "s", "since the fault began, at the end of the step", |row| row.t_s),
    ("api", "", "the API answers at the masters", |row| row.api),
    ("controllers", "", "controllers that lead and are answered", |row| row.controllers),
    ("nodes_gone", "", "nodes that count as gone", |row| row.nodes_gone),
    ("serving", "", "pods that serve, of those at the start", |row| row.serving),
    ("crash_loop", "", "pods in CrashLoopBackOff, of those there should be", |row| row.crash_loop),
    ("pending", "", "pods that wait for a place, of those there should be", |row| row.pending),
    ("stale", "", "requests sent to pods that do not answer", |row| row.stale),
    ("names", "", "lookups that succeed", |row| row.names),
    ("dns_on_masters", "", "DNS servers on masters", |row| row.dns_on_masters),
    ("load", "", "of what the pods at the start could carry", |row| row.load),
    ("here", "", "user traffic served here, of what comes here", |row| row.here),
    ("surviving", "", "user traffic served, here or elsewhere", |row| row.surviving),
];

/// Runs an outage: text without and with sources, JSON, columns. `down` and `length` are as `--down` and `--for` take
/// them.
#[pyfunction]
#[pyo3(signature = (scenario, down, length))]
pub(crate) fn outage(
    py: Python<'_>,
    scenario: &ScenarioFile,
    down: Option<&str>,
    length: Option<&str>,
) -> PyResult<(String, String, String, Table)> {
    let mut set = down.map(typed).transpose().map_err(|error| input(&error))?.unwrap_or_default();
    if let Some(length) = length {
        let s = seconds(length).ok_or_else(|| {
            refused(&format!("{length:?} is no length of time: write a number and s, m, h or d, for example \"10m\""))
        })?;
        set.push(format!("outage.for_s={s}"));
    }
    let mut file = scenario.file.clone();
    for argument in &set {
        file.set(argument).map_err(|error| input(&error))?;
    }
    let outage = detached(py, move || Ok(Outage::run(&OutagePlan::resolve(file)?)))?;
    let mut outage: Outage = outage.map_err(|error| input(&error))?;
    if outage.name.is_empty() {
        outage.name.clone_from(&scenario.name);
    }
    let text = |sources| OutageText { colour: false, ascii: false, sources }.of(&outage);
    let rows = &outage.trajectory;
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|(name, unit, meaning, read)| number(name, unit, meaning, rows.iter().map(|row| Some(read(row)))))
        .collect();
    Ok((text(false), text(true), serde_json::to_string_pretty(&outage).map_err(defect)?, Table::of(&columns)?))
}
