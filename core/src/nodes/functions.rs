//! What each function of a cluster does while something is gone: works, frozen, degraded, stopped, and until when.

mod course;
mod setting;

pub use course::{Course, Status};
pub use setting::Setting;

/// A function of a cluster that people rely on.
///
/// ```
/// use slackwater_core::nodes::functions::Function;
/// assert!(Function::ALL.iter().all(|function| !function.label().is_empty() && !function.source().is_empty()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Function {
    /// Containers that run, and the addresses of services.
    RunningPods,
    /// Cluster DNS.
    ClusterDns,
    /// Traffic goes only to pods that live.
    Endpoints,
    /// Restart of a container that failed, by its node.
    ContainerRestart,
    /// Restart of a kubelet.
    KubeletRestart,
    /// Reboot of a node.
    NodeReboot,
    /// DNS on a node that is rebooted.
    DnsAfterReboot,
    /// A pod evicted for memory or disk of its node is replaced.
    PressureEviction,
    /// Pods are scheduled and replaced.
    Scheduling,
    /// Autoscalers of pods and nodes.
    Autoscaling,
    /// Nodes that fail are found and their pods moved.
    NodeFailure,
    /// Leaders keep their lease.
    Leaders,
    /// Objects are written.
    Writes,
    /// `kubectl get`.
    KubectlGet,
    /// `kubectl exec`, `logs`, `port-forward`.
    KubectlExec,
    /// Logs.
    Logs,
    /// New load balancers, DNS records, certificates.
    NewResources,
    /// Tokens of service accounts.
    Tokens,
    /// Certificates of kubelets.
    NodeCertificates,
    /// Proxies of the service mesh.
    Mesh,
    /// Network of new pods.
    PodNetwork,
    /// Admission webhooks in the cluster.
    Webhooks,
    /// The state of the cluster.
    ClusterState,
}

impl Function {
    /// All of them, users first.
    ///
    /// ```
    /// use slackwater_core::nodes::functions::Function;
    /// assert_eq!(Function::ALL.len(), 23);
    /// ```
    pub const ALL: &'static [Self] = &[
        Self::RunningPods,
        Self::ClusterDns,
        Self::Endpoints,
        Self::Mesh,
        Self::ContainerRestart,
        Self::KubeletRestart,
        Self::NodeReboot,
        Self::DnsAfterReboot,
        Self::PressureEviction,
        Self::Scheduling,
        Self::Autoscaling,
        Self::NodeFailure,
        Self::Leaders,
        Self::Writes,
        Self::KubectlGet,
        Self::KubectlExec,
        Self::Logs,
        Self::NewResources,
        Self::Tokens,
        Self::NodeCertificates,
        Self::PodNetwork,
        Self::Webhooks,
        Self::ClusterState,
    ];

    /// Its name in a table.
    ///
    /// ```
    /// use slackwater_core::nodes::functions::Function;
    /// assert_eq!(Function::Leaders.label(), "leader election");
    /// ```
    pub fn label(self) -> &'static str {
        match self {
            Self::RunningPods => "running pods, services",
            Self::ClusterDns => "cluster DNS",
            Self::Endpoints => "endpoints, readiness",
            Self::ContainerRestart => "container restart",
            Self::KubeletRestart => "kubelet restart",
            Self::NodeReboot => "pods after node reboot",
            Self::DnsAfterReboot => "DNS after node reboot",
            Self::PressureEviction => "replacing evicted pods",
            Self::Scheduling => "scheduling, repair, jobs",
            Self::Autoscaling => "autoscaling",
            Self::NodeFailure => "node failure detection",
            Self::Leaders => "leader election",
            Self::Writes => "writes",
            Self::KubectlGet => "kubectl get, dashboard",
            Self::KubectlExec => "kubectl exec, logs",
            Self::Logs => "logs of pods",
            Self::NewResources => "new balancers, records",
            Self::Tokens => "service account tokens",
            Self::NodeCertificates => "kubelet certificates",
            Self::Mesh => "service mesh",
            Self::PodNetwork => "network of new pods",
            Self::Webhooks => "admission webhooks",
            Self::ClusterState => "state of the cluster",
        }
    }

    /// Where the rule comes from.
    ///
    /// ```
    /// use slackwater_core::nodes::functions::Function;
    /// assert!(Function::Tokens.source().contains("token_manager.go"));
    /// ```
    pub fn source(self) -> &'static str {
        match self {
            Self::RunningPods => "kube-proxy writes kernel rules; they stay",
            Self::ClusterDns => "CoreDNS plugin/kubernetes: informers in memory, SERVFAIL until synced",
            Self::Endpoints => "EndpointSlice controller and kube-proxy follow the API",
            Self::ContainerRestart => "kubelet.go: back-off 10 to 300 s, no API needed",
            Self::KubeletRestart => "kubelet config/apiserver.go: waits for nodeHasSynced",
            Self::NodeReboot => "kubelet config/apiserver.go: no checkpoint; kubernetes#28138",
            Self::DnsAfterReboot => "kube-proxy and pods of the node need the API to start",
            Self::PressureEviction => "kubelet kills, controllers replace",
            Self::Scheduling => "scheduler and controllers only watch the API",
            Self::Autoscaling => "horizontal.go: no metrics, no change",
            Self::NodeFailure => "node_lifecycle_controller.go: 50 s grace, 300 s toleration, zone rules",
            Self::Leaders => "component-base: lease 15 s, given up after 10 s, tried every 2 s",
            Self::Writes => "etcd: a majority, or none",
            Self::KubectlGet => "watch cache, until /livez fails by its etcd check",
            Self::KubectlExec => "the API server calls the kubelet",
            Self::Logs => "files on the node; kept where collected",
            Self::NewResources => "their controllers only watch the API",
            Self::Tokens => "token_manager.go: refreshed at 80 % of their life, then used until they expire",
            Self::NodeCertificates => "certificate_manager.go: rotated at 70 to 90 % of their life",
            Self::Mesh => "Envoy keeps its last configuration; a new proxy gets none",
            Self::PodNetwork => "CNI: existing interfaces stay; host-local needs no API",
            Self::Webhooks => "failurePolicy Fail: no pods of the webhook, no writes",
            Self::ClusterState => "etcd is the only store; a backup or nothing",
        }
    }
}
