//! Seats that a request holds for some time after its answer, while those that watch the object are told of the write.
//!
//! Source: `finishRequestLocked` of `queueset.go` of k8s.io/apiserver, and its work estimator for writes. Classes without
//! such a time take none of these steps.

use super::rings::ring;
use super::scenario::Class;
use super::state::{LevelState, Rings};
use crate::clients::population::Population;
use crate::flowcontrol::queues::Want;
use crate::lane::Lane;

impl<L: Lane> Class<L> {
    /// Whether requests hold seats after their answer.
    ///
    /// ```
    /// use slackwater_core::system::scenario::Class;
    /// let write = Class { last_seats: 4.0, last_s: 0.005, ..Class::poll(1.0, 10.0, 0.002) };
    /// assert!(write.lingers() && !Class::poll(1.0, 10.0, 0.002).lingers());
    /// ```
    #[inline(always)]
    pub fn lingers(&self) -> bool {
        L::any(self.last_seats * self.last_s)
    }

    /// Seats after the answer, if they are held for any time: lanes next to each other may have such a time or none.
    #[inline(always)]
    fn last(&self) -> L {
        self.last_seats * self.last_s.gt(L::zero())
    }

    /// Seats a request holds from its start to the end of [`Class::last_s`] on a level of `limit` seats, and the seconds
    /// it holds them after its answer: final seats beyond the limit are cut to it, and held for longer.
    ///
    /// Source: `dispatchLocked` of `queueset.go` of k8s.io/apiserver.
    ///
    /// ```
    /// use slackwater_core::system::scenario::Class;
    /// let write = Class { last_seats: 20.0, last_s: 0.05, ..Class::poll(1.0, 10.0, 0.002) };
    /// assert_eq!(write.held(8.0), (8.0, 0.125));
    /// assert_eq!(Class::poll(1.0, 10.0, 0.002).held(8.0), (1.0, 0.0));
    /// ```
    #[inline(always)]
    pub fn held(&self, limit: L) -> (L, L) {
        let last = self.last().min(limit.max(L::one()));
        (self.seats.max(last), self.last_s * self.last().over(last, L::zero()))
    }
}

impl<L: Lane> Population<L> {
    /// Those whose time is over in this step hold their seats no longer.
    #[inline(always)]
    pub(super) fn let_go(&mut self, class: &Class<L>, places: &Rings, storage: &mut [L], awake: L) {
        if class.lingers() {
            self.lingering.expire_where(ring(storage, &places.lingering), awake);
        }
    }

    /// `done` requests have been answered in this step and hold their seats for `last_s` seconds more: who lets go within
    /// the next step is free in it.
    #[inline(always)]
    pub(super) fn linger(
        &mut self,
        class: &Class<L>,
        places: &Rings,
        storage: &mut [L],
        levels: &[LevelState<L>],
        dt_s: L,
    ) {
        if class.lingers() {
            let (_, last_s) = class.held(limit(class, levels));
            let (one, steps) = (L::one(), last_s / dt_s);
            let done = self.last.answered * steps.min(one);
            self.lingering.push(ring(storage, &places.lingering), done, steps.max(one));
        }
    }
}

/// Seats of the level of a class.
#[inline(always)]
fn limit<L: Lane>(class: &Class<L>, levels: &[LevelState<L>]) -> L {
    levels.get(class.level).map_or(L::one(), |level| level.limit)
}

/// Seats of a request of a class.
#[inline(always)]
pub(super) fn width<L: Lane>(class: &Class<L>, levels: &[LevelState<L>]) -> L {
    if class.lingers() { class.held(limit(class, levels)).0 } else { class.seats }
}

/// Seats of a request of a class, and how many requests hold them through this step although they have been answered or
/// are about to be.
#[inline(always)]
pub(super) fn lingering<L: Lane>(
    class: &Class<L>,
    population: &Population<L>,
    levels: &[LevelState<L>],
    dt_s: L,
) -> (L, L) {
    if !class.lingers() {
        return (class.seats, L::zero());
    }
    let (seats, last_s) = class.held(limit(class, levels));
    (seats, population.lingering.total() + population.ending() * (last_s / dt_s).min(L::one()))
}

impl<L: Lane> Want<L> {
    /// Counts the seats a request holds after its answer.
    #[inline(always)]
    pub(super) fn linger(&mut self, class: &Class<L>, levels: &[LevelState<L>], dt_s: L) {
        if class.lingers() {
            let (seats, last_s) = class.held(limit(class, levels));
            let stays = (self.lasts_s + last_s).over(dt_s, L::one()).min(L::one());
            (self.seats, self.cost) = (seats, seats * stays);
        }
    }
    /// What only a level looks at whose seats are short.
    #[inline(always)]
    pub(super) fn describe(&mut self, class: &Class<L>) {
        self.asks = class.seats.max(class.last());
        (self.executes, self.variance) = (class.seats, class.seats_variance);
        self.last_work = class.last_seats * class.last_s;
    }
}
