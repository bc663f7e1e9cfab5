//! A fresh cluster takes its place among others that are on their way.

use super::state::{Layout, State};
use crate::cohort::Cohort;
use crate::lane::Lane;
use core::ops::Range;

impl State<f64> {
    /// Turns the rings of a cluster that has not taken a step to where those of `lane` of another state stand. A step then
    /// finds what is due at one place of memory in both, and has the same results as without. A cluster that has taken a step
    /// stays as it is, and so do the rings of etcd, leases and elections, which no lane has.
    ///
    /// ```
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// use slackwater_core::system::state::{Layout, State};
    /// use slackwater_core::system::step::step;
    /// let mut scenario = Scenario::idle(1.0, 300.0, 8.0);
    /// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
    /// let layout = Layout::of(&scenario);
    /// let (mut old, mut fresh) = (vec![0.0; layout.length], vec![0.0; layout.length]);
    /// let mut first = State::new(&scenario, &layout, &mut old);
    /// for _ in 0..100 {
    ///     step(&scenario, &layout, &mut first, &mut old);
    /// }
    /// let mut second = State::new(&scenario, &layout, &mut fresh);
    /// second.stand_beside(&first, 0, &layout, &mut fresh);
    /// assert_eq!((second.place, second.steps), (100.0, 0.0));
    /// ```
    pub fn stand_beside<L: Lane>(&mut self, other: &State<L>, lane: usize, layout: &Layout, storage: &mut [f64]) {
        // One that is on its way has its own place.
        if self.steps != 0.0 {
            return;
        }
        self.place = other.place.lane(lane);
        let mut turn = |own: &mut Cohort<f64>, other: &Cohort<L>, ring: &Range<usize>| {
            own.turn(storage.get_mut(ring.clone()).unwrap_or_default(), other.head(lane));
        };
        for ((own, other), places) in self.classes.iter_mut().zip(&other.classes).zip(&layout.classes) {
            turn(&mut own.idle, &other.idle, &places.idle);
            turn(&mut own.backoff, &other.backoff, &places.backoff);
            turn(&mut own.lingering, &other.lingering, &places.lingering);
            for ((own, other), place) in own.lines.iter_mut().zip(&other.lines).zip(&places.lines) {
                turn(&mut own.queue, &other.queue, &place.queue);
            }
        }
        for ((own, other), places) in self.caches.iter_mut().zip(&other.caches).zip(&layout.dns) {
            turn(&mut own.valid, &other.valid, &places.valid);
            turn(&mut own.stale, &other.stale, &places.stale);
            turn(&mut own.failures.recent, &other.failures.recent, &places.recent);
            turn(&mut own.failures.old, &other.failures.old, &places.old);
        }
    }
}
