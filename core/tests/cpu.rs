//! The root of processor sharing against plain bisection, from any start, and its slope.

use proptest::prelude::*;
use slackwater_core::clients::population::Population;
use slackwater_core::lane::{Across, Dual, F64x4, Lane, Segment};
use slackwater_core::server::cpu::{Cpu, Load};

/// One class in a step.
#[derive(Clone, Copy, Debug)]
struct Part {
    size_s: f64,
    starts: f64,
    there: f64,
    /// Part of the starts that is there as the step begins.
    at_once: f64,
    /// Requests the step is expected to end, and what each still needs, as a part of its size.
    ending: f64,
    needs: f64,
}

impl Part {
    const fn new(size_s: f64, starts: f64, there: f64) -> Self {
        Self { size_s, starts, there, at_once: 0.0, ending: 0.0, needs: 0.0 }
    }
}

fn load<L: Lane>(cpu: &Cpu<L>, dt_s: L, parts: &[Part], turned: L) -> Load<L>
where
    Population<f64>: Across<L, Wide = Population<L>>,
{
    let mut load = Load::none();
    for part in parts {
        let mut population: Population<L> = Population::empty();
        population.last.rejected = turned;
        let line = &mut population.lines[0];
        (line.ending, line.ending_s) = (L::splat(part.ending), L::splat(part.ending * part.needs * part.size_s));
        let (size_s, starts, there) = (L::splat(part.size_s), L::splat(part.starts), L::splat(part.there));
        load.add(cpu.speed, dt_s, size_s, starts, starts * L::splat(part.at_once), there, &population, L::splat(1e-4));
    }
    load
}

/// What is done beyond what the busy cores do, as the formula has it.
fn excess(cpu: &Cpu<f64>, load: &Load<f64>, dt_s: f64, capacity: f64, speed: f64) -> f64 {
    let present = load.present(speed, dt_s);
    cpu.overhead(present) * present * speed - cpu.sigma(present) * cpu.speed * capacity
}

/// The same root by halving.
fn halved(cpu: &Cpu<f64>, load: &Load<f64>, dt_s: f64, capacity: f64) -> f64 {
    let beyond = |speed: f64| excess(cpu, load, dt_s, capacity, speed);
    if beyond(cpu.speed) <= 0.0 {
        return cpu.speed;
    }
    let (mut low, mut high) = (0.0, cpu.speed);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if beyond(middle) > 0.0 { high = middle } else { low = middle }
    }
    low
}

/// Whether a search that began at a root stayed there. It may move by as much as each is crossed within, if no more than
/// rounding is left between the two sides: with company that makes work they can run nearly alongside.
fn stays(cpu: &Cpu<f64>, load: &Load<f64>, dt_s: f64, capacity: f64, found: f64, again: f64) -> bool {
    let moved = (again - found).abs();
    let left = excess(cpu, load, dt_s, capacity, again).abs();
    let busy = cpu.sigma(load.present(again, dt_s)) * cpu.speed * capacity;
    let within = if cpu.growth > 0.0 { 1e-11 } else { 1e-12 };
    moved <= 1e-13 * found || moved <= within * found && left <= 1e-14 * busy
}

/// Found by chance: a root that moves by 2e-13.
#[test]
fn a_shallow_root_is_as_good_as_rounding_leaves_it() {
    let part = Part {
        ending: 0.040_414_920_067_821_03,
        needs: 0.232_923_333_666_267_97,
        ..Part::new(0.023_043_904_157_664_646, 0.0, 0.0)
    };
    let cpu = Cpu::new(16.468_379_265_844_18, 0.091_068_986_893_710_25);
    let load = load(&cpu, 0.0625, &[part], 9_497.696_378_780_394);
    let root = |from: f64| cpu.share(0.0625, &load, 1.0, from, &mut Segment::none());
    assert!(stays(&cpu, &load, 0.0625, 1.0, root(0.0), root(root(0.0))));
}

