//! What became of every request, and what that makes for a flow.

use super::Scenario;
use crate::events::arrivals::Arrival;
use crate::events::queueset::{LevelState, QueueSet, Reason};
use slackwater_core::flowcontrol::seat_demand::LevelDemand;

/// How a request ended.
///
/// ```
/// use slackwater_study::events::queueset::Reason;
/// use slackwater_study::events::replay::Fate;
/// assert_eq!(Fate::Rejected(Reason::QueueFull).name(), "queue-full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has neither run nor been rejected yet.
    Waiting,
    /// It has run.
    Dispatched,
    /// It was turned away.
    Rejected(Reason),
}

impl Fate {
    /// A word for it; for rejections that of the metric.
    ///
    /// ```
    /// use slackwater_study::events::replay::Fate;
    /// assert_eq!(Fate::Dispatched.name(), "dispatched");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Dispatched => "dispatched",
            Self::Rejected(reason) => reason.name(),
        }
    }
}

/// One request.
///
/// ```
/// use slackwater_study::events::arrivals::Arrival;
/// use slackwater_study::events::replay::Record;
/// let request = Record::new(Arrival { at_ns: 5, exec_ns: 7, initial_seats: 1 }, 0);
/// assert_eq!(request.seats_held, 0); // not dispatched yet
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Index of its flow.
    pub flow: usize,
    /// When it came and what it needs.
    pub arrival: Arrival,
    /// How it ended.
    pub fate: Fate,
    /// Nanoseconds in the queue.
    pub wait_ns: u64,
    /// Index of its queue, if it ever was in one.
    pub queue: Option<usize>,
    /// Seats it held; 0 if it did not run.
    pub seats_held: u32,
    /// When its seats were free again, in nanoseconds.
    pub freed_ns: u64,
}

impl Record {
    /// A request of which nothing is known yet.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Arrival;
    /// use slackwater_study::events::replay::{Fate, Record};
    /// assert_eq!(Record::new(Arrival { at_ns: 5, exec_ns: 7, initial_seats: 1 }, 0).fate, Fate::Waiting);
    /// ```
    pub fn new(arrival: Arrival, flow: usize) -> Self {
        Self { flow, arrival, fate: Fate::Waiting, wait_ns: 0, queue: None, seats_held: 0, freed_ns: 0 }
    }

    /// Seats times nanoseconds it held them before `end_ns`.
    fn seat_ns_before(&self, end_ns: u64) -> u128 {
        let from_ns = self.arrival.at_ns.saturating_add(self.wait_ns);
        u128::from(self.freed_ns.min(end_ns).saturating_sub(from_ns)) * u128::from(self.seats_held)
    }
}

/// Rejected requests by reason.
///
/// ```
/// use slackwater_study::events::replay::Rejections;
/// assert_eq!(Rejections { queue_full: 2, time_out: 3, ..Rejections::default() }.total(), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejections {
    /// Too few free seats in a level without queues.
    pub concurrency_limit: usize,
    /// All seats in use and the queue at its limit.
    pub queue_full: usize,
    /// Waited too long.
    pub time_out: usize,
}

impl Rejections {
    /// All of them.
    ///
    /// ```
    /// use slackwater_study::events::replay::Rejections;
    /// assert_eq!(Rejections::default().total(), 0);
    /// ```
    pub fn total(self) -> usize {
        self.concurrency_limit + self.queue_full + self.time_out
    }
}

/// Waits of dispatched requests, in nanoseconds.
///
/// ```
/// use slackwater_study::events::replay::Waits;
/// let waits = Waits::of(vec![30, 10, 20]);
/// assert_eq!((waits.mean_ns, waits.p50_ns, waits.p99_ns, waits.max_ns), (20.0, 20, 30, 30));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Waits {
    /// Sum.
    pub sum_ns: u128,
    /// Mean; 0 if nothing was dispatched.
    pub mean_ns: f64,
    /// Median.
    pub p50_ns: u64,
    /// 99th percentile.
    pub p99_ns: u64,
    /// Longest.
    pub max_ns: u64,
}

impl Waits {
    /// Sums up the waits given, in any order.
    ///
    /// # Formula
    ///
    /// The q-th percentile of n waits is the one of rank ceil(q n / 100) in ascending order: the nearest rank method.
    ///
    /// ```
    /// use slackwater_study::events::replay::Waits;
    /// assert_eq!(Waits::of(Vec::new()), Waits::default());
    /// ```
    pub fn of(mut waits_ns: Vec<u64>) -> Self {
        waits_ns.sort_unstable();
        let count = waits_ns.len();
        let rank = |percent: usize| waits_ns.get((percent * count).div_ceil(100).saturating_sub(1)).copied();
        let sum_ns: u128 = waits_ns.iter().copied().map(u128::from).sum();
        Self {
            sum_ns,
            mean_ns: if count == 0 { 0.0 } else { sum_ns as f64 / count as f64 },
            p50_ns: rank(50).unwrap_or(0),
            p99_ns: rank(99).unwrap_or(0),
            max_ns: rank(100).unwrap_or(0),
        }
    }
}

