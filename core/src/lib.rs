//! A pure numeric model of a Kubernetes control plane under load.
#![no_std]
pub mod bounds;
pub mod clients;
pub mod cohort;
pub mod dns;
pub mod flowcontrol;
pub mod lane;
pub mod ledger;
pub mod queue;
pub mod rollout;
pub mod server;
pub mod system;
pub mod units;
pub mod verdict;
