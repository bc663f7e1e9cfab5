//! Which number decides where only a run does: slopes against differences of whole runs.

use slackwater_core::system::observe::Row;
use slackwater_study::cases::find;
use slackwater_study::resolve::Plan;
use slackwater_study::run::{Cluster, Path, brief};
use slackwater_study::scenario::ScenarioFile;
use slackwater_study::sensitivity::{Knob, Of, sensitivity};

/// Clusters without flow control in which every closed form passes and the run falls, and slower ones of them.
fn falling() -> Vec<ScenarioFile> {
    let storm = |cores: u32, nodes: u32, period_s: f64, timeout_s: f64, qps: f64, inflight: u32, scale: f64| {
        let mut file = find("openai-2024-12-11-staging").expect("a case").file().expect("it reads");
        for set in [
            format!("cluster.nodes={nodes}"),
            format!("api_server.cores={cores}"),
            format!("agent.period_s={period_s}"),
            format!("agent.timeout_s={timeout_s}"),
            format!("rollout.controller_qps={qps}"),
            format!("api_server.max_requests_inflight={inflight}"),
            format!("background.scale={scale}"),
            "api_server.max_mutating_requests_inflight=200".to_owned(),
            "api_server.flow_control=false".to_owned(),
        ] {
            file.set(&set).expect("set");
        }
        file
    };
    let mut delayed = storm(6, 811, 38.619, 46.227, 199.667, 31, 4.371);
    delayed.set("agent.arrivals=fixed_delay").expect("set");
    vec![delayed, storm(4, 790, 88.157, 27.009, 168.485, 22, 3.497)]
}

/// When the one cluster of a scenario falls: by its errors, or by what users notice.
fn falls_s(file: &ScenarioFile) -> Option<f64> {
    let plan = Plan::resolve(file.clone()).ok()?;
    let cluster = Cluster::new(&plan, plan.fleet.groups[0].nodes).ok()?;
    let path = Path::run(cluster, Vec::new(), 3600.0, false);
    let failing = |row: &Row| if row.values[Row::ANSWERING] < 1e-6 { 1.0 } else { row.values[Row::API_ERRORS] };
    let fallen = path.first(60.0, 0.05, failing);
    fallen.or_else(|| path.first(0.0, plan.detection.visible_impact_share, |row| row.values[Row::IMPACT]))
}

fn masking(file: &ScenarioFile) -> Option<f64> {
    let outcome = brief(&Plan::resolve(file.clone()).ok()?).ok()?;
    outcome.verdict.gates.iter().find(|gate| gate.name == "masking")?.margin
}

/// Holds knobs to central differences of whole runs; how many were.
fn held(file: &ScenarioFile, knobs: &[Knob], read: impl Fn(&ScenarioFile) -> Option<f64>) -> usize {
    let size = read(file).expect("it happens").abs();
    let (mut held, mut smooth) = (0, 0);
    for knob in knobs.iter().filter(|knob| !knob.jumps).take(8) {
        // Steps need a tenth, or one of what is counted; slopes are those a millionth shows.
        let part = if knob.exact { 1e-6 } else { 0.1 };
        let by = if knob.whole { 1.0 } else { part * knob.value };
        let at = |value: f64| {
            let mut file = file.clone();
            file.set(&format!("{}={value:e}", knob.key)).ok()?;
            read(&file)
        };
        let (Some(less), Some(more)) = (at(knob.value - by), at(knob.value + by)) else { continue };
        held += 1;
        let of = |difference: f64| difference * knob.value;
        let (left, right) =
            (of((read(file).expect("as is") - less) / by), of((more - read(file).expect("as is")) / by));
        // In a corner of the kernel (a try more is a try less at the next whole number) it is that of one side.
        let corner = knob.exact && (left - right).abs() > 1e-3 * left.abs().max(right.abs());
        let nearer = if (knob.slope - left).abs() < (knob.slope - right).abs() { left } else { right };
        let difference = if corner { nearer } else { of((more - less) / (2.0 * by)) };
        smooth += usize::from(!corner);
        // The kernel finds its roots to 1e-12 or so, which a difference over a millionth makes 1e-6 of the moment; and
        // runs of thousands of steps hold 1e-4 of their slope.
        let most = 1e-4 * difference.abs() + 1e-6 * size.max(1.0);
        assert!((knob.slope - difference).abs() <= most, "{}: {} not {difference}", knob.key, knob.slope);
    }
    assert!(2 * smooth > held, "only {smooth} of {held} are no corner");
    held
}

#[test]
fn what_moves_a_fall_is_what_moves_it_in_whole_runs() {
    for file in falling() {
        let found = sensitivity(&file).expect("found");
        assert_eq!((found.gate, found.wall, found.of), ("steady", "the run", Of::Moment), "{found}");
        assert!(found.knobs.len() > 5 && found.to_string().contains("a switch"), "{found}");
        assert!(held(&file, &found.knobs, falls_s) > 4, "{found}");
    }
}

#[test]
fn what_moves_the_time_caches_hide_is_what_moves_the_margin_of_masking() {
    let mut exact = 0;
    for file in falling() {
        let found = sensitivity(&file).expect("found");
        for course in found.run.iter().filter(|course| course.gate == "masking") {
            assert_eq!(course.of, Of::Margin);
            assert!(held(&file, &course.knobs, masking) > 2, "{found}");
            exact += course.knobs.iter().filter(|knob| knob.exact).count();
        }
    }
    assert!(exact > 0, "no slope was looked at");
}

/// On 2024-12-11 servers run out of memory first, in a whole step: what moves that step has no slope.
#[test]
fn behind_a_step_differences_are_said_to_be_differences() {
    let file = find("openai-2024-12-11").expect("a case").file().expect("it reads");
    let found = sensitivity(&file).expect("found");
    assert_eq!((found.gate, found.wall), ("steady", "API server CPU"));
    let course = found.run.iter().find(|course| course.gate == "masking").expect("masking fails");
    let stepped = course.knobs.iter().filter(|knob| !knob.exact).count();
    assert!(stepped > 3 && held(&file, &course.knobs, masking) > 3, "{found}");
    assert!(found.run.iter().any(|course| course.gate == "escape" && course.of == Of::Nothing));
}
