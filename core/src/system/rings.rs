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

/// Two pieces; `first` lies before `second`.
#[inline(always)]
pub(crate) fn rings<'a, L>(
    storage: &'a mut [L],
    first: &Range<usize>,
    second: &Range<usize>,
) -> (&'a mut [L], &'a mut [L]) {
    match storage.split_at_mut_checked(second.start) {
        Some((low, high)) => {
            (low.get_mut(first.clone()).unwrap_or_else(none), high.get_mut(..second.len()).unwrap_or_else(none))
        }
        None => (none(), none()),
    }
}
