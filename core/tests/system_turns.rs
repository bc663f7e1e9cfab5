//! Short requests wait for a turn of the run queue behind lists, and behind each other.

mod system_rig;

use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::scenario::{Arrivals, Class};
use system_rig::{Run, class, cluster};

/// CPU-seconds between two turns.
const TURN_S: f64 = 0.01;

/// Mean latency of short requests that come so often beside lists that never end, and how many of them wait.
fn beside_lists(short_per_s: f64, turns: f64, lists: f64) -> (f64, f64) {
    let lists = class("lists", Arrivals::FixedRate, lists, 1e4);
    let short = Class { turns, flow: 1, ..class("short", Arrivals::Open, short_per_s, 1e-6) };
    let mut scenario = cluster(0.25, [lists, short]);
    scenario.cpu = Cpu::new(1.0, 0.0).with_turns(TURN_S).counted();
    let mut run = Run::new(scenario);
    // A list is given up after 30 s and sent again 10 s later.
    for _ in 0..1600 {
        run.step();
    }
    let (mut latency_s, mut answered, mut line) = (0.0, 0.0, 0.0);
    for _ in 0..1600 {
        run.step();
        let last = &run.state.classes[1].last;
        latency_s += last.latency_sum_s;
        answered += last.answered;
        line += run.state.line / 1600.0;
    }
    (latency_s / answered, line)
}

#[test]
fn each_place_in_the_line_costs_a_turn() {
    // 40 lists, of which three quarters are in service: 29 beside one, each of them in line as well.
    let (quiet, few) = beside_lists(1.0, 1.0, 40.0);
    assert!((quiet - 0.3).abs() < 0.03, "{quiet}");
    // Little's law; a list a second comes in, too.
    assert!((few - 2.0 * quiet).abs() < 0.1, "{few}");
    // 50 a second take half of the turns: twice the wait.
    let (busy, many) = beside_lists(50.0, 1.0, 40.0);
    assert!((busy / quiet - 0.98 / 0.49).abs() < 0.1, "{busy} for {quiet}");
    assert!((many - 51.0 * busy).abs() < 0.05 * many, "{many}");
    // Two turns each are twice as many in line, for twice as long.
    let (twice, _) = beside_lists(25.0, 2.0, 40.0);
    assert!((twice / busy - 2.0).abs() < 0.1, "{twice} for {busy}");
}

#[test]
fn who_gives_up_before_his_turn_comes_is_not_answered() {
    let (latency_s, line) = beside_lists(400.0, 1.0, 40.0);
    assert!(latency_s < 30.0 && line < 400.0 * 100.0, "{latency_s} {line}");
}

#[test]
fn nobody_waits_for_turns_where_nothing_runs() {
    let (latency_s, line) = beside_lists(50.0, 1.0, 0.0);
    assert!(latency_s < 0.3 && line < 1.0, "{latency_s} {line}");
}
