//! Keys of DNS.

use super::super::Default::{Absent, Derived, Number as Num, Numbers as List, Text as Word};
use super::super::Kind::{Choice, Integer, Number, Numbers};
use super::super::Row;
use super::row;

#[rustfmt::skip] // one row a line: it is read as a table
pub(super) const ROWS: &[Row] = &[
    // DNS
    row("dns.cache_ttl_s", Number, "seconds", (0.0, 86400.0), Num(30.0),
        "How long the cache nearest to the application keeps an entry. This is how long damage stays hidden.", "shipped Corefile: cache 30"),
    row("dns.node_local_ttl_s", Number, "seconds", (0.0, 86400.0), Num(0.0),
        "TTL of a node-local cache behind it. 0: none.", "NodeLocal DNSCache: 30 s"),
    row("dns.coredns_ttl_s", Number, "seconds", (0.0, 86400.0), Num(0.0),
        "TTL of the cache in CoreDNS behind both. 0: none. It hands on what is left of it.", "shipped Corefile: cache 30"),
    row("dns.dependence", Choice(&["memory", "restart", "live"]), "", (0.0, 0.0), Word("memory"),
        "How DNS servers need the API. memory: they answer, frozen. restart: lost servers do not come back. live: every miss is a request to the API.", "facts: kubernetes.md 5.1, 5.6"),
    row("dns.names", Numbers, "names", (0.0, 1_000_000.0), List(&[40.0]),
        "Names in one cache of the nearest tier, by group.", "assumed"),
    row("dns.lookups_per_name_per_s", Numbers, "1/s", (0.0, 100_000.0), List(&[0.05]),
        "Lookups of one name in one cache, by group.", "assumed"),
    row("dns.caches_per_node", Number, "caches", (0.0, 1000.0), Num(1.0),
        "Caches of the nearest tier on a node.", "one resolver cache a node"),
    row("dns.caches", Number, "caches", (0.0, 1_000_000.0), Num(0.0),
        "Further caches of the nearest tier that do not depend on the nodes.", ""),
    row("dns.start", Choice(&["even", "cold"]), "", (0.0, 0.0), Word("even"),
        "Ages of entries at t = 0: evenly spread, or all caches empty.", ""),
    row("dns.serve_stale_s", Number, "seconds", (0.0, 86400.0), Num(0.0),
        "How long the nearest cache hands out an expired entry, or an old failure it was told, while it asks behind it.", "CoreDNS cache plugin: off by default, then up to 1 h; failures too (1.14.7, seen)"),
    row("dns.negative_ttl_s", Number, "seconds", (0.0, 1800.0), Num(5.0),
        "How long a failure is remembered and answered without asking again, if it was an answer. A cache that gets none remembers nothing.", "CoreDNS cache plugin: SERVFAIL 5 s; forward plugin: an error is no message (1.14.7, seen)"),
    row("dns.servers", Integer, "servers", (1.0, 100_000.0), Derived("cluster-proportional-autoscaler: one for 16 nodes, at least 2"),
        "CoreDNS pods.", "kubernetes dns-horizontal-autoscaler.yaml"),
    row("dns.server_queries_per_s", Number, "1/s", (1.0, 10_000_000.0), Num(17700.0),
        "Queries one server answers per second.", "coredns/deployment Scaling_CoreDNS.md: 17.7k a core"),
    row("dns.server_memory_limit_mib", Number, "MiB", (1.0, 1_048_576.0), Num(170.0),
        "Memory limit of one server; above it it is lost and must start again.", "CoreDNS manifest: 170 Mi"),
    row("dns.server_loss_per_hour", Number, "1/h", (0.0, 3600.0), Num(0.05),
        "Servers lost per hour and server (evictions, reboots), in mode restart.", "assumed"),
    row("dns.attempts", Number, "tries", (1.0, 10.0), Num(2.0),
        "Tries of a resolver per lookup.", "resolv.conf: attempts 2"),
    row("dns.timeout_s", Number, "seconds", (0.1, 60.0), Num(5.0),
        "Time a resolver waits for one try.", "resolv.conf: timeout 5"),
    row("dns.record_types", Number, "types", (1.0, 4.0), Num(2.0),
        "Record types asked per lookup (A and AAAA).", "glibc, Go"),
    row("dns.search", Number, "names", (1.0, 20.0), Num(1.0),
        "Names tried along the search list when servers answer with a failure.", "kubelet: ndots 5, up to 5 for external names"),
    row("dns.api_cpu_s", Number, "CPU-seconds", (0.0, 10.0), Num(0.001),
        "CPU on the API server of one live lookup.", "cost.base_s"),
    row("dns.source_lost_s", Number, "seconds", (0.0, 604_800.0), Absent,
        "The source of all records goes away at this time.", ""),
    row("dns.source_back_s", Number, "seconds", (0.0, 604_800.0), Absent,
        "It is back at this time.", ""),
];
