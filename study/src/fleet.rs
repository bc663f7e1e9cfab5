//! User traffic between the clusters of a fleet: led away from those in trouble, carried by the others or not, led back.
//!
//! Without it clusters do not know one another, and each size needs one path. Traffic couples them, so here they are
//! stepped together: every cluster is a control plane ([`crate::run::Cluster`]) beside its pods
//! ([`slackwater_core::traffic`]). More traffic is more lookups, more pods, longer lists of pods and more writes by
//! controllers; names that are not found and an API that does not answer are what users and autoscalers feel. Which
//! cluster falls next follows from that and from nothing else.

mod couple;
mod member;
mod outcome;
mod people;
mod regret;
mod rest;
mod run;
mod text;

pub use outcome::{Booked, Fate, Headroom, Moved, Outcome};
pub use regret::{Choice, Regret, regret};
pub use run::{run, unsaid};
