//! etcd, leases and elections of the event engine.

mod system_rig;

use slackwater_core::rollout::actions::Actions;
use slackwater_core::server::etcd::{Etcd, Use, WRITE_CPU_S};
use slackwater_core::server::leader::Election;
use slackwater_core::server::lease::Term;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Follows, Scenario};
use slackwater_study::events::system::History;
use system_rig::{endless_cores, expect_conserved, expect_mean, open, run, steady, sum};

fn writes(rate_per_s: f64, bytes: f64) -> Class<f64> {
    Class { etcd: Use { writes: 1.0, write_bytes: bytes, ..Use::none() }, ..open("writes", rate_per_s, 0.0) }
}

fn with_etcd(class: Class<f64>, etcd: Etcd<f64>) -> Scenario<f64> {
    Scenario { etcd: Etcd { on: true, ..etcd }, etcd_cores: 1.0, ..endless_cores([class]) }
}

fn answered_per_s(history: &History, seconds: std::ops::Range<usize>) -> f64 {
    let count = seconds.len() as f64;
    sum(&history.observed.classes[0].answered[seconds]) / count
}

#[test]
fn a_write_takes_the_disk_and_the_network() {
    let scenario = with_etcd(writes(5.0, 1000.0), Etcd { fsync_s: 0.02, rtt_s: 0.03, ..Etcd::none() });
    let history = run(&steady(scenario, 200.0), 1);
    expect_conserved(&history);
    let latency_s = history.observed.classes[0].mean_latency_s(0, 200).expect("answers");
    // 5 a second on one core: hardly anybody meets another, and a kilobyte is nothing to the log.
    assert!((latency_s - 0.05 - WRITE_CPU_S).abs() < 1e-4, "{latency_s}");
}

#[test]
fn throughput_ends_where_the_leader_or_its_log_does() {
    let endless = Etcd { gives_up_s: 1e6, ..Etcd::none() };
    // A hundredth of a core does 55 writes a second; 40 of them take what processor sharing says.
    let mut scenario = with_etcd(writes(40.0, 0.0), endless);
    scenario.etcd_cores = 0.01;
    let size_s = WRITE_CPU_S / 0.01;
    let latencies: Vec<f64> = (0..20)
        .map(|seed| {
            let history = run(&steady(scenario.clone(), 400.0), seed);
            history.observed.classes[0].mean_latency_s(0, 400).expect("answers") - endless.fsync_s - endless.rtt_s
        })
        .collect();
    expect_mean("latency", &latencies, size_s / (1.0 - 40.0 * size_s));

    // Objects of 100 kB, 50 ms a commit: ten a commit, 200 a second.
    let mut scenario = with_etcd(writes(400.0, 104_857.6), Etcd { fsync_s: 0.04, rtt_s: 0.01, ..endless });
    scenario.classes[0].timeout_s = 1e6;
    let rate = answered_per_s(&run(&steady(scenario, 100.0), 1), 20..100);
    assert!((rate - 200.0).abs() < 1.0, "{rate}");
}

#[test]
fn without_a_majority_nothing_is_written() {
    let lost = Etcd { members: 3.0, lost_members: 2.0, lost_s: 60.0, back_s: 120.0, ..Etcd::none() };
    let history = run(&steady(with_etcd(writes(10.0, 100.0), lost), 300.0), 1);
    expect_conserved(&history);
    assert_eq!(answered_per_s(&history, 60..121), 0.0);
    let serving: Vec<f64> = history.rows.iter().map(|row| row.values[Row::ETCD_SERVING]).collect();
    assert!(serving[..60].iter().chain(&serving[121..]).all(|share| *share == 1.0));
    assert!(serving[60..121].iter().all(|share| *share == 0.0)); // and a second for the election
    // Given up after 7 s with an error, not a timeout.
    let class = &history.observed.classes[0];
    assert_eq!((sum(&class.timed_out), sum(&class.refused[..66])), (0.0, 0.0));
    assert!((sum(&class.refused) - 10.0 * (61.0 - 7.0)).abs() < 4.0 * 540.0_f64.sqrt());
    // One of three is an election.
    let lost = Etcd { lost_members: 1.0, ..lost };
    let history = run(&steady(with_etcd(writes(10.0, 100.0), lost), 300.0), 1);
    assert_eq!((answered_per_s(&history, 60..61), sum(&history.observed.classes[0].refused)), (0.0, 0.0));
}

