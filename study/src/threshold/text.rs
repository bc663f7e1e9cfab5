//! Thresholds as text: the answer first, then why, then the bands.

use std::fmt::{self, Write as _};

use super::{Edge, Frontier, Interval, Side, Threshold};
use crate::report::{exact, percent};

/// Digits to which an edge is known.
const DIGITS: i32 = 4;

/// A number as it can be typed, to the digits that are known; whole numbers are whole.
fn number(x: f64) -> String {
    if x.fract() == 0.0 { exact(x) } else { exact(rounded(x, f64::round)) }
}

/// Rounded to the digits that are known, by a way of rounding.
fn rounded(x: f64, way: fn(f64) -> f64) -> f64 {
    if x == 0.0 || x.fract() == 0.0 {
        return x;
    }
    let power = DIGITS - 1 - libm::floor(libm::log10(x.abs())) as i32;
    // Divided by a power of ten above 1, the result is the nearest double to what is printed.
    let scale = libm::exp10(f64::from(power.abs())).round();
    if power >= 0 { way(x * scale) / scale } else { way(x / scale) * scale }
}

fn with(x: f64, unit: &str) -> String {
    if unit.is_empty() { number(x) } else { format!("{} {unit}", number(x)) }
}

/// The safe values at an edge; what is rounded stays safe.
fn side(edge: &Edge, unit: &str) -> String {
    match edge.side {
        Side::Largest => format!("up to {}", with(rounded(edge.value, f64::floor), unit)),
        Side::Smallest => format!("from {}", with(rounded(edge.value, f64::ceil), unit)),
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, unit) = (&self.key, self.unit);
        let edges = self.edges();
        if let Some(edge) = self.edge() {
            writeln!(f, "SAFE {}  {key}", side(&edge, unit))?;
            let way = if edge.side == Side::Largest { f64::ceil } else { f64::floor };
            writeln!(f, "  gate {} breaks at {}", edge.gate, with(rounded(edge.beyond, way), unit))?;
        } else {
            let judged: Vec<bool> = self.bands.iter().filter_map(|band| band.safe).collect();
            let word = if judged.iter().all(|safe| *safe) { "SAFE" } else { "UNSAFE" };
            let which = if judged.len() < self.bands.len() { "that can be" } else { "looked at" };
            writeln!(f, "{word} at every value {which}  {key}")?;
        }
        if let Some(at) = self.at {
            let word = if self.safe { "safe" } else { "unsafe" };
            write!(f, "  at {} it is {word}", with(at, unit))?;
            if let Some((margin, gate)) = &self.margin {
                write!(f, "; smallest margin {} (gate {gate})", percent(*margin))?;
            }
            let ratio = self.edge().filter(|_| at > 0.0).map(|edge| edge.value / at).filter(|ratio| *ratio > 0.0);
            match ratio {
                Some(ratio) if ratio >= 1.0 => writeln!(f, "; the edge is at {} times that", number(three(ratio)))?,
                Some(ratio) => writeln!(f, "; the edge is at 1/{} of that", number(three(1.0 / ratio)))?,
                None => writeln!(f)?,
            }
        }
        if edges.len() > 1 {
            writeln!(f, "  not monotone: {} edges", edges.len())?;
        }
        writeln!(f, "\nvalues of {key}, {} looked at", self.values)?;
        let ends: Vec<(String, String)> = self.bands.iter().map(|b| (number(b.from), number(b.to))).collect();
        let width = ends.iter().map(|(from, to)| from.len().max(to.len())).max().unwrap_or(0);
        for (band, (from, to)) in self.bands.iter().zip(ends) {
            let verdict = match band.safe {
                Some(true) => "safe",
                Some(false) => "UNSAFE",
                None => "cannot be",
            };
            let mut line = format!("  {from:>width$} to {to:>width$}  {verdict:<9}");
            if let Some(why) = &band.why {
                let _ = write!(line, "  {why}");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Three digits.
fn three(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

impl fmt::Display for Frontier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BAR: usize = 40;
        writeln!(f, "how far {} may go, by {}", self.key, self.along)?;
        let (from, to) = self.looked;
        let rows: Vec<(String, String, String, usize)> = self
            .points
            .iter()
            .zip(&self.safe)
            .map(|((x, edge), safe)| {
                let value = edge.as_ref().map_or(if *safe { to } else { from }, |edge| edge.value);
                let share =
                    libm::log(value.max(from.max(1e-300)) / from.max(1e-300)) / libm::log(to / from.max(1e-300));
                let length = (share * BAR as f64).round().clamp(0.0, BAR as f64) as usize;
                match edge {
                    Some(edge) => (number(*x), side(edge, self.unit), edge.gate.clone(), length),
                    None if *safe => (number(*x), "all safe".to_owned(), String::new(), BAR),
                    None => (number(*x), "none safe".to_owned(), String::new(), 0),
                }
            })
            .collect();
        let wide = |read: fn(&(String, String, String, usize)) -> usize| rows.iter().map(read).max().unwrap_or(0);
        let (first, second) = (wide(|row| row.0.len()).max(self.along.len()), wide(|row| row.1.len()).max(4));
        writeln!(f, "{:>first$}  {:<second$}  {:<BAR$}  breaks", self.along, "safe", "")?;
        for (x, edge, gate, length) in rows {
            let line = format!("{x:>first$}  {edge:<second$}  {:<BAR$}  {gate}", "#".repeat(length));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.side == Side::Largest { "up to" } else { "from" };
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        if self.all_safe == self.samples || self.none_safe == self.samples {
            let word = if self.all_safe > 0 { "SAFE" } else { "UNSAFE" };
            return writeln!(f, "{word} at every value looked at, in all of {} samples  {}", self.samples, self.key);
        }
        let (low, middle, high) = (number(three(self.low)), number(three(self.middle)), number(three(self.high)));
        writeln!(f, "SAFE {word} {middle}{unit}  {}", self.key)?;
        writeln!(f, "  median of {} samples; {low} to {high}{unit} in 9 of 10", self.samples)?;
        if self.all_safe > 0 {
            writeln!(f, "  every value looked at is safe in {} of them", self.all_safe)?;
        }
        if self.none_safe > 0 {
            writeln!(f, "  none is safe in {} of them", self.none_safe)?;
        }
        Ok(())
    }
}
