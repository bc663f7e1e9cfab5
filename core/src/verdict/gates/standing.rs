//! How far a cluster stands from each wall in steady state.

use crate::lane::Single;
use crate::queue::{erlang_c, erlang_c_slope};
use crate::server::etcd::{READ_CPU_S, WRITE_CPU_S};
use crate::system::scenario::{Arrivals, Class, Follows, Scenario};

/// Something that runs out.
///
/// ```
/// use slackwater_core::verdict::gates::Wall;
/// assert_eq!(Wall::Cpu.name(), "API server CPU");
/// ```
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
    /// The log of etcd: its disk.
    EtcdLog,
    /// The file of etcd against its quota.
    EtcdFile,
}

impl Wall {
    /// Name in reports.
    ///
    /// ```
    /// use slackwater_core::verdict::gates::Wall;
    /// assert_eq!(Wall::Etcd.name(), "etcd CPU");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "API server CPU",
            Self::Seats => "seats",
            Self::Memory => "API server memory",
            Self::Etcd => "etcd CPU",
            Self::EtcdLog => "etcd's disk",
            Self::EtcdFile => "etcd's file",
        }
    }
}

/// How far from each wall a cluster stands in steady state.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::{Wall, standing};
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// let standing = standing(&scenario, 1.0);
/// assert!((standing.cpu - 20.0 * 0.2 / 8.0).abs() < 1e-12);
/// assert_eq!(standing.first().0, Wall::Cpu);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing<L = f64> {
    /// CPU asked, as a share of the cores.
    pub cpu: L,
    /// Seats wanted by the fullest level, as a share of what it can get.
    pub seats: L,
    /// Memory wanted, as a share of the limit. Beyond CPU saturation: with every seat taken.
    pub memory: L,
    /// etcd CPU asked, as a share.
    pub etcd: L,
    /// Bytes written to etcd, as a share of what its log takes; 0 where nobody waits for etcd.
    pub etcd_log: L,
    /// Size of etcd's file just before a compaction, as a share of its quota; 0 where nobody waits for etcd.
    pub etcd_file: L,
    /// Slowdown of a request against an idle server; infinite at saturation.
    pub slowdown: L,
    /// Longest mean time of a LIST, seconds; infinite at saturation.
    pub list_s: L,
}

impl<L: Single> Standing<L> {
    /// The wall that is nearest, and how much of it is used. A saturated CPU comes before what it causes.
    ///
    /// ```
    /// use slackwater_core::verdict::gates::{Standing, Wall};
    /// let standing = Standing { cpu: 0.3, seats: 0.9, memory: 0.5, etcd: 0.1, etcd_log: 0.0, etcd_file: 0.0, slowdown: 1.1, list_s: 2.0 };
    /// assert_eq!(standing.first(), (Wall::Seats, 0.9));
    /// ```
    pub fn first(&self) -> (Wall, L) {
        if self.cpu.value() >= 1.0 {
            return (Wall::Cpu, self.cpu);
        }
        let mut nearest = (Wall::Cpu, self.cpu);
        let others = [
            (Wall::Seats, self.seats),
            (Wall::Memory, self.memory),
            (Wall::Etcd, self.etcd),
            (Wall::EtcdLog, self.etcd_log),
            (Wall::EtcdFile, self.etcd_file),
        ];
        for other in others {
            if other.1.value() > nearest.1.value() {
                nearest = other;
            }
        }
        nearest
    }
}

/// Clients of a class when the rollout is complete, over the whole cluster.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::clients;
/// let scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert_eq!(clients(&scenario, &Class::poll(2.0, 30.0, 0.2)), 1200.0);
/// ```
pub fn clients<L: Single>(scenario: &Scenario<L>, class: &Class<L>) -> L {
    match class.follows {
        Follows::Cluster | Follows::Leaders => class.clients_fixed + class.clients_per_node * scenario.nodes,
        Follows::Agent => class.clients_per_node * scenario.nodes * scenario.creation.share,
    }
}

/// Seconds between two requests of a polling client: its period, or, if even an idle server cannot answer within
/// the timeout, the timeout and the wait for the next try.
fn between_s<L: Single>(scenario: &Scenario<L>, class: &Class<L>) -> L {
    let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
    let answered = (size_s / scenario.cpu.speed).value() < class.timeout_s.value();
    if answered || class.retry.gives_up(L::zero()).value() >= 1.0 {
        return class.period_s;
    }
    let (low, high) = class.retry.delay_s(L::one(), L::zero());
    class.period_s.min(class.timeout_s + L::splat(0.5) * (low + high))
}

/// Requests per second of a class when all is well, over the whole cluster.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::rate_per_s;
/// let scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert_eq!(rate_per_s(&scenario, &Class::poll(2.0, 30.0, 0.2)), 40.0);
/// ```
pub fn rate_per_s<L: Single>(scenario: &Scenario<L>, class: &Class<L>) -> L {
    let clients = clients(scenario, class);
    match class.arrivals {
        Arrivals::FixedRate | Arrivals::FixedDelay => clients / between_s(scenario, class),
        Arrivals::Open => clients * class.rate_per_client,
        Arrivals::Watch | Arrivals::OnStart | Arrivals::Opens => L::zero(),
        Arrivals::DnsMiss => misses_per_s(scenario),
    }
}

