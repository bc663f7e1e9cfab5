//! Safe or not: six gates over closed forms, and the size from which they fail.
pub mod gates;
pub mod threshold;
