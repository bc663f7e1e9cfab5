//! One server with timeouts and retries, solved exactly.

use pyo3::prelude::*;
use slackwater_study::chain::RetryServer;

use crate::compute::detached;
use crate::errors::{defect, refused};
use crate::table::{Table, number, whole};

/// Solves the chain of a server: text, JSON, and the share of time at each length of the queue.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are the numbers of one server")]
#[pyo3(signature = (arrivals_per_s, service_per_s, threads, timeout_s, retries, queue, orbit))]
pub(crate) fn chain(
    py: Python<'_>,
    arrivals_per_s: f64,
    service_per_s: f64,
    threads: usize,
    timeout_s: f64,
    retries: f64,
    queue: usize,
    orbit: usize,
) -> PyResult<(String, String, Table)> {
    let server = RetryServer { arrivals_per_s, service_per_s, threads, timeout_s, retries, queue, orbit };
    let answer = detached(py, move || server.solve())?.map_err(|error| refused(&error.to_string()))?;
    let lengths = (0_i64..).zip(&answer.by_queue);
    let table = Table::of(&[
        whole("queue", "requests", "requests at the server", lengths.map(|(queue, _)| queue)),
        number("share", "", "share of time with so many", answer.by_queue.iter().copied().map(Some)),
    ])?;
    Ok((answer.to_string(), serde_json::to_string(&answer).map_err(defect)?, table))
}
