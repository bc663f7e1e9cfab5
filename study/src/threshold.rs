//! How far a key may go: a scan over its values, every change of the verdict found to the last digit that matters.
//!
//! Neither safety in the number of nodes nor in seats is monotone, so nothing is assumed: the scan comes first, and only
//! between two neighbouring values with different verdicts is the edge bisected.

mod frontier;
mod interval;
mod text;

use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::bounds::{Kind, Row, TABLE};

use crate::resolve::{Plan, Settings};
use crate::run::{brief, judge};
use crate::scenario::{Code, InputError, ScenarioFile, Value, row_of};
use crate::stop::{PATIENT, Watch, go_on};

pub use frontier::{Frontier, frontier, frontier_until};
pub use interval::{Interval, interval, interval_until};

/// Values of a scan unless another number is asked for.
const VALUES: u32 = 200;
/// Factor to either side of the value at hand that is scanned unless ends are given.
const AROUND: f64 = 100.0;
/// Ratio of the ends from which a scan goes in equal ratios.
const WIDE: f64 = 20.0;
/// Smallest part of the largest value that stands beside 0 in such a scan.
const NEXT_TO_ZERO: f64 = 1e-5;
/// Relative width to which an edge is bisected.
const SHARP: f64 = 1e-4;

/// Where to look.
///
/// ```
/// use slackwater_study::threshold::Look;
/// assert_eq!(Look::default().from, None); // a hundredth of the value at hand
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Smallest value.
    pub from: Option<f64>,
    /// Largest value.
    pub to: Option<f64>,
    /// Values scanned.
    pub values: Option<u32>,
}

/// Values next to each other with the same verdict.
///
/// ```
/// use slackwater_study::threshold::Band;
/// let band = Band { from: 1.0, to: 2119.0, safe: Some(true), why: None };
/// assert!(band.from <= band.to);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Smallest value.
    pub from: f64,
    /// Largest value.
    pub to: f64,
    /// Whether they are safe; none where a value contradicts other keys.
    pub safe: Option<bool>,
    /// Gate that fails first at the end next to the nearest safe value; the contradiction where there is one.
    pub why: Option<String>,
}

/// What a scan over a key found.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::threshold::{Look, Side, threshold};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let found = threshold(&file, "cluster.nodes", Look::default())?;
/// let edge = found.edge().ok_or("no edge")?;
/// assert_eq!((edge.side, edge.beyond), (Side::Largest, edge.value + 1.0)); // exact: nodes are whole
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Key.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// Value of the scenario at hand; none where the key has none.
    pub at: Option<f64>,
    /// Whether the scenario at hand is safe.
    pub safe: bool,
    /// Its smallest margin, and the gate that has it.
    pub margin: Option<(f64, String)>,
    /// Smallest and largest value looked at.
    pub looked: (f64, f64),
    /// How many were looked at before edges were sharpened.
    pub values: usize,
    /// Bands from the smallest value to the largest.
    pub bands: Vec<Band>,
}

/// Which end of the safe values an edge is.
///
/// ```
/// use slackwater_study::threshold::Side;
/// assert_ne!(Side::Largest, Side::Smallest); // of nodes, and of seconds between polls
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Safe below.
    Largest,
    /// Safe above.
    Smallest,
}

/// The last safe value before an unsafe one.
///
/// ```
/// use slackwater_study::threshold::{Edge, Side};
/// let edge = Edge { side: Side::Largest, value: 2119.0, beyond: 2120.0, gate: "failover".into() };
/// assert!(edge.value < edge.beyond);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Which end of the safe values.
    pub side: Side,
    /// The last safe value.
    pub value: f64,
    /// The first value found unsafe.
    pub beyond: f64,
    /// Gate that breaks there.
    pub gate: String,
}

impl Threshold {
    /// Every edge between safe and unsafe values, from the smallest.
    pub fn edges(&self) -> Vec<Edge> {
        let pairs = self.bands.iter().zip(self.bands.iter().skip(1));
        pairs
            .filter_map(|(below, above)| {
                let why = |band: &Band| band.why.clone().unwrap_or_default();
                match (below.safe?, above.safe?) {
                    (true, false) => {
                        Some(Edge { side: Side::Largest, value: below.to, beyond: above.from, gate: why(above) })
                    }
                    (false, true) => {
                        Some(Edge { side: Side::Smallest, value: above.from, beyond: below.to, gate: why(below) })
                    }
                    _ => None,
                }
            })
            .collect()
    }

