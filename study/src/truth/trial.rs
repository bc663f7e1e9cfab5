//! From a recorded run to a trial: the same control plane, clients and arrivals, for either engine.

mod opening;

use super::run::{ApiServer, Ask, HerdRun, KneeRun, Plane, Polls, Sender, StormRun, Who};
use crate::learn::{Calibration, REJECT_S};
use crate::trial::{Drive, Fault, Trial};
use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::bootstrap::default_schemas;
use slackwater_core::flowcontrol::borrowing::BorrowingState;
use slackwater_core::flowcontrol::identity::Identity;
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelLimits, limits};
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Version};
use slackwater_core::flowcontrol::matching::{Request, Target};
use slackwater_core::flowcontrol::schemas::classify;
use slackwater_core::flowcontrol::seat_demand::LevelDemand;
use slackwater_core::flowcontrol::seats::{EstimatorRules, Request as Estimated};
use slackwater_core::server::cpu::Cpu;
use slackwater_core::server::memory::Memory;
use slackwater_core::system::scenario::{Arrivals, Class, Label, Level, MAX_CLASSES, Name, Scenario};

/// Step of the fluid, seconds.
pub(crate) const STEP_S: f64 = 0.25;
/// Bytes of a request that waits: headers, TLS and connection buffers (as in scenarios).
const WAITING_BYTES: f64 = 50_000.0;
/// kube-apiserver `--request-timeout` (apiserver pkg/server/config.go); a quarter of it is the wait limit.
const REQUEST_TIMEOUT_S: f64 = 60.0;
/// Bytes of a node object in the recordings: they are made without images or conditions.
const NODE_BYTES: f64 = 743.0;
/// Multiple of its memory limit at which a server that thrashes is killed. Assumed.
const KILL_OVER: f64 = 2.0;
/// No limit.
const NEVER_BYTES: f64 = 1e18;

/// A class that costs what the server takes when nobody asks it anything.
pub(crate) const HOUSEKEEPING: &str = "housekeeping";

/// Cost of one request.
struct Cost {
    cpu_s: f64,
    bytes: f64,
    etcd_s: f64,
    seats: f64,
}

/// A control plane to which classes are added.
struct Builder<'a> {
    calibration: &'a Calibration,
    plane: &'a Plane,
    limits: Vec<LevelLimits>,
    flows: Vec<u64>,
    scenario: Scenario<f64>,
    drives: Vec<Drive>,
}

/// One rate of a knee, with the cores that the machine gave.
pub(crate) fn knee(run: &KneeRun, rate: usize, calibration: &Calibration) -> Option<Trial> {
    knee_on(run, &run.plane_at(rate), rate, calibration)
}

/// One rate of a knee on a control plane.
pub(crate) fn knee_on(run: &KneeRun, plane: &Plane, rate: usize, calibration: &Calibration) -> Option<Trial> {
    let (_, observed) = run.rates.get(rate)?;
    let driven = run.senders.get(run.driven)?;
    let mut builder = Builder::new(plane, calibration, &driven.ask);
    for (sender, seen) in run.senders.iter().zip(&observed.classes) {
        builder.open(sender, &seen.sent);
    }
    Some(builder.trial(Vec::new(), observed.cores.len() as f64))
}

/// A storm: agents by their period, the others by what they are recorded to have sent.
pub(crate) fn storm(run: &StormRun, calibration: &Calibration) -> Trial {
    let mut builder = Builder::new(&run.plane, calibration, &run.agents.ask);
    builder.agents(&run.agents, &run.polls);
    for ((sender, _), seen) in run.bystanders.iter().zip(run.observed.classes.iter().skip(1)) {
        builder.open(sender, &seen.sent);
    }
    builder.trial(Vec::new(), run.duration_s)
}

/// A herd: informers that list and watch; the server is killed as recorded.
pub(crate) fn herd(run: &HerdRun, calibration: &Calibration) -> Trial {
    let mut builder = Builder::new(&run.plane, calibration, &run.informers.ask);
    let [first_s, factor, cap_s, jitter] = run.backoff;
    let retry = Retry::growing(first_s, factor, cap_s, jitter, run.at_least_told);
    let mut class = builder.class(&run.informers, Arrivals::Watch, retry);
    let opening = builder.opening(&run.informers, &class);
    class.opens = Some(1);
    let drive = Drive::Clients {
        clients: run.clients,
        start_s: run.start_s,
        ramp_s: run.ramp_s,
        first_within_s: 0.0,
        stop_s: f64::INFINITY,
    };
    builder.add(class, drive);
    for request in opening {
        builder.add(request, Drive::Steady);
    }
    let faults = run.restarts.iter().filter(|event| event.killed).map(|event| Fault { kill_s: event.t_s }).collect();
    builder.trial(faults, run.duration_s)
}

