//! `slackwater simulate`: verdicts, exit codes, and where a scenario comes from.

mod common;

use common::{Folder, SAFE};

#[test]
fn exit_codes() {
    let folder = Folder::new();
    assert!(folder.run("simulate safe.yaml").ended(0).out.starts_with("SAFE  safe  "));
    assert!(folder.run("simulate unsafe.yaml").ended(1).out.starts_with("UNSAFE  unsafe  "));
    folder.run("simulate missing.yaml").ended(2);
}

#[test]
fn quiet_is_one_word() {
    let folder = Folder::new();
    assert_eq!(folder.run("simulate safe.yaml --quiet").ended(0).out, "SAFE\n");
    assert_eq!(folder.run("simulate unsafe.yaml -q").ended(1).out, "UNSAFE\n");
    assert_eq!(folder.run("simulate safe.yaml -q --format json").ended(0).out, "SAFE\n");
}

#[test]
fn standard_input() {
    let folder = Folder::new();
    let done = folder.run_with_input("simulate - --format json", SAFE.as_bytes()).ended(0);
    let json: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(json["name"], "<stdin>");
    assert_eq!(json["origins"]["cluster.nodes"], "<stdin>:2:18");
    let error = folder.run_with_input("simulate -", b"cluster: {nodse: 5}\n").ended(2).err;
    assert!(error.contains("SW020") && error.contains("<stdin>:1:11") && error.contains("nodes"), "{error}");
    folder.run_with_input("simulate -", &vec![b'#'; (1 << 20) + 1]).ended(2);
    folder.run_with_input("simulate -", b"").ended(2);
}

#[test]
fn a_case_wins_over_a_file_of_its_name() {
    let folder = Folder::new();
    folder.write("dns-source-lost", SAFE);
    folder.write("dns-source-lost.yaml", SAFE);
    let nodes = |input: &str| {
        let done = folder.run(&format!("simulate {input} --format json"));
        let json: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
        json["scenario"]["cluster.nodes"].clone()
    };
    assert_eq!(nodes("dns-source-lost"), 8.0);
    assert_eq!(nodes("./dns-source-lost"), 20.0);
    assert_eq!(nodes("dns-source-lost.yaml"), 20.0);
}

#[test]
fn keys_set_over_the_file() {
    let folder = Folder::new();
    let done =
        folder.run("simulate safe.yaml --set cluster.nodes=30 --set cluster.nodes=40 --until 30 --dt 2 --format json");
    let json: serde_json::Value = serde_json::from_str(&done.ended(0).out).expect("JSON");
    let set = |key: &str| (json["scenario"][key].clone(), json["origins"][key].clone());
    assert_eq!(set("cluster.nodes"), (40.0.into(), "--set cluster.nodes=40".into()));
    assert_eq!(set("run.until_s").0, 30.0);
    assert_eq!(set("run.dt_s").0, 2.0);
    let times = json["trajectory"]["t_s"].as_array().expect("a column");
    assert_eq!((times[0].as_f64(), times[1].as_f64()), (Some(0.0), Some(2.0)));
    assert_eq!(times.last().and_then(serde_json::Value::as_f64), Some(30.0));
}

#[test]
fn input_errors_say_what_to_do() {
    let folder = Folder::new();
    let says = |arguments: &str, wanted: &[&str]| {
        let error = folder.run(arguments).ended(2).err;
        for text in wanted {
            assert!(error.contains(text), "{arguments}: {error}");
        }
    };
    says("simulate dns-sorce-lost", &["SW001", "did you mean the built-in case `dns-source-lost`?"]);
    says("simulate safe.yaml --set cluster.nodse=5", &["SW020", "`cluster.nodes`"]);
    says("simulate safe.yaml --set cluster.nodes", &["SW033"]);
    says("simulate safe.yaml --until 5m", &["SW013", "write 300"]);
    says("simulate safe.yaml --until -5", &["SW014", "604,800"]);
    says("simulate safe.yaml --dt nan", &["SW015"]);
    says("simulate .", &["SW002"]);
    says("simulate", &["CASE|FILE|-"]);
    says("simulate safe.yaml --format yaml", &["text, json, csv"]);
    says("simulate safe.yaml --frmat json", &["--format"]);
}

#[test]
fn errors_as_json() {
    let folder = Folder::new();
    let fields = |arguments: &str| -> serde_json::Value {
        serde_json::from_str(&folder.run(arguments).ended(2).err).expect("JSON")
    };
    let error = fields("simulate safe.yaml --set cluster.nodes=0 --format json");
    assert_eq!((&error["code"], &error["key"]), (&"SW014".into(), &"cluster.nodes".into()));
    assert_eq!(fields("simulate missing.yaml --format=json")["file"], "missing.yaml");
    assert!(fields("simulate safe.yaml --format json -o no/such/folder.json")["code"].is_null());
    assert!(fields("simulate --format json")["message"].is_string());
    assert!(fields("cases --format json --bogus")["message"].is_string());
}

