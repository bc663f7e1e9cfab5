//! Request by request: the parts of an API server as the code has them, driven by events in whole nanoseconds.
//!
//! The model of the core moves populations; here every request is one thing with one fate. [`queueset`] is one priority
//! level with its fair queues. [`arrivals`] makes requests from a seed, with integers only, so that anybody can make the
//! same ones. [`replay`] brings the two together and tells what became of every request.
//!
//! Time is an argument everywhere, and the same calls give the same answers.

pub mod arrivals;
pub mod beside;
pub mod queueset;
pub mod replay;
pub mod system;
