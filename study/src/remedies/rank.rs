//! All tries, the best first.

use super::lever::{Lever, Needs};
use super::trial::{Asked, LONGEST_S, Try, attempt, inside, without_shift};
use crate::fleet;
use crate::resolve::Plan;
use crate::run::{Cluster, clock, fork};
use crate::scenario::InputError;
use crate::stop::{PATIENT, Watch, go_on};
use rayon::prelude::*;
use serde::Serialize;
use slackwater_core::ledger::Cause;

/// Growth of API servers that is looked at, as a multiple.
const GROWTHS: [f64; 6] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// A part of all that was asked for below which a remedy cut nothing worth a word.
const WORTH: f64 = 0.05;

/// What happens when temporary remedies are taken back as soon as all seems well.
///
/// ```
/// use slackwater_study::remedies::Lift;
/// assert_ne!(Lift::Relapses { after_s: 90.0 }, Lift::Holds);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Lift {
    /// Nothing in it is temporary, or it never became well.
    #[default]
    Nothing,
    /// It stays well for half an hour.
    Holds,
    /// It falls again.
    Relapses {
        /// Seconds after.
        after_s: f64,
    },
}

/// What a remedy took off the servers, by the names of the ledger.
///
/// ```
/// use slackwater_study::remedies::Cut;
/// let cut = Cut { class: "agent".to_owned(), cause: "new", share: 0.9 };
/// assert_eq!(cut.cause, "new");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// The traffic class.
    pub class: String,
    /// The cause.
    pub cause: &'static str,
    /// Part of all CPU that is asked for if nobody acts.
    pub share: f64,
}

/// One try.
///
/// ```
/// use slackwater_study::remedies::{Lever, Tried};
/// let tried = Tried { remedies: vec![Lever::Delete], recovered_s: Some(30.0), ..Tried::default() };
/// assert!(tried.locked_out.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tried {
    /// What was done.
    pub remedies: Vec<Lever>,
    /// Seconds from the first reaction until the cluster was well for good; nothing if it never was.
    pub recovered_s: Option<f64>,
    /// Minutes of this cluster's user traffic lost from the first reaction on.
    pub damage_min: f64,
    /// Times it was well for two minutes or more and fell again although nothing was taken back.
    pub falls_again: u32,
    /// What happens when temporary remedies are taken back too early.
    pub lift: Lift,
    /// The second herd: largest CPU asked for once servers are back, as a share of what there is; nothing if none was
    /// down.
    pub herd: Option<f64>,
    /// Remedies that needed the API and never got through.
    pub locked_out: Vec<Lever>,
    /// Seconds until each remedy acted in full; nothing if it never did.
    pub acted_s: Vec<Option<f64>>,
    /// What it took off the servers, the most first.
    pub cuts: Vec<Cut>,
    /// Regret: minutes of traffic lost more than with the best of all tries.
    pub regret_min: f64,
}

/// A remedy that is not possible here.
///
/// ```
/// use slackwater_study::remedies::{Lever, Refused};
/// let refused = Refused { remedy: Lever::Restore, why: "etcd has lost nothing" };
/// assert_eq!(refused.remedy.name(), "restore");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The remedy.
    pub remedy: Lever,
    /// Why not.
    pub why: &'static str,
}

/// From which size on bigger API servers help.
///
/// ```
/// use slackwater_study::remedies::Bigger;
/// assert!(Bigger { tried: vec![2.0], alone: None, with_restart: Some(2.0) }.alone.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bigger {
    /// Cores and memory looked at, as multiples.
    pub tried: Vec<f64>,
    /// The smallest of them that helps alone; nothing if none does.
    pub alone: Option<f64>,
    /// The smallest that helps when what hangs is restarted too.
    pub with_restart: Option<f64>,
}

