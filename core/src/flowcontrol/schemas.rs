//! Flow schemas: which priority level serves a request, and with whom it shares a flow.

use super::bootstrap::{CATCH_ALL, MANDATORY_SCHEMAS};
use super::identity::Identity;
use super::matching::{PolicyRule, Request, Target};
use super::shuffle::flow_hash;

/// What tells the flows of one schema apart.
///
/// ```
/// use slackwater_core::flowcontrol::{bootstrap::DEFAULT_SCHEMAS, schemas::DistinguisherMethod};
/// assert_eq!(DEFAULT_SCHEMAS[7].name, "kube-system-service-accounts");
/// assert_eq!(DEFAULT_SCHEMAS[7].method, DistinguisherMethod::ByNamespace);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistinguisherMethod {
    /// Nothing: all its requests are one flow.
    None,
    /// The user name.
    ByUser,
    /// The namespace of the request, which is empty for requests across namespaces.
    ByNamespace,
}

/// A FlowSchema.
///
/// ```
/// use slackwater_core::flowcontrol::bootstrap::DEFAULT_SCHEMAS;
/// assert_eq!((DEFAULT_SCHEMAS[8].name, DEFAULT_SCHEMAS[8].level), ("service-accounts", "workload-low"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowSchema<'a> {
    /// Name of the object.
    pub name: &'a str,
    /// Name of the priority level.
    pub level: &'a str,
    /// The schema with the lowest precedence wins; among equals, the first name.
    pub precedence: u32,
    /// What tells its flows apart.
    pub method: DistinguisherMethod,
    /// Matches if one of these does.
    pub rules: &'a [PolicyRule<'a>],
}

/// What tells one flow from the others of its schema.
///
/// ```
/// use slackwater_core::flowcontrol::{identity::Identity, schemas::Distinguisher};
/// let kubelet = Distinguisher::User(Identity::Node { name: "node-1" });
/// assert_eq!(kubelet.parts().concat(), "system:node:node-1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinguisher<'a> {
    /// Nothing.
    None,
    /// The user.
    User(Identity<'a>),
    /// The namespace of the request.
    Namespace(&'a str),
}

impl<'a> Distinguisher<'a> {
    /// The text, in parts that are joined with nothing between.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::schemas::Distinguisher;
    /// assert_eq!(Distinguisher::Namespace("default").parts().concat(), "default");
    /// ```
    pub fn parts(&self) -> [&'a str; 4] {
        match self {
            Self::None => [""; 4],
            Self::User(identity) => identity.user_name(),
            Self::Namespace(namespace) => [namespace, "", "", ""],
        }
    }
}

/// Where a request belongs.
///
/// ```
/// use slackwater_core::flowcontrol::identity::Identity;
/// use slackwater_core::flowcontrol::matching::{Request, Target};
/// use slackwater_core::flowcontrol::{bootstrap::DEFAULT_SCHEMAS, schemas::classify};
/// let probe = Request { identity: Identity::Anonymous, verb: "get", target: Target::Path("/readyz") };
/// assert_eq!(classify(&DEFAULT_SCHEMAS, &probe).schema.name, "probes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow<'a> {
    /// The schema that won.
    pub schema: FlowSchema<'a>,
    /// The flow within the schema.
    pub distinguisher: Distinguisher<'a>,
}

impl Flow<'_> {
    /// The hash from which the flow's queues are dealt; see [`flow_hash`].
    ///
    /// ```
    /// use slackwater_core::flowcontrol::identity::Identity;
    /// use slackwater_core::flowcontrol::matching::{Request, Target};
    /// use slackwater_core::flowcontrol::{bootstrap::DEFAULT_SCHEMAS, schemas::classify};
    /// use slackwater_core::flowcontrol::shuffle::flow_hash;
    /// let secrets = Target::Resource { group: "", resource: "secrets", subresource: "", namespace: "default" };
    /// let read = Request { identity: Identity::Node { name: "node-1" }, verb: "get", target: secrets };
    /// assert_eq!(classify(&DEFAULT_SCHEMAS, &read).hash(), flow_hash("system-nodes", &["system:node:node-1"]));
    /// ```
    pub fn hash(&self) -> u64 {
        flow_hash(self.schema.name, &self.distinguisher.parts())
    }
}

/// The flow of `request` among `schemas`, in any order.
///
/// The mandatory schemas `exempt` and `catch-all` count as present where a name is missing, and a request that nothing
/// matches belongs to `catch-all`. Source: `startRequest` and `computeFlowDistinguisher` in `apf_controller.go`.
///
/// ```
/// use slackwater_core::flowcontrol::identity::Identity;
/// use slackwater_core::flowcontrol::matching::{Request, Target};
/// use slackwater_core::flowcontrol::{bootstrap::DEFAULT_SCHEMAS, schemas::classify};
/// let identity = Identity::ServiceAccount { namespace: "kube-system", name: "coredns" };
/// let services = Target::Resource { group: "", resource: "services", subresource: "", namespace: "" };
/// let flow = classify(&DEFAULT_SCHEMAS, &Request { identity, verb: "list", target: services });
/// assert_eq!((flow.schema.name, flow.schema.level), ("kube-system-service-accounts", "workload-high"));
/// ```
pub fn classify<'a>(schemas: &[FlowSchema<'a>], request: &Request<'a>) -> Flow<'a> {
    let missing = |mandatory: &&FlowSchema<'_>| schemas.iter().all(|schema| schema.name != mandatory.name);
    let schema = schemas
        .iter()
        .chain(MANDATORY_SCHEMAS.iter().filter(missing))
        .filter(|schema| schema.rules.iter().any(|rule| rule.matches(request)))
        .min_by_key(|schema| (schema.precedence, schema.name))
        .or_else(|| schemas.iter().find(|schema| schema.name == CATCH_ALL.name))
        .copied()
        .unwrap_or(CATCH_ALL);
    let distinguisher = match schema.method {
        DistinguisherMethod::None => Distinguisher::None,
        DistinguisherMethod::ByUser => Distinguisher::User(request.identity),
        DistinguisherMethod::ByNamespace => match request.target {
            Target::Resource { namespace, .. } => Distinguisher::Namespace(namespace),
            Target::Path(_) => Distinguisher::Namespace(""),
        },
    };
    Flow { schema, distinguisher }
}
