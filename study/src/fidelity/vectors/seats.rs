//! `seats.json`: how many seats a request takes.

use super::tally::{Tally, narrow};
use serde_json::Value;
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Selection, Version, VersionMatch};
use slackwater_core::flowcontrol::seats::{EstimatorRules, Request};

/// Minor version the vectors were made with.
const MINOR: u32 = 36;

/// The query part of a URL; nothing if a parameter is not known.
fn query(url: &str, single: bool) -> Option<ListQuery> {
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
            _ => return None,
        }
    }
    if single {
        query.selection = Selection::One;
    }
    Some(query)
}

pub(super) fn compare(case: &Value, tally: &mut Tally) -> Option<()> {
    let (input, out) = (&case["in"], &case["out"]);
    let stats = match input["stats_error"].as_str()? {
        "" => ObjectStats::Known {
            count: input["object_count"].as_u64()?,
            average_bytes: input["avg_object_bytes"].as_u64()?,
        },
        "not-found" => ObjectStats::Unknown,
        _ => ObjectStats::Stale,
    };
    let url = input["url"].as_str()?;
    let query = query(url, input["name_set"].as_bool()?)?;
    let request = match input["verb"].as_str()? {
        "list" => Request::List(query, stats),
        "watch" => Request::Watch(query, stats),
        "create" | "update" | "patch" | "delete" => Request::Write {
            watchers: narrow(&input["watch_count"])?,
            event: !(url.contains("/serviceaccounts/") && input["subresource"] == "token"),
        },
        _ => Request::Other,
    };
    let level = narrow(&input["priority_level_max_seats"])?;
    let progress = input["storage_supports_watch_progress"].as_bool()?;
    let got = request.estimate(EstimatorRules::of_minor(MINOR), progress, Some(level));
    tally.whole(&format!("{url}: initial seats"), got.initial_seats.into(), &out["initial_seats"]);
    tally.whole(&format!("{url}: final seats"), got.final_seats.into(), &out["final_seats"]);
    tally.whole(&format!("{url}: latency"), got.additional_latency_ns, &out["additional_latency_ns"]);
    Some(())
}
