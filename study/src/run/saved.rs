//! A run's state in a file: plain, versioned, apart from the scenario.

use super::frozen::Frozen;
use super::path::{Cluster, Path};
use crate::resolve::Plan;
use crate::scenario::InputError;
use serde::{Deserialize, Serialize};
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::state::STATE_VERSION;
use std::fmt::Write as _;

/// A saved run: every size of the fleet at one age, with the rows that led there.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::simulate_and_save;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// file.set("run.until_s=60")?;
/// let plan = Plan::resolve(file)?;
/// let (_, saved) = simulate_and_save(&plan, None)?;
/// assert!(saved.scenario.contains("nodes: 50"));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    version: u32,
    /// Seconds since the touch of each cluster.
    pub at_s: f64,
    /// The scenario as YAML, to start again without its file.
    pub scenario: String,
    /// All its keys but the end of the run: a path at rest stays at rest only under the same ones.
    identity: String,
    sizes: Vec<Size>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Size {
    cluster: Frozen,
    columns: usize,
    rows: Vec<f64>,
    /// Rows after which the path came to rest, and the cluster there.
    rest: Option<(usize, Frozen)>,
}

/// What a run goes on from.
pub(super) struct Resumed {
    /// The cluster after the rows.
    pub cluster: Cluster,
    /// Rows up to the state.
    pub rows: Vec<Row>,
    /// Whether the path was at rest there, and still is.
    pub rests: bool,
}

fn identity(plan: &Plan) -> String {
    let kept = |key: &str| !matches!(key, "run.until_s" | "name" | "description");
    plan.settings.file().values().filter(|(key, _, _)| kept(key)).fold(String::new(), |mut all, (key, value, _)| {
        let _ = writeln!(all, "{key}: {value}");
        all
    })
}

/// Why a state cannot be used.
///
/// ```
/// use slackwater_study::run::{Saved, StateError};
/// assert!(matches!(Saved::from_bytes(b"{}"), Err(StateError::Unreadable(_))));
/// ```
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
                rest: path.rests.then(|| (path.rows.len(), path.last.freeze())),
            });
        }
        Self { version: STATE_VERSION, at_s, scenario: plan.settings.file().to_yaml(), identity: identity(plan), sizes }
    }

    /// A cluster of the plan and its rows, to go on from.
    pub(super) fn resume(&self, plan: &Plan, index: usize, cluster: Cluster) -> Result<Resumed, StateError> {
        if self.version != STATE_VERSION {
            return Err(StateError::Version { found: self.version, wanted: STATE_VERSION });
        }
        let size = self.sizes.get(index).ok_or(StateError::Shape)?;
        let fits = size.columns == COLUMNS.len() && size.rows.len() % COLUMNS.len() == 0;
        if !fits || self.sizes.len() != plan.fleet.groups.len() {
            return Err(StateError::Shape);
        }
        let rows = size.rows.chunks_exact(COLUMNS.len()).filter_map(|row| Some(Row { values: row.try_into().ok()? }));
        let mut rows: Vec<Row> = rows.collect();
        let (frozen, rests) = match &size.rest {
            Some((count, frozen)) if self.identity == identity(plan) => {
                rows.truncate(*count);
                (frozen, true)
            }
            _ => (&size.cluster, false),
        };
        let cluster = cluster.thaw(frozen.clone()).ok_or(StateError::Shape)?;
        Ok(Resumed { cluster, rows, rests })
    }

    /// As bytes of a file (JSON).
    ///
    /// # Errors
    /// Numbers that JSON cannot hold.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::{Saved, simulate_and_save};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// file.set("run.until_s=60")?;
    /// let plan = Plan::resolve(file)?;
    /// let (_, saved) = simulate_and_save(&plan, None)?;
    /// assert_eq!(Saved::from_bytes(&saved.to_bytes()?)?.at_s, 60.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        serde_json::to_vec(self).map_err(|error| StateError::Unreadable(error.to_string()))
    }

    /// From bytes of a file.
    ///
    /// # Errors
    /// Anything that is not a state of this version.
    ///
    /// ```
    /// use slackwater_study::run::Saved;
    /// assert!(Saved::from_bytes(b"not a state").is_err());
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        // The version first: another one may differ in anything else.
        let found: Versioned =
            serde_json::from_slice(bytes).map_err(|error| StateError::Unreadable(error.to_string()))?;
        if found.version != STATE_VERSION {
            return Err(StateError::Version { found: found.version, wanted: STATE_VERSION });
        }
        let saved: Self = serde_json::from_slice(bytes).map_err(|error| StateError::Unreadable(error.to_string()))?;
        Ok(saved)
    }
}
