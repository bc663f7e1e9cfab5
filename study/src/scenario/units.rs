//! Units people type, and what the number would be in the unit of the key.

use slackwater_core::bounds::Row;

/// What kind of quantity a unit measures.
#[derive(Clone, Copy, PartialEq)]
enum Quantity {
    Time,
    Bytes,
    Rate,
    Share,
    Cores,
    Count,
}

use Quantity::{Bytes, Cores, Count, Rate, Share, Time};

const KIB: f64 = 1024.0;

/// Endings of keys, longest first, with quantity and size.
const ENDINGS: [(&str, Quantity, f64); 20] = [
    ("_per_hour", Rate, 1.0 / 3600.0),
    ("_fraction", Share, 1.0),
    ("_seconds", Time, 1.0),
    ("_minutes", Time, 60.0),
    ("_percent", Share, 0.01),
    ("_hours", Time, 3600.0),
    ("_cores", Cores, 1.0),
    ("_bytes", Bytes, 1.0),
    ("_per_s", Rate, 1.0),
    ("_share", Share, 1.0),
    ("_kib", Bytes, KIB),
    ("_mib", Bytes, KIB * KIB),
    ("_gib", Bytes, KIB * KIB * KIB),
    ("_qps", Rate, 1.0),
    ("_pct", Share, 0.01),
    ("_min", Time, 60.0),
    ("_ms", Time, 1e-3),
    ("_us", Time, 1e-6),
    ("_s", Time, 1.0),
    ("_h", Time, 3600.0),
];

/// Spellings of units. `m` is minutes of time and thousandths of a core, as in Kubernetes.
const SPELLINGS: [(&str, Quantity, f64); 66] = [
    ("ns", Time, 1e-9),
    ("us", Time, 1e-6),
    ("µs", Time, 1e-6),
    ("ms", Time, 1e-3),
    ("s", Time, 1.0),
    ("sec", Time, 1.0),
    ("secs", Time, 1.0),
    ("second", Time, 1.0),
    ("seconds", Time, 1.0),
    ("m", Time, 60.0),
    ("min", Time, 60.0),
    ("mins", Time, 60.0),
    ("minute", Time, 60.0),
    ("minutes", Time, 60.0),
    ("h", Time, 3600.0),
    ("hr", Time, 3600.0),
    ("hour", Time, 3600.0),
    ("hours", Time, 3600.0),
    ("d", Time, 86_400.0),
    ("day", Time, 86_400.0),
    ("days", Time, 86_400.0),
    ("B", Bytes, 1.0),
    ("bytes", Bytes, 1.0),
    ("k", Bytes, 1e3),
    ("kB", Bytes, 1e3),
    ("KB", Bytes, 1e3),
    ("M", Bytes, 1e6),
    ("MB", Bytes, 1e6),
    ("G", Bytes, 1e9),
    ("GB", Bytes, 1e9),
    ("Ki", Bytes, KIB),
    ("KiB", Bytes, KIB),
    ("Mi", Bytes, KIB * KIB),
    ("MiB", Bytes, KIB * KIB),
    ("Gi", Bytes, KIB * KIB * KIB),
    ("GiB", Bytes, KIB * KIB * KIB),
    ("/s", Rate, 1.0),
    ("1/s", Rate, 1.0),
    ("1/h", Rate, 1.0 / 3600.0),
    ("/sec", Rate, 1.0),
    ("/second", Rate, 1.0),
    ("per second", Rate, 1.0),
    ("qps", Rate, 1.0),
    ("rps", Rate, 1.0),
    ("Hz", Rate, 1.0),
    ("/min", Rate, 1.0 / 60.0),
    ("/m", Rate, 1.0 / 60.0),
    ("per minute", Rate, 1.0 / 60.0),
    ("/h", Rate, 1.0 / 3600.0),
    ("/hour", Rate, 1.0 / 3600.0),
    ("%", Share, 0.01),
    ("percent", Share, 0.01),
    ("m", Cores, 1e-3),
    ("mCPU", Cores, 1e-3),
    ("millicores", Cores, 1e-3),
    ("core", Cores, 1.0),
    ("cores", Cores, 1.0),
    ("cpu", Cores, 1.0),
    ("cpus", Cores, 1.0),
    ("vCPU", Cores, 1.0),
    ("CPU", Cores, 1.0),
    ("CPUs", Cores, 1.0),
    ("k", Count, 1e3),
    ("K", Count, 1e3),
    ("M", Count, 1e6),
    ("%", Count, 0.01),
];

/// Whether `ending` (with its underscore) is a unit that keys end in.
pub(super) fn is_ending(ending: &str) -> bool {
    ENDINGS.iter().any(|(known, _, _)| *known == ending)
}

/// Whether the text is one or more numbers that each carry a unit, such as `5m`, `1h30m` or `512 MiB`.
pub(super) fn has_unit(text: &str) -> bool {
    parts(text).is_some()
}

/// Whether the row is a plain count or share, so that its unit says nothing about how to write it.
pub(super) fn is_plain(row: &Row) -> bool {
    matches!(quantity_of(row).0, Count | Share)
}

/// The number in the unit of the row, if what was typed measures the same thing.
pub(super) fn convert(row: &Row, text: &str) -> Option<f64> {
    let (quantity, size) = quantity_of(row);
    let mut sum = 0.0;
    for (number, unit) in parts(text)? {
        let own = quantity == Count && !row.unit.is_empty() && row.unit.eq_ignore_ascii_case(unit);
        let scale = if own { 1.0 } else { spelling(quantity, unit)? };
        sum += number * scale;
    }
    // Twelve digits: 700 ms is 0.7 s, not 0.7000000000000001.
    format!("{:.11e}", sum / size).parse().ok()
}

fn quantity_of(row: &Row) -> (Quantity, f64) {
    let by_key = ENDINGS.iter().find(|(ending, _, _)| row.key.ends_with(ending));
    let by_unit = || SPELLINGS.iter().find(|(word, _, _)| *word == row.unit);
    by_key.or_else(by_unit).map_or((Count, 1.0), |(_, quantity, size)| (*quantity, *size))
}

fn spelling(quantity: Quantity, unit: &str) -> Option<f64> {
    let same = |(word, of, _): &&(&str, Quantity, f64)| *of == quantity && word == &unit;
    let any_case = |(word, of, _): &&(&str, Quantity, f64)| *of == quantity && word.eq_ignore_ascii_case(unit);
    // One letter means different things in the two cases: `m` and `M` are not each other's misspelling.
    let misspelt = || SPELLINGS.iter().find(any_case).filter(|_| unit.len() > 1);
    SPELLINGS.iter().find(same).or_else(misspelt).map(|(_, _, scale)| *scale)
}

/// Numbers with their units, `None` unless the whole text is that.
fn parts(text: &str) -> Option<Vec<(f64, &str)>> {
    let mut rest = text.trim();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-._".contains(c))?;
        let (number, after) = rest.split_at_checked(end)?;
        let number: f64 = number.replace('_', "").parse().ok()?;
        let end = after.find(|c: char| c.is_ascii_digit() || "+-.".contains(c)).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let unit = unit.trim();
        if unit.is_empty() || unit.len() > 16 || !unit.chars().all(|c| c.is_alphabetic() || "/% ".contains(c)) {
            return None;
        }
        parts.push((number, unit));
        rest = after;
    }
    (!parts.is_empty()).then_some(parts)
}
