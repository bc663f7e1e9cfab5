//! What was typed, by dotted key.

use std::collections::BTreeMap;
use std::ops::Range;

use slackwater_core::bounds::Row;

use super::broken::broken;
use super::check::Check;
use super::code::Code;
use super::error::InputError;
use super::origin::Origin;
use super::place::Place;
use super::show;
use super::source::Source;
use super::syntax::{self, Form, Node};
use super::table::{self, Rows};
use super::value::Value;
use super::walk::{self, Walk};
use super::write;

/// The values of a scenario file and of the `--set` arguments after it, each checked and with its origin.
///
/// ```
/// # use slackwater_core::bounds::{Default, Kind, Row};
/// # static ROWS: [Row; 1] = [Row { key: "cluster.nodes", kind: Kind::Integer, unit: "nodes", min: 1.0, max: 1e6,
/// #     default: Default::Number(5000.0), meaning: "Nodes.", source: "" }];
/// use slackwater_study::scenario::{ScenarioFile, Source};
/// let mut file = ScenarioFile::parse(&Source::new("my.yaml", "cluster:\n  nodes: 750\n"), &ROWS)?;
/// assert_eq!(file.number("cluster.nodes"), Some(750.0));
/// file.set("cluster.nodes=800")?;
/// assert_eq!(file.to_yaml(), "cluster:\n  nodes: 800\n");
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFile {
    rows: Rows,
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    value: Value,
    origin: Origin,
    place: Place,
}

impl ScenarioFile {
    /// A file in which nothing was typed: all defaults.
    pub fn empty(rows: Rows) -> Self {
        Self { rows, entries: BTreeMap::new() }
    }

    /// Reads a file against a table of keys.
    ///
    /// # Errors
    /// The first error in the order of the file, with the number of further ones.
    pub fn parse(source: &Source, rows: Rows) -> Result<Self, InputError> {
        Self::read(source, rows).map_err(|(errors, more)| {
            let further = errors.len().saturating_sub(1) + more;
            let first = errors.into_iter().next();
            first.unwrap_or_else(|| nothing(source)).more(further)
        })
    }

    /// Like [`ScenarioFile::parse`], but gives the first hundred errors.
    ///
    /// # Errors
    /// Every error in the order of the file; a file that is not YAML gives one.
    pub fn parse_all(source: &Source, rows: Rows) -> Result<Self, Vec<InputError>> {
        Self::read(source, rows).map_err(|(errors, _)| errors)
    }

    fn read(source: &Source, rows: Rows) -> Result<Self, (Vec<InputError>, usize)> {
        let root = syntax::read(source.text()).map_err(|error| (vec![broken(source, &error)], 0))?;
        let Form::Map(sections) = &root.value else {
            return Err((vec![not_a_map(source, &root)], 0));
        };
        let mut walk = Walk::new(rows, source);
        walk.section("", sections);
        if !walk.errors.is_empty() {
            return Err((walk.errors, walk.more));
        }
        let mut file = Self::empty(rows);
        for (key, value, place) in walk.values {
            let origin = Origin::File { file: source.name.to_string(), line: place.line, column: place.column };
            file.entries.insert(key, Entry { value, origin, place });
        }
        Ok(file)
    }

    /// Sets one key from `KEY=VALUE`; the value is YAML on one line, such as `5`, `cluster` or `[1, 0.5]`.
    ///
    /// # Errors
    /// The same as in a file, with the argument in place of a line; the file is then unchanged.
    pub fn set(&mut self, argument: &str) -> Result<(), InputError> {
        let (path, row) = self.key_in("--set", argument)?;
        let source = Source::argument("--set", argument);
        let node = node_in(&source, path.len_before..argument.len()).map_err(|error| error.key(path.text))?;
        let value = Check { row, path: path.text, source: &source }.value(&node)?;
        let origin = Origin::Set { argument: argument.into() };
        self.entries.insert(path.text.to_owned(), Entry { value, origin, place: Place::of(&source, &node) });
        Ok(())
    }

