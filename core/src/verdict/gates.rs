//! Gates that need no trajectory: what load meets which wall.
//!
//! Three walls stand in a row: CPU, seats, memory (and etcd behind them). [`Standing`] says how far from
//! each a cluster is; [`steady`], [`surge`], [`failover`] and [`restart`] are the gates made of it. A margin
//! is (limit - value) / limit: signed, above 0 is safe.

use crate::queue::erlang_c;
use crate::system::scenario::{Arrivals, Class, Follows, Scenario};

/// Largest share of a wall that steady load may take: what is left absorbs what the model leaves out.
pub const STEADY_LIMIT: f64 = 0.8;
/// A burst, or the loss of one server, may take all of it.
pub const FULL: f64 = 1.0;
/// Seconds in which all clients must have listed again after a crash: the default request timeout.
pub const RELIST_LIMIT_S: f64 = 60.0;

/// Something that runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Wall {
    /// CPU of the API servers.
    Cpu,
    /// Seats of a priority level, or an in-flight limit.
    Seats,
    /// Memory of an API server.
    Memory,
    /// CPU of etcd.
    Etcd,
}

impl Wall {
    /// Name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "API server CPU",
            Self::Seats => "seats",
            Self::Memory => "API server memory",
            Self::Etcd => "etcd CPU",
        }
    }
}

/// How far from each wall a cluster stands in steady state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// CPU asked, as a share of the cores.
    pub cpu: f64,
    /// Seats wanted by the fullest level, as a share of what it can get.
    pub seats: f64,
    /// Memory wanted, as a share of the limit. Beyond CPU saturation: with every seat taken.
    pub memory: f64,
    /// etcd CPU asked, as a share.
    pub etcd: f64,
    /// Slowdown of a request against an idle server; infinite at saturation.
    pub slowdown: f64,
    /// Longest mean time of a LIST, seconds; infinite at saturation.
    pub list_s: f64,
}

impl Standing {
    /// The wall that is nearest, and how much of it is used. A saturated CPU comes before what it causes.
    pub fn first(&self) -> (Wall, f64) {
        if self.cpu >= 1.0 {
            return (Wall::Cpu, self.cpu);
        }
        let mut nearest = (Wall::Cpu, self.cpu);
        for other in [(Wall::Seats, self.seats), (Wall::Memory, self.memory), (Wall::Etcd, self.etcd)] {
            if other.1 > nearest.1 {
                nearest = other;
            }
        }
        nearest
    }
}

/// A gate's number, what is allowed, and the margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// What was found.
    pub value: f64,
    /// What is allowed.
    pub limit: f64,
    /// The wall it is about.
    pub wall: Wall,
}

impl Check {
    /// (limit - value) / limit.
    ///
    /// ```
    /// use slackwater_core::verdict::gates::{Check, Wall};
    /// let check = Check { value: 0.6, limit: 0.8, wall: Wall::Cpu };
    /// assert!((check.margin() - 0.25).abs() < 1e-12 && check.pass());
    /// ```
    pub fn margin(&self) -> f64 {
        (self.limit - self.value) / self.limit
    }

    /// Whether the margin is above 0.
    pub fn pass(&self) -> bool {
        self.value < self.limit
    }
}

/// Clients of a class when the rollout is complete.
pub fn clients(scenario: &Scenario<f64>, class: &Class<f64>) -> f64 {
    match class.follows {
        Follows::Cluster => class.clients_fixed + class.clients_per_node * scenario.nodes,
        Follows::Agent => class.clients_per_node * scenario.nodes * scenario.creation.share,
    }
}

/// Requests per second of a class when all is well, over the whole cluster.
pub fn rate_per_s(scenario: &Scenario<f64>, class: &Class<f64>) -> f64 {
    let clients = clients(scenario, class);
    match class.arrivals {
        Arrivals::FixedRate | Arrivals::FixedDelay => clients / class.period_s,
        Arrivals::Open => clients * class.rate_per_client,
        Arrivals::Watch | Arrivals::OnStart => 0.0,
        Arrivals::DnsMiss => misses_per_s(scenario),
    }
}

/// Lookups per second that miss every cache in steady state: l / (1 + l T) a name and cache.
fn misses_per_s(scenario: &Scenario<f64>) -> f64 {
    let dns = &scenario.dns;
    let longest_s = dns.tiers.iter().map(|tier| tier.ttl_steps * scenario.dt_s).fold(0.0, f64::max);
    let caches = dns.caches(0, scenario.nodes);
    dns.groups.iter().map(|g| caches * g.names * g.lookups_per_s / (1.0 + g.lookups_per_s * longest_s)).sum()
}

