//! 2024-12-11: the clock of the reference case, under both readings of the account.

use super::row::{Bound, Row};
use crate::cases::find;
use crate::resolve::Plan;
use crate::run::simulate;

const PART: &str = "2024-12-11";
/// Peak impact is predicted to so many seconds.
const PEAK_S: f64 = 300.0;
/// Events that the scenario says, and the model does not predict.
const GIVEN: [&str; 2] = ["rollout_start", "rollout_end"];

/// Residuals of every published time; the peak and the order of events are bounded in the reading that is the reference.
pub(super) fn rows(out: &mut Vec<Row>) {
    for (name, reference) in [("openai-2024-12-11", true), ("openai-2024-12-11-1512", false)] {
        let outcome = find(name).map(|case| case.file().and_then(Plan::resolve).and_then(|plan| simulate(&plan)));
        let outcome = match outcome {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => {
                out.push(Row::new(PART, name, "the case", "fluid").failed(error.to_string()));
                continue;
            }
            None => continue,
        };
        let mut order: Vec<(f64, f64)> = Vec::new();
        for event in &outcome.events {
            let (Some(said), Some(residual)) = (event.t_s, event.residual_s) else { continue };
            let seen = said - residual;
            let row = Row::new(PART, name, event.name, "fluid").measured(seen, "s").predicted(said);
            if GIVEN.contains(&event.name) {
                out.push(row.off_by(residual, "s").note("given, not predicted"));
                continue;
            }
            order.push((seen, said));
            out.push(if reference && event.name == "peak_impact" {
                row.within(residual, Bound { value: PEAK_S, unit: "s" })
            } else {
                row.off_by(residual, "s")
            });
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let inverted = order.windows(2).filter(|pair| matches!(pair, [a, b] if a.1 > b.1)).count() as f64;
        let row = Row::new(PART, name, "published events out of order", "fluid").measured(0.0, "").predicted(inverted);
        out.push(if reference {
            row.within(inverted, Bound { value: 0.0, unit: "" })
        } else {
            row.off_by(inverted, "")
        });
    }
}
