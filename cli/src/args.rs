//! What can be typed. Parsing only: what it means is up to the commands.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

const AFTER: &str = "\
Exit codes: 0 safe, 1 unsafe, 2 bad usage, bad input or failure.
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
    /// List the built-in cases
    Cases {
        /// Form of the list
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Explain a key, the keys that begin alike, or an error code
    Explain {
        /// A key (cluster.nodes), its beginning (cluster), or a code (SW014); all sections without it
        #[arg(value_name = "KEY|PREFIX|SWxxx")]
        query: Option<String>,
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
            Some(Command::Cases { format }) => *format == ListFormat::Json,
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
