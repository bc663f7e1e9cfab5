//! Which points a sweep visits, and in which order. Every row is a function of its number.

use serde::{Deserialize, Serialize};
use slackwater_core::bounds::TABLE;

use super::axis::Axis;
use super::points::{Points, Print};
use super::sample::{Method, Sample};
use crate::scenario::{Code, InputError, ScenarioFile, Value};
use std::path::Path;

/// Most rows of a sweep: at a million verdicts a second it would take eleven days.
const MOST_ROWS: u64 = 1_000_000_000_000;

/// What a sweep is, in words: enough to make any row of it again. This stands in every file of results.
///
/// ```
/// use slackwater_study::sweep::{Design, Words};
/// let words = Words { set: vec!["cluster.nodes=50".into()], vary: vec!["agent.period_s=10,60".into()], ..Words::default() };
/// let design = Design::of(words)?;
/// assert_eq!(design.rows(), 2);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Version of slackwater.
    pub slackwater: String,
    /// Name of the case or file.
    pub scenario: String,
    /// `KEY=VALUE` for every key that is not at its default.
    pub set: Vec<String>,
    /// Axes as typed.
    pub vary: Vec<String>,
    /// `METHOD:COUNT` of the samples, if there are any.
    pub sample: Option<String>,
    /// Seed of the samples.
    pub seed: u64,
    /// File of points, if there is one.
    pub points: Option<Print>,
    /// Whether a row holds its verdict only.
    pub verdict_only: bool,
    /// Rows in all.
    pub rows: u64,
}

/// Points of a sweep.
///
/// ```
/// use slackwater_study::sweep::{Design, Words};
/// let vary = vec!["cluster.nodes=100..1000".into(), "agent.period_s=10,60".into()];
/// let design = Design::of(Words { vary, sample: Some("sobol:50".into()), ..Words::default() })?;
/// assert_eq!((design.rows(), design.keys().len()), (100, 2));
/// assert_eq!(design.words().rows, 100);
/// assert!(design.file().values().next().is_none()); // nothing else was set
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Design {
    file: ScenarioFile,
    axes: Vec<Axis>,
    sample: Option<Sample>,
    points: Option<Points>,
    keys: Vec<String>,
    words: Words,
}

