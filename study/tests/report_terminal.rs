//! The text a person reads.

mod report_sample;

use report_sample::{event, full, gate, quiet, written};
use slackwater_study::outcome::Outcome;
use slackwater_study::report::{Brief, Terminal, headline};

const PLAIN: Terminal = Terminal { colour: false, ascii: false };
const ASCII: Terminal = Terminal { colour: false, ascii: true };
const COLOUR: Terminal = Terminal { colour: true, ascii: false };

fn line<'a>(text: &'a str, begins: &str) -> &'a str {
    text.lines().find(|line| line.trim_start().starts_with(begins)).unwrap_or_else(|| panic!("no {begins} in\n{text}"))
}

#[test]
fn every_part() {
    insta::assert_snapshot!(written(&PLAIN, &full()));
}

#[test]
fn nothing_but_a_verdict() {
    insta::assert_snapshot!(written(&PLAIN, &quiet()));
}

#[test]
fn in_ascii() {
    let text = written(&ASCII, &full());
    assert!(text.is_ascii());
    assert_eq!(text.lines().count(), written(&PLAIN, &full()).lines().count());
    insta::assert_snapshot!(
        text.lines().filter(|line| line.contains("peak ") || line.contains("steady")).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn in_brief() {
    insta::assert_snapshot!(written(&Brief { colour: false, ascii: false }, &full()));
}

#[test]
fn colour_changes_no_character() {
    let coloured = written(&COLOUR, &full());
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').expect("a code ends in m").1;
    }
    assert_eq!(plain + rest, written(&PLAIN, &full()));
}

#[test]
fn no_line_is_too_wide() {
    for line in written(&PLAIN, &full()).lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_gate_that_decides() {
    let mut outcome = full();
    assert_eq!(headline(&outcome, false), "UNSAFE  sample  steady: 310 %, limit 80 %");
    outcome.verdict.gates[0] = gate("steady", Some(0.7), 0.8, "", "");
    outcome.verdict.gates[2] = gate("failover", Some(0.7), 0.8, "", "");
    assert_eq!(headline(&outcome, false), "UNSAFE  sample  masking: 17 min, limit 5 min");
    outcome.verdict.safe = true;
    outcome.verdict.gates.retain(|gate| gate.name != "masking");
    assert_eq!(headline(&outcome, false), "SAFE  sample  steady: 70 %, limit 80 %");
    outcome.verdict.gates.clear();
    assert_eq!(headline(&outcome, false), "SAFE  sample");
}

#[test]
fn a_server_that_answers_nobody_is_seen() {
    let text = written(&PLAIN, &full());
    // 300 s of 5,990 s in 64 cells: three cells and their neighbours.
    let down = line(&text, "API load").matches('×').count();
    assert!((3..=5).contains(&down), "{down} cells");
    let mut outcome = full();
    for (name, numbers) in &mut outcome.trajectory {
        if name == "api_up" {
            numbers.fill(1.0);
        }
    }
    let text = written(&PLAIN, &outcome);
    assert!(!text.contains('×'));
}

#[test]
fn a_short_peak_is_not_lost() {
    let mut outcome = full();
    for (name, numbers) in &mut outcome.trajectory {
        if name == "impact" {
            numbers.fill(0.0);
            numbers[301] = 1.0;
        }
    }
    let text = written(&PLAIN, &outcome);
    let row = line(&text, "user impact");
    assert_eq!(row.matches('█').count(), 1);
    assert!(row.ends_with("peak 100 %"));
}

#[test]
fn marks_stand_in_their_cells() {
    let text = written(&PLAIN, &full());
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim_start().starts_with("user impact")).expect("a row");
    let (row, marks) = (lines[at], lines[at + 1]);
    let first = |c: char| marks.chars().position(|own| own == c).expect("a mark");
    // The row leaves its lowest block in the cell of the first impact, give or take the cell that both share.
    let rises = row.chars().position(|c| "▂▃▄▅▆▇█".contains(c)).expect("impact");
    assert!(first('i').abs_diff(rises) <= 1, "{row}\n{marks}");
    assert!(first('s') < first('a') && first('a') < first('i') && first('i') < first('p') && first('p') < first('r'));
    assert!(!marks.contains('R'), "all_recovered did not happen");
}

#[test]
fn columns_without_numbers() {
    let mut outcome = full();
    for (name, numbers) in &mut outcome.trajectory {
        if name != "t_s" {
            numbers.fill(f64::NAN);
        }
    }
    let text = written(&PLAIN, &outcome);
    assert!(!text.contains("API load"));
    outcome.trajectory = vec![("t_s".to_owned(), vec![0.0])];
    assert!(!written(&PLAIN, &outcome).contains("API load"));
    outcome.trajectory = vec![("t_s".to_owned(), vec![f64::INFINITY; 3]), ("api_load".to_owned(), vec![1.0; 3])];
    assert!(!written(&PLAIN, &outcome).contains("API load"));
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let outcome = Outcome { name: "a\u{1b}[2Jb\nSAFE".to_owned(), ..quiet() };
    let text = written(&PLAIN, &outcome);
    assert!(text.starts_with("SAFE  a [2Jb SAFE"));
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn labels_are_times_of_day_over_midnight() {
    let mut outcome = full();
    outcome.events = vec![event("rollout_start", Some(0.0), None)];
    outcome.events[0].clock = Some("23:30:00".to_owned());
    let text = written(&PLAIN, &outcome);
    // 5,990 s in 64 cells: half an hour is 19.2 of them.
    assert!(text.contains("23:30              00:00"), "{text}");
}
