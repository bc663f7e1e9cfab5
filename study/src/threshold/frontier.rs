//! How far one key may go, by another.

use serde::Serialize;

use super::{Edge, Look, Probe, Threshold};
use crate::scenario::{InputError, ScenarioFile, Value};
use crate::stop::{PATIENT, Watch};

/// Values of the second key unless another number is asked for.
const VALUES: u32 = 15;

/// Thresholds of a key along another.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::threshold::{Look, frontier};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let look = Look { from: Some(30.0), to: Some(120.0), values: Some(2) };
/// let found = frontier(&file, "cluster.nodes", Look::default(), "agent.period_s", look)?;
/// let edges: Vec<f64> = found.points.iter().filter_map(|(_, edge)| Some(edge.as_ref()?.value)).collect();
/// assert!(edges.first() < edges.last()); // polling less often, more nodes are safe
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frontier {
    /// The key that has a threshold.
    pub key: String,
    /// Its unit.
    pub unit: &'static str,
    /// The key it is found along.
    pub along: String,
    /// Unit of that.
    pub along_unit: &'static str,
    /// Smallest and largest value of the first key looked at.
    pub looked: (f64, f64),
    /// Value of the second key, and the edge there; none if all values are alike.
    pub points: Vec<(f64, Option<Edge>)>,
    /// Whether all values are safe where there is no edge.
    pub safe: Vec<bool>,
}

/// Finds the threshold of `key` at values of `along`.
///
/// # Errors
/// As [`super::threshold()`].
pub fn frontier(
    file: &ScenarioFile,
    key: &str,
    look: Look,
    along: &str,
    look_along: Look,
) -> Result<Frontier, InputError> {
    frontier_until(file, key, look, along, look_along, PATIENT)
}

/// [`frontier()`] that ends with an error, within a value, once `watch` says no.
///
/// # Errors
/// As [`super::threshold_until()`].
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::threshold::{Look, frontier_until};
/// let file = find("openai-2024-12-11-staging").ok_or("no such case")?.file()?;
/// let look = Look::default();
/// assert!(frontier_until(&file, "cluster.nodes", look, "agent.period_s", look, &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn frontier_until(
    file: &ScenarioFile,
    key: &str,
    look: Look,
    along: &str,
    look_along: Look,
    watch: Watch<'_>,
) -> Result<Frontier, InputError> {
    let probe = Probe::new(file, key, look, watch)?;
    let look_along = Look { values: look_along.values.or(Some(VALUES)), ..look_along };
    let other = Probe::new(file, along, look_along, watch)?;
    let (mut points, mut safe) = (Vec::new(), Vec::new());
    for &x in &other.grid {
        let mut settings = probe.settings.clone();
        settings.replace(along, &Value::Number(x));
        let bands = probe.bands(&settings)?;
        safe.push(bands.iter().all(|band| band.safe == Some(true)));
        points.push((x, of(&probe, bands).edge()));
    }
    let looked = (probe.grid.first().copied().unwrap_or(0.0), probe.grid.last().copied().unwrap_or(0.0));
    let (unit, along_unit) = (probe.row.unit, other.row.unit);
    Ok(Frontier { key: key.to_owned(), unit, along: along.to_owned(), along_unit, looked, points, safe })
}

/// The bare threshold of bands.
pub(super) fn of(probe: &Probe<'_>, bands: Vec<super::Band>) -> Threshold {
    Threshold {
        key: probe.key.clone(),
        unit: probe.row.unit,
        at: probe.at,
        safe: true,
        margin: None,
        looked: (0.0, 0.0),
        values: probe.grid.len(),
        bands,
    }
}
