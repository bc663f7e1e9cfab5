//! Clients: who they are ([`population`]), what becomes of a request ([`outcome`]), what follows a failure
//! ([`retry`]), and requests in service ([`service`]).
pub mod outcome;
pub mod population;
pub mod retry;
pub mod service;
