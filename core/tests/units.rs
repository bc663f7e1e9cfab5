//! The unit types: what they accept, what they print, and which operators exist at all.

use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};

use proptest::prelude::*;
use slackwater_core::units::{Bytes, Cores, CpuSeconds, Fraction, PerSecond, Seats, Seconds, UnitError, Utilisation};

type Constructor = fn(f64) -> Result<f64, UnitError>;

fn quantity(unit: &str) -> (Constructor, f64) {
    match unit {
        "Seconds" => (|v| Seconds::new(v).map(f64::from), f64::MAX),
        "PerSecond" => (|v| PerSecond::new(v).map(f64::from), f64::MAX),
        "CpuSeconds" => (|v| CpuSeconds::new(v).map(f64::from), f64::MAX),
        "Cores" => (|v| Cores::new(v).map(f64::from), f64::MAX),
        "Bytes" => (|v| Bytes::new(v).map(f64::from), f64::MAX),
        "Seats" => (|v| Seats::new(v).map(f64::from), f64::MAX),
        "Utilisation" => (|v| Utilisation::new(v).map(f64::from), f64::MAX),
        "Fraction" => (|v| Fraction::new(v).map(f64::from), 1.0),
        other => panic!("no such unit: {other}"),
    }
}

const ALL: [&str; 8] = ["Seconds", "PerSecond", "CpuSeconds", "Cores", "Bytes", "Seats", "Fraction", "Utilisation"];

#[test]
fn constructors_accept_exactly_their_range() {
    for unit in ALL {
        let (new, max) = quantity(unit);
        for good in [0.0, f64::from_bits(1), 0.5, 1.0, max] {
            assert_eq!(new(good), Ok(good), "{unit}");
        }
        for bad in [-f64::from_bits(1), -1.0, f64::MIN] {
            let error = UnitError::OutOfRange { quantity: unit, value: bad, min: 0.0, max };
            assert_eq!(new(bad), Err(error), "{unit}");
        }
        for infinite in [f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(new(infinite), Err(UnitError::NotFinite { quantity: unit, value: infinite }));
        }
        assert!(
            matches!(new(f64::NAN), Err(UnitError::NotFinite { quantity, value }) if quantity == unit && value.is_nan())
        );
    }
    let above = 1.0 + f64::EPSILON;
    assert_eq!(
        Fraction::new(above),
        Err(UnitError::OutOfRange { quantity: "Fraction", value: above, min: 0.0, max: 1.0 })
    );
}

#[test]
fn minus_zero_becomes_zero() {
    for unit in ALL {
        let value = quantity(unit).0(-0.0).expect("-0 is not negative");
        assert_eq!(value.to_bits(), 0.0_f64.to_bits(), "{unit}");
    }
}

#[test]
fn errors_say_name_range_and_number() {
    let text = |unit: &str, value: f64| quantity(unit).0(value).expect_err("outside").to_string();
    assert_eq!(text("Seconds", -1.5), "Seconds must be at least 0, got -1.5");
    assert_eq!(text("Fraction", 2.0), "Fraction must be between 0 and 1, got 2");
    assert_eq!(text("Bytes", f64::NAN), "Bytes must be a finite number, got NaN");
    assert_eq!(text("Cores", f64::INFINITY), "Cores must be a finite number, got inf");
}

#[test]
fn display_carries_the_unit() {
    assert_eq!(Seconds::whole(30).to_string(), "30 s");
    assert_eq!(PerSecond::whole(50).to_string(), "50 /s");
    assert_eq!(CpuSeconds::new(0.25).unwrap().to_string(), "0.25 CPU-s");
    assert_eq!(Cores::whole(1).to_string(), "1 core");
    assert_eq!(Cores::whole(4).to_string(), "4 cores");
    assert_eq!(Bytes::whole(1_048_576).to_string(), "1048576 B");
    assert_eq!(Seats::whole(1).to_string(), "1 seat");
    assert_eq!(Seats::new(0.5).unwrap().to_string(), "0.5 seats");
    assert_eq!(Fraction::new(0.07).unwrap().to_string(), "0.07");
    assert_eq!(Utilisation::new(1.42).unwrap().to_string(), "1.42");
    assert_eq!(format!("{:8.2}|", Seconds::new(1.0 / 3.0).unwrap()), "    0.33 s|");
}

