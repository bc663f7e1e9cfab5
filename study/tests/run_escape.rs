//! Who can still delete the agent: the recorded storm, with flow control and without.

use slackwater_study::cases;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Admission, WayOut, ways_out};

/// Requests in flight that the recorded server without flow control allowed.
const IN_FLIGHT: [&str; 2] = ["api_server.max_requests_inflight=40", "api_server.max_mutating_requests_inflight=20"];

fn ways(keys: &[&str]) -> Vec<WayOut> {
    let mut file = cases::find("recorded-storm").unwrap().file().unwrap();
    for key in keys {
        file.set(key).unwrap();
    }
    ways_out(&Plan::resolve(file).unwrap()).unwrap()
}

fn way(ways: &[WayOut], admission: Admission, identity: &str) -> WayOut {
    ways.iter().find(|way| way.admission == admission && way.identity == identity).unwrap().clone()
}

/// Recorded: with flow control node, dev and admin were answered throughout the storm (1791, 366 and 378 requests, none
/// failed).
#[test]
fn with_flow_control_everybody_gets_through_the_recorded_storm() {
    let ways = ways(&[]);
    for identity in ["system-masters", "user"] {
        let way = way(&ways, Admission::FlowControl, identity);
        assert!(way.saturated && !way.thrashing && way.answered > 0.99, "{way:?}");
        assert!(way.deleted_s.is_some_and(|s| s < 60.0), "{way:?}");
    }
}

/// Recorded: without it, of the ordinary administrator's requests 9 were answered and 358 turned away; those of
/// system:masters were all answered.
#[test]
fn without_it_only_break_glass_does() {
    let ways = ways(&IN_FLIGHT);
    let masters = way(&ways, Admission::InFlight, "system-masters");
    assert!(masters.answered > 0.99 && masters.deleted_s.is_some_and(|s| s < 60.0), "{masters:?}");
    let user = way(&ways, Admission::InFlight, "user");
    // Three standard errors of nine answers.
    assert!(user.answered > 0.0 && user.answered < (9.0 + 3.0 * 3.0) / 367.0, "{user:?}");
    assert!(user.deleted_s.is_some_and(|s| s > 300.0), "{user:?}");
}
