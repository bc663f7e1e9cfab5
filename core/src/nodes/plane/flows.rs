//! Pods: what befalls them, and who replaces them.

use super::state::{Rings, Zone};
use super::step::Moment;
use super::{DnsOnMasters, MASTERS, Setup, State};
use crate::lane::Lane;
use crate::nodes::routes::Place;

/// The share `f` of the pods of a zone is deleted; they wait for a new place. Containers go on where their kubelet
/// does not hear of it.
pub(super) fn evict(setup: &Setup, state: &mut State, moment: &Moment, rings: &mut Rings<'_>, at: usize, f: f64) {
    let reached = moment.reached.get(at).copied().unwrap_or(false);
    let f = f.clamp(0.0, 1.0);
    let Some(zone) = state.zones.get_mut(at) else { return };
    let serving = zone.serving * f;
    let others = take(setup, zone, rings, 1.0 - f);
    zone.serving -= serving;
    zone.ghosts += if reached { 0.0 } else { serving };
    state.pending += serving + others;
    state.lost.evicted += serving + others;
    if let (Some(dns), Some(ghosts)) = (state.dns_at.get_mut(at), state.dns_ghosts.get_mut(at)) {
        let moved = *dns * f;
        *dns -= moved;
        *ghosts += if reached { 0.0 } else { moved };
        state.dns_pending += moved;
    }
}

/// Keeps the share `keep` of all pods of a zone that do not serve, and returns the others. Pods on dead nodes stay.
fn take(setup: &Setup, zone: &mut Zone, rings: &mut Rings<'_>, keep: f64) -> f64 {
    let waiting = zone.waiting * (1.0 - keep);
    zone.waiting -= waiting;
    zone.crash.forget(rings.crash, setup.dt_s, setup.crash_life_s, keep);
    zone.bare.thin(rings.bare, keep)
        + zone.crash.thin(rings.crash, setup.dt_s, setup.crash_life_s, keep)
        + zone.starting.thin(rings.starting, keep)
        + zone.booting.thin(rings.booting, keep)
        + waiting
}

