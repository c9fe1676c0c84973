//! Filters of the timeline.

use serde_json::{Value, json};

use crate::serve::{column, serve_demo};

#[test]
fn each_filter_returns_only_matching_rows() {
    let server = serve_demo();
    let all_are = |query: &str, name: &str, value: &Value| {
        let answer = server.get_json(&format!("/api/timeline?{query}"));
        let rows = answer["rows"].as_array().unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row[name] == *value), "{query}: {answer}");
        answer["total"].as_u64().unwrap()
    };
    assert_eq!(all_are("", "class", &json!("click")), 39);
    assert_eq!(all_are("session=a5349670c9b59f03badbf76c964dde3f", "mfa", &json!(true)), 10);
    assert_eq!(all_are("service=iam", "service", &json!("iam")), 10);
    assert_eq!(all_are("kind=secret", "kind", &json!("secret")), 3);
    assert_eq!(all_are("region=us-east-1", "region", &json!("us-east-1")), 17);
    assert_eq!(all_are("principal=nadia", "principal", &json!("nadia")), 29);
    assert_eq!(all_are("show=background", "class", &json!("background")), 16);
    assert_eq!(all_are("show=command", "kind", &json!("command")), 5);
    assert_eq!(all_are("show=programmatic", "entry", &json!("event")), 2526 - 507 - 5);
    assert_eq!(all_are("outcome=failed&kind=secret", "error_code", &json!("AccessDenied")), 1);
    assert_eq!(all_are("outcome=denied", "denied", &json!(true)), 3);
    assert_eq!(all_are("technique=T1098.001", "attack", &json!(["T1098.001"])), 2);
    let (any, api) = ("show=click&show=command&show=programmatic", "show=programmatic");
    assert_eq!(all_are(&format!("{any}&ip=203.0.113.147"), "principal", &json!("svc-backup")), 47);
    assert_eq!(all_are(&format!("{any}&key=AKIAEXAMPLEJ3XHTZZXB"), "source_ip", &json!("203.0.113.147")), 47);
    assert_eq!(all_are(&format!("{api}&ip=203.0.113.147&kind=change"), "error_code", &json!("AccessDenied")), 1);
    assert_eq!(all_are(&format!("{api}&technique=T1530"), "title", &json!("s3:GetObject")), 44);
    assert_eq!(server.get_json("/api/timeline?show=residual")["total"], 0);
    // Rows of programs that stand out are part of all rows of programs.
    assert_eq!(all_are("show=found", "class", &json!("programmatic")), 62);
    assert_eq!(all_are("show=found&reason=exfiltration", "title", &json!("s3:GetObject")), 1);
    assert_eq!(all_are("show=found&show=programmatic", "class", &json!("programmatic")), 2526 - 507 - 5);
    let classes = server.get_json("/api/facets?show=click&show=found")["classes"].clone();
    let count =
        |class: &str| classes.as_array().unwrap().iter().find(|row| row["value"] == class).unwrap()["count"].clone();
    assert_eq!((count("click"), count("found")), (json!(39), json!(62)));
}

#[test]
fn values_of_a_filter_are_alternatives_and_filters_combine() {
    let server = serve_demo();
    let total = |query: &str| server.get_json(&format!("/api/timeline?{query}"))["total"].as_u64().unwrap();
    assert_eq!(total("service=iam&service=s3"), total("service=iam") + total("service=s3"));
    assert_eq!(total("show=click&show=background&show=command"), 60);
    assert_eq!(total("service=iam&principal=AWSReservedSSO_PowerUserAccess_0123456789abcdef/tomas"), 0);
    assert_eq!(total("entity_type=user&entity=svc-backup"), total("entity=svc-backup"));
    assert!(total("entity_type=user&entity=svc-backup") > 1);
    assert_eq!(total("entity_type=group&entity=svc-backup"), 0);
    // An access key that was only in a list on the screen is found by the entities that were seen, not by the summary.
    assert_eq!(total("search=akiaexamplehs73ls5l"), 0);
    assert_eq!(total("search=akiaexampleihs73ls5l"), total("entity=AKIAEXAMPLEIHS73LS5L"));
}

