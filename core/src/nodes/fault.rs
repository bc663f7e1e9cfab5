//! What is down, and whether it matters: with several masters some of it does not.

use crate::server::etcd::Etcd;

/// One thing that is down.
///
/// ```
/// use slackwater_core::nodes::fault::Fault;
/// assert_eq!(Fault::WORDS.len(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Fault {
    /// So many API servers.
    Api(f64),
    /// So many members of etcd.
    Etcd(f64),
    /// The data of etcd, in all members.
    EtcdData,
    /// So many machines of the control plane, each with an API server, a member of etcd, a scheduler and a controller
    /// manager.
    Masters(f64),
    /// All DNS servers.
    Dns,
    /// Routes between masters and nodes.
    Network,
    /// Every scheduler.
    Scheduler,
    /// Every controller manager.
    ControllerManager,
}

impl Fault {
    /// How faults are typed.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::Fault;
    /// assert!(Fault::WORDS.iter().all(|word| Fault::read(word, 1.0).is_some()));
    /// ```
    pub const WORDS: &'static [&'static str] =
        &["api", "etcd", "etcd-data", "master", "dns", "network", "scheduler", "controller-manager"];

    /// The fault of a word, `count` of them where it can be counted.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::Fault;
    /// assert_eq!(Fault::read("master", 2.0), Some(Fault::Masters(2.0)));
    /// assert_eq!(Fault::read("moon", 1.0), None);
    /// ```
    pub fn read(word: &str, count: f64) -> Option<Self> {
        Some(match word {
            "api" => Self::Api(count),
            "etcd" => Self::Etcd(count),
            "etcd-data" => Self::EtcdData,
            "master" => Self::Masters(count),
            "dns" => Self::Dns,
            "network" => Self::Network,
            "scheduler" => Self::Scheduler,
            "controller-manager" => Self::ControllerManager,
            _ => return None,
        })
    }

    /// Whether one can say how many.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::Fault;
    /// assert!(Fault::Api(1.0).counts() && !Fault::Network.counts());
    /// ```
    pub fn counts(self) -> bool {
        matches!(self, Self::Api(_) | Self::Etcd(_) | Self::Masters(_))
    }
}

/// What a cluster has to do without.
///
/// ```
/// use slackwater_core::nodes::fault::{Fault, Gone};
/// // One machine of three: nothing is gone. Two of three: etcd has no majority, so nothing can be written.
/// assert_eq!(Gone::of(Fault::Masters(1.0), 3.0), Gone::default());
/// assert!(Gone::of(Fault::Masters(2.0), 3.0).etcd && !Gone::of(Fault::Masters(2.0), 3.0).api);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is there or gone, in any combination")]
pub struct Gone {
    /// No API server runs.
    pub api: bool,
    /// Nothing can be written, and nothing read but from watch caches.
    pub etcd: bool,
    /// The data of etcd is lost.
    pub data: bool,
    /// No scheduler runs.
    pub scheduler: bool,
    /// No controller manager runs.
    pub controllers: bool,
    /// No DNS server answers.
    pub dns: bool,
    /// Nodes do not reach the masters, nor these them.
    pub network: bool,
}

impl Gone {
    /// What `fault` takes away from a control plane of `masters` machines.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// assert!(Gone::of(Fault::Etcd(1.0), 1.0).etcd && !Gone::of(Fault::Etcd(2.0), 5.0).etcd);
    /// assert!(!Gone::of(Fault::Api(2.0), 3.0).api); // one API server is enough
    /// ```
    pub fn of(fault: Fault, masters: f64) -> Self {
        let none = Self::default();
        let no_majority = |lost| Etcd { members: masters, lost_members: lost, ..Etcd::none() }.majority_left() == 0.0;
        match fault {
            Fault::Api(count) => Self { api: count >= masters, ..none },
            Fault::Etcd(count) => Self { etcd: no_majority(count), ..none },
            Fault::EtcdData => Self { etcd: true, data: true, ..none },
            Fault::Masters(count) => {
                let all = count >= masters;
                Self { api: all, etcd: no_majority(count), scheduler: all, controllers: all, ..none }
            }
            Fault::Dns => Self { dns: true, ..none },
            Fault::Network => Self { network: true, ..none },
            Fault::Scheduler => Self { scheduler: true, ..none },
            Fault::ControllerManager => Self { controllers: true, ..none },
        }
    }

    /// Both together.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// let both = Gone::of(Fault::Dns, 3.0).and(Gone::of(Fault::Network, 3.0));
    /// assert!(both.dns && both.network && !both.api);
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            api: self.api || other.api,
            etcd: self.etcd || other.etcd,
            data: self.data || other.data,
            scheduler: self.scheduler || other.scheduler,
            controllers: self.controllers || other.controllers,
            dns: self.dns || other.dns,
            network: self.network || other.network,
        }
    }

    /// Whether nobody at the masters can write.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// assert!(Gone::of(Fault::EtcdData, 3.0).writes() && !Gone::of(Fault::Network, 3.0).writes());
    /// ```
    pub fn writes(self) -> bool {
        self.api || self.etcd
    }

    /// Whether a kubelet's writes come to nothing.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// assert!(Gone::of(Fault::Network, 3.0).from_nodes());
    /// ```
    pub fn from_nodes(self) -> bool {
        self.writes() || self.network
    }
}
