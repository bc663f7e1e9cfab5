//! What a run says, as text for a person, a program or a spreadsheet: one trait, one file a format.
//!
//! A report reads an [`Outcome`] and writes; it computes nothing but sums, bins and roundings of what it prints.

mod axis;
mod brief;
mod csv;
mod ink;
mod json;
mod numbers;
mod outage;
mod spark;
mod terminal;
mod text;

use std::io::{self, Write};

use crate::outcome::Outcome;

pub use brief::Brief;
pub use csv::Csv;
pub use json::Json;
pub(crate) use numbers::{count, duration, exact, percent, short};
pub use outage::OutageText;
pub use terminal::{Terminal, headline};

/// A way to write an outcome.
pub trait Report {
    /// Writes the outcome to `out`, which need not be buffered.
    ///
    /// # Errors
    /// Those of `out`, for example a closed pipe or a full disc.
    fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()>;
}
