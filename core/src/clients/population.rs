//! The clients of one traffic class: idle, queued, running, backing off, watching. They are conserved: every
//! change is a named flow.

use super::line::{HAND, Line};
use super::outcome::Outcome;
use crate::cohort::Cohort;
use crate::lane::{Lane, across, seldom};
use crate::ledger::Account;
use crate::system::scenario::{Arrivals, Class, Follows, Scenario};

/// One class on one API server.
///
/// ```
/// use slackwater_core::clients::population::Population;
/// let mut lists = Population { watching: 5.0, ..Population::empty() };
/// lists.lines[0].running = 3.0;
/// assert_eq!(lists.clients(), 8.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Population<L> {
    /// Clients until their next tick.
    pub idle: Cohort<L>,
    /// Those of them whose connection is gone, where servers are told apart: the next to send.
    pub loose: L,
    /// The queues of its hand; a level without queues uses the first only.
    pub lines: [Line<L>; HAND],
    /// How many of them have to be looked at in this step.
    pub wide: usize,
    /// Share of those waiting for etcd that the last step let through.
    pub etcd_passes: L,
    /// Clients until their next try.
    pub backoff: Cohort<L>,
    /// Requests that were answered and hold seats for some time more, where the class has such.
    pub lingering: Cohort<L>,
    /// Clients that hold a watch.
    pub watching: L,
    /// Requests queued or running that are tries after a failure.
    pub retrying: L,
    /// Requests in service that came while their server did not know their level, and hold seats of catch-all: the oldest of
    /// the first line.
    pub outside: L,
    /// Failures in a row, summed over all clients that are trying again.
    pub failures: L,
    /// Whether the class was set aside in the last step because nothing of it could happen.
    pub asleep: bool,
    /// Share of its requests that are answered, over the last seconds.
    pub success: L,
    /// What happened in the last step.
    pub last: Outcome<L>,
    /// What the class has used so far.
    pub account: Account<L>,
}

/// Requests that set out in one step.
///
/// ```
/// use slackwater_core::clients::population::Sends;
/// let sends = Sends { fresh: 20.0, again: 5.0 };
/// assert_eq!(sends.fresh + sends.again, 25.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sends<L> {
    /// For the first time.
    pub fresh: L,
    /// After a failure.
    pub again: L,
}

impl Population<f64> {
    /// The class in a healthy cluster before the touch: pollers evenly along their period, watches open.
    ///
    /// `idle_slots` must hold a period, see [`Layout`](crate::system::state::Layout).
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// let scenario = Scenario::idle(1.0, 120.0, 4.0);
    /// let mut idle = vec![0.0; slots_for(60.0, 1.0)];
    /// let mut polls = Population::new(&scenario, &Class::poll(1.0, 60.0, 0.1), &mut idle);
    /// assert_eq!(polls.clients(), 120.0);
    /// assert_eq!(polls.idle.expire(&mut idle), 2.0); // 120 clients over 60 s
    /// ```
    pub fn new(scenario: &Scenario<f64>, class: &Class<f64>, idle_slots: &mut [f64]) -> Self {
        let mut new = Self::empty();
        if class.follows != Follows::Agent {
            let clients = (class.clients_fixed + class.clients_per_node * scenario.nodes) / scenario.servers;
            match class.arrivals {
                Arrivals::FixedRate | Arrivals::FixedDelay => {
                    new.idle.push_even(idle_slots, clients, 1.0, class.period_s / scenario.dt_s + 1.0);
                }
                Arrivals::Watch => new.watching = clients,
                Arrivals::Open | Arrivals::OnStart | Arrivals::Opens | Arrivals::DnsMiss => {}
            }
        }
        new
    }
}

impl<L: Lane> Population<L> {
    /// A class without clients.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// assert_eq!(Population::<f64>::empty().clients(), 0.0);
    /// ```
    pub fn empty() -> Self {
        let zero = L::zero();
        Self {
            idle: Cohort::new(),
            loose: zero,
            lines: [Line::empty(); HAND],
            wide: HAND,
            etcd_passes: L::one(),
            backoff: Cohort::new(),
            lingering: Cohort::new(),
            watching: zero,
            retrying: zero,
            outside: zero,
            failures: zero,
            asleep: false,
            success: L::one(),
            last: Outcome::none(),
            account: Account::new(),
        }
    }

    /// Clients in the system; for open classes, requests in the system.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// let mut informers = Population { watching: 40.0, ..Population::empty() };
    /// informers.lines[0].running = 2.0;
    /// assert_eq!(informers.clients(), 42.0);
    /// ```
    #[inline(always)]
    pub fn clients(&self) -> L {
        self.idle.total() + self.watching + self.in_system() + self.backoff.total()
    }

