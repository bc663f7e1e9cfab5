//! The `f64` lane against plain operators, and at the edges of its domain.

use proptest::prelude::*;
use slackwater_core::lane::Lane;

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
