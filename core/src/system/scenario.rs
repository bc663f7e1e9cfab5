//! What one cluster is: every number resolved, checked and in base units. No text is parsed here.

use crate::clients::retry::Retry;
use crate::dns::Dns;
use crate::flowcontrol::levels::LevelLimits;
use crate::lane::Lane;
use crate::ledger::Cause;
use crate::rollout::actions::Actions;
use crate::rollout::daemonset::Creation;
use crate::server::cpu::Cpu;
use crate::server::memory::Memory;
use heapless::{String, Vec};

/// Most traffic classes a scenario can hold.
pub const MAX_CLASSES: usize = 24;
/// Most priority levels a scenario can hold.
pub const MAX_LEVELS: usize = 12;
/// A short name.
pub type Name = String<40>;

/// How the requests of a class come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Arrivals {
    /// Each client sends on a tick every period; a tick missed because an answer is outstanding is dropped.
    FixedRate,
    /// Each client waits one period after each answer.
    FixedDelay,
    /// Requests come at a rate of their own, whatever happens to earlier ones.
    Open,
    /// Each client lists once, then watches; it lists again when the watch breaks.
    Watch,
    /// Each agent pod sends its start-up requests once.
    OnStart,
    /// Each lookup that misses the DNS caches and needs the API (`dns.dependence: live`).
    DnsMiss,
}

/// Which population the clients of a class belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Follows {
    /// The cluster as it stands: fixed clients plus clients per node.
    Cluster,
    /// The pods of the agent under study: nothing before the rollout reaches the node.
    Agent,
}

/// What somebody reading a ledger wants to know about a class.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Label {
    /// Name of the class, unique in a scenario.
    pub name: Name,
    /// What sends it: kubelet, kube-proxy, agent pod, controller, human.
    pub component: Name,
    /// User or group it authenticates as.
    pub identity: Name,
    /// API verb.
    pub verb: Name,
    /// API resource.
    pub resource: Name,
    /// Order of its total load in the number of nodes: 0 constant, 1 linear, 2 quadratic.
    pub order: u8,
}

/// One traffic class.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Class<L> {
    /// Who and what.
    pub label: Label,
    /// How requests come about.
    pub arrivals: Arrivals,
    /// Whose population the clients are.
    pub follows: Follows,
    /// Clients that do not depend on the number of nodes.
    pub clients_fixed: L,
    /// Clients per node.
    pub clients_per_node: L,
    /// Period of a poll, seconds.
    pub period_s: L,
    /// Requests per second and client of an open class; start-up requests per pod of an `OnStart` class.
    pub rate_per_client: L,
    /// CPU seconds of a request on the API server that do not depend on the cluster.
    pub cpu_base_s: L,
    /// CPU seconds of a request per node of the cluster: what makes a fleet quadratic.
    pub cpu_per_node_s: L,
    /// Bytes held while it runs that do not depend on the cluster.
    pub bytes_base: L,
    /// Bytes held while it runs per node of the cluster.
    pub bytes_per_node: L,
    /// CPU seconds on etcd per request.
    pub etcd_base_s: L,
    /// CPU seconds on etcd per request and node of the cluster.
    pub etcd_per_node_s: L,
    /// Seats a request occupies.
    pub seats: L,
    /// Index of its priority level; ignored while flow control is off.
    pub level: usize,
    /// Classes with the same number share a flow: one hand of queues.
    pub flow: usize,
    /// 1 if the class changes state (the second in-flight limit), else 0.
    pub mutating: L,
    /// Client timeout, seconds from the send, waiting included.
    pub timeout_s: L,
    /// What the client does after a failure.
    pub retry: Retry<L>,
}

impl<L> Class<L> {
    /// Cause of a request that was not tried before.
    pub fn cause(&self) -> Cause {
        if self.arrivals == Arrivals::DnsMiss { Cause::DnsMiss } else { Cause::New }
    }

    /// Cause of a request that follows a failure. A watch client lists again because its server went away.
    pub fn cause_of_retry(&self) -> Cause {
        if self.arrivals == Arrivals::Watch { Cause::RestartHerd } else { Cause::Retry }
    }
}

/// One priority level, per API server. With flow control off: one of the two in-flight limits.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Level<L> {
    /// Name as in the PriorityLevelConfiguration.
    pub name: Name,
    /// Seats: nominal, lent, borrowed. An exempt level never makes a request wait.
    pub limits: LevelLimits,
    /// Requests of one flow that may wait (hand size times queue length); 0 rejects at once.
    pub queue_cap: L,
    /// Longest wait for seats, seconds.
    pub wait_s: L,
}

/// One cluster and what is done to it.
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
    /// Cores of the etcd leader.
    pub etcd_cores: L,
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
}

impl<L: Lane> Scenario<L> {
    /// CPU-seconds one request of class `index` takes in a cluster of `nodes` nodes; 0 for an unknown class.
    pub fn cpu_s(&self, index: usize, nodes: L) -> L {
        self.classes.get(index).map_or(L::zero(), |c| c.cpu_base_s + c.cpu_per_node_s * nodes)
    }
}
