//! How a change reaches nodes ([`daemonset`]), and what people do about it ([`actions`]).
pub mod actions;
pub mod daemonset;
