//! One value against the row of its key.

use slackwater_core::bounds::{Kind, Row};

use super::code::Code;
use super::error::{Allowed, InputError};
use super::nearest::nearest_word;
use super::place::{Place, typed};
use super::source::Source;
use super::syntax::{Form, Node};
use super::value::Value;
use super::{show, units};

/// Most values in a list.
const LONGEST_LIST: usize = 16;
/// Most characters in a text.
const LONGEST_TEXT: usize = 120;

/// The row, the full key and the text that a value belongs to.
pub(crate) struct Check<'a> {
    pub(crate) row: &'static Row,
    pub(crate) path: &'a str,
    pub(crate) source: &'a Source,
}

pub(crate) type Checked<T> = Result<T, InputError>;

impl Check<'_> {
    /// The value of a node.
    pub(crate) fn value(&self, node: &Node) -> Checked<Value> {
        match (&node.value, self.row.kind) {
            (Form::Null, _) => Err(self.null(node)),
            (Form::Map(_), _) => Err(self.map(node)),
            (Form::List(list), Kind::Numbers) => self.list(node, list, |item| self.number(item)).map(Value::Numbers),
            (Form::List(list), Kind::Choices(words)) => {
                self.list(node, list, |item| self.choice(item, words)).map(Value::Words)
            }
            (_, Kind::Numbers | Kind::Choices(_)) => Err(self.list_wanted(node)),
            (Form::List(list), _) => Err(self.list_given(node, list)),
            (_, Kind::Number | Kind::Integer) => self.number(node).map(Value::Number),
            (_, Kind::Boolean) => self.boolean(node).map(Value::Boolean),
            (_, Kind::Choice(words)) => self.choice(node, words).map(Value::Text),
            (_, Kind::Text) => self.text(node).map(Value::Text),
            (_, Kind::Clock) => self.clock(node).map(Value::Text),
        }
    }

    fn fail(&self, node: &Node, code: Code, message: String) -> InputError {
        let typed = typed(self.source, node);
        InputError::new(code, message).at(Place::of(self.source, node)).key(self.path).value(typed).allowed(self.row)
    }

    /// What was typed, ready for a sentence.
    fn typed(&self, node: &Node) -> String {
        show::typed(typed(self.source, node))
    }

    fn number(&self, node: &Node) -> Checked<f64> {
        let (path, raw) = (self.path, self.typed(node));
        let x = match &node.value {
            Form::Number(x) if x.is_finite() => x + 0.0, // -0 is 0
            Form::Number(_) => return Err(self.not_finite(node)),
            Form::Word(word) if is_not_finite(word) => return Err(self.not_finite(node)),
            Form::Null => return Err(self.null(node)),
            _ => return Err(self.number_wanted(node)),
        };
        if self.row.kind == Kind::Integer && x.fract() != 0.0 {
            let message = format!("`{path}` counts things: {raw} is not a whole number");
            let whole = x.round().clamp(self.row.min, self.row.max);
            return Err(self.fail(node, Code::IntegerWanted, message).help(format!("write {}", show::number(whole))));
        }
        // Written so that a NaN in the table refuses instead of accepting.
        if self.row.min <= x && x <= self.row.max {
            return Ok(x);
        }
        let unit = if self.row.unit.is_empty() { String::new() } else { format!(" ({})", self.row.unit) };
        let (side, bound, help) = if x < self.row.min {
            ("below its smallest", self.row.min, "more")
        } else {
            ("above its largest", self.row.max, "less")
        };
        let message = format!("`{path}` is {raw}, {side} value {}{unit}", show::grouped(bound));
        let help = format!("write {} or {help}", show::number(bound));
        Err(self.fail(node, Code::OutOfRange, message).help(help))
    }

    fn not_finite(&self, node: &Node) -> InputError {
        let message = format!("`{}` must be a finite number, not {}", self.path, self.typed(node));
        self.fail(node, Code::NotFinite, message).help("write a number, or remove the key to get its default")
    }

    fn number_wanted(&self, node: &Node) -> InputError {
        let (path, raw) = (self.path, self.typed(node));
        let Form::Word(word) = &node.value else {
            let message = format!("`{path}` takes a number, not {}", kind_of(&node.value));
            return self.fail(node, Code::NumberWanted, message).help("write a number");
        };
        if typed(self.source, node).contains('\n') {
            let message = format!("the value of `{path}` goes on over more than one line");
            let help = "a line indented further than its key continues the value: move it to the left";
            return self.fail(node, Code::OverIndented, message).help(help);
        }
        if units::has_unit(word) {
            let message = format!("`{path}` takes a plain number, not `{raw}`");
            let x = units::convert(self.row, word).filter(|x| self.row.min <= *x && *x <= self.row.max);
            let write = x.map_or("write the number alone".to_owned(), |x| format!("write {}", show::number(x)));
            let help =
                if units::is_plain(self.row) { write } else { format!("{path} is in {}: {write}", self.row.unit) };
            return self.fail(node, Code::UnitTyped, message).help(help);
        }
        let quoted = word.trim().parse::<f64>().is_ok_and(f64::is_finite);
        let help = if quoted { format!("write {} without quotes", word.trim()) } else { "write a number".to_owned() };
        let message = format!("`{path}` takes a number, not the text `{}`", show::typed(word));
        self.fail(node, Code::NumberWanted, message).help(help)
    }

    fn boolean(&self, node: &Node) -> Checked<bool> {
        // The parser leaves `yes` and `off` as text; Kubernetes reads them as truth values.
        let bare = typed(self.source, node).to_ascii_lowercase();
        match (&node.value, bare.as_str()) {
            (Form::Boolean(x), _) => Ok(*x),
            (Form::Word(_), "yes" | "on") => Ok(true),
            (Form::Word(_), "no" | "off") => Ok(false),
            _ => {
                let message =
                    format!("`{}` is a switch, and `{}` is neither true nor false", self.path, self.typed(node));
                Err(self.fail(node, Code::BooleanWanted, message).help("write true or false"))
            }
        }
    }

    fn choice(&self, node: &Node, words: &'static [&'static str]) -> Checked<String> {
        // A word such as `true` or `404` reaches us as another type; what counts is how it was written.
        let raw = typed(self.source, node);
        let word = if let Form::Word(word) = &node.value { word.as_str() } else { raw };
        if words.contains(&word) {
            return Ok(word.to_owned());
        }
        // Of numbers, such as versions, the one with the most equal digits is no better a guess than another.
        let near = nearest_word(words.iter().copied(), word).filter(|_| word.contains(char::is_alphabetic));
        let message = format!("`{}` does not know the word `{}`", self.path, show::typed(word));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        Err(self.fail(node, Code::UnknownWord, message).nearest(near).help(help))
    }

    fn text(&self, node: &Node) -> Checked<String> {
        let Form::Word(word) = &node.value else {
            let raw = self.typed(node);
            let message = format!("`{}` takes text, and YAML reads `{raw}` as {}", self.path, kind_of(&node.value));
            return Err(self.fail(node, Code::TextWanted, message).help(format!("put it in quotes: \"{raw}\"")));
        };
        let length = word.chars().count();
        if length > LONGEST_TEXT || word.chars().any(|c| c.is_control() || c == '\u{feff}') {
            let message =
                format!("`{}` takes one line of at most {LONGEST_TEXT} characters; this has {length}", self.path);
            let help = "shorten the text, and remove line breaks and control characters";
            return Err(self.fail(node, Code::TextTooLong, message).help(help));
        }
        Ok(word.clone())
    }

    fn clock(&self, node: &Node) -> Checked<String> {
        match &node.value {
            Form::Word(word) if is_clock(word) => Ok(word.clone()),
            _ => {
                let message = format!("`{}` takes a time of day, not `{}`", self.path, self.typed(node));
                Err(self.fail(node, Code::ClockWanted, message).help("write it as \"15:40\" or \"15:40:00\""))
            }
        }
    }

    fn list<T>(&self, node: &Node, list: &[Node], one: impl Fn(&Node) -> Checked<T>) -> Checked<Vec<T>> {
        if let Some(over) = list.get(LONGEST_LIST) {
            let count = list.len();
            let message = format!("`{}` holds at most {LONGEST_LIST} values, and {count} are given", self.path);
            let error = self.fail(node, Code::ListTooLong, message).value(&count.to_string());
            let help = format!("remove {} of them", count - LONGEST_LIST);
            return Err(error.at(Place::of(self.source, over)).help(help));
        }
        list.iter().map(one).collect()
    }

    fn list_wanted(&self, node: &Node) -> InputError {
        let raw = self.typed(node);
        let message = format!("`{}` takes a list, and one value is given", self.path);
        self.fail(node, Code::ListWanted, message).help(format!("write [{raw}]"))
    }

    fn list_given(&self, node: &Node, list: &[Node]) -> InputError {
        let message = format!("`{}` takes one value, and a list of {} is given", self.path, list.len());
        let help = match list {
            [one] if !matches!(one.value, Form::List(_) | Form::Map(_)) => {
                format!("write {} without brackets or dash", self.typed(one))
            }
            _ => format!("write {}", Allowed::by(self.row)),
        };
        self.fail(node, Code::ListGiven, message).value("a list").help(help)
    }

    fn null(&self, node: &Node) -> InputError {
        let message = format!("`{}` has no value", self.path);
        self.fail(node, Code::NoValue, message).help("write a value, or remove the key to get its default")
    }

    fn map(&self, node: &Node) -> InputError {
        let message = format!("`{}` takes a value, and keys are given under it", self.path);
        self.fail(node, Code::KeyGivenMap, message).value("a section").help("write one value in its place")
    }
}

fn kind_of(form: &Form) -> &'static str {
    match form {
        Form::Null => "nothing",
        Form::Boolean(_) => "a truth value",
        Form::Number(_) => "a number",
        Form::Word(_) => "text",
        Form::List(_) => "a list",
        Form::Map(_) => "a section",
    }
}

/// The spellings of NaN and infinity that YAML leaves as text.
fn is_not_finite(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-', '.']);
    ["nan", "inf", "infinity"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn is_clock(word: &str) -> bool {
    let two = |part: &str, below: u8| {
        part.len() == 2 && !part.starts_with('+') && part.parse::<u8>().is_ok_and(|n| n < below)
    };
    match *word.split(':').collect::<Vec<_>>().as_slice() {
        [hours, minutes] => two(hours, 24) && two(minutes, 60),
        [hours, minutes, seconds] => two(hours, 24) && two(minutes, 60) && two(seconds, 60),
        _ => false,
    }
}
