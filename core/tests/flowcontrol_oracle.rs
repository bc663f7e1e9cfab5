//! Replays what Kubernetes' own flow control code answered: integers must be equal, floats within 1e-9 relative.
//!
//! The vectors lie in `study/truth/oracle/apf`, packed. With `SLACKWATER_TRUTH=DIR` set, those of `DIR/oracle/apf` are replayed too.

mod flowcontrol_vectors;

use flowcontrol_vectors::{cases, close, f, flag, list, s, u};
use serde_json::Value;
use slackwater_core::flowcontrol::allocation::{AllocationError, Claim, compute_concurrency_allocation};
use slackwater_core::flowcontrol::borrowing::{Adjustment, BorrowingState, LevelDemand, SMOOTHING};
use slackwater_core::flowcontrol::levels::{LevelConfig, LevelLimits, MANDATORY_LEVELS, limits, with_mandatory_levels};
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Selection, Version, VersionMatch};
use slackwater_core::flowcontrol::retry_after::RetryAfter;
use slackwater_core::flowcontrol::seat_demand::{SeatDemandIntegrator, seconds};
use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};
use slackwater_core::flowcontrol::shuffle::{Dealer, flow_hash, required_entropy_bits};

fn level_config(level: &Value) -> LevelConfig<'_> {
    let percent = |key: &str| level[key].as_u64().map(|percent| u32::try_from(percent).unwrap());
    let number = |key: &str| u32::try_from(u(&level[key])).unwrap();
    LevelConfig {
        name: s(&level["name"]),
        exempt: s(&level["type"]) == "Exempt",
        nominal_concurrency_shares: number("nominal_concurrency_shares"),
        lendable_percent: percent("lendable_percent"),
        borrowing_limit_percent: percent("borrowing_limit_percent"),
        queues: number("queues"),
        hand_size: number("hand_size"),
        queue_length_limit: number("queue_length_limit"),
    }
}

#[test]
fn limits_equal_the_real_ones() {
    let mut levels_seen = 0;
    for case in cases("limits.json") {
        let given: Vec<LevelConfig<'_>> = list(&case["in"]["priority_levels"]).iter().map(level_config).collect();
        let server_limit = u32::try_from(u(&case["in"]["server_concurrency_limit"])).unwrap();
        let levels = with_mandatory_levels(&given).unwrap();
        let mandatory = limits(server_limit, &MANDATORY_LEVELS).unwrap();
        let (limits, mut state) = BorrowingState::started(server_limit, &levels).unwrap();
        let at_start = state;
        state.update(&limits, &vec![LevelDemand::default(); limits.len()]).unwrap();

        let what = format!("{} at {server_limit}", s(&case["in"]["set"]));
        let nominal_sum: u64 = limits.iter().map(|level| u64::from(level.nominal)).sum();
        assert_eq!(nominal_sum, u(&case["out"]["nominal_cl_sum"]), "{what}: nominal sum");
        assert_eq!(limits.len(), case["out"]["levels"].as_object().unwrap().len(), "{what}: number of levels");
        for (i, (config, limit)) in levels.iter().zip(&limits).enumerate() {
            let expected = &case["out"]["levels"][config.name];
            let introduced = MANDATORY_LEVELS.iter().position(|level| level.name == config.name);
            let introduced = introduced.map_or(limit.introduced, |index| mandatory[index].introduced);
            let got = [
                ("nominal_cl", Some(limit.nominal)),
                ("lendable_cl", Some(limit.lendable)),
                ("borrowing_cl", Some(limit.max - limit.nominal)),
                ("min_cl", Some(limit.min)),
                ("max_cl", Some(limit.max)),
                ("introduced_cl", Some(introduced)),
                ("current_cl", at_start.current(i)),
                ("current_cl_after_idle_period", state.current(i)),
                ("max_seats", limit.max_seats),
            ];
            for (key, value) in got {
                assert!(expected.get(key).is_some(), "{what}, {}: no {key}", config.name);
                assert_eq!(value.map(u64::from), expected[key].as_u64(), "{what}, {}: {key}", config.name);
            }
            levels_seen += 1;
        }
    }
    assert!(levels_seen >= 602, "only {levels_seen} levels");
}

