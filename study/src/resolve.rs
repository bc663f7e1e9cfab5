//! What a scenario file means: every number resolved once, in base units, with sourced defaults.
//!
//! [`Plan`] is the answer: a fleet, a rollout, people, and a function from a number of nodes to the cluster
//! of that size with the control plane held fixed.

mod apart;
mod background;
mod classes;
mod cluster;
mod cost;
mod dns;
mod fleet;
mod flow_control;
mod leases;
mod outage;
mod people;
mod settings;
mod store;
mod traffic;
mod who;

pub use cluster::Plan;
pub use fleet::{Fleet, Group, Order};
pub use outage::OutagePlan;
pub use people::{Detection, Remedies, Signal};
pub use settings::Settings;
pub use traffic::Traffic;
