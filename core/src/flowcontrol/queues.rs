//! Who gets the free seats of a level when not everybody can: the hand of queues and its virtual time, as a fluid.
//!
//! A flow joins the queue of its hand in which the least work waits. Seats go to the queue whose head would be done
//! first. A dispatch moves its virtual start on by an estimate of 3 ms a seat, and by what comes after the answer; what a
//! request really took is added when it ends. So with requests of many seconds the queue that is behind is served alone
//! until it is empty, and its newcomers at once, while those in the other queues age towards the end of their patience.
//! One queue a flow cannot show this, nor can queues that are kept alike. Source: `queueset.go` of k8s.io/apiserver,
//! `pkg/util/flowcontrol/fairqueuing/queueset`.

use crate::clients::line::HAND;
use crate::lane::Lane;
use heapless::Vec;

pub use super::want::Want;

/// Seconds a request is taken to run until it has ended: `estimatedServiceDuration` in `queueset.go`.
///
/// ```
/// use slackwater_core::flowcontrol::queues::ESTIMATED_SERVICE_S;
/// assert_eq!(ESTIMATED_SERVICE_S, 0.003);
/// ```
pub const ESTIMATED_SERVICE_S: f64 = 0.003;

/// Parts in which the seats of a step are given out at least: how fine the turns of equal queues are.
const TURNS: f64 = 16.0;

/// One queue of a level during a step.
///
/// ```
/// use slackwater_core::flowcontrol::queues::Queue;
/// let queue = Queue { requests: 3.0, seats: 30.0, ..Queue::empty(7, 120.0) };
/// assert_eq!((queue.id, queue.next), (7, 120.0));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Queue<L> {
    /// Number among all queues.
    pub id: u16,
    /// Progress of the level at which its next request is due.
    pub next: L,
    /// Requests that wait, arrivals included once they have joined.
    pub requests: L,
    /// Seats they would hold when all have started.
    pub seats: L,
    /// Seats they ask for: more where the level has fewer than one asks for.
    pub asks: L,
    /// Those of them whose class has requests of different widths.
    pub varied: L,
    /// Their estimated work, in seats of [`ESTIMATED_SERVICE_S`].
    pub work: L,
    /// Seats they would hold at the end of the step.
    pub cost: L,
    /// Seat-seconds charged if all of them start.
    pub charge: L,
    /// Requests that joined in this step.
    pub joined: L,
    /// Of `cost`, what may start.
    pub started: L,
    /// Requests of it that wait or run before anybody joins.
    pub present: L,
    /// Steps since the oldest of those that wait arrived; -1 if nobody waits.
    pub age: L,
    /// Progress of the level when the oldest of those that wait arrived.
    pub oldest: L,
    /// Step in which the newest of those joined who joined before this one; -1 if nobody waits.
    pub last_joined: L,
    /// Progress of the level then.
    pub newest: L,
    /// Those of them whose class has waited longest: they go first.
    pub heads: Heads<L>,
    /// How far what ends in this step moves it on.
    pub ended: L,
    /// Seat-seconds its next request is estimated to take, but for what one seat takes and all have in common.
    pub lasts_s: L,
}

impl<L: Lane> Queue<L> {
    /// A queue in which nobody waits.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Queue;
    /// assert_eq!(Queue::empty(0, 0.0).requests, 0.0);
    /// ```
    pub fn empty(id: u16, next: L) -> Self {
        let zero = L::zero();
        Self {
            id,
            next,
            requests: zero,
            seats: zero,
            asks: zero,
            varied: zero,
            work: zero,
            cost: zero,
            charge: zero,
            joined: zero,
            started: zero,
            present: zero,
            age: -L::one(),
            oldest: L::splat(f64::MAX),
            last_joined: -L::one(),
            newest: L::splat(f64::MAX),
            heads: Heads::none(),
            ended: zero,
            lasts_s: zero,
        }
    }

