//! API servers lost or restarted in turn, by their keys.

mod run_rig;

use run_rig::{column, plan, run};
use slackwater_core::system::observe::Row;
use slackwater_study::run::Cluster;

const STAGING: &str = "openai-2024-12-11-staging";

#[test]
fn lost_servers_form_a_group_of_their_own() {
    let counts = |changes: &[&str]| {
        let cluster = Cluster::new(&plan(STAGING, changes), 50.0).expect("a cluster");
        cluster.servers.iter().map(|group| group.count).collect::<Vec<_>>()
    };
    assert_eq!(counts(&[]), Vec::<f64>::new());
    assert_eq!(counts(&["api_server.replicas=5", "api_server.lost=2", "api_server.lost_s=60"]), [3.0, 2.0]);
    assert_eq!(counts(&["api_server.replicas=3", "api_server.lost=3", "api_server.lost_s=60"]), [3.0]);
    assert_eq!(counts(&["api_server.replicas=3", "api_server.roll_s=60"]), [1.0, 1.0, 1.0]);
    assert_eq!(counts(&["api_server.replicas=5", "api_server.roll_s=60"]), [2.0, 2.0, 1.0]);
    assert_eq!(counts(&["api_server.replicas=1", "api_server.roll_s=60"]), [1.0]);
}

#[test]
fn two_of_three_go_on_and_users_notice_nothing() {
    let lost = ["api_server.lost=1", "api_server.lost_s=600", "api_server.lost_for_s=300", "run.until_s=1800"];
    let outcome = run(STAGING, &lost);
    let (up, impact) = (column(&outcome, "api_up"), column(&outcome, "impact"));
    let least = up.iter().copied().fold(1.0, f64::min);
    assert!((least - 2.0 / 3.0).abs() < 1e-9, "{least} of the servers answer");
    assert!(up.last().is_some_and(|last| *last == 1.0));
    assert!(impact.iter().all(|x| *x < 1e-3));
}

/// What a saved run needs to go on is in the saved form.
#[test]
fn a_cluster_of_servers_apart_goes_on_from_a_copy() {
    let plan = plan(STAGING, &["api_server.lost=1", "api_server.lost_s=30", "api_server.lost_for_s=60"]);
    let mut cluster = Cluster::new(&plan, 50.0).expect("a cluster");
    (0..45).for_each(|_| {
        cluster.step();
    });
    let text = serde_json::to_string(&cluster.freeze()).expect("a frozen cluster");
    let frozen = serde_json::from_str(&text).expect("a frozen cluster");
    let mut again = Cluster::new(&plan, 50.0).expect("a cluster").thaw(frozen).expect("of the same shape");
    for _ in 0..120 {
        assert_eq!(cluster.step().values.map(f64::to_bits), again.step().values.map(f64::to_bits));
    }
    let other = Cluster::new(&run_rig::plan(STAGING, &[]), 50.0).expect("a cluster");
    assert!(other.thaw(cluster.freeze()).is_none(), "of another shape");
}

#[test]
fn one_of_one_is_all() {
    let lost = ["api_server.replicas=1", "api_server.lost=1", "api_server.lost_s=60", "api_server.lost_for_s=20"];
    let mut cluster = Cluster::new(&plan(STAGING, &lost), 50.0).expect("a cluster");
    let away: Vec<usize> = (0..200).filter(|_| cluster.step().values[Row::ANSWERING] < 0.5).collect();
    // Twenty seconds and the refill, three; a row shows how its step ended.
    assert!((22..=23).contains(&away.len()), "{} s away", away.len());
}

/// The verdict alone knows of faults: no bound stands for a run in which something is done to the servers.
#[test]
fn the_quick_verdict_is_that_of_the_run() {
    use slackwater_study::run::{judge, judge_by_run};
    let etcd = ["etcd.lost_members=2", "etcd.lost_s=300", "etcd.back_s=2000", "api_server.probe_etcd=false"];
    let lost = ["api_server.lost=3", "api_server.lost_s=300", "api_server.lost_for_s=2000"];
    // At a hundredth of the load one is enough.
    let two = ["api_server.lost=2", "api_server.lost_s=300", "api_server.lost_for_s=2000"];
    for (changes, safe) in [(&etcd[..], false), (&lost[..], false), (&two[..], true)] {
        let plan = plan(STAGING, &[changes, &["run.until_s=3600", "dns.cache_ttl_s=60"]].concat());
        let (quick, run) = (judge(&plan).expect("a verdict"), judge_by_run(&plan).expect("a verdict"));
        assert_eq!(quick, run, "{changes:?}");
        assert_eq!(quick.safe(), safe, "{changes:?}");
    }
}
