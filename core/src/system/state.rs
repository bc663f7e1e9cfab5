//! Everything that changes: plain, versioned, apart from the scenario. A run can be saved, forked and
//! resumed at any step.
//!
//! Headers live here; ring storage is one borrowed slice, cut up by [`Layout`].

pub use super::layout::{LONGEST_TOLD_S, Layout, LineRings, MAX_QUEUES, NameRings, Rings};
use super::level::introduced;
use super::scenario::{Class, Follows, MAX_CLASSES, MAX_LEVELS, Scenario};
use crate::clients::population::Population;
use crate::dns::cache::Entries;
use crate::dns::dependence::Servers;
use crate::dns::{Dependence, MAX_GROUPS, MAX_TIERS};
use crate::lane::{Lane, across};
use crate::server::etcd::Store;
use crate::server::leader::Leaders;
use crate::server::lease::Holders;
use crate::server::memory::Mode;
use crate::verdict::gates::rate_per_s;
use heapless::Vec;

/// Version of the saved form; a state of another version is refused.
///
/// ```
/// use slackwater_core::system::scenario::Scenario;
/// use slackwater_core::system::state::{Layout, STATE_VERSION, State};
/// let scenario = Scenario::idle(1.0, 10.0, 2.0);
/// let layout = Layout::of(&scenario);
/// assert_eq!(State::new(&scenario, &layout, &mut vec![0.0; layout.length]).version, STATE_VERSION);
/// ```
pub const STATE_VERSION: u32 = 14;

/// One priority level in motion.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// use slackwater_core::system::scenario::{Level, Name, Scenario};
/// use slackwater_core::system::state::{Layout, State};
/// let mut scenario = Scenario { flow_control: true, ..Scenario::idle(1.0, 10.0, 2.0) };
/// for limits in limits(600, &DEFAULT_LEVELS)? {
///     let level = Level { name: Name::new(), limits, queues: 128, hand_size: 6, queue_length: 50, wait_s: 15.0 };
///     assert!(scenario.levels.push(level).is_ok());
/// }
/// let layout = Layout::of(&scenario);
/// let state = State::new(&scenario, &layout, &mut vec![0.0; layout.length]);
/// assert!(state.levels.iter().all(|level| level.used == 0.0 && level.retry_after_s == 1.0));
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelState<L> {
    /// Seats it may use now.
    pub limit: L,
    /// Seats in use at the end of the step.
    pub used: L,
    /// Seats wanted in the step, waiting requests included; integral since the last adjustment.
    pub demand_s: L,
    /// Integral of its square.
    pub demand_squared_s: L,
    /// Largest demand since the last adjustment.
    pub demand_max: L,
    /// Smoothed demand of the last adjustment.
    pub smoothed: L,
    /// Seat-seconds every busy queue has been entitled to: R of the fair queuing literature.
    pub progress: L,
    /// How fast it moved in the last step, a second.
    pub progress_per_s: L,
    /// Step from which on its seats have been short: how far it had come is known of each since.
    pub short_from: L,
    /// Queue of the hand at which the next arrival begins to look.
    pub dealt: L,
    /// Retry-After it gives, seconds.
    pub retry_after_s: L,
    /// Rejections since Retry-After was last set.
    pub dropped: L,
    /// Seconds since then.
    pub since_s: L,
}

/// The state of one cluster.
///
/// Cloning it together with its storage forks a run.
///
/// ```
/// # use slackwater_core::system::scenario::{Class, Scenario};
/// # use slackwater_core::system::state::{Layout, State};
/// # let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// # assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// # let layout = Layout::of(&scenario);
/// # let mut storage = vec![0.0; layout.length];
/// # let state = State::new(&scenario, &layout, &mut storage);
/// let (fork, fork_storage) = (state.clone(), storage.clone());
/// assert!(fork == state && fork_storage == storage);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State<L> {
    /// Version of this form.
    pub version: u32,
    /// Steps taken.
    pub steps: L,
    /// Place in the rings, one further with every step. Clusters that are stepped together share it, whenever each of
    /// them began.
    pub place: L,
    /// Seconds since the touch.
    pub now_s: L,
    /// Attained service: CPU-seconds a request running all along would have got.
    pub attained_s: L,
    /// Speed at which running requests were served in the last step.
    pub speed: L,
    /// Requests that wait for a turn of the run queue.
    pub line: L,
    /// Pods of the agent, over the cluster.
    pub agents: L,
    /// Pods of the agent created so far, over the cluster.
    pub created: L,
    /// Pods removed since the deletion got through.
    pub removed: L,
    /// Traffic classes.
    pub classes: Vec<Population<L>, MAX_CLASSES>,
    /// Priority levels.
    pub levels: Vec<LevelState<L>, MAX_LEVELS>,
    /// Virtual start of every queue of [`Layout::queues`]: the progress at which its next request is due.
    pub fair: Vec<L, MAX_QUEUES>,
    /// Seconds since limits were adjusted.
    pub since_adjusted_s: L,
    /// What an API server is doing.
    pub mode: Mode<L>,
    /// Bytes it wants.
    pub bytes: L,
    /// DNS caches by tier and group.
    pub caches: Vec<Entries<L>, { MAX_GROUPS * MAX_TIERS }>,
    /// DNS servers.
    pub servers: Servers<L>,
    /// Lookups per second that no cache answered.
    pub dns_reaching_per_s: L,
    /// Live lookups per second that need the API.
    pub dns_asks_per_s: L,
    /// How much longer requests take that read etcd, because it is overloaded; 1 if it is not.
    pub etcd_stretch: L,
    /// etcd, where requests wait for it.
    pub etcd: Store<L>,
    /// Nodes by the age of their leases, where they are followed.
    pub nodes: Holders<L>,
    /// Nodes marked NotReady.
    pub not_ready: L,
    /// Controllers that lead.
    pub leaders: Leaders<L>,
}

