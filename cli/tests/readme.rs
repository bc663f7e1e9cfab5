//! Every command of the README gives the output that stands under it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// A command and the lines that must follow; `...` stands for any lines.
#[derive(Debug, PartialEq)]
struct Shown {
    arguments: String,
    output: Vec<String>,
}

fn shown(text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let (mut inside, mut ours) = (false, false);
    for line in text.lines() {
        if line.trim_end() == "```console" {
            inside = true;
        } else if line.starts_with("```") {
            (inside, ours) = (false, false);
        } else if let Some(typed) = line.strip_prefix("$ ").filter(|_| inside) {
            let arguments = typed.strip_prefix("slackwater").filter(|rest| rest.is_empty() || rest.starts_with(' '));
            ours = arguments.is_some();
            found.extend(
                arguments.map(|arguments| Shown { arguments: arguments.trim().to_owned(), output: Vec::new() }),
            );
        } else if ours && let Some(last) = found.last_mut() {
            last.output.push(line.trim_end().to_owned());
        }
    }
    found
}

fn matches(wanted: &[String], got: &[&str]) -> bool {
    match wanted.split_first() {
        None => got.is_empty(),
        Some((any, rest)) if any.trim() == "..." => (0..=got.len()).any(|skipped| matches(rest, &got[skipped..])),
        Some((line, rest)) => {
            got.split_first().is_some_and(|(own, more)| line == own.trim_end() && matches(rest, more))
        }
    }
}

#[test]
fn commands_give_what_the_readme_shows() {
    let pages = ["README.md", "docs/outage.md"].map(|page| root().join(page));
    let Some(all) = pages.iter().map(|page| fs::read_to_string(page).ok()).collect::<Option<Vec<_>>>() else { return };
    let each: Vec<Vec<Shown>> = all.iter().map(|text| shown(text)).collect();
    assert!(each.iter().all(|page| !page.is_empty()), "a page shows no command in a ```console block");
    for Shown { arguments, mut output } in each.into_iter().flatten() {
        while output.last().is_some_and(String::is_empty) {
            output.pop();
        }
        let done = command(&root(), &arguments).output().expect("the program starts");
        let got =
            String::from_utf8_lossy(if done.stdout.is_empty() { &done.stderr } else { &done.stdout }).into_owned();
        let lines: Vec<&str> = got.trim_end().lines().collect();
        assert!(matches(&output, &lines), "slackwater {arguments}\nREADME:\n{}\nis:\n{got}", output.join("\n"));
    }
}

#[test]
fn blocks_are_found_and_compared() {
    let text =
        "```console\n$ slackwater cases\na\n...\nb\n$ ls\nx\n```\n```sh\n$ slackwater no\n```\n$ slackwater no\n";
    let output = ["a", "...", "b"].map(str::to_owned).to_vec();
    assert_eq!(shown(text), [Shown { arguments: "cases".to_owned(), output: output.clone() }]);
    assert!(matches(&output, &["a", "b"]) && matches(&output, &["a", "x", "", "b"]));
    assert!(!matches(&output, &["a", "x"]) && !matches(&output, &["a", "b", "c"]) && !matches(&output, &["b"]));
}
