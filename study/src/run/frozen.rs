//! What of a cluster in motion is saved, and how it goes on from there.

use super::path::Cluster;
use serde::{Deserialize, Serialize};
use slackwater_core::system::apart::Server;
use slackwater_core::system::state::State;

/// Steps a saved state can have: far more than anybody waits for, and far below where numbers are no longer whole.
const MOST_STEPS: f64 = 1e15;

/// The part of a cluster that is saved.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::run::Cluster;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=50")?;
/// let plan = Plan::resolve(file)?;
/// let cluster = Cluster::new(&plan, 50.0)?;
/// let text = serde_json::to_string(&cluster.freeze())?;
/// assert!(text.contains("\"now_s\":0.0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frozen {
    pub(super) state: State<f64>,
    pub(super) storage: Vec<f64>,
    pub(super) servers: Vec<Server<f64>>,
}

impl Cluster {
    /// Continues from a saved state; `None` if it belongs to a scenario of another shape.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::Cluster;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// let plan = Plan::resolve(file)?;
    /// let mut cluster = Cluster::new(&plan, 50.0)?;
    /// let frozen = cluster.freeze();
    /// cluster.step();
    /// let again = cluster.thaw(frozen).ok_or("another shape")?;
    /// assert_eq!(again.state.steps, 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn thaw(mut self, frozen: Frozen) -> Option<Self> {
        let same = frozen.storage.len() == self.storage.len()
            && frozen.servers.len() == self.servers.len()
            && frozen.servers.iter().all(|group| group.classes.len() == self.state.classes.len())
            && frozen.state.version == self.state.version
            && frozen.state.classes.len() == self.state.classes.len()
            && frozen.state.levels.len() == self.state.levels.len()
            && frozen.state.fair.len() == self.state.fair.len()
            && frozen.state.caches.len() == self.state.caches.len();
        // A file can hold anything; a place in a ring must be one of recent steps, and steps must still count one by one.
        let whole = |x: f64| (0.0..MOST_STEPS).contains(&x) && x.fract() == 0.0;
        let place = frozen.state.place;
        let recent = |front: f64| whole(front) && front <= place + 1.0 && place - front <= frozen.storage.len() as f64;
        let apart = frozen.servers.iter().flat_map(|group| &group.classes);
        let mut lines = frozen.state.classes.iter().chain(apart).flat_map(|class| &class.lines);
        let sane = whole(place)
            && whole(frozen.state.steps)
            && frozen.storage.iter().all(|x| x.is_finite())
            && lines.all(|line| line.running == 0.0 || recent(line.front));
        (self.state, self.storage, self.servers) = (frozen.state, frozen.storage, frozen.servers);
        (same && sane).then_some(self)
    }

    /// What to save.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::run::Cluster;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=50")?;
    /// let plan = Plan::resolve(file)?;
    /// let mut cluster = Cluster::new(&plan, 50.0)?;
    /// cluster.step();
    /// let other = Cluster::new(&plan, 50.0)?.thaw(cluster.freeze());
    /// assert!(other.is_some_and(|other| other.state == cluster.state));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn freeze(&self) -> Frozen {
        Frozen { state: self.state.clone(), storage: self.storage.clone(), servers: self.servers.clone() }
    }
}
