//! One time axis for all rows of a chart.

use super::numbers::{clock, seconds_of_day};
use crate::outcome::Outcome;

/// Steps between two labels that people read easily, seconds.
const STEPS_S: [f64; 18] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0,
    43_200.0, 86_400.0,
];
/// Least columns from one label to the next.
const SPACING: f64 = 10.0;

/// Cells of equal length in time, from the first moment of a trajectory to the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    start_s: f64,
    cell_s: f64,
    pub(super) cells: usize,
    /// Time of day at `t_s` = 0, seconds since midnight.
    midnight_s: f64,
}

impl Axis {
    /// At most `most` cells; none if the trajectory has no extent.
    pub(super) fn of(outcome: &Outcome, most: usize) -> Option<Self> {
        let times = column(outcome, "t_s")?;
        let (start_s, end_s) = (*times.first()?, *times.last()?);
        let cells = most.min(times.len());
        let cell_s = (end_s - start_s) / cells as f64;
        (cell_s.is_finite() && cell_s > 0.0).then(|| Self { start_s, cell_s, cells, midnight_s: midnight(outcome) })
    }

    /// From `start_s` to `end_s`, for a day that begins `midnight_s` before zero.
    pub(super) fn over(start_s: f64, end_s: f64, cells: usize, midnight_s: f64) -> Option<Self> {
        let cell_s = (end_s - start_s) / cells as f64;
        (cell_s.is_finite() && cell_s > 0.0).then_some(Self { start_s, cell_s, cells, midnight_s })
    }

    /// The cell of a moment, none outside the axis.
    pub(super) fn cell(&self, t_s: f64) -> Option<usize> {
        let at = (t_s - self.start_s) / self.cell_s;
        // The last moment belongs to the last cell.
        (at >= 0.0 && at <= self.cells as f64).then(|| (at as usize).min(self.cells - 1))
    }

    /// Times of day at round moments, each beginning in its cell.
    pub(super) fn labels(&self) -> String {
        let step_s = STEPS_S.into_iter().find(|step_s| *step_s >= SPACING * self.cell_s).unwrap_or(86_400.0);
        let shown = if step_s < 60.0 { 8 } else { 5 };
        let mut line = String::new();
        let first = ((self.midnight_s + self.start_s) / step_s).ceil();
        for tick in 0..self.cells {
            let of_day_s = (first + tick as f64) * step_s;
            let Some(cell) = self.cell(of_day_s - self.midnight_s) else { break };
            let used = line.chars().count();
            // Where a step is a day or more, labels can come closer than they are long.
            if (used > 0 && used >= cell) || cell + shown > self.cells {
                continue;
            }
            line.push_str(&" ".repeat(cell - used));
            line.extend(clock(of_day_s).chars().take(shown));
        }
        line
    }
}

/// What users feel: of a fleet all its traffic, of a bare cluster its own.
pub(super) fn impact(outcome: &Outcome) -> &'static str {
    if column(outcome, "user_impact").is_some() { "user_impact" } else { "impact" }
}

/// A column of the trajectory.
pub(super) fn column<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a [f64]> {
    outcome.trajectory.iter().find(|(own, _)| own == name).map(|(_, numbers)| numbers.as_slice())
}

/// Time of day at `t_s` = 0: from any event that has both, or as typed, or midnight.
pub(super) fn midnight(outcome: &Outcome) -> f64 {
    let by_event = outcome.events.iter().find_map(|event| Some(seconds_of_day(event.clock.as_deref()?)? - event.t_s?));
    let typed = || outcome.scenario.iter().find(|input| input.key == "clock.start")?.value.as_str();
    by_event.or_else(|| seconds_of_day(typed()?)).unwrap_or(0.0)
}
