//! Which points a sweep visits: order, spread, files, and what is refused.

use std::fs;

use slackwater_study::scenario::Value;
use slackwater_study::sweep::{Design, Method, Print, Sample, Words};
use tempfile::TempDir;

fn words(vary: &[&str]) -> Words {
    Words { vary: vary.iter().map(|&typed| typed.to_owned()).collect(), verdict_only: true, ..Words::default() }
}

fn design(vary: &[&str]) -> Design {
    Design::of(words(vary)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(words: Words) -> String {
    Design::of(words).expect_err("refused").to_string()
}

fn numbers(design: &Design, row: u64) -> Vec<f64> {
    let values = design.block(row, 1).expect("a block").values(row);
    values.iter().map(|value| if let Value::Number(x) = value { *x } else { f64::NAN }).collect()
}

#[test]
fn steps_reach_both_ends_exactly() {
    let linear = design(&["agent.period_s=0.1..0.7:7"]);
    let steps: Vec<f64> = (0..7).flat_map(|row| numbers(&linear, row)).collect();
    assert_eq!(steps, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], "as people write them");
    let ratios = design(&["agent.period_s=0.1..1000:5:log"]);
    let steps: Vec<f64> = (0..5).flat_map(|row| numbers(&ratios, row)).collect();
    assert_eq!(steps, [0.1, 1.0, 10.0, 100.0, 1000.0]);
    let down = design(&["agent.period_s=30..10:3"]);
    assert_eq!((0..3).flat_map(|row| numbers(&down, row)).collect::<Vec<_>>(), [30.0, 20.0, 10.0]);
}

#[test]
fn keys_that_count_stay_whole() {
    let sizes = design(&["cluster.nodes=1..10:4"]);
    assert_eq!((0..4).flat_map(|row| numbers(&sizes, row)).collect::<Vec<_>>(), [1.0, 4.0, 7.0, 10.0]);
    let uncertain = Design::of(Words { sample: Some("sobol:64".into()), ..words(&["cluster.nodes=normal(500,300)"]) });
    let uncertain = uncertain.expect("a design");
    for row in 0..64 {
        let nodes = numbers(&uncertain, row)[0];
        assert!(nodes.fract() == 0.0 && nodes >= 1.0, "cut to the range of the key: {nodes}");
    }
}

#[test]
fn words_switches_and_lists_vary_too() {
    let mixed =
        design(&["agent.selector=cluster,node", "api_server.flow_control=true,false", "rollout.waves=[1],[0.1, 1]"]);
    assert_eq!(mixed.rows(), 8);
    let row = mixed.block(5, 1).expect("a block").values(5);
    assert_eq!(row, [Value::Text("node".into()), Value::Boolean(true), Value::Numbers(vec![0.1, 1.0])]);
    assert_eq!(mixed.scenario(5).expect("a scenario").text("agent.selector"), Some("node"));
}

#[test]
fn the_last_axis_runs_fastest_and_samples_faster_still() {
    let both = Design::of(Words {
        sample: Some("latin:3".into()),
        ..words(&["cluster.nodes=10,20", "agent.period_s=10..20", "agent.timeout_s=5,6"])
    });
    let both = both.expect("a design");
    assert_eq!(both.rows(), 2 * 2 * 3);
    let (first, second) = (numbers(&both, 0), numbers(&both, 3));
    assert_eq!((first[0], first[2]), (10.0, 5.0));
    assert_eq!((second[0], second[2]), (10.0, 6.0));
    assert_eq!(first[1], second[1], "the same uncertainties at every point of the grid");
}

#[test]
fn every_block_gives_the_same_rows() {
    let design = design(&["cluster.nodes=10..9000:31", "agent.period_s=1..600:17:log"]);
    let whole = design.block(0, design.rows()).expect("a block");
    for row in 0..design.rows() {
        assert_eq!(design.block(row, 1).expect("a block").values(row), whole.values(row));
    }
}

#[test]
fn samples_fill_the_cube() {
    // Mean and variance of a uniform number: 1/2 and 1/12. Independent numbers would miss by 3 / sqrt(12 n).
    for (method, bound) in
        [(Method::Sobol, 1e-3), (Method::Latin, 1e-3), (Method::Random, 3.0 / (12.0 * 4096.0_f64).sqrt())]
    {
        let sample = Sample { method, count: 4096, seed: 3 };
        for key in [0, 1, 7, 300] {
            let shares: Vec<f64> = (0..4096).map(|at| sample.share(at, key)).collect();
            assert!(shares.iter().all(|share| *share > 0.0 && *share < 1.0), "{method}");
            let mean = shares.iter().sum::<f64>() / 4096.0;
            assert!((mean - 0.5).abs() < bound, "{method} key {key}: {mean}");
        }
        // Keys are not copies of each other: the correlation of independent ones is below 4 / sqrt(n).
        let product = |a, b| (0..4096).map(|at| (sample.share(at, a) - 0.5) * (sample.share(at, b) - 0.5)).sum::<f64>();
        assert!((product(0, 1) / 4096.0 * 12.0).abs() < 4.0 / 64.0, "{method}");
        assert!(sample.share(5, 0) != Sample { seed: 4, ..sample }.share(5, 0), "the seed matters");
    }
}

#[test]
fn a_latin_hypercube_takes_every_slice_once() {
    for count in [1, 2, 3, 7, 100, 4096, 5000] {
        let sample = Sample { method: Method::Latin, count, seed: 11 };
        let mut slices: Vec<u64> = (0..count).map(|at| (sample.share(at, 2) * count as f64) as u64).collect();
        slices.sort_unstable();
        assert!(slices.into_iter().eq(0..count), "{count}");
    }
}

#[test]
fn sobol_goes_on_beyond_the_length_of_its_sequence() {
    let sample = Sample { method: Method::Sobol, count: 1 << 20, seed: 0 };
    let second: f64 = ((1 << 16)..(1 << 17)).map(|at| sample.share(at, 0)).sum::<f64>() / f64::from(1 << 16);
    assert!((second - 0.5).abs() < 1e-4, "a sequence of its own: {second}");
    assert!(sample.share(0, 0) != sample.share(1 << 16, 0));
}

#[test]
fn points_come_from_a_file() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("points.csv");
    fs::write(&path, "# mine\nagent.selector, cluster.nodes\nnode, 10\ncluster,20\n").expect("written");
    let print = |path: &std::path::Path| Some(Print { path: path.display().to_string(), rows: 0, hash: 0 });
    let both = Design::of(Words { points: print(&path), ..words(&["agent.period_s=5,6"]) }).expect("a design");
    assert_eq!((both.rows(), both.keys().len()), (4, 3));
    let rows: Vec<Vec<Value>> = (0..4).map(|row| both.block(row, 1).expect("a block").values(row)).collect();
    assert_eq!(rows[1], [Value::Text("cluster".into()), Value::Number(20.0), Value::Number(5.0)]);
    assert_eq!(rows[2], [Value::Text("node".into()), Value::Number(10.0), Value::Number(6.0)]);
    let all = both.block(0, 4).expect("a block");
    assert!(rows.iter().enumerate().all(|(row, values)| all.values(row as u64) == *values));
    for (text, wanted) in [
        ("cluster.nodes\n10\n0\n", "line 3"),
        ("cluster.nodse\n10\n", "cluster.nodes"),
        ("cluster.nodes,agent.period_s\n10\n", "line 2 has 1 fields"),
        ("cluster.nodes\n", "holds no point"),
        ("", "holds no point"),
        ("cluster.nodes,cluster.nodes\n1,2\n", "stands there twice"),
        ("cluster.nodes\n1.5\n", "whole number"),
        ("cluster.nodes\nmany\n", "line 2"),
    ] {
        fs::write(&path, text).expect("written");
        let error = refused(Words { points: print(&path), ..words(&[]) });
        assert!(error.contains(wanted), "{text:?}: {error}");
    }
}

