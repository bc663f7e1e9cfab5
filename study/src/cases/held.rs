//! Cases held against what must come out of them.

use super::{Case, Expectation};
use crate::fleet::{self, Fate};
use crate::outage::Outage;
use crate::outcome::Outcome as Answer;
use crate::remedies::{Lever, Lift, once};
use crate::resolve::{OutagePlan, Plan};
use crate::run::{Trigger, back_after_s, brief, clock_s, judge, region_of, simulate, tipping};
use crate::scenario::{InputError, ScenarioFile};
use crate::stop::{PATIENT, Watch, go_on};
use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::nodes::functions::Status;
use slackwater_core::system::scenario::Follows;
use slackwater_core::verdict::gates::{rate_per_s, steady};
use slackwater_core::verdict::region::Region;

/// How an expectation fared.
///
/// ```
/// assert_ne!(slackwater_study::cases::Outcome::Pass, slackwater_study::cases::Outcome::Gap);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It came out.
    Pass,
    /// It did not, and its case says why.
    Gap,
    /// It did not; or it did, and its case says it could not.
    Fail,
}

/// One expectation and what came out.
///
/// ```
/// use slackwater_study::cases::{find, hold};
/// let held = hold(&[find("openai-2024-12-11-staging").ok_or("no such case")?])?;
/// assert!(held.iter().all(|row| !row.wanted.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// The case.
    pub case: &'static str,
    /// The expectation.
    pub name: String,
    /// What must come out.
    pub wanted: String,
    /// What came out; nothing if it cannot be said, such as the time of what never happened.
    pub answer: Option<f64>,
    /// Whether that passes.
    pub outcome: Outcome,
    /// What was published, or why it must come out so.
    pub source: String,
    /// Why the model misses it.
    pub gap: Option<String>,
}

/// Runs cases and holds what comes out against what must.
///
/// # Errors
/// A `with` or `against` that is no list of keys; none for the cases in the binary.
///
/// ```
/// use slackwater_study::cases::{Outcome, find, hold};
/// let held = hold(&[find("openai-2024-12-11-staging").ok_or("no such case")?])?;
/// assert!(held.iter().all(|row| row.outcome == Outcome::Pass));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hold(cases: &[&'static Case]) -> Result<Vec<Held>, InputError> {
    hold_until(cases, &[], PATIENT)
}

/// [`hold`] with keys set over those of every case, `KEY=VALUE`, which ends with an error, within an expectation, once
/// `watch` says no. Keys an expectation is declared with win over them.
///
/// # Errors
/// A key that is none, or a value it does not take, and [`Code::Stopped`](crate::scenario::Code::Stopped).
///
/// ```
/// use slackwater_study::cases::{Outcome, find, hold_until};
/// let staging = [find("openai-2024-12-11-staging").ok_or("no such case")?];
/// let held = hold_until(&staging, &["run.dt_s=0.5".to_owned()], &|| true)?;
/// assert!(held.iter().all(|row| row.outcome == Outcome::Pass)); // half the step, the same answer
/// assert!(hold_until(&staging, &[], &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hold_until(cases: &[&'static Case], keys: &[String], watch: Watch<'_>) -> Result<Vec<Held>, InputError> {
    let mut all = Vec::new();
    for case in cases {
        all.extend(case.expectations()?.into_iter().map(|wanted| (*case, wanted)));
    }
    let held = all.into_par_iter().map(|(case, wanted)| {
        go_on(watch)?;
        one(case, wanted, keys)
    });
    held.collect()
}

fn one(case: &'static Case, wanted: Expectation, keys: &[String]) -> Result<Held, InputError> {
    let file = case.file()?;
    let mut answer = measure(&file, &wanted, keys.iter().chain(&wanted.with))?;
    if let Some(against) = &wanted.against {
        let other = measure(&file, &wanted, keys.iter().chain(against))?;
        answer = answer.zip(other).filter(|(_, other)| *other != 0.0).map(|(answer, other)| answer / other);
    }
    let passes = answer.is_some_and(|answer| wanted.passes(answer));
    let outcome = match (passes, wanted.gap.is_some()) {
        (true, false) => Outcome::Pass,
        (false, true) => Outcome::Gap,
        _ => Outcome::Fail,
    };
    Ok(Held {
        case: case.name,
        wanted: wanted.words(),
        name: wanted.name,
        answer,
        outcome,
        source: wanted.source,
        gap: wanted.gap,
    })
}

