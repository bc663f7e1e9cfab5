//! etcd: its CPU, its log, its file, and the times when it serves nobody.
//!
//! Where [`Etcd::on`](slackwater_core::server::etcd::Etcd::on) is off, only the CPU of range reads counts.

use super::agenda::{NEVER_NS, What};
use super::engine::{Engine, SECOND_NS};
use super::error::SystemError;
use super::request::{End, Request, Stage};
use super::server::Mode;
use super::sharing::Sharing;
use super::traffic::ns;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::server::etcd::{BATCH_BYTES, ELECTION_S};
use slackwater_core::system::scenario::Scenario;

#[derive(Debug)]
pub(super) struct Store {
    pub on: bool,
    pub cpu: Sharing,
    pub serving: bool,
    /// Since when it has been as it is, and nanoseconds of the present second in which it served before that.
    since_ns: u64,
    served_ns: u64,
    /// A kill or a defragmentation ends.
    away_until_ns: u64,
    /// When what is in the log already is on disk.
    log_free_ns: u64,
    /// Requests that would be through if it served.
    stalled: Vec<(u32, u32)>,
    ranges_bytes: f64,
    alarm: bool,
    history_bytes: f64,
    older_bytes: f64,
    compacted_s: f64,
    pub file_bytes: f64,
}

impl Store {
    pub(super) fn new(scenario: &Scenario<f64>, written_per_s: f64) -> Self {
        let etcd = &scenario.etcd;
        Self {
            on: etcd.on,
            cpu: Sharing::new(Cpu::new(scenario.etcd_cores, 0.0)),
            serving: true,
            since_ns: 0,
            served_ns: 0,
            away_until_ns: 0,
            log_free_ns: 0,
            stalled: Vec::new(),
            ranges_bytes: 0.0,
            alarm: false,
            history_bytes: 0.0,
            older_bytes: written_per_s * etcd.compact_s,
            compacted_s: 0.0,
            file_bytes: etcd.full_bytes(scenario.nodes, written_per_s),
        }
    }

    /// Share of the second that ends now in which it served.
    pub(super) fn close_second(&mut self, now_ns: u64) -> f64 {
        if self.serving {
            self.served_ns += now_ns - self.since_ns;
        }
        self.since_ns = now_ns;
        std::mem::take(&mut self.served_ns) as f64 / SECOND_NS as f64
    }
}

