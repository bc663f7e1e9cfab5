//! What happened when, beside what was published, and under other orders of rollout.

use super::super::ink::Ink;
use super::super::numbers::{difference, duration, elapsed};
use super::super::text::{Side, table};
use crate::outcome::{Event, OrderResult, Outcome};

const ABSENT: &str = "–";

pub(super) fn lines(outcome: &Outcome, ink: Ink) -> Vec<String> {
    if outcome.events.is_empty() {
        return Vec::new();
    }
    let published = outcome.events.iter().any(|event| event.published_clock.is_some());
    let head = ["clock", "since start", "model", "published", "difference"].map(str::to_owned);
    let mut rows: Vec<[String; 5]> = std::iter::once(head).chain(outcome.events.iter().map(row)).collect();
    if !published {
        for [_, _, _, clock, difference] in &mut rows {
            clock.clear();
            difference.clear();
        }
    }
    // Clocks begin with the hour; a published one may end with the minute.
    let sides = [Side::Left, Side::Right, Side::Left, Side::Left, Side::Right];
    headed(table(sides, &rows), ink)
}

/// The first line of a table is its heading.
pub(in crate::report) fn headed(mut lines: Vec<String>, ink: Ink) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        *first = ink.strong(first.trim_start());
    }
    lines
}

fn row(event: &Event) -> [String; 5] {
    let or_absent = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    [
        event.name.to_owned(),
        event.t_s.map_or("did not happen".to_owned(), elapsed),
        or_absent(event.clock.clone()),
        or_absent(event.published_clock.clone()),
        or_absent(event.residual_s.map(difference)),
    ]
}

pub(super) fn orders(outcome: &Outcome, ink: Ink) -> Vec<String> {
    if outcome.orders.is_empty() {
        return Vec::new();
    }
    let head = ["order of rollout", "first impact", "off by", "peak impact", "off by", "rms"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(outcome.orders.iter().map(order)).collect();
    let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Right];
    headed(table(sides, &rows), ink)
}

fn order(result: &OrderResult) -> [String; 6] {
    let event = |name: &str| result.events.iter().find(|event| event.name == name);
    let clock = |name| event(name).and_then(|event| event.clock.clone()).unwrap_or_else(|| ABSENT.to_owned());
    let off = |name| event(name).and_then(|event| event.residual_s).map_or(ABSENT.to_owned(), difference);
    [
        format!("{}{}", result.order, if result.chosen { " (this run)" } else { "" }),
        clock("first_impact"),
        off("first_impact"),
        clock("peak_impact"),
        off("peak_impact"),
        result.rms_s.map_or(ABSENT.to_owned(), duration),
    ]
}
