//! One API server: [`cpu`] by processor sharing, and [`memory`] with the wall at its end; behind all of them [`etcd`];
//! what their clients must renew through them: [`lease`], and by it who leads ([`leader`]).
pub mod cpu;
pub mod etcd;
pub mod leader;
pub mod lease;
mod load;
pub mod memory;
pub mod turns;
