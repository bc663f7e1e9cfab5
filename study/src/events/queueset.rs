//! One priority level of API Priority and Fairness, request by request.
//!
//! A request is [started](QueueSet::start): rejected at once, or accepted with a [`Ticket`]. Accepted requests that may
//! run come out of [`QueueSet::next_dispatched`], at the time of the call that let them. The caller says when one has
//! [executed](QueueSet::finish), when its additional latency is [over](QueueSet::release), and when it has
//! [waited too long](QueueSet::time_out). The rules are those of `fairqueuing/queueset/queueset.go` of the module
//! k8s.io/apiserver 0.36, and the tests replay what that code did.

mod calls;
mod dispatch;
mod error;
mod observe;
mod queue;
mod slots;
mod work;

pub use error::QueueSetError;
pub use observe::LevelState;
pub use slots::Ticket;
pub use work::{SeatSeconds, Work};

use queue::Queue;
use slackwater_core::flowcontrol::seat_demand::SeatDemandIntegrator;
use slackwater_core::flowcontrol::shuffle::Dealer;
use slots::Slots;
use std::collections::VecDeque;

/// What a level does with a request that finds no seat.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, Queuing};
/// assert!(QueueSet::new(Queuing::Queue { queues: 128, hand_size: 6, queue_length_limit: 50 }, 245).is_ok());
/// assert!(QueueSet::new(Queuing::Queue { queues: 4, hand_size: 6, queue_length_limit: 50 }, 245).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queuing {
    /// Runs it nevertheless: the limit does not apply.
    Exempt,
    /// Rejects it.
    Reject,
    /// Lets it wait.
    Queue {
        /// Queues of the level, at least 1.
        queues: u32,
        /// Queues a flow may use, 1 to `queues`.
        hand_size: u32,
        /// Requests that may wait in a queue while all seats are in use.
        queue_length_limit: usize,
    },
}

/// A request that arrives.
///
/// ```
/// use slackwater_core::flowcontrol::shuffle::flow_hash;
/// use slackwater_study::events::queueset::{Request, Work};
/// let work = Work { initial_seats: 10, final_seats: 0, additional_latency_ns: 0 };
/// let list = Request { hash: flow_hash("service-accounts", &["agent"]), work, tag: 7 };
/// assert_eq!(list.work.max_seats(), 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Hash of its flow.
    pub hash: u64,
    /// What it is estimated to cost.
    pub work: Work,
    /// Handed back when it is dispatched; the level does not look at it.
    pub tag: u64,
}

/// Why a request is turned away.
///
/// ```
/// use slackwater_study::events::queueset::Reason;
/// assert_eq!(Reason::QueueFull.name(), "queue-full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A level without queues has too few free seats.
    ConcurrencyLimit,
    /// All seats are in use and its queue is at the limit.
    QueueFull,
    /// It waited too long.
    TimeOut,
}

impl Reason {
    /// The name the metric `apiserver_flowcontrol_rejected_requests_total` has for it.
    ///
    /// ```
    /// use slackwater_study::events::queueset::Reason;
    /// assert_eq!(Reason::TimeOut.name(), "time-out");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::ConcurrencyLimit => "concurrency-limit",
            Self::QueueFull => "queue-full",
            Self::TimeOut => "time-out",
        }
    }
}

/// What became of a request on arrival.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, Queuing, Reason, Request, Started, Work};
/// let mut closed = QueueSet::new(Queuing::Reject, 0)?;
/// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
/// closed.start(0, Request { hash: 0, work, tag: 0 })?; // wider than the limit, but alone
/// let second = closed.start(1, Request { hash: 0, work, tag: 1 })?;
/// assert_eq!(second, Started::Rejected(Reason::ConcurrencyLimit));
/// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It waits, or is dispatched already.
    Accepted {
        /// Stands for it from now on.
        ticket: Ticket,
        /// Index of its queue; nothing if the level has none.
        queue: Option<usize>,
    },
    /// It is turned away.
    Rejected(Reason),
}

