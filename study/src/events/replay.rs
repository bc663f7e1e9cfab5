//! One priority level under load, from the first arrival to the last free seat.

mod outcome;

pub use outcome::{Fate, FlowOutcome, Outcome, Record, Rejections, Waits};

use super::arrivals::{Arrival, ArrivalError, Arrivals};
use super::queueset::{Dispatched, QueueSet, QueueSetError, Queuing, Reason, Request, Started, Ticket, Work};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use thiserror::Error;

/// A flow: one queue hand, one kind of requests.
///
/// ```
/// # use slackwater_study::events::replay::Flow;
/// # use slackwater_study::events::arrivals::{Arrivals, Distribution};
/// let writes = Flow {
///     hash: 1, final_seats: 4, additional_latency_ns: 50_000_000,
///     arrivals: Arrivals {
///         seed: 1, start_ns: 0, stop_ns: 100, gap_ns: Distribution::Exponential { mean: 10 }, batch_size: 1,
///         batch_spacing_ns: 0, exec_ns: Distribution::Fixed(5), initial_seats: Distribution::Fixed(1),
///     },
/// };
/// assert!(writes.arrivals.until(100).is_ok_and(|requests| !requests.is_empty()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Hash of the flow, from which its queues are dealt.
    pub hash: u64,
    /// Its requests.
    pub arrivals: Arrivals,
    /// Seats of each after it has executed.
    pub final_seats: u32,
    /// Nanoseconds for which seats are held after it has executed.
    pub additional_latency_ns: u64,
}

/// Another limit from some time on.
///
/// ```
/// use slackwater_study::events::replay::LimitChange;
/// assert_eq!(LimitChange { at_ns: 10_000_000_000, concurrency_limit: 20 }.concurrency_limit, 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// When, in nanoseconds.
    pub at_ns: u64,
    /// Seats from then on.
    pub concurrency_limit: u32,
}

/// A level and its load.
///
/// ```
/// use slackwater_study::events::queueset::Queuing;
/// use slackwater_study::events::replay::{Scenario, replay};
/// let idle = Scenario {
///     duration_ns: 1_000, queuing: Queuing::Reject, concurrency_limit: 13, limit_changes: Vec::new(),
///     queue_wait_limit_ns: 100, flows: Vec::new(),
/// };
/// assert_eq!(replay(&idle)?.max_seats_in_use, 0);
/// # Ok::<(), slackwater_study::events::replay::ReplayError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Requests arrive before this time, in nanoseconds; all are followed to their end.
    pub duration_ns: u64,
    /// What the level does with requests that find no seat.
    pub queuing: Queuing,
    /// Seats of the level at the start.
    pub concurrency_limit: u32,
    /// Later limits.
    pub limit_changes: Vec<LimitChange>,
    /// Nanoseconds a request may wait.
    pub queue_wait_limit_ns: u64,
    /// Who sends.
    pub flows: Vec<Flow>,
}

impl Scenario {
    /// The requests of each flow.
    ///
    /// # Errors
    ///
    /// [`ArrivalError`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::Queuing;
    /// use slackwater_study::events::replay::Scenario;
    /// let idle = Scenario {
    ///     duration_ns: 1_000, queuing: Queuing::Reject, concurrency_limit: 13, limit_changes: Vec::new(),
    ///     queue_wait_limit_ns: 100, flows: Vec::new(),
    /// };
    /// assert!(idle.arrivals()?.is_empty());
    /// # Ok::<(), slackwater_study::events::arrivals::ArrivalError>(())
    /// ```
    pub fn arrivals(&self) -> Result<Vec<Vec<Arrival>>, ArrivalError> {
        self.flows.iter().map(|flow| flow.arrivals.until(self.duration_ns)).collect()
    }
}

/// A scenario that cannot be replayed.
///
/// ```
/// use slackwater_study::events::queueset::Queuing;
/// use slackwater_study::events::replay::{ReplayError, Scenario, replay};
/// let queuing = Queuing::Queue { queues: 0, hand_size: 1, queue_length_limit: 1 };
/// let none = Scenario {
///     duration_ns: 1, queuing, concurrency_limit: 1, limit_changes: Vec::new(), queue_wait_limit_ns: 1,
///     flows: Vec::new(),
/// };
/// assert!(matches!(replay(&none), Err(ReplayError::QueueSet(_))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A flow makes no requests.
    #[error(transparent)]
    Arrivals(#[from] ArrivalError),
    /// The level cannot be made.
    #[error(transparent)]
    QueueSet(#[from] QueueSetError),
}

/// What happens at some time; of events at the same time, the first kind here is first, then the first planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Release,
    Finish,
    TimeOut,
    Limit,
    Arrive,
}