    /// Progress at which its next request would be done, but for what one seat takes and all have in common, once the
    /// share `known` of what ends in the step has ended.
    #[inline(always)]
    fn due(&self, known: L) -> L {
        self.next + self.ended * known + self.lasts_s
    }

    /// `requests` of a class wait here, `joined` of them since this step.
    pub(crate) fn add(&mut self, want: &Want<L>, requests: L, joined: L) {
        self.requests += requests;
        self.seats += requests * want.seats;
        self.cost += requests * want.cost;
        self.asks += requests * want.asks;
        self.varied += requests * want.variance.gt(L::zero());
        self.work += requests * want.work();
        self.charge += requests * want.charge_s * want.executes + requests * want.last_work;
        self.joined += joined;
    }
}

/// Those of a queue whose class has waited longest.
///
/// ```
/// use slackwater_core::flowcontrol::queues::Heads;
/// assert_eq!(Heads::<f64>::none().requests, 0.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Heads<L> {
    /// How many.
    pub requests: L,
    /// Seats they would hold when all have started.
    pub seats: L,
    /// Seats they ask for.
    pub asks: L,
    /// Seats they would hold at the end of the step.
    pub cost: L,
}

impl<L: Lane> Heads<L> {
    /// Nobody.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Heads;
    /// assert_eq!(Heads::<f64>::none().cost, 0.0);
    /// ```
    pub fn none() -> Self {
        let zero = L::zero();
        Self { requests: zero, seats: zero, asks: zero, cost: zero }
    }

    /// `requests` of a class are among them.
    pub(crate) fn add(&mut self, want: &Want<L>, requests: L) {
        self.requests += requests;
        self.seats += requests * want.seats;
        self.asks += requests * want.asks;
        self.cost += requests * want.cost;
    }
}

/// Which queue of a hand each of `arriving` requests joins: the one with the least waiting seats, in parts of at
/// least a request, looked through from `dealt` on. `work` holds the waiting seats by queue of the hand.
///
/// ```
/// use slackwater_core::flowcontrol::queues::join;
/// // Three requests of one seat, into the two queues that are empty.
/// let joins = join(&[4.0, 0.0, 0.0], 3.0, 1.0, 0.0);
/// assert_eq!(joins[..3], [0.0, 2.0, 1.0]);
/// ```
pub fn join<L: Lane>(work: &[L], arriving: L, seats: L, dealt: L) -> [L; HAND] {
    let (zero, one) = (L::zero(), L::one());
    let hand = work.len().min(HAND);
    let mut joins = [zero; HAND];
    let mut level = [zero; HAND];
    for (level, work) in level.iter_mut().zip(work) {
        *level = *work;
    }
    let size = L::splat(hand.max(1) as f64);
    let part = (arriving / size).max(one);
    let dealt = dealt.floor();
    let mut left = arriving;
    for _ in 0..hand {
        if !L::any(left.gt(zero)) {
            break;
        }
        let now = part.min(left);
        // The first of equals, from the place of the deal on, wins.
        let (mut best, mut chosen) = (L::splat(f64::MAX), zero);
        for turn in 0..hand {
            let place = dealt + L::splat(turn as f64);
            let place = L::pick(place.ge(size), place - size, place);
            let here = L::gather(&level, place);
            let less = best.gt(here);
            best = L::pick(less, here, best);
            chosen = L::pick(less, place, chosen);
        }
        L::scatter_add(&mut joins, chosen, now);
        L::scatter_add(&mut level, chosen, now * seats);
        left -= now;
    }
    joins
}

/// Seats a level may give out in a step.
///
/// ```
/// use slackwater_core::flowcontrol::queues::Seats;
/// assert_eq!(Seats::free(7.0).free, 7.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Seats<L> {
    /// Free seats.
    pub free: L,
    /// Of those in use, seats held by parts of wide requests: a fluid ends a request by parts, in more than one step.
    pub parts: L,
    /// All of the level.
    pub limit: L,
    /// Requests that execute and go on with it, or hold all seats after their answer.
    pub executing: L,
    /// Progress of the level.
    pub progress: L,
    /// Requests that end in this step: the first seat is given out when the first has ended, the last when all have.
    pub ending: L,
    /// 1 if all that wait or hold seats ask for the same number.
    pub alike: L,
}

