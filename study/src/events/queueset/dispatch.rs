//! Which queue a request joins, and which request runs next.

use super::slots::Stage;
use super::work::SeatSeconds;
use super::{Dispatched, QueueSet, Queuing};

impl QueueSet {
    /// The queue of the hand with the least waiting work, as estimated. The hand is looked through from a place that
    /// moves on with every arrival, rejected ones included, and the first of equals wins.
    /// Source: `shuffleShardLocked` in `queueset.go`.
    pub(super) fn choose_queue(&mut self, hash: u64) -> usize {
        let hand = self.dealer.map(|dealer| dealer.deal(hash)).unwrap_or_default();
        let offset = self.dealt.checked_rem(hand.len()).unwrap_or(0);
        self.dealt += 1;
        let turned = hand.iter().skip(offset).chain(hand.iter().take(offset)).map(|queue| *queue as usize);
        let work = |at: &usize| self.queues.get(*at).map(|queue| queue.waiting_work);
        turned.min_by_key(work).unwrap_or(0)
    }

    /// Whether a request of `seats` seats may start. One that is wider than the limit starts when nothing executes;
    /// requests in their additional latency do not stop it. Source: `canAccommodateSeatsLocked` in `queueset.go`.
    pub(super) fn fits(&self, seats: u32) -> bool {
        if self.queuing == Queuing::Exempt {
            return true;
        }
        if seats > self.limit {
            return self.executing == 0;
        }
        self.seats_in_use + u64::from(seats) <= u64::from(self.limit)
    }

    /// Dispatches until the seats or the requests run out, or the request whose turn it is does not fit.
    /// Source: `dispatchAsMuchAsPossibleLocked` in `queueset.go`.
    pub(super) fn dispatch(&mut self, now_ns: u64) {
        while self.waiting > 0 && self.seats_in_use < u64::from(self.limit) && self.dispatch_one(now_ns).is_some() {}
    }

    /// The queue whose head would be done first in the ideal fair order; of equals the first after the one that
    /// dispatched last. Source: `findDispatchQueueToBoundLocked` in `queueset.go`.
    fn next_queue(&self) -> Option<usize> {
        let queues = || self.queues.iter().enumerate();
        let turned = queues().skip(self.robin + 1).chain(queues().take(self.robin + 1));
        let finish = |(at, queue): (usize, &super::Queue)| queue.head_finish().map(|finish| (finish, at));
        let heads: Option<(SeatSeconds, usize)> = turned.filter_map(finish).min_by_key(|(finish, _)| *finish);
        heads.map(|(_, at)| at)
    }

    /// Dispatches the request whose turn it is, or nothing: no narrower request passes it.
    ///
    /// Final seats beyond the limit are cut to it only here, and the count of waiting seats then falls by the cut
    /// width. Source: `dispatchLocked` in `queueset.go`.
    fn dispatch_one(&mut self, now_ns: u64) -> Option<()> {
        let at = self.next_queue()?;
        if !self.fits(self.queues.get(at)?.head()?.work.max_seats()) {
            return None;
        }
        let head = self.queues.get_mut(at)?.dispatch_head()?;
        self.robin = at;
        self.waiting -= 1;
        self.seats_asked -= u64::from(head.work.max_seats());
        let work = head.work.cut_to(self.limit);
        let seats = work.max_seats();
        self.seats_waiting -= u64::from(seats);
        self.executing += 1;
        self.seats_in_use += u64::from(seats);
        self.slots.set(
            head.ticket,
            Stage::Executing {
                queue: Some(at),
                start_ns: now_ns,
                initial_seats: work.initial_seats,
                seats,
                additional_latency_ns: work.additional_latency_ns,
            },
        );
        self.note_demand(now_ns);
        let wait_ns = now_ns - head.arrived_ns;
        self.dispatched.push_back(Dispatched { ticket: head.ticket, tag: head.tag, wait_ns, seats });
        Some(())
    }
}
