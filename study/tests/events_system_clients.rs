//! Clients of the event engine: ticks, retries, drives, watches.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_study::events::arrivals::Arrival;
use slackwater_study::events::system::{History, System};
use slackwater_study::trial::{Drive, Fault, Trial};
use system_rig::{endless_cores, expect_conserved, level, open, run, steady, sum};

/// One client that sends for the first time at second 1.
fn one_client() -> Drive {
    Drive::Clients { clients: 1.0, start_s: 1.0, ramp_s: 0.0, first_within_s: 0.0, stop_s: 1e9 }
}

/// Seconds in which a class sent.
fn sends(history: &History, class: usize) -> Vec<usize> {
    let sent = history.observed.classes[class].sent.iter().enumerate();
    sent.filter(|(_, sent)| **sent > 0.0).map(|(second, _)| second).collect()
}

/// A client beside a request that holds the only seat for `busy_s` seconds. No flow control, so Retry-After is 1 s.
fn beside_one_that_is_served(class: Class<f64>, busy_s: f64, until_s: f64) -> History {
    let mut scenario = endless_cores([class, Class { timeout_s: 1e6, ..open("busy", 0.0, 0.0) }]);
    scenario.levels.push(level(1, 0, 0, 0, 0.0)).expect("one level");
    let trial = Trial { drives: vec![one_client()], ..steady(scenario, until_s) };
    let busy = Arrival { at_ns: 0, exec_ns: (busy_s * 1e9) as u64, initial_seats: 1 };
    let history = System::new(&trial, 1).given(1, vec![busy]).run().expect("a run");
    expect_conserved(&history);
    history
}

#[test]
fn client_go_tries_again_ten_times_and_then_waits_for_its_next_tick() {
    let class = Class { retry: Retry::client_go(), ..Class::poll(0.0, 1000.0, 0.1) };
    let history = beside_one_that_is_served(class, 1e5, 1500.0);
    // Eleven tries, a second apart; the tick goes on from the last of them.
    assert_eq!(sends(&history, 0), (1..=11).chain(1011..=1021).collect::<Vec<_>>());
    let class = &history.classes[0];
    assert_eq!((class.tried_again, class.given_up, class.turned_away.concurrency_limit), (20, 2, 22));
}

#[test]
fn client_go_does_not_try_again_after_a_timeout() {
    let mut scenario =
        endless_cores([Class { timeout_s: 5.0, retry: Retry::client_go(), ..Class::poll(0.0, 20.0, 1000.0) }]);
    scenario.memory.limit_bytes = 1e18;
    let trial = Trial { drives: vec![one_client()], ..steady(scenario, 50.0) };
    let history = run(&trial, 1);
    assert_eq!(sends(&history, 0), [1, 21, 41]);
    assert_eq!(sum(&history.observed.classes[0].timed_out), 2.0 + 1.0);
    assert_eq!((history.classes[0].given_up, history.classes[0].wasted_s), (3, 15.0));
}

#[test]
fn a_fixed_rate_drops_missed_ticks_and_a_fixed_delay_waits_after_each_answer() {
    for (arrivals, expected) in [(Arrivals::FixedRate, vec![1, 31, 61, 91]), (Arrivals::FixedDelay, vec![1, 36, 71])] {
        let scenario = endless_cores([Class { arrivals, ..Class::poll(0.0, 10.0, 25.0) }]);
        let trial = Trial { drives: vec![one_client()], ..steady(scenario, 100.0) };
        assert_eq!(sends(&run(&trial, 1), 0), expected);
    }
}

#[test]
fn after_a_retry_the_tick_goes_on_from_the_retry() {
    let class = Class { retry: Retry::fixed(10.0, 0.0), ..Class::poll(0.0, 60.0, 0.1) };
    let history = beside_one_that_is_served(class, 35.0, 200.0);
    assert_eq!(sends(&history, 0), [1, 11, 21, 31, 41, 101, 161]);
}

