//! What may happen to a level: an arrival, an end, a wait that is too long, another limit.

use super::queue::Waiting;
use super::slots::Stage;
use super::work::SeatSeconds;
use super::{Dispatched, QueueSet, QueueSetError, Queuing, Reason, Request, Started, Ticket};

impl QueueSet {
    /// A request arrives at `now_ns`. Source: `StartRequest` in `queueset.go`.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::ClockBackwards`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Reason, Request, Started, Work};
    /// let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 1 }, 1)?;
    /// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
    /// for tag in 0..2 {
    ///     level.start(0, Request { hash: 0, work, tag })?; // one runs, one waits
    /// }
    /// assert_eq!(level.start(0, Request { hash: 0, work, tag: 2 })?, Started::Rejected(Reason::QueueFull));
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn start(&mut self, now_ns: u64, request: Request) -> Result<Started, QueueSetError> {
        self.advance(now_ns)?;
        let Queuing::Queue { queue_length_limit, .. } = self.queuing else {
            return Ok(self.start_without_queue(now_ns, request));
        };
        let at = self.choose_queue(request.hash);
        let Some(queue) = self.queues.get_mut(at) else { return Ok(Started::Rejected(Reason::QueueFull)) };
        // A single free seat is enough to let a queue grow past its limit.
        if self.seats_in_use >= u64::from(self.limit) && queue.len() >= queue_length_limit {
            queue.bound();
            return Ok(Started::Rejected(Reason::QueueFull));
        }
        let Request { work, tag, .. } = request;
        let ticket = self.slots.insert(Stage::Waiting { queue: at });
        self.busy_queues += usize::from(queue.is_idle());
        let (arrival, total) = (self.progress, work.total());
        queue.push(Waiting { ticket, tag, arrived_ns: now_ns, arrival, work, total });
        queue.bound();
        self.waiting += 1;
        self.seats_asked += u64::from(work.max_seats());
        self.seats_waiting += u64::from(work.max_seats());
        self.note_demand(now_ns);
        self.dispatch(now_ns);
        Ok(Started::Accepted { ticket, queue: Some(at) })
    }

    fn start_without_queue(&mut self, now_ns: u64, Request { work, tag, .. }: Request) -> Started {
        let seats = work.max_seats();
        if !self.fits(seats) {
            return Started::Rejected(Reason::ConcurrencyLimit);
        }
        let ticket = self.slots.insert(Stage::Executing {
            queue: None,
            start_ns: now_ns,
            initial_seats: work.initial_seats,
            seats,
            additional_latency_ns: work.additional_latency_ns,
        });
        self.executing += 1;
        self.seats_in_use += u64::from(seats);
        self.note_demand(now_ns);
        self.dispatched.push_back(Dispatched { ticket, tag, wait_ns: 0, seats });
        Started::Accepted { ticket, queue: None }
    }

