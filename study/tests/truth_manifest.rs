//! Reading recordings: what a manifest says, and what is said about one that cannot be read.

use slackwater_study::scenario::{Code, InputError};
use slackwater_study::truth::{Folder, Kind, Run, Truth};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The given recordings in a folder of their own, plain as somebody else would hand them on.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("truth/recordings");
    let built_in = Folder::built_in();
    for inside in ["", "knee-p3000-json"] {
        let to = folder.path().join("recordings").join(inside);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(source.join(inside)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let plain = name.strip_suffix(".csv.gz").map(|stem| format!("{stem}.csv"));
            match plain {
                Some(plain) => {
                    let key = Path::new("recordings").join(inside).join(&plain);
                    fs::write(to.join(&plain), built_in.text(key.to_str().unwrap()).unwrap()).unwrap();
                }
                None if source.join(inside).join(&name).is_file() => {
                    fs::copy(source.join(inside).join(&name), to.join(&name)).unwrap();
                }
                None => {}
            }
        }
    }
    folder
}

fn manifest(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("recordings/manifest.yaml")).unwrap()
}

fn with(folder: &TempDir, from: &str, to: &str) {
    let text = manifest(folder);
    assert!(text.contains(from), "the manifest has no {from}");
    fs::write(folder.path().join("recordings/manifest.yaml"), text.replacen(from, to, 1)).unwrap();
}

fn refused(from: &str, to: &str) -> InputError {
    let folder = copy();
    with(&folder, from, to);
    Truth::read(folder.path()).expect_err(to)
}

#[test]
fn a_plain_copy_reads_like_the_built_in_one() {
    let folder = copy();
    let (copied, given) = (Truth::read(folder.path()).unwrap(), Truth::built_in().unwrap());
    assert_eq!(copied.runs, given.runs);
    assert!(given.runs.iter().all(|run| run.unread.is_empty()), "every key of the given manifest is known");
    assert!(copied.folder.name().contains(folder.path().to_str().unwrap()));
}

#[test]
fn what_a_run_holds() {
    let runs = Truth::built_in().unwrap().runs;
    let find = |name: &str| runs.iter().find(|run| run.name == name).map(|run| &run.kind).unwrap();
    let Kind::Storm(storm) = find("storm-memory-300x60") else { panic!("no storm") };
    assert_eq!(storm.plane.api_server.memory_limit_bytes, Some(900.0 * 1_048_576.0));
    assert_eq!(storm.restarts.iter().filter(|event| event.killed).count(), 3);
    let agents = &storm.observed.classes[0];
    // The README's totals of the first storm.
    let Kind::Storm(first) = find("storm-apf-300x60") else { panic!("no storm") };
    let total = |list: &[f64]| list.iter().sum::<f64>();
    let class = &first.observed.classes[0];
    assert_eq!(
        (total(&class.sent), total(&class.answered), total(&class.rejected), total(&class.timed_out)),
        (1215.0, 258.0, 726.0, 231.0)
    );
    assert!(total(&agents.refused) > 5000.0);
    let Kind::Dns(dns) = find("dns-ttl120") else { panic!("no DNS") };
    assert_eq!((dns.lookups_per_s.len(), dns.serve_stale_s), (3, 0.0));
}