#[test]
fn a_jitter_is_drawn_anew_for_every_try() {
    let class = Class { retry: Retry::fixed(10.0, 0.5), ..Class::poll(0.0, 1e6, 0.1) };
    let history = beside_one_that_is_served(class, 1e6, 10_000.0);
    let tries = sends(&history, 0);
    let gaps: Vec<usize> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // 5 to 15 s, read in whole seconds.
    assert!(gaps.iter().all(|gap| (4..=15).contains(gap)), "{gaps:?}");
    assert!((6..=14).all(|gap| gaps.contains(&gap)), "{gaps:?}");
    let mean = 10_000.0 / gaps.len() as f64;
    assert!((mean - 10.0).abs() < 3.0 * 2.9 / (gaps.len() as f64).sqrt(), "{mean}"); // 10/sqrt(12) is 2.9
}

#[test]
fn a_drive_brings_clients_one_by_one_and_takes_them_away() {
    let scenario = endless_cores([Class::poll(0.0, 30.0, 0.1)]);
    let drive = Drive::Clients { clients: 3000.0, start_s: 60.0, ramp_s: 60.0, first_within_s: 30.0, stop_s: 300.0 };
    let trial = Trial { drives: vec![drive.clone()], ..steady(scenario, 360.0) };
    let history = run(&trial, 1);
    let sent = &history.observed.classes[0].sent;
    // Before the first client's second request every send is a first one.
    for second in 61..90 {
        let (got, expected) = (sum(&sent[..second]), drive.sending(second as f64));
        assert!((got - expected).abs() < 3.0 * expected.sqrt().max(1.0), "{got} of {expected} by {second} s");
    }
    assert_eq!(sum(&sent[150..180]), 3000.0);
    assert_eq!((sum(&sent[301..]), sum(&sent[60..301]) > 18_000.0), (0.0, true));
}

#[test]
fn counted_arrivals_are_as_many_as_counted() {
    let scenario = endless_cores([open("counted", 7.0, 0.1)]);
    let counts = vec![0.0, 5.0, 1000.0, 2.5, 0.0];
    let trial = Trial { drives: vec![Drive::PerSecond(counts)], ..steady(scenario, 8.0) };
    let sent = run(&trial, 1).observed.classes.remove(0).sent;
    assert_eq!(sent[..3], [0.0, 5.0, 1000.0]);
    assert!((2.0..=3.0).contains(&sent[3]) && sent[4..] == [0.0; 4], "{sent:?}");
}

/// 300 informers on one core. The server is killed at 60 s, and takes requests again at 68 s.
fn herd(seed: u64) -> History {
    let mut scenario = Scenario::idle(1.0, 0.0, 1.0);
    (scenario.memory.restart_s, scenario.memory.refill_s) = (5.0, 3.0);
    let informer = Class {
        arrivals: Arrivals::Watch,
        clients_fixed: 300.0,
        retry: Retry::reflector(),
        ..Class::poll(0.0, 60.0, 0.1)
    };
    scenario.classes.push(informer).expect("room");
    run(&Trial { faults: vec![Fault { kill_s: 60.5 }], ..steady(scenario, 300.0) }, seed)
}

#[test]
fn watches_break_with_their_server_and_all_list_again() {
    let history = herd(1);
    expect_conserved(&history);
    let informers = &history.observed.classes[0];
    assert_eq!(history.observed.restarts_s, [60.5]);
    assert!(informers.watching[..60].iter().all(|watching| *watching == 300.0));
    assert_eq!((sum(&informers.sent[..60]), informers.watching[60]), (0.0, 0.0));
    // The first tries, 0.8 to 1.6 s later, meet no server.
    assert_eq!(sum(&informers.sent[60..63]), 300.0);
    assert_eq!(sum(&informers.refused[60..63]), 300.0);
    // All watch again, no sooner than 300 lists of 0.1 s take.
    let back = informers.watching[61..].iter().position(|watching| *watching == 300.0).expect("all come back");
    assert!((37..150).contains(&(61 + back - 60)), "{back}");
    assert!(informers.watching[61 + back..].iter().all(|watching| *watching == 300.0));
}