#[test]
fn operators_compute_what_the_table_says() {
    let (rate, cost) = (PerSecond::whole(50), CpuSeconds::new(0.25).unwrap());
    let (time, cores) = (Seconds::whole(8), Cores::whole(4));
    assert_eq!(rate * cost, Cores::new(12.5).unwrap());
    assert_eq!(cost * rate, Cores::new(12.5).unwrap());
    assert_eq!(rate * time, 400.0);
    assert_eq!(time * rate, 400.0);
    assert_eq!(cores * time, CpuSeconds::whole(32));
    assert_eq!(time * cores, CpuSeconds::whole(32));
    assert_eq!(CpuSeconds::whole(32) / time, cores);
    assert_eq!(CpuSeconds::whole(32) / cores, time);
    assert_eq!(cores / cost, PerSecond::whole(16));
    assert_eq!(cores / PerSecond::whole(16), cost);
    assert_eq!(cores / Cores::whole(16), Utilisation::new(0.25).unwrap());
    assert_eq!(Seats::whole(900) / Seats::whole(600), Utilisation::new(1.5).unwrap());
    assert_eq!(time / Seconds::whole(32), 0.25);
    assert_eq!(rate / PerSecond::whole(100), 0.5);
    assert_eq!(cost / CpuSeconds::whole(1), 0.25);
    assert_eq!(Bytes::whole(3) / Bytes::whole(2), 1.5);

    let quarter = Fraction::new(0.25).unwrap();
    assert_eq!(quarter * Seats::whole(600), Seats::whole(150));
    assert_eq!(Seats::whole(600) * quarter, Seats::whole(150));
    assert_eq!(quarter * quarter, Fraction::new(0.0625).unwrap());

    let mut sum = Seconds::whole(15) + Seconds::whole(60);
    sum += Seconds::whole(40);
    assert_eq!(sum, Seconds::whole(115));
}

#[test]
fn overflow_and_division_by_zero_stay_finite() {
    let most = Seconds::new(f64::MAX).unwrap();
    assert_eq!(most + most, most);
    assert_eq!(most.times(2), most);
    assert_eq!(most * PerSecond::whole(2), f64::MAX);
    assert_eq!(Cores::whole(1) / Cores::ZERO, Utilisation::new(f64::MAX).unwrap());
    assert_eq!(Cores::ZERO / Cores::ZERO, Utilisation::ZERO);
    assert_eq!(Bytes::ZERO / Bytes::ZERO, 0.0);
    let shortest = Seconds::new(f64::from_bits(1)).unwrap();
    assert_eq!(PerSecond::every(shortest), Err(UnitError::NotFinite { quantity: "PerSecond", value: f64::INFINITY }));
}

// An inherent constant hides the one of the trait, but only where its bound holds. So `Probe::<A, B>::MUL` is
// true exactly if `A * B` compiles. The plain f64 shows that the probe can say yes.
struct Probe<A, B>(PhantomData<(A, B)>);

trait Absent {
    const ADD: bool = false;
    const SUB: bool = false;
    const MUL: bool = false;
    const DIV: bool = false;
}

impl<A, B> Absent for Probe<A, B> {}

macro_rules! probe {
    ($($constant:ident $operator:ident;)*) => {$(
        impl<A: $operator<B>, B> Probe<A, B> {
            const $constant: bool = true;
        }
    )*};
}

probe! { ADD Add; SUB Sub; MUL Mul; DIV Div; }

macro_rules! pairs {
    ($operator:ident: $($left:ident)*) => {{
        let mut found = Vec::new();
        $(pairs!(@row found, $operator, $left: Seconds PerSecond CpuSeconds Cores Bytes Seats Fraction Utilisation f64);)*
        found
    }};
    (@row $found:ident, $operator:ident, $left:ident: $($right:ident)*) => {
        $(if Probe::<$left, $right>::$operator {
            $found.push(concat!(stringify!($left), " ", stringify!($right)));
        })*
    };
}

