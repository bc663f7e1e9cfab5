//! Limits in which the answer is known: no load, no cache, below saturation, and more of what is short.

mod system_rig;

use slackwater_core::clients::retry::Retry;
use slackwater_core::dns::{Dependence, Group};
use slackwater_core::server::cpu::Cpu;
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use system_rig::{Run, class, cluster, of_agent};

#[test]
fn no_load_is_silent_for_a_day() {
    let idle = [
        class("polls", Arrivals::FixedRate, 0.0, 0.1),
        class("delayed", Arrivals::FixedDelay, 0.0, 0.1),
        class("open", Arrivals::Open, 0.0, 0.1),
        class("watches", Arrivals::Watch, 500.0, 0.1),
    ];
    let mut run = Run::new(cluster(1.0, idle));
    for _ in 0..86_400 {
        let row = run.row();
        for at in
            [Row::API_LOAD, Row::API_BUSY, Row::RUNNING, Row::WAITING, Row::ANSWERED, Row::API_ERRORS, Row::IMPACT]
        {
            assert_eq!(row.values[at], 0.0, "column {at} at {} s", run.state.now_s);
        }
        assert_eq!(row.values[Row::ANSWERING], 1.0);
    }
    assert_eq!(run.state.classes[3].watching, 500.0);
}

#[test]
fn busy_cores_are_rate_times_size_below_saturation() {
    for dt_s in [0.25, 1.0, 2.0] {
        for cpu_s in [0.001, 0.1, 0.7, 5.0] {
            for load in [0.1, 0.5, 0.8, 0.95] {
                let rate = load * 4.0 / cpu_s;
                let mut scenario =
                    cluster(dt_s, [Class { timeout_s: 3600.0, ..class("open", Arrivals::Open, rate, cpu_s) }]);
                scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = true;
                let mut run = Run::new(scenario);
                run.mean(1800.0);
                let busy = run.mean(600.0).values[Row::API_BUSY];
                assert!((busy / load - 1.0).abs() < 0.005, "load {load} of {cpu_s} s at dt {dt_s} s: busy {busy}");
            }
        }
    }
}

fn assert_polls_use(arrivals: Arrivals, cpu_s: f64, dt_s: f64) {
    let mut run = Run::new(cluster(dt_s, [class("polls", arrivals, 200.0, cpu_s)]));
    run.mean(2400.0);
    let busy = run.mean(1200.0).values[Row::API_BUSY] * 4.0;
    // Those who wait a period after each answer come once in a period and an answer: two milliseconds more.
    let expected = 200.0 / 20.0 * cpu_s;
    assert!(
        (busy / expected - 1.0).abs() < 0.005,
        "{arrivals:?} of {cpu_s} s at dt {dt_s} s: {busy} of {expected} cores"
    );
}

#[test]
fn polls_keep_cores_busy_as_rate_times_size() {
    assert_polls_use(Arrivals::FixedRate, 0.002, 1.0);
    assert_polls_use(Arrivals::FixedDelay, 0.002, 1.0);
    assert_polls_use(Arrivals::FixedRate, 0.38, 1.0);
}

#[test]
fn polls_about_as_long_as_a_step_keep_cores_busy_as_rate_times_size() {
    assert_polls_use(Arrivals::FixedRate, 0.3, 1.0);
    assert_polls_use(Arrivals::FixedRate, 0.3, 0.25);
}

#[test]
fn polls_keep_their_period_when_answers_come_a_step_later() {
    let mut run = Run::new(cluster(1.0, [class("polls", Arrivals::FixedRate, 200.0, 0.2)]));
    run.mean(2400.0);
    let answered = run.mean(1200.0).values[Row::ANSWERED];
    assert!((answered / 10.0 - 1.0).abs() < 0.005, "{answered} polls a second, 200 clients every 20 s");
}

/// What a cluster at rest shows: requests present, busy share, answers, cached entries, queries.
fn rest(scenario: Scenario<f64>) -> [f64; 5] {
    let mut run = Run::new(scenario);
    run.mean(3600.0);
    let mean = run.mean(600.0).values;
    [
        mean[Row::RUNNING] + mean[Row::WAITING],
        mean[Row::API_BUSY],
        mean[Row::ANSWERED],
        mean[Row::CACHED],
        mean[Row::DNS_QUERIES],
    ]
}

fn assert_rests_alike(what: &str, at: impl Fn(f64) -> Scenario<f64>) {
    let fine = rest(at(0.25));
    for dt_s in [0.5, 1.0, 2.0] {
        let coarse = rest(at(dt_s));
        for (name, (a, b)) in ["present", "busy", "answered", "cached", "queries"].iter().zip(fine.iter().zip(coarse)) {
            assert!((a - b).abs() <= 0.005 * a.max(1e-6), "{what}, {name}: {a} at dt 0.25 s, {b} at {dt_s} s");
        }
    }
}

fn assert_load_rests_alike(load: f64, cpu_s: f64) {
    assert_rests_alike(&format!("load {load} of {cpu_s} s"), |dt_s| {
        let rate = load * 4.0 / cpu_s;
        let mut scenario = cluster(dt_s, [Class { timeout_s: 600.0, ..class("open", Arrivals::Open, rate, cpu_s) }]);
        scenario.levels[system_rig::WORKLOAD_LOW].limits.exempt = true;
        scenario
    });
}

#[test]
fn a_resting_point_below_saturation_does_not_depend_on_the_step() {
    for (load, cpu_s) in
        [(0.3, 0.004), (0.3, 0.7), (0.3, 5.0), (0.8, 0.004), (0.8, 0.7), (0.8, 5.0), (0.95, 0.004), (0.95, 5.0)]
    {
        assert_load_rests_alike(load, cpu_s);
    }
}