impl<'a> Builder<'a> {
    /// The control plane, on which most of the CPU goes to requests like `lists`.
    fn new(plane: &'a Plane, calibration: &'a Calibration, lists: &Ask) -> Self {
        let server = &plane.api_server;
        let (limits, levels) = levels(server);
        let stored = plane.objects.pods * plane.objects.protobuf_bytes + plane.objects.nodes * NODE_BYTES;
        let idle = Scenario::idle(STEP_S, plane.objects.nodes, server.cores);
        let bytes = bytes_each(plane, lists);
        let write_s = calibration.object_cpu_s(bytes, lists.protobuf, server.cores) / writes_each(bytes);
        let scenario = Scenario {
            servers: server.replicas,
            cpu: Cpu::new(server.cores, calibration.growth.value).with_turns(TURNS * write_s).counted(),
            // A rejected request is handled as far as flow control: TLS, authentication, audit.
            reject_cpu_s: REJECT_S * calibration.dearer(server.cores),
            memory: Memory {
                limit_bytes: server.memory_limit_bytes.unwrap_or(NEVER_BYTES),
                base_bytes: calibration.memory_base.value + calibration.memory_per_byte.value * stored,
                bytes_per_node: 0.0,
                bytes_per_waiting: WAITING_BYTES,
                // Both were recorded, one after the other.
                thrashes: 1.0,
                kill_over: KILL_OVER,
                restart_s: server.restart_delay_s,
                refill_s: calibration.start_s.value / server.cores.min(1.0),
                liveness_s: 0.0,
            },
            // The lab's clients reach a server before it is ready.
            early: 1.0,
            // The recordings' etcd had a core of its own.
            etcd_cores: 1.0,
            levels: levels.into_iter().collect(),
            flow_control: server.flow_control,
            ..idle
        };
        Self { calibration, plane, limits, flows: Vec::new(), scenario, drives: Vec::new() }
    }

    /// Adds a class; one too many is left out, which no manifest of a lab reaches.
    fn add(&mut self, class: Class<f64>, drive: Drive) {
        if self.scenario.classes.len() + 1 < MAX_CLASSES && self.scenario.classes.push(class).is_ok() {
            self.drives.push(drive);
        }
    }

    fn open(&mut self, sender: &Sender, sent: &[f64]) {
        let class = self.class(sender, Arrivals::Open, Retry::none());
        self.add(class, Drive::PerSecond(sent.to_vec()));
    }

    fn agents(&mut self, sender: &Sender, polls: &Polls) {
        let retry = match polls.retry_after_s {
            Some((low_s, high_s)) => Retry::spread(low_s, high_s, polls.times_retry_after),
            None => Retry::none(),
        };
        let class = Class { period_s: polls.period_s, ..self.class(sender, Arrivals::FixedRate, retry) };
        let drive = Drive::Clients {
            clients: polls.clients,
            start_s: polls.start_s,
            ramp_s: polls.ramp_s,
            first_within_s: polls.period_s,
            stop_s: polls.stop_s,
        };
        self.add(class, drive);
    }

    fn class(&mut self, sender: &Sender, arrivals: Arrivals, retry: Retry<f64>) -> Class<f64> {
        let (level, flow, flow_hash) = self.place(sender);
        let cost = self.cost(&sender.ask, level);
        let resource = if sender.ask.nodes { "nodes" } else { "pods" };
        Class {
            label: Label {
                name: name(&sender.name),
                component: name(&sender.name),
                identity: name(&identity(sender.who).user_name().concat()),
                verb: name(if sender.ask.list { "list" } else { "get" }),
                resource: name(resource),
                order: 0,
            },
            arrivals,
            cached: f64::from(u8::from(sender.ask.list)),
            bytes_base: cost.bytes,
            etcd_base_s: cost.etcd_s,
            turns: if cost.etcd_s > 0.0 { 2.0 } else { 1.0 },
            seats: if self.scenario.flow_control { cost.seats } else { 1.0 },
            level,
            flow,
            flow_hash,
            timeout_s: sender.timeout_s.min(REQUEST_TIMEOUT_S),
            retry,
            ..Class::poll(0.0, REQUEST_TIMEOUT_S, cost.cpu_s)
        }
    }

