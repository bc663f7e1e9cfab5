//! Which number of a scenario decides: how far each moves the margin of the gate that is nearest.
//!
//! The margins are closed forms of the resolved scenario, so a difference over a millionth of a key is their slope to
//! nine digits. A key that takes whole numbers only is moved by one.

mod text;

use crate::resolve::{Plan, Settings};
use crate::scenario::{InputError, ScenarioFile, Value};
use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::bounds::TABLE;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::verdict::gates::{Check, failover, restart, steady, surge};

/// Part of a key by which it is moved: rounding and curvature are then both below 1e-9.
const PART: f64 = 1e-6;
/// Slopes below this are those of rounding.
const NONE: f64 = 1e-7;

/// One number of a scenario.
///
/// ```
/// use slackwater_study::sensitivity::Knob;
/// let cores = Knob { key: "api_server.cores".into(), value: 16.0, slope: 0.5, typed: true, whole: false };
/// assert_eq!(cores.by_tenth(), 0.05); // a tenth more adds five points of margin
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
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

/// The gate that is nearest, and what moves it.
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
    /// Every number that moves it, the one that moves it most first.
    pub knobs: Vec<Knob>,
}

type Gate = (&'static str, fn(&Scenario<f64>) -> Option<Check>);

/// Gates that are closed forms.
const GATES: [Gate; 4] = [
    ("steady", |size| Some(steady(size))),
    ("surge", |size| Some(surge(size))),
    ("failover", failover),
    ("restart", |size| Some(restart(size))),
];

/// How much every number of a scenario moves the margin of the gate that is nearest.
///
/// # Errors
/// As [`Plan::resolve`].
pub fn sensitivity(file: &ScenarioFile) -> Result<Sensitivity, InputError> {
    let plan = Plan::resolve(file.clone())?;
    let mut nearest: Option<(usize, Gate, Check, f64)> = None;
    for (at, group) in plan.fleet.groups.iter().enumerate() {
        let size = plan.cluster(group.nodes)?;
        for gate in GATES {
            if let Some(check) = gate.1(&size)
                && nearest.as_ref().is_none_or(|(_, _, other, _)| check.margin() < other.margin())
            {
                nearest = Some((at, gate, check, size.nodes));
            }
        }
    }
    let (group, (gate, margin_of), check, nodes) = nearest.unwrap_or((0, GATES[0], steady(&plan.cluster(1.0)?), 1.0));
    let settings = Settings::new(file.clone());
    let margin = |key: &str, value: f64| {
        let mut settings = settings.clone();
        settings.replace(key, &Value::Number(value));
        let plan = Plan::of(settings).ok()?;
        let size = plan.cluster(plan.fleet.groups.get(group)?.nodes).ok()?;
        Some(margin_of(&size)?.margin())
    };
    let slope = |key: &str, value: f64| {
        let by = |step: f64| {
            let (up, down) = (margin(key, value + step), margin(key, value - step));
            match (up, down) {
                (Some(up), Some(down)) => Some((up - down) / (2.0 * step)),
                // At an end of its range it can move one way only.
                (Some(up), None) => Some((up - check.margin()) / step),
                (None, Some(down)) => Some((check.margin() - down) / step),
                (None, None) => None,
            }
        };
        // Counts that are rounded move by whole ones only.
        match by(PART * value) {
            Some(slope) if slope != 0.0 => Some((slope, false)),
            _ => by(1.0).map(|slope| (slope, true)),
        }
    };
    let typed: Vec<String> = file.values().map(|(key, _, _)| key.to_owned()).collect();
    let mut keys = typed.clone();
    keys.extend(TABLE.iter().map(|row| row.key.to_owned()).filter(|key| !key.contains('*') && !typed.contains(key)));
    let mut knobs: Vec<Knob> = keys
        .into_par_iter()
        .filter_map(|key| {
            let value = plan.settings.number(&key);
            if value <= 0.0 {
                return None;
            }
            let (slope, whole) = slope(&key, value)?;
            let slope = slope * value;
            let typed = typed.contains(&key);
            (slope.abs() > NONE).then_some(Knob { key, value, slope, typed, whole })
        })
        .collect();
    knobs.sort_by(|a, b| b.slope.abs().total_cmp(&a.slope.abs()).then_with(|| a.key.cmp(&b.key)));
    Ok(Sensitivity { gate, wall: check.wall.name(), nodes, margin: check.margin(), knobs })
}
