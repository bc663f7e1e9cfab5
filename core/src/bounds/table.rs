//! The table itself, in the order of a scenario file.

mod agent;
mod cluster;
mod cost;
mod dns;
mod expect;
mod fleet;
mod flow_control;
mod outage;
mod people;
mod server;

use super::{Kind, Row};

const fn row(
    key: &'static str,
    kind: Kind,
    unit: &'static str,
    range: (f64, f64),
    default: super::Default,
    meaning: &'static str,
    source: &'static str,
) -> Row {
    Row { key, kind, unit, min: range.0, max: range.1, default, meaning, source }
}

/// Sections of the table.
const PARTS: [&[Row]; 10] = [
    cluster::ROWS,
    server::ROWS,
    flow_control::ROWS,
    cost::ROWS,
    agent::ROWS,
    dns::ROWS,
    people::ROWS,
    fleet::ROWS,
    outage::ROWS,
    expect::ROWS,
];

/// Rows of all sections.
const LENGTH: usize = {
    let (mut length, mut part) = (0, 0);
    while part < PARTS.len() {
        length += PARTS[part].len();
        part += 1;
    }
    length
};

/// All sections in one list; the compiler does it.
static ROWS: [Row; LENGTH] = {
    let mut all = [cluster::ROWS[0]; LENGTH];
    let (mut part, mut next) = (0, 0);
    while part < PARTS.len() {
        let mut at = 0;
        while at < PARTS[part].len() {
            all[next] = PARTS[part][at];
            (at, next) = (at + 1, next + 1);
        }
        part += 1;
    }
    all
};

/// Every key a scenario can hold.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// let nodes = TABLE.iter().find(|row| row.key == "cluster.nodes").unwrap();
/// assert_eq!((nodes.min, nodes.max), (1.0, 1_000_000.0));
/// ```
pub static TABLE: &[Row] = &ROWS;
