//! When clients give up. All requests of a class have the same patience, so their deadlines come in the order of their
//! sends: a queue for each class holds them, and nothing has to be sorted.

use super::agenda::NEVER_NS;
use super::request::Requests;
use std::collections::VecDeque;

/// Deadlines of requests that have ended are swept out when they are the larger part of so many.
const SWEPT_FROM: usize = 4096;

/// One deadline: when, of which request, and its serial.
#[derive(Clone, Copy, Debug)]
struct Deadline {
    at_ns: u64,
    request: u32,
    serial: u32,
}

#[derive(Debug)]
pub(super) struct Deadlines {
    classes: Vec<VecDeque<Deadline>>,
    /// The first of all, and its class.
    first: (u64, usize),
}

impl Deadlines {
    pub(super) fn new(classes: usize) -> Self {
        Self { classes: vec![VecDeque::new(); classes], first: (NEVER_NS, 0) }
    }

    pub(super) fn next_ns(&self) -> u64 {
        self.first.0
    }

    /// Adds the deadline of a request just sent; `in_flight` are on their way in its class.
    pub(super) fn push(
        &mut self,
        class: usize,
        at_ns: u64,
        (request, serial): (u32, u32),
        requests: &Requests,
        in_flight: u64,
    ) {
        let queue = &mut self.classes[class];
        if queue.len() > SWEPT_FROM && queue.len() as u64 > 2 * in_flight {
            queue.retain(|deadline| requests.lives(deadline.request, deadline.serial));
        }
        queue.push_back(Deadline { at_ns, request, serial });
        if at_ns < self.first.0 {
            self.first = (at_ns, class);
        }
    }

    /// Takes the first deadline out: a request and its serial.
    pub(super) fn pop(&mut self, requests: &Requests) -> Option<(u32, u32)> {
        let queue = &mut self.classes[self.first.1];
        let deadline = queue.pop_front();
        while let Some(next) = queue.front()
            && !requests.lives(next.request, next.serial)
        {
            queue.pop_front();
        }
        let fronts = self.classes.iter().enumerate().filter_map(|(class, queue)| Some((queue.front()?.at_ns, class)));
        self.first = fronts.min().unwrap_or((NEVER_NS, 0));
        deadline.map(|deadline| (deadline.request, deadline.serial))
    }
}
