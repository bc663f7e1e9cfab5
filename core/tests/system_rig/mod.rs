//! Small clusters built by hand, and a run that steps them.

#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod lanes;

use slackwater_core::clients::retry::Retry;
use slackwater_core::dns::{Dependence, Dns, Group, Tier};
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelLimits, limits};
use slackwater_core::flowcontrol::shuffle::flow_hash;
use slackwater_core::rollout::actions::Actions;
use slackwater_core::rollout::daemonset::Creation;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::server::etcd::{Etcd, Use};
use slackwater_core::server::leader::Election;
use slackwater_core::server::lease::Term;
use slackwater_core::server::memory::Memory;
use slackwater_core::system::apart::Apart;
use slackwater_core::system::observe::{Row, Totals};
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Label, Level, Name, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;

pub(crate) const GIB: f64 = 1_073_741_824.0;
/// Place of workload-low, where pods outside kube-system go, among the default levels.
pub(crate) const WORKLOAD_LOW: usize = 5;

/// A class of `clients` clients whose requests take `cpu_s` CPU-seconds; polls come every 20 s.
pub(crate) fn class(name: &str, arrivals: Arrivals, clients: f64, cpu_s: f64) -> Class<f64> {
    Class {
        label: Label { name: Name::try_from(name).expect("a short name"), ..Label::default() },
        arrivals,
        follows: Follows::Cluster,
        clients_fixed: clients,
        clients_per_node: 0.0,
        period_s: 20.0,
        rate_per_client: 1.0,
        cpu_base_s: cpu_s,
        cpu_per_node_s: 0.0,
        bytes_base: 1e6,
        bytes_per_node: 0.0,
        etcd_base_s: 0.0,
        etcd_per_node_s: 0.0,
        cached: 0.0,
        etcd: Use::none(),
        seats: 1.0,
        seats_variance: 0.0,
        last_seats: 0.0,
        last_s: 0.0,
        level: WORKLOAD_LOW,
        flow: 0,
        flow_hash: 0,
        opens: None,
        otherwise: None,
        turns: 1.0,
        timeout_s: 30.0,
        retry: Retry::none(),
    }
}

/// The same class, with clients that come with the agent: one a node.
pub(crate) fn of_agent(class: Class<f64>) -> Class<f64> {
    Class { follows: Follows::Agent, clients_fixed: 0.0, clients_per_node: 1.0, ..class }
}

/// 100 nodes, one API server of 4 cores, 600 seats, plenty of memory; caches of 60 s nobody depends on.
pub(crate) fn cluster(dt_s: f64, classes: impl IntoIterator<Item = Class<f64>>) -> Scenario<f64> {
    let mut classes: heapless::Vec<_, { slackwater_core::system::scenario::MAX_CLASSES }> =
        classes.into_iter().collect();
    for class in &mut classes {
        class.flow_hash = flow_hash("service-accounts", &[&class.flow.to_string()]);
    }
    let seats = limits(600, &DEFAULT_LEVELS).expect("default levels");
    let levels = seats.iter().zip(&DEFAULT_LEVELS).map(|(limits, config)| Level {
        name: Name::try_from(config.name).expect("a short name"),
        limits: *limits,
        queues: config.queues,
        hand_size: config.hand_size,
        queue_length: config.queue_length_limit,
        wait_s: if config.queues > 0 { 15.0 } else { 0.0 },
    });
    Scenario {
        dt_s,
        nodes: 100.0,
        servers: 1.0,
        cpu: Cpu::new(4.0, 0.0),
        reject_cpu_s: 0.0002,
        memory: Memory {
            limit_bytes: 1000.0 * GIB,
            base_bytes: 0.35 * GIB,
            bytes_per_node: 0.01 * GIB,
            bytes_per_waiting: 50_000.0,
            thrashes: 0.0,
            kill_over: 1e15,
            restart_s: 5.0,
            refill_s: 3.0,
            liveness_s: 80.0,
        },
        early: 0.0,
        backlog: 0.0,
        bytes_per_watch: 0.0,
        etcd_cores: 4.0,
        etcd: Etcd::none(),
        node_lease: None,
        election: None,
        levels: levels.collect(),
        flow_control: true,
        dns_class: classes.iter().position(|class| class.arrivals == Arrivals::DnsMiss),
        classes,
        operator: usize::MAX,
        controllers: usize::MAX,
        dns: Dns {
            groups: std::iter::once(Group::new(40.0, 0.05, 2.0, dt_s)).collect(),
            tiers: std::iter::once(Tier {
                ttl_steps: 60.0 / dt_s,
                stale_steps: 0.0,
                negative_steps: 5.0 / dt_s,
                caches_fixed: 0.0,
                caches_per_node: 1.0,
            })
            .collect(),
            servers: 6.0,
            queries_per_server: 17_700.0,
            limit_bytes: 170e6,
            base_bytes: 60e6,
            bytes_per_query: 2000.0,
            ..Dns::none()
        },
        creation: Creation::new(0.0, 250.0, 0.02, 20.0),
        actions: Actions::none(),
        apart: Apart::never(),
    }
}

