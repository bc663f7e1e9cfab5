//! Rules that no vector covers: older Kubernetes versions, the two counters without flow control, and what must hold for
//! any input.

use proptest::prelude::*;
use slackwater_core::flowcontrol::allocation::{Claim, compute_concurrency_allocation};
use slackwater_core::flowcontrol::borrowing::{Adjustment, BorrowingState, LevelDemand};
use slackwater_core::flowcontrol::error::{DealError, FlowControlError};
use slackwater_core::flowcontrol::inflight::{Admission, Counter, MaxInFlight};
use slackwater_core::flowcontrol::levels::{DEFAULT_LEVELS, LevelConfig, limits, with_mandatory_levels};
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Selection, Version, VersionMatch};
use slackwater_core::flowcontrol::retry_after::RetryAfter;
use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};
use slackwater_core::flowcontrol::shuffle::Dealer;

/// Expected values: the table of `request/width_test.go` in k8s.io/apiserver 0.33.0. That test's etcd supports no
/// progress requests, so its lists without a version come from etcd.
#[test]
fn lists_before_sizes_cost_by_objects() {
    let any = ListQuery::default();
    let number = ListQuery { version: Version::Number, ..any };
    let table = [
        (ListQuery { malformed: true, ..any }, Some(799), 10, 10),
        (ListQuery { limit: 399, ..number }, Some(699), 10, 8),
        (number, Some(699), 10, 7),
        (ListQuery { limit: 399, ..any }, Some(699), 10, 8),
        (any, Some(399), 10, 8),
        (any, None, 10, 1),
        (ListQuery { continues: true, limit: 399, ..any }, Some(699), 10, 8),
        (ListQuery { limit: 299, version: Version::Any, ..any }, Some(399), 10, 4),
        (ListQuery { version: Version::Any, ..any }, Some(799), 0, 8),
        (ListQuery { version_match: VersionMatch::Exact, limit: 399, ..number }, Some(699), 10, 8),
        (ListQuery { version_match: VersionMatch::NotOlderThan, ..number }, Some(799), 10, 8),
        (number, Some(1999), 10, 10),
        (number, Some(1999), 5, 5),
        (ListQuery { selection: Selection::One, ..any }, Some(799), 10, 1),
        (ListQuery { selection: Selection::One, limit: 500, version: Version::Any, ..any }, Some(799), 10, 1),
    ];
    for (query, count, level, seats) in table {
        let stats = count.map_or(ObjectStats::Unknown, |count| ObjectStats::Known { count, average_bytes: 0 });
        let got = Request::List(query, stats).estimate(EstimatorRules::of_minor(33), false, Some(level));
        assert_eq!(got.initial_seats, seats, "{query:?} of {count:?} objects");
    }
}

/// From the source of 0.33.0: with a selector all objects and the page; stale counts take the cap.
#[test]
fn older_lists_with_selectors_and_stale_counts() {
    let rules = EstimatorRules::of_minor(33);
    let known = ObjectStats::Known { count: 500, average_bytes: 0 };
    let paged = ListQuery { continues: true, selection: Selection::Selector, limit: 100, ..ListQuery::default() };
    assert_eq!(Request::List(paged, known).estimate(rules, true, None).initial_seats, 6);
    assert_eq!(Request::List(paged, ObjectStats::Stale).estimate(rules, true, None).initial_seats, 10);
    assert_eq!(Request::List(paged, ObjectStats::Stale).estimate(rules, true, Some(4)).initial_seats, 4);
    let single = ListQuery { selection: Selection::One, malformed: true, ..paged };
    assert_eq!(Request::List(single, ObjectStats::Stale).estimate(rules, true, None).initial_seats, 1);
}

#[test]
fn watches_cost_by_version() {
    let stats = ObjectStats::Known { count: 799, average_bytes: 1000 };
    let initial = ListQuery { send_initial_events: true, ..ListQuery::default() };
    let legacy = ListQuery::default();
    let resumed = ListQuery { version: Version::Number, ..ListQuery::default() };
    let seats =
        |minor, query| Request::Watch(query, stats).estimate(EstimatorRules::of_minor(minor), true, None).initial_seats;
    assert_eq!([31, 32, 33, 34, 35].map(|minor| seats(minor, initial)), [1, 8, 1, 8, 8]);
    assert_eq!([31, 32, 33, 34, 35].map(|minor| seats(minor, legacy)), [1, 1, 1, 1, 8]);
    assert_eq!([31, 32, 33, 34, 35].map(|minor| seats(minor, resumed)), [1, 1, 1, 1, 1]);
}

#[test]
fn counters_without_flow_control() {
    let limits = MaxInFlight { read_only: 2, mutating: 0 };
    let read = Admission::Counted(Counter::ReadOnly);
    assert_eq!(limits.admit("get", "", 1, true), read);
    assert_eq!(limits.admit("get", "", 2, true), Admission::Uncounted);
    assert_eq!(limits.admit("get", "", 2, false), Admission::Rejected);
    assert_eq!(limits.admit("get", "log", 2, false), Admission::Uncounted);
    assert_eq!(limits.admit("watch", "", 2, false), Admission::Uncounted);
    assert_eq!(limits.admit("create", "", u32::MAX, false), Admission::Uncounted);
    assert_eq!(MaxInFlight { read_only: u32::MAX, mutating: 1 }.server_concurrency_limit(), None);
}

