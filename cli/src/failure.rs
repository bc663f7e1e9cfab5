//! Why a command could not do its work.

use std::io;
use std::path::Path;

use serde_json::{Value, json};
use slackwater_study::scenario::InputError;

use crate::Ending;

/// Anything that ends with exit code 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The scenario or a key is wrong.
    Input(InputError),
    /// The system refused something.
    System { message: String, help: String, kind: io::ErrorKind },
    /// The command line is wrong.
    Usage { rendered: clap::builder::StyledStr, message: String },
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl Failure {
    /// `cannot read "x"` and the like, with the system's words.
    pub(crate) fn system(what: &str, path: &Path, error: &io::Error, help: &str) -> Self {
        let message = format!("{what} {}: {error}", shown(path));
        Self::System { message, help: help.to_owned(), kind: error.kind() }
    }

    /// A refusal before the system was asked.
    pub(crate) fn refused(message: String, help: &str) -> Self {
        Self::System { message, help: help.to_owned(), kind: io::ErrorKind::InvalidInput }
    }

    /// Writing to standard output failed.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        let help = "the reader of standard output could not take it";
        Self::System { message: format!("cannot write: {error}"), help: help.to_owned(), kind: error.kind() }
    }

    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::System { kind: io::ErrorKind::BrokenPipe, .. })
    }

    /// Several lines for a terminal, without the last line end.
    pub(crate) fn render(&self, colour: bool) -> String {
        match self {
            Self::Input(error) => error.render(colour),
            Self::System { message, help, .. } => format!("error: {message}\n  = help: {help}"),
            Self::Usage { rendered, .. } if colour => rendered.ansi().to_string().trim_end().to_owned(),
            Self::Usage { rendered, .. } => rendered.to_string().trim_end().to_owned(),
        }
    }

    /// One object; `code` is null where there is no stable code.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Input(error) => error.to_json(),
            Self::System { message, help, .. } => json!({ "code": null, "message": message, "help": help }),
            Self::Usage { message, .. } => json!({ "code": null, "message": message, "help": "see slackwater --help" }),
        }
    }
}

/// A path for a message: it must not be able to steer the terminal.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    format!("`{}`", text.chars().map(|c| if c.is_control() { '?' } else { c }).collect::<String>())
}

/// What the parser of the command line said: help and version are no failures.
pub(crate) fn usage(error: &clap::Error) -> Result<Ending, Failure> {
    if error.use_stderr() {
        let rendered = error.render();
        let text = rendered.to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
        return Err(Failure::Usage { rendered, message });
    }
    error.print().map_err(|error| Failure::stdout(&error))?;
    Ok(Ending::Good)
}
