//! A run's state in a file: plain, versioned, apart from the scenario.

use super::path::{Cluster, Frozen, Path};
use crate::resolve::Plan;
use crate::scenario::InputError;
use serde::{Deserialize, Serialize};
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::state::STATE_VERSION;

/// A saved run: every size of the fleet at one age, with the rows that led there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    version: u32,
    /// Seconds since the touch of each cluster.
    pub at_s: f64,
    /// The scenario as YAML, to start again without its file.
    pub scenario: String,
    sizes: Vec<Size>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Size {
    cluster: Frozen,
    columns: usize,
    rows: Vec<f64>,
}

/// Why a state cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StateError {
    /// Written by another version.
    #[error("the state has version {found}, this slackwater reads version {wanted}")]
    Version {
        /// Version in the file.
        found: u32,
        /// Version this program writes.
        wanted: u32,
    },
    /// Sizes, classes or timers differ.
    #[error("the state belongs to a scenario of another shape: sizes, classes and timers must be the same")]
    Shape,
    /// Not a state.
    #[error("not a saved state: {0}")]
    Unreadable(String),
}

impl StateError {
    pub(super) fn blame(&self, plan: &Plan) -> InputError {
        plan.settings.blame("run", &self.to_string(), "save a new state with the scenario you want to resume")
    }
}

impl Saved {
    /// Takes the state of paths that have run to `at_s`.
    pub(super) fn take(plan: &Plan, paths: &[Path], at_s: f64) -> Self {
        let mut sizes = Vec::new();
        for path in paths {
            let steps = (at_s / path.dt_s).round() as usize;
            let mut cluster = path.last.clone();
            let mut rows = path.rows.clone();
            // A path that rested early goes on to the very moment.
            while rows.len() < steps {
                rows.push(cluster.step());
            }
            sizes.push(Size {
                cluster: cluster.freeze(),
                columns: COLUMNS.len(),
                rows: rows.iter().flat_map(|row| row.values).collect(),
            });
        }
        Self { version: STATE_VERSION, at_s, scenario: plan.settings.file().to_yaml(), sizes }
    }

    /// A cluster and its rows, to go on from.
    pub(super) fn resume(&self, index: usize, cluster: Cluster) -> Result<(Cluster, Vec<Row>), StateError> {
        if self.version != STATE_VERSION {
            return Err(StateError::Version { found: self.version, wanted: STATE_VERSION });
        }
        let size = self.sizes.get(index).ok_or(StateError::Shape)?;
        if size.columns != COLUMNS.len() || size.rows.len() % COLUMNS.len() != 0 {
            return Err(StateError::Shape);
        }
        let rows = size.rows.chunks_exact(COLUMNS.len()).filter_map(|row| Some(Row { values: row.try_into().ok()? }));
        let rows = rows.collect();
        Ok((cluster.thaw(size.cluster.clone()).ok_or(StateError::Shape)?, rows))
    }

    /// As bytes of a file (JSON).
    ///
    /// # Errors
    /// Numbers that JSON cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        serde_json::to_vec(self).map_err(|error| StateError::Unreadable(error.to_string()))
    }

    /// From bytes of a file.
    ///
    /// # Errors
    /// Anything that is not a state of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let saved: Self = serde_json::from_slice(bytes).map_err(|error| StateError::Unreadable(error.to_string()))?;
        if saved.version != STATE_VERSION {
            return Err(StateError::Version { found: saved.version, wanted: STATE_VERSION });
        }
        Ok(saved)
    }
}