#[test]
fn bad_configurations_are_refused_with_their_numbers() {
    let level = LevelConfig::queueing("a");
    let one = |level| limits(600, &[level]).unwrap_err();
    assert_eq!(
        one(LevelConfig { lendable_percent: Some(101), ..level }),
        FlowControlError::PercentTooLarge { level: 0, percent: 101 }
    );
    assert_eq!(
        one(LevelConfig { hand_size: 0, ..level }),
        FlowControlError::Deal { level: 0, error: DealError::Empty { deck_size: 64, hand_size: 0 } }
    );
    assert_eq!(
        one(LevelConfig { hand_size: 11, ..level }),
        FlowControlError::Deal { level: 0, error: DealError::TooFewBits { deck_size: 64, hand_size: 11, bits: 66 } }
    );
    assert_eq!(one(LevelConfig { exempt: true, ..level }), FlowControlError::ExemptNotByName { level: 0 });
    assert_eq!(one(LevelConfig { nominal_concurrency_shares: 0, ..level }), FlowControlError::NoShares { levels: 1 });
    assert!(matches!(
        limits(u32::MAX, &[level]).unwrap_err(),
        FlowControlError::LimitTooLarge { level: 0, seats } if seats > f64::from(u32::MAX)
    ));
    let many = [level; 32];
    assert_eq!(with_mandatory_levels(&many).unwrap_err(), FlowControlError::TooManyLevels { given: 34, most: 32 });
    assert_eq!(limits(600, &[level; 33]).unwrap_err(), FlowControlError::TooManyLevels { given: 33, most: 32 });
}

#[test]
fn messages_carry_the_numbers() {
    let few_bits = DealError::TooFewBits { deck_size: 64, hand_size: 11, bits: 66 };
    let table = [
        (FlowControlError::TooManyLevels { given: 34, most: 32 }.to_string(), ["34", "32"]),
        (FlowControlError::PercentTooLarge { level: 3, percent: 101 }.to_string(), ["3", "101"]),
        (FlowControlError::LimitTooLarge { level: 3, seats: 5e9 }.to_string(), ["3", "5000000000"]),
        (FlowControlError::LengthMismatch { limits: 8, demands: 7 }.to_string(), ["8", "7"]),
        (FlowControlError::Deal { level: 3, error: few_bits }.to_string(), ["hand of 11 from 64", "66"]),
        (DealError::Empty { deck_size: 64, hand_size: 0 }.to_string(), ["64", "0"]),
        (DealError::HandLargerThanDeck { deck_size: 4, hand_size: 5 }.to_string(), ["4", "5"]),
    ];
    for (message, numbers) in table {
        assert!(numbers.iter().all(|number| message.contains(number)), "{message} lacks one of {numbers:?}");
    }
}

#[test]
fn a_failed_update_changes_nothing() {
    let (limits, mut state) = BorrowingState::started(600, &DEFAULT_LEVELS).unwrap();
    let before = state;
    let error = state.update(&limits, &[LevelDemand { avg: 9.0, stddev: 9.0, max: 9.0 }; 7]).unwrap_err();
    assert_eq!(error, FlowControlError::LengthMismatch { limits: 8, demands: 7 });
    assert_eq!(state, before);
}

/// Nominal limits sum to 602, minima to 258. With workload-low at its nominal 245 the floors sum to 479.
#[test]
fn exempt_demand_moves_an_adjustment_over_its_edges() {
    let (limits, idle) = BorrowingState::started(600, &DEFAULT_LEVELS).unwrap();
    let adjust = |exempt| {
        let mut demand = [LevelDemand::default(); 8];
        demand[0].max = exempt;
        demand[5].max = 245.0;
        let mut state = idle;
        let adjustment = state.update(&limits, &demand).unwrap();
        let limited: u32 = state.current[1..8].iter().sum();
        (adjustment, state.current[0], state.current[5], limited)
    };
    let (adjustment, exempt, workload_low, limited) = adjust(f64::from(602 - 479 - 1));
    assert!(matches!(adjustment, Adjustment::Divided { .. }), "{adjustment:?}");
    assert_eq!(exempt, 122);
    assert!(workload_low > 245 && limited.abs_diff(602) <= 4, "{workload_low} of {limited}");
    assert_eq!(adjust(f64::from(602 - 479)), (Adjustment::Squeezed { part: 1.0 }, 123, 245, 479));
    assert_eq!(adjust(f64::from(602 - 258 - 1)), (Adjustment::Squeezed { part: 1.0 / 221.0 }, 343, 25, 259));
    assert_eq!(adjust(f64::from(602 - 258)), (Adjustment::Floors, 344, 24, 258));
}

