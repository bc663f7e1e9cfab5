//! The store behind the API servers: commits, reads of ranges, the size of its file, quorum.
//!
//! A request that needs etcd waits for it before it is served: it holds its seats, uses no CPU of the API server, and
//! is given up by etcd itself after [`Etcd::gives_up_s`]. Reads from the watch cache never come here.

use crate::lane::{Lane, across};
use crate::rollout::actions::NEVER_S;

/// Bytes of the log that one commit takes along at most (etcd `server/etcdserver/bootstrap.go`, `maxSizePerMsg`).
///
/// ```
/// use slackwater_core::server::etcd::{BATCH_BYTES, Etcd};
/// // A disk that takes 10 ms to sync, and objects of 10 kB.
/// let slow = Etcd { fsync_s: 0.01, rtt_s: 0.0, ..Etcd::none() };
/// assert!((slow.writes_per_s(10_000.0, 1e9) - BATCH_BYTES / 10_000.0 / 0.01).abs() < 1e-6);
/// ```
pub const BATCH_BYTES: f64 = 1_048_576.0;
/// CPU-seconds of a write on the leader: 8 cores, 44,341 writes a second (etcd's performance page), if that was CPU.
///
/// ```
/// use slackwater_core::server::etcd::{Etcd, WRITE_CPU_S};
/// assert!((Etcd::none().writes_per_s(256.0, 8.0) - 8.0 / WRITE_CPU_S).abs() < 1e-6);
/// ```
pub const WRITE_CPU_S: f64 = 8.0 / 44_341.0;
/// CPU-seconds of a linearizable read of one key: 8 cores, 141,578 reads a second (etcd's performance page).
///
/// ```
/// use slackwater_core::server::etcd::{READ_CPU_S, WRITE_CPU_S};
/// assert!(READ_CPU_S < WRITE_CPU_S / 3.0);
/// ```
pub const READ_CPU_S: f64 = 8.0 / 141_578.0;
/// Seconds without a leader after it is lost (etcd `server/embed/config.go`: election timeout 1000 ms).
///
/// ```
/// use slackwater_core::server::etcd::{ELECTION_S, Etcd};
/// let one_lost = Etcd { members: 3.0, lost_members: 1.0, lost_s: 60.0, ..Etcd::none() };
/// assert_eq!(one_lost.away(60.0, 2.0), ELECTION_S / 2.0);
/// ```
pub const ELECTION_S: f64 = 1.0;

/// What a request asks of etcd.
///
/// ```
/// use slackwater_core::server::etcd::Use;
/// let update = Use { writes: 1.0, write_bytes: 500.0, ..Use::none() };
/// assert!(update.any() && !Use::<f64>::none().any());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Use<L> {
    /// Writes per request: 1 for create, update, patch and delete.
    pub writes: L,
    /// Bytes a write adds to the file; 0 for a delete, which passes the quota alarm.
    pub write_bytes: L,
    /// Linearizable reads of single keys per request.
    pub reads: L,
    /// Bytes of a range read that do not depend on the cluster.
    pub range_bytes_base: L,
    /// Bytes of a range read per node of the cluster.
    pub range_bytes_per_node: L,
}

impl<L: Lane> Use<L> {
    /// Nothing: answered from the watch cache.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Use;
    /// assert_eq!(Use::<f64>::none().writes, 0.0);
    /// ```
    pub fn none() -> Self {
        let zero = L::zero();
        Self { writes: zero, write_bytes: zero, reads: zero, range_bytes_base: zero, range_bytes_per_node: zero }
    }

    /// Whether a request comes here at all.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Use;
    /// assert!(Use { reads: 1.0, ..Use::none() }.any());
    /// ```
    pub fn any(&self) -> bool {
        L::any(self.writes + self.reads + self.range_bytes_base + self.range_bytes_per_node)
    }
}

