//! Where truth lies: in the binary, or in a folder laid out the same way.

use crate::scenario::{Code, InputError};
use flate2::read::GzDecoder;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

/// Largest file read, bytes when unpacked: guards against archives made to exhaust memory.
const MOST_BYTES: u64 = 1 << 28;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../truth/", $name)))),*]
    };
}

/// Everything under `study/truth`.
const BUILT_IN: &[(&str, &[u8])] = files![
    "oracle/apf/borrowing.json.gz",
    "oracle/apf/dropped.json.gz",
    "oracle/apf/limits.json.gz",
    "oracle/apf/queueset.json.gz",
    "oracle/apf/seats.json.gz",
    "oracle/apf/shuffle.json.gz",
    "recordings/cost.csv.gz",
    "recordings/dns-ttl120.csv.gz",
    "recordings/herd-300.csv.gz",
    "recordings/herd-300.restarts.csv.gz",
    "recordings/knee-p3000-json/rate-0.5.csv.gz",
    "recordings/knee-p3000-json/rate-1.csv.gz",
    "recordings/knee-p3000-json/rate-1.5.csv.gz",
    "recordings/knee-p3000-json/rate-2.csv.gz",
    "recordings/knee-p3000-json/rate-2.4.csv.gz",
    "recordings/knee-p3000-json/rate-2.7.csv.gz",
    "recordings/knee-p3000-json/rate-3.csv.gz",
    "recordings/knee-p3000-json/rate-3.5.csv.gz",
    "recordings/manifest.yaml",
    "recordings/storm-apf-300x60.audit.log.gz",
    "recordings/storm-apf-300x60.csv.gz",
    "recordings/storm-inflight-300x60.audit.log.gz",
    "recordings/storm-inflight-300x60.csv.gz",
    "recordings/storm-memory-300x60.csv.gz",
    "recordings/storm-memory-300x60.restarts.csv.gz",
];

/// Files by name, plain or packed with gzip (`NAME.gz`).
///
/// ```
/// use slackwater_study::truth::Folder;
/// let manifest = Folder::built_in().text("recordings/manifest.yaml")?;
/// assert!(manifest.contains("runs:"));
/// assert!(Folder::built_in().text("recordings/none.csv").is_err());
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder; nothing for what is in the binary.
    path: Option<PathBuf>,
}

impl Folder {
    /// What is in the binary.
    pub fn built_in() -> Self {
        Self { path: None }
    }

    /// A folder, with `oracle/apf/*.json` or `recordings/manifest.yaml` or both.
    ///
    /// # Errors
    /// [`Code::FileNotFound`] if it holds neither, [`Code::FileUnreadable`] if it is no folder.
    ///
    /// ```
    /// use slackwater_study::truth::Folder;
    /// let error = Folder::open("no/such/folder".into()).err().ok_or("it should not exist")?;
    /// assert!(error.to_string().contains("no/such/folder"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: PathBuf) -> Result<Self, InputError> {
        let shown = path.display().to_string();
        let help = "give a folder with recordings/manifest.yaml, oracle/apf/*.json, or both";
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let message = format!("`{shown}` is not a folder");
                return Err(InputError::new(Code::FileUnreadable, message).in_file(&shown, None).help(help));
            }
            Err(error) => {
                let code = if error.kind() == ErrorKind::NotFound { Code::FileNotFound } else { Code::FileUnreadable };
                let message = format!("cannot read the folder `{shown}`: {error}");
                return Err(InputError::new(code, message).in_file(&shown, None).help(help));
            }
        }
        let folder = Self { path: Some(path) };
        if !folder.holds("recordings/manifest.yaml") && !folder.holds_vectors() {
            let message = format!("`{shown}` holds neither recordings/manifest.yaml nor oracle/apf/*.json");
            return Err(InputError::new(Code::FileNotFound, message).in_file(&shown, None).help(help));
        }
        Ok(folder)
    }

    /// What to call it in a table.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "built in".to_owned(), |path| path.display().to_string())
    }

    /// Whether a file is there.
    pub fn holds(&self, name: &str) -> bool {
        let packed = format!("{name}.gz");
        match &self.path {
            None => BUILT_IN.iter().any(|(known, _)| *known == name || *known == packed),
            Some(path) => path.join(name).is_file() || path.join(packed).is_file(),
        }
    }

    fn holds_vectors(&self) -> bool {
        ["borrowing", "dropped", "limits", "queueset", "seats", "shuffle"]
            .iter()
            .any(|name| self.holds(&format!("oracle/apf/{name}.json")))
    }

    /// The name of a file as messages show it.
    pub fn shown(&self, name: &str) -> String {
        self.path.as_ref().map_or_else(|| name.to_owned(), |path| path.join(name).display().to_string())
    }

    /// The text of a file, unpacked.
    ///
    /// # Errors
    /// [`Code::FileNotFound`], [`Code::FileUnreadable`], [`Code::FileTooLarge`] or [`Code::NotUtf8`].
    pub fn text(&self, name: &str) -> Result<String, InputError> {
        let shown = self.shown(name);
        let refuse =
            |code: Code, message: String, help: &str| InputError::new(code, message).in_file(&shown, None).help(help);
        let raw = self.bytes(name).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                let message = format!("no file `{shown}`");
                return refuse(Code::FileNotFound, message, "put it there, plain or as .gz, or correct its name");
            }
            let message = format!("cannot read `{shown}`: {error}");
            refuse(Code::FileUnreadable, message, "check that it is a file and that you may read it")
        })?;
        let mut unpacked = Vec::new();
        let is_packed = raw.starts_with(&[0x1f, 0x8b]);
        let read = if is_packed {
            GzDecoder::new(raw.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut unpacked)
        } else {
            unpacked = raw;
            Ok(unpacked.len())
        };
        if let Err(error) = read {
            let message = format!("cannot unpack `{shown}`: {error}");
            return Err(refuse(Code::FileUnreadable, message, "pack it again with gzip"));
        }
        if unpacked.len() as u64 > MOST_BYTES {
            let message = format!("`{shown}` is larger than {MOST_BYTES} bytes");
            return Err(refuse(Code::FileTooLarge, message, "a recording has some megabytes at most: check the file"));
        }
        String::from_utf8(unpacked).map_err(|error| {
            let message = format!("`{shown}` is not UTF-8 text: {error}");
            refuse(Code::NotUtf8, message, "save the file as UTF-8")
        })
    }

    fn bytes(&self, name: &str) -> std::io::Result<Vec<u8>> {
        let packed = format!("{name}.gz");
        let Some(path) = &self.path else {
            let found = BUILT_IN.iter().find(|(known, _)| *known == name || *known == packed);
            return found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| ErrorKind::NotFound.into());
        };
        let read = |name: &str| {
            let mut bytes = Vec::new();
            let file = std::fs::File::open(path.join(name))?;
            file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read(name).or_else(|error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => read(&packed),
            _ => Err(error),
        })
    }
}
