//! An outage out of keys: what is down, for how long, on which cluster, and what people do.

use super::dns::dns;
use super::settings::Settings;
use crate::scenario::{InputError, ScenarioFile};
use slackwater_core::dns::{Dependence, Dns};
use slackwater_core::nodes::fault::{Fault, Gone};
use slackwater_core::nodes::functions::Setting;
use slackwater_core::nodes::mesh::{Mesh, OnLoss};
use slackwater_core::nodes::plane::{DnsOnMasters, MastersZone, Setup, State};
use slackwater_core::nodes::routes::Routes;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::server::leader::Election;

const DAY_S: f64 = 86_400.0;
/// Most steps of a run: every one of them is a row in memory.
const MOST_STEPS: f64 = 1_000_000.0;
/// Most numbers in the rings.
const MOST_SLOTS: usize = 20_000_000;
/// Most machines of a control plane.
const MOST_MASTERS: f64 = 7.0;

/// An outage, resolved.
///
/// ```
/// use slackwater_core::bounds::TABLE;
/// use slackwater_study::resolve::OutagePlan;
/// use slackwater_study::scenario::ScenarioFile;
/// let mut file = ScenarioFile::empty(TABLE);
/// file.set("outage.down=[master]")?;
/// file.set("outage.count=1")?;
/// let plan = OutagePlan::resolve(file)?;
/// assert_eq!((plan.masters, plan.setup.gone.api), (3.0, false)); // one machine of three
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct OutagePlan {
    /// Keys and defaults it came from.
    pub settings: Settings,
    /// What is down.
    pub faults: Vec<Fault>,
    /// Machines of the control plane.
    pub masters: f64,
    /// Facts that decide what goes on working.
    pub setting: Setting,
    /// Cluster, fault and people, for the run.
    pub setup: Setup,
    /// How long the cluster is watched after the outage, seconds.
    pub watch_s: f64,
}

impl OutagePlan {
    /// What a file means.
    ///
    /// # Errors
    /// Nothing is down, more is down than there is, or keys contradict one another.
    ///
    /// ```
    /// use slackwater_core::bounds::TABLE;
    /// use slackwater_study::resolve::OutagePlan;
    /// use slackwater_study::scenario::ScenarioFile;
    /// assert!(OutagePlan::resolve(ScenarioFile::empty(TABLE)).is_err()); // nothing is down
    /// ```
    pub fn resolve(file: ScenarioFile) -> Result<Self, InputError> {
        let settings = Settings::new(file);
        let n = |key: &str| settings.number(key);
        let masters = n("api_server.replicas").min(MOST_MASTERS);
        let masters = settings.typed("outage.masters").unwrap_or(masters);
        let faults = faults(&settings, masters)?;
        let gone = faults.iter().fold(Gone::default(), |gone, fault| gone.and(Gone::of(*fault, masters)));
        let down = faults.iter().map(|fault| if let Fault::Masters(count) = fault { *count } else { 0.0 });
        let masters_down = down.fold(0.0, f64::max) / masters;
        let dependence = match settings.text("dns.dependence") {
            "live" => Dependence::Live,
            "restart" => Dependence::Restart,
            _ => Dependence::Memory,
        };
        let on_loss = if settings.text("mesh.on_loss") == "keep" { OnLoss::Keep } else { OnLoss::LoseBackends };
        let (refresh_s, certificate_s) = (n("mesh.refresh_s"), n("mesh.certificate_life_s"));
        let mesh = settings.is("mesh.enabled").then_some(Mesh { on_loss, refresh_s, certificate_s });
        let grace_s = if matches!(settings.text("cluster.version"), "1.29" | "1.30" | "1.31") { 40.0 } else { 50.0 };
        let grace_s = settings.typed("leases.node_grace_s").unwrap_or(grace_s);
        let liveness_s = n("api_server.liveness_s");
        let probed = settings.is("api_server.probe_etcd") && liveness_s > 0.0;
        let setting = Setting {
            dns: dependence,
            // A lower tier hands on what is left of a life, so that the longest counts.
            dns_cache_s: n("dns.cache_ttl_s").max(n("dns.node_local_ttl_s")),
            dns_stale_s: n("dns.serve_stale_s"),
            token_life_s: n("nodes.token_life_s"),
            certificate_life_s: n("nodes.certificate_life_s"),
            liveness_s: probed.then_some(liveness_s),
            mesh,
            address_from_api: settings.text("nodes.address_from") == "api",
            logs_collected: settings.is("nodes.logs_collected"),
            webhook: settings.is("nodes.webhook"),
            dns_lost: n("network.dns_at_masters") * masters_down,
            grace_s,
        };
        let setup = setup(&settings, &setting, gone, masters, masters_down)?;
        let watch_s = n("outage.watch_s");
        too_long(&settings, &setup, watch_s)?;
        Ok(Self { settings, faults, masters, setting, setup, watch_s })
    }
}

