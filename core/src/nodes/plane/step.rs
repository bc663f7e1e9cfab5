//! One step, in reading order: who reaches whom, who leads, who is evicted, what pods do, what names and proxies know.

use super::state::{Rings, cut};
use super::{MASTERS, Setup, State, flows, names, traffic};
use crate::lane::Lane;
use crate::nodes::eviction::{RATE_PER_S, ZoneState, rate_per_s};
use crate::nodes::plane::MastersZone;
use crate::nodes::routes::{Place, Routes, ZONES};

/// What a step looks like from outside. Shares of 1 unless the name says otherwise.
///
/// ```
/// use slackwater_core::nodes::plane::Row;
/// assert_eq!(Row::default().surviving, 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Row {
    /// Seconds since the fault began, at the end of the step.
    pub t_s: f64,
    /// Whether the API answers at the masters.
    pub api: f64,
    /// Controllers that lead and are answered.
    pub controllers: f64,
    /// Nodes that count as gone.
    pub nodes_gone: f64,
    /// Pods that serve, as a share of those at the start.
    pub serving: f64,
    /// Pods in CrashLoopBackOff, as a share of those there should be.
    pub crash_loop: f64,
    /// Pods that wait for a place, the same.
    pub pending: f64,
    /// Requests sent to pods that do not answer.
    pub stale: f64,
    /// Lookups that succeed.
    pub names: f64,
    /// DNS servers on masters.
    pub dns_on_masters: f64,
    /// Load, as a share of what the pods at the start could carry.
    pub load: f64,
    /// User traffic that is served here, of what comes here.
    pub here: f64,
    /// User traffic that is served, here or elsewhere.
    pub surviving: f64,
}

/// What holds throughout a step.
pub(super) struct Moment {
    /// Whether the API answers at the masters.
    pub(super) api: bool,
    /// Whether the fault lasts.
    pub(super) active: bool,
    pub(super) routes: Routes,
    /// Whether kubelets and proxies of a zone are answered by the API.
    pub(super) reached: [bool; ZONES],
    pub(super) controlling: f64,
    pub(super) scheduling: f64,
    /// Every zone is gone as the controllers see it.
    pub(super) all_down: bool,
}

impl Moment {
    fn of(setup: &Setup, state: &State) -> Self {
        let active = state.now_s < setup.for_s;
        let api = !setup.gone.writes() || state.now_s >= setup.for_s + setup.refill_s;
        let whole = Routes { masters_announced: setup.cut.masters_announced, ..Routes::whole() };
        let routes = if active && setup.gone.network { setup.cut } else { whole };
        let reached = core::array::from_fn(|zone| api && routes.machines(Place::Zone(zone), Place::Masters));
        Self { api, active, routes, reached, controlling: 0.0, scheduling: 0.0, all_down: false }
    }
}

/// Takes the cluster one step on.
///
/// ```
/// use slackwater_core::nodes::fault::{Fault, Gone};
/// use slackwater_core::nodes::plane::{Setup, State, step};
/// // The API is away for ten minutes and nothing else happens: users notice nothing (M1).
/// let setup = Setup { gone: Gone::of(Fault::Api(1.0), 1.0), for_s: 600.0, masters: 1.0, ..Setup::healthy(40.0) };
/// let mut storage = vec![0.0; State::slots(&setup)];
/// let mut state = State::new(&setup, &mut storage);
/// let worst = (0..1200).map(|_| step(&setup, &mut state, &mut storage).surviving).fold(1.0, f64::min);
/// assert!(worst > 1.0 - 1e-9);
/// ```
pub fn step(setup: &Setup, state: &mut State, storage: &mut [f64]) -> Row {
    let mut rest = storage;
    let mut moment = Moment::of(setup, state);
    let held = cut(&mut rest, setup.election.slots(setup.dt_s));
    lead(setup, state, &mut moment, held);
    let zones = setup.zones.len().min(ZONES);
    let mut rings: heapless::Vec<Rings<'_>, ZONES> = heapless::Vec::new();
    for _ in 0..zones {
        let _ = rings.push(Rings::of(setup, &mut rest)); // there is room for all zones
    }
    watch(setup, state, &mut moment, &mut rings);
    evict(setup, state, &moment, &mut rings);
    flows::befall(setup, state, &moment, &mut rings);
    flows::place(setup, state, &moment, &mut rings);
    names::step(setup, state, &moment, &mut rings);
    let row = traffic::step(setup, state, &moment);
    state.now_s += setup.dt_s;
    Row { t_s: state.now_s, ..row }
}

