//! Three rows over one time axis: what the API server bears, what DNS still hands out, what users feel.

use super::super::axis::{Axis, column, impact};
use super::super::ink::Ink;
use super::super::numbers::percent;
use super::super::spark::{ANSWERING, Worst, row};
use super::super::text::filled;
use crate::outcome::Outcome;

/// Cells of the time axis.
const CELLS: usize = 64;
/// Columns before the axis.
const NAMES: usize = 14;
/// Letters of the events worth a mark.
const MARKS: [(&str, char, &str); 6] = [
    ("api_saturated", 's', "saturated"),
    ("alert", 'a', "alert"),
    ("first_impact", 'i', "impact"),
    ("peak_impact", 'p', "peak"),
    ("first_cluster_recovered", 'r', "first recovered"),
    ("all_recovered", 'R', "all recovered"),
];

pub(super) fn lines(outcome: &Outcome, ink: Ink) -> Vec<String> {
    let Some(axis) = Axis::of(outcome, CELLS) else { return Vec::new() };
    let rows = [
        ("API load", "api_load", Worst::Highest, Some("api_up")),
        ("cached DNS", "dns_cached", Worst::Lowest, None),
        ("user impact", impact(outcome), Worst::Highest, None),
    ];
    let drawn = rows.into_iter().filter_map(|(title, name, worst, marked)| {
        let end = if worst == Worst::Highest { "peak" } else { "least" };
        let extreme = worst.all(column(outcome, name)?).map_or(String::new(), |x| format!("{end} {}", percent(x)));
        Some(format!("  {title:<width$}{}  {extreme}", row(outcome, &axis, name, worst, marked)?, width = NAMES - 2))
    });
    let mut lines: Vec<String> = drawn.collect();
    if lines.is_empty() {
        return lines;
    }
    let down = column(outcome, "api_up").is_some_and(|up| up.iter().any(|up| *up < ANSWERING));
    lines.insert(
        0,
        ink.strong(if down {
            "over time: a full block is 100 %, × API servers that answer nobody"
        } else {
            "over time: a full block is 100 %"
        }),
    );
    let indent = " ".repeat(NAMES);
    let (marks, legend) = marks(outcome, &axis);
    if !legend.is_empty() {
        lines.push(format!("{indent}{marks}"));
    }
    lines.push(format!("{indent}{}", axis.labels()));
    lines.extend(filled(&legend, NAMES).iter().map(|line| ink.faint(line)));
    lines
}

/// The letters in their cells, and what they stand for.
fn marks(outcome: &Outcome, axis: &Axis) -> (String, String) {
    let mut cells = vec![' '; axis.cells];
    let mut legend: Vec<String> = Vec::new();
    for (name, letter, meaning) in MARKS {
        let t_s = outcome.events.iter().find(|event| event.name == name).and_then(|event| event.t_s);
        let Some(at) = t_s.and_then(|t_s| axis.cell(t_s)) else { continue };
        // Two events in one cell stand side by side: to the right, or to the left at the end.
        let free = (at..cells.len()).chain((0..at).rev()).find(|at| cells.get(*at) == Some(&' '));
        if let Some(cell) = free.and_then(|at| cells.get_mut(at)) {
            *cell = letter;
            legend.push(format!("{letter} {meaning}"));
        }
    }
    (cells.into_iter().collect::<String>().trim_end().to_owned(), legend.join(" · "))
}
