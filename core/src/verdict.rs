//! Safe or not: [`gates`] over closed forms, and by [`threshold`] the size from which they fail. [`region`] names how a cluster
//! takes a trigger.
pub mod gates;
pub mod region;
pub mod threshold;
