//! Parts of the model that a step is compiled with.

use super::scenario::{Arrivals, Class, Scenario};
use crate::lane::Lane;
use crate::rollout::actions::NEVER_S;

/// What scenarios make use of. A step told at compile time what they do not use leaves it out, and has the same bits.
///
/// ```
/// use slackwater_core::system::parts::Parts;
/// use slackwater_core::system::scenario::{Class, Scenario};
/// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// assert_eq!(Parts::of(&scenario), Parts::FEWEST);
/// scenario.actions.kill_s = 600.0;
/// assert_eq!(Parts::of(&scenario), Parts { falls: true, ..Parts::FEWEST });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is used or it is not, whatever the others are")]
pub struct Parts {
    /// Priority levels: seats, queues for them, seats held after the answer.
    pub levels: bool,
    /// etcd, node leases, leader election, watches that are opened.
    pub store: bool,
    /// Servers that can go down: memory that requests take, kills, restarts.
    pub falls: bool,
    /// Turns of the run queue, and CPU that grows with the requests in service.
    pub crowds: bool,
}

impl Parts {
    /// All there are.
    ///
    /// ```
    /// use slackwater_core::system::parts::Parts;
    /// assert!(Parts::ALL.levels && Parts::ALL.store && Parts::ALL.falls && Parts::ALL.crowds);
    /// ```
    pub const ALL: Self = Self { levels: true, store: true, falls: true, crowds: true };

    /// Clients, CPU, deadlines, retries, names, and what people do.
    ///
    /// ```
    /// use slackwater_core::system::parts::Parts;
    /// assert_ne!(Parts::FEWEST, Parts::ALL);
    /// ```
    pub const FEWEST: Self = Self { levels: false, store: false, falls: false, crowds: false };

    /// Parts that a scenario can come to use, in any of its lanes, from a [healthy start](super::state::State::new) on.
    ///
    /// ```
    /// use slackwater_core::system::parts::Parts;
    /// use slackwater_core::system::scenario::Scenario;
    /// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
    /// scenario.cpu.turn_s = 0.01;
    /// assert!(Parts::of(&scenario).crowds);
    /// ```
    pub fn of<L: Lane>(scenario: &Scenario<L>) -> Self {
        let any = |x: L| L::any(x);
        let classes = &scenario.classes;
        let memory = &scenario.memory;
        let never = |at_s: L| !any(L::splat(NEVER_S).gt(at_s));
        // What is there before the first request, at the most nodes there are.
        let at_rest = memory.base_bytes + memory.bytes_per_node * scenario.nodes;
        let takes_memory = any(memory.bytes_per_waiting + scenario.bytes_per_watch + at_rest.gt(memory.limit_bytes))
            || any(L::one().gt(scenario.actions.grow_by))
            || classes.iter().any(|class| any(class.bytes_base) || any(class.bytes_per_node));
        let opens = |arrivals: Arrivals| matches!(arrivals, Arrivals::Watch | Arrivals::Opens);
        Self {
            levels: scenario.flow_control || !scenario.levels.is_empty() || classes.iter().any(Class::lingers),
            store: scenario.etcd.on
                || scenario.node_lease.is_some()
                || scenario.election.is_some()
                || classes
                    .iter()
                    .any(|class| opens(class.arrivals) || class.opens.is_some() || any(class.etcd_s(scenario.nodes))),
            falls: takes_memory || !never(scenario.actions.kill_s) || !never(scenario.actions.restart_s),
            crowds: any(scenario.cpu.turn_s) || any(scenario.cpu.growth),
        }
    }

    /// These and those.
    ///
    /// ```
    /// use slackwater_core::system::parts::Parts;
    /// let kills = Parts { falls: true, ..Parts::FEWEST };
    /// assert_eq!((kills.and(Parts::FEWEST), kills.and(Parts::ALL)), (kills, Parts::ALL));
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            levels: self.levels || other.levels,
            store: self.store || other.store,
            falls: self.falls || other.falls,
            crowds: self.crowds || other.crowds,
        }
    }

    /// Whether etcd stands between a server and its requests.
    #[inline(always)]
    pub(crate) fn etcd<L>(self, scenario: &Scenario<L>) -> bool {
        self.store && scenario.etcd.on
    }

    /// Whether somebody counts seats.
    #[inline(always)]
    pub(crate) fn seats<L>(self, scenario: &Scenario<L>) -> bool {
        self.levels && !scenario.levels.is_empty()
    }

    /// Whether requests can wait before they start.
    #[inline(always)]
    pub(crate) fn waits(self) -> bool {
        self.levels || self.store || self.crowds
    }

    /// Queues of a class that are looked at, of as many as are in use.
    #[inline(always)]
    pub(crate) fn wide(self, wide: usize) -> usize {
        if self.levels { wide } else { 1 }
    }
}
