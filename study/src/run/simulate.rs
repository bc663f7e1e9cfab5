//! The pipeline: paths, schedule, people, sums, events, verdict.

use super::answers;
use super::events::{Marks, Times};
use super::path::{Cluster, Path};
use super::recovery::{self, Recovery};
use super::saved::{Resumed, Saved};
use super::schedule::{Schedule, acts};
use super::sums::{AFFECTED_IMPACT, Sized, Sum, USER_IMPACT, columns};
use super::verdict;
use crate::cases::measured_for;
use crate::outcome::{Event, Input, Outcome};
use crate::resolve::{Order, Plan, Remedies, Signal};
use crate::scenario::InputError;
use rayon::prelude::*;
use slackwater_core::rollout::actions::NEVER_S;

/// Share of the maximum at which the peak counts as reached: a plateau follows.
const PEAK: f64 = 0.99;
/// Seconds shown after the last event.
const AFTER_S: f64 = 600.0;
/// Longest run without an end in the scenario: the time in which damage must have shown.
const LONGEST_S: f64 = 4.0 * 3600.0;

/// Longest run of a plan without an end in its scenario: all waves over the nodes, then time to show damage.
fn longest_s(plan: &Plan) -> f64 {
    let soaks = plan.fleet.waves.len().saturating_sub(1) as f64;
    LONGEST_S + if plan.fleet.single() { plan.fleet.soak_s * soaks } else { 0.0 }
}

/// End of the paths of a plan: what the scenario says, or the longest run.
pub(super) fn end_s(plan: &Plan) -> f64 {
    plan.until_s().unwrap_or_else(|| longest_s(plan))
}

/// Paths of all sizes of a plan, if nobody acts.
pub(super) struct Paths {
    pub(super) paths: Vec<Path>,
    pub(super) marks: Vec<Marks>,
}

impl Paths {
    /// Runs every size. The rollout over the nodes of a single cluster stops at `halt_s`.
    pub(super) fn run(plan: &Plan, until_s: f64, saved: Option<&Saved>, halt_s: f64) -> Result<Self, InputError> {
        let mut starts = Vec::new();
        for (index, group) in plan.fleet.groups.iter().enumerate() {
            let mut cluster = Cluster::new(plan, group.nodes)?;
            cluster.scenario.actions.halt_s = halt_s;
            starts.push(match saved {
                Some(saved) => saved.resume(plan, index, cluster).map_err(|error| error.blame(plan))?,
                None => Resumed { cluster, rows: Vec::new(), rests: false },
            });
        }
        // Sizes do not know each other, so the order in which they run cannot matter.
        let running = starts.into_par_iter();
        let paths: Vec<Path> = running.map(|from| Path::run(from.cluster, from.rows, until_s, from.rests)).collect();
        let marks = paths.iter().map(|path| Marks::of(path, plan)).collect();
        Ok(Self { paths, marks })
    }

    /// The same with people who halt the rollout, if they do.
    pub(super) fn halted(plan: &Plan, end_s: f64, saved: Option<&Saved>) -> Result<Self, InputError> {
        let free = Self::run(plan, end_s, saved, NEVER_S)?;
        // A fleet halts by sparing clusters; one cluster halts by sparing nodes, which changes its own path.
        if !(plan.fleet.single() && plan.remedies.halt) {
            return Ok(free);
        }
        let reaction_s = schedule(plan, &free, &plan.remedies).schedule.reaction_s;
        if reaction_s < end_s { Self::run(plan, end_s, saved, reaction_s) } else { Ok(free) }
    }
}

/// A fleet with everybody in it.
pub(super) struct Run {
    pub(super) schedule: Schedule,
    pub(super) forks: Vec<Vec<(f64, Recovery)>>,
    pub(super) times: Times,
}

