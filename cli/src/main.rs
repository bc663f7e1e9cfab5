//! The `slackwater` command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    slackwater::run(std::env::args_os())
}
