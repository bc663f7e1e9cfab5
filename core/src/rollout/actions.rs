//! What people do about it, in seconds since the cluster was touched.

use crate::lane::{Lane, across, seldom};

/// Later than any run: an action that is not taken.
///
/// ```
/// use slackwater_core::rollout::actions::{Actions, NEVER_S};
/// assert_eq!(Actions::none().delete_s, NEVER_S);
/// ```
pub const NEVER_S: f64 = 1e15;

/// Actions on one cluster. Times count from the moment the rollout touched it.
///
/// ```
/// use slackwater_core::rollout::actions::Actions;
/// // Ten minutes after the touch somebody blocks the agent's way to the API; it takes two minutes.
/// let plan = Actions { block_s: 600.0, block_over_s: 120.0, ..Actions::none() };
/// assert_eq!(plan.blocked(660.0), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Actions<L> {
    /// No further pods of the agent are created from here on.
    pub halt_s: L,
    /// Somebody tries to delete the agent through the API from here on; it works as well as the operator's
    /// identity does.
    pub delete_s: L,
    /// The network to the API is closed for the agent from here on, over `block_over_s` seconds.
    pub block_s: L,
    /// Seconds the block takes to reach every node.
    pub block_over_s: L,
    /// Nodes are taken away from here on.
    pub shrink_s: L,
    /// Seconds it takes.
    pub shrink_over_s: L,
    /// Share of the nodes that remain.
    pub shrink_to: L,
    /// API servers grow from here on.
    pub grow_s: L,
    /// Seconds until the growth is complete.
    pub grow_over_s: L,
    /// Cores and memory in the end, as a multiple.
    pub grow_by: L,
    /// Servers that answer nobody are restarted from here on, every `restart_every_s` seconds.
    pub restart_s: L,
    /// Seconds between two such restarts.
    pub restart_every_s: L,
    /// The process of every API server is killed at this moment; it starts again by itself.
    pub kill_s: L,
}

impl Actions<f64> {
    /// Nobody does anything.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions::none();
    /// assert_eq!((plan.nodes_left(86_400.0), plan.blocked(86_400.0)), (1.0, 0.0));
    /// ```
    pub fn none() -> Self {
        Self {
            halt_s: NEVER_S,
            delete_s: NEVER_S,
            block_s: NEVER_S,
            block_over_s: 1.0,
            shrink_s: NEVER_S,
            shrink_over_s: 1.0,
            shrink_to: 1.0,
            grow_s: NEVER_S,
            grow_over_s: 1.0,
            grow_by: 1.0,
            restart_s: NEVER_S,
            restart_every_s: NEVER_S,
            kill_s: NEVER_S,
        }
    }
}

/// 0 before `from_s`, 1 after `from_s + over_s`, a straight line between.
#[inline(always)]
fn ramp<L: Lane>(now_s: L, from_s: L, over_s: L) -> L {
    let since_s = now_s - from_s;
    // Nothing has begun: 0, without the division.
    if !L::any(since_s.gt(L::zero())) {
        return L::zero();
    }
    seldom();
    since_s.over(over_s, L::zero()).within(L::zero(), L::one())
}

impl<L: Lane> Actions<L> {
    /// Share of the nodes that are left at `now_s`.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions { shrink_s: 100.0, shrink_over_s: 100.0, shrink_to: 0.5, ..Actions::none() };
    /// assert_eq!((plan.nodes_left(150.0), plan.nodes_left(300.0)), (0.75, 0.5));
    /// ```
    #[inline(always)]
    pub fn nodes_left(&self, now_s: L) -> L {
        if !L::any(now_s.gt(self.shrink_s)) {
            return L::one();
        }
        L::one() - (L::one() - self.shrink_to) * ramp(now_s, self.shrink_s, self.shrink_over_s)
    }

    /// Share of the agents that cannot reach the API at `now_s`.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions { block_s: 100.0, block_over_s: 10.0, ..Actions::none() };
    /// assert_eq!((plan.blocked(99.0), plan.blocked(110.0)), (0.0, 1.0));
    /// ```
    #[inline(always)]
    pub fn blocked(&self, now_s: L) -> L {
        ramp(now_s, self.block_s, self.block_over_s)
    }

    /// Cores and memory of an API server at `now_s`, as a multiple of what they were.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions { grow_s: 0.0, grow_over_s: 600.0, grow_by: 3.0, ..Actions::none() };
    /// assert_eq!((plan.growth(300.0), plan.growth(900.0)), (2.0, 3.0));
    /// ```
    #[inline(always)]
    pub fn growth(&self, now_s: L) -> L {
        if !L::any(now_s.gt(self.grow_s)) {
            return L::one();
        }
        L::one() + (self.grow_by - L::one()) * ramp(now_s, self.grow_s, self.grow_over_s)
    }

    /// 1 if the servers are restarted in the step that starts at `now_s` and lasts `dt_s`.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions { restart_s: 60.0, restart_every_s: 300.0, ..Actions::none() };
    /// assert_eq!(plan.restart(60.0, 1.0), 1.0);
    /// assert_eq!(plan.restart(61.0, 1.0), 0.0);
    /// assert_eq!(plan.restart(360.0, 1.0), 1.0);
    /// ```
    #[inline(always)]
    pub fn restart(&self, now_s: L, dt_s: L) -> L {
        let since = now_s - self.restart_s;
        let rounds = (since.max(L::zero()) / self.restart_every_s).floor();
        let into = since - rounds * self.restart_every_s;
        since.ge(L::zero()) * dt_s.gt(into)
    }

    /// Whether the servers are killed in the step that starts at `now_s` and lasts `dt_s` (1 or 0), and the share of
    /// the step before that.
    ///
    /// ```
    /// use slackwater_core::rollout::actions::Actions;
    /// let plan = Actions { kill_s: 160.25, ..Actions::none() };
    /// assert_eq!(plan.kill(160.0, 1.0), (1.0, 0.25));
    /// assert_eq!(plan.kill(161.0, 1.0).0, 0.0);
    /// ```
    #[inline(always)]
    pub fn kill(&self, now_s: L, dt_s: L) -> (L, L) {
        let until = self.kill_s - now_s;
        (until.ge(L::zero()) * dt_s.gt(until), (until / dt_s).within(L::zero(), L::one()))
    }
}

across!(Actions {
    halt_s,
    delete_s,
    block_s,
    block_over_s,
    shrink_s,
    shrink_over_s,
    shrink_to,
    grow_s,
    grow_over_s,
    grow_by,
    restart_s,
    restart_every_s,
    kill_s
});
