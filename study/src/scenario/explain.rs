//! What a key, a section or an error code means, as text.

use std::fmt::Write as _;

use slackwater_core::bounds::{Default, Row};

use super::code::Code;
use super::error::{Allowed, InputError};
use super::nearest::{nearest_name, nearest_word};
use super::show;
use super::table::{Found, Rows, begins, find};
use super::value::Value;
use super::walk::sections;

/// Explains a key (`cluster.nodes`), a section (`cluster`; empty for all) or an error code (`SW014`).
///
/// ```
/// use slackwater_study::scenario::explain;
/// assert!(explain(&[], "SW014")?.starts_with("SW014: outside the allowed range"));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
///
/// # Errors
/// [`Code::NothingToExplain`] with the nearest name.
pub fn explain(rows: Rows, query: &str) -> Result<String, InputError> {
    let query = query.trim().trim_end_matches('.');
    if let Some(code) = Code::find(query) {
        return Ok(format!("{}: {}\n\n{}\n", code.id(), code.title(), code.meaning()));
    }
    match find(rows, query) {
        Found::Key(row) => Ok(one(row)),
        Found::Section => Ok(section(rows, query)),
        Found::Nothing => Err(miss(rows, query)),
    }
}

fn one(row: &Row) -> String {
    let mut text = format!("{}\n\n{}\n\n", row.key, row.meaning);
    let _ = writeln!(text, "takes    {}", Allowed::by(row));
    let _ = writeln!(text, "default  {}", default(row));
    if !row.unit.is_empty() {
        let _ = writeln!(text, "unit     {}", row.unit);
    }
    let _ = writeln!(text, "source   {}", row.source);
    text
}

fn default(row: &Row) -> String {
    match row.default {
        Default::Number(x) => show::number(x),
        Default::Text(x) => x.to_owned(),
        Default::Boolean(x) => x.to_string(),
        Default::Numbers(x) => Value::Numbers(x.to_vec()).to_string(),
        Default::Words(x) => Value::Words(x.iter().map(|word| (*word).to_owned()).collect()).to_string(),
        Default::Derived(rule) => format!("derived: {rule}"),
        Default::Absent => "none: this part is off".to_owned(),
    }
}

fn section(rows: Rows, query: &str) -> String {
    let rows = rows.iter().filter(|row| begins(row.key, query));
    let head = ["key", "default", "takes"].map(str::to_owned);
    let short = |row: &Row| match row.default {
        Default::Derived(_) => "derived".to_owned(),
        Default::Absent => "none".to_owned(),
        _ => default(row),
    };
    let body = rows.map(|row| [row.key.to_owned(), short(row), Allowed::by(row).to_string()]);
    let lines: Vec<[String; 3]> = std::iter::once(head).chain(body).collect();
    let width = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max();
    let (first, second) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    let mut text = String::new();
    for [key, default, takes] in &lines {
        let _ = writeln!(text, "{key:first$}  {default:second$}  {takes}");
    }
    text
}

fn miss(rows: Rows, query: &str) -> InputError {
    let codes = || nearest_word(Code::ALL.iter().map(|code| code.id()), query).map(str::to_owned);
    let near = nearest_name(rows, query).or_else(codes);
    let help = match &near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("sections are {}", sections(rows).join(", ")),
    };
    InputError::new(Code::NothingToExplain, format!("no key, section or error code is called `{}`", show::typed(query)))
        .nearest(near.as_deref())
        .help(help)
}
