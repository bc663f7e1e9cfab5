//! What asks for the CPU of one API server in a step.

use crate::clients::population::Population;
use crate::lane::Lane;

/// Seconds for a CPU-second on a server that stands still: large, and far from what a number can hold.
const ALMOST_NEVER: f64 = 1e200;

/// What runs in one step.
///
/// Requests that one step ends several times over are counted together, all others class by class.
///
/// ```
/// use slackwater_core::server::cpu::Load;
/// assert_eq!(Load::none().present(1.0, 1.0), 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct Load<L> {
    /// Requests that the step finds in service and does not end.
    steady: L,
    /// Those it is expected to end, and the CPU-seconds they still have to get.
    ending: L,
    ending_s: L,
    /// Requests that wait for seats.
    pub(super) waiting: L,
    /// Requests much shorter than a step: how many start, their CPU-seconds, and the squares of these.
    short: L,
    short_s: L,
    short_s2: L,
    /// Others that start: how many, half of those who do not start at once, and the CPU-seconds of one.
    others: heapless::Vec<(L, L, L), 24>,
}

impl<L: Lane> Load<L> {
    /// Nothing runs.
    ///
    /// ```
    /// use slackwater_core::lane::Segment;
    /// use slackwater_core::server::cpu::{Cpu, Load};
    /// // Nobody there: the next request gets a whole core.
    /// assert_eq!(Cpu::new(4.0, 0.0).share(1.0, &Load::none(), 1.0, 1.0, &mut Segment::none()), 1.0);
    /// ```
    #[inline(always)]
    pub fn none() -> Self {
        let zero = L::zero();
        Self {
            steady: zero,
            ending: zero,
            ending_s: zero,
            waiting: zero,
            short: zero,
            short_s: zero,
            short_s2: zero,
            others: heapless::Vec::new(),
        }
    }

    /// Adds a class: `starts` requests of `size_s` CPU-seconds, `at_once` of them as the step begins and the others at any
    /// moment of it, on top of `there` that the step does not end and of those of `population` that it is expected to end;
    /// what it rejected in this step costs `reject_s` CPU-seconds each. Whether that is short is told by `last`, the speed of
    /// the step before: on a crowded server nothing may be.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::server::cpu::Load;
    /// let mut load = Load::none();
    /// load.add(1.0, 1.0, 30.0, 2.0, 0.0, 7.0, &Population::empty(), 0.0);
    /// // Who starts is there for half the step on average.
    /// assert_eq!(load.present(1.0, 1.0), 8.0);
    /// ```
    #[inline(always)]
    pub fn add(
        &mut self,
        last: L,
        dt_s: L,
        size_s: L,
        starts: L,
        at_once: L,
        there: L,
        population: &Population<L>,
        reject_s: L,
    ) {
        self.waiting += population.waiting();
        self.steady += there;
        self.ending += population.ending();
        self.ending_s += population.ending_s();
        let rejected_s = population.last.rejected * reject_s;
        self.short += population.last.rejected;
        self.short_s += rejected_s;
        self.short_s2 += rejected_s * reject_s;
        // Each lane books a class where its own size belongs; none of it adds nothing to the other sum.
        let room = L::splat(f64::from(u8::from(!self.others.is_full())));
        let long = size_s.ge(last * dt_s * L::splat(0.25)) * room;
        if L::any(long) {
            let half = (starts - at_once) * L::splat(0.5);
            let _ = self.others.push((L::pick(long, starts, L::zero()), L::pick(long, half, L::zero()), size_s));
        }
        let short = L::pick(long, L::zero(), starts);
        let short_s = short * size_s;
        self.short += short;
        self.short_s += short_s;
        self.short_s2 += short_s * size_s;
    }

    /// Requests in service on average over the step if each is served at `speed`.
    ///
    /// # Formula
    /// The clock V moves on by a = speed dt. Who needs r when the step begins is there for min(r, a) / a of it; who needs
    /// less than a step by its end needs anything up to twice the mean r. Who starts in the step, at any moment of it, is
    /// there for q - q^2 / 2 of it with q = size / a, or for half of it where q >= 1. Times a this is the work done, so
    /// what all classes get is what the cores give.
    ///
    /// ```
    /// use slackwater_core::clients::population::Population;
    /// use slackwater_core::server::cpu::Load;
    /// let mut load = Load::none();
    /// load.add(1.0, 1.0, 0.01, 50.0, 0.0, 0.0, &Population::empty(), 0.0);
    /// // Little's law: 50 a second, each there for 0.01 s, less what the last of them get in the next step.
    /// assert!((load.present(1.0, 1.0) - (0.5 - 50.0 * 0.01 * 0.01 / 2.0)).abs() < 1e-12);
    /// ```
    #[inline(always)]
    pub fn present(&self, speed: L, dt_s: L) -> L {
        // A server that stands still keeps everybody.
        self.present_near(L::one().over(speed, L::splat(ALMOST_NEVER)), dt_s, self.has()).0
    }

    /// What of it there is in any lane.
    #[inline(always)]
    pub(super) fn has(&self) -> Has {
        Has { ending: L::any(self.ending), short: L::any(self.short) }
    }

    /// [`Load::present`], and how many fewer are there for each unit of speed more.
    #[inline(always)]
    pub(super) fn present_near(&self, each_s: L, dt_s: L, has: Has) -> (L, L) {
        let (zero, one, half) = (L::zero(), L::one(), L::splat(0.5));
        let (mut present, mut passing) = (self.steady, zero);
        let a_step = each_s.per(dt_s);
        if has.ending {
            let need = self.ending_s * a_step;
            let rest = self.ending * self.ending.over(need, zero) * L::splat(0.25);
            let through = self.ending.ge(need + need);
            present += L::pick(through, need, self.ending - rest);
            passing += L::pick(through, need, rest);
        }
        if has.short {
            // Should the speed have fallen so far that some of them stay, nobody is there for more than half of the step.
            let (stays, late) = (self.short_s * a_step, self.short_s2 * a_step * a_step);
            let (most, through) = (half * self.short, stays.ge(late));
            let there = L::pick(through, stays - half * late, half * stays);
            present += there.min(most);
            passing += L::pick(through, stays - late, half * stays * most.gt(there));
        }
        for &(starts, late, size_s) in &self.others {
            let stays = (size_s * a_step).min(one);
            present += stays * (starts - late * stays);
            passing += L::pick(one.gt(stays), stays * (starts - (late + late) * stays), zero);
        }
        (present, passing * each_s)
    }
}

/// Whether a load has any that end, and any that are short, in any lane.
#[derive(Clone, Copy)]
pub(super) struct Has {
    ending: bool,
    short: bool,
}
