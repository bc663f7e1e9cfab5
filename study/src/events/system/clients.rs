//! Clients: when they send, and what they do after an answer or a failure.

use super::MOST_CLIENTS;
use super::agenda::What;
use super::engine::{Engine, SECOND_NS};
use super::error::SystemError;
use super::request::{End, NOBODY, Owner};
use super::traffic::{Way, ns};
use crate::trial::Drive;
use slackwater_core::system::scenario::Follows;

/// What a client is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Will send at a time that is planned.
    Idle,
    /// Waits for an answer.
    Asking,
    /// Holds a watch.
    Watching,
    /// Does not exist.
    Gone,
}

/// One client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    pub class: u32,
    pub state: State,
    /// Node it runs on, if it goes with one.
    pub home: u32,
    /// Server it is connected to, and the number of its process.
    pub connection: (u32, u32),
    pub failures: u32,
    pub sent_ns: u64,
    /// Class of the request that opens its watch and is under way or next; nothing if it lists.
    pub opening: Option<usize>,
}

impl Engine<'_> {
    /// The clients there are from the start, or that a drive will bring.
    pub(super) fn populate(&mut self) -> Result<(), SystemError> {
        for class in 0..self.traffic.len() {
            let closed = matches!(self.traffic[class].way, Way::FixedRate | Way::FixedDelay | Way::Watch);
            match self.drive(class) {
                Drive::Steady if closed && self.traffic[class].follows != Follows::Agent => self.settle(class)?,
                &Drive::Clients { clients, start_s, ramp_s, first_within_s, .. } if closed => {
                    let count = self.counted(clients)?;
                    for place in 0..count {
                        let begin_s = start_s + ramp_s * place as f64 / count as f64;
                        let first_s = begin_s + first_within_s * self.dice.fraction();
                        let client = self.new_client(class, NOBODY, place);
                        self.agenda.plan(ns(first_s), What::Send { client });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn counted(&mut self, clients: f64) -> Result<u64, SystemError> {
        if !clients.is_finite() || clients + self.clients.len() as f64 > MOST_CLIENTS {
            return Err(SystemError::TooMany { what: "clients", count: clients, most: MOST_CLIENTS });
        }
        Ok(self.dice.whole(clients))
    }

    /// A healthy cluster: pollers at random moments of their period, which nobody arranges; watches open.
    fn settle(&mut self, class: usize) -> Result<(), SystemError> {
        let described = &self.scenario.classes[class];
        let fixed = self.counted(described.clients_fixed)?;
        let nodes = self.people.nodes;
        let by_node = self.counted(described.clients_per_node * nodes as f64)?;
        for place in 0..fixed + by_node {
            let home = place.checked_sub(fixed).map_or(NOBODY, |number| (number * nodes / by_node) as u32);
            let client = self.new_client(class, home, place);
            if self.traffic[class].way == Way::Watch {
                self.watch(client);
            } else {
                let first_ns = self.dice.below(self.traffic[class].period_ns);
                self.agenda.plan(first_ns, What::Send { client });
            }
        }
        Ok(())
    }

    /// A client that will send; the caller plans when. Clients are spread over the servers in turn.
    pub(super) fn new_client(&mut self, class: usize, home: u32, turn: u64) -> u32 {
        let server = (turn % self.servers.len() as u64) as u32;
        let client = Client {
            class: class as u32,
            state: State::Idle,
            home,
            connection: (server, self.servers[server as usize].boot),
            failures: 0,
            sent_ns: 0,
            opening: None,
        };
        if let Some(at) = self.free_clients.pop() {
            self.clients[at as usize] = client;
            at
        } else {
            self.clients.push(client);
            self.clients.len() as u32 - 1
        }
    }

    /// A client holds a watch with its server.
    fn watch(&mut self, client: u32) {
        let (at, boot) = self.clients[client as usize].connection;
        if self.servers.get(at as usize).is_none_or(|server| server.boot != boot)
            && let Some(at) = self.any_server()
        {
            self.clients[client as usize].connection = (at, self.servers[at as usize].boot);
        }
        let place = &mut self.clients[client as usize];
        place.state = State::Watching;
        self.traffic[place.class as usize].watching += 1;
        if let Some(server) = self.servers.get_mut(place.connection.0 as usize) {
            server.watching += 1;
        }
    }

    pub(super) fn retire(&mut self, client: u32) {
        let place = &mut self.clients[client as usize];
        if place.state == State::Watching {
            self.traffic[place.class as usize].watching -= 1;
            if let Some(server) = self.servers.get_mut(place.connection.0 as usize) {
                server.watching -= 1;
            }
        }
        place.state = State::Gone;
        self.free_clients.push(client);
    }

    /// Whether the machine or the pod of a client has gone.
    pub(super) fn homeless(&self, client: &Client) -> bool {
        let traffic = &self.traffic[client.class as usize];
        match client.home {
            NOBODY => false,
            home if traffic.follows == Follows::Leaders => self.leases.ended(home),
            home => self.people.is_gone(home, traffic.follows == Follows::Agent),
        }
    }

    /// The time of a client has come.
    pub(super) fn send(&mut self, client: u32) -> Result<(), SystemError> {
        let place = self.clients[client as usize];
        let class = place.class as usize;
        if self.homeless(&place) || self.now_ns > self.traffic[class].stop_ns {
            self.retire(client);
            return Ok(());
        }
        if place.failures > 0 {
            self.history.classes[class].tried_again += 1;
        }
        let place = &mut self.clients[client as usize];
        (place.state, place.sent_ns) = (State::Asking, self.now_ns);
        let (home, opening) = (place.home, place.opening);
        let swallowed = self.traffic[class].follows == Follows::Agent && self.people.is_blocked(home);
        self.put(opening.unwrap_or(class), Owner::Client(client), swallowed, None)
    }

    /// A request of its own, without a client before or after it.
    pub(super) fn arrive_alone(&mut self, class: usize, own: Option<(f64, u32)>) -> Result<(), SystemError> {
        let turn = self.dice.below(self.servers.len() as u64);
        let client = self.new_client(class, NOBODY, turn);
        let place = &mut self.clients[client as usize];
        (place.state, place.sent_ns) = (State::Asking, self.now_ns);
        // Who is behind it is not known: as many are blocked as of the agents.
        let blocked = self.people.blocked;
        let swallowed =
            self.traffic[class].follows == Follows::Agent && blocked > 0.0 && self.dice.fraction() < blocked;
        self.put(class, Owner::Client(client), swallowed, own)
    }

    /// The next request of an open class.
    pub(super) fn arrive_open(&mut self, class: u32, serial: u32) -> Result<(), SystemError> {
        let at = class as usize;
        if self.traffic[at].serial != serial || self.now_ns > self.traffic[at].stop_ns {
            return Ok(());
        }
        self.plan_open(class);
        self.arrive_alone(at, None)
    }

    /// Plans the next request of an open class at its present rate.
    pub(super) fn plan_open(&mut self, class: u32) {
        let traffic = &self.traffic[class as usize];
        if traffic.rate_per_s > 0.0 {
            let mean_ns = (SECOND_NS as f64 / traffic.rate_per_s) as u64;
            let at_ns = self.now_ns.saturating_add(self.arrivals.exponential_ns(mean_ns).max(1));
            self.agenda.plan(at_ns, What::Open { class, serial: traffic.serial });
        }
    }

    /// The next of the requests that were given with their times.
    pub(super) fn arrive_given(&mut self, class: u32, place: u32) -> Result<(), SystemError> {
        let given = &self.given[class as usize];
        if let Some(next) = given.get(place as usize + 1) {
            self.agenda.plan(next.at_ns.max(self.now_ns), What::Given { class, place: place + 1 });
        }
        let Some(arrival) = given.get(place as usize) else { return Ok(()) };
        self.arrive_alone(class as usize, Some((arrival.exec_ns as f64 * 1e-9, arrival.initial_seats)))
    }

    /// A client learns how its request ended, and decides what to do.
    pub(super) fn client_ended(&mut self, client: u32, end: End) {
        let place = self.clients[client as usize];
        let class = place.class as usize;
        if self.homeless(&place) {
            // Answered to nobody.
            self.retire(client);
            return;
        }
        let opening = place.opening.and_then(|class| self.scenario.classes.get(class));
        // Whoever failed with the other request too lists again.
        let second = || self.scenario.classes.iter().any(|class| class.otherwise == place.opening);
        if let Some(other) = opening.and_then(|class| class.otherwise).filter(|_| end != End::Answered && !second()) {
            let place = &mut self.clients[client as usize];
            (place.opening, place.state) = (Some(other), State::Idle);
            self.agenda.plan(self.now_ns, What::Send { client });
            return;
        }
        let failures = if end == End::Answered { 0 } else { place.failures + 1 };
        // What the request for a watch is told is not for the list that is tried again.
        let told_s = if let (End::Rejected { told_s }, None) = (end, place.opening) { told_s } else { 0 };
        if failures == 0 || self.traffic[class].gives_up(failures, told_s > 0) {
            self.history.classes[class].given_up += u64::from(failures > 0);
            self.clients[client as usize].failures = 0;
            self.rest(client);
            return;
        }
        let retry = &self.scenario.classes[class].retry;
        let (low_s, high_s) = retry.delay_s(f64::from(failures), f64::from(told_s));
        let delay_s = self.dice.between(low_s, high_s);
        let place = &mut self.clients[client as usize];
        (place.failures, place.state, place.opening) = (failures, State::Idle, None);
        self.agenda.plan(self.now_ns.saturating_add(ns(delay_s)), What::Send { client });
    }

    /// A client is through with a request until its next tick.
    fn rest(&mut self, client: u32) {
        let place = self.clients[client as usize];
        let next = self.scenario.classes[place.opening.unwrap_or(place.class as usize)].opens;
        let traffic = &mut self.traffic[place.class as usize];
        let next_ns = match traffic.way {
            Way::FixedRate => {
                // The tick goes on from the last send; what was missed meanwhile is dropped.
                let since_ns = self.now_ns - place.sent_ns;
                place.sent_ns.saturating_add((since_ns / traffic.period_ns + 1).saturating_mul(traffic.period_ns))
            }
            Way::FixedDelay => self.now_ns.saturating_add(traffic.period_ns),
            Way::Watch if next.is_some() => {
                let place = &mut self.clients[client as usize];
                (place.opening, place.state) = (next, State::Idle);
                self.agenda.plan(self.now_ns, What::Send { client });
                return;
            }
            Way::Watch => {
                self.clients[client as usize].opening = None;
                self.watch(client);
                return;
            }
            Way::Open | Way::OnStart | Way::Opens | Way::Given | Way::Lookups => {
                self.retire(client);
                return;
            }
        };
        self.clients[client as usize].state = State::Idle;
        self.agenda.plan(next_ns, What::Send { client });
    }
}
