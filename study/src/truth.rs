//! Recordings of real control planes and real DNS caches, and vectors from the real code: what the model is held to.
//!
//! [`Truth`] is a [`Folder`] and the [`Run`]s its manifest describes. The folder in the binary holds the runs the
//! constants are fitted on; any other folder laid out the same way (`recordings/manifest.yaml` and its tables,
//! `oracle/apf/*.json`, plain or packed with gzip) is read alike, and nothing is fitted on it.

mod audit;
mod fields;
mod folder;
mod keys;
mod manifest;
mod run;
mod table;
pub(crate) mod trial;

pub use audit::Served;
pub use folder::Folder;
pub use run::{
    ApiServer, Ask, CostRun, DnsRun, HerdRun, Kind, KneeRun, Objects, Plane, Polls, Run, Sender, StormRun, Who,
};
pub use table::{CostRow, DnsBin, HerdSecond, Restart};

use crate::scenario::InputError;
use std::path::Path;

/// Recordings and vectors of one folder.
///
/// ```
/// use slackwater_study::truth::Truth;
/// let truth = Truth::built_in()?;
/// assert_eq!(truth.runs.len(), 7);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Where it lies.
    pub folder: Folder,
    /// Runs of the manifest, in its order; empty if there is no manifest.
    pub runs: Vec<Run>,
}

impl Truth {
    /// The truth in the binary.
    ///
    /// # Errors
    /// None: a test reads it.
    pub fn built_in() -> Result<Self, InputError> {
        let folder = Folder::built_in();
        Ok(Self { runs: manifest::runs(&folder)?, folder })
    }

    /// The truth in a folder.
    ///
    /// # Errors
    /// As [`Folder::open`]; and a manifest or table that cannot be read, with file, line, key, value and range. A run
    /// of an unknown kind, or without its table, is no error: it is kept as [`Kind::Unread`].
    ///
    /// ```
    /// use slackwater_study::truth::Truth;
    /// assert!(Truth::read(std::path::Path::new("no/such/folder")).is_err());
    /// ```
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let folder = Folder::open(path.to_owned())?;
        let runs = if folder.holds("recordings/manifest.yaml") { manifest::runs(&folder)? } else { Vec::new() };
        Ok(Self { folder, runs })
    }
}
