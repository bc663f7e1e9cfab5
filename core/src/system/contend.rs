//! A priority level in which not everybody can start: who runs, who waits in which queue, who is turned away.

use super::scenario::Scenario;
use super::state::{Layout, State};
use crate::clients::line::HAND;
use crate::clients::population::Population;
use crate::flowcontrol::loss::{crowded, granted};
use crate::flowcontrol::queues::{Queue, Queues, Want, give, join};
use crate::lane::Lane;
use heapless::Vec;

/// A level without queues: who arrives finds a free seat or is turned away, whoever it is. `held` seats of `limit` stay
/// in use through the step, `wanted` more would be at its end.
pub(super) fn refuse<L: Lane>(wants: &mut [Want<L>], level: usize, limit: L, held: L, wanted: L, open: L) {
    let (zero, one) = (L::zero(), L::one());
    let (mut requests, mut asked) = (zero, zero);
    for want in wants.iter().filter(|want| want.level == level) {
        requests += want.arriving;
        asked += want.arriving * want.seats;
    }
    let width = asked.over(requests, one).max(one);
    let (seats, held, wanted) = ((limit / width).floor(), held / width, wanted / width);
    let crowded = crowded(seats, held + wanted) * wanted.gt(zero) * open;
    if !L::any(crowded) {
        return;
    }
    let share = granted(seats, held, wanted).min((seats - held).max(zero).over(wanted, one));
    for want in wants.iter_mut().filter(|want| want.level == level) {
        for ((starts, joins), rejected) in want.starts.iter_mut().zip(want.joins).zip(&mut want.rejected) {
            *starts = L::pick(crowded, joins * share, *starts);
            *rejected = L::pick(crowded, joins * (one - share), *rejected);
        }
    }
}

/// A level with queues in which not everybody can start; `held` seats stay in use through the step.
pub(super) fn contend<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    wants: &mut [Want<L>],
    at: usize,
    held: L,
    short: L,
    dt_s: L,
) {
    let (zero, one) = (L::zero(), L::one());
    let Some((level, now)) = scenario.levels.get(at).zip(state.levels.get(at).copied()) else { return };
    let Some(numbers) = layout.levels.get(at).cloned() else { return };
    let first_number = numbers.start;
    let mut queues: Queues<L> = Vec::new();
    // Before seats were short nobody was behind or ahead.
    let afresh = zero.ge(now.progress_per_s);
    for number in numbers {
        let next = state.fair.get(number as usize).copied().unwrap_or(zero);
        // As many as there are in all.
        let _ = queues.push(Queue::empty(number, L::pick(afresh, now.progress, next)));
    }
    let entry = |number: &u16| number.wrapping_sub(first_number) as usize;
    // Who is there before anybody arrives.
    for ((want, places), population) in wants.iter().zip(&layout.classes).zip(&mut state.classes) {
        if want.level != at {
            continue;
        }
        population.wide = places.lines.len();
        for ((number, line), queued) in places.queues.iter().zip(&population.lines).zip(want.queued) {
            let Some(queue) = queues.get_mut(entry(number)) else { continue };
            queue.add(want, queued, zero);
            queue.present += line.present();
            let age_s = (level.wait_s - (line.queue.soonest() + one) * dt_s).max(zero);
            let arrival = now.progress - age_s * now.progress_per_s;
            queue.oldest = L::pick(queued.gt(zero), queue.oldest.min(arrival), queue.oldest);
        }
    }
    // A queue that was idle has no claim on the time it slept, and none may save one up from before its head came.
    for queue in &mut queues {
        let idle = (one - queue.present).max(zero);
        let ahead = (queue.next - now.progress).max(zero);
        queue.next = (queue.next - ahead * idle).max(queue.oldest.min(now.progress));
    }
    // Arrivals, flow by flow.
    for first in 0..wants.len() {
        let Some(flow) = wants.get(first).filter(|want| want.level == at).map(|want| want.flow) else { continue };
        let before = wants.iter().take(first);
        if before.filter(|other| other.level == at && other.flow == flow).count() > 0 {
            continue;
        }
        let Some(hand) = layout.classes.get(first).map(|places| &places.queues) else { continue };
        let (mut arriving, mut seats) = (zero, zero);
        for want in wants.iter().filter(|want| want.level == at && want.flow == flow) {
            arriving += want.arriving;
            seats += want.arriving * want.seats;
        }
        let work: Vec<L, HAND> =
            hand.iter().map(|number| queues.get(entry(number)).map_or(zero, |queue| queue.seats)).collect();
        let joins =
            join(&work, arriving, seats.over(arriving, one), now.dealt.min(L::splat((hand.len().max(1) - 1) as f64)));
        for want in wants.iter_mut().filter(|want| want.level == at && want.flow == flow) {
            let share = want.arriving.over(arriving, zero);
            for (joins, mine) in joins.into_iter().zip(&mut want.joins) {
                *mine = L::pick(short, joins * share, *mine);
            }
            for (number, joined) in hand.iter().zip(want.joins) {
                if let Some(queue) = queues.get_mut(entry(number)) {
                    queue.add(want, joined, joined);
                }
            }
        }
    }
    let usable = usable_seats(wants, &state.classes, at, now.limit);
    give(&mut queues, (usable - held).max(zero));
    // A queue is full only while all seats are in use.
    let taken = one.ge(now.limit - usable + L::splat(0.5));
    for (want, places) in wants.iter_mut().zip(&layout.classes).filter(|(want, _)| want.level == at) {
        let longer = L::splat(f64::from(level.hand_size) / places.queues.len().max(1) as f64).max(one);
        let length = L::splat(f64::from(level.queue_length)) * longer;
        for (slot, number) in places.queues.iter().enumerate() {
            let Some(queue) = queues.get(entry(number)) else { continue };
            let share = queue.started.over(queue.cost, zero).min(one);
            let over = (queue.requests * (one - share) - length).max(zero) * taken;
            let turned = over.over(queue.joined, zero).min(one);
            let (Some(starts), Some(rejected)) = (want.starts.get_mut(slot), want.rejected.get_mut(slot)) else {
                continue;
            };
            let (Some(queued), Some(joins)) = (want.queued.get(slot), want.joins.get(slot)) else { continue };
            *starts = L::pick(short, (*queued + *joins) * share, *starts);
            *rejected = L::pick(short, *joins * turned, *rejected);
        }
    }
    let mut busy = zero;
    for queue in &queues {
        if let Some(next) = state.fair.get_mut(queue.id as usize) {
            *next = L::pick(short, queue.next, *next);
        }
        busy += (queue.present + queue.joined).min(one);
    }
    if let Some(level) = state.levels.get_mut(at) {
        let per_s = now.limit.over(busy.max(one), zero);
        level.progress_per_s = L::pick(short, per_s, zero);
        level.progress += level.progress_per_s * dt_s;
    }
}