/// A cluster in motion.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) scenario: Scenario<f64>,
    pub(crate) layout: Layout,
    pub(crate) state: State<f64>,
    pub(crate) storage: Vec<f64>,
}

impl Run {
    pub(crate) fn new(scenario: Scenario<f64>) -> Self {
        let layout = Layout::of(&scenario);
        let mut storage = vec![0.0; layout.length];
        let state = State::new(&scenario, &layout, &mut storage);
        Self { scenario, layout, state, storage }
    }

    pub(crate) fn step(&mut self) -> Totals<f64> {
        step(&self.scenario, &self.layout, &mut self.state, &mut self.storage)
    }

    pub(crate) fn row(&mut self) -> Row {
        let totals = self.step();
        Row::read(&self.scenario, &self.state, &totals, 0)
    }

    /// Steps on for `seconds` and returns the mean of every column.
    pub(crate) fn mean(&mut self, seconds: f64) -> Row {
        let steps = (seconds / self.scenario.dt_s).round() as usize;
        let mut mean = self.row();
        for _ in 1..steps {
            let row = self.row();
            for (sum, x) in mean.values.iter_mut().zip(row.values) {
                *sum += x;
            }
        }
        for sum in &mut mean.values {
            *sum /= steps as f64;
        }
        mean
    }

    /// Every number of the state, as bits.
    pub(crate) fn bits(&self) -> (String, Vec<u64>) {
        (format!("{:?}", self.state), self.storage.iter().map(|x| x.to_bits()).collect())
    }
}

