//! Node leases as the controller manager sees them: who was not heard of for the grace period counts as gone.

use crate::lane::Lane;
use crate::server::lease::{Holders, Term};

/// Seconds a node lease lasts (kubelet `nodeLeaseDurationSeconds`).
///
/// ```
/// use slackwater_core::nodes::lease::{LEASE_S, RENEW_S};
/// assert_eq!(RENEW_S, LEASE_S / 4.0); // the kubelet renews it after a quarter
/// ```
pub const LEASE_S: f64 = 40.0;
/// Seconds between two renewals: a quarter of the lease (kubernetes `pkg/kubelet/kubelet.go`).
///
/// ```
/// assert_eq!(slackwater_core::nodes::lease::RENEW_S, 10.0);
/// ```
pub const RENEW_S: f64 = 10.0;
/// Seconds without news after which a node counts as gone (`--node-monitor-grace-period`; 40 s before 1.32).
///
/// ```
/// use slackwater_core::nodes::lease::{GRACE_S, LEASE_S};
/// assert!(GRACE_S > LEASE_S);
/// ```
pub const GRACE_S: f64 = 50.0;
/// Mean seconds until a lapse is seen: the controller looks every 5 s (`--node-monitor-period`).
const SEEN_AFTER_S: f64 = 2.5;

/// The term of node leases with a grace of `grace_s` seconds.
///
/// ```
/// use slackwater_core::nodes::lease::{GRACE_S, term};
/// assert_eq!(term(GRACE_S).misses(1.0), 5);
/// ```
pub fn term(grace_s: f64) -> Term {
    Term { class: 0, period_s: RENEW_S, grace_s }
}

/// The nodes of a zone as the controller manager knows them.
///
/// Its clock runs from when it last saw a lease change, so a controller that starts afresh gives everybody the whole
/// grace again (kubernetes `node_lifecycle_controller.go`, `nodeHealthMap`): nobody is marked for what happened while
/// nobody looked.
///
/// ```
/// use slackwater_core::nodes::lease::{Heard, term};
/// let term = term(50.0);
/// let (mut slots, mut zone) = (vec![0.0; term.slots(1.0)], Heard::new());
/// // Nobody looks: nothing is marked, however long nodes are silent. Then somebody does.
/// (0..600).for_each(|_| zone.step(&term, &mut slots, 1.0, 40.0, 0.0, 0.0));
/// assert_eq!(zone.marked, 0.0);
/// (0..35).for_each(|_| zone.step(&term, &mut slots, 1.0, 40.0, 0.0, 1.0));
/// assert_eq!(zone.marked, 0.0);
/// (0..40).for_each(|_| zone.step(&term, &mut slots, 1.0, 40.0, 0.0, 1.0));
/// assert!(zone.marked > 39.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Heard<L> {
    holders: Holders<L>,
    /// Nodes that count as gone.
    pub marked: L,
}

impl<L: Lane> Heard<L> {
    /// No nodes yet; the first step brings them, all heard of.
    ///
    /// ```
    /// use slackwater_core::nodes::lease::Heard;
    /// assert_eq!(Heard::<f64>::new().marked, 0.0);
    /// ```
    pub fn new() -> Self {
        Self { holders: Holders::none(), marked: L::zero() }
    }

    /// One step of `nodes` nodes; `heard` is 1 if their renewals arrive, `watched` is 1 if somebody looks.
    ///
    /// ```
    /// use slackwater_core::nodes::lease::{Heard, term};
    /// let term = term(50.0);
    /// let (mut slots, mut zone) = (vec![0.0; term.slots(1.0)], Heard::new());
    /// (0..3600).for_each(|_| zone.step(&term, &mut slots, 1.0, 40.0, 1.0, 1.0));
    /// assert_eq!(zone.marked, 0.0);
    /// ```
    pub fn step(&mut self, term: &Term, slots: &mut [L], dt_s: f64, nodes: L, heard: L, watched: L) {
        self.holders.resize(term, slots, dt_s, nodes);
        let renewed = nodes * L::pick(watched, heard, L::one());
        self.holders.tick(term, slots, dt_s, renewed, false);
        let known = self.marked.min(self.holders.lapsed);
        let seen = L::splat(dt_s / (dt_s + SEEN_AFTER_S));
        self.marked = L::pick(watched, known + (self.holders.lapsed - known) * seen, self.marked.min(nodes));
    }
}

impl<L: Lane> Default for Heard<L> {
    fn default() -> Self {
        Self::new()
    }
}
