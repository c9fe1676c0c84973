//! Tests for converting Sigma rules.

use super::*;

const HEAD: &str = "title: Made up\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\ntags: [attack.t1098]\nlogsource:\n  product: aws\n  service: cloudtrail\n";

fn convert(detection: &str) -> Result<SigmaRule, String> {
    let text = format!("{HEAD}detection:\n{detection}");
    let (mut rules, errors) = parse(&[("made-up.yml".to_owned(), text)]);
    match errors.first() {
        Some(error) => Err(error.to_string()),
        None => Ok(rules.remove(0)),
    }
}

fn condition(detection: &str) -> String {
    let sql = convert(detection).unwrap().sql();
    let start = sql.find(" WHERE ").unwrap() + " WHERE ".len();
    sql[start..sql.len() - 1].to_owned()
}

#[test]
fn rule_metadata_is_in_every_row() {
    let rule = convert("  selection:\n    eventName: CreateUser\n  condition: selection\n").unwrap();
    assert_eq!((rule.title.as_str(), rule.level.as_deref()), ("Made up", Some("high")));
    assert_eq!(
        rule.sql(),
        "SELECT '11111111-1111-4111-8111-111111111111' AS rule_id, 'Made up' AS title, CAST('high' AS VARCHAR) AS level, \
         CAST(4 AS BIGINT) AS level_number, CAST(['attack.t1098'] AS VARCHAR[]) AS tags, event_id FROM (SELECT event_id FROM events WHERE \
         COALESCE(lower(\"event_name\") = 'createuser', FALSE))"
    );
}

#[test]
fn selection_joins_fields_with_and_values_with_or() {
    let found = condition("  s:\n    eventSource: iam.amazonaws.com\n    eventName: [A, B]\n  condition: s\n");
    assert_eq!(
        found,
        "(COALESCE(lower(\"event_source\") = 'iam.amazonaws.com', FALSE) AND \
         (COALESCE(lower(\"event_name\") = 'a', FALSE) OR COALESCE(lower(\"event_name\") = 'b', FALSE)))"
    );
}

#[test]
fn wildcards_and_modifiers_become_patterns() {
    let like = |item: &str| {
        let found = condition(&format!("  s:\n    {item}\n  condition: s\n"));
        let (_, pattern) = found.split_once("LIKE '").unwrap();
        pattern.split_once("' ESCAPE").unwrap().0.to_owned()
    };
    assert_eq!(like("eventName: 'Get*'"), "Get%");
    assert_eq!(like("eventName|contains: 100%_a"), r"%100\%\_a%");
    assert_eq!(like("eventName|startswith: 'a?b'"), "a_b%");
    assert_eq!(like(r"eventName|endswith: 'a\*b'"), "%a*b");
}

