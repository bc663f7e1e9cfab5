//! Keys of what must come out of a case. No run reads them: `slackwater cases --run` does.

use super::super::Default::{Absent, Text as Word, Words};
use super::super::Kind::{Choice, Choices, Number, Text};
use super::super::Row;
use super::row;

const WHATS: &[&str] = &[
    "safe",
    "load",
    "tipping_nodes",
    "agent_cores",
    "fallen",
    "peak_impact",
    "last_impact",
    "alert_s",
    "back_after_s",
    "heals",
    "first_impact_off_s",
    "peak_impact_off_s",
    "first_recovered_off_s",
    "all_recovered_off_s",
    "recovers",
    "relapses",
    "well_after_s",
    "lost_min",
    "herd",
    "measured",
    "fleet_tips",
    "fleet_lost_min",
    "fleet_home_s",
    "surviving",
    "surviving_at_end",
    "traffic_lost_s",
    "functions_stopped",
    "all_crash_looping_late_s",
    "service_back_late_s",
    "cluster_back_late_s",
];
const LEVERS: &[&str] = &[
    "halt",
    "delete",
    "block",
    "scale_down",
    "scale_up",
    "restart",
    "restart_in_turn",
    "raise_seats",
    "lower_seats",
    "own_flow_schema",
    "own_etcd",
    "serve_stale",
    "longer_ttl",
    "shed_load",
    "restore",
    "shift",
];

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    row("source", Text, "", (0.0, 0.0), Absent,
        "Where the incident behind a case is described, and how much of it was read.", ""),
    row("expect.*.what", Choice(WHATS), "", (0.0, 0.0), Word("safe"),
        "What is looked at: docs/cases.md says how each is computed. Questions are answered by 1 for yes and 0 for no.", ""),
    row("expect.*.with", Text, "", (0.0, 0.0), Absent,
        "Keys that are changed first, KEY=VALUE, separated by blanks.", ""),
    row("expect.*.against", Text, "", (0.0, 0.0), Absent,
        "Keys of a second run: what counts is then the first answer divided by the second. `as_it_is` changes none.", ""),
    row("expect.*.remedies", Choices(LEVERS), "", (0.0, 0.0), Words(&[]),
        "Remedies that begin when somebody reacts to the alert, for recovers, relapses, well_after_s, lost_min and herd.", ""),
    row("expect.*.at_least", Number, "", (-1e12, 1e12), Absent,
        "Smallest answer that passes, declared before the first run.", ""),
    row("expect.*.at_most", Number, "", (-1e12, 1e12), Absent,
        "Largest answer that passes, declared before the first run.", ""),
    row("expect.*.source", Text, "", (0.0, 0.0), Absent,
        "What was published, or why it must come out so.", ""),
    row("expect.*.gap", Text, "", (0.0, 0.0), Absent,
        "Why the model misses it. A row with a gap must fail: when it passes, the gap is to be taken away.", ""),
];
