//! How far a key may go.

use pyo3::prelude::*;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::Words;
use slackwater_study::threshold::{self as search, Look};

use crate::compute::interruptible;
use crate::errors::{defect, input};
use crate::scenario::ScenarioFile;

/// Smallest value, largest value, number of values.
type Ends = (Option<f64>, Option<f64>, Option<u32>);

fn look((from, to, values): Ends) -> Look {
    Look { from, to, values }
}

/// Text and JSON of an answer.
pub(crate) fn told<T: std::fmt::Display + serde::Serialize>(
    found: Result<T, InputError>,
) -> PyResult<(String, String)> {
    let found = found.map_err(|error| input(&error))?;
    Ok((found.to_string(), serde_json::to_string(&found).map_err(defect)?))
}

/// Bands of a key: text and JSON.
#[pyfunction]
pub(crate) fn threshold(
    py: Python<'_>,
    scenario: &ScenarioFile,
    key: String,
    ends: Ends,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let file = scenario.file.clone();
    let found = interruptible(py, None, progress.as_ref(), move |task| {
        search::threshold_until(&file, &key, look(ends), &|| task.watch())
    })?;
    let found = found.map_err(|error| input(&error))?;
    let mut json = serde_json::to_value(&found).map_err(defect)?;
    if let Some(fields) = json.as_object_mut() {
        fields.insert("edge".to_owned(), serde_json::to_value(found.edge()).map_err(defect)?);
    }
    Ok((found.to_string(), json.to_string()))
}

/// Thresholds of a key along another: text and JSON.
#[pyfunction]
pub(crate) fn frontier(
    py: Python<'_>,
    scenario: &ScenarioFile,
    key: String,
    ends: Ends,
    along: String,
    ends_along: Ends,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let (file, ends, ends_along) = (scenario.file.clone(), look(ends), look(ends_along));
    told(interruptible(py, None, progress.as_ref(), move |task| {
        search::frontier_until(&file, &key, ends, &along, ends_along, &|| task.watch())
    })?)
}

/// The threshold of a key where others are uncertain: text and JSON.
#[pyfunction]
pub(crate) fn interval(
    py: Python<'_>,
    scenario: &ScenarioFile,
    key: String,
    ends: Ends,
    vary: Vec<String>,
    sample: Option<String>,
    seed: u64,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let words = Words { vary, sample, seed, ..Words::default() };
    let file = scenario.file.clone();
    told(interruptible(py, None, progress.as_ref(), move |task| {
        search::interval_until(&file, &key, look(ends), words, &|| task.watch())
    })?)
}
