//! The model beside the truth, line by line of the contract: what was measured, what is predicted, how far apart.

mod herd;
mod knee;
mod row;
mod storm;
mod window;

pub use row::{Bound, Row};

use crate::learn::Calibration;
use crate::trial::{ClassSeries, Observed, Trial, fluid};
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
pub const ENGINES: &[Engine] = &[Engine { name: "fluid", run: fluid }, Engine { name: "events", run: events }];

/// Runs of the event engine that are averaged.
const SEEDS: u64 = 5;

/// The mean of a few seeded runs of the event engine.
fn events(trial: &Trial) -> Observed {
    let runs: Vec<Observed> = (1..=SEEDS).filter_map(|seed| crate::events::system::run(trial, seed).ok()).collect();
    mean(&runs)
}

/// Second by second; kills are those of the first run.
fn mean(runs: &[Observed]) -> Observed {
    let Some(first) = runs.first() else { return Observed::default() };
    let count = runs.len() as f64;
    let of = |pick: &dyn Fn(&Observed) -> Option<&Vec<f64>>| {
        let mut sum: Vec<f64> = Vec::new();
        for list in runs.iter().filter_map(pick) {
            sum.resize(sum.len().max(list.len()), 0.0);
            for (sum, x) in sum.iter_mut().zip(list) {
                *sum += x / count;
            }
        }
        sum
    };
    let classes = (0..first.classes.len()).map(|at| {
        let series = |pick: fn(&ClassSeries) -> &Vec<f64>| of(&move |run| run.classes.get(at).map(pick));
        ClassSeries {
            name: first.classes.get(at).map_or(String::new(), |class| class.name.clone()),
            sent: series(|class| &class.sent),
            answered: series(|class| &class.answered),
            rejected: series(|class| &class.rejected),
            timed_out: series(|class| &class.timed_out),
            refused: series(|class| &class.refused),
            in_flight: series(|class| &class.in_flight),
            watching: series(|class| &class.watching),
            latency_sum_s: series(|class| &class.latency_sum_s),
        }
    });
    Observed {
        classes: classes.collect(),
        cores: of(&|run| Some(&run.cores)),
        bytes: of(&|run| Some(&run.bytes)),
        thrashing: of(&|run| Some(&run.thrashing)),
        restarts_s: first.restarts_s.clone(),
    }
}

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
