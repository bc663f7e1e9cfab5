//! Keys of user traffic between the clusters of a fleet.

use super::super::Default::{Absent, Derived, Number as Num};
use super::super::Kind::{Integer, Number};
use super::super::Row;
use super::row;

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    row("fleet.load", Number, "share", (0.0001, 1.0), Absent,
        "Load of every cluster in usual traffic, as a share of what its pods carry. Unset: clusters are taken to have room for whatever is led to them.", "off"),
    row("fleet.shed_at_load", Number, "", (0.1, 1000.0), Absent,
        "Load of a pod above which the entrance refuses users, as a multiple of what it carries. Unset: nobody is refused, and pods are asked for more than they can do.", "off"),
    row("fleet.node_room", Number, "", (1.0, 100.0), Num(1.25),
        "Pods that fit on the nodes there are, as a multiple of the usual ones. More pods need new nodes, which pull images first.", "assumed"),
    row("fleet.shift_over_s", Number, "seconds", (1.0, 86_400.0), Num(60.0),
        "Time it takes to lead traffic away.", "assumed"),
    row("fleet.return_after_s", Number, "seconds", (0.0, 604_800.0), Num(600.0),
        "How long a cluster must be well before its traffic is led back.", "assumed"),
    row("fleet.return_over_s", Number, "seconds", (1.0, 604_800.0), Num(600.0),
        "Time it takes to lead traffic back. Short: all at once, onto cold caches.", "assumed"),
    row("fleet.cold_cost", Number, "", (1.0, 1000.0), Num(1.0),
        "Work of a request that caches of applications do not help, as a multiple of one that they do.", "off: they do not matter; Slack 2022 is about one that did"),
    row("fleet.warm_s", Number, "seconds", (1.0, 604_800.0), Num(300.0),
        "Seconds of usual traffic that fill these caches.", "assumed"),
    row("fleet.cache_life_s", Number, "seconds", (1.0, 31_536_000.0), Num(3600.0),
        "Life of what is in them. A cluster that nobody asks forgets.", "assumed"),
    row("fleet.cold_share", Number, "share", (0.0, 1.0), Num(0.0),
        "Share of the nodes of a cluster that comes back without images, because they were replaced. Those that were scaled down come on top.", "assumed: its nodes are still there"),
    row("fleet.images", Integer, "images", (0.0, 10_000.0), Num(20.0),
        "Images that a node pulls. A kubelet begins 10 at once, then 5 a second.", "assumed; kubelet registryBurst 10, registryPullQPS 5"),
    row("fleet.images_gib", Number, "GiB", (0.0, 10_000.0), Num(5.0),
        "Size of all of them.", "assumed"),
    row("fleet.node_pull_mib_per_s", Number, "MiB/s", (0.1, 1e06), Num(100.0),
        "What a node receives and unpacks; its images come one after the other.", "assumed: a link of 1 Gbit/s; kubelet serializeImagePulls"),
    row("fleet.registry_mib_per_s", Number, "MiB/s", (0.1, 1e09), Derived("10,000 for each cluster"),
        "What the registry hands out to all clusters together.", "assumed: object stores near each cluster"),
    row("fleet.lost_clusters", Integer, "clusters", (0.0, 20_000.0), Num(0.0),
        "Clusters, the largest first, that no user reaches for a while: power, or a network.", "none"),
    row("fleet.lost_s", Number, "seconds", (0.0, 604_800.0), Num(600.0),
        "When, seconds since the rollout started.", "assumed"),
    row("fleet.lost_for_s", Number, "seconds", (1.0, 604_800.0), Num(3600.0),
        "For how long.", "assumed"),
];
