//! A run's state, to go on from.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use slackwater_study::run::{self, StateError};

use crate::errors::refused;
use crate::scenario::ScenarioFile;

/// Every size of the fleet at one age, with the rows that led there.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Debug)]
pub(crate) struct Saved(pub(crate) std::sync::Arc<run::Saved>);

fn wrong(error: &StateError) -> PyErr {
    refused(&format!("{error}: give what `save_state` or `slackwater simulate --save-state` wrote"))
}

#[pymethods]
impl Saved {
    /// From the bytes of a file.
    #[staticmethod]
    fn of_bytes(bytes: &[u8]) -> PyResult<Self> {
        run::Saved::from_bytes(bytes).map(|saved| Self(saved.into())).map_err(|error| wrong(&error))
    }

    /// As the bytes of a file.
    fn bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.0.to_bytes().map_err(|error| wrong(&error))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Seconds since the touch of each cluster.
    #[getter]
    fn at_s(&self) -> f64 {
        self.0.at_s
    }

    /// The scenario it was saved under.
    fn scenario(&self) -> PyResult<ScenarioFile> {
        ScenarioFile::parse("<saved state>", &self.0.scenario)
    }
}
