//! What happened in a cluster, by age; what happened in the fleet, by the clock.

use super::path::{DOWN, Path, failing, value};
use super::reading::Reading;
use super::schedule::Schedule;
use crate::outcome::Event;
use crate::resolve::{Plan, Signal};
use slackwater_core::system::observe::Row;

/// Busy share at which an API server counts as saturated: nothing is left for the next request.
const SATURATED: f64 = 0.95;
/// Seconds that must last; the event is its beginning.
const SATURATED_FOR_S: f64 = 10.0;
/// Share of failing requests at which it counts as fallen.
pub(crate) const FALLEN: f64 = 0.05;
/// Seconds that must last before a cluster counts as fallen.
pub(crate) const FALLEN_FOR_S: f64 = 60.0;
/// A gate on the API server: load above this share, for this long.
pub(super) const API_GATE: (f64, f64) = (0.8, 60.0);

/// Ages at which things happen in a cluster of one size, if nobody acts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// The API server is saturated.
    pub saturated_s: Option<f64>,
    /// The alert's rule holds.
    pub alert_s: Option<f64>,
    /// A gate on the API server would have closed.
    pub gate_s: Option<f64>,
    /// Its API no longer serves.
    pub fallen_s: Option<f64>,
    /// Time for which caches hide the damage of the wave that does it.
    pub masked_s: Option<f64>,
    /// Users of this cluster notice.
    pub impact_s: Option<f64>,
    /// Whether it falls at all.
    pub falls: bool,
}

impl Marks {
    /// Reads a path.
    pub(super) fn of(path: &Path, plan: &Plan) -> Self {
        let detection = &plan.detection;
        let down = |row: &Row| value(row, Row::ANSWERING) < DOWN;
        let full = |row: &Row, column: usize| if down(row) { 1.0 } else { value(row, column) };
        let fallen_s = path.first(FALLEN_FOR_S, FALLEN, failing);
        let impact_s = path.first(0.0, detection.visible_impact_share, |row| value(row, Row::IMPACT));
        let signal = detection.signal;
        let mut reading = Reading::new(signal, path.dt_s);
        Self {
            saturated_s: path
                .first(SATURATED_FOR_S, SATURATED, |row| full(row, Row::API_BUSY))
                .map(|at_s| at_s - SATURATED_FOR_S),
            alert_s: (signal != Signal::UserImpact)
                .then(|| path.first(detection.for_s, detection.threshold, |row| reading.see(row)))
                .flatten(),
            gate_s: path.first(API_GATE.1, API_GATE.0, |row| full(row, Row::API_LOAD).max(value(row, Row::API_LOAD))),
            fallen_s: fallen_s.or(impact_s),
            impact_s,
            masked_s: impact_s.map(|at_s| at_s - path.last.wave_before(at_s)),
            falls: fallen_s.is_some() || impact_s.is_some(),
        }
    }

    /// Age at which somebody begins to act: the human delay after the alert, or, without one, after the last pod of the
    /// agent runs.
    pub(super) fn reaction_s(&self, path: &Path, plan: &Plan) -> f64 {
        self.alert_s.unwrap_or(path.last.rolled_out_s()) + plan.detection.human_delay_s
    }
}

/// Times of the fleet's events, seconds since rollout start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub api_saturated: Option<f64>,
    pub alert: Option<f64>,
    pub first_impact: Option<f64>,
    pub rollout_end: Option<f64>,
    pub peak_impact: Option<f64>,
    pub first_recovered: Option<f64>,
    pub all_recovered: Option<f64>,
}

impl Times {
    /// As events, beside what was published.
    pub(super) fn events(&self, plan: &Plan) -> Vec<Event> {
        let named = [
            ("rollout_start", Some(0.0)),
            ("api_saturated", self.api_saturated),
            ("alert", self.alert),
            ("first_impact", self.first_impact),
            ("rollout_end", self.rollout_end),
            ("peak_impact", self.peak_impact),
            ("first_cluster_recovered", self.first_recovered),
            ("all_recovered", self.all_recovered),
        ];
        let start_s = clock_s(plan.settings.text("clock.start")).unwrap_or(0.0);
        named
            .into_iter()
            .map(|(name, t_s)| {
                let published = plan.settings.file().text(&format!("published.{name}"));
                let published_s = published.and_then(clock_s).map(|at| after(at - start_s));
                Event {
                    name,
                    t_s,
                    clock: t_s.map(|t_s| clock(start_s + t_s)),
                    published_clock: published.map(str::to_owned),
                    residual_s: t_s.zip(published_s).map(|(model, published)| model - published),
                }
            })
            .collect()
    }

    /// What a schedule alone tells.
    pub(super) fn scheduled(schedule: &Schedule, marks: &[Marks]) -> Self {
        Self {
            api_saturated: schedule.first(marks, |marks| marks.saturated_s),
            alert: schedule.alert_s,
            rollout_end: Some(schedule.rollout_end_s),
            ..Self::default()
        }
    }
}

const DAY_S: f64 = 86_400.0;

/// A difference of clock times may pass midnight.
fn after(difference_s: f64) -> f64 {
    if difference_s < -DAY_S / 2.0 { difference_s + DAY_S } else { difference_s }
}

/// Seconds since midnight of `HH:MM` or `HH:MM:SS`.
pub(crate) fn clock_s(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().flatten().unwrap_or(0.0);
    Some(hours * 3600.0 + minutes * 60.0 + seconds)
}

/// `HH:MM:SS` of seconds since midnight; it wraps at midnight.
pub(crate) fn clock(since_midnight_s: f64) -> String {
    let seconds = since_midnight_s.round().rem_euclid(DAY_S) as u64;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
