//! Columns of one length, each with its unit and meaning, for NumPy and Arrow.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};

use crate::column::Column;
use crate::errors::defect;

/// A field with its unit and meaning as metadata.
pub(crate) fn field(name: &str, form: DataType, nullable: bool, unit: &str, meaning: &str) -> Field {
    let about = [("unit", unit), ("meaning", meaning)].map(|(key, text)| (key.to_owned(), text.to_owned()));
    Field::new(name, form, nullable).with_metadata(HashMap::from(about))
}

/// What other programs read tables from.
pub(crate) fn stream(
    py: Python<'_>,
    reader: impl RecordBatchReader + Send + 'static,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
}

/// What other programs read the types of columns from.
pub(crate) fn schema<'py>(py: Python<'py>, schema: &Schema) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowSchema::try_from(schema).map_err(defect)?, c"arrow_schema")
}

/// Columns of one length. Any program that speaks Arrow reads it through `__arrow_c_stream__`.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Debug)]
pub(crate) struct Table(RecordBatch);

impl Table {
    pub(crate) fn new(fields: Vec<Field>, columns: Vec<ArrayRef>) -> PyResult<Self> {
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map(Self).map_err(defect)
    }

    /// Columns of numbers without gaps.
    pub(crate) fn of_numbers(fields: Vec<Field>, columns: Vec<Vec<f64>>) -> PyResult<Self> {
        let arrays = columns.into_iter().map(|numbers| Arc::new(Float64Array::from(numbers)) as ArrayRef);
        Self::new(fields, arrays.collect())
    }

    pub(crate) fn into_batch(self) -> RecordBatch {
        self.0
    }

    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

#[pymethods]
impl Table {
    /// Makes a table of numbers again from its fields (name, unit, meaning) and the bytes of its columns.
    #[staticmethod]
    fn of_bytes(fields: Vec<(String, String, String)>, columns: Vec<Vec<u8>>) -> PyResult<Self> {
        let fields = fields.iter().map(|(name, unit, meaning)| field(name, DataType::Float64, false, unit, meaning));
        let numbers = columns.iter().map(|bytes| {
            let (words, _) = bytes.as_chunks::<8>();
            words.iter().map(|word| f64::from_le_bytes(*word)).collect()
        });
        Self::of_numbers(fields.collect(), numbers.collect())
    }

    /// The bytes of a column of numbers, eight each, little end first.
    fn bytes<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
        let column = self.column(name)?;
        let numbers = column.0.as_primitive_opt::<Float64Type>().map(arrow_array::PrimitiveArray::values);
        let bytes: Vec<u8> = numbers.into_iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
        Ok(PyBytes::new(py, &bytes))
    }

    /// Name, unit and meaning of each column.
    fn fields(&self) -> Vec<(String, String, String)> {
        let schema = self.schema();
        let about = |field: &Field, key: &str| field.metadata().get(key).cloned().unwrap_or_default();
        schema
            .fields()
            .iter()
            .map(|field| (field.name().clone(), about(field, "unit"), about(field, "meaning")))
            .collect()
    }

    /// A column by its name.
    ///
    /// KeyError if there is none of that name.
    fn column(&self, name: &str) -> PyResult<Column> {
        self.0.column_by_name(name).map(|column| Column(Arc::clone(column))).ok_or_else(|| {
            let names: Vec<String> = self.schema().fields().iter().map(|field| field.name().clone()).collect();
            PyKeyError::new_err(format!("no column `{name}`; there are {}", names.join(", ")))
        })
    }

    /// The columns as JSON, as the reports of slackwater write them.
    fn json(&self) -> PyResult<String> {
        let mut text = String::new();
        for (at, (field, column)) in self.schema().fields().iter().zip(self.0.columns()).enumerate() {
            let numbers = column.as_primitive_opt::<Float64Type>().map(|numbers| numbers.values().to_vec());
            text.push_str(if at == 0 { "\n    " } else { ",\n    " });
            text.push_str(&serde_json::to_string(field.name()).map_err(defect)?);
            text.push_str(": ");
            text.push_str(&serde_json::to_string(&numbers.unwrap_or_default()).map_err(defect)?);
        }
        Ok(text)
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// Arrow's stream of record batches: one, without a copy. Types are those of the table, whatever is requested.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        stream(py, RecordBatchIterator::new([Ok(self.0.clone())], self.schema()))
    }

    /// Arrow's types of the columns; unit and meaning are metadata of each field.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema(py, &self.schema())
    }
}