fn too_long(settings: &Settings, setup: &Setup, watch_s: f64) -> Result<(), InputError> {
    let steps = (setup.for_s + watch_s) / setup.dt_s;
    if steps > MOST_STEPS {
        let message = format!("{steps:.0} steps are more than {MOST_STEPS:.0}");
        return Err(settings.blame(
            "outage.for_s",
            &message,
            "shorten outage.for_s or outage.watch_s, or raise run.dt_s",
        ));
    }
    if State::slots(setup) > MOST_SLOTS {
        let message = "timers of this length need too much memory at this step";
        return Err(settings.blame(
            "run.dt_s",
            message,
            "raise run.dt_s, or shorten dns.cache_ttl_s and nodes.toleration_s",
        ));
    }
    Ok(())
}

fn faults(settings: &Settings, masters: f64) -> Result<Vec<Fault>, InputError> {
    let words = settings.words("outage.down");
    if words.is_empty() {
        let help = format!("write --down {} (or outage.down in the file)", Fault::WORDS.join("|"));
        return Err(settings.blame("outage.down", "nothing is down", &help));
    }
    let typed = settings.typed("outage.count");
    let count = typed.unwrap_or(masters);
    if count > masters {
        let message = format!("{count} are down, and there are {masters}");
        let help = "lower outage.count, or raise outage.masters (--masters)";
        return Err(settings.blame("outage.count", &message, help));
    }
    let faults: Vec<Fault> = words.iter().filter_map(|word| Fault::read(word, count)).collect();
    if typed.is_some() && !faults.iter().any(|fault| fault.counts()) {
        let message = format!("`{}` is down as a whole or not at all", words.join(", "));
        return Err(settings.blame("outage.count", &message, "count api, etcd or master"));
    }
    Ok(faults)
}

