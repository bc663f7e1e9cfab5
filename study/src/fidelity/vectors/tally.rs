//! How many numbers agree, and the first that does not.

use serde_json::Value;

/// Bound on doubles, relative.
const FLOATS: f64 = 1e-9;

/// Numbers compared so far.
#[derive(Clone, Debug, Default)]
pub(in crate::fidelity) struct Tally {
    pub(super) compared: usize,
    pub(super) different: usize,
    /// The first difference in words; empty if there is none.
    pub(super) first: String,
}

impl Tally {
    pub(super) fn note(&mut self, same: bool, words: impl FnOnce() -> String) {
        self.compared += 1;
        if !same {
            self.different += 1;
            if self.first.is_empty() {
                self.first = format!("first difference: {}", words());
            }
        }
    }

    /// Whole numbers, equal.
    pub(super) fn whole(&mut self, what: &str, got: u64, expected: &Value) {
        self.note(expected.as_u64() == Some(got), || format!("{what}: {got}, expected {expected}"));
    }

    /// Doubles, to 1e-9.
    pub(super) fn close(&mut self, what: &str, got: f64, expected: f64) {
        let same = got == expected || (got - expected).abs() <= FLOATS * expected.abs();
        self.note(same, || format!("{what}: {got}, expected {expected}"));
    }
}

/// A list; nothing (`null`) is an empty one, as Go writes it.
pub(super) fn list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        Value::Null => Some(&[]),
        _ => None,
    }
}

/// A whole number of 32 bits.
pub(super) fn narrow(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

/// The same, or nothing for `null`, and for what is no such number: then the limits will differ.
pub(super) fn optional(value: &Value) -> Option<u32> {
    narrow(value)
}
