//! Arguments of what looks at incidents and the way out of them.

use std::path::PathBuf;

use super::{Format, ListFormat};

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
    /// Set a key in each of them, unless what must come out is declared with another value; may be repeated
    #[arg(long, value_name = "KEY=VALUE", requires = "run")]
    pub(crate) set: Vec<String>,
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

const AFTER_OUTAGE: &str = "\
What can be down, alone or several separated by commas:
  api, api:K          all API servers, or K of them       dns                 all DNS servers
  etcd, etcd:K        all members, or K of them           network             routes between masters and nodes
  etcd-data           the data; see outage.backup_age_s   scheduler           every scheduler
  master, master:K    all machines, or K of them          controller-manager  every controller manager
More about the cluster: slackwater explain nodes, mesh, network, outage.

Exit codes: 0 users are served throughout, 1 they are not, 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_OUTAGE)]
pub(crate) struct Outage {
    /// A built-in case, a scenario file, or - for standard input; without it, a cluster of defaults
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: Option<PathBuf>,
    /// What is down; same as --set outage.down=[WHAT] and outage.count=K
    #[arg(long, value_name = "WHAT[:K]")]
    pub(crate) down: Option<String>,
    /// For how long: a number and s, m, h or d; same as --set outage.for_s=SECONDS
    #[arg(long = "for", value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) length: Option<String>,
    /// Machines of the control plane; same as --set outage.masters=N
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) masters: Option<String>,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Name the source of every rule
    #[arg(long)]
    pub(crate) sources: bool,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}
