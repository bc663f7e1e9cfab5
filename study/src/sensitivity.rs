//! Which number of a scenario decides: how far each moves the margin of the gate that decides the verdict.
//!
//! That gate is the first that fails; if none does, the one with the least margin. Its slope is exact: the gate is worked
//! out over dual numbers. What the resolver makes of a key is plain arithmetic, so the slope of each number of the scenario
//! is a difference over a millionth of the key, good to nine digits. Where the two sides of a value differ (a core more is
//! a server more for Erlang C) the slope is that of the flatter side, and a jump is said. A key that takes whole numbers
//! only is moved by one. A part that is off until one of its keys is typed has no knobs.

mod closed;
mod course;
mod near;
mod text;

pub use course::{Course, Of};

use crate::resolve::{Plan, Settings};
use crate::run::{Judged, Moment, moments};
use crate::scenario::{InputError, ScenarioFile, Value};
use closed::Closed;
use near::Slope;
use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::bounds::TABLE;

/// Slopes below this are those of rounding.
const NONE: f64 = 1e-7;

/// One number of a scenario.
///
/// ```
/// use slackwater_study::sensitivity::Knob;
/// let cores = Knob { key: "api_server.cores".into(), value: 16.0, slope: 0.5, typed: true, whole: false, exact: true, jumps: false };
/// assert_eq!(cores.by_tenth(), 0.05); // a tenth more adds five points of margin
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "four facts that do not depend on each other, each a column of its own"
)]
pub struct Knob {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: f64,
    /// Change of the margin by the change of the key as a part of itself: d margin / d ln key.
    pub slope: f64,
    /// Whether the scenario sets it; else it is a default.
    pub typed: bool,
    /// Whether it takes whole numbers only, so that the slope is that of one more and one less.
    pub whole: bool,
    /// Whether the slope is one; else it is a difference, of one more and one less or of runs with a tenth more and less.
    pub exact: bool,
    /// Whether the margin jumps as soon as the key passes its value on one side; the slope is that of the other.
    pub jumps: bool,
}

impl Knob {
    /// Change of the margin if the key grows by a tenth, to first order.
    pub fn by_tenth(&self) -> f64 {
        0.1 * self.slope
    }

    /// The value at which the margin would be 0 if it went on as it does here; nothing where that is below 0.
    pub fn edge(&self, margin: f64) -> Option<f64> {
        let factor = 1.0 - margin / self.slope;
        (factor > 0.0).then_some(self.value * factor)
    }
}

/// The gate that decides, and what moves it.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::sensitivity::sensitivity;
/// let found = sensitivity(&find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// let knob = |key: &str| found.knobs.iter().find(|knob| knob.key == key).map_or(0.0, |knob| knob.slope);
/// assert!(knob("cluster.nodes") < 0.0 && knob("agent.period_s") > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Name of the gate.
    pub gate: &'static str,
    /// What it meets first.
    pub wall: &'static str,
    /// Nodes of the cluster in which it does.
    pub nodes: f64,
    /// Its margin: (limit - value) / limit, above 0 safe.
    pub margin: f64,
    /// What the slopes are those of: the margin, or, where only the run decides, the moment at which the cluster falls.
    pub of: Of,
    /// Every number that moves it, the one that moves it most first.
    pub knobs: Vec<Knob>,
    /// Why only the run decides; empty where a closed form does.
    pub why: String,
    /// Other failing gates, seen in the run only, and what moves them.
    pub run: Vec<Course>,
}

