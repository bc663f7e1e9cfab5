//! Leader election: who does not renew in time exits, starts again, and leads only when the lease is free.

use super::lease::{Holders, Term};
use crate::cohort::{Cohort, slots_for};
use crate::lane::{Lane, across};

/// Seconds that a starting controller manager waits for the API before it exits again (kubernetes
/// `cmd/kube-controller-manager/app/controllermanager.go`, `WaitForAPIServer`).
///
/// ```
/// use slackwater_core::server::leader::{API_WAIT_S, Election};
/// assert_eq!(Election::new(0, None, false).longest_s(), 300.0 + API_WAIT_S);
/// ```
pub const API_WAIT_S: f64 = 10.0;

/// Seconds the kubelet waits before it restarts a process that exited 1, 2, 3 ... times in a row: doubling to 300 s
/// (kubernetes `pkg/kubelet/kubelet.go`, `MaxContainerBackOff`). The first restart comes at once.
///
/// ```
/// use slackwater_core::server::leader::RESTART_AFTER_S;
/// assert_eq!(RESTART_AFTER_S.last(), Some(&300.0));
/// ```
pub const RESTART_AFTER_S: [f64; 6] = [10.0, 20.0, 40.0, 80.0, 160.0, 300.0];

/// The election of the controller manager and the scheduler.
///
/// ```
/// use slackwater_core::server::leader::Election;
/// let election = Election::new(0, None, true);
/// assert_eq!((election.term.period_s, election.term.grace_s, election.free_s), (2.0, 10.0, 5.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Election {
    /// The lease: tries every 2 s, given up after 10 s without a success (component-base `config/v1alpha1/defaults.go`).
    pub term: Term,
    /// Seconds from giving up until somebody else may take the lease: it lasts 15 s.
    pub free_s: f64,
    /// Class of the informers that a leader starts with, if there is one.
    pub informers: Option<usize>,
    /// Whether another process stands by. Without one the process that gave up is restarted, later and later.
    pub standby: bool,
}

impl Election {
    /// An election with the defaults of component-base, by requests of class `class`.
    ///
    /// ```
    /// use slackwater_core::server::leader::Election;
    /// assert!(Election::new(3, Some(4), true).standby);
    /// ```
    pub fn new(class: usize, informers: Option<usize>, standby: bool) -> Self {
        Self { term: Term { class, period_s: 2.0, grace_s: 10.0 }, free_s: 5.0, informers, standby }
    }

    /// Longest time between two tries to lead, seconds.
    ///
    /// ```
    /// use slackwater_core::server::leader::Election;
    /// assert_eq!(Election::new(0, None, true).longest_s(), 310.0);
    /// ```
    pub fn longest_s(&self) -> f64 {
        RESTART_AFTER_S.iter().fold(self.free_s, |longest, &after_s| longest.max(after_s + API_WAIT_S))
    }

    /// Numbers needed in the borrowed storage.
    ///
    /// ```
    /// use slackwater_core::server::leader::Election;
    /// assert!(Election::new(0, None, true).slots(1.0) > 300);
    /// ```
    pub fn slots(&self, dt_s: f64) -> usize {
        self.term.slots(dt_s) + (RESTART_AFTER_S.len() + 1) * slots_for(self.longest_s(), dt_s)
    }
}

/// Leaders, as a share of all that should lead.
///
/// ```
/// use slackwater_core::server::leader::Leaders;
/// assert_eq!(Leaders::<f64>::new().leading, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Leaders<L> {
    /// Those that hold their lease.
    pub holders: Holders<L>,
    /// Those that do not, by tries that failed in a row, until the next one.
    away: [Cohort<L>; RESTART_AFTER_S.len() + 1],
    /// Share that leads and knows the cluster: holds the lease, informers filled.
    pub leading: L,
    /// Share of the last tries that succeeded.
    pub answers: L,
    /// Leases lost so far.
    pub lost: L,
}

impl<L: Lane> Leaders<L> {
    /// All lead.
    ///
    /// ```
    /// use slackwater_core::server::leader::Leaders;
    /// assert_eq!(Leaders::<f64>::new().lost, 0.0);
    /// ```
    pub fn new() -> Self {
        let (zero, one) = (L::zero(), L::one());
        Self {
            holders: Holders::none(),
            away: [Cohort::new(); RESTART_AFTER_S.len() + 1],
            leading: one,
            answers: one,
            lost: zero,
        }
    }

    /// One step, in which those that lead get `renewed` renewals, and a `share` of the others' tries succeeds.
    ///
    /// ```
    /// use slackwater_core::server::leader::{Election, Leaders};
    /// let election = Election::new(0, None, true);
    /// let (mut slots, mut leaders) = (vec![0.0; election.slots(0.5)], Leaders::new());
    /// leaders.holders.resize(&election.term, &mut slots, 0.5, 1.0);
    /// let mut held = |leaders: &mut Leaders<f64>, steps, share| {
    ///     // One leader, a try every 2 s.
    ///     (0..steps).for_each(|_| leaders.step(&election, &mut slots, 0.5, 0.25 * share, share));
    ///     leaders.holders.total()
    /// };
    /// assert_eq!(held(&mut leaders, 40, 1.0), 1.0);
    /// assert_eq!(held(&mut leaders, 20, 0.0), 0.0); // ten seconds without an answer
    /// assert_eq!(held(&mut leaders, 18, 1.0), 1.0); // the lease is free 5 s later, and tried for every 2 s
    /// ```
    pub fn step(&mut self, election: &Election, slots: &mut [L], dt_s: f64, renewed: L, share: L) {
        let steps = |seconds: f64| L::splat(seconds / dt_s);
        let Some((held, away)) = slots.split_at_mut_checked(election.term.slots(dt_s)) else { return };
        let lost = self.holders.tick(&election.term, held, dt_s, renewed, true);
        self.lost += lost;
        let length = slots_for(election.longest_s(), dt_s);
        // The latest first: who fails goes into the group behind, and must not try again in this step.
        for failures in (0..self.away.len()).rev() {
            let Some(group) = self.away.get_mut(failures).filter(|group| L::any(group.total())) else { continue };
            let trying = group.expire(away.get_mut(failures * length..(failures + 1) * length).unwrap_or_default());
            let won = trying * share;
            self.holders.gain(&election.term, held, dt_s, won);
            let delay_s = RESTART_AFTER_S.get(failures.min(RESTART_AFTER_S.len() - 1)).copied().unwrap_or(0.0);
            let (next, delay_s) = if election.standby {
                (failures, election.term.period_s)
            } else {
                ((failures + 1).min(RESTART_AFTER_S.len()), delay_s + API_WAIT_S)
            };
            let ring = away.get_mut(next * length..(next + 1) * length).unwrap_or_default();
            if let Some(group) = self.away.get_mut(next) {
                group.push(ring, trying - won, steps(delay_s));
            }
        }
        let [first, ..] = &mut self.away;
        first.push(away.get_mut(..length).unwrap_or_default(), lost, steps(election.free_s));
    }

    /// Share that holds no lease.
    ///
    /// ```
    /// use slackwater_core::server::leader::Leaders;
    /// assert_eq!(Leaders::<f64>::new().away(), 0.0);
    /// ```
    pub fn away(&self) -> L {
        self.away.iter().fold(L::zero(), |sum, group| sum + group.total())
    }
}

impl<L: Lane> Default for Leaders<L> {
    fn default() -> Self {
        Self::new()
    }
}

across!(Leaders { holders, away, leading, answers, lost });
