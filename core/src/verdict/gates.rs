//! Gates that need no trajectory: what load meets which wall.
//!
//! Three walls stand in a row: CPU, seats, memory (and etcd behind them). [`Standing`] says how far from
//! each a cluster is; [`steady`], [`surge`], [`failover`] and [`restart`] are the gates made of it. A margin
//! is (limit - value) / limit: signed, above 0 is safe.
//!
//! Over [`Dual`](crate::lane::Dual) the same gates give their exact slopes. Where a gate chooses (the first wall, a cap that
//! binds) the slope is that of what it chose; Erlang C brings [its own](crate::queue::erlang_c_slope).

use crate::lane::Single;
use crate::system::scenario::{Arrivals, Follows, Scenario};

mod standing;

pub use standing::{Standing, Wall, clients, rate_per_s, standing};

/// Largest share of a wall that steady load may take, a convention of this model: what is left absorbs what the
/// model leaves out.
///
/// ```
/// use slackwater_core::verdict::gates::{Check, STEADY_LIMIT, Wall};
/// assert!(!Check { value: 0.85, limit: STEADY_LIMIT, wall: Wall::Cpu }.pass());
/// ```
pub const STEADY_LIMIT: f64 = 0.8;
/// A burst, or the loss of one server, may take all of a wall.
///
/// ```
/// use slackwater_core::verdict::gates::{Check, FULL, Wall};
/// assert!(Check { value: 0.85, limit: FULL, wall: Wall::Cpu }.pass());
/// ```
pub const FULL: f64 = 1.0;
/// Seconds in which all clients must have listed again after a crash: the default request timeout (apiserver
/// `pkg/server/config.go`).
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::{RELIST_LIMIT_S, restart};
/// assert_eq!(restart(&Scenario::idle(1.0, 10.0, 2.0)).limit, RELIST_LIMIT_S);
/// ```
pub const RELIST_LIMIT_S: f64 = 60.0;

/// A gate's number, what is allowed, and the margin.
///
/// ```
/// use slackwater_core::verdict::gates::{Check, Wall};
/// let check = Check { value: 1.2, limit: 1.0, wall: Wall::Cpu };
/// assert!(check.margin() < 0.0 && !check.pass());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check<L = f64> {
    /// What was found.
    pub value: L,
    /// What is allowed.
    pub limit: L,
    /// The wall it is about.
    pub wall: Wall,
}

impl<L: Single> Check<L> {
    /// (limit - value) / limit.
    ///
    /// ```
    /// use slackwater_core::verdict::gates::{Check, Wall};
    /// let check = Check { value: 0.6, limit: 0.8, wall: Wall::Cpu };
    /// assert!((check.margin() - 0.25).abs() < 1e-12 && check.pass());
    /// ```
    pub fn margin(&self) -> L {
        (self.limit - self.value) / self.limit
    }

    /// Whether the margin is above 0.
    ///
    /// ```
    /// use slackwater_core::verdict::gates::{Check, Wall};
    /// assert!(!Check { value: 1.0, limit: 1.0, wall: Wall::Cpu }.pass());
    /// ```
    pub fn pass(&self) -> bool {
        self.value.value() < self.limit.value()
    }
}

/// Steady load against the first wall, as a share of it; the limit is [`STEADY_LIMIT`].
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::{STEADY_LIMIT, steady};
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let check = steady(&scenario);
/// assert!((check.value - 0.5).abs() < 1e-12 && check.limit == STEADY_LIMIT && check.pass());
/// ```
pub fn steady<L: Single>(scenario: &Scenario<L>) -> Check<L> {
    let (wall, value) = standing(scenario, scenario.servers).first();
    Check { value, limit: L::splat(STEADY_LIMIT), wall }
}

