//! Clients: their populations, what they do after a failure, requests in service.
pub mod outcome;
pub mod population;
pub mod retry;
pub mod service;
