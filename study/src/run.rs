//! A run: one path a cluster size, shifted by the time of touch, summed; then people; then the verdict.
//!
//! Nothing couples clusters until somebody acts, so a size needs one path however many clusters have it.
//! What people do starts at another age in every cluster; from there each follows a fork of the path.

mod answers;
mod change;
mod escape;
mod events;
mod fork;
mod frozen;
mod judge;
mod leant;
mod path;
mod planned;
mod quiet;
mod reading;
mod recovery;
mod rule;
mod saved;
mod schedule;
mod simulate;
mod sums;
mod trigger;
mod uncoupled;
mod verdict;

pub use escape::{Admission, WayOut, WaysOut, ways_out};
pub(crate) use events::{FALLEN, FALLEN_FOR_S, clock, clock_s};
pub(crate) use fork::{back_after_s, fork};
pub use judge::{GATES, Judgement, judge, judge_by_run};
pub(crate) use judge::{Look, judge_open, look};
pub(crate) use leant::{First, Judged, Moment, Start, moments};
pub use path::{Cluster, Path};
pub(crate) use path::{DOWN, alike, failing, value};
pub(crate) use recovery::{WELL, WELL_FOR_S, is_well, worked};
pub(crate) use rule::Rule;
pub use saved::{Saved, StateError};
pub(crate) use schedule::acts;
pub(crate) use simulate::joined;
pub use simulate::{brief, resume, simulate, simulate_and_save};
pub use trigger::{Trigger, region_of};
pub(crate) use uncoupled::{Uncoupled, uncoupled};
pub use verdict::{safe_at, tipping};
