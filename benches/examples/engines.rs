//! Clusters drawn at random by both engines: `engines CLUSTERS`. Prints how far the fluid is off in each mean, over how many
//! clusters, and those that are farthest off in goodput.

use slackwater_core::bounds::TABLE;
use slackwater_study::events::arrivals::Draws;
use slackwater_study::events::beside::{Beside, Measure, beside};
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::ScenarioFile;
use std::error::Error;
use std::io::Write;

/// Length of a run, seconds.
const SECONDS: f64 = 900.0;
/// Shares by which a mean may be off, and how many requests or what rate is worth a comparison.
const OFF: [f64; 3] = [0.03, 0.1, 0.25];
const WORTH: f64 = 1.0;

/// What may be typed, key by key. A choice that does not go with the others is drawn again.
const KEYS: [(&str, &[&str]); 20] = [
    ("cluster.nodes", &["200", "500", "800", "1500", "3000"]),
    ("cluster.pods_per_node", &["5", "10", "20", "40"]),
    ("api_server.replicas", &["1", "2", "3"]),
    ("api_server.cores", &["1", "2", "4", "8", "16"]),
    ("api_server.memory_gib", &["48", "64", "512", "512"]),
    ("api_server.on_memory_limit", &["kill", "thrash"]),
    ("api_server.flow_control", &["true", "true", "true", "true", "false"]),
    ("api_server.max_requests_inflight", &["400", "400", "400", "40", "1000"]),
    ("api_server.cpu_growth_per_running", &["0", "0", "0.3"]),
    ("agent.period_s", &["10", "15", "30", "60", "120"]),
    ("agent.selector", &["cluster", "cluster", "cluster", "node"]),
    ("agent.resource", &["pods", "pods", "nodes", "services", "endpointslices"]),
    ("agent.encoding", &["json", "protobuf"]),
    ("agent.identity", &["service-account", "kube-system-service-account", "node", "user"]),
    ("agent.arrivals", &["fixed_rate", "fixed_rate", "fixed_delay", "open"]),
    ("agent.read_path", &["cache", "cache", "newest", "etcd"]),
    ("agent.timeout_s", &["5", "10", "30", "60"]),
    ("agent.retry", &["client-go", "reflector", "fixed", "exponential", "none"]),
    ("dns.cache_ttl_s", &["5", "30", "300"]),
    ("rollout.waves", &["[1]", "[0.1,1]", "[0.01,0.1,0.5,1]"]),
];

/// A cluster, and what was typed for it.
fn drawn(draws: &mut Draws) -> (Plan, String) {
    loop {
        let mut file = ScenarioFile::empty(TABLE);
        let mut typed = Vec::new();
        for (key, choices) in KEYS {
            let choice = choices[(draws.next_u64() % choices.len() as u64) as usize];
            typed.push(format!("{key}={choice}"));
        }
        typed.push("rollout.soak_s=60".to_owned());
        if typed.iter().all(|setting| file.set(setting).is_ok())
            && let Ok(plan) = Plan::resolve(file)
        {
            return (plan, typed.join(" "));
        }
    }
}

/// How far the fluid is off, as a share of the events.
fn off(mean: Measure) -> f64 {
    (mean.fluid - mean.events).abs() / mean.events.max(1e-9)
}

fn main() -> Result<(), Box<dyn Error>> {
    let clusters: u64 = std::env::args().nth(1).ok_or("engines CLUSTERS")?.parse()?;
    let mut draws = Draws::new(1);
    let mut all: Vec<(Beside, String)> = Vec::new();
    while (all.len() as u64) < clusters {
        let (plan, typed) = drawn(&mut draws);
        let nodes = plan.settings.number("cluster.nodes");
        // One that is too large for the event engine is drawn again.
        all.extend(beside(&plan, nodes, SECONDS, &[1, 2]).ok().map(|both| (both, typed)));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "mean      clusters  off by more than {} %", OFF.map(|off| (100.0 * off).to_string()).join(", "))?;
    let names: Vec<&str> =
        all.first().map_or(Vec::new(), |(both, _)| both.measures.iter().map(|one| one.name).collect());
    for (at, name) in names.iter().enumerate() {
        let of = |both: &Beside| both.measures[at];
        let worth = all.iter().map(|(both, _)| of(both)).filter(|one| {
            let least = if one.unit == "requests" || one.unit == "1/s" { WORTH } else { 0.01 };
            one.fluid.max(one.events) > least
        });
        let off: Vec<f64> = worth.map(off).collect();
        let counts = OFF.map(|bound| off.iter().filter(|off| **off > bound).count().to_string());
        writeln!(out, "{name:9} {:8}  {}", off.len(), counts.join(", "))?;
    }
    all.sort_by(|(a, _), (b, _)| off(b.measures[0]).total_cmp(&off(a.measures[0])));
    for (both, typed) in all.iter().take(5) {
        let goodput = both.measures[0];
        writeln!(out, "\ngoodput {:.1} for {:.1} 1/s: {typed}", goodput.fluid, goodput.events)?;
    }
    Ok(())
}
