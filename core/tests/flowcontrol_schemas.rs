//! Which flow each kind of client belongs to, against the table of default flow schemas.

use slackwater_core::flowcontrol::bootstrap::{DEFAULT_SCHEMAS, default_schemas};
use slackwater_core::flowcontrol::identity::Identity;
use slackwater_core::flowcontrol::levels::DEFAULT_LEVELS;
use slackwater_core::flowcontrol::matching::{PathRule, PolicyRule, Request, Subject, Target};
use slackwater_core::flowcontrol::schemas::{DistinguisherMethod, FlowSchema, classify};

const ADMIN: Identity<'_> = Identity::SystemMasters { name: "kubernetes-admin" };
const NODE: Identity<'_> = Identity::Node { name: "node-1" };
const COREDNS: Identity<'_> = Identity::ServiceAccount { namespace: "kube-system", name: "coredns" };
const AGENT: Identity<'_> = Identity::ServiceAccount { namespace: "monitoring", name: "agent" };
const HUMAN: Identity<'_> = Identity::User { name: "alice", groups: &["developers"] };

fn resource<'a>(group: &'a str, resource: &'a str, namespace: &'a str) -> Target<'a> {
    Target::Resource { group, resource, subresource: "", namespace }
}

#[test]
fn every_kind_of_client_lands_where_the_defaults_put_it() {
    let lease = resource("coordination.k8s.io", "leases", "kube-node-lease");
    let node_status = Target::Resource { group: "", resource: "nodes", subresource: "status", namespace: "" };
    let node_proxy = Target::Resource { group: "", resource: "nodes", subresource: "proxy", namespace: "" };
    let all_pods = resource("", "pods", "");
    let table = [
        (ADMIN, "list", all_pods, "exempt", "exempt", ""),
        (ADMIN, "get", Target::Path("/metrics"), "exempt", "exempt", ""),
        (Identity::Anonymous, "get", Target::Path("/healthz"), "probes", "exempt", ""),
        (Identity::Anonymous, "get", Target::Path("/readyz/etcd"), "probes", "exempt", ""),
        (Identity::Anonymous, "get", Target::Path("/healthzz"), "global-default", "global-default", "system:anonymous"),
        (Identity::Anonymous, "post", Target::Path("/livez"), "global-default", "global-default", "system:anonymous"),
        (NODE, "get", Target::Path("/livez"), "probes", "exempt", ""),
        (NODE, "update", lease, "system-node-high", "node-high", "system:node:node-1"),
        (NODE, "patch", node_status, "system-node-high", "node-high", "system:node:node-1"),
        (NODE, "get", node_proxy, "system-nodes", "system", "system:node:node-1"),
        (NODE, "list", all_pods, "system-nodes", "system", "system:node:node-1"),
        // The lease rule does not cover requests across namespaces.
        (NODE, "list", resource("coordination.k8s.io", "leases", ""), "system-nodes", "system", "system:node:node-1"),
        (
            COREDNS,
            "update",
            lease,
            "system-leader-election",
            "leader-election",
            "system:serviceaccount:kube-system:coredns",
        ),
        (COREDNS, "watch", lease, "kube-system-service-accounts", "workload-high", "kube-node-lease"),
        (COREDNS, "list", all_pods, "kube-system-service-accounts", "workload-high", ""),
        (
            COREDNS,
            "get",
            resource("", "configmaps", "kube-system"),
            "kube-system-service-accounts",
            "workload-high",
            "kube-system",
        ),
        (AGENT, "list", all_pods, "service-accounts", "workload-low", "system:serviceaccount:monitoring:agent"),
        (AGENT, "update", lease, "service-accounts", "workload-low", "system:serviceaccount:monitoring:agent"),
        (Identity::KubeScheduler, "get", lease, "system-leader-election", "leader-election", "system:kube-scheduler"),
        (
            Identity::KubeScheduler,
            "create",
            resource("", "bindings", "default"),
            "kube-scheduler",
            "workload-high",
            "default",
        ),
        (Identity::KubeControllerManager, "list", all_pods, "kube-controller-manager", "workload-high", ""),
        (HUMAN, "list", all_pods, "global-default", "global-default", "alice"),
    ];
    for (identity, verb, target, schema, level, distinguisher) in table {
        let flow = classify(&DEFAULT_SCHEMAS, &Request { identity, verb, target });
        let got = (flow.schema.name, flow.schema.level, flow.distinguisher.parts().concat());
        assert_eq!(got, (schema, level, distinguisher.to_string()), "{identity:?} {verb} {target:?}");
    }
}

#[test]
fn older_versions_sent_config_maps_and_endpoints_elsewhere() {
    let controller = Identity::ServiceAccount { namespace: "kube-system", name: "endpoint-controller" };
    let endpoints = Request { identity: controller, verb: "update", target: resource("", "endpoints", "default") };
    let config_map = Request { identity: COREDNS, verb: "get", target: resource("", "configmaps", "kube-system") };
    let schema = |minor, request| classify(&default_schemas(minor), request).schema.name;
    assert_eq!(schema(33, &endpoints), "endpoint-controller");
    assert_eq!(schema(34, &endpoints), "kube-system-service-accounts");
    assert_eq!(schema(33, &config_map), "workload-leader-election");
    assert_eq!(schema(34, &config_map), "kube-system-service-accounts");
}

#[test]
fn missing_schemas_are_imagined() {
    let list = |identity| Request { identity, verb: "list", target: resource("", "pods", "") };
    assert_eq!(classify(&[], &list(ADMIN)).schema.name, "exempt");
    assert_eq!(classify(&[], &list(HUMAN)).schema.name, "catch-all");
    let probes_only: Vec<FlowSchema<'_>> =
        DEFAULT_SCHEMAS.iter().filter(|schema| schema.name == "probes").copied().collect();
    assert_eq!(classify(&probes_only, &list(AGENT)).schema.level, "catch-all");
}

#[test]
fn the_lowest_precedence_wins_and_then_the_first_name() {
    let rules = &[PolicyRule { subjects: &[Subject::User("alice")], resources: &[], paths: &[PathRule::ANY] }];
    let schema =
        |name, precedence| FlowSchema { name, level: "system", precedence, method: DistinguisherMethod::None, rules };
    let request = Request { identity: HUMAN, verb: "get", target: Target::Path("/version") };
    let winner = |schemas: &[FlowSchema<'static>]| classify(schemas, &request).schema.name;
    assert_eq!(winner(&[schema("b", 7), schema("a", 7), schema("c", 8)]), "a");
    assert_eq!(winner(&[schema("a", 9), schema("z", 8)]), "z");
}

#[test]
fn every_default_schema_names_a_default_level() {
    for schema in default_schemas(33) {
        assert!(DEFAULT_LEVELS.iter().any(|level| level.name == schema.level), "{}", schema.name);
    }
}

#[test]
fn a_group_makes_an_ordinary_user_exempt() {
    let masters = Identity::User { name: "bob", groups: &["developers", "system:masters"] };
    let request = Request { identity: masters, verb: "delete", target: resource("", "pods", "default") };
    assert_eq!(classify(&DEFAULT_SCHEMAS, &request).schema.level, "exempt");
}

#[test]
fn a_user_name_is_matched_as_a_whole() {
    assert!(AGENT.is_named("system:serviceaccount:monitoring:agent"));
    assert!(!AGENT.is_named("system:serviceaccount:monitoring:agent-2"));
    assert!(!AGENT.is_named("system:serviceaccount:monitoring"));
    assert!(AGENT.in_group("system:serviceaccounts:monitoring") && !AGENT.in_group("system:serviceaccounts:"));
}
