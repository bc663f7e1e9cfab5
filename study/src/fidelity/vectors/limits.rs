//! `limits.json`: limits of the priority levels from their shares.

use super::tally::{Tally, list, narrow, optional};
use serde_json::Value;
use slackwater_core::flowcontrol::borrowing::BorrowingState;
use slackwater_core::flowcontrol::levels::{LevelConfig, MANDATORY_LEVELS, limits, with_mandatory_levels};
use slackwater_core::flowcontrol::seat_demand::LevelDemand;

fn config(level: &Value) -> Option<LevelConfig<'_>> {
    Some(LevelConfig {
        name: level["name"].as_str()?,
        exempt: level["type"].as_str()? == "Exempt",
        nominal_concurrency_shares: narrow(&level["nominal_concurrency_shares"])?,
        lendable_percent: optional(&level["lendable_percent"]),
        borrowing_limit_percent: optional(&level["borrowing_limit_percent"]),
        queues: narrow(&level["queues"])?,
        hand_size: narrow(&level["hand_size"])?,
        queue_length_limit: narrow(&level["queue_length_limit"])?,
    })
}

pub(super) fn compare(case: &Value, tally: &mut Tally) -> Option<()> {
    let given: Vec<LevelConfig<'_>> =
        list(&case["in"]["priority_levels"])?.iter().map(config).collect::<Option<_>>()?;
    let server = narrow(&case["in"]["server_concurrency_limit"])?;
    let what = format!("{} at {server}", case["in"]["set"].as_str()?);
    let made = with_mandatory_levels(&given).and_then(|levels| {
        let (mandatory, started) = (limits(server, &MANDATORY_LEVELS)?, BorrowingState::started(server, &levels)?);
        Ok((levels, mandatory, started))
    });
    let (levels, mandatory, (all, mut state)) = match made {
        Ok(made) => made,
        Err(error) => {
            tally.note(false, || format!("{what}: {error}"));
            return Some(());
        }
    };
    let at_start = state;
    let _ = state.update(&all, &vec![LevelDemand::default(); all.len()]);
    let expected = case["out"]["levels"].as_object()?;
    let sum: u64 = all.iter().map(|level| u64::from(level.nominal)).sum();
    tally.whole(&format!("{what}: nominal sum"), sum, &case["out"]["nominal_cl_sum"]);
    tally.note(all.len() == expected.len(), || format!("{what}: {} levels, expected {}", all.len(), expected.len()));
    for (at, (config, limit)) in levels.iter().zip(&all).enumerate() {
        let expected = expected.get(config.name)?;
        let known = MANDATORY_LEVELS.iter().position(|level| level.name == config.name);
        let introduced = known.and_then(|at| mandatory.get(at)).map_or(limit.introduced, |level| level.introduced);
        let got = [
            ("nominal_cl", Some(limit.nominal)),
            ("lendable_cl", Some(limit.lendable)),
            ("borrowing_cl", Some(limit.max - limit.nominal)),
            ("min_cl", Some(limit.min)),
            ("max_cl", Some(limit.max)),
            ("introduced_cl", Some(introduced)),
            ("current_cl", at_start.current(at)),
            ("current_cl_after_idle_period", state.current(at)),
            ("max_seats", limit.max_seats),
        ];
        for (key, value) in got {
            let expected = expected.get(key)?;
            let same = value.map(u64::from) == expected.as_u64();
            tally.note(same, || format!("{what}, {}: {key} is {value:?}, expected {expected}", config.name));
        }
    }
    Some(())
}
