//! The cohort on named cases: eras, wrap-around, queues, rounding in long runs, saved state.

mod cohort_reference;

use cohort_reference::Reference;
use slackwater_core::cohort::{Cohort, RECOUNT, SLOT, slots_for};

fn near(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} for {want:e}, off by {:e}", got - want);
}

/// Numbers in [0, 1) from a linear congruence (Knuth, MMIX), for runs too long for a list of actions.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn a_due_time_between_steps_keeps_its_mean() {
    let mut slots = [0.0; 20 * SLOT];
    for tenths in 10..170 {
        let due = f64::from(tenths) / 10.0;
        let mut cohort = Cohort::new();
        cohort.push(&mut slots, 1.0, due);
        let (mut amount, mut moment) = (0.0, 0.0);
        for step in 1..=20 {
            let left = cohort.expire(&mut slots);
            amount += left;
            moment += left * f64::from(step);
        }
        near(amount, 1.0, 1e-12);
        near(moment, due, 1e-12);
        assert_eq!(cohort.total(), 0.0);
    }
}

#[test]
fn a_ring_is_reused_for_ever() {
    let slots = slots_for(9.0, 1.0);
    let mut ring = vec![0.0; slots];
    let (mut cohort, mut reference) = (Cohort::new(), Reference::new(slots / SLOT));
    let mut random = Random(7);
    for _ in 0..5000 {
        let (amount, due) = (random.next() * 100.0, random.next() * 12.0);
        cohort.push(&mut ring, amount, due);
        reference.push(amount, due);
        cohort.push_even(&mut ring, amount, due / 3.0, due);
        reference.push_even(amount, due / 3.0, due);
        let due = reference.expire();
        reference.near(cohort.expire(&mut ring), due);
        reference.near(cohort.total(), reference.total());
    }
}

#[test]
fn a_queue_with_a_fixed_wait_is_first_in_first_out() {
    let mut slots = vec![0.0; slots_for(15.0, 1.0)];
    let (mut queue, mut reference) = (Cohort::new(), Reference::new(slots.len() / SLOT));
    let mut random = Random(5);
    for _ in 0..5000 {
        near(queue.expire(&mut slots), reference.expire(), 1e-12);
        let (amount, asked) = (random.next(), 1.2 * random.next());
        queue.push(&mut slots, amount, 14.7);
        reference.push(amount, 14.7);
        let ((taken, life), (want, want_life)) = (queue.take(&mut slots, asked), reference.take(asked));
        near(taken, want, 1e-12);
        near(life, want_life, 1e-12);
        near(queue.total(), reference.total(), 1e-12);
    }
}

#[test]
fn what_lies_beyond_the_ring_leaves_with_its_last_slot() {
    let mut slots = [0.0; 8 * SLOT];
    for due in [7.0, 1e9, f64::INFINITY] {
        let mut cohort = Cohort::new();
        cohort.push(&mut slots, 3.0, due);
        let left: Vec<f64> = (0..8).map(|_| cohort.expire(&mut slots)).collect();
        assert_eq!(left, [0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0], "due in {due}");
    }
    let mut cohort = Cohort::new();
    cohort.push_even(&mut slots, 3.0, 1e9, f64::INFINITY);
    let left: f64 = (0..8).map(|_| cohort.expire(&mut slots)).sum();
    assert_eq!((left, cohort.total()), (3.0, 0.0));
}

#[test]
fn rings_too_short_for_anything_stay_safe() {
    for length in 0..3 * SLOT {
        let mut slots = vec![0.0; length];
        let mut cohort = Cohort::new();
        cohort.push(&mut slots, 2.0, 1.0);
        cohort.push_even(&mut slots, 2.0, 1.0, 9.0);
        let mut left = cohort.take(&mut slots, 1.0).0;
        for _ in 0..10 {
            let due = cohort.expire(&mut slots);
            assert!(due >= 0.0, "{due} of {length}");
            left += due;
        }
        assert!(cohort.total() >= 0.0);
        near(left + cohort.total(), 4.0, 1e-12);
        assert!(slots.chunks_exact(SLOT).all(|slot| slot[0] >= 0.0), "{slots:?}");
    }
    // A ring of three slots holds what is due in the next step.
    let mut slots = [0.0; 2 * SLOT];
    let mut cohort = Cohort::new();
    cohort.push(&mut slots, 2.0, 5.0);
    assert_eq!(cohort.expire(&mut slots), 2.0);
}

#[test]
fn lengths_of_rings_do_not_overflow() {
    assert_eq!(slots_for(60.0, 0.5), 124 * SLOT);
    assert_eq!(slots_for(0.0, 1.0), 4 * SLOT);
    assert_eq!(slots_for(f64::NAN, 1.0), 4 * SLOT);
    assert_eq!(slots_for(-5.0, 1.0), 4 * SLOT);
    assert_eq!(slots_for(1.0, 0.0), usize::MAX);
}

