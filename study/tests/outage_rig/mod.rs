//! Outages by settings, for tests.

#![allow(dead_code, reason = "each test file uses a part")]

use slackwater_core::bounds::TABLE;
use slackwater_core::nodes::functions::{Function, Status};
use slackwater_core::nodes::plane::Row;
use slackwater_study::cases;
use slackwater_study::outage::{FunctionRow, Outage};
use slackwater_study::resolve::OutagePlan;
use slackwater_study::scenario::ScenarioFile;

/// A cluster on which nothing happens by chance, so that what a test sees is the outage's doing.
pub(crate) const CALM: [&str; 5] = [
    "cluster.nodes=100",
    "nodes.crashes_per_pod_day=0",
    "nodes.pressure_per_pod_day=0",
    "nodes.failures_per_node_day=0",
    "outage.watch_s=1800",
];

/// The outage of a calm cluster with these settings.
pub(crate) fn outage(settings: &[&str]) -> Outage {
    run(ScenarioFile::empty(TABLE), &[&CALM, settings].concat())
}

/// The outage of a case with these settings over it.
pub(crate) fn case(name: &str, settings: &[&str]) -> Outage {
    run(cases::find(name).expect(name).file().expect(name), settings)
}

fn run(mut file: ScenarioFile, settings: &[&str]) -> Outage {
    for setting in settings {
        file.set(setting).unwrap_or_else(|error| panic!("{error}"));
    }
    Outage::run(&OutagePlan::resolve(file).unwrap_or_else(|error| panic!("{error}")))
}

/// One master, the API away for `for_s` seconds.
pub(crate) fn api_away(for_s: u32, settings: &[&str]) -> Outage {
    let length = format!("outage.for_s={for_s}");
    outage(&[&["outage.down=[api]", "outage.masters=1", &length], settings].concat())
}

pub(crate) fn row(outage: &Outage, function: Function) -> &FunctionRow {
    outage.functions.iter().find(|row| row.function == function).unwrap_or_else(|| panic!("{function:?}"))
}

/// Status of a function `at_s` seconds into the outage.
pub(crate) fn status(outage: &Outage, function: Function, at_s: f64) -> Status {
    let row = row(outage, function);
    row.then.iter().filter(|(from_s, _)| *from_s <= at_s).fold(row.status, |_, (_, status)| *status)
}

/// Status throughout, where it does not change.
pub(crate) fn steady(outage: &Outage, function: Function) -> Status {
    assert!(row(outage, function).then.is_empty(), "{:?}", row(outage, function));
    row(outage, function).status
}

/// The moment of a name, if it happened.
pub(crate) fn moment(outage: &Outage, name: &str) -> Option<f64> {
    outage.moments.iter().find(|moment| moment.name == name).and_then(|moment| moment.t_s)
}

/// The row at a time.
pub(crate) fn at(outage: &Outage, t_s: f64) -> Row {
    *outage.trajectory.iter().find(|row| row.t_s >= t_s).expect("within the run")
}

pub(crate) fn least(outage: &Outage, of: impl Fn(&Row) -> f64) -> f64 {
    outage.trajectory.iter().map(of).fold(f64::INFINITY, f64::min)
}

pub(crate) fn most(outage: &Outage, of: impl Fn(&Row) -> f64) -> f64 {
    outage.trajectory.iter().map(of).fold(f64::NEG_INFINITY, f64::max)
}
