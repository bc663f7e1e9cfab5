//! The constants in the binary are those that the given recordings give.

use slackwater_study::learn::{Calibration, Constant, LearnError, fit};
use slackwater_study::truth::{Kind, Truth};

fn constants(calibration: &Calibration) -> Vec<(String, Constant)> {
    let value = serde_json::to_value(calibration).unwrap();
    let all = value.as_object().unwrap().iter();
    all.map(|(name, constant)| (name.clone(), serde_json::from_value(constant.clone()).unwrap())).collect()
}

#[test]
fn fitting_again_gives_the_constants_in_the_binary() {
    let fitted = fit(&Truth::built_in().unwrap().runs).unwrap();
    let given = Calibration::given().unwrap();
    for ((name, fitted), (other, given)) in constants(&fitted).into_iter().zip(constants(&given)) {
        assert_eq!((&name, &fitted.source), (&other, &given.source));
        // Rounding only: roots and halvings are not the same to the last digit on every machine.
        for (fitted, given) in [(fitted.value, given.value), (fitted.low, given.low), (fitted.high, given.high)] {
            assert!((fitted - given).abs() <= 1e-6 * given.abs().max(1e-12), "{name}: {fitted}, in the binary {given}");
        }
    }
}

#[test]
fn intervals_hold_their_values_and_sources_are_named() {
    for (name, constant) in constants(&Calibration::given().unwrap()) {
        assert!(constant.low <= constant.value && constant.value <= constant.high, "{name}");
        assert!(!constant.source.is_empty() && constant.value.is_finite(), "{name}");
    }
}

/// Twice the CPU in every cost row, and in nothing else: the law doubles, and the factor of the knee halves.
#[test]
fn a_machine_twice_as_slow_has_twice_the_cost() {
    let mut runs = Truth::built_in().unwrap().runs;
    let given = fit(&runs).unwrap();
    for run in &mut runs {
        if let Kind::Cost(cost) = &mut run.kind {
            for row in &mut cost.rows {
                row.cpu_s *= 2.0;
            }
        }
    }
    let slow = fit(&runs).unwrap();
    let ratio = |a: &Constant, b: &Constant| a.value / b.value;
    // Ticks weigh less against twice the CPU, so the doubling is not exact.
    for (a, b) in [(&slow.json_byte_s, &given.json_byte_s), (&slow.protobuf_byte_s, &given.protobuf_byte_s)] {
        assert!((ratio(a, b) - 2.0).abs() < 0.05, "{}", ratio(a, b));
    }
    assert!((ratio(&slow.quota_factor, &given.quota_factor) - 0.5).abs() < 0.05);
}

#[test]
fn runs_that_say_too_little_are_refused() {
    let all = Truth::built_in().unwrap().runs;
    for kind in ["cost", "knee", "herd", "storm"] {
        let without: Vec<_> = all
            .iter()
            .filter(|run| {
                !matches!(
                    (&run.kind, kind),
                    (Kind::Cost(_), "cost")
                        | (Kind::Knee(_), "knee")
                        | (Kind::Herd(_), "herd")
                        | (Kind::Storm(_), "storm")
                )
            })
            .cloned()
            .collect();
        let fitted = fit(&without);
        if kind == "storm" {
            assert!(fitted.is_ok(), "without storms the knee alone tells how cost grows in company");
        } else {
            assert!(matches!(fitted, Err(LearnError::TooFew { .. })), "{kind}: {fitted:?}");
        }
    }
}
