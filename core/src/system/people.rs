//! What a step starts from: nodes, pods of the agent and blocks as people and controllers change them, and the clients
//! that follow from them.

use super::apart::Move;
use super::parts::Parts;
use super::scenario::{Class, Follows, Scenario};
use super::starting::{is_starting, turns_s};
use super::state::State;
use crate::clients::clock::{Clock, Place};
use crate::lane::{Lane, seldom};

/// The cluster in this step. A call that is not compiled into the step is lent a copy, `&{ *now }`: lent this itself, or given
/// it by value, it would keep all of it in memory, in every step (a quarter more time at sixteen lanes).
#[derive(Clone, Copy, Debug)]
pub(super) struct Now<L> {
    pub dt_s: L,
    /// Place in the rings by step.
    pub place: Place<L>,
    pub nodes: L,
    /// Share of the agents that cannot reach the API.
    pub blocked: L,
    /// Cores and memory of a server as a multiple of what they were.
    pub growth: L,
    /// Pods of the agent, per server.
    pub agents: L,
    /// Those that came up in this step, per server.
    pub started: L,
    /// Live lookups, per server.
    pub misses: L,
    /// How much longer requests take that read etcd.
    pub stretch: L,
    /// Share of the controllers that lead.
    pub held: L,
    /// 1 if the servers are killed in this step.
    pub kill: L,
    /// Share of the step before that; 1 if they are not.
    pub alive: L,
    /// Seconds a request waits for a turn of the run queue.
    pub turns_s: L,
    /// Seconds from then until the process runs again.
    pub away_s: L,
    /// Whether a server, in any lane, has not read its levels yet, or works on what came before it had.
    pub starting: bool,
    /// Whether there is one server, in every lane.
    pub alone: bool,
    /// What of the model is compiled.
    pub parts: Parts,
}

/// What one server of several knows of the others; nothing where all are alike.
pub(super) struct Others<'a, L> {
    /// Clients it should have, by class.
    pub targets: &'a [L],
    /// Clients on their way to another server, by class.
    pub moving: &'a mut [Move<L>],
    /// How many servers are like this one.
    pub count: L,
}

impl<L: Lane> Others<'_, L> {
    #[inline(always)]
    pub(super) fn none() -> Self {
        Self { targets: &[], moving: &mut [], count: L::one() }
    }
}

impl<L: Lane> Now<L> {
    /// The attained-service clock of a step from V `from` to `to`.
    #[inline(always)]
    pub(super) fn clock<'a>(&self, attained: &'a [L], from: L, to: L) -> Clock<'a, L> {
        Clock { attained, now: self.place, from, to, dt_s: self.dt_s, waits: self.parts.waits() }
    }

    /// Seconds until a client knows that his request was turned away: the answer waits for a turn of the run queue, and
    /// nobody waits for an answer beyond his timeout.
    #[inline(always)]
    pub(super) fn told_after_s(&self, class: &Class<L>) -> L {
        self.turns_s.min(class.timeout_s)
    }

    /// 1 while the server takes requests.
    #[inline(always)]
    pub(super) fn up(&self, state: &State<L>) -> L {
        if self.parts.falls { state.mode.up } else { L::one() }
    }

    /// Seconds of service a request of a class must attain: its own on the CPU, or those of etcd where they are more, as
    /// it works on what etcd sends while etcd sends it.
    #[inline(always)]
    pub(super) fn size_s(&self, scenario: &Scenario<L>, at: usize) -> L {
        self.lasts_s(scenario, at, self.stretch)
    }

    /// The same at another stretch of etcd.
    #[inline(always)]
    pub(super) fn lasts_s(&self, scenario: &Scenario<L>, at: usize, stretch: L) -> L {
        let cpu_s = scenario.cpu_s(at, self.nodes);
        // With an etcd of its own the wait for it comes before.
        let class = scenario.classes.get(at).filter(|_| self.parts.store && !scenario.etcd.on);
        class.map_or(cpu_s, |class| cpu_s.max(class.etcd_s(self.nodes) * stretch))
    }
}

/// Nodes, pods of the agent, blocks: what people and controllers change.
#[inline(always)]
pub(super) fn people<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, parts: Parts) -> Now<L> {
    let (zero, one) = (L::zero(), L::one());
    let dt_s = L::splat(scenario.dt_s);
    let (actions, creation) = (&scenario.actions, &scenario.creation);
    let left = actions.nodes_left(state.now_s);
    let succeeded = |class: usize| state.classes.get(class).map_or(one, |class| class.success);
    // A controller or an operator that is not answered makes no progress.
    let controlled = succeeded(scenario.controllers) * state.leaders.leading;
    let room = (scenario.nodes * creation.share - state.created).max(zero);
    if L::any(room) {
        seldom();
        let creating = actions.halt_s.gt(state.now_s) * actions.delete_s.gt(state.now_s) * controlled;
        let more = (creation.created(state.now_s + dt_s) - creation.created(state.now_s)).max(zero);
        state.created += (more * creating).min(room);
    }
    let deleting = state.now_s.ge(actions.delete_s);
    if L::any(deleting) {
        seldom();
        let deleting = deleting * succeeded(scenario.operator) * controlled;
        state.removed = (state.removed + deleting * creation.removed_per_s * dt_s).min(state.created);
    }
    let before = state.agents;
    state.agents = (state.created - state.removed) * left;
    let (kill, before_it) = if parts.falls { actions.kill(state.now_s, dt_s) } else { (zero, one) };
    let starting = parts.falls && is_starting(&state.mode);
    let alone = (scenario.servers - one).is_nothing();
    let a_server = |all: L| all.per_known(scenario.servers, alone);
    Now {
        dt_s,
        place: Place::of(state.place),
        nodes: scenario.nodes * left,
        blocked: actions.blocked(state.now_s),
        growth: actions.growth(state.now_s),
        agents: a_server(state.agents),
        started: a_server((state.agents - before).max(zero)),
        misses: a_server(state.dns_asks_per_s * dt_s),
        stretch: state.etcd_stretch,
        held: if parts.store && scenario.election.is_some() { state.leaders.holders.total() } else { one },
        kill,
        alive: if L::any(kill) {
            seldom();
            L::pick(kill, before_it, one)
        } else {
            one
        },
        turns_s: if parts.crowds { turns_s(scenario, state, starting) } else { zero },
        away_s: scenario.memory.restart_s,
        starting,
        alone,
        parts,
    }
}

/// Clients of a class on one server.
#[inline(always)]
pub(super) fn target<L: Lane>(
    scenario: &Scenario<L>,
    class: &Class<L>,
    at: usize,
    now: &Now<L>,
    others: &Others<'_, L>,
) -> L {
    if let Some(target) = others.targets.get(at) {
        return *target;
    }
    if class.follows == Follows::Agent {
        return now.agents * class.clients_per_node;
    }
    let of_cluster = class.clients_fixed + class.clients_per_node * now.nodes;
    let of_server = of_cluster.per_known(scenario.servers, now.alone);
    if class.follows == Follows::Leaders { of_server * now.held } else { of_server }
}
