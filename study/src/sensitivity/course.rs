//! Gates that only a run decides, and how a key moves them.

use super::near::{Slope, between, slope};
use super::{Knob, knobs};
use crate::resolve::{Plan, Settings};
use crate::run::{First, Start};
use serde::Serialize;

/// Part of a key by which it is moved to hold its slope to runs.
const TENTH: f64 = 0.1;
/// Over a tenth to either side a curve of the third power bends by some percents, and from one side by some tenths.
const AGREE: f64 = 0.2;

/// What the slopes of a [`Course`] are those of.
///
/// ```
/// use slackwater_study::sensitivity::Of;
/// assert_ne!(Of::Margin, Of::Moment);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// The margin of the gate.
    Margin,
    /// The moment at which the cluster falls, seconds: whether it falls is a switch, and a switch has no slope.
    Moment,
    /// Nothing: the reason is given.
    Nothing,
}

/// A gate that only a run decides, and what moves it.
///
/// The run is one over dual numbers: every step carries the slope by the key along, and the moment at which a level is
/// reached is read off with its slope. Where the two sides of a key differ it is that of the flatter one, or, where they
/// differ only within a step, that of the side the value is on. Keys that count by whole ones, and those that move the
/// start of a wave, have no slope here and are left out.
///
/// A run has steps in it: a server runs out of memory, a queue takes one request more. They come at every scale, and
/// calculus sees none of them. So each slope is held to two runs, with a tenth less and a tenth more of the key, and where
/// they say something else, theirs is given and [`Knob::exact`] is false.
///
/// ```
/// use slackwater_study::cases::find;
/// use slackwater_study::sensitivity::{Of, sensitivity};
/// let found = sensitivity(&find("openai-2024-12-11").ok_or("no such case")?.file()?)?;
/// let masking = found.run.iter().find(|course| course.gate == "masking").ok_or("no such gate")?;
/// assert!(masking.of == Of::Margin && masking.knobs.iter().any(|knob| knob.key == "dns.cache_ttl_s"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// Name of the gate.
    pub gate: &'static str,
    /// Nodes of the cluster it is about; 0 where nothing is followed.
    pub nodes: f64,
    /// Its margin: (limit - value) / limit, above 0 safe.
    pub margin: f64,
    /// What the slopes are those of.
    pub of: Of,
    /// The moment that was followed, seconds since the cluster was touched.
    pub at_s: Option<f64>,
    /// One sentence: what happens, or why there is no slope.
    pub why: String,
    /// Every number that moves it, the one that moves it most first; slopes are by the key as a part of itself, in points
    /// of margin (1 is the whole limit) or in seconds, as `of` says.
    pub knobs: Vec<Knob>,
}

impl Course {
    /// A gate without a slope.
    pub(super) fn none(gate: &'static str, margin: f64, why: &str) -> Self {
        Self { gate, nodes: 0.0, margin, of: Of::Nothing, at_s: None, why: why.to_owned(), knobs: Vec::new() }
    }

    /// Follows a moment of a run.
    pub(super) fn of(plan: &Plan, gate: &'static str, margin: f64, of: Of, first: &First, why: String) -> Self {
        let nodes = plan.fleet.groups.get(first.group).map_or(0.0, |group| group.nodes);
        let start = Start::of(plan, first.group).filter(|_| first.followed);
        let Some(start) = start else {
            let why = format!("{why}; not followed: people halt the rollout before it, or API servers are told apart");
            return Self { nodes, ..Self::none(gate, margin, &why) };
        };
        let knobs = knobs(plan, |key, value| {
            if plan.settings.typed(key).is_none() && moved(&plan.settings, first.group, key, value)? != start {
                return None;
            }
            let found = slope(value, |step| {
                let other = moved(&plan.settings, first.group, key, value + step)?;
                if other == start {
                    return Some(0.0);
                }
                let found = match of {
                    Of::Margin => start.masking(&other, step, first),
                    _ => start.moment(&other, step, first),
                };
                Some(found?.slope)
            });
            let over = |by: f64| by_runs(plan, of, first, &start, key, value, by);
            let Some(runs) = over(TENTH * value) else { return Some((over(1.0)?, true)) };
            let (slope, runs) = (found.unwrap_or(runs), Slope { exact: false, ..runs });
            let agree = (slope.by_key - runs.by_key).abs() <= AGREE * slope.by_key.abs().max(runs.by_key.abs());
            Some((if agree { slope } else { runs }, false))
        });
        Self { gate, nodes, margin, of, at_s: Some(first.at_s), why, knobs }
    }
}

/// Slope between two runs with a key `by` less and `by` more, where its range allows both; else from the run as it is.
fn by_runs(plan: &Plan, of: Of, first: &First, start: &Start, key: &str, value: f64, by: f64) -> Option<Slope> {
    let read = |start: &Start| {
        let at_s = start.alone(first)?;
        Some(if of == Of::Margin { start.hides(at_s) } else { at_s })
    };
    let typed = |value: f64| {
        let mut file = plan.settings.file().clone();
        file.set(&format!("{key}={value:e}")).ok()?;
        let other = Start::of(&Plan::resolve(file).ok()?, first.group)?;
        // What does not change anything need not be run.
        if other == *start { Some(as_judged(of, first, start)) } else { read(&other) }
    };
    let by_key = between(typed(value - by), as_judged(of, first, start), typed(value + by), by)?;
    Some(Slope { by_key, jumps: false, exact: false })
}

/// What the run that was judged says.
fn as_judged(of: Of, first: &First, start: &Start) -> f64 {
    if of == Of::Margin { start.hides(first.at_s) } else { first.at_s }
}

fn moved(settings: &Settings, group: usize, key: &str, value: f64) -> Option<Start> {
    Start::of(&super::moved(settings, key, value)?, group)
}
