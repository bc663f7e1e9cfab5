//! One cluster of the plan, at any size, with the control plane held fixed.

use super::apart;
use super::background;
use super::classes::{Setting, Sketch, Who, name};
use super::cost::objects;
use super::dns;
use super::fleet::Fleet;
use super::flow_control::{Levels, Schemas};
use super::leases;
use super::people::{Detection, Remedies};
use super::settings::Settings;
use super::store;
use crate::bytes::{GIB, MIB};
use crate::scenario::{InputError, ScenarioFile};
use slackwater_core::clients::retry::Retry;
use slackwater_core::dns::Dependence;
use slackwater_core::rollout::actions::{Actions, NEVER_S};
use slackwater_core::rollout::daemonset::Creation;
use slackwater_core::server::cpu::Cpu;
use slackwater_core::server::memory::Memory;
use slackwater_core::system::scenario::{Arrivals, Follows, Level, MAX_CLASSES, Scenario};

use std::sync::OnceLock;

/// Bytes of a request that waits in a queue: headers, TLS and connection buffers.
const WAITING_BYTES: f64 = 50_000.0;

/// Seconds to read one object from etcd into a watch cache (KEP-2340: 26 us an object of 1 KB).
const REFILL_OBJECT_S: f64 = 2.6e-5;

/// Most steps of a run: every one of them is a row in memory.
const MOST_STEPS: f64 = 1_000_000.0;
/// Most steps of a timer: longer rings fall out of the processor's caches and a run takes minutes.
const MOST_SLOTS: f64 = 100_000.0;

/// A scenario, resolved: everything a run needs.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::Plan;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("cluster.nodes=750")?;
/// let plan = Plan::resolve(file)?;
/// assert_eq!(plan.fleet.clusters(), 1.0);
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    /// Keys and defaults it came from.
    pub settings: Settings,
    /// Clusters and the order they are touched in.
    pub fleet: Fleet,
    /// The alert.
    pub detection: Detection,
    /// What people do.
    pub remedies: Remedies,
    /// Step, seconds.
    pub dt_s: f64,
    cpu: Cpu<f64>,
}

/// kube-up's table of control-plane cores (cluster/gce/config-common.sh).
fn cores_for(nodes: f64) -> f64 {
    [(10.0, 2.0), (50.0, 4.0), (100.0, 8.0), (500.0, 16.0)]
        .into_iter()
        .find(|(most, _)| nodes <= *most)
        .map_or(32.0, |(_, cores)| cores)
}

/// etcd's hardware guide.
fn etcd_cores_for(nodes: f64) -> f64 {
    [(50.0, 2.0), (250.0, 4.0), (1000.0, 8.0)]
        .into_iter()
        .find(|(most, _)| nodes <= *most)
        .map_or(16.0, |(_, cores)| cores)
}

/// CPU of `cores` cores. The table of busy cores depends on the whole servers only, and takes longer than all the
/// rest of a plan: each is made once.
fn cpu(cores: f64, growth: f64) -> Cpu<f64> {
    static MADE: [OnceLock<Cpu<f64>>; 1025] = [const { OnceLock::new() }; 1025];
    let servers = cores.ceil().max(1.0);
    let Some(made) = MADE.get(servers as usize) else { return Cpu::new(cores, growth) };
    let mut cpu = made.get_or_init(|| Cpu::new(servers, 0.0)).clone();
    (cpu.speed, cpu.growth) = (cores / servers, growth);
    cpu
}

impl Plan {
    /// Resolves a scenario file.
    ///
    /// # Errors
    /// Keys that contradict each other; the error shows where the offending one stands.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("dns.source_lost_s=400")?;
    /// file.set("dns.source_back_s=300")?;
    /// assert!(Plan::resolve(file).is_err()); // back before it is lost
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn resolve(file: ScenarioFile) -> Result<Self, InputError> {
        let plan = Self::of(Settings::new(file))?;
        plan.cluster(plan.settings.number("cluster.nodes"))?;
        Ok(plan)
    }

    /// Resolves settings; what only a cluster shows is left to [`Plan::cluster`].
    pub(crate) fn of(settings: Settings) -> Result<Self, InputError> {
        let fleet = Fleet::resolve(&settings)?;
        let cores = settings.typed("api_server.cores").unwrap_or_else(|| cores_for(settings.number("cluster.nodes")));
        let plan = Self {
            cpu: cpu(cores, settings.number("api_server.cpu_growth_per_running")),
            detection: Detection::resolve(&settings),
            remedies: Remedies::resolve(&settings),
            dt_s: settings.number("run.dt_s"),
            fleet,
            settings,
        };
        let lost = plan.settings.typed("dns.source_lost_s");
        if let (Some(lost), Some(back)) = (lost, plan.settings.typed("dns.source_back_s"))
            && back <= lost
        {
            let message = format!("the source is back at {back} s, before it is lost at {lost} s");
            return Err(plan.settings.blame("dns.source_back_s", &message, "write a later time"));
        }
        if let Some(until_s) = plan.until_s()
            && until_s / plan.dt_s > MOST_STEPS
        {
            let steps = until_s / plan.dt_s;
            let message =
                format!("{until_s} s in steps of {} s are {steps:.0} steps; at most {MOST_STEPS} are kept", plan.dt_s);
            return Err(plan.settings.blame("run.until_s", &message, "write an earlier end or a longer run.dt_s"));
        }
        plan.timers()?;
        Ok(plan)
    }

