//! DNS servers: whether they run, have their records, and keep up.

use super::super::agenda::What;
use super::super::engine::{Engine, SECOND_NS};
use super::super::server::Mode;
use super::super::traffic::ns;
use super::Names;
use slackwater_core::dns::Dependence;

/// Mean time until a restarted server has read its records, while the API answers (CoreDNS plugin/kubernetes,
/// `startup_timeout`).
const SYNC_NS: u64 = 5 * SECOND_NS;
/// Mean time from the memory limit to a lost server.
const OOM_NS: u64 = 10 * SECOND_NS;
/// Queries that fit into the receive buffer of a socket: 212,992 bytes (Linux `net.core.rmem_default`), 832 for a
/// small packet with its bookkeeping. Those that do not are lost.
const BUFFERED: f64 = 256.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct NameServer {
    /// It runs and has its records.
    ready: bool,
    /// When it is through with the queries it has.
    free_ns: u64,
    /// Lookups for which it asks the API.
    pub(super) asking: u32,
    /// API server it is connected to, and the number of its process.
    connection: (u32, u32),
}

impl NameServer {
    pub(super) fn new(api_server: u32) -> Self {
        Self { ready: true, free_ns: 0, asking: 0, connection: (api_server, 0) }
    }
}

impl Names {
    /// Connection of the server that a lookup has asked.
    pub(in super::super) fn connection(&self, lookup: u32) -> (u32, u32) {
        self.servers[self.lookups[lookup as usize].server as usize].connection
    }

    pub(in super::super) fn connect(&mut self, lookup: u32, connection: (u32, u32)) {
        self.servers[self.lookups[lookup as usize].server as usize].connection = connection;
    }
}

impl Engine<'_> {
    /// Plans the losses of `restart` mode.
    pub(super) fn begin_servers(&mut self) {
        for server in 0..self.names.servers.len() as u32 {
            self.plan_loss(server);
        }
    }

    fn plan_loss(&mut self, server: u32) {
        let lost_per_s = self.scenario.dns.lost_per_s;
        if self.scenario.dns.dependence == Dependence::Restart && lost_per_s > 0.0 {
            let at_ns = self.now_ns.saturating_add(self.names.dice.exponential_ns((1e9 / lost_per_s) as u64));
            self.agenda.plan(at_ns, What::NamesLost { server });
        }
    }

    /// A server restarts, and needs its records.
    pub(in super::super) fn lose_names(&mut self, server: u32) {
        let place = &mut self.names.servers[server as usize];
        if place.ready {
            place.ready = false;
            self.plan_sync(server);
        }
    }

    fn plan_sync(&mut self, server: u32) {
        let at_ns = self.now_ns.saturating_add(self.names.dice.exponential_ns(SYNC_NS));
        self.agenda.plan(at_ns, What::NamesSync { server });
    }

    pub(super) fn source_is_lost(&self) -> bool {
        let dns = &self.scenario.dns;
        (ns(dns.source_lost_s)..ns(dns.source_back_s)).contains(&self.now_ns)
    }

    /// A server tries to read its records: it must find an API server that answers, as controllers do.
    pub(in super::super) fn sync_names(&mut self, server: u32) {
        let works = self.traffic.get(self.scenario.controllers).map_or(1.0, |traffic| traffic.success);
        let up = self.servers.iter().filter(|server| server.mode == Mode::Up).count() as f64;
        let chance = works.min(up / self.servers.len() as f64);
        if !self.source_is_lost() && self.names.dice.fraction() < chance {
            self.names.servers[server as usize].ready = true;
            self.plan_loss(server);
        } else {
            self.plan_sync(server);
        }
    }

    /// Whether a server can answer anything.
    pub(super) fn has_records(&self, server: u32) -> bool {
        self.names.servers[server as usize].ready && !self.source_is_lost()
    }

    /// Whether the queries of a lookup find room at a server; if so, it works on them.
    pub(super) fn takes_queries(&mut self, server: u32) -> bool {
        let dns = &self.scenario.dns;
        let query_ns = 1e9 / dns.queries_per_server;
        let place = &mut self.names.servers[server as usize];
        let free_ns = place.free_ns.max(self.now_ns);
        let room = ((free_ns - self.now_ns) as f64) < BUFFERED * query_ns;
        if room {
            place.free_ns = free_ns + (query_ns * dns.record_types) as u64;
        }
        room
    }

    /// Servers over their memory limit are lost sooner or later.
    pub(in super::super) fn watch_names(&mut self) {
        let dns = &self.scenario.dns;
        for server in 0..self.names.servers.len() as u32 {
            let asking = f64::from(self.names.servers[server as usize].asking);
            let bytes = dns.base_bytes + asking * dns.record_types * dns.bytes_per_query;
            if bytes > dns.limit_bytes && self.names.dice.exponential_ns(OOM_NS) < SECOND_NS {
                self.lose_names(server);
            }
        }
    }
}
