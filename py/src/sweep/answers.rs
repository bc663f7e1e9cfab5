//! What rows came to, column by column.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use slackwater_study::run::GATES;
use slackwater_study::sweep::{Answer, COLUMNS, Design, Tally};

/// A verdict without a gate that fails.
const SAFE: u8 = 0xff;

/// Solved rows: a byte a verdict, and eight a number. They travel between machines as bytes.
#[pyclass(frozen, module = "slackwater._native")]
#[derive(Debug)]
pub(crate) struct Answers {
    pub(super) gates: Vec<u8>,
    /// NaN where a number does not apply.
    pub(super) numbers: Vec<Vec<f64>>,
}

impl Answers {
    pub(super) fn for_design(design: &Design) -> Self {
        let count = if design.words().verdict_only { 0 } else { COLUMNS.len() };
        Self { gates: Vec::new(), numbers: vec![Vec::new(); count] }
    }

    pub(super) fn add(&mut self, solved: &[Answer]) {
        self.gates.extend(solved.iter().map(|answer| answer.gate.unwrap_or(SAFE)));
        for (at, column) in self.numbers.iter_mut().enumerate() {
            column.extend(solved.iter().map(|answer| answer.numbers.get(at).copied().flatten().unwrap_or(f64::NAN)));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.gates.len()
    }

    pub(super) fn gate(&self, row: usize) -> Option<&'static str> {
        GATES.get(usize::from(*self.gates.get(row)?)).copied()
    }

    pub(super) fn rows(&self, from: usize, count: usize) -> Vec<Answer> {
        let gates = self.gates.iter().enumerate().skip(from).take(count);
        gates
            .map(|(row, gate)| Answer {
                gate: (*gate != SAFE).then_some(*gate),
                numbers: self.numbers.iter().map(|column| column.get(row).copied().filter(|x| !x.is_nan())).collect(),
            })
            .collect()
    }
}

#[pymethods]
impl Answers {
    /// Answers of parts, put together in the order given.
    #[staticmethod]
    fn joined(parts: Vec<PyRef<'_, Self>>) -> Self {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Self { gates: Vec::new(), numbers: Vec::new() } };
        let mut all = Self { gates: first.gates.clone(), numbers: first.numbers.clone() };
        for part in parts {
            all.gates.extend(&part.gates);
            for (column, more) in all.numbers.iter_mut().zip(&part.numbers) {
                column.extend(more);
            }
        }
        all
    }

    /// The answers as bytes.
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let numbers = self.numbers.iter().flatten().flat_map(|x| x.to_le_bytes());
        let bytes: Vec<u8> = self.gates.iter().copied().chain(numbers).collect();
        PyBytes::new(py, &bytes)
    }

    /// Answers from bytes, `rows` of them.
    #[staticmethod]
    fn of_bytes(bytes: &[u8], rows: usize) -> PyResult<Self> {
        let wrong = || PyValueError::new_err(format!("{} bytes are not the answers of {rows} rows", bytes.len()));
        let (gates, rest) = bytes.split_at_checked(rows).ok_or_else(wrong)?;
        let (words, left) = rest.as_chunks::<8>();
        let whole = if rows == 0 { words.is_empty() } else { words.len().is_multiple_of(rows) };
        if !(left.is_empty() && whole) {
            return Err(wrong());
        }
        let numbers = words.chunks(rows.max(1)).map(|column| column.iter().map(|x| f64::from_le_bytes(*x)).collect());
        Ok(Self { gates: gates.to_vec(), numbers: numbers.collect() })
    }

    /// One line: how many rows are safe, and which gates fail.
    fn tally(&self) -> String {
        let mut tally = Tally::default();
        for from in (0..self.len()).step_by(1 << 16) {
            let gates = self.gates.iter().skip(from).take(1 << 16);
            let rows: Vec<Answer> =
                gates.map(|gate| Answer { gate: (*gate != SAFE).then_some(*gate), numbers: Vec::new() }).collect();
            tally.add(&rows);
        }
        tally.to_string()
    }

    fn __len__(&self) -> usize {
        self.gates.len()
    }
}
