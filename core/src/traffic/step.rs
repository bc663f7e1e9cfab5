//! One step of a cluster that serves users.

use super::site::Site;
use super::state::{Account, Rings, State};
use crate::lane::Lane;

/// Seconds between two looks of the autoscaler (`--horizontal-pod-autoscaler-sync-period`).
const SYNC_S: f64 = 15.0;
/// Difference it overlooks (`--horizontal-pod-autoscaler-tolerance`).
const TOLERANCE: f64 = 0.1;
/// Seconds that fewer pods must be enough before it takes some away
/// (`--horizontal-pod-autoscaler-downscale-stabilization`).
const CALM_S: f64 = 300.0;

/// What a step finds.
///
/// ```
/// use slackwater_core::traffic::step::Offer;
/// assert_eq!(Offer::usual(50.0).named, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Load that comes to the cluster, pods.
    pub comes: f64,
    /// Share of it that reaches the cluster at all.
    pub enters: f64,
    /// Share of its names that is found.
    pub named: f64,
    /// Whether controllers are answered by the API: without it nobody scales, creates or places.
    pub controlled: bool,
    /// Part of its images that a node which pulls gets per second, see
    /// [`Images::part_per_s`](super::pulls::Images::part_per_s).
    pub pulled_per_s: f64,
}

impl Offer {
    /// `comes` pods of load, and nothing wrong.
    ///
    /// ```
    /// assert!(slackwater_core::traffic::step::Offer::usual(50.0).controlled);
    /// ```
    pub fn usual(comes: f64) -> Self {
        Self { comes, enters: 1.0, named: 1.0, controlled: true, pulled_per_s: 1.0 }
    }
}

/// What a step looks like from outside.
///
/// ```
/// assert_eq!(slackwater_core::traffic::step::Row::default().load, 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row {
    /// Traffic of this step by what became of it, pods of load.
    pub traffic: Account,
    /// Load of a pod that serves, as a multiple of what it carries.
    pub load: f64,
    /// Pods that began to serve.
    pub started: f64,
    /// Pods that were placed.
    pub placed: f64,
    /// Pods killed for what they carry.
    pub killed: f64,
}

/// Takes a cluster one step on. `storage` has [`Site::slots`] numbers.
///
/// ```
/// use slackwater_core::traffic::{site::Site, state::State, step::{Offer, step}};
/// let site = Site::usual(100.0);
/// let (mut state, mut storage) = (State::new(&site), vec![0.0; site.slots()]);
/// // Three times the usual traffic: a third finds no pod that could take it.
/// let row = step(&site, &mut state, &mut storage, &Offer::usual(150.0));
/// assert_eq!((row.traffic.served, row.traffic.overload, row.load), (100.0, 50.0, 1.5));
/// assert_eq!(state.account.missing(), 0.0);
/// ```
pub fn step(site: &Site, state: &mut State, storage: &mut [f64], offer: &Offer) -> Row {
    let mut rings = Rings::of(site, storage);
    let started = start(site, state, &mut rings, offer);
    let killed = kill(site, state, &mut rings);
    let traffic = serve(site, state, offer);
    state.account = state.account.and(&traffic.times(site.dt_s));
    let mut placed = 0.0;
    if offer.controlled {
        autoscale(site, state);
        placed = place(site, state, &mut rings);
    }
    Row { traffic, load: state.carried, started, placed, killed }
}

/// Nodes boot, pull, and start pods; killed containers try again.
fn start(site: &Site, state: &mut State, rings: &mut Rings<'_>, offer: &Offer) -> f64 {
    let booted = state.booting.expire(rings.booting);
    let mut ready = state.pulls.step(rings.pulls, offer.pulled_per_s * site.dt_s);
    if site.images.least_s() > 0.0 {
        state.pulls.push(rings.pulls, booted);
    } else {
        ready += booted;
    }
    let begun = state.starting.expire(rings.starting);
    state.starting.push(rings.starting, ready, site.steps(site.pod_start_s));
    let started = begun + state.crash.step(rings.crash, site.dt_s, site.crash_life_s, 1.0);
    // What starts has nothing in its caches.
    state.warm *= state.serving.over(state.serving + started, 1.0);
    state.serving += started;
    started
}

/// Pods that carry more than their memory bears are killed.
fn kill(site: &Site, state: &mut State, rings: &mut Rings<'_>) -> f64 {
    let strained = (state.carried.over(site.oom_at, 0.0) - 1.0).within(0.0, 1.0) / site.oom_s.max(site.dt_s);
    let killed = state.serving * (strained * site.dt_s).min(1.0);
    state.crash.fail(rings.crash, site.dt_s, site.crash_life_s, killed, state.serving);
    state.serving -= killed;
    killed
}

/// What comes is refused, served or lost.
fn serve(site: &Site, state: &mut State, offer: &Offer) -> Account {
    let comes = offer.comes.max(0.0);
    let entered = comes * offer.enters.within(0.0, 1.0);
    let found = entered * offer.named.within(0.0, 1.0);
    let work = site.work(state.warm);
    let carries = state.serving / work;
    let taken = found.min(site.shed_at * carries);
    let served = taken.min(carries);
    // Nobody is there to be overloaded: whatever comes would be more than they carry.
    state.carried = taken.over(carries, if taken > 0.0 { 2.0 * site.oom_at } else { 0.0 });
    let (fills, fades) = (served.over(site.usual_load(), 0.0) * site.dt_s.over(site.warm_s, 1.0), site.dt_s);
    state.warm = (state.warm + fills) / (1.0 + fills + fades.over(site.cache_life_s, 0.0));
    Account {
        arrived: comes,
        served,
        shed: found - taken,
        outside: comes - entered,
        unnamed: entered - found,
        overload: taken - served,
    }
}

/// The autoscaler follows the load.
fn autoscale(site: &Site, state: &mut State) {
    if !site.autoscaled {
        return;
    }
    let work = state.carried * state.serving;
    let wanted = work.over(site.load, 0.0).within(site.pods, site.pods * site.autoscaled_most.max(1.0));
    let follows = site.dt_s / (site.dt_s + SYNC_S);
    if wanted > state.desired * (1.0 + TOLERANCE) {
        let more = (wanted - state.desired) * follows;
        state.desired += more;
        state.pending += more;
    }
    let fewer = wanted < state.desired * (1.0 - TOLERANCE);
    state.calm_s = if fewer { state.calm_s + site.dt_s } else { 0.0 };
    if state.calm_s >= CALM_S {
        let less = ((state.desired - wanted) * follows).min(state.pending + state.serving);
        let waiting = less.min(state.pending);
        state.pending -= waiting;
        state.serving -= less - waiting;
        state.desired -= less;
    }
}

/// Pods find a place: on nodes with room at once, beyond that on new nodes.
fn place(site: &Site, state: &mut State, rings: &mut Rings<'_>) -> f64 {
    let placed = state.pending.min(site.started_per_s * site.dt_s);
    let there = state.serving + state.starting.total() + state.crash.total() + state.away;
    let room = (site.pods * site.node_room - there).max(0.0);
    let near = placed.min(room);
    state.pending -= placed;
    state.starting.push(rings.starting, near, site.steps(site.pod_start_s));
    state.booting.push(rings.booting, placed - near, site.steps(site.boot_s));
    placed
}
