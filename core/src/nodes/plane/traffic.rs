//! Traffic: which pods proxies send it to, which of them answer, and what is left of it.

use super::names::{CATCH_UP_S, SPREAD_S};
use super::step::{Moment, Row};
use super::{MASTERS, Setup, State};
use crate::lane::Lane;
use crate::nodes::routes::{Place, ZONES};

/// Seconds until the API records what a kubelet reports.
const REPORT_S: f64 = 2.0;

/// What the API records of pods, and what proxies make of it.
fn spread(setup: &Setup, state: &mut State, moment: &Moment) {
    let lag = |s: f64| setup.dt_s / (setup.dt_s + s);
    for (at, zone) in state.zones.iter_mut().enumerate().take(setup.zones.len()) {
        let nodes = setup.zones.get(at).copied().unwrap_or(0.0);
        if moment.reached.get(at).copied().unwrap_or(false) {
            // A node that died reports nothing: its pods count until it is found.
            zone.known += (zone.serving + zone.dead - zone.known) * lag(REPORT_S);
        }
        if moment.controlling > 0.5 {
            let ready = 1.0 - zone.heard.marked.over(nodes, 0.0).min(1.0);
            zone.known = zone.known.min((zone.pods() + zone.ghosts) * ready);
        }
    }
    let known: [f64; ZONES] = core::array::from_fn(|at| state.zones.get(at).map_or(0.0, |zone| zone.known));
    for (at, zone) in state.zones.iter_mut().enumerate().take(setup.zones.len()) {
        let reached = moment.reached.get(at).copied().unwrap_or(false);
        if reached && zone.reached_s >= CATCH_UP_S && moment.controlling > 0.5 {
            for (listed, known) in zone.listed.iter_mut().zip(known) {
                *listed += (known - *listed) * lag(SPREAD_S);
            }
        }
    }
}

pub(super) fn step(setup: &Setup, state: &mut State, moment: &Moment) -> Row {
    spread(setup, state, moment);
    let load = setup.load_at(state.now_s) * (1.0 - setup.shifted(state.now_s));
    let running: [f64; ZONES] =
        core::array::from_fn(|at| state.zones.get(at).map_or(0.0, |zone| zone.serving + zone.ghosts));
    let (mut here, mut stale, mut names, mut entered) = (0.0, 0.0, 0.0, 0.0);
    // What is sent to dead pods, or finds no name, is lost: it is no load for the others.
    let (mut arrives, mut takes) = (0.0, 0.0);
    for (at, zone) in state.zones.iter().enumerate().take(setup.zones.len()) {
        let share = setup.share(at);
        let valid = zone.cached();
        let resolved = (valid + (1.0 - valid) * zone.answered).clamp(0.0, 1.0);
        names += share * resolved;
        let enters = moment.routes.users(Place::Zone(at));
        // Health checks take a zone out of rotation that does not answer.
        if enters || state.now_s < setup.health_check_s {
            entered += share;
        }
        let (mut sent, mut live) = (0.0, 0.0);
        for (to, (listed, running)) in zone.listed.iter().zip(running).enumerate() {
            sent += listed;
            if moment.routes.machines(Place::Zone(at), Place::Zone(to)) {
                live += listed.min(running);
            }
        }
        let met = if sent > 1e-9 { (live / sent).min(1.0) } else { 0.0 };
        stale += share * (1.0 - met);
        takes += share * live;
        let carried = live.over(load, if live > 0.0 { 1.0 } else { 0.0 });
        if enters {
            arrives += share * met * resolved;
            let certified = setup.mesh.map_or(1.0, |mesh| mesh.certified(zone.unsigned_s));
            here += share * met.min(carried).min(1.0) * resolved * certified;
        }
    }
    state.carried = (load * arrives.over(entered, 0.0)).over(takes, 0.0);
    let here = if entered > 0.0 { (here / entered).min(1.0) } else { 0.0 };
    let shifted = setup.shifted(state.now_s);
    let serving: f64 = state.zones.iter().map(|zone| zone.serving).sum();
    let looping: f64 = state.zones.iter().map(|zone| zone.crash.looping()).sum();
    let marked: f64 = state.zones.iter().map(|zone| zone.heard.marked).sum();
    Row {
        t_s: state.now_s,
        api: f64::from(u8::from(moment.api)),
        controllers: moment.controlling,
        nodes_gone: marked.over(setup.nodes(), 0.0),
        serving: serving.over(setup.pods, 0.0),
        crash_loop: looping.over(state.desired, 0.0),
        pending: (state.pending + state.forgotten).over(state.desired, 0.0),
        stale: stale.clamp(0.0, 1.0),
        names,
        dns_on_masters: state.dns_at[MASTERS],
        load: load.over(setup.pods, 0.0),
        here,
        surviving: (here * (1.0 - shifted) + shifted).min(1.0),
    }
}
