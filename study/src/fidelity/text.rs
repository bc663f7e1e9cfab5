//! The table for a terminal: the verdict, what fails, then every row.

use super::row::Row;
use super::table::Table;
use crate::bytes::MIB;
use std::fmt::Write as _;

/// Text, one line a row; `ascii` replaces what is not.
///
/// ```
/// use slackwater_study::fidelity::{Row, Table, text};
/// use slackwater_study::learn::Calibration;
/// let rows = vec![Row::new("queue laws", "queue.csv", "error", "code")];
/// let table = Table {
///     version: "0.1.0", truth: "built in".into(), pass: true, bounded: 0, failed: 0, rows,
///     calibration: Calibration::given()?,
/// };
/// assert!(text(&table).starts_with("PASS  0 of 0 bounded rows hold"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn text(table: &Table) -> String {
    let mut out = String::new();
    let held = table.bounded - table.failed;
    let word = if table.pass { "PASS" } else { "FAIL" };
    let reported = table.rows.len() - table.bounded;
    let _ = writeln!(
        out,
        "{word}  {held} of {} bounded rows hold, {reported} are only reported  ({})",
        table.bounded, table.truth
    );
    let failed: Vec<&Row> = table.rows.iter().filter(|row| row.pass == Some(false)).collect();
    if !failed.is_empty() {
        out.push_str("\nwhat does not hold\n");
        rows(&mut out, &failed);
    }
    for part in table.rows.chunk_by(|a, b| a.part == b.part) {
        let mine: Vec<&Row> = part.iter().collect();
        let _ = writeln!(out, "\n{}", part.first().map_or("", |row| row.part));
        let mut sources: Vec<&str> = mine.iter().map(|row| row.fitted_on).filter(|source| !source.is_empty()).collect();
        sources.dedup();
        sources.sort_unstable();
        sources.dedup();
        for source in sources {
            let _ = writeln!(out, "  fitted on: {source}");
        }
        rows(&mut out, &mine);
    }
    constants(&mut out, table);
    out
}

/// One line a row: truth and quantity, engine, measured, predicted, error, bound, pass.
fn rows(out: &mut String, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    let name = |row: &Row| format!("{}: {}", row.truth, row.quantity);
    let width = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0).min(92);
    let _ = writeln!(
        out,
        "  {:width$}  {:6}  {:>11}  {:>11}  {:>10}  {:>16}  holds",
        "truth", "by", "measured", "predicted", "error", "bound"
    );
    for row in rows {
        let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), figure);
        let with_unit = |x: Option<f64>| {
            let text = number(x);
            if row.unit.is_empty() || x.is_none() || row.unit.len() > 4 { text } else { format!("{text} {}", row.unit) }
        };
        let bound = row.bound.map(|bound| (bound.value, bound.unit));
        let error = row.error.map_or_else(
            || "-".to_owned(),
            |x| signed(x, bound.map_or(if row.bound.is_none() { "" } else { "s" }, |b| b.1), row),
        );
        let allowed = bound.map_or_else(|| "-".to_owned(), |(x, unit)| share(x, unit));
        let holds = row.pass.map_or("", |pass| if pass { "yes" } else { "NO" });
        let note = if row.note.is_empty() { String::new() } else { format!("  {}", row.note) };
        let line = format!(
            "  {:width$}  {:6}  {:>11}  {:>11}  {:>10}  {:>16}  {holds:5}{note}",
            name(row),
            row.by,
            with_unit(row.measured),
            with_unit(row.predicted),
            error,
            allowed,
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// An error with its sign: a share in percent, or a number with its unit.
fn signed(x: f64, unit: &str, row: &Row) -> String {
    let relative = unit.is_empty() || unit == "of capacity";
    if relative && row.bound.is_none_or(|bound| bound.value > 1e-6 || bound.unit == "of capacity") && !absolute(row) {
        let percent = 100.0 * x;
        return if percent.abs() < 999.5 { format!("{percent:+.1} %") } else { format!("{percent:+.0} %") };
    }
    if x.abs() > 0.0 && x.abs() < 1e-3 {
        format!("{x:+.1e}")
    } else {
        format!("{}{}", if x > 0.0 { "+" } else { "" }, figure(x))
    }
}

/// Rows whose error is in the unit of what was measured.
fn absolute(row: &Row) -> bool {
    row.bound.is_none()
        && matches!(row.unit, "s" | "%" | "")
        && row.error.zip(row.measured.zip(row.predicted)).is_some_and(|(error, (measured, predicted))| {
            (predicted - measured - error).abs() <= 1e-9 * error.abs().max(1e-9)
        })
}

fn share(x: f64, unit: &str) -> String {
    match unit {
        "" if x > 1e-6 => format!("{:.1} %", 100.0 * x),
        "" if x > 0.0 => format!("{x:.0e}"),
        "" => "equal".to_owned(),
        "of capacity" => format!("{:.0} % of capacity", 100.0 * x),
        _ if x == 0.0 => "equal".to_owned(),
        _ => format!("{} {unit}", figure(x)),
    }
}

/// Four digits that matter.
fn figure(x: f64) -> String {
    let size = x.abs();
    if x.fract() == 0.0 && size < 1e7 {
        return format!("{x:.0}");
    }
    match size {
        s if s >= 1000.0 => format!("{x:.0}"),
        s if s >= 100.0 => format!("{x:.1}"),
        s if s >= 10.0 => format!("{x:.2}"),
        s if s >= 0.001 => format!("{x:.4}"),
        _ => format!("{x:.2e}"),
    }
}

fn constants(out: &mut String, table: &Table) {
    let c = &table.calibration;
    let all = [
        ("base, ms", &c.base_s, 1e3),
        ("per object scanned, us", &c.object_s, 1e6),
        ("per MB of JSON, ms", &c.json_byte_s, 1e9),
        ("per MB of protobuf, ms", &c.protobuf_byte_s, 1e9),
        ("quota factor", &c.quota_factor, 1.0),
        ("growth in company", &c.growth, 1.0),
        ("memory of a list, x its bytes in etcd", &c.memory_factor, 1.0),
        ("memory base, MiB", &c.memory_base, 1.0 / MIB),
        ("idle, cores", &c.idle_cores, 1.0),
    ];
    out.push_str("\nconstants (95 % interval), fitted on the recordings in the binary and on nothing else\n");
    for (name, constant, scale) in all {
        let (value, low, high) = (constant.value * scale, constant.low * scale, constant.high * scale);
        let _ = writeln!(
            out,
            "  {name:38}  {:>9}  ({} to {})  {}",
            figure(value),
            figure(low),
            figure(high),
            constant.source
        );
    }
}
