//! A server that has just begun to serve, as its flow control sees it.
//!
//! Until the informers of flow control have read the levels and schemas that there are, the server knows the two mandatory
//! levels only: `exempt`, and `catch-all` for everybody else, which then has all seats, and no queue. Those informers ask
//! this very server, so they wait as long as its load lets them. What was wanted of catch-all meanwhile is still its claim
//! on seats when the other levels are introduced. Source: `newTestableController`, `Run` and `finishQueueSetReconfigsLocked`
//! in `apf_controller.go` of k8s.io/apiserver 0.36.
//!
//! The socket is open before the server serves (`CreateListener` in `pkg/server/options/serving.go`), so that whoever
//! connects while the process starts waits, and comes in with all others at once.

use super::scenario::Scenario;
use crate::lane::Lane;

/// Answers over the network that the informers wait for one after the other; each of them waits for a turn of the run
/// queue ([`crate::server::turns`]), at both ends, which are in one process.
///
/// The connection is accepted; the server reads the first message of TLS 1.3; the client reads the answer; the server
/// reads the last message and the request; etcd answers with its revision, then with its progress up to there
/// (`getWatchCacheResourceVersion` and `waitUntilFreshAndBlock` in `pkg/storage/cacher`); the client reads the objects.
///
/// ```
/// assert_eq!(slackwater_core::system::starting::WAITS, 7.0);
/// ```
pub const WAITS: f64 = 7.0;

/// Informers of kube-apiserver itself, which all set out at once and stand in the line for their turns until they have
/// synced: 34 in the audit log of a server of version 1.36 that starts.
///
/// ```
/// assert_eq!(slackwater_core::system::starting::INFORMERS, 34.0);
/// ```
pub const INFORMERS: f64 = 34.0;

/// Seconds that all of it takes on an idle server: etcd is asked for its progress every 100 ms (`progressRequestPeriod` in
/// `pkg/storage/cacher/progress`), and informers are asked every 100 ms whether they have synced (`syncedPollPeriod` in
/// client-go `tools/cache/shared_informer.go`).
///
/// ```
/// assert_eq!(slackwater_core::system::starting::IDLE_S, 0.2);
/// ```
pub const IDLE_S: f64 = 0.2;

/// Name of the level that everybody is in who is not exempt.
const ONLY: &str = "catch-all";

/// Seconds that the informers wait for one answer, where a turn of the run queue takes `turns_s`.
///
/// ```
/// use slackwater_core::system::starting::{IDLE_S, WAITS, wait_s};
/// assert!((WAITS * wait_s(0.0) - IDLE_S).abs() < 1e-15);
/// assert!((WAITS * wait_s(1.5) - 10.7).abs() < 1e-12);
/// ```
#[inline(always)]
pub fn wait_s<L: Lane>(turns_s: L) -> L {
    turns_s + L::splat(IDLE_S / WAITS)
}

/// The level that everybody is in who is not exempt, and its seats.
///
/// ```
/// use slackwater_core::system::starting::Only;
/// assert_eq!(Only { level: 7, seats: 600 }.seats, 600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only {
    /// Its place among the levels.
    pub level: usize,
    /// All seats that the server has.
    pub seats: u32,
}

/// The level that everybody is in who is not exempt, before a server has read its configuration; nothing without flow
/// control.
///
/// # Formula
/// As the only level with shares it has all seats of the server. It may borrow as many (its object cannot be changed), so
/// they are its most seats less its nominal ones.
///
/// ```
/// use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, limits};
/// use slackwater_core::system::scenario::{Level, Name, Scenario};
/// use slackwater_core::system::starting::{Only, only_level};
/// let mut scenario = Scenario { flow_control: true, ..Scenario::idle(1.0, 10.0, 2.0) };
/// assert_eq!(only_level(&scenario), None);
/// for (limits, config) in limits(600, &DEFAULT_LEVELS)?.into_iter().zip(&DEFAULT_LEVELS) {
///     let name = Name::try_from(config.name).unwrap_or_default();
///     let _ = scenario.levels.push(Level { name, limits, queues: 0, hand_size: 0, queue_length: 0, wait_s: 0.0 });
/// }
/// assert_eq!(only_level(&scenario), Some(Only { level: 7, seats: 600 }));
/// # Ok::<(), slackwater_core::flowcontrol::error::FlowControlError>(())
/// ```
pub fn only_level<L: Lane>(scenario: &Scenario<L>) -> Option<Only> {
    let level = scenario.levels.iter().position(|level| level.name == ONLY).filter(|_| scenario.flow_control)?;
    let limits = scenario.levels.get(level)?.limits;
    Some(Only { level, seats: limits.max - limits.nominal })
}
