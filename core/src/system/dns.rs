//! Lookups of one step: caches from the client down to the servers, and what misses them all.

use super::scenario::Scenario;
use super::state::{Layout, State};
use crate::dns::failures::Failing;
use crate::dns::resolver::{answered, queries_per_lookup};
use crate::dns::{Dependence, MAX_GROUPS};
use crate::lane::Lane;

/// Returns the share of cached entries that can be handed out and the share of lookups without an answer,
/// both weighted by lookups.
#[inline(always)]
pub(super) fn resolve_names<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    nodes: L,
) -> (L, L) {
    let (zero, one) = (L::zero(), L::one());
    let dns = &scenario.dns;
    let dt_s = L::splat(scenario.dt_s);
    let groups = dns.groups.len();
    serve_names(scenario, state, dt_s);
    let fails = one - state.servers.answers;
    let failing = Failing {
        servfail: state.servers.servfail.over(fails, zero),
        refresh_steps: state.servers.silent.over(fails, zero) * (dns.attempts * dns.timeout_s).per(dt_s),
        // If a lookup has more than one try.
        again: (dns.attempts - one).within(zero, one),
    };
    // What each tier gets from below, from the servers upwards.
    for number in (0..dns.tiers.len()).rev() {
        for at in 0..groups {
            let (mut upstream, mut aged) = (answered(state.servers.answers, dns.attempts), zero);
            if let Some(lower) = state.caches.get((number + 1) * groups + at) {
                let kept = (lower.valid.total() + lower.stale.total()).min(one);
                let answers = kept + lower.gone * lower.upstream;
                (upstream, aged) = (answers.min(one), lower.valid.total().over(answers, zero).min(one));
            }
            if let Some(entries) = state.caches.get_mut(number * groups + at) {
                entries.upstream = upstream;
                entries.aged = aged;
            }
        }
    }
    let (mut cached, mut failed) = (zero, zero);
    // Lookups per second and name that reach the tier below, by group.
    let mut demand = [zero; MAX_GROUPS];
    let mut reaching = zero;
    for (number, tier) in dns.tiers.iter().enumerate() {
        let caches = dns.caches(number, nodes);
        let below = dns.tiers.get(number + 1);
        // A cache that gets no answer says so itself, to the cache before it.
        let failing = if below.is_some() { Failing { servfail: one, ..failing } } else { failing };
        reaching = zero;
        for (at, group) in dns.groups.iter().enumerate() {
            let index = number * groups + at;
            let (Some(entries), Some(places)) = (state.caches.get_mut(index), layout.dns.get(index)) else {
                continue;
            };
            let Some(asked_per_s) = demand.get_mut(at) else { continue };
            // The nearest tier is looked up at a constant rate; below it the rate follows the misses above.
            let first = number == 0;
            let lookups_per_s = if first { group.lookups_per_s } else { (*asked_per_s).over(caches, zero) };
            let lookups = lookups_per_s * dt_s;
            let touched = if first { group.touched } else { lookups / (one + lookups) };
            let rest = if first { group.untouched_rest } else { one / (one + lookups * L::splat(0.5)) };
            let aged_steps = below.map_or(zero, |tier| tier.ttl_steps);
            let flow = entries.step(places.cut(storage), tier, failing, lookups, touched, rest, aged_steps);
            if first {
                cached += group.weight * flow.cached;
                failed += group.weight * flow.failed;
            }
            *asked_per_s = flow.asked.per(dt_s) * caches;
            reaching += *asked_per_s * group.names;
        }
    }
    state.dns_reaching_per_s = reaching;
    (cached, failed)
}

/// Queries that no cache answered in the step before reach the servers.
#[inline(always)]
fn serve_names<L: Lane>(scenario: &Scenario<L>, state: &mut State<L>, dt_s: L) {
    let reaching = state.dns_reaching_per_s;
    let one = L::one();
    let dns = &scenario.dns;
    let succeeded =
        |class: Option<usize>| class.and_then(|at| state.classes.get(at)).map_or(one, |class| class.success);
    let live = dns.dependence == Dependence::Live;
    if let Some(class) = scenario.dns_class.and_then(|at| state.classes.get(at)) {
        state.servers.late = class.last.timed_out.over(class.last.failed(), state.servers.late);
    }
    let api = if live { succeeded(scenario.dns_class) } else { one };
    let sync = succeeded(Some(scenario.controllers)).min(state.mode.up);
    let queries = reaching * queries_per_lookup(dns, state.servers.answers);
    let now_s = state.now_s;
    state.servers.step(dns, dt_s, now_s, queries, api, sync);
    let served = state.servers.ready;
    // A resolver tries again after a failure, and that is another request.
    let tries = one + (one - api) * (dns.attempts - one);
    state.dns_asks_per_s = if live { reaching * served * tries } else { L::zero() };
}
