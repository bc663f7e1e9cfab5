//! M1 to M12: what happens when the master fails, statement by statement. Where facts contradict a statement, the test
//! shows under which assumption it is true.

mod outage_rig;

use outage_rig::{api_away, at, least, moment, most, outage, row, status, steady};
use slackwater_core::nodes::functions::{Function, Status};

/// M1: nodes keep working, the system loses the ability to manage pods, web requests still reach pods.
#[test]
fn m1_pods_serve_and_nobody_manages_them() {
    let hour = api_away(3600, &["nodes.autoscaled=false"]);
    assert!(hour.safe && hour.least_surviving > 1.0 - 1e-9, "{}", hour.least_surviving);
    assert_eq!(steady(&hour, Function::RunningPods), Status::Works);
    assert_eq!(steady(&hour, Function::Scheduling), Status::Stopped);
    assert!(hour.trajectory.iter().all(|row| (row.serving - 1.0).abs() < 1e-9));
}

/// M2: the cluster cannot react to node failures, create resources or move pods until the master returns.
#[test]
fn m2_nobody_moves_pods_of_a_failed_node_until_the_master_is_back() {
    // One node of a hundred a day and node fails; no healthy cluster does, but it is seen at once.
    let failing = ["nodes.failures_per_node_day=1", "nodes.autoscaled=false"];
    let away = api_away(7200, &failing);
    assert_eq!(steady(&away, Function::NodeFailure), Status::Stopped);
    assert_eq!(steady(&away, Function::Writes), Status::Stopped);
    // Two hours at one failure a day: 1 - exp(-1/12) of the pods, none of them replaced meanwhile.
    let dead = 1.0 - at(&away, 7200.0).serving;
    let expected = 1.0 - (-1.0_f64 / 12.0).exp();
    assert!((dead - expected).abs() < 1e-3, "{dead} of the pods, expected {expected}");
    assert!(at(&away, 7200.0).pending == 0.0, "nobody knows of them");
    // With the master back: not before grace and toleration are over, and then they are.
    let back = moment(&away, "controllers_back").expect("leads again");
    assert!(at(&away, back + 300.0).serving <= at(&away, 7200.0).serving + 1e-3);
    assert!(at(&away, back + 900.0).serving > 0.97, "{}", at(&away, back + 900.0).serving);
    // The same failures with the API there never cost more than those of the last six minutes or so.
    let there = outage(&[&failing[..], &["outage.down=[api]", "outage.count=1", "outage.for_s=7200"]].concat());
    assert!(least(&there, |row| row.serving) > 0.99);
}

/// M3: applications go on, because services, load balancers, DNS, dashboard go on. Facts: the Kubernetes dashboard reads
/// the API, so that one does not; the others do.
#[test]
fn m3_services_and_names_go_on_but_the_dashboard_does_not() {
    let hour = api_away(3600, &[]);
    assert_eq!(steady(&hour, Function::RunningPods), Status::Works);
    assert_eq!(steady(&hour, Function::ClusterDns), Status::Frozen);
    assert_eq!(least(&hour, |row| row.names), 1.0);
    assert_eq!(steady(&hour, Function::NewResources), Status::Frozen);
    assert_eq!(steady(&hour, Function::KubectlGet), Status::Stopped);
    // Unless something major fails: with DNS servers that ask the API for every miss names go with it.
    let live = api_away(3600, &["dns.dependence=live"]);
    assert!(!live.safe && least(&live, |row| row.names) < 0.01);
}

/// M4: DNS queries may not resolve on a node that is rebooted in that time: do not reboot nodes.
#[test]
fn m4_a_rebooted_node_gets_neither_names_nor_pods_back() {
    let away = api_away(600, &[]);
    assert_eq!(steady(&away, Function::DnsAfterReboot), Status::Stopped);
    assert_eq!(steady(&away, Function::NodeReboot), Status::Stopped);
    let reboot = ["nodes.reboot_share=0.2", "nodes.reboot_s=60", "nodes.autoscaled=false"];
    let rebooted = api_away(1800, &reboot);
    // A fifth of the pods is down from then to the end, and proxies still send traffic to them.
    assert!((at(&rebooted, 1800.0).serving - 0.8).abs() < 1e-9);
    assert!((at(&rebooted, 1800.0).stale - 0.2).abs() < 1e-9);
    // A fifth of the DNS servers is down with them: of two tries 0.2 * 0.2 fail.
    assert!((0.8 * 0.96 - 1e-9..=0.8 + 1e-9).contains(&rebooted.least_surviving), "{}", rebooted.least_surviving);
    let back = moment(&rebooted, "service_back").expect("the API is back");
    assert!((1800.0..1800.0 + 120.0).contains(&back), "{back}");
    // The same reboot of a healthy cluster is over when the node has booted and its pods have started.
    let healthy = outage(&[&reboot[..], &["outage.down=[master]", "outage.count=1", "outage.for_s=1800"]].concat());
    assert!(moment(&healthy, "service_back").expect("booted") < 60.0 + 120.0 + 15.0 + 60.0);
}

