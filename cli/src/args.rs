//! What can be typed. Parsing only: what it means is up to the commands.

mod recovery;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use recovery::{Cases, Fleet, Outage, Remedies};

const AFTER: &str = "\
Exit codes: 0 safe (fidelity: every bounded row holds), 1 unsafe, 2 bad usage, bad input or failure.
Units: every key ends in its unit, such as period_s (seconds), memory_gib or cpu_s (CPU-seconds). Keys without one
are counts or shares of 1. Times of day are HH:MM or HH:MM:SS.
Without a command: a demonstration, offline.";

/// Is this change safe for my Kubernetes control plane, and will DNS caches hide it?
#[derive(Debug, Parser)]
#[command(name = "slackwater", version, after_help = AFTER, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Draw with ASCII only
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and say whether it is safe, why, and what happens when
    Simulate(Simulate),
    /// Run a scenario at many points and say which are safe
    Sweep(Sweep),
    /// Find how far a key may go before the scenario is unsafe
    Threshold(Threshold),
    /// Find where the largest cluster comes back by itself after a trigger, and where it does not
    Region(Region),
    /// Say whether the agent can still be deleted: by whom, under which flow control, in how many minutes
    Escape(Escape),
    /// Try every remedy from the alert on, alone and in pairs: what gets you out, how fast, what relapses
    Remedies(Remedies),
    /// Lead user traffic away from clusters in trouble: who carries it, who falls next, and the way back
    Fleet(Fleet),
    /// Say what still works while something is down, what users feel, and when it is over
    Outage(Outage),
    /// Solve one server with timeouts and retries exactly: how long it runs well, how long it stays down
    Chain(Chain),
    /// List the built-in cases; with --run, hold each against what must come out of it
    Cases(Cases),
    /// Hold the model against recordings and vectors of real systems; one row a truth, exit code 1 if a bounded one fails
    Fidelity(Fidelity),
    /// Explain a key, the keys that begin alike, or an error code
    Explain {
        /// A key (cluster.nodes), its beginning (cluster), or a code (SW014); all sections without it
        #[arg(value_name = "KEY|PREFIX|SWxxx", required_if_eq("sensitivity", "true"))]
        query: Option<String>,
        /// Read the word as a case or a scenario file, and say which of its numbers moves the nearest gate most
        #[arg(long)]
        sensitivity: bool,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Simulate {
    /// A built-in case, a scenario file, or - for standard input. A case wins over a file of the same name;
    /// write ./NAME for the file
    #[arg(value_name = "CASE|FILE|-", required_unless_present = "from")]
    pub(crate) input: Option<PathBuf>,
    /// Form of the answer; by default that of FILE's ending (.json, .csv), else text
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Write the answer to a file, whole or not at all; the verdict still goes to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// End of the run, seconds since the rollout started; same as --set run.until_s=SECONDS
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(crate) until: Option<String>,
    /// Step of the model, seconds; same as --set run.dt_s=SECONDS
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(crate) dt: Option<String>,
    /// Go on from a saved state; without CASE or FILE, with the scenario saved in it
    #[arg(long, value_name = "STATE")]
    pub(crate) from: Option<PathBuf>,
    /// Save the state at the end of the run, to go on from
    #[arg(long, value_name = "FILE")]
    pub(crate) save_state: Option<PathBuf>,
    /// fluid: the model alone. events: also request by request, one cluster of every size, beside the model
    #[arg(long, value_name = "ENGINE", default_value = "fluid", conflicts_with_all = ["from", "save_state", "quiet"])]
    pub(crate) engine: Engine,
    /// Seed of the random numbers of --engine events
    #[arg(long, value_name = "N", default_value_t = 1, requires = "engine")]
    pub(crate) seed: u64,
    /// Print the verdict word only
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const AFTER_THRESHOLD: &str = "\
The values of KEY are scanned first, from a hundredth to a hundred times the scenario's own unless --from and --to say
otherwise; every change of the verdict is then bisected. Nothing is assumed to be monotone.
With KEY2: the threshold of KEY at values of KEY2. With --vary and --sample: an interval over uncertain inputs.

Exit codes: 0 found, 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_THRESHOLD)]
pub(crate) struct Threshold {
    /// A built-in case, a scenario file, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// The key, for example cluster.nodes
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// A second key: the threshold of the first at values of this one
    #[arg(value_name = "KEY2")]
    pub(crate) along: Option<String>,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Smallest value of KEY to look at
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Largest value of KEY to look at
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Values of KEY to look at before edges are sharpened
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(crate) values: Option<u32>,
    /// Smallest value of KEY2
    #[arg(long, value_name = "NUMBER", requires = "along", allow_hyphen_values = true)]
    pub(crate) from2: Option<f64>,
    /// Largest value of KEY2
    #[arg(long, value_name = "NUMBER", requires = "along", allow_hyphen_values = true)]
    pub(crate) to2: Option<f64>,
    /// Values of KEY2
    #[arg(long, value_name = "N", requires = "along", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(crate) values2: Option<u32>,
    /// An uncertain key and its distribution, as for sweep; may be repeated
    #[arg(long, value_name = "KEY=VALUES", requires = "sample", conflicts_with = "along")]
    pub(crate) vary: Vec<String>,
    /// Samples of the uncertain keys: sobol:N, latin:N or random:N
    #[arg(long, value_name = "METHOD:N", requires = "vary")]
    pub(crate) sample: Option<String>,
    /// Seed of the samples
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

const AFTER_REGION: &str = "\
Without --across and --up: the load at which the cluster breaks, the load up to which it heals, and the triggers it
survives at its own load. With both: a map of stable, vulnerable and metastable over two keys.
A trigger takes a share of the API servers' CPU away for some seconds. Load is the agent's traffic, as a multiple of
the scenario's. Nobody does anything about it: remedies are not used.

Exit codes: 0 found, 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_REGION)]
pub(crate) struct Region {
    /// A built-in case, a scenario file, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// Key from left to right: KEY=a..b, KEY=a..b:n, KEY=a..b:n:log or KEY=a,b,c
    #[arg(long, value_name = "KEY=VALUES", requires = "up")]
    pub(crate) across: Option<String>,
    /// Key from bottom to top
    #[arg(long, value_name = "KEY=VALUES", requires = "across")]
    pub(crate) up: Option<String>,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Share of the API servers' CPU that the trigger takes away, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub(crate) size: f64,
    /// For how many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0)]
    pub(crate) duration: f64,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Chain {
    /// New requests a second
    #[arg(long, value_name = "PER_SECOND", default_value_t = 9.5)]
    pub(crate) arrivals: f64,
    /// Requests one thread serves in a second; service times are exponential
    #[arg(long, value_name = "PER_SECOND", default_value_t = 10.0)]
    pub(crate) service: f64,
    /// Requests served at the same time
    #[arg(long, value_name = "THREADS", default_value_t = 1)]
    pub(crate) threads: usize,
    /// Patience of a client, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    pub(crate) timeout: f64,
    /// Tries after the first, on average
    #[arg(long, value_name = "TRIES", default_value_t = 4.0)]
    pub(crate) retries: f64,
    /// Most requests at the server
    #[arg(long, value_name = "REQUESTS", default_value_t = 100)]
    pub(crate) queue: usize,
    /// Most clients that wait to ask again
    #[arg(long, value_name = "CLIENTS", default_value_t = 20)]
    pub(crate) orbit: usize,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

const AFTER_SWEEP: &str = "\
Values of a key:
  KEY=a..b:n         n values in equal steps          cluster.nodes=500..5000:10
  KEY=a..b:n:log     n values in equal ratios         agent.period_s=1..600:50:log
  KEY=a,b,c          these values                     agent.selector=cluster,node
Values of an uncertain key, with --sample:
  KEY=a..b  KEY=a..b:log  KEY=normal(MEAN,DEVIATION)  KEY=lognormal(MEDIAN,FACTOR)  KEY=triangular(LOW,MODE,HIGH)
  what lies outside the range of the key is cut to it
Every combination of all axes is a row; the last axis runs fastest, samples and points faster still.

Exit codes: 0 complete, 2 bad usage, bad input, failure or interrupted. With --row as text: 0 safe, 1 unsafe.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_SWEEP)]
pub(crate) struct Sweep {
    /// A built-in case, a scenario file, or - for standard input; with --row also a file of results
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// Vary a key; may be repeated
    #[arg(long, value_name = "KEY=VALUES")]
    pub(crate) vary: Vec<String>,
    /// Take points from a CSV file: keys in the first line, one point a line
    #[arg(long, value_name = "FILE")]
    pub(crate) points: Option<PathBuf>,
    /// Sample uncertain keys: sobol:N, latin:N (Latin hypercube) or random:N
    #[arg(long, value_name = "METHOD:N")]
    pub(crate) sample: Option<String>,
    /// Seed of the samples
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Set a key for all rows, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Only whether a row is safe and which gate fails first: a thousand times faster
    #[arg(long)]
    pub(crate) verdict_only: bool,
    /// Run one row again and say everything about it, as simulate does
    #[arg(long, value_name = "N")]
    pub(crate) row: Option<u64>,
    /// Threads; all processors by default. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Form of the result; by default that of FILE's ending, else csv
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<TableFormat>,
    /// Write the result to a file, whole or not at all. What is solved meanwhile is kept in FILE.unfinished
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Go on with a sweep that was stopped
    #[arg(long, requires = "output")]
    pub(crate) resume: bool,
    /// Print neither progress nor summary
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// One line a row, for spreadsheets
    Csv,
    /// One JSON object a row
    Jsonl,
    /// Compressed columns, for millions of rows
    Parquet,
}

