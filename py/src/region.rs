//! Where a cluster runs well, and where a trigger could bring it down for good.

use pyo3::prelude::*;
use slackwater_study::region as search;
use slackwater_study::run::Trigger;

use crate::compute::interruptible;
use crate::scenario::ScenarioFile;
use crate::threshold::told;

/// Loads at which it breaks and heals: text and JSON.
#[pyfunction]
pub(crate) fn hysteresis(
    py: Python<'_>,
    scenario: &ScenarioFile,
    size: f64,
    duration_s: f64,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let (file, trigger) = (scenario.file.clone(), Trigger { size, duration_s });
    told(interruptible(py, None, progress.as_ref(), move |task| {
        search::hysteresis_until(&file, trigger, &|| task.watch())
    })?)
}

/// Regions over two keys: text and JSON.
#[pyfunction]
pub(crate) fn region_map(
    py: Python<'_>,
    scenario: &ScenarioFile,
    across: String,
    up: String,
    size: f64,
    duration_s: f64,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let (file, trigger) = (scenario.file.clone(), Trigger { size, duration_s });
    told(interruptible(py, None, progress.as_ref(), move |task| {
        search::map_until(&file, &across, &up, trigger, &|| task.watch())
    })?)
}