#[test]
fn actor_filter_includes_uses_of_created_credentials() {
    let server = serve_demo();
    let (nadia, any) = ("5db5e5e561c424e48ca9d0ce5bc9ff43", "show=click&show=command&show=residual&show=programmatic");
    let answer = server.get_json(&format!("/api/timeline?{any}&actor={nadia}"));
    assert_eq!(answer["total"], 34 + 47);
    assert_eq!(column(&answer, "principal").last().map(String::as_str), Some("svc-backup"));
    assert_eq!(server.get_json(&format!("/api/timeline?{any}&session={nadia}"))["total"], 34);
    assert_eq!(server.get_json(&format!("/api/timeline?{any}&session={nadia}&notable=true"))["total"], 13);
    assert_eq!(server.get_json(&format!("/api/timeline?{any}&actor=nobody"))["total"], 0);
}

#[test]
fn search_finds_values_that_alerts_may_contain() {
    let server = serve_demo();
    let sql = "SELECT event_id, request_id, access_key_id, principal_arn, source_ip, user_agent, request_parameters->>'$.key' \
        FROM events WHERE principal = 'svc-backup' AND event_key = 's3:GetObject' ORDER BY event_time LIMIT 1";
    let (_, answer) = server.sql(&json!({ "sql": sql }));
    let found = |text: &str, class: &str| {
        let text: String = text.bytes().flat_map(|byte| ['%'.to_string(), hex::encode_upper([byte])]).collect();
        server.get_json(&format!("/api/timeline?show={class}&search={text}"))["total"].as_u64().unwrap()
    };
    let values: Vec<&str> = answer["rows"][0].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    assert_eq!((found(values[0], "programmatic"), found(values[1], "programmatic")), (1, 1));
    for value in &values {
        assert!(found(value, "programmatic") > 0 && found(&value.to_uppercase(), "programmatic") > 0, "{value}");
    }
    assert_eq!(found("NoSuchEntity", "programmatic"), {
        let sql =
            "SELECT count(*) FROM event_signals WHERE class = 'programmatic' AND error_code LIKE '%NoSuchEntity%'";
        server.sql(&json!({ "sql": sql })).1["rows"][0][0].as_u64().unwrap()
    });
    // A click is found by the values in its events.
    let sql = "SELECT event_id, request_id, user_agent FROM events WHERE event_key = 'iam:CreateAccessKey' LIMIT 1";
    let (_, answer) = server.sql(&json!({ "sql": sql }));
    for value in answer["rows"][0].as_array().unwrap().iter().filter_map(|value| value.as_str()) {
        assert!(found(value, "click") > 0, "{value}");
    }
}

#[test]
fn time_range_includes_rows_that_started_earlier() {
    let server = serve_demo();
    let titles = |query: &str| column(&server.get_json(&format!("/api/timeline?{query}")), "time");
    let whole = titles("from=2026-03-11T19:39:03Z&to=2026-03-11T19:40:05Z");
    assert_eq!(whole, ["2026-03-11T19:39:03.000000Z"]);
    let lasting = titles("from=2026-03-11T19:39:05Z&to=2026-03-11T19:40:05.000001Z");
    assert_eq!(lasting, ["2026-03-11T19:39:03.000000Z", "2026-03-11T19:40:05.000000Z"]);
    assert_eq!(titles("from=2026-03-11T20%3A39%3A03%2B01:00&to=2026-03-11T19:40:05Z"), whole);
}

#[test]
fn invalid_parameters_are_named_in_the_error() {
    let server = serve_demo();
    for (query, problem) in [
        ("timeline?kind=frob", "kind=frob is not valid"),
        ("timeline?show=everything", "show=everything is not valid"),
        ("timeline?outcome=maybe", "outcome=maybe is not valid"),
        ("timeline?from=yesterday", "from=yesterday is not valid"),
        ("timeline?to=2026-03-11", "to=2026-03-11 is not valid"),
        ("timeline?order=up", "order=up is not valid"),
        ("density?bins=401", "bins=401 is not valid"),
        ("density?bins=0", "bins=0 is not valid"),
        ("sessions?sort=ips%3B", "sort=ips; is not valid"),
        ("sessions?descending=1", "descending=1 is not valid"),
        ("timeline?notable=yes", "notable=yes is not valid"),
        ("sessions?console=yes", "console=yes is not valid"),
        ("entities?sort=principals", "sort=principals is not valid"),
        ("export?format=pdf", "format=pdf is not valid"),
    ] {
        let (status, error, advice) = server.get_error(&format!("/api/{query}"));
        assert_eq!((status, error.as_str()), (400, problem));
        assert!(advice.starts_with("Expected "), "{query}: {advice}");
    }
}
