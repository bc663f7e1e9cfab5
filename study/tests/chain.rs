//! Chains of one server against closed forms, and against each other.

use proptest::prelude::*;
use slackwater_study::chain::{Chain, RetryServer};

const README: RetryServer = RetryServer {
    arrivals_per_s: 9.5,
    service_per_s: 10.0,
    threads: 1,
    timeout_s: 3.0,
    retries: 4.0,
    queue: 100,
    orbit: 20,
};

/// M/M/c/K: shares fall by a known factor; no digit may be lost, however rare a state is.
#[test]
fn without_retries_it_is_mmck_to_the_last_digits() {
    for (load, threads) in [(0.01, 1_usize), (0.5, 1), (0.95, 3), (1.5, 2)] {
        let server = RetryServer { retries: 0.0, threads, arrivals_per_s: 10.0 * load * threads as f64, ..README };
        let answer = server.solve().expect("solved");
        let mut odds = vec![1.0_f64];
        for n in 1..=server.queue {
            odds.push(odds[n - 1] * server.arrivals_per_s / (10.0 * n.min(threads) as f64));
        }
        let whole: f64 = odds.iter().sum();
        for (n, (share, odds)) in answer.by_queue.iter().zip(&odds).enumerate() {
            assert!((share / (odds / whole) - 1.0).abs() < 1e-12, "load {load}, {threads} threads, {n} requests");
        }
    }
}

/// Birth and death: the mean time from n to 0 is a sum (Karlin and Taylor, A First Course, 4.7).
#[test]
fn the_time_to_empty_is_that_of_a_birth_and_death_chain() {
    let (birth, death, most) = (3.0_f64, 4.0_f64, 60_usize);
    let mut chain = Chain::new(most + 1, 2).expect("a chain");
    for n in 0..most {
        chain.add(n, n + 1, birth);
        chain.add(n + 1, n, death);
    }
    let found = chain.hitting_s(|state| state == 0).expect("solved");
    // From n to n - 1 it takes the sum over all k from n on of (birth/death)^(k - n) / death.
    let mut sum = 0.0;
    for (n, found) in found.iter().enumerate().skip(1) {
        sum += (n..=most)
            .scan(1.0, |power, _| {
                let term = *power / death;
                *power *= birth / death;
                Some(term)
            })
            .sum::<f64>();
        assert!((found / sum - 1.0).abs() < 1e-12, "from {n}: {found}, not {sum}");
    }
}

#[test]
fn retries_make_two_states_of_one() {
    let calm = RetryServer { retries: 0.0, arrivals_per_s: 8.0, ..README }.solve().expect("solved");
    let storm = RetryServer { arrivals_per_s: 8.0, ..README }.solve().expect("solved");
    assert_eq!(calm.wells.len(), 1, "{calm}");
    assert_eq!(storm.wells.len(), 2, "{storm}");
    let [low, high] = storm.wells[..] else { panic!("two wells") };
    assert!(low.to + 1 == high.from && (low.share + high.share - 1.0).abs() < 1e-12);
    // The longer a well holds, the more time is spent in it.
    assert_eq!(low.escape_s > high.escape_s, low.share > high.share, "{storm}");
}

#[test]
fn nobody_gets_to_a_state_without_a_way() {
    let mut chain = Chain::new(3, 1).expect("a chain");
    chain.add(0, 1, 1.0);
    assert!(chain.clone().stationary().is_err() && chain.hitting_s(|state| state == 0).is_err());
    assert!(Chain::new(usize::MAX, usize::MAX).is_err());
    for wrong in [
        RetryServer { arrivals_per_s: f64::NAN, ..README },
        RetryServer { service_per_s: -1.0, ..README },
        RetryServer { timeout_s: 0.0, ..README },
        RetryServer { threads: 0, ..README },
        RetryServer { queue: 0, ..README },
        RetryServer { queue: 1_000_000, orbit: 1_000_000, ..README },
    ] {
        assert!(wrong.solve().is_err(), "{wrong:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Balance: what flows into a state flows out. The mean time to a set is longer by the mean stay than from where
    /// the chain goes next.
    #[test]
    fn flows_balance_and_times_add_up(
        arrivals_per_s in 1.0..20.0_f64, timeout_s in 0.2..5.0_f64, retries in 0.0..6.0_f64,
        queue in 3_usize..30, orbit in 1_usize..30, threads in 1_usize..4,
    ) {
        let server = RetryServer { arrivals_per_s, timeout_s, retries, queue, orbit, threads, ..README };
        let chain = server.chain().expect("a chain");
        let share = chain.clone().stationary().expect("solved");
        let hitting_s = chain.clone().hitting_s(|state| state == 0).expect("solved");
        prop_assert!((share.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for state in 0..chain.states() {
            let out: f64 = (0..chain.states()).map(|to| chain.rate(state, to)).sum();
            let into: f64 = (0..chain.states()).map(|from| share[from] * chain.rate(from, state)).sum();
            prop_assert!((into - share[state] * out).abs() <= 1e-11 * into.max(1e-300), "state {}", state);
            if state > 0 {
                let later: f64 = (0..chain.states()).map(|to| chain.rate(state, to) * hitting_s[to]).sum();
                prop_assert!(((1.0 + later) / out / hitting_s[state] - 1.0).abs() < 1e-10, "state {}", state);
            }
        }
    }
}
