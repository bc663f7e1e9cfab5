//! What stands still: the cluster, the fault, the people.

use crate::dns::Dns;
use crate::nodes::fault::Gone;
use crate::nodes::lease::{GRACE_S, term};
use crate::nodes::mesh::Mesh;
use crate::nodes::routes::{Routes, ZONES};
use crate::rollout::actions::NEVER_S;
use crate::server::leader::Election;
use heapless::Vec;

/// Which zone the masters count in. It decides whether anybody is evicted when all nodes are cut off.
///
/// ```
/// use slackwater_core::nodes::plane::{MastersZone, Setup};
/// assert_eq!(Setup::healthy(40.0).masters_zone, MastersZone::First);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MastersZone {
    /// That of the first zone of nodes: also where no node bears the label of a zone.
    First,
    /// One of their own.
    Own,
    /// None: they are no nodes, as in most managed clusters.
    None,
}

/// Whether DNS servers may be scheduled to masters.
///
/// ```
/// use slackwater_core::nodes::plane::{DnsOnMasters, Setup};
/// assert_eq!(Setup::healthy(40.0).dns_on_masters, DnsOnMasters::LastResort);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DnsOnMasters {
    /// They do not tolerate the taint of masters.
    Never,
    /// They do, and go there when no other node is ready.
    LastResort,
}

/// A cluster, what befalls it, and what people do. Times are seconds since the fault began.
///
/// ```
/// use slackwater_core::nodes::plane::Setup;
/// let cluster = Setup { hpa: true, ..Setup::healthy(40.0) };
/// assert_eq!(cluster.nodes(), 40.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "switches of a cluster, in any combination")]
pub struct Setup {
    /// Step, seconds.
    pub dt_s: f64,
    /// Nodes of each zone.
    pub zones: Vec<f64, ZONES>,
    /// Machines of the control plane.
    pub masters: f64,
    /// Where these count.
    pub masters_zone: MastersZone,
    /// Pods of the application.
    pub pods: f64,
    /// What is gone.
    pub gone: Gone,
    /// Share of the masters that is down.
    pub masters_down: f64,
    /// For how long.
    pub for_s: f64,
    /// From the end of a fault of API or etcd until the API serves again.
    pub refill_s: f64,
    /// Routes while the network is cut.
    pub cut: Routes,
    /// Election of the controllers.
    pub election: Election,
    /// Seconds without news until a node counts as gone.
    pub grace_s: f64,
    /// Seconds pods tolerate a node that is gone.
    pub toleration_s: f64,
    /// Whether nodes are tainted one after the other even where the zone rules say to stop: somebody did it before.
    pub tainted_first: bool,
    /// Pods that controllers replace per second.
    pub replaced_per_s: f64,
    /// From the place of a pod to its process.
    pub pod_start_s: f64,
    /// Life of a container that cannot start properly.
    pub crash_life_s: f64,
    /// From the first failed probe to the kill.
    pub probe_s: f64,
    /// Time a node takes to boot.
    pub boot_s: f64,
    /// Whether new pods get their address from the API.
    pub address_from_api: bool,
    /// Whether a webhook in the cluster must admit new pods.
    pub webhook: bool,
    /// Load at the start, as a share of what all pods can carry.
    pub load: f64,
    /// Growth of the load, as a multiple of the first, per hour.
    pub growth_per_h: f64,
    /// Most that it grows to, as a multiple of the first.
    pub load_most: f64,
    /// Whether an autoscaler follows the load.
    pub hpa: bool,
    /// Most pods it makes, as a multiple of the first.
    pub hpa_most: f64,
    /// Load of a pod at its memory limit, as a multiple of what it can carry.
    pub oom_at: f64,
    /// Time to the kill at twice that load.
    pub oom_s: f64,
    /// Share of the pods per second that crash.
    pub crashes_per_s: f64,
    /// Share of the pods per second that their node evicts for memory or disk.
    pub pressure_per_s: f64,
    /// Share of the nodes per second that fail for good.
    pub failures_per_s: f64,
    /// Share of the nodes that is rebooted.
    pub rebooted: f64,
    /// When.
    pub reboot_s: f64,
    /// DNS servers and what they need.
    pub dns: Dns<f64>,
    /// Queries per second with full caches.
    pub queries_full: f64,
    /// Queries per second with empty caches that nobody answers.
    pub queries_empty: f64,
    /// Life of an entry in the nearest cache.
    pub cache_s: f64,
    /// How long it is handed out after that while nobody answers.
    pub stale_s: f64,
    /// Share of the names that are looked up in a step, by how often each is.
    pub looked_up: f64,
    /// Whether DNS servers may go to masters.
    pub dns_on_masters: DnsOnMasters,
    /// Share of the DNS servers that is there from the start.
    pub dns_at_masters: f64,
    /// The mesh, if there is one.
    pub mesh: Option<Mesh>,
    /// Share of the pods that the backup of etcd does not know; none if there is no backup.
    pub backup_misses: Option<f64>,
    /// When user traffic is led away.
    pub shift_s: f64,
    /// Which share of it.
    pub shift_share: f64,
    /// How long that takes.
    pub shift_over_s: f64,
    /// When the DNS pods are deleted, so that they are scheduled anew.
    pub dns_restart_s: f64,
    /// From a zone that does not answer users to none being sent there.
    pub health_check_s: f64,
}