#[test]
fn a_wrong_value_is_shown_with_its_line_and_range() {
    let cases = [
        ("cores: 0.6", "cores: -3", Code::OutOfRange, "api_server.cores"),
        ("cores: 0.6", "cores: six", Code::NumberWanted, "api_server.cores"),
        ("period_s: 60", "period_s: 60s", Code::UnitTyped, "agents.period_s"),
        ("encoding: json", "encoding: xml", Code::UnknownWord, "encoding"),
        ("identity: agent", "identity: agnet", Code::UnknownWord, "identity"),
        ("flow_control: true", "flow_control: perhaps", Code::BooleanWanted, "flow_control"),
        ("clients: 300\n", "clients: 0\n", Code::OutOfRange, "agents.clients"),
        ("duration_s: 420", "duration_z: 420", Code::KeyMissing, "duration_s"),
        ("stop_s: 300", "stop_s: 10", Code::Contradiction, "stop_s"),
        ("source_back_s: 600", "source_back_s: 300", Code::Contradiction, "source_back_s"),
        ("after_s: [0.5, 1.5]", "after_s: [0.5]", Code::Contradiction, "after_s"),
        ("rate_per_s: file", "rate_per_s: 3", Code::Contradiction, "classes"),
        ("version: 1\n", "version: 2\n", Code::Contradiction, "version"),
        ("name: herd-300", "name: knee-p3000-json", Code::Contradiction, "name"),
        ("  0.5: knee", "  half: knee", Code::NumberWanted, "half"),
    ];
    for (from, to, code, key) in cases {
        let from = if from == "  0.5: knee" { "{0.5: knee" } else { from };
        let to = if to == "  half: knee" { "{half: knee" } else { to };
        let error = refused(from, to);
        let details = error.details();
        assert_eq!(details.code, code, "{to}: {error}");
        assert!(details.key.as_deref().is_some_and(|full| full.contains(key)), "{to}: {error}");
        assert!(
            details.line.is_some() && details.file.as_deref().is_some_and(|file| file.contains("manifest")),
            "{to}"
        );
        assert!(!details.help.is_empty(), "{to}");
    }
    let shown = refused("cores: 0.6", "cores: -3").render(false);
    assert!(shown.contains("cores: -3") && shown.contains("a number from 0.01 to 1024 cores"), "{shown}");
}

#[test]
fn a_broken_manifest_is_refused_in_words() {
    for (from, to, code) in [
        ("runs:\n", "runs: [\n", Code::BrokenYaml),
        ("runs:\n", "rums:\n", Code::KeyMissing),
        ("name: cost\n  kind", "name: cost\n  name: again\n  kind", Code::DuplicateKey),
    ] {
        assert_eq!(refused(from, to).code(), code, "{to}");
    }
}

#[test]
fn a_wrong_table_is_shown_with_its_line() {
    let folder = copy();
    let file = folder.path().join("recordings/herd-300.csv");
    let text = fs::read_to_string(&file).unwrap();
    for (from, to, line) in [("0,34,", "0,many,", 0), ("watching", "wathing", 1), ("\n9,", "\n9,-", 11)] {
        let broken = text.replacen(from, to, 1);
        if broken == text {
            continue;
        }
        fs::write(&file, broken).unwrap();
        let error = Truth::read(folder.path()).expect_err(to);
        assert_eq!(error.code(), Code::BrokenTable, "{error}");
        assert!(line == 0 || error.details().line == Some(line), "{error}");
        assert!(error.to_string().contains("herd-300.csv"), "{error}");
    }
    fs::write(&file, "t_s,watching\n").unwrap();
    assert_eq!(Truth::read(folder.path()).expect_err("no rows").code(), Code::BrokenTable);
    fs::write(&file, [0x1f, 0x8b, 0x08, 0x00]).unwrap();
    assert_eq!(Truth::read(folder.path()).expect_err("cut off").code(), Code::FileUnreadable);
}

#[test]
fn what_is_not_known_or_not_there_is_kept_and_named() {
    let folder = copy();
    with(&folder, "kind: herd", "kind: flock");
    with(&folder, "caches: 8", "caches: 8\n  colour: blue");
    fs::remove_file(folder.path().join("recordings/storm-memory-300x60.csv")).unwrap();
    let runs = Truth::read(folder.path()).unwrap().runs;
    let find = |name: &str| -> &Run { runs.iter().find(|run| run.name == name).unwrap() };
    let why = |name: &str| match &find(name).kind {
        Kind::Unread(why) => why.clone(),
        other => panic!("{name} was read: {other:?}"),
    };
    assert!(why("herd-300").contains("flock"));
    assert!(why("storm-memory-300x60").contains("storm-memory-300x60.csv"));
    assert_eq!(find("dns-ttl120").unread, ["runs[6].colour"]);
    assert!(matches!(find("storm-apf-300x60").kind, Kind::Storm(_)));
}

#[test]
fn a_folder_that_is_none_says_what_should_be_in_it() {
    let empty = tempfile::tempdir().unwrap();
    let error = Truth::read(empty.path()).expect_err("nothing in it");
    assert!(error.details().help.contains("recordings/manifest.yaml"), "{error}");
    let file = empty.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(Truth::read(&file).expect_err("a file").code(), Code::FileUnreadable);
}