/// One etcd cluster.
///
/// ```
/// use slackwater_core::server::etcd::Etcd;
/// let etcd = Etcd { members: 3.0, lost_members: 2.0, lost_s: 60.0, back_s: 120.0, ..Etcd::none() };
/// assert_eq!((etcd.away(59.0, 1.0), etcd.away(60.0, 1.0), etcd.away(121.0, 1.0)), (0.0, 1.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Etcd<L> {
    /// Whether requests wait for it. Off, only the CPU of range reads counts, and etcd is never lost.
    pub on: bool,
    /// Members: 1, 3, 5 or 7.
    pub members: L,
    /// Members that are lost between `lost_s` and `back_s`, the leader among them.
    pub lost_members: L,
    /// When they are lost, seconds since the touch.
    pub lost_s: L,
    /// When they are back, seconds since the touch.
    pub back_s: L,
    /// Seconds a commit waits for the disk.
    pub fsync_s: L,
    /// Seconds to the majority of the members and back.
    pub rtt_s: L,
    /// Seconds after which etcd gives a request up: 5 s and two elections (etcd `server/config/config.go`).
    pub gives_up_s: L,
    /// Size at which the file raises the alarm, bytes.
    pub quota_bytes: L,
    /// Live objects that do not depend on the cluster, bytes.
    pub live_bytes: L,
    /// Live objects per node of the cluster, bytes.
    pub live_bytes_per_node: L,
    /// Part of the file that is free pages, relative to what is in use.
    pub fragmentation: L,
    /// Seconds between compactions (apiserver `storagebackend/config.go`: 300 s).
    pub compact_s: L,
    /// When somebody defragments and disarms the alarm, seconds since the touch.
    pub defrag_s: L,
    /// Bytes a second that a defragmentation copies while its member answers nobody.
    pub defrag_bytes_per_s: L,
    /// Memory of a member, bytes; above it the process is killed.
    pub memory_bytes: L,
    /// Seconds until a killed member serves again.
    pub restart_s: L,
    /// 1 if the liveness probe of the API servers asks etcd too.
    pub probed: L,
}

impl Etcd<f64> {
    /// An etcd nobody waits for: three members, SSDs, and no limit on file or memory.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Etcd;
    /// assert!(!Etcd::none().on);
    /// ```
    pub fn none() -> Self {
        Self {
            on: false,
            members: 3.0,
            lost_members: 0.0,
            lost_s: NEVER_S,
            back_s: NEVER_S,
            fsync_s: 0.001,
            rtt_s: 0.0006,
            gives_up_s: 7.0,
            quota_bytes: 1e18,
            live_bytes: 0.0,
            live_bytes_per_node: 0.0,
            fragmentation: 0.0,
            compact_s: 300.0,
            defrag_s: NEVER_S,
            defrag_bytes_per_s: 1e8,
            memory_bytes: 1e18,
            restart_s: 10.0,
            probed: 0.0,
        }
    }
}

impl<L: Lane> Etcd<L> {
    /// Most writes a second, objects of `bytes` bytes, on a leader of `cores` cores.
    ///
    /// # Formula
    /// min(cores / [`WRITE_CPU_S`], [`BATCH_BYTES`] / (RTT + fsync) / bytes): one commit takes along what arrived during
    /// the last.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Etcd;
    /// assert_eq!(Etcd::none().writes_per_s(256.0, 8.0), 44_341.0); // etcd's performance page
    /// ```
    pub fn writes_per_s(&self, bytes: L, cores: L) -> L {
        let by_cpu = cores / L::splat(WRITE_CPU_S);
        self.log_bytes_per_s().over(bytes, by_cpu).min(by_cpu)
    }

    /// Bytes a second the log takes.
    pub(crate) fn log_bytes_per_s(&self) -> L {
        L::splat(BATCH_BYTES) / (self.rtt_s + self.fsync_s)
    }

