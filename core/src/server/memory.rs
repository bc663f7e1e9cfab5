//! Memory of one API server: what is in flight, the wall, and what happens there.
//!
//! At its limit a real server was seen to do two things: be killed and come back, or go on without
//! answering anybody, exempt administrators included, until somebody restarted it: thrashing. In one recording it did
//! one after the other, three times while the load lasted: it thrashed for some seconds and was killed. When the load
//! had stopped it thrashed for good.

use crate::lane::{Lane, across};

/// Memory of one API server.
///
/// ```
/// use slackwater_core::server::memory::Memory;
/// let memory = Memory {
///     limit_bytes: 4e9,
///     base_bytes: 1e9,
///     bytes_per_node: 1e6,
///     bytes_per_waiting: 5e4,
///     thrashes: 0.0,
///     kill_over: 1e9,
///     restart_s: 1.0,
///     refill_s: 2.0,
///     liveness_s: 0.0,
/// };
/// // A thousand nodes and half a gigabyte of running lists leave room.
/// assert!(memory.wanted(1000.0, 5e8, 0.0) < memory.limit_bytes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Memory<L> {
    /// Limit, bytes.
    pub limit_bytes: L,
    /// Held by an idle server without any node, bytes.
    pub base_bytes: L,
    /// Held per node of the cluster: watch caches and open watches, bytes.
    pub bytes_per_node: L,
    /// Held by a request that waits, bytes.
    pub bytes_per_waiting: L,
    /// 1 if a server at its limit thrashes, 0 if it is killed.
    pub thrashes: L,
    /// Multiple of the limit at which a server that thrashes is killed: what clients go on asking of it cannot be
    /// reclaimed for ever. Once they stop, nothing kills it any more. A large number: never.
    pub kill_over: L,
    /// Seconds from the kill until the process runs again.
    pub restart_s: L,
    /// Seconds until its watch caches are full and it takes requests.
    pub refill_s: L,
    /// Seconds after which a liveness probe restarts a server that answers nobody; 0 means no probe.
    pub liveness_s: L,
}

impl<L: Lane> Memory<L> {
    /// Bytes wanted with `nodes` nodes, `running_bytes` in running requests and `waiting` requests queued.
    ///
    /// # Formula
    /// base + per node * nodes + bytes in running requests + per waiting * waiting. What is wanted may exceed the
    /// limit.
    ///
    /// ```
    /// # use slackwater_core::server::memory::{Memory, Mode};
    /// # let memory = Memory {
    /// #     limit_bytes: 4e9, base_bytes: 1e9, bytes_per_node: 1e6, bytes_per_waiting: 5e4,
    /// #     thrashes: 0.0, kill_over: 1e9, restart_s: 1.0, refill_s: 2.0, liveness_s: 0.0,
    /// # };
    /// assert_eq!(memory.wanted(500.0, 2e8, 100.0), 1e9 + 5e8 + 2e8 + 5e6);
    /// ```
    #[inline(always)]
    pub fn wanted(&self, nodes: L, running_bytes: L, waiting: L) -> L {
        self.base_bytes + self.bytes_per_node * nodes + running_bytes + self.bytes_per_waiting * waiting
    }
}

/// Seconds after which a watch cache that is not ready tells its clients to come back after 2, 3 ... 30 s and not one
/// sooner: ln(k) / 0.06.
const TOLD_AFTER_S: [f64; 29] = [
    11.5525, 18.3102, 23.1049, 26.8240, 29.8627, 32.4318, 34.6574, 36.6204, 38.3764, 39.9649, 41.4151, 42.7492,
    43.9843, 45.1342, 46.2098, 47.2202, 48.1729, 49.0740, 49.9289, 50.7420, 51.5174, 52.2582, 52.9676, 53.6479,
    54.3016, 54.9306, 55.5367, 56.1216, 56.6866,
];

/// Retry-After of a watch cache that has been filling for `filled_s` seconds, seconds.
///
/// # Formula
/// int(clamp(exp(0.06 t), 1, 30)); source: `calculateRetryAfterForUnreadyCache` in apiserver `pkg/storage/cacher/util.go`.
///
/// ```
/// use slackwater_core::server::memory::unready_retry_after_s;
/// assert_eq!([0.0, 12.0, 30.0, 1e6].map(unready_retry_after_s), [1.0, 2.0, 6.0, 30.0]);
/// ```
pub fn unready_retry_after_s<L: Lane>(filled_s: L) -> L {
    TOLD_AFTER_S.iter().fold(L::one(), |told_s, &after_s| told_s + filled_s.ge(L::splat(after_s)))
}

/// What one API server is doing. One of the three is 1.
///
/// ```
/// use slackwater_core::server::memory::Mode;
/// let mode: Mode<f64> = Mode::up();
/// assert_eq!(mode.up + mode.down + mode.thrashing, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Mode<L> {
    /// Takes requests.
    pub up: L,
    /// Process gone or refilling its watch caches: connections are refused.
    pub down: L,
    /// Takes connections, answers nobody.
    pub thrashing: L,
    /// Seconds until it is up again (down), or until the probe fires (thrashing).
    pub left_s: L,
    /// Kills and restarts so far.
    pub restarts: L,
    /// Seconds until its watch caches are full, while it takes requests that do not need them.
    pub filling_s: L,
    /// Answers that the informers of its flow control still wait for; until then it knows the mandatory levels only.
    pub unsynced: L,
    /// Seats of catch-all held by requests that belong to other levels, and came while it did not know them.
    pub outside: L,
}