macro_rules! grid {
    ($operator:ident) => {
        pairs!($operator: Seconds PerSecond CpuSeconds Cores Bytes Seats Fraction Utilisation f64)
    };
}

#[test]
fn no_operator_exists_but_the_meaningful_ones() {
    assert_eq!(
        grid!(ADD),
        [
            "Seconds Seconds",
            "PerSecond PerSecond",
            "CpuSeconds CpuSeconds",
            "Cores Cores",
            "Bytes Bytes",
            "Seats Seats",
            "Utilisation Utilisation",
            "f64 f64",
        ]
    );
    assert_eq!(grid!(SUB), ["f64 f64"]);
    assert_eq!(
        grid!(MUL),
        [
            "Seconds PerSecond",
            "Seconds Cores",
            "Seconds Fraction",
            "PerSecond Seconds",
            "PerSecond CpuSeconds",
            "PerSecond Fraction",
            "CpuSeconds PerSecond",
            "CpuSeconds Fraction",
            "Cores Seconds",
            "Cores Fraction",
            "Bytes Fraction",
            "Seats Fraction",
            "Fraction Seconds",
            "Fraction PerSecond",
            "Fraction CpuSeconds",
            "Fraction Cores",
            "Fraction Bytes",
            "Fraction Seats",
            "Fraction Fraction",
            "Fraction Utilisation",
            "Utilisation Fraction",
            "f64 f64",
        ]
    );
    assert_eq!(
        grid!(DIV),
        [
            "Seconds Seconds",
            "PerSecond PerSecond",
            "CpuSeconds Seconds",
            "CpuSeconds CpuSeconds",
            "CpuSeconds Cores",
            "Cores PerSecond",
            "Cores CpuSeconds",
            "Cores Cores",
            "Bytes Bytes",
            "Seats Seats",
            "f64 f64",
        ]
    );
}

fn any_amount() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..=1.0, 0.0..=1e12, Just(0.0), Just(f64::MAX), any::<f64>().prop_map(f64::abs)]
        .prop_filter("finite", |v: &f64| v.is_finite())
}

proptest! {
    #[test]
    fn every_result_is_a_value_the_constructor_takes(a in any_amount(), b in any_amount(), n in any::<u32>()) {
        let (rate, cost) = (PerSecond::new(a).unwrap(), CpuSeconds::new(b).unwrap());
        let (cores, time) = (Cores::new(a).unwrap(), Seconds::new(b).unwrap());
        let results = [
            f64::from(rate * cost), rate * time, f64::from(cores * time), f64::from(cost / time),
            f64::from(cost / cores), f64::from(cores / cost), f64::from(cores / rate), f64::from(cores / cores),
            f64::from(cores + Cores::new(b).unwrap()), f64::from(cores.less(Cores::new(b).unwrap())),
            f64::from(time.times(n)), time / Seconds::new(a).unwrap(),
        ];
        for (index, result) in results.into_iter().enumerate() {
            let kept = Cores::new(result).map(|kept| kept.as_cores().to_bits());
            prop_assert_eq!(kept, Ok(result.to_bits()), "result {} of {} and {}", index, a, b);
        }
    }

    #[test]
    fn a_share_and_the_rest_make_the_whole(a in 0.0..=1e12_f64, share in 0.0..=1.0_f64) {
        let (whole, share) = (Bytes::new(a).unwrap(), Fraction::new(share).unwrap());
        let sum = whole * share + whole * share.rest();
        // Four roundings, each of at most half an epsilon of the whole; twice that for the room between them.
        prop_assert!((sum.as_bytes() - a).abs() <= 4.0 * f64::EPSILON * a, "{} of {}", sum, whole);
    }
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_plain_numbers_and_checks_what_it_reads() {
    assert_eq!(serde_json::to_string(&Seconds::new(0.5).unwrap()).unwrap(), "0.5");
    assert_eq!(serde_json::from_str::<Fraction>("0.5").unwrap(), Fraction::new(0.5).unwrap());
    assert_eq!(serde_json::from_str::<Seats>("600").unwrap(), Seats::whole(600));
    let error = serde_json::from_str::<Fraction>("1.5").unwrap_err().to_string();
    assert!(error.starts_with("Fraction must be between 0 and 1, got 1.5"), "{error}");
}
