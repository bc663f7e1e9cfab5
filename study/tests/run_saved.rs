//! A run that was saved and resumed is the run that never stopped.

mod run_rig;

use run_rig::{OUTAGE, plan, run};
use slackwater_core::system::state::STATE_VERSION;
use slackwater_study::outcome::Outcome;
use slackwater_study::run::{Saved, resume, simulate_and_save};

/// 15:13, seconds after 14:51.
const SAVED: &str = "run.until_s=1320";
const END: &str = "run.until_s=7200";

fn saved(case: &str, changes: &[&str]) -> Saved {
    simulate_and_save(&plan(case, changes), None).expect(case).1
}

fn assert_same(whole: &Outcome, resumed: &Outcome) {
    for ((name, a), (other, b)) in whole.trajectory.iter().zip(&resumed.trajectory) {
        assert_eq!((name, a.len()), (other, b.len()));
        // Bits, so that -0 is not 0.
        let first = a.iter().zip(b).position(|(a, b)| a.to_bits() != b.to_bits());
        let shown = first.map(|at| (a[at], b[at], whole.trajectory[0].1[at]));
        assert_eq!(shown, None, "{name}: whole, resumed, at t_s");
    }
    assert_eq!(whole.events, resumed.events);
    assert_eq!(whole.verdict, resumed.verdict);
    assert_eq!(whole.remedies, resumed.remedies);
    assert_eq!(whole.counterfactual, resumed.counterfactual);
}

#[test]
fn resumed_equals_uninterrupted() {
    let whole = run(OUTAGE, &[END]);
    let resumed = resume(&plan(OUTAGE, &[END]), &saved(OUTAGE, &[SAVED])).expect("a run");
    assert_same(&whole, &resumed);
}

#[test]
fn the_ledger_of_a_resumed_run_is_that_of_the_whole() {
    let whole = run(OUTAGE, &[END]).ledger;
    let resumed = resume(&plan(OUTAGE, &[END]), &saved(OUTAGE, &[SAVED])).expect("a run").ledger;
    assert_eq!(whole.len(), resumed.len());
    for row in &whole {
        let same =
            |other: &&slackwater_study::outcome::LedgerRow| (&other.class, other.cause) == (&row.class, row.cause);
        let other = resumed.iter().find(same).expect("the same class and cause");
        assert!((row.cpu_s - other.cpu_s).abs() <= 1e-6 * row.cpu_s, "{row:?} and {other:?}");
    }
}

#[test]
fn a_state_that_went_through_a_file_is_the_same_state() {
    let bytes = saved(OUTAGE, &[SAVED]).to_bytes().expect("bytes");
    let read = Saved::from_bytes(&bytes).expect("a state");
    assert_eq!(read.to_bytes().expect("bytes"), bytes);
    assert_same(&run(OUTAGE, &[END]), &resume(&plan(OUTAGE, &[END]), &read).expect("a run"));
}

#[test]
fn saved_twice_equals_saved_once() {
    let plans = ["run.until_s=300", SAVED, "run.until_s=4000"].map(|until| plan(OUTAGE, &[until]));
    let mut from: Option<Saved> = None;
    for plan in &plans {
        from = Some(simulate_and_save(plan, from.as_ref()).expect("a run").1);
    }
    let resumed = resume(&plan(OUTAGE, &[END]), &from.expect("a state")).expect("a run");
    assert_same(&run(OUTAGE, &[END]), &resumed);
}

#[test]
fn a_single_cluster_in_waves_resumes_too() {
    let waves = ["rollout.waves=[0.1, 0.5, 1]", "rollout.soak_s=400", "cluster.nodes=3000"];
    let with = |until: &'static str| [&waves[..], &[until]].concat();
    let case = "openai-2018-agents";
    let resumed =
        resume(&plan(case, &with("run.until_s=3600")), &saved(case, &with("run.until_s=600"))).expect("a run");
    assert_same(&run(case, &with("run.until_s=3600")), &resumed);
}

#[test]
fn a_state_of_another_scenario_is_refused() {
    let state = saved("openai-2018-agents", &["run.until_s=60"]);
    let error = resume(&plan(OUTAGE, &[END]), &state).expect_err("another scenario");
    insta::assert_snapshot!(error.to_string());
}

