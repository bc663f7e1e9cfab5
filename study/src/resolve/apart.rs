//! API servers that do not share one fate: which, when, for how long.

use super::settings::Settings;
use crate::scenario::InputError;
use slackwater_core::rollout::actions::NEVER_S;
use slackwater_core::system::apart::{Apart, MAX_APART};

/// What happens to some servers only, and how many are in each group; no groups if nothing does.
pub(super) fn apart(settings: &Settings) -> Result<(Apart<f64>, Vec<f64>), InputError> {
    let n = |key: &str| settings.number(key);
    let (servers, lost) = (n("api_server.replicas"), n("api_server.lost"));
    let (lost_s, roll_s) = (settings.typed("api_server.lost_s"), settings.typed("api_server.roll_s"));
    if lost > servers {
        let message = format!("{lost} of {servers} API servers are lost");
        return Err(settings.blame("api_server.lost", &message, "write fewer, or more api_server.replicas"));
    }
    if lost > 0.0 && lost_s.is_none() {
        let message = format!("{lost} of the API servers are lost, but not when");
        return Err(settings.blame("api_server.lost", &message, "write api_server.lost_s too"));
    }
    if lost == 0.0 && lost_s.is_some() {
        return Err(settings.blame("api_server.lost_s", "no API server is lost", "write api_server.lost too"));
    }
    if lost > 0.0 && roll_s.is_some() {
        let message = "API servers are lost and restarted in turn in one run";
        return Err(settings.blame("api_server.roll_s", message, "keep one of the two"));
    }
    let apart = Apart {
        lose_s: lost_s.unwrap_or(NEVER_S),
        lose_for_s: settings.typed("api_server.lost_for_s").unwrap_or(NEVER_S),
        roll_s: roll_s.unwrap_or(NEVER_S),
        roll_every_s: n("api_server.roll_every_s"),
        goaway: n("api_server.goaway_chance"),
    };
    let groups = if lost > 0.0 {
        [servers - lost, lost].into_iter().filter(|count| *count > 0.0).collect()
    } else if roll_s.is_some() {
        let groups = servers.min(MAX_APART as f64);
        (0..groups as usize).map(|at| ((servers - at as f64) / groups).ceil()).collect()
    } else {
        Vec::new()
    };
    Ok((apart, groups))
}
