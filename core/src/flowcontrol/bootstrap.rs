//! The flow schemas of a cluster that nobody configured.
//!
//! Source: `pkg/apis/flowcontrol/bootstrap/default.go`. Their priority levels are
//! [`super::levels::DEFAULT_LEVELS`].

use super::matching::{PathRule, PolicyRule, ResourceRule, Subject};
use super::schemas::{DistinguisherMethod, FlowSchema};
use heapless::Vec;

const EVERYONE: &[Subject<'static>] =
    &[Subject::Group("system:unauthenticated"), Subject::Group("system:authenticated")];
const CONTROLLER_MANAGER: Subject<'static> = Subject::User("system:kube-controller-manager");
const SCHEDULER: Subject<'static> = Subject::User("system:kube-scheduler");
const KUBE_SYSTEM: Subject<'static> = Subject::ServiceAccount { namespace: "kube-system", name: "*" };
const GET_CREATE_UPDATE: &[&str] = &["get", "create", "update"];
const LEASES: ResourceRule<'static> = ResourceRule {
    groups: &["coordination.k8s.io"],
    resources: &["leases"],
    cluster_scope: false,
    ..ResourceRule::ANY
};

const fn everything_of(subjects: &'static [Subject<'static>]) -> PolicyRule<'static> {
    PolicyRule { subjects, resources: &[ResourceRule::ANY], paths: &[PathRule::ANY] }
}

const EXEMPT: FlowSchema<'static> = FlowSchema {
    name: "exempt",
    level: "exempt",
    precedence: 1,
    method: DistinguisherMethod::None,
    rules: &[everything_of(&[Subject::Group("system:masters")])],
};

pub(super) const CATCH_ALL: FlowSchema<'static> = FlowSchema {
    name: "catch-all",
    level: "catch-all",
    precedence: 10_000,
    method: DistinguisherMethod::ByUser,
    rules: &[everything_of(EVERYONE)],
};

/// The two schemas that every server has.
///
/// ```
/// use slackwater_core::flowcontrol::bootstrap::MANDATORY_SCHEMAS;
/// assert_eq!(MANDATORY_SCHEMAS.map(|schema| schema.precedence), [1, 10_000]);
/// ```
pub const MANDATORY_SCHEMAS: [FlowSchema<'static>; 2] = [EXEMPT, CATCH_ALL];

/// The schemas since Kubernetes 1.34, first match first.
///
/// ```
/// use slackwater_core::flowcontrol::bootstrap::DEFAULT_SCHEMAS;
/// assert!(DEFAULT_SCHEMAS.is_sorted_by_key(|schema| (schema.precedence, schema.name)));
/// ```
pub const DEFAULT_SCHEMAS: [FlowSchema<'static>; 11] = [
    EXEMPT,
    FlowSchema {
        name: "probes",
        level: "exempt",
        precedence: 2,
        method: DistinguisherMethod::None,
        rules: &[PolicyRule {
            subjects: EVERYONE,
            resources: &[],
            paths: &[PathRule { verbs: &["get"], paths: &["/healthz", "/readyz", "/livez"] }],
        }],
    },
    FlowSchema {
        name: "system-leader-election",
        level: "leader-election",
        precedence: 100,
        method: DistinguisherMethod::ByUser,
        rules: &[PolicyRule {
            subjects: &[CONTROLLER_MANAGER, SCHEDULER, KUBE_SYSTEM],
            resources: &[ResourceRule { verbs: GET_CREATE_UPDATE, ..LEASES }],
            paths: &[],
        }],
    },
    FlowSchema {
        name: "system-node-high",
        level: "node-high",
        precedence: 400,
        method: DistinguisherMethod::ByUser,
        rules: &[PolicyRule {
            subjects: &[Subject::Group("system:nodes")],
            resources: &[
                ResourceRule { groups: &[""], resources: &["nodes", "nodes/status"], ..ResourceRule::ANY },
                LEASES,
            ],
            paths: &[],
        }],
    },
    FlowSchema {
        name: "system-nodes",
        level: "system",
        precedence: 500,
        method: DistinguisherMethod::ByUser,
        rules: &[everything_of(&[Subject::Group("system:nodes")])],
    },
    FlowSchema {
        name: "kube-controller-manager",
        level: "workload-high",
        precedence: 800,
        method: DistinguisherMethod::ByNamespace,
        rules: &[everything_of(&[CONTROLLER_MANAGER])],
    },
    FlowSchema {
        name: "kube-scheduler",
        level: "workload-high",
        precedence: 800,
        method: DistinguisherMethod::ByNamespace,
        rules: &[everything_of(&[SCHEDULER])],
    },
    FlowSchema {
        name: "kube-system-service-accounts",
        level: "workload-high",
        precedence: 900,
        method: DistinguisherMethod::ByNamespace,
        rules: &[everything_of(&[KUBE_SYSTEM])],
    },
    FlowSchema {
        name: "service-accounts",
        level: "workload-low",
        precedence: 9000,
        method: DistinguisherMethod::ByUser,
        rules: &[everything_of(&[Subject::Group("system:serviceaccounts")])],
    },
    FlowSchema {
        name: "global-default",
        level: "global-default",
        precedence: 9900,
        method: DistinguisherMethod::ByUser,
        rules: &[everything_of(EVERYONE)],
    },
    CATCH_ALL,
];

/// The schemas that Kubernetes had in addition up to 1.33; a cluster upgraded from there may keep them.
///
/// ```
/// use slackwater_core::flowcontrol::bootstrap::SCHEMAS_BEFORE_34;
/// assert_eq!(SCHEMAS_BEFORE_34.map(|schema| schema.precedence), [150, 200]);
/// ```
pub const SCHEMAS_BEFORE_34: [FlowSchema<'static>; 2] = [
    FlowSchema {
        name: "endpoint-controller",
        level: "workload-high",
        precedence: 150,
        method: DistinguisherMethod::ByUser,
        rules: &[PolicyRule {
            subjects: &[
                CONTROLLER_MANAGER,
                Subject::ServiceAccount { namespace: "kube-system", name: "endpoint-controller" },
                Subject::ServiceAccount { namespace: "kube-system", name: "endpointslicemirroring-controller" },
            ],
            resources: &[ResourceRule {
                verbs: GET_CREATE_UPDATE,
                groups: &[""],
                resources: &["endpoints"],
                cluster_scope: false,
                ..ResourceRule::ANY
            }],
            paths: &[],
        }],
    },
    FlowSchema {
        name: "workload-leader-election",
        level: "leader-election",
        precedence: 200,
        method: DistinguisherMethod::ByUser,
        rules: &[PolicyRule {
            subjects: &[KUBE_SYSTEM],
            resources: &[
                ResourceRule {
                    verbs: GET_CREATE_UPDATE,
                    groups: &[""],
                    resources: &["endpoints", "configmaps"],
                    cluster_scope: false,
                    ..ResourceRule::ANY
                },
                ResourceRule { verbs: GET_CREATE_UPDATE, ..LEASES },
            ],
            paths: &[],
        }],
    },
];

/// The schemas that Kubernetes 1.`minor` creates.
///
/// ```
/// use slackwater_core::flowcontrol::bootstrap::default_schemas;
/// assert_eq!((default_schemas(33).len(), default_schemas(34).len()), (13, 11));
/// ```
pub fn default_schemas(minor: u32) -> Vec<FlowSchema<'static>, 13> {
    let before_34 = SCHEMAS_BEFORE_34.iter().filter(|_| minor < 34);
    DEFAULT_SCHEMAS.iter().chain(before_34).copied().collect()
}
