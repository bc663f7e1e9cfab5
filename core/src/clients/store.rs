//! Requests that hold seats and wait for etcd before they are served.

use super::line::Line;
use super::population::Population;
use crate::lane::Lane;

/// Requests that etcd let through.
///
/// ```
/// use slackwater_core::clients::store::Through;
/// let through = Through { amount: 6.0, waited_s: 2.5, held_s: 0.5 };
/// assert_eq!(through.amount * through.held_s, 3.0); // seat-seconds of requests of one seat
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Through<L> {
    /// How many.
    pub amount: L,
    /// Mean seconds since they arrived at the server.
    pub waited_s: L,
    /// Mean seconds since they got their seats.
    pub held_s: L,
}

impl<L: Lane> Line<L> {
    /// `amount` requests that have waited `waited_s` seconds for seats begin to wait for etcd, which gives them up in
    /// `due_steps` steps; a `share` of all that wait gets through.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::slots_for;
    /// let mut slots = vec![0.0; slots_for(7.0, 1.0)];
    /// let mut updates = Line::empty();
    /// let at_once = updates.through_etcd(&mut slots, 8.0, 2.0, 7.0, 0.75, 1.0);
    /// assert_eq!((at_once.amount, at_once.waited_s, at_once.held_s), (6.0, 2.0, 0.0));
    /// updates.expire_etcd(&mut slots);
    /// let later = updates.through_etcd(&mut slots, 0.0, 0.0, 7.0, 1.0, 1.0);
    /// assert_eq!((later.amount, later.waited_s, later.held_s), (2.0, 3.0, 1.0));
    /// ```
    pub fn through_etcd(
        &mut self,
        slots: &mut [L],
        amount: L,
        waited_s: L,
        due_steps: L,
        share: L,
        dt_s: L,
    ) -> Through<L> {
        self.etcd.push(slots, amount, due_steps);
        self.etcd_waited_s += amount * waited_s;
        let (through, residual) = self.etcd.take(slots, self.etcd.total() * share);
        let held_s = L::pick(through.gt(L::zero()), (due_steps - residual).max(L::zero()) * dt_s, L::zero());
        Through { amount: through, waited_s: self.leave_etcd(through) + held_s, held_s }
    }

    /// Moves time on by one step; returns those that etcd, or their client, gives up.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::slots_for;
    /// let mut slots = vec![0.0; slots_for(7.0, 1.0)];
    /// let mut updates = Line::empty();
    /// updates.through_etcd(&mut slots, 8.0, 0.0, 7.0, 0.0, 1.0); // no quorum
    /// assert_eq!((1..=7).map(|_| updates.expire_etcd(&mut slots)).last(), Some(8.0));
    /// ```
    pub fn expire_etcd(&mut self, slots: &mut [L]) -> L {
        let expired = self.etcd.expire(slots);
        self.leave_etcd(expired);
        expired
    }

    /// etcd, or the API server, is gone where `lost` is 1: all that wait for it are lost. Returns them.
    ///
    /// ```
    /// use slackwater_core::clients::line::Line;
    /// use slackwater_core::cohort::slots_for;
    /// let mut slots = vec![0.0; slots_for(7.0, 1.0)];
    /// let mut updates = Line::empty();
    /// updates.through_etcd(&mut slots, 8.0, 0.0, 7.0, 0.0, 1.0);
    /// assert_eq!((updates.lose_etcd(&mut slots, 1.0), updates.present()), (8.0, 0.0));
    /// ```
    pub fn lose_etcd(&mut self, slots: &mut [L], lost: L) -> L {
        let gone = self.etcd.thin(slots, L::one() - lost);
        self.leave_etcd(gone);
        gone
    }

    /// `amount` have left: the mean of what all had waited for seats goes with each.
    fn leave_etcd(&mut self, amount: L) -> L {
        let before = self.etcd.total() + amount;
        let mean_s = self.etcd_waited_s.over(before, L::zero());
        self.etcd_waited_s = (self.etcd_waited_s - amount * mean_s).max(L::zero());
        mean_s
    }
}

impl<L: Lane> Population<L> {
    /// Requests that hold seats and wait for etcd.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// assert_eq!(Population::<f64>::empty().at_etcd(), 0.0);
    /// ```
    pub fn at_etcd(&self) -> L {
        self.sum(|line| line.etcd.total())
    }
}