/// What happens to pods in every zone.
pub(super) fn befall(setup: &Setup, state: &mut State, moment: &Moment, rings: &mut [Rings<'_>]) {
    let strained = strained(setup, state);
    let reboots = state.now_s >= setup.reboot_s && !state.done[1];
    state.done[1] |= reboots;
    let restores = setup.gone.data && moment.api && !state.done[2];
    state.done[2] |= restores;
    for (at, rings) in rings.iter_mut().enumerate() {
        if restores {
            restore(setup, state, rings, at);
        }
        let reached = moment.reached.get(at).copied().unwrap_or(false);
        let Some(zone) = state.zones.get_mut(at) else { continue };
        let steps = |seconds: f64| (seconds / setup.dt_s).max(1.0);
        if reached {
            zone.ghosts = 0.0;
            if let Some(ghosts) = state.dns_ghosts.get_mut(at) {
                *ghosts = 0.0;
            }
        }
        if reboots {
            let down = zone.serving * setup.rebooted.clamp(0.0, 1.0);
            zone.serving -= down;
            zone.crash.forget(rings.crash, setup.dt_s, setup.crash_life_s, 1.0 - setup.rebooted.clamp(0.0, 1.0));
            zone.booting.push(rings.booting, down, steps(setup.boot_s));
            state.lost.rebooted += down;
        }
        let found = configure(setup, zone, rings);
        // The server signs what the API has reviewed.
        let signed = reached && found > 0.5;
        zone.unsigned_s = if signed { 0.0 } else { zone.unsigned_s + setup.dt_s };
        let served = zone.serving;
        let hazard = |per_s: f64| served * (per_s * setup.dt_s).clamp(0.0, 1.0);
        let crashed = hazard(setup.crashes_per_s);
        let killed = hazard(strained).min(served - crashed);
        let pressed = hazard(setup.pressure_per_s).min(served - crashed - killed);
        let failed = hazard(setup.failures_per_s).min(served - crashed - killed - pressed);
        zone.crash.fail(rings.crash, setup.dt_s, setup.crash_life_s, crashed + killed, served);
        zone.serving = (served - crashed - killed - pressed - failed).max(0.0);
        let others = zone.serving.over(served - crashed - killed, 1.0).min(1.0);
        zone.crash.forget(rings.crash, setup.dt_s, setup.crash_life_s, others);
        zone.dead += failed;
        state.pending += pressed;
        state.lost.crashed += crashed;
        state.lost.oom += killed;
        state.lost.pressure += pressed;
        state.lost.failed += failed;
        // Probes kill what has no backends, and the kubelet tries again.
        let probed = zone.bare.expire(rings.bare);
        state.lost.probed += probed;
        zone.crash.fail(rings.crash, setup.dt_s, setup.crash_life_s, probed, f64::INFINITY);
        zone.serving += zone.crash.step(rings.crash, setup.dt_s, setup.crash_life_s, found);
        // A new pod needs an address, too.
        let starts = if setup.address_from_api && !reached { 0.0 } else { found };
        let begun = zone.starting.expire(rings.starting);
        zone.serving += begun * starts;
        zone.crash.fail(rings.crash, setup.dt_s, setup.crash_life_s, begun * (1.0 - starts), f64::INFINITY);
        zone.waiting += zone.booting.expire(rings.booting);
        if reached {
            zone.starting.push(rings.starting, zone.waiting, steps(setup.pod_start_s));
            zone.waiting = 0.0;
        }
        if moment.controlling > 0.5 {
            let seen = zone.dead * (setup.dt_s / (setup.dt_s + setup.grace_s));
            zone.dead -= seen;
            zone.condemned.push(rings.condemned, seen, steps(setup.toleration_s));
            state.pending += zone.condemned.expire(rings.condemned);
        }
    }
}

/// Pods killed per second and pod for what they carry.
fn strained(setup: &Setup, state: &State) -> f64 {
    (state.carried.over(setup.oom_at, 0.0) - 1.0).clamp(0.0, 1.0) / setup.oom_s.max(setup.dt_s)
}

/// Proxies of the mesh find their server, or do not: returns the chance that a new one does.
fn configure(setup: &Setup, zone: &mut Zone, rings: &mut Rings<'_>) -> f64 {
    let Some(mesh) = &setup.mesh else { return 1.0 };
    let found = zone.answered;
    let leaving = zone.serving * mesh.losing(zone.unfound_s, setup.dt_s, found);
    let others = (zone.serving - leaving).over(zone.serving, 1.0);
    zone.crash.forget(rings.crash, setup.dt_s, setup.crash_life_s, others);
    zone.serving -= leaving;
    zone.bare.push(rings.bare, leaving, (setup.probe_s / setup.dt_s).max(1.0));
    let back = if found > 0.0 { zone.bare.thin(rings.bare, 1.0 - found) } else { 0.0 };
    zone.serving += back;
    zone.unfound_s = if found < 1.0 - 1e-9 { zone.unfound_s + setup.dt_s } else { 0.0 };
    found
}

/// etcd comes back from a backup, or empty: kubelets kill what it does not know.
fn restore(setup: &Setup, state: &mut State, rings: &mut Rings<'_>, at: usize) {
    let missing = setup.backup_misses.map_or(1.0, |misses| misses.clamp(0.0, 1.0));
    let Some(zone) = state.zones.get_mut(at) else { return };
    let serving = zone.serving * missing;
    zone.serving -= serving;
    let gone = serving + take(setup, zone, rings, 1.0 - missing);
    state.lost.forgotten += gone;
    if setup.backup_misses.is_some() {
        state.pending += gone;
    } else {
        // With the pods goes what would make new ones, DNS too.
        if let Some(dns) = state.dns_at.get_mut(at) {
            *dns = 0.0;
        }
        state.dns_at[MASTERS] = 0.0;
        state.dns_pending = 0.0;
        state.forgotten += gone + state.pending;
        state.pending = 0.0;
    }
}

/// Controllers replace what is lost, autoscalers ask for more, and the scheduler finds places.
pub(super) fn place(setup: &Setup, state: &mut State, moment: &Moment, rings: &mut [Rings<'_>]) {
    let deletes = state.now_s >= setup.dns_restart_s && moment.api && !state.done[0];
    if deletes {
        state.done[0] = true;
        for (at, dns) in state.dns_at.iter_mut().enumerate() {
            let heard = at == MASTERS || moment.reached.get(at).copied().unwrap_or(false);
            if let Some(ghosts) = state.dns_ghosts.get_mut(at).filter(|_| !heard) {
                *ghosts += *dns;
            }
            state.dns_pending += *dns;
            *dns = 0.0;
        }
    }
    if !moment.api || moment.controlling <= 0.5 || (setup.gone.data && setup.backup_misses.is_none()) {
        return;
    }
    if setup.hpa && moment.scheduling > 0.5 && moment.reached.iter().take(setup.zones.len()).all(|reached| *reached) {
        let load = setup.load_at(state.now_s) * (1.0 - setup.shifted(state.now_s));
        let wanted = setup.pods * load.over(setup.load * setup.pods, 1.0).min(setup.hpa_most);
        let more = (wanted - state.desired).max(0.0) * (setup.dt_s / (setup.dt_s + HPA_SYNC_S));
        state.desired += more;
        state.pending += more;
    }
    if moment.scheduling <= 0.5 {
        return;
    }
    let open = |at: usize| {
        let heard = moment.reached.get(at).copied().unwrap_or(false);
        let nodes = setup.zones.get(at).copied().unwrap_or(0.0);
        let gone = state.zones.get(at).map_or(0.0, |zone| zone.heard.marked);
        if heard { (nodes - gone).max(0.0) } else { 0.0 }
    };
    let weights: [f64; super::MASTERS] = core::array::from_fn(open);
    let all: f64 = weights.iter().sum();
    // What a webhook must admit waits for its pods, which run among the others.
    let heard_pods = |at: usize, zone: &Zone| {
        if moment.routes.machines(Place::Masters, Place::Zone(at)) { zone.serving } else { 0.0 }
    };
    let admitted =
        !setup.webhook || state.zones.iter().enumerate().map(|(at, zone)| heard_pods(at, zone)).sum::<f64>() >= 1.0;
    if all > 0.0 && admitted {
        let placed = state.pending.min(setup.replaced_per_s * setup.dt_s);
        state.pending -= placed;
        for ((zone, rings), weight) in state.zones.iter_mut().zip(rings).zip(weights) {
            let steps = (setup.pod_start_s / setup.dt_s).max(1.0);
            zone.starting.push(rings.starting, placed * weight / all, steps);
        }
    }
    let moved = state.dns_pending;
    if moved <= 0.0 || !admitted {
        return;
    }
    let masters = setup.masters * (1.0 - if moment.active { setup.masters_down } else { 0.0 });
    if all > 0.0 {
        for (dns, weight) in state.dns_at.iter_mut().zip(weights) {
            *dns += moved * weight / all;
        }
    } else if setup.dns_on_masters == DnsOnMasters::LastResort && masters > 0.0 {
        state.dns_at[MASTERS] += moved;
    } else {
        return;
    }
    state.dns_pending = 0.0;
    // Those that start know nothing yet.
    state.servers.ready *= 1.0 - moved.min(1.0);
}

/// Seconds between two looks of the autoscaler (`--horizontal-pod-autoscaler-sync-period`).
const HPA_SYNC_S: f64 = 15.0;
