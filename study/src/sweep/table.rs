//! Results as files: one trait, one file a format.

mod csv;
mod head;
mod jsonl;
mod parquet;

use std::io::{self, Write};

use super::design::{Block, Design};
use super::engine::Answer;

pub use csv::CsvTable;
pub use jsonl::JsonlTable;
pub use parquet::ParquetTable;

/// A result that is written row by row.
pub trait Table {
    /// Writes the rows from number `first` on.
    ///
    /// # Errors
    /// Those of the file.
    fn rows(&mut self, first: u64, block: &Block<'_>, answers: &[Answer]) -> io::Result<()>;

    /// Writes what stands at the end.
    ///
    /// # Errors
    /// Those of the file.
    fn end(self: Box<Self>) -> io::Result<()>;
}

/// A form of results.
///
/// ```
/// use slackwater_study::sweep::{Design, Form, Words};
/// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20".into()], verdict_only: true, ..Words::default() })?;
/// let mut text = Vec::new();
/// Form::Csv.table(&design, None, &mut text)?.end()?;
/// assert!(String::from_utf8(text)?.ends_with("row,cluster.nodes,safe,gate\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For spreadsheets and every tool there is.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Columns, compressed: for millions of rows.
    Parquet,
}

impl Form {
    /// Opens a table on `out`. `held` is the number of rows it will hold if a sweep was interrupted.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn table<'a>(
        self,
        design: &'a Design,
        held: Option<u64>,
        out: impl Write + Send + 'a,
    ) -> io::Result<Box<dyn Table + 'a>> {
        Ok(match self {
            Self::Csv => Box::new(CsvTable::begin(design, held, out)?),
            Self::Jsonl => Box::new(JsonlTable::begin(design, held, out)?),
            Self::Parquet => Box::new(ParquetTable::begin(design, held, out)?),
        })
    }
}