/// The burst while the agent's pods come up: work that arrives within one client timeout, as a share of what the
/// servers can do in that time.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Follows, Scenario};
/// use slackwater_core::verdict::gates::surge;
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// let agent = Class { follows: Follows::Agent, ..Class::poll(1.0, 60.0, 0.2) };
/// assert!(scenario.classes.push(agent).is_ok());
/// // All 600 come up within a minute: 120 CPU-seconds, and 8 cores have 480.
/// assert!((surge(&scenario).value - 0.25).abs() < 1e-12);
/// ```
pub fn surge<L: Single>(scenario: &Scenario<L>) -> Check<L> {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed * scenario.servers;
    let (mut before, mut burst) = (L::zero(), L::zero());
    let per_s = scenario.creation.burst / scenario.creation.sync_s;
    let pods = scenario.nodes * scenario.creation.share;
    let creation_s = pods / per_s;
    for class in &scenario.classes {
        let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
        if class.follows == Follows::Agent {
            let window_s = class.timeout_s;
            let first = match class.arrivals {
                Arrivals::OnStart => class.rate_per_client,
                _ => class.clients_per_node,
            };
            burst += pods.min(per_s * window_s) * first * size_s / window_s;
            // Pods that started a period ago come back while others still start.
            if creation_s.value() > class.period_s.value() {
                burst += (L::one() - class.period_s / creation_s) * rate_per_s(scenario, class) * size_s;
            }
        } else {
            before += rate_per_s(scenario, class) * size_s;
        }
    }
    Check { value: (before + burst) / cores, limit: L::splat(FULL), wall: Wall::Cpu }
}

/// One API server lost: its load on the others. `None` with a single server.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::failover;
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// assert_eq!(failover(&scenario), None);
/// scenario.servers = 3.0;
/// assert!(failover(&scenario).is_some_and(|check| (check.value - 0.25).abs() < 1e-12));
/// ```
pub fn failover<L: Single>(scenario: &Scenario<L>) -> Option<Check<L>> {
    if scenario.servers.value() <= 1.0 {
        return None;
    }
    let (wall, value) = standing(scenario, scenario.servers - L::one()).first();
    Some(Check { value, limit: L::splat(FULL), wall })
}

/// Everybody lists again after a crash: seconds of work for what steady load leaves free. Value in seconds.
///
/// ```
/// use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
/// use slackwater_core::verdict::gates::restart;
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// let informer = Class { arrivals: Arrivals::Watch, ..Class::poll(1.0, 60.0, 0.2) };
/// assert!(scenario.classes.push(informer).is_ok());
/// assert!((restart(&scenario).value - 600.0 * 0.2 / 8.0).abs() < 1e-12);
/// ```
pub fn restart<L: Single>(scenario: &Scenario<L>) -> Check<L> {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed * scenario.servers;
    let (mut herd_s, mut steady) = (L::zero(), L::zero());
    let away_s = scenario.memory.restart_s + scenario.memory.refill_s;
    for class in &scenario.classes {
        let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
        // Watches break and list again. Polls come back if they were due while the server was away.
        let returns = match class.arrivals {
            Arrivals::Watch => L::one(),
            Arrivals::FixedRate | Arrivals::FixedDelay => L::one().min(away_s / class.period_s),
            Arrivals::Open | Arrivals::OnStart | Arrivals::Opens | Arrivals::DnsMiss => L::zero(),
        };
        herd_s += clients(scenario, class) * returns * size_s;
        steady += rate_per_s(scenario, class) * size_s;
    }
    let free = (cores * L::splat(1e-3)).max(cores - steady);
    Check { value: herd_s / free, limit: L::splat(RELIST_LIMIT_S), wall: Wall::Cpu }
}

/// The gate that fails first, if one of the four does.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::broken;
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// assert_eq!(broken(&scenario), None);
/// scenario.nodes = 1000.0;
/// assert_eq!(broken(&scenario), Some("steady"));
/// ```
pub fn broken(scenario: &Scenario<f64>) -> Option<&'static str> {
    let failing = |check: Check| !check.pass();
    if failing(steady(scenario)) {
        return Some("steady");
    }
    if failing(surge(scenario)) {
        return Some("surge");
    }
    if failover(scenario).is_some_and(failing) {
        return Some("failover");
    }
    failing(restart(scenario)).then_some("restart")
}

/// Whether a default alert of a monitored cluster would fire in steady state: a LIST over 30 s, a saturated
/// server, or a server at its memory limit (SIG Scalability SLOs; kube-prometheus apiserver rules).
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::{broken, visible};
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// scenario.nodes = 1000.0; // unsafe, and no alert says so
/// assert!(broken(&scenario).is_some() && !visible(&scenario));
/// ```
pub fn visible(scenario: &Scenario<f64>) -> bool {
    let standing = standing(scenario, scenario.servers);
    standing.cpu >= 1.0
        || standing.list_s > 30.0
        || standing.memory >= 1.0
        || standing.etcd.max(standing.etcd_log).max(standing.etcd_file) >= 1.0
}
