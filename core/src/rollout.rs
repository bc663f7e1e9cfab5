//! How a change reaches nodes, and what people do about it.
pub mod actions;
pub mod daemonset;