    /// Level, number of the flow, hash of the flow.
    fn place(&mut self, sender: &Sender) -> (usize, usize, u64) {
        if !self.scenario.flow_control {
            // Reads share one limit; system:masters bypasses both.
            let level = if sender.who == Who::Admin { 2 } else { 0 };
            return (level, level, 0);
        }
        let schemas = default_schemas(self.plane.api_server.minor);
        let (resource, namespace) = match (sender.ask.nodes, sender.ask.list) {
            (true, _) => ("nodes", ""),
            (false, true) => ("pods", ""),
            (false, false) => ("pods", "default"),
        };
        let request = Request {
            identity: identity(sender.who),
            verb: if sender.ask.list { "list" } else { "get" },
            target: Target::Resource { group: "", resource, subresource: "", namespace },
        };
        let flow = classify(&schemas, &request);
        let level = DEFAULT_LEVELS.iter().position(|level| level.name == flow.schema.level).unwrap_or(0);
        let hash = flow.hash();
        let number = self.flows.iter().position(|&known| known == hash).unwrap_or_else(|| {
            self.flows.push(hash);
            self.flows.len() - 1
        });
        (level, number, hash)
    }

    fn cost(&self, ask: &Ask, level: usize) -> Cost {
        let (objects, cores) = (&self.plane.objects, self.plane.api_server.cores);
        let (count, json, protobuf) = if ask.nodes {
            (objects.nodes, NODE_BYTES, NODE_BYTES * objects.protobuf_bytes / objects.json_bytes)
        } else {
            (objects.pods, objects.json_bytes, objects.protobuf_bytes)
        };
        let size = if ask.protobuf { protobuf } else { json };
        let etcd_base_s = self.calibration.etcd_base_s.value;
        if !ask.list {
            let cpu_s = self.calibration.get_cpu_s(size, ask.protobuf, cores);
            return Cost {
                cpu_s,
                bytes: 2.0 * size,
                etcd_s: if ask.version == "0" { 0.0 } else { etcd_base_s },
                seats: 1.0,
            };
        }
        let version = match ask.version.as_str() {
            "" => Version::Unset,
            "0" => Version::Any,
            _ => Version::Number,
        };
        let query = ListQuery { version, ..ListQuery::default() };
        let stats = ObjectStats::Known { count: count as u64, average_bytes: protobuf as u64 };
        Cost {
            cpu_s: self.calibration.list_cpu_s(count, count * size, ask.protobuf, cores),
            bytes: self.calibration.memory_factor.value * count * protobuf,
            etcd_s: if version == Version::Unset { etcd_base_s } else { 0.0 },
            seats: self.seats(Estimated::List(query, stats), level),
        }
    }

    /// Seats of a request in a level.
    fn seats(&self, request: Estimated, level: usize) -> f64 {
        let rules = EstimatorRules::of_minor(self.plane.api_server.minor);
        let most = self.limits.get(level).and_then(|level| level.max_seats);
        f64::from(request.estimate(rules, true, most).max_seats())
    }

    fn trial(mut self, faults: Vec<Fault>, until_s: f64) -> Trial {
        let idle_cores = self.calibration.idle_cores.value * self.scenario.servers;
        let exempt = if self.scenario.flow_control { 0 } else { 2 };
        let housekeeping = Class {
            label: Label { name: name(HOUSEKEEPING), component: name("kube-apiserver"), ..Label::default() },
            arrivals: Arrivals::Open,
            clients_fixed: HOUSEKEEPING_PER_S,
            rate_per_client: 1.0,
            level: exempt,
            flow: self.flows.len() + 3,
            turns: 0.0,
            ..Class::poll(0.0, REQUEST_TIMEOUT_S, idle_cores / HOUSEKEEPING_PER_S)
        };
        // There is room: `add` keeps one place free.
        let _ = self.scenario.classes.push(housekeeping);
        self.drives.push(Drive::Steady);
        Trial { scenario: self.scenario, drives: self.drives, faults, until_s }
    }
}

/// Turns of the run queue from one look at what the network has brought to the next (Go, runtime/proc.go `findRunnable`:
/// `schedtick%61`). A list has a turn for each piece it writes (streaming of collections, on since Kubernetes 1.33).
/// Measured in the storms, by the buckets of `go_sched_latencies_seconds`: turns of the run queue a second over 61, 81 to
/// 125; waits of more than a tenth of a second that ended, 91 to 132 a second.
const TURNS: f64 = 61.0;