#[test]
fn the_end_of_a_file_name_decides_the_format() {
    let folder = Folder::new();
    folder.run("simulate safe.yaml -o a.json").ended(0);
    folder.run("simulate safe.yaml -o a.CSV").ended(0);
    folder.run("simulate safe.yaml -o a.txt").ended(0);
    folder.run("simulate safe.yaml -o b.json --format csv").ended(0);
    assert!(folder.read("a.json").starts_with("{\n"));
    assert!(folder.read("a.CSV").starts_with("# slackwater "));
    assert!(folder.read("a.txt").starts_with("SAFE  safe  "));
    assert!(folder.read("b.json").starts_with("# slackwater "));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = Folder::new();
    let run = || folder.run("simulate unsafe.yaml --format json").ended(1).out;
    assert_eq!(run(), run());
}

#[test]
fn a_csv_says_how_to_run_it_again() {
    let folder = Folder::new();
    let first = folder.run("simulate safe.yaml --set cluster.nodes=25 --format csv").ended(0).out;
    let mut again = folder.command("simulate - --format csv");
    for set in first.lines().filter_map(|line| line.strip_prefix("# set ")) {
        again.args(["--set", set]);
    }
    let file = std::fs::File::open({
        folder.write("empty.yaml", "{}\n");
        folder.path("empty.yaml")
    });
    let again = again.stdin(file.expect("a file")).output().expect("the program starts");
    let without_name =
        |text: &str| text.lines().filter(|line| !line.starts_with("# scenario")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_name(&String::from_utf8_lossy(&again.stdout)), without_name(&first));
}

#[test]
fn ascii_by_flag_or_locale() {
    let folder = Folder::new();
    assert!(!folder.run("simulate safe.yaml").out.is_ascii());
    assert!(folder.run("simulate safe.yaml --ascii").out.is_ascii());
    let with = |name: &str, value: &str| {
        let output = folder.command("simulate safe.yaml").env(name, value).output().expect("the program starts");
        output.stdout.is_ascii()
    };
    assert!(with("LANG", "C"));
    assert!(with("LC_ALL", "de_DE.ISO-8859-1"));
    assert!(!with("LC_ALL", "C.UTF-8"));
    assert!(!with("LANG", "en_GB.utf8"));
    assert!(!with("LC_ALL", ""));
}

#[test]
fn colour_only_where_it_is_asked_for() {
    let folder = Folder::new();
    assert!(!folder.run("simulate safe.yaml").out.contains('\u{1b}'));
    let forced = folder.command("simulate safe.yaml").env("CLICOLOR_FORCE", "1").output().expect("the program starts");
    assert!(forced.stdout.contains(&0x1b));
    let refused = folder.command("simulate safe.yaml").env("NO_COLOR", "1").output().expect("the program starts");
    assert!(!refused.stdout.contains(&0x1b));
}

#[test]
fn going_on_from_a_state() {
    let folder = Folder::new();
    let whole = folder.run("simulate safe.yaml --until 40 --format json").ended(0).out;
    folder.run("simulate safe.yaml --save-state half.state -q").ended(0);
    let on = folder.run("simulate safe.yaml --from half.state --until 40 --format json").ended(0).out;
    let column = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON")["trajectory"].clone();
    assert_eq!(column(&on), column(&whole));
    folder.run("simulate --from half.state --until 40 -q").ended(0);
    folder.write("bad.state", "{}");
    assert!(folder.run("simulate safe.yaml --from bad.state").ended(2).err.contains("bad.state"));
    folder.run("simulate safe.yaml --from missing.state").ended(2);
}

#[test]
fn events_stand_beside_the_fluid() {
    let folder = Folder::new();
    let text = folder.run("simulate safe.yaml --engine events --until 120").ended(0).out;
    assert!(text.contains("request by request: ") && text.contains("seed 1; "), "{text}");
    let json = |seed: &str| {
        let done = folder.run(&format!("simulate safe.yaml --engine events --seed {seed} --until 120 --format json"));
        serde_json::from_str::<serde_json::Value>(&done.ended(0).out).expect("JSON")
    };
    let (first, again, other) = (json("7"), json("7"), json("8"));
    assert_eq!(first["engines"], again["engines"]);
    assert!(first["engines"] != other["engines"]);
    assert_eq!(
        (first["seed"].as_u64(), first["engines"][0]["measures"][0]["name"].as_str()),
        (Some(7), Some("goodput"))
    );
    // Without it nothing of the kind is said.
    assert!(!folder.run("simulate safe.yaml --until 120").ended(0).out.contains("request by request"));
}

#[test]
fn events_are_refused_where_they_make_no_sense() {
    let folder = Folder::new();
    for arguments in
        ["--engine events -q", "--engine events --save-state state", "--engine none", "--engine events --seed -1"]
    {
        folder.run(&format!("simulate safe.yaml {arguments}")).ended(2);
    }
    let error = folder.run("simulate safe.yaml --engine events --set cluster.nodes=1000000 --until 10").ended(2).err;
    assert!(error.contains("at most") && error.contains("help: leave --engine events out"), "{error}");
}