/// Clusters in trouble: one of each kind, and all at once.
pub(crate) fn storms(dt_s: f64) -> Vec<(&'static str, Scenario<f64>)> {
    let agent = |cpu_s| Class {
        retry: Retry::fixed(1.0, 0.5),
        timeout_s: 10.0,
        ..of_agent(class("agent", Arrivals::FixedRate, 0.0, cpu_s))
    };
    let rest = || {
        [
            Class { retry: Retry::client_go(), ..class("delayed", Arrivals::FixedDelay, 40.0, 0.01) },
            Class { retry: Retry::reflector(), flow: 1, ..class("watchers", Arrivals::Watch, 80.0, 0.2) },
            Class { retry: Retry::client_go(), flow: 2, ..class("open", Arrivals::Open, 5.0, 0.05) },
            Class { flow: 3, timeout_s: 5.0, ..class("lookups", Arrivals::DnsMiss, 0.0, 0.002) },
            Class {
                flow: 4,
                rate_per_client: 3.0,
                retry: Retry::exponential(0.5, 8.0, 0.3),
                ..of_agent(class("starts", Arrivals::OnStart, 0.0, 0.3))
            },
        ]
    };
    let base = |cpu_s| {
        let mut scenario = cluster(dt_s, std::iter::once(agent(cpu_s)).chain(rest()));
        scenario.dns.dependence = Dependence::Live;
        scenario.controllers = 1;
        scenario.operator = 3;
        scenario
    };
    let with = |cpu_s: f64, change: &dyn Fn(&mut Scenario<f64>)| {
        let mut scenario = base(cpu_s);
        change(&mut scenario);
        scenario
    };
    let few_seats = |scenario: &mut Scenario<f64>| {
        for level in &mut scenario.levels {
            level.limits = LevelLimits { max_seats: Some(3), ..LevelLimits::fixed(3) };
            (level.queues, level.hand_size, level.queue_length) = (1, 1, 10);
        }
        scenario.flow_control = false;
    };
    let short_of_memory = |scenario: &mut Scenario<f64>| {
        scenario.memory.limit_bytes = 1.4 * GIB;
        for class in &mut scenario.classes {
            class.bytes_base = 20e6;
        }
    };
    let stored = |scenario: &mut Scenario<f64>| {
        scenario.etcd.on = true;
        for (at, class) in scenario.classes.iter_mut().enumerate() {
            class.etcd = match at {
                0 => Use { range_bytes_base: 1e7, ..Use::none() },
                1 | 3 => Use { writes: 1.0, write_bytes: 1e6, ..Use::none() },
                _ => Use { reads: 1.0, ..Use::none() },
            };
        }
        scenario.classes[0].etcd_base_s = 0.1;
    };
    let people = |scenario: &mut Scenario<f64>| {
        scenario.actions = Actions {
            halt_s: 900.0,
            delete_s: 500.0,
            block_s: 300.0,
            block_over_s: 100.0,
            shrink_s: 200.0,
            shrink_over_s: 150.0,
            shrink_to: 0.3,
            grow_s: 400.0,
            grow_over_s: 100.0,
            grow_by: 2.0,
            restart_s: 250.0,
            restart_every_s: 120.0,
            kill_s: 350.3,
        };
    };
    vec![
        ("calm", with(0.01, &|_| {})),
        ("cpu overload", with(3.0, &|_| {})),
        ("seat shortage and 429", with(1.5, &few_seats)),
        ("timeouts", with(20.0, &|scenario| scenario.classes[0].timeout_s = 3.0)),
        ("kill and restart", with(2.0, &short_of_memory)),
        (
            "thrash",
            with(2.0, &|scenario| {
                short_of_memory(scenario);
                scenario.memory.thrashes = 1.0;
            }),
        ),
        (
            "thrash without a probe",
            with(2.0, &|scenario| {
                short_of_memory(scenario);
                (scenario.memory.thrashes, scenario.memory.liveness_s) = (1.0, 0.0);
            }),
        ),
        ("block", with(3.0, &|scenario| (scenario.actions.block_s, scenario.actions.block_over_s) = (100.0, 60.0))),
        (
            "scale down",
            with(3.0, &|scenario| {
                let actions = &mut scenario.actions;
                (actions.shrink_s, actions.shrink_over_s, actions.shrink_to) = (100.0, 200.0, 0.2);
            }),
        ),
        ("killed at a moment", with(1.0, &|scenario| scenario.actions.kill_s = 333.4)),
        (
            "a start under load",
            with(2.0, &|scenario| {
                (scenario.early, scenario.backlog, scenario.actions.kill_s) = (1.0, 1.0, 200.3);
                scenario.cpu = Cpu::new(4.0, 0.2).with_turns(0.02).counted();
                for class in &mut scenario.classes {
                    class.seats = 8.0;
                }
            }),
        ),
        (
            "etcd without a quorum",
            with(1.0, &|scenario| {
                stored(scenario);
                (scenario.etcd.lost_members, scenario.etcd.lost_s, scenario.etcd.back_s) = (2.0, 200.0, 500.0);
                scenario.etcd.probed = 1.0;
                scenario.node_lease = Some(Term { class: 1, period_s: 20.0, grace_s: 70.0 });
                scenario.election = Some(Election::new(1, Some(2), false));
            }),
        ),
        (
            "etcd full and slow",
            with(1.0, &|scenario| {
                stored(scenario);
                scenario.etcd_cores = 0.1;
                (scenario.etcd.quota_bytes, scenario.etcd.defrag_s) = (1e9, 700.0);
                scenario.etcd.memory_bytes = 1e8;
            }),
        ),
        ("delete", with(0.5, &|scenario| scenario.actions.delete_s = 100.0)),
        (
            "everything",
            with(2.5, &|scenario| {
                short_of_memory(scenario);
                people(scenario);
                scenario.memory.thrashes = 1.0;
            }),
        ),
        (
            "three servers, all remedies",
            with(4.0, &|scenario| {
                people(scenario);
                scenario.servers = 3.0;
            }),
        ),
    ]
}