#[test]
fn longest_due_time_fits_the_ring_made_for_it() {
    for longest in 1..200 {
        let longest_s = f64::from(longest) / 7.0;
        let mut slots = vec![0.0; slots_for(longest_s, 0.25)];
        let mut cohort = Cohort::new();
        cohort.push(&mut slots, 1.0, longest_s / 0.25 + 1.0);
        let (mut moment, mut steps) = (0.0, 0);
        while cohort.total() > 0.0 && steps < 1000 {
            steps += 1;
            moment += cohort.expire(&mut slots) * f64::from(steps);
        }
        near(moment, (longest_s / 0.25 + 1.0).max(1.0), 1e-12);
    }
}

#[test]
fn clearing_leaves_nothing_behind() {
    let mut slots = [0.0; 12 * SLOT];
    let mut cohort = Cohort::new();
    for round in 1..50 {
        // Of very different sizes: what was cleared must not show in what comes after.
        let (large, small) = (1e9 * f64::from(round), 1e-7 / f64::from(round));
        cohort.push(&mut slots, large, 3.5);
        cohort.push_even(&mut slots, large, 1.0, 9.0);
        cohort.expire(&mut slots);
        let before = cohort.total();
        assert_eq!(cohort.thin(&mut slots, 0.0), before);
        assert_eq!(cohort.total(), 0.0);
        assert_eq!(cohort.take(&mut slots, 1.0), (0.0, 0.0));
        cohort.push(&mut slots, small, 2.5);
        cohort.push_even(&mut slots, small, 1.0, 5.0);
        for want in [0.25, 0.75, 0.75, 0.25] {
            near(cohort.expire(&mut slots), want * small, 1e-12);
        }
        assert_eq!(cohort.expire(&mut slots), 0.0);
        cohort.thin(&mut slots, 0.0);
    }
}

#[test]
fn clearing_twice_and_clearing_nothing_is_clearing() {
    let mut slots = [0.0; 8 * SLOT];
    let mut cohort = Cohort::new();
    assert_eq!(cohort.thin(&mut slots, 0.0), 0.0);
    cohort.push(&mut slots, 4.0, 2.0);
    assert_eq!(cohort.thin(&mut slots, 0.0), 4.0);
    assert_eq!(cohort.thin(&mut slots, 0.0), 0.0);
    let left: f64 = (0..20).map(|_| cohort.expire(&mut slots)).sum();
    assert_eq!((left, cohort.total()), (0.0, 0.0));
}

#[test]
fn thinning_below_the_range_of_numbers_clears() {
    let mut slots = [0.0; 8 * SLOT];
    let mut cohort = Cohort::new();
    cohort.push(&mut slots, 4.0, 3.0);
    let gone: f64 = [1e-140, 1e-200, 1e-200].iter().map(|&factor| cohort.thin(&mut slots, factor)).sum();
    assert_eq!((gone, cohort.total()), (4.0, 0.0));
    cohort.push(&mut slots, 2.0, 3.0);
    let left: Vec<f64> = (0..4).map(|_| cohort.expire(&mut slots)).collect();
    assert_eq!(left, [0.0, 0.0, 2.0, 0.0]);
}

#[test]
fn thinning_a_thousandfold_keeps_the_age_structure() {
    for factor in [0.999_9, 0.5, 1e-3, 1e-40] {
        let mut slots = [0.0; 20 * SLOT];
        let (mut cohort, mut reference) = (Cohort::new(), Reference::new(20));
        let times = if factor > 0.9 { 3000 } else { 300 };
        for round in 0..times {
            let (amount, due) = (1.0 + f64::from(round % 7), f64::from(round % 17));
            cohort.push(&mut slots, amount, due);
            reference.push(amount, due);
            cohort.push_even(&mut slots, amount, 2.0, due + 4.0);
            reference.push_even(amount, 2.0, due + 4.0);
            let gone = reference.thin(factor);
            reference.near(cohort.thin(&mut slots, factor), gone);
            reference.near(cohort.total(), reference.total());
            if round % 3 == 0 {
                let due = reference.expire();
                reference.near(cohort.expire(&mut slots), due);
            }
        }
    }
}

#[test]
fn nothing_happens_to_nobody() {
    let mut slots = [0.0; 8 * SLOT];
    let mut cohort = Cohort::new();
    for _ in 0..3 * RECOUNT {
        cohort.push(&mut slots, 0.0, 2.5);
        cohort.push_even(&mut slots, 0.0, 1.0, 4.0);
        assert_eq!(cohort.take(&mut slots, 1.0), (0.0, 0.0));
        assert_eq!(cohort.thin(&mut slots, 0.5), 0.0);
        assert_eq!(cohort.expire(&mut slots), 0.0);
        assert_eq!(cohort.total(), 0.0);
    }
    cohort.push(&mut slots, 1.0, 2.0);
    assert_eq!(cohort.expire(&mut slots), 0.0);
    assert_eq!(cohort.expire(&mut slots), 1.0);
}

