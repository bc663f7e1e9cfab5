//! The requests a level has accepted and not yet let go, found by ticket.

use super::error::QueueSetError;

/// Stands for an accepted request until its seats are free again. A used ticket is refused, not mistaken for another.
///
/// ```
/// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Started, Work};
/// let mut level = QueueSet::new(Queuing::Reject, 1)?;
/// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
/// if let Started::Accepted { ticket, .. } = level.start(0, Request { hash: 0, work, tag: 0 })? {
///     level.finish(5, ticket)?;
///     assert!(level.finish(6, ticket).is_err());
/// }
/// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub(super) slot: usize,
    /// Counts accepted requests, from 0.
    pub(super) serial: u64,
}

/// Where a request stands. `queue` is nothing in levels without queues.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    Waiting { queue: usize },
    Executing { queue: Option<usize>, start_ns: u64, initial_seats: u32, seats: u32, additional_latency_ns: u64 },
    Lingering { seats: u32 },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    stages: Vec<Option<(u64, Stage)>>,
    free: Vec<usize>,
    issued: u64,
}

impl Slots {
    pub(super) fn insert(&mut self, stage: Stage) -> Ticket {
        let serial = self.issued;
        self.issued += 1;
        let slot = self.free.pop().unwrap_or(self.stages.len());
        match self.stages.get_mut(slot) {
            Some(place) => *place = Some((serial, stage)),
            None => self.stages.push(Some((serial, stage))),
        }
        Ticket { slot, serial }
    }

    pub(super) fn get(&self, ticket: Ticket) -> Result<Stage, QueueSetError> {
        match self.stages.get(ticket.slot) {
            Some(Some((serial, stage))) if *serial == ticket.serial => Ok(*stage),
            _ => Err(QueueSetError::Gone { serial: ticket.serial }),
        }
    }

    pub(super) fn set(&mut self, ticket: Ticket, stage: Stage) {
        if let Some(place) = self.stages.get_mut(ticket.slot) {
            *place = Some((ticket.serial, stage));
        }
    }

    pub(super) fn remove(&mut self, ticket: Ticket) {
        if let Some(place) = self.stages.get_mut(ticket.slot)
            && place.take().is_some()
        {
            self.free.push(ticket.slot);
        }
    }
}
