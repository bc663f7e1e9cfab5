//! Keys of flow control.

use super::super::Default::{Absent, Number as Num, Text as Word};
use super::super::Kind::{Choice, Integer, Text};
use super::super::Row;
use super::row;

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    // Flow control
    row("priority_levels.*.shares", Integer, "shares", (0.0, 100_000.0), Num(30.0),
        "nominalConcurrencyShares of a PriorityLevelConfiguration: its part of all seats. A name that exists changes that level, another adds one.", "API reference flowcontrol v1: 30; default levels: bootstrap/default.go"),
    row("priority_levels.*.lendable_percent", Integer, "percent", (0.0, 100.0), Num(0.0),
        "lendablePercent: part of its seats that other levels may borrow while it does not need them.", "API reference flowcontrol v1"),
    row("priority_levels.*.borrowing_limit_percent", Integer, "percent", (0.0, 100_000.0), Absent,
        "borrowingLimitPercent: most that it may borrow, as a part of its own seats. Without a limit it may borrow all that is lent.", "API reference flowcontrol v1"),
    row("priority_levels.*.queues", Integer, "queues", (0.0, 10_000_000.0), Num(64.0),
        "Queues of the level. 0: a request that finds no seat is rejected at once.", "API reference flowcontrol v1"),
    row("priority_levels.*.hand_size", Integer, "queues", (1.0, 15.0), Num(8.0),
        "Queues that one flow may use.", "API reference flowcontrol v1; at most 15: shufflesharding.go"),
    row("priority_levels.*.queue_length", Integer, "requests", (1.0, 100_000.0), Num(50.0),
        "queueLengthLimit: requests that may wait in one queue.", "API reference flowcontrol v1"),
    row("flow_schemas.*.level", Text, "", (0.0, 0.0), Word("workload-low"),
        "Priority level that serves the requests of a FlowSchema. A name that exists replaces that schema.", "API reference flowcontrol v1"),
    row("flow_schemas.*.precedence", Integer, "", (1.0, 10_000.0), Num(1000.0),
        "matchingPrecedence: of all schemas that match, the lowest wins.", "API reference flowcontrol v1: 1000"),
    row("flow_schemas.*.distinguisher", Choice(&["by_user", "by_namespace", "none"]), "", (0.0, 0.0), Word("by_user"),
        "What tells the flows of the schema apart. Each flow has its own hand of queues.", "API reference flowcontrol v1"),
    row("flow_schemas.*.subjects", Text, "", (0.0, 0.0), Absent,
        "Whose requests it matches, whatever they ask for: user:NAME, group:NAME, serviceaccount:NAMESPACE:NAME, separated by commas. The agent is serviceaccount:agent:agent.", "API reference flowcontrol v1"),
];
