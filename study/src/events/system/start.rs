//! A server that starts: who connects before it serves, and its flow control until that has read its configuration.

use super::agenda::What;
use super::engine::Engine;
use super::error::SystemError;
use super::levels::Levels;
use super::request::{Request, Stage};
use super::server::Mode;
use super::traffic::ns;
use slackwater_core::flowcontrol::borrowing::ADJUSTMENT_PERIOD_S;
use slackwater_core::server::turns::CONNECT_TURNS;
use slackwater_core::system::starting::{INFORMERS, WAITS, wait_s};

impl Engine<'_> {
    /// Whether a server lets its connections wait because it does not serve yet.
    pub(super) fn backlogged(&self, at: u32) -> bool {
        self.scenario.backlog > 0.0 && self.now_ns < self.servers[at as usize].filled_ns
    }

    /// Whether a request needs a watch cache that is not full yet.
    pub(super) fn unready(&mut self, place: u32, class: usize) -> bool {
        let (server, cached) = (&self.servers[place as usize], self.traffic[class].cached);
        let filling = self.now_ns < server.filled_ns;
        filling && cached > 0.0 && (cached >= 1.0 || self.dice.fraction() < cached)
    }

    /// A process that has started serves: those who have connected come in as they came, and its informers set out.
    pub(super) fn serves(&mut self, at: u32, boot: u32) -> Result<(), SystemError> {
        let server = &mut self.servers[at as usize];
        if server.boot != boot || server.mode != Mode::Up {
            return Ok(());
        }
        if self.now_ns < server.filled_ns {
            // etcd was away meanwhile.
            self.agenda.plan(server.filled_ns, What::Serves { server: at, boot });
            return Ok(());
        }
        server.levels = Levels::starting(self.scenario, self.now_ns)?;
        server.line += if self.scenario.flow_control { INFORMERS as u32 } else { 0 };
        let mut waiting = self.requests.with(at);
        waiting.retain(|&place| self.requests.get(place).stage == Stage::Backlog);
        waiting.sort_by_key(|&place| (self.requests.get(place).sent_ns, place));
        for place in waiting {
            let serial = self.requests.get(place).serial;
            // Who came before may have brought the server down.
            if self.requests.lives(place, serial) && self.requests.get(place).stage == Stage::Backlog {
                self.connect(place, serial, CONNECT_TURNS as u32)?;
            }
        }
        if self.scenario.flow_control {
            self.inform(at, boot, WAITS as u32);
        }
        Ok(())
    }

    /// A request goes on when its connection has had `left` more turns of the run queue.
    pub(super) fn connect(&mut self, at: u32, serial: u32, left: u32) -> Result<(), SystemError> {
        let place = self.requests.get(at).server;
        let server = &mut self.servers[place as usize];
        let turns_s = server.cpu.turns_s(server.line);
        if left == 0 || turns_s <= 0.0 || server.mode != Mode::Up || self.backlogged(place) {
            return self.admit(at, serial);
        }
        self.servers[place as usize].line += 1;
        self.requests.get(at).stage = Stage::Connecting { left };
        self.agenda.plan(self.now_ns.saturating_add(ns(turns_s)), What::Connected { request: at, serial });
        Ok(())
    }

    /// Its connection has had one.
    pub(super) fn connected(&mut self, at: u32, serial: u32) -> Result<(), SystemError> {
        if !self.requests.lives(at, serial) {
            return Ok(());
        }
        let Request { stage: Stage::Connecting { left }, server, .. } = *self.requests.get(at) else { return Ok(()) };
        let server = &mut self.servers[server as usize];
        server.line = server.line.saturating_sub(1);
        self.connect(at, serial, left - 1)
    }

    /// The informers wait for the next of `left` answers.
    fn inform(&mut self, at: u32, boot: u32, left: u32) {
        let server = &self.servers[at as usize];
        let over_ns = self.now_ns.saturating_add(ns(wait_s(server.cpu.turns_s(server.line))));
        self.agenda.plan(over_ns, What::Informed { server: at, boot, left: left.saturating_sub(1) });
    }

    /// They have it; with the last one the server knows its levels.
    pub(super) fn informed(&mut self, at: u32, boot: u32, left: u32) -> Result<(), SystemError> {
        let server = &mut self.servers[at as usize];
        if server.boot != boot || server.mode != Mode::Up {
            return Ok(());
        }
        if left > 0 {
            self.inform(at, boot, left);
            return Ok(());
        }
        server.line = server.line.saturating_sub(INFORMERS as u32);
        server.levels.synced(self.now_ns)?;
        self.agenda.plan(self.now_ns + ns(ADJUSTMENT_PERIOD_S), What::Adjust { server: at, boot });
        Ok(())
    }
}
