//! Several clusters in one step, over the widest registers the machine has.
//!
//! A [`Side`] holds as many clusters as a lane type is wide. The kernel is compiled for several instruction sets and
//! chosen at run time; every choice gives the same bits, because lanes never mix and nothing is contracted.

mod dispatch;
mod side;

pub use dispatch::{Stepped, Wide};
pub use side::{Side, fits};