#[test]
fn clients_are_spread_over_servers_and_move_when_theirs_is_lost() {
    // A class with a single client that fills its server's memory kills that server, and no other.
    let mut scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 0.0, 4.0) };
    scenario.memory.limit_bytes = 1e9;
    (scenario.memory.restart_s, scenario.memory.refill_s) = (1000.0, 0.0);
    let polls = Class { clients_fixed: 300.0, ..Class::poll(0.0, 10.0, 0.01) };
    scenario.classes.push(polls).expect("room");
    scenario.classes.push(Class { bytes_base: 2e9, ..open("fat", 0.0, 1.0) }).expect("room");
    let trial = steady(scenario, 100.0);
    let fat = Arrival { at_ns: 50_500_000_000, exec_ns: 1_000_000_000, initial_seats: 1 };
    let history = System::new(&trial, 1).given(1, vec![fat]).run().expect("a run");
    expect_conserved(&history);
    assert_eq!(history.observed.restarts_s.len(), 1);
    let up: Vec<f64> =
        history.rows.iter().map(|row| row.values[slackwater_core::system::observe::Row::ANSWERING]).collect();
    assert!((up[40] - 1.0).abs() < 1e-12 && (up[60] - 2.0 / 3.0).abs() < 1e-12);
    let polls = &history.observed.classes[0];
    // Whoever was in service at that moment is refused; the others go on with the two that are left.
    assert!(sum(&polls.refused) <= 5.0, "{}", sum(&polls.refused));
    assert_eq!(sum(&polls.sent[60..90]), 900.0);
    assert!((sum(&polls.answered[60..90]) - 900.0).abs() <= 1.0);
}

#[test]
fn servers_restarted_in_turn_are_never_all_away() {
    use slackwater_core::system::apart::Apart;
    let mut scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 0.0, 4.0) };
    scenario.apart = Apart { roll_s: 60.0, roll_every_s: 60.0, ..Apart::never() };
    (scenario.memory.restart_s, scenario.memory.refill_s) = (10.0, 5.0);
    let polls = Class { clients_fixed: 300.0, retry: Retry::fixed(1.0, 0.5), ..Class::poll(0.0, 10.0, 0.01) };
    let informers = Class {
        arrivals: Arrivals::Watch,
        clients_fixed: 90.0,
        retry: Retry::reflector(),
        ..Class::poll(0.0, 60.0, 0.01)
    };
    scenario.classes.extend([polls, informers]);
    let history = System::new(&steady(scenario, 300.0), 1).groups(vec![1.0; 3]).run().expect("a run");
    expect_conserved(&history);
    assert_eq!(history.observed.restarts_s, [60.0, 120.0, 180.0]);
    // Who is served goes on with another server; a third of the watches break, then half of all, then all.
    let [polls, informers] = [&history.observed.classes[0], &history.observed.classes[1]];
    assert!(sum(&polls.refused) < 20.0, "{}", sum(&polls.refused));
    assert!(sum(&polls.answered[200..290]) > 2690.0);
    let lists: Vec<f64> = [60, 120, 180].map(|from| sum(&informers.sent[from..from + 60])).to_vec();
    assert_eq!(lists[0], 30.0);
    assert!((lists[1] - 45.0).abs() < 15.0 && lists[2] > 40.0, "{lists:?}");
    assert_eq!(informers.watching[299], 90.0);
}

