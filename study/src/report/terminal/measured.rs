//! A recorded experiment beside the model: how many bins hold, and the worst of each series.

use super::super::ink::Ink;
use super::super::numbers::{duration, elapsed, percent, short};
use super::super::text::{Side, shortened, table};
use crate::outcome::MeasuredBin;

/// Room for the name of a series.
const LONGEST_NAME: usize = 30;

pub(super) fn lines(bins: &[MeasuredBin], ink: Ink) -> Vec<String> {
    if bins.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<&str> = Vec::new();
    for bin in bins {
        if !names.contains(&bin.series.as_str()) {
            names.push(&bin.series);
        }
    }
    let head = ["", "series", "held", "worst at", "measured", "model", "off by", "allowed"].map(str::to_owned);
    let series = names.iter().filter_map(|name| {
        let own: Vec<&MeasuredBin> = bins.iter().filter(|bin| bin.series == *name).collect();
        let worst = own.iter().max_by(|a, b| excess(a).total_cmp(&excess(b)))?;
        Some(row(name, &own, worst))
    });
    let rows: Vec<[String; 8]> = std::iter::once(head).chain(series).collect();
    let mut sides = [Side::Right; 8];
    (sides[0], sides[1]) = (Side::Left, Side::Left);
    let held = bins.iter().filter(|bin| bin.pass).count();
    let title = format!("measured: {held} of {} bins hold", bins.len());
    let mut lines = vec![ink.strong(title)];
    for (at, line) in table(sides, &rows).into_iter().enumerate() {
        let mark = if line.trim_start().starts_with('✓') { "✓" } else { "✗" };
        lines.push(if at == 0 { ink.faint(line) } else { line.replacen(mark, &ink.judged(mark == "✓", mark), 1) });
    }
    lines
}

fn excess(bin: &MeasuredBin) -> f64 {
    (bin.model - bin.measured).abs() - bin.bound
}

fn row(name: &str, own: &[&MeasuredBin], worst: &MeasuredBin) -> [String; 8] {
    let held = own.iter().filter(|bin| bin.pass).count();
    // A bin carries no unit: a series of times says so in its name.
    let seconds = name.contains("seconds");
    let value = |x: f64| if seconds { duration(x) } else { percent(x) };
    let points = |x: f64| if seconds { duration(x) } else { format!("{} points", short(x * 100.0)) };
    [
        if held == own.len() { "✓" } else { "✗" }.to_owned(),
        shortened(name, LONGEST_NAME),
        format!("{held} of {}", own.len()),
        elapsed(worst.t_s),
        value(worst.measured),
        value(worst.model),
        points(worst.model - worst.measured),
        points(worst.bound),
    ]
}
