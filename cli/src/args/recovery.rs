//! Arguments of what looks at incidents and the way out of them.

use std::path::PathBuf;

use super::Format;

const AFTER_CASES: &str = "\
With --run: case, what must come out, what came out, pass. Bounds are declared in the case's file, with a source; gap
marks what is known not to come out, and why.

Exit codes: 0 listed, or all pass; 1 something that must come out does not; 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_CASES)]
pub(crate) struct Cases {
    /// Only these cases; all without any
    #[arg(value_name = "CASE")]
    pub(crate) names: Vec<String>,
    /// Run them and hold them against what must come out
    #[arg(long)]
    pub(crate) run: bool,
    /// Form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

const AFTER_REMEDIES: &str = "\
One cluster is looked at, the largest that falls. A remedy begins when somebody reacts to the alert; what needs the API
waits until the operator is answered. Times and sizes of remedies are keys: slackwater explain remedies.
As csv: one line a try, all pairs included.

Exit codes: 0 there is a way out, or nothing falls; 1 there is none; 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_REMEDIES)]
pub(crate) struct Remedies {
    /// A built-in case, a scenario file, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Begin at this moment instead, seconds since the rollout started
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    pub(crate) at: Option<f64>,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

const AFTER_FLEET: &str = "\
fleet.load says how loaded clusters are in usual traffic; without it they are taken to have room for whatever is led to
them. Keys: slackwater explain fleet, remedies.shift_share, remedies.shift_after_s. As csv: the traffic over time.

Exit codes: 0 every other cluster carries what is led to it, 1 some do not, 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_FLEET)]
pub(crate) struct Fleet {
    /// A built-in case, a scenario file, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Also try other orders of rollout, other shares of traffic and other ways back, and say what was best in hindsight
    #[arg(long)]
    pub(crate) regret: bool,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

/// A time of a run: not before it began, not later than anybody waits.
fn seconds(text: &str) -> Result<f64, String> {
    let most = 604_800.0;
    match text.parse::<f64>() {
        Ok(at) if (0.0..=most).contains(&at) => Ok(at),
        Ok(at) => Err(format!("{at} is not between 0 and {most}")),
        Err(_) => Err("write seconds since the rollout started, for example 1500".to_owned()),
    }
}
