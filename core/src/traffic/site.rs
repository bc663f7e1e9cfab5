//! What stands still in a cluster that serves users.

use super::pulls::{Images, Pulls};
use crate::cohort::slots_for;
use crate::lane::Lane;
use crate::nodes::crashloop::CrashLoop;

/// One cluster as its users see it. Load is counted in pods: 1 is what a pod carries whose caches are as full as in usual
/// traffic.
///
/// ```
/// use slackwater_core::traffic::site::Site;
/// let site = Site { load: 0.8, ..Site::usual(100.0) };
/// assert_eq!(site.usual_load(), 80.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Site {
    /// Step, seconds.
    pub dt_s: f64,
    /// Pods in usual traffic.
    pub pods: f64,
    /// Load of a pod in usual traffic, above 0.
    pub load: f64,
    /// Pods on a node.
    pub pods_per_node: f64,
    /// Whether an autoscaler follows the load.
    pub autoscaled: bool,
    /// Most pods it makes, as a multiple of the usual ones.
    pub autoscaled_most: f64,
    /// Pods that fit on the nodes there are, as a multiple of the usual ones; more pods want more nodes.
    pub node_room: f64,
    /// Pods that controllers create per second.
    pub started_per_s: f64,
    /// Seconds from the creation of a pod on a node that has its images until it serves.
    pub pod_start_s: f64,
    /// Seconds until a new node has booted.
    pub boot_s: f64,
    /// What it must pull then.
    pub images: Images,
    /// Load of a pod at which it reaches its memory limit.
    pub oom_at: f64,
    /// Mean seconds until such a pod is killed, at twice that load.
    pub oom_s: f64,
    /// Seconds a container lives that cannot start properly.
    pub crash_life_s: f64,
    /// Load of a pod above which the entrance refuses users.
    pub shed_at: f64,
    /// Work of a request that the caches of applications do not help, as a multiple of one that they do; 1 or more.
    pub cold_cost: f64,
    /// Seconds of usual traffic that fill these caches.
    pub warm_s: f64,
    /// Seconds that what is in them lives.
    pub cache_life_s: f64,
}

/// Larger than any load: nobody is refused, nobody killed.
///
/// ```
/// use slackwater_core::traffic::site::{NEVER, Site};
/// assert_eq!((Site::usual(1.0).shed_at, Site::usual(1.0).oom_at), (NEVER, NEVER));
/// ```
pub const NEVER: f64 = 1e15;

impl Site {
    /// A cluster of `pods` pods at half of what they carry: no autoscaler, no limit on memory, no caches, nothing to
    /// pull, nobody refused.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::site::Site::usual(100.0).load, 0.5);
    /// ```
    pub fn usual(pods: f64) -> Self {
        Self {
            dt_s: 1.0,
            pods,
            load: 0.5,
            pods_per_node: 30.0,
            autoscaled: false,
            autoscaled_most: 3.0,
            node_room: 1.25,
            started_per_s: 20.0,
            pod_start_s: 15.0,
            boot_s: 120.0,
            images: Images::none(),
            oom_at: NEVER,
            oom_s: 60.0,
            crash_life_s: 5.0,
            shed_at: NEVER,
            cold_cost: 1.0,
            warm_s: 300.0,
            cache_life_s: 3600.0,
        }
    }

    /// Load in usual traffic, pods.
    ///
    /// ```
    /// assert_eq!(slackwater_core::traffic::site::Site::usual(100.0).usual_load(), 50.0);
    /// ```
    pub fn usual_load(&self) -> f64 {
        self.load * self.pods
    }

    /// How full caches are in usual traffic, 0 to 1.
    ///
    /// # Formula
    /// life / (life + warm): they fill at (1 - w) / warm and lose w / life.
    ///
    /// ```
    /// let site = slackwater_core::traffic::site::Site::usual(100.0);
    /// assert_eq!(site.usual_warmth(), 3600.0 / 3900.0);
    /// ```
    pub fn usual_warmth(&self) -> f64 {
        self.cache_life_s.over(self.cache_life_s + self.warm_s, 1.0)
    }

    /// Work of a mean request while caches are `warm` full, as a multiple of the usual work.
    ///
    /// # Formula
    /// (1 + (c - 1)(1 - w)) / (1 + (c - 1)(1 - w0)), with c = [`Self::cold_cost`] and w0 = [`Self::usual_warmth`].
    ///
    /// ```
    /// use slackwater_core::traffic::site::Site;
    /// let site = Site { cold_cost: 4.0, warm_s: 400.0, ..Site::usual(100.0) };
    /// assert_eq!(site.work(site.usual_warmth()), 1.0);
    /// assert!((site.work(0.0) - 4.0 / 1.3).abs() < 1e-12);
    /// ```
    pub fn work(&self, warm: f64) -> f64 {
        let cost = |w: f64| 1.0 + (self.cold_cost - 1.0).max(0.0) * (1.0 - w);
        cost(warm.within(0.0, 1.0)) / cost(self.usual_warmth())
    }

    /// Steps of a time, one at least.
    pub(super) fn steps(&self, seconds: f64) -> f64 {
        (seconds / self.dt_s).max(1.0)
    }

    /// Numbers in the rings of its state.
    ///
    /// ```
    /// use slackwater_core::traffic::site::Site;
    /// assert!(Site { boot_s: 600.0, ..Site::usual(1.0) }.slots() > Site::usual(1.0).slots());
    /// ```
    pub fn slots(&self) -> usize {
        slots_for(self.pod_start_s, self.dt_s)
            + slots_for(self.boot_s, self.dt_s)
            + Pulls::SLOTS
            + CrashLoop::<f64>::slots(self.crash_life_s, self.dt_s)
    }
}
