//! Calibration: what requests cost on a machine, from recordings of it.

mod calibration;

pub use calibration::{Calibration, Constant};