/// M5: running work continues until it finishes or something stops it; nobody assigns new work: workers wait.
#[test]
fn m5_running_work_goes_on_and_new_work_waits() {
    let away = api_away(3600, &["nodes.pressure_per_pod_day=2", "nodes.autoscaled=false"]);
    // What something stops is not given out again until the end.
    let lost = 1.0 - at(&away, 3600.0).serving;
    let expected = 1.0 - (-2.0_f64 / 24.0).exp();
    assert!((lost - expected).abs() < 1e-3, "{lost} stopped, expected {expected}");
    assert!((at(&away, 3600.0).pending - lost).abs() < 1e-6, "it waits");
    // Then the backlog drains at the controllers' pace: 20 pods a second.
    let back = moment(&away, "controllers_back").expect("leads again");
    let drained_s = lost * away.pods / 20.0 + 15.0;
    assert!(at(&away, back + drained_s + 5.0).serving > 0.999);
    assert!(at(&away, back + drained_s / 2.0).serving < 0.999);
}

/// M6: several masters are the remedy; harmless where it should be, and not where a majority is lost.
#[test]
fn m6_several_masters_are_the_remedy_while_a_majority_is_left() {
    for (masters, lost, harmless) in [
        (1, 1, false),
        (3, 1, true),
        (3, 2, false),
        (3, 3, false),
        (5, 2, true),
        (5, 3, false),
        (7, 3, true),
        (7, 4, false),
    ] {
        let settings =
            [format!("outage.masters={masters}"), format!("outage.count={lost}"), "outage.down=[master]".to_owned()];
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let found = outage(&settings);
        let stopped = found.functions.iter().filter(|row| row.worst == Status::Stopped).count();
        assert_eq!(stopped == 0, harmless, "{lost} of {masters} masters: {stopped} functions stop");
        assert_eq!(least(&found, |row| row.controllers) > 0.5, harmless, "{lost} of {masters} masters");
    }
    // API servers need no majority: the last one is enough.
    let last = outage(&["outage.down=[api]", "outage.masters=3", "outage.count=2"]);
    assert!(last.functions.iter().all(|row| row.worst == Status::Works), "{:?}", last.functions);
}

/// M7: traffic rises, the autoscaler should act, but metrics reach it through the API server: it does nothing.
#[test]
fn m7_the_autoscaler_stands_still_while_load_rises() {
    let growth = ["nodes.load=0.8", "nodes.load_growth_per_h=1", "nodes.oom_at_load=1000"];
    let away = api_away(3600, &growth);
    assert_eq!(steady(&away, Function::Autoscaling), Status::Stopped);
    assert!(at(&away, 3600.0).serving <= 1.0 + 1e-12, "the old size stays");
    // Twice 0.8 on what carries one: 1 / 1.6 is served.
    assert!((at(&away, 3599.0).surviving - 1.0 / 1.6).abs() < 0.01, "{}", at(&away, 3599.0).surviving);
    let there = outage(&[&growth[..], &["outage.down=[master]", "outage.count=1", "outage.for_s=3600"]].concat());
    assert!(there.safe && at(&there, 3600.0).serving > 1.9, "with the API it doubles");
    // Back, the autoscaler catches up.
    assert!(moment(&away, "service_back").is_some_and(|s| s > 3600.0));
}

/// M8: memory grows with load, the pod is OOM-killed, no new pod is scheduled; the application may stop answering.
/// Facts: its own node restarts the container without asking anybody, so a kill costs a restart and not a pod; the
/// statement is true while the load stays above what the pods can bear, because waits grow with every kill. And proxies
/// are frozen: what they send to a killed pod is lost, and does not fall on the others.
#[test]
fn m8_pods_killed_for_memory_wait_longer_and_longer_while_load_stays() {
    let rising = ["nodes.load=0.9", "nodes.load_growth_per_h=2", "nodes.load_most=2"];
    let away = api_away(3600, &rising);
    assert!(away.lost.oom > away.pods, "each is killed at least once: {} kills", away.lost.oom);
    assert!(most(&away, |row| row.crash_loop) > 0.2, "{}", most(&away, |row| row.crash_loop));
    // Twice 0.9 on what carries one: 1 / 1.8 would be served if nobody were killed.
    assert!(at(&away, 3599.0).surviving < 0.9 / 1.8, "{}", at(&away, 3599.0).surviving);
    assert_eq!(steady(&away, Function::ContainerRestart), Status::Works);
    // No pod is lost for good: the kubelet brings all of them back once somebody adds pods.
    assert!(away.trajectory.last().expect("rows").serving > 0.99);
    // Where the load stays just below the limit nothing of it happens, API or no API.
    let below = api_away(3600, &["nodes.load=0.7", "nodes.load_growth_per_h=2", "nodes.load_most=2"]);
    assert_eq!(below.lost.oom, 0.0);
    // With the API there new pods come in time.
    let there = |more: &[&str]| {
        outage(&[&rising[..], &["outage.down=[api]", "outage.count=1", "outage.for_s=3600"], more].concat())
    };
    assert!(there(&[]).lost.oom == 0.0 && there(&[]).safe);
    // With the API but without an autoscaler proxies do follow, so each kill loads the others: worse than without API.
    let fixed = there(&["nodes.autoscaled=false"]);
    assert!(least(&fixed, |row| row.serving) < 0.8 * least(&away, |row| row.serving));
}

