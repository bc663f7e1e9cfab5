//! One file a verb.

mod cases;
mod chain;
mod demo;
mod escape;
mod explain;
mod fidelity;
mod fleet;
mod outage;
mod region;
mod remedies;
mod simulate;
mod sweep;
mod threshold;

use crate::Ending;
use crate::args::{Args, Command};
use crate::failure::Failure;

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    if works(args.command.as_ref()) {
        slackwater_study::threads::prepare();
    }
    match &args.command {
        None => demo::run(args.ascii),
        Some(Command::Simulate(simulate)) => simulate::run(simulate, args.ascii),
        Some(Command::Sweep(sweep)) => sweep::run(sweep, args.ascii),
        Some(Command::Threshold(threshold)) => threshold::run(threshold),
        Some(Command::Region(region)) => region::run(region),
        Some(Command::Escape(escape)) => escape::run(escape),
        Some(Command::Remedies(remedies)) => remedies::run(remedies),
        Some(Command::Fleet(fleet)) => fleet::run(fleet),
        Some(Command::Outage(outage)) => outage::run(outage, args.ascii),
        Some(Command::Chain(chain)) => chain::run(chain),
        Some(Command::Cases(args)) => cases::run(args),
        Some(Command::Fidelity(args)) => fidelity::run(args),
        Some(Command::Explain { query: Some(case), sensitivity: true }) => explain::decides(case),
        Some(Command::Explain { query, .. }) => explain::run(query.as_deref()),
    }
}

/// Whether a command has work for several threads; the others end before they would have started.
fn works(command: Option<&Command>) -> bool {
    match command {
        Some(Command::Explain { sensitivity, .. }) => *sensitivity,
        Some(Command::Chain(_)) => false,
        Some(Command::Cases(args)) => args.run,
        // A whole sweep starts as many as it is told to.
        Some(Command::Sweep(args)) => args.row.is_some(),
        _ => true,
    }
}
