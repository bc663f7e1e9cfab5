//! Where a cluster runs well, and where a trigger could bring it down for good.

use pyo3::prelude::*;
use slackwater_study::region as search;
use slackwater_study::run::Trigger;

use crate::compute::detached;
use crate::scenario::ScenarioFile;
use crate::threshold::told;

/// Loads at which it breaks and heals: text and JSON.
#[pyfunction]
pub(crate) fn hysteresis(
    py: Python<'_>,
    scenario: &ScenarioFile,
    size: f64,
    duration_s: f64,
) -> PyResult<(String, String)> {
    told(detached(py, || search::hysteresis(&scenario.file, Trigger { size, duration_s }))?)
}

/// Regions over two keys: text and JSON.
#[pyfunction]
pub(crate) fn region_map(
    py: Python<'_>,
    scenario: &ScenarioFile,
    across: &str,
    up: &str,
    size: f64,
    duration_s: f64,
) -> PyResult<(String, String)> {
    told(detached(py, || search::map(&scenario.file, across, up, Trigger { size, duration_s }))?)
}
