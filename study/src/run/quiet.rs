//! Clusters in which nothing can fail: bounds that need no run, and the moment from which a run adds nothing.
//!
//! While no request fails, a client sends at its own pace whatever the servers do, so the most that arrives in a
//! second is known beforehand. If that much keeps every wall at a distance, the first failure has no cause, and by
//! induction there is none. The bounds are wide on purpose: what they leave open is run.

use super::path::Cluster;
use crate::resolve::Plan;
use slackwater_core::dns::Dependence;
use slackwater_core::flowcontrol::borrowing::ADJUSTMENT_PERIOD_S;
use slackwater_core::lane::Lane;
use slackwater_core::queue::erlang_c;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, MAX_CLASSES, MAX_LEVELS, Scenario};
use slackwater_core::system::state::State;

/// Most of the CPU, of etcd and of DNS servers that the largest burst may take.
const BUSY: f64 = 0.9;
/// Most of a level's own seats that it may hold; more has to be borrowed first.
const SEATS: f64 = 0.9;
/// Part of borrowed seats that is sure to last through a lull between bursts: demand is forgotten by 2.3 % in 10 s.
const KEPT: f64 = 0.9;
/// Most of the memory it may hold.
const MEMORY: f64 = 0.95;
/// Most of a client's patience that an answer may take.
const PATIENCE: f64 = 0.5;
/// The same where requests wait for seats first.
const PATIENCE_IN_QUEUE: f64 = 0.75;
/// Most of all seats that may be wanted where one level must borrow: then what it asks for is there to be lent.
const LENT: f64 = 0.25;
/// Lookups that miss the caches, as a multiple of their even rate.
const UNEVEN: f64 = 1.5;
/// Part of what counts as impact that lookups may fail by in the ordinary course of things.
const UNNOTICED: f64 = 0.5;
/// Seconds a lost DNS server takes to come back, at least.
const DNS_SYNC_S: f64 = 5.0;

/// Whether no request and no lookup can fail in a cluster while the agent comes up and after.
pub(super) fn always(plan: &Plan, size: &Scenario<f64>) -> bool {
    undisturbed(plan, size) && bounded(size) && calm_dns(plan, size) && calm_api(plan, size)
}

/// Whether the bounds here know all that acts: they do not follow waits for etcd, leases, or faults that are planned.
fn bounded(size: &Scenario<f64>) -> bool {
    !size.etcd.on && size.node_lease.is_none() && size.election.is_none() && size.actions.kill_s >= NEVER_S
}

/// When a run has shown all that can happen.
#[derive(Debug)]
pub(super) struct Calm {
    /// Row from which everything planned has happened once.
    from: usize,
    /// Rows without an error that a whole round of polls takes.
    round: usize,
    /// The most each class sends, if that is known.
    sent: Option<Sent>,
    /// Whether all who poll fit into the memory at once.
    roomy: bool,
}

impl Calm {
    /// For a cluster at its touch; none if something outside the agent can fail later.
    pub(super) fn after(plan: &Plan, cluster: &Cluster) -> Option<Self> {
        let size = &cluster.scenario;
        if !bounded(size) || !calm_dns(plan, size) {
            return None;
        }
        let agents = size.classes.iter().filter(|class| class.follows == Follows::Agent);
        let round_s = agents.fold(60.0_f64, |round_s, class| round_s.max(class.period_s).max(class.timeout_s));
        let rows = |seconds: f64| (seconds / size.dt_s).ceil() as usize + 1;
        let sent = if undisturbed(plan, size) { sent(plan, size) } else { None };
        Some(Self { from: rows(cluster.planned_s() + round_s), round: rows(round_s), sent, roomy: roomy(size) })
    }

    /// Whether the next round may be worse than one in which so many waited for seats. Who waits holds little memory, and
    /// seats are lent by what was wanted before: with more of them more run at once, each for longer.
    pub(super) fn spoils(&self, waiting: f64) -> bool {
        waiting > 0.0 && !self.roomy
    }

    /// Whether the seats that levels have borrowed by now are enough for the most that will ever be sent: with
    /// nobody waiting and nothing failed so far, the cluster then stays quiet.
    pub(super) fn stays<L: Lane>(&self, size: &Scenario<f64>, state: &State<L>, lane: usize) -> bool {
        let Some(sent) = &self.sent else { return false };
        let waiting = state.classes.iter().any(|class| class.waiting().lane(lane) > 0.0);
        let seats: Seats = state.levels.iter().map(|level| KEPT * level.limit.lane(lane)).collect();
        !waiting && within_either(size, sent, &usable(size, seats))
    }

