//! `slackwater sweep`: the real program, its files, and what is left when it is killed.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::Folder;

const SMALL: &str = "sweep safe.yaml --vary cluster.nodes=10..4000:9 --set agent.enabled=true";
/// Slow enough to be stopped in the middle: whole runs.
const LONG: &str = "sweep safe.yaml --set agent.enabled=true --set run.until_s=600 --vary cluster.nodes=10..300:320";

fn rows(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).collect()
}

#[test]
fn rows_go_to_standard_output() {
    let folder = Folder::new();
    let done = folder.run(&format!("{SMALL} --verdict-only")).ended(0);
    assert!(done.out.starts_with("# slackwater sweep "), "{}", done.out);
    assert!(done.out.contains("\nrow,cluster.nodes,safe,gate\n0,10,true,\n"), "{}", done.out);
    assert_eq!(rows(&done.out).len(), 9);
    assert_eq!(folder.run(&format!("{SMALL} --verdict-only -q -o -")).ended(0).out, done.out);
    let lines = folder.run(&format!("{SMALL} --format jsonl")).ended(0).out;
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), &lines[0]["rows"], &lines[1]["cluster.nodes"]), (10, &9.into(), &10.0.into()));
    assert!(lines[9]["margin"].as_f64() < Some(0.0) && lines[9]["gate"].is_string(), "{}", lines[9]);
}

#[test]
fn a_file_is_whole_and_says_which_sweep_it_is() {
    let folder = Folder::new();
    for name in ["out.csv", "out.jsonl", "out.parquet"] {
        let done = folder.run(&format!("{SMALL} -o {name}")).ended(0);
        assert!(done.out.starts_with("9 points: ") && done.out.contains(name), "{}", done.out);
        assert!(folder.run(&format!("{SMALL} -q -o quiet-{name}")).ended(0).out.is_empty());
        assert_eq!(fs::read(folder.path(name)).unwrap(), fs::read(folder.path(&format!("quiet-{name}"))).unwrap());
        // A row of it is run again from the file alone, with the scenario gone.
        let (other, row) = (Folder::new(), folder.path(name));
        let again = other.run(&format!("sweep {} --row 8 --format csv", row.display())).ended(0).out;
        let whole = folder.run(SMALL).ended(0).out;
        assert_eq!(rows(&again), rows(&whole)[8..], "{name}");
        let told = other.run(&format!("sweep {} --row 8", row.display())).ended(1).out;
        assert!(told.starts_with("UNSAFE") && told.contains("cluster.nodes=4000"), "{told}");
        other.run(&format!("sweep {} --row 9", row.display())).ended(2);
        assert!(other.run(&format!("sweep {}", row.display())).ended(2).err.contains("--row N"));
    }
    assert!(
        !folder.names().iter().any(|name| name.contains("unfinished") || name.contains("tmp")),
        "{:?}",
        folder.names()
    );
}

#[test]
fn threads_do_not_show() {
    let folder = Folder::new();
    let vary = "--vary agent.period_s=1..600 --vary cluster.nodes=10..9000 --sample latin:400 --seed 5";
    for name in ["1.parquet", "2.parquet", "7.parquet"] {
        let threads = name.split('.').next().unwrap();
        folder.run(&format!("sweep unsafe.yaml {vary} --verdict-only --threads {threads} -o {name}")).ended(0);
        assert_eq!(fs::read(folder.path(name)).unwrap(), fs::read(folder.path("1.parquet")).unwrap(), "{name}");
    }
    let full: Vec<String> =
        ["1", "7"].iter().map(|threads| folder.run(&format!("{SMALL} --threads {threads}")).ended(0).out).collect();
    assert_eq!(full[0], full[1]);
}

