//! Typed access to one section of a manifest.

use super::keys::KEYS;
use crate::scenario::{Check, Code, Form, InputError, Key, Node, Place, Source, Value, nearest_word};
use slackwater_core::bounds::Row;
use std::cell::RefCell;

/// One map of the manifest.
pub(super) struct Fields<'a> {
    source: &'a Source,
    /// What the map is, as messages name it: `runs[3].api_server`.
    path: String,
    /// Which rows of the table its keys have.
    section: &'static str,
    place: Place,
    entries: &'a [(Key, Node)],
    read: RefCell<Vec<String>>,
}

impl<'a> Fields<'a> {
    /// The map of a node; `path` names it in messages.
    pub(super) fn of(
        source: &'a Source,
        node: &'a Node,
        path: String,
        section: &'static str,
    ) -> Result<Self, InputError> {
        let place = Place::of(source, node);
        let Form::Map(entries) = &node.value else {
            let message = format!("`{path}` must be a map of keys");
            let error = InputError::new(Code::NotAMap, message).key(&path).at(place);
            return Err(error.help("indent its keys under it, each as `key: value`"));
        };
        let read = RefCell::new(Vec::new());
        let fields = Self { source, path, section, place, entries, read };
        for (at, (key, _)) in entries.iter().enumerate() {
            if entries.iter().take(at).any(|(earlier, _)| earlier.value == key.value) {
                let message = format!("`{}` is given twice", fields.full(&key.value));
                let error = InputError::new(Code::DuplicateKey, message).key(&fields.full(&key.value));
                return Err(error.at(Place::of(source, key)).help("remove one of the two"));
            }
        }
        Ok(fields)
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The node of a key.
    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.read.borrow_mut().push(key.to_owned());
        self.entries.iter().find(|(known, _)| known.value == key).map(|(_, node)| node)
    }

    /// Whether a key is there with something behind it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.node(key).is_some_and(|node| node.value != Form::Null)
    }

    fn row(&self, key: &str) -> Option<&'static Row> {
        KEYS.iter().find(|row| row.key.split_once('.') == Some((self.section, key)))
    }

    fn value(&self, key: &str) -> Result<Option<Value>, InputError> {
        let (Some(node), Some(row)) = (self.node(key), self.row(key)) else { return Ok(None) };
        Check { row, path: &self.full(key), source: self.source }.value(node).map(Some)
    }

    /// A key that must be there and is not.
    pub(super) fn missing(&self, key: &str) -> InputError {
        let full = self.full(key);
        let near = nearest_word(self.entries.iter().map(|(known, _)| known.value.as_str()), key);
        let what = self.row(key).map_or("", |row| row.meaning);
        let help = match near {
            Some(near) => format!("there is `{near}`: is `{key}` meant? {what}"),
            None => format!("add `{key}`: {what}"),
        };
        let error = InputError::new(Code::KeyMissing, format!("`{full}` is missing")).key(&full).at(self.place.clone());
        let error = match self.row(key) {
            Some(row) => error.allowed(row),
            None => error,
        };
        error.nearest(near).help(help.trim().to_owned())
    }

    /// A contradiction, blamed on a key.
    pub(super) fn blame(&self, key: &str, message: &str, help: &str) -> InputError {
        let place = self.node(key).map_or_else(|| self.place.clone(), |node| Place::of(self.source, node));
        InputError::new(Code::Contradiction, message).key(&self.full(key)).at(place).help(help)
    }

    /// A number, if there.
    pub(super) fn maybe_number(&self, key: &str) -> Result<Option<f64>, InputError> {
        Ok(match self.value(key)? {
            Some(Value::Number(x)) => Some(x),
            _ => None,
        })
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<f64, InputError> {
        self.maybe_number(key)?.ok_or_else(|| self.missing(key))
    }

    /// A list of numbers.
    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f64>, InputError> {
        match self.value(key)? {
            Some(Value::Numbers(list)) if !list.is_empty() => Ok(list),
            _ => Err(self.missing(key)),
        }
    }

    /// Text or a word of a choice, if there.
    pub(super) fn maybe_text(&self, key: &str) -> Result<Option<String>, InputError> {
        Ok(match self.value(key)? {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        })
    }

    /// Text or a word of a choice.
    pub(super) fn text(&self, key: &str) -> Result<String, InputError> {
        self.maybe_text(key)?.ok_or_else(|| self.missing(key))
    }

    /// True or false; `default` if it is not there.
    pub(super) fn flag(&self, key: &str, default: bool) -> Result<bool, InputError> {
        Ok(match self.value(key)? {
            Some(Value::Boolean(x)) => x,
            _ => default,
        })
    }

    /// A section.
    pub(super) fn section(&self, key: &str, section: &'static str) -> Result<Fields<'a>, InputError> {
        let node = self.node(key).ok_or_else(|| self.missing(key))?;
        Fields::of(self.source, node, self.full(key), section)
    }

    /// A list of sections; empty if the key is not there.
    pub(super) fn sections(&self, key: &str, section: &'static str) -> Result<Vec<Fields<'a>>, InputError> {
        let Some(node) = self.node(key) else { return Ok(Vec::new()) };
        let Form::List(items) = &node.value else {
            let message = format!("`{}` must be a list", self.full(key));
            let error = InputError::new(Code::ListWanted, message).key(&self.full(key));
            return Err(error.at(Place::of(self.source, node)).help("write each entry with a dash before it"));
        };
        let path = |at: usize| format!("{}[{at}]", self.full(key));
        items.iter().enumerate().map(|(at, item)| Fields::of(self.source, item, path(at), section)).collect()
    }

    /// The pairs of a map from numbers to file names.
    pub(super) fn files(&self, key: &str) -> Result<Vec<(f64, String)>, InputError> {
        let node = self.node(key).ok_or_else(|| self.missing(key))?;
        let map = Fields::of(self.source, node, self.full(key), "file")?;
        let mut files = Vec::new();
        for (rate, file) in map.entries {
            let Ok(number) = rate.value.parse::<f64>() else {
                let message = format!("`{}` must be a rate in requests a second", rate.value);
                let error = InputError::new(Code::NumberWanted, message).key(&map.full(&rate.value));
                return Err(error.at(Place::of(self.source, rate)).help("write each entry as RATE: FILE"));
            };
            if !number.is_finite() || number < 0.0 {
                let message = format!("the rate `{}` must be 0 or more", rate.value);
                let error = InputError::new(Code::OutOfRange, message).key(&map.full(&rate.value));
                return Err(error.at(Place::of(self.source, rate)).help("write a rate in requests a second"));
            }
            let Form::Word(name) = &file.value else {
                let message = format!("`{}` must be the name of a file", map.full(&rate.value));
                let error = InputError::new(Code::TextWanted, message).key(&map.full(&rate.value));
                return Err(error.at(Place::of(self.source, file)).help("write each entry as RATE: FILE"));
            };
            files.push((number, name.clone()));
        }
        Ok(files)
    }

    /// Keys nobody asked for, as messages name them.
    pub(super) fn unread(&self) -> Vec<String> {
        let read = self.read.borrow();
        let unread = self.entries.iter().filter(|(key, _)| !read.contains(&key.value));
        unread.map(|(key, _)| self.full(&key.value)).collect()
    }
}