/// Leaders renew their lease, or give it up.
fn lead(setup: &Setup, state: &mut State, moment: &mut Moment, held: &mut [f64]) {
    let gone = moment.active && setup.gone.controllers;
    let answers = f64::from(u8::from(moment.api && !gone));
    state.leaders.step(&setup.election, held, setup.dt_s, answers, answers);
    let leading = state.leaders.holders.total() * answers;
    moment.controlling = leading;
    moment.scheduling = if moment.active && setup.gone.scheduler { 0.0 } else { leading };
}

/// Who is heard of, and what that makes of the zones.
fn watch(setup: &Setup, state: &mut State, moment: &mut Moment, rings: &mut [Rings<'_>]) {
    let watched = f64::from(u8::from(moment.controlling > 0.5));
    let term = setup.lease();
    let mut all_down = true;
    for (at, (zone, rings)) in state.zones.iter_mut().zip(rings).enumerate() {
        let nodes = setup.zones.get(at).copied().unwrap_or(0.0);
        let reached = moment.reached.get(at).copied().unwrap_or(false);
        zone.heard.step(&term, rings.heard, setup.dt_s, nodes, f64::from(u8::from(reached)), watched);
        all_down &= zone_state(setup, moment, at, nodes, zone.heard.marked) == ZoneState::Full;
    }
    moment.all_down = all_down && setup.masters_zone != MastersZone::Own;
}

/// The state of a zone; masters count in the first, where they do.
fn zone_state(setup: &Setup, moment: &Moment, at: usize, nodes: f64, marked: f64) -> ZoneState {
    let down = if moment.active { setup.masters_down } else { 0.0 };
    let masters = if at == 0 && setup.masters_zone == MastersZone::First { setup.masters * (1.0 - down) } else { 0.0 };
    ZoneState::of((nodes - marked).max(0.0) + masters, marked)
}

/// Pods leave nodes that count as gone. Timers stand still while no controller leads.
fn evict(setup: &Setup, state: &mut State, moment: &Moment, rings: &mut [Rings<'_>]) {
    if moment.controlling <= 0.5 {
        return;
    }
    for (at, rings) in rings.iter_mut().enumerate() {
        let nodes = setup.zones.get(at).copied().unwrap_or(0.0);
        let Some(zone) = state.zones.get_mut(at) else { continue };
        let marked = zone.heard.marked;
        let zone_state = zone_state(setup, moment, at, nodes, marked);
        let size = nodes + if at == 0 && setup.masters_zone == MastersZone::First { setup.masters } else { 0.0 };
        let (marked, rate) = if setup.tainted_first {
            (marked, RATE_PER_S.max(rate_per_s(zone_state, size, false)))
        } else {
            (if moment.all_down { 0.0 } else { marked }, rate_per_s(zone_state, size, moment.all_down))
        };
        let emptied = zone.evicting.step(rings.evicting, setup.dt_s, marked, rate, setup.toleration_s);
        if emptied > 0.0 {
            let before = (nodes - zone.evicting.emptied + emptied).max(emptied);
            flows::evict(setup, state, moment, rings, at, emptied / before);
        }
    }
}

/// Share of the DNS servers that runs at a place, whatever the API thinks.
pub(super) fn dns_running(setup: &Setup, state: &State, moment: &Moment, place: usize) -> f64 {
    let at = |list: &[f64]| list.get(place).copied().unwrap_or(0.0);
    if place == MASTERS {
        let down = if moment.active { setup.masters_down } else { 0.0 };
        return at(&state.dns_at) * (1.0 - down);
    }
    let up = state.zones.get(place).map_or(1.0, |zone| {
        let away = zone.booting.total() + zone.waiting + zone.dead + zone.condemned.total();
        (1.0 - away.over(setup.pods * setup.share(place), 0.0)).max(0.0)
    });
    at(&state.dns_at) * up + at(&state.dns_ghosts)
}
