//! What one cluster is: every number resolved, checked and in base units. No text is parsed here.

use super::apart::Apart;
use crate::dns::Dns;
use crate::lane::{Lane, across};
use crate::rollout::actions::{Actions, NEVER_S};
use crate::rollout::daemonset::Creation;
use crate::server::cpu::Cpu;
use crate::server::etcd::Etcd;
use crate::server::leader::Election;
use crate::server::lease::Term;
use crate::server::memory::Memory;
use heapless::{String, Vec};

pub use super::class::{Arrivals, Class, Follows, Label};
pub use super::level::Level;

/// Most traffic classes a scenario can hold.
///
/// ```
/// use slackwater_core::system::scenario::{Class, MAX_CLASSES, Scenario};
/// let mut scenario = Scenario::idle(1.0, 10.0, 2.0);
/// let poll = Class::poll(1.0, 60.0, 0.1);
/// let added = (0..100).take_while(|_| scenario.classes.push(poll.clone()).is_ok()).count();
/// assert_eq!(added, MAX_CLASSES);
/// ```
pub const MAX_CLASSES: usize = 24;
/// Most priority levels a scenario can hold.
///
/// ```
/// use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
/// use slackwater_core::system::scenario::MAX_LEVELS;
/// assert!(DEFAULT_LEVELS.len() <= MAX_LEVELS);
/// ```
pub const MAX_LEVELS: usize = 12;
/// A short name, at most 40 bytes of UTF-8.
///
/// ```
/// use slackwater_core::system::scenario::Name;
/// assert!(Name::try_from("kube-proxy").is_ok_and(|name| name == "kube-proxy"));
/// ```
pub type Name = String<40>;

/// One cluster and what is done to it.
///
/// Plain data: nothing here changes while a run goes on, except what people do and how far a wave reaches.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// let mut scenario = Scenario::idle(1.0, 5000.0, 32.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 60.0, 0.05)).is_ok());
/// assert_eq!(scenario.cpu.servers * scenario.cpu.speed, 32.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scenario<L> {
    /// Step, seconds; the same in every lane.
    pub dt_s: f64,
    /// Nodes when the agent touches the cluster.
    pub nodes: L,
    /// API servers; each is a queue of its own, all alike.
    pub servers: L,
    /// CPU of one API server.
    pub cpu: Cpu<L>,
    /// CPU-seconds a rejected request still costs (TLS, authentication, audit).
    pub reject_cpu_s: L,
    /// Memory of one API server.
    pub memory: Memory<L>,
    /// 1 if a server whose watch caches are filling takes requests: those that need them are told to come back (429),
    /// others are served. 0 if nobody reaches it before it is ready.
    pub early: L,
    /// 1 if the socket of such a server is open before it serves: whoever connects waits until its watch caches are
    /// full, and finds a flow control that knows the mandatory levels only ([`super::starting`]).
    pub backlog: L,
    /// Memory of an open watch on top of what the nodes need, bytes.
    pub bytes_per_watch: L,
    /// Cores of the etcd leader.
    pub etcd_cores: L,
    /// What stands behind the API servers.
    pub etcd: Etcd<L>,
    /// Leases of the nodes, if they are followed.
    pub node_lease: Option<Term>,
    /// Leases of the leading controllers, if they are followed.
    pub election: Option<Election>,
    /// Priority levels, or the two in-flight limits.
    pub levels: Vec<Level<L>, MAX_LEVELS>,
    /// With flow control levels borrow and queue; without it they are the in-flight limits.
    pub flow_control: bool,
    /// Traffic classes, background first.
    pub classes: Vec<Class<L>, MAX_CLASSES>,
    /// Class whose success decides whether an operator gets through.
    pub operator: usize,
    /// Class whose success decides whether controllers make progress.
    pub controllers: usize,
    /// Class of live DNS lookups, if there is one.
    pub dns_class: Option<usize>,
    /// Names, caches, servers.
    pub dns: Dns<L>,
    /// How fast pods of the agent come up.
    pub creation: Creation<L>,
    /// What people do, in seconds since the cluster was touched.
    pub actions: Actions<L>,
    /// What happens to some of the API servers and not to the others; counts where they are stepped apart.
    pub apart: Apart<L>,
}

impl Scenario<f64> {
    /// A cluster of `nodes` nodes without any traffic, in steps of `dt_s` seconds, both above 0: something to add
    /// classes to. One API server of `cores` cores with 4 GB of memory a core (the ratio in KEP-1040), etcd of as
    /// many cores, no limit on seats, no DNS lookups, nobody who does anything. Pods of the agent come up at the
    /// controller's 20 calls a second, 250 a sync (kubernetes `pkg/controller/daemon`).
    ///
    /// ```
    /// use slackwater_core::system::scenario::Scenario;
    /// use slackwater_core::verdict::gates::{broken, steady};
    /// let scenario = Scenario::idle(1.0, 1000.0, 4.0);
    /// assert_eq!(steady(&scenario).value, 0.0);
    /// assert_eq!(broken(&scenario), None);
    /// ```
    pub fn idle(dt_s: f64, nodes: f64, cores: f64) -> Self {
        Self {
            dt_s,
            nodes,
            servers: 1.0,
            cpu: Cpu::new(cores, 0.0),
            reject_cpu_s: 0.0,
            memory: Memory {
                limit_bytes: 4e9 * cores,
                base_bytes: 0.0,
                bytes_per_node: 0.0,
                bytes_per_waiting: 0.0,
                thrashes: 0.0,
                kill_over: NEVER_S,
                restart_s: 1.0,
                refill_s: 1.0,
                liveness_s: 0.0,
            },
            early: 0.0,
            backlog: 0.0,
            bytes_per_watch: 0.0,
            etcd_cores: cores,
            etcd: Etcd::none(),
            node_lease: None,
            election: None,
            levels: Vec::new(),
            flow_control: false,
            classes: Vec::new(),
            // No such class: operators and controllers are always answered.
            operator: MAX_CLASSES,
            controllers: MAX_CLASSES,
            dns_class: None,
            dns: Dns::none(),
            creation: Creation::new(0.0, 250.0, 0.0, 20.0),
            actions: Actions::none(),
            apart: Apart::never(),
        }
    }
}

impl<L: Lane> Scenario<L> {
    /// CPU-seconds one request of class `index` takes in a cluster of `nodes` nodes; 0 for an unknown class.
    ///
    /// # Formula
    /// base + per node * nodes. With a client on every node the load of the class grows with the square of the nodes.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// let mut scenario = Scenario::idle(1.0, 1000.0, 8.0);
    /// let list = Class { cpu_per_node_s: 0.0005, ..Class::poll(1.0, 60.0, 0.25) };
    /// assert!(scenario.classes.push(list).is_ok());
    /// assert_eq!(scenario.cpu_s(0, 1000.0), 0.75);
    /// assert_eq!(scenario.cpu_s(7, 1000.0), 0.0);
    /// ```
    #[inline(always)]
    pub fn cpu_s(&self, index: usize, nodes: L) -> L {
        self.classes.get(index).map_or(L::zero(), |c| c.cpu_base_s + c.cpu_per_node_s * nodes)
    }
}

across!(Scenario {
    nodes, servers, cpu, reject_cpu_s, memory, early, backlog, bytes_per_watch, etcd_cores, etcd, levels, classes, dns, creation,
    actions, apart
} same { dt_s, node_lease, election, flow_control, operator, controllers, dns_class });
