//! What gets people out, and how fast: the run is forked at the alert and every remedy is tried from there, alone and
//! in pairs.
//!
//! One cluster is looked at, the largest that falls, because that is the one nobody gets into. A remedy begins when
//! somebody reacts to the alert; what needs the API waits until the operator's requests are answered, as often as the
//! model says they are. A cluster is well when everybody but the agent is answered and users notice nothing: an agent
//! held back by flow control is no outage.

mod lever;
mod rank;
mod ranking;
mod text;
mod trial;

pub use lever::{Lever, Needs};
pub use rank::{once, rank, rank_until};
pub use ranking::{Bigger, Cut, Lift, Ranking, Refused, Tried};
