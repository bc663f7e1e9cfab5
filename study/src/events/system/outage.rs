//! Servers that die, thrash, and come back.

use super::agenda::{NEVER_NS, What};
use super::clients::{Client, State};
use super::engine::Engine;
use super::error::SystemError;
use super::levels::Levels;
use super::request::{End, Request, Stage};
use super::server::Mode;
use super::traffic::ns;
use slackwater_core::flowcontrol::borrowing::ADJUSTMENT_PERIOD_S;

/// Shortest time between two processes of a server, nanoseconds: whatever a scenario says, one has to start.
const SHORTEST_DOWN_NS: u64 = 100_000_000;

/// Mean seconds after which a watch is begun anew on the same connection: its timeout is 5 to 10 minutes (client-go
/// `tools/cache/reflector.go`).
const REWATCH_S: f64 = 450.0;

/// Multiple of the memory limit that is never asked.
const NEVER_OVER: f64 = 1e9;

impl Engine<'_> {
    /// Bytes an API server wants now.
    pub(super) fn bytes_wanted(&self, at: usize) -> f64 {
        let server = &self.servers[at];
        let waiting = (server.waiting + server.reading) as f64;
        self.scenario.memory.wanted(self.people.nodes_left(), server.running_bytes, waiting)
            + self.scenario.bytes_per_watch * server.watching as f64
    }

    /// Bytes an API server may have now.
    pub(super) fn bytes_limit(&self) -> f64 {
        self.scenario.memory.limit_bytes * self.people.growth
    }

    /// Sees to it that a server over its memory limit is killed, or thrashes.
    pub(super) fn watch_memory(&mut self, at: u32) -> Result<(), SystemError> {
        let wanted = self.bytes_wanted(at as usize);
        match self.servers[at as usize].mode {
            Mode::Up if wanted > self.bytes_limit() => {}
            Mode::Thrashing if wanted > self.bytes_limit() * self.scenario.memory.kill_over => return self.kill(at),
            _ => return Ok(()),
        }
        if self.scenario.memory.thrashes > 0.0 {
            self.thrash(at);
            Ok(())
        } else {
            self.kill(at)
        }
    }

    /// From now on a server takes connections and answers nobody.
    fn thrash(&mut self, at: u32) {
        for place in self.requests.with(at) {
            let Request { stage, bytes, held_bytes, .. } = *self.requests.get(place);
            match stage {
                Stage::Reading => self.leave_store(place),
                Stage::Running => self.stop_work(place),
                _ => {}
            }
            // What waited, or was about to be turned away, is held as it is: nothing is made for it any more.
            let bytes = if matches!(stage, Stage::Reading | Stage::Running) {
                self.servers[at as usize].running_bytes += bytes - held_bytes;
                bytes
            } else {
                let waiting = self.scenario.memory.bytes_per_waiting;
                self.servers[at as usize].takes(waiting);
                waiting
            };
            let request = self.requests.get(place);
            (request.stage, request.held_bytes) = (Stage::Held, bytes);
        }
        let server = &mut self.servers[at as usize];
        server.cpu.clear(self.now_ns);
        (server.mode, server.since_ns) = (Mode::Thrashing, self.now_ns);
        (server.waiting, server.reading, server.line) = (0, 0, 0);
        let liveness_s = self.scenario.memory.liveness_s;
        let probe_ns = if liveness_s > 0.0 { self.now_ns.saturating_add(ns(liveness_s)) } else { NEVER_NS };
        self.agenda.plan(probe_ns, What::Liveness { server: at, boot: server.boot });
        let kills = self.trial.faults.iter().map(|fault| fault.kill_s);
        let apart = &self.scenario.apart;
        let rolls = (0..self.groups.len()).map(|group| apart.roll_s + apart.roll_every_s * group as f64);
        let kills = kills.chain([self.scenario.actions.kill_s, apart.lose_s]).chain(rolls);
        let kills = kills.map(ns).filter(|at_ns| *at_ns >= self.now_ns);
        server.silent_until_ns = kills.fold(probe_ns.min(self.restart_ns), u64::min);
        let (etcd, memory) = (&self.scenario.etcd, &self.scenario.memory);
        if etcd.on && etcd.probed > 0.0 || memory.kill_over < NEVER_OVER {
            // Nobody can say when etcd falls silent, or when too much is asked.
            server.silent_until_ns = 0;
        }
    }

    /// Ends the process of a server: whatever it held is lost, watches break, and it comes back later.
    pub(super) fn kill(&mut self, at: u32) -> Result<(), SystemError> {
        self.kill_for(at, self.scenario.memory.restart_s)
    }

    /// The same, if it takes so many seconds until the process runs again.
    fn kill_for(&mut self, at: u32, away_s: f64) -> Result<(), SystemError> {
        if self.servers[at as usize].mode == Mode::Down && self.now_ns < self.servers[at as usize].runs_ns {
            // There is no process.
            return Ok(());
        }
        self.note_silence(at as usize);
        let server = &mut self.servers[at as usize];
        server.mode = Mode::Down;
        (server.runs_ns, server.unfilled) = (self.now_ns.saturating_add(ns(away_s)), false);
        let boot = server.boot + 1;
        server.boot = boot;
        let lost = self.requests.with(at);
        for &place in &lost {
            let Request { stage, .. } = *self.requests.get(place);
            match stage {
                Stage::Reading => self.leave_store(place),
                Stage::Running => self.stop_work(place),
                _ => {}
            }
        }
        let server = &mut self.servers[at as usize];
        server.cpu.clear(self.now_ns);
        (server.running, server.running_bytes) = (0, 0.0);
        (server.waiting, server.reading) = (0, 0);
        self.history.observed.restarts_s.push(self.now_ns as f64 / 1e9);
        let refill_s = self.scenario.memory.refill_s * (1.0 - self.scenario.early);
        let down_ns = ns(away_s + refill_s).max(SHORTEST_DOWN_NS);
        self.agenda.plan(self.now_ns.saturating_add(down_ns), What::Up { server: at, boot });
        for place in lost {
            self.end(place, End::Refused)?;
        }
        for client in 0..self.clients.len() as u32 {
            let place = &mut self.clients[client as usize];
            if place.state == State::Watching && place.connection.0 == at {
                place.state = State::Asking;
                self.traffic[place.class as usize].watching -= 1;
                self.servers[at as usize].watching -= 1;
                self.client_ended(client, End::Refused);
            }
        }
        Ok(())
    }

    /// Adds the time since a server fell silent to that of the present second.
    pub(super) fn note_silence(&mut self, at: usize) {
        let server = &mut self.servers[at];
        if server.mode == Mode::Thrashing {
            server.silent_ns += self.now_ns - server.since_ns;
            server.since_ns = self.now_ns;
        }
    }

    /// A restarted server takes requests.
    pub(super) fn comes_up(&mut self, at: u32, boot: u32) -> Result<(), SystemError> {
        let server = &mut self.servers[at as usize];
        if server.boot != boot || server.mode != Mode::Down {
            return Ok(());
        }
        if !self.store.serving {
            server.unfilled = true;
            return Ok(());
        }
        (server.mode, server.levels, server.line) = (Mode::Up, Levels::new(self.scenario, self.now_ns)?, 0);
        server.filling_from_ns = self.now_ns;
        server.filled_ns = self.now_ns.saturating_add(ns(self.scenario.memory.refill_s * self.scenario.early));
        if self.scenario.backlog > 0.0 {
            self.agenda.plan(server.filled_ns, What::Serves { server: at, boot });
        } else if self.scenario.flow_control {
            self.agenda.plan(self.now_ns + ns(ADJUSTMENT_PERIOD_S), What::Adjust { server: at, boot });
        }
        self.watch_memory(at)
    }

    /// A liveness probe restarts a server that still answers nobody.
    pub(super) fn probe(&mut self, at: u32, boot: u32) -> Result<(), SystemError> {
        let server = &self.servers[at as usize];
        if server.boot == boot && server.mode == Mode::Thrashing { self.kill(at) } else { Ok(()) }
    }

    /// A fault: every server is killed.
    pub(super) fn kill_all(&mut self) -> Result<(), SystemError> {
        (0..self.servers.len() as u32).try_for_each(|at| self.kill(at))
    }

    /// Plans what happens to some of the servers and not to the others.
    pub(super) fn begin_apart(&mut self) {
        let apart = &self.scenario.apart;
        let groups = self.groups.len() as u32;
        for group in 0..groups {
            let turn_s = apart.roll_s + apart.roll_every_s * f64::from(group);
            self.agenda.plan(ns(turn_s), What::KillGroup { group, lost: false });
        }
        if let Some(group) = groups.checked_sub(1) {
            self.agenda.plan(ns(apart.lose_s), What::KillGroup { group, lost: true });
        }
    }

    /// The servers of a group are killed.
    pub(super) fn kill_group(&mut self, group: usize, lost: bool) -> Result<(), SystemError> {
        let before: f64 = self.groups.iter().take(group).sum();
        let count = self.groups.get(group).copied().unwrap_or(0.0);
        let last = self.servers.len() as u32;
        let away_s = if lost { self.scenario.apart.lose_for_s } else { self.scenario.memory.restart_s };
        ((before as u32).min(last)..((before + count) as u32).min(last)).try_for_each(|at| self.kill_for(at, away_s))
    }

    /// Watches that are begun anew, as they are now and then, move to another server if they are told so.
    pub(super) fn move_watches(&mut self) {
        let chance = self.scenario.apart.goaway / REWATCH_S;
        if chance <= 0.0 {
            return;
        }
        for client in 0..self.clients.len() {
            let Client { state, connection, .. } = self.clients[client];
            let answers = self.servers.get(connection.0 as usize).is_some_and(|server| server.mode == Mode::Up);
            if state != State::Watching || !answers || self.dice.fraction() >= chance {
                continue;
            }
            if let Some(at) = self.any_server() {
                self.servers[connection.0 as usize].watching -= 1;
                self.servers[at as usize].watching += 1;
                self.clients[client].connection = (at, self.servers[at as usize].boot);
            }
        }
    }

    /// People restart the servers that answer nobody, again and again.
    pub(super) fn restart_silent(&mut self) -> Result<(), SystemError> {
        for at in 0..self.servers.len() as u32 {
            if self.servers[at as usize].mode == Mode::Thrashing {
                self.kill(at)?;
            }
        }
        self.restart_ns = self.now_ns.saturating_add(ns(self.scenario.actions.restart_every_s).max(1));
        self.agenda.plan(self.restart_ns, What::Restart);
        Ok(())
    }
}