    /// The next request that has been dispatched, in order of dispatch; nothing if all have been told.
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing};
    /// assert_eq!(QueueSet::new(Queuing::Exempt, 0)?.next_dispatched(), None);
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn next_dispatched(&mut self) -> Option<Dispatched> {
        self.dispatched.pop_front()
    }

    /// A request has executed. The answer is when its seats are to be [released](Self::release), in nanoseconds, or
    /// nothing if they are free already. Source: `finishRequestLocked` in `queueset.go`.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::Gone`], [`QueueSetError::NotExecuting`], [`QueueSetError::ClockBackwards`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Exempt, 0)?;
    /// let work = Work { initial_seats: 1, final_seats: 4, additional_latency_ns: 50 };
    /// level.start(0, Request { hash: 0, work, tag: 0 })?;
    /// let write = level.next_dispatched().ok_or("exempt requests run at once")?;
    /// assert_eq!(level.finish(10, write.ticket)?, Some(60));
    /// assert_eq!(level.seats_in_use(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn finish(&mut self, now_ns: u64, ticket: Ticket) -> Result<Option<u64>, QueueSetError> {
        let Stage::Executing { queue, start_ns, initial_seats, seats, additional_latency_ns } =
            self.slots.get(ticket)?
        else {
            return Err(QueueSetError::NotExecuting { serial: ticket.serial });
        };
        self.advance(now_ns)?;
        self.executing -= 1;
        if let Some(queue) = queue.and_then(|at| self.queues.get_mut(at)) {
            queue.finish(initial_seats, now_ns - start_ns);
            self.busy_queues -= usize::from(queue.is_idle());
        }
        let release_ns = (additional_latency_ns > 0).then(|| now_ns.saturating_add(additional_latency_ns));
        if release_ns.is_some() {
            self.slots.set(ticket, Stage::Lingering { seats });
        } else {
            self.free(now_ns, ticket, seats);
        }
        self.dispatch(now_ns);
        Ok(release_ns)
    }

    /// The additional latency of a request is over, and its seats are free.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::Gone`], [`QueueSetError::NotLingering`], [`QueueSetError::ClockBackwards`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Exempt, 0)?;
    /// let work = Work { initial_seats: 1, final_seats: 4, additional_latency_ns: 50 };
    /// level.start(0, Request { hash: 0, work, tag: 0 })?;
    /// let write = level.next_dispatched().ok_or("exempt requests run at once")?;
    /// assert!(level.release(9, write.ticket).is_err()); // it still executes
    /// let release_ns = level.finish(10, write.ticket)?.ok_or("it has additional latency")?;
    /// level.release(release_ns, write.ticket)?;
    /// assert_eq!(level.seats_in_use(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn release(&mut self, now_ns: u64, ticket: Ticket) -> Result<(), QueueSetError> {
        let Stage::Lingering { seats } = self.slots.get(ticket)? else {
            return Err(QueueSetError::NotLingering { serial: ticket.serial });
        };
        self.advance(now_ns)?;
        self.free(now_ns, ticket, seats);
        self.dispatch(now_ns);
        Ok(())
    }

    /// A request has waited too long. True if it still waited: it is then out of its queue and rejected with
    /// [`Reason::TimeOut`]. False if it was dispatched before: nothing changes. Source: `wait` in `queueset.go`.
    ///
    /// Nothing is dispatched in its place before the next event, even if it held up the others.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::ClockBackwards`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Started, Work};
    /// let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 1 }, 0)?;
    /// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
    /// if let Started::Accepted { ticket, .. } = level.start(0, Request { hash: 0, work, tag: 0 })? {
    ///     assert!(level.time_out(15, ticket)?);
    ///     assert!(!level.time_out(15, ticket)?);
    /// }
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn time_out(&mut self, now_ns: u64, ticket: Ticket) -> Result<bool, QueueSetError> {
        let Ok(Stage::Waiting { queue: at }) = self.slots.get(ticket) else { return Ok(false) };
        self.advance(now_ns)?;
        let Some(queue) = self.queues.get_mut(at) else { return Ok(false) };
        let Some(removed) = queue.remove(ticket) else { return Ok(false) };
        self.busy_queues -= usize::from(queue.is_idle());
        self.slots.remove(ticket);
        self.waiting -= 1;
        self.seats_asked -= u64::from(removed.work.max_seats());
        self.seats_waiting -= u64::from(removed.work.max_seats());
        self.note_demand(now_ns);
        Ok(true)
    }

    /// The level has `limit` seats from now on, as the borrowing between levels decides every 10 s.
    /// Source: `setConfiguration` in `queueset.go`.
    ///
    /// # Errors
    ///
    /// [`QueueSetError::ClockBackwards`].
    ///
    /// ```
    /// use slackwater_study::events::queueset::{QueueSet, Queuing, Request, Work};
    /// let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 1 }, 0)?;
    /// let work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };
    /// level.start(0, Request { hash: 0, work, tag: 0 })?;
    /// level.set_concurrency_limit(10, 20)?;
    /// assert_eq!(level.next_dispatched().map(|request| request.wait_ns), Some(10));
    /// # Ok::<(), slackwater_study::events::queueset::QueueSetError>(())
    /// ```
    pub fn set_concurrency_limit(&mut self, now_ns: u64, limit: u32) -> Result<(), QueueSetError> {
        self.advance(now_ns)?;
        self.limit = limit;
        self.dispatch(now_ns);
        Ok(())
    }

    fn free(&mut self, now_ns: u64, ticket: Ticket, seats: u32) {
        self.slots.remove(ticket);
        self.seats_in_use -= u64::from(seats);
        self.note_demand(now_ns);
    }

    /// Virtual time: what every busy queue has been entitled to since the last event.
    ///
    /// # Formula
    ///
    /// dR/dt = min(seats in use and asked for, limit) / busy queues; source: `getVirtualTimeRatioLocked` and
    /// `syncTimeLocked` in `queueset.go`. The increment is rounded at every event, so that an event that changes nothing
    /// else still counts.
    fn advance(&mut self, now_ns: u64) -> Result<(), QueueSetError> {
        let last_ns = self.last_ns;
        let elapsed_ns = now_ns.checked_sub(last_ns).ok_or(QueueSetError::ClockBackwards { now_ns, last_ns })?;
        self.last_ns = now_ns;
        if self.busy_queues > 0 {
            let wanted = (self.seats_in_use + self.seats_asked).min(u64::from(self.limit));
            self.progress += SeatSeconds::of(wanted as f64 / self.busy_queues as f64, elapsed_ns.into());
        }
        Ok(())
    }
}
