//! The built-in cases, held against what must come out of them.

use pyo3::prelude::*;
use slackwater_study::cases::{self as library, Case, HeldCases, Outcome, hold_until};

use crate::compute::interruptible;
use crate::errors::{input, refused};
use crate::table::{Cells, Table, number, text, truth};

/// The built-in cases: name and one line on what it is.
#[pyfunction]
pub(crate) fn cases() -> Vec<(&'static str, &'static str)> {
    library::ALL.iter().map(|case| (case.name, case.summary)).collect()
}

/// Runs the cases of these names, all if there are none, and holds them against what must come out: text, JSON, columns.
#[pyfunction]
pub(crate) fn hold(
    py: Python<'_>,
    names: Vec<String>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String, Table)> {
    let find = |name: &String| {
        library::find(name)
            .ok_or_else(|| refused(&format!("there is no case `{name}`; there are {}", library::names().join(", "))))
    };
    let chosen = names.iter().map(find).collect::<PyResult<Vec<&'static Case>>>()?;
    let chosen = if chosen.is_empty() { library::ALL.iter().collect() } else { chosen };
    let held = interruptible(py, None, progress.as_ref(), move |task| hold_until(&chosen, &[], &|| task.watch()))?
        .map_err(|error| input(&error))?;
    let held = HeldCases { held };
    let table = Table::of(&[
        text("case", "the case", held.held.iter().map(|row| Some(row.case.to_owned()))),
        text("name", "the expectation", held.held.iter().map(|row| Some(row.name.clone()))),
        text("wanted", "what must come out", held.held.iter().map(|row| Some(row.wanted.clone()))),
        number("answer", "", "what came out", held.held.iter().map(|row| row.answer)),
        truth("passed", "it came out", held.held.iter().map(|row| row.outcome == Outcome::Pass)),
        truth("gap", "it did not, and its case says why", held.held.iter().map(|row| row.outcome == Outcome::Gap)),
        text("source", "why it must", held.held.iter().map(|row| Some(row.source.clone()))),
    ] as &[Cells])?;
    Ok((held.to_string(), held.to_json(), table))
}
