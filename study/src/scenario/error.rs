//! One refusal of an input, with all that is needed to repair it.

use std::fmt;

use serde::{Serialize, Serializer};
use slackwater_core::bounds::{Kind, Row};

use super::code::Code;
use super::place::Place;
use super::{render, show};

/// Why an input was refused: what stands where, what is allowed, and what to do.
///
/// `Display` is one line, [`InputError::render`] the text for a terminal, and serde gives the fields.
#[derive(Clone, Debug, PartialEq)]
pub struct InputError {
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    details: Details,
    place: Option<Place>,
    first: Option<Place>,
}

/// The fields of an [`InputError`], as its JSON has them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Details {
    /// Stable code.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// File, if it is about one.
    pub file: Option<String>,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// The `--set` argument, if it is about one.
    pub argument: Option<String>,
    /// Full dotted key.
    pub key: Option<String>,
    /// Value as typed.
    pub value: Option<String>,
    /// What the key takes.
    pub allowed: Option<Allowed>,
    /// Nearest known name.
    pub nearest: Option<String>,
    /// What to do.
    pub help: String,
    /// Further errors in the same input.
    pub more: usize,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Allowed {
    /// Form in words, for example `a whole number`.
    pub form: &'static str,
    /// Smallest number, null where numbers do not apply or have no lower end.
    #[serde(serialize_with = "finite")]
    pub min: Option<f64>,
    /// Largest number.
    #[serde(serialize_with = "finite")]
    pub max: Option<f64>,
    /// Unit in words; empty where there is none.
    pub unit: &'static str,
    /// Words of a choice.
    pub words: &'static [&'static str],
}

#[expect(clippy::ref_option, reason = "the signature serde calls")]
fn finite<S: Serializer>(x: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    x.filter(|x| x.is_finite()).serialize(serializer)
}

impl Allowed {
    /// What the row of a key takes.
    ///
    /// ```
    /// # use slackwater_core::bounds::{Default, Kind, Row};
    /// # use slackwater_study::scenario::Allowed;
    /// # let row = Row { key: "cluster.nodes", kind: Kind::Integer, unit: "nodes", min: 1.0, max: 1e6,
    /// #     default: Default::Number(5000.0), meaning: "", source: "" };
    /// assert_eq!(Allowed::by(&row).to_string(), "a whole number from 1 to 1,000,000 nodes");
    /// ```
    pub fn by(row: &Row) -> Self {
        let (form, numeric, words): (_, _, &[&str]) = match row.kind {
            Kind::Number => ("a number", true, &[]),
            Kind::Integer => ("a whole number", true, &[]),
            Kind::Numbers => ("a list of at most 16 numbers, each", true, &[]),
            Kind::Boolean => ("true or false", false, &[]),
            Kind::Choice(words) => ("one of", false, words),
            Kind::Choices(words) => ("a list of at most 16 of", false, words),
            Kind::Text => ("text, one line of at most 120 characters", false, &[]),
            Kind::Clock => ("a time of day, HH:MM or HH:MM:SS", false, &[]),
        };
        Self { form, min: numeric.then_some(row.min), max: numeric.then_some(row.max), unit: row.unit, words }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form)?;
        let (min, max) = (self.min.filter(|x| x.is_finite()), self.max.filter(|x| x.is_finite()));
        match (min, max) {
            (Some(min), Some(max)) => write!(f, " from {} to {}", show::grouped(min), show::grouped(max))?,
            (Some(min), None) => write!(f, " from {} up", show::grouped(min))?,
            (None, Some(max)) => write!(f, " up to {}", show::grouped(max))?,
            (None, None) => {}
        }
        if self.min.is_some() && !self.unit.is_empty() {
            write!(f, " {}", self.unit)?;
        }
        for (at, word) in self.words.iter().enumerate() {
            write!(f, "{} `{word}`", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl InputError {
    /// A refusal with its message; the other fields are added with the methods below.
    ///
    /// ```
    /// use slackwater_study::scenario::{Code, InputError};
    /// let error = InputError::new(Code::Contradiction, "5 waves over 3 clusters").key("rollout.waves").help("write 3");
    /// assert_eq!(error.to_string(), "error[SW035]: 5 waves over 3 clusters (write 3)");
    /// ```
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let details = Details {
            code,
            message: show::safe(&message.into()),
            file: None,
            line: None,
            column: None,
            argument: None,
            key: None,
            value: None,
            allowed: None,
            nearest: None,
            help: String::new(),
            more: 0,
        };
        Self { inner: Box::new(Inner { details, place: None, first: None }) }
    }

    fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.inner.details);
        self
    }

