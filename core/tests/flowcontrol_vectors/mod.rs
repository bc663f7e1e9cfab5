//! Reads the flow control vectors.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The cases of file `name`, from every place that has one.
pub(crate) fn cases(name: &str) -> impl Iterator<Item = Value> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/apf").join(name);
    let mut files = vec![here];
    if let Some(truth) = std::env::var_os("SLACKWATER_TRUTH") {
        let more = PathBuf::from(truth).join("oracle/apf").join(name);
        assert!(more.exists(), "SLACKWATER_TRUTH is set, but {} does not exist", more.display());
        files.push(more);
    }
    files.into_iter().flat_map(|file| {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut vectors: Value = serde_json::from_str(&text).unwrap();
        let Value::Array(cases) = vectors["cases"].take() else { panic!("{}: no cases", file.display()) };
        assert!(!cases.is_empty(), "{}: no cases", file.display());
        cases
    })
}

/// Asserts that `got` is within 1e-9 relative of `expected`.
#[track_caller]
pub(crate) fn close(got: f64, expected: f64, what: &str) {
    let error = (got - expected).abs();
    assert!(error <= 1e-9 * expected.abs(), "{what}: {got}, expected {expected}");
}

/// A number.
#[track_caller]
pub(crate) fn f(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A whole number.
#[track_caller]
pub(crate) fn u(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

/// A text.
#[track_caller]
pub(crate) fn s(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A truth value.
#[track_caller]
pub(crate) fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| panic!("{value} is neither true nor false"))
}

/// A list. Nothing (`null`) is an empty list, as Go writes it.
#[track_caller]
pub(crate) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        other => panic!("{other} is no list"),
    }
}
