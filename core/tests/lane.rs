//! The `f64` lane against plain operators, and at the edges of its domain.

use proptest::prelude::*;
use slackwater_core::clients::clock::Place;
use slackwater_core::lane::Lane;
use slackwater_core::lane::{F64x4, F64x8, F64x16, Segment};

proptest! {
    #[test]
    fn is_plain_arithmetic(a in -1e9..1e9_f64, b in -1e9..1e9_f64) {
        prop_assert_eq!(Lane::min(a, b), a.min(b));
        prop_assert_eq!(Lane::max(a, b), a.max(b));
        prop_assert_eq!(Lane::sqrt(a.abs()), a.abs().sqrt());
        prop_assert_eq!(Lane::floor(a.abs()), a.abs().floor());
        prop_assert_eq!(Lane::ge(a, b) != 0.0, a >= b);
        prop_assert_eq!(Lane::gt(a, b) != 0.0, a > b);
        prop_assert_eq!(f64::pick(a.gt(b), a, b), if a > b { a } else { b });
        let (low, high) = (a.min(b), a.max(b));
        prop_assert_eq!(0.5.within(low, high), 0.5_f64.clamp(low, high));
    }

    #[test]
    fn over_is_division_by_what_is_positive(a in -1e9..1e9_f64, b in -1e9..1e9_f64, otherwise in -9.0..9.0_f64) {
        let want = if b > 0.0 { a / b } else { otherwise };
        prop_assert_eq!(a.over(b, otherwise).to_bits(), want.to_bits());
    }

    #[test]
    fn interpolates_between_entries(table in prop::collection::vec(-9.0..9.0_f64, 2..20), position in 0.0..1.0_f64) {
        let position = position * (table.len() - 1) as f64;
        let at = (position as usize).min(table.len() - 2);
        let share = position - at as f64;
        let want = table[at] * (1.0 - share) + table[at + 1] * share;
        prop_assert!((f64::interpolate(&table, position) - want).abs() <= 1e-14 * 9.0);
    }
}

#[test]
fn equal_numbers_are_at_least_but_not_more() {
    assert_eq!((Lane::ge(2.0, 2.0), Lane::gt(2.0, 2.0)), (1.0, 0.0));
    assert_eq!((Lane::ge(0.0, -0.0), Lane::gt(0.0, -0.0)), (1.0, 0.0));
    assert_eq!((Lane::ge(f64::NAN, 1.0), Lane::gt(1.0, f64::NAN)), (0.0, 0.0));
}

#[test]
fn over_never_divides_by_nothing() {
    for nothing in [0.0, -0.0, -1.0, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!(3.0.over(nothing, 7.0), 7.0, "over {nothing}");
        assert_eq!(f64::NAN.over(nothing, 7.0), 7.0, "over {nothing}");
    }
    assert_eq!(3.0.over(f64::INFINITY, 7.0), 0.0);
    assert_eq!(3.0.over(f64::MIN_POSITIVE, 7.0), 3.0 / f64::MIN_POSITIVE);
    assert_eq!(0.0.over(1e-300, 7.0), 0.0);
}

#[test]
fn pick_keeps_the_other_arm_out() {
    for other in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(f64::pick(1.0, 2.0, other), 2.0);
        assert_eq!(f64::pick(0.0, other, 2.0), 2.0);
    }
    assert!(f64::any(1.0) && !f64::any(0.0));
}

#[test]
fn interpolation_hits_its_entries_and_goes_on_straight_beyond_the_last() {
    let table = [1.0, 2.0, 6.0];
    for (position, want) in [(0.0, 1.0), (0.5, 1.5), (1.0, 2.0), (1.75, 5.0), (2.0, 6.0), (3.0, 10.0)] {
        assert_eq!(f64::interpolate(&table, position), want, "at {position}");
    }
    assert_eq!(f64::interpolate(&[], 1.0), 0.0);
}

