//! One key that varies: in steps, over a list, or by a distribution.

use std::ops::Range;

use slackwater_core::bounds::{Kind, Row};

use super::distribution::{Distribution, between_logarithms};
use crate::scenario::{Code, InputError, ScenarioFile, Value};

/// The option under which axes are typed.
const FLAG: &str = "--vary";
/// Significant digits kept of a computed value, so that 0.1 + 0.2 is 0.3.
const DIGITS: usize = 12;

/// A key and the values it takes.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::scenario::{ScenarioFile, Value};
/// use slackwater_study::sweep::Axis;
/// let axis = Axis::parse(&ScenarioFile::empty(TABLE), "cluster.nodes=100..1000:4")?;
/// assert_eq!((axis.key(), axis.count()), ("cluster.nodes", Some(4)));
/// assert_eq!(axis.value(1), Value::Number(400.0));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    key: String,
    row: &'static Row,
    typed: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Steps { from: f64, to: f64, count: u64, log: bool },
    List(Vec<Value>),
    Spread(Distribution),
}

impl Axis {
    /// Reads `KEY=a..b:n`, `KEY=a..b:n:log`, `KEY=a,b,c`, or, for samples, `KEY=a..b`, `KEY=a..b:log`,
    /// `KEY=normal(mean,deviation)`, `KEY=lognormal(median,factor)` and `KEY=triangular(low,mode,high)`.
    ///
    /// # Errors
    /// A key that does not exist, a value it does not take, or a form that is none of these.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::scenario::ScenarioFile;
    /// use slackwater_study::sweep::Axis;
    /// let file = ScenarioFile::empty(TABLE);
    /// assert_eq!(Axis::parse(&file, "agent.selector=cluster,node")?.count(), Some(2));
    /// assert!(Axis::parse(&file, "agent.period_s=10..0:5").is_err()); // below its smallest value
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn parse(file: &ScenarioFile, argument: &str) -> Result<Self, InputError> {
        let (key, row, start) = file.key_of(FLAG, argument)?;
        let typed = Typed { file, argument, key, row };
        let rest = argument.get(start..).unwrap_or_default();
        let values = if let Some(values) = typed.distribution(start)? {
            values
        } else if let Some((from, to)) = rest.split_once("..") {
            typed.range(start, from, to)?
        } else {
            Values::List(typed.parts(start..argument.len()).map(|part| typed.value(part)).collect::<Result<_, _>>()?)
        };
        Ok(Self { key: key.to_owned(), row, typed: argument.trim().to_owned(), values })
    }

    /// Dotted key.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::{scenario::ScenarioFile, sweep::Axis};
    /// let axis = Axis::parse(&ScenarioFile::empty(TABLE), "agent.period_s=10,60")?;
    /// assert_eq!(axis.key(), "agent.period_s");
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The argument as typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Values of the axis; none if it is to be sampled.
    pub fn count(&self) -> Option<u64> {
        match &self.values {
            Values::Steps { count, .. } => Some(*count),
            Values::List(list) => Some(list.len() as u64),
            Values::Spread(_) => None,
        }
    }

    /// Value number `at` from 0, rounded to 12 digits; the last one beyond the end. The middle of what is sampled.
    pub fn value(&self, at: u64) -> Value {
        match &self.values {
            Values::Steps { from, to, count, log } => {
                let last = count.saturating_sub(1);
                if at >= last && *count > 1 {
                    return self.number(*to);
                }
                let t = at as f64 / last.max(1) as f64;
                self.number(if *log { between_logarithms(*from, *to, t) } else { from + (to - from) * t })
            }
            Values::List(list) => list.get(at as usize).or(list.last()).cloned().unwrap_or(Value::Numbers(Vec::new())),
            Values::Spread(_) => self.quantile(0.5),
        }
    }

