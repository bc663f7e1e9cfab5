//! One column of a table.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use numpy::PyArray1;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Values of a column. NumPy reads numbers where they lie, without a copy: `numpy.asarray(column)`.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Debug)]
pub(crate) struct Column(pub(crate) ArrayRef);

#[pymethods]
impl Column {
    /// Where the numbers lie, as NumPy's array interface wants it (version 3, read-only).
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (address, form) = match self.0.data_type() {
            DataType::Float64 => (self.0.as_primitive::<Float64Type>().values().as_ptr().addr(), "<f8"),
            DataType::Int64 => (self.0.as_primitive::<Int64Type>().values().as_ptr().addr(), "<i8"),
            _ => return Err(PyAttributeError::new_err("only columns of numbers lie as NumPy wants them")),
        };
        let form = if cfg!(target_endian = "big") { form.replace('<', ">") } else { form.to_owned() };
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", (self.0.len(),))?;
        interface.set_item("typestr", form)?;
        interface.set_item("data", (address, true))?;
        Ok(interface)
    }

    /// `number`, `truth` or `text`.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.0.data_type() {
            DataType::Float64 | DataType::Int64 => "number",
            DataType::Boolean => "truth",
            _ => "text",
        }
    }

    /// Truth values as a NumPy array: a byte each, where the column has a bit.
    fn truths<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        let truths = self.0.as_boolean_opt();
        PyArray1::from_iter(py, truths.iter().flat_map(|truths| truths.values().iter()))
    }

    /// Texts as a list; None where there is none.
    pub(crate) fn texts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let texts = self.0.as_string_view_opt().into_iter().flat_map(|texts| texts.iter());
        PyList::new(py, texts.collect::<Vec<_>>())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}