/// The words with which the real code starts the error that `error` stands for.
fn real_words(error: AllocationError) -> String {
    match error {
        AllocationError::NegativeLower { claim, lower } => format!("lower bound {claim} is {lower} but negative"),
        AllocationError::TargetBelowLower { claim, target, lower } => {
            format!("target {claim} is {target}, which is below its lower bound of {lower}")
        }
        AllocationError::UpperBelowLower { claim, upper, lower } => {
            format!("upper bound {claim} is {upper} but should not be less than the lower bound {lower}")
        }
        // The real sums are added up in another order and need not agree in the last digit.
        AllocationError::LowerSumTooLarge { .. } => "lower bounds sum to".into(),
        AllocationError::UpperSumTooSmall { .. } => "upper bounds sum to".into(),
        other => panic!("the real code has no such error: {other}"),
    }
}

#[test]
fn allocations_equal_the_real_ones() {
    let (mut solved, mut refused) = (0, 0);
    for case in cases("borrowing.json") {
        if !["random", "random-any", "edge"].contains(&s(&case["kind"])) {
            continue;
        }
        let claims: Vec<Claim> = list(&case["in"]["items"])
            .iter()
            .map(|item| Claim { target: f(&item[0]), lower: f(&item[1]), upper: f(&item[2]) })
            .collect();
        let got = compute_concurrency_allocation(u(&case["in"]["required_sum"]), &claims);
        match (got, case["out"].get("error")) {
            (Ok(got), None) => {
                close(got.fair_proportion, f(&case["out"]["fair_prop"]), &format!("fair_prop of {case}"));
                let expected = list(&case["out"]["allocs"]);
                assert_eq!(got.seats.len(), expected.len(), "{case}");
                for (got, expected) in got.seats.iter().zip(expected) {
                    close(*got, f(expected), &format!("alloc of {case}"));
                }
                solved += 1;
            }
            (Err(error), Some(words)) => {
                assert!(s(words).starts_with(&real_words(error)), "{error}; the real code says: {words}");
                refused += 1;
            }
            (got, _) => panic!("{got:?} for {case}"),
        }
    }
    assert!(solved >= 105 && refused >= 34, "{solved} solved, {refused} refused");
}

#[test]
fn adjustments_equal_the_real_ones() {
    let mut periods_seen = 0;
    for case in cases("borrowing.json").filter(|case| s(&case["kind"]) == "series") {
        let (input, out, name) = (&case["in"], &case["out"], s(&case["in"]["name"]));
        let number = |value: &Value| u32::try_from(u(value)).unwrap();
        let limits: Vec<LevelLimits> = list(&input["level_order"])
            .iter()
            .map(|level| {
                let limits = &input["limits"][s(level)];
                let (nominal, min) = (number(&limits["nominal_cl"]), number(&limits["min_cl"]));
                LevelLimits {
                    exempt: flag(&limits["exempt"]),
                    nominal,
                    lendable: nominal - min,
                    min,
                    max: number(&limits["max_cl"]),
                    introduced: nominal - (nominal - min) / 2,
                    max_seats: None,
                }
            })
            .collect();
        let mut state = BorrowingState::default();
        for (current, initial) in state.current.iter_mut().zip(list(&input["initial_current_cl"])) {
            *current = number(initial);
        }
        let impossible: Vec<u64> = list(&out["allocation_error_periods"]).iter().map(u).collect();
        let expected = list(&out["smoothed_and_current_cl"]);
        assert_eq!(expected.len(), list(&input["observations"]).len());
        for (period, (observed, expected)) in (0_u64..).zip(list(&input["observations"]).iter().zip(expected)) {
            let demand: Vec<LevelDemand> = list(observed)
                .iter()
                .map(|level| LevelDemand { avg: f(&level[0]), stddev: f(&level[1]), max: f(&level[2]) })
                .collect();
            let adjustment = state.update(&limits, &demand).unwrap();
            assert_eq!(
                matches!(adjustment, Adjustment::Impossible(_)),
                impossible.contains(&period),
                "{name}, period {period}: {adjustment:?}"
            );
            for (level, expected) in list(expected).iter().enumerate() {
                let what = format!("{name}, period {period}, level {level}");
                close(state.smoothed[level], f(&expected[0]), &what);
                assert_eq!(u64::from(state.current[level]), u(&expected[1]), "{what}");
            }
            periods_seen += 1;
        }
    }
    assert!(periods_seen >= 540, "only {periods_seen} periods");
}

