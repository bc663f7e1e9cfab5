//! What the YAML parser refused, in words that say what to do.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, Location};

use super::code::Code;
use super::error::InputError;
use super::place::Place;
use super::show;
use super::source::Source;
use super::syntax::{MAX_DEPTH, MAX_NODES};

pub(crate) fn broken(source: &Source, error: &Error) -> InputError {
    let place = error.location().map_or_else(|| Place::whole(source), |at: Location| Place::at(source, at));
    let cause = match error.without_snippet() {
        Error::AliasError { error, .. } => error,
        cause => cause,
    };
    let (code, message, help) = match cause {
        Error::MultipleDocuments { .. } => {
            let message = "there is more than one YAML document".to_owned();
            (Code::SeveralDocuments, message, "remove the second document, or put it in a file of its own")
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            (Code::TooComplex, format!("nested deeper than {MAX_DEPTH} levels"), "write it with fewer levels")
        }
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::RecursiveReferencesRequireWeakTypes { .. } => {
            let message = format!("more than {MAX_NODES} values, with aliases written out");
            (Code::TooComplex, message, "write the values without aliases; a scenario has a few hundred at most")
        }
        Error::UnknownAnchor { .. } => {
            let message = "`*` stands for an anchor, and there is none of this name".to_owned();
            (Code::BrokenYaml, message, "put the text in quotes if the `*` belongs to it")
        }
        Error::NullIntoString { .. } => {
            (Code::BrokenYaml, "a key is empty".to_owned(), "write the name of the key before the colon")
        }
        _ => return syntax(source, cause, place),
    };
    InputError::new(code, message).at(place).help(help)
}

fn syntax(source: &Source, error: &Error, place: Place) -> InputError {
    let lines: Vec<&str> = source.text.lines().take(place.line).collect();
    let Some((this, before)) = lines.split_last() else {
        return plain(error, place);
    };
    if !source.argument && indent(this).contains('\t') {
        let help = "indent with spaces: replace each tab by two";
        return InputError::new(Code::TabIndent, format!("line {} is indented with a tab", place.line))
            .at(place)
            .help(help);
    }
    let above = before.iter().enumerate().rev().find(|(_, line)| !is_blank(line));
    match above {
        Some((at, above)) if indent(this).len() > indent(above).len() && is_finished(above) => {
            let message = format!("line {} is indented further than the finished value on line {}", place.line, at + 1);
            let help = "give the keys of one section the same indentation";
            InputError::new(Code::OverIndented, message).at(Place::line(source, place.line)).help(help)
        }
        _ => plain(error, place),
    }
}

fn plain(error: &Error, place: Place) -> InputError {
    let help = "look at this place and the line before it: a colon, quote, bracket or space may be missing";
    InputError::new(Code::BrokenYaml, format!("this is not valid YAML: {}", words(error))).at(place).help(help)
}

/// The message of the parser, without the place, which is shown otherwise.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    show::typed(first.split(" at line ").next().unwrap_or_default())
}

fn indent(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

fn is_blank(line: &str) -> bool {
    let text = line.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Whether the line is a key with its value.
fn is_finished(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(_, value)| !is_blank(value))
}