const AFTER_ESCAPE: &str = "\
Exit codes: 0 with flow control the agent can be deleted, 1 nobody can delete it, 2 bad usage, bad input or failure.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_ESCAPE)]
pub(crate) struct Escape {
    /// A built-in case, a scenario file, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    pub(crate) input: PathBuf,
    /// Set a key, over what the scenario says; may be repeated, the last wins
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fidelity {
    /// Another truth than the one in the binary: a folder with recordings/manifest.yaml, oracle/apf/*.json, or both.
    /// Nothing is fitted on it
    #[arg(long, value_name = "DIR")]
    pub(crate) truth: Option<PathBuf>,
    /// Form of the table
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    /// Draw a plot a run into this folder, measured against modelled, as SVG
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// Everything, for programs
    Json,
    /// The trajectory, for spreadsheets
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Populations in steps
    Fluid,
    /// Every request by itself, too
    Events,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Args {
    /// Whether errors are to be told as JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Some(Command::Simulate(simulate)) => simulate.format == Some(Format::Json),
            Some(Command::Threshold(threshold)) => threshold.format == ListFormat::Json,
            Some(Command::Region(region)) => region.format == ListFormat::Json,
            Some(Command::Chain(chain)) => chain.format == ListFormat::Json,
            Some(Command::Cases(cases)) => cases.format == Format::Json,
            Some(Command::Remedies(remedies)) => remedies.format == Format::Json,
            Some(Command::Escape(escape)) => escape.format == ListFormat::Json,
            Some(Command::Outage(outage)) => outage.format == ListFormat::Json,
            Some(Command::Fidelity(fidelity)) => fidelity.format == ListFormat::Json,
            _ => false,
        }
    }
}

/// The same for arguments that could not be parsed.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    let apart =
        arguments.iter().zip(arguments.iter().skip(1)).any(|(flag, value)| flag == "--format" && value == "json");
    apart || arguments.iter().any(|argument| argument == "--format=json")
}
