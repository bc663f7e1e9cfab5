//! Looking up dotted paths in the table of keys.

use slackwater_core::bounds::Row;

/// What a dotted path is.
pub(super) enum Found {
    /// A key that takes a value.
    Key(&'static Row),
    /// A section with keys under it.
    Section,
    /// Neither.
    Nothing,
}

/// The table a file is read against.
pub(crate) type Rows = &'static [Row];

pub(super) fn find(rows: Rows, path: &str) -> Found {
    if let Some(row) = row(rows, path) {
        Found::Key(row)
    } else if rows.iter().any(|row| begins(row.key, path)) {
        Found::Section
    } else {
        Found::Nothing
    }
}

/// The row of a path. A written name wins over `*`.
pub(crate) fn row(rows: Rows, path: &str) -> Option<&'static Row> {
    // Most keys stand in the table as they are written.
    if let Some(row) = rows.iter().find(|row| row.key == path) {
        return Some(row);
    }
    // Few rows of few sections have a name of the user's choice: a scan of sizes looks each up hundreds of times.
    let section = path.split('.').next().unwrap_or("");
    let named = |row: &&Row| (row.key.starts_with(section) || row.key.starts_with('*')) && row.key.contains('*');
    let long = segments(path);
    rows.iter()
        .filter(|row| named(row) && segments(row.key) == long && fits(row.key, path))
        .min_by_key(|row| row.key.matches('*').count())
}

/// Whether `path` is a section above the key.
pub(super) fn begins(key: &str, path: &str) -> bool {
    segments(path) < segments(key) && fits(key, path)
}

/// Whether the segment after `parent` is a name the user chooses, in some key.
pub(super) fn names_under(rows: Rows, parent: &str) -> bool {
    rows.iter().any(|row| begins(row.key, parent) && row.key.split('.').nth(segments(parent)) == Some("*"))
}

/// Whether a word can be a name of the user's choice.
pub(super) fn is_name(word: &str) -> bool {
    (1..=63).contains(&word.len()) && word.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

/// The parent section and the last segment.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

pub(super) fn segments(path: &str) -> usize {
    if path.is_empty() { 0 } else { path.split('.').count() }
}

/// Whether the segments both have agree, `*` in the first standing for any name.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    path.is_empty() || path.split('.').zip(pattern.split('.')).all(|(typed, wanted)| wanted == "*" || typed == wanted)
}
