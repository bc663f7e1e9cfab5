//! Calibration: what requests cost on a machine, fitted on recordings of it.
//!
//! [`fit`] takes runs and gives a [`Calibration`]. The constants of the given recordings stand in the binary as
//! [`Calibration::given`], with their intervals; they predict every other run, and nothing is fitted again.

mod calibration;
mod cost;
mod error;
mod fit;
mod knee;
mod linear;
mod replay;
mod storm;

pub(crate) use calibration::REJECT_S;
pub use calibration::{Calibration, Constant};
pub use error::LearnError;
pub use fit::fit;
