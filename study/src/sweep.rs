//! Many points of a plan at once: which keys vary, what each point comes to, and files of results.
//!
//! A [`Design`] says which points there are; every row is a function of its number, so that any row can be made again.
//! [`solve`] solves them in parallel and hands them on in order. A [`Table`] writes them, a [`Journal`] keeps what is
//! solved until the file is whole.

mod axis;
mod column;
mod design;
mod distribution;
mod engine;
mod journal;
mod points;
mod sample;
mod table;
mod tally;

pub use axis::Axis;
pub use column::{COLUMNS, Column};
pub use design::{Block, Design, Words};
pub use distribution::Distribution;
pub use engine::{Answer, solve, solve_row, solve_rows, solve_wide};
pub use journal::{Journal, JournalError};
pub use points::{Points, Print};
pub use sample::{Method, Sample};
pub use table::{CsvTable, Form, JsonlTable, ParquetTable, Table};
pub use tally::Tally;
