//! How far a key may go if other inputs are uncertain.

use serde::Serialize;

use super::frontier::of;
use super::{Look, Probe, Side};
use crate::scenario::{Code, InputError, ScenarioFile};
use crate::stop::{PATIENT, Watch};
use crate::sweep::{Design, Words};

/// The threshold over samples of the uncertain inputs.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::sweep::Words;
/// use slackwater_study::threshold::{Look, interval};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let vary = vec!["cluster.pods_per_node=lognormal(10,1.5)".to_owned()];
/// let words = Words { vary, sample: Some("sobol:16".to_owned()), ..Words::default() };
/// let found = interval(&file, "cluster.nodes", Look { values: Some(40), ..Look::default() }, words)?;
/// assert!(found.low < found.middle && found.middle < found.high);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Key.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// Which end of the safe values.
    pub side: Side,
    /// The threshold lies below this in 5 % of the samples.
    pub low: f64,
    /// Median.
    pub middle: f64,
    /// It lies above this in 5 %.
    pub high: f64,
    /// Samples.
    pub samples: usize,
    /// Samples in which every value is safe; they count as the end of what was looked at.
    pub all_safe: usize,
    /// Samples in which none is.
    pub none_safe: usize,
}

/// Finds the threshold of `key` in every sample of `words`.
///
/// # Errors
/// As [`super::threshold()`]; nothing uncertain; a sample whose keys contradict each other everywhere.
pub fn interval(file: &ScenarioFile, key: &str, look: Look, words: Words) -> Result<Interval, InputError> {
    interval_until(file, key, look, words, PATIENT)
}

/// [`interval()`] that ends with an error, within a value, once `watch` says no.
///
/// # Errors
/// As [`interval()`] and [`super::threshold_until()`].
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::sweep::Words;
/// use slackwater_study::threshold::{Look, interval_until};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let vary = vec!["agent.period_s=30..90".into()];
/// let words = Words { vary, sample: Some("sobol:8".into()), ..Words::default() };
/// assert!(interval_until(&file, "cluster.nodes", Look::default(), words, &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn interval_until(
    file: &ScenarioFile,
    key: &str,
    look: Look,
    words: Words,
    watch: Watch<'_>,
) -> Result<Interval, InputError> {
    let probe = Probe::new(file, key, look, watch)?;
    let set = file.values().map(|(key, value, _)| format!("{key}={value}")).collect();
    let design = Design::of(Words { set, ..words })?;
    if design.keys().iter().any(|varied| varied == key) {
        let message = format!("{key} is uncertain itself");
        return Err(InputError::new(Code::AxisWanted, message).key(key).help("leave it out of --vary"));
    }
    let block = design.block(0, design.rows())?;
    let side = of(&probe, probe.bands(&probe.settings)?).edge().map_or(Side::Largest, |edge| edge.side);
    let (first, last) = (probe.grid.first().copied().unwrap_or(0.0), probe.grid.last().copied().unwrap_or(0.0));
    // Seen from the safe end, the threshold is the first edge; without one it lies at an end of what was looked at.
    let (all, none) = if side == Side::Largest { (last, first) } else { (first, last) };
    let (mut found, mut all_safe, mut none_safe) = (Vec::new(), 0, 0);
    for row in 0..design.rows() {
        let mut settings = probe.settings.clone();
        for (key, value) in design.keys().iter().zip(block.values(row)) {
            settings.replace(key, &value);
        }
        let bands = of(&probe, probe.bands(&settings)?);
        let mut edges = bands.edges().into_iter().filter(|edge| edge.side == side);
        let edge = if side == Side::Largest { edges.next() } else { edges.next_back() };
        let safe = bands.bands.iter().any(|band| band.safe == Some(true));
        all_safe += usize::from(edge.is_none() && safe);
        none_safe += usize::from(!safe);
        found.push(edge.map_or(if safe { all } else { none }, |edge| edge.value));
    }
    found.sort_by(f64::total_cmp);
    let at = |share: f64| found.get(((found.len() - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0);
    let (low, middle, high) = (at(0.05), at(0.5), at(0.95));
    let samples = found.len();
    Ok(Interval { key: key.to_owned(), unit: probe.row.unit, side, low, middle, high, samples, all_safe, none_safe })
}
