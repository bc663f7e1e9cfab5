//! What moves.

use super::{MASTERS, PLACES, Setup};
use crate::cohort::{Cohort, slots_for};
use crate::dns::dependence::Servers;
use crate::nodes::crashloop::CrashLoop;
use crate::nodes::eviction::Evicting;
use crate::nodes::lease::Heard;
use crate::nodes::routes::ZONES;
use crate::server::leader::Leaders;

/// A zone: its nodes as the control plane sees them, its pods, and what its proxies and caches know.
///
/// ```
/// use slackwater_core::nodes::plane::{Setup, State};
/// let setup = Setup::healthy(40.0);
/// let mut storage = vec![0.0; State::slots(&setup)];
/// assert_eq!(State::new(&setup, &mut storage).zones[0].serving, 1200.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// Nodes that count as gone.
    pub heard: Heard<f64>,
    /// Nodes that are tainted and emptied for it.
    pub evicting: Evicting<f64>,
    /// Pods that serve.
    pub serving: f64,
    /// Pods that run without backends, until probes kill them.
    pub bare: Cohort<f64>,
    /// Pods that failed and wait.
    pub crash: CrashLoop<f64>,
    /// Pods that start.
    pub starting: Cohort<f64>,
    /// Pods whose node boots.
    pub booting: Cohort<f64>,
    /// Pods on a node that has booted and does not reach the API.
    pub waiting: f64,
    /// Pods on nodes that failed and that nobody has found.
    pub dead: f64,
    /// Pods on nodes that failed and were found, until they are evicted.
    pub condemned: Cohort<f64>,
    /// Containers that go on running though their pods are deleted: the kubelet has not heard of it.
    pub ghosts: f64,
    /// Pods of this zone that the API records as ready.
    pub known: f64,
    /// Pods of every zone that this zone's proxies send traffic to.
    pub listed: [f64; ZONES],
    /// DNS servers of every place that they send queries to, as shares of all.
    pub dns_listed: [f64; PLACES],
    /// Seconds since this zone reaches the API again.
    pub reached_s: f64,
    /// Seconds since proxies here fail to find the server of the mesh.
    pub unfound_s: f64,
    /// Seconds since nobody renews certificates of proxies here.
    pub unsigned_s: f64,
    /// Entries of the DNS caches here, as a share of all.
    pub cache: Cohort<f64>,
    /// Those that have expired and are still handed out.
    pub stale: Cohort<f64>,
    /// Chance that a query of this zone is answered.
    pub answered: f64,
}

impl Zone {
    /// Share of the names that caches here hand out, fresh or expired.
    ///
    /// ```
    /// use slackwater_core::nodes::plane::{Setup, State};
    /// let setup = Setup::healthy(2.0);
    /// let mut storage = vec![0.0; State::slots(&setup)];
    /// assert_eq!(State::new(&setup, &mut storage).zones[0].cached(), 1.0);
    /// ```
    pub fn cached(&self) -> f64 {
        (self.cache.total() + self.stale.total()).min(1.0)
    }

    /// Pods that belong here.
    ///
    /// ```
    /// use slackwater_core::nodes::plane::{Setup, State};
    /// let setup = Setup::healthy(2.0);
    /// let mut storage = vec![0.0; State::slots(&setup)];
    /// assert_eq!(State::new(&setup, &mut storage).zones[0].pods(), 60.0);
    /// ```
    pub fn pods(&self) -> f64 {
        let failing = self.bare.total() + self.crash.total();
        let coming = self.starting.total() + self.booting.total() + self.waiting;
        self.serving + failing + coming + self.dead + self.condemned.total()
    }
}

