//! What the queue laws must satisfy whatever the numbers: limits, order, ranges, and an answer or an error for any bits.

use proptest::prelude::*;
use slackwater_core::queue::{self, QueueError, engset, erlang_a, mg1, mgc, mm1, mmc, mmck, processor_sharing};

/// Values at the edges of ranges and of the number format.
const AWKWARD: [f64; 14] = [
    0.0,
    -0.0,
    5e-324,
    1e-308,
    1e-9,
    0.5,
    1.0 - f64::EPSILON / 2.0,
    1.0,
    16.0,
    1e9,
    f64::MAX,
    f64::INFINITY,
    -1.0,
    f64::NAN,
];

/// Any `f64`: every bit pattern, and often the ones that matter.
fn any_bits() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        prop::sample::select(AWKWARD.to_vec()),
        0.0..100.0,
        (-320.0..9.0).prop_map(|exponent: f64| 10f64.powf(exponent)),
    ]
}

/// Any count: mostly small, sometimes zero or too many.
fn any_count() -> impl Strategy<Value = u32> {
    prop_oneof![0u32..100, 0u32..20_000, any::<u32>()]
}

/// Servers and a load that they can carry.
fn stable() -> impl Strategy<Value = (u32, f64)> {
    (1u32..2000, prop_oneof![0.001..0.999, (1e-9..1e-3).prop_map(|idle| 1.0 - idle)])
        .prop_map(|(c, utilisation)| (c, f64::from(c) * utilisation))
}

/// Servers and a load that may exceed them.
fn loaded() -> impl Strategy<Value = (u32, f64)> {
    (1u32..500, 0.01..3.0).prop_map(|(c, utilisation)| (c, f64::from(c) * utilisation))
}

/// Room for the last bits where two figures are equal but for rounding.
const ROUNDING: f64 = 1.0 + 8.0 * f64::EPSILON;

fn close(got: f64, want: f64, relative: f64) -> Result<(), TestCaseError> {
    prop_assert!((got - want).abs() <= relative * want.abs(), "{got:e} instead of {want:e}");
    Ok(())
}

fn probability(value: Result<f64, QueueError>) -> Result<(), TestCaseError> {
    value.map_or(Ok(()), |p| {
        prop_assert!((0.0..=1.0).contains(&p), "{p:e} is no probability");
        Ok(())
    })
}

fn amount(value: Result<f64, QueueError>) -> Result<(), TestCaseError> {
    value.map_or(Ok(()), |x| {
        prop_assert!(x.is_sign_positive() && x.is_finite(), "{x:e} is no amount");
        Ok(())
    })
}

