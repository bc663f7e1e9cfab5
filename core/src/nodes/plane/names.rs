//! Names: which DNS servers a zone asks, whether they run and can be reached, and what caches still hold.

use super::state::Rings;
use super::step::{Moment, dns_running};
use super::{MASTERS, PLACES, Setup, State, Zone};
use crate::nodes::routes::{Place, ZONES};

/// Seconds after the API is reached again until proxies have followed it: informers back off first, kubelets report
/// before that (client-go `reflector.go`: 0.8 to 30 s).
pub(super) const CATCH_UP_S: f64 = 10.0;
/// Seconds from a change of an endpoint to its effect (EKS best practices: 1 to 10 s).
pub(super) const SPREAD_S: f64 = 5.0;

fn place(at: usize) -> Place {
    if at == MASTERS { Place::Masters } else { Place::Zone(at) }
}

pub(super) fn step(setup: &Setup, state: &mut State, moment: &Moment, rings: &mut [Rings<'_>]) {
    let running: [f64; PLACES] = core::array::from_fn(|at| dns_running(setup, state, moment, at));
    // Masters that are down count as gone like nodes do.
    let silent = moment.active && state.now_s >= setup.grace_s;
    let masters = if silent { 1.0 - setup.masters_down } else { 1.0 };
    let recorded: [f64; PLACES] = core::array::from_fn(|at| {
        let gone = state.zones.get(at).map_or(0.0, |zone| zone.heard.marked);
        let nodes = setup.zones.get(at).copied().unwrap_or(0.0);
        let ready = if nodes > 0.0 { 1.0 - (gone / nodes).min(1.0) } else { 1.0 };
        state.dns_at.get(at).copied().unwrap_or(0.0) * if at == MASTERS { masters } else { ready }
    });
    let heard = |at: usize| at == MASTERS || moment.reached.get(at).copied().unwrap_or(false);
    let syncing: f64 = state.dns_at.iter().enumerate().map(|(at, dns)| if heard(at) { *dns } else { 0.0 }).sum();
    let syncing = if moment.api { syncing.min(1.0) } else { 0.0 };
    // A lookup that no cache holds and nobody answers is tried again and again.
    let unanswered = |zone: &Zone| (1.0 - zone.cached()).max(0.0) * (1.0 - zone.answered);
    let again: f64 = state.zones.iter().enumerate().map(|(at, zone)| setup.share(at) * unanswered(zone)).sum();
    let queries = setup.queries_full + (setup.queries_empty - setup.queries_full).max(0.0) * again;
    let gone = moment.active && setup.gone.dns;
    if gone {
        state.servers.ready = 0.0;
    }
    let sync = if gone { 0.0 } else { syncing };
    state.servers.step(&setup.dns, setup.dt_s, state.now_s, queries, syncing, sync);
    let answers = if gone { 0.0 } else { state.servers.answers };
    for (at, (zone, rings)) in state.zones.iter_mut().zip(rings).enumerate().take(ZONES) {
        let reached = moment.reached.get(at).copied().unwrap_or(false);
        zone.reached_s = if reached { zone.reached_s + setup.dt_s } else { 0.0 };
        let follows = reached && zone.reached_s >= CATCH_UP_S && moment.controlling > 0.5;
        let (mut asked, mut met) = (0.0, 0.0);
        for (to, ((listed, recorded), running)) in zone.dns_listed.iter_mut().zip(recorded).zip(running).enumerate() {
            if follows {
                *listed += (recorded - *listed) * (setup.dt_s / (setup.dt_s + SPREAD_S));
            }
            asked += *listed;
            if moment.routes.pods(place(at), place(to)) {
                met += listed.min(running);
            }
        }
        let one_try = if asked > 1e-9 { (met / asked).min(1.0) * answers } else { 0.0 };
        let tries = (setup.dns.attempts.max(1.0)) as usize;
        zone.answered = 1.0 - (0..tries.min(16)).fold(1.0, |fails, _| fails * (1.0 - one_try));
        let expired = zone.cache.expire(rings.cache);
        let again = setup.looked_up * zone.answered;
        let missing = (1.0 - zone.cached() - expired).max(0.0);
        let mut renewed = expired * zone.answered + missing * again;
        if setup.stale_s > 0.0 {
            zone.stale.expire(rings.stale);
            renewed += zone.stale.thin(rings.stale, 1.0 - again);
            let steps = (setup.stale_s / setup.dt_s).max(1.0);
            zone.stale.push(rings.stale, expired * (1.0 - zone.answered), steps);
        }
        if setup.cache_s > 0.0 {
            zone.cache.push(rings.cache, renewed, (setup.cache_s / setup.dt_s).max(1.0));
        }
    }
}
