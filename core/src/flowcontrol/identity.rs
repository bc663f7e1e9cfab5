//! Who sends a request.

/// Who sends a request: the user name and the groups that authentication found.
///
/// ```
/// use slackwater_core::flowcontrol::identity::Identity;
/// let kubelet = Identity::Node { name: "node-1" };
/// assert!(kubelet.is_named("system:node:node-1") && kubelet.in_group("system:nodes"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity<'a> {
    /// An administrator whose certificate names the group `system:masters`.
    SystemMasters {
        /// User name.
        name: &'a str,
    },
    /// A kubelet, user `system:node:NAME`.
    Node {
        /// Name of the node.
        name: &'a str,
    },
    /// User `system:kube-controller-manager`.
    KubeControllerManager,
    /// User `system:kube-scheduler`.
    KubeScheduler,
    /// A pod, user `system:serviceaccount:NAMESPACE:NAME`.
    ServiceAccount {
        /// Namespace of the account.
        namespace: &'a str,
        /// Name of the account.
        name: &'a str,
    },
    /// Any other authenticated user.
    User {
        /// User name.
        name: &'a str,
        /// Groups, without `system:authenticated`.
        groups: &'a [&'a str],
    },
    /// A request without credentials, user `system:anonymous`.
    Anonymous,
}

impl<'a> Identity<'a> {
    /// The user name, in parts that are joined with nothing between.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// let agent = Identity::ServiceAccount { namespace: "monitoring", name: "agent" };
    /// assert_eq!(agent.user_name().concat(), "system:serviceaccount:monitoring:agent");
    /// ```
    pub fn user_name(&self) -> [&'a str; 4] {
        match *self {
            Self::SystemMasters { name } | Self::User { name, .. } => [name, "", "", ""],
            Self::Node { name } => ["system:node:", name, "", ""],
            Self::KubeControllerManager => ["system:kube-controller-manager", "", "", ""],
            Self::KubeScheduler => ["system:kube-scheduler", "", "", ""],
            Self::ServiceAccount { namespace, name } => ["system:serviceaccount:", namespace, ":", name],
            Self::Anonymous => ["system:anonymous", "", "", ""],
        }
    }

    /// Whether the user name is `name`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// assert!(Identity::KubeScheduler.is_named("system:kube-scheduler"));
    /// ```
    pub fn is_named(&self, name: &str) -> bool {
        let rest = self.user_name().into_iter().try_fold(name, |rest, part| rest.strip_prefix(part));
        rest == Some("")
    }

    /// Whether the user is in `group`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// assert!(!Identity::Anonymous.in_group("system:authenticated"));
    /// ```
    pub fn in_group(&self, group: &str) -> bool {
        if let Self::Anonymous = self {
            return group == "system:unauthenticated";
        }
        group == "system:authenticated"
            || match *self {
                Self::SystemMasters { .. } => group == "system:masters",
                Self::Node { .. } => group == "system:nodes",
                Self::ServiceAccount { namespace, .. } => match group.strip_prefix("system:serviceaccounts") {
                    Some(rest) => rest.is_empty() || rest.strip_prefix(':') == Some(namespace),
                    None => false,
                },
                Self::User { groups, .. } => groups.contains(&group),
                Self::KubeControllerManager | Self::KubeScheduler | Self::Anonymous => false,
            }
    }

    /// Namespace and name of a service account; also when it is given by its user name.
    pub(super) fn service_account(&self) -> Option<(&'a str, &'a str)> {
        match *self {
            Self::ServiceAccount { namespace, name } => Some((namespace, name)),
            Self::User { name, .. } | Self::SystemMasters { name } => {
                name.strip_prefix("system:serviceaccount:")?.split_once(':')
            }
            _ => None,
        }
    }
}
