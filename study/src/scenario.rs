//! Scenario files: what a person typed, checked key by key against the table of ranges.
//!
//! A file is nested maps of YAML whose leaves are the dotted keys of [`slackwater_core::bounds`]:
//!
//! ```yaml
//! cluster:
//!   nodes: 5000
//! agent:
//!   period_s: 60
//! ```
//!
//! The order of reading: [`Source`] is the text, [`ScenarioFile`] the values in it with the place of each, and every
//! refusal is an [`InputError`] with a stable [`Code`]. A dotted key (`cluster.nodes: 5000`) may also stand as it is. What the values *mean* is resolved elsewhere, once.

mod broken;
mod check;
mod code;
mod error;
mod explain;
mod file;
mod nearest;
mod origin;
mod place;
mod render;
mod show;
mod source;
mod syntax;
mod table;
mod units;
mod value;
mod walk;
mod write;

pub(crate) use broken::broken;
pub(crate) use check::Check;
pub use code::Code;
pub use error::{Allowed, Details, InputError};
pub use explain::explain;
pub use file::ScenarioFile;
pub(crate) use nearest::nearest_word;
pub use origin::Origin;
pub use place::Place;
pub use source::{MAX_BYTES, Source};
pub(crate) use syntax::{Form, Key, Node, read as read_yaml};
pub(crate) use table::row as row_of;
pub use value::Value;