#[test]
fn seat_demand_equals_the_real_one() {
    let mut periods_seen = 0;
    for case in cases("borrowing.json").filter(|case| s(&case["kind"]) == "integrator") {
        let ns = |seconds: f64| (seconds * 1e9).round() as u64;
        let period_ns = ns(f(&case["in"]["period_s"]));
        let mut demand = SeatDemandIntegrator::default();
        let mut smoothed = 0.0_f64;
        assert_eq!(list(&case["in"]["steps_per_period"]).len(), list(&case["out"]).len());
        for (steps, expected) in list(&case["in"]["steps_per_period"]).iter().zip(list(&case["out"])) {
            let mut at = 0;
            for step in list(steps) {
                let next = ns(f(&step[0]));
                demand.hold(seconds(next - at));
                demand.set(f(&step[1]));
                at = next;
            }
            demand.hold(seconds(period_ns - at));
            let (elapsed_s, min) = (demand.elapsed_s(), demand.min());
            let got = demand.take();
            let envelope = got.avg + got.stddev;
            smoothed = envelope.max(SMOOTHING * smoothed + (1.0 - SMOOTHING) * envelope);
            close(elapsed_s, f(&expected["duration_s"]), "duration");
            close(got.avg, f(&expected["avg"]), "average");
            // The real code says "not a number" where cancellation made the variance negative, and then uses 0.
            close(got.stddev, expected["stddev"].as_f64().unwrap_or(0.0), "deviation");
            close(min, f(&expected["min"]), "minimum");
            close(got.max, f(&expected["max"]), "maximum");
            assert_eq!(got.max.round() as u64, u(&expected["high_watermark"]));
            close(smoothed, f(&expected["smoothed"]), "smoothed");
            periods_seen += 1;
        }
    }
    assert!(periods_seen >= 36, "only {periods_seen} periods");
}

/// The query part of a URL. No vector escapes anything that matters here.
fn list_query(url: &str, single: bool) -> ListQuery {
    let mut query = ListQuery::default();
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    for (key, value) in parameters.split('&').filter_map(|parameter| parameter.split_once('=')) {
        match key {
            "resourceVersion" => query.version = if value == "0" { Version::Any } else { Version::Number },
            "resourceVersionMatch" => {
                query.version_match = match value {
                    "Exact" => VersionMatch::Exact,
                    "NotOlderThan" => VersionMatch::NotOlderThan,
                    _ => VersionMatch::Unknown,
                }
            }
            "limit" => match value.parse() {
                Ok(limit) => query.limit = limit,
                Err(_) => query.malformed = true,
            },
            "continue" => query.continues = true,
            "fieldSelector" | "labelSelector" => query.selection = Selection::Selector,
            "sendInitialEvents" => query.send_initial_events = value == "true",
            "watch" => {}
            other => panic!("unknown parameter {other} in {url}"),
        }
    }
    if single {
        query.selection = Selection::One;
    }
    query
}

