//! JSON for programs: one object, one line for each of its parts.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::Report;
use crate::outcome::Outcome;

/// One JSON object with every field of an [`Outcome`].
///
/// Numbers are the shortest that read back as the same double. What is not a finite number is null. `scenario` is an
/// object of values by key, `origins` says where each came from, `trajectory` is an object of columns, all in order.
///
/// ```
/// # use slackwater_study::outcome::{Outcome, Verdict};
/// use slackwater_study::report::{Json, Report};
/// # let verdict = Verdict { safe: true, gates: vec![], tipping_nodes: None, unsafe_bands: vec![],
/// #     visible_from_nodes: None, reasons: vec![] };
/// # let outcome = Outcome { name: "quiet".into(), description: String::new(), version: "0.1.0", seed: 0,
/// #     scenario: vec![], verdict, ledger: vec![], events: vec![], counterfactual: None, orders: vec![],
/// #     remedies: vec![], assumed: vec![], measured: vec![], engines: vec![], columns: vec![],
/// #     trajectory: vec![("t_s".into(), vec![0.0, 0.5])] };
/// let mut text = Vec::new();
/// Json.write(&outcome, &mut text)?;
/// let read: serde_json::Value = serde_json::from_slice(&text)?;
/// assert_eq!(read["trajectory"]["t_s"][1], 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Report for Json {
    fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        let inputs = || outcome.scenario.iter();
        out.write_all(b"{\n")?;
        part(&mut out, "name", &outcome.name)?;
        part(&mut out, "description", &outcome.description)?;
        part(&mut out, "version", &outcome.version)?;
        part(&mut out, "seed", &outcome.seed)?;
        part(&mut out, "scenario", &Pairs(|| inputs().map(|input| (&input.key, &input.value))))?;
        part(&mut out, "origins", &Pairs(|| inputs().map(|input| (&input.key, &input.origin))))?;
        part(&mut out, "verdict", &outcome.verdict)?;
        part(&mut out, "ledger", &outcome.ledger)?;
        part(&mut out, "events", &outcome.events)?;
        part(&mut out, "counterfactual", &outcome.counterfactual)?;
        part(&mut out, "orders", &outcome.orders)?;
        part(&mut out, "remedies", &outcome.remedies)?;
        part(&mut out, "assumed", &Pairs(|| outcome.assumed.iter().map(|(part, why)| (part, why))))?;
        part(&mut out, "measured", &outcome.measured)?;
        part(&mut out, "engines", &outcome.engines)?;
        part(&mut out, "columns", &outcome.columns)?;
        out.write_all(b"  \"trajectory\": {")?;
        for (at, (name, numbers)) in outcome.trajectory.iter().enumerate() {
            out.write_all(if at == 0 { b"\n    " } else { b",\n    " })?;
            serde_json::to_writer(&mut out, name)?;
            out.write_all(b": ")?;
            serde_json::to_writer(&mut out, numbers)?;
        }
        out.write_all(b"\n  }\n}\n")?;
        out.flush()
    }
}

fn part(out: &mut impl Write, name: &str, value: &impl Serialize) -> io::Result<()> {
    write!(out, "  \"{name}\": ")?;
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b",\n")
}

/// An object out of pairs, in their order.
struct Pairs<F>(F);

impl<F, I, K, V> Serialize for Pairs<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (K, V)>,
    K: Serialize,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in (self.0)() {
            map.serialize_entry(&key, &value)?;
        }
        map.end()
    }
}
