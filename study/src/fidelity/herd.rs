//! The restart herd: informers that list again after a kill.

use super::engine::Engine;
use super::row::Row;
use crate::bytes::MIB;
use crate::learn::Calibration;
use crate::truth::{HerdRun, trial};

const PART: &str = "restart herd, memory wall";
const FITTED: &str = "cost, knee, storms; idle cores: the quiet part of this run";
/// Share of the informers that counts as all: the last one waits up to two backoffs, and is one draw.
const ALL: f64 = 0.99;

pub(super) fn rows(name: &str, run: &HerdRun, calibration: &Calibration, engines: &[Engine], out: &mut Vec<Row>) {
    let trial = trial::herd(run, calibration);
    let Some(killed_s) = run.restarts.iter().find(|event| event.killed).map(|event| event.t_s) else { return };
    let watching: Vec<f64> = run.seconds.iter().map(|second| second.watching).collect();
    let bytes: Vec<f64> = run.seconds.iter().map(|second| second.bytes).collect();
    for engine in engines {
        let runs = engine.runs(&trial);
        let model = runs.mean();
        let said_at =
            |share: f64| runs.mean_of(|model| part_s(&model.classes.first()?.watching, run.clients * share, killed_s));
        let row = |what: &str| Row::new(PART, name, what, engine.name).fitted_on(FITTED);
        let (seen, said) = (part_s(&watching, run.clients * ALL, killed_s), said_at(ALL));
        let what = row("from the kill until 99 % watch again");
        out.push(match (seen, said) {
            (Some(seen), Some(said)) => what.relative(seen, said, "s", 0.2, 2.0),
            (Some(seen), None) => what.measured(seen, "s").failed("not before the end"),
            (None, _) => what.note("not before the end of the recording"),
        });
        for share in [0.25, 0.5, 0.75] {
            let what = row(&format!("from the kill until {} % watch again", share * 100.0));
            let (seen, said) = (part_s(&watching, run.clients * share, killed_s), said_at(share));
            if let (Some(seen), Some(said)) = (seen, said) {
                out.push(what.measured(seen, "s").predicted(said).off_by(said / seen - 1.0, ""));
            }
        }
        let after = |list: &[f64]| list.iter().skip(killed_s as usize + 1).fold(0.0_f64, |most, &x| most.max(x));
        out.push(row("most memory after it").relative(after(&bytes) / MIB, after(&model.bytes) / MIB, "MiB", 0.2, 0.0));
        let lists = |sent: &[f64]| sent.iter().skip(killed_s as usize + 1).sum::<f64>();
        let seen: f64 = run.seconds.iter().skip(killed_s as usize + 1).map(|second| second.answered).sum();
        let said = model.classes.first().map_or(0.0, |class| lists(&class.answered));
        out.push(
            row("lists answered after it")
                .measured(seen, "requests")
                .predicted(said)
                .off_by(said / seen.max(1.0) - 1.0, ""),
        );
    }
}

/// Seconds from `from_s` until so many hold a watch again.
fn part_s(watching: &[f64], enough: f64, from_s: f64) -> Option<f64> {
    let start = from_s as usize + 1;
    let found = watching.iter().enumerate().skip(start).find(|(_, watching)| **watching >= enough);
    found.map(|(second, _)| second as f64 + 1.0 - from_s)
}