/// Pods lost so far, by cause.
///
/// ```
/// use slackwater_core::nodes::plane::Lost;
/// assert_eq!(Lost::default().oom, 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lost {
    /// Killed at their memory limit.
    pub oom: f64,
    /// Crashed by themselves.
    pub crashed: f64,
    /// Evicted by their node for memory or disk.
    pub pressure: f64,
    /// Went down with a reboot.
    pub rebooted: f64,
    /// Went down with a node that failed.
    pub failed: f64,
    /// Evicted because their node counted as gone.
    pub evicted: f64,
    /// Killed by probes that found no backend.
    pub probed: f64,
    /// Not in the backup.
    pub forgotten: f64,
}

/// A cluster in motion. Rings lie in storage of the caller.
///
/// ```
/// use slackwater_core::nodes::plane::{Setup, State, step};
/// let setup = Setup::healthy(40.0);
/// let mut storage = vec![0.0; State::slots(&setup)];
/// let mut state = State::new(&setup, &mut storage);
/// let rows: Vec<_> = (0..600).map(|_| step(&setup, &mut state, &mut storage)).collect();
/// assert!(rows.iter().all(|row| row.surviving > 1.0 - 1e-9)); // nothing happens to a healthy cluster
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// Seconds since the fault began.
    pub now_s: f64,
    /// Zones of nodes.
    pub zones: [Zone; ZONES],
    /// Controllers and their lease.
    pub leaders: Leaders<f64>,
    /// Pods that wait for a place.
    pub pending: f64,
    /// Pods nobody knows of any more, because etcd came back without them.
    pub forgotten: f64,
    /// Pods there should be.
    pub desired: f64,
    /// DNS servers by place, as shares of all, as the API records them.
    pub dns_at: [f64; PLACES],
    /// DNS servers that go on running though their pods are deleted.
    pub dns_ghosts: [f64; PLACES],
    /// DNS servers that wait for a place.
    pub dns_pending: f64,
    /// Load of a pod that is sent requests, as a multiple of what it can carry.
    pub carried: f64,
    /// How well DNS servers do.
    pub servers: Servers<f64>,
    /// Pods lost so far.
    pub lost: Lost,
    /// Whether the DNS pods have been deleted, and whether etcd has been restored.
    pub(super) done: [bool; 3],
}

/// The next `length` numbers of `rest`.
#[expect(clippy::mut_mut, reason = "the rest is what is taken from")]
pub(super) fn cut<'a>(rest: &mut &'a mut [f64], length: usize) -> &'a mut [f64] {
    let all = core::mem::take(rest);
    match all.split_at_mut_checked(length) {
        Some((ring, after)) => {
            *rest = after;
            ring
        }
        None => &mut [],
    }
}

/// The rings of a zone.
pub(super) struct Rings<'a> {
    pub(super) heard: &'a mut [f64],
    pub(super) evicting: &'a mut [f64],
    pub(super) crash: &'a mut [f64],
    pub(super) bare: &'a mut [f64],
    pub(super) starting: &'a mut [f64],
    pub(super) booting: &'a mut [f64],
    pub(super) condemned: &'a mut [f64],
    pub(super) cache: &'a mut [f64],
    pub(super) stale: &'a mut [f64],
}

/// Lengths of the rings of a zone, in their order.
fn lengths(setup: &Setup) -> [usize; 9] {
    let dt_s = setup.dt_s;
    [
        setup.lease().slots(dt_s),
        Evicting::<f64>::slots(setup.toleration_s, dt_s),
        CrashLoop::<f64>::slots(setup.crash_life_s, dt_s),
        slots_for(setup.probe_s, dt_s),
        slots_for(setup.pod_start_s, dt_s),
        slots_for(setup.boot_s, dt_s),
        slots_for(setup.toleration_s, dt_s),
        slots_for(setup.cache_s, dt_s),
        if setup.stale_s > 0.0 { slots_for(setup.stale_s, dt_s) } else { 0 },
    ]
}

