//! Constants of a machine, from recordings of it.

use std::path::PathBuf;

use pyo3::prelude::*;
use slackwater_study::learn::{self, Calibration};
use slackwater_study::truth::Truth;

use crate::compute::detached;
use crate::errors::{self, defect, input};

/// A calibration from its JSON; the one in the binary where there is none.
pub(crate) fn read(json: Option<&str>) -> PyResult<Calibration> {
    json.map_or_else(Calibration::given, serde_json::from_str).map_err(defect)
}

/// The calibration in the binary, as JSON.
#[pyfunction]
pub(crate) fn given() -> PyResult<String> {
    serde_json::to_string(&read(None)?).map_err(defect)
}

/// Fits the constants to the recordings in a folder, or to those in the binary; JSON.
#[pyfunction]
#[pyo3(signature = (truth))]
pub(crate) fn fit(py: Python<'_>, truth: Option<PathBuf>) -> PyResult<String> {
    let fitted = detached(py, move || {
        let truth = truth.map_or_else(Truth::built_in, |path| Truth::read(&path)).map_err(|error| input(&error))?;
        learn::fit(&truth.runs).map_err(|error| errors::learn(&error))
    })??;
    serde_json::to_string(&fitted).map_err(defect)
}
