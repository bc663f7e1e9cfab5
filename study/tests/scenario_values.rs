//! What a valid file gives, how files are laid over each other, and that they survive writing and reading.

mod scenario_rows;

use proptest::prelude::*;
use scenario_rows::{ROWS, parse};
use slackwater_study::scenario::{Code, InputError, Origin, ScenarioFile, Source, Value, explain};

const FULL: &str = "\
cluster:
  nodes: 750
  name: \"one: two\"
  api: {memory_bytes: 8e9, cpu: 0.6}
agent:
  period_s: 60
  selector: off
  watch_cache: no
rollout:
  start: 15:13
fleet:
  sizes: [1.0, 0.5, 0.1]
  gates:
    - steady
    - failover
traffic:
  my-operator:
    period_s: 30
  b:
    clients: 3
    period_s: 5
  scale: 2
";

fn full() -> ScenarioFile {
    parse(FULL).expect("valid")
}

#[test]
fn every_kind_is_read() {
    let file = full();
    assert_eq!(file.number("cluster.nodes"), Some(750.0));
    assert_eq!(file.text("cluster.name"), Some("one: two"));
    assert_eq!(file.number("cluster.api.memory_bytes"), Some(8e9));
    assert_eq!(file.number("cluster.api.cpu"), Some(0.6));
    assert_eq!(file.text("agent.selector"), Some("off"));
    assert_eq!(file.boolean("agent.watch_cache"), Some(false));
    assert_eq!(file.text("rollout.start"), Some("15:13"));
    assert_eq!(file.numbers("fleet.sizes"), Some(&[1.0, 0.5, 0.1][..]));
    assert_eq!(file.words("fleet.gates"), Some(&["steady".to_owned(), "failover".to_owned()][..]));
    assert_eq!(file.number("rollout.soak_s"), None);
    assert_eq!(file.number("cluster.name"), None);
    assert_eq!(file.values().count(), 14);
}

#[test]
fn a_written_name_wins_over_a_chosen_one() {
    let error = parse("traffic: {background: {clients: 1.5}}").expect_err("counts");
    assert_eq!(error.code(), Code::IntegerWanted);
    assert_eq!(parse("traffic: {other: {clients: 1.5}}").expect("valid").number("traffic.other.clients"), Some(1.5));
}

#[test]
fn words_that_other_readers_take_for_truth_values_stay_text() {
    for word in ["yes", "off", "On", "NO"] {
        let file = parse(&format!("cluster: {{name: {word}}}\nagent: {{watch_cache: {word}}}")).expect(word);
        assert_eq!(file.text("cluster.name"), Some(word));
        assert_eq!(file.boolean("agent.watch_cache"), Some(matches!(word, "yes" | "On")));
    }
}

#[test]
fn names_the_user_chose() {
    assert_eq!(full().names("traffic.*"), ["b", "my-operator"]);
    assert_eq!(full().names("cluster.*"), Vec::<&str>::new());
    assert_eq!(full().names(""), Vec::<&str>::new());
}

#[test]
fn origins_name_line_and_column() {
    let mut file = full();
    let at = Origin::File { file: "my.yaml".into(), line: 2, column: 10 };
    assert_eq!(file.origin("cluster.nodes"), Some(&at));
    file.set("cluster.nodes=8").expect("valid");
    assert_eq!(file.origin("cluster.nodes").map(ToString::to_string).as_deref(), Some("--set cluster.nodes=8"));
    file.put("cluster.nodes", &Value::Number(9.0), Origin::Derived).expect("valid");
    assert_eq!((file.number("cluster.nodes"), file.origin("cluster.nodes")), (Some(9.0), Some(&Origin::Derived)));
}

#[test]
fn put_checks_like_a_file() {
    let error = full().put("cluster.nodes", &Value::Number(f64::NAN), Origin::Default).expect_err("NaN");
    assert_eq!(error.code(), Code::NotFinite);
    for word in ["a\"b\\c", "a\u{2028}b", "", " a ", "# a", "=", "1e5", "~"] {
        let word = Value::Text(word.into());
        let mut file = full();
        file.put("cluster.name", &word, Origin::Default).expect("valid text");
        assert_eq!(file.value("cluster.name"), Some(&word));
        assert_eq!(values(&parse(&file.to_yaml()).expect("its own output")), values(&file));
    }
    for word in ["a\nb", "a\tb", "\u{85}", "\u{feff}a", "\u{1b}[0m"] {
        let error = full().put("cluster.name", &Value::Text(word.into()), Origin::Default).expect_err(word);
        assert_eq!(error.code(), Code::TextTooLong);
    }
}

#[test]
fn a_variant_is_laid_over_its_base() {
    let base = full().of_case("base");
    let variant = ScenarioFile::parse(&Source::new("v.yaml", "cluster: {nodes: 9}\nrollout: {soak_s: 5}"), &ROWS);
    let file = base.overlay(&variant.expect("valid"));
    assert_eq!(file.number("cluster.nodes"), Some(9.0));
    assert_eq!(file.number("rollout.soak_s"), Some(5.0));
    assert_eq!(file.number("agent.period_s"), Some(60.0));
    assert_eq!(file.origin("agent.period_s"), Some(&Origin::Case("base".into())));
    assert_eq!(file.origin("cluster.nodes").map(ToString::to_string).as_deref(), Some("v.yaml:1:18"));
}

#[test]
fn blame_shows_the_place() {
    let error = full().blame("fleet.sizes", "3 sizes for 2 groups", "remove one size");
    insta::assert_snapshot!(error.render(false));
}

