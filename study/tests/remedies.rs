//! What gets people out of the outage of 2024-12-11 and of the recorded storm.

mod run_rig;

use run_rig::{OUTAGE, plan};
use slackwater_core::bounds::TABLE;
use slackwater_core::system::observe::COLUMNS;
use slackwater_study::remedies::{Lever, Lift, Ranking, Tried, rank};
use slackwater_study::resolve::Plan;
use slackwater_study::run::Cluster;
use slackwater_study::scenario::{ScenarioFile, Source};
use std::sync::OnceLock;

fn ranked(case: &str, changes: &[&str]) -> Ranking {
    rank(&plan(case, changes), None).unwrap().expect("it falls")
}

/// The reference case, ranked once for all tests.
fn outage() -> &'static Ranking {
    static RANKED: OnceLock<Ranking> = OnceLock::new();
    RANKED.get_or_init(|| ranked(OUTAGE, &[]))
}

fn tried<'a>(ranking: &'a Ranking, remedies: &[Lever]) -> &'a Tried {
    let all = ranking.alone.iter().chain(&ranking.pairs);
    let mut found = all.filter(|tried| tried.remedies.len() == remedies.len());
    found.find(|tried| remedies.iter().all(|lever| tried.remedies.contains(lever))).expect("tried")
}

/// facts: incidents.md 7, "remedies, in parallel"; 8.1: together beats each alone.
#[test]
fn together_beats_alone() {
    let ranking = outage();
    let together = ranking.together.as_ref().expect("six of them");
    let time = |tried: &Tried| tried.recovered_s.unwrap_or(f64::INFINITY);
    assert!(together.recovered_s.is_some());
    for alone in &ranking.alone {
        assert!(time(together) < time(alone), "{alone:?}");
        assert!(together.damage_min < alone.damage_min, "{alone:?}");
    }
}

/// The lock-out: what needs the API is out of reach, whoever the operator is.
#[test]
fn what_needs_the_api_is_locked_out() {
    for lever in [Lever::Delete, Lever::OwnFlowSchema, Lever::OwnEtcd, Lever::ServeStale, Lever::LongerTtl] {
        let alone = tried(outage(), &[lever]);
        assert_eq!((&alone.locked_out[..], alone.recovered_s), (&[lever][..], None));
    }
}

/// A network opened as soon as all seems well, with the agent still there, brings it down again; with the agent deleted
/// it does not.
#[test]
fn unblocking_early_relapses() {
    let early = tried(outage(), &[Lever::Block, Lever::Restart]);
    assert!(early.recovered_s.is_some() && matches!(early.lift, Lift::Relapses { .. }), "{early:?}");
    let together = outage().together.as_ref().expect("six of them");
    assert_eq!(together.lift, Lift::Holds);
}

/// Bigger servers do not help as long as the ones there are answer nobody; nor, with memory to spare, below the size at
/// which timeouts end, because what timed out is asked again.
#[test]
fn bigger_servers_alone_do_not_help() {
    let ranking = outage();
    assert_eq!(ranking.bigger.alone, None);
    assert!(ranking.bigger.with_restart.is_some());
    let by_cpu = ranked(OUTAGE, &["api_server.memory_gib=512"]);
    let twice = tried(&by_cpu, &[Lever::ScaleUp]);
    assert!(twice.recovered_s.is_none() && twice.lift == Lift::Nothing, "{twice:?}");
    assert!(by_cpu.bigger.alone.is_some_and(|by| by > 2.0), "{:?}", by_cpu.bigger);
}

/// What comes back by itself is no remedy's work: nothing that leaves the agent asking takes its requests away.
#[test]
fn the_ledger_says_what_a_remedy_cuts() {
    let ranking = ranked("recorded-storm", &[]);
    for lever in [Lever::Delete, Lever::Block, Lever::OwnEtcd] {
        let cut = tried(&ranking, &[lever]).cuts.first().expect("it cuts");
        assert_eq!((cut.class.as_str(), cut.cause), ("agent", "retry"));
        assert!(cut.share > 0.5 && cut.share <= 1.0, "{cut:?}");
    }
    assert!(tried(&ranking, &[Lever::Restart]).cuts.is_empty());
    assert!(tried(&ranking, &[Lever::Delete]).recovered_s.is_some_and(|s| s < 300.0));
    assert!(ranking.refused.iter().any(|refused| refused.remedy == Lever::Restore));
}

