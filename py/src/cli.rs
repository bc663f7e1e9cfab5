//! `slackwater` on a command line, from the wheel.

use std::ffi::OsString;
use std::process::ExitCode;

use pyo3::prelude::*;

/// Runs the command line with these arguments, the program's name first, and gives its exit code.
#[pyfunction]
pub(crate) fn cli(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let ended = py.detach(|| slackwater::run(arguments));
    // An exit code cannot be read, only compared.
    (0..=u8::MAX).find(|code| ExitCode::from(*code) == ended).unwrap_or(2)
}
