//! Safe or not: [`gates`] over closed forms, and by [`threshold`] the size from which they fail.
pub mod gates;
pub mod threshold;
