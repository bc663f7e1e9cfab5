//! Which machine code steps a side: chosen at run time, the same bits from each.

use slackwater_core::lane::{Across, F64x4, F64x8, F64x16, Lane};
use slackwater_core::system::levels::Shortage;
use slackwater_core::system::observe::Totals;
use slackwater_core::system::parts::Parts;
use slackwater_core::system::room::Room;
use slackwater_core::system::scenario::Scenario;
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::{step, step_inlined};

/// A lane type with a kernel for the registers at hand.
///
/// ```
/// use slackwater_core::lane::F64x4;
/// use slackwater_study::lanes::Stepped;
/// assert!(["avx2", "avx512", "portable"].contains(&F64x4::kernel()));
/// ```
pub trait Stepped: Lane {
    /// One step, as [`slackwater_core::system::step::step`]; `room` is lent to it, whatever is in there. Where `parts`, those
    /// that the scenario [uses](Parts::of), are the fewest, a kernel without the others takes it: the same bits, sooner.
    fn step(
        scenario: &Scenario<Self>,
        layout: &Layout,
        state: &mut State<Self>,
        storage: &mut [Self],
        room: &mut Room<Self>,
        parts: Parts,
    ) -> Totals<Self>;
    /// Name of the instruction set this machine's kernel is compiled for.
    fn kernel() -> &'static str;
}

/// Widths a search can run at. Every width gives the same answers on every machine; one the machine has no registers for is
/// slow.
///
/// ```
/// use slackwater_study::lanes::Wide;
/// assert_eq!(Wide::Four.lanes(), 4);
/// assert!(Wide::best().lanes() >= 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    /// One scenario at a time.
    One,
    /// Four.
    Four,
    /// Eight.
    Eight,
    /// Sixteen.
    Sixteen,
}

impl Wide {
    /// Scenarios at once.
    pub fn lanes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Four => 4,
            Self::Eight => 8,
            Self::Sixteen => 16,
        }
    }

    /// The widest that pays on this machine.
    pub fn best() -> Self {
        match (F64x8::kernel(), F64x4::kernel()) {
            ("avx512", _) => Self::Eight,
            (_, "avx2") => Self::Four,
            _ => Self::One,
        }
    }
}

impl Stepped for f64 {
    fn step(
        scenario: &Scenario<f64>,
        layout: &Layout,
        state: &mut State<f64>,
        storage: &mut [f64],
        _room: &mut Room<f64>,
        _parts: Parts,
    ) -> Totals<f64> {
        step(scenario, layout, state, storage)
    }
    fn kernel() -> &'static str {
        "portable"
    }
}

type Kernel<L> = unsafe fn(&Scenario<L>, &Layout, &mut State<L>, &mut [L], &mut Room<L>) -> Totals<L>;

/// Calls a kernel that this machine was found to have.
#[allow(unsafe_code, reason = "the one call into code compiled for registers that not every machine has")]
fn call<L: Lane>(
    kernel: Kernel<L>,
    scenario: &Scenario<L>,
    layout: &Layout,
    state: &mut State<L>,
    storage: &mut [L],
    room: &mut Room<L>,
) -> Totals<L> {
    // SAFETY: `four`, `eight` and `sixteen` hand out a kernel only after the processor was asked for the features it is
    // compiled for.
    unsafe { kernel(scenario, layout, state, storage, room) }
}

/// One lane after the other, on a machine without the registers for it: slower than one scenario at a time, and never what
/// [`Wide::best`] picks.
fn one_by_one<L: Lane>(scenario: &Scenario<L>, layout: &Layout, state: &mut State<L>, storage: &mut [L]) -> Totals<L> {
    let mut step_of = |lane: usize| {
        let mut own: State<f64> = State::take(state, lane);
        let mut cells: Vec<f64> = storage.iter().map(|cell| cell.lane(lane)).collect();
        let totals = step(&Scenario::take(scenario, lane), layout, &mut own, &mut cells);
        own.put(state, lane);
        for (cell, x) in storage.iter_mut().zip(cells) {
            cell.set_lane(lane, x);
        }
        totals
    };
    let mut all = step_of(0).spread();
    (1..L::LANES).for_each(|lane| step_of(lane).put(&mut all, lane));
    all
}

