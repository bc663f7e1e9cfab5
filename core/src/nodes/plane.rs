//! One cluster's pods, names and traffic through an outage: a step of everything.
//!
//! A pod is always in one of these: it serves, runs without configuration of the mesh, waits in a crash loop, starts,
//! boots with its node, waits there for the API, is dead on a node nobody has found, found and not yet evicted, or
//! waits for a place. [`State::pods`] is their sum; it changes only when an autoscaler asks for more.
//!
//! A place knows only what it hears. What the API records of a zone is frozen while its kubelets do not reach the API
//! ([`Zone::known`]); what the proxies of a zone send traffic to is frozen while they do not ([`Zone::listed`]).

mod flows;
mod names;
mod setup;
mod state;
mod step;
mod traffic;

pub use setup::{DnsOnMasters, MastersZone, Setup};
pub use state::{Lost, State, Zone};
pub use step::{Row, step};

/// Places DNS servers can be in: every zone, then the masters.
///
/// ```
/// use slackwater_core::nodes::plane::{MASTERS, PLACES};
/// assert_eq!(MASTERS + 1, PLACES);
/// ```
pub const PLACES: usize = super::routes::ZONES + 1;
/// The place of the masters among them.
///
/// ```
/// use slackwater_core::nodes::{plane::MASTERS, routes::ZONES};
/// assert_eq!(MASTERS, ZONES);
/// ```
pub const MASTERS: usize = super::routes::ZONES;
