//! Numbers and text as people read them.

use std::fmt::Write as _;

/// Longest stretch of what was typed that a message repeats, in characters.
const LONGEST: usize = 60;

/// What was typed, safe for a terminal and short enough for a line.
pub(super) fn typed(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).flat_map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Control characters escaped: a file must not be able to steer the terminal.
pub(super) fn safe(text: &str) -> String {
    text.chars().flat_map(visible).collect()
}

fn visible(c: char) -> Vec<char> {
    if c.is_control() { c.escape_default().collect() } else { vec![c] }
}

/// The shortest text that reads back as the same number.
pub(super) fn number(x: f64) -> String {
    let magnitude = x.abs();
    if x == 0.0 || (1e-5..1e15).contains(&magnitude) { format!("{x}") } else { format!("{x:e}") }
}

/// A number for a sentence: whole thousands are set apart.
pub(super) fn grouped(x: f64) -> String {
    let plain = number(x);
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    if digits.len() < 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain;
    }
    let mut text = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text as YAML: bare where every reader takes it for text, quoted otherwise.
pub(super) fn word(text: &str) -> String {
    const TAKEN: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity"];
    let mut chars = text.chars();
    let bare = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && !TAKEN.contains(&text.to_ascii_lowercase().as_str());
    if bare {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            // A reader would fold a bare line break into a space, and drop a byte order mark.
            _ if c.is_control() || "\u{feff}\u{2028}\u{2029}".contains(c) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
