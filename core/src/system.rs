//! The whole system: what a cluster is, what changes, one step of everything, what an observer sees.
pub mod dns;
pub mod observe;
pub mod scenario;
pub mod state;
pub mod step;
