//! Solved rows as columns, with the values of the keys beside them.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringViewArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use pyo3::prelude::*;
use slackwater_core::bounds::{Kind, TABLE};
use slackwater_study::scenario::{ScenarioFile, Value};
use slackwater_study::sweep::{COLUMNS, Design};

use super::answers::Answers;
use crate::errors::input;
use crate::table::{Table, field};

/// A column of keys while it is filled.
enum Filling {
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Truth(Vec<bool>),
    Text(StringViewBuilder),
}

impl Filling {
    fn of(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Integer => Self::Whole(Vec::with_capacity(rows)),
            Kind::Number => Self::Number(Vec::with_capacity(rows)),
            Kind::Boolean => Self::Truth(Vec::with_capacity(rows)),
            _ => Self::Text(StringViewBuilder::with_capacity(rows).with_deduplicate_strings()),
        }
    }

    fn form(&self) -> DataType {
        match self {
            Self::Whole(_) => DataType::Int64,
            Self::Number(_) => DataType::Float64,
            Self::Truth(_) => DataType::Boolean,
            Self::Text(_) => DataType::Utf8View,
        }
    }

    fn push(&mut self, value: &Value) {
        let number = if let Value::Number(x) = value { *x } else { f64::NAN };
        match (self, value) {
            (Self::Whole(column), _) => column.push(number as i64),
            (Self::Number(column), _) => column.push(number),
            (Self::Truth(column), _) => column.push(*value == Value::Boolean(true)),
            (Self::Text(column), Value::Text(text)) => column.append_value(text),
            (Self::Text(column), other) => column.append_value(other.to_string()),
        }
    }

    fn array(self) -> ArrayRef {
        match self {
            Self::Whole(column) => Arc::new(Int64Array::from(column)),
            Self::Number(column) => Arc::new(Float64Array::from(column)),
            Self::Truth(column) => Arc::new(BooleanArray::from(column)),
            Self::Text(mut column) => Arc::new(column.finish()),
        }
    }
}

/// Names and types of the columns.
pub(super) fn fields(design: &Design) -> Vec<Field> {
    let mut fields = vec![field("row", DataType::Int64, false, "", "number of the row, from 0")];
    for (key, kind, unit, meaning) in keys(design) {
        fields.push(field(&key, Filling::of(kind, 0).form(), false, unit, meaning));
    }
    fields.push(field("safe", DataType::Boolean, false, "", "no gate fails"));
    fields.push(field("gate", DataType::Utf8View, true, "", "the first gate that fails; nothing where all hold"));
    let numbers = COLUMNS.iter().filter(|_| !design.words().verdict_only);
    fields.extend(numbers.map(|column| field(column.name, DataType::Float64, true, column.unit, column.meaning)));
    fields
}

fn keys(design: &Design) -> impl Iterator<Item = (String, Kind, &'static str, &'static str)> {
    let empty = ScenarioFile::empty(TABLE);
    design.keys().iter().map(move |key| {
        let argument = format!("{key}=");
        let row = empty.key_of("--vary", &argument).ok().map(|(_, row, _)| row);
        row.map_or((key.clone(), Kind::Text, "", ""), |row| (key.clone(), row.kind, row.unit, row.meaning))
    })
}

/// The table of rows from `first` on.
pub(super) fn table(design: &Design, first: u64, answers: &Answers) -> PyResult<Table> {
    let rows = answers.len();
    let block = design.block(first, rows as u64).map_err(|error| input(&error))?;
    let mut filling: Vec<Filling> = keys(design).map(|(_, kind, ..)| Filling::of(kind, rows)).collect();
    let end = first + rows as u64;
    for row in first..end {
        for (column, value) in filling.iter_mut().zip(block.values(row)) {
            column.push(&value);
        }
    }
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from_iter_values((first..end).map(u64::cast_signed)))];
    columns.extend(filling.into_iter().map(Filling::array));
    let gates = || (0..rows).map(|row| answers.gate(row));
    columns.push(Arc::new(gates().map(|gate| Some(gate.is_none())).collect::<BooleanArray>()));
    columns.push(Arc::new(gates().collect::<StringViewArray>()));
    for numbers in &answers.numbers {
        let there = numbers.iter().map(|x| !x.is_nan()).collect::<NullBuffer>();
        let there = (there.null_count() > 0).then_some(there);
        columns.push(Arc::new(Float64Array::new(ScalarBuffer::from(numbers.clone()), there)));
    }
    Table::new(fields(design), columns)
}