    /// Size of the file of a cluster of `nodes` nodes that is written to at `bytes_per_s`, just before a compaction:
    /// live objects, two windows of old versions, free pages.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Etcd;
    /// let etcd = Etcd { live_bytes: 1e9, ..Etcd::none() };
    /// assert_eq!(etcd.full_bytes(0.0, 1e6), 1e9 + 600.0 * 1e6);
    /// ```
    pub fn full_bytes(&self, nodes: L, bytes_per_s: L) -> L {
        let window = bytes_per_s * self.compact_s;
        (self.live_bytes + self.live_bytes_per_node * nodes + window + window) * (L::one() + self.fragmentation)
    }

    /// Whether a majority is left while `lost_members` are gone, 1 or 0.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Etcd;
    /// let survives = |members, lost_members| Etcd { members, lost_members, ..Etcd::none() }.majority_left();
    /// // Members and losses they tolerate: 1/0, 3/1, 5/2, 7/3.
    /// assert_eq!([survives(1.0, 1.0), survives(3.0, 1.0), survives(3.0, 2.0), survives(5.0, 2.0)], [0.0, 1.0, 0.0, 1.0]);
    /// ```
    pub fn majority_left(&self) -> L {
        let left = self.members - self.lost_members;
        (left + left).gt(self.members)
    }

    /// Share of the step from `now_s` during which nobody commits because members are lost: until they are back and
    /// have elected a leader, or, where a majority is left, for the election alone.
    ///
    /// ```
    /// use slackwater_core::server::etcd::Etcd;
    /// let gone = Etcd { members: 1.0, lost_members: 1.0, lost_s: 10.5, back_s: 20.0, ..Etcd::none() };
    /// assert_eq!((gone.away(10.0, 1.0), gone.away(15.0, 1.0), gone.away(20.0, 2.0)), (0.5, 1.0, 0.5));
    /// ```
    pub fn away(&self, now_s: L, dt_s: L) -> L {
        let zero = L::zero();
        let until_s = L::pick(self.majority_left(), self.lost_s, self.back_s) + L::splat(ELECTION_S);
        let overlap = (now_s + dt_s).min(until_s) - now_s.max(self.lost_s);
        overlap.max(zero) / dt_s * self.lost_members.gt(zero)
    }
}

/// An etcd in motion.
///
/// ```
/// use slackwater_core::server::etcd::{Etcd, Store};
/// let store = Store::new(&Etcd { live_bytes: 1e8, ..Etcd::none() }, 10.0, 0.0);
/// assert_eq!((store.file_bytes, store.alarm), (1e8, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Store<L> {
    /// Share of the last step in which it committed.
    pub serving: L,
    /// Seconds until it serves again after a kill or a defragmentation.
    pub away_s: L,
    /// Seconds since it last served.
    pub silent_s: L,
    /// 1 while the quota alarm is raised: nothing but reads and deletes passes.
    pub alarm: L,
    /// Bytes written since the last compaction.
    pub history_bytes: L,
    /// Bytes written between the last compaction and the one before; the next one drops them.
    pub older_bytes: L,
    /// Seconds since the last compaction.
    pub compacted_s: L,
    /// Size of the file, free pages included.
    pub file_bytes: L,
    /// Members killed by their memory limit so far.
    pub kills: L,
}

impl<L: Lane> Store<L> {
    /// A healthy etcd of a cluster of `nodes` nodes that has been written to at `bytes_per_s` for long, compacted just
    /// now: its file has seen the end of a window, two of which are kept then.
    ///
    /// ```
    /// use slackwater_core::server::etcd::{Etcd, Store};
    /// let store = Store::new(&Etcd::none(), 10.0, 1e6);
    /// assert_eq!((store.older_bytes, store.file_bytes), (3e8, 6e8));
    /// ```
    pub fn new(etcd: &Etcd<L>, nodes: L, bytes_per_s: L) -> Self {
        let (zero, one) = (L::zero(), L::one());
        Self {
            serving: one,
            away_s: zero,
            silent_s: zero,
            alarm: zero,
            history_bytes: zero,
            older_bytes: bytes_per_s * etcd.compact_s,
            compacted_s: zero,
            file_bytes: etcd.full_bytes(nodes, bytes_per_s),
            kills: zero,
        }
    }

