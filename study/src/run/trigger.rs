//! A cluster that is hit: does it run, and does it come back?

use super::events::{FALLEN, FALLEN_FOR_S};
use super::path::{Cluster, failing};
use super::recovery::{WELL_FOR_S, is_well};
use super::rule::Rule;
use crate::resolve::Plan;
use crate::scenario::InputError;
use serde::Serialize;
use slackwater_core::system::scenario::Follows;
use slackwater_core::verdict::region::Region;

/// Seconds a cluster runs after the last pod of the agent is up before it is hit: two of the longest common periods.
const SETTLE_S: f64 = 300.0;
/// Seconds it gets to come back: longer than every timeout, back-off and restart of the default scenario.
const PATIENCE_S: f64 = 1800.0;
/// Part of its speed that is left of a server that is gone: no number may be divided by zero.
const LEFT: f64 = 1e-3;

/// Something that takes CPU away from the API servers for a while.
///
/// ```
/// use slackwater_study::run::Trigger;
/// assert_eq!(Trigger::default(), Trigger { size: 1.0, duration_s: 600.0 }); // all of it, for ten minutes
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trigger {
    /// Share of the CPU that is gone, 0 to 1.
    pub size: f64,
    /// Seconds.
    pub duration_s: f64,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { size: 1.0, duration_s: 600.0 }
    }
}

/// What becomes of the largest cluster of a plan with `load` times the agent's traffic (all traffic, if there is no
/// agent) when `trigger` hits it. Nobody does anything about it. What falls by itself, before it is hit or in the time that
/// the trigger would take, needs no trigger: it is metastable already.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_core::verdict::region::Region;
/// use slackwater_study::{cases, resolve::Plan, run::{Trigger, region_of}};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// assert_eq!(region_of(&plan, 1.0, Trigger { size: 0.3, duration_s: 60.0 })?, Region::Stable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn region_of(plan: &Plan, load: f64, trigger: Trigger) -> Result<Region, InputError> {
    let nodes = plan.fleet.groups.first().map_or(1.0, |group| group.nodes);
    let mut size = plan.cluster(nodes)?;
    let agent = size.classes.iter().any(|class| class.follows == Follows::Agent);
    for class in size.classes.iter_mut().filter(|class| !agent || class.follows == Follows::Agent) {
        class.clients_fixed *= load;
        class.clients_per_node *= load;
    }
    let mut hit = Hit { cluster: Cluster::of(plan, size), visible: plan.detection.visible_impact_share };
    let before_s = hit.cluster.planned_s() + SETTLE_S;
    // Near the edge a cluster fails slowly: it is not the trigger that breaks it.
    if hit.stays_down(before_s) || hit.clone().stays_down(trigger.duration_s) {
        return Ok(Region::of(true, false));
    }
    let speed = hit.cluster.scenario.cpu.speed;
    hit.cluster.scenario.cpu.speed = speed * (1.0 - trigger.size).max(LEFT);
    hit.falls(trigger.duration_s);
    hit.cluster.scenario.cpu.speed = speed;
    Ok(Region::of(false, hit.comes_back()))
}

#[derive(Clone)]
struct Hit {
    cluster: Cluster,
    visible: f64,
}

impl Hit {
    /// Runs on for some seconds; whether the API was down for a while in them.
    fn falls(&mut self, for_s: f64) -> bool {
        let dt_s = self.cluster.scenario.dt_s;
        let mut rule = Rule::new(FALLEN_FOR_S, FALLEN, dt_s);
        let mut fell = false;
        for _ in 0..(for_s / dt_s).ceil() as usize {
            let row = self.cluster.step();
            fell = rule.see(failing(&row)).is_some() || fell;
        }
        fell
    }

    /// Whether it falls within some seconds, and does not come back by itself.
    fn stays_down(&mut self, for_s: f64) -> bool {
        self.falls(for_s) && !self.comes_back()
    }

    /// Runs on until it is well, or patience ends.
    fn comes_back(&mut self) -> bool {
        let dt_s = self.cluster.scenario.dt_s;
        let needed = (WELL_FOR_S / dt_s).ceil() as usize;
        let mut well = 0;
        for _ in 0..(PATIENCE_S / dt_s).ceil() as usize {
            let row = self.cluster.step();
            well = if is_well(&row, self.visible) { well + 1 } else { 0 };
            if well >= needed {
                return true;
            }
        }
        false
    }
}
