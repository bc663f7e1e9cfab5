//! What predicts: the fluid, and the mean of a few runs of the event engine.

use crate::trial::{ClassSeries, Observed, Trial, fluid};

/// Something that predicts a trial.
///
/// ```
/// use slackwater_study::fidelity::ENGINES;
/// assert_eq!(ENGINES.iter().map(|engine| engine.name).collect::<Vec<_>>(), ["fluid", "events"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Its name in the table.
    pub name: &'static str,
    /// Runs a trial; once for each seed, and once if there is nothing random.
    run: fn(&Trial) -> Vec<Observed>,
}

/// The engines there are.
///
/// ```
/// assert_eq!(slackwater_study::fidelity::ENGINES.len(), 2);
/// ```
pub const ENGINES: &[Engine] =
    &[Engine { name: "fluid", run: |trial| vec![fluid(trial)] }, Engine { name: "events", run: events }];

/// Runs of the event engine that are averaged.
const SEEDS: u64 = 5;

fn events(trial: &Trial) -> Vec<Observed> {
    // A trial of a recording is within what the event engine takes; one that is not has no rows.
    (1..=SEEDS).filter_map(|seed| crate::events::system::run(trial, seed).ok()).collect()
}

/// The runs of one engine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Runs {
    all: Vec<Observed>,
}

impl Engine {
    pub(crate) fn runs(&self, trial: &Trial) -> Runs {
        Runs { all: (self.run)(trial) }
    }
}

impl Runs {
    /// Mean of a quantity over the runs; nothing if it has no value in most of them.
    pub(crate) fn mean_of(&self, quantity: impl Fn(&Observed) -> Option<f64>) -> Option<f64> {
        let values: Vec<f64> = self.all.iter().filter_map(quantity).collect();
        let enough = 2 * values.len() > self.all.len();
        enough.then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Standard error of that mean; 0 for a single run.
    pub(crate) fn standard_error_of(&self, quantity: impl Fn(&Observed) -> Option<f64>) -> f64 {
        let values: Vec<f64> = self.all.iter().filter_map(quantity).collect();
        let count = values.len() as f64;
        if count < 2.0 {
            return 0.0;
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        (squares / (count - 1.0) / count).sqrt()
    }

    /// Second by second; kills are those of the first run.
    pub(crate) fn mean(&self) -> Observed {
        let runs = &self.all;
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
}
