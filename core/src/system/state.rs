//! Everything that changes: plain, versioned, apart from the scenario. A run can be saved, forked and
//! resumed at any step.
//!
//! Headers live here; ring storage is one borrowed slice, cut up by [`Layout`].

use super::scenario::{Arrivals, MAX_CLASSES, MAX_LEVELS, Scenario};
use crate::clients::population::Population;
use crate::cohort::slots_for;
use crate::dns::cache::Entries;
use crate::dns::dependence::Servers;
use crate::dns::{Dependence, MAX_GROUPS, MAX_TIERS};
use crate::flowcontrol::borrowing::BorrowingState;
use crate::flowcontrol::seat_demand::LevelDemand;
use crate::lane::Lane;
use crate::server::memory::Mode;
use core::ops::Range;
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
pub const STATE_VERSION: u32 = 2;

/// Longest Retry-After a server gives, seconds (apiserver dropped_requests_tracker.go).
///
/// ```
/// use slackwater_core::clients::retry::Retry;
/// use slackwater_core::system::state::LONGEST_TOLD_S;
/// assert!(Retry::client_go().longest_s(LONGEST_TOLD_S) >= LONGEST_TOLD_S);
/// ```
pub const LONGEST_TOLD_S: f64 = 32.0;

/// Rings of one class in the borrowed storage.
///
/// ```
/// use slackwater_core::system::state::Rings;
/// assert!(Rings::default().running.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Rings {
    /// Clients until their next tick.
    pub idle: Range<usize>,
    /// Requests waiting for seats, by the end of their patience.
    pub queue: Range<usize>,
    /// Requests in service, by deadline.
    pub deadline: Range<usize>,
    /// Clients until their next try.
    pub backoff: Range<usize>,
    /// Requests in service, by the step in which they started.
    pub running: Range<usize>,
}

/// Where everything lies in the borrowed storage.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::system::state::Layout;
/// let mut scenario = Scenario::idle(1.0, 10.0, 2.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 60.0, 0.1)).is_ok());
/// let layout = Layout::of(&scenario);
/// assert_eq!(layout.attained.end, layout.length); // the rings lie one after the other
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Layout {
    /// Rings by class.
    pub classes: Vec<Rings, MAX_CLASSES>,
    /// Valid and stale rings by tier and group.
    pub dns: Vec<(Range<usize>, Range<usize>), { MAX_GROUPS * MAX_TIERS }>,
    /// Attained service at the start of each recent step.
    pub attained: Range<usize>,
    /// Numbers needed in all.
    pub length: usize,
}

impl Layout {
    /// Cuts storage for a scenario. Lengths follow timers, never the number of nodes.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::system::state::Layout;
    /// let length = |nodes: f64| {
    ///     let mut scenario = Scenario::idle(1.0, nodes, 2.0);
    ///     let _ = scenario.classes.push(Class::poll(1.0, 60.0, 0.1));
    ///     Layout::of(&scenario).length
    /// };
    /// assert_eq!(length(10.0), length(100_000.0));
    /// ```
    pub fn of(scenario: &Scenario<f64>) -> Self {
        let mut layout = Self::default();
        let dt_s = scenario.dt_s;
        let mut end = 0;
        let mut cut = |length: usize| {
            end += length;
            end - length..end
        };
        let mut longest_run = 0;
        for class in &scenario.classes {
            let wait_s = scenario.levels.get(class.level).map_or(0.0, |level| level.wait_s);
            let poll = matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay);
            // A power of two, so that a step finds its place by a mask.
            let run = ((class.timeout_s / dt_s) as usize + 4).next_power_of_two();
            longest_run = longest_run.max(run);
            let rings = Rings {
                idle: cut(slots_for(if poll { class.period_s } else { 0.0 }, dt_s)),
                queue: cut(slots_for(wait_s, dt_s)),
                deadline: cut(slots_for(class.timeout_s, dt_s)),
                backoff: cut(slots_for(class.retry.longest_s(LONGEST_TOLD_S) + class.timeout_s, dt_s)),
                running: cut(run),
            };
            // Both lists have room for every class.
            let _ = layout.classes.push(rings);
        }
        for tier in &scenario.dns.tiers {
            for _ in &scenario.dns.groups {
                let valid = cut(slots_for(tier.ttl_steps, 1.0));
                let _ = layout.dns.push((valid, cut(slots_for(tier.stale_steps, 1.0))));
            }
        }
        layout.attained = cut((longest_run + 2).next_power_of_two());
        layout.length = end;
        layout
    }
}

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
    pub steps: u64,
    /// Seconds since the touch.
    pub now_s: L,
    /// Attained service: CPU-seconds a request running all along would have got.
    pub attained_s: L,
    /// Speed at which running requests were served in the last step.
    pub speed: L,
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
    /// assert_eq!((state.steps, state.population()), (0, 300.0));
    /// ```
    pub fn new(scenario: &Scenario<f64>, layout: &Layout, storage: &mut [f64]) -> Self {
        storage.fill(0.0);
        let mut classes = Vec::new();
        for (class, rings) in scenario.classes.iter().zip(&layout.classes) {
            let slots = storage.get_mut(rings.idle.clone()).unwrap_or_default();
            let _ = classes.push(Population::new(scenario, class, slots));
        }
        let limits: Vec<_, MAX_LEVELS> = scenario.levels.iter().map(|level| level.limits).collect();
        let idle: Vec<_, MAX_LEVELS> = limits.iter().map(|_| LevelDemand::default()).collect();
        let mut started = BorrowingState::introduced(&limits);
        if scenario.flow_control {
            // A server that has run for a while has been through adjustments without any load to speak of.
            let _ = started.update(&limits, &idle);
        }
        let levels = limits
            .iter()
            .zip(started.current)
            .map(|(level, current)| LevelState {
                limit: f64::from(if scenario.flow_control { current } else { level.nominal }),
                used: 0.0,
                demand_s: 0.0,
                demand_squared_s: 0.0,
                demand_max: 0.0,
                smoothed: 0.0,
                retry_after_s: 1.0,
                dropped: 0.0,
                since_s: 0.0,
            })
            .collect();
        let mut caches = Vec::new();
        let mut rings = layout.dns.iter();
        for tier in &scenario.dns.tiers {
            for group in &scenario.dns.groups {
                let Some((valid, _)) = rings.next() else { break };
                let slots = storage.get_mut(valid.clone()).unwrap_or_default();
                let _ = caches.push(Entries::new(slots, group, tier, scenario.dt_s, scenario.dns.cold));
            }
        }
        let dns = &scenario.dns;
        let nearest_s = dns.tiers.first().map_or(0.0, |tier| tier.ttl_steps * scenario.dt_s) * (1.0 - dns.cold);
        let misses = dns.groups.iter().map(|g| g.names * g.lookups_per_s / (1.0 + g.lookups_per_s * nearest_s));
        let misses_per_s = misses.sum::<f64>() * dns.caches(0, scenario.nodes);
        Self {
            version: STATE_VERSION,
            steps: 0,
            now_s: 0.0,
            attained_s: 0.0,
            speed: scenario.cpu.speed,
            agents: 0.0,
            created: 0.0,
            removed: 0.0,
            classes,
            levels,
            since_adjusted_s: 0.0,
            mode: Mode::up(),
            bytes: 0.0,
            caches,
            servers: Servers::new(),
            dns_reaching_per_s: misses_per_s,
            dns_asks_per_s: if dns.dependence == Dependence::Live { misses_per_s } else { 0.0 },
            etcd_stretch: 1.0,
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
