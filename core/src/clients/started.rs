//! The requests of a class that started in one step: who of them is through, and who is too late.

use crate::lane::{Flag, Lane};

/// Requests that started in one step, by their place among them: 0 is the first, 1 the last.
#[derive(Clone, Copy)]
pub(super) struct Started<L> {
    /// V as the first started, and as the last did.
    began: L,
    to: L,
    /// Places a CPU-second of service covers; 0 if the clock stood still.
    places: L,
    /// Place up to which deadlines had passed as this step began; below 0 that far in the future.
    pub(super) expired: L,
}

impl<L: Lane> Started<L> {
    /// Those of `age` steps ago, who then were `left` steps before their deadline. V went from `began` to `to`.
    #[inline(always)]
    pub(super) fn new(began: L, to: L, age: L, left: L) -> Self {
        Self { began, to, places: L::one().over(to - began, L::zero()), expired: age - left }
    }

    /// Whether anybody of those of `age` steps ago, who came from V `began` on with `left` steps before their deadline, can
    /// be gone as V less the size comes to `target` at the end of a step: where not, [`Started::cut`] is 0.
    #[inline(always)]
    pub(super) fn due(began: L, target: L, age: L, left: L) -> L {
        target.ge(began).or((age - left + L::one()).gt(L::zero()))
    }

    /// Place up to which service is complete when V less the size is `v`.
    #[inline(always)]
    pub(super) fn complete(&self, v: L) -> L {
        let place = L::pick(self.places.gt(L::zero()), (v - self.began) * self.places, v.ge(self.to));
        place.within(L::zero(), L::one())
    }

    /// Place of the first one that was still there as the step began, `past` V less the size then.
    #[inline(always)]
    pub(super) fn first(&self, past: L) -> L {
        self.complete(past).max(self.expired).min(L::one())
    }

    /// Place up to which everybody is gone at the end of the step: `complete`, or too late.
    #[inline(always)]
    pub(super) fn cut(&self, complete: L) -> L {
        complete.max(self.expired + L::one()).min(L::one())
    }

    /// V as the one at a place started.
    #[inline(always)]
    pub(super) fn v(&self, place: L) -> L {
        self.began + (self.to - self.began) * place
    }

    /// When the one at a place is cut off, as a part of the step.
    #[inline(always)]
    pub(super) fn deadline(&self, place: L) -> L {
        (place - self.expired).within(L::zero(), L::one())
    }
}
