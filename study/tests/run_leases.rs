//! Leases by their keys, in a whole cluster whose etcd is lost for a while.

mod run_rig;

use run_rig::{column, most, plan, run};
use slackwater_study::run::Cluster;

const STAGING: &str = "openai-2024-12-11-staging";
const LOST: [&str; 4] = ["etcd.lost_members=2", "etcd.lost_s=600", "etcd.back_s=900", "api_server.probe_etcd=false"];

#[test]
fn the_grace_follows_the_version() {
    let grace_s = |changes: &[&str]| {
        let cluster = plan(STAGING, &[&["leases.nodes=true"], changes].concat()).cluster(50.0).expect("a cluster");
        cluster.node_lease.expect("followed").grace_s
    };
    assert_eq!(grace_s(&["cluster.version=\"1.31\""]), 40.0);
    assert_eq!(grace_s(&["cluster.version=\"1.32\""]), 50.0);
    assert_eq!(grace_s(&["leases.node_grace_s=90"]), 90.0);
    assert!(plan(STAGING, &[]).cluster(50.0).expect("a cluster").node_lease.is_none());
}

#[test]
fn a_lost_quorum_costs_every_lease_and_every_leader() {
    let until = ["leases.nodes=true", "leases.leaders=true", "run.until_s=1800"];
    let plan = plan(STAGING, &[&LOST[..], &until[..]].concat());
    let mut cluster = Cluster::new(&plan, 50.0).expect("a cluster");
    let mut at = |until_s: f64| {
        while cluster.state.now_s < until_s {
            cluster.step();
        }
        (cluster.state.nodes.lapsed, cluster.state.not_ready, cluster.state.leaders.leading)
    };
    let (lapsed, marked, leading) = at(599.0);
    assert!(lapsed < 0.01 && marked < 0.01 && leading > 0.99);
    let (_, _, leading) = at(615.0);
    assert!(leading < 0.01, "the lease is lost within 10 s, {leading} lead");
    let (lapsed, marked, _) = at(700.0);
    assert!((lapsed - 50.0).abs() < 1e-3, "{lapsed} leases have lapsed");
    assert!(marked < 0.5, "nobody is there to mark them: {marked}");
    let (lapsed, _, leading) = at(930.0);
    assert!(lapsed < 0.01 && leading > 0.99, "{lapsed} lapsed, {leading} lead half a minute after the return");
}

#[test]
fn what_is_not_followed_stays_as_it_was() {
    let outcome = run(STAGING, &[&LOST[..], &["run.until_s=1200"]].concat());
    assert_eq!(most(column(&outcome, "not_ready_nodes")), 0.0);
    assert!(column(&outcome, "leading").iter().all(|x| *x == 1.0));
}
