//! Verdicts by the quick way against whole runs: `agree ROWS`, half of them near the edge of one key or two, half with
//! every key moving that has a say. Prints how many were safe, and every row in which the two differ.

#[path = "../../study/tests/sweep_rig/mod.rs"]
mod sweep_rig;

use rayon::prelude::*;
use slackwater_study::resolve::Plan;
use slackwater_study::run::judge_by_run;
use slackwater_study::scenario::InputError;
use slackwater_study::sweep::{Answer, Design, solve};
use std::error::Error;
use std::io::Write;
use std::sync::atomic::AtomicBool;
use sweep_rig::{EVERY_KEY, sweep};

const CASE: &str = "openai-2024-12-11-staging";
const EDGE: [&str; 2] = ["cluster.nodes=1500..2400", "agent.period_s=50..70"];

/// Whether a whole run of a row comes to another gate, or to none where the other does.
fn differs(design: &Design, row: usize, quick: &Answer) -> Result<bool, InputError> {
    let whole = judge_by_run(&Plan::resolve(design.scenario(row as u64)?)?)?;
    let differs = quick.gate_name() != whole.gate;
    if differs {
        // Nobody to tell is no reason to stop.
        let (quick, whole) = (quick.gate_name(), whole.gate);
        let _ = writeln!(std::io::stderr(), "row {row}: {quick:?} by the sweep, {whole:?} by a whole run");
    }
    Ok(differs)
}

fn main() -> Result<(), Box<dyn Error>> {
    slackwater_study::threads::prepare();
    let rows = std::env::args().nth(1).map_or(Ok(100_000_u64), |text| text.parse())?;
    for (name, vary) in [("near the edge", &EDGE[..]), ("every key moving", &EVERY_KEY[..])] {
        let design = sweep(CASE, &[], vary, &format!("sobol:{}", rows / 2));
        let mut answers = Vec::new();
        solve(&design, 0, &AtomicBool::new(false), |_, some| {
            answers.extend_from_slice(some);
            Ok::<(), InputError>(())
        })?;
        let different = answers.par_iter().enumerate().map(|(row, quick)| differs(&design, row, quick));
        let different: Vec<bool> = different.collect::<Result<_, _>>()?;
        let different = different.into_iter().filter(|differs| *differs).count();
        let safe = answers.iter().filter(|answer| answer.safe()).count();
        writeln!(std::io::stdout(), "{name}: {} rows, {safe} safe, {different} different", answers.len())?;
    }
    Ok(())
}