/// Schedules a plan over given paths: who is touched, alerted, worked on, and well again.
pub(super) fn schedule(plan: &Plan, paths: &Paths, remedies: &Remedies) -> Run {
    let touched = Schedule::touch(plan, &paths.marks);
    let alert_s = if plan.detection.signal == Signal::UserImpact {
        impact_alert(plan, paths, &touched)
    } else {
        touched.first(&paths.marks, |marks| marks.alert_s)
    };
    let schedule = touched.people(plan.detection.human_delay_s, remedies, &paths.marks, alert_s);
    let mut forks: Vec<Vec<(f64, Recovery)>> = Vec::new();
    for (index, (path, marks)) in paths.paths.iter().zip(&paths.marks).enumerate() {
        let members = schedule.members.iter().filter(|member| member.group == index && member.work_s.is_finite());
        let work: Vec<f64> = members.map(|member| member.work_s - member.touched_s).collect();
        let ages = if work.is_empty() || !acts(remedies) { Vec::new() } else { recovery::ages(marks, path, &work) };
        let forked =
            ages.into_iter().map(|age_s| (age_s, recovery::recover(plan, recovery::cluster_at(path, age_s), remedies)));
        forks.push(forked.collect());
    }
    let mut times = Times::scheduled(&schedule, &paths.marks);
    if let (true, Some(path)) = (plan.fleet.single(), paths.paths.first()) {
        // One cluster: the rollout goes over its nodes.
        times.rollout_end = Some(path.last.rolled_out_s().min(path.last.scenario.actions.halt_s));
    }
    let well: Vec<Option<f64>> = schedule
        .members
        .iter()
        .filter(|member| member.falls)
        .map(|member| {
            let (path, forks) = (paths.paths.get(member.group)?, forks.get(member.group)?);
            let fork = Sized { path, forks }.fork(member.work_s - member.touched_s)?.well_s;
            Some(member.work_s + fork?)
        })
        .collect();
    times.first_recovered = well.iter().flatten().copied().min_by(f64::total_cmp);
    if !well.is_empty() && well.iter().all(Option::is_some) {
        times.all_recovered = well.iter().flatten().copied().max_by(f64::total_cmp);
    }
    Run { schedule, forks, times }
}

fn impact_alert(plan: &Plan, paths: &Paths, schedule: &Schedule) -> Option<f64> {
    let sum = Sum::of(plan, schedule, &sized(&paths.paths, &[]), plan.fleet.rollout_s() + longest_s(plan));
    sum.stays(USER_IMPACT, plan.detection.threshold, plan.detection.for_s)
}

pub(super) fn sized<'a>(paths: &'a [Path], forks: &'a [Vec<(f64, Recovery)>]) -> Vec<Sized<'a>> {
    paths.iter().enumerate().map(|(at, path)| Sized { path, forks: forks.get(at).map_or(&[], Vec::as_slice) }).collect()
}

/// Fills in the events that only the sum over the fleet can tell.
pub(super) fn impact_times(plan: &Plan, sum: &Sum, times: &mut Times) {
    times.first_impact = sum.reaches(USER_IMPACT, plan.detection.visible_impact_share);
    times.peak_impact = times.first_impact.and_then(|_| sum.reaches(AFFECTED_IMPACT, PEAK * sum.most(AFFECTED_IMPACT)));
}

/// Runs a plan.
///
/// # Errors
/// Only what [`Plan::cluster`] reports.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::simulate;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// assert!(simulate(&plan)?.verdict.safe);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn simulate(plan: &Plan) -> Result<Outcome, InputError> {
    run(plan, None, Depth::Full).map(|(outcome, _)| outcome)
}

/// Runs a plan without what needs further runs: other orders, remedies alone, recordings. The verdict, the
/// events and the trajectory are those of [`simulate`].
///
/// # Errors
/// As [`simulate`].
///
/// ```
/// use slackwater_study::{cases, resolve::Plan, run};
/// let plan = Plan::resolve(cases::find("openai-2024-12-11-staging").unwrap().file()?)?;
/// assert!(run::brief(&plan)?.verdict.safe);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn brief(plan: &Plan) -> Result<Outcome, InputError> {
    run(plan, None, Depth::Brief).map(|(outcome, _)| outcome)
}

/// How much is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Brief,
    Full,
}

/// Runs a plan from a saved state on; the scenario may differ in anything that keeps its shape.
///
/// # Errors
/// A state of another version or shape.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::{resume, simulate_and_save};
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// let (_, saved) = simulate_and_save(&plan, None)?;
/// let mut longer = plan.settings.file().clone();
/// longer.set("run.until_s=120")?;
/// let outcome = resume(&Plan::resolve(longer)?, &saved)?;
/// assert_eq!(outcome.trajectory[0].1.last(), Some(&120.0));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn resume(plan: &Plan, saved: &Saved) -> Result<Outcome, InputError> {
    run(plan, Some(saved), Depth::Full).map(|(outcome, _)| outcome)
}

