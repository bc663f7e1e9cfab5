//! DNS of the event engine: steady caches, a lost source, tiers, stale answers, and the recorded experiment.

mod system_rig;

use slackwater_core::dns::{Dependence, Dns, Group, Tier};
use slackwater_core::system::observe::Row;
use slackwater_core::system::scenario::{Arrivals, Class, Scenario};
use slackwater_study::cases;
use slackwater_study::events::system::History;
use slackwater_study::resolve::Plan;
use slackwater_study::truth::Folder;
use system_rig::{expect_conserved, expect_mean, run, steady, sum};

fn tier(ttl_s: f64, caches: f64) -> Tier<f64> {
    Tier { ttl_steps: ttl_s, stale_steps: 0.0, negative_steps: 0.0, caches_fixed: caches, caches_per_node: 0.0 }
}

/// `caches` caches of 100 names, each looked up every `gap_s` seconds.
fn names(caches: f64, gap_s: f64, tiers: &[Tier<f64>]) -> Scenario<f64> {
    let mut scenario = Scenario::idle(1.0, 1.0, 1.0);
    scenario.dns = Dns { queries_per_server: 1e6, attempts: 1.0, record_types: 1.0, ..Dns::none() };
    scenario.dns.groups.push(Group::new(100.0, 1.0 / gap_s, 100.0 / gap_s, 1.0)).expect("room");
    scenario.dns.tiers.extend(
        tiers.iter().copied().map(|tier| Tier {
            caches_fixed: if tier.caches_fixed > 0.0 { tier.caches_fixed } else { caches },
            ..tier
        }),
    );
    scenario
}

fn column(history: &History, column: usize, seconds: std::ops::Range<usize>) -> f64 {
    let count = seconds.len() as f64;
    history.rows[seconds].iter().map(|row| row.values[column]).sum::<f64>() / count
}

#[test]
fn caches_in_steady_state_ask_at_the_renewal_rate() {
    // l / (1 + l T) for each entry, and l T / (1 + l T) of them valid.
    let scenario = names(20.0, 20.0, &[tier(60.0, 0.0)]);
    let histories: Vec<History> = (0..20).map(|seed| run(&steady(scenario.clone(), 600.0), seed)).collect();
    let means = |which| histories.iter().map(|history| column(history, which, 0..600)).collect::<Vec<_>>();
    expect_mean("queries", &means(Row::DNS_QUERIES), 2000.0 * 0.05 / 4.0);
    expect_mean("cached", &means(Row::CACHED), 0.75);
    assert!(means(Row::IMPACT).iter().all(|impact| *impact == 0.0));
}

#[test]
fn after_the_source_is_lost_the_valid_share_falls_in_a_straight_line() {
    let mut scenario = names(100.0, 20.0, &[tier(200.0, 0.0)]);
    (scenario.dns.source_lost_s, scenario.dns.source_back_s) = (100.0, 400.0);
    let history = run(&steady(scenario, 700.0), 1);
    let valid = 10.0 / 11.0;
    for second in (104..300).step_by(20) {
        let expected = valid * (1.0 - (second - 99) as f64 / 200.0);
        let (cached, impact) =
            (history.rows[second].values[Row::CACHED], column(&history, Row::IMPACT, second - 2..second + 3));
        // Three standard errors of 10,000 entries; of 2,500 lookups in five seconds.
        assert!((cached - expected).abs() < 0.015, "{second}: {cached}, {expected}");
        assert!((impact - (1.0 - expected)).abs() < 0.03, "{second}: {impact}, {expected}");
    }
    assert_eq!(column(&history, Row::CACHED, 301..400), 0.0);
    assert!((column(&history, Row::IMPACT, 310..390) - 1.0).abs() < 0.015);
    // Back: every lookup fills its entry at once.
    assert_eq!(column(&history, Row::IMPACT, 401..700), 0.0);
    assert!(history.rows[480].values[Row::CACHED] > 0.97);
}

