//! Zones, taints and tolerations: whose pods are evicted, and how fast.
//!
//! Nodes that count as gone are tainted one after the other at a rate that depends on their zone; their pods leave
//! when their toleration has run out. Source: kubernetes `pkg/controller/nodelifecycle/node_lifecycle_controller.go`
//! (`ComputeZoneState`, `ReducedQPSFunc`, `HealthyQPSFunc`, `handleDisruption`).

use crate::cohort::{Cohort, slots_for};
use crate::lane::Lane;

/// Nodes tainted per second in a zone that is well, and in one that is gone as a whole while another is not
/// (`--node-eviction-rate`).
///
/// ```
/// use slackwater_core::nodes::eviction::{RATE_PER_S, ZoneState, rate_per_s};
/// assert_eq!(rate_per_s(ZoneState::Normal, 20.0, false), RATE_PER_S);
/// ```
pub const RATE_PER_S: f64 = 0.1;
/// The same in a large zone of which most is gone (`--secondary-node-eviction-rate`).
///
/// ```
/// use slackwater_core::nodes::eviction::{SECONDARY_PER_S, ZoneState, rate_per_s};
/// assert_eq!(rate_per_s(ZoneState::Partial, 51.0, false), SECONDARY_PER_S);
/// ```
pub const SECONDARY_PER_S: f64 = 0.01;
/// Nodes up to which a zone is small (`--large-cluster-size-threshold`).
///
/// ```
/// use slackwater_core::nodes::eviction::{LARGE_ZONE, ZoneState, rate_per_s};
/// assert_eq!(rate_per_s(ZoneState::Partial, LARGE_ZONE, false), 0.0);
/// ```
pub const LARGE_ZONE: f64 = 50.0;
/// Share of a zone's nodes from which on it counts as disrupted (`--unhealthy-zone-threshold`).
///
/// ```
/// use slackwater_core::nodes::eviction::{UNHEALTHY_SHARE, ZoneState};
/// assert_eq!(ZoneState::of(100.0 * (1.0 - UNHEALTHY_SHARE), 100.0 * UNHEALTHY_SHARE), ZoneState::Partial);
/// ```
pub const UNHEALTHY_SHARE: f64 = 0.55;
/// Nodes that must be gone before a zone counts as disrupted.
const FEW: f64 = 2.0;

/// How a zone looks to the controller manager.
///
/// ```
/// use slackwater_core::nodes::eviction::ZoneState;
/// assert_eq!(ZoneState::of(0.0, 40.0), ZoneState::Full);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ZoneState {
    /// Fewer than 55 % are gone, or two at most.
    Normal,
    /// 55 % or more are gone, at least three nodes.
    Partial,
    /// Nobody is left.
    Full,
}

impl ZoneState {
    /// The state of a zone with `ready` nodes and `gone` others. Less than half a node is nobody.
    ///
    /// ```
    /// use slackwater_core::nodes::eviction::ZoneState;
    /// assert_eq!(ZoneState::of(1.0, 2.0), ZoneState::Normal); // two are not enough
    /// assert_eq!(ZoneState::of(3.0, 40.0), ZoneState::Partial); // three masters are left in the zone
    /// ```
    pub fn of(ready: f64, gone: f64) -> Self {
        if ready < 0.5 && gone >= 0.5 {
            Self::Full
        } else if gone > FEW && gone / (gone + ready) >= UNHEALTHY_SHARE {
            Self::Partial
        } else {
            Self::Normal
        }
    }
}

