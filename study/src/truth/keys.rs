//! Keys of a manifest: one row each, with range and unit.

use slackwater_core::bounds::Kind::{Boolean, Choice, Number, Numbers, Text};
use slackwater_core::bounds::{Default::Absent, Kind, Row};

const fn row(key: &'static str, kind: Kind, unit: &'static str, min: f64, max: f64, meaning: &'static str) -> Row {
    Row { key, kind, unit, min, max, default: Absent, meaning, source: "recordings/manifest.yaml" }
}

const fn time(key: &'static str, min: f64, meaning: &'static str) -> Row {
    row(key, Number, "seconds", min, 1e6, meaning)
}

const fn text(key: &'static str, meaning: &'static str) -> Row {
    row(key, Text, "", 0.0, 0.0, meaning)
}

const fn words(key: &'static str, words: &'static [&'static str], meaning: &'static str) -> Row {
    row(key, Choice(words), "", 0.0, 0.0, meaning)
}

/// Identities of the recordings' README.
pub(super) const IDENTITIES: &[&str] = &["agent", "node", "dev", "admin"];
const VERSIONS: &[&str] = &["1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"];

/// Every key that is read, by section. Other keys of a run are named in the table and not read.
#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const KEYS: &[Row] = &[
    text("run.name", "Name of the run."),
    text("run.kind", "cost, knee, storm, herd or dns."),
    text("run.file", "The table."),
    text("run.restarts", "Table of kills and starts."),
    text("run.upstream", "Table of requests at the source; not read."),
    text("run.metrics", "Folder of scrapes; not read."),
    text("run.audit", "Audit log; it refines the calibration."),
    time("run.duration_s", 1.0, "Length."),
    time("run.bin_s", 0.1, "Length of a bin."),
    row("run.caches", Number, "caches", 1.0, 1e6, "Caches in front of the source."),
    time("run.ttl_s", 1.0, "Time a cache keeps an entry."),
    time("run.serve_stale_s", 0.0, "Time a cache hands out an expired entry."),
    row("run.names_per_class", Number, "names", 1.0, 1e6, "Names of a class."),
    row("run.lookups_per_name_and_cache_per_s", Numbers, "1/s", 1e-9, 1e6, "Lookups by class."),
    time("run.source_lost_s", 0.0, "The source is lost."),
    time("run.source_back_s", 0.0, "The source is back."),
    time("run.end_s", 1.0, "End."),
    words("api_server.version", VERSIONS, "Kubernetes minor version."),
    row("api_server.replicas", Number, "servers", 1.0, 100.0, "API servers."),
    row("api_server.cores", Number, "cores", 0.01, 1024.0, "Cores, or CPU quota, of one API server."),
    row("api_server.max_requests_inflight", Number, "requests", 0.0, 1e5, "--max-requests-inflight."),
    row("api_server.max_mutating_requests_inflight", Number, "requests", 0.0, 1e5, "--max-mutating-requests-inflight."),
    row("api_server.flow_control", Boolean, "", 0.0, 0.0, "API Priority and Fairness."),
    row("api_server.memory_limit_mib", Number, "MiB", 1.0, 1e8, "Memory limit of one API server."),
    time("api_server.restart_delay_s", 0.0, "From a kill until the process runs again."),
    row("cluster.nodes", Number, "nodes", 0.0, 1e6, "Nodes."),
    row("cluster.pods", Number, "pods", 0.0, 1e7, "Pods."),
    row("cluster.pod_json_bytes", Number, "bytes", 1.0, 1.5e6, "Size of a pod as JSON."),
    row("cluster.pod_protobuf_bytes", Number, "bytes", 1.0, 1.5e6, "Size of a pod as protobuf."),
    text("sender.name", "Name of the class, as in the table."),
    words("sender.identity", IDENTITIES, "Who sends."),
    words("sender.verb", &["get", "list"], "API verb."),
    words("sender.resource", &["pods", "nodes"], "API resource."),
    text("sender.resource_version", "resourceVersion of the request; \"0\" or \"\" is served from the watch cache."),
    words("sender.encoding", &["json", "protobuf"], "Encoding of the answer."),
    row("sender.named", Boolean, "", 0.0, 0.0, "One object by its name."),
    words("sender.arrivals", &["open", "poll"], "open: whatever became of earlier ones. poll: on a tick."),
    row("sender.rate_per_s", Number, "1/s", 0.0, 1e6, "Requests a second."),
    row("sender.clients", Number, "clients", 1.0, 1e6, "Clients."),
    time("sender.period_s", 0.01, "Time between two polls."),
    time("sender.start_s", 0.0, "The first client starts."),
    time("sender.ramp_s", 0.0, "Time until the last has started."),
    time("sender.stop_s", 0.0, "No client sends from here on."),
    time("sender.client_timeout_s", 0.01, "Client timeout."),
    row("sender.relist_on_break", Boolean, "", 0.0, 0.0, "Lists again when its watch breaks."),
    row("retry.after_s", Numbers, "seconds", 0.0, 1e5, "Least and most time until the next try."),
    row("retry.times_retry_after", Boolean, "", 0.0, 0.0, "A Retry-After multiplies it."),
    time("backoff.first_s", 0.0, "First delay."),
    row("backoff.factor", Number, "", 1.0, 100.0, "Growth from one delay to the next."),
    time("backoff.cap_s", 0.0, "Longest delay."),
    row("backoff.jitter", Number, "share", 0.0, 10.0, "Up to so much of the delay on top."),
    text("backoff.reset", "When the delay starts again from the first."),
    text("backoff.at_least", "retry_after: waits for at least a Retry-After."),
];
