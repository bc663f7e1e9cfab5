//! A small outcome made by hand, with every part of a report in it.

#![allow(dead_code, reason = "each test file uses a part")]

use slackwater_study::events::beside::{Beside, Measure};
use slackwater_study::outcome::{
    ColumnDoc, Counterfactual, Event, Gate, Input, LedgerRow, MeasuredBin, OrderResult, Outcome, RemedyResult, Verdict,
};
use slackwater_study::report::Report;

/// Steps of the trajectory, 10 s each.
const STEPS: usize = 600;
const STEP_S: f64 = 10.0;
/// 15:12:00.
const START_S: f64 = 54_720.0;

pub(crate) fn written(report: &dyn Report, outcome: &Outcome) -> String {
    let mut text = Vec::new();
    report.write(outcome, &mut text).expect("a vector takes everything");
    String::from_utf8(text).expect("reports are UTF-8")
}

fn clock(t_s: f64) -> String {
    let s = (START_S + t_s) as u64;
    format!("{:02}:{:02}:{:02}", s / 3600, s % 3600 / 60, s % 60)
}

pub(crate) fn event(name: &'static str, t_s: Option<f64>, published: Option<(&str, f64)>) -> Event {
    Event {
        name,
        t_s,
        clock: t_s.map(clock),
        published_clock: published.map(|(clock, _)| clock.to_owned()),
        residual_s: published.map(|(_, residual_s)| residual_s),
    }
}

pub(crate) fn gate(name: &'static str, value: Option<f64>, limit: f64, unit: &'static str, why: &str) -> Gate {
    let margin = value.map(|value| (limit - value) / limit);
    let pass = margin.is_none_or(|margin| margin > 0.0);
    Gate { name, pass, value, limit: Some(limit), unit, margin, why: why.to_owned() }
}

fn row(class: &str, component: &str, identity: &str, cause: &'static str, share: f64, order: u8) -> LedgerRow {
    LedgerRow {
        class: class.to_owned(),
        component: component.to_owned(),
        identity: identity.to_owned(),
        verb: "list".to_owned(),
        resource: "pods".to_owned(),
        cause,
        cpu_s: share * 40_000.0,
        seat_s: share * 90_000.0,
        byte_s: share * 3e12,
        share,
        order,
    }
}

fn events() -> Vec<Event> {
    vec![
        event("rollout_start", Some(0.0), Some(("15:12:00", 0.0))),
        event("api_saturated", Some(190.0), None),
        event("alert", Some(200.0), Some(("15:13:00", 140.0))),
        event("first_impact", Some(770.0), Some(("15:16:00", 530.0))),
        event("rollout_end", Some(1200.0), None),
        event("peak_impact", Some(1650.0), Some(("15:40:00", -30.0))),
        event("first_cluster_recovered", Some(4310.0), None),
        event("all_recovered", None, None),
    ]
}

fn trajectory() -> Vec<(String, Vec<f64>)> {
    let times: Vec<f64> = (0..STEPS).map(|step| step as f64 * STEP_S).collect();
    let of = |f: &dyn Fn(f64) -> f64| times.iter().map(|t_s| f(*t_s)).collect::<Vec<f64>>();
    let ramp = |t_s: f64, from: f64, to: f64| ((t_s - from) / (to - from)).clamp(0.0, 1.0);
    let load = of(&|t_s| 0.21 + 2.89 * ramp(t_s, 0.0, 600.0) - 2.8 * ramp(t_s, 4200.0, 4500.0));
    let up = of(&|t_s| if (2000.0..2300.0).contains(&t_s) { 0.0 } else { 1.0 });
    let cached = of(&|t_s| 1.0 - 0.97 * ramp(t_s, 190.0, 1700.0) + 0.97 * ramp(t_s, 4300.0, 4800.0));
    let impact = of(&|t_s| 0.9 * ramp(t_s, 700.0, 1700.0) - 0.9 * ramp(t_s, 4300.0, 4600.0));
    let columns =
        [("t_s", times.clone()), ("api_load", load), ("api_up", up), ("dns_cached", cached), ("impact", impact)];
    columns.into_iter().map(|(name, numbers)| (name.to_owned(), numbers)).collect()
}

fn orders() -> Vec<OrderResult> {
    let order = |order, chosen, first: f64, peak: f64, rms_s| OrderResult {
        order,
        chosen,
        events: vec![
            event("first_impact", Some(240.0 + first), Some(("15:16:00", first))),
            event("peak_impact", Some(1680.0 + peak), Some(("15:40:00", peak))),
        ],
        rms_s: Some(rms_s),
    };
    vec![order("smallest_first", true, 530.0, -30.0, 375.4), order("largest_first", false, -60.0, 600.0, 426.4)]
}

fn measured() -> Vec<MeasuredBin> {
    let bin = |series: &str, t_s, measured, model: f64, pass| MeasuredBin {
        series: series.to_owned(),
        t_s,
        measured,
        model,
        bound: 0.03,
        pass,
    };
    vec![
        bin("often", 400.0, 0.93, 0.94, true),
        bin("often", 420.0, 0.71, 0.69, true),
        bin("seldom", 400.0, 0.42, 0.47, false),
        bin("seldom", 420.0, 0.31, 0.30, true),
        MeasuredBin { bound: 20.0, ..bin("restored, seconds after the source is back", 600.0, 5.0, 2.0, true) },
    ]
}

