//! Who is evicted when nodes are cut off: the zone rules for this cluster, and for the others it could be.

use crate::resolve::OutagePlan;
use serde::Serialize;
use slackwater_core::nodes::eviction::{ZoneState, rate_per_s};
use slackwater_core::nodes::plane::MastersZone;

/// What the zone rules do under one assumption.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::{outage::Outage, resolve::OutagePlan, scenario::ScenarioFile};
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("outage.down=[network]")?;
/// file.set("cluster.nodes=50")?;
/// let outage = Outage::run(&OutagePlan::resolve(file)?);
/// let rule = outage.rules.iter().find(|rule| rule.here).ok_or("none applies")?;
/// assert_eq!(rule.rate_per_s, 0.01); // with three masters the zone has 53 machines: large
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// The assumption.
    pub assumption: &'static str,
    /// Keys that make it so.
    pub keys: String,
    /// Nodes tainted per second, in all zones that are cut off, once all their nodes count as gone.
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
    let whole = setup.cut.cut_zones >= setup.zones.len();
    let rule = |assumption, keys: &str, zone: MastersZone, tainted: bool| {
        let masters = if zone == MastersZone::First { setup.masters * (1.0 - setup.masters_down) } else { 0.0 };
        let state = |at: usize, nodes: f64| ZoneState::of(if at == 0 { masters } else { 0.0 }, nodes);
        let cut = || setup.zones.iter().copied().enumerate().take(setup.cut.cut_zones);
        let all_down =
            whole && zone != MastersZone::Own && cut().all(|(at, nodes)| state(at, nodes) == ZoneState::Full);
        let rates: Vec<(f64, f64)> = cut()
            .map(|(at, nodes)| {
                let size = nodes + if at == 0 { masters } else { 0.0 };
                let (state, all_down) = if tainted { (ZoneState::Normal, false) } else { (state(at, nodes), all_down) };
                (rate_per_s(state, size, all_down), nodes)
            })
            .collect();
        let begins_s = setup.grace_s + setup.toleration_s;
        let quickest = rates.iter().map(|(rate, _)| *rate).fold(0.0, f64::max);
        let last_s = rates.iter().map(|(rate, nodes)| begins_s + nodes / rate).fold(0.0, f64::max);
        let here = setup.tainted_first == tainted && (tainted || setup.masters_zone == zone);
        Rule {
            assumption,
            keys: keys.to_owned(),
            rate_per_s: rates.iter().map(|(rate, _)| rate).sum(),
            first_s: (quickest > 0.0).then(|| begins_s + 1.0 / quickest),
            last_s: Some(last_s).filter(|last_s| last_s.is_finite()),
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