/// Where a cluster stands with `servers` API servers.
///
/// # Formula
/// CPU: sum of rate times CPU-seconds over cores. Slowdown: L / a of M/M/c processor sharing at that load.
/// Seats and memory: Little's law with the slowed-down service time.
pub fn standing(scenario: &Scenario<f64>, servers: f64) -> Standing {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed;
    let size_s = |class: &Class<f64>| class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
    let (mut work, mut etcd) = (0.0, 0.0);
    for class in &scenario.classes {
        let rate = rate_per_s(scenario, class);
        work += rate * size_s(class);
        etcd += rate * (class.etcd_base_s + class.etcd_per_node_s * scenario.nodes);
    }
    let load = work / (cores * servers);
    let slowdown = if load < 1.0 {
        let busy = cpu.servers * load;
        let all_busy = erlang_c(cpu.servers as u32, busy).unwrap_or(1.0);
        1.0 + all_busy / (cpu.servers * (1.0 - load))
    } else {
        f64::INFINITY
    };
    let mut list_s: f64 = 0.0;
    for class in scenario.classes.iter().filter(|class| class.label.verb == "list" && rate_per_s(scenario, class) > 0.0)
    {
        list_s = list_s.max(size_s(class) / cpu.speed * slowdown);
    }
    let (seats, running) = seats(scenario, servers, slowdown);
    let memory = &scenario.memory;
    let wanted = memory.wanted(scenario.nodes, running, 0.0) / memory.limit_bytes;
    Standing { cpu: load, seats, memory: wanted, etcd: etcd / scenario.etcd_cores, slowdown, list_s }
}

/// Share of the fullest level's seats, and the bytes of what runs on one server.
fn seats(scenario: &Scenario<f64>, servers: f64, slowdown: f64) -> (f64, f64) {
    let nominal: f64 = scenario.levels.iter().map(|level| f64::from(level.limits.nominal)).sum();
    let floors: f64 = scenario.levels.iter().map(|level| f64::from(level.limits.min)).sum();
    let (mut fullest, mut bytes) = (0.0_f64, 0.0);
    for (at, level) in scenario.levels.iter().enumerate() {
        let (mut wanted, mut held) = (0.0, 0.0);
        for class in scenario.classes.iter().filter(|class| class.level == at) {
            let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
            let cap_s = class.timeout_s;
            let running = rate_per_s(scenario, class) / servers * (size_s / scenario.cpu.speed * slowdown).min(cap_s);
            let running = if running.is_finite() { running } else { 0.0 };
            wanted += running * class.seats;
            held += running * (class.bytes_base + class.bytes_per_node * scenario.nodes);
        }
        // Others keep their floors; the rest can be borrowed (apf_controller.go updateBorrowingLocked).
        let most = if scenario.flow_control {
            (nominal - floors + f64::from(level.limits.min)).min(f64::from(level.limits.max))
        } else {
            f64::from(level.limits.nominal)
        };
        if level.limits.exempt {
            bytes += held;
        } else if most > 0.0 {
            fullest = fullest.max(wanted / most);
            bytes += held * (most / wanted.max(most));
        }
    }
    (fullest, bytes)
}

/// Steady load against the first wall.
pub fn steady(scenario: &Scenario<f64>) -> Check {
    let (wall, value) = standing(scenario, scenario.servers).first();
    Check { value, limit: STEADY_LIMIT, wall }
}

/// The burst while the agent's pods come up: work that arrives within one client timeout, against what the
/// servers can do in that time.
pub fn surge(scenario: &Scenario<f64>) -> Check {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed * scenario.servers;
    let (mut before, mut burst) = (0.0, 0.0);
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
            burst += (per_s * window_s).min(pods) * first * size_s / window_s;
            // Pods that started a period ago come back while others still start.
            if creation_s > class.period_s {
                burst += (1.0 - class.period_s / creation_s) * rate_per_s(scenario, class) * size_s;
            }
        } else {
            before += rate_per_s(scenario, class) * size_s;
        }
    }
    Check { value: (before + burst) / cores, limit: FULL, wall: Wall::Cpu }
}

/// One API server lost: its load on the others. `None` with a single server.
pub fn failover(scenario: &Scenario<f64>) -> Option<Check> {
    if scenario.servers <= 1.0 {
        return None;
    }
    let (wall, value) = standing(scenario, scenario.servers - 1.0).first();
    Some(Check { value, limit: FULL, wall })
}

/// Everybody lists again after a crash: seconds of work for what steady load leaves free. Value in seconds.
pub fn restart(scenario: &Scenario<f64>) -> Check {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed * scenario.servers;
    let (mut herd_s, mut steady) = (0.0, 0.0);
    for class in &scenario.classes {
        let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
        let returns = match class.arrivals {
            Arrivals::Watch => true,
            Arrivals::FixedRate | Arrivals::FixedDelay => class.follows == Follows::Agent,
            Arrivals::Open | Arrivals::OnStart | Arrivals::DnsMiss => false,
        };
        if returns {
            herd_s += clients(scenario, class) * size_s;
        } else {
            steady += rate_per_s(scenario, class) * size_s;
        }
    }
    let free = (cores - steady).max(cores * 1e-3);
    Check { value: herd_s / free, limit: RELIST_LIMIT_S, wall: Wall::Cpu }
}

/// The gate that fails first, if one of the four does.
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
pub fn visible(scenario: &Scenario<f64>) -> bool {
    let standing = standing(scenario, scenario.servers);
    standing.cpu >= 1.0 || standing.list_s > 30.0 || standing.memory >= 1.0 || standing.etcd >= 1.0
}
