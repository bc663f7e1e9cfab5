//! A population in another ring: where a timer becomes longer while somebody is in it.

use super::{Cohort, SLOT};

impl Cohort<f64> {
    /// The same population in another ring of at least the same length; nothing if `to` is shorter.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let (mut short, mut long) = ([0.0; 6 * SLOT], [0.0; 9 * SLOT]);
    /// let mut entries = Cohort::new();
    /// entries.push(&mut short, 1.0, 2.0);
    /// let mut moved = entries.moved(&short, &mut long).unwrap();
    /// assert_eq!((moved.expire(&mut long), moved.expire(&mut long)), (0.0, 1.0));
    /// assert!(entries.moved(&long, &mut short).is_none());
    /// ```
    #[must_use]
    pub fn moved(&self, from: &[f64], to: &mut [f64]) -> Option<Self> {
        let head = if from.len() == to.len() { 0 } else { self.head as usize * SLOT };
        let (late, soon) = from.split_at_checked(head)?;
        let (next, last) = to.get_mut(..from.len())?.split_at_mut_checked(soon.len())?;
        next.copy_from_slice(soon);
        last.copy_from_slice(late);
        to.get_mut(from.len()..)?.fill(0.0);
        Some(Self { head: if head == 0 { self.head } else { 0.0 }, ..*self })
    }

    /// Turns the ring so that it begins at `head`, a slot of it: what leaves, and when, stays as it is.
    ///
    /// ```
    /// use slackwater_core::cohort::{Cohort, SLOT};
    /// let (mut timers, mut slots) = (Cohort::new(), [0.0; 8 * SLOT]);
    /// timers.push(&mut slots, 3.0, 2.0);
    /// timers.turn(&mut slots, 7.0);
    /// assert_eq!((timers.head(0), timers.expire(&mut slots), timers.expire(&mut slots)), (7.0, 0.0, 3.0));
    /// ```
    pub fn turn(&mut self, slots: &mut [f64], head: f64) {
        let length = slots.len() / SLOT;
        let (from, to) = (self.head as usize, head as usize);
        if from >= length || to >= length {
            return;
        }
        let by = (to + length - from) % length;
        if let Some(ring) = slots.get_mut(..length * SLOT) {
            ring.rotate_right(by * SLOT);
            self.head = to as f64;
        }
    }
}