/// M9: system components talk only to the API server, never to one another; each may fail alone, or the whole machine.
#[test]
fn m9_each_component_can_fail_alone() {
    let alone = |what: &str| outage(&[&format!("outage.down=[{what}]"), "outage.masters=1"]);
    let stops = |found: &slackwater_study::outage::Outage, function| row(found, function).worst == Status::Stopped;
    let scheduler = alone("scheduler");
    assert!(stops(&scheduler, Function::Scheduling) && !stops(&scheduler, Function::Writes));
    assert!(!stops(&scheduler, Function::NodeFailure), "the controller manager needs no scheduler");
    let manager = alone("controller-manager");
    assert!(stops(&manager, Function::NodeFailure) && !stops(&manager, Function::KubectlGet));
    assert_eq!(steady(&manager, Function::Endpoints), Status::Frozen);
    // Without the API all of them stop, though their processes run: they have nobody else to talk to.
    let (api, machine) = (alone("api"), alone("master"));
    for function in [Function::Scheduling, Function::NodeFailure, Function::Autoscaling, Function::Leaders] {
        assert!(stops(&api, function) && stops(&machine, function), "{function:?}");
    }
}

/// M10: no API server, no kubectl, no exec, no logs unless logs are collected centrally.
#[test]
fn m10_no_kubectl_and_no_logs_unless_they_are_collected() {
    let away = api_away(600, &[]);
    for function in [Function::KubectlGet, Function::KubectlExec, Function::Logs] {
        assert_eq!(steady(&away, function), Status::Stopped, "{function:?}");
    }
    assert_eq!(steady(&api_away(600, &["nodes.logs_collected=true"]), Function::Logs), Status::Works);
}

/// M11: etcd lost or corrupted: all cluster state gone, restore from backup as soon as possible.
#[test]
fn m11_etcd_lost_is_the_cluster_lost_unless_there_is_a_backup() {
    let lost = |settings: &[&str]| {
        outage(&[&["outage.down=[etcd-data]", "outage.masters=1", "nodes.oom_at_load=1000"], settings].concat())
    };
    let none = lost(&[]);
    assert_eq!(steady(&none, Function::ClusterState), Status::Stopped);
    assert!(at(&none, 600.0).surviving > 1.0 - 1e-9, "until somebody starts an empty etcd nothing happens to users");
    assert!(none.trajectory.last().expect("rows").serving == 0.0, "kubelets kill what the API does not know");
    // A backup of an hour ago misses what was replaced since: 1 - exp(-1/24) at one replacement a day.
    let hour = lost(&["outage.backup_age_s=3600"]);
    let expected = (1.0 - (-1.0_f64 / 24.0).exp()) * hour.pods;
    assert!((hour.lost.forgotten - expected).abs() < 1e-6 * expected, "{} not in the backup", hour.lost.forgotten);
    assert!(hour.trajectory.last().expect("rows").serving > 0.999);
    // The older the backup, the more is lost.
    let day = lost(&["outage.backup_age_s=86400"]);
    assert!(day.lost_traffic_s > hour.lost_traffic_s && none.lost_traffic_s > day.lost_traffic_s);
    // Several members do not help against lost data, only against lost members.
    let three = outage(&["outage.down=[etcd-data]", "outage.masters=3"]);
    assert_eq!(steady(&three, Function::ClusterState), Status::Stopped);
}

/// M12: one control plane does not at once hurt serving, and still must not be relied upon.
#[test]
fn m12_nothing_is_felt_at_once_and_everything_in_the_end() {
    let short = api_away(600, &["nodes.autoscaled=false"]);
    assert!(short.safe);
    // What runs out by itself, in the order of time: leaders, tokens, certificates.
    let times = [Function::Leaders, Function::Tokens, Function::NodeCertificates].map(|of| row(&short, of).until_s);
    assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{times:?}");
    assert_eq!(status(&short, Function::Tokens, 3601.0), Status::Stopped);
    // What chance takes away adds up: a week of it is felt.
    let week = api_away(604_800, &["nodes.pressure_per_pod_day=0.01", "nodes.autoscaled=false", "run.dt_s=10"]);
    assert!(!week.safe && week.least_surviving < 0.95, "{}", week.least_surviving);
}
