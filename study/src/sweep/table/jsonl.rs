//! JSON lines: first which sweep it was, then one object a row.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Table;
use crate::sweep::column::COLUMNS;
use crate::sweep::design::{Block, Design};
use crate::sweep::engine::Answer;

/// One object a line. The first line is the sweep in words; it has the field `slackwater`, and no row has.
///
/// ```
/// use slackwater_study::sweep::{Answer, Design, JsonlTable, Table, Words};
/// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20".into()], verdict_only: true, ..Words::default() })?;
/// let mut text = Vec::new();
/// let mut table = Box::new(JsonlTable::begin(&design, None, &mut text)?);
/// table.rows(0, &design.block(0, 1)?, &[Answer { gate: None, numbers: vec![] }])?;
/// table.end()?;
/// assert!(String::from_utf8(text)?.ends_with("{\"row\":0,\"cluster.nodes\":10.0,\"safe\":true,\"gate\":null}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JsonlTable<'a, W: Write> {
    design: &'a Design,
    out: BufWriter<W>,
}

impl<'a, W: Write> JsonlTable<'a, W> {
    /// Writes the first line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(design: &'a Design, held: Option<u64>, out: W) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        let mut words = serde_json::to_value(design.words())?;
        if let (Some(held), Some(words)) = (held, words.as_object_mut()) {
            words.insert("interrupted_after".to_owned(), held.into());
        }
        serde_json::to_writer(&mut out, &words)?;
        out.write_all(b"\n")?;
        Ok(Self { design, out })
    }
}

impl<W: Write> Table for JsonlTable<'_, W> {
    fn rows(&mut self, first: u64, block: &Block<'_>, answers: &[Answer]) -> io::Result<()> {
        for (row, answer) in (first..).zip(answers) {
            serde_json::to_writer(&mut self.out, &Line { design: self.design, row, block, answer })?;
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

struct Line<'a> {
    design: &'a Design,
    row: u64,
    block: &'a Block<'a>,
    answer: &'a Answer,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("row", &self.row)?;
        for (key, value) in self.design.keys().iter().zip(self.block.values(self.row)) {
            map.serialize_entry(key, &value)?;
        }
        map.serialize_entry("safe", &self.answer.safe())?;
        map.serialize_entry("gate", &self.answer.gate_name())?;
        for (column, number) in COLUMNS.iter().zip(&self.answer.numbers) {
            map.serialize_entry(column.name, number)?;
        }
        map.end()
    }
}