#[test]
fn old_answers_are_handed_out_while_they_may() {
    let stale = Tier { stale_steps: 100.0, ..tier(50.0, 0.0) };
    let mut scenario = names(50.0, 10.0, &[stale]);
    (scenario.dns.source_lost_s, scenario.dns.source_back_s) = (100.0, 1e9);
    let history = run(&steady(scenario, 400.0), 1);
    // Every entry outlives its 50 s by 100. At 100 s one in 4,000 had expired more than 60 s ago, so hardly anybody
    // notices for 40 s; after 150 everybody does.
    assert!(column(&history, Row::IMPACT, 0..140) < 0.002);
    assert!((column(&history, Row::IMPACT, 252..400) - 1.0).abs() < 0.03);
}

#[test]
fn what_comes_out_of_a_cache_below_has_the_rest_of_its_life() {
    // Long-lived above, short-lived below, one cache below for all: nothing lives longer than 30 s.
    let mut scenario = names(20.0, 5.0, &[tier(3600.0, 0.0), tier(30.0, 1.0)]);
    scenario.dns.cold = 1.0;
    (scenario.dns.source_lost_s, scenario.dns.source_back_s) = (300.0, 1e9);
    let history = run(&steady(scenario, 400.0), 1);
    assert!(history.rows[299].values[Row::CACHED] > 0.5);
    assert_eq!(history.rows[331].values[Row::CACHED], 0.0);
    // One cache asks for all twenty: 100 names, every 30 s and a little.
    assert!(column(&history, Row::DNS_QUERIES, 100..300) < 100.0 / 30.0 * 1.05);
}

#[test]
fn a_live_lookup_is_answered_if_the_api_answers_it() {
    let mut scenario = names(20.0, 10.0, &[tier(50.0, 0.0)]);
    scenario.dns.dependence = Dependence::Live;
    scenario.dns.attempts = 2.0;
    scenario.dns_class = Some(0);
    // Some answers tell their client to connect anew: to the same server, as there is no other.
    scenario.apart.goaway = 0.3;
    let lookups = Class { arrivals: Arrivals::DnsMiss, timeout_s: 5.0, ..Class::poll(0.0, 1.0, 0.001) };
    // Polls that fill the memory from second 100 on: the server falls silent.
    let fat = Class { bytes_base: 1e12, ..Class::poll(0.0, 1e6, 0.1) };
    scenario.classes.extend([lookups, fat]);
    (scenario.memory.limit_bytes, scenario.memory.thrashes) = (1e9, 1.0);
    scenario.actions.restart_s = 300.0;
    let drives = vec![
        slackwater_study::trial::Drive::Steady,
        slackwater_study::trial::Drive::Clients {
            clients: 1.0,
            start_s: 100.0,
            ramp_s: 0.0,
            first_within_s: 0.0,
            stop_s: 200.0,
        },
    ];
    let trial = slackwater_study::trial::Trial { drives, ..steady(scenario, 400.0) };
    let history = run(&trial, 1);
    expect_conserved(&history);
    let lookups = &history.observed.classes[0];
    let asked = 2000.0 * 0.1 / 6.0;
    assert!((sum(&lookups.answered[..100]) - 100.0 * asked).abs() < 4.0 * (100.0 * asked).sqrt());
    assert_eq!((sum(&lookups.answered[101..300]), sum(&lookups.refused[..300])), (0.0, 0.0));
    // Every lookup asks twice, and waits 5 s each time: 200 lookups a second, 2,000 on their way.
    assert!((lookups.in_flight[280] - 2000.0).abs() < 4.0 * 2000.0_f64.sqrt(), "{}", lookups.in_flight[280]);
    assert!((column(&history, Row::IMPACT, 200..290) - 1.0).abs() < 0.03);
    // The restart loses those that wait. A second later the server is back, with every cache empty.
    assert!(sum(&lookups.refused[300..303]) >= 2000.0);
    assert!(column(&history, Row::IMPACT, 310..400) < 0.01);
    assert!(history.rows[350].values[Row::CACHED] > 0.9);
}