    /// Requests at the server, waiting or running.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// let mut informers = Population { watching: 40.0, ..Population::empty() };
    /// informers.lines[0].running = 2.0;
    /// assert_eq!(informers.in_system(), 2.0);
    /// ```
    #[inline(always)]
    pub fn in_system(&self) -> L {
        self.sum(Line::present)
    }

    /// Requests in service.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// let mut lists = Population::empty();
    /// (lists.lines[0].running, lists.lines[3].running) = (2.0, 1.0);
    /// assert_eq!(lists.running(), 3.0);
    /// ```
    #[inline(always)]
    pub fn running(&self) -> L {
        self.sum(|line| line.running)
    }

    /// Requests waiting for seats.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// assert_eq!(Population::<f64>::empty().waiting(), 0.0);
    /// ```
    #[inline(always)]
    pub fn waiting(&self) -> L {
        self.sum(|line| line.queue.total())
    }

    /// Leaves out the last queues of the hand in which nothing can happen.
    #[inline(always)]
    pub(crate) fn narrow(&mut self) {
        while self.wide > 1 {
            let Some(last) = self.lines.get_mut(self.wide - 1).filter(|line| line.is_idle()) else { break };
            // Nobody runs here: when somebody does again, nobody is expected to have ended.
            (last.ending, last.ending_s) = (L::zero(), L::zero());
            self.wide -= 1;
        }
    }

    #[inline(always)]
    pub(super) fn sum(&self, part: impl Fn(&Line<L>) -> L) -> L {
        let [first, others @ ..] = &self.lines;
        let mut sum = L::zero() + part(first);
        if self.wide > 1 {
            seldom();
            for line in others.iter().take(self.wide - 1) {
                sum += part(line);
            }
        }
        sum
    }

    /// Whether nothing of this class can happen in a step: nobody at the server, nobody due, nobody to start.
    /// A step without it is then the same step, bit for bit.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::system::scenario::Class;
    /// let poll = Class::poll(1.0, 60.0, 0.1);
    /// let nobody = Population::empty();
    /// assert!(nobody.sleeps(&poll, 0.0) && !nobody.sleeps(&poll, 10.0));
    /// ```
    #[inline(always)]
    pub fn sleeps(&self, class: &Class<L>, target: L) -> bool {
        !L::any(self.wakes(class, target))
    }

    /// 1 where something can happen, else 0.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::system::scenario::Class;
    /// assert_eq!(Population::empty().wakes(&Class::poll(1.0, 60.0, 0.1), 10.0), 1.0);
    /// ```
    #[inline(always)]
    pub fn wakes(&self, class: &Class<L>, target: L) -> L {
        let busy = self.in_system() + self.idle.total() + self.backoff.total() + self.lingering.total();
        let moves = match class.arrivals {
            Arrivals::Watch => (target - self.watching).abs(),
            Arrivals::FixedRate | Arrivals::FixedDelay => target,
            Arrivals::Open | Arrivals::OnStart | Arrivals::DnsMiss => L::one(),
            Arrivals::Opens => L::zero(),
        };
        (busy + moves).gt(L::zero())
    }

    /// Requests that set out in this step. `target` clients there should be; `started` pods of the agent
    /// came up on this server's share of the nodes; `misses` lookups need the API, or so many clients are opening
    /// their watches. `awake` is what [`Population::wakes`] says: where it is 0 time stands still.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::system::scenario::{Class, Scenario};
    /// let scenario = Scenario::idle(1.0, 120.0, 4.0);
    /// let poll = Class::poll(1.0, 60.0, 0.1);
    /// let (mut idle, mut backoff) = (vec![0.0; slots_for(60.0, 1.0)], vec![0.0; slots_for(60.0, 1.0)]);
    /// let mut polls = Population::new(&scenario, &poll, &mut idle);
    /// let sends = polls.set_out(&poll, &mut idle, &mut backoff, 1.0, 120.0, 0.0, 0.0, 1.0);
    /// assert_eq!((sends.fresh, sends.again), (2.0, 0.0));
    /// ```
    #[inline(always)]
    pub fn set_out(
        &mut self,
        class: &Class<L>,
        idle_slots: &mut [L],
        backoff_slots: &mut [L],
        dt_s: L,
        target: L,
        started: L,
        misses: L,
        awake: L,
    ) -> Sends<L> {
        let zero = L::zero();
        let fresh = match class.arrivals {
            Arrivals::FixedRate | Arrivals::FixedDelay | Arrivals::Watch => {
                let have = self.clients() + misses;
                // Whole machines go away: first those that wait, then those that back off; requests on
                // their way are answered to nobody and leave with their answer.
                let mut surplus = (have - target).max(zero) * awake;
                let many = surplus.gt(zero);
                if L::any(many) {
                    seldom();
                    let left = L::one() - surplus.over(self.idle.total(), L::one()).min(L::one());
                    surplus -= self.idle.thin(idle_slots, L::pick(many, left, L::one()));
                    let watching = L::pick(many, self.watching.min(surplus), zero);
                    self.watching -= watching;
                    surplus -= watching;
                    let left = L::one() - surplus.over(self.backoff.total(), L::one()).min(L::one());
                    let left = L::pick(many, left, L::one());
                    self.forget(L::one() - left);
                    surplus -= self.backoff.thin(backoff_slots, left);
                }
                (target - have).max(zero) * awake + self.idle.expire_where(idle_slots, awake)
            }
            Arrivals::Open => target * class.rate_per_client * dt_s,
            Arrivals::OnStart => started * class.rate_per_client,
            Arrivals::Opens => self.idle.expire_where(idle_slots, awake),
            Arrivals::DnsMiss => misses,
        };
        Sends { fresh, again: self.backoff.expire_where(backoff_slots, awake) }
    }