impl<'a> Rings<'a> {
    #[expect(clippy::mut_mut, reason = "the rest is what is taken from")]
    pub(super) fn of(setup: &Setup, rest: &mut &'a mut [f64]) -> Self {
        let [heard, evicting, crash, bare, starting, booting, condemned, cache, stale] =
            lengths(setup).map(|length| cut(rest, length));
        Self { heard, evicting, crash, bare, starting, booting, condemned, cache, stale }
    }
}

impl State {
    /// Numbers needed in the storage, which starts as zeros.
    ///
    /// ```
    /// use slackwater_core::nodes::plane::{Setup, State};
    /// assert!(State::slots(&Setup::healthy(40.0)) > 1000);
    /// ```
    pub fn slots(setup: &Setup) -> usize {
        setup.election.slots(setup.dt_s) + setup.zones.len() * lengths(setup).iter().sum::<usize>()
    }

    /// The moment the fault begins: all well, caches of even age.
    ///
    /// ```
    /// use slackwater_core::nodes::plane::{Setup, State};
    /// let setup = Setup::healthy(40.0);
    /// let mut storage = vec![0.0; State::slots(&setup)];
    /// assert_eq!(State::new(&setup, &mut storage).pods(), 1200.0);
    /// ```
    pub fn new(setup: &Setup, storage: &mut [f64]) -> Self {
        let zone = Zone {
            heard: Heard::new(),
            evicting: Evicting::new(),
            serving: 0.0,
            bare: Cohort::new(),
            crash: CrashLoop::new(),
            starting: Cohort::new(),
            booting: Cohort::new(),
            waiting: 0.0,
            dead: 0.0,
            condemned: Cohort::new(),
            ghosts: 0.0,
            known: 0.0,
            listed: [0.0; ZONES],
            dns_listed: [0.0; PLACES],
            reached_s: 1e9,
            unfound_s: 0.0,
            unsigned_s: 0.0,
            cache: Cohort::new(),
            stale: Cohort::new(),
            answered: 1.0,
        };
        let mut state = Self {
            now_s: 0.0,
            zones: core::array::from_fn(|_| zone),
            leaders: Leaders::new(),
            pending: 0.0,
            forgotten: 0.0,
            desired: setup.pods,
            dns_at: [0.0; PLACES],
            dns_ghosts: [0.0; PLACES],
            dns_pending: 0.0,
            carried: setup.load,
            servers: Servers::new(),
            lost: Lost::default(),
            done: [false; 3],
        };
        let share: [f64; ZONES] = core::array::from_fn(|zone| setup.share(zone));
        for (at, share) in state.dns_at.iter_mut().zip(share) {
            *at = (1.0 - setup.dns_at_masters) * share;
        }
        state.dns_at[MASTERS] = setup.dns_at_masters;
        let mut rest = storage;
        let held = cut(&mut rest, setup.election.slots(setup.dt_s));
        state.leaders.holders.resize(&setup.election.term, held, setup.dt_s, 1.0);
        let dns_at = state.dns_at;
        for (zone, own) in state.zones.iter_mut().zip(share).take(setup.zones.len()) {
            let rings = Rings::of(setup, &mut rest);
            (zone.serving, zone.known) = (setup.pods * own, setup.pods * own);
            zone.listed = share.map(|share| share * setup.pods);
            zone.dns_listed = dns_at;
            let steps = (setup.cache_s / setup.dt_s).max(1.0);
            zone.cache.push_even(rings.cache, 1.0, 1.0, steps + 1.0);
        }
        state
    }

    /// Pods, wherever they are; equal to [`State::desired`].
    ///
    /// ```
    /// use slackwater_core::nodes::plane::{Setup, State};
    /// let setup = Setup::healthy(40.0);
    /// let mut storage = vec![0.0; State::slots(&setup)];
    /// let state = State::new(&setup, &mut storage);
    /// assert_eq!(state.pods(), state.desired);
    /// ```
    pub fn pods(&self) -> f64 {
        self.zones.iter().map(Zone::pods).sum::<f64>() + self.pending + self.forgotten
    }
}