/// Found by chance: another, without company that makes work.
#[test]
fn ten_thousand_that_end_leave_a_root_to_rounding() {
    let part = Part {
        ending: 9_964.692_495_265_21,
        needs: 0.691_452_959_288_039_1,
        ..Part::new(0.000_280_626_766_454_391_13, 0.0, 0.0)
    };
    let cpu = Cpu::new(33.240_080_775_204_305, 0.0);
    let load = load(&cpu, 0.0625, &[part], 0.0);
    let root = |from: f64| cpu.share(0.0625, &load, 0.931_273_818_392_002_6, from, &mut Segment::none());
    let found = root(0.0);
    assert!(stays(&cpu, &load, 0.0625, 0.931_273_818_392_002_6, found, root(found)), "{found}, then {}", root(found));
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let decades = |low: f64, high: f64| (low..high).prop_map(|x: f64| 10.0_f64.powf(x));
    let amount = move || prop_oneof![Just(0.0), decades(-6.0, 4.0)];
    let part = (decades(-4.0, 2.0), amount(), amount(), 0.0..1.0_f64, amount(), 0.0..1.0_f64);
    let part = part.prop_map(|(size_s, starts, there, at_once, ending, needs)| Part {
        size_s,
        starts,
        there,
        at_once,
        ending,
        needs,
    });
    prop::collection::vec(part, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_root_is_found_from_anywhere(
        parts in parts(),
        cores in 0.2..64.0_f64,
        growth in prop_oneof![Just(0.0), 0.0..2.0_f64],
        capacity in prop_oneof![Just(1.0), 0.3..3.0_f64],
        dt_s in prop_oneof![Just(1.0), Just(0.0625)],
        turned in prop_oneof![Just(0.0), 0.0..1e4_f64],
        last in 0.0..1.5_f64,
    ) {
        let cpu = Cpu::new(cores, growth);
        let load = load(&cpu, dt_s, &parts, turned);
        let mut near = Segment::none();
        let found = cpu.share(dt_s, &load, capacity, last * cpu.speed, &mut near);
        if growth == 0.0 {
            let wanted = halved(&cpu, &load, dt_s, capacity);
            prop_assert!((found - wanted).abs() <= 1e-12 * wanted, "{found}, by halving {wanted}");
        } else {
            // Company that makes work can have more than one root; each is one.
            let beyond = |speed: f64| excess(&cpu, &load, dt_s, capacity, speed);
            let crossed = beyond(found * (1.0 - 1e-11)) * beyond(found * (1.0 + 1e-11)) <= 0.0;
            prop_assert!(crossed || found == cpu.speed && beyond(found) <= 0.0, "{found} of {}", cpu.speed);
        }
        // A start at the root stays there.
        let again = cpu.share(dt_s, &load, capacity, found, &mut near);
        prop_assert!(stays(&cpu, &load, dt_s, capacity, found, again), "{again} after {found}");
        // Nor does it matter of which server the piece is that was read last.
        for mut near in [near, Segment::none()] {
            let other = Cpu::new(cores + 1.0, growth);
            let kept = other.share(dt_s, &load, capacity, last * other.speed, &mut near);
            let fresh = other.share(dt_s, &load, capacity, last * other.speed, &mut Segment::none());
            prop_assert_eq!(kept.to_bits(), fresh.to_bits());
            let kept = cpu.clone().counted().share(dt_s, &load, capacity, last * cpu.speed, &mut near);
            let fresh = cpu.clone().counted().share(dt_s, &load, capacity, last * cpu.speed, &mut Segment::none());
            prop_assert_eq!(kept.to_bits(), fresh.to_bits());
        }
    }

    #[test]
    fn lanes_find_their_own_root(all in prop::array::uniform4(parts()), last in prop::array::uniform4(0.01..1.0_f64)) {
        // As many classes in each lane.
        let most = all.iter().map(Vec::len).max().unwrap_or(0);
        let none = Part::new(0.1, 0.0, 0.0);
        let all = all.map(|mut parts| { parts.resize(most, none); parts });
        let cpu = Cpu::new(4.0, 0.3);
        let wide_cpu: Cpu<F64x4> = cpu.spread();
        let mut wide = Load::none();
        let [first, second, third, fourth] = &all;
        for (((a, b), c), d) in first.iter().zip(second).zip(third).zip(fourth) {
            let of = |number: fn(&Part) -> f64| F64x4::from([a, b, c, d].map(number));
            let (size_s, starts, there) = (of(|part| part.size_s), of(|part| part.starts), of(|part| part.there));
            let (at_once, ending) = (of(|part| part.starts * part.at_once), of(|part| part.ending));
            let mut population: Population<F64x4> = Population::empty();
            let line = &mut population.lines[0];
            (line.ending, line.ending_s) = (ending, of(|part| part.ending * part.needs * part.size_s));
            wide.add(wide_cpu.speed, F64x4::one(), size_s, starts, at_once, there, &population, F64x4::zero());
        }
        let found = wide_cpu.share(F64x4::one(), &wide, F64x4::one(), F64x4::from(last), &mut Segment::none());
        for lane in 0..4 {
            let alone = cpu.share(1.0, &load(&cpu, 1.0, &all[lane], 0.0), 1.0, last[lane], &mut Segment::none());
            prop_assert_eq!(found.lane(lane).to_bits(), alone.to_bits());
        }
    }

    /// One more round of Newton's rule carries the slope, also where the start was the root already.
    #[test]
    fn the_root_has_its_slope(size_s in 0.02..3.0_f64, starts in 1.0..40.0_f64, there in 1.0..40.0_f64, growth in 0.0..1.0_f64) {
        let cpu = Cpu::new(4.0, growth);
        let part = Part::new(size_s, starts, there);
        let root = |capacity: f64| cpu.share(1.0, &load(&cpu, 1.0, &[part], 0.0), capacity, 0.5, &mut Segment::none());
        let (at, h) = (root(1.0), 1e-6);
        let wide: Cpu<Dual> = cpu.spread();
        let capacity = Dual { value: 1.0, slope: 1.0 };
        let start = Dual { value: at, slope: 7.0 };
        let found = wide.share(Dual::one(), &load(&wide, Dual::one(), &[part], Dual::zero()), capacity, start, &mut Segment::none());
        let (up, down) = ((root(1.0 + h) - at) / h, (at - root(1.0 - h)) / h);
        // At a kink of the table or at full speed the two sides differ; the slope lies between them.
        let (least, most) = (up.min(down), up.max(down));
        let room = 1e-5 * (1.0 + most.abs());
        prop_assert!(found.slope >= least - room && found.slope <= most + room, "{} not {least} to {most}", found.slope);
    }
}

/// CPU-seconds of three kinds of requests, and how many of each start.
const KINDS: [(f64, f64); 3] = [(0.001, 150.0), (0.004, 30.0), (0.12, 9.5)];

/// All of them on a server that serves each at `last` cores.
fn crowd(last: f64, there: f64) -> Load<f64> {
    let mut load = Load::none();
    for (size_s, starts) in KINDS {
        load.add(last, 1.0, size_s, starts, 0.0, 0.0, &Population::empty(), 0.0);
    }
    load.add(last, 1.0, 10.0, 0.0, 0.0, there, &Population::empty(), 0.0);
    load
}

/// Who starts in a step is there for q - q^2 / 2 of it, or half of it from q = 1 on.
fn each_by_itself(speed: f64, there: f64) -> f64 {
    let stays = |size_s: f64| (size_s / speed).min(1.0);
    let parts = KINDS.map(|(size_s, starts)| {
        let q = stays(size_s);
        starts * q * (1.0 - q / 2.0)
    });
    there + parts.iter().sum::<f64>()
}

#[test]
fn what_is_counted_together_is_there_as_long_as_each_by_itself() {
    // On an idle server a list of 0.12 CPU-seconds is short, in a crowd it outlasts the step; where it counts as short and
    // stays for less than a step, nobody sees a difference.
    for (last, speed) in [(1.0, 1.0), (1.0, 0.5), (1.0, 0.13), (0.02, 0.02), (0.02, 0.01), (0.005, 0.02)] {
        let (said, law) = (crowd(last, 30.0).present(speed, 1.0), each_by_itself(speed, 30.0));
        assert!((said - law).abs() < 1e-9, "{last} cores each before, {speed} now: {said} for {law}");
    }
}

#[test]
fn who_was_short_on_an_idle_server_is_there_for_half_the_step_at_most() {
    let mut before = f64::INFINITY;
    for speed in [0.1, 0.05, 0.02, 0.01, 0.001, 1e-6] {
        let load = crowd(1.0, 0.0);
        let (present, work) = (load.present(speed, 1.0), load.present(speed, 1.0) * speed);
        assert!(present <= 189.5 / 2.0 + 1e-9, "{present} there at {speed}");
        assert!(work <= before, "{work} done at {speed}");
        before = work;
    }
}

/// A plain crowd: 36 lists of 0.12 CPU-seconds at a time and 150 short requests a second keep a core busy all the time.
#[test]
fn a_core_with_work_is_busy() {
    let one = Cpu::new(1.0, 0.0);
    let speed = one.share(1.0, &crowd(0.02, 30.0), 1.0, 0.02, &mut Segment::none());
    assert!((0.02..0.03).contains(&speed), "{speed}");
}