    /// The key of `KEY=...` given to an option such as `--vary`, with its row, and where what follows `=` begins.
    ///
    /// # Errors
    /// No `=`, no key before it, or a key that does not exist: then with the nearest one.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let (key, row, rest) = ScenarioFile::empty(TABLE).key_of("--vary", "cluster.nodes=10..99:5")?;
    /// assert_eq!((key, row.max, rest), ("cluster.nodes", 1e6, 14));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn key_of<'a>(&self, flag: &str, argument: &'a str) -> Result<(&'a str, &'static Row, usize), InputError> {
        self.key_in(flag, argument).map(|(path, row)| (path.text, row, path.len_before))
    }

    /// The value at `span` of an argument `KEY=...`, checked as in a file but not set.
    ///
    /// # Errors
    /// As [`ScenarioFile::set`].
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::scenario::{ScenarioFile, Value};
    /// let value = ScenarioFile::empty(TABLE).value_of("--vary", "cluster.nodes=10,20", 17..19)?;
    /// assert_eq!(value, Value::Number(20.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn value_of(&self, flag: &str, argument: &str, span: Range<usize>) -> Result<Value, InputError> {
        let (path, row) = self.key_in(flag, argument)?;
        let source = Source::argument(flag, argument);
        let node = node_in(&source, span).map_err(|error| error.key(path.text))?;
        Check { row, path: path.text, source: &source }.value(&node)
    }

    fn key_in<'a>(&self, flag: &str, argument: &'a str) -> Result<(Path<'a>, &'static Row), InputError> {
        let source = Source::argument(flag, argument);
        let refuse = |what: &str| {
            let message = format!("`{flag} {}` {what}", show::typed(argument));
            let help = match flag {
                "--set" => "write --set KEY=VALUE, for example --set cluster.nodes=5000".to_owned(),
                _ => format!("write {flag} KEY=VALUES, for example {flag} cluster.nodes=100..5000:50"),
            };
            InputError::new(Code::SetWithoutEquals, message).at(Place::whole(&source)).help(help)
        };
        let (key, _) = argument.split_once('=').ok_or_else(|| refuse("has no `=`"))?;
        let path = key.trim();
        if path.is_empty() {
            return Err(refuse("names no key"));
        }
        let mut key_place = Place::whole(&source);
        key_place.span.end = key.len();
        Ok((Path { text: path, len_before: key.len() + 1 }, self.row(path, key_place)?))
    }

    /// Puts a value in that was checked before, over whatever was typed; where it was typed stays.
    pub(crate) fn replace(&mut self, key: &str, value: &Value) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.value.clone_from(value);
            return;
        }
        let argument = format!("{key}={value}");
        let place = Place::whole(&Source::argument("--set", &argument));
        let origin = Origin::Set { argument: argument.as_str().into() };
        self.entries.insert(key.to_owned(), Entry { value: value.clone(), origin, place });
    }

    fn row(&self, path: &str, place: Place) -> Result<&'static Row, InputError> {
        match table::find(self.rows, path) {
            table::Found::Key(row) => match walk::name_error(row, path, &place) {
                Some(error) => Err(error),
                None => Ok(row),
            },
            table::Found::Section => {
                let message = format!("`{}` is a section, and takes no value", show::typed(path));
                let help = format!("name one of its keys; `slackwater explain {}` lists them", show::typed(path));
                Err(InputError::new(Code::SectionGivenValue, message).key(path).at(place).help(help))
            }
            table::Found::Nothing => Err(walk::unknown(self.rows, path, &Form::Boolean(true), place)),
        }
    }

    /// Puts a value in from a program, with the same checks as [`ScenarioFile::set`].
    ///
    /// # Errors
    /// The same as for the argument `KEY=VALUE`.
    pub fn put(&mut self, key: &str, value: &Value, origin: Origin) -> Result<(), InputError> {
        self.set(&format!("{key}={value}"))?;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.origin = origin;
        }
        Ok(())
    }

    /// This file with the values of another laid over it: a case is a base and its variant.
    #[must_use]
    pub fn overlay(mut self, top: &Self) -> Self {
        self.entries.extend(top.entries.iter().map(|(key, entry)| (key.clone(), entry.clone())));
        self
    }

    /// The same values without those of a section.
    #[must_use]
    pub fn without(mut self, section: &str) -> Self {
        self.entries.retain(|key, _| key.split('.').next() != Some(section));
        self
    }

    /// The same values, said to come from a built-in case.
    #[must_use]
    pub fn of_case(mut self, name: &str) -> Self {
        for entry in self.entries.values_mut() {
            entry.origin = Origin::Case(name.into());
        }
        self
    }

    /// Every value typed, in the order of the keys.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Value, &Origin)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), &entry.value, &entry.origin))
    }

    /// The value of a key, if it was typed.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Where the value of a key came from.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.entries.get(key).map(|entry| &entry.origin)
    }

    /// The number of a key.
    pub fn number(&self, key: &str) -> Option<f64> {
        if let Value::Number(x) = self.value(key)? { Some(*x) } else { None }
    }

    /// The truth value of a key.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        if let Value::Boolean(x) = self.value(key)? { Some(*x) } else { None }
    }

    /// The word, text or time of day of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        if let Value::Text(x) = self.value(key)? { Some(x) } else { None }
    }

    /// The list of numbers of a key.
    pub fn numbers(&self, key: &str) -> Option<&[f64]> {
        if let Value::Numbers(x) = self.value(key)? { Some(x) } else { None }
    }

    /// The list of words of a key.
    pub fn words(&self, key: &str) -> Option<&[String]> {
        if let Value::Words(x) = self.value(key)? { Some(x) } else { None }
    }

    /// The names the user chose for the `*` that ends `pattern`, for example `traffic.*`, in alphabetical order.
    pub fn names(&self, pattern: &str) -> Vec<&str> {
        let depth = table::segments(pattern);
        let Some(at) = depth.checked_sub(1) else {
            return Vec::new();
        };
        let under = |key: &&String| table::segments(key) >= depth && table::fits(pattern, key);
        let mut names: Vec<&str> = Vec::new();
        // What comes before the first free name is the same in all of them.
        let fixed = pattern.split('*').next().unwrap_or_default();
        let near = self.entries.range(fixed.to_owned()..).map(|(key, _)| key).take_while(|key| key.starts_with(fixed));
        for key in near.filter(under) {
            let named = table::row(self.rows, key).is_some_and(|row| row.key.split('.').nth(at) == Some("*"));
            let name = key.split('.').nth(at).filter(|name| named && !names.contains(name));
            names.extend(name);
        }
        names
    }

    /// An error about the value of a key, shown where the value was typed: for checks over several keys.
    #[must_use]
    pub fn blame(&self, key: &str, message: &str, help: &str) -> InputError {
        let error = InputError::new(Code::Contradiction, message).key(key).help(help);
        match self.entries.get(key) {
            Some(entry) => error.value(&entry.value.to_string()).at(entry.place.clone()),
            None => error,
        }
    }

    /// A file that reads back as the same values.
    pub fn to_yaml(&self) -> String {
        write::yaml(self.entries.iter().map(|(key, entry)| (key.as_str(), &entry.value)))
    }
}

/// A key in an argument, and the bytes up to its value.
struct Path<'a> {
    text: &'a str,
    len_before: usize,
}

/// The value at `span` of an argument. Blanks in place of all before it keep every column where it stands.
fn node_in(source: &Source, span: Range<usize>) -> Result<Node, InputError> {
    let blanks = " ".repeat(span.start) + source.text().get(span).unwrap_or_default();
    syntax::read(&blanks).map_err(|error| broken(source, &error))
}

fn nothing(source: &Source) -> InputError {
    let help = "write at least one key, or `{}` for a scenario of defaults only";
    InputError::new(Code::Empty, format!("`{}` holds nothing", source.name())).at(Place::line(source, 1)).help(help)
}

fn not_a_map(source: &Source, root: &Node) -> InputError {
    let what = match &root.value {
        Form::Null => return nothing(source),
        Form::List(_) => "a list",
        _ => "a single value",
    };
    let message = format!("a scenario is sections with keys under them, and this is {what}");
    let joined = matches!(&root.value, Form::Word(word) if word.contains(':'));
    let help = if joined { "put a space after the colon" } else { "begin with a section, for example `cluster:`" };
    InputError::new(Code::NotAMap, message).at(Place::of(source, root)).help(help)
}