#[test]
fn seats_equal_the_real_ones() {
    let mut cases_seen = 0;
    for case in cases("seats.json") {
        let input = &case["in"];
        let stats = match s(&input["stats_error"]) {
            "" => ObjectStats::Known { count: u(&input["object_count"]), average_bytes: u(&input["avg_object_bytes"]) },
            "stale" | "other" => ObjectStats::Stale,
            "not-found" => ObjectStats::Unknown,
            other => panic!("unknown error {other}"),
        };
        let query = list_query(s(&input["url"]), flag(&input["name_set"]));
        let request = match s(&input["verb"]) {
            "list" => Request::List(query, stats),
            "watch" => Request::Watch(query, stats),
            "create" | "update" | "patch" | "delete" => Request::Write {
                watchers: u32::try_from(u(&input["watch_count"])).unwrap(),
                event: !(s(&input["url"]).contains("/serviceaccounts/") && input["subresource"] == "token"),
            },
            _ => Request::Other,
        };
        let progress = flag(&input["storage_supports_watch_progress"]);
        let level = u32::try_from(u(&input["priority_level_max_seats"])).unwrap();
        let got = request.estimate(EstimatorRules::of_minor(36), progress, Some(level));
        let out = &case["out"];
        assert_eq!(u64::from(got.initial_seats), u(&out["initial_seats"]), "{case}");
        assert_eq!(u64::from(got.final_seats), u(&out["final_seats"]), "{case}");
        assert_eq!(got.additional_latency_ns, u(&out["additional_latency_ns"]), "{case}");
        cases_seen += 1;
    }
    assert!(cases_seen >= 658, "only {cases_seen} cases");
}

#[test]
fn hands_and_hashes_equal_the_real_ones() {
    let mut cases_seen = 0;
    for case in cases("shuffle.json") {
        let (input, out) = (&case["in"], &case["out"]);
        let size = |key: &str| u32::try_from(u(&input[key])).unwrap();
        match s(&case["kind"]) {
            "deal" => {
                let hand =
                    Dealer::new(size("deck_size"), size("hand_size")).unwrap().deal(s(&input["hash"]).parse().unwrap());
                let expected: Vec<u64> = list(&out["hand"]).iter().map(u).collect();
                assert_eq!(hand.iter().map(|queue| u64::from(*queue)).collect::<Vec<_>>(), expected, "{case}");
            }
            "new-dealer" => {
                let dealer = Dealer::new(size("deck_size"), size("hand_size"));
                assert_eq!(dealer.is_err(), !out["error"].is_null(), "{case}: {dealer:?}");
                if let Some(bits) = out["required_entropy_bits"].as_u64() {
                    assert_eq!(u64::from(required_entropy_bits(size("deck_size"), size("hand_size"))), bits, "{case}");
                }
            }
            "hash" => {
                let hash = flow_hash(s(&input["flow_schema"]), &[s(&input["flow_distinguisher"])]);
                assert_eq!(hash.to_string(), s(&out["hash"]), "{case}");
            }
            other => panic!("unknown kind {other}"),
        }
        cases_seen += 1;
    }
    assert!(cases_seen >= 300, "only {cases_seen} cases");
}

#[test]
fn retry_after_equals_the_real_one() {
    let mut answers_seen = 0;
    for case in cases("dropped.json") {
        let (entries, answers) = (list(&case["in"]["second_and_drops"]), list(&case["out"]["retry_after_s"]));
        assert_eq!(entries.len(), answers.len());
        let mut retry_after = RetryAfter::default();
        for (entry, answer) in entries.iter().zip(answers) {
            retry_after.record(u(&entry[0]), u(&entry[1]));
            assert_eq!(u64::from(retry_after.seconds()), u(answer), "{} at second {}", case["kind"], entry[0]);
            answers_seen += 1;
        }
    }
    assert!(answers_seen >= 1514, "only {answers_seen} answers");
}
