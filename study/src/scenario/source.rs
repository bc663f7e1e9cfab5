//! The text of a scenario, with the name to show for it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::code::Code;
use super::error::InputError;
use super::nearest::nearest_word;

/// Largest scenario file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Text to read and the name to show for it. Cloning copies no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
    pub(super) argument: bool,
}

impl Source {
    /// Text already at hand; `name` is what messages show, a path or for example `<stdin>`.
    ///
    /// ```
    /// use slackwater_study::scenario::Source;
    /// let source = Source::new("my.yaml", "cluster: {nodes: 5000}");
    /// assert_eq!(source.name(), "my.yaml");
    /// ```
    pub fn new(name: &str, text: &str) -> Self {
        // A byte order mark would shift every column of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { name: name.into(), text: text.into(), argument: false }
    }

    /// The text of one `--set` argument.
    pub(super) fn argument(flag: &str, text: &str) -> Self {
        Self { name: flag.into(), text: text.into(), argument: true }
    }

    /// Bytes already at hand, for example from standard input.
    ///
    /// # Errors
    /// [`Code::FileTooLarge`] over [`MAX_BYTES`], [`Code::NotUtf8`] with the line of the first bad byte.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, InputError> {
        if bytes.len() > MAX_BYTES {
            let message = format!("`{name}` is larger than {MAX_BYTES} bytes (1 MiB)");
            return Err(InputError::new(Code::FileTooLarge, message)
                .in_file(name, None)
                .help("a scenario is a few kilobytes of YAML: check the path"));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to())),
        }
    }

    /// Reads a file. `cases` are the names of the built-in cases, to suggest one when there is no such file.
    ///
    /// # Errors
    /// [`Code::FileNotFound`], [`Code::FileUnreadable`], and those of [`Source::from_bytes`].
    pub fn read(path: &Path, cases: &[&str]) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) => Self::from_bytes(&name, &bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(not_found(path, &name, cases)),
            Err(error) => Err(InputError::new(Code::FileUnreadable, format!("cannot read `{name}`: {error}"))
                .in_file(&name, None)
                .help("check that it is a file and that you may read it")),
        }
    }

    /// The name shown in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> InputError {
    let before = bytes.get(..valid).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let bad = bytes.get(valid).copied().unwrap_or_default();
    let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "the file is UTF-16: save it as UTF-8"
    } else {
        "save the file as UTF-8"
    };
    InputError::new(Code::NotUtf8, format!("`{name}` is not UTF-8 text: byte 0x{bad:02x} at line {line}"))
        .in_file(name, Some(line))
        .help(help)
}

fn not_found(path: &Path, name: &str, cases: &[&str]) -> InputError {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let near = nearest_word(cases.iter().copied(), &stem);
    let help = match (near, cases.is_empty()) {
        (Some(case), _) => format!("did you mean the built-in case `{case}`?"),
        (None, false) => format!("built-in cases are {}", cases.join(", ")),
        (None, true) => "check the path".to_owned(),
    };
    InputError::new(Code::FileNotFound, format!("no file `{name}`")).in_file(name, None).nearest(near).help(help)
}
