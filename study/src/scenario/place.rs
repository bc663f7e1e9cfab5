//! Where in a text something stands.

use std::ops::Range;

use serde_saphyr::{Location, Spanned};

use super::source::Source;

/// A stretch of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) source: Source,
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column in characters, from 1.
    pub(super) column: usize,
}

impl Place {
    /// The bytes `span` of a source; an end outside the text or inside a character is moved to the left.
    ///
    /// ```
    /// use slackwater_study::scenario::{Code, InputError, Place, Source};
    /// let source = Source::new("Corefile", "cache 30\nfoward . 10.0.0.1\n");
    /// let error = InputError::new(Code::UnknownKey, "unknown plugin `foward`").at(Place::new(&source, 9..15));
    /// assert_eq!(error.to_string(), "Corefile:2:1: error[SW020]: unknown plugin `foward`");
    /// ```
    pub fn new(source: &Source, span: Range<usize>) -> Self {
        let text = &*source.text;
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { source: source.clone(), span: start..end, line, column }
    }

    /// Where a node was used: for an alias that is the alias, not the anchor.
    pub(crate) fn of<T>(source: &Source, node: &Spanned<T>) -> Self {
        Self::at(source, node.referenced)
    }

    /// A place the parser gave.
    pub(super) fn at(source: &Source, location: Location) -> Self {
        let line = usize::try_from(location.line()).unwrap_or(1).max(1);
        let column = usize::try_from(location.column()).unwrap_or(1).max(1);
        Self { source: source.clone(), span: bytes(location, &source.text), line, column }
    }

    /// A whole line, without its indentation; `line` counts from 1.
    pub(super) fn line(source: &Source, line: usize) -> Self {
        let start: usize = source.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let rest = source.text.get(start..).unwrap_or_default();
        let text = rest.lines().next().unwrap_or_default();
        let indent = text.len() - text.trim_start().len();
        let span = start + indent..start + text.trim_end().len().max(indent);
        Self { source: source.clone(), span, line, column: indent + 1 }
    }

    /// All of the source.
    pub(super) fn whole(source: &Source) -> Self {
        Self { source: source.clone(), span: 0..source.text.len(), line: 1, column: 1 }
    }
}

/// The text of a node as it was written, at its anchor if it is an alias.
pub(super) fn typed<'a, T>(source: &'a Source, node: &Spanned<T>) -> &'a str {
    source.text.get(bytes(node.defined, &source.text)).unwrap_or_default().trim_end()
}

fn bytes(location: Location, text: &str) -> Range<usize> {
    let span = location.span();
    let known = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok());
    if let (Some(start), Some(length)) = (known(span.byte_offset()), known(span.byte_len())) {
        return text.floor_char_boundary(start)..text.floor_char_boundary(start.saturating_add(length));
    }
    // Syntax errors carry a count of characters only.
    let at = usize::try_from(span.offset()).unwrap_or(usize::MAX);
    let mut from = text.char_indices().skip(at).map(|(byte, _)| byte);
    let start = from.next().unwrap_or(text.len());
    start..from.next().unwrap_or(text.len())
}
