//! User traffic between the clusters of a fleet, out of keys.

use super::cluster::Plan;
use super::cost::services;
use super::settings::Settings;
use crate::bytes::{GIB, MIB};
use crate::scenario::InputError;
use serde::Serialize;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::traffic::pulls::Images;
use slackwater_core::traffic::site::{NEVER, Site};

/// What a registry on an object store hands out to one cluster, MiB a second.
const OBJECT_STORE_MIB_PER_S: f64 = 10_000.0;

/// How traffic moves between clusters, and what a cluster of it does.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::{Settings, Traffic};
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// assert!(Traffic::resolve(&Settings::new(file.clone())).is_none()); // other clusters have room
/// file.set("fleet.load=0.6")?;
/// assert!(Traffic::resolve(&Settings::new(file)).is_some_and(|traffic| traffic.load == 0.6));
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Traffic {
    /// Load of a pod in usual traffic.
    pub load: f64,
    /// Load at which the entrance refuses; 1e15 if it never does.
    pub shed_at: f64,
    /// Load at which pods are killed.
    pub oom_at: f64,
    /// Seconds to lead traffic away.
    pub shift_over_s: f64,
    /// Seconds a cluster must be well before it gets its traffic back.
    pub return_after_s: f64,
    /// Seconds that takes.
    pub return_over_s: f64,
    /// Share of the nodes that come back without images.
    pub cold_share: f64,
    /// Bytes per second of the registry, for all clusters.
    pub registry_bytes_per_s: f64,
    /// Clusters that no user reaches for a while, the largest first.
    pub lost_clusters: f64,
    /// When, seconds since the rollout started.
    pub lost_s: f64,
    /// For how long, seconds.
    pub lost_for_s: f64,
}

impl Traffic {
    /// Reads the keys `fleet.*`; nothing without `fleet.load`.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::{Settings, Traffic};
    /// use slackwater_study::scenario::ScenarioFile;
    /// assert_eq!(Traffic::resolve(&Settings::new(ScenarioFile::empty(TABLE))), None);
    /// ```
    pub fn resolve(settings: &Settings) -> Option<Self> {
        let n = |key: &str| settings.number(key);
        Some(Self {
            load: settings.typed("fleet.load")?,
            shed_at: settings.typed("fleet.shed_at_load").unwrap_or(NEVER),
            oom_at: n("nodes.oom_at_load"),
            shift_over_s: n("fleet.shift_over_s"),
            return_after_s: n("fleet.return_after_s"),
            return_over_s: n("fleet.return_over_s"),
            cold_share: n("fleet.cold_share"),
            registry_bytes_per_s: settings.typed("fleet.registry_mib_per_s").unwrap_or_else(|| {
                let counts = settings.numbers("fleet.counts");
                OBJECT_STORE_MIB_PER_S * counts.iter().sum::<f64>().max(1.0)
            }) * MIB,
            lost_clusters: n("fleet.lost_clusters"),
            lost_s: n("fleet.lost_s"),
            lost_for_s: n("fleet.lost_for_s"),
        })
    }

    /// A cluster of `nodes` nodes as its users see it.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::{Settings, Traffic};
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("fleet.load=0.6")?;
    /// let settings = Settings::new(file);
    /// let site = Traffic::resolve(&settings).map(|traffic| traffic.site(&settings, 100.0));
    /// assert!(site.is_some_and(|site| site.pods == 3000.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn site(&self, settings: &Settings, nodes: f64) -> Site {
        let n = |key: &str| settings.number(key);
        Site {
            dt_s: n("run.dt_s"),
            pods: nodes * n("cluster.pods_per_node").max(1.0),
            load: self.load,
            pods_per_node: n("cluster.pods_per_node").max(1.0),
            autoscaled: settings.is("nodes.autoscaled"),
            autoscaled_most: n("nodes.autoscaled_most"),
            node_room: n("fleet.node_room"),
            started_per_s: n("rollout.controller_qps"),
            pod_start_s: n("rollout.pod_start_s"),
            boot_s: n("nodes.boot_s"),
            images: Images {
                bytes: n("fleet.images_gib") * GIB,
                node_bytes_per_s: n("fleet.node_pull_mib_per_s") * MIB,
                count: n("fleet.images"),
                ..Images::none()
            },
            oom_at: self.oom_at,
            oom_s: n("nodes.oom_s"),
            crash_life_s: n("nodes.crash_life_s"),
            shed_at: self.shed_at,
            cold_cost: n("fleet.cold_cost"),
            warm_s: n("fleet.warm_s"),
            cache_life_s: n("fleet.cache_life_s"),
        }
    }
}

impl Plan {
    /// The cluster of `nodes` nodes with `by` times the pods on its nodes and the same services: what its API servers
    /// have to do once an autoscaler has made them.
    ///
    /// # Errors
    /// As [`Plan::cluster`].
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let plan = Plan::resolve(ScenarioFile::empty(TABLE))?;
    /// let agent = |by: f64| plan.crowded(1000.0, by).map(|cluster| {
    ///     let at = cluster.classes.iter().position(|class| class.label.name.as_str() == "agent").unwrap_or(0);
    ///     cluster.cpu_s(at, cluster.nodes)
    /// });
    /// assert!(agent(2.0)? > 1.5 * agent(1.0)?); // its lists of all pods are twice as long
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn crowded(&self, nodes: f64, by: f64) -> Result<Scenario<f64>, InputError> {
        let mut file = self.settings.file().clone();
        let pods = (self.settings.number("cluster.pods_per_node") * by).min(1000.0);
        file.set(&format!("cluster.services={}", services(&self.settings, nodes).round()))?;
        file.set(&format!("cluster.pods_per_node={pods}"))?;
        Self::of(Settings::new(file))?.cluster(nodes)
    }
}
