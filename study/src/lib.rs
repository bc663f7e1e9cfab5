//! What a terminal and a notebook both need, and neither owns.
pub mod cases;
pub mod outcome;
pub mod report;
pub mod resolve;
pub mod run;
pub mod scenario;
