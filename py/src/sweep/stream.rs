//! Rows as they are solved: a part at a time, so that memory does not grow with the sweep.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::{self, solve_rows};

use super::answers::Answers;
use super::{Design, columns};
use crate::compute::interruptible;
use crate::errors::input;
use crate::table::{Table, schema, stream};

/// A sweep that is solved while it is read, `part` rows at a time.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Debug)]
pub(crate) struct Stream(Reader);

#[derive(Clone, Debug)]
struct Reader {
    design: Arc<sweep::Design>,
    part: u64,
    threads: Option<usize>,
    at: u64,
}

impl Reader {
    fn solve(&mut self, py: Python<'_>) -> PyResult<Option<Table>> {
        let (design, first) = (Arc::clone(&self.design), self.at);
        if first >= design.rows() {
            return Ok(None);
        }
        let end = (first + self.part).min(design.rows());
        let answers = interruptible(py, self.threads, None, move |task| {
            let mut answers = Answers::for_design(&design);
            solve_rows(&design, first..end, task.stop(), |_, solved| {
                answers.add(solved);
                Ok::<(), InputError>(())
            })?;
            Ok(answers)
        })?;
        let answers = answers.map_err(|error: InputError| input(&error))?;
        self.at = end;
        columns::table(&self.design, first, &answers).map(Some)
    }

    fn of_columns(&self) -> SchemaRef {
        Arc::new(Schema::new(columns::fields(&self.design)))
    }
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let table = Python::attach(|py| self.solve(py)).transpose()?;
        Some(table.map(Table::into_batch).map_err(|error| ArrowError::ExternalError(Box::new(error))))
    }
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.of_columns()
    }
}

#[pymethods]
impl Stream {
    /// A sweep from its design.
    #[new]
    #[pyo3(signature = (design, part, *, threads=None))]
    fn new(design: &Design, part: u64, threads: Option<usize>) -> Self {
        Self(Reader { design: Arc::clone(&design.0), part: part.max(1), threads, at: 0 })
    }

    /// The table of part number `at`, from 0; None beyond the end.
    fn part(&self, py: Python<'_>, at: u64) -> PyResult<Option<Table>> {
        Reader { at: at.saturating_mul(self.0.part), ..self.0.clone() }.solve(py)
    }

    /// Arrow's stream of record batches, each solved when it is asked for.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        stream(py, self.0.clone())
    }

    /// Arrow's types of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema(py, &self.0.of_columns())
    }
}
