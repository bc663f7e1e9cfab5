//! etcd by its keys: what switches it on, what a lost quorum and a full file do to a cluster.

mod run_rig;

use run_rig::{column, plan, run};
use slackwater_core::system::observe::Row;
use slackwater_core::verdict::gates::{self, Wall};
use slackwater_study::run::Cluster;

const STAGING: &str = "openai-2024-12-11-staging";
const GIB: f64 = 1_073_741_824.0;

#[test]
fn it_is_on_where_somebody_speaks_of_it() {
    let on = |changes: &[&str]| plan(STAGING, changes).cluster(50.0).expect("a cluster").etcd.on;
    assert!(!on(&[]) && !on(&["etcd.cores=2"]));
    assert!(on(&["etcd.fsync_s=0.01"]) && on(&["etcd.wait=on"]));
    assert!(!on(&["etcd.fsync_s=0.01", "etcd.wait=off"]));
    let large = |scale: &str| {
        let plan = plan(
            STAGING,
            &["etcd.cores=16", "etcd.wait=on", "dns.dependence=memory", &format!("background.scale={scale}")],
        );
        let cluster = plan.cluster(5000.0).expect("a cluster");
        gates::standing(&cluster, 3.0).etcd
    };
    let (once, tenfold) = (large("1"), large("10"));
    // 500 leases, 100 pods and some a second: less than 2 % of 16 cores.
    assert!((0.005..0.02).contains(&once) && (tenfold / once - 10.0).abs() < 0.5, "{once}, {tenfold}");
}

#[test]
fn updates_write_what_their_objects_weigh_and_deletes_nothing() {
    let cluster = plan(STAGING, &["cluster.pod_bytes=4020"]).cluster(50.0).expect("a cluster");
    let by = |name: &str| cluster.classes.iter().find(|class| class.label.name == name).expect(name).etcd;
    assert_eq!((by("controllers").writes, by("controllers").write_bytes), (1.0, 3015.0));
    assert_eq!((by("node leases").writes, by("node leases").write_bytes), (1.0, 400.0));
    assert_eq!((by("operator").writes, by("operator").write_bytes), (1.0, 0.0));
    assert_eq!((by("humans").reads, by("humans").writes), (1.0, 0.0));
    assert!(!by("kubelet informers").any() && !by("agent").any());
    let past_the_cache = plan(STAGING, &["agent.read_path=etcd"]).cluster(50.0).expect("a cluster");
    let agent = past_the_cache.classes.iter().find(|class| class.label.name == "agent").expect("the agent");
    let read = agent.etcd.range_bytes_base + 50.0 * agent.etcd.range_bytes_per_node;
    assert!((read / (500.0 * 3015.0) - 1.0).abs() < 1e-9, "{read} bytes of 500 pods");
}

#[test]
fn a_lost_quorum_stops_writes_and_reads_past_the_cache_but_not_the_cache() {
    let plan = plan(
        STAGING,
        &[
            "etcd.lost_members=2",
            "etcd.lost_s=600",
            "etcd.back_s=1200",
            "api_server.probe_etcd=false",
            "run.until_s=1800",
        ],
    );
    let mut cluster = Cluster::new(&plan, 50.0).expect("a cluster");
    let mut success = |until_s: f64| {
        while cluster.state.now_s < until_s {
            cluster.step();
        }
        let of = |name: &str| {
            let at = cluster.scenario.classes.iter().position(|class| class.label.name == name).expect(name);
            cluster.state.classes[at].success
        };
        ["controllers", "node leases", "humans", "agent"].map(of)
    };
    assert!(success(599.0).iter().all(|x| *x > 0.999));
    let [controllers, leases, humans, agent] = success(1199.0);
    assert!(controllers < 1e-3 && leases < 1e-3 && humans < 1e-3, "{controllers} {leases} {humans}");
    assert!(agent > 0.999, "lists with resourceVersion=0 are served from the watch cache: {agent}");
    assert!(success(1300.0).iter().all(|x| *x > 0.999));
}

#[test]
fn with_the_probe_the_api_servers_are_gone_until_etcd_is_back() {
    let lost = ["etcd.lost_members=2", "etcd.lost_s=600", "etcd.back_s=1200"];
    let probed = ["api_server.liveness_s=80", "run.until_s=1800"];
    let outcome = run(STAGING, &[&lost[..], &probed[..]].concat());
    let up = column(&outcome, "api_up");
    let time = column(&outcome, "t_s");
    let down: Vec<f64> = time.iter().zip(up).filter(|(_, up)| **up < 1.0).map(|(t, _)| *t).collect();
    // Probed away after 80 s of silence; refilled at least 3 s after the election.
    assert!((down[0] - 680.0).abs() <= 5.0, "first gone at {} s", down[0]);
    let last = down[down.len() - 1];
    assert!((1201.0..1210.0).contains(&last), "last gone at {last} s");
}

#[test]
fn a_file_that_will_not_fit_is_a_wall_before_anybody_runs_into_it() {
    let small = plan(STAGING, &["etcd.wait=on"]).cluster(50.0).expect("a cluster");
    assert!(gates::standing(&small, 3.0).etcd_file < 0.8 && gates::steady(&small).pass());
    let full = plan(STAGING, &["etcd.live_gib=3"]).cluster(50.0).expect("a cluster");
    let check = gates::steady(&full);
    assert_eq!(check.wall, Wall::EtcdFile);
    assert!((1.5 * 1.2..1.6 * 1.2).contains(&check.value), "{}", check.value);
    let mut cluster = Cluster::new(&plan(STAGING, &["etcd.live_gib=3"]), 50.0).expect("a cluster");
    let rows: Vec<Row> = (0..60).map(|_| cluster.step()).collect();
    assert_eq!(cluster.state.etcd.alarm, 1.0);
    let file = rows[59].values[Row::ETCD_FILE];
    assert!((file * GIB - cluster.state.etcd.file_bytes).abs() < 1.0);
}