/// Lookups per second that miss every cache in steady state: l / (1 + l T) a name and cache.
fn misses_per_s<L: Single>(scenario: &Scenario<L>) -> L {
    let dns = &scenario.dns;
    let mut longest_s = L::zero();
    for tier in &dns.tiers {
        longest_s = longest_s.max(tier.ttl_steps * L::splat(scenario.dt_s));
    }
    let caches = dns.caches(0, scenario.nodes);
    let mut misses = L::zero();
    for g in &dns.groups {
        misses += caches * g.names * g.lookups_per_s / (L::one() + g.lookups_per_s * longest_s);
    }
    misses
}

/// Share of requests that find every core busy, `busy` of them on average.
fn waits<L: Single>(servers: f64, busy: L) -> L {
    let (servers, load) = (servers as u32, busy.value());
    busy.mapped(erlang_c(servers, load).unwrap_or(1.0), || erlang_c_slope(servers, load).unwrap_or(0.0))
}

/// Where a cluster stands with `servers` API servers.
///
/// # Formula
/// CPU: sum of rate times CPU-seconds over cores. Slowdown: L / a of M/M/c processor sharing at that load.
/// Seats and memory: Little's law with the slowed-down service time.
///
/// ```
/// use slackwater_core::system::scenario::{Class, Scenario};
/// use slackwater_core::verdict::gates::standing;
/// let mut scenario = Scenario::idle(1.0, 600.0, 8.0);
/// assert!(scenario.classes.push(Class::poll(1.0, 30.0, 0.2)).is_ok());
/// // Two servers share what one had; with fewer cores' worth of load it saturates.
/// assert_eq!(standing(&scenario, 2.0).cpu, standing(&scenario, 1.0).cpu / 2.0);
/// assert!(standing(&scenario, 0.25).slowdown.is_infinite());
/// ```
pub fn standing<L: Single>(scenario: &Scenario<L>, servers: L) -> Standing<L> {
    let cpu = &scenario.cpu;
    let cores = cpu.servers * cpu.speed;
    let size_s = |class: &Class<L>| class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
    let (mut work, mut etcd, mut written) = (L::zero(), L::zero(), L::zero());
    for class in &scenario.classes {
        let rate = rate_per_s(scenario, class);
        work += rate * size_s(class);
        etcd += rate * class.etcd_s(scenario.nodes);
        if scenario.etcd.on {
            etcd += rate * (class.etcd.writes * L::splat(WRITE_CPU_S) + class.etcd.reads * L::splat(READ_CPU_S));
            written += rate * class.etcd.writes * class.etcd.write_bytes;
        }
    }
    let store = &scenario.etcd;
    let etcd_log = written / store.log_bytes_per_s();
    let etcd_file = if store.on { store.full_bytes(scenario.nodes, written) / store.quota_bytes } else { L::zero() };
    let load = work / (cores * servers);
    let slowdown = if load.value() < 1.0 {
        let all_busy = waits(cpu.servers.value(), cpu.servers * load);
        L::one() + all_busy / (cpu.servers * (L::one() - load))
    } else {
        L::splat(f64::INFINITY)
    };
    let mut list_s = L::zero();
    let lists = |class: &&Class<L>| class.label.verb == "list" && rate_per_s(scenario, class).value() > 0.0;
    for class in scenario.classes.iter().filter(lists) {
        list_s = list_s.max(size_s(class) / cpu.speed * slowdown);
    }
    let (seats, running) = seats(scenario, servers, slowdown);
    let memory = &scenario.memory;
    let wanted = memory.wanted(scenario.nodes, running, L::zero()) / memory.limit_bytes;
    Standing {
        cpu: load,
        seats,
        memory: wanted,
        etcd: etcd / scenario.etcd_cores,
        etcd_log,
        etcd_file,
        slowdown,
        list_s,
    }
}

/// Share of the fullest level's seats, and the bytes of what runs on one server.
fn seats<L: Single>(scenario: &Scenario<L>, servers: L, slowdown: L) -> (L, L) {
    let nominal: f64 = scenario.levels.iter().map(|level| f64::from(level.limits.nominal)).sum();
    let floors: f64 = scenario.levels.iter().map(|level| f64::from(level.limits.min)).sum();
    let (mut fullest, mut bytes) = (L::zero(), L::zero());
    for (at, level) in scenario.levels.iter().enumerate() {
        let (mut wanted, mut held) = (L::zero(), L::zero());
        for class in scenario.classes.iter().filter(|class| class.level == at) {
            let size_s = class.cpu_base_s + class.cpu_per_node_s * scenario.nodes;
            // In this order the timeout holds where the slowdown is no number.
            let takes_s = class.timeout_s.min(size_s / scenario.cpu.speed * slowdown);
            let running = rate_per_s(scenario, class) / servers * takes_s;
            let running = if running.value().is_finite() { running } else { L::zero() };
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
            let most = L::splat(most);
            fullest = fullest.max(wanted / most);
            bytes += held * (most / most.max(wanted));
        }
    }
    (fullest, bytes)
}
