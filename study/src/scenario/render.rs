//! An error as text for a terminal.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::error::Details;
use super::place::Place;
use super::show;

/// Longest text shown around the mark, in bytes. Lines beyond it are not files of people.
const LONGEST: usize = 4096;

pub(super) fn render(details: &Details, place: Option<&Place>, first: Option<&Place>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let title = Level::ERROR.primary_title(details.message.as_str()).id(details.code.id());
    let mut parts: Vec<Element<'_>> = Vec::new();
    if let Some(place) = place {
        parts.extend(excerpt(place, first));
    } else if let Some(file) = &details.file {
        let origin = Origin::path(file.as_str());
        parts.push(if let Some(line) = details.line { origin.line(line) } else { origin }.into());
    }
    if let Some(allowed) = &details.allowed {
        parts.push(Level::NOTE.message(format!("allowed: {allowed}")).into());
    }
    if !details.help.is_empty() {
        parts.push(Level::HELP.message(details.help.as_str()).into());
    }
    if details.more > 0 {
        let plural = if details.more == 1 { "" } else { "s" };
        parts.push(Level::NOTE.message(format!("{} more error{plural} in this input", details.more)).into());
    }
    renderer.render(&[title.elements(parts)])
}

/// The lines that hold the mark, and the line where the key stood first.
fn excerpt<'a>(place: &'a Place, first: Option<&'a Place>) -> Option<Element<'a>> {
    let text: &str = &place.source.text;
    let first = first.filter(|first| first.span.end <= place.span.start);
    let earliest = first.map_or(place.span.start, |first| first.span.start.min(place.span.start));
    let start = text.get(..earliest)?.rfind('\n').map_or(0, |at| at + 1);
    let marked = text.get(place.span.clone())?;
    // A mark over several lines shows the first two: enough to see where the value went on.
    let length = marked.match_indices('\n').nth(1).map_or(marked.len(), |(at, _)| at);
    let end = place.span.start + length;
    let end = end + text.get(end..)?.find('\n').unwrap_or(text.len() - end);
    let shown = text.get(start..end)?;
    let path = show::safe(&place.source.name);
    if shown.len() > LONGEST {
        return Some(Origin::path(path).line(place.line).char_column(place.column).into());
    }
    // A lone carriage return would move the mark.
    let shown: String = shown.chars().map(|c| if c == '\r' { ' ' } else { c }).collect();
    let line_start = place.line - text.get(start..place.span.start)?.matches('\n').count().min(place.line - 1);
    let mark = place.span.start - start..place.span.start - start + length;
    let mut snippet = Snippet::source(shown).line_start(line_start).fold(true);
    snippet = if place.source.argument { snippet.line_numbering(false) } else { snippet.path(path) };
    if let Some(first) = first {
        let span = first.span.start - start..first.span.end - start;
        snippet = snippet.annotation(AnnotationKind::Context.span(span).label("first given here"));
    }
    Some(snippet.annotation(AnnotationKind::Primary.span(mark)).into())
}
