//! The model beside the truth.

use std::path::PathBuf;

use pyo3::prelude::*;
use slackwater_study::fidelity::{Table, plots, text};

use crate::compute::{detached, interruptible};
use crate::errors::{defect, input};
use crate::learn::read;

/// Every truth beside the model: text and JSON.
#[pyfunction]
#[pyo3(signature = (truth, calibration, progress))]
pub(crate) fn fidelity(
    py: Python<'_>,
    truth: Option<PathBuf>,
    calibration: Option<&str>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let calibration = read(calibration)?;
    let table = interruptible(py, None, progress.as_ref(), move |task| {
        Table::of_until(truth.as_deref(), &calibration, &|| task.watch())
    })?
    .map_err(|error| input(&error))?;
    Ok((text(&table), serde_json::to_string(&table).map_err(defect)?))
}

/// Pictures of each run: name of the file and SVG.
#[pyfunction]
#[pyo3(signature = (truth, calibration))]
pub(crate) fn draw(
    py: Python<'_>,
    truth: Option<PathBuf>,
    calibration: Option<&str>,
) -> PyResult<Vec<(String, String)>> {
    let calibration = read(calibration)?;
    detached(py, move || plots(truth.as_deref(), &calibration))?.map_err(|error| input(&error))
}
