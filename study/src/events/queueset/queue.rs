//! One queue of a level: first in, first out.

use super::slots::Ticket;
use super::work::{ESTIMATED_SERVICE_NS, SeatSeconds, Work};
use std::collections::VecDeque;

/// A request in its queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub ticket: Ticket,
    pub tag: u64,
    pub arrived_ns: u64,
    /// The level's progress when it arrived.
    pub arrival: SeatSeconds,
    pub work: Work,
    /// [`Work::total`], kept because every dispatch looks at it in every queue.
    pub total: SeatSeconds,
}

/// A queue, and what is charged to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    /// Work of the waiting requests, as estimated.
    pub waiting_work: SeatSeconds,
    /// The level's progress at which the next request is due in the ideal fair order.
    next_dispatch: SeatSeconds,
    executing: usize,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn head(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    /// Requests in their additional latency do not count.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.executing == 0
    }

    /// The level's progress at which the head would be done, or nothing if nobody waits.
    pub(super) fn head_finish(&self) -> Option<SeatSeconds> {
        self.head().map(|head| self.next_dispatch + head.total)
    }

    /// A queue that was idle has no claim on the time it slept.
    pub(super) fn push(&mut self, request: Waiting) {
        if self.is_idle() {
            self.next_dispatch = request.arrival;
        }
        self.waiting_work += request.total;
        self.waiting.push_back(request);
    }

    /// Takes the head out to execute, and charges its estimated work.
    pub(super) fn dispatch_head(&mut self) -> Option<Waiting> {
        let head = self.waiting.pop_front()?;
        self.waiting_work -= head.total;
        self.executing += 1;
        self.next_dispatch += head.total;
        self.bound();
        Some(head)
    }

    /// Takes a request out that has waited too long.
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Waiting> {
        let at = self.waiting.binary_search_by_key(&ticket.serial, |waiting| waiting.ticket.serial).ok()?;
        let removed = self.waiting.remove(at)?;
        self.waiting_work -= removed.total;
        self.bound();
        Some(removed)
    }

    /// Replaces the estimated duration of an executed request by the true one.
    pub(super) fn finish(&mut self, initial_seats: u32, served_ns: u64) {
        self.executing = self.executing.saturating_sub(1);
        let too_much = i128::from(ESTIMATED_SERVICE_NS) - i128::from(served_ns);
        self.next_dispatch -= SeatSeconds::of(f64::from(initial_seats), too_much);
        self.bound();
    }

    /// No queue may save up a claim from before its head arrived.
    pub(super) fn bound(&mut self) {
        if let Some(head) = self.waiting.front() {
            self.next_dispatch = self.next_dispatch.max(head.arrival);
        }
    }
}
