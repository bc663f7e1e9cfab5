//! Clusters in which nothing can fail: bounds that need no run, and the moment from which a run adds nothing.
//!
//! While no request fails, a client sends at its own pace whatever the servers do, so the most that arrives in a
//! second is known beforehand. If that much keeps every wall at a distance, the first failure has no cause, and by
//! induction there is none. The bounds are wide on purpose: what they leave open is run.

use super::path::Cluster;
use crate::resolve::Plan;
use slackwater_core::dns::Dependence;
use slackwater_core::flowcontrol::borrowing::BorrowingState;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::flowcontrol::seat_demand::LevelDemand;
use slackwater_core::queue::erlang_c;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, MAX_LEVELS, Scenario};

/// Most of the CPU, of etcd and of DNS servers that the largest burst may take.
const BUSY: f64 = 0.9;
/// Most of the seats it may hold: limits move with demand, and what is lent comes back after 10 s.
const SEATS: f64 = 0.5;
/// Most of the memory it may hold.
const MEMORY: f64 = 0.95;
/// Most of a client's patience that an answer may take.
const PATIENCE: f64 = 0.5;
/// Lookups that miss the caches, as a multiple of their even rate.
const UNEVEN: f64 = 1.5;
/// Part of what counts as impact that lookups may fail by in the ordinary course of things.
const UNNOTICED: f64 = 0.5;
/// Seconds a lost DNS server takes to come back, at least.
const DNS_SYNC_S: f64 = 5.0;

/// Whether no request and no lookup can fail in a cluster while the agent comes up and after.
pub(super) fn always(plan: &Plan, size: &Scenario<f64>) -> bool {
    calm_dns(plan, size) && calm_api(plan, size)
}

/// When a run has shown all that can happen.
#[derive(Debug)]
pub(super) struct Calm {
    /// Row from which everything planned has happened once.
    from: usize,
    /// Rows without an error that a whole round of polls takes.
    round: usize,
}

impl Calm {
    /// For a cluster at its touch; none if something outside the agent can fail later.
    pub(super) fn after(plan: &Plan, cluster: &Cluster) -> Option<Self> {
        let size = &cluster.scenario;
        if !calm_dns(plan, size) {
            return None;
        }
        let agents = size.classes.iter().filter(|class| class.follows == Follows::Agent);
        let round_s = agents.fold(60.0_f64, |round_s, class| round_s.max(class.period_s).max(class.timeout_s));
        let rows = |seconds: f64| (seconds / size.dt_s).ceil() as usize + 1;
        Some(Self { from: rows(cluster.planned_s() + round_s), round: rows(round_s) })
    }

    /// Whether row `count` is late enough, with the last `clean` rows free of errors. Steady load passed its gate,
    /// and polls keep their ticks: what one round of them did not bring down the next will not.
    pub(super) fn holds(&self, count: usize, clean: usize) -> bool {
        count >= self.from && clean >= self.round
    }
}

/// Whether lookups are answered as long as the API is.
fn calm_dns(plan: &Plan, size: &Scenario<f64>) -> bool {
    let dns = &size.dns;
    if dns.groups.is_empty() {
        return true;
    }
    let never = super::simulate::end_s(plan);
    let lookups_per_s: f64 = dns.groups.iter().map(|group| group.names * group.lookups_per_s).sum();
    let queries_per_s = lookups_per_s * dns.caches(0, size.nodes) * dns.record_types;
    let lost = if dns.dependence == Dependence::Restart { dns.lost_per_s * DNS_SYNC_S } else { 0.0 };
    dns.source_lost_s > never
        && dns.cold == 0.0
        && queries_per_s <= BUSY * dns.servers * dns.queries_per_server
        && dns.base_bytes <= MEMORY * dns.limit_bytes
        && lost <= UNNOTICED * plan.detection.visible_impact_share
}

/// Most requests of a class in a second, over the cluster, while nothing fails; none if no bound is known.
fn most_per_s(plan: &Plan, size: &Scenario<f64>, class: &Class<f64>, pods_per_s: f64) -> Option<f64> {
    let polls = matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay);
    if class.follows == Follows::Cluster {
        let clients = class.clients_fixed + class.clients_per_node * size.nodes;
        return match class.arrivals {
            _ if polls => Some(clients / class.period_s),
            Arrivals::Open => Some(clients * class.rate_per_client),
            Arrivals::Watch => Some(0.0),
            Arrivals::DnsMiss => {
                let nearest_s = size.dns.tiers.first()?.ttl_steps * size.dt_s;
                let rates =
                    size.dns.groups.iter().map(|g| g.names * g.lookups_per_s / (1.0 + g.lookups_per_s * nearest_s));
                Some(UNEVEN * size.dns.caches(0, size.nodes) * rates.sum::<f64>())
            }
            _ => None,
        };
    }
    let pods = class.clients_per_node;
    match class.arrivals {
        Arrivals::Open => Some(pods * size.nodes * class.rate_per_client),
        Arrivals::Watch => Some(pods * pods_per_s),
        Arrivals::OnStart => Some(class.rate_per_client * pods_per_s),
        Arrivals::DnsMiss => None,
        Arrivals::FixedRate | Arrivals::FixedDelay => {
            // Pods come up in waves; a wave longer than a period meets its own polls, and another wave's may too.
            let mean_pods_per_s = size.creation.burst / size.creation.sync_s;
            let mut reached = 0.0;
            let mut rounds = 0.0;
            let whole = [1.0];
            for &share in if plan.fleet.single() { plan.fleet.waves.as_slice() } else { &whole } {
                let creation_s = size.nodes * (share - reached) / mean_pods_per_s;
                // An answer that comes late moves the next poll of a fixed delay.
                let late_s = if class.arrivals == Arrivals::FixedDelay { class.timeout_s } else { size.dt_s };
                rounds += ((creation_s + late_s) / class.period_s).ceil();
                reached = share;
            }
            Some(pods * (pods_per_s * rounds).max(size.nodes / class.period_s))
        }
    }
}

