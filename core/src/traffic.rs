//! User traffic of the clusters of a fleet: what becomes of it where it goes, and what it asks of those who get more.
//!
//! [`spread`] leads traffic from clusters in trouble to the others. [`site`] is one cluster as its users see it: pods that
//! carry a load, an autoscaler that follows it, nodes that must first pull images ([`pulls`]), caches of applications that
//! are empty after a time without traffic. [`step`](step::step) takes it one step on, and [`state::Account`] books what
//! came: served, refused, or lost, and why. Nothing here runs in a step of [`crate::system`].

pub mod pulls;
pub mod site;
pub mod spread;
pub mod state;
pub mod step;
