//! What can be wrong with a flow control configuration, with the numbers that are wrong.

use core::fmt;

/// A flow control configuration or call that cannot be used.
///
/// `level` is the index of the priority level in the list that was given.
///
/// ```
/// use slackwater_core::flowcontrol::error::FlowControlError;
/// let error = FlowControlError::PercentTooLarge { level: 2, percent: 120 };
/// assert!(matches!(error, FlowControlError::PercentTooLarge { percent: 120, .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FlowControlError {
    /// More priority levels than fit.
    TooManyLevels {
        /// How many there are, the mandatory ones included.
        given: usize,
        /// How many fit.
        most: usize,
    },
    /// No level has a share, so that the seats cannot be divided.
    NoShares {
        /// How many levels there are.
        levels: usize,
    },
    /// A level lends more than all its seats.
    PercentTooLarge {
        /// Index of the level.
        level: usize,
        /// Lendable percent, above 100.
        percent: u32,
    },
    /// An upper limit does not fit an unsigned 32-bit number.
    LimitTooLarge {
        /// Index of the level.
        level: usize,
        /// The upper limit, in seats.
        seats: f64,
    },
    /// A level is exempt but not named `exempt`, or named `exempt` but not exempt.
    ExemptNotByName {
        /// Index of the level.
        level: usize,
    },
    /// The queues of a level cannot be dealt.
    Deal {
        /// Index of the level.
        level: usize,
        /// Why not.
        error: DealError,
    },
    /// Two lists that describe the same levels differ in length.
    LengthMismatch {
        /// Levels with limits.
        limits: usize,
        /// Levels with a demand.
        demands: usize,
    },
}

/// A deck and a hand that shuffle sharding refuses.
///
/// ```
/// use slackwater_core::flowcontrol::error::DealError;
/// assert_ne!(DealError::Empty { deck_size: 0, hand_size: 1 }, DealError::DeckTooLarge { deck_size: 1 << 27 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DealError {
    /// The deck or the hand is empty.
    Empty {
        /// Queues of the level.
        deck_size: u32,
        /// Queues of a flow.
        hand_size: u32,
    },
    /// The hand is larger than the deck.
    HandLargerThanDeck {
        /// Queues of the level.
        deck_size: u32,
        /// Queues of a flow.
        hand_size: u32,
    },
    /// The deck is larger than 2^26.
    DeckTooLarge {
        /// Queues of the level.
        deck_size: u32,
    },
    /// The hand needs more than 60 bits of the hash.
    TooFewBits {
        /// Queues of the level.
        deck_size: u32,
        /// Queues of a flow.
        hand_size: u32,
        /// Bits needed.
        bits: u32,
    },
}

impl fmt::Display for FlowControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooManyLevels { given, most } => write!(f, "{given} priority levels, but at most {most} fit"),
            Self::NoShares { levels } => write!(f, "the shares of the {levels} priority levels sum to 0"),
            Self::PercentTooLarge { level, percent } => {
                write!(f, "priority level {level} lends {percent} %, but 100 % is all it has")
            }
            Self::LimitTooLarge { level, seats } => {
                write!(f, "priority level {level} may take {seats} seats, more than {}", u32::MAX)
            }
            Self::ExemptNotByName { level } => {
                write!(f, "priority level {level}: exactly the level named exempt must be exempt")
            }
            Self::Deal { level, error } => write!(f, "priority level {level}: {error}"),
            Self::LengthMismatch { limits, demands } => {
                write!(f, "limits of {limits} priority levels, but the demand of {demands}")
            }
        }
    }
}

impl fmt::Display for DealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty { deck_size, hand_size } => {
                write!(f, "{deck_size} queues and a hand of {hand_size}: neither may be 0")
            }
            Self::HandLargerThanDeck { deck_size, hand_size } => {
                write!(f, "a hand of {hand_size} is larger than the {deck_size} queues")
            }
            Self::DeckTooLarge { deck_size } => write!(f, "{deck_size} queues are more than {}", 1 << 26),
            Self::TooFewBits { deck_size, hand_size, bits } => {
                write!(f, "a hand of {hand_size} from {deck_size} queues needs {bits} bits of a hash, more than 60")
            }
        }
    }
}

impl core::error::Error for FlowControlError {}
impl core::error::Error for DealError {}
