//! Parquet: columns of typed values, compressed; the sweep in words stands in the metadata of the file.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use slackwater_core::bounds::{Kind, TABLE};

use super::Table;
use crate::scenario::{Value, row_of};
use crate::sweep::column::COLUMNS;
use crate::sweep::design::{Block, Design};
use crate::sweep::engine::Answer;

/// Rows of a row group: what is held in memory at once.
const GROUP: usize = 1 << 16;

/// Row groups of a fixed number of rows, however the rows come.
///
/// ```
/// use slackwater_study::sweep::{Answer, Design, ParquetTable, Table, Words};
/// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20".into()], verdict_only: true, ..Words::default() })?;
/// let mut text = Vec::new();
/// let mut table = Box::new(ParquetTable::begin(&design, None, &mut text)?);
/// table.rows(0, &design.block(0, 1)?, &[Answer { gate: None, numbers: vec![] }])?;
/// table.end()?;
/// assert!(text.starts_with(b"PAR1") && text.ends_with(b"PAR1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ParquetTable<W: Write + Send> {
    file: SerializedFileWriter<W>,
    kinds: Vec<Kind>,
    held: Vec<(u64, Vec<Value>, Answer)>,
}

impl<W: Write + Send> fmt::Debug for ParquetTable<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetTable").field("held", &self.held.len()).finish_non_exhaustive()
    }
}

impl<W: Write + Send> ParquetTable<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(design: &Design, held: Option<u64>, out: W) -> io::Result<Self> {
        let words = design.words();
        let kinds: Vec<Kind> =
            design.keys().iter().map(|key| row_of(TABLE, key).map_or(Kind::Text, |row| row.kind)).collect();
        let mut fields = vec![field("row", Physical::INT64, Repetition::REQUIRED)];
        let keys = design.keys().iter().zip(&kinds);
        fields.extend(keys.map(|(key, kind)| field(key, physical(*kind), Repetition::REQUIRED)));
        fields.push(field("safe", Physical::BOOLEAN, Repetition::REQUIRED));
        fields.push(field("gate", Physical::BYTE_ARRAY, Repetition::OPTIONAL));
        let numbers = COLUMNS.iter().filter(|_| !words.verdict_only);
        fields.extend(numbers.map(|column| field(column.name, Physical::DOUBLE, Repetition::OPTIONAL)));
        let schema =
            Type::group_type_builder("sweep").with_fields(fields.into_iter().collect::<Result<_, _>>().map_err(plain)?);
        let mut metadata = vec![KeyValue::new("slackwater".to_owned(), serde_json::to_string(words)?)];
        metadata.extend(held.map(|held| KeyValue::new("interrupted_after".to_owned(), held.to_string())));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("slackwater {}", words.slackwater))
            .set_key_value_metadata(Some(metadata))
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema.build().map_err(plain)?), Arc::new(properties));
        Ok(Self { file: file.map_err(plain)?, kinds, held: Vec::new() })
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        let mut group = self.file.next_row_group()?;
        column::<Int64Type, _>(&mut group, &held.iter().map(|(row, ..)| row.cast_signed()).collect::<Vec<_>>(), None)?;
        for (at, kind) in self.kinds.iter().enumerate() {
            let values = || held.iter().map(|(_, values, _)| values.get(at));
            let number = |value: Option<&Value>| if let Some(Value::Number(x)) = value { *x } else { f64::NAN };
            match physical(*kind) {
                Physical::INT64 => {
                    column::<Int64Type, _>(&mut group, &values().map(|v| number(v) as i64).collect::<Vec<_>>(), None)?;
                }
                Physical::DOUBLE => {
                    column::<DoubleType, _>(&mut group, &values().map(number).collect::<Vec<_>>(), None)?;
                }
                Physical::BOOLEAN => {
                    let values = values().map(|value| value == Some(&Value::Boolean(true)));
                    column::<BoolType, _>(&mut group, &values.collect::<Vec<_>>(), None)?;
                }
                _ => {
                    let text = |value: Option<&Value>| match value {
                        Some(Value::Text(text)) => ByteArray::from(text.as_str()),
                        other => ByteArray::from(other.map_or_else(String::new, Value::to_string).as_str()),
                    };
                    column::<ByteArrayType, _>(&mut group, &values().map(text).collect::<Vec<_>>(), None)?;
                }
            }
        }
        let answers = || held.iter().map(|(_, _, answer)| answer);
        column::<BoolType, _>(&mut group, &answers().map(Answer::safe).collect::<Vec<_>>(), None)?;
        let there: Vec<i16> = answers().map(|answer| i16::from(!answer.safe())).collect();
        let gates: Vec<ByteArray> = answers().filter_map(Answer::gate_name).map(ByteArray::from).collect();
        column::<ByteArrayType, _>(&mut group, &gates, Some(&there))?;
        let numbers = answers().next().map_or(0, |answer| answer.numbers.len());
        for at in 0..numbers {
            let values = || answers().map(|answer| answer.numbers.get(at).copied().flatten());
            let there: Vec<i16> = values().map(|value| i16::from(value.is_some())).collect();
            column::<DoubleType, _>(&mut group, &values().flatten().collect::<Vec<_>>(), Some(&there))?;
        }
        group.close()?;
        Ok(())
    }
}

impl<W: Write + Send> Table for ParquetTable<W> {
    fn rows(&mut self, first: u64, block: &Block<'_>, answers: &[Answer]) -> io::Result<()> {
        for (row, answer) in (first..).zip(answers) {
            self.held.push((row, block.values(row), answer.clone()));
            if self.held.len() == GROUP {
                self.group().map_err(plain)?;
            }
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.group().map_err(plain)?;
        self.file.finish().map_err(plain)?;
        self.file.inner_mut().flush()
    }
}

fn physical(kind: Kind) -> Physical {
    match kind {
        Kind::Integer => Physical::INT64,
        Kind::Number => Physical::DOUBLE,
        Kind::Boolean => Physical::BOOLEAN,
        _ => Physical::BYTE_ARRAY,
    }
}

fn field(name: &str, physical: Physical, repetition: Repetition) -> Result<TypePtr, ParquetError> {
    let text = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
    let field = Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(text);
    field.build().map(Arc::new)
}

fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(values, there, None)?;
        column.close()?;
    }
    Ok(())
}

fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}