/// The answer of a case under some keys.
fn measure<'a>(
    file: &ScenarioFile,
    wanted: &Expectation,
    keys: impl IntoIterator<Item = &'a String>,
) -> Result<Option<f64>, InputError> {
    let mut file = file.clone();
    for key in keys {
        file.set(key)?;
    }
    let plan = Plan::resolve(file)?;
    let nodes = plan.fleet.groups.first().map_or(1.0, |group| group.nodes);
    let yes = |is: bool| Some(f64::from(u8::from(is)));
    let what = wanted.what.as_str();
    Ok(match what {
        "safe" => yes(judge(&plan)?.safe()),
        "load" => Some(steady(&plan.cluster(nodes)?).value),
        "tipping_nodes" => tipping(&plan).from.map(|nodes| nodes as f64),
        "agent_cores" => Some(agent_cores(&plan, nodes)?),
        "heals" => yes(region_of(&plan, 1.0, Trigger::default())? == Region::Stable),
        "back_after_s" => back_after_s(&plan)?,
        "recovers" | "relapses" | "well_after_s" | "lost_min" | "herd" => remedied(&plan, what, &wanted.remedies)?,
        "fleet_tips" | "fleet_lost_min" | "fleet_home_s" => carried(&plan, what)?,
        "surviving"
        | "surviving_at_end"
        | "traffic_lost_s"
        | "functions_stopped"
        | "all_crash_looping_late_s"
        | "service_back_late_s"
        | "cluster_back_late_s" => survived(plan.settings.file().clone(), what)?,
        "measured" => {
            let bins = simulate(&plan)?.measured;
            let within = bins.iter().filter(|bin| bin.pass).count();
            (!bins.is_empty()).then(|| within as f64 / bins.len() as f64)
        }
        _ => of_run(&brief(&plan)?, what),
    })
}

/// CPU that the agent asks for when every pod of it runs, in cores.
fn agent_cores(plan: &Plan, nodes: f64) -> Result<f64, InputError> {
    let mut cluster = plan.cluster(nodes)?;
    cluster.creation.share = 1.0;
    let classes = cluster.classes.iter().enumerate().filter(|(_, class)| class.follows == Follows::Agent);
    Ok(classes.map(|(at, class)| rate_per_s(&cluster, class) * cluster.cpu_s(at, nodes)).sum())
}

fn remedied(plan: &Plan, what: &str, words: &[String]) -> Result<Option<f64>, InputError> {
    let levers: Vec<Lever> =
        Lever::ALL.into_iter().filter(|lever| words.iter().any(|word| word == lever.name())).collect();
    let Some(tried) = once(plan, &levers)? else { return Ok(None) };
    let yes = |is: bool| Some(f64::from(u8::from(is)));
    Ok(match what {
        "recovers" => yes(tried.recovered_s.is_some()),
        "relapses" => yes(matches!(tried.lift, Lift::Relapses { .. }) || tried.falls_again > 0),
        "well_after_s" => tried.recovered_s,
        "lost_min" => Some(tried.damage_min),
        _ => tried.herd,
    })
}

/// What `slackwater outage` says.
fn survived(file: ScenarioFile, what: &str) -> Result<Option<f64>, InputError> {
    let outage = Outage::run(&OutagePlan::resolve(file)?);
    let start_s = clock_s(&outage.clock_start).unwrap_or(0.0);
    // Seconds after the published time; before it they are less than nothing.
    let late = |name: &str| {
        let moment = outage.moments.iter().find(|moment| moment.name == name)?;
        let published_s = clock_s(moment.published.as_deref()?)? - start_s;
        Some(moment.t_s? - published_s.rem_euclid(86_400.0))
    };
    let stopped = outage.functions.iter().filter(|row| row.worst == Status::Stopped).count();
    Ok(match what {
        "surviving" => Some(outage.least_surviving),
        "surviving_at_end" => outage.trajectory.last().map(|row| row.surviving),
        "traffic_lost_s" => Some(outage.lost_traffic_s),
        "functions_stopped" => Some(stopped as f64),
        "all_crash_looping_late_s" => late("all_crash_looping"),
        "service_back_late_s" => late("service_back"),
        _ => late("cluster_back"),
    })
}

fn carried(plan: &Plan, what: &str) -> Result<Option<f64>, InputError> {
    let Some(outcome) = fleet::run(plan)? else { return Ok(None) };
    Ok(match what {
        "fleet_tips" => Some(outcome.count(Fate::Tips)),
        "fleet_lost_min" => Some(outcome.booked.failed()),
        _ => outcome.at_s("all_traffic_home"),
    })
}

fn of_run(answer: &Answer, what: &str) -> Option<f64> {
    let event = |name: &str| answer.events.iter().find(|event| event.name == name);
    let off = |name: &str| event(name).and_then(|event| event.residual_s).map(f64::abs);
    let impact = || answer.trajectory.iter().find(|(name, _)| name == "user_impact").map(|(_, values)| values);
    match what {
        "fallen" => answer.counterfactual.as_ref().map(|all| all.clusters_fallen as f64 / all.clusters.max(1) as f64),
        "peak_impact" => impact().map(|values| values.iter().copied().fold(0.0, f64::max)),
        "last_impact" => impact().and_then(|values| values.last().copied()),
        "alert_s" => event("alert").and_then(|event| event.t_s),
        "first_impact_off_s" => off("first_impact"),
        "peak_impact_off_s" => off("peak_impact"),
        "first_recovered_off_s" => off("first_cluster_recovered"),
        "all_recovered_off_s" => off("all_recovered"),
        _ => None,
    }
}
