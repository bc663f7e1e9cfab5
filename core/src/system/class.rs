//! A class of traffic: who asks, how often, what one request costs.

use super::scenario::Name;
use crate::clients::retry::Retry;
use crate::lane::{Lane, across};
use crate::ledger::Cause;
use crate::server::etcd::Use;

/// How the requests of a class come about.
///
/// The first two and the watches are closed: a client that waits for an answer sends nothing. An overload makes
/// them slower. The others are open: an overload does not hold them back.
///
/// ```
/// use slackwater_core::system::scenario::{Arrivals, Class};
/// let poll = Class::poll(1.0, 30.0, 0.1);
/// assert_eq!(poll.arrivals, Arrivals::FixedRate);
/// ```
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
    /// One request after each answer of the class that [opens](Class::opens) its watches with this one.
    Opens,
    /// Each lookup that misses the DNS caches and needs the API (`dns.dependence: live`).
    DnsMiss,
}

/// Which population the clients of a class belong to.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Follows, Scenario};
/// use slackwater_core::verdict::gates::clients;
/// let mut scenario = Scenario::idle(1.0, 100.0, 4.0);
/// scenario.creation.share = 0.1; // a first wave over a tenth of the nodes
/// let agent = Class { follows: Follows::Agent, ..Class::poll(1.0, 30.0, 0.1) };
/// assert_eq!(clients(&scenario, &agent), 10.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Follows {
    /// The cluster as it stands: fixed clients plus clients per node.
    Cluster,
    /// The pods of the agent under study: nothing before the rollout reaches the node.
    Agent,
    /// The leading controllers: as the cluster, for as long as they hold their leases.
    Leaders,
}

/// What somebody reading a ledger wants to know about a class.
///
/// ```
/// use slackwater_core::system::scenario::Label;
/// assert_eq!(Label::default().order, 0);
/// ```
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
///
/// ```
/// use slackwater_core::system::scenario::{Arrivals, Class};
/// // The same poll, but each client waits 30 s after an answer, and a request takes two seats.
/// let gentle = Class { arrivals: Arrivals::FixedDelay, seats: 2.0, ..Class::poll(1.0, 30.0, 0.1) };
/// assert_eq!(gentle.period_s, 30.0);
/// ```
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
    /// 1 if it is answered from the watch cache, and so not before that is full.
    pub cached: L,
    /// Writes, reads and ranges of a request on etcd; they count while [`Etcd::on`](crate::server::etcd::Etcd::on).
    pub etcd: Use<L>,
    /// Seats a request occupies while it executes.
    pub seats: L,
    /// Variance of that number among its requests, seats squared; 0 if all are alike.
    pub seats_variance: L,
    /// Seats it occupies for [`Class::last_s`] after its answer, while watchers are told of a write; it holds the larger
    /// of both numbers throughout.
    pub last_seats: L,
    /// Seconds for which it occupies seats after its answer.
    pub last_s: L,
    /// Index of its priority level; ignored while flow control is off.
    pub level: usize,
    /// Classes with the same number share a flow: one hand of queues.
    pub flow: usize,
    /// Hash of that flow, from which its hand is dealt.
    pub flow_hash: u64,
    /// Client timeout, seconds from the send, waiting included.
    pub timeout_s: L,
    /// What the client does after a failure.
    pub retry: Retry<L>,
    /// For watches: the class of the request that opens the watch after a list; that class may name another that comes
    /// after it. If one fails, the client lists again, after a delay of its own. Without one the watch is open as soon as
    /// the list is answered.
    pub opens: Option<usize>,
    /// For a request that opens a watch: the class of the request that follows if this one comes to nothing, as of a
    /// client that does not look whether it was answered. It opens the watch, or the client lists again: what that class
    /// says of opening itself does not count, and no other class may name it. Without one the client lists again.
    pub otherwise: Option<usize>,
    /// Turns of the run queue that a request waits for: one to be read from its connection, a second one where it reads
    /// etcd, none if it does not come over the network. They count while [`Cpu::turn_s`](crate::server::cpu::Cpu::turn_s)
    /// is not 0.
    pub turns: L,
}

