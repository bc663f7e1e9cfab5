//! How many rows are safe, and what fails in the others.

use std::fmt;

use super::engine::Answer;
use crate::run::GATES;

/// Counts over rows.
///
/// ```
/// use slackwater_study::sweep::{Answer, Tally};
/// let answer = |gate| Answer { gate, numbers: vec![] };
/// let mut tally = Tally::default();
/// tally.add(&[answer(None), answer(Some(1)), answer(Some(1))]);
/// assert_eq!(tally.to_string(), "3 points: 1 safe, 2 unsafe (surge 2)");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Rows in which no gate fails.
    pub safe: u64,
    /// Rows by the first gate that fails, in the order of [`GATES`].
    pub gates: [u64; GATES.len()],
}

impl Tally {
    /// Counts some more.
    pub fn add(&mut self, answers: &[Answer]) {
        for answer in answers {
            self.rows += 1;
            match answer.gate.and_then(|gate| self.gates.get_mut(usize::from(gate))) {
                Some(count) => *count += 1,
                None => self.safe += 1,
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = crate::report::count;
        let plural = if self.rows == 1 { "" } else { "s" };
        let (safe, others) = (count(self.safe), count(self.rows - self.safe));
        write!(f, "{} point{plural}: {safe} safe, {others} unsafe", count(self.rows))?;
        let failing = GATES.iter().zip(self.gates).filter(|(_, rows)| *rows > 0);
        let failing: Vec<String> = failing.map(|(gate, rows)| format!("{gate} {}", count(rows))).collect();
        if failing.is_empty() { Ok(()) } else { write!(f, " ({})", failing.join(", ")) }
    }
}
