//! Nodes, pods of the agent, and what people do about them. The rollout and the people move once a second.

use super::MOST_CLIENTS;
use super::agenda::What;
use super::dice::Dice;
use super::engine::{Engine, SECOND_NS};
use super::error::SystemError;
use super::traffic::{Way, ns};
use crate::trial::Drive;
use slackwater_core::system::scenario::{Follows, Scenario};

/// A node, and the agent's pod on it.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// It goes when the share of nodes left falls to this.
    goes_at: f64,
    /// Its agent cannot reach the API when the share of blocked agents is above this.
    blocked_at: f64,
    gone: bool,
    pod_runs: bool,
    pod_gone: bool,
}

#[derive(Debug)]
pub(super) struct People {
    /// Nodes at the start.
    pub nodes: u64,
    all: Vec<Node>,
    left: f64,
    there: u64,
    /// Pods of the agent that run.
    pub agents: u64,
    created: usize,
    removed: usize,
    /// Part of a pod that is due to go.
    removing: f64,
    pub blocked: f64,
    pub growth: f64,
    delete_ns: u64,
    deleted: bool,
}

impl People {
    pub(super) fn new(scenario: &Scenario<f64>, seed: u64) -> Result<Self, SystemError> {
        let nodes = scenario.nodes.round();
        if !(0.0..=MOST_CLIENTS).contains(&nodes) {
            return Err(SystemError::TooMany { what: "nodes", count: nodes, most: MOST_CLIENTS });
        }
        let mut dice = Dice::new(seed, 2);
        let node = |_| {
            let (goes_at, blocked_at) = (dice.fraction(), dice.fraction());
            Node { goes_at, blocked_at, gone: false, pod_runs: false, pod_gone: false }
        };
        Ok(Self {
            nodes: nodes as u64,
            all: (0..nodes as u64).map(node).collect(),
            left: 1.0,
            there: nodes as u64,
            agents: 0,
            created: 0,
            removed: 0,
            removing: 0.0,
            blocked: 0.0,
            growth: 1.0,
            delete_ns: ns(scenario.actions.delete_s),
            deleted: false,
        })
    }

    /// Nodes that are left.
    pub(super) fn nodes_left(&self) -> f64 {
        self.there as f64
    }

    /// Whether a node has gone, or the agent's pod on it.
    pub(super) fn is_gone(&self, home: u32, agent: bool) -> bool {
        self.all.get(home as usize).is_some_and(|node| node.gone || agent && node.pod_gone)
    }

    /// Whether the agent on a node cannot reach the API.
    pub(super) fn is_blocked(&self, home: u32) -> bool {
        self.all.get(home as usize).is_some_and(|node| self.blocked > node.blocked_at)
    }

    /// The operator has been answered: if it was the deletion, the agent's object is gone.
    pub(super) fn operator_succeeded(&mut self, now_ns: u64) {
        self.deleted |= now_ns >= self.delete_ns;
    }

    /// Takes nodes away until a share is left. Returns those that go now.
    fn shrink(&mut self, left: f64) -> Vec<u32> {
        if left >= self.left {
            return Vec::new();
        }
        self.left = left;
        let mut gone = Vec::new();
        for (at, node) in (0..).zip(&mut self.all) {
            if !node.gone && node.goes_at >= left {
                node.gone = true;
                self.there -= 1;
                self.agents -= u64::from(node.pod_runs && !node.pod_gone);
                gone.push(at);
            }
        }
        gone
    }

    /// Removes the next pods of the agent.
    fn remove(&mut self, pods: u64) {
        for _ in 0..pods {
            let Some(node) = self.all.get_mut(self.removed).filter(|_| self.removed < self.created) else { return };
            self.removed += 1;
            self.agents -= u64::from(node.pod_runs && !node.gone);
            node.pod_gone = true;
        }
    }

    /// A pod runs; false if its node or its object has gone meanwhile.
    fn runs(&mut self, pod: u32) -> bool {
        match self.all.get_mut(pod as usize) {
            Some(node) if !node.gone && !node.pod_gone => {
                node.pod_runs = true;
                self.agents += 1;
                true
            }
            _ => false,
        }
    }
}

/// The whole part of what is due; the rest stays due.
fn whole_part(due: &mut f64, more: f64) -> u64 {
    *due += more.max(0.0);
    let whole = due.floor();
    *due -= whole;
    whole as u64
}