impl Class<f64> {
    /// A poll: `clients_per_node` clients on every node, each sending one request of `cpu_s` CPU-seconds every
    /// `period_s` seconds. It takes one seat, waits 60 s (the server's own default timeout, apiserver
    /// `pkg/server/config.go`) and is not tried again before the next tick. Set the other fields as needed.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::verdict::gates::rate_per_s;
    /// let scenario = Scenario::idle(1.0, 600.0, 4.0);
    /// assert_eq!(rate_per_s(&scenario, &Class::poll(1.0, 30.0, 0.1)), 20.0);
    /// ```
    pub fn poll(clients_per_node: f64, period_s: f64, cpu_s: f64) -> Self {
        Self {
            label: Label::default(),
            arrivals: Arrivals::FixedRate,
            follows: Follows::Cluster,
            clients_fixed: 0.0,
            clients_per_node,
            period_s,
            rate_per_client: 0.0,
            cpu_base_s: cpu_s,
            cpu_per_node_s: 0.0,
            bytes_base: 0.0,
            bytes_per_node: 0.0,
            etcd_base_s: 0.0,
            etcd_per_node_s: 0.0,
            cached: 0.0,
            etcd: Use::none(),
            seats: 1.0,
            seats_variance: 0.0,
            last_seats: 0.0,
            last_s: 0.0,
            level: 0,
            flow: 0,
            flow_hash: 0,
            timeout_s: 60.0,
            retry: Retry::none(),
            opens: None,
            otherwise: None,
            turns: 1.0,
        }
    }
}

impl<L: Lane> Class<L> {
    /// Whether requests wait for etcd, where it is on.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Use;
    /// use slackwater_core::system::scenario::Class;
    /// let update = Class { etcd: Use { writes: 1.0, ..Use::none() }, ..Class::poll(1.0, 10.0, 0.002) };
    /// assert!(update.uses_etcd() && !Class::poll(1.0, 10.0, 0.002).uses_etcd());
    /// ```
    pub fn uses_etcd(&self) -> bool {
        self.etcd.any() || L::any(self.etcd_base_s + self.etcd_per_node_s)
    }

    /// Core-seconds of etcd that a request takes.
    ///
    /// ```
    /// use slackwater_core::system::scenario::Class;
    /// let list = Class { etcd_base_s: 0.01, etcd_per_node_s: 0.001, ..Class::poll(1.0, 60.0, 0.4) };
    /// assert_eq!(list.etcd_s(500.0), 0.51);
    /// ```
    #[inline(always)]
    pub fn etcd_s(&self, nodes: L) -> L {
        self.etcd_base_s + self.etcd_per_node_s * nodes
    }

    /// Seconds for which a request stays in a queue of a level that turns away who has waited for `wait_s` seconds: its
    /// client may give up before, and a closed connection ends the wait (`Wait` in `queueset.go` of k8s.io/apiserver).
    ///
    /// ```
    /// use slackwater_core::system::scenario::Class;
    /// let hasty = Class { timeout_s: 5.0, ..Class::poll(1.0, 60.0, 0.4) };
    /// assert_eq!((hasty.patience_s(15.0), Class::poll(1.0, 60.0, 0.4).patience_s(15.0)), (5.0, 15.0));
    /// ```
    #[inline(always)]
    pub fn patience_s(&self, wait_s: L) -> L {
        wait_s.min(self.timeout_s)
    }

    /// Cause of a request that was not tried before.
    ///
    /// ```
    /// use slackwater_core::ledger::Cause;
    /// use slackwater_core::system::scenario::{Arrivals, Class};
    /// let lookups = Class { arrivals: Arrivals::DnsMiss, ..Class::poll(0.0, 1.0, 0.001) };
    /// assert_eq!(lookups.cause(), Cause::DnsMiss);
    /// ```
    #[inline(always)]
    pub fn cause(&self) -> Cause {
        if self.arrivals == Arrivals::DnsMiss { Cause::DnsMiss } else { Cause::New }
    }

    /// Cause of a request that follows a failure. A watch client lists again because its server went away.
    ///
    /// ```
    /// use slackwater_core::ledger::Cause;
    /// use slackwater_core::system::scenario::{Arrivals, Class};
    /// let informer = Class { arrivals: Arrivals::Watch, ..Class::poll(1.0, 60.0, 0.2) };
    /// assert_eq!(informer.cause_of_retry(), Cause::RestartHerd);
    /// ```
    #[inline(always)]
    pub fn cause_of_retry(&self) -> Cause {
        if self.arrivals == Arrivals::Watch { Cause::RestartHerd } else { Cause::Retry }
    }
}

across!(Class {
    clients_fixed, clients_per_node, period_s, rate_per_client, cpu_base_s, cpu_per_node_s, bytes_base, bytes_per_node,
    etcd_base_s, etcd_per_node_s, cached, etcd, seats, seats_variance, last_seats, last_s, timeout_s,
    retry, turns
} same { label, arrivals, follows, level, flow, flow_hash, opens, otherwise });
