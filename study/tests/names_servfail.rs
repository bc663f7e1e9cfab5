//! What caches do with a failure that is an answer, by both engines: an API server is gone for a while, and DNS servers that
//! ask it say so.

mod system_rig;

use slackwater_core::dns::{Dependence, Dns, Group, Tier};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_core::system::state::{Layout, State};
use slackwater_core::system::step::step;
use system_rig::{run, steady};

const LOST_S: usize = 100;
const BACK_S: usize = 300;
const UNTIL_S: usize = 500;
const LOOKUPS_PER_S: f64 = 0.05;

/// Forty caches of a hundred names, handed out for `stale_s` after their 30 s; failures are remembered for 10 s.
fn servfail(stale_s: f64, attempts: f64) -> Scenario<f64> {
    let mut scenario = Scenario::idle(1.0, 1.0, 4.0);
    let group = Group::new(100.0, LOOKUPS_PER_S, 100.0 * LOOKUPS_PER_S, 1.0);
    let tier =
        Tier { ttl_steps: 30.0, stale_steps: stale_s, negative_steps: 10.0, caches_fixed: 40.0, caches_per_node: 0.0 };
    scenario.dns = Dns {
        dependence: Dependence::Live,
        queries_per_server: 1e6,
        attempts,
        record_types: 1.0,
        groups: std::iter::once(group).collect(),
        tiers: std::iter::once(tier).collect(),
        ..Dns::none()
    };
    let lookups = Class { arrivals: Arrivals::DnsMiss, timeout_s: 5.0, ..Class::poll(0.0, 1.0, 0.001) };
    scenario.classes.push(lookups).expect("room");
    scenario.dns_class = Some(0);
    scenario.actions.kill_s = LOST_S as f64;
    (scenario.memory.restart_s, scenario.memory.refill_s) = ((BACK_S - LOST_S) as f64, 0.0);
    scenario
}

/// Share of lookups that fail and questions to the API, second by second: fluid, then events.
fn both(scenario: &Scenario<f64>) -> [Vec<(f64, f64)>; 2] {
    let layout = Layout::of(scenario);
    let mut storage = vec![0.0; layout.length];
    let mut state = State::new(scenario, &layout, &mut storage);
    let fluid = (0..UNTIL_S).map(|_| {
        let totals = step(scenario, &layout, &mut state, &mut storage);
        let row = Row::read(scenario, &state, &totals, 0);
        (row.values[Row::IMPACT], row.values[Row::DNS_QUERIES])
    });
    let fluid = fluid.collect();
    let history = run(&steady(scenario.clone(), UNTIL_S as f64), 1);
    let events = history.rows.iter().map(|row| (row.values[Row::IMPACT], row.values[Row::DNS_QUERIES])).collect();
    [fluid, events]
}

fn mean(rows: &[(f64, f64)], seconds: std::ops::Range<usize>, of: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let count = seconds.len() as f64;
    rows[seconds].iter().map(of).sum::<f64>() / count
}

#[test]
fn without_old_answers_a_failure_is_remembered_for_its_time() {
    for rows in both(&servfail(0.0, 1.0)) {
        // 4,000 entries: each asks, is told no, and asks with the first lookup ten seconds later.
        let asked = mean(&rows, 150..290, |row| row.1);
        let expected = 4000.0 * LOOKUPS_PER_S / (1.0 + 10.0 * LOOKUPS_PER_S);
        assert!((asked / expected - 1.0).abs() < 0.03, "{asked} questions a second, {expected}");
        assert!(mean(&rows, 150..290, |row| row.0) > 0.98);
    }
}

#[test]
fn with_old_answers_a_failure_outlasts_the_outage_by_one_lookup() {
    // Caches that start cold in an outage of a hundred seconds.
    let mut scenario = servfail(300.0, 1.0);
    scenario.dns.cold = 1.0;
    (scenario.actions.kill_s, scenario.memory.restart_s) = (1.0, 100.0);
    for rows in both(&scenario) {
        // But for those of the first seconds, all are told no.
        let failing = |from: usize| mean(&rows, from..from + 10, |row| row.0);
        let told = failing(90);
        assert!(told > 0.75, "{told} fail");
        // So is the first lookup of each name afterwards: exp(-l t) of them have had none.
        let after = (-LOOKUPS_PER_S * 14.0).exp() * told;
        assert!((failing(110) / after - 1.0).abs() < 0.25, "{} fail, {after}", failing(110));
        let later = (-LOOKUPS_PER_S * 20.0).exp();
        for from in [120, 140] {
            let left = failing(from + 20) / failing(from);
            assert!((left / later - 1.0).abs() < 0.15, "{from} s: {left} of those left, {later}");
        }
    }
}

#[test]
fn who_asks_twice_gets_the_new_answer() {
    for rows in both(&servfail(60.0, 2.0)) {
        assert!(mean(&rows, 200..290, |row| row.0) > 0.98);
        let failing = mean(&rows, BACK_S + 15..BACK_S + 60, |row| row.0);
        assert!(failing < 0.03, "{failing} fail");
    }
}

#[test]
fn behind_an_old_answer_one_question_at_a_time_waits_for_its_timeout() {
    // A server that hangs from the first poll on, and names that are looked up twice a second.
    let mut scenario = servfail(600.0, 1.0);
    let group = Group::new(100.0, 0.5, 50.0, 1.0);
    scenario.dns.groups = std::iter::once(group).collect();
    let fat = Class { bytes_base: 1e12, clients_fixed: 10.0, ..Class::poll(0.0, 10.0, 0.1) };
    scenario.classes.push(fat).expect("room");
    (scenario.memory.limit_bytes, scenario.memory.thrashes) = (1e9, 1.0);
    scenario.actions.kill_s = 1e9;
    for rows in both(&scenario) {
        // All have an old answer but for what was not in its cache at the start, one name in sixteen.
        let absent = mean(&rows, 100..500, |row| row.0);
        assert!(absent < 1.0 / 16.0, "{absent} have none");
        // Each entry asks, waits five seconds, and asks with the next lookup; what is absent asks with every one.
        let expected = 4000.0 * 0.5 * (absent + (1.0 - absent) / (1.0 + 5.0 * 0.5));
        let asked = mean(&rows, 100..500, |row| row.1);
        assert!((asked / expected - 1.0).abs() < 0.05, "{asked} questions a second, {expected}");
    }
}
