//! Where answers go: whole files or none, closed pipes, full discs.

mod common;

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use common::Folder;

const BEFORE: [&str; 2] = ["safe.yaml", "unsafe.yaml"];

#[test]
fn a_file_is_written_whole_and_alone() {
    let folder = Folder::new();
    let done = folder.run("simulate unsafe.yaml -o out.json").ended(1);
    assert_eq!(done.out.lines().count(), 1, "the verdict: {}", done.out);
    assert!(done.out.starts_with("UNSAFE  unsafe  "));
    assert_eq!(folder.names(), ["out.json", "safe.yaml", "unsafe.yaml"]);
    let written: serde_json::Value = serde_json::from_str(&folder.read("out.json")).expect("JSON");
    assert_eq!(written["verdict"]["safe"], false);
    assert_eq!(folder.read("out.json"), folder.run("simulate unsafe.yaml --format json").out);
    folder.run("simulate safe.yaml -o out.json -q").ended(0);
    assert!(folder.read("out.json").contains("\"safe\":true"), "overwritten");
}

#[test]
fn bad_targets_are_refused_before_the_work() {
    let folder = Folder::new();
    let long = "x".repeat(300);
    for target in ["missing/out.json", "safe.yaml/out.json", ".", "..", "/", "new/", &long] {
        // The scenario is missing too: the target is looked at first.
        let error = folder.run(&format!("simulate missing.yaml -o {target}")).ended(2).err;
        assert!(error.contains("cannot write"), "{target}: {error}");
        assert_eq!(folder.names(), BEFORE);
    }
}

#[test]
fn a_failure_leaves_nothing() {
    let folder = Folder::new();
    for arguments in ["missing.yaml", "safe.yaml --set cluster.nodes=0", "safe.yaml --from unsafe.yaml"] {
        folder.run(&format!("simulate {arguments} -o out.json --save-state out.state")).ended(2);
        assert_eq!(folder.names(), BEFORE);
    }
}

#[test]
fn a_read_only_file_stays() {
    let folder = Folder::new();
    folder.write("kept.json", "mine");
    let mut permissions = fs::metadata(folder.path("kept.json")).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.path("kept.json"), permissions).expect("changed");
    let error = folder.run("simulate safe.yaml -o kept.json").ended(2).err;
    assert!(error.contains("read-only"), "{error}");
    assert_eq!(folder.read("kept.json"), "mine");
}

#[test]
fn an_input_is_not_overwritten() {
    let folder = Folder::new();
    let before = folder.read("safe.yaml");
    folder.run("simulate safe.yaml --save-state s.state -q").ended(0);
    for arguments in [
        "safe.yaml -o safe.yaml",
        "safe.yaml -o ./safe.yaml",
        "safe.yaml --save-state safe.yaml",
        "safe.yaml -o new.json --save-state new.json",
        "safe.yaml -o s.state --from s.state",
    ] {
        let error = folder.run(&format!("simulate {arguments}")).ended(2).err;
        assert!(error.contains("overwrite"), "{arguments}: {error}");
    }
    assert_eq!(folder.read("safe.yaml"), before);
    assert_eq!(folder.names(), ["s.state", "safe.yaml", "unsafe.yaml"]);
}

#[test]
fn a_dash_is_standard_output() {
    let folder = Folder::new();
    let done = folder.run("simulate safe.yaml -o - --format csv").ended(0);
    assert!(done.out.starts_with("# slackwater "));
    assert_eq!(folder.names(), BEFORE);
}

#[cfg(unix)]
#[test]
fn links_modes_and_devices_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let folder = Folder::new();
    folder.write("real.json", "old");
    fs::set_permissions(folder.path("real.json"), fs::Permissions::from_mode(0o640)).expect("changed");
    symlink(folder.path("real.json"), folder.path("link.json")).expect("a link");
    folder.run("simulate safe.yaml -o link.json").ended(0);
    assert!(fs::symlink_metadata(folder.path("link.json")).expect("a link").is_symlink());
    assert!(folder.read("real.json").starts_with('{'));
    let mode = fs::metadata(folder.path("real.json")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    symlink(folder.path("nowhere/x.json"), folder.path("loose.json")).expect("a link");
    folder.run("simulate safe.yaml -o loose.json").ended(2);
    folder.run("simulate safe.yaml -o /dev/null").ended(0);
    assert!(fs::metadata("/dev/null").expect("a device").file_type().is_char_device());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disc_is_a_failure() {
    let folder = Folder::new();
    folder.run("simulate safe.yaml --format json -o /dev/full").ended(2);
    for arguments in ["", "cases", "explain cluster", "--help", "simulate safe.yaml", "simulate safe.yaml --format csv"]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let output = folder.command(arguments).stdout(full).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(!output.stderr.is_empty(), "{arguments}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = Folder::new();
    for arguments in ["cases", "explain agent", "--help", "simulate unsafe.yaml", "simulate unsafe.yaml --format json"]
    {
        let mut command = folder.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        // Closed before the program can have written: whoever reads has seen enough.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut command = folder.command("simulate safe.yaml --format json --set run.until_s=14400");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // A few bytes of many: the pipe closes in the middle of the answer.
    let mut some = [0; 16];
    child.stdout.take().expect("a pipe").read_exact(&mut some).expect("bytes");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
