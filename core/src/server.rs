//! One API server: [`cpu`] by processor sharing, and [`memory`] with the wall at its end.
pub mod cpu;
pub mod memory;
