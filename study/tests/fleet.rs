//! A fleet with traffic between its clusters: what comes out by hand, and what must hold for any.

use proptest::prelude::*;
use slackwater_core::bounds::TABLE;
use slackwater_core::verdict::gates::steady;
use slackwater_study::fleet::{Fate, Outcome, regret, run};
use slackwater_study::resolve::Plan;
use slackwater_study::scenario::ScenarioFile;

/// Four clusters alike, of which one is out of reach from the tenth minute on, for twenty.
const EVACUATED: [&str; 15] = [
    "cluster.nodes=20",
    "cluster.pods_per_node=20",
    "agent.enabled=false",
    "fleet.counts=[4]",
    "fleet.load=0.6",
    "fleet.lost_clusters=1",
    "fleet.lost_s=600",
    "fleet.lost_for_s=1200",
    "fleet.return_after_s=300",
    "nodes.autoscaled=false",
    "detection.for_s=60",
    "detection.human_delay_s=60",
    "remedies.use=[shift]",
    "remedies.shift_after_s=0",
    "remedies.shift_share=1",
];

fn plan(keys: &[&str]) -> Plan {
    let mut file = ScenarioFile::empty(TABLE);
    for key in EVACUATED.iter().chain(keys) {
        file.set(key).unwrap();
    }
    Plan::resolve(file).unwrap()
}

fn fleet(keys: &[&str]) -> Outcome {
    run(&plan(keys)).unwrap().unwrap()
}

#[test]
fn what_is_lost_is_the_traffic_of_one_cluster_until_people_have_led_it_away() {
    let outcome = fleet(&[]);
    // A minute until it is noticed, one until somebody acts, half of the minute that leading away takes: a quarter of all.
    let by_hand = 0.25 * 2.5;
    assert!(
        (outcome.booked.outside / by_hand - 1.0).abs() < 0.03,
        "{} minutes, by hand {by_hand}",
        outcome.booked.outside
    );
    assert_eq!(outcome.booked.overload + outcome.booked.shed, 0.0);
    assert!((outcome.most_elsewhere - 0.25).abs() < 1e-9);
    // Well again at 1800 s, five minutes of waiting, ten of leading back.
    let at = |name: &str| outcome.events.iter().find(|event| event.0 == name).and_then(|event| event.1).unwrap();
    assert!((at("traffic_led_back") - 2100.0).abs() <= 2.0 && (at("all_traffic_home") - 2700.0).abs() <= 3.0);
}

/// Whether any survivor falls.
fn tips(keys: &[&str], load: f64) -> bool {
    let load = format!("fleet.load={load}");
    let keys: Vec<&str> = keys.iter().copied().chain([load.as_str()]).collect();
    fleet(&keys).count(Fate::Tips) > 0.0
}