#[test]
fn spreads_pushed_for_a_million_steps_do_not_drift() {
    let mut slots = [0.0; 40 * SLOT];
    let mut cohort = Cohort::new();
    // The same numbers in every step round the same way in every step: the worst case for sums.
    let (amount, from, to) = (0.1, 2.3, 31.7);
    let (mut entered, mut left, mut last) = (0.0, 0.0, 0.0);
    for _ in 0..1_000_000 {
        cohort.push_even(&mut slots, amount, from, to);
        last = cohort.expire(&mut slots);
        assert!(last >= 0.0);
        entered += amount;
        left += last;
    }
    near(last, amount, 1e-12);
    // Whoever was pushed j steps ago is still there with probability (31.7 - 1 - j) / 29.4 at most 1.
    let there: f64 = (0..40).map(|age| ((to - 2.0 - f64::from(age)) / (to - from)).clamp(0.0, 1.0)).sum();
    near(cohort.total(), amount * there, 1e-12);
    near(left + cohort.total(), entered, 1e-9);
    for _ in 0..RECOUNT {
        left += cohort.expire(&mut slots);
    }
    assert_eq!(cohort.total(), 0.0, "nobody is left behind");
    near(left, entered, 1e-9);
}

#[test]
fn a_million_random_steps_balance() {
    let mut slots = [0.0; 70 * SLOT];
    let mut cohort = Cohort::new();
    let mut random = Random(1);
    let (mut entered, mut left) = (0.0, 0.0);
    for _ in 0..1_000_000 {
        let amount = 1e6 * random.next() * random.next().powi(20);
        cohort.push(&mut slots, amount, 66.0 * random.next());
        cohort.push_even(&mut slots, amount, 30.0 * random.next(), 66.0 * random.next());
        let gone = [cohort.expire(&mut slots), cohort.thin(&mut slots, 1.0 - 0.01 * random.next())];
        assert!(gone[0] >= 0.0 && gone[1] >= 0.0 && cohort.total() >= 0.0);
        entered += 2.0 * amount;
        left += gone[0] + gone[1];
    }
    near(left + cohort.total(), entered, 1e-9);
}

#[test]
fn a_crowd_that_has_gone_leaves_no_trace() {
    let mut slots = [0.0; 40 * SLOT];
    let mut cohort = Cohort::new();
    for step in 0..20 {
        cohort.push_even(&mut slots, 1e9 / f64::from(3 + step), 1.3, 33.3);
        cohort.push(&mut slots, 1e9 / 7.0, 30.1);
        cohort.expire(&mut slots);
    }
    for _ in 0..RECOUNT {
        cohort.expire(&mut slots);
    }
    assert_eq!(cohort.total(), 0.0);
    cohort.push(&mut slots, 1e-6, 5.0);
    let left: Vec<f64> = (0..6).map(|_| cohort.expire(&mut slots)).collect();
    assert_eq!(left, [0.0, 0.0, 0.0, 0.0, 1e-6, 0.0]);
}

#[cfg(feature = "serde")]
#[test]
fn a_saved_cohort_goes_on_with_the_same_bits() {
    let mut slots = vec![0.0; 30 * SLOT];
    let mut cohort = Cohort::new();
    let mut random = Random(11);
    let live = |cohort: &mut Cohort<f64>, slots: &mut [f64], random: &mut Random| -> Vec<u64> {
        let mut bits = Vec::new();
        for step in 0..2000 {
            cohort.push(slots, random.next(), 27.0 * random.next());
            cohort.push_even(slots, random.next(), 3.0 * random.next(), 27.0 * random.next());
            let thinned = cohort.thin(slots, if step % 97 == 0 { 0.0 } else { random.next() });
            bits.extend([thinned, cohort.expire(slots), cohort.total()].map(f64::to_bits));
        }
        bits
    };
    live(&mut cohort, &mut slots, &mut random);
    let saved = serde_json::to_string(&(cohort, &slots)).expect("plain numbers");
    let (mut again, mut slots_again): (Cohort<f64>, Vec<f64>) = serde_json::from_str(&saved).expect("what was saved");
    assert_eq!(again, cohort);
    let mut same = Random(random.0);
    let (first, second) = (live(&mut cohort, &mut slots, &mut random), live(&mut again, &mut slots_again, &mut same));
    assert_eq!(first, second);
    assert_eq!(again, cohort);
}