impl<L: Lane> Seats<L> {
    /// All seats of a level on which nobody executes.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::queues::Seats;
    /// assert_eq!(Seats::free(7.0).executing, 0.0);
    /// ```
    pub fn free(seats: L) -> Self {
        Self {
            free: seats,
            parts: L::zero(),
            limit: seats,
            executing: L::zero(),
            progress: L::zero(),
            ending: L::zero(),
            alike: L::one(),
        }
    }
}

/// Gives the free seats of a level to its queues, the one whose head would be done first to begin with, and moves their
/// starts on. Returns the seats that stay idle because the request whose turn it is does not fit.
///
/// A request of more than one seat starts whole or not at all: while it is at the head and does not fit, nobody else
/// gets what is free (`findDispatchQueueToBoundLocked` of `queueset.go`). One that is wider than the limit starts when
/// nobody executes, and then nobody else does (`canAccommodateSeatsLocked`). No queue may claim from before
/// its head came (`boundNextDispatchLocked`): who is served while the oldest wait moves on with the age of the next.
///
/// ```
/// use slackwater_core::flowcontrol::queues::{Queue, Seats, give};
/// let five = Queue { requests: 5.0, seats: 50.0, asks: 50.0, cost: 50.0, charge: 0.15, ..Queue::empty(0, 0.0) };
/// let waiting = |id, next| Queue { id, next, ..five };
/// let mut queues = [waiting(0, 90.0), waiting(1, 20.0)];
/// give(&mut queues, Seats::free(60.0));
/// // The one that is behind is emptied first.
/// assert_eq!((queues[0].started, queues[1].started), (10.0, 50.0));
/// // Seven seats are no use to a request of ten, if somebody else executes.
/// let mut queues = [waiting(0, 90.0), waiting(1, 20.0)];
/// assert_eq!(give(&mut queues, Seats { free: 7.0, executing: 1.0, ..Seats::free(17.0) }), 7.0);
/// assert_eq!((queues[0].started, queues[1].started), (0.0, 0.0));
/// // Else it runs alone.
/// assert_eq!(give(&mut queues, Seats::free(8.0)), 0.0);
/// assert_eq!((queues[0].started, queues[1].started), (0.0, 10.0));
/// ```
pub fn give<L: Lane>(queues: &mut [Queue<L>], seats: Seats<L>) -> L {
    let (zero, one) = (L::zero(), L::one());
    let Seats { free, mut parts, limit, executing, ending, alike, progress } = seats;
    let least = free / L::splat(TURNS);
    // What is left of a seat by rounding is nobody's.
    let tiny = free * L::splat(1e-12);
    let (mut left, mut executing, mut idle) = (free, executing, zero);
    for queue in queues.iter_mut() {
        queue.lasts_s = (queue.work.over(queue.requests, one) - one) * L::splat(ESTIMATED_SERVICE_S);
    }
    // Every round empties a queue, or gives out one part in sixteen.
    for _ in 0..=2 * queues.len() + TURNS as usize {
        let far = L::splat(f64::MAX);
        let (mut first, mut second, mut chosen) = (far, far, -one);
        let (mut first_ended, mut second_ended) = (zero, zero);
        let known = ((free - left).over(free, one) + one / ending.max(one)).min(one);
        for (at, queue) in queues.iter().enumerate() {
            let waits = (queue.cost - queue.started).gt(queue.cost * L::splat(1e-12));
            let next = L::pick(waits, queue.due(known), far);
            let less = first.gt(next);
            second_ended = L::pick(less, first_ended, L::pick(second.gt(next), queue.ended, second_ended));
            first_ended = L::pick(less, queue.ended, first_ended);
            second = L::pick(less, first, second.min(next));
            chosen = L::pick(less, L::splat(at as f64), chosen);
            first = first.min(next);
        }
        if !L::any(left.gt(tiny) * chosen.ge(zero)) {
            return idle;
        }
        for (at, queue) in queues.iter_mut().enumerate() {
            let here = chosen.ge(L::splat(at as f64)) * L::splat(at as f64).ge(chosen) * left.gt(tiny);
            if !L::any(here) {
                continue;
            }
            let slope = queue.charge.over(queue.cost, zero);
            // How fast it falls behind the next one, a seat.
            let loses = slope + (queue.ended - second_ended).over(free, zero);
            let before = (second - queue.due(known)).max(zero);
            let gap = L::pick(loses.gt(zero), before.over(loses, far), far);
            // Nor may it claim from before its next head came.
            let oldest = queue.oldest.min(progress);
            let younger = (queue.newest.min(progress) - oldest).max(zero).over(queue.cost, zero);
            let until = (before + queue.next - oldest).over(younger, far) - queue.started;
            let gap = L::pick(younger.gt(zero), gap.min(until.max(zero)), gap);
            // The oldest first, then the others: each a width of its own.
            let heads = (queue.heads.cost - queue.started).gt(queue.cost * L::splat(1e-12));
            let rest = L::pick(heads, queue.heads.cost, queue.cost) - queue.started;
            let of = |all: L, heads_of: L| L::pick(heads, heads_of, all - heads_of);
            let requests = of(queue.requests, queue.heads.requests);
            let request = of(queue.cost, queue.heads.cost).over(requests, zero);
            // Where the width of the head is not known, what it leaves idle has been left out of the free seats.
            let seats = of(queue.seats, queue.heads.seats);
            let wide = seats.gt(requests * L::splat(1.001)) * queue.requests.ge(queue.varied + queue.varied);
            let width = seats.over(requests, one);
            let some = gap.max(least).min(rest).min(left);
            let whole = ((some + tiny).over(request, zero).floor().max(one) * request).min(rest);
            let alone = of(queue.asks, queue.heads.asks).gt(requests * limit);
            let wide = wide.max(alone);
            // A fluid ends a request by parts. Where all are alike, what a part has left the next takes at once; else it
            // starts whole, or by what is free as soon as parts alone are in its way. Alone, less than half of one is nobody.
            let slack = request * L::splat(1e-9);
            let room = ((left + parts + slack).over(request, zero).floor() * request - parts).max(zero);
            let outright = whole * (left + tiny).ge(request.min(rest));
            let mixed = L::pick(alone, whole * L::splat(0.5).ge(executing), outright.max(room.min(rest)));
            let alike_room = L::pick(alone, (one - executing).max(zero) * request, room);
            let whole = L::pick(alike, whole.min(alike_room), mixed);
            let fits = whole.gt(slack.min(rest * L::splat(0.5)));
            let blocked = here * wide * (one - fits);
            // Free parts of a request that is about to end are given out at once in truth: where all have one width, what
            // idles before one that is no wider than the limit is what such requests leave over of it.
            let over = limit - (limit.over(width, zero)).floor() * width;
            let idles = L::pick(alike * (one - alone), left.min(over), left);
            idle = L::pick(blocked, idles, idle);
            left = L::pick(blocked, zero, left);
            let got = L::pick(wide, L::pick(fits, whole, zero), some) * here;
            queue.started += got;
            queue.next =
                (queue.next + got * slope).max(L::pick(got.gt(zero), oldest + queue.started * younger, queue.next));
            executing += got / width.min(limit).max(one);
            left = (left - got).max(zero);
            let held = parts + got;
            let entire = (held + slack).over(request, zero).floor() * request;
            parts = L::pick(here * wide, (held - entire).max(zero), parts);
        }
    }
    idle
}

/// A scratch list of the queues of one level.
pub(crate) type Queues<L> = Vec<Queue<L>, { crate::system::state::MAX_QUEUES }>;
