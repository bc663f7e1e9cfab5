//! Leases in a step: which nodes renewed theirs, and who leads.

use super::rings::ring;
use super::scenario::Scenario;
use super::state::{Layout, State};
use crate::lane::Lane;

/// Mean seconds until the controller manager sees a lapsed lease: it looks every 5 s (`--node-monitor-period`).
const SEEN_AFTER_S: f64 = 2.5;

/// Renews leases by the answers of this step.
pub(super) fn keep<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    nodes: L,
) {
    lead(scenario, layout, state, storage);
    let Some(term) = &scenario.node_lease else { return };
    let (zero, one) = (L::zero(), L::one());
    let dt_s = scenario.dt_s;
    let Some((class, population)) = scenario.classes.get(term.class).zip(state.classes.get(term.class)) else { return };
    let slots = ring(storage, &layout.node_lease);
    state.nodes.resize(term, slots, dt_s, nodes);
    let renewed = (population.last.answered * scenario.servers).over(class.clients_per_node, zero);
    state.nodes.tick(term, slots, dt_s, renewed, false);
    // Nobody marks a node while controllers are not answered or nobody leads.
    let marking = state.classes.get(scenario.controllers).map_or(one, |class| class.success) * state.leaders.leading;
    let seen = L::splat(dt_s / (dt_s + SEEN_AFTER_S));
    let known = state.not_ready.min(state.nodes.lapsed);
    state.not_ready = known + (state.nodes.lapsed - known) * marking * seen;
}

/// Leaders renew, lose and win their leases.
fn lead<L: Lane>(scenario: &Scenario<L>, layout: &Layout, state: &mut State<L>, storage: &mut [L]) {
    let Some(election) = &scenario.election else { return };
    let (zero, one) = (L::zero(), L::one());
    let at = election.term.class;
    let Some((class, population)) = scenario.classes.get(at).zip(state.classes.get(at)) else { return };
    let renewed = (population.last.answered * scenario.servers).over(class.clients_fixed, zero);
    state.leaders.answers = population.last.success(state.leaders.answers);
    let (held, share) = (state.leaders.holders.total(), state.leaders.answers);
    state.leaders.step(election, ring(storage, &layout.election), scenario.dt_s, renewed * held, share);
    let held = state.leaders.holders.total();
    let informers = election.informers.and_then(|at| scenario.classes.get(at).zip(state.classes.get(at)));
    let filled = informers.map_or(one, |(class, population)| {
        (population.watching * scenario.servers).over(class.clients_fixed * held, one).min(one)
    });
    state.leaders.leading = held * filled;
}