    /// The key it is about.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        let key = show::typed(key);
        self.with(|details| details.key = Some(key))
    }

    /// What to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        let help = show::safe(&help.into());
        self.with(|details| details.help = help)
    }

    pub(crate) fn value(self, typed: &str) -> Self {
        let typed = show::typed(typed);
        self.with(|details| details.value = Some(typed))
    }

    pub(crate) fn allowed(self, row: &Row) -> Self {
        self.with(|details| details.allowed = Some(Allowed::by(row)))
    }

    pub(crate) fn nearest(self, name: Option<&str>) -> Self {
        let name = name.map(show::safe);
        self.with(|details| details.nearest = name)
    }

    pub(super) fn more(self, count: usize) -> Self {
        self.with(|details| details.more = count)
    }

    pub(crate) fn in_file(self, name: &str, line: Option<usize>) -> Self {
        let name = show::safe(name);
        self.with(|details| (details.file, details.line) = (Some(name), line))
    }

    /// Where it stands.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        let details = &mut self.inner.details;
        if place.source.argument {
            details.argument = Some(show::typed(&place.source.text));
        } else {
            details.file = Some(show::safe(&place.source.name));
            (details.line, details.column) = (Some(place.line), Some(place.column));
        }
        self.inner.place = Some(place);
        self
    }

    /// The same refusal with words before its message: where in a larger input it happened.
    ///
    /// ```
    /// use slackwater_study::scenario::{Code, InputError};
    /// let error = InputError::new(Code::Contradiction, "5 waves over 3 clusters").help("write 3").within("line 7");
    /// assert_eq!(error.to_string(), "error[SW035]: line 7: 5 waves over 3 clusters (write 3)");
    /// ```
    #[must_use]
    pub fn within(self, what: &str) -> Self {
        let what = show::safe(what);
        self.with(|details| details.message = format!("{what}: {}", details.message))
    }

    /// Where the same key stood first.
    pub(super) fn first(mut self, place: Place) -> Self {
        self.inner.first = Some(place);
        self
    }

    /// The fields.
    pub fn details(&self) -> &Details {
        &self.inner.details
    }

    /// Stable code.
    pub fn code(&self) -> Code {
        self.inner.details.code
    }

    /// Several lines for a terminal: message, the line of the source with a mark under it, and what to do.
    pub fn render(&self, colour: bool) -> String {
        render::render(self.details(), self.inner.place.as_ref(), self.inner.first.as_ref(), colour)
    }

    /// The fields as one JSON object.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.details();
        if let (Some(file), Some(line), Some(column)) = (&details.file, details.line, details.column) {
            write!(f, "{file}:{line}:{column}: ")?;
        }
        if let Some(argument) = &details.argument {
            let flag = self.inner.place.as_ref().map_or("--set", |place| &*place.source.name);
            write!(f, "{flag} {argument}: ")?;
        }
        write!(f, "error[{}]: {}", details.code, details.message)?;
        if details.help.is_empty() { Ok(()) } else { write!(f, " ({})", details.help) }
    }
}

impl std::error::Error for InputError {}

impl Serialize for InputError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.details().serialize(serializer)
    }
}