/// Most pods that come up in one step, per second.
fn pods_per_s(size: &Scenario<f64>) -> f64 {
    const PARTS: u32 = 64;
    let creation = &size.creation;
    let created = |at_s: f64| creation.created(creation.start_s + at_s);
    let starts = (0..PARTS).map(|part| f64::from(part) / f64::from(PARTS) * creation.sync_s);
    let most = starts.map(|at_s| created(at_s + size.dt_s) - created(at_s)).fold(0.0, f64::max);
    // Between the parts looked at it can be a little more.
    1.1 * most.min(size.nodes) / size.dt_s
}

/// Seats each level has while hardly anybody wants any.
fn free_seats(size: &Scenario<f64>) -> heapless::Vec<f64, MAX_LEVELS> {
    if !size.flow_control {
        return size.levels.iter().map(|level| f64::from(level.limits.nominal)).collect();
    }
    let limits: heapless::Vec<LevelLimits, MAX_LEVELS> = size.levels.iter().map(|level| level.limits).collect();
    let idle: heapless::Vec<LevelDemand, MAX_LEVELS> = limits.iter().map(|_| LevelDemand::default()).collect();
    let mut borrowing = BorrowingState::introduced(&limits);
    // Lists of equal length cannot be refused; a level that got nothing has nothing.
    let _ = borrowing.update(&limits, &idle);
    limits.iter().zip(borrowing.current).map(|(_, current)| f64::from(current)).collect()
}

/// Whether the largest burst leaves every wall at a distance.
///
/// # Formula
/// Arrivals of at most w CPU-seconds a second keep at most as many requests present as w for ever would: with
/// attained service a request that came to fewer was served faster. So L and L / a of M/M/c processor sharing at load w
/// bound the requests present and the slowdown; Little's law gives seats and memory.
fn calm_api(plan: &Plan, size: &Scenario<f64>) -> bool {
    let cpu = &size.cpu;
    let pods_per_s = pods_per_s(size);
    let mut most: heapless::Vec<f64, 24> = heapless::Vec::new();
    let (mut work, mut etcd) = (0.0, 0.0);
    for class in &size.classes {
        let Some(rate) = most_per_s(plan, size, class, pods_per_s) else { return false };
        work += rate * (class.cpu_base_s + class.cpu_per_node_s * size.nodes);
        etcd += rate * (class.etcd_base_s + class.etcd_per_node_s * size.nodes);
        if most.push(rate).is_err() {
            return false;
        }
    }
    let load = work / (cpu.servers * cpu.speed * size.servers);
    if !(load <= BUSY && etcd <= BUSY * size.etcd_cores) {
        return false;
    }
    let Ok(all_busy) = erlang_c(cpu.servers as u32, cpu.servers * load) else { return false };
    let slowdown = 1.0 + all_busy / (cpu.servers * (1.0 - load));
    if cpu.growth > 0.0 && cpu.servers * load * slowdown > cpu.servers {
        return false;
    }
    let free = free_seats(size);
    let mut wanted: heapless::Vec<f64, MAX_LEVELS> = free.iter().map(|_| 0.0).collect();
    let mut bytes = size.memory.wanted(size.nodes, 0.0, 0.0);
    for (class, rate) in size.classes.iter().zip(most) {
        let served_s = (class.cpu_base_s + class.cpu_per_node_s * size.nodes) / cpu.speed * slowdown;
        if rate > 0.0 && served_s + 2.0 * size.dt_s > PATIENCE * class.timeout_s {
            return false;
        }
        let running = rate / size.servers * served_s;
        bytes += running * (class.bytes_base + class.bytes_per_node * size.nodes);
        if let Some(wanted) = wanted.get_mut(class.level) {
            *wanted += running * class.seats;
        }
    }
    let all: f64 = size.levels.iter().map(|level| f64::from(level.limits.nominal)).sum();
    bytes <= MEMORY * size.memory.limit_bytes
        && wanted.iter().sum::<f64>() <= SEATS * all
        && size
            .levels
            .iter()
            .zip(wanted.iter().zip(&free))
            .all(|(level, (wanted, free))| level.limits.exempt || *wanted <= SEATS * free)
}
