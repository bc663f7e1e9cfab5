//! Verdicts by the quick way against whole runs: `agree ROWS`, half of them near the edge of one key or two, half with
//! every key moving that has a say. Prints how many were safe, and every row in which the two differ.

use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::judge_by_run;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::{Answer, Design, Words, solve};
use std::error::Error;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CASE: &str = "openai-2024-12-11-staging";
const EDGE: [&str; 2] = ["cluster.nodes=1500..2400", "agent.period_s=50..70"];
/// Keys that move the walls, the rollout, the clients and DNS, each from far inside to beyond what holds.
const ALL: [&str; 12] = [
    "cluster.nodes=20..8000:log",
    "agent.period_s=5..600:log",
    "api_server.cores=1..64:log",
    "api_server.memory_gib=4..200:log",
    "cluster.pods_per_node=2..60:log",
    "dns.cache_ttl_s=5..2000:log",
    "agent.timeout_s=2..100:log",
    "rollout.controller_qps=5..200:log",
    "detection.for_s=0.1..600:log",
    "detection.human_delay_s=0.1..600:log",
    "etcd.cores=1..16:log",
    "background.scale=0.3..20:log",
];

fn design_of(vary: &[&str], rows: u64) -> Result<Design, Box<dyn Error>> {
    let file = find(CASE).ok_or("no such case")?.file()?;
    let words = Words {
        set: file.values().map(|(key, value, _)| format!("{key}={value}")).collect(),
        vary: vary.iter().map(|&axis| axis.to_owned()).collect(),
        sample: Some(format!("sobol:{rows}")),
        verdict_only: true,
        ..Words::default()
    };
    Ok(Design::of(words)?)
}

/// Whether a whole run of a row comes to the same gate, or to none as well.
fn same(design: &Design, row: u64, quick: &Answer) -> Result<bool, InputError> {
    let whole = judge_by_run(&Plan::resolve(design.scenario(row)?)?)?;
    if quick.gate_name() != whole.gate {
        // Nobody to tell is no reason to stop.
        let (quick, whole) = (quick.gate_name(), whole.gate);
        let _ = writeln!(std::io::stderr(), "row {row}: {quick:?} by the sweep, {whole:?} by a whole run");
    }
    Ok(quick.gate_name() == whole.gate)
}

/// The next row that nobody has looked at.
fn take<'a>(next: &AtomicUsize, answers: &'a [Answer]) -> (usize, Option<&'a Answer>) {
    let row = next.fetch_add(1, Ordering::Relaxed);
    (row, answers.get(row))
}

fn main() -> Result<(), Box<dyn Error>> {
    slackwater_study::threads::prepare();
    let rows = std::env::args().nth(1).map_or(Ok(100_000_u64), |text| text.parse())?;
    let threads = std::thread::available_parallelism()?.get();
    for (name, vary) in [("near the edge", &EDGE[..]), ("every key moving", &ALL[..])] {
        let design = design_of(vary, rows / 2)?;
        let mut answers = Vec::new();
        solve(&design, 0, &AtomicBool::new(false), |_, some| {
            answers.extend_from_slice(some);
            Ok::<(), InputError>(())
        })?;
        let (next, different) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || -> Result<(), String> {
            while let (row, Some(quick)) = take(&next, &answers) {
                if !same(&design, row as u64, quick).map_err(|error| error.to_string())? {
                    different.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread failed".to_owned())?)
        })?;
        let safe = answers.iter().filter(|answer| answer.safe()).count();
        writeln!(
            std::io::stdout(),
            "{name}: {} rows, {safe} safe, {} different",
            answers.len(),
            different.into_inner()
        )?;
    }
    Ok(())
}
