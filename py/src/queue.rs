//! Queue laws over arrays.

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use slackwater_core::queue::{self, QueueError};

use crate::errors;

/// A law over one set of arguments. Numbers of servers, places and sources come as floats, and must be whole.
type Law = fn(&[f64]) -> Result<f64, QueueError>;

fn whole(argument: &'static str, value: f64) -> Result<u32, QueueError> {
    let (min, max) = (0.0, f64::from(u32::MAX));
    let fits = value.fract() == 0.0 && min <= value && value <= max;
    if fits { Ok(value as u32) } else { Err(QueueError::OutOfRange { argument, value, min, max }) }
}

/// The law of a name, and how many arguments it takes.
fn find(name: &str) -> Option<(usize, Law)> {
    Some(match name {
        "erlang.erlang_b" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::erlang_b(whole("c", c)?, a)
        }),
        "erlang.erlang_c" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::erlang_c(whole("c", c)?, a)
        }),
        "erlang_a.delay_probability" => (4, |x| {
            let &[c, a, service_s, patience_s] = x else { return Ok(f64::NAN) };
            queue::erlang_a::delay_probability(whole("c", c)?, a, service_s, patience_s)
        }),
        "erlang_a.abandonment_probability" => (4, |x| {
            let &[c, a, service_s, patience_s] = x else { return Ok(f64::NAN) };
            queue::erlang_a::abandonment_probability(whole("c", c)?, a, service_s, patience_s)
        }),
        "erlang_a.mean_wait_s" => (4, |x| {
            let &[c, a, service_s, patience_s] = x else { return Ok(f64::NAN) };
            queue::erlang_a::mean_wait_s(whole("c", c)?, a, service_s, patience_s)
        }),
        "erlang_a.mean_queue" => (4, |x| {
            let &[c, a, service_s, patience_s] = x else { return Ok(f64::NAN) };
            queue::erlang_a::mean_queue(whole("c", c)?, a, service_s, patience_s)
        }),
        "mmc.utilisation" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::mmc::utilisation(whole("c", c)?, a)
        }),
        "mmc.mean_queue" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::mmc::mean_queue(whole("c", c)?, a)
        }),
        "mmc.mean_wait_s" => (3, |x| {
            let &[c, a, service_s] = x else { return Ok(f64::NAN) };
            queue::mmc::mean_wait_s(whole("c", c)?, a, service_s)
        }),
        "mmc.mean_sojourn_s" => (3, |x| {
            let &[c, a, service_s] = x else { return Ok(f64::NAN) };
            queue::mmc::mean_sojourn_s(whole("c", c)?, a, service_s)
        }),
        "mmc.wait_exceeds" => (4, |x| {
            let &[c, a, service_s, wait_s] = x else { return Ok(f64::NAN) };
            queue::mmc::wait_exceeds(whole("c", c)?, a, service_s, wait_s)
        }),
        "mmc.wait_quantile_s" => (4, |x| {
            let &[c, a, service_s, p] = x else { return Ok(f64::NAN) };
            queue::mmc::wait_quantile_s(whole("c", c)?, a, service_s, p)
        }),
        "mm1.sojourn_quantile_s" => (3, |x| {
            let &[a, service_s, p] = x else { return Ok(f64::NAN) };
            queue::mm1::sojourn_quantile_s(a, service_s, p)
        }),
        "mm1.sojourn_exceeds" => (3, |x| {
            let &[a, service_s, sojourn_s] = x else { return Ok(f64::NAN) };
            queue::mm1::sojourn_exceeds(a, service_s, sojourn_s)
        }),
        "mmck.blocking" => (3, |x| {
            let &[c, places, a] = x else { return Ok(f64::NAN) };
            queue::mmck::blocking(whole("c", c)?, whole("places", places)?, a)
        }),
        "mmck.mean_queue" => (3, |x| {
            let &[c, places, a] = x else { return Ok(f64::NAN) };
            queue::mmck::mean_queue(whole("c", c)?, whole("places", places)?, a)
        }),
        "mmck.mean_present" => (3, |x| {
            let &[c, places, a] = x else { return Ok(f64::NAN) };
            queue::mmck::mean_present(whole("c", c)?, whole("places", places)?, a)
        }),
        "mmck.mean_wait_s" => (4, |x| {
            let &[c, places, a, service_s] = x else { return Ok(f64::NAN) };
            queue::mmck::mean_wait_s(whole("c", c)?, whole("places", places)?, a, service_s)
        }),
        "mmck.throughput_per_s" => (4, |x| {
            let &[c, places, a, service_s] = x else { return Ok(f64::NAN) };
            queue::mmck::throughput_per_s(whole("c", c)?, whole("places", places)?, a, service_s)
        }),
        "mg1.mean_queue" => (2, |x| {
            let &[a, service_scv] = x else { return Ok(f64::NAN) };
            queue::mg1::mean_queue(a, service_scv)
        }),
        "mg1.mean_wait_s" => (3, |x| {
            let &[a, service_s, service_scv] = x else { return Ok(f64::NAN) };
            queue::mg1::mean_wait_s(a, service_s, service_scv)
        }),
        "mg1.mean_sojourn_s" => (3, |x| {
            let &[a, service_s, service_scv] = x else { return Ok(f64::NAN) };
            queue::mg1::mean_sojourn_s(a, service_s, service_scv)
        }),
        "mgc.allen_cunneen_wait_s" => (5, |x| {
            let &[c, a, service_s, arrival_scv, service_scv] = x else { return Ok(f64::NAN) };
            queue::mgc::allen_cunneen_wait_s(whole("c", c)?, a, service_s, arrival_scv, service_scv)
        }),
        "mgc.allen_cunneen_queue" => (4, |x| {
            let &[c, a, arrival_scv, service_scv] = x else { return Ok(f64::NAN) };
            queue::mgc::allen_cunneen_queue(whole("c", c)?, a, arrival_scv, service_scv)
        }),
        "processor_sharing.slowdown" => (1, |x| {
            let &[a] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::slowdown(a)
        }),
        "processor_sharing.sojourn_s" => (2, |x| {
            let &[a, size_s] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::sojourn_s(a, size_s)
        }),
        "processor_sharing.mean_slowdown" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::mean_slowdown(whole("c", c)?, a)
        }),
        "processor_sharing.mean_present" => (2, |x| {
            let &[c, a] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::mean_present(whole("c", c)?, a)
        }),
        "processor_sharing.busy_cores" => (2, |x| {
            let &[c, present] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::busy_cores(whole("c", c)?, present)
        }),
        "processor_sharing.mean_running" => (3, |x| {
            let &[c, seats, a] = x else { return Ok(f64::NAN) };
            queue::processor_sharing::mean_running(whole("c", c)?, whole("seats", seats)?, a)
        }),
        "engset.time_congestion" => (3, |x| {
            let &[c, sources, a_idle] = x else { return Ok(f64::NAN) };
            queue::engset::time_congestion(whole("c", c)?, whole("sources", sources)?, a_idle)
        }),
        "engset.call_congestion" => (3, |x| {
            let &[c, sources, a_idle] = x else { return Ok(f64::NAN) };
            queue::engset::call_congestion(whole("c", c)?, whole("sources", sources)?, a_idle)
        }),
        "engset.mean_busy" => (3, |x| {
            let &[c, sources, a_idle] = x else { return Ok(f64::NAN) };
            queue::engset::mean_busy(whole("c", c)?, whole("sources", sources)?, a_idle)
        }),
        "engset.throughput_per_s" => (4, |x| {
            let &[c, sources, a_idle, service_s] = x else { return Ok(f64::NAN) };
            queue::engset::throughput_per_s(whole("c", c)?, whole("sources", sources)?, a_idle, service_s)
        }),
        _ => return None,
    })
}

