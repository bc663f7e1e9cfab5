//! Every way a scenario file can be wrong, and what is said about it.

mod scenario_rows;

use std::fmt::Write as _;

use scenario_rows::{parse, shown};
use slackwater_study::scenario::Code;

/// One snapshot a case: name, code, and the text of the file.
macro_rules! cases {
    ($($name:ident $code:ident $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text: &str = &$text;
            assert_eq!(parse(text).expect_err(text).code(), Code::$code);
            insta::assert_snapshot!(shown(text));
        })*
    };
}

cases! {
    unknown_key UnknownKey "cluster:\n  nodse: 5000\n";
    unknown_key_without_a_near_one UnknownKey "cluster:\n  zzz: 5000\n";
    unknown_key_under_a_chosen_name UnknownKey "traffic:\n  my-operator:\n    perod_s: 30\n";
    unknown_section UnknownSection "clutser:\n  nodes: 5000\n";
    unknown_section_without_a_near_one UnknownSection "quux:\n  nodes: 5000\n";
    key_at_the_top UnknownKey "nodes: 5000\n";
    share_typed_in_percent UnitTyped "fleet:\n  sizes: [1, 50%]\n";
    key_without_unit UnitMissing "agent:\n  period: 60\n";
    key_without_unit_under_a_chosen_name UnitMissing "traffic:\n  op:\n    period: 60\n";
    minutes_typed UnitTyped "agent:\n  period_s: 5m\n";
    hours_and_minutes_typed UnitTyped "agent:\n  period_s: 1h30m\n";
    milliseconds_typed UnitTyped "agent:\n  period_s: 700 ms\n";
    bytes_typed UnitTyped "cluster:\n  api:\n    memory_bytes: 8Gi\n";
    millicores_typed UnitTyped "cluster:\n  api:\n    cpu: 500m\n";
    thousands_typed UnitTyped "cluster:\n  nodes: 5k\n";
    unit_of_another_quantity UnitTyped "agent:\n  period_s: 5GB\n";
    unit_that_would_be_out_of_range UnitTyped "agent:\n  period_s: 9d\n";
    trillion_nodes OutOfRange "cluster:\n  nodes: 1000000000000\n";
    negative_time OutOfRange "agent:\n  period_s: -5\n";
    list_item_out_of_range OutOfRange "fleet:\n  sizes: [1.0, 1.5]\n";
    yaml_nan NotFinite "agent:\n  period_s: .nan\n";
    yaml_nan_capitals NotFinite "agent:\n  period_s: .NaN\n";
    yaml_infinity NotFinite "agent:\n  period_s: .inf\n";
    yaml_minus_infinity NotFinite "agent:\n  period_s: -.inf\n";
    bare_nan NotFinite "agent:\n  period_s: NaN\n";
    bare_infinity NotFinite "agent:\n  period_s: -Infinity\n";
    overflowing_number NotFinite "agent:\n  period_s: 1e999\n";
    nan_in_a_list NotFinite "fleet:\n  sizes:\n    - 1\n    - .nan\n";
    text_for_a_number NumberWanted "agent:\n  period_s: often\n";
    quoted_number NumberWanted "agent:\n  period_s: \"60\"\n";
    truth_value_for_a_number NumberWanted "agent:\n  period_s: true\n";
    number_for_text TextWanted "cluster:\n  name: 5\n";
    truth_value_for_text TextWanted "cluster:\n  name: true\n";
    long_text TextTooLong format!("cluster:\n  name: {}\n", "x".repeat(121));
    two_lines_of_text TextTooLong "cluster:\n  name: |\n    one\n    two\n";
    fraction_of_a_node IntegerWanted "cluster:\n  nodes: 2.5\n";
    unknown_word UnknownWord "agent:\n  selector: clutser\n";
    unknown_word_without_a_near_one UnknownWord "agent:\n  selector: quux\n";
    unknown_word_in_a_list UnknownWord "fleet:\n  gates: [steady, surgee]\n";
    word_for_a_switch BooleanWanted "agent:\n  watch_cache: maybe\n";
    quoted_switch BooleanWanted "agent:\n  watch_cache: \"yes\"\n";
    list_for_a_number ListGiven "cluster:\n  nodes: [1, 2]\n";
    list_of_one_for_a_number ListGiven "cluster:\n  nodes:\n    - 5000\n";
    number_for_a_list ListWanted "fleet:\n  sizes: 0.5\n";
    long_list ListTooLong format!("fleet:\n  sizes: [{}]\n", ["0.5"; 17].join(", "));
    list_in_a_list NumberWanted "fleet:\n  sizes: [1, [0.5]]\n";
    bad_clock ClockWanted "rollout:\n  start: 25:00\n";
    number_for_a_clock ClockWanted "rollout:\n  start: 1513\n";
    empty_file Empty "";
    comments_only Empty "# cluster:\n#   nodes: 5\n";
    null_file Empty "---\n";
    list_file NotAMap "- cluster\n- agent\n";
    scalar_file NotAMap "hello\n";
    missing_space_after_colon NotAMap "cluster:5000\n";
    duplicate_key DuplicateKey "cluster:\n  nodes: 5\n  name: a\n  nodes: 6\n";
    duplicate_section DuplicateKey "cluster:\n  nodes: 5\nagent:\n  period_s: 6\ncluster:\n  name: a\n";
    duplicate_dotted DuplicateKey "cluster:\n  nodes: 5\ncluster.nodes: 6\n";
    tab_indent TabIndent "cluster:\n\tnodes: 5\n";
    broken_bracket BrokenYaml "fleet:\n  sizes: [1, 0.5\nagent:\n  period_s: 60\n";
    broken_quote BrokenYaml "cluster:\n  name: \"abc\nagent:\n  period_s: 60\n";
    missing_colon BrokenYaml "cluster:\n  nodes: 5\n  name\n";
    empty_key BrokenYaml "cluster:\n  : 5\n";
    null_value NoValue "cluster:\n  nodes:\n";
    tilde_value NoValue "cluster:\n  nodes: ~\n";
    null_in_a_list NoValue "fleet:\n  sizes: [1, null]\n";
    empty_section NoValue "cluster:\nagent:\n  period_s: 5\n";
    keys_not_indented NoValue "cluster:\nnodes: 5\n";
    indented_too_far OverIndented "cluster:\n  nodes: 5000\n    name: a\n";
    value_over_two_lines OverIndented "cluster:\n  nodes: 5000\n    more\n  name: a\n";
    section_as_number SectionGivenValue "cluster: 5000\n";
    section_as_list SectionGivenValue "cluster:\n  - nodes: 5000\n";
    misspelt_key_among_names SectionGivenValue "traffic:\n  scael: 2\n";
    key_as_section KeyGivenMap "cluster:\n  nodes:\n    count: 5000\n";
    bad_name BadName "traffic:\n  my operator:\n    period_s: 30\n";
    bad_name_dotted BadName "traffic.my operator.period_s: 30\n";
    long_name BadName format!("traffic:\n  {}:\n    period_s: 30\n", "x".repeat(64));
    empty_name BadName "traffic:\n  \"\":\n    period_s: 30\n";
    two_documents SeveralDocuments "cluster:\n  nodes: 5\n---\ncluster:\n  nodes: 6\n";
    unknown_alias BrokenYaml "cluster:\n  nodes: *there\n";
    deep_nesting TooComplex format!("cluster: {}1{}\n", "[".repeat(20), "]".repeat(20));
    several_errors UnknownKey "cluster:\n  nodse: 5\n  name: 7\nagent:\n  period_s: -1\n";
    wide_characters UnknownKey "cluster:\n  name: 日本語\n  节点: 5\n";
    control_characters UnknownKey "cluster:\n  \"a\\e[31mb\": 5\n";
    control_characters_in_a_dotted_key UnknownKey "\"a\\e[31m.b\": 5\n";
    windows_line_ends OutOfRange "cluster:\r\n  nodes: 0\r\n  name: a\r\n";
    byte_order_mark OutOfRange "\u{feff}cluster: {nodes: 0}\n";
    error_through_an_alias OutOfRange "rollout:\n  soak_s: &x 100000\nagent:\n  period_s: *x\n";
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} [{aliases}]");
    }
    let error = parse(&text).expect_err("nine to the ninth values");
    assert_eq!(error.code(), Code::TooComplex);
}

#[test]
fn more_values_than_any_scenario_needs_are_refused() {
    let many = |count: usize| format!("fleet:\n  sizes: [{}]\n", vec!["1"; count].join(","));
    assert_eq!(parse(&many(19_000)).expect_err("too long a list").code(), Code::ListTooLong);
    assert_eq!(parse(&many(21_000)).expect_err("too many values").code(), Code::TooComplex);
}

#[test]
fn merge_keys_are_not_a_back_door() {
    let text = "traffic:\n  a: &a\n    period_s: 5\n  b:\n    <<: *a\n";
    assert_eq!(parse(text).expect_err(text).code(), Code::UnknownKey);
}

#[test]
fn every_code_has_its_own_number_in_order() {
    let numbers = Code::ALL.iter().map(|code| code.id().trim_start_matches("SW").parse::<usize>());
    assert!(numbers.eq((1..=Code::ALL.len()).map(Ok)));
}
