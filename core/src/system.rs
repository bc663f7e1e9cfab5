//! The whole system: what a cluster is ([`scenario`]), what changes ([`state`], laid out by [`layout`]), one step of
//! everything ([`step`]), a server that has just begun to serve ([`starting`]), what of
//! it a step is compiled with ([`parts`]), what an observer sees ([`observe`]).
pub mod apart;
mod beside;
mod class;
mod contend;
mod dns;
mod etcd;
pub mod layout;
mod leases;
mod level;
pub mod levels;
mod lingering;
pub mod observe;
pub mod parts;
mod people;
pub(crate) mod rings;
pub mod room;
pub mod scenario;
mod serve;
pub mod starting;
pub mod state;
pub mod step;
mod watches;
