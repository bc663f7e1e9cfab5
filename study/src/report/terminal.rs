//! Text for a terminal: the verdict first, then what decides it, then all else that a person asks next.

mod causes;
mod chart;
mod clock;
mod engines;
mod gates;
mod measured;
mod people;

pub(super) use clock::headed;

use std::io::{self, Write};

use super::Report;
use super::ink::Ink;
use super::numbers::quantity;
use super::text::{ascii, filled, one_line};
use crate::outcome::{Gate, Outcome, Verdict};

/// Plain text, at most 96 columns wide where the names in it allow.
///
/// ```
/// # use slackwater_study::outcome::{Outcome, Verdict};
/// use slackwater_study::report::{Report, Terminal};
/// # let verdict = Verdict { safe: true, gates: vec![], tipping_nodes: None, unsafe_bands: vec![],
/// #     visible_from_nodes: None, reasons: vec![] };
/// # let outcome = Outcome { name: "quiet".into(), description: String::new(), version: "0.1.0", seed: 0,
/// #     scenario: vec![], verdict, ledger: vec![], events: vec![], counterfactual: None, orders: vec![],
/// #     remedies: vec![], assumed: vec![], measured: vec![], engines: vec![], columns: vec![], trajectory: vec![] };
/// let mut text = Vec::new();
/// Terminal { colour: false, ascii: true }.write(&outcome, &mut text)?;
/// assert!(text.starts_with(b"SAFE  quiet"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Write the codes that colour a terminal.
    pub colour: bool,
    /// Use ASCII only.
    pub ascii: bool,
}

impl Report for Terminal {
    fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let ink = Ink { colour: self.colour };
        let parts = [
            title(outcome, ink),
            gates::lines(&outcome.verdict, ink),
            reasons(&outcome.verdict, ink),
            causes::lines(&outcome.ledger, ink),
            clock::lines(outcome, ink),
            people::counterfactual(outcome, ink),
            clock::orders(outcome, ink),
            people::remedies(outcome, ink),
            measured::lines(&outcome.measured, ink),
            engines::lines(&outcome.engines, ink),
            chart::lines(outcome, ink),
            assumed(outcome, ink),
        ];
        let parts: Vec<String> = parts.iter().filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n")).collect();
        let text = parts.join("\n\n") + "\n";
        out.write_all(if self.ascii { ascii(&text) } else { text }.as_bytes())?;
        out.flush()
    }
}

/// The verdict in one line: the word, the name, and the number that decides it.
///
/// ```
/// # use slackwater_study::outcome::{Gate, Outcome, Verdict};
/// use slackwater_study::report::headline;
/// # let gate = Gate { name: "steady", pass: false, value: Some(3.1), limit: Some(0.8), unit: "",
/// #     margin: Some(-2.875), why: String::new() };
/// # let verdict = Verdict { safe: false, gates: vec![gate], tipping_nodes: None, unsafe_bands: vec![],
/// #     visible_from_nodes: None, reasons: vec![] };
/// # let outcome = Outcome { name: "telemetry".into(), description: String::new(), version: "0.1.0", seed: 0,
/// #     scenario: vec![], verdict, ledger: vec![], events: vec![], counterfactual: None, orders: vec![],
/// #     remedies: vec![], assumed: vec![], measured: vec![], engines: vec![], columns: vec![], trajectory: vec![] };
/// assert_eq!(headline(&outcome, false), "UNSAFE  telemetry  steady: 310 %, limit 80 %");
/// ```
pub fn headline(outcome: &Outcome, colour: bool) -> String {
    let ink = Ink { colour };
    let verdict = &outcome.verdict;
    let word = ink.judged(verdict.safe, word(verdict));
    let name = ink.strong(one_line(&outcome.name));
    match deciding(verdict).and_then(|gate| Some((gate, gate.value?, gate.limit?))) {
        Some((gate, value, limit)) => {
            format!(
                "{word}  {name}  {}: {}, limit {}",
                gate.name,
                quantity(value, gate.unit),
                quantity(limit, gate.unit)
            )
        }
        None => format!("{word}  {name}"),
    }
}

/// `SAFE` or `UNSAFE`.
pub(super) fn word(verdict: &Verdict) -> &'static str {
    if verdict.safe { "SAFE" } else { "UNSAFE" }
}

/// The first gate that failed, or, if none failed, the one nearest to failing.
///
/// Gates stand in the order of what they mean: a margin of one cannot be compared with that of another that failed.
pub(super) fn deciding(verdict: &Verdict) -> Option<&Gate> {
    let margin = |gate: &Gate| gate.margin.unwrap_or(f64::INFINITY);
    let mut known = verdict.gates.iter().filter(|gate| gate.value.is_some());
    if verdict.safe { known.min_by(|a, b| margin(a).total_cmp(&margin(b))) } else { known.find(|gate| !gate.pass) }
}

fn title(outcome: &Outcome, ink: Ink) -> Vec<String> {
    let mut lines = vec![headline(outcome, ink.colour)];
    lines.extend(filled(&outcome.description, 0));
    lines
}

fn reasons(verdict: &Verdict, ink: Ink) -> Vec<String> {
    bullets("why", verdict.reasons.iter().map(String::as_str), ink)
}

fn assumed(outcome: &Outcome, ink: Ink) -> Vec<String> {
    let reasons: Vec<String> = outcome.assumed.iter().map(|(part, why)| format!("{part}: {why}")).collect();
    let lines = bullets("assumed", reasons.iter().map(String::as_str), Ink { colour: false });
    lines.iter().map(|line| ink.faint(line)).collect()
}

/// A heading and paragraphs under it; nothing if there are none.
fn bullets<'a>(heading: &str, texts: impl Iterator<Item = &'a str>, ink: Ink) -> Vec<String> {
    let body: Vec<String> = texts.flat_map(hanging).collect();
    if body.is_empty() { body } else { std::iter::once(ink.strong(heading)).chain(body).collect() }
}

fn hanging(text: &str) -> Vec<String> {
    let mut lines = filled(text, 4);
    if let Some(first) = lines.first_mut() {
        first.replace_range(..4, "  · ");
    }
    lines
}
