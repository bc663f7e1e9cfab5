//! Values back to YAML.

use std::fmt::Write as _;

use super::show;
use super::value::Value;

/// Nested maps from dotted keys, which must come sorted so that a section is opened once.
pub(super) fn yaml<'a>(values: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let mut values: Vec<(Vec<&str>, &Value)> = values.map(|(key, value)| (key.split('.').collect(), value)).collect();
    if values.is_empty() {
        return "{}\n".to_owned();
    }
    // Sorted by segment: as plain text `a-b.c` would come between `a.b` and `a.c`.
    values.sort_by(|a, b| a.0.cmp(&b.0));
    let mut text = String::new();
    let mut open: Vec<&str> = Vec::new();
    for (path, value) in &values {
        let (last, sections) = path.split_last().map_or(("", &[][..]), |(last, rest)| (*last, rest));
        let common = open.iter().zip(sections).take_while(|(a, b)| a == b).count();
        for (depth, section) in sections.iter().enumerate().skip(common) {
            let _ = writeln!(text, "{}{}:", "  ".repeat(depth), show::word(section));
        }
        let _ = writeln!(text, "{}{}: {value}", "  ".repeat(sections.len()), show::word(last));
        open = sections.to_vec();
    }
    text
}