    /// Value below which a share `u` of the probability lies; what lies outside the range of the key is cut to it.
    ///
    /// ```
    /// # use slackwater_core::bounds::TABLE;
    /// # use slackwater_study::{scenario::{ScenarioFile, Value}, sweep::Axis};
    /// let axis = Axis::parse(&ScenarioFile::empty(TABLE), "agent.period_s=normal(60,10)")?;
    /// assert_eq!(axis.quantile(0.5), Value::Number(60.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn quantile(&self, u: f64) -> Value {
        match &self.values {
            Values::Spread(distribution) => self.number(distribution.quantile(u)),
            Values::List(list) => self.value((u * list.len() as f64) as u64),
            Values::Steps { count, .. } => self.value((u * *count as f64) as u64),
        }
    }

    fn number(&self, x: f64) -> Value {
        let x = if self.row.kind == Kind::Integer { x.round() } else { rounded(x) };
        Value::Number(x.clamp(self.row.min, self.row.max) + 0.0)
    }
}

/// A number with the digits people and files need.
fn rounded(x: f64) -> f64 {
    // What is short already stays as it is, and most steps are.
    if x == (x * 1e6).round() / 1e6 { x } else { format!("{x:.*e}", DIGITS - 1).parse().unwrap_or(x) }
}

/// An argument while it is read.
struct Typed<'a> {
    file: &'a ScenarioFile,
    argument: &'a str,
    key: &'a str,
    row: &'static Row,
}