    /// The edge that matters: the one nearest to the value at hand, in ratios; the first where there is none.
    pub fn edge(&self) -> Option<Edge> {
        let away =
            |edge: &Edge| self.at.filter(|at| *at > 0.0).map_or(0.0, |at| libm::log(edge.value.max(1e-300) / at).abs());
        self.edges().into_iter().min_by(|a, b| away(a).total_cmp(&away(b)))
    }
}

/// Finds the values of a key that are safe, everything else as the scenario has it.
///
/// # Errors
/// A key that takes no numbers, ends outside its range; what is wrong with the scenario at hand.
pub fn threshold(file: &ScenarioFile, key: &str, look: Look) -> Result<Threshold, InputError> {
    threshold_until(file, key, look, PATIENT)
}

/// [`threshold()`] that ends with an error, within a value, once `watch` says no.
///
/// # Errors
/// As [`threshold()`], and [`Code::Stopped`].
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::scenario::Code;
/// use slackwater_study::threshold::{Look, threshold_until};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let stopped = threshold_until(&file, "cluster.nodes", Look::default(), &|| false).err().ok_or("went on")?;
/// assert_eq!(stopped.details().code, Code::Stopped);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn threshold_until(file: &ScenarioFile, key: &str, look: Look, watch: Watch<'_>) -> Result<Threshold, InputError> {
    let probe = Probe::new(file, key, look, watch)?;
    let plan = Plan::resolve(file.clone())?;
    let outcome = brief(&plan)?;
    let gates = outcome.verdict.gates.iter().filter_map(|gate| Some((gate.margin?, gate.name.to_owned())));
    Ok(Threshold {
        key: key.to_owned(),
        unit: probe.row.unit,
        at: probe.at,
        safe: outcome.verdict.safe,
        margin: gates.min_by(|a, b| a.0.total_cmp(&b.0)),
        looked: (probe.grid.first().copied().unwrap_or(0.0), probe.grid.last().copied().unwrap_or(0.0)),
        values: probe.grid.len(),
        bands: probe.bands(&probe.settings)?,
    })
}

/// A key under a scan.
pub(crate) struct Probe<'a> {
    pub(crate) settings: Settings,
    key: String,
    row: &'static Row,
    at: Option<f64>,
    grid: Vec<f64>,
    watch: Watch<'a>,
}

/// A value and one just beyond, with another verdict.
type Edges = ((f64, At), (f64, At));

/// Verdict at a value: the gate that fails, if one does, or a contradiction.
#[derive(Clone, PartialEq)]
enum At {
    Safe,
    Unsafe(&'static str),
    Contradiction(String),
}

impl<'a> Probe<'a> {
    pub(crate) fn new(file: &ScenarioFile, key: &str, look: Look, watch: Watch<'a>) -> Result<Self, InputError> {
        let (_, row, _) = file.key_of("threshold", &format!("{key}="))?;
        if !matches!(row.kind, Kind::Number | Kind::Integer) {
            let help = format!("compare its values: slackwater sweep CASE --vary {key}=FIRST,SECOND");
            return Err(InputError::new(Code::NumberWanted, format!("{key} takes no number")).key(key).help(help));
        }
        let settings = Settings::new(file.clone());
        let at = settings.typed(key).or_else(|| match row_of(TABLE, key).map(|row| row.default) {
            Some(slackwater_core::bounds::Default::Number(x)) => Some(x),
            _ => None,
        });
        for (end, name) in [(look.from, "--from"), (look.to, "--to")] {
            if let Some(end) = end.filter(|end| !(row.min <= *end && *end <= row.max)) {
                let message = format!("{name} {end} lies outside the range of {key}");
                let help = format!("write {} to {}", row.min, row.max);
                return Err(InputError::new(Code::OutOfRange, message).key(key).help(help));
            }
        }
        let near = at.filter(|at| *at > 0.0);
        let from = look.from.unwrap_or_else(|| near.map_or(row.min, |at| (at / AROUND).max(row.min)));
        let to = look.to.unwrap_or_else(|| near.map_or(row.max, |at| (at * AROUND).min(row.max)));
        if from >= to {
            let message = format!("--from {from} is not below --to {to}");
            return Err(InputError::new(Code::OutOfRange, message).key(key).help("give two ends, the smaller first"));
        }
        let mut grid = grid(from, to, look.values.unwrap_or(VALUES).max(2), row.kind == Kind::Integer);
        // The value at hand is one of them, so that its band is certain.
        if let Some(at) = at.filter(|at| from <= *at && *at <= to) {
            grid.retain(|x| (x - at).abs() > SHARP * at.abs());
            grid.push(at);
        }
        grid.sort_by(f64::total_cmp);
        grid.dedup();
        Ok(Self { settings, key: key.to_owned(), row, at, grid, watch })
    }