/// The answer.
///
/// ```
/// use slackwater_study::{cases, remedies, resolve::Plan};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").ok_or("no such case")?.file()?)?;
/// assert!(remedies::rank(&plan, None)?.is_none()); // nothing falls, so there is nothing to remedy
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// Nodes of the cluster looked at.
    pub nodes: f64,
    /// When people begin, seconds since the rollout started.
    pub t_s: f64,
    /// The same as time of day.
    pub clock: String,
    /// Whether an alert had fired; without one people begin when the last pod runs.
    pub alerted: bool,
    /// Clusters of the fleet that fall if nobody does anything.
    pub fallen: u64,
    /// Those of them that a halt spares when somebody first reacts anywhere in the fleet.
    pub spared: u64,
    /// When that is, as time of day.
    pub first_clock: String,
    /// Nobody does anything.
    pub nobody: Tried,
    /// Each remedy alone, the best first.
    pub alone: Vec<Tried>,
    /// Two of them, the best first.
    pub pairs: Vec<Tried>,
    /// All the scenario uses; nothing if that is fewer than three.
    pub together: Option<Tried>,
    /// What is not possible here.
    pub refused: Vec<Refused>,
    /// Bigger API servers.
    pub bigger: Bigger,
    /// What becomes of the other clusters when traffic is led to them; nothing if the scenario does not say how loaded
    /// they are (`fleet.load`).
    pub survivors: Option<String>,
    /// Longest that somebody was given, seconds.
    pub longest_s: f64,
}

impl Ranking {
    /// The best of all tries.
    ///
    /// ```
    /// use slackwater_study::remedies::{Ranking, Tried};
    /// let quick = Tried { recovered_s: Some(30.0), ..Tried::default() };
    /// let ranking = Ranking { alone: vec![Tried::default()], pairs: vec![quick.clone()], ..Ranking::default() };
    /// assert_eq!(ranking.best(), Some(&quick));
    /// ```
    pub fn best(&self) -> Option<&Tried> {
        let first = self.alone.first().into_iter().chain(self.pairs.first()).chain(&self.together);
        first.filter(|tried| tried.recovered_s.is_some()).min_by(|a, b| order(a, b))
    }

    /// Pairs that do better than each of their parts: a minute sooner, or sooner than never, or with half a minute less
    /// lost.
    ///
    /// ```
    /// use slackwater_study::remedies::{Lever::{Block, Restart}, Ranking, Tried};
    /// let tried = |remedies: &[_], recovered_s| Tried { remedies: remedies.to_vec(), recovered_s, ..Tried::default() };
    /// let alone = vec![tried(&[Block], None), tried(&[Restart], None)];
    /// let ranking = Ranking { alone, pairs: vec![tried(&[Block, Restart], Some(600.0))], ..Ranking::default() };
    /// assert_eq!(ranking.better_together().count(), 1);
    /// ```
    pub fn better_together(&self) -> impl Iterator<Item = &Tried> {
        let time = |tried: &Tried| tried.recovered_s.unwrap_or(f64::INFINITY);
        self.pairs.iter().filter(move |pair| {
            let parts =
                || self.alone.iter().filter(|one| one.remedies.iter().all(|lever| pair.remedies.contains(lever)));
            let sooner = parts().all(|one| time(pair) < time(one) - 60.0);
            let less = parts().all(|one| time(pair) <= time(one) && pair.damage_min < one.damage_min - 0.5);
            sooner || less
        })
    }

    /// Whether anything gets people out.
    ///
    /// ```
    /// use slackwater_study::remedies::Ranking;
    /// assert!(!Ranking::default().way_out());
    /// ```
    pub fn way_out(&self) -> bool {
        self.nobody.recovered_s.is_some() || self.best().is_some()
    }
}

/// Quicker first, then less damage, then less to do.
fn order(a: &Tried, b: &Tried) -> std::cmp::Ordering {
    let time = |tried: &Tried| tried.recovered_s.unwrap_or(f64::INFINITY);
    let by_time = time(a).total_cmp(&time(b));
    by_time.then(a.damage_min.total_cmp(&b.damage_min)).then(a.remedies.len().cmp(&b.remedies.len()))
}

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
