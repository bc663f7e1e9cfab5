//! Clients: who they are ([`population`]), what becomes of a request ([`outcome`]), what follows a failure
//! ([`retry`]), the queues of a hand ([`mod@line`]), requests that wait for etcd ([`store`]), those in service
//! ([`service`]) and the clock that ends them ([`clock`]).
pub mod clock;
mod finish;
pub mod line;
mod mean;
pub mod outcome;
pub mod population;
pub mod retry;
pub mod service;
mod started;
pub mod store;
