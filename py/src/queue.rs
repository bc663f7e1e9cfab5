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

/// The laws by name: how many arguments each takes, and the call, every argument by the name it has in the core.
macro_rules! laws {
    (@value whole $name:ident) => { whole(stringify!($name), $name)? };
    (@value real $name:ident) => { $name };
    ($($law:literal $call:path, $($name:ident: $kind:ident),+;)*) => {
        fn find(name: &str) -> Option<(usize, Law)> {
            Some(match name {
                $($law => ([$(stringify!($name)),+].len(), |arguments| {
                    let &[$($name),+] = arguments else { return Ok(f64::NAN) };
                    $call($(laws!(@value $kind $name)),+)
                }),)*
                _ => return None,
            })
        }
    };
}

laws! {
    "erlang.erlang_b" queue::erlang_b, c: whole, a: real;
    "erlang.erlang_c" queue::erlang_c, c: whole, a: real;
    "erlang_a.delay_probability" queue::erlang_a::delay_probability, c: whole, a: real, service_s: real, patience_s: real;
    "erlang_a.abandonment_probability" queue::erlang_a::abandonment_probability, c: whole, a: real, service_s: real, patience_s: real;
    "erlang_a.mean_wait_s" queue::erlang_a::mean_wait_s, c: whole, a: real, service_s: real, patience_s: real;
    "erlang_a.mean_queue" queue::erlang_a::mean_queue, c: whole, a: real, service_s: real, patience_s: real;
    "mmc.utilisation" queue::mmc::utilisation, c: whole, a: real;
    "mmc.mean_queue" queue::mmc::mean_queue, c: whole, a: real;
    "mmc.mean_wait_s" queue::mmc::mean_wait_s, c: whole, a: real, service_s: real;
    "mmc.mean_sojourn_s" queue::mmc::mean_sojourn_s, c: whole, a: real, service_s: real;
    "mmc.wait_exceeds" queue::mmc::wait_exceeds, c: whole, a: real, service_s: real, wait_s: real;
    "mmc.wait_quantile_s" queue::mmc::wait_quantile_s, c: whole, a: real, service_s: real, p: real;
    "mm1.sojourn_quantile_s" queue::mm1::sojourn_quantile_s, a: real, service_s: real, p: real;
    "mm1.sojourn_exceeds" queue::mm1::sojourn_exceeds, a: real, service_s: real, sojourn_s: real;
    "mmck.blocking" queue::mmck::blocking, c: whole, places: whole, a: real;
    "mmck.mean_queue" queue::mmck::mean_queue, c: whole, places: whole, a: real;
    "mmck.mean_present" queue::mmck::mean_present, c: whole, places: whole, a: real;
    "mmck.mean_wait_s" queue::mmck::mean_wait_s, c: whole, places: whole, a: real, service_s: real;
    "mmck.throughput_per_s" queue::mmck::throughput_per_s, c: whole, places: whole, a: real, service_s: real;
    "mg1.mean_queue" queue::mg1::mean_queue, a: real, service_scv: real;
    "mg1.mean_wait_s" queue::mg1::mean_wait_s, a: real, service_s: real, service_scv: real;
    "mg1.mean_sojourn_s" queue::mg1::mean_sojourn_s, a: real, service_s: real, service_scv: real;
    "mgc.allen_cunneen_wait_s" queue::mgc::allen_cunneen_wait_s, c: whole, a: real, service_s: real, arrival_scv: real, service_scv: real;
    "mgc.allen_cunneen_queue" queue::mgc::allen_cunneen_queue, c: whole, a: real, arrival_scv: real, service_scv: real;
    "processor_sharing.slowdown" queue::processor_sharing::slowdown, a: real;
    "processor_sharing.sojourn_s" queue::processor_sharing::sojourn_s, a: real, size_s: real;
    "processor_sharing.mean_slowdown" queue::processor_sharing::mean_slowdown, c: whole, a: real;
    "processor_sharing.mean_present" queue::processor_sharing::mean_present, c: whole, a: real;
    "processor_sharing.busy_cores" queue::processor_sharing::busy_cores, c: whole, present: real;
    "processor_sharing.mean_running" queue::processor_sharing::mean_running, c: whole, seats: whole, a: real;
    "engset.time_congestion" queue::engset::time_congestion, c: whole, sources: whole, a_idle: real;
    "engset.call_congestion" queue::engset::call_congestion, c: whole, sources: whole, a_idle: real;
    "engset.mean_busy" queue::engset::mean_busy, c: whole, sources: whole, a_idle: real;
    "engset.throughput_per_s" queue::engset::throughput_per_s, c: whole, sources: whole, a_idle: real, service_s: real;
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
