//! Plain data of one scenario that takes its place in a lane of several.

use super::Lane;

/// Data that has the same shape at any width: numbers go into lanes, everything else is common to all of them.
///
/// ```
/// use slackwater_core::lane::{Across, F64x4, Lane};
/// use slackwater_core::server::memory::Mode;
/// let mut modes: Mode<F64x4> = Across::<F64x4>::spread(&Mode::up());
/// let down = Mode { up: 0.0, down: 1.0, ..Mode::up() };
/// down.put(&mut modes, 2);
/// assert_eq!((modes.up.lane(1), modes.up.lane(2)), (1.0, 0.0));
/// assert_eq!(Mode::take(&modes, 2), down);
/// ```
pub trait Across<L: Lane> {
    /// The same data over several lanes.
    type Wide;
    /// These numbers in every lane.
    fn spread(&self) -> Self::Wide;
    /// These numbers in lane `at`, the others untouched.
    fn put(&self, wide: &mut Self::Wide, at: usize);
    /// The numbers of lane `at`.
    fn take(wide: &Self::Wide, at: usize) -> Self;
    /// Adds `weight` times the way from one to the other to the slope of every number; lanes without slopes stay as they
    /// are. All three must be [alike](Across::alike).
    ///
    /// ```
    /// use slackwater_core::lane::{Across, Dual};
    /// use slackwater_core::server::memory::Mode;
    /// let (below, above) = (Mode { up: 0.25, ..Mode::up() }, Mode { up: 0.75, ..Mode::up() });
    /// let mut mode: Mode<Dual> = Across::<Dual>::spread(&Mode { up: 0.5, ..Mode::up() });
    /// Mode::lean(&mut mode, &below, &above, 1.0 / 0.02); // a key that lies 0.02 apart in the two
    /// assert_eq!((mode.up.value, mode.up.slope, mode.down.slope), (0.5, 25.0, 0.0));
    /// ```
    fn lean(wide: &mut Self::Wide, from: &Self, to: &Self, weight: f64);
    /// Whether both can be lanes of one: everything that is no number is equal.
    fn alike(&self, other: &Self) -> bool;
}

impl<L: Lane> Across<L> for f64 {
    type Wide = L;
    #[inline]
    fn spread(&self) -> L {
        L::splat(*self)
    }
    #[inline]
    fn put(&self, wide: &mut L, at: usize) {
        wide.set_lane(at, *self);
    }
    #[inline]
    fn take(wide: &L, at: usize) -> Self {
        wide.lane(at)
    }
    #[inline]
    fn lean(wide: &mut L, from: &Self, to: &Self, weight: f64) {
        wide.lean((to - from) * weight);
    }
    fn alike(&self, _other: &Self) -> bool {
        true
    }
}

impl<L: Lane, T: Across<L>, const N: usize> Across<L> for [T; N] {
    type Wide = [T::Wide; N];
    fn spread(&self) -> Self::Wide {
        self.each_ref().map(T::spread)
    }
    fn put(&self, wide: &mut Self::Wide, at: usize) {
        for (one, wide) in self.iter().zip(wide) {
            one.put(wide, at);
        }
    }
    fn take(wide: &Self::Wide, at: usize) -> Self {
        wide.each_ref().map(|one| T::take(one, at))
    }
    fn lean(wide: &mut Self::Wide, from: &Self, to: &Self, weight: f64) {
        for (wide, (from, to)) in wide.iter_mut().zip(from.iter().zip(to)) {
            T::lean(wide, from, to, weight);
        }
    }
    fn alike(&self, other: &Self) -> bool {
        self.iter().zip(other).all(|(one, other)| one.alike(other))
    }
}

impl<L: Lane, T: Across<L>, const N: usize> Across<L> for heapless::Vec<T, N> {
    type Wide = heapless::Vec<T::Wide, N>;
    fn spread(&self) -> Self::Wide {
        self.iter().map(T::spread).collect()
    }
    fn put(&self, wide: &mut Self::Wide, at: usize) {
        for (one, wide) in self.iter().zip(wide) {
            one.put(wide, at);
        }
    }
    fn take(wide: &Self::Wide, at: usize) -> Self {
        wide.iter().map(|one| T::take(one, at)).collect()
    }
    fn lean(wide: &mut Self::Wide, from: &Self, to: &Self, weight: f64) {
        for (wide, (from, to)) in wide.iter_mut().zip(from.iter().zip(to)) {
            T::lean(wide, from, to, weight);
        }
    }
    fn alike(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(one, other)| one.alike(other))
    }
}

/// Says of a struct which fields are numbers, which are common to all lanes, and of which the largest counts.
macro_rules! across {
    ($name:ident { $($field:ident),* $(,)? } same { $($same:ident),* $(,)? } most { $($most:ident),* }) => {
        impl<L: $crate::lane::Lane> $crate::lane::Across<L> for $name<f64> {
            type Wide = $name<L>;
            fn spread(&self) -> $name<L> {
                $name {
                    $($field: $crate::lane::Across::<L>::spread(&self.$field),)*
                    $($same: self.$same.clone(),)*
                    $($most: self.$most,)*
                }
            }
            fn put(&self, wide: &mut $name<L>, at: usize) {
                $($crate::lane::Across::<L>::put(&self.$field, &mut wide.$field, at);)*
                $(wide.$most = wide.$most.max(self.$most);)*
            }
            fn take(wide: &$name<L>, at: usize) -> Self {
                $name {
                    $($field: $crate::lane::Across::<L>::take(&wide.$field, at),)*
                    $($same: wide.$same.clone(),)*
                    $($most: wide.$most,)*
                }
            }
            fn lean(wide: &mut $name<L>, from: &Self, to: &Self, weight: f64) {
                $($crate::lane::Across::<L>::lean(&mut wide.$field, &from.$field, &to.$field, weight);)*
            }
            fn alike(&self, other: &Self) -> bool {
                true $(&& $crate::lane::Across::<L>::alike(&self.$field, &other.$field))*
                    $(&& self.$same == other.$same)*
            }
        }
    };
    ($name:ident { $($field:ident),* $(,)? } same { $($same:ident),* $(,)? }) => {
        $crate::lane::across!($name { $($field),* } same { $($same),* } most {});
    };
    ($name:ident { $($field:ident),* $(,)? }) => {
        $crate::lane::across!($name { $($field),* } same {} most {});
    };
}
pub(crate) use across;
