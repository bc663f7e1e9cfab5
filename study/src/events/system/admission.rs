//! A request from its send to its service: the way to a server, flow control, etcd, the cores.

use super::super::queueset::{Reason, Request as Ask, Started, Ticket, Work};
use super::MOST_REQUESTS;
use super::agenda::What;
use super::engine::Engine;
use super::error::SystemError;
use super::request::{End, NOBODY, Owner, Request, Stage};
use super::server::{Mode, Server};
use super::sharing::Key;
use super::traffic::ns;
use slackwater_core::server::memory::unready_retry_after_s;
use slackwater_core::server::turns::CONNECT_TURNS;

/// The connection of somebody who has none.
pub(super) const UNCONNECTED: (u32, u32) = (NOBODY, 0);

impl Engine<'_> {
    /// Sends a request of a class. `own` says its CPU-seconds and seats if they are not those of its class.
    pub(super) fn put(
        &mut self,
        class: usize,
        owner: Owner,
        swallowed: bool,
        own: Option<(f64, u32)>,
    ) -> Result<(), SystemError> {
        self.bound_requests()?;
        let traffic = &mut self.traffic[class];
        let (size_s, seats) = own.unwrap_or((traffic.cpu_s, traffic.seats));
        let request = Request {
            serial: 0,
            class: class as u32,
            owner,
            stage: Stage::Swallowed,
            server: NOBODY,
            sent_ns: self.now_ns,
            size_s,
            etcd_s: traffic.etcd_s,
            bytes: traffic.bytes,
            held_bytes: 0.0,
            seats,
            level: traffic.level as u32,
            ticket: None,
            key: Key::default(),
        };
        traffic.in_flight += 1;
        self.ends[class].sent += 1;
        self.asked_s += size_s;
        self.etcd_asked_s += traffic.etcd_s;
        let deadline_ns = self.now_ns.saturating_add(traffic.timeout_ns);
        let (at, serial) = self.requests.insert(request);
        let in_flight = self.traffic[class].in_flight;
        self.deadlines.push(class, deadline_ns, (at, serial), &self.requests, in_flight);
        if swallowed {
            return Ok(());
        }
        match self.route(owner) {
            None => self.end(at, End::Refused),
            Some((server, turns)) => {
                self.requests.get(at).server = server;
                self.connect(at, serial, turns)
            }
        }
    }

    /// Refuses to go on with more requests than fit into memory.
    fn bound_requests(&self) -> Result<(), SystemError> {
        let count = self.requests.len() + self.names.held();
        if count < MOST_REQUESTS {
            return Ok(());
        }
        let (count, most) = (count as f64, MOST_REQUESTS as f64);
        Err(SystemError::TooMany { what: "requests on their way at once", count, most })
    }

    /// The server a request goes to: that of its connection, or any that takes connections; and the turns that a new
    /// connection needs.
    fn route(&mut self, owner: Owner) -> Option<(u32, u32)> {
        let connection = match owner {
            Owner::Client(client) => self.clients[client as usize].connection,
            Owner::Lookup(lookup) => self.names.connection(lookup),
        };
        let there = |server: &Server| server.mode != Mode::Down;
        if let Some(server) = self.servers.get(connection.0 as usize)
            && there(server)
            && server.boot == connection.1
        {
            return Some((connection.0, 0));
        }
        let at = self.any_server()?;
        let connection = (at, self.servers[at as usize].boot);
        match owner {
            Owner::Client(client) => self.clients[client as usize].connection = connection,
            Owner::Lookup(lookup) => self.names.connect(lookup, connection),
        }
        // How long it takes counts where a server's start is followed that far.
        Some((at, if self.scenario.backlog > 0.0 { CONNECT_TURNS as u32 } else { 0 }))
    }

    /// A server for a new connection: one that answers, or else any that takes connections.
    pub(super) fn any_server(&mut self) -> Option<u32> {
        let up = self.servers.iter().filter(|server| server.mode == Mode::Up).count();
        let fits = |server: &Server| server.mode == Mode::Up || up == 0 && server.mode == Mode::Thrashing;
        let open = self.servers.iter().filter(|server| fits(server)).count();
        let place = self.dice.below(open as u64) as usize;
        (0..).zip(&self.servers).filter(|(_, server)| fits(server)).nth(place).map(|(at, _)| at)
    }

    /// A request arrives at its server.
    pub(super) fn admit(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        let Request { server: place, class, seats, bytes, .. } = *self.requests.get(at);
        let traffic = &self.traffic[class as usize];
        let (level, hash, wait_ns) = (traffic.level, traffic.hash, traffic.wait_ns);
        let (final_seats, additional_latency_ns) = (traffic.last_seats, traffic.last_ns);
        let server = &mut self.servers[place as usize];
        let level = server.levels.now(level);
        self.requests.get(at).level = level as u32;
        if server.mode == Mode::Thrashing {
            server.takes(bytes);
            let request = self.requests.get(at);
            (request.stage, request.held_bytes) = (Stage::Held, bytes);
            return self.watch_memory(place);
        }
        if self.backlogged(place) {
            self.requests.get(at).stage = Stage::Backlog;
            return Ok(());
        }
        if self.unready(place, class as usize) {
            let filling_s = (self.now_ns - self.servers[place as usize].filling_from_ns) as f64 * 1e-9;
            return self.end(at, End::Rejected { told_s: unready_retry_after_s(filling_s) as u32 });
        }
        let server = &mut self.servers[place as usize];
        let work = Work { initial_seats: seats, final_seats, additional_latency_ns };
        match server.levels.start(self.now_ns, level, Ask { hash, work, tag: u64::from(at) })? {
            None => {
                server.waiting += 1;
                self.start(at)?;
            }
            Some(Started::Rejected(reason)) => return self.turn_away(at, reason),
            Some(Started::Accepted { ticket, .. }) => {
                server.waiting += 1;
                let request = self.requests.get(at);
                (request.ticket, request.stage) = (Some(ticket), Stage::Waiting);
                self.let_in(place, level)?;
                if self.requests.lives(at, serial) && self.requests.get(at).stage == Stage::Waiting {
                    let over_ns = self.now_ns.saturating_add(wait_ns);
                    self.agenda.plan(over_ns, What::WaitOver { request: at, serial });
                }
            }
        }
        self.watch_memory(place)
    }

    /// Starts everybody whom a level lets in.
    pub(super) fn let_in(&mut self, place: u32, level: usize) -> Result<(), SystemError> {
        while let Some(dispatched) = self.servers[place as usize].levels.next_dispatched(level) {
            self.start(dispatched.tag as u32)?;
        }
        Ok(())
    }

    /// A request has its seats.
    fn start(&mut self, at: u32) -> Result<(), SystemError> {
        let now_ns = self.now_ns;
        let request = self.requests.get(at);
        let server = &mut self.servers[request.server as usize];
        server.waiting -= 1;
        let class = &mut self.history.classes[request.class as usize];
        class.started += 1;
        class.waited_s += (now_ns - request.sent_ns) as f64 * 1e-9;
        if self.traffic[request.class as usize].reads {
            // While it waits for etcd a request holds no answer.
            if self.scenario.etcd.on {
                server.reading += 1;
            } else {
                request.held_bytes = request.bytes;
            }
            server.takes(request.held_bytes);
            let serial = request.serial;
            return self.ask_store(at, serial);
        }
        request.held_bytes = request.bytes;
        server.takes(request.bytes);
        request.stage = Stage::Running;
        request.key = server.cpu.add(now_ns, at, request.size_s);
        Ok(())
    }

    /// etcd has answered: now the server works on it.
    pub(super) fn has_read(&mut self, at: u32) -> Result<(), SystemError> {
        self.leave_store(at);
        let on = self.scenario.etcd.on;
        let request = self.requests.get(at);
        let (place, more_bytes) = (request.server, request.bytes - request.held_bytes);
        let server = &mut self.servers[place as usize];
        server.reading -= u64::from(on);
        server.running_bytes += more_bytes;
        request.held_bytes = request.bytes;
        request.stage = Stage::Running;
        request.key = server.cpu.add(self.now_ns, at, request.size_s);
        self.watch_memory(place)
    }

    /// Flow control turns a request away, which costs CPU before the client is told.
    fn turn_away(&mut self, at: u32, reason: Reason) -> Result<(), SystemError> {
        let request = self.requests.get(at);
        let counts = &mut self.history.classes[request.class as usize].turned_away;
        match reason {
            Reason::ConcurrencyLimit => counts.concurrency_limit += 1,
            Reason::QueueFull => counts.queue_full += 1,
            Reason::TimeOut => counts.time_out += 1,
        }
        let server = &mut self.servers[request.server as usize];
        let told_s = server.levels.reject(self.now_ns, request.level as usize);
        if self.scenario.reject_cpu_s > 0.0 {
            request.stage = Stage::Rejected { told_s };
            request.key = server.cpu.add(self.now_ns, at, self.scenario.reject_cpu_s);
            Ok(())
        } else {
            self.turn(at, End::Rejected { told_s })
        }
    }

    /// A request has ended on its server; its client hears of it when it has had its turns on the CPU.
    fn turn(&mut self, at: u32, end: End) -> Result<(), SystemError> {
        let request = self.requests.get(at);
        let turns = self.traffic[request.class as usize].turns;
        // Who is turned away has only been read.
        let turns = if end == End::Answered { turns } else { turns.min(1.0) };
        let server = &mut self.servers[request.server as usize];
        let turns_s = turns * server.cpu.turns_s(server.line);
        if turns_s <= 0.0 {
            return self.end(at, end);
        }
        server.line += 1;
        request.stage = Stage::Turning(end);
        let told_ns = self.now_ns.saturating_add(ns(turns_s));
        let serial = request.serial;
        self.agenda.plan(told_ns, What::Told { request: at, serial });
        Ok(())
    }

    /// The client of a request hears how it ended, if it still listens.
    pub(super) fn told(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        if !self.requests.lives(at, serial) {
            return Ok(());
        }
        match self.requests.get(at).stage {
            Stage::Turning(end) => self.end(at, end),
            _ => Ok(()),
        }
    }

    /// A request has waited for seats as long as it may.
    pub(super) fn wait_over(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        if !self.requests.lives(at, serial) || self.requests.get(at).stage != Stage::Waiting {
            return Ok(());
        }
        self.leave_queue(at)?;
        self.turn_away(at, Reason::TimeOut)
    }

    fn leave_queue(&mut self, at: u32) -> Result<(), SystemError> {
        let request = self.requests.get(at);
        let server = &mut self.servers[request.server as usize];
        server.waiting -= 1;
        if let Some(ticket) = request.ticket {
            server.levels.leave(self.now_ns, request.level as usize, ticket)?;
        }
        Ok(())
    }

    /// The cores are done with a request.
    pub(super) fn has_run(&mut self, at: u32) -> Result<(), SystemError> {
        let Request { stage, server, .. } = *self.requests.get(at);
        if let Stage::Rejected { told_s } = stage {
            return self.turn(at, End::Rejected { told_s });
        }
        self.free_seats(at)?;
        self.turn(at, End::Answered)?;
        self.watch_memory(server)
    }

    /// A request gives its seats back, and the next come in.
    pub(super) fn free_seats(&mut self, at: u32) -> Result<(), SystemError> {
        let request = *self.requests.get(at);
        let level = request.level as usize;
        let server = &mut self.servers[request.server as usize];
        server.lets_go(request.held_bytes);
        if request.stage == Stage::Reading && self.scenario.etcd.on {
            server.reading -= 1;
        }
        if let Some(ticket) = request.ticket
            && let Some(release_ns) = server.levels.finish(self.now_ns, level, ticket)?
        {
            let boot = server.boot;
            self.agenda.plan(release_ns, What::Release { server: request.server, boot, level: level as u32, ticket });
        }
        self.let_in(request.server, level)
    }

    /// The watchers of what a request wrote have been told: its seats are free, unless its server is another by now.
    pub(super) fn release(&mut self, at: u32, boot: u32, level: usize, ticket: Ticket) -> Result<(), SystemError> {
        let server = &mut self.servers[at as usize];
        if server.boot != boot || server.mode == Mode::Down {
            return Ok(());
        }
        server.levels.release(self.now_ns, level, ticket)?;
        self.let_in(at, level)?;
        self.watch_memory(at)
    }

    /// A client gives up on a request: what was done of it is wasted.
    pub(super) fn deadline(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        if !self.requests.lives(at, serial) {
            return Ok(());
        }
        let Request { stage, server, key, .. } = *self.requests.get(at);
        match stage {
            Stage::Waiting => self.leave_queue(at)?,
            Stage::Reading => {
                self.leave_store(at);
                self.free_seats(at)?;
            }
            Stage::Running => {
                self.stop_work(at);
                self.free_seats(at)?;
            }
            Stage::Rejected { .. } => {
                self.servers[server as usize].cpu.remove(self.now_ns, key);
            }
            Stage::Held => {
                let bytes = self.requests.get(at).held_bytes;
                self.servers[server as usize].lets_go(bytes);
            }
            Stage::Swallowed | Stage::Backlog | Stage::Connecting { .. } | Stage::Turning(_) => {}
        }
        self.end(at, End::TimedOut)?;
        if server == NOBODY { Ok(()) } else { self.watch_memory(server) }
    }

    /// Takes a request off the cores of its server.
    pub(super) fn stop_work(&mut self, at: u32) {
        let Request { server, key, class, size_s, .. } = *self.requests.get(at);
        let left_s = self.servers[server as usize].cpu.remove(self.now_ns, key);
        self.history.classes[class as usize].wasted_s += (size_s - left_s).max(0.0);
    }

    /// Who has waited for nothing finds the connection dead (HTTP/2 ping), and some are told to connect anew: the next
    /// request goes to another server, if one answers.
    fn look_for_another(&mut self, request: &Request, end: End) {
        let goaway = self.scenario.apart.goaway;
        let dead = end == End::TimedOut
            && self.servers.get(request.server as usize).is_some_and(|server| server.mode == Mode::Thrashing);
        let told = end == End::Answered && goaway > 0.0 && self.dice.fraction() < goaway;
        if told || dead && self.servers.iter().any(|server| server.mode == Mode::Up) {
            match request.owner {
                Owner::Client(client) => self.clients[client as usize].connection = UNCONNECTED,
                Owner::Lookup(lookup) => self.names.connect(lookup, UNCONNECTED),
            }
        }
    }

    /// The client of a request learns how it ended.
    pub(super) fn end(&mut self, at: u32, end: End) -> Result<(), SystemError> {
        let request = self.requests.remove(at);
        let stands = matches!(request.stage, Stage::Turning(_) | Stage::Connecting { .. });
        if let Some(server) = self.servers.get_mut(request.server as usize).filter(|_| stands) {
            server.line = server.line.saturating_sub(1);
        }
        let class = request.class as usize;
        self.traffic[class].in_flight -= 1;
        let ends = &mut self.ends[class];
        match end {
            End::Answered => {
                ends.answered += 1;
                ends.latency_s += (self.now_ns - request.sent_ns) as f64 * 1e-9;
                if class == self.scenario.operator {
                    self.people.operator_succeeded(self.now_ns);
                }
            }
            End::Rejected { .. } => ends.rejected += 1,
            End::TimedOut => ends.timed_out += 1,
            End::Refused => ends.refused += 1,
        }
        self.look_for_another(&request, end);
        match request.owner {
            Owner::Client(client) => {
                self.note_lease(class, client, end == End::Answered);
                self.client_ended(client, end);
                Ok(())
            }
            Owner::Lookup(lookup) => self.lookup_ended(lookup, end),
        }
    }
}
