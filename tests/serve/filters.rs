//! What the timeline can be filtered by.

use serde_json::{Value, json};

use crate::{column, served};

#[test]
fn each_filter_leaves_what_it_names() {
    let served = served();
    let all_are = |query: &str, name: &str, value: &Value| {
        let answer = served.ask(&format!("/api/timeline?{query}"));
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
    assert_eq!(all_are("technique=T1098.001", "attack", &json!(["T1098.001"])), 2);
    assert_eq!(served.ask("/api/timeline?show=residual")["total"], 0);
}

#[test]
fn values_of_one_filter_add_up_and_filters_narrow() {
    let served = served();
    let total = |query: &str| served.ask(&format!("/api/timeline?{query}"))["total"].as_u64().unwrap();
    assert_eq!(total("service=iam&service=s3"), total("service=iam") + total("service=s3"));
    assert_eq!(total("show=click&show=background&show=command"), 60);
    assert_eq!(total("service=iam&principal=AWSReservedSSO_PowerUserAccess_0123456789abcdef/tomas"), 0);
    assert_eq!(total("entity_type=user&entity=svc-backup"), total("entity=svc-backup"));
    assert!(total("entity_type=user&entity=svc-backup") > 1);
    assert_eq!(total("entity_type=group&entity=svc-backup"), 0);
    // An access key that only a list had on the screen is found by what was seen, not by what was said.
    assert_eq!(total("search=akiaexamplehs73ls5l"), 0);
    assert_eq!(total("search=akiaexampleihs73ls5l"), total("entity=AKIAEXAMPLEIHS73LS5L"));
}

#[test]
fn a_range_of_time_begins_with_what_lasted_into_it() {
    let served = served();
    let titles = |query: &str| column(&served.ask(&format!("/api/timeline?{query}")), "time");
    let whole = titles("from=2026-03-11T19:39:03Z&to=2026-03-11T19:40:05Z");
    assert_eq!(whole, ["2026-03-11T19:39:03.000000Z"]);
    let lasting = titles("from=2026-03-11T19:39:05Z&to=2026-03-11T19:40:05.000001Z");
    assert_eq!(lasting, ["2026-03-11T19:39:03.000000Z", "2026-03-11T19:40:05.000000Z"]);
    assert_eq!(titles("from=2026-03-11T20%3A39%3A03%2B01:00&to=2026-03-11T19:40:05Z"), whole);
}

#[test]
fn what_makes_no_sense_is_told_by_name() {
    let served = served();
    for (query, problem) in [
        ("timeline?kind=frob", "kind=frob makes no sense"),
        ("timeline?show=everything", "show=everything makes no sense"),
        ("timeline?outcome=maybe", "outcome=maybe makes no sense"),
        ("timeline?from=yesterday", "from=yesterday makes no sense"),
        ("timeline?to=2026-03-11", "to=2026-03-11 makes no sense"),
        ("timeline?order=up", "order=up makes no sense"),
        ("density?bins=401", "bins=401 makes no sense"),
        ("density?bins=0", "bins=0 makes no sense"),
        ("sessions?sort=ips%3B", "sort=ips; makes no sense"),
        ("sessions?descending=1", "descending=1 makes no sense"),
        ("sessions?console=yes", "console=yes makes no sense"),
        ("entities?sort=principals", "sort=principals makes no sense"),
        ("export?format=pdf", "format=pdf makes no sense"),
    ] {
        let (status, told, advice) = served.refused(&format!("/api/{query}"));
        assert_eq!((status, told.as_str()), (400, problem));
        assert!(advice.starts_with("It is "), "{query}: {advice}");
    }
}
