//! What stops and what keeps working when the API is down (A) or etcd has lost its majority (E): every row of the fact
//! sheet on Kubernetes, section 6, by its name there.

mod outage_rig;

use outage_rig::{api_away, at, least, moment, most, outage, row, status, steady};
use slackwater_core::nodes::functions::{Function, Status};
use slackwater_study::outage::Outage;

/// Both columns of the sheet: one master without API, three without a majority of etcd.
fn both(settings: &[&str]) -> [Outage; 2] {
    let e = outage(&[&["outage.down=[etcd]", "outage.masters=3", "outage.count=2"], settings].concat());
    [api_away(600, settings), e]
}

/// Both columns say the same, from the start to the end.
#[track_caller]
fn same(function: Function, wanted: Status) {
    for found in both(&[]) {
        assert_eq!(steady(&found, function), wanted, "{function:?} without {}", found.down);
    }
}

#[test]
fn running_containers_node_local_traffic_and_service_addresses_work_on_frozen_rules() {
    same(Function::RunningPods, Status::Works);
    same(Function::Endpoints, Status::Frozen);
    for found in both(&["nodes.autoscaled=false"]) {
        assert!(found.least_surviving > 1.0 - 1e-9);
    }
}

#[test]
fn a_container_that_crashes_is_restarted_by_its_kubelet() {
    same(Function::ContainerRestart, Status::Works);
    for found in both(&["nodes.crashes_per_pod_day=24"]) {
        // Ten minutes at one crash an hour: a sixth of the pods crashed, and nearly all of them run again.
        assert!(found.lost.crashed > found.pods / 7.0, "{}", found.lost.crashed);
        assert!(at(&found, 600.0).serving > 0.99, "{}", at(&found, 600.0).serving);
    }
}

#[test]
fn a_pod_evicted_by_its_node_is_killed_and_not_replaced() {
    same(Function::PressureEviction, Status::Stopped);
    for found in both(&["nodes.pressure_per_pod_day=24", "nodes.autoscaled=false"]) {
        // 1 - exp(-1/6), all of it still missing at the end, none an hour after.
        let missing = 1.0 - at(&found, 600.0).serving;
        assert!((missing - (1.0 - (-1.0_f64 / 6.0).exp())).abs() < 1e-3, "{missing}");
        assert!(found.trajectory.last().expect("rows").pending < 0.01);
    }
}

#[test]
fn a_kubelet_that_restarts_keeps_containers_and_waits_for_the_api() {
    same(Function::KubeletRestart, Status::Degraded);
}

#[test]
fn a_rebooted_node_gets_its_pods_back_only_with_the_api() {
    same(Function::NodeReboot, Status::Stopped);
    for found in both(&["nodes.reboot_share=0.1", "nodes.reboot_s=60"]) {
        assert!((at(&found, 599.0).serving - 0.9).abs() < 1e-6);
        assert!(found.trajectory.last().expect("rows").serving > 0.999);
    }
}

#[test]
fn scheduling_repair_deployments_and_jobs_stop() {
    same(Function::Scheduling, Status::Stopped);
}

#[test]
fn autoscalers_stop() {
    same(Function::Autoscaling, Status::Stopped);
}

#[test]
fn endpoints_are_frozen_and_traffic_still_goes_to_dead_pods() {
    same(Function::Endpoints, Status::Frozen);
    for found in both(&["nodes.pressure_per_pod_day=24", "nodes.autoscaled=false"]) {
        let row = at(&found, 600.0);
        assert!((row.stale - (1.0 - row.serving)).abs() < 1e-6, "{} stale, {} serving", row.stale, row.serving);
    }
    // With the API the same losses are taken out within seconds.
    let there = outage(&["outage.down=[api]", "outage.count=1", "nodes.pressure_per_pod_day=24"]);
    assert!(most(&there, |row| row.stale) < 0.01);
}

#[test]
fn kubectl_is_dead_without_api_and_reads_caches_without_etcd() {
    let [a, e] = both(&[]);
    assert_eq!(steady(&a, Function::KubectlGet), Status::Stopped);
    // Until the API server fails its check of etcd: the liveness probe, 80 s.
    assert_eq!(
        (status(&e, Function::KubectlGet, 79.0), status(&e, Function::KubectlGet, 80.0)),
        (Status::Degraded, Status::Stopped)
    );
    let unprobed = outage(&["outage.down=[etcd]", "api_server.probe_etcd=false"]);
    assert_eq!(steady(&unprobed, Function::KubectlGet), Status::Degraded);
    same(Function::KubectlExec, Status::Stopped);
}

