//! One API server: [`cpu`] by processor sharing, and [`memory`] with the wall at its end; behind all of them [`etcd`].
pub mod cpu;
pub mod etcd;
pub mod memory;