impl Typed<'_> {
    fn refuse(&self, message: &str, help: impl Into<String>) -> InputError {
        let what = format!("`{FLAG} {}`: {message}", self.argument);
        InputError::new(Code::AxisWanted, what).key(self.key).help(help)
    }

    fn value(&self, span: Range<usize>) -> Result<Value, InputError> {
        // Lists can be long, and most of what stands in them is a number in its range.
        let typed = self.argument.get(span.clone()).unwrap_or_default().trim();
        let whole = self.row.kind == Kind::Integer;
        if (whole || self.row.kind == Kind::Number)
            && let Ok(x) = typed.parse::<f64>()
            && self.row.min <= x
            && x <= self.row.max
            && (!whole || x.fract() == 0.0)
        {
            return Ok(Value::Number(x + 0.0));
        }
        self.file.value_of(FLAG, self.argument, span)
    }

    fn finite(&self, span: Range<usize>) -> Result<f64, InputError> {
        match self.value(span)? {
            Value::Number(x) => Ok(x),
            other => Err(self.words_only(&other)),
        }
    }

    fn words_only(&self, found: &Value) -> InputError {
        let message = format!("{} takes no numbers between two ends (`{found}`)", self.key);
        self.refuse(&message, format!("list its values: {FLAG} {}=FIRST,SECOND", self.key))
    }

    fn numeric(&self) -> Result<(), InputError> {
        if matches!(self.row.kind, Kind::Number | Kind::Integer) {
            return Ok(());
        }
        let help = match self.row.kind {
            Kind::Choice(words) => format!("list its words: {FLAG} {}={}", self.key, words.join(",")),
            Kind::Boolean => format!("list both: {FLAG} {}=true,false", self.key),
            _ => format!("list its values, each in brackets: {FLAG} {}=[0.1,1],[1]", self.key),
        };
        Err(self.refuse(&format!("{} has no range", self.key), help))
    }

    /// Parts between commas that stand in no brackets.
    fn parts(&self, span: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let (mut depth, mut from, mut parts) = (0_i32, span.start, Vec::new());
        for (at, letter) in self.argument.char_indices().filter(|(at, _)| span.contains(at)) {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(from..at);
                    from = at + 1;
                }
                _ => {}
            }
        }
        parts.push(from..span.end);
        parts.into_iter()
    }

    /// `a..b`, with `:n` and `:log` after it in any order.
    fn range(&self, start: usize, from: &str, rest: &str) -> Result<Values, InputError> {
        self.numeric()?;
        let mut parts = rest.split(':');
        let to = parts.next().unwrap_or_default();
        let after = start + from.len() + 2;
        let (low, high) = (self.finite(start..start + from.len())?, self.finite(after..after + to.len())?);
        let (mut count, mut log) = (None, false);
        for part in parts {
            match (part.trim(), part.trim().replace('_', "").parse::<u64>()) {
                ("log", _) => log = true,
                (_, Ok(n)) if n > 0 && count.is_none() => count = Some(n),
                (other, _) => {
                    let message = format!("`{other}` is neither a number of values nor `log`");
                    return Err(
                        self.refuse(&message, format!("write {}={from}..{to}:50 or {0}={from}..{to}:50:log", self.key))
                    );
                }
            }
        }
        if log && (low <= 0.0 || high <= 0.0) {
            let message = "steps of equal ratio need two ends above 0";
            return Err(self.refuse(message, "begin above 0, or leave out `:log`"));
        }
        if count == Some(1) && low != high {
            return Err(self.refuse("one value does not reach from one end to the other", "write 2 or more"));
        }
        Ok(match count {
            Some(count) => Values::Steps { from: low, to: high, count, log },
            None if log => Values::Spread(Distribution::LogUniform { low: low.min(high), high: low.max(high) }),
            None => Values::Spread(Distribution::Uniform { low: low.min(high), high: low.max(high) }),
        })
    }

    /// `name(a,b)`.
    fn distribution(&self, start: usize) -> Result<Option<Values>, InputError> {
        let rest = self.argument.get(start..).unwrap_or_default().trim_end();
        let Some((name, inner)) = rest.split_once('(') else { return Ok(None) };
        let known = [
            ("uniform", "LOW,HIGH"),
            ("loguniform", "LOW,HIGH"),
            ("normal", "MEAN,DEVIATION"),
            ("lognormal", "MEDIAN,FACTOR"),
            ("triangular", "LOW,MODE,HIGH"),
        ];
        let name = name.trim();
        let Some((_, takes)) = known.iter().find(|(word, _)| *word == name) else {
            let names = known.map(|(word, takes)| format!("{word}({takes})")).join(", ");
            return Err(self.refuse(&format!("no distribution `{name}`"), format!("write one of {names}")));
        };
        self.numeric()?;
        let form = || format!("write {}={name}({takes})", self.key);
        let Some(inner) = inner.strip_suffix(')') else {
            return Err(self.refuse(&format!("{name} is not closed by `)`"), form()));
        };
        let numbers: Vec<f64> = inner.split(',').map_while(|part| part.trim().parse().ok()).collect();
        let wanted = takes.split(',').count();
        if numbers.len() != wanted || inner.split(',').count() != wanted || !numbers.iter().all(|x: &f64| x.is_finite())
        {
            return Err(self.refuse(&format!("{name} takes {wanted} numbers"), form()));
        }
        let spread = match (name, numbers.as_slice()) {
            ("uniform", &[low, high]) if low <= high => Distribution::Uniform { low, high },
            ("loguniform", &[low, high]) if 0.0 < low && low <= high => Distribution::LogUniform { low, high },
            ("normal", &[mean, deviation]) if deviation > 0.0 => Distribution::Normal { mean, deviation },
            ("lognormal", &[median, factor]) if median > 0.0 && factor > 1.0 => {
                Distribution::LogNormal { median, factor }
            }
            ("triangular", &[low, mode, high]) if low <= mode && mode <= high => {
                Distribution::Triangular { low, mode, high }
            }
            _ => {
                let help = "deviations and logarithms are above 0, a factor is above 1, and ends stand in order";
                return Err(self.refuse(&format!("{name}({inner}) is no distribution"), help));
            }
        };
        let middle = spread.quantile(0.5);
        if middle < self.row.min || middle > self.row.max {
            let message = format!("half of {name}({inner}) lies outside the range of {}", self.key);
            return Err(self.refuse(&message, format!("its values are {} to {}", self.row.min, self.row.max)));
        }
        Ok(Some(Values::Spread(spread)))
    }
}
