//! Small systems solved exactly: one server with a queue, timeouts and retries as a Markov chain.
//!
//! The fluid says where a system settles; it cannot say how long it stays there by luck. For one server the chain is
//! small enough to be solved: the share of time in every state, and the mean time until it leaves one of them. States
//! are ordered so that all rates lie in a narrow band, and elimination never subtracts, so that even probabilities of
//! 1e-100 have all their digits.
//!
//! ```
//! use slackwater_study::chain::RetryServer;
//! // 95 % loaded, and whoever waits longer than 3 s asks again up to four times.
//! let server = RetryServer { arrivals_per_s: 9.5, service_per_s: 10.0, threads: 1, timeout_s: 3.0, retries: 4.0,
//!     queue: 100, orbit: 20 };
//! let answer = server.solve()?;
//! assert_eq!(answer.states, 101 * 21);
//! assert!(answer.mean_queue > 50.0 && answer.drain_s > 60.0); // without retries it would be 18
//! # Ok::<(), slackwater_study::chain::ChainError>(())
//! ```

mod banded;
mod error;
mod server;
mod text;

pub use banded::Chain;
pub use error::ChainError;
pub use server::{RetryAnswer, RetryServer, Well};
