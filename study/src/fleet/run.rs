//! All clusters of a fleet, step by step, and the traffic between them.

use super::member::Member;
use super::outcome::{Booked, Outcome, Sampled};
use super::people::{Mode, People};
use crate::resolve::{Plan, Traffic};
use crate::run::{Uncoupled, uncoupled};
use crate::scenario::InputError;
use slackwater_core::traffic::spread::spread;

/// Clusters of one size are stepped in at most so many parts, by the time of their touch.
const PARTS: usize = 4;
/// Longest run without an end in the scenario, seconds.
const LONGEST_S: f64 = 8.0 * 3600.0;
/// Seconds of quiet after which nothing more is expected.
const QUIET_S: f64 = 900.0;
/// Most points of a trajectory.
const POINTS: f64 = 1200.0;

/// Runs a fleet with the traffic between its clusters; nothing if the scenario does not say how loaded they are
/// (`fleet.load`).
///
/// # Errors
/// As [`Plan::cluster`]; and a fleet of one cluster, which has nobody to lead traffic to.
///
/// ```
/// use slackwater_study::{cases, fleet, resolve::Plan};
/// let plan = Plan::resolve(cases::find("recorded-storm").ok_or("no such case")?.file()?)?;
/// assert!(fleet::run(&plan)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(plan: &Plan) -> Result<Option<Outcome>, InputError> {
    let Some(traffic) = Traffic::resolve(&plan.settings) else { return Ok(None) };
    check(plan, &traffic)?;
    let alone = uncoupled(plan)?;
    together(plan, &traffic, &alone).map(Some)
}

/// Says that a scenario has no `fleet.load`; `example` is how it would be written here.
///
/// ```
/// use slackwater_study::{cases, fleet, resolve::Plan};
/// let plan = Plan::resolve(cases::find("recorded-storm").ok_or("no such case")?.file()?)?;
/// assert!(fleet::unsaid(&plan, "--set fleet.load=0.6").to_string().contains("how loaded its clusters are"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unsaid(plan: &Plan, example: &str) -> InputError {
    let message = "the scenario does not say how loaded its clusters are";
    plan.settings.blame("fleet.load", message, &format!("write fleet.load, for example {example}"))
}

/// Refuses a fleet in which traffic has nowhere to go.
pub(super) fn check(plan: &Plan, traffic: &Traffic) -> Result<(), InputError> {
    let clusters = plan.fleet.clusters();
    if plan.fleet.single() {
        let message = "fleet.load is about several clusters, and there is one";
        return Err(plan.settings.blame("fleet.load", message, "write fleet.counts, for example [4]"));
    }
    if traffic.lost_clusters >= clusters {
        let message = format!("{} clusters are lost, and there are {clusters}", traffic.lost_clusters);
        return Err(plan.settings.blame("fleet.lost_clusters", &message, "leave one at least"));
    }
    Ok(())
}

fn members(plan: &Plan, traffic: &Traffic, alone: &Uncoupled) -> Result<Vec<Member>, InputError> {
    let mut members = Vec::new();
    let mut to_lose = traffic.lost_clusters as usize;
    let agent = plan.settings.is("agent.enabled");
    for (at, (group, touched)) in plan.fleet.groups.iter().zip(&alone.touched_s).enumerate() {
        let own = group.traffic_share / group.count;
        let lost = to_lose.min(touched.len());
        to_lose -= lost;
        let (first, rest) = touched.split_at(lost);
        let same = rest.first() == rest.last() || !agent;
        let part = rest.len().div_ceil(if same { 1 } else { PARTS }).max(1);
        let parts = rest.chunks(part).map(|part| (part, false));
        for (part, lost) in std::iter::once((first, true)).filter(|(part, _)| !part.is_empty()).chain(parts) {
            let middle_s = part.iter().sum::<f64>() / part.len() as f64;
            let who = (at, group.nodes, own);
            members.push(Member::new(plan, traffic, who, part.len() as f64, middle_s, lost)?);
        }
    }
    Ok(members)
}

/// The run itself, from what clusters do alone.
pub(super) fn together(plan: &Plan, traffic: &Traffic, alone: &Uncoupled) -> Result<Outcome, InputError> {
    let mut members = members(plan, traffic, alone)?;
    let mut people = People::new(alone.alert_s);
    let dt_s = plan.dt_s;
    let until_s = plan.until_s().unwrap_or(LONGEST_S);
    let planned_s = if traffic.lost_clusters > 0.0 { traffic.lost_s + traffic.lost_for_s } else { 0.0 };
    let planned_s = planned_s.max(plan.fleet.rollout_s());
    let every = (until_s / POINTS / dt_s).ceil().max(1.0) as usize;
    let of_all: Vec<f64> = members.iter().map(|member| member.own * member.count).collect();
    let mut comes = of_all.clone();
    let (mut booked, mut sampled, mut quiet_s) = (Booked::default(), Sampled::default(), 0.0);
    let steps = (until_s / dt_s).round() as usize;
    for step in 0..steps {
        let now_s = step as f64 * dt_s;
        people.act(plan, traffic, &mut members, now_s);
        let away: Vec<f64> = members.iter().map(|member| member.away).collect();
        // Strangers are sent to those who are well, and where nobody is, to those who have their own traffic still.
        let well = members.iter().any(Member::takes);
        let open = |member: &Member| if well { member.takes() } else { member.mode == Mode::Home };
        let takes: Vec<f64> = members.iter().map(|member| if open(member) { 1.0 } else { 0.0 }).collect();
        spread(&of_all, &away, &takes, &mut comes);
        let nodes: f64 = members.iter().map(Member::pulling_nodes).sum();
        let mut now = Booked::default();
        for ((member, comes), own) in members.iter_mut().zip(&comes).zip(&of_all) {
            member.comes = if *own > 0.0 && comes != own { comes / own } else { 1.0 };
            let outside = member.lost && (traffic.lost_s..traffic.lost_s + traffic.lost_for_s).contains(&now_s);
            let before = member.seen.for_others;
            member.step(plan, traffic, outside, nodes);
            let elsewhere = (member.seen.for_others - before) / dt_s;
            now.add(&Booked::of(&member.seen.row.traffic, own / member.site.usual_load(), elsewhere), 1.0);
        }
        booked.add(&now, dt_s / 60.0);
        if step % every == 0 {
            sampled.push(now_s, &now, &members);
        }
        let calm =
            members.iter().all(|member| member.mode == Mode::Home && !member.seen.troubled && !member.rebuilding());
        quiet_s = if calm { quiet_s + dt_s } else { 0.0 };
        if plan.until_s().is_none() && quiet_s >= QUIET_S && now_s > planned_s + QUIET_S {
            break;
        }
    }
    Ok(Outcome::of(plan, traffic, alone, &members, &people, booked, sampled))
}