impl Design {
    /// Puts a sweep together. `rows`, and `rows` and `hash` of the points, are found, not read.
    ///
    /// # Errors
    /// Whatever is wrong with an axis, a key or a file; nothing that varies; more than 10^12 points.
    ///
    /// ```
    /// use slackwater_study::scenario::Value;
    /// use slackwater_study::sweep::{Design, Words};
    /// let vary = vec!["cluster.nodes=100,200".into(), "agent.period_s=10..30:3".into()];
    /// let design = Design::of(Words { vary, ..Words::default() })?;
    /// assert_eq!(design.rows(), 6);
    /// assert_eq!(design.block(4, 1)?.values(4), [Value::Number(200.0), Value::Number(20.0)]); // the last axis runs fastest
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn of(mut words: Words) -> Result<Self, InputError> {
        let mut file = ScenarioFile::empty(TABLE);
        for argument in &words.set {
            file.set(argument)?;
        }
        let axes = words.vary.iter().map(|typed| Axis::parse(&file, typed)).collect::<Result<Vec<_>, _>>()?;
        let points = words.points.as_ref().map(|print| Points::open(&file, Path::new(&print.path))).transpose()?;
        let sample = words.sample.as_deref().map(|typed| sample(typed, words.seed)).transpose()?;
        let keys: Vec<String> =
            points.iter().flat_map(Points::keys).chain(axes.iter().map(Axis::key)).map(str::to_owned).collect();
        let refuse = |message: &str, help: &str| InputError::new(Code::AxisWanted, message).help(help);
        if keys.is_empty() {
            return Err(refuse(
                "nothing varies",
                "write --vary KEY=a..b:n, for example --vary cluster.nodes=100..5000:50",
            ));
        }
        if let Some(twice) =
            keys.iter().enumerate().find(|(at, key)| keys.iter().skip(at + 1).any(|other| other == *key))
        {
            return Err(refuse(&format!("{} varies twice", twice.1), "keep one of the two").key(twice.1));
        }
        if points.is_some() && sample.is_some() {
            return Err(refuse("points from a file are not sampled", "leave out --sample or --points"));
        }
        let spread = axes.iter().find(|axis| axis.count().is_none());
        match (spread, sample) {
            (Some(axis), None) => {
                let help = "add :n for n values in steps, or --sample sobol:N for N samples of it";
                return Err(refuse(&format!("`--vary {}` has no number of values", axis.typed()), help).key(axis.key()));
            }
            (None, Some(_)) => {
                let help = "leave out :n of what is to be sampled, or leave out --sample";
                return Err(refuse("nothing is left to sample: every axis has its own values", help));
            }
            _ => {}
        }
        let inner = points.as_ref().map_or(1, |points| points.print().rows) * sample.map_or(1, |sample| sample.count);
        let rows = axes.iter().filter_map(Axis::count).try_fold(inner, u64::checked_mul);
        words.rows = rows.filter(|rows| *rows <= MOST_ROWS).ok_or_else(|| {
            refuse("the axes make more than 1,000,000,000,000 points", "take fewer values, or sample: --sample sobol:N")
        })?;
        words.points = points.as_ref().map(|points| points.print().clone());
        env!("CARGO_PKG_VERSION").clone_into(&mut words.slackwater);
        Ok(Self { file, axes, sample, points, keys, words })
    }

    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.words.rows
    }

    /// Keys that vary, in the order of their columns.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The sweep in words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The scenario before anything varies.
    pub fn file(&self) -> &ScenarioFile {
        &self.file
    }

    /// Rows from number `from` on, at most `count`.
    ///
    /// # Errors
    /// A file of points that has changed meanwhile.
    pub fn block(&self, from: u64, count: u64) -> Result<Block<'_>, InputError> {
        let mut points = Vec::new();
        if let Some(file) = &self.points {
            let rows = file.print().rows;
            let mut at = from;
            let end = (from + count).min(self.rows());
            while at < end {
                let read = file.block(at % rows, (end - at).min(rows - at % rows))?;
                if read.is_empty() {
                    let message = format!("`{}` has changed since it was checked", file.print().path);
                    return Err(InputError::new(Code::PointsWanted, message).help("begin again"));
                }
                at += read.len() as u64;
                points.extend(read);
            }
        }
        Ok(Block { design: self, from, points })
    }

    /// The scenario of a row, with every key set.
    ///
    /// # Errors
    /// As [`Design::block`]; a row that does not exist.
    ///
    /// ```
    /// use slackwater_study::sweep::{Design, Words};
    /// let design = Design::of(Words { vary: vec!["cluster.nodes=10..90:9".into()], ..Words::default() })?;
    /// assert_eq!(design.scenario(2)?.number("cluster.nodes"), Some(30.0));
    /// assert!(design.scenario(9).is_err());
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn scenario(&self, row: u64) -> Result<ScenarioFile, InputError> {
        if row >= self.rows() {
            let message = format!("there is no row {row}: the sweep has {} rows, from 0", self.rows());
            return Err(InputError::new(Code::AxisWanted, message).help(format!("write 0 to {}", self.rows() - 1)));
        }
        let mut file = self.file.clone();
        for (key, value) in self.keys.iter().zip(self.block(row, 1)?.values(row)) {
            file.set(&format!("{key}={value}"))?;
        }
        Ok(file)
    }
}

/// Some rows, one after the other.
///
/// ```
/// use slackwater_study::scenario::Value;
/// use slackwater_study::sweep::{Design, Words};
/// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20,30".into()], ..Words::default() })?;
/// let block = design.block(1, 2)?;
/// assert_eq!(block.values(2), [Value::Number(30.0)]);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Debug)]
pub struct Block<'a> {
    design: &'a Design,
    from: u64,
    points: Vec<Vec<Value>>,
}

impl Block<'_> {
    /// Values of a row of the block, in the order of [`Design::keys`].
    pub fn values(&self, row: u64) -> Vec<Value> {
        let design = self.design;
        let mut values = Vec::with_capacity(design.keys.len());
        let point = row.checked_sub(self.from).and_then(|at| self.points.get(at as usize));
        values.extend(point.into_iter().flatten().cloned());
        let inner =
            design.points.as_ref().map_or(1, |points| points.print().rows) * design.sample.map_or(1, |s| s.count);
        let (mut place, at) = (row / inner, row % inner);
        // The last axis runs fastest.
        let start = values.len();
        for (number, axis) in design.axes.iter().enumerate().rev() {
            values.push(match (axis.count(), design.sample) {
                (Some(count), _) => {
                    let value = axis.value(place % count);
                    place /= count;
                    value
                }
                (None, Some(sample)) => axis.quantile(sample.share(at, number)),
                (None, None) => axis.quantile(0.5),
            });
        }
        if let Some(varied) = values.get_mut(start..) {
            varied.reverse();
        }
        values
    }
}

fn sample(typed: &str, seed: u64) -> Result<Sample, InputError> {
    let refuse = || {
        let message = format!("`--sample {typed}` is not METHOD:COUNT");
        let help = "write sobol:1000, latin:1000 or random:1000, with your number of samples";
        InputError::new(Code::AxisWanted, message).help(help)
    };
    let (method, count) = typed.split_once(':').ok_or_else(refuse)?;
    let method: Method = method.trim().parse().map_err(|()| refuse())?;
    let count = count.trim().replace('_', "").parse().ok().filter(|count| *count > 0).ok_or_else(refuse)?;
    Ok(Sample { method, count, seed })
}
