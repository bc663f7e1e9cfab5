//! The `slackwater` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    slackwater::run(std::env::args_os())
}
