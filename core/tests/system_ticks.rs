//! Ticks of polls at a fixed rate: whatever their answers take, a burst of them spreads and never gathers.

mod system_rig;

use proptest::prelude::*;
use slackwater_core::flowcontrol::levels::LevelLimits;
use slackwater_core::system::scenario::{Arrivals, Class};
use system_rig::{Run, class, cluster, of_agent};

/// Most polls of a step, round by round: 100 pods come up in a few seconds and poll every `period_s`.
fn most_by_round(period_s: f64, cpu_s: f64, cores: f64) -> Vec<f64> {
    let agent = Class { period_s, ..of_agent(class("agent", Arrivals::FixedRate, 0.0, cpu_s)) };
    let mut scenario = cluster(1.0, [agent]);
    scenario.cpu.servers = cores;
    // Who waits for a seat comes back by the mean wait of all in service: here nobody waits.
    scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = true;
    let mut run = Run::new(scenario);
    let mut most: Vec<f64> = Vec::new();
    for step in 0..(40.0 * period_s) as usize {
        run.step();
        let round = (step as f64 / period_s) as usize;
        most.resize(round + 1, 0.0);
        most[round] = most[round].max(run.state.classes[0].last.sent);
    }
    most
}

#[test]
fn a_burst_keeps_its_height_where_the_period_is_whole() {
    let most = most_by_round(30.0, 0.485, 64.0);
    assert!(most.iter().all(|most_of_round| (most_of_round - most[0]).abs() < 1e-9), "{most:?}");
}

#[test]
fn a_burst_spreads_where_the_period_ends_within_a_step() {
    let most = most_by_round(29.906, 0.485, 64.0);
    assert!(most.windows(2).all(|two| two[1] <= two[0] + 1e-9), "{most:?}");
    assert!(most[30] < 0.9 * most[0], "{most:?}");
}

/// Polls of each step while all of them fail: 100 pods come up in 5 s and poll every 30 s, or 30 s after they know.
fn failing(arrivals: Arrivals, cpu_s: f64, seats: u32) -> Vec<f64> {
    let agent = Class { period_s: 30.0, timeout_s: 10.0, ..of_agent(class("agent", arrivals, 0.0, cpu_s)) };
    let mut scenario = cluster(1.0, [agent]);
    let level = &mut scenario.levels[system_rig::WORKLOAD_LOW];
    (level.limits, level.queues, level.hand_size) = (LevelLimits::fixed(seats), 0, 0);
    let mut run = Run::new(scenario);
    let mut sent = Vec::new();
    for _ in 0..300 {
        run.step();
        sent.push(run.state.classes[0].last.sent);
    }
    sent
}

#[track_caller]
fn assert_comes_again(sent: &[f64], after: usize) {
    assert!(sent[..5].iter().all(|sent| *sent > 10.0), "{sent:?}");
    for (step, (first, again)) in sent.iter().zip(&sent[after..]).enumerate() {
        assert!((first - again).abs() < 1e-9, "step {step}: {first}, then {again}");
    }
}

#[test]
fn who_is_turned_away_or_never_answered_keeps_its_tick() {
    assert_comes_again(&failing(Arrivals::FixedRate, 0.1, 0), 30);
    assert_comes_again(&failing(Arrivals::FixedRate, 1e9, 1000), 30);
}

#[test]
fn who_waits_a_period_after_each_answer_waits_as_long_after_a_failure() {
    assert_comes_again(&failing(Arrivals::FixedDelay, 0.1, 0), 30);
    assert_comes_again(&failing(Arrivals::FixedDelay, 1e9, 1000), 40);
}

proptest! {
    #[test]
    fn no_burst_that_is_served_in_time_is_higher_than_its_first(
        period_s in 20.0..40.0_f64,
        cpu_s in 0.01..3.0_f64,
        load in 0.05..0.7_f64,
    ) {
        let most = most_by_round(period_s, cpu_s, 100.0 * cpu_s / period_s / load);
        let first = most[0];
        prop_assert!(most.iter().all(|most_of_round| *most_of_round <= first + 1e-9), "{most:?}");
    }
}
