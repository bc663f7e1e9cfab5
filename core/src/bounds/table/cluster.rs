//! Keys of the scenario itself and of the cluster.

use super::super::Default::{Absent, Derived, Number as Num, Text as Word};
use super::super::Kind::{Choice, Clock, Integer, Number, Text};
use super::super::Row;
use super::row;

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    // Scenario
    row("name", Text, "", (0.0, 0.0), Absent,
        "Name of the scenario, as it appears in reports.", ""),
    row("description", Text, "", (0.0, 0.0), Absent,
        "What the scenario is about, in a line.", ""),
    row("assumed.*", Text, "", (0.0, 0.0), Absent,
        "Why a number that was never published is what it is. The name says which part it is about.", ""),
    row("run.dt_s", Number, "seconds", (0.05, 10.0), Num(1.0),
        "Step of the model. Smaller is finer and slower; halving it moves headline outputs by less than 0.5 %.", "design choice, tested by refinement"),
    row("run.until_s", Number, "seconds", (1.0, 604_800.0), Derived("four hours after the rollout ends, or as long as recovery takes"),
        "End of the run, seconds since the rollout started.", "design choice"),
    row("clock.start", Clock, "time of day", (0.0, 0.0), Word("00:00:00"),
        "Local time at which the rollout starts (t_s = 0).", ""),
    row("published.rollout_start", Clock, "time of day", (0.0, 0.0), Absent,
        "The change touched the first cluster, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.api_saturated", Clock, "time of day", (0.0, 0.0), Absent,
        "The first API server could not answer everybody, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.alert", Clock, "time of day", (0.0, 0.0), Absent,
        "Alerts fired, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.first_impact", Clock, "time of day", (0.0, 0.0), Absent,
        "Users noticed, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.rollout_end", Clock, "time of day", (0.0, 0.0), Absent,
        "The change touched the last cluster, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.peak_impact", Clock, "time of day", (0.0, 0.0), Absent,
        "Impact was worst, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.first_cluster_recovered", Clock, "time of day", (0.0, 0.0), Absent,
        "The first cluster was well again, by a published account. Only printed beside the model, never used by it.", ""),
    row("published.all_recovered", Clock, "time of day", (0.0, 0.0), Absent,
        "All clusters were well again, by a published account. Only printed beside the model, never used by it.", ""),
    // Cluster
    row("cluster.nodes", Integer, "nodes", (1.0, 1_000_000.0), Num(1000.0),
        "Nodes of the cluster; of the largest cluster where there is a fleet.", "round number; say yours"),
    row("cluster.pods_per_node", Number, "pods", (0.0, 1000.0), Num(30.0),
        "Pods on a node. Lists of pods grow with it.", "ClusterLoader2 load test, 30 pods a node (facts: kubernetes.md 3.4)"),
    row("cluster.services", Integer, "services", (0.0, 100_000.0), Derived("one for every 10 pods, at least 10, at most 10,000"),
        "Services, each with one EndpointSlice for every 100 of its pods.", "SIG Scalability thresholds: at most 10,000 services"),
    row("cluster.pod_bytes", Number, "bytes", (100.0, 1_500_000.0), Num(4020.0),
        "Size of a pod as JSON.", "measured, recordings/manifest.yaml: pod_json_bytes 4020"),
    row("cluster.node_bytes", Number, "bytes", (100.0, 1_500_000.0), Num(20000.0),
        "Size of a node object as JSON.", "KEP-589: 20 KB node objects"),
    row("cluster.events_per_node", Number, "events", (0.0, 10000.0), Num(20.0),
        "Events kept per node (they live for an hour).", "assumed; event-ttl 1 h (kubernetes options.go)"),
    row("cluster.version", Choice(&["1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]), "", (0.0, 0.0), Word("1.34"),
        "Kubernetes minor version. It decides how many seats a LIST takes and which lists are streamed.", "facts: kubernetes.md 3.3"),
];
