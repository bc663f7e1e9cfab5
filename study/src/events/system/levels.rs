//! Flow control of one API server: a queue set a level, borrowing between them, and what the rejected are told.
//! Without flow control the levels are the two in-flight limits.

use super::super::queueset::{Dispatched, QueueSet, QueueSetError, Queuing, Request, Started, Ticket};
use slackwater_core::flowcontrol::borrowing::BorrowingState;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::flowcontrol::retry_after::RetryAfter;
use slackwater_core::flowcontrol::seat_demand::LevelDemand;
use slackwater_core::system::scenario::{Level, Scenario};
use slackwater_core::system::starting::{Only, only_level};

const SECOND_NS: u64 = 1_000_000_000;

#[derive(Clone, Debug)]
pub(super) struct Levels {
    sets: Vec<QueueSet>,
    limits: Vec<LevelLimits>,
    told: Vec<RetryAfter>,
    borrowing: BorrowingState,
    flow_control: bool,
    /// The level that everybody is in who is not exempt, until the server has read its configuration.
    only: Option<usize>,
}

fn queuing(level: &Level<f64>) -> Queuing {
    if level.limits.exempt {
        Queuing::Exempt
    } else if level.queues == 0 {
        Queuing::Reject
    } else {
        let queue_length_limit = level.queue_length as usize;
        Queuing::Queue { queues: level.queues, hand_size: level.hand_size, queue_length_limit }
    }
}

impl Levels {
    /// The levels of a server whose process has just started, at `now_ns`.
    pub(super) fn new(scenario: &Scenario<f64>, now_ns: u64) -> Result<Self, QueueSetError> {
        let limits: Vec<LevelLimits> = scenario.levels.iter().map(|level| level.limits).collect();
        let mut borrowing = BorrowingState::introduced(&limits);
        if scenario.flow_control {
            // A server has been through an adjustment before anybody comes. Lists of equal length are not refused.
            let _ = borrowing.update(&limits, &vec![LevelDemand::default(); limits.len()]);
        }
        let mut sets = Vec::new();
        for (level, current) in scenario.levels.iter().zip(borrowing.current) {
            let limit = if scenario.flow_control { current } else { level.limits.nominal };
            let mut set = QueueSet::new(queuing(level), limit)?;
            set.take_seat_demand(now_ns);
            sets.push(set);
        }
        let told = vec![RetryAfter::default(); limits.len()];
        Ok(Self { sets, limits, told, borrowing, flow_control: scenario.flow_control, only: None })
    }

    /// Those of a server that begins to serve: it knows the mandatory levels only, until [`synced`](Self::synced).
    pub(super) fn starting(scenario: &Scenario<f64>, now_ns: u64) -> Result<Self, QueueSetError> {
        let mut levels = Self::new(scenario, now_ns)?;
        let Some(Only { level, seats }) = only_level(scenario) else { return Ok(levels) };
        levels.borrowing = BorrowingState::introduced(&levels.limits);
        if let Some((set, current)) = levels.sets.get_mut(level).zip(levels.borrowing.current.get_mut(level)) {
            set.set_concurrency_limit(now_ns, seats)?;
            *current = seats;
            levels.only = Some(level);
        }
        Ok(levels)
    }

    /// The level that a request is put into which belongs to `level`.
    pub(super) fn now(&self, level: usize) -> usize {
        let limited = self.limits.get(level).is_some_and(|limits| !limits.exempt);
        self.only.filter(|_| limited).unwrap_or(level)
    }

    /// The server has read its configuration: all levels are there, and their limits follow from what was wanted so far.
    pub(super) fn synced(&mut self, now_ns: u64) -> Result<(), QueueSetError> {
        self.only = None;
        self.adjust(now_ns)
    }

    /// A request arrives at a level; nothing if there is no such level, and so no limit.
    pub(super) fn start(
        &mut self,
        now_ns: u64,
        level: usize,
        request: Request,
    ) -> Result<Option<Started>, QueueSetError> {
        self.sets.get_mut(level).map(|set| set.start(now_ns, request)).transpose()
    }

    /// The next request of a level that may run.
    pub(super) fn next_dispatched(&mut self, level: usize) -> Option<Dispatched> {
        self.sets.get_mut(level).and_then(QueueSet::next_dispatched)
    }

    /// A request has run, or was cut off while it ran. The answer is when its seats are to be released, if not at once.
    pub(super) fn finish(&mut self, now_ns: u64, level: usize, ticket: Ticket) -> Result<Option<u64>, QueueSetError> {
        self.sets.get_mut(level).map_or(Ok(None), |set| set.finish(now_ns, ticket))
    }

    /// The time for which a request held its seats after it had run is over.
    pub(super) fn release(&mut self, now_ns: u64, level: usize, ticket: Ticket) -> Result<(), QueueSetError> {
        self.sets.get_mut(level).map_or(Ok(()), |set| set.release(now_ns, ticket))
    }

    /// A request that waits goes away.
    pub(super) fn leave(&mut self, now_ns: u64, level: usize, ticket: Ticket) -> Result<(), QueueSetError> {
        self.sets.get_mut(level).map_or(Ok(false), |set| set.time_out(now_ns, ticket)).map(|_| ())
    }

    /// Notes a rejection, and says what the client is told: whole seconds.
    pub(super) fn reject(&mut self, now_ns: u64, level: usize) -> u32 {
        let Some(told) = self.told.get_mut(level).filter(|_| self.flow_control) else { return 1 };
        told.record(now_ns / SECOND_NS, 1);
        told.seconds()
    }

    /// One adjustment of all limits, by the demand since the last.
    pub(super) fn adjust(&mut self, now_ns: u64) -> Result<(), QueueSetError> {
        let demand: Vec<LevelDemand> = self.sets.iter_mut().map(|set| set.take_seat_demand(now_ns)).collect();
        // Lists of equal length are not refused.
        let _ = self.borrowing.update(&self.limits, &demand);
        for (set, current) in self.sets.iter_mut().zip(self.borrowing.current) {
            set.set_concurrency_limit(now_ns, current)?;
        }
        Ok(())
    }

    pub(super) fn count(&self) -> usize {
        self.sets.len()
    }
}
