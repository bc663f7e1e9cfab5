//! All tries, the best first.

use super::lever::{Lever, Needs};
use super::ranking::{Bigger, Cut, Ranking, Refused, Tried, order};
use super::trial::{Asked, LONGEST_S, Try, attempt, inside, without_shift};
use crate::fleet;
use crate::resolve::Plan;
use crate::run::{Cluster, clock, fork};
use crate::scenario::InputError;
use crate::stop::{PATIENT, Watch, go_on};
use rayon::prelude::*;
use slackwater_core::ledger::Cause;

/// Growth of API servers that is looked at, as a multiple.
const GROWTHS: [f64; 6] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// A part of all that was asked for below which a remedy cut nothing worth a word.
const WORTH: f64 = 0.05;

/// Tries every remedy on the largest cluster of a plan that falls, alone and in pairs, from the first reaction to the
/// alert on or from `at_s` seconds since the rollout started. Nothing if no cluster falls.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::{cases, remedies::rank, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-node-scoped").ok_or("no such case")?.file()?)?;
/// assert_eq!(rank(&plan, None)?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rank(plan: &Plan, at_s: Option<f64>) -> Result<Option<Ranking>, InputError> {
    rank_until(plan, at_s, PATIENT)
}

/// [`rank`] that ends with an error, within a try, once `watch` says no.
///
/// # Errors
/// As [`Plan::cluster`], and [`Code::Stopped`](crate::scenario::Code::Stopped).
///
/// ```
/// use slackwater_study::{cases, remedies::rank_until, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11").ok_or("no such case")?.file()?)?;
/// assert!(rank_until(&plan, None, &|| false).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rank_until(plan: &Plan, at_s: Option<f64>, watch: Watch<'_>) -> Result<Option<Ranking>, InputError> {
    let Some(fork) = fork(plan, at_s)? else { return Ok(None) };
    let mut refused = Vec::new();
    let mut possible = Vec::new();
    for remedy in Lever::ALL {
        match remedy.refused(plan, fork.rolling) {
            Some(why) => refused.push(Refused { remedy, why }),
            None => possible.push(remedy),
        }
    }
    let mut sets: Vec<Vec<Lever>> = vec![Vec::new()];
    sets.extend(possible.iter().map(|&lever| vec![lever]));
    for (at, &first) in possible.iter().enumerate() {
        let others = possible.iter().skip(at + 1).filter(|second| !first.excludes(**second));
        sets.extend(others.map(|&second| vec![first, second]));
    }
    let used = used(plan, &possible);
    if used.len() > 2 {
        sets.push(used.clone());
    }
    let tries = attempts(plan, &fork.cluster, &sets, watch)?;
    let mut tries = sets.into_iter().zip(tries);
    let Some((_, nobody)) = tries.next() else { return Ok(None) };
    let (mut alone, mut pairs, mut together) = (Vec::new(), Vec::new(), None);
    for (remedies, result) in tries {
        let tried = tried(remedies, &result, &nobody);
        match tried.remedies.len() {
            1 => alone.push(tried),
            2 => pairs.push(tried),
            _ => together = Some(tried),
        }
    }
    alone.sort_by(order);
    pairs.sort_by(order);
    let mut idle = tried(Vec::new(), &nobody, &nobody);
    let mut all: Vec<&mut Tried> =
        alone.iter_mut().chain(&mut pairs).chain(&mut together).chain(std::iter::once(&mut idle)).collect();
    let least = all.iter().map(|tried| tried.damage_min).fold(f64::INFINITY, f64::min);
    for tried in &mut all {
        tried.regret_min = tried.damage_min - least;
    }
    Ok(Some(Ranking {
        nodes: fork.cluster.scenario.nodes,
        t_s: fork.t_s,
        clock: clock(fork.start_s + fork.t_s),
        alerted: fork.alerted,
        fallen: fork.fallen.0,
        spared: fork.fallen.1,
        first_clock: clock(fork.start_s + fork.first_s),
        bigger: bigger(plan, &fork.cluster, watch)?,
        survivors: survivors(plan)?,
        nobody: idle,
        alone,
        pairs,
        together,
        refused,
        longest_s: LONGEST_S,
    }))
}

