//! All that is printed goes through here.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use slackwater_study::outcome::Outcome;
use slackwater_study::report::Report;

use crate::failure::Failure;

/// Text to standard output, as it is.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::stdout(&error))
}

/// A report to standard output; colour is taken out where nobody would see it.
pub(crate) fn report(report: &dyn Report, outcome: &Outcome) -> Result<(), Failure> {
    report.write(outcome, &mut anstream::stdout().lock()).map_err(|error| Failure::stdout(&error))
}

/// A report for programs to standard output, byte for byte.
pub(crate) fn data(report: &dyn Report, outcome: &Outcome) -> Result<(), Failure> {
    report.write(outcome, &mut io::stdout().lock()).map_err(|error| Failure::stdout(&error))
}

/// A failure to standard error. If that fails too, nobody is left to tell.
pub(crate) fn failure(failure: &Failure, json: bool) {
    let colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let text = if json { failure.to_json().to_string() } else { failure.render(colour) };
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether to draw with ASCII: asked for, or the locale names another encoding than UTF-8.
pub(crate) fn ascii(asked: bool) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(std::env::var_os).find(|locale| !locale.is_empty());
    // Without any locale, as in most containers, terminals speak UTF-8.
    let other = locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    });
    asked || other
}
