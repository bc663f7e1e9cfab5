//! Vectors of the real code: flow control must give the same numbers.

mod borrowing;
mod limits;
mod queueset;
mod seats;
mod shuffle;
mod tally;

pub(super) use queueset::{Case, cases};

use super::row::{Bound, Row};
use crate::truth::Folder;
use serde_json::Value;
use tally::Tally;

const PART: &str = "APF limits, seats, hands, Retry-After, borrowing";

/// What a file is compared by; nothing if a case does not have the form it should.
type Compare = fn(&Value, &mut Tally) -> Option<()>;

const FILES: [(&str, &str, Compare); 5] = [
    ("limits", "limits of every level equal", limits::compare),
    ("borrowing", "allocations, adjustments, demand equal", borrowing::compare),
    ("seats", "seats and latencies equal", seats::compare),
    ("shuffle", "hands and hashes equal", shuffle::compare),
    ("dropped", "Retry-After equal", shuffle::retry_after),
];

/// A row for each file there is.
pub(super) fn rows(folder: &Folder, out: &mut Vec<Row>) {
    for (name, what, compare) in FILES {
        let file = format!("oracle/apf/{name}.json");
        if !folder.holds(&file) {
            continue;
        }
        let row = Row::new(PART, &file, what, "code");
        out.push(match read(folder, &file) {
            Ok(cases) => tallied(row, &cases, compare),
            Err(why) => row.failed(why),
        });
    }
    queueset::rows(folder, out);
}

fn tallied(row: Row, cases: &[Value], compare: Compare) -> Row {
    let mut tally = Tally::default();
    for (at, case) in cases.iter().enumerate() {
        if compare(case, &mut tally).is_none() {
            return row.failed(format!("case {at} does not have the form of this file"));
        }
    }
    tally.row(row)
}

impl Tally {
    /// So many numbers were compared, so many are equal.
    pub(super) fn row(self, row: Row) -> Row {
        let (all, wrong) = (self.compared as f64, self.different as f64);
        let row = row.measured(all, "numbers").predicted(all - wrong).note(self.first);
        if self.compared == 0 {
            return row.failed("nothing to compare");
        }
        row.within(wrong, Bound { value: 0.0, unit: "numbers" })
    }
}

/// The cases of a file.
fn read(folder: &Folder, file: &str) -> Result<Vec<Value>, String> {
    let text = folder.text(file).map_err(|error| error.to_string())?;
    let mut all: Value = serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}"))?;
    match all.get_mut("cases").map(Value::take) {
        Some(Value::Array(cases)) if !cases.is_empty() => Ok(cases),
        _ => Err("no list `cases`, or an empty one".to_owned()),
    }
}