#[test]
fn a_full_file_stops_writes_until_somebody_defragments() {
    // 1 GB live, 10 MB a second, 2 GB of quota: full after some 100 s, before anything is compacted.
    let full = Etcd { quota_bytes: 3e9, live_bytes: 2e9, defrag_s: 200.0, defrag_bytes_per_s: 3e8, ..Etcd::none() };
    // Nothing was written before the trial: the rate of the first second is 0.
    let mut scenario = with_etcd(writes(0.0, 1e5), full);
    scenario.classes[0].rate_per_client = 100.0;
    scenario.classes[0].clients_fixed = 0.0;
    let drive = slackwater_study::trial::Drive::Clients {
        clients: 1.0,
        start_s: 0.0,
        ramp_s: 0.0,
        first_within_s: 0.0,
        stop_s: 1e9,
    };
    let trial = slackwater_study::trial::Trial { drives: vec![drive], ..steady(scenario, 300.0) };
    let history = run(&trial, 1);
    expect_conserved(&history);
    let class = &history.observed.classes[0];
    let full = class.refused.iter().position(|refused| *refused > 0.0).expect("it fills up");
    assert!((90..115).contains(&full), "{full}");
    assert_eq!(answered_per_s(&history, full + 2..200), 0.0);
    // 3 GB are copied in 10 s.
    assert_eq!(answered_per_s(&history, 201..210), 0.0);
    assert!((answered_per_s(&history, 215..290) - 100.0).abs() < 5.0);
    assert!((history.rows[205].values[Row::ETCD_FILE] - 2e9 / 1_073_741_824.0).abs() < 0.1);
}

#[test]
fn servers_whose_probe_asks_etcd_die_with_it_and_come_back_after_it() {
    let lost = Etcd { lost_members: 2.0, lost_s: 60.0, back_s: 200.0, probed: 1.0, ..Etcd::none() };
    let mut scenario = with_etcd(open("reads", 5.0, 0.01), lost);
    let memory = &mut scenario.memory;
    (memory.liveness_s, memory.restart_s, memory.refill_s) = (80.0, 5.0, 4.0);
    let history = run(&steady(scenario, 300.0), 1);
    assert_eq!(history.observed.restarts_s, [140.0]);
    // Reads from the cache go on until the probe; after it nobody is served before the caches are full again.
    assert!(answered_per_s(&history, 60..140) > 4.0);
    assert_eq!(answered_per_s(&history, 141..204), 0.0);
    assert!(answered_per_s(&history, 206..300) > 4.0);
}

/// 300 nodes that renew every 10 s, and four leaders every 2 s, whose server is killed at 100 s for `down_s`.
fn leases(down_s: f64, standby: bool) -> History {
    let mut scenario = Scenario::idle(1.0, 300.0, 4.0);
    let leaders = Class { clients_fixed: 4.0, timeout_s: 5.0, ..Class::poll(0.0, 2.0, 0.001) };
    let led = Class { follows: Follows::Leaders, ..open("controllers", 5.0, 0.002) };
    let informers = Class {
        arrivals: Arrivals::Watch,
        follows: Follows::Leaders,
        clients_fixed: 3.0,
        retry: slackwater_core::clients::retry::Retry::reflector(),
        ..Class::poll(0.0, 60.0, 2.0)
    };
    let nodes = Class { timeout_s: 10.0, ..Class::poll(1.0, 10.0, 0.001) };
    scenario.classes.extend([nodes, leaders, led, informers]);
    scenario.controllers = 2;
    scenario.node_lease = Some(Term { class: 0, period_s: 10.0, grace_s: 50.0 });
    scenario.election = Some(Election::new(1, Some(3), standby));
    (scenario.memory.restart_s, scenario.memory.refill_s) = (down_s, 0.0);
    scenario.actions = Actions { kill_s: 100.0, ..Actions::none() };
    run(&steady(scenario, 400.0), 1)
}

