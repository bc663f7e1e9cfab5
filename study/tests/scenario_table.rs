//! The table of keys itself, read through scenario files: every row can be written, checked and explained.

use slackwater_core::bounds::{Default, Kind, Row, TABLE};
use slackwater_study::scenario::{Code, InputError, Origin, ScenarioFile, Source, Value, explain};

/// The key of a row with a name in place of `*`.
fn key(row: &Row) -> String {
    row.key.replace('*', "mine")
}

fn set(row: &Row, value: &str) -> Result<ScenarioFile, InputError> {
    let mut file = ScenarioFile::empty(TABLE);
    file.set(&format!("{}={value}", key(row))).map(|()| file)
}

fn refused(row: &Row, value: &str) -> Code {
    set(row, value).expect_err(&format!("{}={value}", row.key)).code()
}

#[test]
fn defaults_are_allowed_and_survive_writing() {
    for row in TABLE {
        let value = match row.default {
            Default::Number(x) => Value::Number(x),
            Default::Text(x) => Value::Text(x.to_owned()),
            Default::Boolean(x) => Value::Boolean(x),
            Default::Numbers(x) => Value::Numbers(x.to_vec()),
            Default::Words(x) => Value::Words(x.iter().map(|word| (*word).to_owned()).collect()),
            Default::Derived(_) | Default::Absent => continue,
        };
        let mut file = ScenarioFile::empty(TABLE);
        file.put(&key(row), &value, Origin::Default).unwrap_or_else(|error| panic!("{error}"));
        let again = ScenarioFile::parse(&Source::new("again.yaml", &file.to_yaml()), TABLE);
        assert_eq!(again.unwrap_or_else(|error| panic!("{error}")).value(&key(row)), Some(&value), "{}", row.key);
    }
}

#[test]
fn ranges_hold_at_both_ends() {
    for row in TABLE.iter().filter(|row| matches!(row.kind, Kind::Number | Kind::Integer)) {
        assert!(row.min < row.max && row.min.is_finite() && row.max.is_finite(), "{}", row.key);
        for end in [row.min, row.max] {
            assert_eq!(
                set(row, &format!("{end:e}")).ok().and_then(|file| file.number(&key(row))),
                Some(end),
                "{}",
                row.key
            );
        }
        let (below, above) = match row.kind {
            Kind::Integer => (row.min - 1.0, row.max + 1.0),
            _ => (row.min.next_down(), row.max.next_up()),
        };
        assert_eq!(refused(row, &format!("{below:e}")), Code::OutOfRange, "{}", row.key);
        assert_eq!(refused(row, &format!("{above:e}")), Code::OutOfRange, "{}", row.key);
        assert_eq!(refused(row, ".nan"), Code::NotFinite);
        assert_eq!(refused(row, "many"), Code::NumberWanted);
    }
}

#[test]
fn every_word_of_every_choice_can_be_written_bare() {
    for row in TABLE {
        let (Kind::Choice(words) | Kind::Choices(words)) = row.kind else { continue };
        for word in words {
            let typed = if matches!(row.kind, Kind::Choice(_)) { (*word).to_owned() } else { format!("[{word}]") };
            let file = set(row, &typed).unwrap_or_else(|error| panic!("{error}"));
            let again = ScenarioFile::parse(&Source::new("again.yaml", &file.to_yaml()), TABLE);
            assert_eq!(
                again.ok().as_ref().and_then(|file| file.value(&key(row))),
                file.value(&key(row)),
                "{}",
                row.key
            );
        }
    }
}

#[test]
fn every_key_is_explained() {
    for row in TABLE {
        let text = explain(TABLE, &key(row)).unwrap_or_else(|error| panic!("{error}"));
        assert!(text.starts_with(row.key) && text.contains(row.meaning), "{text}");
        if let Some((section, _)) = row.key.split_once('.') {
            assert!(explain(TABLE, section).is_ok_and(|table| table.contains(row.key)), "{section}");
        }
    }
}

#[test]
fn a_key_with_two_letters_swapped_is_found_again() {
    for row in TABLE {
        let (section, name) = row.key.rsplit_once('.').unwrap_or(("", row.key));
        let letters: Vec<char> = name.chars().collect();
        // Swapped at the end, where the similarity gives no credit for a common beginning of the whole.
        let Some([rest @ .., a, b]) = letters.get(..) else { continue };
        if a == b || rest.len() < 3 {
            continue;
        }
        let swapped: String = rest.iter().chain([b, a]).collect();
        let typed = if section.is_empty() { swapped } else { format!("{section}.{swapped}") }.replace('*', "mine");
        let error = ScenarioFile::empty(TABLE).set(&format!("{typed}=1")).expect_err(&typed);
        assert_eq!(error.details().nearest.as_deref(), Some(key(row).as_str()), "{typed}");
    }
}

#[test]
fn slips_are_answered_with_what_was_meant_or_with_nothing() {
    for (argument, wanted) in [
        ("cluster.node=5", Some("cluster.nodes")),
        ("fleet.nodes=5", Some("cluster.nodes")),
        ("nmae=x", Some("name")),
        ("apiserver.cores=4", Some("api_server.cores")),
        ("asumed.sizes=guess", Some("assumed.sizes")),
        ("trafic.mine.period_s=5", Some("traffic.mine.period_s")),
        ("dns.ttl=30", None),
        ("cluster.version=1.99", None),
        ("agent.encoding=prtobuf", Some("protobuf")),
    ] {
        let error = ScenarioFile::empty(TABLE).set(argument).expect_err(argument);
        assert_eq!(error.details().nearest.as_deref(), wanted, "{argument}");
    }
}

#[test]
fn a_key_without_its_unit_is_told_the_unit() {
    let told = |argument: &str| ScenarioFile::empty(TABLE).set(argument).expect_err(argument);
    for (argument, wanted) in [("agent.period=60", "agent.period_s"), ("api_server.memory=16", "api_server.memory_gib")]
    {
        let error = told(argument);
        assert_eq!((error.code(), error.details().nearest.as_deref()), (Code::UnitMissing, Some(wanted)), "{argument}");
    }
    for (argument, help) in [
        ("agent.period_s=5m", "agent.period_s is in seconds: write 300"),
        ("api_server.memory_gib=16384Mi", "api_server.memory_gib is in GiB: write 16"),
        ("agent.returned_share=5%", "write 0.05"),
        ("agent.retry_jitter=20%", "write 0.2"),
        ("rollout.controller_qps=1200/min", "rollout.controller_qps is in 1/s: write 20"),
        ("dns.server_loss_per_hour=0.01/h", "dns.server_loss_per_hour is in 1/h: write 0.01"),
    ] {
        let error = told(argument);
        assert_eq!((error.code(), error.details().help.as_str()), (Code::UnitTyped, help), "{argument}");
    }
}

#[test]
fn reasons_for_assumed_numbers_are_named_by_the_user() {
    let text = "name: demo\nassumed:\n  sizes: never published\n  period: a guess\n";
    let file = ScenarioFile::parse(&Source::new("my.yaml", text), TABLE).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(file.names("assumed.*"), ["period", "sizes"]);
    assert_eq!(file.text("name"), Some("demo"));
}