/// The load at which survivors begin to fall, to a thousandth.
fn edge(keys: &[&str], mut low: f64, mut high: f64) -> f64 {
    assert!(!tips(keys, low) && tips(keys, high));
    while high - low > 1e-3 {
        let middle = f64::midpoint(low, high);
        if tips(keys, middle) { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

#[test]
fn survivors_fall_from_the_load_on_that_a_hand_calculation_says() {
    // One of n falls, n - 1 carry it: each gets n / (n - 1). With 1 % that users notice, full at 1 / 0.99 of what they
    // carry. Declared beforehand: within half a percent.
    for (counts, share, factor) in [("[4]", 1.0, 4.0 / 3.0), ("[6]", 1.0, 1.2), ("[4]", 0.5, 1.0 + 0.5 / 3.0)] {
        let keys = [format!("fleet.counts={counts}"), format!("remedies.shift_share={share}")];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found = edge(&keys, 0.4, 1.0);
        let by_hand = 1.0 / factor / 0.99;
        assert!((found / by_hand - 1.0).abs() < 0.005, "{counts}, {share}: {found}, by hand {by_hand}");
    }
}

#[test]
fn who_refuses_in_time_does_not_fall() {
    let keys = ["fleet.load=0.9", "fleet.shed_at_load=1"];
    let outcome = fleet(&keys);
    assert_eq!((outcome.count(Fate::Tips), outcome.count(Fate::Sheds)), (0.0, 3.0));
    // 1.2 times what they carry comes: a sixth of it, three quarters of the fleet at 4/3, is refused.
    let refused = outcome.trajectory.iter().find(|column| column.0 == "shed").unwrap();
    let most = refused.1.iter().copied().fold(0.0, f64::max);
    assert!((most - (1.0 - 1.0 / 1.2)).abs() < 1e-6, "{most}");
    // Whoever lets everybody in where memory ends at 1.1 times what pods carry loses them.
    let open = fleet(&["fleet.load=0.9", "nodes.oom_at_load=1.1"]);
    assert_eq!(open.count(Fate::Tips), 3.0);
    assert!(open.booked.failed() > outcome.booked.failed(), "{:?} {:?}", open.booked, outcome.booked);
    let worst = |outcome: &Outcome| outcome.clusters.iter().map(|row| row.most_load).fold(0.0, f64::max);
    assert!(worst(&outcome) <= 1.0 + 1e-9 && worst(&open) > 1.2 + 1e-9, "every pod that is killed loads the others");
}

#[test]
fn an_autoscaler_that_has_time_raises_the_edge() {
    let quick = ["nodes.autoscaled=true", "fleet.node_room=2", "fleet.shift_over_s=1200", "rollout.pod_start_s=5"];
    assert!(tips(&[], 0.85) && !tips(&quick, 0.85));
    assert!(fleet(&quick).clusters.iter().any(|row| row.most_pods > 1.1));
}

#[test]
fn nodes_without_images_come_back_later_through_a_narrow_registry() {
    let back = |registry: &str| {
        let outcome = fleet(&["fleet.cold_share=1", "fleet.images_gib=5", registry]);
        outcome.clusters.iter().find(|row| row.fate == Fate::Lost).and_then(|row| row.home_s).unwrap()
    };
    let (wide, narrow) = (back("fleet.registry_mib_per_s=100000"), back("fleet.registry_mib_per_s=100"));
    // Twenty nodes of 5 GiB: 51.2 s each alone, 1024 s together at 100 MiB a second. Two parts in 64 of grain.
    assert!(((narrow - wide) / (1024.0 - 51.2) - 1.0).abs() < 0.03, "{wide} s, {narrow} s");
}

#[test]
fn with_nothing_led_away_and_nobody_lost_nothing_changes_to_the_bit() {
    let run = |keys: &[&str]| {
        let outcome = fleet(keys);
        (outcome.trajectory, outcome.clusters.iter().map(|row| row.most_busy).collect::<Vec<_>>())
    };
    let calm = ["fleet.lost_clusters=0", "run.until_s=1800"];
    let never = ["fleet.lost_clusters=0", "run.until_s=1800", "remedies.shift_share=0"];
    assert_eq!(run(&calm), run(&never));
    let (trajectory, _) = run(&never);
    assert!(trajectory[1].1.iter().all(|home| (*home - 1.0).abs() < 1e-12));
    // Led away by nothing, the clusters of a fleet in which one is lost are those of one in which nobody acts.
    assert_eq!(run(&["remedies.shift_share=0", "run.until_s=3000"]), run(&["remedies.use=[halt]", "run.until_s=3000"]));
}

#[test]
fn regret_is_what_a_choice_loses_more_than_the_best() {
    let found = regret(&plan(&[])).unwrap().unwrap();
    let own = found.chosen().unwrap();
    assert!(found.choices.iter().all(|choice| choice.regret_min >= 0.0));
    assert_eq!(found.choices[0].regret_min, 0.0);
    // With room for all, leading everything away is best, and what is lost grows by what stays.
    assert!(own.regret_min < 0.05 && own.shift_share == 1.0);
    let nothing = found.choices.iter().find(|choice| choice.shift_share == 0.0).unwrap();
    assert!(
        (nothing.lost_min / (0.25 * 20.0) - 1.0).abs() < 0.01,
        "a quarter for twenty minutes: {}",
        nothing.lost_min
    );
    // Without room, leading all away brings the others down: the best is less.
    let found = regret(&plan(&["fleet.load=0.9", "nodes.oom_at_load=1.1"])).unwrap().unwrap();
    assert!(found.chosen().unwrap().regret_min > 1.0 && found.choices[0].shift_share < 0.75, "{found}");
}

#[test]
fn what_is_printed() {
    let plan = plan(&["fleet.load=0.9", "nodes.oom_at_load=1.1", "fleet.cold_share=0.5"]);
    let (outcome, hindsight) = (run(&plan).unwrap().unwrap(), regret(&plan).unwrap().unwrap());
    insta::assert_snapshot!(format!("{outcome}{hindsight}"));
}

#[test]
fn one_cluster_has_nobody_to_lead_traffic_to() {
    let error = run(&plan(&["fleet.counts=[1]", "fleet.lost_clusters=0"])).unwrap_err().to_string();
    assert!(error.contains("there is one") && error.contains("fleet.counts"), "{error}");
    let error = run(&plan(&["fleet.lost_clusters=4"])).unwrap_err().to_string();
    assert!(error.contains("4 clusters are lost"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn traffic_is_conserved_whatever_happens(
        load in 0.1..1.0_f64,
        share in 0.0..=1.0_f64,
        lost in 1u32..4,
        autoscaled in any::<bool>(),
        shed in prop::option::of(0.5..2.0_f64),
        cold in 1.0..5.0_f64,
        cold_share in 0.0..=1.0_f64,
    ) {
        let mut keys = vec![
            format!("fleet.load={load}"), format!("remedies.shift_share={share}"), format!("fleet.lost_clusters={lost}"),
            format!("nodes.autoscaled={autoscaled}"), format!("fleet.cold_cost={cold}"),
            format!("fleet.cold_share={cold_share}"), "run.until_s=3600".to_owned(),
        ];
        keys.extend(shed.map(|shed| format!("fleet.shed_at_load={shed}")));
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let outcome = fleet(&keys);
        prop_assert!((outcome.booked.arrived - 60.0).abs() < 1e-6, "{:?}", outcome.booked);
        prop_assert!(outcome.booked.missing().abs() < 1e-6, "{:?}", outcome.booked);
        let parts = [outcome.booked.home, outcome.booked.elsewhere, outcome.booked.failed()];
        prop_assert!(parts.iter().all(|part| *part >= -1e-9), "{:?}", outcome.booked);
    }

    #[test]
    fn more_load_is_never_better(load in 0.1..0.8_f64, more in 1.02..1.25_f64) {
        let lost = |load: f64| fleet(&[&format!("fleet.load={load}"), "run.until_s=3600"]).booked.failed();
        prop_assert!(lost(load * more) >= lost(load) * (1.0 - 1e-9));
    }
}

/// Every node lists all pods twice a minute: an autoscaler that makes more pods makes these lists longer, in the clusters
/// that traffic is led to as well.
const LISTED: [&str; 11] = [
    "cluster.nodes=100",
    "cluster.pods_per_node=10",
    "background.scale=0",
    "api_server.replicas=1",
    "api_server.memory_gib=256",
    "traffic.lister.clients_per_node=1",
    "traffic.lister.period_s=30",
    "nodes.autoscaled=true",
    "fleet.load=0.4",
    "fleet.node_room=3",
    "run.until_s=1800",
];

/// The API of a survivor is as busy as the closed form says for its pods, and falls where that is more than it has.
#[test]
fn more_pods_are_longer_lists_and_the_api_of_a_survivor_may_fall_of_them() {
    let plan_of = |keys: &[&str]| plan(&[&LISTED, keys].concat());
    let usual = steady(&plan_of(&["api_server.cores=1"]).cluster(100.0).unwrap()).value;
    // So many cores that six tenths of them are busy in usual traffic.
    let cores = format!("api_server.cores={}", usual / 0.6);
    for (counts, falls) in [("fleet.counts=[4]", false), ("fleet.counts=[2]", true)] {
        let keys = [cores.as_str(), counts];
        let plan = plan_of(&keys);
        let outcome = run(&plan).unwrap().unwrap();
        let survivor = outcome.clusters.iter().find(|row| row.fate != Fate::Lost).unwrap();
        let by_hand = steady(&plan.crowded(100.0, survivor.most_pods).unwrap()).value;
        assert_eq!(survivor.fate == Fate::Tips, falls, "{counts}: {by_hand} of the cores are asked for, {survivor:?}");
        assert_eq!(by_hand > 1.0, falls, "{counts}: {survivor:?}");
        if !falls {
            assert!(
                (survivor.most_busy / by_hand - 1.0).abs() < 0.05,
                "{} busy, by hand {by_hand}",
                survivor.most_busy
            );
        }
        // The same traffic without an autoscaler is no more work for the API.
        let fixed = run(&plan_of(&[cores.as_str(), counts, "nodes.autoscaled=false"])).unwrap().unwrap();
        assert_eq!(fixed.count(Fate::Tips), 0.0, "{counts}");
    }
}
