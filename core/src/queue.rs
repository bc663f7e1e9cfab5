//! Closed-form queue laws: what a queue does in the long run, without simulating it.
//!
//! Each law has its own module, named after it. Arguments carry their units: `a` is the offered load in
//! erlangs (arrivals per second times seconds of work each), `c` counts servers, names ending in `_s` are
//! seconds. Loads are taken as given, and never as a rate times a time: near saturation the rounding of that
//! product alone would spoil nine digits.
//!
//! | module | law | what it stands for |
//! |---|---|---|
//! | [`erlang`] | Erlang B and Erlang C | in-flight limits without and with a queue |
//! | [`erlang_a`] | M/M/c+M | a queue that clients give up on |
//! | [`mmc`], [`mm1`] | M/M/c, M/M/1 | waiting for a seat |
//! | [`mmck`] | M/M/c/K | a queue of limited length |
//! | [`mg1`], [`mgc`] | M/G/1, and M/G/c approximately | service times that are not exponential |
//! | [`processor_sharing`] | M/G/1 and M/M/c processor sharing | cores shared by running requests |
//! | [`engset`] | Engset | a few clients, each with one request at a time |
//!
//! No function panics or returns NaN. An argument outside its range is a [`QueueError`]. Probabilities too
//! small for a normal `f64` (below 2.3e-308) may come back as zero.

mod domain;
pub mod engset;
pub mod erlang;
pub mod erlang_a;
mod error;
pub mod mg1;
pub mod mgc;
pub mod mm1;
pub mod mmc;
pub mod mmck;
pub mod processor_sharing;

pub use domain::{MAX_LOAD, MAX_SCV, MAX_SERVERS, MAX_TIME_S, MIN_TIME_S};
pub use erlang::{erlang_b, erlang_c, erlang_c_slope};
pub use error::QueueError;
