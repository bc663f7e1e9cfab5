//! One API server: CPU and memory.
pub mod cpu;
pub mod memory;