/// How much every number of a scenario moves the margin of the gate that decides.
///
/// # Errors
/// As [`Plan::resolve`].
pub fn sensitivity(file: &ScenarioFile) -> Result<Sensitivity, InputError> {
    let plan = Plan::resolve(file.clone())?;
    let closed = Closed::all(&plan)?;
    let judged = moments(&plan)?;
    let failing = closed.iter().find(|gate| !gate.check.pass());
    let mut run = courses(&plan, &judged, failing.is_none());
    let nearest = || closed.iter().min_by(|a, b| a.check.margin().total_cmp(&b.check.margin()));
    // A run that falls decides before what is merely near.
    let gate = if run.is_empty() { failing.or_else(nearest) } else { failing };
    let Some(gate) = gate else {
        let decides = if run.is_empty() { Course::none("steady", 1.0, "nothing is asked") } else { run.remove(0) };
        let Course { gate, nodes, margin, of, why, knobs, .. } = decides;
        return Ok(Sensitivity { gate, wall: "the run", nodes, margin, of, knobs, why, run });
    };
    let knobs = knobs(&plan, |key, value| {
        if !gate.acts(&plan.settings, key, value) {
            return None;
        }
        match gate.slope(&plan.settings, key, value) {
            Some(slope) if slope.by_key != 0.0 => Some((slope, false)),
            // Counts that are rounded move by whole ones only.
            _ => Some((Slope { by_key: gate.by_one(&plan.settings, key, value)?, jumps: false, exact: false }, true)),
        }
    });
    let (check, of, why) = (gate.check, Of::Margin, String::new());
    let (wall, nodes) = (check.wall.name(), gate.size.nodes);
    Ok(Sensitivity { gate: gate.name, wall, nodes, margin: check.margin(), of, knobs, why, run })
}

/// The failing gates that only the run decides. `alone` says that no closed form fails.
fn courses(plan: &Plan, judged: &Judged, alone: bool) -> Vec<Course> {
    let mut courses = Vec::new();
    for gate in judged.gates.iter().filter(|gate| !gate.pass) {
        let margin = gate.margin.unwrap_or(0.0);
        match gate.name {
            // All closed forms pass and it fails: the run was put in its place.
            "steady" if alone => courses.extend(judged.fall.as_ref().map(|fall| {
                let what = match fall.what {
                    Moment::Impact => "users notice",
                    Moment::Fallen => "the API has failed for a minute",
                };
                let why = format!(
                    "{what} {:.0} s after the touch: a switch, so the slopes are those of that moment",
                    fall.at_s
                );
                Course::of(plan, gate.name, margin, Of::Moment, fall, why)
            })),
            "masking" => courses.extend(
                judged
                    .masked
                    .as_ref()
                    .map(|masked| Course::of(plan, gate.name, margin, Of::Margin, masked, gate.why.clone())),
            ),
            "escape" => courses.push(Course::none(
                gate.name,
                margin,
                "no slope: it is read at the end of the run, where the way out is open or closed",
            )),
            _ => {}
        }
    }
    courses
}

/// A plan with a key at another value, whether or not it is typed; nothing where that is not allowed.
fn moved(settings: &Settings, key: &str, value: f64) -> Option<Plan> {
    let mut settings = settings.clone();
    settings.replace(key, &Value::Number(value));
    Plan::of(settings).ok()
}

/// Every number of a scenario that moves something, the one that moves it most first. `slope` says by how much, and
/// whether the key moves by whole ones only.
fn knobs(plan: &Plan, slope: impl Fn(&str, f64) -> Option<(Slope, bool)> + Sync) -> Vec<Knob> {
    let typed: Vec<String> = plan.settings.file().values().map(|(key, _, _)| key.to_owned()).collect();
    let mut keys = typed.clone();
    keys.extend(TABLE.iter().map(|row| row.key.to_owned()).filter(|key| !key.contains('*') && !typed.contains(key)));
    let mut knobs: Vec<Knob> = keys
        .into_par_iter()
        .filter_map(|key| {
            let value = plan.settings.number(&key);
            if value <= 0.0 {
                return None;
            }
            let (Slope { by_key, jumps, exact }, whole) = slope(&key, value)?;
            let (slope, typed) = (by_key * value, typed.contains(&key));
            (slope.abs() > NONE).then_some(Knob { key, value, slope, typed, whole, exact, jumps })
        })
        .collect();
    knobs.sort_by(|a, b| b.slope.abs().total_cmp(&a.slope.abs()).then_with(|| a.key.cmp(&b.key)));
    knobs
}