    /// Whether it serves in the step from `now_s`: sets [`Store::serving`].
    ///
    /// ```
    /// use slackwater_core::server::etcd::{Etcd, Store};
    /// let etcd = Etcd { lost_members: 2.0, lost_s: 5.0, ..Etcd::none() };
    /// let mut store = Store::new(&etcd, 10.0, 0.0);
    /// store.open(&etcd, 5.0, 1.0);
    /// assert_eq!((store.serving, store.silent_s), (0.0, 1.0));
    /// ```
    pub fn open(&mut self, etcd: &Etcd<L>, now_s: L, dt_s: L) {
        let (zero, one) = (L::zero(), L::one());
        let by_itself = self.away_s.min(dt_s) / dt_s;
        self.away_s = (self.away_s - dt_s).max(zero);
        self.serving = (one - by_itself) * (one - etcd.away(now_s, dt_s));
        self.silent_s = L::pick(self.serving.gt(zero), zero, self.silent_s + dt_s);
    }

    /// Books what a step wrote, compacts, checks the quota and the memory; `range_bytes` are in flight in all members
    /// together. Returns 1 where members are killed: what waits for them is lost.
    ///
    /// # Formula
    /// In use: live objects and what was written since the last compaction but one. The file never shrinks but by
    /// defragmentation.
    ///
    /// ```
    /// use slackwater_core::server::etcd::{Etcd, Store};
    /// let etcd = Etcd { quota_bytes: 2e9, live_bytes: 1e9, ..Etcd::none() };
    /// let mut store = Store::new(&etcd, 0.0, 0.0);
    /// // 4 MB a second fill the other gigabyte within 250 s, before the first compaction.
    /// let alarm_s = (1..).find(|&second| {
    ///     store.close(&etcd, f64::from(second), 1.0, 0.0, 4e6, 0.0);
    ///     store.alarm == 1.0
    /// });
    /// assert_eq!(alarm_s, Some(251));
    /// ```
    pub fn close(&mut self, etcd: &Etcd<L>, now_s: L, dt_s: L, nodes: L, written: L, range_bytes: L) -> L {
        let (zero, one) = (L::zero(), L::one());
        let live = etcd.live_bytes + etcd.live_bytes_per_node * nodes;
        self.history_bytes += written;
        self.compacted_s += dt_s;
        let in_use = (live + self.older_bytes + self.history_bytes) * (one + etcd.fragmentation);
        self.file_bytes = self.file_bytes.max(in_use);
        let until = etcd.defrag_s - now_s;
        let defrag = until.ge(zero) * dt_s.gt(until);
        let compact = (self.compacted_s.ge(etcd.compact_s) * self.serving.gt(zero)).max(defrag);
        self.older_bytes = L::pick(compact, self.history_bytes * (one - defrag), self.older_bytes);
        self.history_bytes = L::pick(compact, zero, self.history_bytes);
        self.compacted_s = L::pick(compact, zero, self.compacted_s);
        self.away_s += L::pick(defrag, self.file_bytes / etcd.defrag_bytes_per_s, zero);
        self.file_bytes = L::pick(defrag, live, self.file_bytes);
        self.alarm = (self.alarm * (one - defrag)).max(self.file_bytes.gt(etcd.quota_bytes));
        let killed = (range_bytes / etcd.members).gt(etcd.memory_bytes) * self.serving.gt(zero);
        self.away_s = L::pick(killed, etcd.restart_s, self.away_s);
        self.kills += killed;
        killed
    }
}

across!(Use { writes, write_bytes, reads, range_bytes_base, range_bytes_per_node });
across!(Etcd {
    members, lost_members, lost_s, back_s, fsync_s, rtt_s, gives_up_s, quota_bytes, live_bytes, live_bytes_per_node,
    fragmentation, compact_s, defrag_s, defrag_bytes_per_s, memory_bytes, restart_s, probed
} same { on });
across!(Store { serving, away_s, silent_s, alarm, history_bytes, older_bytes, compacted_s, file_bytes, kills });
