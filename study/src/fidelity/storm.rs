//! Storms: overload by polling agents, and the way back.

use super::engine::{Engine, Runs};
use super::row::{Bound, Row};
use super::window::{Sums, recovered_s, sums};
use crate::learn::Calibration;
use crate::trial::{Observed, Trial};
use crate::truth::{StormRun, trial};

const PART: &str = "overload and recovery";
/// Answers below which a mean latency is chance.
const FEWEST: f64 = 30.0;
/// Seconds by which a time read from bins of a second may differ.
const BINS_S: f64 = 2.0;

pub(super) const FITTED: &str = "cost; knee and these storms: quota factor and efficiency, one line";

/// The seconds in which every agent has started and none has stopped.
pub(super) fn overloaded(run: &StormRun) -> (usize, usize) {
    let (from, to) = (run.polls.start_s + run.polls.ramp_s, run.polls.stop_s);
    (from.min(to) as usize, to as usize)
}

pub(super) fn rows(name: &str, run: &StormRun, calibration: &Calibration, engines: &[Engine], out: &mut Vec<Row>) {
    let trial = trial::storm(run, calibration);
    for engine in engines {
        let runs = engine.runs(&trial);
        if run.plane.api_server.memory_limit_bytes.is_some() {
            memory(name, run, engine.name, &runs, out);
        } else {
            compare(name, run, &trial, engine.name, &runs, out);
        }
    }
}

/// Most requests of a class that can be answered in a window: what is offered, or what the cores can do by the cost law,
/// one request after the other. The efficiency has no part in it: it is fitted on these very storms.
fn capacity(run: &StormRun, trial: &Trial, at: usize, seconds: f64, sent: f64) -> f64 {
    let cores = run.plane.api_server.cores * run.plane.api_server.replicas;
    let cpu_s = trial.scenario.cpu_s(at, trial.scenario.nodes);
    let offered = if at == 0 { run.polls.clients / run.polls.period_s * seconds } else { sent };
    offered.min(cores * seconds / cpu_s)
}

fn compare(name: &str, run: &StormRun, trial: &Trial, by: &'static str, runs: &Runs, out: &mut Vec<Row>) {
    let model = runs.mean();
    let (from, to) = overloaded(run);
    let seconds = (to - from) as f64;
    for (at, (seen, said)) in run.observed.classes.iter().zip(&model.classes).enumerate() {
        let (seen, said) = (sums(seen, from, to), sums(said, from, to));
        let capacity = capacity(run, trial, at, seconds, seen.sent);
        let class = run.observed.classes.get(at).map_or("", |class| class.name.as_str());
        let row = |what: &str| Row::new(PART, name, format!("{class}: {what}"), by).fitted_on(FITTED);
        let goodput = row("answered").measured(seen.answered, "requests").predicted(said.answered);
        let error = (said.answered - seen.answered) / capacity.max(1.0);
        out.push(goodput.within(error, Bound { value: 0.15, unit: "of capacity" }));
        out.push(count(row("429"), seen.rejected, said.rejected));
        out.push(count(row("timeouts"), seen.timed_out, said.timed_out));
        out.extend(latency(row("mean latency"), &seen, &said));
    }
    let stop_s = run.polls.stop_s as usize;
    let row = Row::new(PART, name, "recovered after the last agent stopped", by).fitted_on(FITTED);
    let (seen, said) = (recovered_s(&run.observed, stop_s), runs.mean_of(|model| recovered_s(model, stop_s)));
    out.push(match (seen, said) {
        (Some(seen), Some(said)) => row.relative(seen, said, "s", 0.15, BINS_S),
        (None, None) => row.note("neither comes back").within(0.0, Bound { value: 0.0, unit: "s" }),
        (Some(seen), None) => row.measured(seen, "s").failed("the model does not come back"),
        (None, Some(said)) => row.predicted(said).failed("the server did not come back"),
    });
}

/// A count within a quarter, or within two standard errors of a count of random events.
fn count(row: Row, seen: f64, said: f64) -> Row {
    row.relative(seen, said, "requests", 0.25, 2.0 * (seen + 1.0).sqrt())
}

fn latency(row: Row, seen: &Sums, said: &Sums) -> Option<Row> {
    if seen.answered < FEWEST {
        return None;
    }
    let measured = seen.latency_s?;
    Some(match said.latency_s {
        Some(said) => row.relative(measured, said, "s", 0.3, 0.0),
        None => row.measured(measured, "s").failed("the model answers nobody"),
    })
}

/// A storm at the memory wall: killed or not, and whether the server comes back by itself.
fn memory(name: &str, run: &StormRun, by: &'static str, runs: &Runs, out: &mut Vec<Row>) {
    let part = "restart herd, memory wall";
    let fitted = "cost, knee, storms; that it thrashes before a kill: seen in the given run";
    let killed = run.restarts.iter().filter(|event| event.killed).count() as f64;
    let said = runs.mean_of(|model| Some(model.restarts_s.len() as f64)).unwrap_or(0.0);
    let row = Row::new(part, name, "killed by its memory limit (1 yes, 0 no)", by).fitted_on(fitted);
    let yes = |count: f64| f64::from(u8::from(count > 0.0));
    let error = yes(said) - yes(killed);
    out.push(row.measured(yes(killed), "").predicted(yes(said)).within(error, Bound { value: 0.0, unit: "" }));
    let row = Row::new(part, name, "kills", by).fitted_on(fitted).measured(killed, "").predicted(said);
    out.push(row.off_by(said - killed, ""));
    let last = |seen: &Observed| {
        let end = seen.cores.len();
        let from = end.saturating_sub(60);
        seen.classes.iter().map(|class| sums(class, from, end).answered).sum::<f64>() > 0.0
    };
    let (seen, said) = (last(&run.observed), last(&runs.mean()));
    let row = Row::new(part, name, "answers anybody in the last minute (1 yes, 0 no)", by).fitted_on(fitted);
    let number = |yes: bool| f64::from(u8::from(yes));
    let row = row.measured(number(seen), "").predicted(number(said));
    out.push(row.within(number(said) - number(seen), Bound { value: 0.0, unit: "" }));
}
