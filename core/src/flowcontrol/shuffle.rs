//! Shuffle sharding: which queues of its level a flow may use.

use super::error::DealError;
use heapless::Vec;
use sha2::{Digest, Sha256};

/// The largest hand. Source: validation of `flowcontrol.apiserver.k8s.io/v1`, and the 60 bits of the hash.
///
/// ```
/// use slackwater_core::flowcontrol::shuffle::{Dealer, MAX_HAND};
/// assert!(Dealer::new(16, 15).is_ok_and(|dealer| dealer.deal(0).len() == MAX_HAND));
/// ```
pub const MAX_HAND: usize = 15;

/// Bits of the hash that a deal may use up. Source: `MaxHashBits` in `shufflesharding.go`.
const MAX_HASH_BITS: u32 = 60;

/// The largest number of queues. Source: `NewDealer` in `shufflesharding.go`.
const MAX_DECK: u32 = 1 << 26;

/// The hash of a flow, from which its queues are dealt.
///
/// `distinguisher` is given in parts, which are joined with nothing between.
///
/// # Formula
///
/// The first 8 bytes, least significant first, of SHA-256(schema name, byte 0, distinguisher);
/// source: `hashFlowID` in `apf_controller.go`.
///
/// ```
/// use slackwater_core::flowcontrol::shuffle::flow_hash;
/// assert_eq!(flow_hash("catch-all", &[""]), 7_733_929_212_674_924_205);
/// assert_eq!(flow_hash("a", &["b", "c"]), flow_hash("a", &["bc"]));
/// ```
pub fn flow_hash(schema: &str, distinguisher: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(schema);
    hash.update([0]);
    for part in distinguisher {
        hash.update(part);
    }
    hash.finalize().iter().take(8).rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Bits of a hash that a hand of `hand_size` from `deck_size` queues takes.
///
/// # Formula
///
/// ceil(log2(deck) hand); source: `RequiredEntropyBits` in `shufflesharding.go`.
///
/// ```
/// use slackwater_core::flowcontrol::shuffle::required_entropy_bits;
/// assert_eq!(required_entropy_bits(128, 6), 42);
/// ```
pub fn required_entropy_bits(deck_size: u32, hand_size: u32) -> u32 {
    libm::ceil(libm::log2(f64::from(deck_size)) * f64::from(hand_size)) as u32
}

/// Deals a hand of queues for a hash.
///
/// ```
/// use slackwater_core::flowcontrol::shuffle::{Dealer, flow_hash};
/// let dealer = Dealer::new(128, 6)?;
/// let agent = flow_hash("service-accounts", &["system:serviceaccount:monitoring:agent"]);
/// assert_eq!(dealer.deal(agent).len(), 6);
/// # Ok::<(), slackwater_core::flowcontrol::error::DealError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dealer {
    deck_size: u32,
    hand_size: u32,
}

impl Dealer {
    /// A dealer of hands of `hand_size` queues out of `deck_size`.
    ///
    /// # Errors
    ///
    /// [`DealError`] if either is 0, the hand larger than the deck, the deck larger than 2^26, or more than 60 bits of a
    /// hash are needed. Source: `NewDealer` in `shufflesharding.go`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::error::DealError;
    /// use slackwater_core::flowcontrol::shuffle::Dealer;
    /// assert_eq!(Dealer::new(128, 9), Err(DealError::TooFewBits { deck_size: 128, hand_size: 9, bits: 63 }));
    /// ```
    pub fn new(deck_size: u32, hand_size: u32) -> Result<Self, DealError> {
        if deck_size == 0 || hand_size == 0 {
            return Err(DealError::Empty { deck_size, hand_size });
        }
        if hand_size > deck_size {
            return Err(DealError::HandLargerThanDeck { deck_size, hand_size });
        }
        if deck_size > MAX_DECK {
            return Err(DealError::DeckTooLarge { deck_size });
        }
        let bits = required_entropy_bits(deck_size, hand_size);
        if bits > MAX_HASH_BITS {
            return Err(DealError::TooFewBits { deck_size, hand_size, bits });
        }
        Ok(Self { deck_size, hand_size })
    }

    /// The hand for `hash`: distinct queues below the deck size, in dealing order.
    ///
    /// # Formula
    ///
    /// The hash is read as a number in a mixed base: digit i is the remainder by deck - i, and picks among the queues
    /// not yet dealt. Source: `Dealer.Deal` in `shufflesharding.go`.
    ///
    /// ```
    /// use slackwater_core::flowcontrol::shuffle::Dealer;
    /// assert_eq!(Dealer::new(64, 6)?.deal(0), [0, 1, 2, 3, 4, 5]);
    /// # Ok::<(), slackwater_core::flowcontrol::error::DealError>(())
    /// ```
    pub fn deal(&self, hash: u64) -> Vec<u32, MAX_HAND> {
        let mut rest = hash;
        let mut hand: Vec<u32, MAX_HAND> = Vec::new();
        let mut in_order: Vec<u32, MAX_HAND> = Vec::new();
        for dealt in 0..self.hand_size {
            let left = u64::from(self.deck_size - dealt);
            let mut queue = (rest % left) as u32;
            rest /= left;
            let mut place = 0;
            for taken in &in_order {
                if queue < *taken {
                    break;
                }
                queue += 1;
                place += 1;
            }
            // Neither can fail: a hand of 16 would need 64 bits, and a place is never past the end.
            let _ = in_order.insert(place, queue);
            let _ = hand.push(queue);
        }
        hand
    }
}
