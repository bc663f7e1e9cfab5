//! How far a key may go.

use pyo3::prelude::*;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::Words;
use slackwater_study::threshold::{self as search, Look};

use crate::compute::detached;
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
pub(crate) fn threshold(py: Python<'_>, scenario: &ScenarioFile, key: &str, ends: Ends) -> PyResult<(String, String)> {
    let found = detached(py, || search::threshold(&scenario.file, key, look(ends)))?.map_err(|error| input(&error))?;
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
    key: &str,
    ends: Ends,
    along: &str,
    ends_along: Ends,
) -> PyResult<(String, String)> {
    told(detached(py, || search::frontier(&scenario.file, key, look(ends), along, look(ends_along)))?)
}

/// The threshold of a key where others are uncertain: text and JSON.
#[pyfunction]
pub(crate) fn interval(
    py: Python<'_>,
    scenario: &ScenarioFile,
    key: &str,
    ends: Ends,
    vary: Vec<String>,
    sample: Option<String>,
    seed: u64,
) -> PyResult<(String, String)> {
    let words = Words { vary, sample, seed, ..Words::default() };
    told(detached(py, || search::interval(&scenario.file, key, look(ends), words))?)
}
