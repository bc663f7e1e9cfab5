//! The model beside the truth, line by line of the contract: what was measured, what is predicted, how far apart.

mod herd;
mod knee;
mod row;
mod storm;
mod window;

pub use row::{Bound, Row};

use crate::learn::Calibration;
use crate::trial::{Observed, Trial, fluid};
use crate::truth::{Kind, Run, Truth};

/// Something that predicts a trial.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Its name in the table.
    pub name: &'static str,
    /// Runs a trial.
    pub run: fn(&Trial) -> Observed,
}

/// The engines there are.
pub const ENGINES: &[Engine] = &[Engine { name: "fluid", run: fluid }];

/// Every row that the runs of a truth give.
pub fn rows(truth: &Truth, calibration: &Calibration) -> Vec<Row> {
    let mut out = Vec::new();
    for run in &truth.runs {
        of_run(run, calibration, &mut out);
    }
    out
}

fn of_run(run: &Run, calibration: &Calibration, out: &mut Vec<Row>) {
    match &run.kind {
        Kind::Knee(knee) => knee::rows(&run.name, knee, calibration, ENGINES, out),
        Kind::Storm(storm) => storm::rows(&run.name, storm, calibration, ENGINES, out),
        Kind::Herd(herd) => herd::rows(&run.name, herd, calibration, ENGINES, out),
        Kind::Unread(why) => out.push(Row::new("recordings", &run.name, "not read", "").note(why.clone())),
        Kind::Cost(_) | Kind::Dns(_) => {}
    }
}
