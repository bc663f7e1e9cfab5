//! Leases: nodes that renew theirs or count as gone, controllers that renew theirs or stop leading.

use super::agenda::What;
use super::clients::State;
use super::engine::Engine;
use super::request::NOBODY;
use super::traffic::{Way, ns};
use slackwater_core::server::leader::{API_WAIT_S, RESTART_AFTER_S};
use slackwater_core::system::scenario::{Follows, Scenario};

/// Seconds between two looks of the controller manager at the leases of the nodes (`--node-monitor-period`).
const MONITOR_S: usize = 5;

/// Who leads, or would like to.
#[derive(Clone, Copy, Debug)]
struct Leader {
    client: u32,
    leads: bool,
    /// Number of its term.
    term: u32,
    renewed_ns: u64,
    /// When it may lead again, and the tries since it lost its lease.
    try_ns: u64,
    failures: usize,
}

#[derive(Debug)]
pub(super) struct Leases {
    /// Last renewal of every node.
    renewed_ns: Vec<u64>,
    pub not_ready: f64,
    leaders: Vec<Leader>,
    /// Share of the leaders that lead and have their informers filled.
    pub leading: f64,
}

impl Leases {
    pub(super) fn new(scenario: &Scenario<f64>) -> Self {
        let nodes = if scenario.node_lease.is_some() { scenario.nodes.round() as usize } else { 0 };
        Self { renewed_ns: vec![0; nodes], not_ready: 0.0, leaders: Vec::new(), leading: 1.0 }
    }

    /// Share of the leaders that hold their lease.
    pub(super) fn held(&self) -> f64 {
        let held = self.leaders.iter().filter(|leader| leader.leads).count();
        if self.leaders.is_empty() { 1.0 } else { held as f64 / self.leaders.len() as f64 }
    }

    /// The home of clients that a leader has in its present term.
    fn home(&self, number: usize) -> u32 {
        self.leaders.get(number).map_or(NOBODY, |leader| leader.term * self.leaders.len() as u32 + number as u32)
    }

    /// Whether the term has ended in which a client was made.
    pub(super) fn ended(&self, home: u32) -> bool {
        let number = home as usize % self.leaders.len().max(1);
        self.leaders.get(number).is_some_and(|leader| !leader.leads || self.home(number) != home)
    }
}

impl Engine<'_> {
    /// Everybody holds a lease, renewed at a moment of their own; leaders are the clients of the election's class.
    pub(super) fn begin_leases(&mut self) {
        if let Some(election) = &self.scenario.election {
            let of_class = |client: &u32| self.clients[*client as usize].class as usize == election.term.class;
            let clients = (0..self.clients.len() as u32).filter(of_class);
            self.leases.leaders = clients
                .map(|client| Leader { client, leads: true, term: 0, renewed_ns: 0, try_ns: 0, failures: 0 })
                .collect();
        }
        let count = self.leases.leaders.len();
        for class in 0..self.traffic.len().min(if count > 0 { usize::MAX } else { 0 }) {
            if self.scenario.classes[class].follows == Follows::Leaders {
                let own = (0_usize..).zip(&mut self.clients).map(|(_, client)| client);
                for (number, client) in own.filter(|client| client.class as usize == class).enumerate() {
                    client.home = self.leases.home(number % count);
                }
            }
        }
    }

    /// A request of a class was answered, or not: perhaps it renewed a lease.
    pub(super) fn note_lease(&mut self, class: usize, client: u32, answered: bool) {
        let now_ns = self.now_ns;
        if answered && self.scenario.node_lease.is_some_and(|term| term.class == class) {
            let home = self.clients[client as usize].home;
            if let Some(renewed_ns) = self.leases.renewed_ns.get_mut(home as usize) {
                *renewed_ns = now_ns;
            }
        }
        let Some(election) = self.scenario.election.filter(|election| election.term.class == class) else { return };
        let Some(number) = self.leases.leaders.iter().position(|leader| leader.client == client) else { return };
        let leader = &mut self.leases.leaders[number];
        if leader.leads {
            if answered {
                leader.renewed_ns = now_ns;
            }
        } else if now_ns >= leader.try_ns {
            if answered {
                (leader.leads, leader.renewed_ns, leader.failures) = (true, now_ns, 0);
                leader.term += 1;
                self.begin_term(number);
            } else if !election.standby {
                // The process exits, and is started again later and later.
                let after_s = RESTART_AFTER_S.get(leader.failures).or(RESTART_AFTER_S.last()).copied().unwrap_or(0.0);
                leader.failures += 1;
                leader.try_ns = now_ns + ns(after_s + API_WAIT_S);
            }
        }
    }

    /// A new leader lists everything it watches.
    fn begin_term(&mut self, number: usize) {
        let count = self.leases.leaders.len();
        let home = self.leases.home(number);
        for class in 0..self.traffic.len() {
            let described = &self.scenario.classes[class];
            let closed = matches!(self.traffic[class].way, Way::FixedRate | Way::FixedDelay | Way::Watch);
            if described.follows != Follows::Leaders || !closed {
                continue;
            }
            let clients = (described.clients_fixed + described.clients_per_node * self.people.nodes_left()).round();
            for turn in (0..clients as u64).filter(|turn| *turn as usize % count == number) {
                let client = self.new_client(class, home, turn);
                self.agenda.plan(self.now_ns, What::Send { client });
            }
        }
    }

    /// Once a second: who has not renewed in time?
    pub(super) fn keep_leases(&mut self) {
        let (now_ns, works) = (self.now_ns, self.controllers_work());
        if let Some(term) = &self.scenario.node_lease {
            let grace_ns = ns(term.grace_s);
            let lapsed =
                |(node, renewed_ns): (u32, &u64)| now_ns - renewed_ns > grace_ns && !self.people.is_gone(node, false);
            let lapsed = (0..).zip(&self.leases.renewed_ns).filter(|&node| lapsed(node)).count() as f64;
            // Nobody marks a node while controllers are not answered or nobody leads.
            let looks = self.second.is_multiple_of(MONITOR_S) && self.dice.fraction() < works;
            self.leases.not_ready = if looks { lapsed } else { self.leases.not_ready.min(lapsed) };
        }
        let Some(election) = &self.scenario.election else { return };
        let grace_ns = ns(election.term.grace_s);
        let mut lost = false;
        for leader in self.leases.leaders.iter_mut().filter(|leader| leader.leads) {
            if now_ns - leader.renewed_ns > grace_ns {
                leader.leads = false;
                leader.try_ns = now_ns + ns(election.free_s);
                lost = true;
            }
        }
        if lost {
            self.dismiss_watchers();
        }
        let held = self.leases.held();
        let filled = election.informers.and_then(|class| {
            let wanted = self.scenario.classes.get(class)?.clients_fixed * held;
            let watching = self.traffic.get(class)?.watching as f64;
            (wanted > 0.0).then(|| (watching / wanted).min(1.0))
        });
        self.leases.leading = held * filled.unwrap_or(1.0);
    }

    /// Share of what controllers do that gets done.
    pub(super) fn controllers_work(&self) -> f64 {
        self.leases.leading * self.traffic.get(self.scenario.controllers).map_or(1.0, |traffic| traffic.success)
    }

    /// Watchers whose machine, pod or leader has gone watch no more; others are missed when their time comes.
    pub(super) fn dismiss_watchers(&mut self) {
        for client in 0..self.clients.len() as u32 {
            let place = self.clients[client as usize];
            if place.state == State::Watching && self.homeless(&place) {
                self.retire(client);
            }
        }
    }
}