/// A request that now executes.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
/// let mut level = QueueSet::new(Queuing::Exempt, 0)?;
/// let work = Work { initial_seats: 3, final_seats: 0, additional_latency_ns: 0 };
/// level.start(0, Request { hash: 0, work, tag: 7 })?;
/// assert_eq!(level.next_dispatched().map(|it| (it.tag, it.seats, it.wait_ns)), Some((7, 3, 0)));
/// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatched {
    /// Stands for it.
    pub ticket: Ticket,
    /// As it was given.
    pub tag: u64,
    /// Nanoseconds it waited.
    pub wait_ns: u64,
    /// Seats it holds until its additional latency is over.
    pub seats: u32,
}

/// Nanoseconds a request may wait in its queue, if it must be answered within `timeout_ns` nanoseconds.
///
/// # Formula
///
/// A quarter of the time it has, at most a minute; source: `getRequestWaitContext` in
/// `server/filters/priority-and-fairness.go`.
///
/// ```
/// use slackwater_study::events::queueset::queue_wait_limit_ns;
/// assert_eq!(queue_wait_limit_ns(60_000_000_000), 15_000_000_000);
/// ```
pub fn queue_wait_limit_ns(timeout_ns: u64) -> u64 {
    const MOST_NS: u64 = 60_000_000_000;
    (timeout_ns / 4).min(MOST_NS)
}

/// A priority level: its seats, its queues, and the requests it has accepted.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
/// let mut level = QueueSet::new(Queuing::Queue { queues: 8, hand_size: 2, queue_length_limit: 50 }, 1)?;
/// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
/// level.start(0, Request { hash: 1, work, tag: 0 })?;
/// level.start(4, Request { hash: 1, work, tag: 1 })?;
/// let first = level.next_dispatched().ok_or("one seat is free")?;
/// assert!(level.next_dispatched().is_none()); // the second waits
/// level.finish(10, first.ticket)?;
/// assert_eq!(level.next_dispatched().map(|second| second.wait_ns), Some(6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct QueueSet {
    queuing: Queuing,
    limit: u32,
    dealer: Option<Dealer>,
    queues: Vec<Queue>,
    slots: Slots,
    dispatched: VecDeque<Dispatched>,
    last_ns: u64,
    /// Seat-seconds every busy queue has been entitled to since the start: R of the fair queuing literature.
    progress: SeatSeconds,
    robin: usize,
    dealt: usize,
    busy_queues: usize,
    executing: usize,
    waiting: usize,
    seats_in_use: u64,
    /// Seats the waiting requests ask for.
    seats_asked: u64,
    /// The same as the real code counts it: it forgets less than it added when final seats are cut.
    seats_waiting: u64,
    demand: SeatDemandIntegrator,
    demand_since_ns: u64,
}

impl QueueSet {
    /// An empty level with `concurrency_limit` seats, at time 0.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::Deal`] if the queues cannot be dealt.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing};
    /// assert_eq!(QueueSet::new(Queuing::Reject, 13)?.seats_in_use(), 0);
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn new(queuing: Queuing, concurrency_limit: u32) -> Result<Self, QueueSetError> {
        let (dealer, queues) = match queuing {
            Queuing::Exempt | Queuing::Reject => (None, 0),
            Queuing::Queue { queues, hand_size, .. } => (Some(Dealer::new(queues, hand_size)?), queues as usize),
        };
        Ok(Self {
            queuing,
            limit: concurrency_limit,
            dealer,
            queues: vec![Queue::default(); queues],
            slots: Slots::default(),
            dispatched: VecDeque::new(),
            last_ns: 0,
            progress: SeatSeconds::default(),
            robin: 0,
            dealt: 0,
            busy_queues: 0,
            executing: 0,
            waiting: 0,
            seats_in_use: 0,
            seats_asked: 0,
            seats_waiting: 0,
            demand: SeatDemandIntegrator::default(),
            demand_since_ns: 0,
        })
    }
}