/// What happens to an API server in a step.
///
/// ```
/// use slackwater_core::server::memory::Events;
/// assert_eq!(Events::<f64>::none().within, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Events<L> {
    /// 1 if its memory is above the limit.
    pub over: L,
    /// Share of the step before it got there, or before it is killed.
    pub within: L,
    /// 1 if somebody restarts it.
    pub restart: L,
    /// 1 if its process is killed from outside; `over` is then 0. A kill finds nothing while the process is gone, and
    /// begins a refill again.
    pub kill: L,
    /// Seconds until a process killed from outside runs again.
    pub away_s: L,
    /// 1 while etcd does not answer it.
    pub no_store: L,
    /// 1 if it takes requests before its watch caches are full, and tells those that need them to come back.
    pub early: L,
}

impl<L: Lane> Events<L> {
    /// Nothing happens.
    ///
    /// ```
    /// use slackwater_core::server::memory::Events;
    /// assert_eq!(Events::<f64>::none().kill, 0.0);
    /// ```
    pub fn none() -> Self {
        let zero = L::zero();
        Self { over: zero, within: L::one(), restart: zero, kill: zero, away_s: zero, no_store: zero, early: zero }
    }
}

impl<L: Lane> Mode<L> {
    /// A server that works.
    ///
    /// ```
    /// use slackwater_core::server::memory::Mode;
    /// assert_eq!(Mode::<f64>::up().restarts, 0.0);
    /// ```
    pub fn up() -> Self {
        Self {
            up: L::one(),
            down: L::zero(),
            thrashing: L::zero(),
            left_s: L::zero(),
            restarts: L::zero(),
            filling_s: L::zero(),
            unsynced: L::zero(),
            outside: L::zero(),
        }
    }

    /// Moves on by one step of `dt_s` seconds. Returns 1 where the server loses everything it held.
    ///
    /// ```
    /// # use slackwater_core::server::memory::{Events, Memory, Mode};
    /// # let memory = Memory {
    /// #     limit_bytes: 4e9, base_bytes: 1e9, bytes_per_node: 1e6, bytes_per_waiting: 5e4,
    /// #     thrashes: 0.0, kill_over: 1e9, restart_s: 1.0, refill_s: 2.0, liveness_s: 0.0,
    /// # };
    /// let mut mode = Mode::up();
    /// assert_eq!(mode.step(&memory, 1.0, Events { over: 1.0, ..Events::none() }), 1.0); // killed
    /// for _ in 0..3 {
    ///     assert_eq!(mode.down, 1.0); // restarts for 1 s, refills its caches for 2 s
    ///     mode.step(&memory, 1.0, Events::none());
    /// }
    /// assert_eq!(mode.up, 1.0);
    /// ```
    #[inline(always)]
    pub fn step(&mut self, memory: &Memory<L>, dt_s: L, events: Events<L>) -> L {
        let Events { over, within, restart, kill, away_s, no_store, early } = events;
        let zero = L::zero();
        let refill_s = memory.refill_s * (L::one() - early);
        let left = self.left_s - dt_s * (L::one() - self.up);
        // Without etcd no watch cache can be filled, and no server becomes ready.
        let left = L::pick(no_store * self.down, left.max(self.left_s.min(refill_s.max(dt_s))), left);
        let probe = memory.liveness_s.gt(zero) * self.thrashing * zero.ge(left);
        let over = self.up * over;
        let alive = L::one() - self.down * left.gt(refill_s);
        let killed = over * (L::one() - memory.thrashes) + kill * alive;
        let stuck = over * memory.thrashes;
        let lost = (killed + (probe + restart * (self.up + self.thrashing)).min(L::one())).min(L::one());
        let back = self.down * zero.ge(left);
        // A kill within a step counts from its moment, and what the last return was late by counts too: the
        // length of a kill loop must not depend on the step.
        let late = self.up * left.min(zero);
        let sooner = L::pick(killed, late - (L::one() - within) * dt_s, zero);
        let down_s = L::pick(kill, away_s, memory.restart_s) + refill_s + sooner;
        let filling_s = (self.filling_s - dt_s * (L::one() - no_store)).max(zero);
        // What it came back late by is already filled.
        self.filling_s = L::pick(back * early, (memory.refill_s + left).max(zero), filling_s) * (L::one() - lost);
        self.left_s = L::pick(lost, down_s, L::pick(stuck, memory.liveness_s, left));
        self.thrashing = L::pick(lost, zero, L::pick(stuck, L::one(), self.thrashing));
        self.down = L::pick(lost, L::one(), L::pick(back, zero, self.down));
        self.up = L::one() - self.down - self.thrashing;
        self.restarts += lost;
        lost
    }
}

across!(Memory {
    limit_bytes,
    base_bytes,
    bytes_per_node,
    bytes_per_waiting,
    thrashes,
    kill_over,
    restart_s,
    refill_s,
    liveness_s
});
across!(Mode { up, down, thrashing, left_s, restarts, filling_s, unsynced, outside });
