//! The incident library: every case comes out as declared, and a case that does not is seen.

use slackwater_core::bounds::TABLE;
use slackwater_study::cases::{self, Expectation, Held, HeldCases, Outcome, hold, hold_until};
use slackwater_study::scenario::{ScenarioFile, Source};

fn expectations(text: &str) -> Vec<Expectation> {
    Expectation::all(&ScenarioFile::parse(&Source::new("mine.yaml", text), TABLE).expect("a case"))
}

/// facts: incidents.md 8.1, the minimum library.
#[test]
fn every_case_comes_out() {
    let all: Vec<_> = cases::ALL.iter().collect();
    let held = HeldCases { held: hold(&all).expect("every key is one") };
    assert!(held.pass(), "{held}");
    for case in cases::ALL {
        assert!(held.held.iter().any(|row| row.case == case.name), "{} must come out somehow", case.name);
    }
}

/// A bound that only one step keeps says something of the step.
#[test]
fn every_case_comes_out_with_half_the_step() {
    let all: Vec<_> = cases::ALL.iter().collect();
    let held = HeldCases { held: hold_until(&all, &["run.dt_s=0.5".to_owned()], &|| true).expect("every key is one") };
    assert!(held.pass(), "{held}");
}

/// A bound without a number, or without a reason, is none.
#[test]
fn every_expectation_is_bounded_and_sourced() {
    for case in cases::ALL {
        for wanted in case.expectations().expect(case.name) {
            assert!(wanted.at_least.is_some() || wanted.at_most.is_some(), "{}: {}", case.name, wanted.name);
            assert!(!wanted.source.is_empty(), "{}: {}", case.name, wanted.name);
            assert!(!wanted.passes(f64::NAN) && !wanted.passes(f64::INFINITY));
        }
    }
}

/// What must come out is not read by a run: a case holds no answer of its own.
#[test]
fn no_run_reads_what_must_come_out() {
    for case in cases::ALL {
        let file = case.file().expect(case.name);
        assert!(file.values().all(|(key, _, _)| !key.starts_with("expect.")), "{}", case.name);
    }
}

#[test]
fn bounds_and_words() {
    let text =
        "expect:\n  a: {what: heals, at_least: 1}\n  b: {what: load, against: as_it_is, at_least: 2, at_most: 4}\n";
    let all = expectations(text);
    assert_eq!(all[0].words(), "heals: yes");
    assert_eq!(all[1].words(), "load: 2 to 4, against the case as it is");
    let passed: Vec<bool> = [1.99, 2.0, 4.0, 4.01].into_iter().map(|answer| all[1].passes(answer)).collect();
    assert_eq!(passed, [false, true, true, false]);
}

/// The verdict is that of the worst row; a known gap is none.
#[test]
fn one_failure_is_seen() {
    let row = |outcome| Held {
        case: "mine",
        name: "a".to_owned(),
        wanted: "safe: yes".to_owned(),
        answer: Some(0.0),
        outcome,
        source: "why".to_owned(),
        gap: None,
    };
    let held = |outcomes: &[Outcome]| HeldCases { held: outcomes.iter().copied().map(row).collect() };
    assert!(held(&[Outcome::Pass, Outcome::Gap]).pass());
    let failed = held(&[Outcome::Pass, Outcome::Fail]);
    assert!(!failed.pass() && failed.to_string().starts_with("FAIL  1 cases: 1 come out, 1 do not"));
    assert_eq!(failed.to_csv().lines().count(), 3);
}

/// What people read. Rows that pass, that miss as they say they must, and that fail.
#[test]
fn what_is_printed() {
    let row = |case, name: &str, wanted: &str, answer, outcome, gap: Option<&str>| Held {
        case,
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        answer,
        outcome,
        source: "published: why it must come out so".to_owned(),
        gap: gap.map(str::to_owned),
    };
    let held = vec![
        row("first-2019", "safe", "safe: yes", Some(1.0), Outcome::Pass, None),
        row(
            "first-2019",
            "size",
            "tipping_nodes: 500 to 2000, with agent.period_s=15",
            Some(1234.0),
            Outcome::Pass,
            None,
        ),
        row("second-2020", "clock", "alert_s: at most 600", None, Outcome::Fail, None),
        row(
            "second-2020",
            "slices",
            "load: 333 to 3000, against cluster.version=1.34",
            Some(8.1),
            Outcome::Gap,
            Some("objects are smaller, the CPU of a request itself is not"),
        ),
    ];
    insta::assert_snapshot!(HeldCases { held }.to_string());
    let small: Vec<_> = ["spotify-2018", "openai-2024-12-11-staging"].into_iter().filter_map(cases::find).collect();
    insta::assert_snapshot!(HeldCases { held: hold(&small).expect("every key is one") }.to_string());
}
