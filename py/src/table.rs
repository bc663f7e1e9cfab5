//! Columns of one length, each with its unit and meaning, for NumPy and Arrow.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, RecordBatchReader,
    StringViewArray,
};
use arrow_buffer::NullBuffer;
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

/// What makes a column again: name, unit, meaning, form, cells.
type Part<'py> = (String, String, String, String, Bound<'py, PyAny>);

/// A column and what it is called.
pub(crate) type Cells = (Field, ArrayRef);

/// A column of numbers; none where one does not apply.
pub(crate) fn number(name: &str, unit: &str, meaning: &str, cells: impl Iterator<Item = Option<f64>>) -> Cells {
    let numbers: Vec<f64> = cells.map(|cell| cell.unwrap_or(f64::NAN)).collect();
    let there = numbers.iter().map(|x| !x.is_nan()).collect::<NullBuffer>();
    let there = (there.null_count() > 0).then_some(there);
    let nullable = there.is_some();
    (field(name, DataType::Float64, nullable, unit, meaning), Arc::new(Float64Array::new(numbers.into(), there)))
}

/// A column of whole numbers.
pub(crate) fn whole(name: &str, unit: &str, meaning: &str, cells: impl Iterator<Item = i64>) -> Cells {
    (field(name, DataType::Int64, false, unit, meaning), Arc::new(Int64Array::from_iter_values(cells)))
}

/// A column of truth values.
pub(crate) fn truth(name: &str, meaning: &str, cells: impl Iterator<Item = bool>) -> Cells {
    (field(name, DataType::Boolean, false, "", meaning), Arc::new(cells.map(Some).collect::<BooleanArray>()))
}

/// A column of texts.
pub(crate) fn text(name: &str, meaning: &str, cells: impl Iterator<Item = Option<String>>) -> Cells {
    (field(name, DataType::Utf8View, true, "", meaning), Arc::new(cells.collect::<StringViewArray>()))
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

    /// Columns with their names.
    pub(crate) fn of(cells: &[Cells]) -> PyResult<Self> {
        let (fields, columns) = cells.iter().cloned().unzip();
        Self::new(fields, columns)
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
    /// Makes a table again from its parts.
    #[staticmethod]
    fn of_parts(parts: Vec<Part<'_>>) -> PyResult<Self> {
        let cells = parts.iter().map(|(name, unit, meaning, form, cells)| {
            let bytes = || cells.extract::<Vec<u8>>();
            let words = |bytes: &[u8]| bytes.as_chunks::<8>().0.to_vec();
            Ok(match form.as_str() {
                "whole" => whole(name, unit, meaning, words(&bytes()?).iter().map(|word| i64::from_le_bytes(*word))),
                "truth" => truth(name, meaning, bytes()?.iter().map(|byte| *byte == 1)),
                "text" => text(name, meaning, cells.extract::<Vec<Option<String>>>()?.into_iter()),
                form => {
                    let numbers: Vec<f64> = words(&bytes()?).iter().map(|word| f64::from_le_bytes(*word)).collect();
                    if form == "gaps" {
                        number(name, unit, meaning, numbers.into_iter().map(Some))
                    } else {
                        let about = field(name, DataType::Float64, false, unit, meaning);
                        (about, Arc::new(Float64Array::from(numbers)) as ArrayRef)
                    }
                }
            })
        });
        Self::of(&cells.collect::<PyResult<Vec<Cells>>>()?)
    }

    /// Name, unit, meaning, form and cells of each column: bytes, eight a number, little end first; texts as a list.
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Part<'py>>> {
        let parts = self.fields().into_iter().map(|(name, unit, meaning)| {
            let column = self.column(&name)?;
            let (form, cells) = match column.0.data_type() {
                DataType::Float64 => {
                    let numbers = column.0.as_primitive::<Float64Type>().values().iter();
                    let bytes: Vec<u8> = numbers.flat_map(|x| x.to_le_bytes()).collect();
                    (if column.0.null_count() > 0 { "gaps" } else { "number" }, PyBytes::new(py, &bytes).into_any())
                }
                DataType::Int64 => {
                    let numbers = column.0.as_primitive::<Int64Type>().values().iter();
                    let bytes: Vec<u8> = numbers.flat_map(|x| x.to_le_bytes()).collect();
                    ("whole", PyBytes::new(py, &bytes).into_any())
                }
                DataType::Boolean => {
                    let bytes: Vec<u8> = column.0.as_boolean().values().iter().map(u8::from).collect();
                    ("truth", PyBytes::new(py, &bytes).into_any())
                }
                _ => ("text", column.texts(py)?.into_any()),
            };
            Ok((name, unit, meaning, form.to_owned(), cells))
        });
        parts.collect()
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