/// A planned event: time, kind, order of planning; and whom it is about.
type Event = Reverse<(u64, Kind, usize, usize)>;

struct Run<'a> {
    scenario: &'a Scenario,
    level: QueueSet,
    events: BinaryHeap<Event>,
    planned: usize,
    arrivals: Vec<(Arrival, usize)>,
    tickets: Vec<Option<Ticket>>,
    outcome: Outcome,
}

/// Replays `scenario` event by event.
///
/// # Errors
///
/// [`ReplayError`].
///
/// ```
/// use slackwater_study::events::arrivals::{Arrivals, Distribution};
/// use slackwater_study::events::queueset::Queuing;
/// use slackwater_study::events::replay::{Flow, Scenario, replay};
/// let second = 1_000_000_000;
/// let fleet = Flow {
///     hash: 1, final_seats: 0, additional_latency_ns: 0,
///     arrivals: Arrivals {
///         seed: 1, start_ns: 0, stop_ns: 60 * second, gap_ns: Distribution::Exponential { mean: second / 20 },
///         batch_size: 1, batch_spacing_ns: 0, exec_ns: Distribution::Fixed(second), initial_seats: Distribution::Fixed(1),
///     },
/// };
/// let overloaded = Scenario {
///     duration_ns: 60 * second, queuing: Queuing::Queue { queues: 64, hand_size: 6, queue_length_limit: 50 },
///     concurrency_limit: 10, limit_changes: Vec::new(), queue_wait_limit_ns: 15 * second, flows: vec![fleet],
/// };
/// let outcome = replay(&overloaded)?;
/// let fleet = outcome.flows.first().ok_or("one flow")?;
/// assert!(fleet.rejected.time_out > fleet.rejected.queue_full); // twice the load: patience ends before the queues fill
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn replay(scenario: &Scenario) -> Result<Outcome, ReplayError> {
    replay_arrivals(scenario, &scenario.arrivals()?)
}

/// The same with other requests in place of those of the flows: a list a flow.
///
/// # Errors
///
/// [`ReplayError::QueueSet`].
///
/// ```
/// use slackwater_study::events::arrivals::Arrival;
/// use slackwater_study::events::queueset::Queuing;
/// use slackwater_study::events::replay::{Scenario, replay_arrivals};
/// let idle = Scenario {
///     duration_ns: 1_000, queuing: Queuing::Reject, concurrency_limit: 1, limit_changes: Vec::new(),
///     queue_wait_limit_ns: 100, flows: Vec::new(),
/// };
/// assert_eq!(replay_arrivals(&idle, &[])?.max_seats_in_use, 0);
/// # Ok::<(), slackwater_study::events::replay::ReplayError>(())
/// ```
pub fn replay_arrivals(scenario: &Scenario, flows: &[Vec<Arrival>]) -> Result<Outcome, ReplayError> {
    let mut arrivals: Vec<(Arrival, usize)> = Vec::new();
    for (flow, requests) in flows.iter().enumerate().take(scenario.flows.len()) {
        arrivals.extend(requests.iter().map(|arrival| (*arrival, flow)));
    }
    arrivals.sort_by_key(|(arrival, flow)| (arrival.at_ns, *flow));
    let mut run = Run {
        scenario,
        level: QueueSet::new(scenario.queuing, scenario.concurrency_limit)?,
        events: BinaryHeap::new(),
        planned: 0,
        tickets: vec![None; arrivals.len()],
        outcome: Outcome::of(&arrivals),
        arrivals,
    };
    for (index, change) in scenario.limit_changes.iter().enumerate() {
        run.plan(change.at_ns, Kind::Limit, index);
    }
    run.plan_arrival(0);
    run.finish_all()?;
    run.outcome.sum_up(scenario, &run.level);
    Ok(run.outcome)
}