#[test]
fn answers_that_tell_clients_to_connect_anew_even_out_the_servers() {
    use slackwater_core::system::apart::Apart;
    // Half of the clients are in service at any time: so many are refused when their server is restarted.
    let mut scenario = Scenario { servers: 3.0, ..Scenario::idle(1.0, 0.0, 1000.0) };
    (scenario.memory.restart_s, scenario.memory.refill_s) = (10.0, 5.0);
    let polls = Class { clients_fixed: 300.0, retry: Retry::fixed(1.0, 0.5), ..Class::poll(0.0, 10.0, 5.0) };
    scenario.classes.push(polls).expect("room");
    let refused = |goaway: f64| {
        // Not a multiple of the period: who was refused comes back at the same moment of it.
        let apart = Apart { roll_s: 60.0, roll_every_s: 64.0, goaway, ..Apart::never() };
        let trial = steady(Scenario { apart, ..scenario.clone() }, 240.0);
        let history = System::new(&trial, 1).groups(vec![1.0; 3]).run().expect("a run");
        expect_conserved(&history);
        sum(&history.observed.classes[0].refused[188..])
    };
    // 100 clients each at first, then 150 with two, then 225 with the one that has not been restarted yet.
    let (kept, evened) = (refused(0.0), refused(1.0));
    assert!((kept - 112.0).abs() < 25.0 && (evened - 50.0).abs() < 20.0, "{kept}, {evened}");
}

#[test]
fn a_watch_cache_that_fills_tells_its_clients_to_come_back() {
    let mut scenario = Scenario { early: 1.0, ..Scenario::idle(1.0, 0.0, 4.0) };
    (scenario.memory.restart_s, scenario.memory.refill_s) = (5.0, 20.0);
    let lists = Class { cached: 1.0, retry: Retry::client_go(), ..open("lists", 10.0, 0.01) };
    scenario.classes.extend([lists, open("reads", 10.0, 0.01)]);
    let trial = Trial { faults: vec![Fault { kill_s: 50.0 }], ..steady(scenario, 120.0) };
    let history = run(&trial, 1);
    expect_conserved(&history);
    let [lists, reads] = [&history.observed.classes[0], &history.observed.classes[1]];
    // Gone for 5 s; then reads are answered, and lists only once the cache is full.
    assert_eq!(sum(&reads.answered[51..55]), 0.0);
    assert!(sum(&reads.answered[55..75]) > 140.0);
    assert_eq!((sum(&lists.answered[51..75]), sum(&lists.refused[55..])), (0.0, 0.0));
    assert!(sum(&lists.rejected[55..75]) > 200.0); // each tries again after 1 or 2 s
    assert!(sum(&lists.answered[75..120]) > 500.0);
}

#[test]
fn open_watches_hold_memory() {
    let mut scenario = Scenario { bytes_per_watch: 1e6, ..Scenario::idle(1.0, 0.0, 4.0) };
    let informers = Class { arrivals: Arrivals::Watch, clients_fixed: 250.0, ..Class::poll(0.0, 60.0, 0.01) };
    scenario.classes.push(informers).expect("room");
    assert_eq!(run(&steady(scenario, 5.0), 1).observed.bytes, [250e6; 5]);
}

#[test]
fn a_client_that_does_not_look_whether_it_was_answered_sends_the_request_that_follows() {
    let lists = Class { arrivals: Arrivals::Watch, opens: Some(1), ..Class::poll(0.0, 20.0, 0.001) };
    // The request for a version takes too long.
    let version = Class { arrivals: Arrivals::Opens, timeout_s: 5.0, ..Class::poll(0.0, 20.0, 1000.0) };
    let all = Class { arrivals: Arrivals::Opens, ..Class::poll(0.0, 20.0, 0.001) };
    for (otherwise, listed, watched_all) in [(Some(2), vec![1], vec![6]), (None, vec![1, 16], vec![])] {
        let version = Class { otherwise, ..version.clone() };
        let lists = Class { retry: Retry::fixed(10.0, 0.0), ..lists.clone() };
        let trial = Trial { drives: vec![one_client()], ..steady(endless_cores([lists, version, all.clone()]), 20.0) };
        let history = run(&trial, 1);
        assert_eq!((sends(&history, 0), sends(&history, 2)), (listed, watched_all));
    }
}
