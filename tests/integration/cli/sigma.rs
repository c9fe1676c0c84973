//! `hunt --sigma`.

use std::fs;
use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::json;

use crate::cli::{cartographer, demo};

const HEAD: &str = "logsource:\n  product: aws\n  service: cloudtrail\n";

/// Sigma rules, each with a query that finds the same events.
const RULES: [(&str, &str, &str); 8] = [
    (
        "a key for another user",
        "  selection:\n    eventSource: iam.amazonaws.com\n    eventName: CreateAccessKey\n  filter:\n    errorCode|contains: \
         denied\n  condition: selection and not filter\n",
        "event_key = 'iam:CreateAccessKey' AND error_code IS NULL",
    ),
    (
        "member of the request",
        "  s:\n    requestParameters.userName|startswith: SVC-\n  condition: s\n",
        "request_parameters->>'$.userName' LIKE 'svc-%'",
    ),
    (
        "member of no column",
        "  s:\n    additionalEventData.MFAUsed: 'no'\n    eventName: ConsoleLogin\n  condition: s\n",
        "extra->>'$.additionalEventData.MFAUsed' = 'No' AND event_name = 'ConsoleLogin'",
    ),
    (
        "null",
        "  s:\n    errorCode: null\n    eventName: GetSecretValue\n  condition: s\n",
        "error_code IS NULL AND event_name = 'GetSecretValue'",
    ),
    ("exists", "  s:\n    errorCode|exists: true\n  condition: s\n", "error_code IS NOT NULL"),
    (
        "network",
        "  s:\n    sourceIPAddress|cidr: 203.0.113.64/26\n  condition: s\n",
        "source_ip LIKE '203.0.113.%' AND split_part(source_ip, '.', 4)::INT BETWEEN 64 AND 127",
    ),
    (
        "regular expression",
        "  s:\n    eventName|re: '^(Stop|Delete)Logging$'\n  condition: s\n",
        "event_name IN ('StopLogging', 'DeleteLogging')",
    ),
    (
        "keyword",
        "  keywords: [prod-customer-exports]\n  condition: keywords\n",
        "concat_ws(' ', request_parameters, response_elements, extra, principal_arn, user_agent, error_message) ILIKE '%prod-customer-exports%'",
    ),
];

fn write(dir: &Path, name: &str, rules: &[(&str, &str)]) {
    let rule =
        |(title, detection): &(&str, &str)| format!("title: {title}\nlevel: high\n{HEAD}detection:\n{detection}");
    fs::write(dir.join(name), rules.iter().map(rule).collect::<Vec<_>>().join("---\n")).unwrap();
}