#[test]
fn encoded_values_match_all_variants() {
    let variants = |item: &str| {
        let found = condition(&format!("  s:\n    {item}\n  condition: s\n"));
        found.split("LIKE '").skip(1).map(|part| part.split_once("' ESCAPE").unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(variants("a|base64offset|contains: hello"), ["%aGVsbG%", "%hlbGxv%", "%oZWxsb%"]);
    assert_eq!(variants("a|wide|base64|contains: ab"), ["%YQBiAA==%"]);
    assert_eq!(variants("a|windash|contains: ' -x'"), ["% -x%", "% /x%", "% –x%", "% —x%", "% ―x%"]);
    assert_eq!(variants("a|windash|contains: a-b"), ["%a-b%"]);
}

#[test]
fn fieldref_compares_two_fields() {
    let of = |modifiers: &str| condition(&format!("  s:\n    eventName|{modifiers}: eventSource\n  condition: s\n"));
    assert_eq!(of("fieldref"), "COALESCE(COALESCE(lower(\"event_name\") = lower(\"event_source\"), FALSE), FALSE)");
    let list = condition("  s:\n    eventName|fieldref: requestParameters.a\n  condition: s\n");
    assert!(list.contains("lambda other: COALESCE(lower(\"event_name\") = lower(other), FALSE)"), "{list}");
    let ends = of("fieldref|endswith");
    assert!(ends.contains("ends_with(lower(\"event_name\"), lower(\"event_source\"))"), "{ends}");
}

#[test]
fn malicious_values_are_escaped() {
    let found = condition("  s:\n    eventName: \"x') OR 1=1 --\"\n    \"a'b|exists\": true\n  condition: s\n");
    assert!(found.contains("'x'') or 1=1 --'"), "{found}");
    assert!(found.contains("'$.\"a''b\"'"), "{found}");
}

#[test]
fn condition_operators_have_standard_precedence() {
    let searches = "  a: [x]\n  b: [y]\n  c_1: [z]\n  c_2: [w]\n";
    let with = |condition: &str| convert(&format!("{searches}  condition: {condition}\n")).map(|rule| rule.sql());
    let plain = with("a or b and not c_1").unwrap();
    assert_eq!(plain, with("a or (b and (not c_1))").unwrap());
    assert_ne!(plain, with("(a or b) and not c_1").unwrap());
    assert_eq!(with("1 of c_*").unwrap(), with("c_1 or c_2").unwrap());
    assert_eq!(with("all of *").unwrap(), with("all of them").unwrap());
    assert_eq!(with("1 of c*_*").unwrap(), with("c_1 or c_2").unwrap());
    assert_eq!(with("1 of *_*1*").unwrap(), with("c_1").unwrap());
    assert!(with("1 of *_*3").unwrap_err().contains("there is no search named `*_*3`"));
    assert_eq!(with("all of them").unwrap(), with("a and b and c_1 and c_2").unwrap());
}

#[test]
fn conversion_error_states_reason() {
    let cases = [
        ("  s:\n    a|expand: '%x%'\n  condition: s\n", "the modifier `expand` is not supported"),
        ("  s:\n    a|utf16le: x\n  condition: s\n", "UTF-16 without `base64` or `base64offset` is not supported"),
        ("  s:\n    a|cidr: 2001:db8::/33\n  condition: s\n", "the IPv6 network `2001:db8::/33` is not supported"),
        ("  s:\n    a|re|startswith: x\n  condition: s\n", "more than one comparison modifier is not supported"),
        ("  s:\n    a|fieldref|re: x\n  condition: s\n", "this combination of modifiers is not supported"),
        ("  s:\n    a|windash|gt: 5\n  condition: s\n", "a number or address comparison is not supported"),
        ("  s: [x]\n  condition: s and t\n", "the condition refers to `t`, which the rule does not define"),
        ("  s: [x]\n  condition: (s\n", "a parenthesis in the condition is not closed"),
        ("  s: [x]\n  condition: s | near t\n", "the aggregation `near t` is not supported"),
        ("  s: []\n  condition: s\n", "a search is empty"),
        ("  s: [x]\n", "the rule has no `condition`"),
        ("  s:\n    userIdentity|contains: x\n  condition: s\n", "the text of an object whose members are columns"),
    ];
    for (detection, expected) in cases {
        let error = convert(detection).unwrap_err();
        assert!(error.starts_with("made-up.yml: Made up: ") && error.contains(expected), "{error}");
    }
    let deep = format!("  s: [x]\n  condition: {}s{}\n", "(".repeat(100), ")".repeat(100));
    assert!(convert(&deep).unwrap_err().contains("nested deeper than 64 levels"));
}

#[test]
fn rules_for_other_logs_and_invalid_files_are_reported() {
    let other = "title: Windows\nlogsource:\n  product: windows\ndetection:\n  s: [x]\n  condition: s\n".to_owned();
    let (rules, errors) = parse(&[("w.yml".to_owned(), other), ("broken.yml".to_owned(), "a: [".to_owned())]);
    assert!(rules.is_empty());
    assert!(errors[0].problem.is_other_logs(), "{}", errors[0]);
    assert!(errors[1].to_string().starts_with("broken.yml: document 1: "), "{}", errors[1]);
}

#[test]
fn aggregation_without_timeframe_counts_whole_case() {
    let rule = convert("  s:\n    eventName: a\n  condition: s | count() by awsRegion > 5\n").unwrap().sql();
    assert!(rule.contains("count(*) OVER (PARTITION BY g0 ) AS n") && rule.contains("place = 1 AND n > 5"), "{rule}");
    assert!(!rule.contains("RANGE"), "{rule}");
}

#[test]
fn rule_without_log_source_is_invalid() {
    let errors = parse(&[("a.yml".to_owned(), "title: A\ndetection:\n  s: [x]\n  condition: s\n".to_owned())]).1;
    assert_eq!(errors[0].to_string(), "a.yml: A: the rule has no `logsource`");
    assert!(!errors[0].problem.is_other_logs());
}

#[test]
fn duplicate_rule_is_kept_once_and_level_is_checked() {
    let text = |level: &str| {
        let source = "logsource: { product: AWS, service: CloudTrail }";
        format!("title: A\nlevel: {level}\n{source}\ndetection:\n  s:\n    eventName: a\n  condition: s\n")
    };
    let twice = [("a.yml".to_owned(), text("high")), ("./a.yml".to_owned(), text("high"))];
    assert_eq!((parse(&twice).0.len(), parse(&twice).1), (1, Vec::new()));
    let errors = parse(&[("a.yml".to_owned(), text("hgih"))]).1;
    let message = "a.yml: A: the level `hgih` is not one of informational, low, medium, high, critical";
    assert_eq!(errors[0].to_string(), message);
}

#[test]
fn product_may_be_omitted() {
    let rule = "title: A\nlogsource:\n  service: cloudtrail\ndetection:\n  s:\n    eventName: a\n  condition: s\n";
    assert_eq!(parse(&[("a.yml".to_owned(), rule.to_owned())]).1, []);
}

#[test]
fn correlation_counts_hits_of_its_rules() {
    let rule = format!("{HEAD}name: failed\ndetection:\n  s:\n    eventName: ConsoleLogin\n  condition: s\n");
    let correlation = "title: Many\nid: many\ncorrelation:\n  type: event_count\n  rules: [failed]\n  group-by: \
                       [sourceIPAddress]\n  timespan: 5m\n  condition:\n    gte: 10\n";
    let (rules, errors) = parse(&[("all.yml".to_owned(), format!("{rule}---\n{correlation}"))]);
    assert_eq!(errors, []);
    let many = rules.iter().find(|rule| rule.id == "many").unwrap().sql();
    assert!(
        many.contains("PARTITION BY g0 ORDER BY event_time RANGE BETWEEN CURRENT ROW AND INTERVAL 300 SECOND"),
        "{many}"
    );
    assert!(many.contains("WHERE n >= 10"), "{many}");
}

#[test]
fn condition_that_repeats_long_search_is_rejected() {
    let values: Vec<String> = (0..20_000).map(|number| format!("      - name-{number}\n")).collect();
    let values = values.concat();
    let repeated = vec!["s"; 5_000].join(" or ");
    let error = convert(&format!("  s:\n    eventName:\n{values}  condition: {repeated}\n")).unwrap_err();
    assert!(error.contains("a rule whose query has more than 8 MiB"), "{error}");
}
