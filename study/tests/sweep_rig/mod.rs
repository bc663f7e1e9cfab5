//! Sweeps of built-in cases, as typed.

use slackwater_study::cases::find;
use slackwater_study::sweep::{Design, Words};

/// Keys that move the walls, the rollout, the clients and DNS, each from far inside to beyond what holds.
#[allow(dead_code, reason = "not every test moves them all")]
pub(crate) const EVERY_KEY: [&str; 12] = [
    "cluster.nodes=20..8000:log",
    "agent.period_s=5..600:log",
    "api_server.cores=1..64:log",
    "api_server.memory_gib=4..200:log",
    "cluster.pods_per_node=2..60:log",
    "dns.cache_ttl_s=5..2000:log",
    "agent.timeout_s=2..100:log",
    "rollout.controller_qps=5..200:log",
    "detection.for_s=0.1..600:log",
    "detection.human_delay_s=0.1..600:log",
    "etcd.cores=1..16:log",
    "background.scale=0.3..20:log",
];

/// Verdicts alone, over a case with more keys set.
pub(crate) fn sweep(case: &str, set: &[&str], vary: &[&str], sample: &str) -> Design {
    let file = find(case).expect("a case").file().expect("it reads");
    let typed = file.values().map(|(key, value, _)| format!("{key}={value}"));
    let set = typed.chain(set.iter().map(|&set| set.to_owned())).collect();
    let vary = vary.iter().map(|&typed| typed.to_owned()).collect();
    let words = Words { set, vary, sample: Some(sample.to_owned()), verdict_only: true, ..Words::default() };
    Design::of(words).unwrap_or_else(|error| panic!("{error}"))
}