    /// Whether row `count` is late enough, with the last `clean` rows free of errors. Steady load passed its gate,
    /// and polls keep their ticks: what one round of them did not bring down the next will not.
    pub(super) fn holds(&self, count: usize, clean: usize) -> bool {
        count >= self.from && clean >= self.round
    }
}

/// Whether all who poll fit into the memory at once.
fn roomy(size: &Scenario<f64>) -> bool {
    let polls = |class: &&Class<f64>| matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay);
    let bytes = size.classes.iter().filter(polls).map(|class| {
        let clients = class.clients_fixed + class.clients_per_node * size.nodes;
        clients / size.servers * (class.bytes_base + class.bytes_per_node * size.nodes)
    });
    size.memory.wanted(size.nodes, 0.0, 0.0) + bytes.sum::<f64>() <= MEMORY * size.memory.limit_bytes
}

/// Whether nothing is done to the API servers or to what stands behind them: the bounds know of no such thing.
fn undisturbed(plan: &Plan, size: &Scenario<f64>) -> bool {
    let never = super::simulate::end_s(plan);
    let first_s = size.actions.kill_s.min(size.apart.lose_s).min(size.apart.roll_s);
    !size.etcd.on && first_s > never
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

/// Most requests of a class while nothing fails, over the cluster.
#[derive(Clone, Copy, Debug, Default)]
struct Most {
    /// A second, at any time.
    peak_per_s: f64,
    /// A second, outside short bursts that come again every period.
    base_per_s: f64,
    /// Beyond that in one such burst.
    burst: f64,
}

impl Most {
    fn even(per_s: f64) -> Self {
        Self { peak_per_s: per_s, base_per_s: per_s, burst: 0.0 }
    }
}

/// The most a class sends; none if no bound is known.
fn most(plan: &Plan, size: &Scenario<f64>, class: &Class<f64>, pods_per_s: f64) -> Option<Most> {
    let polls = matches!(class.arrivals, Arrivals::FixedRate | Arrivals::FixedDelay);
    if class.follows != Follows::Agent {
        let clients = class.clients_fixed + class.clients_per_node * size.nodes;
        return match class.arrivals {
            _ if polls => Some(Most::even(clients / class.period_s)),
            Arrivals::Open => Some(Most::even(clients * class.rate_per_client)),
            Arrivals::Watch => Some(Most::even(0.0)),
            Arrivals::DnsMiss => {
                let nearest_s = size.dns.tiers.first()?.ttl_steps * size.dt_s;
                let groups = size.dns.groups.iter();
                let rates = groups.map(|g| g.names * g.lookups_per_s / (1.0 + g.lookups_per_s * nearest_s));
                Some(Most::even(UNEVEN * size.dns.caches(0, size.nodes) * rates.sum::<f64>()))
            }
            _ => None,
        };
    }
    let pods = class.clients_per_node;
    match class.arrivals {
        Arrivals::Open => Some(Most::even(pods * size.nodes * class.rate_per_client)),
        Arrivals::Watch => Some(Most::even(pods * pods_per_s)),
        Arrivals::OnStart => Some(Most::even(class.rate_per_client * pods_per_s)),
        Arrivals::DnsMiss | Arrivals::Opens => None,
        Arrivals::FixedRate | Arrivals::FixedDelay => Some(polls_of(plan, size, class, pods_per_s)),
    }
}

/// Polls of pods that come up in waves: one that takes longer than a period meets its own polls, and polls of other
/// waves may fall on the same seconds. Where it takes a whole number of periods and a bit, the bit is a burst.
fn polls_of(plan: &Plan, size: &Scenario<f64>, class: &Class<f64>, pods_per_s: f64) -> Most {
    let pods = class.clients_per_node;
    let mean_pods_per_s = size.creation.burst / size.creation.sync_s;
    let (mut reached, mut rounds, mut whole_rounds, mut burst) = (0.0, 0.0, 0.0, 0.0);
    let all = [1.0];
    for &share in if plan.fleet.single() { plan.fleet.waves.as_slice() } else { &all } {
        let wave = size.nodes * (share - reached);
        // An answer that comes late moves the next poll of a fixed delay; steps blur both ends.
        let late_s = if class.arrivals == Arrivals::FixedDelay { PATIENCE * class.timeout_s } else { 2.0 * size.dt_s };
        let taken = (wave / mean_pods_per_s + late_s) / class.period_s;
        rounds += taken.ceil();
        whole_rounds += taken.floor();
        burst += ((taken - taken.floor()) * class.period_s * pods_per_s).min(wave);
        reached = share;
    }
    Most {
        peak_per_s: pods * (pods_per_s * rounds).max(size.nodes / class.period_s),
        base_per_s: pods * pods_per_s * whole_rounds,
        burst: pods * burst,
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

/// Seats each level has whatever others want.
fn own_seats(size: &Scenario<f64>) -> Seats {
    let seats = size.levels.iter().map(|level| if size.flow_control { level.limits.min } else { level.limits.nominal });
    seats.map(f64::from).collect()
}

type Sent = heapless::Vec<Most, MAX_CLASSES>;
type Seats = heapless::Vec<f64, MAX_LEVELS>;

/// The most each class sends.
fn sent(plan: &Plan, size: &Scenario<f64>) -> Option<Sent> {
    let pods_per_s = pods_per_s(size);
    size.classes.iter().map(|class| most(plan, size, class, pods_per_s)).collect()
}

/// What a wide request that does not fit leaves empty is of no use.
fn usable(size: &Scenario<f64>, mut seats: Seats) -> Seats {
    for (at, seats) in seats.iter_mut().enumerate() {
        let widths = size.classes.iter().filter(|class| class.level == at).map(|class| class.seats);
        *seats = (*seats - (widths.fold(1.0, f64::max) - 1.0)).max(0.0);
    }
    seats
}

/// Whether the most that can be sent leaves every wall at a distance.
fn calm_api(plan: &Plan, size: &Scenario<f64>) -> bool {
    let Some(sent) = sent(plan, size) else { return false };
    within_either(size, &sent, &usable(size, own_seats(size)))
}

/// [`within`] for one of the two ways to see bursts, with enough seats or while waiting for them.
fn within_either(size: &Scenario<f64>, sent: &[Most], free: &[f64]) -> bool {
    [false, true].into_iter().any(|waits| {
        within(size, sent, free, waits, |most| (most.peak_per_s, 0.0))
            || within(size, sent, free, waits, |most| (most.base_per_s, most.burst))
    })
}

/// Whether a rate, and a burst on top of it that may be there all at once, leave every wall at a distance.
///
/// # Formula
/// Arrivals of at most w CPU-seconds a second keep at most as many requests present as w for ever would: with
/// attained service, who came to fewer was served faster. So X, the root of w X / sigma(X) + burst = X, bounds the
/// requests present, X / sigma(X) the slowdown, and Little's law gives seats and memory. sigma is the inverse of
/// L = a + C(c, a) a / (c - a) of M/M/c processor sharing.
///
/// A level with fewer seats than that lets requests wait until limits are next adjusted to demand; with `waits` all of
/// them may then be there at once.
fn within(size: &Scenario<f64>, sent: &[Most], free: &[f64], waits: bool, read: impl Fn(&Most) -> (f64, f64)) -> bool {
    let cpu = &size.cpu;
    let loads = || size.classes.iter().zip(sent).map(|(class, most)| (class, read(most)));
    let work: f64 = loads().map(|(class, (rate, _))| rate * size_s(size, class)).sum();
    // etcd is shared at once: what comes in a burst counts as if it came in a second.
    let etcd = loads().map(|(class, (rate, more))| (rate + more) * class.etcd_s(size.nodes));
    let load = work / (cpu.servers * cpu.speed * size.servers);
    if !(load <= BUSY && etcd.sum::<f64>() <= BUSY * size.etcd_cores) {
        return false;
    }
    let mut burst: f64 = loads().map(|(_, (_, more))| more / size.servers).sum();
    let Some(mut slower) = slowdown(size, load, burst) else { return false };
    let mut wanted = wanted_seats(size, sent, slower, &read);
    let mut late = [0.0; MAX_LEVELS];
    if waits {
        for (at, level) in size.levels.iter().enumerate().filter(|(_, level)| !level.limits.exempt) {
            let (Some(wanted), Some(free), Some(late)) = (wanted.get(at), free.get(at), late.get_mut(at)) else {
                continue;
            };
            if *wanted <= SEATS * free {
                continue;
            }
            // The seats there are serve their part; after the adjustment there are as many as were wanted.
            let short_s = (1.0 - SEATS * free / *wanted) * (ADJUSTMENT_PERIOD_S + size.dt_s);
            let rates = loads().filter(|(class, _)| class.level == at).map(|(_, (rate, _))| rate / size.servers);
            let waiting = rates.sum::<f64>() * short_s;
            // Who waits must have room, and be called before his patience ends.
            if waiting > level.queue_cap() || ADJUSTMENT_PERIOD_S + 2.0 * size.dt_s > level.wait_s {
                return false;
            }
            burst += waiting;
            *late = short_s;
        }
        let Some(with) = slowdown(size, load, burst) else { return false };
        slower = with;
        wanted = wanted_seats(size, sent, slower, &read);
    }
    if cpu.growth > 0.0 && cpu.servers * load * slower + burst > cpu.servers {
        return false;
    }
    let mut bytes = size.memory.wanted(size.nodes, 0.0, 0.0);
    for (class, (rate, more)) in loads() {
        let late_s = late.get(class.level).copied().unwrap_or(0.0);
        let served_s = size_s(size, class) / cpu.speed * slower;
        // Answered in time, and in a burst before the next one.
        let patience_s = if more > 0.0 { class.timeout_s.min(class.period_s) } else { class.timeout_s };
        let enough = if late_s > 0.0 { PATIENCE_IN_QUEUE } else { PATIENCE };
        if rate + more > 0.0 && served_s + late_s + 2.0 * size.dt_s > enough * patience_s {
            return false;
        }
        let present = rate / size.servers * (served_s + late_s) + more / size.servers;
        bytes += present * (class.bytes_base + class.bytes_per_node * size.nodes + size.memory.bytes_per_waiting);
    }
    let all: f64 = size.levels.iter().map(|level| f64::from(level.limits.nominal)).sum();
    let most = if waits { LENT } else { SEATS };
    let levels = size.levels.iter().zip(wanted.iter().zip(free)).zip(late);
    bytes <= MEMORY * size.memory.limit_bytes
        && wanted.iter().sum::<f64>() <= most * all
        && levels
            .into_iter()
            .all(|((level, (wanted, free)), late_s)| level.limits.exempt || late_s > 0.0 || *wanted <= SEATS * free)
}

/// Seconds of service of a request alone, as the step has it: its own on the CPU, or those of etcd where they are more.
fn size_s(size: &Scenario<f64>, class: &Class<f64>) -> f64 {
    let cpu_s = class.cpu_base_s + class.cpu_per_node_s * size.nodes;
    cpu_s.max(class.etcd_s(size.nodes))
}

/// Seats wanted on a server, by level, while requests take `slower` times as long as alone.
fn wanted_seats(size: &Scenario<f64>, sent: &[Most], slower: f64, read: &impl Fn(&Most) -> (f64, f64)) -> Seats {
    let mut wanted: Seats = size.levels.iter().map(|_| 0.0).collect();
    for (class, most) in size.classes.iter().zip(sent) {
        let (rate, more) = read(most);
        let served_s = size_s(size, class) / size.cpu.speed * slower;
        if let Some(wanted) = wanted.get_mut(class.level) {
            *wanted += (rate * served_s + more) / size.servers * class.seats;
        }
    }
    wanted
}

/// How much longer requests take than alone, at a load and with `burst` more of them present on a server.
fn slowdown(size: &Scenario<f64>, load: f64, burst: f64) -> Option<f64> {
    let cpu = &size.cpu;
    if burst == 0.0 {
        let all_busy = erlang_c(cpu.servers as u32, cpu.servers * load).ok()?;
        return Some(1.0 + all_busy / (cpu.servers * (1.0 - load)));
    }
    // Left of the root of X (1 - w / sigma(X)) = burst the left side is smaller.
    let work = cpu.servers * load;
    let (mut low, mut high) = (burst, 4.0 * (burst + cpu.servers) / (1.0 - load));
    for _ in 0..24 {
        let present = 0.5 * (low + high);
        if present * (1.0 - work / cpu.sigma(present)) < burst { low = present } else { high = present }
    }
    Some(high / cpu.sigma(high))
}
