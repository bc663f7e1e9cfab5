//! `slackwater fidelity`

mod common;

use common::Folder;
use serde_json::Value;

#[test]
fn a_folder_that_is_none_is_bad_input() {
    let run = Folder::new().run("fidelity --truth no/such/folder");
    assert_eq!(run.code, Some(2));
    assert!(run.out.is_empty());
    assert!(run.err.contains("no/such/folder") && run.err.contains("recordings/manifest.yaml"), "{}", run.err);
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let run = Folder::new().run("fidelity --format json --truth no/such/folder");
    assert_eq!(run.code, Some(2));
    let error: Value = serde_json::from_str(&run.err).unwrap();
    assert_eq!(error["code"], "SW001");
}

#[test]
fn the_exit_code_says_whether_every_bounded_row_holds() {
    let run = Folder::new().run("fidelity --format json");
    let table: Value = serde_json::from_str(&run.out).unwrap();
    let failed = table["rows"].as_array().unwrap().iter().filter(|row| row["pass"] == false).count();
    assert_eq!(table["failed"], failed);
    assert_eq!(run.code, Some(i32::from(failed > 0)));
    assert_eq!(table["pass"], failed == 0);
}

#[test]
fn plots_are_written_as_svg() {
    let folder = Folder::new();
    let run = folder.run("fidelity --plots plots");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.out.lines().count(), 6);
    for line in run.out.lines() {
        let svg = folder.read(line);
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{line}");
        assert!(svg.contains("measured") && svg.contains("fluid") && svg.contains("seconds"), "{line}");
    }
}
