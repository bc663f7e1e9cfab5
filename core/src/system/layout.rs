//! Where everything of a state lies in the storage that the caller lends: rings by class and queue, DNS caches, the
//! attained-service clock; and which queues of flow control a class may join.

use super::rings::in_order;
use super::scenario::{Arrivals, Class, MAX_CLASSES, MAX_LEVELS, Scenario};
use crate::clients::line::HAND;
use crate::cohort::slots_for;
use crate::dns::cache::Slots;
use crate::dns::{MAX_GROUPS, MAX_TIERS};
use crate::flowcontrol::shuffle::Dealer;
use core::ops::Range;
use heapless::Vec;

/// Longest Retry-After a server gives, seconds (apiserver dropped_requests_tracker.go).
///
/// ```
/// use slackwater_core::clients::retry::Retry;
/// use slackwater_core::system::state::LONGEST_TOLD_S;
/// assert!(Retry::client_go().longest_s(LONGEST_TOLD_S) >= LONGEST_TOLD_S);
/// ```
pub const LONGEST_TOLD_S: f64 = 32.0;

/// Most queues of all priority levels that classes can join.
///
/// ```
/// use slackwater_core::clients::line::HAND;
/// use slackwater_core::system::{scenario::MAX_CLASSES, state::MAX_QUEUES};
/// assert_eq!(MAX_QUEUES, MAX_CLASSES * HAND); // a hand for every class
/// ```
pub const MAX_QUEUES: usize = MAX_CLASSES * HAND;

/// Rings of one queue of a class in the borrowed storage.
///
/// ```
/// use slackwater_core::system::state::LineRings;
/// assert!(LineRings::default().running.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LineRings {
    /// Requests waiting for seats, by the end of their patience.
    pub queue: Range<usize>,
    /// Requests that wait for etcd, by when it gives them up; empty if they do not.
    pub etcd: Range<usize>,
    /// Requests in service, by the step in which they started; then, in a ring as long, what those had waited for seats.
    pub running: Range<usize>,
}

/// Rings of one class in the borrowed storage.
///
/// ```
/// use slackwater_core::system::state::Rings;
/// assert!(Rings::default().lines.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Rings {
    /// Clients until their next tick.
    pub idle: Range<usize>,
    /// Clients until their next try.
    pub backoff: Range<usize>,
    /// Requests that hold seats after their answer; empty if none does.
    pub lingering: Range<usize>,
    /// One for every queue the class may use: its hand, or one where the level has no queues.
    pub lines: Vec<LineRings, HAND>,
    /// Which queue each of them is, among the queues of all levels: flows may share some. Empty where the level has
    /// no queues.
    pub queues: Vec<u16, HAND>,
}

/// Where the entries of one group of names in one tier lie, in this order.
///
/// ```
/// use slackwater_core::system::state::NameRings;
/// assert!(NameRings::default().valid.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NameRings {
    /// Within their TTL.
    pub valid: Range<usize>,
    /// Past it and handed out.
    pub stale: Range<usize>,
    /// Failures that are remembered, where older ones are handed out.
    pub recent: Range<usize>,
    /// Failures past that, handed out.
    pub old: Range<usize>,
}

