//! CSV for spreadsheets: the trajectory, under the lines that say which run it was.

use std::io::{self, Write};

use serde_json::Value as Json;

use super::Report;
use super::numbers::exact;
use super::text::one_line;
use crate::outcome::Outcome;
use crate::scenario::Value;

/// The trajectory, one row a step, one column a quantity.
///
/// Lines that begin with `#` stand before the header: the version, the scenario, and `# set KEY=VALUE` for every key
/// that is not at its default, ready for `--set`. What is not a finite number is an empty field.
///
/// ```
/// # use slackwater_study::outcome::{Input, Outcome, Verdict};
/// use slackwater_study::report::{Csv, Report};
/// # let verdict = Verdict { safe: true, gates: vec![], tipping_nodes: None, unsafe_bands: vec![],
/// #     visible_from_nodes: None, reasons: vec![] };
/// # let nodes = Input { key: "cluster.nodes".into(), value: 750.into(), origin: "my.yaml:2:10".into() };
/// # let outcome = Outcome { name: "quiet".into(), description: String::new(), version: "0.1.0", seed: 0,
/// #     scenario: vec![nodes], verdict, ledger: vec![], events: vec![], counterfactual: None, orders: vec![],
/// #     remedies: vec![], assumed: vec![], measured: vec![], engines: vec![], columns: vec![],
/// #     trajectory: vec![("t_s".into(), vec![0.0, 0.5])] };
/// let mut text = Vec::new();
/// Csv.write(&outcome, &mut text)?;
/// assert_eq!(text, b"# slackwater 0.1.0\n# scenario: quiet\n# set cluster.nodes=750\nt_s\n0\n0.5\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Csv;

impl Report for Csv {
    fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        writeln!(out, "# slackwater {}", outcome.version)?;
        writeln!(out, "# scenario: {}", one_line(&outcome.name))?;
        for input in &outcome.scenario {
            writeln!(out, "# set {}={}", input.key, yaml(&input.value))?;
        }
        let mut rows = ::csv::Writer::from_writer(out);
        if outcome.trajectory.is_empty() {
            return rows.flush();
        }
        rows.write_record(outcome.trajectory.iter().map(|(name, _)| name)).map_err(plain)?;
        let longest = outcome.trajectory.iter().map(|(_, numbers)| numbers.len()).max().unwrap_or(0);
        for at in 0..longest {
            let row =
                outcome.trajectory.iter().map(|(_, numbers)| numbers.get(at).copied().map_or(String::new(), exact));
            rows.write_record(row).map_err(plain)?;
        }
        rows.flush()
    }
}

/// A value as `--set` takes it.
fn yaml(value: &Json) -> String {
    let value = match value {
        Json::Bool(x) => Value::Boolean(*x),
        Json::Number(x) => Value::Number(x.as_f64().unwrap_or(f64::NAN)),
        Json::String(x) => Value::Text(x.clone()),
        Json::Array(list) => match list.iter().map(Json::as_f64).collect::<Option<Vec<_>>>() {
            Some(numbers) => Value::Numbers(numbers),
            None => Value::Words(list.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        },
        Json::Null | Json::Object(_) => return value.to_string(),
    };
    value.to_string()
}

/// The error of the stream itself: the csv crate's own conversion hides a closed pipe.
fn plain(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
