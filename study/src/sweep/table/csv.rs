//! CSV, under lines that say which sweep it was.

use std::io::{self, BufWriter, Write};

use super::{Table, head};
use crate::report::exact;
use crate::scenario::Value;
use crate::sweep::column::COLUMNS;
use crate::sweep::design::{Block, Design};
use crate::sweep::engine::Answer;

/// One line a row. Lines that begin with `#` stand before the header: the sweep in words, ready to be run again.
///
/// ```
/// use slackwater_study::sweep::{Answer, Design, CsvTable, Table, Words};
/// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20".into()], verdict_only: true, ..Words::default() })?;
/// let mut text = Vec::new();
/// let mut table = Box::new(CsvTable::begin(&design, None, &mut text)?);
/// table.rows(0, &design.block(0, 1)?, &[Answer { gate: None, numbers: vec![] }])?;
/// table.end()?;
/// assert!(String::from_utf8(text)?.ends_with("\n0,10,true,\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CsvTable<W: Write> {
    rows: ::csv::Writer<BufWriter<W>>,
}

impl<W: Write> CsvTable<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(design: &Design, held: Option<u64>, out: W) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        let words = design.words();
        out.write_all(head::lines(words).as_bytes())?;
        if let Some(held) = held {
            writeln!(out, "# interrupted: the first {held} of {} rows", words.rows)?;
        }
        let mut rows = ::csv::Writer::from_writer(out);
        let numbers = COLUMNS.iter().filter(|_| !words.verdict_only).map(|column| column.name);
        let keys = design.keys().iter().map(String::as_str);
        rows.write_record(["row"].into_iter().chain(keys).chain(["safe", "gate"]).chain(numbers)).map_err(plain)?;
        Ok(Self { rows })
    }
}

impl<W: Write> Table for CsvTable<W> {
    fn rows(&mut self, first: u64, block: &Block<'_>, answers: &[Answer]) -> io::Result<()> {
        for (row, answer) in (first..).zip(answers) {
            let out = &mut self.rows;
            out.write_field(row.to_string()).map_err(plain)?;
            for value in block.values(row) {
                out.write_field(field(&value)).map_err(plain)?;
            }
            out.write_field(if answer.safe() { "true" } else { "false" }).map_err(plain)?;
            out.write_field(answer.gate_name().unwrap_or_default()).map_err(plain)?;
            for number in &answer.numbers {
                out.write_field(number.map_or_else(String::new, exact)).map_err(plain)?;
            }
            out.write_record(None::<&[u8]>).map_err(plain)?;
        }
        // A reader at the other end of a pipe sees whole blocks.
        self.rows.flush()
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.rows.flush()
    }
}

fn field(value: &Value) -> String {
    match value {
        Value::Number(x) => exact(*x),
        Value::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The error of the stream itself: the csv crate's own conversion hides a closed pipe.
fn plain(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
