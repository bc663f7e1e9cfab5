//! The whole system: what a cluster is ([`scenario`]), what changes ([`state`]), one step of everything ([`step`]),
//! what an observer sees ([`observe`]).
mod dns;
mod levels;
pub mod observe;
pub mod scenario;
pub mod state;
pub mod step;
