//! Rows of blocks: a column of the trajectory as a picture one line high.

use super::axis::{Axis, column};
use crate::outcome::Outcome;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Shares below this are drawn as nothing, and as close to all of it as all.
const NOTHING: f64 = 0.001;
/// Below this share of API servers that answer, most answer nobody.
pub(super) const ANSWERING: f64 = 0.5;
/// A cell in which they did not, at least for a while.
const DOWN: char = '×';

/// Which end of a column is the bad one, and so must not be lost when moments share a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worst {
    Highest,
    Lowest,
}

impl Worst {
    pub(super) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Highest => a.max(b),
            Self::Lowest => a.min(b),
        }
    }

    /// The worst of all moments.
    pub(super) fn all(self, numbers: &[f64]) -> Option<f64> {
        numbers.iter().copied().filter(|x| x.is_finite()).reduce(|a, b| self.of(a, b))
    }
}

/// One row: a block a cell, full at 100 %; `×` where `marked` is below [`ANSWERING`].
pub(super) fn row(outcome: &Outcome, axis: &Axis, name: &str, worst: Worst, marked: Option<&str>) -> Option<String> {
    let shares = cells(outcome, axis, name, worst)?;
    let marks = marked.and_then(|name| cells(outcome, axis, name, Worst::Lowest));
    let down = |at: usize| marks.as_ref().and_then(|marks| marks.get(at)).is_some_and(|up| *up < ANSWERING);
    let cell = |(at, share): (usize, &f64)| if down(at) { DOWN } else { block(*share) };
    Some(shares.iter().enumerate().map(cell).collect())
}

/// The worst of each cell; a cell without a moment holds what was there before. None without any number.
fn cells(outcome: &Outcome, axis: &Axis, name: &str, worst: Worst) -> Option<Vec<f64>> {
    let (times, numbers) = (column(outcome, "t_s")?, column(outcome, name)?);
    let mut cells: Vec<Option<f64>> = vec![None; axis.cells];
    for (t_s, x) in times.iter().zip(numbers).filter(|(_, x)| x.is_finite()) {
        if let Some(cell) = axis.cell(*t_s).and_then(|at| cells.get_mut(at)) {
            *cell = Some(cell.map_or(*x, |known| worst.of(known, *x)));
        }
    }
    // Before the first moment with a number: that number.
    let mut last = cells.iter().copied().flatten().next()?;
    let held = cells.into_iter().map(|cell| {
        last = cell.unwrap_or(last);
        last
    });
    Some(held.collect())
}

/// The block of a share. A little never looks like nothing, nor nearly all like all.
pub(super) fn block(share: f64) -> char {
    let top = BLOCKS.len() - 1;
    let level = match share {
        _ if share < NOTHING => 0,
        _ if share > 1.0 - NOTHING => top,
        _ => ((share * top as f64).round() as usize).clamp(1, top - 1),
    };
    BLOCKS.get(level).copied().unwrap_or(DOWN)
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn a_little_is_seen() {
        let shares = [-1.0, 0.0, 0.0005, 0.002, 0.5, 0.98, 0.9995, 1.0, 3.1];
        assert_eq!(shares.map(block).iter().collect::<String>(), "▁▁▁▂▅▇███");
    }
}