/// Every law on one set of arguments: probabilities within 0..=1, amounts finite and not below zero, or errors.
fn figures_are_sound(c: u32, n: u32, [a, s, t, v]: [f64; 4]) -> Result<(), TestCaseError> {
    for value in [
        queue::erlang_b(c, a),
        queue::erlang_c(c, a),
        mmc::utilisation(c, a),
        mmc::wait_exceeds(c, a, s, t),
        mm1::sojourn_exceeds(a, s, t),
        mmck::blocking(c, n, a),
        engset::time_congestion(c, n, a),
        engset::call_congestion(c, n, a),
        erlang_a::delay_probability(c, a, s, t),
        erlang_a::abandonment_probability(c, a, s, t),
    ] {
        probability(value)?;
    }
    for value in [
        mmc::mean_queue(c, a),
        mmc::mean_wait_s(c, a, s),
        mmc::mean_sojourn_s(c, a, s),
        mmc::wait_quantile_s(c, a, s, t),
        mm1::sojourn_quantile_s(a, s, t),
        mg1::mean_queue(a, v),
        mg1::mean_wait_s(a, s, v),
        mg1::mean_sojourn_s(a, s, v),
        mgc::allen_cunneen_wait_s(c, a, s, t, v),
        mgc::allen_cunneen_queue(c, a, t, v),
        mmck::mean_queue(c, n, a),
        mmck::mean_present(c, n, a),
        mmck::mean_wait_s(c, n, a, s),
        mmck::throughput_per_s(c, n, a, s),
        engset::mean_busy(c, n, a),
        engset::throughput_per_s(c, n, a, s),
        erlang_a::mean_wait_s(c, a, s, t),
        erlang_a::mean_queue(c, a, s, t),
        processor_sharing::slowdown(a),
        processor_sharing::sojourn_s(a, s),
        processor_sharing::mean_slowdown(c, a),
        processor_sharing::mean_present(c, a),
        processor_sharing::mean_running(c, n, a),
    ] {
        amount(value)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_input_gives_a_figure_in_range_or_an_error(
        c in any_count(), n in any_count(), a in any_bits(), s in any_bits(), t in any_bits(), v in any_bits(),
    ) {
        figures_are_sound(c, n, [a, s, t, v])?;
    }

    #[test]
    fn the_inverse_takes_any_input(c in 0u32..300, present in any_bits()) {
        amount(processor_sharing::busy_cores(c, present))?;
    }

    #[test]
    fn bad_values_are_errors_that_name_them(a in any_bits(), c in any_count()) {
        let within = (0.0..=queue::MAX_LOAD).contains(&a) && (1..=queue::MAX_SERVERS).contains(&c);
        prop_assert_eq!(queue::erlang_b(c, a).is_ok(), within);
        prop_assert_eq!(queue::erlang_c(c, a).is_ok(), within && a < f64::from(c));
        if let Err(error) = queue::erlang_b(c, a) {
            let culprit = if error.argument() == "a" { a } else { f64::from(c) };
            prop_assert_eq!(error.value().to_bits(), culprit.to_bits());
        }
    }

    #[test]
    fn blocking_rises_with_load_and_falls_with_servers((c, a) in loaded()) {
        let blocking = queue::erlang_b(c, a)?;
        // Few erlangs on hundreds of servers: too small for a float to tell apart.
        prop_assume!(blocking > f64::MIN_POSITIVE);
        prop_assert!(queue::erlang_b(c, 1.01 * a)? > blocking);
        prop_assert!(queue::erlang_b(c + 1, a)? < blocking);
    }

    #[test]
    fn waiting_is_likelier_than_blocking_and_rises_with_load((c, a) in stable()) {
        let waits = queue::erlang_c(c, a)?;
        prop_assert!(waits >= queue::erlang_b(c, a)?);
        let nearer = a + 0.5 * (f64::from(c) - a);
        prop_assert!(queue::erlang_c(c, nearer)? >= waits);
        prop_assert!(mmc::mean_queue(c, nearer)? >= mmc::mean_queue(c, a)?);
    }

    #[test]
    fn the_quantile_inverts_the_tail((c, a) in stable(), s in 1e-6..100.0, p in 0.0..0.999_999) {
        let wait_s = mmc::wait_quantile_s(c, a, s, p)?;
        let exceeds = mmc::wait_exceeds(c, a, s, wait_s)?;
        if wait_s == 0.0 {
            prop_assert!(exceeds <= (1.0 - p) * (1.0 + 1e-13));
        } else {
            close(exceeds, 1.0 - p, 1e-13)?;
        }
    }

    #[test]
    fn the_queue_fills_the_time_it_takes((c, a) in stable(), s in 1e-6..100.0) {
        // Subnormal numbers have fewer digits.
        prop_assume!(mmc::mean_queue(c, a)? > 1e-290);
        close(mmc::mean_wait_s(c, a, s)? * a, mmc::mean_queue(c, a)? * s, 1e-14)?;
        close(processor_sharing::mean_slowdown(c, a)? * a, processor_sharing::mean_present(c, a)?, 1e-14)?;
    }

    #[test]
    fn many_places_are_an_unlimited_queue((c, utilisation) in (1u32..500, 0.01..0.99)) {
        let a = utilisation * f64::from(c);
        close(mmck::mean_queue(c, u32::MAX, a)?, mmc::mean_queue(c, a)?, 1e-12)?;
        prop_assert_eq!(mmck::blocking(c, u32::MAX, a)?, 0.0);
    }

    #[test]
    fn no_place_to_wait_is_erlang_b((c, a) in loaded()) {
        close(mmck::blocking(c, c, a)?, queue::erlang_b(c, a)?, 1e-14)?;
        prop_assert_eq!(mmck::mean_queue(c, c, a)?, 0.0);
    }

    #[test]
    fn one_more_place_loses_fewer_and_queues_more((c, a) in loaded(), extra in 0u32..2000) {
        let places = c + extra;
        prop_assert!(mmck::blocking(c, places + 1, a)? <= mmck::blocking(c, places, a)? * ROUNDING);
        let (queue, longer) = (mmck::mean_queue(c, places, a)?, mmck::mean_queue(c, places + 1, a)?);
        prop_assert!(longer >= queue * (1.0 - 1e-13), "{queue} then {longer}");
    }

    #[test]
    fn what_is_not_blocked_is_served((c, a) in loaded(), extra in 0u32..2000) {
        let served = mmck::throughput_per_s(c, c + extra, a, 1.0)?;
        prop_assert!((served / a + mmck::blocking(c, c + extra, a)? - 1.0).abs() < 1e-14);
        prop_assert!(served <= f64::from(c) * ROUNDING);
    }

    #[test]
    fn many_small_sources_are_poisson(c in 1u32..100, utilisation in 0.1..2.0_f64) {
        let a = utilisation * f64::from(c);
        let sources = queue::MAX_SERVERS;
        // The first correction is of order c^2 over the sources.
        let bound = 4.0 * (a + f64::from(c)).powi(2) / f64::from(sources);
        close(engset::time_congestion(c, sources, a / f64::from(sources))?, queue::erlang_b(c, a)?, bound)?;
    }

    #[test]
    fn sources_keep_their_number(c in 1u32..200, sources in 1u32..400, a in 1e-3..10.0) {
        let busy = engset::mean_busy(c, sources, a)?;
        prop_assert!(busy <= f64::from(c.min(sources)));
        prop_assert!(engset::call_congestion(c, sources, a)? <= engset::time_congestion(c, sources, a)?);
        let idle = f64::from(sources) - busy;
        close(a * idle * (1.0 - engset::call_congestion(c, sources, a)?), busy, 1e-9)?;
    }

    #[test]
    fn endless_patience_is_erlang_c(c in 1u32..500, utilisation in 0.2..0.95) {
        let a = utilisation * f64::from(c);
        close(erlang_a::delay_probability(c, a, 1e-3, 1e9)?, queue::erlang_c(c, a)?, 1e-8)?;
        close(erlang_a::mean_queue(c, a, 1e-3, 1e9)?, mmc::mean_queue(c, a)?, 1e-8)?;
    }

    #[test]
    fn no_patience_is_erlang_b((c, a) in loaded()) {
        close(erlang_a::abandonment_probability(c, a, 1e3, 1e-9)?, queue::erlang_b(c, a)?, 1e-8)?;
        close(erlang_a::delay_probability(c, a, 1e3, 1e-9)?, queue::erlang_b(c, a)?, 1e-8)?;
    }

    #[test]
    fn deep_overload_is_the_fluid_limit(c in 100u32..1000, utilisation in 1.5..1e5, s in 0.01..10.0) {
        let a = utilisation * f64::from(c);
        close(erlang_a::abandonment_probability(c, a, s, 100.0 * s)?, 1.0 - 1.0 / utilisation, 1e-12)?;
    }

    #[test]
    fn patience_makes_clients_stay((c, a) in loaded(), s in 0.01..10.0, patience in -6.0..6.0) {
        let patience_s = s * 10f64.powf(patience);
        let gives_up = erlang_a::abandonment_probability(c, a, s, patience_s)?;
        prop_assert!(gives_up <= queue::erlang_b(c, a)? * (1.0 + 1e-12));
        prop_assert!(erlang_a::abandonment_probability(c, a, s, 1.1 * patience_s)? <= gives_up * (1.0 + 1e-12));
        prop_assert!(gives_up >= (1.0 - f64::from(c) / a) * (1.0 - 1e-12));
    }

    #[test]
    fn patience_equal_to_service_is_poisson_occupancy(c in 1u32..60, utilisation in 0.1..3.0_f64) {
        let a = utilisation * f64::from(c);
        let (mut weight, mut below) = ((-a).exp(), 0.0);
        for n in 1..=c {
            below += weight;
            weight *= a / f64::from(n);
        }
        let waits = erlang_a::delay_probability(c, a, 0.1, 0.1)?;
        prop_assert!((waits - (1.0 - below)).abs() < 1e-13, "{waits} instead of {}", 1.0 - below);
    }

    #[test]
    fn sigma_inverts_the_occupancy((c, a) in (1u32..300, 0.001..0.9999).prop_map(|(c, u)| (c, u * f64::from(c)))) {
        let present = processor_sharing::mean_present(c, a)?;
        close(processor_sharing::busy_cores(c, present)?, a, 1e-13)?;
    }

    #[test]
    fn sigma_rises_below_both_of_its_limits(c in 1u32..300, exponent in -6.0..6.0) {
        let present = 10f64.powf(exponent);
        let busy = processor_sharing::busy_cores(c, present)?;
        prop_assert!(busy <= present && busy <= f64::from(c));
        prop_assert!(processor_sharing::busy_cores(c, 1.1 * present)? > busy);
    }

    #[test]
    fn seats_bound_who_runs((c, a) in stable(), extra in 0u32..1000) {
        let seats = c + extra;
        let running = processor_sharing::mean_running(c, seats, a)?;
        let slack = 1.0 + 1e-13;
        prop_assert!(running >= a && running <= f64::from(seats) * slack);
        prop_assert!(running <= processor_sharing::mean_present(c, a)? * slack);
        prop_assert!(processor_sharing::mean_running(c, seats + 1, a)? >= running);
    }

    #[test]
    fn the_approximation_is_exact_where_it_should_be((c, a) in stable(), rho in 0.01..0.999, scv in 0.0..50.0) {
        close(mgc::allen_cunneen_wait_s(c, a, 0.1, 1.0, 1.0)?, mmc::mean_wait_s(c, a, 0.1)?, 0.0)?;
        close(mgc::allen_cunneen_wait_s(1, rho, 0.1, 1.0, scv)?, mg1::mean_wait_s(rho, 0.1, scv)?, 1e-14)?;
    }
}

#[test]
fn blocking_too_small_for_a_float_is_zero_or_subnormal() {
    assert_eq!(queue::erlang_b(10_000, 1.0), Ok(0.0));
    assert_eq!(queue::erlang_b(1, 1e-308), Ok(1e-308));
    assert_eq!(queue::erlang_b(5, 0.0), Ok(0.0));
}

#[test]
fn errors_say_what_is_allowed() {
    assert_eq!(
        queue::erlang_c(2, 2.0).unwrap_err().to_string(),
        "a = 2.0 erlangs has no steady state: it must be below 2.0"
    );
    assert_eq!(queue::erlang_b(0, 1.0).unwrap_err().to_string(), "c = 0.0 is outside 1.0 to 1000000.0");
}

#[test]
fn every_combination_of_awkward_values_gives_a_figure_in_range_or_an_error() {
    const COUNTS: [u32; 6] = [0, 1, 2, 16, 17, u32::MAX];
    for (c, n) in COUNTS.iter().flat_map(|&c| COUNTS.iter().map(move |&n| (c, n))) {
        for (a, s) in AWKWARD.iter().flat_map(|&a| AWKWARD.iter().map(move |&s| (a, s))) {
            for t in AWKWARD {
                for v in [0.0, -0.0, 1e9] {
                    let verdict = figures_are_sound(c, n, [a, s, t, v]);
                    assert!(verdict.is_ok(), "c={c} n={n} a={a:e} s={s:e} t={t:e} v={v:e}: {verdict:?}");
                }
            }
        }
    }
}
