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
        // Before slices a service had one object that held all its endpoints.
        "endpoints" => Objects { count: services, bytes: 800.0 + 100.0 * pods / services },
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

/// Where a LIST is answered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The watch cache, as it is (`resourceVersion=0`).
    Cache,
    /// The newest state (no `resourceVersion`): the watch cache once it has caught up, or etcd in older versions.
    Newest,
    /// etcd (an exact version).
    Etcd,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// As it is.
    Plain,
    /// Compressed if it is long.
    Gzip,
    /// As a stream of events, by clients that know how to ask for it (WatchList).
    Events,
}

/// One LIST.
#[derive(Clone, Copy, Debug)]
pub(super) struct List<'a> {
    /// Resource.
    pub resource: &'a str,
    /// Only objects of the own node, by an indexed field selector.
    pub own_node: bool,
    /// A single object.
    pub one: bool,
    /// Share of the scanned objects that is returned.
    pub returned: f64,
    /// Where it is answered from.
    pub from: From,
    /// Most objects in one answer; 0: all.
    pub page: f64,
    /// Protobuf in place of JSON.
    pub protobuf: bool,
    /// How the answer is sent.
    pub sent: Sent,
}

impl<'a> List<'a> {
    /// A LIST of all objects from the watch cache, as informers ask for it.
    pub(super) fn cached(resource: &'a str) -> Self {
        Self {
            resource,
            own_node: false,
            one: false,
            returned: 1.0,
            from: From::Cache,
            page: 0.0,
            protobuf: true,
            sent: Sent::Events,
        }
    }

    /// Objects it looks at, of `all` there are.
    fn scanned(&self, all: f64, nodes: f64) -> f64 {
        match (self.one, self.own_node) {
            (true, _) => all.min(1.0),
            (false, true) => all / nodes.max(1.0),
            (false, false) => all,
        }
    }

    /// Answers that the whole list takes.
    pub(super) fn pages(&self, settings: &Settings, nodes: f64) -> f64 {
        let all = objects(settings, self.resource, nodes);
        let own = self.scanned(all.count, nodes);
        if self.page > 0.0 { (own / self.page).ceil().max(1.0) } else { 1.0 }
    }

    /// Whether the server reads etcd for it.
    pub(super) fn reads_etcd(&self, minor: u32) -> bool {
        match self.from {
            From::Cache => false,
            // Pages are read from a snapshot of the cache since 1.34.
            From::Newest => minor < CONSISTENT || (self.page > 0.0 && minor < SNAPSHOTS),
            From::Etcd => true,
        }
    }

    /// Whether the answer is written piece by piece, and not built in memory first.
    fn streamed(&self, minor: u32) -> bool {
        minor >= if self.protobuf { STREAMED_PROTOBUF } else { STREAMED_JSON }
    }
}

/// First version whose watch cache answers for the newest state (ConsistentListFromCache).
const CONSISTENT: u32 = 31;
/// First version that answers pages from the watch cache (ListFromCacheSnapshot).
const SNAPSHOTS: u32 = 34;
/// First versions that stream answers (StreamingCollectionEncodingToJSON, -ToProtobuf).
const STREAMED_JSON: u32 = 33;
const STREAMED_PROTOBUF: u32 = 34;
/// First version whose informers ask for a stream of events (WatchListClient).
const WATCH_LIST: u32 = 35;
/// Bytes that such a stream holds (KEP-3157).
const STREAM_BYTES: f64 = 2e6;
/// Bytes from which an answer is compressed (apiserver `pkg/endpoints/handlers/responsewriters/writers.go`).
const GZIP_BYTES: f64 = 131_072.0;

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
    /// Reads of etcd that only ask how new the newest state is.
    pub reads: f64,
    /// Seats.
    pub seats: f64,
}

impl List<'_> {
    /// Cost of one answer in a cluster of `nodes` nodes; `level_max_seats` caps the seats.
    ///
    /// # Formula
    /// base + per object * scanned + per byte * returned, and what is read from etcd and thrown away at a price of its
    /// own; the order in the nodes is the order of `scanned`.
    pub(super) fn cost(&self, settings: &Settings, nodes: f64, minor: u32, level_max_seats: Option<u32>) -> Cost {
        let n = |key: &str| settings.number(key);
        let all = objects(settings, self.resource, nodes);
        let part = 1.0 / self.pages(settings, nodes);
        let own = part * self.scanned(all.count, nodes);
        let returned = own * self.returned;
        let json = returned * all.bytes;
        let (cpu_factor, size_factor) = if self.protobuf { (n("cost.protobuf_factor"), STORED) } else { (1.0, 1.0) };
        let wire = json * size_factor;
        let etcd = self.reads_etcd(minor);
        let (mut cpu_s, mut bytes, etcd_s, range_bytes) = if etcd {
            // etcd knows no selector: the server reads every object and throws most away. A page stops when it is full.
            let read = if self.own_node && self.page == 0.0 { all.count } else { own };
            let dropped = read - returned;
            (
                n("cost.etcd_object_s") * returned
                    + n("cost.etcd_byte_s") * json * cpu_factor
                    + (n("cost.etcd_drop_object_s") + n("cost.etcd_drop_byte_s") * all.bytes) * dropped,
                n("cost.memory_factor") * read * all.bytes * STORED,
                n("cost.etcd_server_object_s") * read + n("cost.etcd_server_byte_s") * read * all.bytes,
                read * all.bytes * STORED,
            )
        } else {
            let streamed = self.streamed(minor);
            let held = n(if streamed { "cost.cache_memory_factor" } else { "cost.unstreamed_memory_factor" });
            (
                n("cost.cache_object_s") * own + n("cost.cache_byte_s") * json * cpu_factor,
                held * json * size_factor,
                0.0,
                0.0,
            )
        };
        if self.sent == Sent::Gzip && wire > GZIP_BYTES {
            cpu_s += n("cost.gzip_byte_s") * wire;
        }
        if self.sent == Sent::Events && minor >= WATCH_LIST {
            bytes = bytes.min(STREAM_BYTES);
        }
        let (version, version_match) = match self.from {
            From::Cache => (Version::Any, VersionMatch::Unset),
            From::Newest => (Version::Unset, VersionMatch::Unset),
            From::Etcd => (Version::Number, VersionMatch::Exact),
        };
        let selection = if self.own_node { Selection::Selector } else { Selection::All };
        let query = ListQuery { version, version_match, selection, limit: self.page as u64, ..ListQuery::default() };
        let stats = ObjectStats::Known { count: all.count as u64, average_bytes: (all.bytes * STORED) as u64 };
        let rules = EstimatorRules::of_minor(minor);
        let estimate = Request::List(query, stats).estimate(rules, minor >= CONSISTENT, level_max_seats);
        let reads = f64::from(u8::from(self.from == From::Newest && !etcd));
        let cpu_s = n("cost.base_s") + cpu_s;
        Cost { cpu_s, bytes, etcd_s, range_bytes, reads, seats: f64::from(estimate.max_seats()) }
    }
}
