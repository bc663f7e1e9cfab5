//! One line of the table: a truth, what the model says, and whether that is near enough.

use serde::Serialize;

/// How far a prediction may be off.
///
/// ```
/// use slackwater_study::fidelity::Bound;
/// assert_eq!(Bound { value: 0.25, unit: "" }.unit, "");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// Largest error, in the unit of the error.
    pub value: f64,
    /// Unit of error and bound: empty for shares of the measured value, else `s`, `points`, `of capacity` or a count.
    pub unit: &'static str,
}

/// A line of the table.
///
/// ```
/// use slackwater_study::fidelity::{Bound, Row};
/// let row = Row::new("storms", "storm-x", "goodput of node", "fluid").measured(10.0, "1/s").predicted(9.0);
/// let row = row.within(-0.1, Bound { value: 0.15, unit: "" });
/// assert_eq!(row.pass, Some(true));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Line of the contract it belongs to.
    pub part: &'static str,
    /// Recording, vector file or account it is held against.
    pub truth: String,
    /// What is compared.
    pub quantity: String,
    /// What predicts: `fluid`, `events`, `code` (a sum of the core) or `learn`.
    pub by: &'static str,
    /// What its constants were fitted on; empty if on nothing.
    pub fitted_on: &'static str,
    /// Measured, or given by the truth; nothing if there is no such number.
    pub measured: Option<f64>,
    /// Predicted; nothing if the model says that it does not happen.
    pub predicted: Option<f64>,
    /// Unit of both.
    pub unit: &'static str,
    /// Predicted less measured, in the unit of the bound.
    pub error: Option<f64>,
    /// Bound; nothing for rows that are only reported.
    pub bound: Option<Bound>,
    /// Whether it holds; nothing for rows without a bound.
    pub pass: Option<bool>,
    /// A word to the reader; empty if none is needed.
    pub note: String,
}

impl Row {
    /// A line without numbers.
    pub fn new(part: &'static str, truth: &str, quantity: impl Into<String>, by: &'static str) -> Self {
        Self {
            part,
            truth: truth.to_owned(),
            quantity: quantity.into(),
            by,
            fitted_on: "",
            measured: None,
            predicted: None,
            unit: "",
            error: None,
            bound: None,
            pass: None,
            note: String::new(),
        }
    }

    /// What was measured.
    #[must_use]
    pub fn measured(self, value: f64, unit: &'static str) -> Self {
        Self { measured: Some(value), unit, ..self }
    }

    /// What the model says.
    #[must_use]
    pub fn predicted(self, value: f64) -> Self {
        Self { predicted: Some(value), ..self }
    }

    /// What its constants were fitted on.
    #[must_use]
    pub fn fitted_on(self, fitted_on: &'static str) -> Self {
        Self { fitted_on, ..self }
    }

    /// A word to the reader.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The error, and how large it may be.
    #[must_use]
    pub fn within(self, error: f64, bound: Bound) -> Self {
        let pass = Some(error.abs() <= bound.value);
        Self { error: Some(error), bound: Some(bound), pass, ..self }
    }

    /// The error, only reported.
    #[must_use]
    pub fn off_by(self, error: f64, unit: &'static str) -> Self {
        Self {
            error: Some(error),
            bound: None,
            pass: None,
            note: self.note,
            unit: if self.unit.is_empty() { unit } else { self.unit },
            ..self
        }
    }

    /// Measured and predicted within a share of the measured, or within `floor` in their own unit, whichever is more.
    #[must_use]
    pub fn relative(self, measured: f64, predicted: f64, unit: &'static str, share: f64, floor: f64) -> Self {
        let row = self.measured(measured, unit).predicted(predicted);
        let allowed = (share * measured).max(floor);
        let difference = predicted - measured;
        if allowed > share * measured || measured == 0.0 {
            return row.within(difference, Bound { value: allowed, unit });
        }
        row.within(difference / measured, Bound { value: share, unit: "" })
    }

    /// A bounded line whose prediction did not come.
    #[must_use]
    pub fn failed(self, note: impl Into<String>) -> Self {
        Self { pass: Some(false), ..self.note(note) }
    }
}
