//! What happened when.

use crate::resolve::OutagePlan;
use serde::Serialize;
use slackwater_core::nodes::plane::Row;

/// Something that happened, or did not.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::{outage::Outage, resolve::OutagePlan, scenario::ScenarioFile};
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("outage.down=[api]")?;
/// let outage = Outage::run(&OutagePlan::resolve(file)?);
/// let back = outage.moments.iter().find(|moment| moment.name == "api_back").and_then(|moment| moment.t_s);
/// assert_eq!(back, Some(608.0)); // ten minutes, a restart of 5 s, watch caches full after 3 s
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// Stable name.
    pub name: &'static str,
    /// Seconds since the outage began; null if it did not happen.
    pub t_s: Option<f64>,
    /// Time of day by a published account.
    pub published: Option<String>,
}

/// Nearly all.
const ALL: f64 = 0.99;

/// Moments in the order in which they can happen; those that never do in this kind of outage are left out.
pub(super) fn of(plan: &OutagePlan, rows: &[Row]) -> Vec<Moment> {
    let setup = &plan.setup;
    let visible = plan.settings.number("detection.visible_impact_share");
    let first =
        |from_s: f64, of: &dyn Fn(&Row) -> bool| rows.iter().find(|row| row.t_s > from_s && of(row)).map(|row| row.t_s);
    let last = |of: &dyn Fn(&Row) -> bool| rows.iter().rev().find(|row| of(row)).map(|row| row.t_s);
    let served = |row: &Row| row.surviving > 1.0 - visible;
    let well =
        |row: &Row| row.here > 1.0 - visible && row.crash_loop < 1.0 - ALL && row.api > 0.5 && row.controllers > 0.5;
    let end_s = rows.last().map_or(0.0, |row| row.t_s);
    // The moment after the last bad one, unless that is the end of the run.
    let after = |bad: Option<f64>| bad.filter(|t_s| *t_s < end_s);
    let impact_s = first(0.0, &|row| !served(row));
    let lasting_s = plan.settings.number("detection.for_s");
    let alert_s = alert(rows, lasting_s, &served);
    let lost_api = rows.iter().any(|row| row.api < 0.5);
    let lost_lead = rows.iter().any(|row| row.controllers < 0.5);
    let moves = |share: f64| rows.iter().any(|row| row.dns_on_masters > (setup.dns_at_masters + 0.01).max(share));
    let typed = |key: &str| plan.settings.typed(key);
    let all = [
        ("outage_begins", true, Some(0.0)),
        ("nodes_gone", rows.iter().any(|row| row.nodes_gone > 0.01), first(0.0, &|row| row.nodes_gone > ALL)),
        ("first_dns_on_master", moves(0.01), first(0.0, &|row| row.dns_on_masters > setup.dns_at_masters + 0.01)),
        ("all_dns_on_masters", moves(ALL), first(0.0, &|row| row.dns_on_masters > ALL)),
        ("outage_ends", true, Some(setup.for_s)),
        ("first_impact", true, impact_s),
        ("alert", impact_s.is_some(), alert_s),
        ("all_crash_looping", rows.iter().any(|row| row.crash_loop > 0.01), first(0.0, &|row| row.crash_loop > ALL)),
        ("traffic_led_away", typed("outage.shift_s").is_some(), typed("outage.shift_s")),
        ("service_back", impact_s.is_some(), after(last(&|row| !served(row)))),
        ("dns_restarted", typed("outage.dns_restart_s").is_some(), typed("outage.dns_restart_s")),
        ("api_back", lost_api, after(last(&|row| row.api < 0.5))),
        ("controllers_back", lost_lead, after(last(&|row| row.controllers < 0.5))),
        ("cluster_back", impact_s.is_some() || lost_lead, after(last(&|row| !well(row)))),
    ];
    let moment = |(name, t_s): (&'static str, Option<f64>)| {
        let published = plan.settings.file().text(&format!("published.{name}")).map(str::to_owned);
        Moment { name, t_s, published }
    };
    let mut moments: Vec<Moment> =
        all.into_iter().filter(|(_, can, _)| *can).map(|(name, _, t_s)| moment((name, t_s))).collect();
    // In the order in which they happened; what did not is last.
    moments.sort_by(|a, b| a.t_s.unwrap_or(f64::INFINITY).total_cmp(&b.t_s.unwrap_or(f64::INFINITY)));
    moments
}

/// When users have been in trouble for `lasting_s` without a break.
fn alert(rows: &[Row], lasting_s: f64, served: &dyn Fn(&Row) -> bool) -> Option<f64> {
    let mut since_s = None;
    rows.iter().find_map(|row| {
        since_s = if served(row) { None } else { since_s.or(Some(row.t_s)) };
        since_s.filter(|from_s| row.t_s - from_s >= lasting_s).map(|_| row.t_s)
    })
}
