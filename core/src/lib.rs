//! A pure numeric model of a Kubernetes control plane under load.
//!
//! It answers whether a change is safe for the API servers, how long DNS caches hide it if it is not, and what
//! gets a cluster out again. Everything in a cluster is a *population* (agents, requests, cache entries) and what
//! moves per second is a *flow* with a cause; populations are conserved.
//!
//! # The model, in the order of the modules
//!
//! 1. [`units`]: quantities with the unit in the type, for what comes in and what goes out.
//! 2. [`bounds`]: one table of every key a scenario file can hold, with range, default, meaning and source.
//! 3. [`lane`]: the number the step is written over. `f64` is the reference.
//! 4. [`cohort`]: a population whose members leave at known times. Every timer of Kubernetes is one.
//! 5. [`queue`]: closed forms for queues in steady state, Erlang's and their relatives.
//! 6. [`server`]: one API server, its CPU by processor sharing and its memory with the wall at the end.
//! 7. [`flowcontrol`]: API Priority and Fairness as its code does it: who gets the seats, who waits, who is rejected.
//! 8. [`clients`]: who sends requests, and what they do after an answer, a rejection or a timeout.
//! 9. [`dns`]: tiers of caches over servers that may or may not need the API.
//! 10. [`nodes`]: nodes and network in an outage: what still works, what is lost meanwhile.
//! 11. [`rollout`]: how fast pods of a DaemonSet come up, and what people do about it.
//! 12. [`ledger`]: CPU, seats and bytes by class and cause: who overloads the server, and which loop keeps it so.
//! 13. [`system`]: one cluster as plain data, its state, and one step of everything.
//! 14. [`traffic`]: what users are served, here or in another cluster, and what that asks of it.
//! 15. [`verdict`]: gates over closed forms, each with a signed margin, and the size from which they fail.
//!
//! # No std, no alloc, no unsafe
//!
//! The crate is `no_std` unconditionally. It allocates nothing: lists have a fixed capacity, and the rings of the
//! cohorts lie in a slice that the caller lends. Roots and logarithms come from `libm`, and nothing is fused, so the
//! same input gives the same bits on every target. There is no unsafe code, and no input makes it panic.
//!
//! It does no input or output either: it reads no clock and no file, draws no random numbers and prints nothing.
//! Time is the number of steps taken. With the feature `serde` scenario and state can be saved, so a run can stop,
//! fork and go on at any step.
//!
//! # Example
//!
//! A thousand nodes; an agent on each asks the API server for 0.06 CPU-seconds of work every 30 s.
//!
//! ```
//! use slackwater_core::system::observe::Row;
//! use slackwater_core::system::scenario::{Class, Scenario};
//! use slackwater_core::system::state::{Layout, State};
//! use slackwater_core::system::step::step;
//!
//! let mut scenario = Scenario::idle(1.0, 1000.0, 4.0); // steps of 1 s, 4 cores
//! scenario.classes.push(Class::poll(1.0, 30.0, 0.06)).map_err(|_| "too many classes")?;
//! let layout = Layout::of(&scenario);
//! let mut storage = vec![0.0; layout.length];
//! let mut state = State::new(&scenario, &layout, &mut storage);
//! let mut busy = 0.0;
//! for _ in 0..120 {
//!     let totals = step(&scenario, &layout, &mut state, &mut storage);
//!     busy += Row::read(&scenario, &state, &totals, 0).values[Row::API_BUSY] / 120.0;
//! }
//! let expected = 1000.0 / 30.0 * 0.06 / 4.0; // utilisation: rate times size over cores
//! assert!((busy / expected - 1.0).abs() < 0.01);
//! # Ok::<(), &str>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

// In the order of the model; the blank lines keep rustfmt from sorting them.
pub mod units;

pub mod bounds;

pub mod lane;

pub mod cohort;

pub mod queue;

pub mod server;

pub mod flowcontrol;

pub mod clients;

pub mod dns;

pub mod nodes;

pub mod rollout;

pub mod ledger;

pub mod system;

pub mod traffic;

pub mod verdict;
