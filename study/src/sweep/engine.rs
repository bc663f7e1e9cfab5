//! Rows in blocks: solved in parallel, handed on in order, so that neither threads nor blocks show in the result.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::column::COLUMNS;
use super::design::{Block, Design};
use crate::lanes::Wide;
use crate::resolve::{Plan, Settings};
use crate::run::{GATES, Judgement, Look, brief, judge, judge_open, look};
use crate::scenario::{InputError, Value};

/// Rows solved one after the other by one thread.
const RUN: u64 = 256;
/// Runs in a block when a row holds a verdict only, which takes microseconds.
const VERDICT_RUNS: u64 = 32;
/// Rows in a block when a row holds a whole run, which takes milliseconds.
const FULL_ROWS: u64 = 64;

/// What a row came to.
///
/// ```
/// use slackwater_study::sweep::Answer;
/// assert!(Answer { gate: None, numbers: vec![] }.safe());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Index of the first of [`GATES`] that fails; none if the row is safe.
    pub gate: Option<u8>,
    /// Numbers in the order of [`COLUMNS`]; none at all if only the verdict was asked for.
    pub numbers: Vec<Option<f64>>,
}

impl Answer {
    /// Whether no gate fails.
    pub fn safe(&self) -> bool {
        self.gate.is_none()
    }

    /// Name of the gate that fails.
    ///
    /// ```
    /// use slackwater_study::sweep::Answer;
    /// assert_eq!(Answer { gate: Some(1), numbers: vec![] }.gate_name(), Some("surge"));
    /// ```
    pub fn gate_name(&self) -> Option<&'static str> {
        GATES.get(usize::from(self.gate?)).copied()
    }
}

/// Solves rows of a design from `from` on and hands them in order to `take`, block by block. Returns the number of the
/// first row that is not solved: the end, or where `stop` was seen. Runs on the threads of the rayon pool it is
/// called in.
///
/// # Errors
/// Keys of a row that contradict each other, with the row; whatever `take` refuses.
///
/// ```
/// use slackwater_study::sweep::{Design, Words, solve};
/// use std::sync::atomic::AtomicBool;
/// let vary = vec!["cluster.nodes=10..10000:4:log".into()];
/// let design = Design::of(Words { vary, verdict_only: true, ..Words::default() })?;
/// let mut safe = Vec::new();
/// let end = solve(&design, 0, &AtomicBool::new(false), |_, answers| {
///     safe.extend(answers.iter().map(|answer| answer.safe()));
///     Ok::<(), Box<dyn std::error::Error>>(())
/// })?;
/// assert_eq!((end, safe.len(), safe[0], safe[3]), (4, 4, true, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve<E: From<InputError>>(
    design: &Design,
    from: u64,
    stop: &AtomicBool,
    take: impl FnMut(u64, &[Answer]) -> Result<(), E>,
) -> Result<u64, E> {
    solve_rows(design, from..design.rows(), stop, take)
}

/// Solves some rows of a design, as [`solve`] does all: what one of several machines does.
///
/// # Errors
/// As [`solve`].
///
/// ```
/// use slackwater_study::sweep::{Design, Words, solve_rows};
/// use std::sync::atomic::AtomicBool;
/// let vary = vec!["cluster.nodes=10..10000:4:log".into()];
/// let design = Design::of(Words { vary, verdict_only: true, ..Words::default() })?;
/// let mut safe = Vec::new();
/// let end = solve_rows(&design, 1..3, &AtomicBool::new(false), |first, answers| {
///     safe.extend((first..).zip(answers.iter().map(|answer| answer.safe())));
///     Ok::<(), Box<dyn std::error::Error>>(())
/// })?;
/// assert_eq!((end, safe.len(), safe[0]), (3, 2, (1, true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve_rows<E: From<InputError>>(
    design: &Design,
    rows: Range<u64>,
    stop: &AtomicBool,
    take: impl FnMut(u64, &[Answer]) -> Result<(), E>,
) -> Result<u64, E> {
    solve_wide(design, rows, stop, Wide::best(), take)
}