fn start(folder: &Folder, arguments: &str) -> Child {
    let mut command = folder.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Waits until a file is larger than `bytes`.
fn wait_for(path: &Path, bytes: u64) {
    let start = Instant::now();
    while fs::metadata(path).map_or(0, |file| file.len()) <= bytes {
        assert!(start.elapsed() < Duration::from_mins(2), "nothing happens");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_sweep_goes_on_and_ends_in_the_same_bytes() {
    let folder = Folder::new();
    for (ending, kills) in [("csv", 3), ("parquet", 1)] {
        let (name, reference) = (format!("out.{ending}"), format!("ref.{ending}"));
        folder.run(&format!("{LONG} -q -o {reference}")).ended(0);
        let unfinished = folder.path(&format!("{name}.unfinished"));
        let mut bytes = 4000;
        for kill in 0..kills {
            let resume = if kill == 0 { "" } else { "--resume" };
            let mut child = start(&folder, &format!("{LONG} -q -o {name} {resume}"));
            wait_for(&unfinished, bytes);
            child.kill().expect("killed");
            child.wait().expect("ended");
            bytes = fs::metadata(&unfinished).expect("kept").len() + 5_000;
            assert!(!folder.path(&name).exists(), "whole or not at all");
        }
        // What a kill leaves of a block is cut off.
        let mut torn = fs::read(&unfinished).expect("kept");
        torn.extend([7; 100]);
        fs::write(&unfinished, torn).expect("written");
        folder.run(&format!("{LONG} -q -o {name} --resume")).ended(0);
        assert!(fs::read(folder.path(&name)).unwrap() == fs::read(folder.path(&reference)).unwrap(), "{name}");
        assert!(!unfinished.exists());
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_a_valid_file_that_can_be_gone_on_with() {
    let folder = Folder::new();
    folder.run(&format!("{LONG} -q -o ref.csv")).ended(0);
    let child = start(&folder, &format!("{LONG} -q -o out.csv --threads 1"));
    wait_for(&folder.path("out.csv.unfinished"), 4000);
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(interrupted.success());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("interrupted after") && said.contains("--resume"), "{said}");
    let (part, whole) = (folder.read("out.csv"), folder.read("ref.csv"));
    assert!(part.contains("# interrupted: the first ") && part.ends_with('\n'));
    let (part, whole) = (rows(&part), rows(&whole));
    assert!(!part.is_empty() && part.len() < whole.len());
    assert_eq!(part, whole[..part.len()], "the first rows, each whole");
    folder.run(&format!("{LONG} -q -o out.csv --resume")).ended(0);
    assert!(folder.read("out.csv") == folder.read("ref.csv"));
}

#[test]
fn only_the_same_sweep_goes_on() {
    let folder = Folder::new();
    let mut child = start(&folder, &format!("{LONG} -q -o out.csv"));
    wait_for(&folder.path("out.csv.unfinished"), 4000);
    child.kill().expect("killed");
    child.wait().expect("ended");
    for (change, word) in [
        ("--set run.until_s=500", "scenario"),
        ("--vary agent.period_s=5,6", "--vary"),
        ("--verdict-only", "--verdict-only"),
    ] {
        let error = folder.run(&format!("{LONG} {change} -o out.csv --resume")).ended(2).err;
        assert!(error.contains("another sweep") && error.contains(word), "{change}: {error}");
    }
    // Without --resume it begins again, and with nothing to resume too.
    folder.run(&format!("{SMALL} --verdict-only -q -o out.csv")).ended(0);
    folder.run(&format!("{SMALL} --verdict-only -q -o new.csv --resume")).ended(0);
    assert_eq!(folder.read("out.csv"), folder.read("new.csv"));
}

#[test]
fn bad_input_is_refused_before_the_work_and_leaves_nothing() {
    let folder = Folder::new();
    let before = folder.names();
    for (arguments, wanted) in [
        ("safe.yaml -o x.csv", "nothing varies"),
        ("safe.yaml --vary cluster.nodse=1..2:2 -o x.csv", "did you mean `cluster.nodes`"),
        ("safe.yaml --vary cluster.nodes=0..2:2 -o x.csv", "below its smallest value"),
        ("safe.yaml --vary cluster.nodes=1,2 -o safe.yaml", "overwrite"),
        ("safe.yaml --vary cluster.nodes=1,2 -o no/x.csv", "cannot write"),
        ("safe.yaml --points no.csv -o x.csv", "cannot read"),
        ("no.yaml --vary cluster.nodes=1,2 -o x.csv", "no file"),
        ("safe.yaml --vary cluster.nodes=1,2 --threads 0", "--threads"),
        ("safe.yaml --vary cluster.nodes=1,2 --resume", "--output"),
        ("safe.yaml --vary rollout.waves=[1],[0.5] -o x.csv", "row 1 (rollout.waves=[0.5])"),
    ] {
        let error = folder.run(&format!("sweep {arguments}")).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
        assert_eq!(folder.names(), before, "{arguments}");
    }
}
