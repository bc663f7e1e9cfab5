//! Who gets the free seats of a level: fair shares between flows, first in, first out within one.
//!
//! This is the coarse law: one queue a flow. The hand of queues and virtual time of the real dispatcher
//! change which requests of one flow wait, not how many seats a flow gets.

use crate::lane::Lane;

/// What one class wants of a level in this step.
///
/// ```
/// use slackwater_core::flowcontrol::queues::Want;
/// let lists = Want { level: 5, flow: 0, queued: 4.0, arriving: 2.0, seats: 10.0, starts: 0.0, rejected: 0.0 };
/// assert_eq!((lists.queued + lists.arriving) * lists.seats, 60.0); // seats wanted
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Want<L> {
    /// Level and flow.
    pub level: usize,
    /// Flow within the scenario.
    pub flow: usize,
    /// Requests already waiting.
    pub queued: L,
    /// Requests that arrive.
    pub arriving: L,
    /// Seats one more request holds at the end of the step.
    pub seats: L,
    /// May start in this step.
    pub starts: L,
    /// Are turned away for lack of room.
    pub rejected: L,
}

/// Rounds of the fair share; the share is exact for up to this many flows that want more than it.
const ROUNDS: usize = 4;

/// Shares `free` seats of level `level` over the flows that want some, and fills `starts` and `rejected`.
/// A flow may keep `cap` requests waiting.
///
/// # Formula
/// Max-min fairness (water filling) over flows by seats; apiserver fair queuing gives flows that are always
/// waiting equal seat-seconds.
///
/// ```
/// use slackwater_core::flowcontrol::queues::{Want, dispatch};
/// let want = |flow, arriving| Want {
///     level: 0, flow, queued: 0.0, arriving, seats: 1.0, starts: 0.0, rejected: 0.0,
/// };
/// // A fleet asks for 100 seats, a controller for 2: the controller gets what it wants, the fleet the rest.
/// let mut wants = [want(0, 100.0), want(1, 2.0)];
/// dispatch(&mut wants, 0, 10.0, 50.0);
/// assert_eq!((wants[0].starts, wants[1].starts), (8.0, 2.0));
/// assert_eq!(wants[0].rejected, 42.0); // 50 of its flow may wait
/// ```
pub fn dispatch<L: Lane>(wants: &mut [Want<L>], level: usize, free: L, cap: L) {
    let zero = L::zero();
    let mut wanted = zero;
    for want in wants.iter().filter(|want| want.level == level) {
        wanted += (want.queued + want.arriving) * want.seats;
    }
    // The usual case: everybody starts.
    let all = free.ge(wanted);
    let mut share = free;
    if L::any(L::one() - all) {
        share = fair_share(wants, level, free);
    }
    for at in 0..wants.len() {
        let Some(&want) = wants.get(at).filter(|want| want.level == level) else { continue };
        let (flow_wanted, flow_requests, flow_arriving) = flow_of(wants, level, want.flow);
        let granted = L::pick(all, L::one(), share.over(flow_wanted, L::one()).min(L::one()));
        let starts = (want.queued + want.arriving) * granted;
        let over = (flow_requests * (L::one() - granted) - cap).max(zero);
        let rejected = want.arriving * over.over(flow_arriving, zero).min(L::one());
        if let Some(want) = wants.get_mut(at) {
            want.starts = starts;
            want.rejected = rejected;
        }
    }
}

fn flow_of<L: Lane>(wants: &[Want<L>], level: usize, flow: usize) -> (L, L, L) {
    let (mut seats, mut requests, mut arriving) = (L::zero(), L::zero(), L::zero());
    for want in wants.iter().filter(|want| want.level == level && want.flow == flow) {
        seats += (want.queued + want.arriving) * want.seats;
        requests += want.queued + want.arriving;
        arriving += want.arriving;
    }
    (seats, requests, arriving)
}

/// Seats each flow may take at most so that all `free` seats are used.
fn fair_share<L: Lane>(wants: &[Want<L>], level: usize, free: L) -> L {
    let mut share = L::zero();
    for _ in 0..ROUNDS {
        let (mut satisfied, mut greedy) = (L::zero(), L::zero());
        for (at, want) in wants.iter().enumerate().filter(|(_, want)| want.level == level) {
            let first = !wants.iter().take(at).any(|other| other.level == level && other.flow == want.flow);
            if first {
                let (wanted, _, _) = flow_of(wants, level, want.flow);
                let more = wanted.gt(share);
                satisfied += L::pick(more, L::zero(), wanted);
                greedy += more;
            }
        }
        share = (free - satisfied).max(L::zero()).over(greedy, share).max(share);
    }
    share
}
