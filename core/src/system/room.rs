//! Room to work in.

use super::levels::Wants;
use crate::lane::{Lane, Segment};

/// What a step works with and no step needs of the one before. Whoever takes many steps lends the same room to each,
/// whatever is in it: that saves a step from looking up what it would find there again.
///
/// ```
/// use slackwater_core::lane::{Across, F64x4};
/// use slackwater_core::system::parts::Parts;
/// use slackwater_core::system::room::Room;
/// use slackwater_core::system::scenario::Scenario;
/// use slackwater_core::system::state::{Layout, State};
/// use slackwater_core::system::step::step_inlined;
/// let scenario = Scenario::idle(1.0, 300.0, 8.0);
/// let layout = Layout::of(&scenario);
/// let mut state: Box<State<F64x4>> = Box::new(State::new(&scenario, &layout, &mut vec![0.0; layout.length]).spread());
/// let (wide, mut storage) = (scenario.spread(), vec![F64x4::from([0.0; 4]); layout.length]);
/// let mut room = Box::new(Room::new());
/// for _ in 0..60 {
///     step_inlined(&wide, &layout, &mut state, &mut storage, &mut room, |short| short.settle(), Parts::ALL);
/// }
/// assert_eq!(state.now_s, F64x4::from([60.0; 4]));
/// ```
#[derive(Clone, Debug)]
pub struct Room<L> {
    pub(super) wants: Wants<L>,
    /// Piece of the table of busy cores that was read last.
    pub(super) near: Segment<L>,
}

impl<L: Lane> Room<L> {
    /// Empty.
    ///
    /// ```
    /// use slackwater_core::system::room::Room;
    /// let _room = Room::<f64>::new();
    /// ```
    #[inline]
    pub fn new() -> Self {
        Self { wants: Wants::new(), near: Segment::none() }
    }
}

impl<L: Lane> Default for Room<L> {
    fn default() -> Self {
        Self::new()
    }
}
