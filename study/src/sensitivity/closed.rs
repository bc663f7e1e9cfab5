//! Gates that are closed forms, and how a key moves them.

use super::near::{Slope, between, slope};
use crate::resolve::{Plan, Settings};
use crate::scenario::InputError;
use slackwater_core::lane::{Across, Dual, Single};
use slackwater_core::system::scenario::Scenario;
use slackwater_core::verdict::gates::{Check, failover, restart, steady, surge};

/// Names of the gates, in the order in which a verdict gives them.
const NAMES: [&str; 4] = ["steady", "surge", "failover", "restart"];

/// What a gate says, over plain numbers or over numbers with their slopes.
fn check<L: Single>(name: &str, size: &Scenario<L>) -> Option<Check<L>> {
    match name {
        "steady" => Some(steady(size)),
        "surge" => Some(surge(size)),
        "failover" => failover(size),
        _ => Some(restart(size)),
    }
}

/// A gate in the size of the fleet that is worst for it.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    pub name: &'static str,
    pub check: Check,
    group: usize,
    pub size: Scenario<f64>,
}

impl Closed {
    /// All gates of a plan, in their order.
    pub(super) fn all(plan: &Plan) -> Result<Vec<Self>, InputError> {
        let mut worst: [Option<Self>; NAMES.len()] = Default::default();
        for (group, size) in plan.fleet.groups.iter().enumerate() {
            let size = plan.cluster(size.nodes)?;
            for (name, worst) in NAMES.into_iter().zip(&mut worst) {
                if let Some(check) = check(name, &size)
                    && worst.as_ref().is_none_or(|worst| check.margin() < worst.check.margin())
                {
                    *worst = Some(Self { name, check, group, size: size.clone() });
                }
            }
        }
        Ok(worst.into_iter().flatten().collect())
    }

    /// The size of the fleet it is about, with a key at another value; nothing where that is not allowed.
    fn moved(&self, settings: &Settings, key: &str, value: f64) -> Option<Scenario<f64>> {
        let plan = super::moved(settings, key, value)?;
        plan.cluster(plan.fleet.groups.get(self.group)?.nodes).ok()
    }

    /// Whether a key acts as it stands: some parts are off until one of their keys is typed.
    pub(super) fn acts(&self, settings: &Settings, key: &str, value: f64) -> bool {
        settings.typed(key).is_some() || self.moved(settings, key, value).is_some_and(|size| size == self.size)
    }

    fn margin_of(&self, size: &Scenario<f64>) -> Option<f64> {
        Some(check(self.name, size)?.margin())
    }

    /// How a key moves its margin: the resolver gives the slope of every number of the scenario, dual numbers that of the
    /// gate.
    pub(super) fn slope(&self, settings: &Settings, key: &str, value: f64) -> Option<Slope> {
        slope(value, |step| {
            let other = self.moved(settings, key, value + step)?;
            if !Across::<Dual>::alike(&self.size, &other) {
                // Something is counted anew: the gate as a whole, and a jump says so by its size.
                return Some((self.margin_of(&other)? - self.check.margin()) / step);
            }
            let mut size: Scenario<Dual> = self.size.spread();
            Scenario::lean(&mut size, &self.size, &other, 1.0 / step);
            Some(check(self.name, &size)?.margin().slope)
        })
    }

    /// The same for a key that counts by whole ones: one more against one less.
    pub(super) fn by_one(&self, settings: &Settings, key: &str, value: f64) -> Option<f64> {
        let margin = |value| self.margin_of(&self.moved(settings, key, value)?);
        between(margin(value - 1.0), self.check.margin(), margin(value + 1.0), 1.0)
    }
}