#[test]
fn node_failures_are_not_detected_and_afterwards_grace_and_toleration_begin_anew() {
    same(Function::NodeFailure, Status::Stopped);
    for found in both(&["nodes.failures_per_node_day=10"]) {
        assert_eq!(most(&found, |row| row.nodes_gone), 0.0, "stale leases mark nobody");
        let back = moment(&found, "controllers_back").expect("leads again");
        let dead = 1.0 - at(&found, 600.0).serving;
        assert!(1.0 - at(&found, back + 290.0).serving >= dead - 1e-3, "nobody evicted before 300 s");
        assert!(1.0 - at(&found, back + 900.0).serving < dead, "then they are");
    }
}

#[test]
fn leaders_give_up_after_ten_seconds_and_exit() {
    for found in both(&[]) {
        assert_eq!(status(&found, Function::Leaders, 7.0), Status::Works);
        assert_eq!(status(&found, Function::Leaders, 10.0), Status::Stopped);
    }
    // Shorter than that, and nobody exits.
    let blink = api_away(5, &["api_server.restart_delay_s=0", "api_server.refill_s=0"]);
    let back = moment(&blink, "controllers_back").expect("they lead");
    assert!(back <= 8.0, "{back}");
    // A single controller manager restarts later and later; one that stands by takes over within seconds.
    let waits = |masters: &str| {
        let found = outage(&["outage.down=[api]", masters]);
        moment(&found, "controllers_back").expect("back") - moment(&found, "api_back").expect("back")
    };
    assert!(waits("outage.masters=3") <= 5.0 && waits("outage.masters=1") > 30.0);
}

#[test]
fn new_load_balancers_records_and_certificates_are_not_made() {
    same(Function::NewResources, Status::Frozen);
}

#[test]
fn tokens_and_certificates_run_until_they_expire() {
    for found in both(&[]) {
        // A token of an hour is refreshed at 80 %: the oldest has 12 minutes left, the youngest an hour.
        let at = [719.0, 720.0, 3599.0, 3600.0].map(|s| status(&found, Function::Tokens, s));
        assert_eq!(at, [Status::Works, Status::Degraded, Status::Degraded, Status::Stopped]);
        // A certificate of a year rotates by 90 %: 36.5 days.
        let first_s = row(&found, Function::NodeCertificates).until_s.expect("an end");
        assert!((first_s - 36.5 * 86_400.0).abs() < 1e-3, "{first_s}");
    }
}

#[test]
fn mesh_proxies_keep_their_configuration_for_as_long_as_certificates_last() {
    for found in both(&["mesh.enabled=true"]) {
        let at = [0.0, 43_199.0, 43_200.0, 86_400.0].map(|s| status(&found, Function::Mesh, s));
        assert_eq!(at, [Status::Frozen, Status::Frozen, Status::Degraded, Status::Stopped]);
        assert!(found.safe);
    }
    let none = outage(&["outage.down=[api]"]);
    assert!(none.functions.iter().all(|row| row.function != Function::Mesh), "no mesh, no row");
}

#[test]
fn new_pods_get_an_address_from_their_node_or_not_at_all() {
    same(Function::PodNetwork, Status::Works);
    for found in both(&["nodes.address_from=api"]) {
        assert_eq!(steady(&found, Function::PodNetwork), Status::Stopped);
        assert!(found.safe, "existing interfaces stay");
    }
}

#[test]
fn a_webhook_whose_pods_are_gone_blocks_creation_after_the_api_is_back() {
    for found in both(&["nodes.webhook=true"]) {
        assert_eq!(steady(&found, Function::Webhooks), Status::Stopped);
    }
    // Every pod was evicted while masters and nodes were parted; the webhook's own are among them.
    let deadlock = |webhook: &str| {
        let cut = ["outage.down=[network]", "cluster.nodes=10", "nodes.masters_zone=own", "outage.for_s=900", webhook];
        outage(&cut).trajectory.last().expect("rows").serving
    };
    assert!(deadlock("nodes.webhook=false") > 0.99 && deadlock("nodes.webhook=true") < 0.01);
}

