//! Rules of a level that must hold whatever happens to it.

use proptest::prelude::*;
use slackwater_study::events::queueset::{QueueSet, QueueSetError, Queuing, Reason, Request, Started, Ticket, Work};

#[derive(Clone, Copy, Debug)]
enum Step {
    Start { hash: u64, work: Work },
    Finish(usize),
    Release(usize),
    TimeOut(usize),
    Limit(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let work =
        (0_u32..12, 0_u32..12, 0_u64..40_000_000).prop_map(|(initial_seats, final_seats, additional_latency_ns)| {
            Work { initial_seats, final_seats, additional_latency_ns }
        });
    prop_oneof![
        4 => (any::<u64>(), work).prop_map(|(hash, work)| Step::Start { hash, work }),
        3 => any::<usize>().prop_map(Step::Finish),
        2 => any::<usize>().prop_map(Step::Release),
        1 => any::<usize>().prop_map(Step::TimeOut),
        1 => (0_u32..20).prop_map(Step::Limit),
    ]
}

fn queuing() -> impl Strategy<Value = Queuing> {
    let queues = (1_u32..16, 1_u32..5, 0_usize..6).prop_map(|(queues, hand, queue_length_limit)| Queuing::Queue {
        queues,
        hand_size: hand.min(queues),
        queue_length_limit,
    });
    prop_oneof![1 => Just(Queuing::Exempt), 1 => Just(Queuing::Reject), 6 => queues]
}

/// What an outside observer knows of the accepted requests.
#[derive(Default)]
struct Known {
    waiting: Vec<Ticket>,
    executing: Vec<(Ticket, u32)>,
    lingering: Vec<(Ticket, u32)>,
}

fn pick<T>(items: &mut Vec<T>, at: usize) -> Option<T> {
    let at = at.checked_rem(items.len())?;
    Some(items.swap_remove(at))
}

fn take_step(level: &mut QueueSet, known: &mut Known, now_ns: u64, step: Step, tag: u64) -> Result<(), QueueSetError> {
    match step {
        Step::Start { hash, work } => {
            if let Started::Accepted { ticket, .. } = level.start(now_ns, Request { hash, work, tag })? {
                known.waiting.push(ticket);
            }
        }
        Step::Finish(at) => {
            if let Some((ticket, seats)) = pick(&mut known.executing, at)
                && level.finish(now_ns, ticket)?.is_some()
            {
                known.lingering.push((ticket, seats));
            }
        }
        Step::Release(at) => {
            if let Some((ticket, _)) = pick(&mut known.lingering, at) {
                level.release(now_ns, ticket)?;
            }
        }
        Step::TimeOut(at) => {
            if let Some(ticket) = pick(&mut known.waiting, at) {
                assert!(level.time_out(now_ns, ticket)?, "it waited");
            }
        }
        Step::Limit(limit) => level.set_concurrency_limit(now_ns, limit)?,
    }
    while let Some(dispatched) = level.next_dispatched() {
        let at = known.waiting.iter().position(|ticket| *ticket == dispatched.ticket);
        known.waiting.swap_remove(at.unwrap_or_else(|| panic!("dispatched twice, or never accepted")));
        known.executing.push((dispatched.ticket, dispatched.seats));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
    /// Every accepted request and every seat is somewhere, and all drain.
    #[test]
    fn requests_and_seats_are_conserved(
        queuing in queuing(), limit in 0_u32..20, steps in prop::collection::vec((step(), 0_u64..30_000_000), 1..120)
    ) {
        let mut level = QueueSet::new(queuing, limit)?;
        let mut known = Known::default();
        let mut now_ns = 0;
        for (tag, (step, gap_ns)) in steps.into_iter().enumerate() {
            now_ns += gap_ns;
            take_step(&mut level, &mut known, now_ns, step, tag as u64)?;
            let state = level.state();
            prop_assert_eq!(state.requests_waiting, known.waiting.len());
            prop_assert_eq!(state.requests_executing, known.executing.len());
            let held: u64 = known.executing.iter().chain(&known.lingering).map(|(_, seats)| u64::from(*seats)).sum();
            prop_assert_eq!(state.seats_in_use, held);
            let queued: usize = (0..16).filter_map(|queue| level.queue_length(queue)).sum();
            prop_assert_eq!(queued, known.waiting.len());
        }
        // With room for the widest, everything drains.
        level.set_concurrency_limit(now_ns, 100_000)?;
        while let Some(dispatched) = level.next_dispatched() {
            known.executing.push((dispatched.ticket, dispatched.seats));
        }
        prop_assert_eq!(level.state().requests_waiting, 0);
        for (ticket, seats) in known.executing {
            if level.finish(now_ns, ticket)?.is_some() {
                known.lingering.push((ticket, seats));
            }
        }
        for (ticket, _) in known.lingering {
            level.release(now_ns, ticket)?;
        }
        prop_assert_eq!(level.seats_in_use(), 0);
    }
}

const ONE: Work = Work { initial_seats: 1, final_seats: 0, additional_latency_ns: 0 };

fn accepted(level: &mut QueueSet, now_ns: u64, work: Work) -> Result<Ticket, QueueSetError> {
    match level.start(now_ns, Request { hash: 0, work, tag: now_ns })? {
        Started::Accepted { ticket, .. } => Ok(ticket),
        Started::Rejected(reason) => panic!("rejected: {}", reason.name()),
    }
}

#[test]
fn a_narrow_request_does_not_pass_a_wide_one() -> Result<(), QueueSetError> {
    let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 50 }, 10)?;
    let running = accepted(&mut level, 0, Work { initial_seats: 8, ..ONE })?;
    let wide = accepted(&mut level, 1, Work { initial_seats: 8, ..ONE })?;
    accepted(&mut level, 2, ONE)?;
    assert_eq!(level.next_dispatched().map(|it| it.ticket), Some(running));
    assert_eq!(level.next_dispatched(), None, "two seats are free, but the wide request is first");
    assert!(level.time_out(3, wide)?);
    assert_eq!(level.next_dispatched(), None, "nothing is dispatched in place of a request that waited too long");
    level.finish(4, running)?;
    assert_eq!(level.next_dispatched().map(|it| it.tag), Some(2));
    Ok(())
}