#[test]
fn memory_ends_where_it_ends() {
    let mut memory = [1.0, 2.0, 3.0];
    assert_eq!([0.0, 2.0].map(|slot| f64::gather(&memory, slot)), [1.0, 3.0]);
    for slot in [3.0, 1e300, f64::INFINITY] {
        assert_eq!(f64::gather(&memory, slot), 0.0, "slot {slot}");
        f64::scatter_add(&mut memory, slot, 9.0);
        assert_eq!(memory, [1.0, 2.0, 3.0], "slot {slot}");
    }
    f64::scatter_add(&mut memory, 1.0, 0.5);
    assert_eq!(memory, [1.0, 2.5, 3.0]);
    assert_eq!(f64::gather(&[], 0.0), 0.0);
}

#[test]
fn one_lane_has_one_number() {
    let mut x = 4.0;
    assert_eq!((f64::LANES, x.lane(0), x.lane(5)), (1, 4.0, 4.0));
    x.set_lane(0, 5.0);
    assert_eq!((x, f64::splat(2.0), f64::zero(), f64::one()), (5.0, 2.0, 0.0, 1.0));
}

/// Every way into memory at a width, lane by lane against one lane alone.
fn memory_of<L: Lane>() {
    let cell = |row: usize, lane: usize| (row * 31 + lane * 7) as f64 * 0.25;
    let wide = |x: &dyn Fn(usize) -> f64| {
        let mut all = L::zero();
        (0..L::LANES).for_each(|lane| all.set_lane(lane, x(lane)));
        all
    };
    let memory: Vec<L> = (0..16).map(|row| wide(&|lane| cell(row, lane))).collect();
    let alone = |lane: usize| -> Vec<f64> { (0..16).map(|row| cell(row, lane)).collect() };
    // All lanes at one place, then each at its own.
    for spread in [0, 1, 5] {
        let at = |lane: usize| (3 + lane * spread) as f64;
        let slot = wide(&at);
        let amount = wide(&|lane| lane as f64 + 0.5);
        let flag = wide(&|lane| (lane % 2) as f64);
        let (mut added, mut put, mut ring) = (memory.clone(), memory.clone(), memory.clone());
        L::scatter_add(&mut added, slot, amount);
        L::put_row(&mut put, slot, [amount, slot], flag);
        Place::of(slot).put(&mut ring, amount, flag);
        L::put_ring(&mut ring, slot + L::one(), slot, flag);
        let mut near = Segment::none();
        for lane in 0..L::LANES {
            let (at, some, flag) = (at(lane), lane as f64 + 0.5, (lane % 2) as f64);
            let one = alone(lane);
            assert_eq!(L::gather(&memory, slot).lane(lane), f64::gather(&one, at));
            let [first, second] = L::gather_row(&memory, slot);
            assert_eq!([first.lane(lane), second.lane(lane)], f64::gather_row(&one, at));
            assert_eq!(L::gather_ring(&memory, slot).lane(lane), f64::gather_ring(&one, at));
            let (pair, pair_ring) = (L::pair(&memory, slot), L::pair_ring(&memory, slot));
            assert_eq!((pair.0.lane(lane), pair.1.lane(lane)), f64::pair(&one, at));
            assert_eq!((pair_ring.0.lane(lane), pair_ring.1.lane(lane)), f64::pair_ring(&one, at));
            let place = slot * L::splat(0.37);
            let value = L::interpolate(&memory, place).lane(lane);
            assert_eq!(value.to_bits(), f64::interpolate(&one, at * 0.37).to_bits());
            assert_eq!(near.value(&memory, place).lane(lane).to_bits(), value.to_bits());
            let (mut one_added, mut one_put, mut one_ring) = (one.clone(), one.clone(), one);
            f64::scatter_add(&mut one_added, at, some);
            f64::put_row(&mut one_put, at, [some, at], flag);
            Place::of(at).put(&mut one_ring, some, flag);
            f64::put_ring(&mut one_ring, at + 1.0, at, flag);
            for (many, one) in [(&added, one_added), (&put, one_put), (&ring, one_ring)] {
                assert_eq!(many.iter().map(|cell| cell.lane(lane)).collect::<Vec<_>>(), one, "lane {lane} by {spread}");
            }
        }
    }
}

#[test]
fn memory_is_the_same_at_every_width() {
    memory_of::<f64>();
    memory_of::<F64x4>();
    memory_of::<F64x8>();
    memory_of::<F64x16>();
}