impl NameRings {
    /// These pieces of the storage; empty if the layout belongs to another scenario.
    ///
    /// ```
    /// use slackwater_core::system::state::NameRings;
    /// let places = NameRings { valid: 0..2, stale: 2..5, recent: 5..5, old: 5..5 };
    /// assert_eq!(places.cut(&mut [0.0; 8]).stale.len(), 3);
    /// ```
    #[inline(always)]
    pub fn cut<'a, L>(&self, storage: &'a mut [L]) -> Slots<'a, L> {
        let [valid, stale, recent, old] = in_order(storage, [&self.valid, &self.stale, &self.recent, &self.old]);
        Slots { valid, stale, recent, old }
    }
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
    /// Entries of caches by tier and group.
    pub dns: Vec<NameRings, { MAX_GROUPS * MAX_TIERS }>,
    /// Level and number of every queue that a class may join, level by level.
    pub queues: Vec<(u16, u32), MAX_QUEUES>,
    /// Where the queues of each level begin and end in that list.
    pub levels: Vec<Range<u16>, MAX_LEVELS>,
    /// How far each level had come at the start of each recent step in which its seats were short; empty for a level
    /// without queues.
    pub progress: Vec<Range<usize>, MAX_LEVELS>,
    /// Holders of node leases.
    pub node_lease: Range<usize>,
    /// Leaders, and those that would be.
    pub election: Range<usize>,
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
        for level in 0..scenario.levels.len() {
            let first = layout.queues.len() as u16;
            for class in scenario.classes.iter().filter(|class| class.level == level) {
                deal(scenario, class, &mut layout.queues);
            }
            // As many as there are levels.
            let _ = layout.levels.push(first..layout.queues.len() as u16);
        }
        let mut longest_run = 0;
        for class in &scenario.classes {
            let wait_s = scenario.levels.get(class.level).map_or(0.0, |level| level.wait_s);
            let poll = matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay);
            // A power of two, so that a step finds its place by a mask.
            let run = ((class.timeout_s / dt_s) as usize + 4).next_power_of_two();
            longest_run = longest_run.max(run);
            let queues = deal(scenario, class, &mut layout.queues);
            // Who gave up knows it a timeout later, and waits for the tick after.
            let idle = cut(slots_for(if poll { class.period_s + class.timeout_s } else { 0.0 }, dt_s));
            let backoff = cut(slots_for(class.retry.longest_s(LONGEST_TOLD_S) + class.timeout_s, dt_s));
            // A level has one seat at least; a smaller number of seats is held for longer.
            let lingers_s = class.last_s * class.last_seats.max(1.0);
            let lingering = cut(if class.lingers() { slots_for(lingers_s, dt_s) } else { 0 });
            let store = if scenario.etcd.on && class.uses_etcd() {
                slots_for(class.timeout_s.min(scenario.etcd.gives_up_s), dt_s)
            } else {
                0
            };
            let mut lines = Vec::new();
            for _ in 0..queues.len().max(1) {
                let queue = cut(slots_for(wait_s, dt_s));
                let etcd = cut(store);
                // As many as a hand has at most.
                let _ = lines.push(LineRings { queue, etcd, running: cut(2 * run) });
            }
            let rings = Rings { idle, backoff, lingering, lines, queues };
            // Both lists have room for every class.
            let _ = layout.classes.push(rings);
        }
        for tier in &scenario.dns.tiers {
            for _ in &scenario.dns.groups {
                let valid = cut(slots_for(tier.ttl_steps, 1.0));
                let stale = cut(slots_for(tier.stale_steps, 1.0));
                let failures = tier.stale_steps > 0.0 && tier.negative_steps > 0.0;
                let mut held = |steps: f64| cut(if failures { slots_for(steps, 1.0) } else { 0 });
                let (recent, old) = (held(tier.negative_steps), held(tier.stale_steps));
                let _ = layout.dns.push(NameRings { valid, stale, recent, old });
            }
        }
        for level in &scenario.levels {
            let queues = level.queues > 0 && !level.limits.exempt;
            let recent = if queues { ((level.wait_s / dt_s) as usize + 4).next_power_of_two() } else { 0 };
            // As many as there are levels.
            let _ = layout.progress.push(cut(recent));
        }
        layout.node_lease = cut(scenario.node_lease.as_ref().map_or(0, |term| term.slots(dt_s)));
        layout.election = cut(scenario.election.as_ref().map_or(0, |election| election.slots(dt_s)));
        layout.attained = cut((longest_run + 2).next_power_of_two());
        layout.length = end;
        layout
    }

    /// Whether scenarios laid out so can be lanes of one: the same hands of queues, and the same length of every ring
    /// whose length has a say in a result.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::system::state::Layout;
    /// let poll = |period_s: f64, timeout_s: f64| {
    ///     let mut scenario = Scenario::idle(1.0, 100.0, 4.0);
    ///     let _ = scenario.classes.push(Class { timeout_s, ..Class::poll(1.0, period_s, 0.1) });
    ///     Layout::of(&scenario)
    /// };
    /// assert!(poll(20.0, 60.0).alike(&poll(90.0, 60.0)) && !poll(20.0, 60.0).alike(&poll(20.0, 600.0)));
    /// ```
    pub fn alike(&self, other: &Self) -> bool {
        let line = |(a, b): (&LineRings, &LineRings)| {
            a.queue.len() == b.queue.len() && a.etcd.len() == b.etcd.len() && a.running.len() == b.running.len()
        };
        let class = |(a, b): (&Rings, &Rings)| {
            a.queues == b.queues && a.lines.len() == b.lines.len() && a.lines.iter().zip(&b.lines).all(line)
        };
        self.classes.len() == other.classes.len()
            && self.classes.iter().zip(&other.classes).all(class)
            && self.dns.len() == other.dns.len()
            && self.queues == other.queues
            && self.levels == other.levels
            && self.progress.iter().map(Range::len).eq(other.progress.iter().map(Range::len))
            && self.attained.len() == other.attained.len()
    }

    /// Room for both of two [alike](Layout::alike) layouts: every ring as long as the longer one.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::system::state::Layout;
    /// let of = |period_s: f64| {
    ///     let mut scenario = Scenario::idle(1.0, 100.0, 4.0);
    ///     let _ = scenario.classes.push(Class::poll(1.0, period_s, 0.1));
    ///     Layout::of(&scenario)
    /// };
    /// assert_eq!(of(20.0).wider(&of(90.0)), of(90.0));
    /// ```
    #[must_use]
    pub fn wider(&self, other: &Self) -> Self {
        let mut both = self.clone();
        let mut end = 0;
        let mut cut = |mine: &mut Range<usize>, other: &Range<usize>| {
            let length = mine.len().max(other.len());
            *mine = end..end + length;
            end += length;
        };
        for (mine, other) in both.classes.iter_mut().zip(&other.classes) {
            cut(&mut mine.idle, &other.idle);
            cut(&mut mine.backoff, &other.backoff);
            cut(&mut mine.lingering, &other.lingering);
            for (mine, other) in mine.lines.iter_mut().zip(&other.lines) {
                cut(&mut mine.queue, &other.queue);
                cut(&mut mine.etcd, &other.etcd);
                cut(&mut mine.running, &other.running);
            }
        }
        for (mine, other) in both.dns.iter_mut().zip(&other.dns) {
            cut(&mut mine.valid, &other.valid);
            cut(&mut mine.stale, &other.stale);
            cut(&mut mine.recent, &other.recent);
            cut(&mut mine.old, &other.old);
        }
        for (mine, other) in both.progress.iter_mut().zip(&other.progress) {
            cut(mine, other);
        }
        cut(&mut both.node_lease, &other.node_lease);
        cut(&mut both.election, &other.election);
        cut(&mut both.attained, &other.attained);
        both.length = end;
        both
    }
}

/// The hand of a class, as numbers among all queues; empty for a level without queues.
///
/// Queues that are not known yet join the list.
fn deal(scenario: &Scenario<f64>, class: &Class<f64>, known: &mut Vec<(u16, u32), MAX_QUEUES>) -> Vec<u16, HAND> {
    let level = scenario.levels.get(class.level).filter(|level| level.queues > 0 && !level.limits.exempt);
    let dealer = level.and_then(|level| Dealer::new(level.queues, level.hand_size.max(1)).ok());
    let dealt = dealer.map(|dealer| dealer.deal(class.flow_hash)).unwrap_or_default();
    let mut queues = Vec::new();
    for number in dealt.into_iter().take(HAND) {
        let queue = (class.level as u16, number);
        let place = known.iter().position(|other| *other == queue).or_else(|| {
            known.push(queue).ok()?;
            Some(known.len() - 1)
        });
        if let Some(place) = place {
            let _ = queues.push(place as u16);
        }
    }
    queues
}