#[test]
fn a_long_file_of_points_is_read_in_blocks() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("points.csv");
    let text = (1..=10_000).map(|nodes| nodes.to_string()).collect::<Vec<_>>().join("\n");
    fs::write(&path, format!("cluster.nodes\n{text}")).expect("written");
    let points = Some(Print { path: path.display().to_string(), rows: 0, hash: 0 });
    let design = Design::of(Words { points, ..words(&[]) }).expect("a design");
    for row in [0, 4095, 4096, 4097, 8192, 9999] {
        assert_eq!(numbers(&design, row), [row as f64 + 1.0]);
    }
}

#[test]
fn refusals_name_the_key_and_what_to_do() {
    let cases: [(&[&str], &str); 12] = [
        (&[], "nothing varies"),
        (&["cluster.nodes"], "has no `=`"),
        (&["cluster.nodse=1..2:2"], "did you mean `cluster.nodes`"),
        (&["cluster.nodes=0..5:3"], "below its smallest value 1"),
        (&["cluster.nodes=1..5"], "--sample sobol:N"),
        (&["cluster.nodes=1..5:1"], "one value"),
        (&["cluster.nodes=1..5:0"], "neither a number of values"),
        (&["agent.selector=1..2:2"], "cluster,node"),
        (&["agent.selector=nodes"], "does not know the word"),
        (&["rollout.soak_s=0..60:5:log"], "above 0"),
        (&["agent.period_s=1,2", "agent.period_s=3"], "varies twice"),
        (
            &["cluster.nodes=1..1000000:1000000", "agent.period_s=1..9:1000000", "agent.timeout_s=1..9:9"],
            "1,000,000,000,000",
        ),
    ];
    for (vary, wanted) in cases {
        let error = refused(words(vary));
        assert!(error.contains(wanted), "{vary:?}: {error}");
    }
    for sample in ["sobol", "sobol:0", "sobol:many", "halton:5"] {
        assert!(
            refused(Words { sample: Some(sample.into()), ..words(&["agent.period_s=1..2"]) }).contains("METHOD:COUNT")
        );
    }
    for spread in [
        "normal(5)",
        "normal(5,0)",
        "normal(5,1",
        "gauss(1,2)",
        "lognormal(5,1)",
        "triangular(1,5,2)",
        "normal(nan,1)",
        "uniform(0,0.01)",
    ] {
        let error = refused(Words { sample: Some("sobol:8".into()), ..words(&[&format!("agent.period_s={spread}")]) });
        assert!(error.contains("agent.period_s"), "{spread}: {error}");
    }
}