macro_rules! kernels {
    ($lane:ty, $portable:ident, $($name:literal $kernel:ident $features:literal [$($feature:tt)*]),*) => {
        $(
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = $features)]
            fn $kernel<const FEWEST: bool>(
                scenario: &Scenario<$lane>,
                layout: &Layout,
                state: &mut State<$lane>,
                storage: &mut [$lane],
                room: &mut Room<$lane>,
            ) -> Totals<$lane> {
                #[target_feature(enable = $features)]
                #[inline(never)]
                fn settle(shortage: Shortage<'_, $lane>) {
                    shortage.settle();
                }
                let parts = if FEWEST { Parts::FEWEST } else { Parts::ALL };
                step_inlined(scenario, layout, state, storage, room, |shortage| settle(shortage), parts)
            }
        )*

        /// The best kernel of this machine; none if the portable one is.
        fn $portable(parts: Parts) -> Option<(&'static str, Kernel<$lane>)> {
            $(
                #[cfg(target_arch = "x86_64")]
                if $(is_x86_feature_detected!($feature))&&* {
                    return Some(($name, if parts == Parts::FEWEST { $kernel::<true> } else { $kernel::<false> }));
                }
            )*
            None
        }

        impl Stepped for $lane {
            fn step(
                scenario: &Scenario<Self>,
                layout: &Layout,
                state: &mut State<Self>,
                storage: &mut [Self],
                room: &mut Room<Self>,
                parts: Parts,
            ) -> Totals<Self> {
                match $portable(parts) {
                    Some((_, kernel)) => call(kernel, scenario, layout, state, storage, room),
                    None => one_by_one(scenario, layout, state, storage),
                }
            }
            fn kernel() -> &'static str {
                $portable(Parts::ALL).map_or("portable", |(name, _)| name)
            }
        }
    };
}

kernels!(F64x4, four, "avx2" four_avx2 "avx2" ["avx2"]);
kernels!(F64x8, eight, "avx512" eight_avx512 "avx512f,avx512dq,avx512vl" ["avx512f" "avx512dq" "avx512vl"]);
// Twice a register pays only where registers are many.
kernels!(F64x16, sixteen, "avx512" sixteen_avx512 "avx512f,avx512dq,avx512vl" ["avx512f" "avx512dq" "avx512vl"]);

#[cfg(test)]
mod tests {
    use super::*;
    use slackwater_core::system::scenario::Class;

    #[test]
    fn lanes_one_by_one_have_the_bits_of_lanes_together() {
        let mut scenario = Scenario::idle(1.0, 300.0, 4.0);
        scenario.classes.extend([Class::poll(1.0, 30.0, 0.2)]);
        let layout = Layout::of(&scenario);
        let mut cells = vec![0.0; layout.length];
        let mut one: Box<State<F64x4>> = Box::new(State::new(&scenario, &layout, &mut cells).spread());
        let mut wide: Scenario<F64x4> = scenario.spread();
        wide.nodes = F64x4::from([100.0, 300.0, 600.0, 900.0]);
        let mut one_storage: Vec<F64x4> = cells.iter().map(|x| F64x4::splat(*x)).collect();
        let (mut all, mut all_storage, mut room) = (one.clone(), one_storage.clone(), Box::new(Room::new()));
        for _ in 0..200 {
            let apart = one_by_one(&wide, &layout, &mut one, &mut one_storage);
            let parts = Parts::of(&wide);
            let together = F64x4::step(&wide, &layout, &mut all, &mut all_storage, &mut room, parts);
            assert_eq!((apart.used_s, apart.asked_s), (together.used_s, together.asked_s));
        }
        assert_eq!(one_storage, all_storage);
    }
}
