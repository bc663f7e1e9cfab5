//! The whole system: what a cluster is, what changes, one step of everything, what an observer sees.
mod dns;
mod levels;
pub mod observe;
pub mod scenario;
pub mod state;
pub mod step;
