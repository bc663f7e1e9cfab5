//! Answers to the questions people ask: who did it, what would have stopped it, what gets us out.

use super::events::{Times, clock, clock_s};
use super::path::value;
use super::schedule::Schedule;
use super::simulate::{Paths, end_s, impact_times, reordered, schedule, sized};
use super::sums::Sum;
use crate::outcome::{Counterfactual, LedgerRow, OrderResult, RemedyResult, Verdict};
use crate::resolve::{Order, Plan, Remedies};
use rayon::prelude::*;
use slackwater_core::ledger::Cause;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::Follows;
use slackwater_core::verdict::gates::{Wall, broken, standing};

/// A cluster smaller than N* by this factor cannot see what happens there: quadratic load is a tenth or less.
const FAR: f64 = 4.0;

/// Who used the API servers' CPU, over the fleet, from each cluster's touch until its path rests. Also names
/// the first wall of the largest cluster.
pub(super) fn ledger(plan: &Plan, paths: &Paths) -> (Vec<LedgerRow>, Wall) {
    let mut rows: Vec<LedgerRow> = Vec::new();
    for (path, group) in paths.paths.iter().zip(&plan.fleet.groups) {
        let scenario = &path.last.scenario;
        let times = scenario.servers * group.count;
        for (class, population) in scenario.classes.iter().zip(&path.last.state.classes) {
            let account = &population.account;
            let used = account.cpu_s.into_iter().zip(account.seat_s).zip(account.byte_s);
            for (cause, ((cpu_s, seat_s), byte_s)) in Cause::ALL.into_iter().zip(used) {
                if cpu_s + seat_s <= 0.0 {
                    continue;
                }
                let label = &class.label;
                let known = |row: &LedgerRow| row.class == label.name.as_str() && row.cause == cause.name();
                let at = rows.iter().position(known).unwrap_or_else(|| {
                    rows.push(LedgerRow {
                        class: label.name.to_string(),
                        component: label.component.to_string(),
                        identity: label.identity.to_string(),
                        verb: label.verb.to_string(),
                        resource: label.resource.to_string(),
                        cause: cause.name(),
                        cpu_s: 0.0,
                        seat_s: 0.0,
                        byte_s: 0.0,
                        share: 0.0,
                        order: label.order,
                    });
                    rows.len() - 1
                });
                if let Some(row) = rows.get_mut(at) {
                    row.cpu_s += cpu_s * times;
                    row.seat_s += seat_s * times;
                    row.byte_s += byte_s * times;
                }
            }
        }
    }
    let total: f64 = rows.iter().map(|row| row.cpu_s).sum();
    for row in &mut rows {
        row.share = if total > 0.0 { row.cpu_s / total } else { 0.0 };
    }
    rows.sort_by(|a, b| b.cpu_s.total_cmp(&a.cpu_s));
    let wall = paths.paths.first().map_or(Wall::Cpu, |path| {
        let mut scenario = path.last.scenario.clone();
        scenario.creation.share = 1.0;
        standing(&scenario, scenario.servers).first().0
    });
    (rows, wall)
}

/// What a gate on the API servers' load would have changed.
pub(super) fn counterfactual(plan: &Plan, paths: &Paths, schedule: &Schedule) -> Option<Counterfactual> {
    if !plan.settings.is("agent.enabled") {
        return None;
    }
    let touched = Schedule::touch(plan, &paths.marks);
    let halt_s = touched.first(&paths.marks, |marks| marks.gate_s);
    let later = |at: f64| halt_s.is_some_and(|halt_s| at > halt_s);
    let start_s = clock_s(plan.settings.text("clock.start")).unwrap_or(0.0);
    let fell = schedule.members.iter().filter(|member| member.falls).count() as u64;
    // One cluster is spared by its nodes: the same run, halted when the gate closes.
    let spared_whole = plan.fleet.single() && fell > 0 && halt_s.is_some_and(|at| !falls_if_halted(plan, at));
    Some(Counterfactual {
        halt_t_s: halt_s,
        clock: halt_s.map(|at| clock(start_s + at)),
        clusters: touched.members.len() as u64,
        clusters_spared: touched.members.iter().filter(|member| later(member.touched_s)).count() as u64,
        falls_prevented: u64::from(spared_whole)
            + schedule.members.iter().filter(|member| member.falls && later(member.touched_s)).count() as u64,
        clusters_fallen: fell,
    })
}

/// Whether a single cluster falls if no pod of the agent is created from `halt_s` on.
fn falls_if_halted(plan: &Plan, halt_s: f64) -> bool {
    Paths::run(plan, end_s(plan), None, halt_s).is_ok_and(|paths| paths.marks.iter().any(|marks| marks.falls))
}

