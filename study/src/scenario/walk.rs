//! From the tree of a file to checked values by dotted key.

use std::collections::BTreeMap;

use slackwater_core::bounds::Row;

use super::check::Check;
use super::code::Code;
use super::error::InputError;
use super::nearest::{nearest_key, nearest_section};
use super::place::{Place, typed};
use super::source::Source;
use super::syntax::{Form, Key, Node};
use super::table::{self, Found, Rows, split};
use super::value::Value;
use super::{show, units};

/// Errors described in full; the rest is only counted.
const MOST_ERRORS: usize = 100;

/// What a walk found.
pub(super) struct Walk<'a> {
    rows: Rows,
    source: &'a Source,
    seen: BTreeMap<String, Place>,
    pub(super) values: Vec<(String, Value, Place)>,
    pub(super) errors: Vec<InputError>,
    pub(super) more: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(rows: Rows, source: &'a Source) -> Self {
        Self { rows, source, seen: BTreeMap::new(), values: Vec::new(), errors: Vec::new(), more: 0 }
    }

    /// All keys of a section; `parent` is empty at the top.
    pub(super) fn section(&mut self, parent: &str, entries: &[(Key, Node)]) {
        for (key, node) in entries {
            let path = if parent.is_empty() { key.value.clone() } else { format!("{parent}.{}", key.value) };
            let place = Place::of(self.source, key);
            if let Some(first) = self.seen.get(&path) {
                let first = first.clone();
                self.fail(|| duplicate(&path, place, first));
                continue;
            }
            self.seen.insert(path.clone(), place.clone());
            if table::names_under(self.rows, parent) && !table::is_name(&key.value) {
                self.fail(|| bad_name(&path, &key.value, place));
                continue;
            }
            match (table::find(self.rows, &path), &node.value) {
                (Found::Key(row), _) => match name_error(row, &path, &place) {
                    Some(error) => self.fail(|| error),
                    None => self.key(&Check { row, path: &path, source: self.source }, node),
                },
                (Found::Section, Form::Map(entries)) => self.section(&path, entries),
                (Found::Section, form) => {
                    let (rows, source) = (self.rows, self.source);
                    self.fail(|| not_a_section(rows, source, &path, form, node, place));
                }
                (Found::Nothing, form) => {
                    let rows = self.rows;
                    self.fail(|| unknown(rows, &path, form, place));
                }
            }
        }
    }

    fn key(&mut self, check: &Check<'_>, node: &Node) {
        match check.value(node) {
            Ok(value) => self.values.push((check.path.to_owned(), value, Place::of(self.source, node))),
            Err(error) => self.fail(|| error),
        }
    }

    fn fail(&mut self, error: impl FnOnce() -> InputError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error());
        } else {
            self.more += 1;
        }
    }
}

fn duplicate(path: &str, place: Place, first: Place) -> InputError {
    let message = format!("`{}` is given twice, first on line {}", show::typed(path), first.line);
    InputError::new(Code::DuplicateKey, message).key(path).at(place).first(first).help("remove one of the two")
}

/// The first of the user's own names in a whole path that cannot be one.
pub(super) fn name_error(row: &Row, path: &str, place: &Place) -> Option<InputError> {
    let own = row.key.split('.').zip(path.split('.')).filter(|(wanted, _)| *wanted == "*").map(|(_, own)| own);
    own.into_iter().find(|own| !table::is_name(own)).map(|own| bad_name(path, own, place.clone()))
}

fn bad_name(path: &str, name: &str, place: Place) -> InputError {
    let message = format!("`{}` cannot be a name", show::typed(name));
    let help = "use 1 to 63 letters, digits, `-` or `_`";
    InputError::new(Code::BadName, message).key(path).value(name).at(place).help(help)
}

/// A section with a value, a list or nothing behind it.
fn not_a_section(rows: Rows, source: &Source, path: &str, form: &Form, node: &Node, place: Place) -> InputError {
    if *form == Form::Null {
        let message = format!("the section `{path}` is empty");
        let help = "indent its keys by two spaces under it, or remove it";
        return InputError::new(Code::NoValue, message).key(path).at(place).help(help);
    }
    let value = if matches!(form, Form::List(_)) { "a list" } else { typed(source, node) };
    let message = format!("`{path}` is a section, and {} is given for it", describe(value, form));
    // Under a free name a misspelt key of the section above looks like a name.
    let near = nearest_key(rows, path).filter(|near| split(near).0 == split(path).0);
    let help = match &near {
        Some(near) => format!("did you mean `{near}`?"),
        None if matches!(form, Form::List(_)) => "write its keys without dashes".to_owned(),
        None => format!("put keys under it; `slackwater explain {path}` lists them"),
    };
    let error = InputError::new(Code::SectionGivenValue, message).key(path).value(value);
    error.nearest(near.as_deref()).at(place).help(help)
}

fn describe(value: &str, form: &Form) -> String {
    if matches!(form, Form::List(_)) { value.to_owned() } else { format!("the value `{}`", show::typed(value)) }
}

/// No key and no section of this path.
pub(super) fn unknown(rows: Rows, path: &str, form: &Form, place: Place) -> InputError {
    let (section, last) = split(path);
    let shown = show::typed(path);
    let lacks_unit = |row: &&Row| {
        let (parent, name) = split(row.key);
        table::begins(row.key, section)
            && table::segments(parent) == table::segments(section)
            && name.strip_prefix(last).is_some_and(units::is_ending)
    };
    let near = nearest_key(rows, path);
    if let (Some(row), Some(full)) = (rows.iter().find(lacks_unit), &near) {
        // `cluster.node` is a slip for `nodes`, not `node_bytes` without its unit.
        if split(full).1 == split(row.key).1 {
            let message = format!("`{shown}` lacks its unit: the key is `{full}`");
            let help = format!("write `{}`, in {}", split(row.key).1, row.unit);
            let error = InputError::new(Code::UnitMissing, message).key(path).allowed(row).nearest(Some(full));
            return error.at(place).help(help);
        }
    }
    let is_section = matches!(table::find(rows, section), Found::Section);
    let holds_keys = matches!(form, Form::Map(_) | Form::Null);
    let near = if holds_keys { nearest_section(rows, path).or(near) } else { near };
    let top = section.is_empty() && holds_keys;
    let (code, what) = if top { (Code::UnknownSection, "section") } else { (Code::UnknownKey, "key") };
    let help = match &near {
        Some(near) => format!("did you mean `{near}`?"),
        None if !is_section || section.is_empty() => format!("sections are {}", sections(rows).join(", ")),
        None => format!("`slackwater explain {section}` lists the keys of this section"),
    };
    let message = format!("unknown {what} `{shown}`");
    InputError::new(code, message).key(path).nearest(near.as_deref()).at(place).help(help)
}

/// Top-level sections, in the order of the table.
pub(super) fn sections(rows: Rows) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().filter_map(|row| row.key.split_once('.')) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
