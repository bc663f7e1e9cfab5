//! The formats that programs read.

mod report_sample;

use std::io::{self, Write};

use report_sample::{full, quiet, written};
use slackwater_core::bounds::TABLE;
use slackwater_study::outcome::Outcome;
use slackwater_study::report::{Csv, Json, Report, Terminal};
use slackwater_study::scenario::ScenarioFile;

/// The first rows say all about the form.
fn short() -> Outcome {
    let mut outcome = full();
    for (_, numbers) in &mut outcome.trajectory {
        numbers.truncate(3);
    }
    outcome
}

#[test]
fn json() {
    insta::assert_snapshot!(written(&Json, &short()));
}

#[test]
fn json_without_anything() {
    insta::assert_snapshot!(written(&Json, &quiet()));
}

#[test]
fn csv() {
    insta::assert_snapshot!(written(&Csv, &short()));
}

#[test]
fn json_keeps_every_bit_and_the_order() {
    let mut outcome = short();
    outcome.trajectory[1].1 = vec![0.1 + 0.2, 5e-324, f64::MAX];
    let read: serde_json::Value = serde_json::from_str(&written(&Json, &outcome)).expect("JSON");
    let numbers = read["trajectory"]["api_load"].as_array().expect("a list");
    let bits: Vec<u64> = numbers.iter().filter_map(|x| Some(x.as_f64()?.to_bits())).collect();
    assert_eq!(bits, outcome.trajectory[1].1.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
    let text = written(&Json, &outcome);
    let at = |name: &str| text.find(&format!("\n    \"{name}\"")).expect("a column");
    assert!(at("t_s") < at("api_load") && at("api_load") < at("api_up") && at("dns_cached") < at("impact"));
}

#[test]
fn what_is_not_finite_is_null_or_empty() {
    let mut outcome = short();
    outcome.trajectory[1].1 = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    outcome.verdict.gates[0].value = Some(f64::INFINITY);
    let read: serde_json::Value = serde_json::from_str(&written(&Json, &outcome)).expect("JSON");
    assert_eq!(read["trajectory"]["api_load"], serde_json::json!([null, null, null]));
    assert!(read["verdict"]["gates"][0]["value"].is_null());
    assert!(written(&Csv, &outcome).ends_with("0,,1,1,0\n10,,1,1,0\n20,,1,1,0\n"));
}

#[test]
fn csv_can_be_set_again() {
    let text = written(&Csv, &short());
    let mut file = ScenarioFile::empty(TABLE);
    for argument in text.lines().filter_map(|line| line.strip_prefix("# set ")) {
        file.set(argument).unwrap_or_else(|error| panic!("{}", error.render(false)));
    }
    assert_eq!(file.values().count(), full().scenario.len());
    for input in full().scenario {
        let value = serde_json::to_value(file.value(&input.key)).expect("JSON");
        assert_eq!(value, input.value, "{}", input.key);
    }
}

#[test]
fn csv_of_unequal_columns_keeps_what_there_is() {
    let mut outcome = quiet();
    outcome.trajectory = vec![("t_s".to_owned(), vec![0.0, 1.0]), ("x".to_owned(), vec![7.0])];
    assert!(written(&Csv, &outcome).ends_with("t_s,x\n0,7\n1,\n"));
}

/// Takes some bytes, then closes.
struct Pipe(usize);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_as_one() {
    let reports: [&dyn Report; 3] = [&Json, &Csv, &Terminal::default()];
    for report in reports {
        for room in [0, 100] {
            let error = report.write(&full(), &mut Pipe(room)).expect_err("the pipe is too short");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
