//! The known name nearest to a misspelt one.

use strsim::jaro_winkler;

use super::table::{Rows, segments, split};

/// Least similarity worth suggesting (1 is equal). A wrong suggestion costs more than none.
const CLOSE: f64 = 0.8;
/// Weight of a key that stands in another section: a match there must be better.
const ELSEWHERE: f64 = 0.9;

/// The nearest of some words.
pub(crate) fn nearest_word<'a>(words: impl Iterator<Item = &'a str>, typed: &str) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    best(words.map(|word| (jaro_winkler(&word.to_lowercase(), &typed), word)))
}

/// The nearest key, by its full name and by its last segment alone.
pub(super) fn nearest_key(rows: Rows, typed: &str) -> Option<String> {
    best(keys(rows, typed))
}

/// The nearest section as deep as the one typed.
pub(super) fn nearest_section(rows: Rows, typed: &str) -> Option<String> {
    best(sections(rows, typed))
}

/// The nearest of both.
pub(super) fn nearest_name(rows: Rows, typed: &str) -> Option<String> {
    best(sections(rows, typed).chain(keys(rows, typed)))
}

fn keys(rows: Rows, typed: &str) -> impl Iterator<Item = (f64, String)> {
    rows.iter().map(|row| scored(row.key, typed))
}

fn sections(rows: Rows, typed: &str) -> impl Iterator<Item = (f64, String)> {
    let depth = segments(typed);
    rows.iter().filter(move |row| segments(row.key) > depth).map(move |row| {
        let section = row.key.split('.').take(depth).collect::<Vec<_>>().join(".");
        scored(&section, typed)
    })
}

/// The key as the user would write it, and how like the typed one it is.
///
/// Segments are compared apart: a long common section would make every key in it look near.
fn scored(pattern: &str, typed: &str) -> (f64, String) {
    let key = named(pattern, typed);
    let ((section, name), (parent, last)) = (split(&key), split(typed));
    let ending = jaro_winkler(name, last);
    let here = if section == parent { ending } else { ending.min(jaro_winkler(section, parent)) };
    // A free name is like any name, so it says nothing about a key elsewhere.
    let elsewhere = if split(pattern).1 == "*" { 0.0 } else { ELSEWHERE * ending };
    (here.max(elsewhere), key)
}

/// A key with the user's own names in place of `*`, or `NAME` where there is none.
fn named(key: &str, typed: &str) -> String {
    let aligned = segments(key) == segments(typed);
    let filled = key.split('.').zip(typed.split('.').map(Some).chain(std::iter::repeat(None)));
    let filled = filled.map(|(wanted, own)| match own {
        _ if wanted != "*" => wanted,
        Some(own) if aligned => own,
        _ => "NAME",
    });
    filled.collect::<Vec<_>>().join(".")
}

fn best<T>(scored: impl Iterator<Item = (f64, T)>) -> Option<T> {
    // Of equals the first wins, so that the answer does not depend on anything but the table.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= CLOSE).then_some(best.1)
}