/// Seats that can be in use.
///
/// # Formula
/// A request that does not fit holds up all others: of 368 seats requests of 10 use 360, and one that is wider than the
/// limit runs alone. What is left over is that of each class, weighted by the seats it holds. Where widths differ, one of
/// `w` seats at the head waits until as many are free, and those stay idle meanwhile. With seats freed in parts of the
/// mean width `r` of those that run, that costs w (w - r) / 2 / (limit - 2/3 w) seats for the time of a request (the idle
/// seats on the way from none to `w`, of which two thirds are free on an average weighted by the idle ones); the usable
/// share is what the requests hold over what they hold and keep idle. Source: `findDispatchQueueToBoundLocked` of
/// `queueset.go`, in which no narrower request passes the head.
fn usable_seats<L: Lane>(wants: &[Want<L>], classes: &[Population<L>], level: usize, limit: L) -> L {
    let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
    let of_level = || wants.iter().zip(classes).filter(|(want, _)| want.level == level);
    let (mut widest, mut seats, mut requests) = (one, zero, zero);
    for (want, population) in of_level() {
        widest = widest.max(want.seats * (want.waiting() + want.arriving).gt(zero));
        seats += population.running() * want.seats;
        requests += population.running();
    }
    let part = seats.over(requests, widest);
    let (mut idle, mut left_over) = (zero, zero);
    for (want, population) in of_level() {
        let (held, width) = (population.running() * want.seats, want.seats.min(limit));
        let gathered = width * (width - part).max(zero) * half;
        idle += population.running() * gathered.over(limit - width * L::splat(2.0 / 3.0), zero);
        left_over += held * (limit - (limit.over(width, zero)).floor() * width);
    }
    let none = zero.ge(requests);
    let alike = (limit / widest).floor() * widest;
    let mixed = (limit - left_over.over(seats, zero)) * seats.over(seats + idle, one);
    L::pick(none, alike, mixed).max(widest)
}
