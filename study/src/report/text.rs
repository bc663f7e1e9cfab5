//! Paragraphs and tables of plain text.

use std::fmt::Write as _;

/// Widest line of a report, in columns.
pub(super) const WIDTH: usize = 100;

/// Text of unknown origin on one line: it must not be able to steer the terminal.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Words filled into lines of at most [`WIDTH`] columns, each behind `indent` blanks.
pub(super) fn filled(text: &str, indent: usize) -> Vec<String> {
    let room = WIDTH.saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in one_line(text).split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + length <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + length;
            }
            _ => {
                lines.push(format!("{}{word}", " ".repeat(indent)));
                used = length;
            }
        }
    }
    lines
}

/// Which side a column of a table keeps straight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Rows padded to common widths, two blanks between columns and before the first.
pub(super) fn table<const COLUMNS: usize>(sides: [Side; COLUMNS], rows: &[[String; COLUMNS]]) -> Vec<String> {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let mut line = String::new();
        for ((cell, width), side) in row.iter().zip(widths).zip(sides) {
            let _ = match side {
                Side::Left => write!(line, "  {cell:<width$}"),
                Side::Right => write!(line, "  {cell:>width$}"),
            };
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A word shortened to fit, with a mark that it was.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= most {
        return text;
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// The same text in ASCII, character for character, so that columns stay straight.
pub(super) fn ascii(text: &str) -> String {
    let plain = |c: char| match c {
        '▁' => '.',
        '▂' => '_',
        '▃' | '–' => '-',
        '▄' => '=',
        '▅' | '✓' => '+',
        '▆' => '*',
        '▇' => '#',
        '█' => '@',
        '×' | '✗' => 'x',
        '·' => ',',
        '…' => '~',
        _ if c.is_ascii() => c,
        _ => '?',
    };
    text.chars().map(plain).collect()
}