    /// End of the run in seconds if the scenario names one.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("run.until_s=600")?;
    /// let plan = Plan::resolve(file)?;
    /// assert_eq!(plan.until_s(), Some(600.0));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn until_s(&self) -> Option<f64> {
        self.settings.typed("run.until_s")
    }

    /// How many API servers are in each group that shares a fate; empty if all share one.
    pub(crate) fn groups(&self) -> Vec<f64> {
        apart::apart(&self.settings).map(|(_, groups)| groups).unwrap_or_default()
    }

    /// Refuses timers that are too long for the step: each step of them is a place in memory.
    fn timers(&self) -> Result<(), InputError> {
        let mut keys: Vec<String> =
            ["dns.cache_ttl_s", "dns.serve_stale_s", "dns.node_local_ttl_s", "dns.coredns_ttl_s"]
                .map(str::to_owned)
                .to_vec();
        keys.push("agent.period_s".to_owned());
        keys.extend(self.settings.file().names("traffic.*").iter().map(|name| format!("traffic.{name}.period_s")));
        for key in keys {
            let (timer_s, dt_s) = (self.settings.number(&key), self.dt_s);
            if timer_s / dt_s > MOST_SLOTS {
                let message = format!("{key} of {timer_s} s is too long for steps of {dt_s} s");
                let least = timer_s / MOST_SLOTS;
                let help = format!("write run.dt_s of at least {least}, or a shorter time");
                let blamed = if self.settings.typed(&key).is_some() { key.as_str() } else { "run.dt_s" };
                return Err(self.settings.blame(blamed, &message, &help));
            }
        }
        Ok(())
    }

    /// The cluster at `nodes` nodes, nobody doing anything about it yet.
    ///
    /// # Errors
    /// As [`Plan::resolve`].
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::Plan;
    /// use slackwater_study::scenario::ScenarioFile;
    /// let mut file = ScenarioFile::empty(TABLE);
    /// file.set("cluster.nodes=5000")?;
    /// let plan = Plan::resolve(file)?;
    /// // A smaller cluster of the same plan, on the control plane of the large one.
    /// let (small, large) = (plan.cluster(50.0)?, plan.cluster(5000.0)?);
    /// assert_eq!((small.nodes, small.cpu), (50.0, large.cpu));
    /// # Ok::<(), slackwater_study::scenario::InputError>(())
    /// ```
    pub fn cluster(&self, nodes: f64) -> Result<Scenario<f64>, InputError> {
        let settings = &self.settings;
        let n = |key: &str| settings.number(key);
        let levels = Levels::resolve(settings)?;
        let minor = settings.text("cluster.version").split('.').nth(1).and_then(|minor| minor.parse().ok());
        let minor = minor.unwrap_or(34);
        let request_timeout_s = n("api_server.request_timeout_s");
        let written = Schemas::resolve(settings, &levels, minor)?;
        let rules = written.rules();
        let schemas = written.all(&rules);
        let mut setting = Setting {
            settings,
            nodes,
            minor,
            schemas: &schemas,
            standard: ["priority_levels.*", "flow_schemas.*"].iter().all(|part| settings.file().names(part).is_empty()),
            levels: &levels,
            request_timeout_s,
            flows: Vec::new(),
        };
        let dns_servers = settings.typed("dns.servers").unwrap_or((nodes / 16.0).ceil().max(2.0));
        let mut classes =
            background::classes(&mut setting, n("background.scale"), dns_servers, settings.is("leases.leaders"));
        let controllers = classes.iter().position(|class| class.label.name == "controllers").unwrap_or(0);
        let operator = classes.len();
        let tries = Sketch {
            name: "operator",
            component: "operator",
            who: Who::of(settings.text("operator.identity"), "operator"),
            // kubectl looks up what it deletes. Where reads and writes have limits of their own, that read decides.
            verb: if levels.on { "delete" } else { "get" },
            resource: "daemonsets",
            arrivals: Arrivals::Open,
            follows: Follows::Cluster,
            clients: 0.1,
            clients_per_node: 0.0,
            period_s: 1.0,
            rate_per_client: 1.0,
            timeout_s: 30.0,
            retry: Retry::none(),
        };
        classes.push(setting.fixed(&tries, 0.005));
        let dependence = match settings.text("dns.dependence") {
            "live" => Dependence::Live,
            "restart" => Dependence::Restart,
            _ => Dependence::Memory,
        };
        let dns_class = (dependence == Dependence::Live).then_some(classes.len());
        if dns_class.is_some() {
            let lookups = Sketch {
                name: "dns lookups",
                component: "coredns",
                who: Who::System("coredns"),
                verb: "get",
                resource: "services",
                arrivals: Arrivals::DnsMiss,
                clients: 0.0,
                timeout_s: n("dns.timeout_s"),
                ..tries
            };
            classes.push(setting.fixed(&lookups, n("dns.api_cpu_s")));
        }
        if settings.is("agent.enabled") {
            classes.extend(setting.declared("agent", "agent")?);
        }
        for name in settings.file().names("traffic.*") {
            classes.extend(setting.declared(&format!("traffic.{name}"), name)?);
        }
        let too_many = |()| {
            let message = format!("more than {MAX_CLASSES} traffic classes");
            settings.blame("traffic", &message, "describe like components as one entry")
        };
        let (node_lease, election) = leases::followed(settings, &classes, minor)?;
        let etcd_cores = settings.typed("etcd.cores").unwrap_or_else(|| etcd_cores_for(n("cluster.nodes")));
        Ok(Scenario {
            dt_s: self.dt_s,
            nodes,
            servers: n("api_server.replicas"),
            cpu: self.cpu.clone(),
            reject_cpu_s: n("api_server.reject_cpu_s"),
            memory: self.memory(nodes),
            early: f64::from(u8::from(settings.text("api_server.unready") != "refuse")),
            backlog: f64::from(u8::from(settings.text("api_server.unready") == "hold")),
            bytes_per_watch: n("api_server.memory_per_watch_kib") * 1024.0,
            etcd_cores,
            etcd: store::etcd(settings, nodes, etcd_cores)?,
            node_lease,
            election,
            levels: (0..levels.limits.len()).filter_map(|at| Self::level(&levels, at, request_timeout_s)).collect(),
            flow_control: levels.on,
            classes: heapless_of(classes).map_err(too_many)?,
            operator,
            controllers,
            dns_class,
            dns: dns::dns(settings, dependence, dns_servers, nodes)?,
            creation: Creation::new(
                n("rollout.pod_start_s"),
                n("rollout.pods_per_sync"),
                0.02,
                n("rollout.controller_qps"),
            ),
            actions: Actions::none(),
            apart: apart::apart(settings)?.0,
        })
    }

    fn level(levels: &Levels<'_>, at: usize, request_timeout_s: f64) -> Option<Level<f64>> {
        let limits = *levels.limits.get(at)?;
        let config = levels.configs.get(at);
        let plain = ["read-only in flight", "mutating in flight", "bypass"];
        let queued = config.filter(|config| config.queues > 0);
        Some(Level {
            name: name(config.map_or(plain.get(at).copied().unwrap_or(""), |config| config.name)),
            limits,
            queues: queued.map_or(0, |config| config.queues),
            hand_size: queued.map_or(0, |config| config.hand_size),
            queue_length: queued.map_or(0, |config| config.queue_length_limit),
            // A quarter of the request's deadline (apiserver priority-and-fairness.go).
            wait_s: if queued.is_some() { request_timeout_s / 4.0 } else { 0.0 },
        })
    }

    fn memory(&self, nodes: f64) -> Memory<f64> {
        let n = |key: &str| self.settings.number(key);
        let cores = self.cpu.servers * self.cpu.speed;
        let every: f64 = ["pods", "nodes", "services", "endpointslices"]
            .iter()
            .map(|kind| objects(&self.settings, kind, nodes).count)
            .sum();
        Memory {
            limit_bytes: self.settings.typed("api_server.memory_gib").unwrap_or(3.75 * cores) * GIB,
            base_bytes: n("api_server.memory_base_gib") * GIB,
            bytes_per_node: n("api_server.memory_per_node_mib") * MIB,
            bytes_per_waiting: WAITING_BYTES,
            thrashes: f64::from(u8::from(self.settings.text("api_server.on_memory_limit") != "kill")),
            kill_over: match self.settings.text("api_server.on_memory_limit") {
                "auto" => n("api_server.kill_over"),
                _ => NEVER_S,
            },
            restart_s: n("api_server.restart_delay_s"),
            refill_s: self.settings.typed("api_server.refill_s").unwrap_or((every * REFILL_OBJECT_S).max(3.0)),
            liveness_s: n("api_server.liveness_s"),
        }
    }
}

fn heapless_of<T, const N: usize>(items: Vec<T>) -> Result<heapless::Vec<T, N>, ()> {
    let mut fixed = heapless::Vec::new();
    for item in items {
        fixed.push(item).map_err(drop)?;
    }
    Ok(fixed)
}