#[test]
fn a_used_ticket_is_refused() -> Result<(), QueueSetError> {
    let mut level = QueueSet::new(Queuing::Reject, 1)?;
    let first = accepted(&mut level, 0, ONE)?;
    level.finish(1, first)?;
    let second = accepted(&mut level, 2, ONE)?;
    assert_eq!(level.finish(3, first), Err(QueueSetError::Gone { serial: 0 }), "its place went to another");
    assert_eq!(level.release(3, second), Err(QueueSetError::NotLingering { serial: 1 }));
    assert_eq!(level.finish(1, second), Err(QueueSetError::ClockBackwards { now_ns: 1, last_ns: 2 }));
    assert_eq!(level.finish(3, second), Ok(None));
    Ok(())
}

#[test]
fn a_waiting_request_cannot_finish() -> Result<(), QueueSetError> {
    let mut level = QueueSet::new(Queuing::Queue { queues: 1, hand_size: 1, queue_length_limit: 1 }, 0)?;
    let waits = accepted(&mut level, 0, ONE)?;
    assert_eq!(level.finish(1, waits), Err(QueueSetError::NotExecuting { serial: 0 }));
    let full = level.start(1, Request { hash: 0, work: ONE, tag: 1 })?;
    assert_eq!(full, Started::Rejected(Reason::QueueFull));
    Ok(())
}

/// No vector has such a tie. Source: the comment at `qs.robinIndex = minIndex` in `queueset.go`.
#[test]
fn of_queues_that_are_even_the_one_that_dispatched_last_comes_last() -> Result<(), QueueSetError> {
    let mut level = QueueSet::new(Queuing::Queue { queues: 2, hand_size: 1, queue_length_limit: 50 }, 0)?;
    for (tag, hash) in [(10, 0), (11, 0), (20, 1), (21, 1)] {
        level.start(0, Request { hash, work: ONE, tag })?;
    }
    level.set_concurrency_limit(0, 1)?;
    let mut order = Vec::new();
    while let Some(dispatched) = level.next_dispatched() {
        order.push(dispatched.tag);
        // Requests that take no time leave all queues where they were.
        level.finish(0, dispatched.ticket)?;
    }
    assert_eq!(order, [20, 10, 21, 11]);
    Ok(())
}
