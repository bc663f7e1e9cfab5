//! Who follows leases: terms out of keys.

use super::settings::Settings;
use crate::scenario::InputError;
use slackwater_core::server::leader::Election;
use slackwater_core::server::lease::Term;
use slackwater_core::system::scenario::Class;

/// Time between two renewals of a node, seconds: a quarter of the lease of 40 s (kubelet).
const RENEWED_S: f64 = 10.0;
/// First version with a grace of 50 s.
const LONGER_GRACE: u32 = 32;

/// Index of a class by its name, if anybody sends such requests.
fn class(classes: &[Class<f64>], name: &str) -> Option<usize> {
    classes.iter().position(|class| class.label.name == name && class.clients_fixed + class.clients_per_node > 0.0)
}

/// Leases that are followed, of nodes and of leaders.
pub(super) fn followed(
    settings: &Settings,
    classes: &[Class<f64>],
    minor: u32,
) -> Result<(Option<Term>, Option<Election>), InputError> {
    let nobody = |key: &str| {
        let message = format!("{key} is true, but background.scale 0 leaves nobody to renew a lease");
        settings.blame(key, &message, "write false, or a background.scale above 0")
    };
    let mut term = None;
    if settings.is("leases.nodes") {
        let class = class(classes, "node leases").ok_or_else(|| nobody("leases.nodes"))?;
        let grace_s = if minor < LONGER_GRACE { 40.0 } else { 50.0 };
        let grace_s = settings.typed("leases.node_grace_s").unwrap_or(grace_s);
        term = Some(Term { class, period_s: RENEWED_S, grace_s });
    }
    let mut election = None;
    if settings.is("leases.leaders") {
        let renewed = class(classes, "leader election").ok_or_else(|| nobody("leases.leaders"))?;
        let informers = class(classes, "controller informers");
        election = Some(Election::new(renewed, informers, settings.number("api_server.replicas") > 1.0));
    }
    Ok((term, election))
}
