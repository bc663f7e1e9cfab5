//! A run with an eye on what would decide it: the rules of [`super::super::events::Marks`], row by row.

use crate::resolve::Plan;
use crate::run::events::{FALLEN, FALLEN_FOR_S};
use crate::run::path::{Cluster, alike, failing, share_at, value};
use crate::run::quiet::Calm;
use crate::run::reading::Reading;
use crate::run::rule::Rule;
use slackwater_core::lane::Lane;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::State;

/// Rows between two looks at whether the cluster stays quiet.
const LOOK: usize = 8;

/// What a row comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    /// The run goes on.
    On,
    /// It goes on, and people halt the rollout at this second.
    Halt(f64),
    /// They had halted it before this row, at this second: the run has to start again.
    Again(f64),
    /// It is known whether the cluster falls.
    Falls(bool),
}

/// One cluster that is watched while somebody steps it.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    plan: &'a Plan,
    /// The cluster before the touch.
    pub(super) size: Scenario<f64>,
    waves: Vec<(f64, f64)>,
    fallen: Rule,
    impact: Rule,
    alert: Rule,
    reading: Reading,
    calm: Option<Calm>,
    rows: Vec<Row>,
    clean: usize,
    flawless: bool,
    alerts: bool,
    until_s: f64,
    window: usize,
    planned: usize,
}

impl<'a> Watch<'a> {
    /// A cluster whose rollout is halted at `halt_s`, watched for `until_s` seconds. With `halts` people stop the
    /// rollout some time after the alert, as in a run of one cluster.
    pub(super) fn new(plan: &'a Plan, mut size: Scenario<f64>, halt_s: f64, until_s: f64, halts: bool) -> Self {
        size.actions.halt_s = halt_s;
        let outline = Cluster::outline(plan, size.clone());
        let (dt_s, detection) = (size.dt_s, &plan.detection);
        let (window, planned) = outline.windows();
        Self {
            plan,
            fallen: Rule::new(FALLEN_FOR_S, FALLEN, dt_s),
            impact: Rule::new(0.0, detection.visible_impact_share, dt_s),
            alert: Rule::new(detection.for_s, detection.threshold, dt_s),
            reading: Reading::new(detection.signal, dt_s),
            calm: Calm::after(plan, &outline),
            waves: outline.waves().to_vec(),
            rows: Vec::new(),
            clean: 0,
            flawless: true,
            alerts: halts,
            until_s,
            window,
            planned,
            size,
        }
    }

    /// The same cluster from the touch on, with the rollout halted at `halt_s` and nobody to halt it again.
    pub(super) fn again(&self, halt_s: f64) -> Self {
        let mut size = self.size.clone();
        size.creation.share = 1.0;
        Self::new(self.plan, size, halt_s, self.until_s, false)
    }

    /// Share of the nodes that waves may have reached at an age.
    pub(super) fn share(&self, age_s: f64) -> f64 {
        share_at(&self.waves, age_s)
    }

    /// Whether API servers of this cluster fare differently, so that it cannot be a lane.
    pub(super) fn apart(&self) -> bool {
        !self.plan.groups().is_empty()
    }

    /// Steps the cluster by itself until it is known whether it falls.
    pub(super) fn falls(self) -> bool {
        let mut watch = self;
        loop {
            let mut cluster = Cluster::of(watch.plan, watch.size.clone());
            let halt_s = loop {
                let row = cluster.step();
                match watch.see(row, &cluster.state, 0) {
                    Next::On => {}
                    Next::Halt(halt_s) => cluster.scenario.actions.halt_s = halt_s,
                    Next::Again(halt_s) => break halt_s,
                    Next::Falls(falls) => return falls,
                }
            };
            watch = watch.again(halt_s);
        }
    }

    /// Takes in the row of a step after which lane `lane` is in `state`.
    pub(super) fn see<L: Lane>(&mut self, row: Row, state: &State<L>, lane: usize) -> Next {
        let errors = failing(&row);
        let mut next = Next::On;
        if self.alerts
            && let Some(alert_s) = self.alert.see(self.reading.see(&row))
        {
            self.alerts = false;
            let reaction_s = alert_s + self.plan.detection.human_delay_s;
            if reaction_s < self.until_s {
                // An alert counts from before the row that shows it: what was run since then is not what was.
                if reaction_s < state.now_s.lane(lane) {
                    return Next::Again(reaction_s);
                }
                next = Next::Halt(reaction_s);
            }
        }
        let fallen = self.fallen.see(errors).is_some();
        // What has happened before anybody reacts happens in any case.
        if self.impact.see(value(&row, Row::IMPACT)).is_some() || fallen {
            return Next::Falls(true);
        }
        self.flawless &= errors == 0.0;
        let spoilt = self.calm.as_ref().is_some_and(|calm| calm.spoils(value(&row, Row::WAITING)));
        self.clean = if errors == 0.0 && !spoilt { self.clean + 1 } else { 0 };
        self.rows.push(row);
        let (count, clean) = (self.rows.len(), self.clean);
        let quiet = self.calm.as_ref().is_some_and(|calm| {
            // Limits move every 10 s; a look costs a part of a step.
            let looks = self.flawless && count.is_multiple_of(LOOK);
            calm.holds(count, clean) || (looks && calm.stays(&self.size, state, lane))
        });
        if quiet && !(self.alerts && self.alert.pending()) {
            return Next::Falls(false);
        }
        if count > self.planned && count.is_multiple_of(self.window) && alike(&self.rows, self.window) {
            let window = || self.rows.get(count - self.window..).unwrap_or_default().iter();
            let fallen = self.fallen.resting(window().map(failing));
            let impact = || self.impact.resting(window().map(|row| value(row, Row::IMPACT)));
            return Next::Falls(fallen.or_else(impact).is_some());
        }
        if count >= (self.until_s / self.size.dt_s).round() as usize { Next::Falls(false) } else { next }
    }
}
