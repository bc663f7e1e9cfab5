//! The command line of slackwater: flags and printing, no arithmetic.
//!
//! [`run`] is the whole program: parse, do one verb, print, and say with the exit code how it ended.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod failure;
mod printer;
mod target;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Args;

/// How a command that did its work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Exit code 0: safe, or nothing was asked that could be unsafe.
    Good,
    /// Exit code 1: unsafe.
    Unsafe,
}

/// Runs the command line; the first argument is the program's name, as in [`std::env::args_os`].
///
/// Exit codes: 0 safe, 1 unsafe, 2 bad usage, bad input or failure. A reader that closes the pipe early is no failure.
///
/// ```
/// use std::ffi::OsString;
/// use std::process::ExitCode;
/// let arguments = ["slackwater", "explain", "cluster.nodes"].map(OsString::from);
/// assert_eq!(slackwater::run(arguments), ExitCode::SUCCESS);
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (ending, json) = match Args::try_parse_from(&arguments) {
        Ok(args) => (commands::run(&args), args.json()),
        Err(error) => (failure::usage(&error), args::wants_json(&arguments)),
    };
    match ending {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::Unsafe) => ExitCode::from(1),
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            printer::failure(&failure, json);
            ExitCode::from(2)
        }
    }
}
