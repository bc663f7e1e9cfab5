//! The end of a second: what happened in it is written down.

use super::engine::{Engine, SECOND_NS};
use super::server::Mode;
use crate::bytes::GIB;
use slackwater_core::system::observe::{COLUMNS, Row};
use slackwater_core::system::scenario::{Arrivals, Follows};

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl Engine<'_> {
    /// Writes the second that ends now down. Returns whether it was the last.
    pub(super) fn close_second(&mut self) -> bool {
        if self.second > 0 {
            self.remember_success();
            let used_s = self.used_s();
            let row = self.row(used_s);
            self.history.rows.push(row);
            let observed = &mut self.history.observed;
            for ((ends, series), traffic) in self.ends.iter_mut().zip(&mut observed.classes).zip(&self.traffic) {
                ends.close(series, traffic.in_flight, traffic.watching);
            }
            observed.cores.push(used_s);
            let servers = self.servers.len() as f64;
            let mut silent_ns = 0;
            for at in 0..self.servers.len() {
                self.note_silence(at);
                silent_ns += std::mem::take(&mut self.servers[at].silent_ns);
            }
            let bytes = (0..self.servers.len()).map(|at| self.bytes_held(at)).sum::<f64>() / servers;
            self.history.observed.thrashing.push(silent_ns as f64 / SECOND_NS as f64 / servers);
            self.history.observed.bytes.push(bytes);
            (self.asked_s, self.etcd_asked_s) = (0.0, 0.0);
        }
        self.second >= self.seconds
    }

    fn remember_success(&mut self) {
        for (traffic, ends) in self.traffic.iter_mut().zip(&self.ends) {
            traffic.remember(ends.answered, ends.answered + ends.failed());
        }
    }

    /// CPU-seconds that all servers gave out in this second.
    fn used_s(&mut self) -> f64 {
        let mut used_s = 0.0;
        for server in &mut self.servers {
            server.cpu.advance(self.now_ns);
            used_s += server.cpu.used_s - server.used_before_s;
            server.used_before_s = server.cpu.used_s;
        }
        used_s
    }

    /// Bytes of a server; one that thrashes is pinned at its limit.
    fn bytes_held(&self, at: usize) -> f64 {
        let wanted = self.bytes_wanted(at);
        if self.servers[at].mode == Mode::Thrashing { self.bytes_limit() } else { wanted }
    }

    fn row(&mut self, used_s: f64) -> Row {
        let servers = self.servers.len();
        let cpu = &self.scenario.cpu;
        let cores = servers as f64 * cpu.servers * cpu.speed * self.people.growth;
        let mut values = [0.0; COLUMNS.len()];
        let (mut failed, mut ended, mut agent_failed, mut agent_ended) = (0, 0, 0, 0);
        for (class, ends) in self.scenario.classes.iter().zip(&self.ends) {
            values[Row::ANSWERED] += ends.answered as f64;
            values[Row::REJECTED] += ends.rejected as f64;
            values[Row::TIMED_OUT] += ends.timed_out as f64;
            values[Row::REFUSED] += ends.refused as f64;
            if class.arrivals != Arrivals::DnsMiss {
                failed += ends.failed();
                ended += ends.failed() + ends.answered;
            }
            if class.follows == Follows::Agent {
                agent_failed += ends.failed();
                agent_ended += ends.failed() + ends.answered;
            }
        }
        for (at, server) in self.servers.iter().enumerate() {
            values[Row::RUNNING] += server.running as f64;
            values[Row::WAITING] += server.waiting as f64;
            values[Row::MEMORY] += self.bytes_held(at) / GIB / servers as f64;
            values[Row::THRASHING] += if server.mode == Mode::Thrashing { 1.0 / servers as f64 } else { 0.0 };
            values[Row::ANSWERING] += if server.mode == Mode::Up { 1.0 / servers as f64 } else { 0.0 };
        }
        values[Row::API_LOAD] = share(self.asked_s, cores);
        values[Row::API_BUSY] = share(used_s, cores);
        values[Row::AGENTS] = self.people.agents as f64;
        values[Row::OPERATOR] = self.traffic.get(self.scenario.operator).map_or(1.0, |traffic| traffic.success);
        values[Row::ETCD] = share(self.etcd_asked_s, self.scenario.etcd_cores);
        values[Row::AGENT_HEALTH] = share(agent_failed as f64, agent_ended as f64);
        values[Row::API_ERRORS] = share(failed as f64, ended as f64);
        (values[Row::API_ENDS], values[Row::AGENT_ENDS]) = (ended as f64, agent_ended as f64);
        values[Row::ETCD_SERVING] = self.store.close_second(self.now_ns);
        values[Row::ETCD_FILE] = if self.store.on { self.store.file_bytes / GIB } else { 0.0 };
        values[Row::NOT_READY] = self.leases.not_ready;
        values[Row::LEADING] = self.leases.leading;
        (values[Row::CACHED], values[Row::IMPACT], values[Row::DNS_QUERIES]) = self.names.close_second(self.second);
        Row { values }
    }
}
