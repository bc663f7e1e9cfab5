//! The other verbs, and help.

mod common;

use common::Folder;
use slackwater_core::bounds::TABLE;
use slackwater_study::cases;
use slackwater_study::scenario::Code;

#[test]
fn cases_are_listed() {
    let folder = Folder::new();
    let text = folder.run("cases").ended(0).out;
    assert_eq!(text.lines().count(), cases::ALL.len());
    let json: serde_json::Value = serde_json::from_str(&folder.run("cases --format json").ended(0).out).expect("JSON");
    for (at, case) in cases::ALL.iter().enumerate() {
        let line = text.lines().nth(at).expect("a line");
        assert!(line.starts_with(case.name) && line.ends_with(case.summary), "{line}");
        assert_eq!(json[at], serde_json::json!({ "name": case.name, "summary": case.summary }));
    }
}

#[test]
fn explain_a_key_a_section_a_code() {
    let folder = Folder::new();
    assert!(folder.run("explain dns.cache_ttl_s").ended(0).out.contains("seconds"));
    let section = folder.run("explain cluster").ended(0).out;
    assert_eq!(section.lines().count(), 1 + TABLE.iter().filter(|row| row.key.starts_with("cluster.")).count());
    assert!(folder.run("explain sw014").ended(0).out.starts_with("SW014: "));
    let error = folder.run("explain dns.cache_tlt_s").ended(2).err;
    assert!(error.contains("dns.cache_ttl_s"), "{error}");
}

#[test]
fn explain_lists_every_section() {
    let folder = Folder::new();
    let text = folder.run("explain").ended(0).out;
    let counts = text.lines().skip(1).map_while(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    assert_eq!(counts.sum::<usize>(), TABLE.len());
    let last = Code::ALL.last().expect("codes");
    assert!(text.trim_end().ends_with(last.id()));
}

#[test]
fn help_names_exit_codes_and_units() {
    let folder = Folder::new();
    for arguments in ["--help", "-h", "simulate --help"] {
        let text = folder.run(arguments).ended(0).out;
        for wanted in ["0 safe", "1 unsafe", "2 bad usage", "seconds"] {
            assert!(text.contains(wanted), "{arguments}: {wanted}");
        }
    }
    assert_eq!(folder.run("--version").ended(0).out, format!("slackwater {}\n", env!("CARGO_PKG_VERSION")));
    let error = folder.run("simulat").ended(2).err;
    assert!(error.contains("simulate"), "{error}");
}

#[test]
fn alone_it_shows_twelve_lines() {
    let folder = Folder::new();
    let text = folder.run("").ended(0).out;
    assert_eq!(text.lines().count(), 12, "{text}");
    let wanted =
        ["slackwater ", "openai-2024-12-11", "API load", "cached DNS", "user impact", "SAFE  openai-2024-12-11"];
    for part in wanted {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let ascii = folder.run("--ascii").ended(0).out;
    assert!(ascii.is_ascii() && ascii.lines().count() == 12);
}

#[test]
fn the_commands_of_the_demonstration_exist() {
    let folder = Folder::new();
    let text = folder.run("").ended(0).out;
    let tries: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("slackwater ")?.1.split("  ").next()).skip(1).collect();
    assert_eq!(tries, ["simulate openai-2024-12-11", "cases", "explain dns.cache_ttl_s"]);
    folder.run(tries[1]).ended(0);
    folder.run(tries[2]).ended(0);
    assert!(cases::find("openai-2024-12-11").is_some());
}
