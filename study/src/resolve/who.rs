//! Who sends the requests of a class.

use slackwater_core::flowcontrol::identity::Identity;

/// Identity of a class.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// A kubelet.
    Node,
    /// A pod of kube-system.
    System(&'a str),
    /// A pod outside it.
    Pod(&'a str),
    /// The controller manager.
    Controllers,
    /// The scheduler.
    Scheduler,
    /// A person without special rights.
    Person,
    /// A break-glass certificate.
    Masters,
}

impl<'a> Who<'a> {
    /// From the word of a key.
    pub(super) fn of(word: &str, name: &'a str) -> Self {
        match word {
            "kube-system-service-account" => Self::System(name),
            "node" => Self::Node,
            "user" => Self::Person,
            "system-masters" => Self::Masters,
            "kube-controller-manager" => Self::Controllers,
            "kube-scheduler" => Self::Scheduler,
            _ => Self::Pod(name),
        }
    }

    pub(super) fn identity(self) -> Identity<'a> {
        match self {
            Self::Node => Identity::Node { name: "any" },
            Self::System(name) => Identity::ServiceAccount { namespace: "kube-system", name },
            Self::Pod(name) => Identity::ServiceAccount { namespace: name, name },
            Self::Controllers => Identity::KubeControllerManager,
            Self::Scheduler => Identity::KubeScheduler,
            Self::Person => Identity::User { name: "operator", groups: &[] },
            Self::Masters => Identity::SystemMasters { name: "break-glass" },
        }
    }

    /// What tells the kinds apart, and the name a kind has: together they are the identity.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::System(_) => "system",
            Self::Pod(_) => "pod",
            Self::Controllers => "controllers",
            Self::Scheduler => "scheduler",
            Self::Person => "person",
            Self::Masters => "masters",
        }
    }

    pub(super) fn name(self) -> &'a str {
        match self {
            Self::System(name) | Self::Pod(name) => name,
            _ => "",
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Node => "system:nodes".to_owned(),
            other => other.identity().user_name().concat(),
        }
    }
}