/// [`solve_rows`] with as many clusters in a step as `wide` says: the same answers, sooner or later.
///
/// # Errors
/// As [`solve`].
///
/// ```
/// use slackwater_study::lanes::Wide;
/// use slackwater_study::sweep::{Design, Words, solve_wide};
/// use std::sync::atomic::AtomicBool;
/// let vary = vec!["cluster.nodes=1000..3000:8".into()];
/// let design = Design::of(Words { vary, verdict_only: true, ..Words::default() })?;
/// let gates = |wide| {
///     let mut gates = Vec::new();
///     solve_wide(&design, 0..design.rows(), &AtomicBool::new(false), wide, |_, answers| {
///         gates.extend(answers.iter().map(|answer| answer.gate));
///         Ok::<(), Box<dyn std::error::Error>>(())
///     })?;
///     Ok::<_, Box<dyn std::error::Error>>(gates)
/// };
/// assert_eq!(gates(Wide::One)?, gates(Wide::Eight)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve_wide<E: From<InputError>>(
    design: &Design,
    rows: Range<u64>,
    stop: &AtomicBool,
    wide: Wide,
    mut take: impl FnMut(u64, &[Answer]) -> Result<(), E>,
) -> Result<u64, E> {
    let settings = Settings::new(design.file().clone());
    let verdict_only = design.words().verdict_only;
    let length = if verdict_only { RUN * VERDICT_RUNS } else { FULL_ROWS };
    let run = if verdict_only { RUN } else { 1 };
    let (mut at, last) = (rows.start, rows.end.min(design.rows()));
    while at < last && !stop.load(Ordering::Relaxed) {
        let end = (at + length).min(last);
        let block = design.block(at, end - at)?;
        let starts: Vec<u64> = (at..end).step_by(run as usize).collect();
        let runs: Vec<Vec<Result<Answer, InputError>>> = starts
            .into_par_iter()
            .map(|start| solve_run(design, &block, start..(start + run).min(end), settings.clone(), stop, wide))
            .collect();
        let mut answers = Vec::with_capacity((end - at) as usize);
        for (start, solved) in (at..end).step_by(run as usize).zip(runs) {
            // Of several errors the first row's is told, whichever thread met it.
            let whole = start + solved.len() as u64 == (start + run).min(end);
            answers.extend(solved.into_iter().collect::<Result<Vec<_>, _>>()?);
            if !whole {
                break;
            }
        }
        take(at, &answers)?;
        at += answers.len() as u64;
        if at < end {
            break;
        }
    }
    Ok(at)
}

/// Solves one row alone; the answer is that of [`solve`].
///
/// # Errors
/// A row that does not exist, or whose keys contradict each other.
///
/// ```
/// use slackwater_study::sweep::{Design, Words, solve_row};
/// let vary = vec!["cluster.nodes=10..10000:4:log".into()];
/// let design = Design::of(Words { vary, verdict_only: true, ..Words::default() })?;
/// assert!(solve_row(&design, 0)?.safe() && !solve_row(&design, 3)?.safe());
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn solve_row(design: &Design, row: u64) -> Result<Answer, InputError> {
    let plan = Plan::resolve(design.scenario(row)?)?;
    if design.words().verdict_only { judge(&plan).map(answer) } else { full(&plan) }
}

/// Rows one after the other, on settings that are changed in place; fewer if `stop` is seen.
fn solve_run(
    design: &Design,
    block: &Block<'_>,
    rows: Range<u64>,
    mut settings: Settings,
    stop: &AtomicBool,
    wide: Wide,
) -> Vec<Result<Answer, InputError>> {
    let mut answers = Vec::with_capacity((rows.end - rows.start) as usize);
    // Rows that closed forms leave open are run side by side in the end.
    let (mut open, mut places) = (Vec::new(), Vec::new());
    for row in rows {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let values = block.values(row);
        for (key, value) in design.keys().iter().zip(&values) {
            settings.replace(key, value);
        }
        let solved = Plan::of(settings).and_then(|plan| {
            if !design.words().verdict_only {
                return Ok((full(&plan)?, plan.settings));
            }
            match look(&plan)? {
                Look::Known(judgement) => Ok((answer(judgement), plan.settings)),
                Look::Open(sizes) => {
                    let settings = plan.settings.clone();
                    places.push(answers.len());
                    open.push((plan, sizes));
                    Ok((answer(Judgement { gate: None }), settings))
                }
            }
        });
        match solved {
            Ok((answer, back)) => {
                settings = back;
                answers.push(Ok(answer));
            }
            Err(error) => {
                // Read as if typed, it shows the value it blames.
                let shown = design.scenario(row).and_then(Plan::resolve).err().unwrap_or(error);
                answers.push(Err(shown.within(&place(design.keys(), row, &values))));
                break;
            }
        }
    }
    for (place, judgement) in places.into_iter().zip(judge_open(&open, wide)) {
        if let Some(known) = answers.get_mut(place) {
            *known = Ok(answer(judgement));
        }
    }
    answers
}

fn place(keys: &[String], row: u64, values: &[Value]) -> String {
    let set: Vec<String> = keys.iter().zip(values).map(|(key, value)| format!("{key}={value}")).collect();
    format!("row {row} ({})", set.join(" "))
}

fn index(gate: Option<&str>) -> Option<u8> {
    gate.and_then(|gate| GATES.iter().position(|name| *name == gate)).and_then(|at| u8::try_from(at).ok())
}

fn answer(judgement: Judgement) -> Answer {
    Answer { gate: index(judgement.gate), numbers: Vec::new() }
}

fn full(plan: &Plan) -> Result<Answer, InputError> {
    let outcome = brief(plan)?;
    let gate = outcome.verdict.gates.iter().find(|gate| !gate.pass).map(|gate| gate.name);
    Ok(Answer { gate: index(gate), numbers: COLUMNS.iter().map(|column| column.read(&outcome)).collect() })
}