/// What comes of each set. What is done to traffic changes nothing in the cluster, so those sets need no run of their own.
fn attempts(plan: &Plan, cluster: &Cluster, sets: &[Vec<Lever>], watch: Watch<'_>) -> Result<Vec<Try>, InputError> {
    let mut bases: Vec<Vec<Lever>> = Vec::new();
    for set in sets {
        let base = without_shift(set);
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    let tries = bases.par_iter().map(|set| go_on(watch).and_then(|()| inside(plan, cluster, set)));
    let tries: Vec<Try> = tries.collect::<Result<_, InputError>>()?;
    let of = |set: &Vec<Lever>| {
        let base = without_shift(set);
        bases.iter().zip(&tries).find(|(known, _)| **known == base).map(|(_, found)| found.with_shift(plan, set))
    };
    Ok(sets.iter().filter_map(of).collect())
}

/// What the clusters say that traffic is led to.
fn survivors(plan: &Plan) -> Result<Option<String>, InputError> {
    if plan.fleet.single() {
        return Ok(None);
    }
    let mut led = plan.clone();
    led.remedies.shift = true;
    Ok(fleet::run(&led)?.map(|outcome| outcome.sentence()))
}

/// Tries one set of remedies as [`rank`] does. Nothing if no cluster falls, or if one of them is not possible.
///
/// # Errors
/// As [`Plan::cluster`].
///
/// ```
/// use slackwater_study::{cases, remedies::{Lever, once}, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-node-scoped").ok_or("no such case")?.file()?)?;
/// assert_eq!(once(&plan, &[Lever::Delete])?, None); // nothing to remedy
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn once(plan: &Plan, remedies: &[Lever]) -> Result<Option<Tried>, InputError> {
    let Some(fork) = fork(plan, None)? else { return Ok(None) };
    if remedies.iter().any(|lever| lever.refused(plan, fork.rolling).is_some()) {
        return Ok(None);
    }
    let result = attempt(plan, &fork.cluster, remedies)?;
    Ok(Some(tried(remedies.to_vec(), &result, &result)))
}

/// What the scenario's people use, as far as it is possible.
fn used(plan: &Plan, possible: &[Lever]) -> Vec<Lever> {
    let words = plan.settings.words("remedies.use");
    possible.iter().copied().filter(|lever| words.iter().any(|word| word == lever.name())).collect()
}

fn tried(remedies: Vec<Lever>, result: &Try, nobody: &Try) -> Tried {
    let stuck =
        remedies.iter().zip(&result.acted_s).filter(|(lever, acted)| lever.needs() == Needs::Api && acted.is_none());
    Tried {
        recovered_s: result.well_s,
        damage_min: result.damage_min,
        falls_again: result.falls_again,
        lift: result.lift,
        herd: result.herd,
        locked_out: stuck.map(|(lever, _)| *lever).collect(),
        acted_s: result.acted_s.clone(),
        cuts: cuts(result, nobody),
        regret_min: 0.0,
        remedies,
    }
}

/// What is asked for no more, as parts of what is asked for if nobody acts.
fn cuts(result: &Try, nobody: &Try) -> Vec<Cut> {
    let cores = |asked: &Asked, classes: &[String], class: &str, cause: Cause| -> f64 {
        let of = asked
            .iter()
            .filter(|(at, because, _)| *because == cause && classes.get(*at).is_some_and(|name| name == class));
        of.map(|(_, _, cores)| cores).sum()
    };
    let all: f64 = nobody.asked.iter().map(|(_, _, cores)| cores).sum();
    let mut cuts: Vec<Cut> = nobody
        .asked
        .iter()
        .filter_map(|(at, cause, before)| {
            let class = nobody.classes.get(*at)?;
            let gone = before - cores(&result.asked, &result.classes, class, *cause);
            let share = if all > 0.0 { gone / all } else { 0.0 };
            (share >= WORTH).then(|| Cut { class: class.clone(), cause: cause.name(), share })
        })
        .collect();
    cuts.sort_by(|a, b| b.share.total_cmp(&a.share));
    cuts
}

/// Looks for the size from which bigger servers help.
fn bigger(plan: &Plan, cluster: &Cluster, watch: Watch<'_>) -> Result<Bigger, InputError> {
    let helps = |by: f64, levers: &[Lever]| {
        go_on(watch)?;
        let mut plan = plan.clone();
        plan.remedies.scale_up_by = by;
        Ok::<_, InputError>(attempt(&plan, cluster, levers)?.well_s.is_some())
    };
    let smallest = |levers: &[Lever]| {
        let found: Vec<bool> = GROWTHS.par_iter().map(|by| helps(*by, levers)).collect::<Result<_, _>>()?;
        Ok::<_, InputError>(GROWTHS.into_iter().zip(found).find(|(_, helps)| *helps).map(|(by, _)| by))
    };
    Ok(Bigger {
        tried: GROWTHS.to_vec(),
        alone: smallest(&[Lever::ScaleUp])?,
        with_restart: smallest(&[Lever::ScaleUp, Lever::Restart])?,
    })
}