/// A law over arrays of one length: `NaN` for arguments out of range if `outside_nan`, QueueError otherwise.
#[pyfunction]
#[pyo3(signature = (name, arguments, *, outside_nan))]
pub(crate) fn law<'py>(
    py: Python<'py>,
    name: &str,
    arguments: Vec<PyReadonlyArray1<'py, f64>>,
    outside_nan: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (count, law) = find(name).ok_or_else(|| PyValueError::new_err(format!("no law `{name}`")))?;
    let columns = arguments.iter().map(|array| Ok(array.as_slice()?)).collect::<PyResult<Vec<&[f64]>>>()?;
    let rows = columns.first().map_or(0, |column| column.len());
    if columns.len() != count || columns.iter().any(|column| column.len() != rows) {
        return Err(PyValueError::new_err(format!("{name} takes {count} arrays of one length")));
    }
    let answers = py.detach(|| {
        let mut row = Vec::with_capacity(count);
        let each = (0..rows).map(|at| {
            row.clear();
            row.extend(columns.iter().filter_map(|column| column.get(at)));
            match law(&row) {
                Err(error) if !outside_nan => Err((at, error)),
                found => Ok(found.unwrap_or(f64::NAN)),
            }
        });
        each.collect::<Result<Vec<f64>, _>>()
    });
    let answers = answers.map_err(|(at, error)| errors::queue(name, at, error))?;
    Ok(PyArray1::from_vec(py, answers))
}
