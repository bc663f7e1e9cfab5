//! Values by key: what was typed, or the default of the table.

use crate::scenario::{InputError, ScenarioFile};
use slackwater_core::bounds::{Default, Row, TABLE};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Read access to a scenario file with the defaults of the table.
#[derive(Clone, Debug)]
pub struct Settings {
    file: ScenarioFile,
}

fn row(key: &str) -> Option<&'static Row> {
    static ROWS: OnceLock<HashMap<&'static str, &'static Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TABLE.iter().map(|row| (row.key, row)).collect());
    if let Some(row) = rows.get(key) {
        return Some(row);
    }
    // A name chosen by the user stands for `*`.
    let mut parts = key.splitn(3, '.');
    let (section, _, rest) = (parts.next()?, parts.next()?, parts.next());
    let pattern = rest.map_or_else(|| format!("{section}.*"), |rest| format!("{section}.*.{rest}"));
    rows.get(pattern.as_str()).copied()
}

impl Settings {
    /// Settings of a file.
    pub fn new(file: ScenarioFile) -> Self {
        Self { file }
    }

    /// The file.
    pub fn file(&self) -> &ScenarioFile {
        &self.file
    }

    /// A number that was typed, if it was.
    pub fn typed(&self, key: &str) -> Option<f64> {
        self.file.number(key)
    }

    /// A number, or its default; 0 where the default is a rule or nothing.
    pub fn number(&self, key: &str) -> f64 {
        self.file.number(key).unwrap_or_else(|| match row(key).map(|row| row.default) {
            Some(Default::Number(x)) => x,
            _ => 0.0,
        })
    }

    /// A truth value, or its default.
    pub fn is(&self, key: &str) -> bool {
        self.file.boolean(key).unwrap_or(matches!(row(key).map(|row| row.default), Some(Default::Boolean(true))))
    }

    /// A word or text, or its default; empty where there is none.
    pub fn text(&self, key: &str) -> &str {
        self.file.text(key).unwrap_or(match row(key).map(|row| row.default) {
            Some(Default::Text(text)) => text,
            _ => "",
        })
    }

    /// A list of numbers, or its default.
    pub fn numbers(&self, key: &str) -> Vec<f64> {
        self.file.numbers(key).map_or_else(
            || match row(key).map(|row| row.default) {
                Some(Default::Numbers(list)) => list.to_vec(),
                _ => Vec::new(),
            },
            <[f64]>::to_vec,
        )
    }

    /// A list of words, or its default.
    pub fn words(&self, key: &str) -> Vec<String> {
        self.file.words(key).map_or_else(
            || match row(key).map(|row| row.default) {
                Some(Default::Words(list)) => list.iter().map(|&word| word.to_owned()).collect(),
                _ => Vec::new(),
            },
            <[String]>::to_vec,
        )
    }

    /// An error that blames `key`: where it stands, what is wrong, what to do.
    pub fn blame(&self, key: &str, message: &str, help: &str) -> InputError {
        self.file.blame(key, message, help)
    }
}
