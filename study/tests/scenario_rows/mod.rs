//! A small table of keys with one row of every kind, shared by the tests of scenario files.

#![allow(dead_code, reason = "each test file uses a part")]

use slackwater_core::bounds::{Default, Kind, Row};
use slackwater_study::scenario::{InputError, ScenarioFile, Source};

const COUNTED: Row = Row {
    key: "cluster.nodes",
    kind: Kind::Integer,
    unit: "nodes",
    min: 1.0,
    max: 1_000_000.0,
    default: Default::Number(5000.0),
    meaning: "Worker nodes of the largest cluster. More nodes mean more agents and larger LIST answers.",
    source: "chosen",
};

const fn number(key: &'static str, unit: &'static str, max: f64, default: f64) -> Row {
    Row { key, kind: Kind::Number, unit, min: 0.0, max, default: Default::Number(default), ..COUNTED }
}

const fn words(key: &'static str, kind: Kind, default: Default) -> Row {
    Row { key, kind, unit: "", min: 0.0, max: 0.0, default, ..COUNTED }
}

pub(crate) static ROWS: [Row; 15] = [
    COUNTED,
    words("cluster.name", Kind::Text, Default::Text("demo")),
    number("cluster.api.memory_bytes", "bytes", 1e13, 8e9),
    number("cluster.api.cpu", "cores", 512.0, 8.0),
    Row { min: 0.001, ..number("agent.period_s", "seconds", 86_400.0, 60.0) },
    words("agent.selector", Kind::Choice(&["cluster", "namespace", "node", "off"]), Default::Text("cluster")),
    words("agent.watch_cache", Kind::Boolean, Default::Boolean(true)),
    words("rollout.start", Kind::Clock, Default::Text("15:13")),
    number("rollout.soak_s", "seconds", 1e6, 600.0),
    Row { kind: Kind::Numbers, default: Default::Numbers(&[1.0, 0.5]), ..number("fleet.sizes", "", 1.0, 0.0) },
    words("fleet.gates", Kind::Choices(&["steady", "surge", "failover"]), Default::Words(&["steady", "surge"])),
    Row { default: Default::Absent, ..number("traffic.*.period_s", "seconds", 86_400.0, 0.0) },
    Row { default: Default::Derived("nodes / 100"), ..number("traffic.*.clients", "", 1e6, 0.0) },
    Row { key: "traffic.background.clients", ..COUNTED },
    number("traffic.scale", "", 10.0, 1.0),
];

pub(crate) fn parse(text: &str) -> Result<ScenarioFile, InputError> {
    ScenarioFile::parse(&Source::new("my.yaml", text), &ROWS)
}

/// What a terminal shows, and the JSON, of the error in a text that must have one.
pub(crate) fn shown(text: &str) -> String {
    report(text, &parse(text).expect_err(text))
}

/// Input, terminal text and JSON of one error.
pub(crate) fn report(input: &str, error: &InputError) -> String {
    let json = serde_json::to_string_pretty(error).expect("plain fields");
    format!("{input}\n---\n{}\n---\n{json}", error.render(false))
}