#[test]
fn stock_dns_keeps_answering_and_a_restarted_server_does_not() {
    for found in both(&[]) {
        assert_eq!(steady(&found, Function::ClusterDns), Status::Frozen);
        assert_eq!(least(&found, |row| row.names), 1.0);
    }
    // Servers that are lost do not come back: at two an hour and server, exp(-4) of them are left after two hours.
    let restart = ["dns.dependence=restart", "dns.server_loss_per_hour=2"];
    let [a, _] = both(&restart);
    assert_eq!(steady(&a, Function::ClusterDns), Status::Degraded);
    // Two tries a lookup; a name is looked up every 20 s, a success is kept for 30 s.
    let answered = 1.0 - (1.0 - (-4.0_f64).exp()).powi(2);
    let cached = answered * 30.0 / 20.0 / (1.0 + answered * 30.0 / 20.0);
    let expected = cached + (1.0 - cached) * answered;
    let names = least(&api_away(7200, &restart), |row| row.names);
    assert!((names - expected).abs() < 0.02, "{names} of the names, expected {expected}");
}

/// Section 5.6: of even ages the valid share falls as 1 - t/T once the source is lost; stale answers put that off by D.
#[test]
fn caches_hide_the_loss_of_dns_as_long_as_entries_live() {
    let lost = |stale: &str, ttl: &str| outage(&["outage.down=[dns]", "outage.for_s=3600", stale, ttl]);
    for (stale_s, ttl_s) in [(0.0_f64, 30.0), (0.0, 1200.0), (600.0, 300.0)] {
        let found = lost(&format!("dns.serve_stale_s={stale_s}"), &format!("dns.cache_ttl_s={ttl_s}"));
        for t_s in [1.0_f64, 29.0, 300.0, 600.0, 750.0, 1100.0, 3000.0] {
            let expected = (1.0 - (t_s - stale_s).max(0.0) / ttl_s).clamp(0.0, 1.0);
            // Half a step of the age of an entry.
            let names = at(&found, t_s).names;
            assert!((names - expected).abs() < 2.0 / ttl_s, "{names} at {t_s} s, expected {expected}");
        }
        let row = row(&found, Function::ClusterDns);
        assert_eq!(row.then.last().map(|(s, _)| *s), Some(stale_s + ttl_s));
    }
}

/// Section 5.6: DNS servers on the machines that die, die with them.
#[test]
fn dns_servers_on_masters_die_with_them() {
    let lost = |share: &str, masters: &str| outage(&["outage.down=[master]", "outage.count=1", share, masters]);
    let all = lost("network.dns_at_masters=1", "outage.masters=1");
    assert_eq!(status(&all, Function::ClusterDns, 0.0), Status::Degraded);
    assert_eq!(status(&all, Function::ClusterDns, 30.0), Status::Stopped);
    assert!(at(&all, 20.0).names > 0.3 && at(&all, 31.0).names < 0.01, "caches hide it for 30 s");
    // One of three: a third of the queries, until the master counts as gone; of two tries a ninth fails.
    let third = lost("network.dns_at_masters=1", "outage.masters=3");
    assert!(least(&third, |row| row.names) > 1.0 - 1.0 / 9.0 - 1e-9 && least(&third, |row| row.names) < 0.999);
    assert!(at(&third, 120.0).names > 0.999);
    assert_eq!(least(&lost("network.dns_at_masters=0", "outage.masters=1"), |row| row.names), 1.0);
}

#[test]
fn nothing_is_written() {
    same(Function::Writes, Status::Stopped);
    same(Function::ClusterState, Status::Frozen);
}

/// etcd members and tolerated losses: 1/0, 3/1, 5/2, 7/3; one API server is enough if etcd has a majority.
#[test]
fn members_and_the_losses_they_tolerate() {
    for (members, tolerated) in [(1, 0), (3, 1), (5, 2), (7, 3)] {
        for lost in 1..=members {
            let settings = [format!("outage.masters={members}"), format!("outage.count={lost}")];
            let settings = [settings[0].as_str(), settings[1].as_str(), "outage.down=[etcd]"];
            let found = outage(&settings);
            let writes = steady(&found, Function::Writes) == Status::Works;
            assert_eq!(writes, lost <= tolerated, "{lost} of {members}");
        }
    }
}

/// Recovery: API, leases at once, leaders, backlog, crash loops within 300 s.
#[test]
fn recovery_comes_in_the_order_of_the_sheet() {
    let found = api_away(1800, &["nodes.load=0.9", "nodes.load_growth_per_h=2"]);
    let [api, leaders, cluster] =
        ["api_back", "controllers_back", "cluster_back"].map(|name| moment(&found, name).expect(name));
    assert!(1800.0 <= api && api < leaders && leaders < cluster, "{api} {leaders} {cluster}");
    assert_eq!(most(&found, |row| row.nodes_gone), 0.0, "leases are renewed before anybody looks");
}
