//! A value of a scenario file.

use slackwater_core::bounds::{Default, Row};
use std::fmt;

use serde::Serialize;

use super::show;

/// A value that passed the check of its key. Times of day are text.
///
/// ```
/// use slackwater_study::scenario::Value;
/// assert_eq!(Value::Numbers(vec![1.0, 0.5]).to_string(), "[1, 0.5]");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A finite number, whole where the key counts.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A word of a choice, text, or a time of day.
    Text(String),
    /// A list of finite numbers.
    Numbers(Vec<f64>),
    /// A list of words of a choice.
    Words(Vec<String>),
}

impl Value {
    /// The default of a row, where it is a value and not derived or absent.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::scenario::Value;
    /// let row = TABLE.iter().find(|row| row.key == "agent.timeout_s").ok_or("no such key")?;
    /// assert_eq!(Value::default_of(row), Some(Value::Number(30.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn default_of(row: &Row) -> Option<Self> {
        match row.default {
            Default::Number(x) => Some(Self::Number(x)),
            Default::Boolean(x) => Some(Self::Boolean(x)),
            Default::Text(text) => Some(Self::Text(text.to_owned())),
            Default::Numbers(list) => Some(Self::Numbers(list.to_vec())),
            Default::Words(list) => Some(Self::Words(list.iter().map(|&word| word.to_owned()).collect())),
            Default::Derived(_) | Default::Absent => None,
        }
    }
}

/// As YAML, on one line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(x) => f.write_str(&show::number(*x)),
            Self::Boolean(x) => write!(f, "{x}"),
            Self::Text(x) => f.write_str(&show::word(x)),
            Self::Numbers(list) => list_of(f, list.iter().map(|x| show::number(*x))),
            Self::Words(list) => list_of(f, list.iter().map(|x| show::word(x))),
        }
    }
}

fn list_of(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    write!(f, "[{}]", items.collect::<Vec<_>>().join(", "))
}
