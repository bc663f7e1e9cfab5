//! A traffic class in motion: what its requests are, how they come, and what its clients have seen.

use super::agenda::NEVER_NS;
use super::error::SystemError;
use crate::trial::Drive;
use slackwater_core::server::etcd::{READ_CPU_S, WRITE_CPU_S};
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Scenario};

/// Seconds over which the share of answered requests is remembered.
const SUCCESS_MEMORY_S: f64 = 5.0;

/// Whole nanoseconds of seconds; beyond any run for what never happens.
pub(super) fn ns(seconds: f64) -> u64 {
    (seconds * 1e9).round() as u64
}

/// How the requests of a class come about in this trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Clients on a tick.
    FixedRate,
    /// Clients that wait a period after each answer.
    FixedDelay,
    /// Clients that list once and watch.
    Watch,
    /// A Poisson stream.
    Open,
    /// Once for each pod of the agent that comes up.
    OnStart,
    /// After the lists of another class.
    Opens,
    /// For lookups.
    Lookups,
    /// Counted second by second, or one by one, from outside.
    Given,
}

#[derive(Clone, Debug)]
pub(super) struct Traffic {
    pub way: Way,
    /// What its clients come and go with in this trial.
    pub follows: Follows,
    pub level: usize,
    pub hash: u64,
    pub seats: u32,
    /// Seats held for so long after the answer.
    pub last_seats: u32,
    pub last_ns: u64,
    /// Chance that it needs a full watch cache.
    pub cached: f64,
    pub timeout_ns: u64,
    pub period_ns: u64,
    /// Longest wait for seats; 0 if nobody waits.
    pub wait_ns: u64,
    /// No client sends from here on.
    pub stop_ns: u64,
    /// Tries in a row after which a client gives up, with and without a Retry-After.
    most_tries: [u32; 2],
    /// Turns of the run queue that a request waits for.
    pub turns: f64,
    pub cpu_s: f64,
    pub etcd_s: f64,
    /// It waits for etcd.
    pub reads: bool,
    /// It writes, so many bytes.
    pub writes: bool,
    pub write_bytes: f64,
    /// Bytes that etcd holds for it.
    pub range_bytes: f64,
    pub bytes: f64,
    /// Requests per second of an open class now, and the number of the plan for the next one.
    pub rate_per_s: f64,
    pub serial: u32,
    /// Share of requests answered, over the last seconds.
    pub success: f64,
    pub watching: u64,
    pub in_flight: u64,
}

impl Traffic {
    pub(super) fn of(
        scenario: &Scenario<f64>,
        class: &Class<f64>,
        drive: &Drive,
        given: bool,
    ) -> Result<Self, SystemError> {
        let way = match (class.arrivals, drive) {
            _ if given => Way::Given,
            (_, Drive::PerSecond(_)) => Way::Given,
            (Arrivals::FixedRate, _) => Way::FixedRate,
            (Arrivals::FixedDelay, _) => Way::FixedDelay,
            (Arrivals::Watch, _) => Way::Watch,
            (Arrivals::Open, _) => Way::Open,
            (Arrivals::OnStart, _) => Way::OnStart,
            (Arrivals::Opens, _) => Way::Opens,
            (Arrivals::DnsMiss, _) => Way::Lookups,
        };
        let numbers = [
            ("the timeout of a class", class.timeout_s),
            ("the period of a class", class.period_s),
            ("the rate of a class", class.rate_per_client),
            ("the CPU of a request", class.cpu_base_s + class.cpu_per_node_s * scenario.nodes),
        ];
        for (what, value) in numbers {
            if !(value.is_finite() && value >= 0.0) {
                return Err(SystemError::OutOfRange { what, value, range: "a finite number of at least 0" });
            }
        }
        let tries = |told: f64| {
            let share = class.retry.gives_up(told);
            // A share that gives up stands for a limit on tries: 1 in 11 for client-go's 10 retries.
            if share > 0.0 { (1.0 / share).round() as u32 } else { u32::MAX }
        };
        let follows = match class.follows {
            Follows::Agent if *drive == Drive::Steady => Follows::Agent,
            Follows::Leaders if scenario.election.is_some() => Follows::Leaders,
            _ => Follows::Cluster,
        };
        let mut traffic = Self {
            way,
            follows,
            level: class.level,
            hash: class.flow_hash,
            seats: class.seats.round().max(0.0) as u32,
            last_seats: class.last_seats.round().max(0.0) as u32,
            last_ns: ns(class.last_s),
            cached: class.cached,
            timeout_ns: ns(class.timeout_s),
            period_ns: ns(class.period_s).max(1),
            wait_ns: scenario.levels.get(class.level).map_or(0, |level| ns(level.wait_s)),
            stop_ns: if let Drive::Clients { stop_s, .. } = drive { ns(*stop_s) } else { NEVER_NS },
            most_tries: [tries(0.0), tries(1.0)],
            turns: class.turns,
            cpu_s: 0.0,
            etcd_s: 0.0,
            reads: if scenario.etcd.on { class.uses_etcd() } else { class.etcd_base_s + class.etcd_per_node_s > 0.0 },
            writes: class.etcd.writes > 0.0,
            write_bytes: class.etcd.writes * class.etcd.write_bytes,
            range_bytes: 0.0,
            bytes: 0.0,
            rate_per_s: 0.0,
            serial: 0,
            success: 1.0,
            watching: 0,
            in_flight: 0,
        };
        traffic.resize(scenario, class, scenario.nodes);
        Ok(traffic)
    }

    /// What a request costs in a cluster of `nodes` nodes.
    pub(super) fn resize(&mut self, scenario: &Scenario<f64>, class: &Class<f64>, nodes: f64) {
        self.cpu_s = class.cpu_base_s + class.cpu_per_node_s * nodes;
        self.etcd_s = class.etcd_s(nodes);
        if scenario.etcd.on {
            self.etcd_s += class.etcd.writes * WRITE_CPU_S + class.etcd.reads * READ_CPU_S;
        }
        self.range_bytes = class.etcd.range_bytes_base + class.etcd.range_bytes_per_node * nodes;
        self.bytes = class.bytes_base + class.bytes_per_node * nodes;
    }

    /// Whether a client that has failed `failures` times in a row stops trying.
    pub(super) fn gives_up(&self, failures: u32, told: bool) -> bool {
        failures >= self.most_tries[usize::from(told)]
    }

    /// A second in which `answered` of `ended` requests were answered.
    pub(super) fn remember(&mut self, answered: u64, ended: u64) {
        if ended > 0 {
            self.success += (answered as f64 / ended as f64 - self.success) / (1.0 + SUCCESS_MEMORY_S);
        }
    }
}