#[test]
fn servers_that_are_lost_come_back_only_with_the_api() {
    let mut scenario = names(20.0, 10.0, &[tier(5.0, 0.0)]);
    scenario.dns.servers = 50.0;
    (scenario.dns.dependence, scenario.dns.lost_per_s) = (Dependence::Restart, 0.01);
    let impact =
        |scenario: &Scenario<f64>, seconds| column(&run(&steady(scenario.clone(), 600.0), 1), Row::IMPACT, seconds);
    // Lost every 100 s, back after 5: one in twenty-one is without records, and so is one lookup in 21 of those that
    // no cache answers, two in three.
    let expected = 2.0 / 3.0 / 21.0;
    let lost = impact(&scenario, 100..600);
    assert!((lost - expected).abs() < 0.4 * expected, "{lost}, {expected}"); // some 250 losses, each of a random length
    // The controllers are never answered: nobody comes back.
    scenario.controllers = 0;
    let fat = Class { bytes_base: 1e12, clients_fixed: 10.0, ..Class::poll(0.0, 10.0, 0.1) };
    scenario.classes.push(fat).expect("room");
    (scenario.memory.limit_bytes, scenario.memory.thrashes) = (1e9, 1.0);
    assert!(impact(&scenario, 500..600) > 0.9);
}

#[test]
fn a_server_that_gets_more_than_it_can_answers_the_rest_too_late() {
    // 400 queries a second for a server of 100; three in four find no room, and time out.
    let mut scenario = names(40.0, 10.0, &[tier(0.0, 0.0)]);
    scenario.dns.queries_per_server = 100.0;
    let history = run(&steady(scenario, 300.0), 1);
    assert!((column(&history, Row::DNS_QUERIES, 100..300) - 400.0).abs() < 5.0);
    assert!((column(&history, Row::IMPACT, 100..300) - 0.75).abs() < 0.01);
}

/// The recorded experiment: eight real caches, 120 s, cold, their source killed at 400 s and back at 600. Bounds as for
/// the fluid model: three points, or the 99 % interval of a bin, counting lookups and entries as random.
#[test]
fn the_recorded_caches_are_matched_bin_by_bin() {
    const SEEDS: u64 = 20;
    let plan =
        Plan::resolve(cases::find("dns-source-lost").expect("the case").file().expect("its file")).expect("a plan");
    let scenario = plan.cluster(8.0).expect("a cluster");
    let recording = Folder::built_in().text("recordings/dns-ttl120.csv").expect("the recording");
    let (mut bins, mut failed) = (0, Vec::new());
    for (class, &group) in scenario.dns.groups.iter().enumerate() {
        let mut alone = scenario.clone();
        alone.dns.groups = std::iter::once(group).collect();
        let mut impact = vec![0.0; 38];
        for seed in 0..SEEDS {
            let history = run(&steady(alone.clone(), 760.0), seed);
            for (bin, impact) in impact.iter_mut().enumerate() {
                *impact += column(&history, Row::IMPACT, bin * 20..bin * 20 + 20) / SEEDS as f64;
            }
        }
        let mut counts = vec![(0.0, 0.0); 38];
        for line in recording.lines().skip(1) {
            let cells: Vec<f64> = line.split(',').map(|cell| cell.trim().parse().expect("a number")).collect();
            if cells[1] as usize == class {
                let bin = &mut counts[(cells[0] / 20.0) as usize];
                *bin = (bin.0 + cells[3], bin.1 + cells[4]);
            }
        }
        for (bin, ((ok, bad), impact)) in counts.into_iter().zip(impact).enumerate() {
            // While the source comes back the bound is on time, below.
            if bin == 30 {
                continue;
            }
            let (lookups, model) = (ok + bad, (1.0 - impact).max(0.0));
            let spread = model * impact;
            let bound = 0.03_f64.max(2.5758 * (spread / lookups + spread / 800.0).sqrt());
            bins += 1;
            if (ok / lookups - model).abs() > bound {
                failed.push(format!("class {class}, {} s: {:.3}, model {model:.3}", bin * 20, ok / lookups));
            }
        }
    }
    assert_eq!(bins, 111);
    assert!(failed.is_empty(), "{} of {bins}: {failed:?}", failed.len());
}
