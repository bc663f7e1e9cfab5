//! Names, caches and servers of DNS out of keys.

use super::cost::services;
use super::settings::Settings;
use crate::bytes::MIB;
use crate::scenario::InputError;
use slackwater_core::dns::{Dependence, Dns, Group, MAX_GROUPS, Tier};
use slackwater_core::rollout::actions::NEVER_S;

/// Names, caches and servers of DNS in a cluster of `nodes` nodes.
///
/// # Errors
/// Lists of groups that do not fit together.
pub(super) fn dns(
    settings: &Settings,
    dependence: Dependence,
    servers: f64,
    nodes: f64,
) -> Result<Dns<f64>, InputError> {
    let n = |key: &str| settings.number(key);
    let dt_s = n("run.dt_s");
    let (names, rates) = (settings.numbers("dns.names"), settings.numbers("dns.lookups_per_name_per_s"));
    if names.len() != rates.len() || names.len() > MAX_GROUPS {
        let message = format!("dns.names has {} groups, dns.lookups_per_name_per_s has {}", names.len(), rates.len());
        let help = format!("give both lists the same length, at most {MAX_GROUPS}");
        return Err(settings.blame("dns.lookups_per_name_per_s", &message, &help));
    }
    let total = names.iter().zip(&rates).map(|(names, rate)| names * rate).sum();
    let steps = |key: &str| n(key) / dt_s;
    let mut tiers = heapless::Vec::new();
    let nearest = Tier {
        ttl_steps: steps("dns.cache_ttl_s"),
        stale_steps: steps("dns.serve_stale_s"),
        negative_steps: steps("dns.negative_ttl_s"),
        caches_fixed: n("dns.caches"),
        caches_per_node: n("dns.caches_per_node"),
    };
    let behind = [("dns.node_local_ttl_s", 0.0, 1.0), ("dns.coredns_ttl_s", servers, 0.0)];
    // Three tiers fit.
    let _ = tiers.push(nearest);
    for (key, caches_fixed, caches_per_node) in behind {
        if n(key) > 0.0 {
            let tier = Tier { ttl_steps: steps(key), stale_steps: 0.0, caches_fixed, caches_per_node, ..nearest };
            let _ = tiers.push(tier);
        }
    }
    let pods = nodes * n("cluster.pods_per_node");
    Ok(Dns {
        groups: names.iter().zip(&rates).map(|(&names, &rate)| Group::new(names, rate, total, dt_s)).collect(),
        tiers,
        dependence,
        cold: f64::from(u8::from(settings.text("dns.start") == "cold")),
        servers,
        queries_per_server: n("dns.server_queries_per_s"),
        limit_bytes: n("dns.server_memory_limit_mib") * MIB,
        // (pods + services)/1000 + 54 MB (coredns/deployment Scaling_CoreDNS.md).
        base_bytes: 1e6 * (54.0 + (pods + services(settings, nodes)) / 1000.0),
        // 2 KB per query in flight (CoreDNS forward plugin).
        bytes_per_query: 2000.0,
        lost_per_s: n("dns.server_loss_per_hour") / 3600.0,
        attempts: n("dns.attempts"),
        timeout_s: n("dns.timeout_s"),
        record_types: n("dns.record_types"),
        search: n("dns.search"),
        source_lost_s: settings.typed("dns.source_lost_s").unwrap_or(NEVER_S),
        source_back_s: settings.typed("dns.source_back_s").unwrap_or(NEVER_S),
    })
}
