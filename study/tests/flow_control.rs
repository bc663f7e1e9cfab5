//! Priority levels and flow schemas of a scenario: what they change, and what is refused.

use slackwater_core::bounds::TABLE;
use slackwater_core::system::scenario::Scenario;
use slackwater_study::resolve::Plan;
use slackwater_study::run::Cluster;
use slackwater_study::scenario::{InputError, ScenarioFile};

fn plan(lines: &[&str]) -> Result<Plan, InputError> {
    let mut file = ScenarioFile::empty(TABLE);
    for line in lines {
        file.set(line)?;
    }
    Plan::resolve(file)
}

fn cluster(lines: &[&str]) -> Result<Scenario<f64>, InputError> {
    plan(lines)?.cluster(1000.0)
}

fn refused(lines: &[&str]) -> String {
    cluster(lines).map(drop).expect_err("refused").to_string()
}

/// Name of the level that serves a class.
fn level_of(scenario: &Scenario<f64>, class: &str) -> String {
    let class = scenario.classes.iter().find(|other| other.label.name == class).expect("a class of this name");
    scenario.levels[class.level].name.as_str().to_owned()
}

#[test]
fn an_agent_gets_a_schema_and_a_level_of_its_own() {
    let plain = cluster(&[]).expect("defaults");
    assert_eq!(level_of(&plain, "agent"), "workload-low");
    let own = cluster(&[
        "priority_levels.telemetry.shares=5",
        "priority_levels.telemetry.borrowing_limit_percent=0",
        "flow_schemas.telemetry.level=telemetry",
        "flow_schemas.telemetry.subjects=serviceaccount:agent:agent",
        "flow_schemas.telemetry.precedence=500",
    ])
    .expect("a level and a schema");
    assert_eq!(level_of(&own, "agent"), "telemetry");
    let level = own.levels.last().expect("the new level");
    // ceil(600 * 5 / 250): the shares of all others are diluted, as Kubernetes does it.
    assert_eq!((level.limits.nominal, level.limits.max, level.queues, level.hand_size), (12, 12, 64, 8));
    let low = |scenario: &Scenario<f64>| scenario.levels[5].limits.nominal;
    assert_eq!((low(&plain), low(&own)), (245, 240));
}

#[test]
fn the_lowest_precedence_wins() {
    let schema = |precedence: u32| {
        let precedence = format!("flow_schemas.mine.precedence={precedence}");
        let subjects = "flow_schemas.mine.subjects=group:system:serviceaccounts";
        cluster(&["flow_schemas.mine.level=global-default", subjects, &precedence]).expect("a schema")
    };
    assert_eq!(level_of(&schema(8999), "agent"), "global-default");
    assert_eq!(level_of(&schema(9001), "agent"), "workload-low");
}

#[test]
fn a_default_level_is_changed_in_place() {
    let scenario = cluster(&["priority_levels.workload-low.queues=0"]).expect("a level without queues");
    assert_eq!(scenario.levels.len(), 8);
    assert_eq!((scenario.levels[5].queues, scenario.levels[5].wait_s), (0, 0.0));
}

#[test]
fn what_kubernetes_refuses_is_refused() {
    let missing = refused(&["flow_schemas.mine.level=telemetry", "flow_schemas.mine.subjects=user:me"]);
    assert!(missing.contains("there is no priority level `telemetry`"), "{missing}");
    assert!(missing.contains("priority_levels.telemetry"), "{missing}");
    let nobody = refused(&["flow_schemas.mine.level=system", "flow_schemas.mine.subjects=agent"]);
    assert!(nobody.contains("`agent` is no subject") && nobody.contains("serviceaccount:NAMESPACE:NAME"), "{nobody}");
    let hand = refused(&["priority_levels.mine.queues=4", "priority_levels.mine.hand_size=6"]);
    assert!(hand.contains("hand"), "{hand}");
    let many: Vec<String> = (0..6).map(|number| format!("priority_levels.level-{number}.shares=1")).collect();
    let many = refused(&many.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(many.contains("the model holds 12"), "{many}");
}

/// A level of its own with few seats is what keeps one DaemonSet from the CPU of everybody else.
#[test]
fn a_small_level_of_its_own_keeps_the_server_free() {
    let storm = ["cluster.nodes=5000", "api_server.memory_gib=512", "agent.period_s=30", "run.until_s=3600"];
    let own = [
        "priority_levels.telemetry.shares=1",
        "priority_levels.telemetry.borrowing_limit_percent=0",
        "flow_schemas.telemetry.level=telemetry",
        "flow_schemas.telemetry.subjects=serviceaccount:agent:agent",
    ];
    let answered = |lines: &[&str]| {
        let mut cluster = Cluster::new(&plan(lines).expect("a plan"), 5000.0).expect("a cluster");
        for _ in 0..3600 {
            cluster.step();
        }
        let others = cluster.scenario.classes.iter().zip(&cluster.state.classes);
        let others = others.filter(|(class, _)| class.label.name != "agent");
        let account = |sum: (f64, f64), population: &slackwater_core::clients::population::Population<f64>| {
            (sum.0 + population.account.answered, sum.1 + population.account.sent)
        };
        let (answered, sent) = others.fold((0.0, 0.0), |sum, (_, population)| account(sum, population));
        answered / sent
    };
    let shared = answered(&storm);
    let apart = answered(&[&storm[..], &own[..]].concat());
    assert!(apart > 0.999, "{apart} of the other requests are answered");
    assert!(apart >= shared, "{apart} with a level of its own, {shared} without");
}