/// Nobody does worse with less to do: damage and order are what the ranking says.
#[test]
fn rankings_are_in_order() {
    for list in [&outage().alone, &outage().pairs] {
        let time = |tried: &Tried| (tried.recovered_s.unwrap_or(f64::INFINITY), tried.damage_min);
        assert!(list.windows(2).all(|two| time(&two[0]) <= time(&two[1])));
        assert!(list.iter().all(|tried| tried.damage_min >= 0.0 && tried.damage_min <= outage().longest_s / 60.0));
        assert!(list.iter().all(|tried| tried.cuts.iter().all(|cut| cut.share <= 1.0 + 1e-9)));
    }
}

/// Two rankings of one plan are the same, whatever threads do.
#[test]
fn the_same_twice() {
    let changes = ["cluster.nodes=300", "api_server.cores=1", "agent.period_s=15", "rollout.window_s=0"];
    assert_eq!(ranked("recorded-storm", &changes), ranked("recorded-storm", &changes));
}

/// A cluster put under the keys it has goes on as if nothing had happened, bit for bit, in the middle of an outage.
#[test]
fn the_same_keys_change_nothing() {
    for (case, changes) in [(OUTAGE, &[][..]), (OUTAGE, &["api_server.memory_gib=512"][..]), ("recorded-storm", &[])] {
        let plan = plan(case, changes);
        let nodes = plan.settings.number("cluster.nodes");
        let mut cluster = Cluster::new(&plan, nodes).unwrap();
        for _ in 0..900 {
            cluster.step();
        }
        let mut same = cluster.under(&plan).unwrap().expect("the same timers");
        for second in 0..600 {
            let (a, b) = (cluster.step(), same.step());
            for (column, (a, b)) in COLUMNS.iter().zip(a.values.iter().zip(b.values)) {
                assert_eq!(a.to_bits(), b.to_bits(), "{case}: {} after {second} s", column.name);
            }
        }
    }
}

/// Nobody is lost and nobody appears when keys change: longer timers, another level, other limits.
#[test]
fn changed_keys_lose_nobody() {
    let plan_before = plan(OUTAGE, &["api_server.memory_gib=512"]);
    let nodes = plan_before.settings.number("cluster.nodes");
    let mut cluster = Cluster::new(&plan_before, nodes).unwrap();
    for _ in 0..900 {
        cluster.step();
    }
    for change in [
        "dns.cache_ttl_s=7200",
        "dns.serve_stale_s=3600",
        "api_server.max_requests_inflight=6000",
        "priority_levels.other.shares=10",
    ] {
        let after = plan(OUTAGE, &["api_server.memory_gib=512", change]);
        let changed = cluster.under(&after).unwrap().expect(change);
        let (old, new) = (cluster.state.population(), changed.state.population());
        assert!((old - new).abs() <= 1e-9 * old, "{change}: {old} {new}");
    }
    let shorter = plan(OUTAGE, &["api_server.memory_gib=512", "dns.cache_ttl_s=30"]);
    assert!(cluster.under(&shorter).unwrap().is_none(), "entries were promised more");
}

/// What people read: a storm on a small server, with every column and note in it.
#[test]
fn what_is_printed() {
    let text = "name: storm\ncluster: {nodes: 300, pods_per_node: 10, version: \"1.36\"}\n\
        api_server: {replicas: 1, cores: 0.6, memory_gib: 64}\nbackground: {scale: 0}\nagent: {timeout_s: 30}\n\
        remedies: {use: [delete, block, scale_up]}\n";
    let file = ScenarioFile::parse(&Source::new("storm.yaml", text), TABLE).expect("a scenario");
    let ranking = rank(&Plan::resolve(file).expect("a plan"), None).expect("keys").expect("it falls");
    insta::assert_snapshot!(ranking.to_string());
}