fn engines() -> Vec<Beside> {
    let measures = vec![
        Measure::new("goodput", "1/s", 353.0, 352.4, None),
        Measure::new("backlog", "requests", 57_830.0, 52_940.0, None),
        Measure::new("waiting", "requests", 0.0, 0.0, None),
        Measure::new("latency", "s", 0.0604, 0.0502, None),
        Measure::new("impact", "", 0.619, 0.624, None),
    ];
    vec![Beside { nodes: 7514.0, seconds: 1800.0, seeds: vec![7], measures, events: 2_078_458 }]
}

/// An unsafe rollout with every part filled.
pub(crate) fn full() -> Outcome {
    let input = |key: &str, value: serde_json::Value, origin: &str| Input {
        key: key.to_owned(),
        value,
        origin: origin.to_owned(),
    };
    let column =
        |name: &str, meaning: &str| ColumnDoc { name: name.into(), unit: String::new(), meaning: meaning.into() };
    Outcome {
        name: "sample".to_owned(),
        description: "a change that lists all pods from every node, made up to show every part of a report".to_owned(),
        version: "0.1.0",
        seed: 0,
        scenario: vec![
            input("agent.component", "telemetry: v2".into(), "sample.yaml:3:14"),
            input("agent.enabled", true.into(), "sample.yaml:4:12"),
            input("cluster.nodes", 7514.0.into(), "--set cluster.nodes=7514"),
            input("cost.cache_byte_s", 1e-8.into(), "sample.yaml:9:17"),
            input("fleet.sizes", serde_json::json!([1.0, 0.1]), "sample.yaml:12:10"),
            input("remedies.use", serde_json::json!(["halt", "delete"]), "case sample"),
        ],
        verdict: Verdict {
            safe: false,
            gates: vec![
                gate("steady", Some(3.1), 0.8, "", "CPU of the API servers; every node lists every pod"),
                gate("surge", Some(0.412), 0.8, "", "pods are created 250 at a time"),
                gate("failover", Some(3.104), 0.95, "", "two of three API servers bear the load of all"),
                gate("restart", Some(12.25), 60.0, "s", "watches come back before the probe gives up"),
                gate("masking", Some(1020.0), 300.0, "s", "caches hide the damage for longer than a wave soaks"),
                gate("escape", None, 0.5, "", "nothing to remove"),
            ],
            tipping_nodes: Some(1720),
            unsafe_bands: vec![(300, 420)],
            visible_from_nodes: Some(2150),
            reasons: vec![
                "CPU is the first wall: at 7,514 nodes the change asks 3.1 times what three API servers have."
                    .to_owned(),
                "A test cluster of 100 nodes shows 0.05 % of it, because the work grows with the square of the nodes."
                    .to_owned(),
            ],
        },
        ledger: vec![
            row("agent", "telemetry", "system:serviceaccount:telemetry:agent", "timeout_waste", 0.52, 2),
            row("agent", "telemetry", "system:serviceaccount:telemetry:agent", "new", 0.27, 2),
            row("agent", "telemetry", "system:serviceaccount:telemetry:agent", "retry", 0.15, 2),
            row("kubelet-lease", "kubelet", "system:nodes", "new", 0.04, 1),
            row("agent", "telemetry", "system:serviceaccount:telemetry:agent", "rejection", 0.0125, 2),
            row("controllers", "kube-controller-manager", "kube-controller-manager", "new", 0.004, 0),
            row("human", "kubectl", "user", "new", 0.0035, 0),
        ],
        events: events(),
        counterfactual: Some(Counterfactual {
            halt_t_s: Some(250.0),
            clock: Some("15:16:10".to_owned()),
            clusters: 45,
            clusters_spared: 38,
            falls_prevented: 12,
            clusters_fallen: 19,
        }),
        orders: orders(),
        remedies: vec![
            RemedyResult { name: "together".into(), first_recovered_s: Some(4310.0), all_recovered_s: Some(11_020.0) },
            RemedyResult { name: "delete".into(), first_recovered_s: None, all_recovered_s: None },
        ],
        assumed: vec![("nodes".to_owned(), "never published; the largest size this company wrote about".to_owned())],
        measured: measured(),
        engines: engines(),
        columns: vec![
            ColumnDoc { name: "t_s".into(), unit: "s".into(), meaning: "time since rollout start".into() },
            column("api_load", "CPU asked, as a share of cores"),
            column("api_up", "1 while the API servers answer"),
            column("dns_cached", "share of cached entries that can still be handed out"),
            column("impact", "share of lookups without an answer"),
        ],
        trajectory: trajectory(),
    }
}

/// A safe cluster without a rollout: every part that may be empty is.
pub(crate) fn quiet() -> Outcome {
    Outcome {
        name: "quiet".to_owned(),
        description: String::new(),
        verdict: Verdict {
            safe: true,
            gates: vec![
                gate("steady", Some(0.2), 0.8, "", "CPU of the API servers"),
                gate("masking", None, 0.0, "s", "no wave"),
            ],
            tipping_nodes: None,
            unsafe_bands: vec![],
            visible_from_nodes: None,
            reasons: vec![],
        },
        scenario: vec![],
        ledger: vec![],
        events: vec![],
        counterfactual: None,
        orders: vec![],
        remedies: vec![],
        assumed: vec![],
        measured: vec![],
        engines: vec![],
        columns: vec![],
        trajectory: vec![],
        ..full()
    }
}
