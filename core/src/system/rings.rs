//! Pieces of the storage that a caller lends.

use crate::lane::seldom;
use core::ops::Range;

/// A piece of the borrowed storage; empty if the layout belongs to another scenario.
#[inline(always)]
pub(crate) fn ring<'a, L>(storage: &'a mut [L], range: &Range<usize>) -> &'a mut [L] {
    storage.get_mut(range.clone()).unwrap_or_else(none)
}

/// No piece at all.
#[inline(always)]
fn none<'a, L>() -> &'a mut [L] {
    seldom();
    Default::default()
}

/// Several pieces, each of which lies before the next.
#[inline(always)]
pub(crate) fn in_order<'a, L, const N: usize>(storage: &'a mut [L], ranges: [&Range<usize>; N]) -> [&'a mut [L]; N] {
    let (mut rest, mut start) = (storage, 0);
    ranges.map(|range| {
        let behind = core::mem::take(&mut rest).get_mut(range.start.saturating_sub(start)..).unwrap_or_else(none);
        let (piece, after) = behind.split_at_mut_checked(range.len()).unwrap_or_else(|| (none(), none()));
        (rest, start) = (after, range.end);
        piece
    })
}

/// Two pieces; `first` lies before `second`.
#[inline(always)]
pub(crate) fn rings<'a, L>(
    storage: &'a mut [L],
    first: &Range<usize>,
    second: &Range<usize>,
) -> (&'a mut [L], &'a mut [L]) {
    let [first, second] = in_order(storage, [first, second]);
    (first, second)
}