/// The literal rule of `dropped_requests_tracker.go` over an unbounded history.
fn answers(drops: &[(u64, u64)]) -> Vec<u64> {
    let mut by_second = std::collections::BTreeMap::<u64, u64>::new();
    let (mut answer, mut raised, mut all) = (1, None, Vec::new());
    for (second, count) in drops.iter().copied() {
        if count > 0 && !by_second.contains_key(&second) {
            let dropped: u64 = by_second.range(second.saturating_sub(answer)..second).map(|(_, count)| count).sum();
            if raised.is_none_or(|raised| second - raised >= answer) && dropped >= 3 * answer {
                answer = (2 * answer).min(32);
                raised = Some(second);
            } else if dropped < answer && answer > 1 {
                answer -= 1;
            }
        }
        if count > 0 {
            *by_second.entry(second).or_default() += count;
        }
        all.push(answer);
    }
    all
}

proptest! {
    #[test]
    fn an_allocation_keeps_its_sum_and_its_bounds(
        parts in prop::collection::vec((0.0..100.0_f64, 0.0..100.0_f64, 0.0..500.0_f64), 1..=32),
        at in 0.0..1.0_f64,
    ) {
        let claims: Vec<Claim> = parts
            .iter()
            .map(|(lower, more, room)| Claim { target: lower + more, lower: *lower, upper: lower + room })
            .collect();
        let (low, high) = claims.iter().fold((0.0, 0.0), |sums, claim| (sums.0 + claim.lower, sums.1 + claim.upper));
        let required = (low + at * (high - low)).round().clamp(f64::ceil(low), f64::max(f64::ceil(low), f64::floor(high)));
        prop_assume!(required <= high);
        let allocation = compute_concurrency_allocation(required as u64, &claims).unwrap();
        let sum: f64 = allocation.seats.iter().sum();
        prop_assert!((sum - required).abs() <= 1e-6 * required.max(1.0), "{sum} instead of {required}");
        for (seats, claim) in allocation.seats.iter().zip(&claims) {
            prop_assert!(*seats >= claim.lower - 1e-9 && *seats <= claim.upper + 1e-9);
        }
    }

    #[test]
    fn nothing_panics_on_odd_numbers(
        target in any::<f64>(), lower in any::<f64>(), upper in any::<f64>(), sum in any::<u64>(),
        avg in any::<f64>(), stddev in any::<f64>(), max in any::<f64>(), server in any::<u32>(),
    ) {
        let _ = compute_concurrency_allocation(sum, &[Claim { target, lower, upper }; 3]);
        if let Ok((limits, mut state)) = BorrowingState::started(server, &DEFAULT_LEVELS) {
            let demand = vec![LevelDemand { avg, stddev, max }; limits.len()];
            state.update(&limits, &demand).unwrap();
            state.update(&limits, &demand).unwrap();
        }
    }

    #[test]
    fn limits_follow_from_one_another(server in 0..100_000_u32, shares in prop::collection::vec((0..500_u32, 0..=100_u32), 0..30)) {
        let names: Vec<String> = (0..shares.len()).map(|i| format!("level-{i}")).collect();
        let levels: Vec<LevelConfig<'_>> = names
            .iter()
            .zip(&shares)
            .map(|(name, (shares, lendable))| LevelConfig {
                nominal_concurrency_shares: *shares,
                lendable_percent: Some(*lendable),
                ..LevelConfig::queueing(name)
            })
            .collect();
        let levels = with_mandatory_levels(&levels).unwrap();
        let limits = limits(server, &levels).unwrap();
        let sum: u32 = limits.iter().map(|level| level.nominal).sum();
        prop_assert!(sum >= server && sum - server <= limits.len() as u32);
        for level in &limits {
            prop_assert_eq!(level.min + level.lendable, level.nominal);
            prop_assert!(level.min <= level.introduced && level.introduced <= level.nominal);
        }
    }

    #[test]
    fn a_hand_holds_distinct_queues(deck in 1..=300_u32, hand in 1..=15_u32, hash in any::<u64>()) {
        if let Ok(dealer) = Dealer::new(deck, hand) {
            let mut queues = dealer.deal(hash).to_vec();
            queues.sort_unstable();
            queues.dedup();
            prop_assert_eq!(queues.len(), hand as usize);
            prop_assert!(queues.iter().all(|queue| *queue < deck));
        }
    }

    #[test]
    fn the_bounded_history_forgets_nothing(gaps in prop::collection::vec((0..40_u64, 0..60_u64), 1..200)) {
        let mut second = 0;
        let drops: Vec<(u64, u64)> = gaps
            .iter()
            .map(|(gap, count)| {
                second += gap * gap / 40;
                (second, *count)
            })
            .collect();
        let mut retry_after = RetryAfter::default();
        let mut got = Vec::new();
        for (second, count) in &drops {
            retry_after.record(*second, *count);
            got.push(u64::from(retry_after.seconds()));
        }
        prop_assert_eq!(got, answers(&drops));
    }
}
