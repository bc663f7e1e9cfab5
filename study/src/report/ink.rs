//! Colour, or none. It never carries meaning alone.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Whether to write the codes that colour a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) colour: bool,
}

impl Ink {
    pub(super) fn good(self, text: impl Display) -> String {
        self.styled(AnsiColor::Green.on_default().bold(), text)
    }

    pub(super) fn bad(self, text: impl Display) -> String {
        self.styled(AnsiColor::Red.on_default().bold(), text)
    }

    pub(super) fn strong(self, text: impl Display) -> String {
        self.styled(Style::new().bold(), text)
    }

    pub(super) fn faint(self, text: impl Display) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    /// The verdict word or a mark in the colour of its meaning.
    pub(super) fn judged(self, good: bool, text: impl Display) -> String {
        if good { self.good(text) } else { self.bad(text) }
    }

    fn styled(self, style: Style, text: impl Display) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}
