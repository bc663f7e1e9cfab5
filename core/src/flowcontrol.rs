//! API Priority and Fairness: how many requests of which kind an API server works on at once.
//!
//! An API server has a fixed number of *seats*. [`levels`] divides them among priority levels by shares; [`borrowing`]
//! moves them between levels every 10 s after their [`seat_demand`], by the division that [`allocation`] computes.
//! [`schemas`] tells to which level and flow a request belongs, by who sends it ([`identity`]) and what it asks for
//! ([`matching`]); [`bootstrap`] holds the schemas every cluster starts with. [`shuffle`] deals the queues of a flow, and
//! [`seats`] prices a request, lists by their [`list_query`]. [`queues`] shares the free seats out between the flows.
//! [`retry_after`] is what a rejected client is told. [`inflight`] is the older limiter that holds when flow control is
//! off; [`loss`] tells who finds a seat where nobody waits for one.
//!
//! All of it follows the source of the module k8s.io/apiserver, package `pkg/util/flowcontrol`, versions 0.32 to 0.36,
//! and is tested against numbers from that code.

pub mod allocation;
pub mod bootstrap;
pub mod borrowing;
pub mod error;
pub mod identity;
pub mod inflight;
pub mod levels;
pub mod list_query;
pub mod loss;
pub mod matching;
pub mod queues;
pub mod retry_after;
pub mod schemas;
pub mod seat_demand;
pub mod seats;
pub mod shuffle;
mod want;
