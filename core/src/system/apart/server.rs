//! One group of servers, and the mean of all.

use super::super::scenario::{MAX_CLASSES, MAX_LEVELS};
use super::super::state::{Layout, LevelState, MAX_QUEUES, State};
use crate::clients::population::Population;
use crate::lane::Lane;
use crate::server::memory::Mode;
use heapless::Vec;

/// API servers that are alike.
///
/// ```
/// use slackwater_core::system::apart::Server;
/// use slackwater_core::system::scenario::Scenario;
/// use slackwater_core::system::state::{Layout, State};
/// let scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 10.0, 2.0) };
/// let layout = Layout::of(&scenario);
/// let state = State::new(&scenario, &layout, &mut vec![0.0; layout.length]);
/// assert_eq!(Server::of(&state, 2.0).count, 2.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Server<L> {
    /// How many they are.
    pub count: L,
    /// What they are doing.
    pub mode: Mode<L>,
    /// Memory one of them wants, bytes.
    pub bytes: L,
    /// Traffic classes on one of them.
    pub classes: Vec<Population<L>, MAX_CLASSES>,
    /// Its priority levels.
    pub levels: Vec<LevelState<L>, MAX_LEVELS>,
    /// Virtual starts of its queues.
    pub fair: Vec<L, MAX_QUEUES>,
    attained_s: L,
    pub(super) speed: L,
    pub(super) line: L,
    since_adjusted_s: L,
}

impl<L: Lane> Server<L> {
    /// `count` servers as those of `state` are. Their rings are a copy of its storage: see [`spread`].
    ///
    /// ```
    /// # use slackwater_core::system::apart::Server;
    /// # use slackwater_core::system::scenario::Scenario;
    /// # use slackwater_core::system::state::{Layout, State};
    /// # let scenario = Scenario::idle(1.0, 10.0, 2.0);
    /// # let layout = Layout::of(&scenario);
    /// let state = State::new(&scenario, &layout, &mut vec![0.0; layout.length]);
    /// assert_eq!(Server::of(&state, 1.0).mode.up, 1.0);
    /// ```
    pub fn of(state: &State<L>, count: L) -> Self {
        Self {
            count,
            mode: state.mode,
            bytes: state.bytes,
            classes: state.classes.clone(),
            levels: state.levels.clone(),
            fair: state.fair.clone(),
            attained_s: state.attained_s,
            speed: state.speed,
            line: state.line,
            since_adjusted_s: state.since_adjusted_s,
        }
    }

    /// Trades places with the server that `state` holds.
    pub(super) fn swap(&mut self, state: &mut State<L>) {
        use core::mem::swap;
        self.classes.iter_mut().zip(&mut state.classes).for_each(|(mine, other)| swap(mine, other));
        self.levels.iter_mut().zip(&mut state.levels).for_each(|(mine, other)| swap(mine, other));
        self.fair.iter_mut().zip(&mut state.fair).for_each(|(mine, other)| swap(mine, other));
        swap(&mut self.mode, &mut state.mode);
        swap(&mut self.bytes, &mut state.bytes);
        swap(&mut self.attained_s, &mut state.attained_s);
        swap(&mut self.speed, &mut state.speed);
        swap(&mut self.line, &mut state.line);
        swap(&mut self.since_adjusted_s, &mut state.since_adjusted_s);
    }
}

/// Storage for `groups` groups: the rings of the state in the first block, copied into every other one.
///
/// ```
/// use slackwater_core::system::apart::spread;
/// use slackwater_core::system::scenario::Scenario;
/// use slackwater_core::system::state::{Layout, State};
/// let scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 10.0, 2.0) };
/// let layout = Layout::of(&scenario);
/// let mut storage = vec![0.0; layout.length * 2];
/// let state = State::new(&scenario, &layout, &mut storage);
/// spread(&layout, &mut storage);
/// assert_eq!(storage[..layout.length], storage[layout.length..]);
/// ```
pub fn spread<L: Copy>(layout: &Layout, storage: &mut [L]) {
    let Some((first, others)) = storage.split_at_mut_checked(layout.length) else { return };
    for other in others.chunks_exact_mut(layout.length.max(1)) {
        other.copy_from_slice(first);
    }
}

/// Makes the server that `state` shows the mean of all.
pub(super) fn blend<L: Lane>(state: &mut State<L>, servers: &[Server<L>], dt_s: L) {
    let zero = L::zero();
    let all = servers.iter().fold(zero, |all, group| all + group.count);
    let mean = |of: &dyn Fn(&Server<L>) -> L| {
        servers.iter().fold(zero, |sum, group| sum + of(group) * group.count).over(all, zero)
    };
    for (at, shown) in state.classes.iter_mut().enumerate() {
        let of = |part: &dyn Fn(&Population<L>) -> L| mean(&|group| group.classes.get(at).map_or(zero, part));
        shown.show_mean(of, dt_s);
    }
    for (at, shown) in state.levels.iter_mut().enumerate() {
        let of = |part: &dyn Fn(&LevelState<L>) -> L| mean(&|group| group.levels.get(at).map_or(zero, part));
        shown.limit = of(&|level| level.limit);
        shown.used = of(&|level| level.used);
        shown.retry_after_s = of(&|level| level.retry_after_s);
    }
    state.mode.up = mean(&|group| group.mode.up);
    state.mode.down = mean(&|group| group.mode.down);
    state.mode.thrashing = mean(&|group| group.mode.thrashing);
    state.mode.filling_s = servers.iter().fold(zero, |longest, group| longest.max(group.mode.filling_s));
    state.mode.restarts = servers.iter().fold(zero, |sum, group| sum + group.mode.restarts);
    // The fullest server is the one to worry about.
    state.bytes = servers.iter().fold(zero, |most, group| most.max(group.bytes));
    state.speed = mean(&|group| group.speed);
}