impl State<f64> {
    /// A healthy cluster in steady state, before the touch. `storage` needs [`Layout::length`] zeros.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::system::state::{Layout, State};
    /// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
    /// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
    /// let layout = Layout::of(&scenario);
    /// let mut storage = vec![0.0; layout.length];
    /// let state = State::new(&scenario, &layout, &mut storage);
    /// assert_eq!((state.steps, state.population()), (0.0, 300.0));
    /// ```
    pub fn new(scenario: &Scenario<f64>, layout: &Layout, storage: &mut [f64]) -> Self {
        storage.fill(0.0);
        let mut classes = Vec::new();
        for (class, rings) in scenario.classes.iter().zip(&layout.classes) {
            let slots = storage.get_mut(rings.idle.clone()).unwrap_or_default();
            let _ = classes.push(Population::new(scenario, class, slots));
        }
        let levels = introduced(scenario)
            .into_iter()
            .map(|limit| LevelState {
                limit,
                used: 0.0,
                demand_s: 0.0,
                demand_squared_s: 0.0,
                demand_max: 0.0,
                smoothed: 0.0,
                progress: 0.0,
                progress_per_s: 0.0,
                short_from: 0.0,
                dealt: 0.0,
                retry_after_s: 1.0,
                dropped: 0.0,
                since_s: 0.0,
            })
            .collect();
        let (mut nodes, mut leaders) = (Holders::none(), Leaders::new());
        if let Some(term) = &scenario.node_lease {
            let slots = storage.get_mut(layout.node_lease.clone()).unwrap_or_default();
            nodes.resize(term, slots, scenario.dt_s, scenario.nodes);
        }
        if let Some(election) = &scenario.election {
            let slots = storage.get_mut(layout.election.clone()).unwrap_or_default();
            leaders.holders.resize(&election.term, slots, scenario.dt_s, 1.0);
        }
        let mut caches = Vec::new();
        let mut rings = layout.dns.iter();
        for tier in &scenario.dns.tiers {
            for group in &scenario.dns.groups {
                let Some(places) = rings.next() else { break };
                let slots = storage.get_mut(places.valid.clone()).unwrap_or_default();
                let _ = caches.push(Entries::new(slots, group, tier, scenario.dt_s, scenario.dns.cold));
            }
        }
        let before = scenario.classes.iter().filter(|class| class.follows != Follows::Agent);
        let bytes = |class: &Class<f64>| rate_per_s(scenario, class) * class.etcd.writes * class.etcd.write_bytes;
        let written_per_s = before.map(bytes).sum::<f64>();
        let dns = &scenario.dns;
        let nearest_s = dns.tiers.first().map_or(0.0, |tier| tier.ttl_steps * scenario.dt_s) * (1.0 - dns.cold);
        let misses = dns.groups.iter().map(|g| g.names * g.lookups_per_s / (1.0 + g.lookups_per_s * nearest_s));
        let misses_per_s = misses.sum::<f64>() * dns.caches(0, scenario.nodes);
        Self {
            version: STATE_VERSION,
            steps: 0.0,
            place: 0.0,
            now_s: 0.0,
            attained_s: 0.0,
            speed: scenario.cpu.speed,
            line: 0.0,
            agents: 0.0,
            created: 0.0,
            removed: 0.0,
            classes,
            levels,
            fair: layout.queues.iter().map(|_| 0.0).collect(),
            since_adjusted_s: 0.0,
            mode: Mode::up(),
            bytes: 0.0,
            caches,
            servers: Servers::new(),
            dns_reaching_per_s: misses_per_s,
            dns_asks_per_s: if dns.dependence == Dependence::Live { misses_per_s } else { 0.0 },
            etcd_stretch: 1.0,
            etcd: Store::new(&scenario.etcd, scenario.nodes, written_per_s),
            nodes,
            not_ready: 0.0,
            leaders,
        }
    }
}

impl<L: Lane> State<L> {
    /// Requests or clients of every class that are somewhere in the system, on one API server.
    ///
    /// ```
    /// # use slackwater_core::system::scenario::{Class, Scenario};
    /// # use slackwater_core::system::state::{Layout, State};
    /// # let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
    /// # assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
    /// # let layout = Layout::of(&scenario);
    /// # let mut storage = vec![0.0; layout.length];
    /// # let mut state = State::new(&scenario, &layout, &mut storage);
    /// use slackwater_core::system::step::step;
    /// for _ in 0..100 {
    ///     step(&scenario, &layout, &mut state, &mut storage);
    /// }
    /// assert!((state.population() - 300.0).abs() < 1e-9); // nobody is lost, nobody appears
    /// ```
    pub fn population(&self) -> L {
        self.classes.iter().fold(L::zero(), |sum, class| sum + class.clients())
    }
}

across!(LevelState {
    limit,
    used,
    demand_s,
    demand_squared_s,
    demand_max,
    smoothed,
    progress,
    progress_per_s,
    short_from,
    dealt,
    retry_after_s,
    dropped,
    since_s
});
across!(State {
    steps, place, now_s, attained_s, speed, line, agents, created, removed, classes, levels, fair, since_adjusted_s,
    mode, bytes, caches, servers, dns_reaching_per_s, dns_asks_per_s, etcd_stretch, etcd, nodes, not_ready, leaders
} same { version });