#[test]
fn all_errors_can_be_had() {
    let text = "cluster: {nodse: 1, nodes: 0}\nagent: {period_s: 5m}\n";
    let errors = ScenarioFile::parse_all(&Source::new("my.yaml", text), &ROWS).expect_err("three errors");
    let codes: Vec<Code> = errors.iter().map(InputError::code).collect();
    assert_eq!(codes, [Code::UnknownKey, Code::OutOfRange, Code::UnitTyped]);
    assert_eq!(parse(text).expect_err("three errors").details().more, 2);
}

#[test]
fn written_as_yaml() {
    insta::assert_snapshot!(full().to_yaml());
    assert_eq!(ScenarioFile::empty(&ROWS).to_yaml(), "{}\n");
}

/// The values alone: lines differ after writing.
fn values(file: &ScenarioFile) -> Vec<(String, Value)> {
    file.values().map(|(key, value, _)| (key.to_owned(), value.clone())).collect()
}

/// Text of one line, of any characters a person could type.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", "[a-z0-9.:#'\"\\\\ -]{0,40}", Just("null".to_owned()), Just("1e5".to_owned())]
        .prop_filter("no byte order mark", |text| !text.contains('\u{feff}'))
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same(
        nodes in 1_u32..=1_000_000,
        period in 0.001_f64..=86_400.0,
        memory in 0.0_f64..=1e13,
        name in text(),
        user in "[A-Za-z0-9_-]{1,20}",
        sizes in prop::collection::vec(0.0_f64..=1.0, 0..=16),
        switch: bool,
    ) {
        let mut file = ScenarioFile::empty(&ROWS);
        let values_put = [
            ("cluster.nodes".to_owned(), Value::Number(f64::from(nodes))),
            ("agent.period_s".to_owned(), Value::Number(period)),
            ("cluster.api.memory_bytes".to_owned(), Value::Number(memory)),
            ("cluster.name".to_owned(), Value::Text(name)),
            (format!("traffic.{user}.period_s"), Value::Number(period)),
            ("fleet.sizes".to_owned(), Value::Numbers(sizes)),
            ("agent.watch_cache".to_owned(), Value::Boolean(switch)),
        ];
        for (key, value) in &values_put {
            file.put(key, value, Origin::Default).unwrap();
            prop_assert_eq!(file.value(key), Some(value));
        }
        let again = parse(&file.to_yaml()).unwrap();
        prop_assert_eq!(values(&again), values(&file));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        never_panics(&bytes);
    }

    #[test]
    fn arbitrary_yaml_like_text_never_panics(text in "[a-c:&*\\[\\]{},\\-\"'#|>!%@`\\\\ \\n\\r\\t0-9é日.]{0,200}") {
        never_panics(text.as_bytes());
    }

    #[test]
    fn a_changed_valid_file_never_panics(
        edits in prop::collection::vec((0..FULL.len(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = FULL.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at % bytes.len().max(1);
            match how {
                0 => bytes.insert(at, byte),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(8)),
            }
        }
        never_panics(&bytes);
    }

    #[test]
    fn anything_can_be_asked(query in "[a-z.*\\PC]{0,30}") {
        let file = full();
        prop_assert!(file.names(&query).len() <= 2);
        prop_assert!(file.value(&query).is_none_or(|_| explain(&ROWS, &query).is_ok()));
        if let Err(error) = explain(&ROWS, &query) {
            prop_assert!(error.render(false).contains("SW034"));
            prop_assert!(error.render(false).bytes().all(|byte| byte != 0x1b));
        }
    }

    #[test]
    fn arbitrary_arguments_never_panic(argument in "\\PC{0,60}", value in "\\PC{0,60}") {
        for argument in [argument, format!("cluster.name={value}"), format!("fleet.sizes={value}")] {
            if let Err(error) = full().set(&argument) {
                prop_assert!(!error.render(true).is_empty());
                prop_assert!(error.to_json().is_object());
            }
        }
    }
}

/// Reads bytes as a scenario; every error must also show itself in every form.
fn never_panics(bytes: &[u8]) {
    let read = Source::from_bytes("any.yaml", bytes).map_err(|error| vec![error]);
    match read.and_then(|source| ScenarioFile::parse_all(&source, &ROWS)) {
        Ok(file) => assert_eq!(values(&parse(&file.to_yaml()).expect("its own output")), values(&file)),
        Err(errors) => {
            for error in errors {
                assert!(error.render(false).contains(error.code().id()));
                assert!(error.to_json().is_object());
            }
        }
    }
}

#[test]
fn hostile_files_of_the_largest_size_are_answered() {
    use slackwater_study::scenario::MAX_BYTES;
    let fill = |piece: &str| piece.repeat(MAX_BYTES / piece.len());
    for text in [
        fill("["),
        fill("{a: "),
        fill("- "),
        fill("a: 1\n"),
        fill("? "),
        fill("&a "),
        fill("\t"),
        fill("\n"),
        fill("é"),
        fill("\"\\u0000"),
        format!("cluster: {{name: {}}}", "x".repeat(MAX_BYTES - 20)),
        format!("cluster:\n{}", (0..50_000).fold(String::new(), |text, n| text + &format!("  k{n}: 1\n"))),
        format!("cluster:\n{}", (0..9_000).fold(String::new(), |text, n| text + &format!("  k{n}: 1\n"))),
    ] {
        never_panics(text.as_bytes());
    }
}
