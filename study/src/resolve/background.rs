//! The traffic of a healthy cluster, derived from its size. Each class is named and sourced.

use super::classes::{Setting, Sketch, Who};
use super::cost::List;
use slackwater_core::clients::retry::Retry;
use slackwater_core::system::scenario::{Arrivals, Class, Follows};

/// Rates of a healthy cluster; `scale` multiplies all of them. `elected` controllers stop with their leases, and list
/// everything when they get them.
pub(super) fn classes(setting: &mut Setting<'_>, scale: f64, dns_servers: f64, elected: bool) -> Vec<Class<f64>> {
    let base = Sketch {
        name: "",
        component: "kubelet",
        who: Who::Node,
        verb: "update",
        resource: "leases",
        arrivals: Arrivals::FixedRate,
        follows: Follows::Cluster,
        clients: 0.0,
        clients_per_node: scale,
        period_s: 10.0,
        rate_per_client: 0.0,
        timeout_s: 10.0,
        retry: Retry::none(),
    };
    let open = |rate_per_s: f64, per_node: f64| Sketch {
        arrivals: Arrivals::Open,
        clients: rate_per_s * scale,
        clients_per_node: per_node * scale,
        rate_per_client: 1.0,
        timeout_s: 30.0,
        retry: Retry::client_go(),
        ..base.clone()
    };
    let watch = |per_node: f64| Sketch {
        verb: "list",
        arrivals: Arrivals::Watch,
        clients_per_node: per_node * scale,
        timeout_s: 60.0,
        retry: Retry::reflector(),
        ..base.clone()
    };
    let names = List::cached;
    let own = List { own_node: true, ..List::cached("pods") };
    let mut all = Vec::new();
    // Renewed every 10 s (kubelet, 0.25 of the lease).
    all.push(setting.fixed(&Sketch { name: "node leases", ..base.clone() }, 0.001));
    // Reported every 5 min if unchanged (kubelet defaults).
    let status = Sketch { name: "node status", verb: "patch", resource: "nodes", period_s: 300.0, ..base.clone() };
    all.push(setting.fixed(&status, 0.002));
    // About nine watch calls a node in 69 min (kubernetes#55779).
    let rewatch = Sketch { name: "node watches", verb: "watch", resource: "pods", ..open(0.0, 1.0 / 462.0) };
    all.push(setting.fixed(&rewatch, 0.001));
    // One list of its own pods when a watch breaks.
    all.push(setting.lists(&Sketch { name: "kubelet informers", resource: "pods", ..watch(1.0) }, &own));
    // kube-proxy reads every EndpointSlice; services are smaller and few.
    let proxy =
        Sketch { name: "kube-proxy informers", component: "kube-proxy", who: Who::System("kube-proxy"), ..watch(1.0) };
    all.push(setting.lists(&Sketch { resource: "endpointslices", ..proxy.clone() }, &names("endpointslices")));
    let cni =
        Sketch { name: "cni informers", component: "cni", who: Who::System("cni"), resource: "pods", ..watch(1.0) };
    all.push(setting.lists(&cni, &own));
    // Churn of at most 20 pods a second at 5,000 nodes (SIG Scalability thresholds); five writes a pod.
    let led = if elected { Follows::Leaders } else { Follows::Cluster };
    let writes = Sketch {
        name: "controllers",
        follows: led,
        component: "kube-controller-manager",
        who: Who::Controllers,
        verb: "update",
        resource: "pods",
        ..open(0.5, 0.012)
    };
    all.push(setting.fixed(&writes, 0.002));
    let binds = Sketch {
        name: "scheduler",
        follows: led,
        component: "kube-scheduler",
        who: Who::Scheduler,
        verb: "create",
        resource: "pods",
        ..open(0.1, 0.008)
    };
    all.push(setting.fixed(&binds, 0.002));
    // Lease 15 s, retry 2 s (component-base defaults): controller manager, scheduler and two add-ons.
    let leaders = Sketch {
        name: "leader election",
        component: "kube-controller-manager",
        who: Who::Controllers,
        clients: 4.0 * scale,
        clients_per_node: 0.0,
        period_s: 2.0,
        timeout_s: 5.0,
        ..base.clone()
    };
    all.push(setting.fixed(&leaders, 0.001));
    if elected {
        // Controller manager and scheduler each list all pods; the other objects together weigh about as much again.
        let informers = Sketch {
            name: "controller informers",
            component: "kube-controller-manager",
            who: Who::Controllers,
            follows: led,
            resource: "pods",
            clients: 3.0 * scale,
            ..watch(0.0)
        };
        all.push(setting.lists(&informers, &names("pods")));
    }
    let dns = Sketch {
        name: "coredns informers",
        component: "coredns",
        who: Who::System("coredns"),
        resource: "endpointslices",
        clients: dns_servers * scale,
        ..watch(0.0)
    };
    all.push(setting.lists(&dns, &names("endpointslices")));
    // Dashboards, pipelines, kubectl: one read a second, of a page of objects.
    let humans = Sketch {
        name: "humans",
        component: "kubectl",
        who: Who::Person,
        verb: "get",
        resource: "pods",
        ..open(1.0, 0.0)
    };
    all.push(setting.fixed(&humans, 0.005));
    all
}
