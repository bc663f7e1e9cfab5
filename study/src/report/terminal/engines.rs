//! The same clusters request by request, beside the fluid: where the two disagree, and by how much.

use super::super::ink::Ink;
use super::super::numbers::{count, duration, percent, quantity};
use super::super::text::{Side, table};
use crate::events::beside::{Beside, Measure};

pub(super) fn lines(engines: &[Beside], ink: Ink) -> Vec<String> {
    let Some(first) = engines.first() else { return Vec::new() };
    let all: Vec<&Measure> = engines.iter().flat_map(|both| &both.measures).collect();
    let agree = all.iter().filter(|measure| measure.agrees).count();
    let title = format!("request by request: {agree} of {} means within 3 % of the fluid's", all.len());
    let events: u64 = engines.iter().map(|both| both.events).sum();
    let seeds: Vec<String> = first.seeds.iter().map(u64::to_string).collect();
    let about = format!(
        "  one cluster a size for {} from its touch, nobody acts; seed {}; {} events",
        duration(first.seconds),
        seeds.join(", "),
        count(events)
    );
    let head = ["", "nodes", "mean", "fluid", "events", "fluid is off by"].map(str::to_owned);
    let rows =
        engines.iter().flat_map(|both| both.measures.iter().enumerate().map(|(at, measure)| row(both, at, measure)));
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
    let mut sides = [Side::Right; 6];
    (sides[0], sides[2]) = (Side::Left, Side::Left);
    let mut lines = vec![ink.strong(title), ink.faint(about)];
    for (at, line) in table(sides, &rows).into_iter().enumerate() {
        let mark = if line.trim_start().starts_with('✓') { "✓" } else { "✗" };
        lines.push(if at == 0 { ink.faint(line) } else { line.replacen(mark, &ink.judged(mark == "✓", mark), 1) });
    }
    if first.seeds.len() == 1 {
        lines.push(ink.faint("  one seed: a few per cent of what stands out may be chance; another --seed tells"));
    }
    lines
}

fn row(both: &Beside, at: usize, measure: &Measure) -> [String; 6] {
    let nodes = if at == 0 { count(both.nodes as u64) } else { String::new() };
    [
        if measure.agrees { "✓" } else { "✗" }.to_owned(),
        nodes,
        measure.name.to_owned(),
        value(measure.fluid, measure.unit),
        value(measure.events, measure.unit),
        measure.difference.map_or_else(|| "–".to_owned(), off_by),
    ]
}

/// A value with its unit; times below a second in thousandths.
fn value(x: f64, unit: &str) -> String {
    if unit == "s" && x < 1.0 { quantity(x * 1000.0, "ms") } else { quantity(x, unit) }
}

/// A relative difference, with its sign.
fn off_by(difference: f64) -> String {
    if difference > 0.0 { format!("+{}", percent(difference)) } else { percent(difference) }
}
