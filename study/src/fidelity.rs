//! The model beside the truth, line by line of the contract: what was measured, what is predicted, how far apart.
//!
//! [`Table::of`] is the whole of it. A row with a bound passes or fails; a row without one is only reported. Nothing is
//! fitted here: the constants are those of [`Calibration::given`], and [`Row::fitted_on`] says on what.

mod clock;
mod dns;
mod draws;
mod engine;
mod herd;
mod issue;
mod knee;
mod known;
mod laws;
mod plot;
mod queues;
mod row;
mod sides;
mod steps;
mod storm;
mod table;
mod text;
mod vectors;
mod window;

pub use draws::Draws;
pub use engine::{ENGINES, Engine};
pub use plot::plots;
pub use row::{Bound, Row};
pub use table::Table;
pub use text::text;

use crate::learn::Calibration;
use crate::truth::{Kind, Run};

/// The rows of one run.
fn of_run(run: &Run, calibration: &Calibration, out: &mut Vec<Row>) {
    match &run.kind {
        Kind::Knee(knee) => knee::rows(&run.name, knee, calibration, ENGINES, out),
        Kind::Storm(storm) => storm::rows(&run.name, storm, calibration, ENGINES, out),
        Kind::Herd(herd) => herd::rows(&run.name, herd, calibration, ENGINES, out),
        Kind::Dns(dns) => dns::rows(&run.name, dns, out),
        Kind::Cost(cost) => knee::costs(&run.name, cost, calibration, out),
        Kind::Unread(why) => {
            out.push(Row::new("recordings", &run.name, "the run", "").note(format!("not read: {why}")));
        }
    }
    for key in &run.unread {
        out.push(Row::new("recordings", &run.name, format!("key {key}"), "").note("not known, and so not read"));
    }
}
