//! What a terminal and a notebook both need, and neither owns.
pub mod resolve;
pub mod scenario;
