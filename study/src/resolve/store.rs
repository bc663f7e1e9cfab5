//! etcd out of keys.

use super::cost::live_bytes;
use super::settings::Settings;
use crate::bytes::GIB;
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::server::etcd::Etcd;

/// Keys that do not switch it on.
const APART: [&str; 2] = ["etcd.cores", "etcd.wait"];

/// etcd of a cluster of `nodes` nodes with `cores` cores.
pub(super) fn etcd(settings: &Settings, nodes: f64, cores: f64) -> Result<Etcd<f64>, InputError> {
    let n = |key: &str| settings.number(key);
    let (members, lost_members) = (n("etcd.members"), n("etcd.lost_members"));
    if lost_members > members {
        let message = format!("{lost_members} members are lost, but there are {members}");
        return Err(settings.blame("etcd.lost_members", &message, "write fewer, or more etcd.members"));
    }
    let (lost, back) = (settings.typed("etcd.lost_s"), settings.typed("etcd.back_s"));
    if lost_members > 0.0 && lost.is_none() {
        let message = format!("{lost_members} members are lost, but not when");
        return Err(settings.blame("etcd.lost_members", &message, "write etcd.lost_s too"));
    }
    let lost_s = lost.unwrap_or(NEVER_S);
    if let Some(back_s) = back
        && back_s <= lost_s
    {
        let message = match lost {
            Some(lost_s) => format!("members are back at {back_s} s, before they are lost at {lost_s} s"),
            None => format!("members are back at {back_s} s, but never lost"),
        };
        return Err(settings.blame("etcd.back_s", &message, "write a later time, and etcd.lost_s"));
    }
    let live = settings.typed("etcd.live_gib").map(|gib| gib * GIB);
    Ok(Etcd {
        on: waits(settings),
        members,
        lost_members,
        lost_s,
        back_s: back.unwrap_or(NEVER_S),
        fsync_s: n("etcd.fsync_s"),
        rtt_s: n("etcd.rtt_s").max(1e-6),
        quota_bytes: n("etcd.quota_gib") * GIB,
        live_bytes: live.unwrap_or(0.0),
        live_bytes_per_node: if live.is_some() { 0.0 } else { live_bytes(settings, nodes) / nodes },
        fragmentation: n("etcd.fragmentation"),
        compact_s: n("etcd.compact_s"),
        defrag_s: settings.typed("etcd.defrag_s").unwrap_or(NEVER_S),
        memory_bytes: settings.typed("etcd.memory_gib").unwrap_or(4.0 * cores) * GIB,
        restart_s: n("etcd.restart_s"),
        probed: f64::from(u8::from(settings.is("api_server.probe_etcd"))),
        ..Etcd::none()
    })
}

/// Whether requests wait for etcd: where somebody speaks of it. The size has no say, so that clusters of one plan
/// compare.
fn waits(settings: &Settings) -> bool {
    let named = |key: &str| key.starts_with("etcd.") && !APART.contains(&key);
    match settings.text("etcd.wait") {
        "on" => true,
        "off" => false,
        _ => settings.file().values().any(|(key, _, _)| named(key)),
    }
}
