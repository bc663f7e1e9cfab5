//! `slackwater cases --run`

mod common;

use common::Folder;

#[test]
fn a_case_in_every_form() {
    let folder = Folder::new();
    let text = folder.run("cases --run openai-2024-12-11-staging spotify-2018").ended(0).out;
    assert!(text.starts_with("PASS  2 cases: 3 come out, 0 do not, 0 are known gaps\n"), "{text}");
    assert!(text.contains("\nspotify-2018\n") && text.contains("published: no impact on users"), "{text}");
    let json = folder.run("cases --run spotify-2018 --format json").ended(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["pass"], &json["held"][0]["outcome"]), (&true.into(), &"pass".into()));
    let csv = folder.run("cases --run spotify-2018 --format csv").ended(0).out;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert_eq!(folder.run("cases spotify-2018").ended(0).out.lines().count(), 1);
}

#[test]
fn keys_are_set_in_every_case_but_not_over_what_must_come_out() {
    let folder = Folder::new();
    let half = folder.run("cases --run openai-2024-12-11-staging --set run.dt_s=0.5").ended(0).out;
    assert!(half.starts_with("PASS"), "{half}");
    let large = folder.run("cases --run openai-2024-12-11-staging --set cluster.nodes=5000").ended(1).out;
    assert!(large.starts_with("FAIL"), "{large}");
    // What tips it is declared with its own number of nodes.
    let fewer = folder.run("cases --run kinesis-2020 --set cluster.nodes=1000 --format csv").ended(1).out;
    assert!(fewer.contains(r#"one_percent,"fallen: at least 1, with cluster.nodes=3727",1,pass"#), "{fewer}");
    assert!(fewer.contains("square,") && fewer.contains(",FAIL,"), "{fewer}");
}

#[test]
fn bad_input_is_told() {
    let folder = Folder::new();
    for (arguments, wanted) in [
        ("cases --run nowhere-1999", "there is no case `nowhere-1999`"),
        ("cases safe.yaml", "there is no case"),
        ("cases --run --format yaml", "yaml"),
        ("cases --run --set cluster.nodse=5", "cluster.nodes"),
        ("cases --run --set run.dt_s=20", "10"),
        ("cases --set run.dt_s=1", "--run"),
        ("simulate safe.yaml --set expect.a.what=magic", "expect.a.what"),
        ("simulate safe.yaml --set expect.a.at_most=many", "expect.a.at_most"),
        ("simulate safe.yaml --set expect.a.remedies=[hope]", "expect.a.remedies"),
    ] {
        let error = folder.run(arguments).ended(2).err;
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}
