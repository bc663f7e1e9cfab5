//! What a terminal and a notebook both need, and neither owns.
//!
//! Data flows one way: [`scenario`] reads what was typed, [`resolve`] says what it means, [`run`] computes, and
//! [`outcome`] is the answer. [`cases`] holds scenarios of known incidents, with what was published or measured.
//!
//! ```
//! use slackwater_study::cases::find;
//! use slackwater_study::resolve::Plan;
//! use slackwater_study::run::safe_at;
//!
//! let case = find("openai-2024-12-11").ok_or("no such case")?;
//! let plan = Plan::resolve(case.file()?)?;
//! let nodes = plan.settings.number("cluster.nodes");
//! assert!(!safe_at(&plan, nodes)? && safe_at(&plan, 50.0)?); // production falls, a test cluster does not
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod bytes;
pub mod cases;
pub mod chain;
pub mod events;
pub mod fidelity;
pub mod fleet;
pub mod lanes;
pub mod learn;
pub mod outage;
pub mod outcome;
pub mod region;
pub mod remedies;
pub mod report;
pub mod resolve;
pub mod run;
pub mod scenario;
pub mod sensitivity;
pub mod stop;
pub mod sweep;
pub mod threads;
pub mod threshold;
pub mod trial;
pub mod truth;