impl Setup {
    /// A cluster of `nodes` nodes in one zone, thirty pods each, three masters, half loaded; nothing ever happens.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::Gone;
    /// use slackwater_core::nodes::plane::Setup;
    /// assert_eq!(Setup::healthy(40.0).gone, Gone::default());
    /// ```
    pub fn healthy(nodes: f64) -> Self {
        let mut zones = Vec::new();
        let _ = zones.push(nodes.max(0.0)); // there is room for the first
        Self {
            dt_s: 1.0,
            zones,
            masters: 3.0,
            masters_zone: MastersZone::First,
            pods: nodes * 30.0,
            gone: Gone::default(),
            masters_down: 0.0,
            for_s: 0.0,
            refill_s: 8.0,
            cut: Routes::whole(),
            election: Election::new(0, None, true),
            grace_s: GRACE_S,
            toleration_s: 300.0,
            tainted_first: false,
            replaced_per_s: 20.0,
            pod_start_s: 15.0,
            crash_life_s: 5.0,
            probe_s: 30.0,
            boot_s: 120.0,
            address_from_api: false,
            webhook: false,
            load: 0.5,
            growth_per_h: 0.0,
            load_most: 2.0,
            hpa: false,
            hpa_most: 2.0,
            oom_at: 1.5,
            oom_s: 60.0,
            crashes_per_s: 0.0,
            pressure_per_s: 0.0,
            failures_per_s: 0.0,
            rebooted: 0.0,
            reboot_s: NEVER_S,
            dns: Dns { servers: 2.0, queries_per_server: 17_700.0, ..Dns::none() },
            queries_full: 100.0,
            queries_empty: 1000.0,
            cache_s: 30.0,
            stale_s: 0.0,
            looked_up: 0.2,
            dns_on_masters: DnsOnMasters::LastResort,
            dns_at_masters: 0.0,
            mesh: None,
            backup_misses: Some(0.0),
            shift_s: NEVER_S,
            shift_share: 1.0,
            shift_over_s: 60.0,
            dns_restart_s: NEVER_S,
            health_check_s: 30.0,
        }
    }

    /// Nodes of all zones.
    ///
    /// ```
    /// use slackwater_core::nodes::plane::Setup;
    /// assert_eq!(Setup::healthy(7.0).nodes(), 7.0);
    /// ```
    pub fn nodes(&self) -> f64 {
        self.zones.iter().sum()
    }

    /// Share of the nodes, and so of pods and traffic, in a zone.
    pub(super) fn share(&self, zone: usize) -> f64 {
        use crate::lane::Lane;
        self.zones.get(zone).copied().unwrap_or(0.0).over(self.nodes(), 0.0)
    }

    /// Term of the node leases.
    pub(super) fn lease(&self) -> crate::server::lease::Term {
        term(self.grace_s)
    }

    /// Load at `now_s`, in pods at full load.
    pub(super) fn load_at(&self, now_s: f64) -> f64 {
        let grown = (1.0 + self.growth_per_h * now_s.max(0.0) / 3600.0).min(self.load_most.max(1.0));
        self.load * self.pods * grown
    }

    /// Share of user traffic that is led away at `now_s`.
    pub(super) fn shifted(&self, now_s: f64) -> f64 {
        let passed = (now_s - self.shift_s) / self.shift_over_s.max(self.dt_s);
        self.shift_share * passed.clamp(0.0, 1.0)
    }
}