fn setup(
    settings: &Settings,
    setting: &Setting,
    gone: Gone,
    masters: f64,
    masters_down: f64,
) -> Result<Setup, InputError> {
    let n = |key: &str| settings.number(key);
    let nodes = n("cluster.nodes");
    let zones = n("nodes.zones");
    if zones > nodes {
        let message = format!("{zones} zones cannot each have one of {nodes} nodes");
        return Err(settings.blame("nodes.zones", &message, "lower nodes.zones, or raise cluster.nodes"));
    }
    let cut = settings.typed("network.zones_cut").unwrap_or(zones);
    if cut > zones {
        let message = format!("{cut} zones are cut off, and there are {zones}");
        return Err(settings.blame("network.zones_cut", &message, "lower network.zones_cut, or raise nodes.zones"));
    }
    let announced = settings.is("network.masters_announced");
    let isolated = settings.text("network.cut") == "zones";
    let servers = settings.typed("dns.servers").unwrap_or((nodes / 16.0).ceil().max(2.0));
    let dns = dns(settings, setting.dns, servers, nodes)?;
    let never = |key: &str| settings.typed(key).unwrap_or(NEVER_S);
    let (full, empty) = queries(&dns, nodes, setting.dns_cache_s, n("dns.negative_ttl_s"));
    Ok(Setup {
        dt_s: n("run.dt_s"),
        zones: (0..zones as usize).map(|_| nodes / zones).collect(),
        masters,
        masters_zone: match settings.text("nodes.masters_zone") {
            "own" => MastersZone::Own,
            "none" => MastersZone::None,
            _ => MastersZone::First,
        },
        pods: nodes * n("cluster.pods_per_node"),
        gone,
        masters_down,
        for_s: n("outage.for_s"),
        refill_s: n("api_server.restart_delay_s") + settings.typed("api_server.refill_s").unwrap_or(3.0),
        cut: Routes { cut_zones: cut as usize, isolated, masters_announced: announced },
        election: Election::new(0, None, masters > 1.0),
        grace_s: setting.grace_s,
        toleration_s: n("nodes.toleration_s"),
        tainted_first: settings.is("nodes.tainted_first"),
        replaced_per_s: n("rollout.controller_qps"),
        pod_start_s: n("rollout.pod_start_s"),
        crash_life_s: n("nodes.crash_life_s"),
        probe_s: n("nodes.probe_s"),
        boot_s: n("nodes.boot_s"),
        address_from_api: setting.address_from_api,
        webhook: setting.webhook,
        load: n("nodes.load"),
        growth_per_h: n("nodes.load_growth_per_h"),
        load_most: n("nodes.load_most"),
        hpa: settings.is("nodes.autoscaled"),
        hpa_most: n("nodes.autoscaled_most"),
        oom_at: n("nodes.oom_at_load"),
        oom_s: n("nodes.oom_s"),
        crashes_per_s: n("nodes.crashes_per_pod_day") / DAY_S,
        pressure_per_s: n("nodes.pressure_per_pod_day") / DAY_S,
        failures_per_s: n("nodes.failures_per_node_day") / DAY_S,
        rebooted: n("nodes.reboot_share"),
        reboot_s: n("nodes.reboot_s"),
        queries_full: full,
        queries_empty: empty,
        cache_s: setting.dns_cache_s,
        stale_s: setting.dns_stale_s,
        looked_up: dns.groups.iter().map(|group| group.weight * group.touched).sum(),
        dns_on_masters: match settings.text("network.dns_on_masters") {
            "never" => DnsOnMasters::Never,
            _ => DnsOnMasters::LastResort,
        },
        dns_at_masters: n("network.dns_at_masters"),
        mesh: setting.mesh,
        // Pods are replaced at random: what is left of them after the age of the backup is exponential.
        backup_misses: settings
            .typed("outage.backup_age_s")
            .map(|age_s| -libm::expm1(-n("outage.churn_per_pod_day") / DAY_S * age_s)),
        shift_s: never("outage.shift_s"),
        shift_share: n("outage.shift_share"),
        shift_over_s: n("outage.shift_over_s"),
        dns_restart_s: never("outage.dns_restart_s"),
        health_check_s: n("network.health_check_s"),
        dns,
    })
}

/// Queries per second with full caches, and with empty ones that nobody answers.
///
/// # Formula
/// Full: l / (1 + l T) a name and cache. Empty: l R, with R tries, record types and names tried: a cache that gets no answer
/// has nothing to remember. Servers that ask the API say so, and that is remembered for F: l R / (1 + l F).
fn queries(dns: &Dns<f64>, nodes: f64, ttl_s: f64, negative_s: f64) -> (f64, f64) {
    let sum = |of: &dyn Fn(f64) -> f64| {
        dns.groups.iter().map(|group| group.names * of(group.lookups_per_s)).sum::<f64>() * dns.caches(0, nodes)
    };
    let full = sum(&|l| l / (1.0 + l * ttl_s)) * dns.record_types;
    let told = if dns.dependence == Dependence::Live { negative_s } else { 0.0 };
    let empty = sum(&|l| l / (1.0 + l * told)) * dns.record_types * dns.attempts * dns.search;
    (full, empty.max(full))
}