impl Engine<'_> {
    /// A second begins: people act, the controllers create and remove, rates change.
    pub(super) fn begin_second(&mut self) -> Result<(), SystemError> {
        let now_s = self.second as f64;
        self.second += 1;
        let actions = &self.scenario.actions;
        let growth = actions.growth(now_s);
        if growth != self.people.growth {
            self.people.growth = growth;
            for server in &mut self.servers {
                server.cpu.grow(self.now_ns, growth);
            }
        }
        self.people.blocked = actions.blocked(now_s);
        let gone = self.people.shrink(actions.nodes_left(now_s));
        if !gone.is_empty() {
            self.nodes_go(&gone);
        }
        self.roll_out(now_s);
        self.set_rates(now_s);
        self.count_arrivals();
        self.move_watches();
        self.watch_names();
        self.keep_store();
        self.keep_leases();
        (0..self.servers.len() as u32).try_for_each(|server| self.watch_memory(server))
    }

    fn nodes_go(&mut self, gone: &[u32]) {
        let nodes = self.people.nodes_left();
        for (traffic, class) in self.traffic.iter_mut().zip(&self.scenario.classes) {
            traffic.resize(self.scenario, class, nodes);
        }
        self.forget_names(gone);
        self.dismiss_watchers();
    }

    /// Pods of the agent that come up, or go, in this second.
    fn roll_out(&mut self, now_s: f64) {
        let (creation, actions) = (&self.scenario.creation, &self.scenario.actions);
        let works = self.controllers_work();
        let share = if self.waves.is_empty() {
            creation.share
        } else {
            self.waves.iter().rev().find(|(from_s, _)| *from_s <= now_s).map_or(0.0, |(_, share)| *share)
        };
        let most = (self.people.nodes as f64 * share).round() as usize;
        let more = (creation.created(now_s + 1.0) - creation.created(now_s)) * works;
        if now_s < actions.halt_s && now_s < actions.delete_s && more > 0.0 {
            // The controller's calls are evenly paced, some 50 ms apart, but pulling and starting takes a pod seconds
            // that differ by seconds: when they run is then a Poisson stream.
            let (mean_ns, end_ns) = ((SECOND_NS as f64 / more) as u64, self.now_ns + SECOND_NS);
            let mut at_ns = self.now_ns.saturating_add(self.dice.exponential_ns(mean_ns));
            while at_ns < end_ns && self.people.created < most {
                self.agenda.plan(at_ns, What::Pod { pod: self.people.created as u32 });
                self.people.created += 1;
                at_ns = at_ns.saturating_add(self.dice.exponential_ns(mean_ns).max(1));
            }
        }
        if self.traffic.get(self.scenario.operator).is_none() {
            self.people.operator_succeeded(self.now_ns);
        }
        if self.people.deleted && self.people.removed < self.people.created {
            let pods = whole_part(&mut self.people.removing, creation.removed_per_s * works);
            self.people.remove(pods);
            self.dismiss_watchers();
        }
    }

    /// A pod of the agent runs: its clients send.
    pub(super) fn pod_runs(&mut self, pod: u32) -> Result<(), SystemError> {
        if !self.people.runs(pod) {
            return Ok(());
        }
        for class in 0..self.traffic.len() {
            if self.traffic[class].follows != Follows::Agent {
                continue;
            }
            let described = &self.scenario.classes[class];
            let clients = match self.traffic[class].way {
                Way::FixedRate | Way::FixedDelay | Way::Watch => described.clients_per_node,
                Way::OnStart => described.rate_per_client,
                Way::Open | Way::Opens | Way::Lookups | Way::Given => 0.0,
            };
            for turn in 0..self.dice.whole(clients) {
                let client = self.new_client(class, pod, u64::from(pod) + turn);
                self.send(client)?;
            }
        }
        Ok(())
    }

    /// Rates of the open classes in this second.
    fn set_rates(&mut self, now_s: f64) {
        for class in 0..self.traffic.len() {
            if self.traffic[class].way != Way::Open {
                continue;
            }
            let described = &self.scenario.classes[class];
            let clients = match self.drive(class) {
                // The second stands for its middle.
                drive @ Drive::Clients { .. } => drive.sending(now_s + 0.5),
                _ if self.traffic[class].follows == Follows::Agent => {
                    self.people.agents as f64 * described.clients_per_node
                }
                _ => {
                    let led = if self.traffic[class].follows == Follows::Leaders { self.leases.held() } else { 1.0 };
                    (described.clients_fixed + described.clients_per_node * self.people.nodes_left()) * led
                }
            };
            let rate_per_s = clients * described.rate_per_client;
            let traffic = &mut self.traffic[class];
            if rate_per_s != traffic.rate_per_s {
                traffic.rate_per_s = rate_per_s;
                // No memory: the next one may as well be drawn anew.
                traffic.serial += 1;
                self.plan_open(class as u32);
            }
        }
    }

    /// Requests counted from outside, at random moments of this second.
    fn count_arrivals(&mut self) {
        for class in 0..self.traffic.len() {
            let Drive::PerSecond(counts) = self.drive(class) else { continue };
            let mean = counts.get(self.second - 1).copied().unwrap_or(0.0);
            for _ in 0..self.arrivals.whole(mean) {
                let part_ns = self.arrivals.below(SECOND_NS);
                self.agenda.plan(self.now_ns + part_ns, What::Counted { class: class as u32 });
            }
        }
    }
}