    /// Those of [`outside`](Self::outside) that this step is not expected to end.
    #[inline(always)]
    pub(crate) fn outside_remaining(&self) -> L {
        let [first, ..] = &self.lines;
        (self.outside - first.ending).max(L::zero())
    }

    /// `held` requests have been sent and reach nobody before `steps` steps are over: they are sent then.
    #[inline(always)]
    pub(crate) fn hold(&mut self, backoff_slots: &mut [L], held: L, steps: L) {
        self.backoff.push(backoff_slots, held, steps.max(L::one()));
        // All of them, and rounding must not leave less than nobody.
        self.last.sent = (self.last.sent - held).max(L::zero());
        self.account.sent -= held;
    }

    /// Requests in service that this step is not expected to end.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// let mut lists = Population::empty();
    /// (lists.lines[0].running, lists.lines[0].ending) = (5.0, 2.0);
    /// assert_eq!(lists.remaining(), 3.0);
    /// ```
    #[inline(always)]
    pub fn remaining(&self) -> L {
        self.sum(Line::remaining)
    }

    /// Requests in service that this step is expected to end.
    #[inline(always)]
    pub(crate) fn ending(&self) -> L {
        self.sum(|line| line.ending)
    }

    /// CPU-seconds that requests which this step is expected to end still have to get.
    #[inline(always)]
    pub(crate) fn ending_s(&self) -> L {
        self.sum(|line| line.ending_s)
    }

    /// `amount` requests leave the server, before `arriving` ones count as present. Returns the share of them
    /// that were tries after a failure: they leave in proportion.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// // Two of four have just left, and one of the four had failed before.
    /// let mut lists = Population { retrying: 1.0, ..Population::empty() };
    /// lists.lines[0].running = 2.0;
    /// assert_eq!(lists.leave(2.0, 0.0), 0.25);
    /// assert_eq!(lists.retrying, 0.5);
    /// ```
    #[inline(always)]
    pub fn leave(&mut self, amount: L, arriving: L) -> L {
        let present = self.in_system() + amount + arriving;
        let share = self.tried_before(present, L::zero());
        self.retrying = (self.retrying - amount * share).max(L::zero());
        share
    }

    /// Share of `present` requests that are tries after a failure; `otherwise` where there is none.
    #[inline(always)]
    pub(super) fn tried_before(&self, present: L, otherwise: L) -> L {
        self.retrying.rarely_over(present, otherwise).min(L::one())
    }

    /// The failures of a share of those who back off no longer count.
    #[inline(always)]
    fn forget(&mut self, share: L) {
        let chain = self.retrying + self.backoff.total();
        let gone = self.backoff.total() * share;
        self.failures = self.failures * (L::one() - gone.over(chain, L::zero()));
    }

    /// Mean failures in a row of clients that are trying again.
    ///
    /// At least 1: who tries again has failed once.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// let lists = Population { retrying: 2.0, failures: 6.0, ..Population::empty() };
    /// assert_eq!(lists.failures_in_a_row(), 3.0);
    /// ```
    #[inline(always)]
    pub fn failures_in_a_row(&self) -> L {
        self.failures.rarely_over(self.retrying + self.backoff.total(), L::one()).max(L::one())
    }
}

// What runs along the hand in any lane is gone through in all.
across!(Population {
    idle, loose, lines, etcd_passes, backoff, lingering, watching, retrying, outside, failures, success, last, account
} same { asleep } most { wide });
