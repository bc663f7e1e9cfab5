//! The attained-service clock of a step, and rings by step.

use crate::lane::{Lane, seldom};

/// The attained-service clock over one step.
///
/// ```
/// use slackwater_core::clients::clock::{Clock, Place};
/// // Half a CPU-second for each running request in a step of one second.
/// let clock = Clock { attained: &[0.0; 8], now: Place::of(0.0), from: 0.0, to: 0.5, dt_s: 1.0, waits: false };
/// assert_eq!((clock.to - clock.from) / clock.dt_s, 0.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a, L> {
    /// V at the start of recent steps, by step modulo the length, a power of two.
    pub attained: &'a [L],
    /// This step.
    pub now: Place<L>,
    /// V at the start of this step.
    pub from: L,
    /// V at its end.
    pub to: L,
    /// Step, seconds.
    pub dt_s: L,
    /// Whether requests may have waited before they started.
    pub waits: bool,
}

/// A place in rings by step: the number of a step. Clusters that are stepped together have one and the same as a rule, which
/// is asked once a step.
///
/// ```
/// use slackwater_core::clients::clock::Place;
/// use slackwater_core::lane::F64x4;
/// let (mut ring, apart) = ([F64x4::from([0.0; 4]); 8], Place::of(F64x4::from([3.0, 3.0, 11.0, 4.0])));
/// apart.put(&mut ring, F64x4::from([5.0; 4]), F64x4::from([1.0, 1.0, 1.0, 0.0]));
/// assert_eq!((ring[3], ring[4]), (F64x4::from([5.0, 5.0, 5.0, 0.0]), F64x4::from([0.0; 4])));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Place<L> {
    /// The number, by lane.
    pub step: L,
    /// The same where it is one for all.
    common: Option<usize>,
}

impl<L: Lane> Place<L> {
    /// The place of a whole number from 0 on.
    ///
    /// ```
    /// use slackwater_core::clients::clock::Place;
    /// assert_eq!(Place::of(7.0).step, 7.0);
    /// ```
    #[inline(always)]
    pub fn of(step: L) -> Self {
        let first = step.lane(0);
        Self { step, common: if L::any(step - L::splat(first)) { None } else { Some(first as usize) } }
    }

    /// The next one.
    ///
    /// ```
    /// use slackwater_core::clients::clock::Place;
    /// assert_eq!(Place::of(7.0).next().step, 8.0);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn next(&self) -> Self {
        Self { step: self.step + L::one(), common: self.common.map(|step| step.wrapping_add(1)) }
    }

    /// Writes `value` there in the lanes in which `flag` is not 0. The length of the ring is a power of two.
    ///
    /// ```
    /// use slackwater_core::clients::clock::Place;
    /// let mut ring = [0.0; 4];
    /// Place::of(6.0).put(&mut ring, 5.0, 1.0);
    /// assert_eq!(ring, [0.0, 0.0, 5.0, 0.0]);
    /// ```
    #[inline(always)]
    pub fn put(&self, ring: &mut [L], value: L, flag: L) {
        let Some(step) = self.common else {
            seldom();
            return L::put_ring(ring, self.step, value, flag);
        };
        let last = ring.len().wrapping_sub(1);
        if let Some(here) = ring.get_mut(step & last) {
            *here = L::pick(flag, value, *here);
        }
    }
}

impl<L: Lane> Clock<'_, L> {
    /// V at the start of a step.
    #[inline(always)]
    pub(super) fn at(&self, step: L) -> L {
        self.known(step, L::gather_ring(self.attained, step))
    }

    /// Steps that were left of a timeout of `timeout_s` for those who started after `waited_s` seconds.
    #[inline(always)]
    pub(super) fn left(&self, timeout_s: L, waited_s: L) -> L {
        (timeout_s - waited_s).max(self.dt_s).per(self.dt_s)
    }

    /// The ring knows the past only.
    #[inline(always)]
    pub(super) fn known(&self, step: L, past: L) -> L {
        L::pick(step.gt(self.now.step), self.to, L::pick(step.ge(self.now.step), self.from, past))
    }
}
