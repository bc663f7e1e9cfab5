//! Where a value came from.

use std::fmt;

use serde::Serialize;

/// Where a value came from, so that every number in a report can be traced.
///
/// ```
/// use slackwater_study::scenario::Origin;
/// assert_eq!(Origin::Set { argument: "cluster.nodes=5".into() }.to_string(), "--set cluster.nodes=5");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A scenario file; line and column count from 1.
    File {
        /// Name shown for the file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A `--set` argument.
    Set {
        /// The argument as typed.
        argument: String,
    },
    /// The default of the table.
    Default,
    /// Computed from other keys.
    Derived,
    /// A built-in case of this name.
    Case(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Set { argument } => write!(f, "--set {argument}"),
            Self::Default => f.write_str("default"),
            Self::Derived => f.write_str("derived"),
            Self::Case(name) => write!(f, "case {name}"),
        }
    }
}