/// Runs a plan and keeps its state at the end, to go on from.
///
/// # Errors
/// As [`resume`].
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::simulate_and_save;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// let (_, saved) = simulate_and_save(&plan, None)?;
/// assert_eq!(saved.at_s, 60.0);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn simulate_and_save(plan: &Plan, from: Option<&Saved>) -> Result<(Outcome, Saved), InputError> {
    let (outcome, paths) = run(plan, from, Depth::Full)?;
    Ok((outcome, Saved::take(plan, &paths.paths, end_s(plan))))
}

fn run(plan: &Plan, saved: Option<&Saved>, depth: Depth) -> Result<(Outcome, Paths), InputError> {
    let full = depth == Depth::Full;
    let end_s = end_s(plan);
    let paths = Paths::halted(plan, end_s, saved)?;
    let published = plan.settings.file().values().any(|(key, _, _)| key.starts_with("published."));
    let falls = paths.marks.iter().any(|marks| marks.falls);
    // Nothing here depends on anything else here, so threads change how long it takes and nothing more.
    let ((verdict, orders), (alone, run)) = rayon::join(
        || {
            let orders = || if full && published && falls { answers::orders(plan, &paths) } else { Vec::new() };
            rayon::join(|| verdict::verdict(plan, &paths), orders)
        },
        || {
            let alone = || if full { answers::alone(plan, &paths) } else { Vec::new() };
            rayon::join(alone, || schedule(plan, &paths, &plan.remedies))
        },
    );
    let mut verdict = verdict?;
    let last_s = run.times.all_recovered.or(run.times.first_recovered).unwrap_or(0.0) + AFTER_S;
    let shown = if run.times.all_recovered.is_some() { last_s } else { last_s.max(longest_s(plan)) };
    let until_s = plan.until_s().unwrap_or(shown.max(run.schedule.rollout_end_s + AFTER_S));
    let sum = Sum::of(plan, &run.schedule, &sized(&paths.paths, &run.forks), until_s);
    let mut times = run.times;
    impact_times(plan, &sum, &mut times);
    // An event beyond the end of the run has not happened in it.
    for time in [
        &mut times.api_saturated,
        &mut times.alert,
        &mut times.rollout_end,
        &mut times.first_recovered,
        &mut times.all_recovered,
    ] {
        *time = time.filter(|at| *at <= until_s);
    }
    let (ledger, wall) = answers::ledger(plan, &paths);
    verdict.reasons = answers::reasons(plan, &paths, &verdict, wall);
    let mut events = times.events(plan);
    if full
        && !plan.fleet.single()
        && let Some(traffic) = crate::fleet::run(plan)?
    {
        verdict.reasons.push(traffic.sentence());
        let led = traffic.events.into_iter().filter(|(name, _, _)| *name != "alert");
        events.extend(led.map(|(name, t_s, clock)| Event {
            name,
            t_s,
            clock,
            published_clock: None,
            residual_s: None,
        }));
    }
    let outcome = Outcome {
        name: plan.settings.text("name").to_owned(),
        description: plan.settings.text("description").to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        seed: 0,
        scenario: inputs(plan),
        ledger,
        events,
        counterfactual: answers::counterfactual(plan, &paths, &run.schedule),
        orders,
        remedies: answers::ranked(alone, &run.times),
        assumed: assumed(plan),
        measured: if full { measured_for(plan.settings.text("name"), plan)? } else { Vec::new() },
        engines: Vec::new(),
        columns: columns(),
        trajectory: columns().into_iter().map(|column| column.name).zip(sum.values).collect(),
        verdict,
    };
    Ok((outcome, paths))
}

/// The result of a thread; if it panicked, which is a defect of ours, the panic goes on here.
pub(crate) fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn inputs(plan: &Plan) -> Vec<Input> {
    let values = plan.settings.file().values();
    values
        .map(|(key, value, origin)| Input {
            key: key.to_owned(),
            value: serde_json::to_value(value).unwrap_or_default(),
            origin: origin.to_string(),
        })
        .collect()
}

fn assumed(plan: &Plan) -> Vec<(String, String)> {
    let file = plan.settings.file();
    file.values()
        .filter_map(|(key, _, _)| {
            let name = key.strip_prefix("assumed.")?;
            Some((name.to_owned(), file.text(key)?.to_owned()))
        })
        .collect()
}

/// The plan under another order of rollout.
pub(super) fn reordered(plan: &Plan, order: Order) -> Plan {
    let mut other = plan.clone();
    other.fleet.order = order;
    other
}