#[test]
fn a_resting_point_of_requests_as_long_as_a_step_does_not_depend_on_it() {
    for cpu_s in [0.1, 0.2, 0.4, 0.7] {
        assert_load_rests_alike(0.95, cpu_s);
    }
}

#[test]
fn a_resting_point_of_live_dns_does_not_depend_on_the_step() {
    for lookups_per_s in [0.01, 0.2, 1.0] {
        assert_rests_alike(&format!("{lookups_per_s} lookups a second"), |dt_s| {
            let mut scenario = cluster(dt_s, [class("lookups", Arrivals::DnsMiss, 0.0, 0.002)]);
            scenario.dns.dependence = Dependence::Live;
            scenario.dns.groups =
                std::iter::once(Group::new(40.0, lookups_per_s, 40.0 * lookups_per_s, dt_s)).collect();
            scenario
        });
    }
}

/// A cluster without caches whose names are looked up so often.
fn uncached(ttl_s: f64, lookups_per_s: f64) -> f64 {
    let mut scenario = cluster(1.0, [class("open", Arrivals::Open, 1.0, 0.01)]);
    scenario.dns.groups = std::iter::once(Group::new(40.0, lookups_per_s, 40.0 * lookups_per_s, 1.0)).collect();
    scenario.dns.tiers[0].ttl_steps = ttl_s;
    let mut run = Run::new(scenario);
    run.mean(300.0);
    let queries = run.mean(60.0).values[Row::DNS_QUERIES];
    // A and AAAA for each of 40 names on each of 100 nodes.
    queries / (2.0 * 40.0 * 100.0 * lookups_per_s)
}

#[test]
fn without_a_ttl_every_lookup_reaches_the_servers() {
    for ttl_s in [0.0, 0.001] {
        for lookups_per_s in [0.001, 0.05, 0.5, 5.0] {
            let share = uncached(ttl_s, lookups_per_s);
            assert!(
                (share - 1.0).abs() < 0.005,
                "TTL {ttl_s} s, {lookups_per_s} lookups/s: share {share} reaches the servers"
            );
        }
    }
}

#[test]
fn with_a_ttl_misses_are_those_of_the_renewal_law() {
    for (ttl_s, lookups_per_s) in [(30.0, 0.05), (30.0, 1.0), (300.0, 0.003), (5.0, 0.05)] {
        let (share, law) = (uncached(ttl_s, lookups_per_s), 1.0 / (1.0 + lookups_per_s * ttl_s));
        assert!((share / law - 1.0).abs() < 0.005, "TTL {ttl_s} s, {lookups_per_s} lookups/s: {share}, law {law}");
    }
}

/// Answers a second of a cluster in steady overload.
fn goodput(cores: f64, servers: f64, retry: Retry<f64>, arrivals: Arrivals) -> f64 {
    let clients = if arrivals == Arrivals::Open { 40.0 } else { 800.0 };
    let mut scenario = cluster(1.0, [Class { retry, ..class("load", arrivals, clients, 0.5) }]);
    (scenario.cpu, scenario.servers) = (Cpu::new(cores, 0.0), servers);
    let mut run = Run::new(scenario);
    run.mean(1800.0);
    run.mean(1200.0).values[Row::ANSWERED]
}

#[test]
fn more_cores_never_answer_fewer_in_overload() {
    for arrivals in [Arrivals::Open, Arrivals::FixedRate] {
        for retry in [Retry::none(), Retry::fixed(1.0, 0.5), Retry::client_go()] {
            let mut before = 0.0;
            for cores in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0] {
                let now = goodput(cores, 1.0, retry.clone(), arrivals);
                assert!(
                    now >= before * (1.0 - 1e-3),
                    "{arrivals:?} {retry:?}: {now}/s with {cores} cores, {before}/s with fewer"
                );
                before = now;
            }
        }
    }
}

#[test]
fn more_servers_never_answer_fewer_in_overload() {
    for arrivals in [Arrivals::Open, Arrivals::FixedRate] {
        for retry in [Retry::none(), Retry::fixed(1.0, 0.5), Retry::client_go()] {
            let mut before = 0.0;
            for servers in 1..=6 {
                let now = goodput(2.0, f64::from(servers), retry.clone(), arrivals);
                assert!(
                    now >= before * (1.0 - 1e-3),
                    "{arrivals:?} {retry:?}: {now}/s of {servers} servers, {before}/s of fewer"
                );
                before = now;
            }
        }
    }
}

#[test]
fn a_larger_ttl_hides_a_dead_api_for_longer() {
    let hidden_s = |ttl_s: f64| {
        let agent = Class { retry: Retry::fixed(1.0, 0.5), ..of_agent(class("agent", Arrivals::FixedRate, 0.0, 20.0)) };
        let mut scenario = cluster(1.0, [agent, class("lookups", Arrivals::DnsMiss, 0.0, 0.002)]);
        scenario.dns.dependence = Dependence::Live;
        scenario.dns.tiers[0].ttl_steps = ttl_s;
        // Memory for fifty requests, and nobody who restarts what hangs.
        let memory = &mut scenario.memory;
        (memory.limit_bytes, memory.thrashes, memory.liveness_s) = (1.4 * system_rig::GIB, 1.0, 0.0);
        let mut run = Run::new(scenario);
        (0..7200).find(|_| run.row().values[Row::IMPACT] >= 0.5).map(f64::from)
    };
    let mut before = 0.0;
    for ttl_s in [5.0, 30.0, 300.0, 1200.0] {
        let now = hidden_s(ttl_s).expect("half of the lookups fail in the end");
        assert!(now > before, "TTL {ttl_s} s: impact after {now} s, with less {before} s");
        before = now;
    }
}
