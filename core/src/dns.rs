//! DNS: tiers of caches with deterministic TTL over servers that may need the API.
//!
//! Caches are why an outage stays invisible: an entry lives its time whatever has become of its source.

pub mod cache;
pub mod dependence;
pub mod failures;
pub mod resolver;
mod stale;

use crate::lane::{Lane, across};
use crate::rollout::actions::NEVER_S;
use heapless::Vec;

/// Most groups of names (by lookup rate).
///
/// ```
/// use slackwater_core::dns::{Dns, MAX_GROUPS};
/// assert_eq!(Dns::none().groups.capacity(), MAX_GROUPS);
/// ```
pub const MAX_GROUPS: usize = 4;
/// Most cache tiers between a client and the DNS server.
///
/// ```
/// use slackwater_core::dns::{Dns, MAX_TIERS};
/// assert_eq!(Dns::none().tiers.capacity(), MAX_TIERS);
/// ```
pub const MAX_TIERS: usize = 3;

/// Names that are looked up equally often.
///
/// ```
/// use slackwater_core::dns::Group;
/// // A hundred names every 10 s and ten names every second: each group has half the lookups.
/// let total = 100.0 * 0.1 + 10.0 * 1.0;
/// assert_eq!(Group::new(100.0, 0.1, total, 1.0).weight, 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Group<L> {
    /// Names per cache of the first tier.
    pub names: L,
    /// Lookups of one name in one cache, per second.
    pub lookups_per_s: L,
    /// Share of this group in all lookups.
    pub weight: L,
    /// Chance that a name is looked up at least once in a step: 1 - exp(-l dt).
    pub touched: L,
    /// Chance that a name that expired within the step is not looked up in the rest of it.
    pub untouched_rest: L,
}

impl Group<f64> {
    /// A group of `names` names with `lookups_per_s` lookups a second each, at a step of `dt_s`; `total` is
    /// the sum of names times lookups over all groups.
    ///
    /// # Formula
    /// touched = 1 - exp(-l dt), untouched_rest = (1 - exp(-l dt)) / (l dt): Poisson lookups at rate l, expiry
    /// even over the step.
    ///
    /// ```
    /// use slackwater_core::dns::Group;
    /// let group = Group::new(1.0, 0.5, 0.5, 2.0);
    /// assert!((group.touched - (1.0 - (-1.0_f64).exp())).abs() < 1e-15);
    /// ```
    pub fn new(names: f64, lookups_per_s: f64, total: f64, dt_s: f64) -> Self {
        let expected = lookups_per_s * dt_s;
        let touched = -libm::expm1(-expected);
        let untouched_rest = if expected > 1e-12 { touched / expected } else { 1.0 };
        let weight = if total > 0.0 { names * lookups_per_s / total } else { 0.0 };
        Self { names, lookups_per_s, weight, touched, untouched_rest }
    }
}

/// One tier of caches.
///
/// ```
/// use slackwater_core::dns::{Dns, Tier};
/// // NodeLocal DNSCache: 30 s, one on every node.
/// let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 5.0, caches_fixed: 0.0, caches_per_node: 1.0 };
/// let mut dns = Dns::none();
/// assert!(dns.tiers.push(tier).is_ok());
/// assert_eq!(dns.caches(0, 500.0), 500.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tier<L> {
    /// Longest life of an entry here, steps.
    pub ttl_steps: L,
    /// How long an expired entry is still handed out, steps; 0 switches it off.
    pub stale_steps: L,
    /// Steps for which a failure is remembered and answered without asking again.
    pub negative_steps: L,
    /// Caches that do not depend on the number of nodes.
    pub caches_fixed: L,
    /// Caches per node.
    pub caches_per_node: L,
}

/// How the DNS servers depend on the API.
///
/// Stock CoreDNS keeps its records in memory (plugin/kubernetes uses informers), so the first is the default;
/// the others are for servers that are lost with the control plane, and for servers that ask it.
///
/// ```
/// use slackwater_core::dns::{Dependence, Dns};
/// assert_eq!(Dns::none().dependence, Dependence::Memory);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Dependence {
    /// Answers from memory, frozen while the API is away (stock CoreDNS).
    Memory,
    /// Answers from memory, but servers are lost over time and useless until the API answers.
    Restart,
    /// Every miss is a request to the API.
    Live,
}

