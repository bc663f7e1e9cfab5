//! One table of every key a scenario can hold: name, unit, range, default, meaning and source.
//!
//! Checks, error messages, `slackwater explain` and test strategies all read this table, so a range is
//! written once. The rows are [`TABLE`].

mod table;

pub use table::TABLE;

/// What a key's value looks like in a scenario file.
///
/// ```
/// use slackwater_core::bounds::{Kind, TABLE};
/// let order = TABLE.iter().find(|row| row.key == "rollout.order").ok_or("no such key")?;
/// assert!(matches!(order.kind, Kind::Choice(words) if words.contains(&"largest_first")));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any finite number within the range.
    Number,
    /// A whole number within the range.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Free text of at most 120 characters, one line.
    Text,
    /// A list of numbers, each within the range; at most 16.
    Numbers,
    /// A list of words, each one of these.
    Choices(&'static [&'static str]),
    /// A time of day, `HH:MM` or `HH:MM:SS`.
    Clock,
}

/// What a key is when the file does not say.
///
/// ```
/// use slackwater_core::bounds::{Default, TABLE};
/// let timeout = TABLE.iter().find(|row| row.key == "api_server.request_timeout_s").ok_or("no such key")?;
/// assert_eq!(timeout.default, Default::Number(60.0));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// This number (also for [`Kind::Integer`]).
    Number(f64),
    /// This word, text or clock.
    Text(&'static str),
    /// This truth value.
    Boolean(bool),
    /// This list.
    Numbers(&'static [f64]),
    /// These words.
    Words(&'static [&'static str]),
    /// Computed from other keys by the rule named here.
    Derived(&'static str),
    /// Nothing: the part it belongs to is off.
    Absent,
}

/// One row of the table.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// let nodes = TABLE.iter().find(|row| row.key == "cluster.nodes").ok_or("no such key")?;
/// assert!(nodes.min <= 5000.0 && 5000.0 <= nodes.max);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Dotted path, for example `cluster.nodes`. A segment `*` stands for a name the user chooses.
    pub key: &'static str,
    /// Form of the value.
    pub kind: Kind,
    /// Unit in words, for example `seconds`; empty where there is none.
    pub unit: &'static str,
    /// Smallest allowed number (ignored for words).
    pub min: f64,
    /// Largest allowed number (ignored for words).
    pub max: f64,
    /// Value when unset.
    pub default: Default,
    /// One or two sentences: what it is, and what a larger value does.
    pub meaning: &'static str,
    /// Where the default or the law comes from.
    pub source: &'static str,
}