impl Run<'_> {
    fn plan(&mut self, at_ns: u64, kind: Kind, whom: usize) {
        self.events.push(Reverse((at_ns, kind, self.planned, whom)));
        self.planned += 1;
    }

    /// Arrivals enter the heap one at a time: they are in order already.
    fn plan_arrival(&mut self, index: usize) {
        if let Some((arrival, _)) = self.arrivals.get(index) {
            self.plan(arrival.at_ns, Kind::Arrive, index);
        }
    }

    fn finish_all(&mut self) -> Result<(), QueueSetError> {
        let end_ns = self.scenario.duration_ns;
        let mut window_open = true;
        let mut last_ns = None;
        while let Some(Reverse((now_ns, kind, _, whom))) = self.events.pop() {
            if window_open && now_ns >= end_ns {
                window_open = false;
                self.outcome.close_window(&self.level, end_ns);
            }
            self.handle(now_ns, kind, whom)?;
            self.outcome.event_ties += usize::from(last_ns == Some(now_ns));
            last_ns = Some(now_ns);
            self.outcome.drained_at_ns = now_ns;
            self.note_dispatched(now_ns);
            self.outcome.max_seats_in_use = self.outcome.max_seats_in_use.max(self.level.seats_in_use());
        }
        if window_open {
            self.outcome.close_window(&self.level, end_ns);
        }
        Ok(())
    }

    fn handle(&mut self, now_ns: u64, kind: Kind, whom: usize) -> Result<(), QueueSetError> {
        if kind == Kind::Arrive {
            return self.arrive(now_ns, whom);
        }
        if kind == Kind::Limit {
            let limit = self.scenario.limit_changes.get(whom).map(|change| change.concurrency_limit);
            return limit.map_or(Ok(()), |limit| self.level.set_concurrency_limit(now_ns, limit));
        }
        let Some(Some(ticket)) = self.tickets.get(whom).copied() else { return Ok(()) };
        match kind {
            Kind::Finish => {
                let release_ns = self.level.finish(now_ns, ticket)?;
                self.outcome.freed(whom, release_ns.unwrap_or(now_ns));
                if let Some(release_ns) = release_ns {
                    self.plan(release_ns, Kind::Release, whom);
                }
            }
            Kind::Release => self.level.release(now_ns, ticket)?,
            Kind::TimeOut | Kind::Limit | Kind::Arrive => {
                if self.level.time_out(now_ns, ticket)? {
                    self.outcome.note(whom, Fate::Rejected(Reason::TimeOut), self.scenario.queue_wait_limit_ns, 0);
                }
            }
        }
        Ok(())
    }

    fn arrive(&mut self, now_ns: u64, index: usize) -> Result<(), QueueSetError> {
        self.plan_arrival(index + 1);
        let Some((arrival, flow)) = self.arrivals.get(index).copied() else { return Ok(()) };
        let Some(flow) = self.scenario.flows.get(flow) else { return Ok(()) };
        let Flow { hash, final_seats, additional_latency_ns, .. } = *flow;
        let work = Work { initial_seats: arrival.initial_seats, final_seats, additional_latency_ns };
        match self.level.start(now_ns, Request { hash, work, tag: index as u64 })? {
            Started::Rejected(reason) => self.outcome.note(index, Fate::Rejected(reason), 0, 0),
            Started::Accepted { ticket, queue } => {
                if let Some(place) = self.tickets.get_mut(index) {
                    *place = Some(ticket);
                }
                if let Some(queue) = queue {
                    self.outcome.joined(index, queue, self.level.queue_length(queue).unwrap_or(0));
                }
                self.note_dispatched(now_ns);
                if self.outcome.is_waiting(index) {
                    self.plan(now_ns.saturating_add(self.scenario.queue_wait_limit_ns), Kind::TimeOut, index);
                }
            }
        }
        Ok(())
    }

    fn note_dispatched(&mut self, now_ns: u64) {
        while let Some(Dispatched { tag, wait_ns, seats, .. }) = self.level.next_dispatched() {
            let index = tag as usize;
            self.outcome.note(index, Fate::Dispatched, wait_ns, seats);
            if let Some((arrival, _)) = self.arrivals.get(index) {
                self.plan(now_ns.saturating_add(arrival.exec_ns), Kind::Finish, index);
            }
        }
    }
}
