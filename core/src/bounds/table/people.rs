//! Keys of fleet and rollout, of detection, of what people do.

use super::super::Default::{Derived, Number as Num, Numbers as List, Text as Word, Words};
use super::super::Kind::{Choice, Choices, Integer, Number, Numbers};
use super::super::Row;
use super::row;

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    // Fleet and rollout
    row("fleet.sizes", Numbers, "share of cluster.nodes", (1e-06, 1.0), List(&[1.0]),
        "Sizes of the clusters of a fleet, as shares of the largest. One entry a group.", "one cluster"),
    row("fleet.counts", Numbers, "clusters", (0.0, 100_000.0), List(&[1.0]),
        "Clusters in each group.", "one cluster"),
    row("fleet.traffic_shares", Numbers, "share", (0.0, 1.0), Derived("in proportion to nodes"),
        "Share of user traffic that each group serves. They are scaled to add up to one.", ""),
    row("rollout.window_s", Number, "seconds", (0.0, 604_800.0), Num(0.0),
        "Time from the first cluster touched to the last, waves and soak not counted.", "all at once"),
    row("rollout.order", Choice(&["smallest_first", "largest_first", "random"]), "", (0.0, 0.0), Word("smallest_first"),
        "Which clusters are touched first. random: every size evenly over the window.", ""),
    row("rollout.waves", Numbers, "share", (1e-06, 1.0), List(&[1.0]),
        "Cumulative share of the clusters (of the nodes, if there is one cluster) after each wave. The last is 1.", "no waves"),
    row("rollout.soak_s", Number, "seconds", (0.0, 604_800.0), Num(0.0),
        "Time between two waves.", "no soak"),
    row("rollout.pod_start_s", Number, "seconds", (0.0, 3600.0), Num(15.0),
        "Time from the creation of a pod until its process runs.", "assumed; SLO: 5 s without image pull"),
    row("rollout.pods_per_sync", Integer, "pods", (1.0, 10000.0), Num(250.0),
        "Pods a DaemonSet controller creates in one sync, by slow start.", "kubernetes daemon_controller.go BurstReplicas"),
    row("rollout.controller_qps", Number, "1/s", (0.1, 100_000.0), Num(20.0),
        "Calls per second of the controller manager.", "kube-controller-manager: 20"),
    // Detection and people
    row("detection.signal", Choice(&["agent_health", "api_load", "api_errors", "dns_errors", "user_impact"]), "", (0.0, 0.0), Word("api_errors"),
        "What the alert watches.", "founding.md Q4, Q8"),
    row("detection.threshold", Number, "share", (1e-06, 10.0), Derived("api_load 0.8; api_errors 0.05; agent_health 0.5; dns_errors 0.01; user_impact 0.01"),
        "Value of the signal that counts as bad.", "assumed"),
    row("detection.for_s", Number, "seconds", (0.0, 86400.0), Num(300.0),
        "How long the signal must be bad before the alert fires.", "kube-prometheus: for 5m"),
    row("detection.human_delay_s", Number, "seconds", (0.0, 86400.0), Num(300.0),
        "Time from the alert to the first action of a person.", "assumed"),
    row("detection.visible_impact_share", Number, "share", (1e-06, 1.0), Num(0.01),
        "Share of user traffic that fails before anybody calls it impact.", "the same for all cases"),
    // Remedies
    row("remedies.use", Choices(&["halt", "shift", "delete", "block", "scale_down", "scale_up", "restart"]), "", (0.0, 0.0), Words(&["halt"]),
        "What is done. Everything but halt and shift is done cluster by cluster.", ""),
    row("remedies.start_s", Number, "seconds", (0.0, 604_800.0), Num(0.0),
        "Time from the first reaction until work on the first cluster begins (finding a way in).", "assumed"),
    row("remedies.clusters_at_once", Number, "clusters", (1.0, 100_000.0), Num(1.0),
        "Clusters worked on at the same time.", "assumed"),
    row("remedies.per_cluster_s", Number, "seconds", (1.0, 604_800.0), Num(600.0),
        "Time people spend on one cluster before they take the next.", "assumed"),
    row("remedies.shift_after_s", Number, "seconds", (0.0, 604_800.0), Num(600.0),
        "Time from the first reaction until user traffic is led away from clusters in trouble.", "assumed"),
    row("remedies.shift_share", Number, "share", (0.0, 1.0), Num(0.5),
        "Share of their traffic that can be led away.", "assumed"),
    row("remedies.block_over_s", Number, "seconds", (1.0, 86400.0), Num(300.0),
        "Time until the network to the API is closed for the agent on every node.", "assumed"),
    row("remedies.scale_down_to", Number, "share", (0.01, 1.0), Num(0.5),
        "Share of the nodes that remains.", "assumed"),
    row("remedies.scale_down_over_s", Number, "seconds", (1.0, 86400.0), Num(1800.0),
        "Time it takes to remove the others.", "assumed"),
    row("remedies.scale_up_by", Number, "", (1.0, 100.0), Num(2.0),
        "Cores and memory of the API servers in the end, as a multiple.", "assumed"),
    row("remedies.scale_up_over_s", Number, "seconds", (1.0, 86400.0), Num(1200.0),
        "Time until the growth is complete.", "assumed"),
    row("remedies.restart_every_s", Number, "seconds", (1.0, 86400.0), Num(300.0),
        "Time between two restarts of a server that answers nobody.", "assumed"),
];