#[test]
fn nodes_lapse_and_come_back_and_leaders_stop_and_are_elected_again() {
    let history = leases(80.0, true);
    expect_conserved(&history);
    let column = |column: usize| history.rows.iter().map(move |row| row.values[column]).collect::<Vec<f64>>();
    let leading = column(Row::LEADING);
    assert!(leading[..100].iter().all(|share| *share == 1.0));
    // The last renewals were up to 2 s old; 10 s later nobody leads.
    assert!(leading[113..180].iter().all(|share| *share == 0.0), "{:?}", &leading[108..114]);
    // The lease has long been free: the next try wins, and lists everything, two seconds of CPU each.
    assert!(leading[190..].iter().all(|share| *share == 1.0), "{:?}", &leading[180..192]);
    assert_eq!(history.observed.classes[3].watching[399], 3.0);
    assert_eq!(sum(&history.observed.classes[2].sent[114..180]), 0.0);
    // While nobody leads nobody marks a node, though all have lapsed 50 s after their last renewal.
    assert!(column(Row::NOT_READY)[..180].iter().all(|nodes| *nodes == 0.0));
    assert_eq!(column(Row::NOT_READY)[399], 0.0);
}

#[test]
fn a_leader_without_a_standby_comes_back_later_and_later() {
    let long = leases(80.0, false);
    let back = |history: &History| {
        let leading = history.rows.iter().map(|row| row.values[Row::LEADING]);
        leading.enumerate().skip(185).find(|(_, share)| *share == 1.0).map(|(second, _)| second)
    };
    // Lost at about 111 s: tries at about 117, 137 and 167 s fail, the next is at 217 s, when the server is back.
    let second = back(&long).expect("it comes back");
    assert!((205..235).contains(&second), "{second}");
    assert!(back(&leases(80.0, true)).is_some_and(|second| second < 192));
}

#[test]
fn lapsed_nodes_are_marked_while_controllers_work() {
    // Only the kubelets lose the API: their requests find no seat. Everybody else goes on.
    let mut scenario = Scenario::idle(1.0, 300.0, 4.0);
    let nodes = Class { level: 1, ..Class::poll(1.0, 10.0, 1e-9) };
    scenario.classes.extend([nodes, open("controllers", 5.0, 0.002), open("busy", 0.0, 0.0)]);
    scenario.levels.extend([system_rig::level(1000, 0, 0, 0, 0.0), system_rig::level(1, 0, 0, 0, 0.0)]);
    (scenario.classes[2].level, scenario.classes[2].timeout_s) = (1, 1e6);
    scenario.controllers = 1;
    scenario.node_lease = Some(Term { class: 0, period_s: 10.0, grace_s: 50.0 });
    let trial = steady(scenario, 300.0);
    let busy = slackwater_study::events::arrivals::Arrival {
        at_ns: 100_000_000_000,
        exec_ns: 100_000_000_000,
        initial_seats: 1,
    };
    let history = slackwater_study::events::system::System::new(&trial, 1).given(2, vec![busy]).run().expect("a run");
    let marked: Vec<f64> = history.rows.iter().map(|row| row.values[Row::NOT_READY]).collect();
    assert!(marked[..140].iter().all(|nodes| *nodes == 0.0));
    assert_eq!((marked[160], marked[195]), (300.0, 300.0));
    // The seat is free at 200 s, and every node renews within 10 s.
    assert!(marked[212..].iter().all(|nodes| *nodes == 0.0));
}
