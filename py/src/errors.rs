//! Refusals as Python exceptions: the classes are the package's own, so that they can be pickled and caught by name.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use slackwater_core::queue::QueueError;
use slackwater_study::learn::LearnError;
use slackwater_study::scenario::InputError;

const MODULE: &str = "slackwater.errors";

fn raise(class: &str, arguments: impl for<'py> pyo3::call::PyCallArgs<'py>) -> PyErr {
    Python::attach(|py| {
        let made = py.import(MODULE).and_then(|module| module.getattr(class)?.call1(arguments));
        made.map_or_else(|error| error, PyErr::from_value)
    })
}

/// `InputError` with all its fields.
pub(crate) fn input(error: &InputError) -> PyErr {
    raise("_input_error", (error.to_json().to_string(), error.render(false)))
}

/// `QueueError` with the argument, its value, the range, and the place in the arrays.
pub(crate) fn queue(law: &str, at: usize, error: QueueError) -> PyErr {
    let (min, max) = match error {
        QueueError::OutOfRange { min, max, .. } => (Some(min), Some(max)),
        QueueError::NoSteadyState { below, .. } => (None, Some(below)),
        _ => (None, None),
    };
    raise("_queue_error", (law, at, error.to_string(), error.argument(), error.value(), min, max))
}

/// `FitError`.
pub(crate) fn learn(error: &LearnError) -> PyErr {
    raise("FitError", (error.to_string(),))
}

/// `SlackwaterError`.
pub(crate) fn refused(message: &str) -> PyErr {
    raise("SlackwaterError", (message.to_owned(),))
}

/// A defect of ours.
pub(crate) fn defect(error: impl std::fmt::Display) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}