/// Bytes that are gathered before they are written (golang.org/x/net/http2 `handlerChunkWriteSize`).
const PIECE_BYTES: f64 = 4096.0;

/// Pieces for each object of so many bytes. What does not fit is written as a whole, once the piece begun is full.
fn writes_each(bytes: f64) -> f64 {
    (bytes / PIECE_BYTES).clamp(1.0 / PIECE_BYTES, 2.0)
}

/// Bytes of each object of such a list of pods.
fn bytes_each(plane: &Plane, lists: &Ask) -> f64 {
    if lists.protobuf { plane.objects.protobuf_bytes } else { plane.objects.json_bytes }
}

/// Pieces a second that housekeeping is cut into: as small as other small requests.
const HOUSEKEEPING_PER_S: f64 = 10.0;

fn identity(who: Who) -> Identity<'static> {
    match who {
        Who::Agent => Identity::ServiceAccount { namespace: "telemetry", name: "agent" },
        Who::Node => Identity::Node { name: "n1" },
        Who::Dev => Identity::User { name: "dev", groups: &[] },
        Who::Admin => Identity::SystemMasters { name: "admin" },
    }
}

fn name(text: &str) -> Name {
    let mut short = Name::new();
    for letter in text.chars() {
        if short.push(letter).is_err() {
            break;
        }
    }
    short
}

/// Limits of all levels, and the levels themselves.
fn levels(server: &ApiServer) -> (Vec<LevelLimits>, Vec<Level<f64>>) {
    let total = server.read_in_flight.saturating_add(server.mutating_in_flight);
    if server.flow_control {
        // The default levels are within bounds.
        let all = limits(total, &DEFAULT_LEVELS).map(|all| all.to_vec()).unwrap_or_default();
        let levels = all.iter().zip(&DEFAULT_LEVELS).map(|(&limits, config)| Level {
            name: name(config.name),
            limits,
            queues: config.queues,
            hand_size: if config.queues > 0 { config.hand_size } else { 0 },
            queue_length: if config.queues > 0 { config.queue_length_limit } else { 0 },
            wait_s: if config.queues > 0 { REQUEST_TIMEOUT_S / 4.0 } else { 0.0 },
        });
        let levels = levels.collect();
        return (all, levels);
    }
    let plain = |label: &str, seats: u32, exempt: bool| {
        // 0 means no limit.
        let seats = if seats == 0 { u32::MAX / 4 } else { seats };
        let limits = LevelLimits { exempt, max_seats: Some(1), ..LevelLimits::fixed(seats) };
        Level { name: name(label), limits, queues: 0, hand_size: 0, queue_length: 0, wait_s: 0.0 }
    };
    let levels = vec![
        plain("read-only in flight", server.read_in_flight, false),
        plain("mutating in flight", server.mutating_in_flight, false),
        plain("bypass", 1, true),
    ];
    (levels.iter().map(|level| level.limits).collect(), levels)
}

/// Lists of the agents that may run at once, when flow control has lent them every seat it can; a large number without
/// a limit.
pub(crate) fn lists_at_once(plane: &Plane) -> usize {
    let server = &plane.api_server;
    let (all, _) = levels(server);
    if !server.flow_control {
        return all.first().map_or(0, |level| level.nominal as usize);
    }
    let at = DEFAULT_LEVELS.iter().position(|level| level.name == "workload-low").unwrap_or(0);
    let mut demand = vec![LevelDemand::default(); all.len()];
    let seats = list_seats(plane, all.get(at).and_then(|level| level.max_seats));
    if let Some(level) = demand.get_mut(at) {
        let much = 1e4 * seats;
        *level = LevelDemand { avg: much, stddev: 0.0, max: much };
    }
    let mut borrowing = BorrowingState::introduced(&all);
    let _ = borrowing.update(&all, &demand);
    let seats_now = borrowing.current(at).map_or(0.0, f64::from);
    (seats_now / seats).floor().max(1.0) as usize
}

/// Seats of a list of all pods.
fn list_seats(plane: &Plane, most: Option<u32>) -> f64 {
    let objects = &plane.objects;
    let stats = ObjectStats::Known { count: objects.pods as u64, average_bytes: objects.protobuf_bytes as u64 };
    let query = ListQuery { version: Version::Any, ..ListQuery::default() };
    let rules = EstimatorRules::of_minor(plane.api_server.minor);
    f64::from(Estimated::List(query, stats).estimate(rules, true, most).max_seats())
}
