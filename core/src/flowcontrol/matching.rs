//! What a request asks for, and whether the rules of a flow schema match it.
//!
//! Source: `pkg/util/flowcontrol/rule.go`, and the API reference of `flowcontrol.apiserver.k8s.io/v1`.

use super::identity::Identity;

/// What a request asks for.
///
/// ```
/// use slackwater_core::flowcontrol::matching::Target;
/// let pods = Target::Resource { group: "", resource: "pods", subresource: "", namespace: "" };
/// assert_ne!(pods, Target::Path("/healthz"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A resource.
    Resource {
        /// API group; empty for the core group.
        group: &'a str,
        /// Plural name.
        resource: &'a str,
        /// Subresource, or empty.
        subresource: &'a str,
        /// Namespace; empty for a resource without one, and for a request across namespaces.
        namespace: &'a str,
    },
    /// A path that names no resource.
    Path(&'a str),
}

/// A request as flow schemas see it.
///
/// ```
/// use slackwater_core::flowcontrol::identity::Identity;
/// use slackwater_core::flowcontrol::matching::{Request, Target};
/// let probe = Request { identity: Identity::Anonymous, verb: "get", target: Target::Path("/readyz") };
/// assert_eq!(probe.verb, "get");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Who sends it.
    pub identity: Identity<'a>,
    /// Verb as the server names it: `list` and `watch`, not `GET`. Paths have the HTTP method in lower case.
    pub verb: &'a str,
    /// What it asks for.
    pub target: Target<'a>,
}

/// Whom a rule is about.
///
/// ```
/// use slackwater_core::flowcontrol::identity::Identity;
/// use slackwater_core::flowcontrol::matching::Subject;
/// let pods = Subject::ServiceAccount { namespace: "kube-system", name: "*" };
/// assert!(pods.matches(&Identity::ServiceAccount { namespace: "kube-system", name: "coredns" }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A user by name, or `*` for everyone.
    User(&'a str),
    /// A group by name, or `*` for everyone.
    Group(&'a str),
    /// A service account.
    ServiceAccount {
        /// Namespace of the account.
        namespace: &'a str,
        /// Name of the account, or `*` for all of the namespace.
        name: &'a str,
    },
}

impl Subject<'_> {
    /// Whether this subject covers `identity`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// use slackwater_core::flowcontrol::matching::Subject;
    /// assert!(Subject::Group("system:nodes").matches(&Identity::Node { name: "node-1" }));
    /// ```
    pub fn matches(&self, identity: &Identity<'_>) -> bool {
        match *self {
            Self::User(name) => name == "*" || identity.is_named(name),
            Self::Group(name) => name == "*" || identity.in_group(name),
            Self::ServiceAccount { namespace, name } => identity
                .service_account()
                .is_some_and(|account| account.0 == namespace && (name == "*" || account.1 == name)),
        }
    }
}

/// A rule about resources. A list that is just `*` covers everything.
///
/// ```
/// use slackwater_core::flowcontrol::matching::ResourceRule;
/// assert!(ResourceRule::ANY.cluster_scope);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceRule<'a> {
    /// Verbs.
    pub verbs: &'a [&'a str],
    /// API groups.
    pub groups: &'a [&'a str],
    /// Resources, or `RESOURCE/SUBRESOURCE`.
    pub resources: &'a [&'a str],
    /// Namespaces.
    pub namespaces: &'a [&'a str],
    /// Whether requests without a namespace are covered.
    pub cluster_scope: bool,
}

impl ResourceRule<'static> {
    /// Covers every request for a resource.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::matching::ResourceRule;
    /// assert_eq!(ResourceRule::ANY.resources, ["*"]);
    /// ```
    pub const ANY: Self =
        Self { verbs: &["*"], groups: &["*"], resources: &["*"], namespaces: &["*"], cluster_scope: true };
}

/// A rule about paths that name no resource. A list that is just `*` covers everything.
///
/// ```
/// use slackwater_core::flowcontrol::matching::PathRule;
/// assert_eq!(PathRule::ANY.paths, ["*"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathRule<'a> {
    /// HTTP methods in lower case.
    pub verbs: &'a [&'a str],
    /// Paths; each covers what lies below it.
    pub paths: &'a [&'a str],
}

impl PathRule<'static> {
    /// Covers every request for a path.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::matching::PathRule;
    /// assert_eq!(PathRule::ANY.verbs, ["*"]);
    /// ```
    pub const ANY: Self = Self { verbs: &["*"], paths: &["*"] };
}

/// Subjects and what they ask for; matches if one subject and one rule match.
///
/// ```
/// use slackwater_core::flowcontrol::matching::{PathRule, PolicyRule, ResourceRule, Subject};
/// let all = PolicyRule { subjects: &[Subject::User("*")], resources: &[ResourceRule::ANY], paths: &[PathRule::ANY] };
/// assert_eq!(all.subjects.len(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyRule<'a> {
    /// Whom it is about.
    pub subjects: &'a [Subject<'a>],
    /// Rules about resources.
    pub resources: &'a [ResourceRule<'a>],
    /// Rules about paths.
    pub paths: &'a [PathRule<'a>],
}

impl PolicyRule<'_> {
    /// Whether this rule covers `request`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// use slackwater_core::flowcontrol::matching::{PolicyRule, Request, Subject, Target};
    /// let nothing = PolicyRule { subjects: &[Subject::User("*")], resources: &[], paths: &[] };
    /// let probe = Request { identity: Identity::Anonymous, verb: "get", target: Target::Path("/readyz") };
    /// assert!(!nothing.matches(&probe));
    /// ```
    pub fn matches(&self, request: &Request<'_>) -> bool {
        self.subjects.iter().any(|subject| subject.matches(&request.identity))
            && match request.target {
                Target::Resource { group, resource, subresource, namespace } => self.resources.iter().any(|rule| {
                    covers(rule.verbs, |verb| verb == request.verb)
                        && covers(rule.resources, |wanted| is_resource(wanted, resource, subresource))
                        && covers(rule.groups, |wanted| wanted == group)
                        && if namespace.is_empty() {
                            rule.cluster_scope
                        } else {
                            covers(rule.namespaces, |wanted| wanted == namespace)
                        }
                }),
                Target::Path(path) => self.paths.iter().any(|rule| {
                    covers(rule.verbs, |verb| verb == request.verb)
                        && rule.paths.iter().any(|wanted| is_below(wanted, path))
                }),
            }
    }
}

fn covers(list: &[&str], is_wanted: impl Fn(&str) -> bool) -> bool {
    list == ["*"] || list.iter().any(|wanted| is_wanted(wanted))
}

fn is_resource(wanted: &str, resource: &str, subresource: &str) -> bool {
    match wanted.strip_prefix(resource) {
        Some("") => subresource.is_empty(),
        Some(rest) => !subresource.is_empty() && rest.strip_prefix('/') == Some(subresource),
        None => false,
    }
}

fn is_below(wanted: &str, path: &str) -> bool {
    if wanted == "*" || wanted == path {
        return true;
    }
    let folder = wanted.strip_suffix('*').unwrap_or(wanted);
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
