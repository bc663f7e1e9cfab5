//! `borrowing.json`: allocations, series of adjustments, the demand they are made from.

use super::tally::{Tally, list, narrow};
use serde_json::Value;
use slackwater_core::flowcontrol::allocation::{Claim, compute_concurrency_allocation};
use slackwater_core::flowcontrol::borrowing::{Adjustment, BorrowingState, SMOOTHING};
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::flowcontrol::seat_demand::{LevelDemand, SeatDemandIntegrator, seconds};

pub(super) fn compare(case: &Value, tally: &mut Tally) -> Option<()> {
    match case["kind"].as_str()? {
        "random" | "random-any" | "edge" => allocation(case, tally),
        "series" => series(case, tally),
        "integrator" => integrator(case, tally),
        _ => None,
    }
}

fn allocation(case: &Value, tally: &mut Tally) -> Option<()> {
    let claim =
        |item: &Value| Some(Claim { target: item[0].as_f64()?, lower: item[1].as_f64()?, upper: item[2].as_f64()? });
    let claims: Vec<Claim> = list(&case["in"]["items"])?.iter().map(claim).collect::<Option<_>>()?;
    let sum = case["in"]["required_sum"].as_u64()?;
    match (compute_concurrency_allocation(sum, &claims), case["out"].get("error")) {
        (Ok(got), None) => {
            tally.close("fair proportion", got.fair_proportion, case["out"]["fair_prop"].as_f64()?);
            let expected = list(&case["out"]["allocs"])?;
            tally.note(got.seats.len() == expected.len(), || "another number of allocations".to_owned());
            for (got, expected) in got.seats.iter().zip(expected) {
                tally.close("allocation", *got, expected.as_f64()?);
            }
        }
        (got, expected) => {
            tally.note(got.is_err() == expected.is_some(), || {
                format!("required sum {sum}: {got:?}, expected {expected:?}")
            });
        }
    }
    Some(())
}

fn series(case: &Value, tally: &mut Tally) -> Option<()> {
    let (input, out) = (&case["in"], &case["out"]);
    let name = input["name"].as_str()?;
    let limits: Vec<LevelLimits> = list(&input["level_order"])?
        .iter()
        .map(|level| {
            let limits = &input["limits"][level.as_str()?];
            let (nominal, min) = (narrow(&limits["nominal_cl"])?, narrow(&limits["min_cl"])?);
            Some(LevelLimits {
                exempt: limits["exempt"].as_bool()?,
                nominal,
                lendable: nominal.checked_sub(min)?,
                min,
                max: narrow(&limits["max_cl"])?,
                introduced: nominal - (nominal - min) / 2,
                max_seats: None,
            })
        })
        .collect::<Option<_>>()?;
    let mut state = BorrowingState::default();
    for (current, initial) in state.current.iter_mut().zip(list(&input["initial_current_cl"])?) {
        *current = narrow(initial)?;
    }
    let impossible = list(&out["allocation_error_periods"])?;
    let periods = list(&input["observations"])?.iter().zip(list(&out["smoothed_and_current_cl"])?);
    for (period, (observed, expected)) in periods.enumerate() {
        let demand = |level: &Value| {
            Some(LevelDemand { avg: level[0].as_f64()?, stddev: level[1].as_f64()?, max: level[2].as_f64()? })
        };
        let demand: Vec<LevelDemand> = list(observed)?.iter().map(demand).collect::<Option<_>>()?;
        let adjustment = state.update(&limits, &demand).ok()?;
        let refused = impossible.iter().any(|known| known.as_u64() == Some(period as u64));
        let same = matches!(adjustment, Adjustment::Impossible(_)) == refused;
        tally.note(same, || format!("{name}, period {period}: {adjustment:?}"));
        for (level, expected) in list(expected)?.iter().enumerate() {
            let what = format!("{name}, period {period}, level {level}");
            tally.close(&what, *state.smoothed.get(level)?, expected[0].as_f64()?);
            tally.whole(&what, u64::from(*state.current.get(level)?), &expected[1]);
        }
    }
    Some(())
}

fn integrator(case: &Value, tally: &mut Tally) -> Option<()> {
    let ns = |seconds: f64| (seconds * 1e9).round() as u64;
    let period_ns = ns(case["in"]["period_s"].as_f64()?);
    let mut demand = SeatDemandIntegrator::default();
    let mut smoothed = 0.0_f64;
    for (steps, expected) in list(&case["in"]["steps_per_period"])?.iter().zip(list(&case["out"])?) {
        let mut at = 0;
        for step in list(steps)? {
            let next = ns(step[0].as_f64()?);
            demand.hold(seconds(next.checked_sub(at)?));
            demand.set(step[1].as_f64()?);
            at = next;
        }
        demand.hold(seconds(period_ns.checked_sub(at)?));
        let min = demand.min();
        let got = demand.take();
        let envelope = got.avg + got.stddev;
        smoothed = envelope.max(SMOOTHING * smoothed + (1.0 - SMOOTHING) * envelope);
        tally.close("average demand", got.avg, expected["avg"].as_f64()?);
        // The real code says "not a number" where cancellation made the variance negative, and then uses 0.
        tally.close("deviation of demand", got.stddev, expected["stddev"].as_f64().unwrap_or(0.0));
        tally.close("least demand", min, expected["min"].as_f64()?);
        tally.close("most demand", got.max, expected["max"].as_f64()?);
        tally.whole("high watermark", got.max.round() as u64, &expected["high_watermark"]);
        tally.close("smoothed demand", smoothed, expected["smoothed"].as_f64()?);
    }
    Some(())
}