/// What a flow got.
///
/// ```
/// use slackwater_study::events::replay::FlowOutcome;
/// assert_eq!(FlowOutcome::default().dispatched, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowOutcome {
    /// Requests that arrived.
    pub arrivals: usize,
    /// Requests that ran.
    pub dispatched: usize,
    /// Requests turned away.
    pub rejected: Rejections,
    /// Waits of those that ran.
    pub waits: Waits,
    /// Seats held times seconds held, before the end of arrivals; additional latency included.
    pub seat_seconds_in_window: f64,
}

/// What a replay tells.
///
/// ```
/// use slackwater_study::events::replay::Outcome;
/// assert!(Outcome::of(&[]).requests.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// By flow, in the order of the scenario.
    pub flows: Vec<FlowOutcome>,
    /// By request, in order of arrival.
    pub requests: Vec<Record>,
    /// Longest queue, right after an arrival.
    pub max_queue_length: usize,
    /// Most seats in use.
    pub max_seats_in_use: u64,
    /// Time of the last event, in nanoseconds. The wait limit of a request that had to wait is one, even if the request
    /// was dispatched before.
    pub drained_at_ns: u64,
    /// The level when arrivals end.
    pub at_window_end: LevelState,
    /// Seat demand from the start to the end of arrivals.
    pub seat_demand: LevelDemand,
    /// The count of waiting seats after the last event; 0 unless final seats were cut.
    pub seats_waiting_after_drain: u64,
    /// Events at the same nanosecond as the one before. If there are none, no rule for ties had a say.
    pub event_ties: usize,
}

impl Outcome {
    /// Nothing has happened yet to `arrivals`, each with the index of its flow.
    ///
    /// ```
    /// use slackwater_study::events::arrivals::Arrival;
    /// use slackwater_study::events::replay::Outcome;
    /// let outcome = Outcome::of(&[(Arrival { at_ns: 5, exec_ns: 7, initial_seats: 1 }, 0)]);
    /// assert_eq!(outcome.requests.len(), 1);
    /// ```
    pub fn of(arrivals: &[(Arrival, usize)]) -> Self {
        Self {
            flows: Vec::new(),
            requests: arrivals.iter().map(|(arrival, flow)| Record::new(*arrival, *flow)).collect(),
            max_queue_length: 0,
            max_seats_in_use: 0,
            drained_at_ns: 0,
            at_window_end: LevelState::default(),
            seat_demand: LevelDemand::default(),
            seats_waiting_after_drain: 0,
            event_ties: 0,
        }
    }

    pub(super) fn note(&mut self, index: usize, fate: Fate, wait_ns: u64, seats_held: u32) {
        if let Some(record) = self.requests.get_mut(index) {
            *record = Record { fate, wait_ns, seats_held, ..*record };
        }
    }

    pub(super) fn is_waiting(&self, index: usize) -> bool {
        self.requests.get(index).is_some_and(|record| record.fate == Fate::Waiting)
    }

    pub(super) fn joined(&mut self, index: usize, queue: usize, length: usize) {
        self.max_queue_length = self.max_queue_length.max(length);
        if let Some(record) = self.requests.get_mut(index) {
            record.queue = Some(queue);
        }
    }

    pub(super) fn freed(&mut self, index: usize, freed_ns: u64) {
        if let Some(record) = self.requests.get_mut(index) {
            record.freed_ns = freed_ns;
        }
    }

    pub(super) fn close_window(&mut self, level: &QueueSet, end_ns: u64) {
        self.at_window_end = level.state();
        self.seat_demand = level.seat_demand(end_ns);
    }

    pub(super) fn sum_up(&mut self, scenario: &Scenario, level: &QueueSet) {
        self.seats_waiting_after_drain = level.state().seats_waiting;
        self.flows = (0..scenario.flows.len()).map(|flow| self.flow(flow, scenario.duration_ns)).collect();
    }

    fn flow(&self, flow: usize, end_ns: u64) -> FlowOutcome {
        let mut outcome = FlowOutcome::default();
        let mut waits_ns = Vec::new();
        let mut seat_ns = 0;
        for record in self.requests.iter().filter(|record| record.flow == flow) {
            outcome.arrivals += 1;
            seat_ns += record.seat_ns_before(end_ns);
            match record.fate {
                Fate::Waiting => {}
                Fate::Dispatched => waits_ns.push(record.wait_ns),
                Fate::Rejected(Reason::ConcurrencyLimit) => outcome.rejected.concurrency_limit += 1,
                Fate::Rejected(Reason::QueueFull) => outcome.rejected.queue_full += 1,
                Fate::Rejected(Reason::TimeOut) => outcome.rejected.time_out += 1,
            }
        }
        outcome.dispatched = waits_ns.len();
        outcome.waits = Waits::of(waits_ns);
        outcome.seat_seconds_in_window = seat_ns as f64 / 1e9;
        outcome
    }
}
