//! What one request costs in a cluster of a given size.

use super::settings::Settings;
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Selection, Version, VersionMatch};
use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};

/// Objects of a kind in a cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Objects {
    /// How many.
    pub count: f64,
    /// Bytes of one as JSON.
    pub bytes: f64,
}

/// Objects of a resource in a cluster of `nodes` nodes.
pub(super) fn objects(settings: &Settings, resource: &str, nodes: f64) -> Objects {
    let pods = nodes * settings.number("cluster.pods_per_node");
    let services = services(settings, nodes);
    match resource {
        "nodes" => Objects { count: nodes, bytes: settings.number("cluster.node_bytes") },
        "events" => Objects { count: nodes * settings.number("cluster.events_per_node"), bytes: 1000.0 },
        // A service without annotations; an EndpointSlice holds up to 100 endpoints of about 100 bytes.
        "services" => Objects { count: services, bytes: 1500.0 },
        "endpointslices" => {
            let slices = (pods / 100.0).max(services);
            Objects { count: slices, bytes: 800.0 + 100.0 * (pods / slices).min(100.0) }
        }
        _ => Objects { count: pods, bytes: settings.number("cluster.pod_bytes") },
    }
}

/// Services of a cluster of `nodes` nodes.
pub(super) fn services(settings: &Settings, nodes: f64) -> f64 {
    let pods = nodes * settings.number("cluster.pods_per_node");
    settings.typed("cluster.services").unwrap_or((pods / 10.0).clamp(10.0, 10_000.0)).max(1.0)
}

/// Bytes of an object as protobuf, in etcd and on the wire, against JSON (measured, cost.csv: 3,003 of 4,020).
pub(super) const STORED: f64 = 0.75;

/// Bytes that a write of a resource adds to etcd's file.
pub(super) fn written_bytes(settings: &Settings, resource: &str, nodes: f64) -> f64 {
    match resource {
        // Holder, times, owner: a few hundred bytes with the key.
        "leases" => 400.0,
        "daemonsets" => 5000.0,
        other => objects(settings, other, nodes).bytes * STORED,
    }
}

/// Bytes of every object of a cluster once, as etcd keeps them.
pub(super) fn live_bytes(settings: &Settings, nodes: f64) -> f64 {
    let kinds = ["pods", "nodes", "services", "endpointslices", "events"];
    let bytes = |kind: &&str| {
        let all = objects(settings, kind, nodes);
        all.count * all.bytes * STORED
    };
    // A lease a node on top.
    kinds.iter().map(bytes).sum::<f64>() + nodes * 400.0
}

/// One LIST.
#[derive(Clone, Copy, Debug)]
pub(super) struct List<'a> {
    /// Resource.
    pub resource: &'a str,
    /// Only objects of the own node, by an indexed field selector.
    pub own_node: bool,
    /// Share of the scanned objects that is returned.
    pub returned: f64,
    /// Read through to etcd.
    pub etcd: bool,
    /// Protobuf in place of JSON.
    pub protobuf: bool,
}

/// What a request takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// CPU-seconds on the API server.
    pub cpu_s: f64,
    /// Bytes held while it runs.
    pub bytes: f64,
    /// CPU-seconds on etcd.
    pub etcd_s: f64,
    /// Bytes etcd reads.
    pub range_bytes: f64,
    /// Seats.
    pub seats: f64,
}

impl List<'_> {
    /// Cost in a cluster of `nodes` nodes; `level_max_seats` caps the seats.
    ///
    /// # Formula
    /// base + per object * scanned + per byte * returned; the order in the nodes is the order of `scanned`.
    pub(super) fn cost(&self, settings: &Settings, nodes: f64, minor: u32, level_max_seats: Option<u32>) -> Cost {
        let n = |key: &str| settings.number(key);
        let all = objects(settings, self.resource, nodes);
        let own = if self.own_node { all.count / nodes.max(1.0) } else { all.count };
        let json = own * self.returned * all.bytes;
        let (cpu_factor, size_factor) = if self.protobuf { (n("cost.protobuf_factor"), STORED) } else { (1.0, 1.0) };
        let (cpu_s, bytes, etcd_s, range_bytes) = if self.etcd {
            // etcd knows no field selector: the server reads every object and throws most away.
            let read = all.count * all.bytes;
            (
                n("cost.etcd_object_s") * all.count + n("cost.etcd_byte_s") * json * cpu_factor,
                n("cost.memory_factor") * read * STORED,
                n("cost.etcd_server_object_s") * all.count + n("cost.etcd_server_byte_s") * read,
                read * STORED,
            )
        } else {
            (
                n("cost.cache_object_s") * own + n("cost.cache_byte_s") * json * cpu_factor,
                n("cost.cache_memory_factor") * json * size_factor,
                0.0,
                0.0,
            )
        };
        let (version, version_match) =
            if self.etcd { (Version::Number, VersionMatch::Exact) } else { (Version::Any, VersionMatch::Unset) };
        let selection = if self.own_node { Selection::Selector } else { Selection::All };
        let query = ListQuery { version, version_match, selection, ..ListQuery::default() };
        let stats = ObjectStats::Known { count: all.count as u64, average_bytes: (all.bytes * STORED) as u64 };
        let estimate = Request::List(query, stats).estimate(EstimatorRules::of_minor(minor), true, level_max_seats);
        Cost { cpu_s: n("cost.base_s") + cpu_s, bytes, etcd_s, range_bytes, seats: f64::from(estimate.max_seats()) }
    }
}