fn output(dir: &Path, args: &[&str]) -> String {
    let assert = cartographer(dir, args).assert().code(0);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn rules_find_the_same_events_as_queries() {
    let dir = demo();
    for (title, detection, sql) in RULES {
        write(dir.path(), "rule.yml", &[(title, detection)]);
        let hits = output(dir.path(), &["hunt", "--sigma", "rule.yml", "--format", "csv"]);
        let mut found: Vec<&str> = hits.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect();
        found.dedup();
        let query = format!("SELECT event_id FROM events WHERE {sql} ORDER BY event_time, event_id");
        let expected = output(dir.path(), &["sql", "--format", "csv", &query]);
        let expected: Vec<&str> = expected.lines().skip(1).collect();
        assert!(!expected.is_empty(), "{title}");
        assert_eq!(found, expected, "{title}");
    }
}

#[test]
fn hit_shows_rule_click_and_session() {
    let dir = demo();
    write(dir.path(), "rules.yml", &[("Key created", RULES[0].1)]);
    let hits = output(dir.path(), &["hunt", "--sigma", "rules.yml", "--format", "json"]);
    let hits: serde_json::Value = serde_json::from_str(&hits).unwrap();
    assert_eq!(hits[0]["title"], "Key created");
    assert_eq!((hits[0]["level"].as_str(), hits[0]["principal"].as_str()), (Some("high"), Some("nadia")));
    assert_eq!(hits[0]["click"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    assert_eq!(hits[0]["session_id"].as_str().map(str::len), Some(32));
    assert_eq!(hits.as_array().unwrap().len(), 1);
}

#[test]
fn correlation_counts_within_a_time_span() {
    let dir = demo();
    let correlation = |number: u32| {
        let rule =
            format!("title: Reads\nname: reads\n{HEAD}detection:\n  s:\n    eventName: GetObject\n  condition: s\n");
        let count = format!(
            "title: Many reads\nid: many\ncorrelation:\n  type: event_count\n  rules: reads\n  group-by: [sourceIPAddress]\n  \
             timespan: 1d\n  condition:\n    gte: {number}\n"
        );
        fs::write(dir.path().join("count.yml"), format!("{rule}---\n{count}")).unwrap();
        let mut command = cartographer(dir.path(), &["hunt", "--sigma", "count.yml", "--format", "csv", "--exit-code"]);
        command.assert()
    };
    correlation(10).code(3).stdout(contains("many,Many reads")).stdout(contains("reads,Reads").not());
    correlation(1_000_000).code(0).stderr(contains("the rule has no hits"));
}

#[test]
fn unconvertible_rules_are_listed_and_others_run() {
    let dir = demo();
    write(
        dir.path(),
        "a.yml",
        &[("\"Broken \\e[31m\"", "  s:\n    a|expand: x\n  condition: s\n"), (RULES[4].0, RULES[4].1)],
    );
    fs::write(
        dir.path().join("b.yaml"),
        "title: W\nlogsource:\n  product: windows\ndetection:\n  s: [x]\n  condition: s\n",
    )
    .unwrap();
    let assert = cartographer(dir.path(), &["hunt", "--sigma", ".", "--format", "csv"]).assert().code(4);
    let errors = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(
        errors.contains("not converted: ./a.yml: Broken ") && errors.contains("`expand` is not supported"),
        "{errors}"
    );
    assert!(!errors.contains('\u{1b}'), "{errors}");
    assert!(errors.contains("1 rule is for logs other than CloudTrail\n1 of 1 rule has hits\n"), "{errors}");
    cartographer(dir.path(), &["hunt", "--sigma", "case.duckdb.d"]).assert().code(1);
    cartographer(dir.path(), &["hunt", "--sigma", ".", "--exit-code"]).assert().code(3);
    fs::write(dir.path().join("c.yml"), "title: No logs\ndetection:\n  s: [x]\n  condition: s\n").unwrap();
    let assert = cartographer(dir.path(), &["hunt", "--sigma", "c.yml"]).assert().code(1);
    assert
        .stderr(contains("c.yml: No logs: the rule has no `logsource`"))
        .stderr(contains("there is no rule that can be run"));
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    cartographer(dir.path(), &["hunt", "--sigma", "empty"])
        .assert()
        .code(2)
        .stderr(contains("contains no Sigma rules"));
}

#[test]
fn saved_hits_are_in_timeline_report_and_exports() {
    let dir = demo();
    write(dir.path(), "rules.yml", &[("Key <b>created</b>", RULES[0].1), ("Logging, stopped", RULES[6].1)]);
    cartographer(dir.path(), &["timeline", "--sigma"]).assert().code(0).stderr(contains("nothing to show"));
    output(dir.path(), &["hunt", "--sigma", "rules.yml", "--save"]);
    output(dir.path(), &["hunt", "--sigma", "rules.yml", "--save"]);
    let hits = "SELECT title, level_number, principal, click, count(*) FROM sigma_hits GROUP BY ALL ORDER BY title";
    let hits = output(dir.path(), &["sql", "--format", "csv", hits]);
    let lines: Vec<&str> = hits.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "Key <b>created</b>,4,nadia,Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup,1",
            "\"Logging, stopped\",4,nadia,Stopped logging for trail prod-audit,1",
        ]
    );
    let timeline = output(dir.path(), &["timeline", "--sigma"]);
    assert!(timeline.contains("▸ Sigma high: Key <b>created</b>"), "{timeline}");
    assert_eq!(timeline.matches("▸ Sigma").count(), 2, "{timeline}");
    let report = output(dir.path(), &["report", "--format", "md"]);
    assert!(report.contains("2 Sigma rules were run on"), "{report}");
    assert!(report.contains("Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"));
    let page = output(dir.path(), &["report", "--format", "html"]);
    assert!(page.contains("Key &lt;b&gt;created&lt;/b&gt;") && !page.contains("Key <b>created"), "markup");
    let exported = output(dir.path(), &["export", "timesketch", "-o", "-"]);
    let tagged: Vec<&str> = exported.lines().filter(|line| line.contains("Logging; stopped")).collect();
    assert_eq!(tagged.len(), 1, "the comma in a tag must be replaced");
    let exported = output(dir.path(), &["export", "timesketch", "--events", "--format", "jsonl", "-o", "-"]);
    let tagged = exported.lines().filter(|line| line.contains(r#""tag":["Logging, stopped"]"#)).count();
    assert_eq!(tagged, 2, "the click and its event");
}

#[test]
fn events_loaded_later_are_reported_as_not_searched() {
    let dir = demo();
    write(dir.path(), "rules.yml", &[("Key created", RULES[0].1)]);
    output(dir.path(), &["hunt", "--sigma", "rules.yml", "--save"]);
    let record = r#"{"Records":[{"eventVersion":"1.08","eventID":"later-1","eventTime":"2026-03-12T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"GetUser","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userAgent":"aws-cli/2","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ann","accountId":"111122223333","userName":"ann"},"recipientAccountId":"111122223333"}]}"#;
    fs::write(dir.path().join("later.json"), record).unwrap();
    cartographer(dir.path(), &["load", "later.json", "--db", "case.duckdb"])
        .assert()
        .code(0)
        .stderr(contains("the saved Sigma hits do not cover all events"));
    let report = output(dir.path(), &["report", "--format", "md"]);
    assert!(report.contains("1 event was loaded later and was not searched"), "{report}");
}

/// Conditions on values that the case stores differently than the record, with the events that they must find.
const FORMS: [(&str, &str); 12] = [
    ("errorCode: Success", "a"),
    ("errorCode: ''", "b"),
    ("errorCode: null", "d f"),
    ("errorCode|exists: true", "a b c e"),
    ("userAgent: TruffleHog", "c"),
    ("userAgent|endswith: hog", "c"),
    ("userAgent|contains: hog, x", "c"),
    ("eventTime: '2026-03-01T12:00:00Z'", "a b c d e f"),
    ("eventTime|re: 'T12:00'", "a b c d e f"),
    ("userIdentity.sessionContext.attributes.creationDate|startswith: '2026-03-01T11'", "d"),
    ("requestParameters.cmd|re|m: '^two$'", "e"),
    ("userIdentity.userName|fieldref: requestParameters.users", "f"),
];

#[test]
fn values_are_compared_in_the_form_of_the_record() {
    let dir = tempfile::tempdir().unwrap();
    let record = |id: &str, more: serde_json::Value| {
        let mut record = json!({
            "eventVersion": "1.09", "eventID": id, "eventTime": "2026-03-01T12:00:00Z", "eventName": "ListUsers",
            "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "recipientAccountId": "111122223333",
            "userIdentity": { "type": "IAMUser", "userName": "alice", "accountId": "111122223333" },
        });
        let members = more.as_object().unwrap().clone();
        record.as_object_mut().unwrap().extend(members);
        record
    };
    let records = json!({ "Records": [
        record("a", json!({ "errorCode": "Success" })),
        record("b", json!({ "errorCode": "" })),
        record("c", json!({ "errorCode": "AccessDenied", "userAgent": ["TruffleHog", "x"] })),
        record("d", json!({ "errorCode": null, "userIdentity": { "type": "AssumedRole", "accountId": "111122223333",
            "sessionContext": { "attributes": { "creationDate": "2026-03-01T11:30:00Z" } } } })),
        record("e", json!({ "errorCode": "OK", "requestParameters": { "cmd": "one\ntwo" } })),
        record("f", json!({ "requestParameters": { "users": ["bob", "ALICE"] } })),
    ] });
    fs::write(dir.path().join("trail.json"), records.to_string()).unwrap();
    cartographer(dir.path(), &["load", "trail.json", "--db", "case.duckdb", "--quiet"]).assert().success();
    for (item, expected) in FORMS {
        write(dir.path(), "rule.yml", &[("a form", &format!("  s:\n    {item}\n  condition: s\n"))]);
        let hits = output(dir.path(), &["hunt", "--sigma", "rule.yml", "--format", "csv"]);
        let found: Vec<&str> = hits.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect();
        assert_eq!(found.join(" "), expected, "{item}");
    }
}

#[test]
fn rule_that_duckdb_rejects_does_not_stop_others() {
    let dir = demo();
    let good = ("good", "  s:\n    eventName: StopLogging\n  condition: s\n");
    let bad = ("bad", "  s:\n    eventName|re: '(?!x)y'\n  condition: s\n");
    write(dir.path(), "rules.yml", &[bad, good]);
    let mut hits = cartographer(dir.path(), &["hunt", "--sigma", "rules.yml", "--format", "csv"]);
    hits.assert()
        .code(4)
        .stdout(contains("good"))
        .stderr(contains("cannot run the rule \"bad\"").and(contains("1 of 1 rule has hits")));
    write(dir.path(), "rules.yml", &[bad]);
    let mut none = cartographer(dir.path(), &["hunt", "--sigma", "rules.yml"]);
    none.assert().code(1).stderr(contains("none of the rules can be run"));
}

#[test]
fn correlation_hides_hits_of_its_named_rule() {
    let dir = demo();
    let rule = "title: Each\nid: 11111111-1111-4111-8111-111111111111\nname: each\n";
    let of = |rules: &str| {
        format!(
            "title: Many\ncorrelation:\n  type: event_count\n  rules: [{rules}]\n  timespan: 7d\n  condition:\n    gte: 2\n"
        )
    };
    let detection = format!("{HEAD}detection:\n  s:\n    eventName: AssumeRole\n  condition: s\n");
    fs::write(dir.path().join("rules.yml"), format!("{rule}{detection}---\n{}", of("each"))).unwrap();
    let hits = output(dir.path(), &["hunt", "--sigma", "rules.yml", "--format", "csv"]);
    assert!(hits.contains("Many") && !hits.contains("Each"), "{hits}");
    let many = of("each").replacen("title: Many\n", "title: Many\nname: many\n", 1);
    let chained = of("many").replacen("title: Many", "title: More", 1);
    fs::write(dir.path().join("rules.yml"), format!("{rule}{detection}---\n{many}---\n{chained}")).unwrap();
    let mut hits = cartographer(dir.path(), &["hunt", "--sigma", "rules.yml"]);
    hits.assert().code(4).stderr(contains("More: a correlation of another correlation (`many`) is not supported"));
}
