//! A priority level in which not everybody can start: who runs, who waits in which queue, who is turned away.

use super::etcd::holding;
use super::lingering::lingering;
use super::scenario::{MAX_CLASSES, Scenario};
use super::state::{Layout, State};
use crate::clients::clock::Place;
use crate::clients::line::{HAND, Line};
use crate::clients::population::Population;
use crate::flowcontrol::loss::{crowded, granted};
use crate::flowcontrol::queues::{Queue, Queues, Seats, Want, give, join};
use crate::lane::Lane;
use heapless::Vec;

/// A level without queues: who arrives finds a free seat or is turned away, whoever it is. `held` seats of `limit` stay
/// in use through the step, `wanted` more would be at its end.
#[inline(always)]
pub(super) fn refuse<L: Lane>(
    wants: &mut [Want<L>],
    of_level: impl Fn(&Want<L>) -> bool,
    limit: L,
    held: L,
    wanted: L,
    open: L,
) {
    let (zero, one) = (L::zero(), L::one());
    let (mut requests, mut asked) = (zero, zero);
    for want in wants.iter().filter(|want| of_level(want)) {
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
    for want in wants.iter_mut().filter(|want| of_level(want)) {
        for ((starts, joins), rejected) in want.starts.iter_mut().zip(want.joins).zip(&mut want.rejected) {
            *starts = L::pick(crowded, joins * share, *starts);
            *rejected = L::pick(crowded, joins * (one - share), *rejected);
        }
    }
}

/// Where seats are short all of them will be taken, and a request lasts as long as so many let each other. The speed of the
/// step before knows nothing of it: a level whose limit has just been raised would start as many as end within a step while
/// few run.
#[inline(always)]
pub(super) fn slow_down<L: Lane>(state: &State<L>, wants: &mut [Want<L>], level: usize, held: L, cores: L, dt_s: L) {
    let (zero, one) = (L::zero(), L::one());
    let (mut running, mut waiting, mut seats) = (zero, zero, zero);
    for (want, population) in wants.iter().zip(&state.classes) {
        running += population.remaining();
        if want.level == level {
            let there = want.waiting() + want.arriving;
            waiting += there;
            seats += there * want.seats;
        }
    }
    let limit = state.levels.get(level).map_or(zero, |level| level.limit);
    let more = ((limit - held).max(zero) * waiting.over(seats, zero)).min(waiting);
    let speed = cores.over(running + more, cores).min(state.speed);
    for want in wants.iter_mut().filter(|want| want.level == level) {
        let longer = want.size_s.over(speed, zero) - want.size_s.over(state.speed, zero);
        let stays = (want.cost.over(want.seats, zero) + longer / dt_s).min(one);
        want.cost = L::pick(longer.gt(zero), want.seats * stays, want.cost);
    }
}

/// A level with queues in which not everybody can start; `held` seats stay in use through the step.
#[inline(always)]
pub(super) fn contend<L: Lane>(
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    wants: &mut [Want<L>],
    progress: &mut [L],
    place: &Place<L>,
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
    let patience: Vec<L, MAX_CLASSES> =
        scenario.classes.iter().map(|class| class.patience_s(level.wait_s) / dt_s).collect();
    let entry = |number: &u16| number.wrapping_sub(first_number) as usize;
    // A request that is wider than the limit starts when nobody executes; one that ends within the step leaves the level
    // to others for the rest of it.
    let (mut executing, mut narrowest, mut widest) = (zero, L::splat(f64::MAX), zero);
    let (mut wide, mut by_wide, mut beyond) = (zero, zero, zero);
    let known = wants.iter_mut().zip(&scenario.classes).zip(&state.classes);
    for ((want, class), population) in known.filter(|((want, _), _)| want.level == at) {
        want.describe(class);
        executing += population.remaining() - population.outside_remaining();
        let there = (population.running() + want.waiting() + want.arriving).gt(zero);
        narrowest = L::pick(there, narrowest.min(want.seats), narrowest);
        widest = L::pick(there, widest.max(want.seats), widest);
        let (_, lingering) = lingering(class, population, &state.levels, dt_s);
        let holds = holding(scenario, class, population) + lingering - population.outside_remaining();
        let known = want.seats.gt(L::splat(1.001)) * zero.ge(want.variance);
        executing += lingering * want.seats.ge(now.limit);
        wide += holds * known;
        by_wide += holds * known * want.seats.min(now.limit);
        beyond += holds * (want.seats - now.limit).max(zero);
        let stays = want.cost.over(want.seats, zero);
        want.cost = L::pick(want.asks.gt(now.limit), stays * want.seats.min(now.limit), want.cost);
    }
    let of_level = wants.iter().zip(&state.classes).filter(|(want, _)| want.level == at);
    let ends = of_level.fold(zero, |sum, (_, population)| sum + population.ending());
    // Who is there before anybody arrives.
    let members = wants.iter().zip(&layout.classes).zip(&mut state.classes).zip(&patience);
    for (((want, places), population), &patience) in members.filter(|(((want, _), _), _)| want.level == at) {
        population.wide = places.lines.len();
        // Who has seats of catch-all is of no queue.
        let mut outside = population.outside;
        for ((number, line), queued) in places.queues.iter().zip(&population.lines).zip(want.queued) {
            let Some(queue) = queues.get_mut(entry(number)) else { continue };
            queue.add(want, queued, zero);
            queue.present += line.present() - outside;
            let ending = (line.ending - outside).max(zero);
            let charged_s = line.charged_s * ending.over(line.running - outside, zero);
            queue.ended += want.executes * (ending * want.lasts_s - charged_s).max(zero);
            outside = zero;
            let age = L::pick(queued.gt(zero), line.age(patience), -one);
            queue.age = queue.age.max(age);
            queue.last_joined = queue.last_joined.max(L::pick(queued.gt(zero), line.joined, -one));
        }
    }
    // Within a queue the oldest go first, whoever sent them.
    let members = wants.iter().zip(&layout.classes).zip(&state.classes).zip(&patience);
    for (((want, places), population), &patience) in members.filter(|(((want, _), _), _)| want.level == at) {
        for ((number, line), queued) in places.queues.iter().zip(&population.lines).zip(want.queued) {
            let Some(queue) = queues.get_mut(entry(number)) else { continue };
            queue.heads.add(want, queued * line.leads(queue, patience));
        }
    }
    // A queue that was idle has no claim on the time it slept, and none may save one up from before its head came.
    place.put(progress, now.progress, short);
    let short_from = L::pick(afresh, place.step, now.short_from);
    for queue in &mut queues {
        let waits = queue.age.ge(zero);
        if L::any(waits) {
            let at = |step: L| L::pick(waits, L::gather_ring(progress, step.max(short_from)), now.progress);
            (queue.oldest, queue.newest) = (at(place.step - queue.age), at(queue.last_joined));
        }
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
            seats += want.arriving * want.work();
        }
        let work: Vec<L, HAND> =
            hand.iter().map(|number| queues.get(entry(number)).map_or(zero, |queue| queue.work)).collect();
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
    let alike = narrowest.ge(widest);
    // One that is wider than the limit leaves nothing, and owes nothing.
    let free = (usable - (held - beyond)).max(zero);
    let parts = (wide - wide.floor()) * by_wide.over(wide, zero);
    let (limit, progress) = (now.limit, now.progress);
    let idle = give(&mut queues, Seats { free, parts, limit, executing, progress, ending: ends, alike });
    // A queue is full only while all seats are in use.
    let taken = one.ge(now.limit - usable + L::splat(0.5)) * L::splat(0.5).gt(idle);
    let classes = layout.classes.iter().zip(&state.classes);
    let members = wants.iter_mut().zip(classes).zip(&patience);
    for ((want, (places, population)), &patience) in members.filter(|((want, _), _)| want.level == at) {
        let longer = L::splat(f64::from(level.hand_size) / places.queues.len().max(1) as f64).max(one);
        let length = L::splat(f64::from(level.queue_length)) * longer;
        for (slot, number) in places.queues.iter().enumerate() {
            let Some(queue) = queues.get(entry(number)) else { continue };
            let Some(line) = population.lines.get(slot) else { continue };
            let heads = line.leads(queue, patience);
            let share = queue.started.over(queue.cost, zero).min(one);
            let firsts = queue.started.min(queue.heads.cost);
            let first = firsts.over(queue.heads.cost, zero) * heads;
            let then = (queue.started - firsts).over(queue.cost - queue.heads.cost, zero).min(one);
            let over = (queue.requests * (one - share) - length).max(zero) * taken;
            let turned = over.over(queue.joined, zero).min(one);
            let (Some(starts), Some(rejected)) = (want.starts.get_mut(slot), want.rejected.get_mut(slot)) else {
                continue;
            };
            let (Some(queued), Some(joins)) = (want.queued.get(slot), want.joins.get(slot)) else { continue };
            let firsts = *queued * first;
            *starts = L::pick(short, firsts + (*queued * (one - heads) + *joins) * then, *starts);
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
        level.short_from = L::pick(short, short_from, level.short_from);
        level.progress += level.progress_per_s * dt_s;
    }
}

/// Seats that can be in use.
///
/// # Formula
/// A request that does not fit holds up all others: of 368 seats requests of 10 use 360. [`give`] sees to that where
/// requests outlast the step. Where a step ends them many times over it cannot: what is then left over is that of each
/// class, weighted by the seats it holds. Source: `findDispatchQueueToBoundLocked` of `queueset.go`, in which no narrower
/// request passes the head.
///
/// Where the widths W of a class vary, those that run are a draw from it until one does not fit: on average
/// (E W^2 / E W - 1) / 2 seats stay idle, the mean undershoot of a renewal process over whole numbers (Feller, An
/// Introduction to Probability Theory and Its Applications II, XI.4).
fn usable_seats<L: Lane>(wants: &[Want<L>], classes: &[Population<L>], level: usize, limit: L) -> L {
    let (zero, one) = (L::zero(), L::one());
    let (mut widest, mut seats, mut left_over) = (one, zero, zero);
    let (mut asked, mut varied) = (zero, zero);
    for (want, population) in wants.iter().zip(classes).filter(|(want, _)| want.level == level) {
        let waiting = want.seats * (want.waiting() + want.arriving);
        widest = widest.max(want.seats.min(limit) * waiting.gt(zero));
        let alike = zero.ge(want.variance);
        let (held, width) = (population.running() * want.seats, want.seats.min(limit));
        let within_step = (one - want.cost.over(want.seats, one)) * alike;
        seats += held;
        left_over += within_step * held * (limit - (limit.over(width, zero)).floor() * width);
        asked += waiting;
        varied += waiting * (want.variance.over(want.seats, zero) + want.seats - one) * L::splat(0.5) * (one - alike);
    }
    (limit - left_over.over(seats, zero) - varied.over(asked, zero)).max(widest.min(limit))
}

impl<L: Lane> Line<L> {
    /// Steps since the oldest of those that wait arrived; each stays for `patience` steps.
    #[inline(always)]
    fn age(&self, patience: L) -> L {
        (patience - self.queue.soonest() - L::one()).max(L::zero()).floor()
    }

    /// 1 if its oldest came in the same step as the oldest of the queue.
    #[inline(always)]
    fn leads(&self, queue: &Queue<L>, patience: L) -> L {
        self.age(patience).ge(queue.age)
    }
}