/// Names, caches and servers of one cluster.
///
/// ```
/// use slackwater_core::dns::{Dns, Group};
/// let mut dns = Dns { attempts: 3.0, ..Dns::none() };
/// assert!(dns.groups.push(Group::new(20.0, 0.5, 10.0, 1.0)).is_ok());
/// assert_eq!(dns.groups.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dns<L> {
    /// Groups of names.
    pub groups: Vec<Group<L>, MAX_GROUPS>,
    /// Tiers, nearest to the client first; the last asks the servers.
    pub tiers: Vec<Tier<L>, MAX_TIERS>,
    /// How servers depend on the API.
    pub dependence: Dependence,
    /// 1 if caches start empty, 0 if their ages are even.
    pub cold: L,
    /// DNS servers.
    pub servers: L,
    /// Queries one server answers per second.
    pub queries_per_server: L,
    /// Memory limit of one server, bytes.
    pub limit_bytes: L,
    /// Memory of one server that does not depend on load, bytes.
    pub base_bytes: L,
    /// Bytes of one query that waits for an answer.
    pub bytes_per_query: L,
    /// Share of the servers lost per second while they live (evictions, reboots); `restart` mode.
    pub lost_per_s: L,
    /// Tries of a resolver per lookup.
    pub attempts: L,
    /// Seconds a resolver waits for one try.
    pub timeout_s: L,
    /// Record types asked per lookup (A and AAAA).
    pub record_types: L,
    /// Names tried per lookup along the search list when servers answer with a failure.
    pub search: L,
    /// The source of the records is gone from here on, seconds since the touch.
    pub source_lost_s: L,
    /// It is back from here on.
    pub source_back_s: L,
}

impl Dns<f64> {
    /// No names, no caches, and one server that is never asked; its source is never lost. What a resolver does is
    /// glibc's default: 2 attempts of 5 s (resolv.conf(5)), A and AAAA; no search list.
    ///
    /// ```
    /// use slackwater_core::dns::Dns;
    /// assert_eq!(Dns::none().lookups_per_s(5000.0), 0.0);
    /// ```
    pub fn none() -> Self {
        Self {
            groups: Vec::new(),
            tiers: Vec::new(),
            dependence: Dependence::Memory,
            cold: 0.0,
            servers: 1.0,
            queries_per_server: 1.0,
            limit_bytes: 1e9,
            base_bytes: 0.0,
            bytes_per_query: 0.0,
            lost_per_s: 0.0,
            attempts: 2.0,
            timeout_s: 5.0,
            record_types: 2.0,
            search: 1.0,
            source_lost_s: NEVER_S,
            source_back_s: NEVER_S,
        }
    }
}

impl<L: Lane> Dns<L> {
    /// Caches of a tier in a cluster of `nodes` nodes; 0 for a tier that does not exist.
    ///
    /// ```
    /// use slackwater_core::dns::Dns;
    /// assert_eq!(Dns::none().caches(0, 5000.0), 0.0);
    /// ```
    #[inline(always)]
    pub fn caches(&self, tier: usize, nodes: L) -> L {
        self.tiers.get(tier).map_or(L::zero(), |t| t.caches_fixed + t.caches_per_node * nodes)
    }

    /// Lookups per second in a cluster of `nodes` nodes.
    ///
    /// ```
    /// use slackwater_core::dns::{Dns, Group, Tier};
    /// let mut dns = Dns::none();
    /// let tier = Tier { ttl_steps: 30.0, stale_steps: 0.0, negative_steps: 5.0, caches_fixed: 0.0, caches_per_node: 1.0 };
    /// assert!(dns.tiers.push(tier).is_ok());
    /// assert!(dns.groups.push(Group::new(20.0, 0.5, 10.0, 1.0)).is_ok());
    /// assert_eq!(dns.lookups_per_s(100.0), 1000.0); // 20 names, twice in 4 s, on 100 nodes
    /// ```
    pub fn lookups_per_s(&self, nodes: L) -> L {
        let mut per_cache = L::zero();
        for group in &self.groups {
            per_cache += group.names * group.lookups_per_s;
        }
        per_cache * self.caches(0, nodes)
    }
}

across!(Group { names, lookups_per_s, weight, touched, untouched_rest });
across!(Tier { ttl_steps, stale_steps, negative_steps, caches_fixed, caches_per_node });
across!(Dns {
    groups, tiers, cold, servers, queries_per_server, limit_bytes, base_bytes, bytes_per_query, lost_per_s, attempts,
    timeout_s, record_types, search, source_lost_s, source_back_s
} same { dependence });