    fn judge(&self, settings: &Settings, x: f64) -> Result<At, InputError> {
        go_on(self.watch)?;
        let mut settings = settings.clone();
        settings.replace(&self.key, &Value::Number(x));
        Ok(match Plan::of(settings).and_then(|plan| judge(&plan)) {
            Ok(judgement) => judgement.gate.map_or(At::Safe, At::Unsafe),
            Err(error) => At::Contradiction(error.details().message.clone()),
        })
    }

    /// Bands under other settings; the key itself is replaced.
    pub(crate) fn bands(&self, settings: &Settings) -> Result<Vec<Band>, InputError> {
        let found: Vec<At> = self.grid.par_iter().map(|x| self.judge(settings, *x)).collect::<Result<_, _>>()?;
        let kind = |at: &At| match at {
            At::Safe => Some(true),
            At::Unsafe(_) => Some(false),
            At::Contradiction(_) => None,
        };
        let scanned: Vec<(f64, At)> = self.grid.iter().copied().zip(found).collect();
        let edges: Vec<Edges> = scanned
            .par_windows(2)
            .filter_map(|pair| match pair {
                [low, high] if kind(&low.1) != kind(&high.1) => {
                    Some(self.sharpened(settings, low.clone(), high.clone()))
                }
                _ => None,
            })
            .collect::<Result<_, _>>()?;
        let (Some(first), Some(last)) = (scanned.first(), scanned.last()) else { return Ok(Vec::new()) };
        let starts = std::iter::once(first).chain(edges.iter().map(|(_, above)| above));
        let ends = edges.iter().map(|(below, _)| below).chain(std::iter::once(last));
        let mut bands: Vec<Band> = Vec::new();
        for ((from, start), (to, end)) in starts.zip(ends) {
            // The reason that counts is that of the end where the safe values are.
            let after_safe = bands.last().is_some_and(|band| band.safe == Some(true));
            let why = match if after_safe { start } else { end } {
                At::Safe => None,
                At::Unsafe(gate) => Some((*gate).to_owned()),
                At::Contradiction(message) => Some(message.clone()),
            };
            bands.push(Band { from: *from, to: *to, safe: kind(start), why });
        }
        Ok(bands)
    }

    /// Bisects between two values with different verdicts.
    fn sharpened(&self, settings: &Settings, mut low: (f64, At), mut high: (f64, At)) -> Result<Edges, InputError> {
        let kind = |at: &At| std::mem::discriminant(at);
        let whole = self.row.kind == Kind::Integer;
        loop {
            let gap = high.0 - low.0;
            if whole && gap <= 1.0 || !whole && gap <= SHARP * high.0.abs() {
                return Ok((low, high));
            }
            let middle = low.0 + gap / 2.0;
            let middle = if whole { middle.floor() } else { middle };
            let at = self.judge(settings, middle)?;
            if kind(&at) == kind(&high.1) {
                high = (middle, at);
            } else {
                low = (middle, at);
            }
        }
    }
}

/// Values from one end to the other: all of them if they are few and whole, in equal ratios if they are far apart.
fn grid(from: f64, to: f64, count: u32, whole: bool) -> Vec<f64> {
    if whole && to - from < f64::from(count) {
        return (0..=(to - from) as u32).map(|at| from + f64::from(at)).collect();
    }
    let low = from.max(to * NEXT_TO_ZERO);
    let wide = to > 0.0 && from >= 0.0 && to / low >= WIDE;
    let step = |at: u32| {
        let t = f64::from(at) / f64::from(count - 1);
        let x = if wide { low * libm::exp(libm::log(to / low) * t) } else { from + (to - from) * t };
        let x = if whole { x.round() } else { x };
        if at + 1 == count { to } else { x.clamp(from, to) }
    };
    std::iter::once(from).chain((0..count).map(step)).collect()
}
