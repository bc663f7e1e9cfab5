//! A table read again and again near the same place.

use super::Lane;

/// The piece of a table that was read last: a search that closes in on a root soon stays within one, and finds its ends
/// without going to memory.
///
/// ```
/// use slackwater_core::lane::Segment;
/// let table = [0.0, 10.0, 40.0];
/// let mut piece = Segment::none();
/// assert_eq!((piece.value(&table, 1.5), piece.value(&table, 1.75)), (25.0, 32.5));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Segment<L> {
    of: L,
    low: L,
    from: L,
    slope: L,
}

impl<L: Lane> Segment<L> {
    /// Nothing read yet.
    ///
    /// ```
    /// use slackwater_core::lane::Segment;
    /// assert_eq!(Segment::none().value(&[1.0, 3.0], 0.5), 2.0);
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        Self { of: L::zero(), low: -L::one(), from: L::zero(), slope: L::zero() }
    }

    /// Forgets what was read of another table than this one: `of` is a number that no two tables share. For a piece that is
    /// kept from one search to the next.
    ///
    /// ```
    /// use slackwater_core::lane::Segment;
    /// let mut piece = Segment::none();
    /// piece.of(1.0);
    /// assert_eq!(piece.value(&[0.0, 10.0], 0.5), 5.0);
    /// piece.of(2.0);
    /// assert_eq!(piece.value(&[0.0, 30.0], 0.5), 15.0);
    /// ```
    #[inline(always)]
    pub fn of(&mut self, of: L) {
        if !(of - self.of).is_nothing() {
            *self = Self { of, ..Self::none() };
        }
    }

    /// [`Lane::interpolate`], the same bits, in the same table every time.
    ///
    /// ```
    /// use slackwater_core::lane::{Lane, Segment};
    /// let table = [0.0, 10.0, 40.0];
    /// assert_eq!(Segment::none().value(&table, 3.0), f64::interpolate(&table, 3.0));
    /// ```
    #[inline(always)]
    pub fn value(&mut self, table: &[L], position: L) -> L {
        self.line(table, position).0
    }

    /// [`Segment::value`], and the slope of the table there: its change from one entry to the next.
    ///
    /// ```
    /// use slackwater_core::lane::Segment;
    /// assert_eq!(Segment::none().line(&[0.0, 10.0, 40.0], 1.5), (25.0, 30.0));
    /// ```
    #[inline(always)]
    pub fn line(&mut self, table: &[L], position: L) -> (L, L) {
        let top = table.len().saturating_sub(2);
        // Within the table first: then a number that is too large, or none, is no concern.
        let low = L::zero().max(position).min(L::splat(top as f64)).whole();
        if L::any(low - self.low) {
            let (from, to) = L::pair(table, low);
            (self.low, self.from, self.slope) = (low, from, to - from);
        }
        (self.from + self.slope * (position - low), self.slope)
    }
}
