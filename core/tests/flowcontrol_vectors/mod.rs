//! Reads the flow control vectors.

use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The cases of file `name`, from every place that has one.
pub(crate) fn cases(name: &str) -> impl Iterator<Item = Value> {
    // The one copy of the vectors; the fidelity command of the crate that owns the folder reads it too.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../study/truth/oracle/apf").join(format!("{name}.gz"));
    let mut files = vec![here];
    if let Some(truth) = std::env::var_os("SLACKWATER_TRUTH") {
        let more = PathBuf::from(truth).join("oracle/apf").join(name);
        let packed = more.with_extension("json.gz");
        assert!(more.exists() || packed.exists(), "SLACKWATER_TRUTH is set, but {} does not exist", more.display());
        files.push(if more.exists() { more } else { packed });
    }
    files.into_iter().flat_map(|file| {
        let mut vectors: Value = serde_json::from_str(&text(&file)).unwrap();
        let Value::Array(cases) = vectors["cases"].take() else { panic!("{}: no cases", file.display()) };
        assert!(!cases.is_empty(), "{}: no cases", file.display());
        cases
    })
}

fn text(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).unwrap();
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
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