/// The three orders of rollout beside the published times.
pub(super) fn orders(plan: &Plan, paths: &Paths) -> Vec<OrderResult> {
    let until_s = plan.fleet.rollout_s() + 2.0 * 3600.0;
    Order::ALL
        .into_iter()
        .map(|order| {
            let other = reordered(plan, order);
            let run = schedule(&other, paths, &plan.remedies.hands_off());
            let sum = Sum::of(&other, &run.schedule, &sized(&paths.paths, &[]), until_s);
            let mut times: Times = run.times;
            impact_times(&other, &sum, &mut times);
            let events = times.events(&other);
            let residuals: Vec<f64> = events
                .iter()
                .filter(|event| matches!(event.name, "first_impact" | "peak_impact"))
                .filter_map(|event| event.residual_s)
                .collect();
            let mean = residuals.iter().map(|r| r * r).sum::<f64>() / residuals.len().max(1) as f64;
            OrderResult {
                order: order.word(),
                chosen: order == plan.fleet.order,
                events,
                rms_s: (!residuals.is_empty()).then(|| mean.sqrt()),
            }
        })
        .collect()
}

/// Remedies alone. Deleting the agent and restarting what hangs belong to each of them.
pub(super) fn alone(plan: &Plan, paths: &Paths) -> Vec<RemedyResult> {
    let used = &plan.remedies;
    if !paths.marks.iter().any(|marks| marks.falls) || !(used.block || used.scale_down || used.scale_up) {
        return Vec::new();
    }
    let off = Remedies { block: false, scale_down: false, scale_up: false, ..used.clone() };
    let alone = [
        ("restart", used.restart, off.clone()),
        ("block", used.block, Remedies { block: true, ..off.clone() }),
        ("scale_down", used.scale_down, Remedies { scale_down: true, ..off.clone() }),
        ("scale_up", used.scale_up, Remedies { scale_up: true, ..off.clone() }),
    ];
    let one = |(name, _, remedies): (&str, bool, Remedies)| {
        let times = schedule(plan, paths, &remedies).times;
        RemedyResult {
            name: name.to_owned(),
            first_recovered_s: times.first_recovered,
            all_recovered_s: times.all_recovered,
        }
    };
    let used: Vec<_> = alone.into_iter().filter(|(_, used, _)| *used).collect();
    used.into_par_iter().map(one).collect()
}

/// Together first, then the quickest alone; what never ends comes last.
pub(super) fn ranked(mut alone: Vec<RemedyResult>, together: &Times) -> Vec<RemedyResult> {
    if alone.is_empty() {
        return alone;
    }
    let end = |result: &RemedyResult| result.all_recovered_s.unwrap_or(f64::INFINITY);
    alone.sort_by(|a, b| end(a).total_cmp(&end(b)));
    let all = RemedyResult {
        name: "together".to_owned(),
        first_recovered_s: together.first_recovered,
        all_recovered_s: together.all_recovered,
    };
    alone.insert(0, all);
    alone
}

/// Sentences: the wall, the order of the load, what staging can see, what the caches hide.
pub(super) fn reasons(plan: &Plan, paths: &Paths, verdict: &Verdict, wall: Wall) -> Vec<String> {
    let mut reasons = Vec::new();
    let nodes = plan.fleet.groups.first().map_or(1.0, |group| group.nodes);
    let Some(path) = paths.paths.first() else { return reasons };
    let scenario = &path.last.scenario;
    let agents = scenario.classes.iter().filter(|class| class.label.name.starts_with("agent"));
    let quadratic = agents.clone().any(|class| class.label.order >= 2);
    reasons.push(format!("first wall: {}", wall.name()));
    if plan.settings.is("agent.enabled") {
        let mut without = scenario.clone();
        without.classes.retain(|class| class.follows != Follows::Agent);
        if let Some(gate) = broken(&without) {
            reasons.push(format!("it is unsafe already without the change: gate {gate} fails"));
        }
    }
    if quadratic {
        reasons
            .push("each agent's request grows with the cluster, and so does the number of agents: O(N^2)".to_owned());
    }
    match (verdict.tipping_nodes, verdict.visible_from_nodes) {
        (Some(tipping), seen) if verdict.safe => {
            reasons.push(format!("safe here at {nodes:.0} nodes; the same control plane tips at {tipping} nodes"));
            let seen = seen.map_or_else(|| "at no size".to_owned(), |from| format!("only from {from} nodes on"));
            let load = standing(scenario, scenario.servers).cpu * 100.0;
            // Near N* a cluster does see something; far below it the same change is invisible.
            if plan.settings.is("agent.enabled") && nodes * FAR <= tipping as f64 {
                reasons.push(format!(
                    "a cluster of {nodes:.0} nodes cannot know: it shows {load:.1} % load, and a default alert fires {seen}"
                ));
            }
        }
        (Some(tipping), _) => reasons.push(format!("the same control plane is unsafe from {tipping} nodes on")),
        (None, _) => reasons.push("no size up to 1,000,000 nodes is unsafe with this control plane".to_owned()),
    }
    if let Some((saturated, seen)) = paths.marks.first().and_then(|marks| marks.saturated_s.zip(marks.impact_s))
        && seen > saturated
    {
        let empty = path.first(0.0, 0.99, |row| 1.0 - value(row, Row::CACHED));
        let end = empty.map_or_else(String::new, |at| format!(", the last entry is gone after {}", minutes(at)));
        reasons.push(format!(
            "DNS caches hide it: in the largest cluster the API is saturated {} after the touch, lookups begin to fail after {}{end}",
            minutes(saturated),
            minutes(seen),
        ));
    }
    reasons
}

/// A duration in words a person reads: `95 s`, `27 min`.
fn minutes(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.0} s") } else { format!("{:.1} min", seconds / 60.0) }
}
