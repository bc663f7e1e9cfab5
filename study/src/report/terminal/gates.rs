//! The gates, one a line, and the sizes at which they open and close.

use std::fmt::Write as _;

use super::super::ink::Ink;
use super::super::numbers::{count, percent, quantity};
use super::super::text::{Side, filled, table};
use crate::outcome::{Gate, Verdict};

/// Narrowest room for a reason beside its gate.
const LEAST_ROOM: usize = 40;

pub(super) fn lines(verdict: &Verdict, ink: Ink) -> Vec<String> {
    if verdict.gates.is_empty() {
        return Vec::new();
    }
    let head = ["", "gate", "value", "limit", "margin"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(verdict.gates.iter().map(row)).collect();
    let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Right];
    let table = table(sides, &rows);
    let width = table.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = table.iter().take(1).map(|line| ink.strong(line)).collect();
    for (line, gate) in table.iter().skip(1).zip(&verdict.gates) {
        lines.extend(beside(line, width + 2, &gate.why).into_iter().map(|line| marked(&line, gate, ink)));
    }
    lines.extend(sizes(verdict));
    lines
}

fn row(gate: &Gate) -> [String; 5] {
    let shown = |x: Option<f64>| x.map_or("–".to_owned(), |x| quantity(x, gate.unit));
    [
        mark(gate).to_owned(),
        gate.name.to_owned(),
        shown(gate.value),
        gate.value.map_or("–".to_owned(), |_| shown(gate.limit)),
        gate.margin.map_or("–".to_owned(), percent),
    ]
}

fn mark(gate: &Gate) -> &'static str {
    match (gate.value, gate.pass) {
        (None, true) => "–",
        (_, true) => "✓",
        (_, false) => "✗",
    }
}

/// The reason on the right of its gate, over several lines if need be.
fn beside(line: &str, at: usize, why: &str) -> Vec<String> {
    let at = at.min(super::super::text::WIDTH - LEAST_ROOM);
    let mut lines = filled(why, at);
    match lines.first_mut() {
        // Blanks are one byte each, so the column is also the byte.
        Some(first) if line.chars().count() < at => first.replace_range(..at, &format!("{line:<at$}")),
        _ => lines.insert(0, line.to_owned()),
    }
    lines
}

fn marked(line: &str, gate: &Gate, ink: Ink) -> String {
    let mark = mark(gate);
    match line.trim_start().strip_prefix(mark) {
        Some(rest) if gate.value.is_some() => format!("  {}{rest}", ink.judged(gate.pass, mark)),
        _ => line.to_owned(),
    }
}

fn sizes(verdict: &Verdict) -> Vec<String> {
    let mut text = match verdict.tipping_nodes {
        Some(nodes) => format!("N* {} nodes: unsafe from there on, control plane held fixed.", count(nodes)),
        None => "N*: no size scanned is unsafe together with all larger ones.".to_owned(),
    };
    if !verdict.unsafe_bands.is_empty() {
        let bands = verdict.unsafe_bands.iter().map(|(from, to)| format!("{} to {}", count(*from), count(*to)));
        let _ = write!(text, " Also unsafe: {} nodes.", bands.collect::<Vec<_>>().join(", "));
    }
    let visible = match verdict.visible_from_nodes {
        Some(nodes) => format!("A default alert fires from {} nodes.", count(nodes)),
        None => "No default alert fires at any size scanned.".to_owned(),
    };
    filled(&format!("{text} {visible}"), 2)
}
