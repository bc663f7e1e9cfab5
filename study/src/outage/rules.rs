//! Who is evicted when nodes are cut off: the zone rules for this cluster, and for the others it could be.

use crate::resolve::OutagePlan;
use serde::Serialize;
use slackwater_core::nodes::eviction::{ZoneState, rate_per_s};
use slackwater_core::nodes::plane::MastersZone;

/// What the zone rules do under one assumption.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// The assumption.
    pub assumption: &'static str,
    /// Keys that make it so.
    pub keys: String,
    /// Nodes tainted per second in the first zone once all its nodes count as gone.
    pub rate_per_s: f64,
    /// Seconds until the pods of its first node are evicted; none if never.
    pub first_s: Option<f64>,
    /// Seconds until those of its last node are.
    pub last_s: Option<f64>,
    /// Whether this cluster is that way.
    pub here: bool,
}

/// Every assumption, or none where no node is cut off.
pub(super) fn of(plan: &OutagePlan) -> Vec<Rule> {
    let setup = &plan.setup;
    if !setup.gone.network || setup.cut.cut_zones == 0 {
        return Vec::new();
    }
    let nodes = setup.zones.first().copied().unwrap_or(0.0);
    let whole = setup.cut.cut_zones >= setup.zones.len();
    let rule = |assumption, keys: &str, zone: MastersZone, first: bool| {
        let masters = if zone == MastersZone::First { setup.masters * (1.0 - setup.masters_down) } else { 0.0 };
        let state = ZoneState::of(masters, nodes);
        let all_down = whole && zone != MastersZone::Own && state == ZoneState::Full;
        let rate = if first {
            rate_per_s(ZoneState::Normal, nodes, false)
        } else {
            rate_per_s(state, nodes + masters, all_down)
        };
        let begins_s = setup.grace_s + setup.toleration_s;
        let here = setup.tainted_first == first && (first || setup.masters_zone == zone);
        Rule {
            assumption,
            keys: keys.to_owned(),
            rate_per_s: rate,
            first_s: (rate > 0.0).then(|| begins_s + 1.0 / rate),
            last_s: (rate > 0.0).then(|| begins_s + nodes / rate),
            here,
        }
    };
    vec![
        rule("masters in the zone of the nodes", "nodes.masters_zone=first", MastersZone::First, false),
        rule("masters in a zone of their own", "nodes.masters_zone=own", MastersZone::Own, false),
        rule("masters are no nodes", "nodes.masters_zone=none", MastersZone::None, false),
        rule("tainted before the rules stop it", "nodes.tainted_first=true", setup.masters_zone, true),
    ]
}
