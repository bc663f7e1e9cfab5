//! The cohort against plain convolution, on random histories.

mod cohort_reference;

use cohort_reference::Reference;
use proptest::prelude::*;
use slackwater_core::cohort::{Cohort, SLOT};

#[derive(Clone, Debug)]
enum Action {
    Push { amount: f64, due: f64 },
    Even { amount: f64, from: f64, width: f64 },
    Expire { times: usize },
    Thin { factor: f64, times: usize },
    Take { share: f64 },
}

fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 4 => 1e-3..1e4]
}

fn due() -> impl Strategy<Value = f64> {
    prop_oneof![2 => 0.0..60.0_f64, 1 => (0_u8..60).prop_map(f64::from), 1 => 0.0..1e6_f64]
}

fn push() -> impl Strategy<Value = Action> {
    (amount(), due()).prop_map(|(amount, due)| Action::Push { amount, due })
}

fn even() -> impl Strategy<Value = Action> {
    let width = prop_oneof![0.0..3.0_f64, 0.0..60.0_f64, 0.0..1e6_f64];
    (amount(), due(), width).prop_map(|(amount, from, width)| Action::Even { amount, from, width })
}

fn expire() -> impl Strategy<Value = Action> {
    prop_oneof![4 => Just(1), 1 => 2..100_usize].prop_map(|times| Action::Expire { times })
}

fn thin() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => (0.0..=1.0_f64, Just(1)),
        1 => (Just(0.0), Just(1)),
        1 => (Just(1.0), Just(1)),
        1 => (0.5..1.0_f64, 1..2000_usize),
        1 => (1e-9..1e-3_f64, 1..60_usize),
    ]
    .prop_map(|(factor, times)| Action::Thin { factor, times })
}

fn take() -> impl Strategy<Value = Action> {
    prop_oneof![3 => 0.0..1.0_f64, 1 => Just(1.0), 1 => Just(2.0)].prop_map(|share| Action::Take { share })
}

/// A cohort and its reference, with the books of both.
struct Pair {
    slots: Vec<f64>,
    cohort: Cohort<f64>,
    reference: Reference,
    entered: f64,
    left: f64,
}

impl Pair {
    fn new(slots: usize) -> Self {
        let (cohort, reference) = (Cohort::new(), Reference::new(slots));
        Self { slots: vec![0.0; slots * SLOT], cohort, reference, entered: 0.0, left: 0.0 }
    }

    fn run(&mut self, action: &Action) -> Result<(), TestCaseError> {
        let Self { slots, cohort, reference, .. } = self;
        match *action {
            Action::Push { amount, due } => {
                cohort.push(slots, amount, due);
                reference.push(amount, due);
                self.entered += amount;
            }
            Action::Even { amount, from, width } => {
                cohort.push_even(slots, amount, from, from + width);
                reference.push_even(amount, from, from + width);
                self.entered += amount;
            }
            Action::Expire { times } => {
                for _ in 0..times {
                    let announced = self.cohort.due(&self.slots);
                    let (got, want) = (self.cohort.expire(&mut self.slots), self.reference.expire());
                    prop_assert_eq!(announced.to_bits(), got.to_bits());
                    self.left += got;
                    self.reference.near(got, want);
                }
            }
            Action::Thin { factor, times } => {
                let (mut got, mut want) = (0.0, 0.0);
                for _ in 0..times {
                    got += cohort.thin(slots, factor);
                    want += reference.thin(factor);
                }
                self.left += got;
                self.reference.near(got, want);
            }
            Action::Take { share } => {
                let asked = share * reference.total();
                let ((got, life), (want, want_life)) = (cohort.take(slots, asked), reference.take(asked));
                self.left += got;
                self.reference.near(got, want);
                // The mean of few out of many carries the rounding of the many.
                let bound = 1e-12 * (want_life + 60.0 * self.reference.peak / want.max(1e-300));
                prop_assert!((life - want_life).abs() <= bound, "life {} for {}", life, want_life);
            }
        }
        self.reference.near(self.cohort.total(), self.reference.total());
        let booked = self.left + self.cohort.total();
        prop_assert!((booked - self.entered).abs() <= 1e-12 * self.entered, "{} of {}", booked, self.entered);
        Ok(())
    }
}

proptest! {
    #[test]
    fn equals_plain_convolution(
        slots in 3..64_usize,
        actions in prop::collection::vec(prop_oneof![3 => push(), 3 => even(), 4 => expire(), 1 => thin()], 1..80),
    ) {
        let mut pair = Pair::new(slots);
        for action in &actions {
            pair.run(action)?;
        }
    }

    #[test]
    fn takes_from_the_oldest(
        slots in 3..64_usize,
        actions in prop::collection::vec(prop_oneof![4 => push(), 4 => expire(), 1 => thin(), 4 => take()], 1..80),
    ) {
        let mut pair = Pair::new(slots);
        for action in &actions {
            pair.run(action)?;
        }
    }

    /// Nothing but points and time: every single flow is then right to 1e-12 of itself, however small.
    #[test]
    fn small_flows_after_large_ones_keep_their_digits(
        pushes in prop::collection::vec((-9..9_i32, 0.0..40.0_f64), 1..60),
    ) {
        let mut slots = [0.0; 48 * SLOT];
        let (mut cohort, mut reference) = (Cohort::new(), Reference::new(48));
        for (power, due) in pushes {
            cohort.push(&mut slots, 10.0_f64.powi(power), due);
            reference.push(10.0_f64.powi(power), due);
            let (got, want) = (cohort.expire(&mut slots), reference.expire());
            prop_assert!((got - want).abs() <= 1e-12 * want, "{} for {}", got, want);
        }
    }

    /// Taking from a spread is outside the contract. It must still be harmless.
    #[test]
    fn any_order_of_calls_is_safe(
        slots in 0..40_usize,
        actions in prop::collection::vec(prop_oneof![push(), even(), expire(), thin(), take()], 1..120),
    ) {
        let mut ring = vec![0.0; slots * SLOT];
        let mut cohort = Cohort::new();
        let (mut entered, mut left) = (0.0, 0.0);
        for action in actions {
            match action {
                Action::Push { amount, due } => {
                    cohort.push(&mut ring, amount, due);
                    entered += amount;
                }
                Action::Even { amount, from, width } => {
                    cohort.push_even(&mut ring, amount, from, from + width);
                    entered += amount;
                }
                Action::Expire { times } => {
                    for _ in 0..times {
                        let due = cohort.expire(&mut ring);
                        prop_assert!(due >= 0.0, "{} expired", due);
                        left += due;
                    }
                }
                Action::Thin { factor, times } => {
                    for _ in 0..times {
                        let gone = cohort.thin(&mut ring, factor);
                        prop_assert!(gone >= 0.0, "{} thinned", gone);
                        left += gone;
                    }
                }
                Action::Take { share } => {
                    let asked = share * cohort.total();
                    let (taken, life) = cohort.take(&mut ring, asked);
                    prop_assert!((0.0..=asked).contains(&taken), "{} taken of {}", taken, asked);
                    prop_assert!((0.0..=slots as f64).contains(&life), "life {}", life);
                    left += taken;
                }
            }
            prop_assert!(cohort.total() >= 0.0, "total {}", cohort.total());
        }
        prop_assert!((left + cohort.total() - entered).abs() <= 1e-12 * entered, "{} of {}", left, entered);
    }
}