#[test]
fn a_state_with_other_timers_is_refused() {
    let state = saved(OUTAGE, &["run.until_s=60"]);
    for change in ["dns.cache_ttl_s=300", "run.dt_s=0.5", "agent.enabled=false", "api_server.flow_control=false"] {
        let error = resume(&plan(OUTAGE, &[END, change]), &state).expect_err(change);
        assert!(error.to_string().contains("another shape"), "{change}: {error}");
    }
}

#[test]
fn a_fleet_of_more_sizes_than_the_state_is_refused() {
    let state = saved(OUTAGE, &["run.until_s=60", "fleet.sizes=[1]", "fleet.counts=[12]"]);
    let error = resume(&plan(OUTAGE, &[END]), &state).expect_err("more sizes");
    assert!(error.to_string().contains("another shape"), "{error}");
}

#[test]
fn a_fleet_of_fewer_sizes_than_the_state_is_refused() {
    let state = saved(OUTAGE, &["run.until_s=60"]);
    let fewer = plan(OUTAGE, &[END, "fleet.sizes=[1]", "fleet.counts=[12]"]);
    let error = resume(&fewer, &state).expect_err("fewer sizes");
    assert!(error.to_string().contains("another shape"), "{error}");
}

#[test]
fn what_is_no_state_is_refused() {
    for (text, what) in [("", "not a saved state"), ("{}", "not a saved state"), ("[1, 2]", "not a saved state")] {
        let error = Saved::from_bytes(text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains(what), "{error}");
    }
    let text =
        String::from_utf8(saved("openai-2018-agents", &["run.until_s=10"]).to_bytes().expect("bytes")).expect("text");
    let own = format!("\"version\":{STATE_VERSION}");
    let newer = text.replacen(&own, &format!("\"version\":{}", STATE_VERSION + 1), 1);
    let error = Saved::from_bytes(newer.as_bytes()).expect_err("a newer state").to_string();
    insta::assert_snapshot!(error);
    let half = &text[..text.len() / 2];
    assert!(Saved::from_bytes(half.as_bytes()).is_err());
}

#[test]
fn a_state_whose_steps_do_not_count_one_by_one_is_refused() {
    let bytes = saved("openai-2018-agents", &["run.until_s=10"]).to_bytes().expect("bytes");
    let text = String::from_utf8(bytes).expect("text");
    for key in ["place", "steps"] {
        for wrong in ["1e300", "-1.0", "10.5"] {
            let hostile = text.replacen(&format!("\"{key}\":10.0"), &format!("\"{key}\":{wrong}"), 1);
            assert_ne!(hostile, text);
            let state = Saved::from_bytes(hostile.as_bytes()).expect("a state in form");
            let error = resume(&plan("openai-2018-agents", &["run.until_s=60"]), &state).expect_err(wrong);
            assert!(error.to_string().contains("another shape"), "{key} {wrong}: {error}");
        }
    }
}

#[test]
fn a_state_can_go_on_under_another_plan_of_people() {
    let state = saved(OUTAGE, &[SAVED]);
    let worse = resume(&plan(OUTAGE, &["remedies.use=[shift]"]), &state).expect("a run");
    assert_eq!(worse.events.iter().find(|event| event.name == "all_recovered").expect("an event").t_s, None);
    let same = resume(&plan(OUTAGE, &[]), &state).expect("a run");
    assert!(same.events.iter().find(|event| event.name == "all_recovered").expect("an event").t_s.is_some());
}

/// The past of a resumed run is what was saved, not what the new scenario would have made of it: people who
/// come at 15:33 find servers that have hung since before 15:13.
#[test]
fn the_past_of_a_resumed_run_is_the_saved_one() {
    let change = ["agent.selector=node", "remedies.use=[delete]", "remedies.start_s=600", "remedies.per_cluster_s=1"];
    let single = ["fleet.sizes=[1]", "fleet.counts=[1]", "rollout.window_s=0"];
    let state = saved(OUTAGE, &[&single[..], &[SAVED]].concat());
    let now = plan(OUTAGE, &[&single[..], &change[..], &["run.until_s=7200"]].concat());
    let resumed = resume(&now, &state).expect("a run");
    let down = run_rig::column(&resumed, "clusters_down");
    // Nobody restarts them, so they hang to the end.
    assert_eq!(down.last(), Some(&1.0), "{:?}", resumed.events);
}