impl Engine<'_> {
    /// Plans what is known of etcd's troubles.
    pub(super) fn begin_store(&mut self) {
        let etcd = &self.scenario.etcd;
        if !etcd.on {
            return;
        }
        for at_ns in [ns(etcd.lost_s), self.store_lost_until_ns()] {
            self.agenda.plan(at_ns, What::Store);
        }
        self.agenda.plan(ns(etcd.defrag_s), What::Defragment);
    }

    fn store_lost_until_ns(&self) -> u64 {
        let etcd = &self.scenario.etcd;
        if etcd.lost_members <= 0.0 {
            return NEVER_NS;
        }
        ns(if etcd.majority_left() > 0.0 { etcd.lost_s } else { etcd.back_s } + ELECTION_S)
    }

    /// A request begins to wait for etcd.
    pub(super) fn ask_store(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        let now_ns = self.now_ns;
        let request = self.requests.get(at);
        request.stage = Stage::Reading;
        request.key = self.store.cpu.add(now_ns, at, request.etcd_s);
        if !self.store.on {
            return Ok(());
        }
        let class = request.class as usize;
        let over_ns = now_ns.saturating_add(ns(self.scenario.etcd.gives_up_s));
        self.agenda.plan(over_ns, What::GivenUp { request: at, serial });
        self.store.ranges_bytes += self.traffic[class].range_bytes;
        let each = self.store.ranges_bytes / self.scenario.etcd.members;
        if self.store.serving && each > self.scenario.etcd.memory_bytes {
            return self.kill_store();
        }
        Ok(())
    }

    /// The leader is done with a request: a write goes to the log, and a majority must have it.
    pub(super) fn store_has_worked(&mut self, at: u32) -> Result<(), SystemError> {
        if !self.store.on {
            return self.has_read(at);
        }
        let (serial, class) = (self.requests.get(at).serial, self.requests.get(at).class as usize);
        let (etcd, traffic) = (&self.scenario.etcd, &self.traffic[class]);
        let mut done_ns = self.now_ns + ns(etcd.rtt_s);
        if traffic.writes {
            let log_s = traffic.write_bytes * (etcd.rtt_s + etcd.fsync_s) / BATCH_BYTES;
            self.store.log_free_ns = self.store.log_free_ns.max(self.now_ns) + ns(log_s);
            done_ns = self.store.log_free_ns + ns(etcd.rtt_s + etcd.fsync_s);
        }
        self.agenda.plan(done_ns, What::Committed { request: at, serial });
        Ok(())
    }

    /// A request is through, if etcd serves at this moment.
    pub(super) fn committed(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        if !self.requests.lives(at, serial) || self.requests.get(at).stage != Stage::Reading {
            return Ok(());
        }
        if !self.store.serving {
            self.store.stalled.push((at, serial));
            return Ok(());
        }
        let write_bytes = self.traffic[self.requests.get(at).class as usize].write_bytes;
        if self.store.alarm && write_bytes > 0.0 {
            return self.store_fails(at);
        }
        self.store.history_bytes += write_bytes;
        self.has_read(at)
    }

    /// A request is with etcd no more.
    pub(super) fn leave_store(&mut self, at: u32) {
        let Request { key, class, .. } = *self.requests.get(at);
        self.store.cpu.remove(self.now_ns, key);
        if self.store.on {
            self.store.ranges_bytes = (self.store.ranges_bytes - self.traffic[class as usize].range_bytes).max(0.0);
        }
    }

    /// etcd gives a request up: the client gets an error.
    pub(super) fn given_up(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        let waits = self.requests.lives(at, serial) && self.requests.get(at).stage == Stage::Reading;
        if waits { self.store_fails(at) } else { Ok(()) }
    }

    fn store_fails(&mut self, at: u32) -> Result<(), SystemError> {
        self.leave_store(at);
        self.free_seats(at)?;
        self.end(at, End::Refused)
    }

    /// The members are killed by their memory limit: what waits for them is lost.
    fn kill_store(&mut self) -> Result<(), SystemError> {
        self.send_store_away(ns(self.scenario.etcd.restart_s));
        for at in self.requests.reading() {
            if self.requests.get(at).stage == Stage::Reading {
                self.store_fails(at)?;
            }
        }
        Ok(())
    }

    /// A defragmentation: nobody is served while the file is copied, and the alarm is disarmed.
    pub(super) fn defragment(&mut self) {
        let etcd = &self.scenario.etcd;
        let copied_s = self.store.file_bytes / etcd.defrag_bytes_per_s;
        self.store.file_bytes = etcd.live_bytes + etcd.live_bytes_per_node * self.people.nodes_left();
        (self.store.history_bytes, self.store.older_bytes, self.store.compacted_s) = (0.0, 0.0, 0.0);
        self.store.alarm = self.store.file_bytes > etcd.quota_bytes;
        self.send_store_away(ns(copied_s));
    }

    fn send_store_away(&mut self, for_ns: u64) {
        self.store.away_until_ns = self.store.away_until_ns.max(self.now_ns.saturating_add(for_ns));
        self.agenda.plan(self.store.away_until_ns, What::Store);
        self.check_store();
    }

    /// Something may have changed: whether etcd serves.
    pub(super) fn check_store(&mut self) {
        let etcd = &self.scenario.etcd;
        let lost = etcd.lost_members > 0.0 && (ns(etcd.lost_s)..self.store_lost_until_ns()).contains(&self.now_ns);
        let serving = !lost && self.now_ns >= self.store.away_until_ns;
        if serving == self.store.serving {
            return;
        }
        if self.store.serving {
            self.store.served_ns += self.now_ns - self.store.since_ns;
        }
        (self.store.serving, self.store.since_ns) = (serving, self.now_ns);
        self.store.cpu.grow(self.now_ns, f64::from(u8::from(serving)));
        if serving {
            self.store_is_back();
            return;
        }
        self.store_silent_ns = self.now_ns;
        let memory = &self.scenario.memory;
        if self.scenario.etcd.probed > 0.0 && memory.liveness_s > 0.0 {
            self.agenda.plan(self.now_ns.saturating_add(ns(memory.liveness_s)), What::StoreProbe);
        }
    }

    fn store_is_back(&mut self) {
        let least_ns = ns(self.scenario.etcd.rtt_s + self.scenario.etcd.fsync_s);
        for (request, serial) in std::mem::take(&mut self.store.stalled) {
            self.agenda.plan(self.now_ns + least_ns, What::Committed { request, serial });
        }
        let silent_ns = self.store_silent_ns;
        // A server that could not fill its caches begins again.
        let refill_ns = ns(self.scenario.memory.refill_s * (1.0 - self.scenario.early));
        for (at, server) in (0..).zip(&mut self.servers) {
            if server.filled_ns > silent_ns {
                server.filled_ns = server.filled_ns.saturating_add(self.now_ns - silent_ns);
            }
            if std::mem::take(&mut server.unfilled) {
                self.agenda.plan(self.now_ns + refill_ns, What::Up { server: at, boot: server.boot });
            }
        }
    }

    /// The probes of the API servers have failed for as long as etcd has been silent.
    pub(super) fn store_probe(&mut self) -> Result<(), SystemError> {
        let silent_ns = self.now_ns - self.store_silent_ns;
        if self.store.serving || silent_ns < ns(self.scenario.memory.liveness_s) {
            return Ok(());
        }
        for at in 0..self.servers.len() as u32 {
            if self.servers[at as usize].mode != Mode::Down {
                self.kill(at)?;
            }
        }
        Ok(())
    }

    /// Once a second: compaction, the size of the file, the alarm.
    pub(super) fn keep_store(&mut self) {
        if !self.store.on {
            return;
        }
        let (etcd, store) = (&self.scenario.etcd, &mut self.store);
        let live = etcd.live_bytes + etcd.live_bytes_per_node * self.people.nodes_left();
        let in_use = (live + store.older_bytes + store.history_bytes) * (1.0 + etcd.fragmentation);
        store.file_bytes = store.file_bytes.max(in_use);
        store.alarm |= store.file_bytes > etcd.quota_bytes;
        store.compacted_s += 1.0;
        if store.compacted_s >= etcd.compact_s && store.serving {
            (store.older_bytes, store.history_bytes, store.compacted_s) = (store.history_bytes, 0.0, 0.0);
        }
    }
}
