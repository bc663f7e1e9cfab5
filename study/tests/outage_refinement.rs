//! Half the step, the same answer: headline outputs move by less than half a percent, moments by less than two steps.

mod outage_rig;

use outage_rig::{case, outage};
use slackwater_study::outage::Outage;

#[track_caller]
fn same(run: impl Fn(&str) -> Outage) {
    let (coarse, fine) = (run("run.dt_s=1"), run("run.dt_s=0.5"));
    let close = |a: f64, b: f64, room: f64| (a - b).abs() <= 0.005 * a.abs().max(b.abs()) + room;
    let (a, b) = (coarse.lost_traffic_s, fine.lost_traffic_s);
    // Traffic that is lost in one step more or less is no headline.
    assert!(close(a, b, 1.0), "{}: traffic lost for {a} s, {b} s", coarse.down);
    let (a, b) = (coarse.least_surviving, fine.least_surviving);
    assert!(close(a, b, 0.005), "{}: at the worst {a}, {b}", coarse.down);
    for (a, b) in
        coarse.moments.iter().map(|moment| (moment, fine.moments.iter().find(|other| other.name == moment.name)))
    {
        let (a_s, b_s) = (a.t_s, b.and_then(|b| b.t_s));
        let near = a_s.zip(b_s).map_or(a_s == b_s, |(a_s, b_s)| (a_s - b_s).abs() <= 2.0 + 0.005 * a_s);
        assert!(near, "{}: {} at {a_s:?} s, {b_s:?} s", coarse.down, a.name);
    }
    let pairs = [
        (coarse.lost.oom, fine.lost.oom),
        (coarse.lost.evicted, fine.lost.evicted),
        (coarse.lost.probed, fine.lost.probed),
        (coarse.lost.pressure, fine.lost.pressure),
    ];
    for (a, b) in pairs {
        // As a share of all pods: a moment may move by two steps, and what falls into them with it.
        assert!((a - b).abs() <= 0.005 * coarse.pods.max(a), "{}: {a}, {b} pods", coarse.down);
    }
}

#[test]
fn the_cut_over() {
    same(|dt| case("network-cut-over", &[dt]));
}

#[test]
fn no_api_while_load_rises() {
    let settings = ["outage.down=[api]", "outage.masters=1", "outage.for_s=1800", "nodes.load=0.9"];
    let growth = ["nodes.load_growth_per_h=2", "nodes.pressure_per_pod_day=2"];
    same(|dt| outage(&[&settings[..], &growth, &[dt]].concat()));
}

#[test]
fn no_names() {
    same(|dt| outage(&["outage.down=[dns]", "mesh.enabled=true", "mesh.on_loss=lose_backends", dt]));
}

#[test]
fn reboots_without_api() {
    same(|dt| outage(&["outage.down=[api]", "nodes.reboot_share=0.2", dt]));
}

#[test]
fn one_zone_cut_off() {
    let cut =
        ["outage.down=[network]", "nodes.zones=3", "network.zones_cut=1", "network.cut=zones", "outage.for_s=1200"];
    same(|dt| outage(&[&cut[..], &[dt]].concat()));
}