/// Nodes tainted per second in a zone of `size` nodes; `all_down` if every zone is [`ZoneState::Full`]: then evictions
/// stop and taints are taken back.
///
/// A zone that is gone as a whole is tainted at the full rate as long as another one is not.
///
/// ```
/// use slackwater_core::nodes::eviction::{ZoneState, rate_per_s};
/// assert_eq!(rate_per_s(ZoneState::Full, 40.0, false), 0.1);
/// assert_eq!(rate_per_s(ZoneState::Full, 40.0, true), 0.0);
/// ```
pub fn rate_per_s(state: ZoneState, size: f64, all_down: bool) -> f64 {
    match state {
        _ if all_down => 0.0,
        ZoneState::Partial if size > LARGE_ZONE => SECONDARY_PER_S,
        ZoneState::Partial => 0.0,
        ZoneState::Normal | ZoneState::Full => RATE_PER_S,
    }
}

/// Nodes of a zone between taint and empty.
///
/// ```
/// use slackwater_core::cohort::slots_for;
/// use slackwater_core::nodes::eviction::Evicting;
/// let (mut slots, mut zone) = (vec![0.0; slots_for(300.0, 1.0)], Evicting::new());
/// // Forty nodes gone at once: one is tainted every 10 s, and its pods tolerate that for 300 s.
/// let evicted: f64 = (0..300).map(|_| zone.step(&mut slots, 1.0, 40.0, 0.1, 300.0)).sum();
/// assert_eq!(evicted, 0.0);
/// let evicted: f64 = (0..100).map(|_| zone.step(&mut slots, 1.0, 40.0, 0.1, 300.0)).sum();
/// assert!((evicted - 10.0).abs() < 0.2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evicting<L> {
    tolerating: Cohort<L>,
    /// Nodes that bear the taint.
    pub tainted: L,
    /// Nodes whose pods have been evicted.
    pub emptied: L,
}

impl<L: Lane> Evicting<L> {
    /// Nobody is tainted.
    ///
    /// ```
    /// use slackwater_core::nodes::eviction::Evicting;
    /// assert_eq!(Evicting::<f64>::new().tainted, 0.0);
    /// ```
    pub fn new() -> Self {
        Self { tolerating: Cohort::new(), tainted: L::zero(), emptied: L::zero() }
    }

    /// Numbers needed in the borrowed storage.
    ///
    /// ```
    /// use slackwater_core::nodes::eviction::Evicting;
    /// assert!(Evicting::<f64>::slots(300.0, 1.0) > 900);
    /// ```
    pub fn slots(toleration_s: f64, dt_s: f64) -> usize {
        slots_for(toleration_s, dt_s)
    }

    /// One step: of `marked` nodes that count as gone, `rate_per_s` are tainted. Returns the nodes whose pods are
    /// evicted now. Taints of nodes that are back are gone.
    ///
    /// ```
    /// use slackwater_core::cohort::slots_for;
    /// use slackwater_core::nodes::eviction::Evicting;
    /// let (mut slots, mut zone) = (vec![0.0; slots_for(300.0, 1.0)], Evicting::new());
    /// (0..200).for_each(|_| { zone.step(&mut slots, 1.0, 40.0, 0.1, 300.0); });
    /// zone.step(&mut slots, 1.0, 0.0, 0.1, 300.0); // all are back before the toleration ran out
    /// assert_eq!((zone.tainted, zone.emptied), (0.0, 0.0));
    /// ```
    pub fn step(&mut self, slots: &mut [L], dt_s: f64, marked: L, rate_per_s: f64, toleration_s: f64) -> L {
        let (zero, one) = (L::zero(), L::one());
        let keep = marked.over(self.tainted, one).min(one);
        if L::any(one.gt(keep)) {
            self.tolerating.thin(slots, keep);
            self.tainted = self.tainted * keep;
            self.emptied = self.emptied * keep;
        }
        let emptied = self.tolerating.expire(slots);
        self.emptied += emptied;
        let tainted = (marked - self.tainted).max(zero).min(L::splat(rate_per_s * dt_s));
        self.tolerating.push(slots, tainted, L::splat((toleration_s / dt_s).max(1.0)));
        self.tainted += tainted;
        emptied
    }
}

impl<L: Lane> Default for Evicting<L> {
    fn default() -> Self {
        Self::new()
    }
}
