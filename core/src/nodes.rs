//! Nodes and the network when the control plane is away: what still works, what is lost meanwhile, what comes after.
//!
//! [`fault`] says what is gone, [`functions`] what each function of a cluster does then, by how long it has been so.
//! The rest are the flows: [`lease`] and [`eviction`] (who counts as gone, and whose pods are evicted), [`crashloop`]
//! (containers that fail and wait), [`mesh`] and [`routes`] (who reaches whom), and [`plane`], one step of a data
//! plane made of them. Nothing here runs in a step of [`crate::system`]: a scenario without an outage pays nothing.

pub mod crashloop;
pub mod eviction;
pub mod fault;
pub mod functions;
pub mod lease;
pub mod mesh;
pub mod plane;
pub mod routes;
