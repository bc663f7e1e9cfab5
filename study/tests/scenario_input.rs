//! `--set` arguments, files on disk, and `explain`.

mod scenario_rows;

use std::fs;
use std::path::{Path, PathBuf};

use scenario_rows::{ROWS, parse, report};
use slackwater_study::scenario::{Code, MAX_BYTES, ScenarioFile, Source, explain};

fn refused(argument: &str) -> String {
    report(argument, &ScenarioFile::empty(&ROWS).set(argument).expect_err(argument))
}

macro_rules! arguments {
    ($($name:ident $argument:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(refused($argument));
        })*
    };
}

arguments! {
    set_without_equals "cluster.nodes";
    set_with_unknown_key "cluster.nodse=5000";
    set_without_key "=5";
    set_a_section "cluster=5";
    set_key_without_unit "agent.period=5";
    set_value_with_unit "agent.period_s=5m";
    set_out_of_range "cluster.nodes=0";
    set_nothing "cluster.nodes=";
    set_broken_yaml "fleet.sizes=[1, 0.5";
    set_a_map "cluster.nodes={a: 1}";
    set_bad_name "traffic.a b.period_s=5";
    set_bad_list_item "fleet.sizes=[1, 7]";
}

#[test]
fn units_are_converted() {
    let typed = [
        ("agent.period_s=90s", "write 90"),
        ("agent.period_s=1.5 min", "write 90"),
        ("agent.period_s=1h 2m 3.5s", "write 3723.5"),
        ("agent.period_s=250000us", "write 0.25"),
        ("agent.period_s=1_000ms", "write 1"),
        ("agent.period_s=250us", "write the number alone"),
        ("agent.period_s=5M", "write the number alone"),
        ("cluster.api.memory_bytes=16 gib", "write 17179869184"),
        ("cluster.api.memory_bytes=100MB", "write 100000000"),
        ("cluster.api.memory_bytes=1m", "write the number alone"),
        ("cluster.api.cpu=1500m", "write 1.5"),
        ("cluster.api.cpu=2 vCPU", "write 2"),
        ("cluster.nodes=5 nodes", "write 5"),
        ("cluster.nodes=5K", "write 5000"),
        ("cluster.nodes=1.5", "write 2"),
    ];
    for (argument, wanted) in typed {
        let error = ScenarioFile::empty(&ROWS).set(argument).expect_err(argument);
        assert!(error.details().help.ends_with(wanted), "{argument}: {}", error.details().help);
    }
}

#[test]
fn spellings_that_are_plain_numbers() {
    for (typed, wanted) in
        [("1e3", 1000.0), ("5_000", 5000.0), ("0x10", 16.0), ("+7", 7.0), ("3.0", 3.0), ("017", 17.0)]
    {
        let mut file = ScenarioFile::empty(&ROWS);
        file.set(&format!("cluster.nodes={typed}")).expect(typed);
        assert_eq!(file.number("cluster.nodes"), Some(wanted), "{typed}");
    }
}

#[test]
fn clocks_at_their_ends() {
    let set = |clock: &str| ScenarioFile::empty(&ROWS).set(&format!("rollout.start={clock}"));
    for clock in ["00:00", "23:59:59", "09:05"] {
        assert!(set(clock).is_ok(), "{clock}");
    }
    for clock in ["24:00", "23:60", "23:59:60", "9:05", "+9:05", "09:05:", "09", "09:05:00:00", "-1:00", "٠٩:٠٥"] {
        assert!(set(clock).is_err(), "{clock}");
    }
}

#[test]
fn both_ends_of_a_range_are_inside() {
    for (argument, inside) in [
        ("cluster.nodes=1", true),
        ("cluster.nodes=1000000", true),
        ("cluster.nodes=1000001", false),
        ("agent.period_s=0.001", true),
        ("agent.period_s=0.000999", false),
        ("fleet.sizes=[0, 1]", true),
        ("fleet.sizes=[1.0000000000000002]", false),
    ] {
        assert_eq!(ScenarioFile::empty(&ROWS).set(argument).is_ok(), inside, "{argument}");
    }
}

#[test]
fn the_longest_name() {
    let name = "x".repeat(63);
    let mut file = ScenarioFile::empty(&ROWS);
    file.set(&format!("traffic.{name}.period_s=5")).expect("63 characters");
    assert_eq!(file.names("traffic.*"), [name]);
}

#[test]
fn a_refused_argument_changes_nothing() {
    let mut file = parse("cluster: {nodes: 7}").expect("valid");
    let before = file.clone();
    assert!(file.set("cluster.nodes=0").is_err());
    assert_eq!(file, before);
}

/// A folder of this test's own, removed when it goes out of scope.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    /// Writes a file, reads it as a scenario, and gives the error with the folder's name taken out.
    fn refused(&self, name: &str, bytes: Option<&[u8]>) -> String {
        let path = self.0.join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).expect("a file for the test");
        }
        let error = Source::read(&path, &["github-2024-12-11", "openai-2024-12-11", "knee"]).expect_err(name);
        error.to_string().replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new("unreadable");
    let shown = [
        folder.refused("nothing.yaml", None),
        folder.refused("openai-2024", None),
        folder.refused("latin.yaml", Some(b"cluster:\n  name: caf\xe9\n")),
        folder.refused("utf16.yaml", Some(b"\xff\xfec\0l\0")),
        folder.refused("large.yaml", Some(&vec![b'#'; MAX_BYTES + 1])),
    ];
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(Source::read(&folder.0, &[]).expect_err("a folder").code(), Code::FileUnreadable);
}

#[test]
fn the_largest_file_is_read() {
    let mut text = String::from("cluster: {nodes: 7}\n");
    text += &"#".repeat(MAX_BYTES - text.len());
    let source = Source::from_bytes("large.yaml", text.as_bytes()).expect("just small enough");
    let file = ScenarioFile::parse(&source, &ROWS).expect("valid");
    assert_eq!(file.number("cluster.nodes"), Some(7.0));
}

#[test]
fn explained() {
    let asked = [
        "cluster.nodes",
        "agent.selector",
        "traffic.my-operator.period_s",
        "traffic.*.clients",
        "cluster",
        "traffic.*",
        "",
        "SW014",
        "sw022",
    ];
    let shown = asked.map(|query| format!("explain {query}\n\n{}", explain(&ROWS, query).expect(query)));
    insta::assert_snapshot!(shown.join("\n===\n"));
}

#[test]
fn not_explained() {
    let asked = ["cluster.nodse", "clutser", "nodes", "SW999", "quux"];
    let shown = asked.map(|query| report(query, &explain(&ROWS, query).expect_err(query)));
    insta::assert_snapshot!(shown.join("\n===\n"));
}
