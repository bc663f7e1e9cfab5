//! A run in a few lines, for the first minute.

use std::io::{self, Write};

use super::Report;
use super::axis::{self, Axis, column};
use super::numbers::{duration, percent};
use super::spark::{Worst, row};
use super::terminal::headline;
use super::text::ascii;
use crate::outcome::Outcome;

/// Cells of the time axis.
const CELLS: usize = 44;

/// Five lines: load, cached DNS answers and user impact over one time axis, the times, and the verdict.
///
/// ```
/// # use slackwater_study::outcome::{Outcome, Verdict};
/// use slackwater_study::report::{Brief, Report};
/// # let verdict = Verdict { safe: true, gates: vec![], tipping_nodes: None, unsafe_bands: vec![],
/// #     visible_from_nodes: None, reasons: vec![] };
/// # let outcome = Outcome { name: "quiet".into(), description: String::new(), version: "0.1.0", seed: 0,
/// #     scenario: vec![], verdict, ledger: vec![], events: vec![], counterfactual: None, orders: vec![],
/// #     remedies: vec![], assumed: vec![], measured: vec![], engines: vec![], columns: vec![],
/// #     trajectory: vec![("t_s".into(), vec![0.0, 60.0]), ("api_load".into(), vec![0.0, 2.0])] };
/// let mut text = Vec::new();
/// Brief { colour: false, ascii: true }.write(&outcome, &mut text)?;
/// assert_eq!(String::from_utf8_lossy(&text).lines().count(), 5);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Brief {
    /// Write the codes that colour a terminal.
    pub colour: bool,
    /// Use ASCII only.
    pub ascii: bool,
}

impl Report for Brief {
    fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let axis = Axis::of(outcome, CELLS);
        let line = |title: &str, name: &str, worst, marked, note: String| {
            let cells = axis.and_then(|axis| row(outcome, &axis, name, worst, marked)).unwrap_or_default();
            format!("  {title:<13}{cells}  {note}").trim_end().to_owned()
        };
        let lines = [
            line("API load", "api_load", Worst::Highest, Some("api_up"), load(outcome)),
            line("cached DNS", "dns_cached", Worst::Lowest, None, hidden(outcome)),
            line("user impact", axis::impact(outcome), Worst::Highest, None, impact(outcome)),
            format!("{:15}{}", "", axis.map_or(String::new(), |axis| axis.labels())).trim_end().to_owned(),
            format!("  {}", headline(outcome, self.colour)),
        ];
        let text = lines.join("\n") + "\n";
        out.write_all(if self.ascii { ascii(&text) } else { text }.as_bytes())?;
        out.flush()
    }
}

fn time(outcome: &Outcome, name: &str) -> Option<f64> {
    outcome.events.iter().find(|event| event.name == name)?.t_s
}

fn clock<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a str> {
    outcome.events.iter().find(|event| event.name == name)?.clock.as_deref()
}

fn load(outcome: &Outcome) -> String {
    let peak = column(outcome, "api_load").and_then(|load| Worst::Highest.all(load));
    let peak = peak.map_or(String::new(), |peak| format!("peak {}", percent(peak)));
    match clock(outcome, "api_saturated") {
        Some(clock) => format!("{peak}, full at {clock}"),
        None => peak,
    }
}

/// How long caches hid the damage.
fn hidden(outcome: &Outcome) -> String {
    match (time(outcome, "api_saturated"), time(outcome, "first_impact")) {
        (Some(full), Some(felt)) if felt > full => format!("hid it for {}", duration(felt - full)),
        _ => String::new(),
    }
}

fn impact(outcome: &Outcome) -> String {
    let peak = column(outcome, axis::impact(outcome)).and_then(|impact| Worst::Highest.all(impact));
    let peak = peak.map_or(String::new(), |peak| format!("peak {}", percent(peak)));
    match clock(outcome, "first_impact") {
        Some(clock) => format!("{peak}, felt from {clock}"),
        None => peak,
    }
}
