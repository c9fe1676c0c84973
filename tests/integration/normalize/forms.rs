//! Unusual records: other versions, other kinds of event, other log shippers, and invalid records.

use cartographer::event::{Event, Timestamp};
use cartographer::normalize;
use serde_json::{Value, json};

use crate::normalize::{TIME, absent, event, extra, record, refusal};

#[test]
fn missing_event_id_is_derived_from_content() {
    let members = json!({ "eventID": absent() });
    let text = record(&members);
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
    let id = event(&text).event_id.into_owned();
    assert_eq!(id.len(), 36);
    assert_eq!(event(&pretty).event_id, id);
    let other = record(&json!({ "eventID": absent(), "eventName": "ListRoles" }));
    assert_ne!(event(&other).event_id, id);
    for empty in [json!(""), Value::Null] {
        let text = record(&json!({ "eventID": empty }));
        assert_eq!(event(&text).event_id.len(), 36);
    }
}

#[test]
fn original_id_that_looks_derived_is_kept() {
    let id = "44136fa3-55b3-878a-9146-ad16f7e8649e";
    let text = record(&json!({ "eventID": id }));
    assert_eq!(event(&text).event_id, id);
}

#[test]
fn record_of_2014_without_type_and_ids_is_read() {
    let text = record(&json!({
        "eventVersion": "1.0", "eventType": absent(), "eventID": absent(), "requestID": absent(),
        "recipientAccountId": absent(), "eventCategory": absent(), "readOnly": absent()
    }));
    let event = event(&text);
    assert_eq!((event.event_version.as_deref(), event.event_type.as_deref()), (Some("1.0"), None));
    assert_eq!((event.read_only, event.account_id()), (None, Some("111122223333")));
}

#[test]
fn insight_call_is_read_from_its_details() {
    let details =
        json!({ "state": "Start", "eventSource": "ssm.amazonaws.com", "eventName": "UpdateInstanceInformation" });
    let insight = json!({
        "eventSource": absent(), "eventName": absent(), "userIdentity": absent(), "insightDetails": details,
        "eventType": "AwsCloudTrailInsight", "eventCategory": "Insight", "sharedEventID": "b"
    });
    let text = record(&insight);
    let found = event(&text);
    assert_eq!(
        (found.key().as_str(), &*found.event_id),
        ("ssm:UpdateInstanceInformation", "2df05a9f-0f79-42d3-b5d5-f5cc6c312fb1")
    );
    assert_eq!(extra(&found)["insightDetails"], details);

    let text = record(&json!({ "insightDetails": { "eventSource": "ssm.amazonaws.com", "eventName": "X" } }));
    assert_eq!(event(&text).key(), "iam:ListUsers");
    let text = record(&json!({ "eventName": absent(), "insightDetails": "none" }));
    assert_eq!(refusal(&text), "trail.json: eventName is missing");
}

#[test]
fn network_activity_event_is_read() {
    let text = record(&json!({
        "eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity", "errorCode": "VpceAccessDenied",
        "userIdentity": { "type": "AWSAccount", "principalId": "AIDAOTHER", "accountId": "444455556666" },
        "vpcEndpointId": "vpce-0a", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt"
    }));
    let event = event(&text);
    assert_eq!(
        (event.event_category.as_deref(), event.identity.principal.as_deref()),
        (Some("NetworkActivity"), Some("AIDAOTHER"))
    );
    assert_eq!(event.vpc_endpoint_id.as_deref(), Some("vpce-0a"));
}

#[test]
fn other_time_formats_are_parsed() {
    for time in [
        json!("2024-04-13T05:12:00.000Z"),
        json!("2024-04-13T16:12:00+11:00"),
        json!("2024-04-13 16:12:00+11:00"),
        json!(1_712_985_120),
        json!(1_712_985_120_000_i64),
        json!(1_712_985_120.0),
    ] {
        let text = record(&json!({ "eventTime": time }));
        let event = event(&text);
        assert_eq!(event.event_time, TIME, "{time}");
        assert_eq!(extra(&event)["eventTime"], time);
    }
}

#[test]
fn logstash_timestamp_is_used_if_event_time_is_missing() {
    let shipped = json!({ "eventTime": absent(), "@timestamp": "2024-04-13T05:12:00.000Z", "@version": "1" });
    let text = record(&shipped);
    assert_eq!(event(&text).event_time, TIME);
    let text = record(&json!({ "@timestamp": "2024-04-13T05:20:00.000Z" }));
    assert_eq!(event(&text).event_time, TIME);
}

#[test]
fn invalid_event_is_refused_with_the_reason() {
    assert_eq!(refusal("[1]"), "trail.json: a record must be a JSON object");
    assert_eq!(refusal("{\"a\": 1,\n}"), "trail.json: invalid JSON at line 2, column 1");
    for name in ["eventTime", "eventSource", "eventName"] {
        let mut members = json!({});
        for value in [absent(), Value::Null] {
            members[name] = value;
            assert_eq!(refusal(&record(&members)), format!("trail.json: {name} is missing"));
        }
    }
    assert_eq!(
        refusal(&record(&json!({ "eventTime": "foo\u{1b}[31m" }))),
        "trail.json: eventTime is unreadable: \\\"foo\\\\u001b[31m\\\""
    );
    let long = refusal(&record(&json!({ "eventTime": "x".repeat(5000) })));
    assert!(long.len() < 120 && long.ends_with('…'), "{long}");
}

#[test]
fn invalid_unicode_is_replaced() {
    let text = record(&json!({ "userAgent": "UA" })).replace("\"UA\"", r#""a\ud800b\\ud800 ü\n""#);
    let event = normalize::event(&text, "trail.json").unwrap();
    assert_eq!(event.user_agent.as_deref(), Some("a\u{fffd}b\\ud800 ü\n"));
    assert!(event.extra.unwrap().contains(r#""userAgent":"a\ud800b\\ud800 ü\n""#));
}

#[test]
fn escaped_member_names_are_kept() {
    let text = record(&json!({ "quo\"te\n": { "deep": [1.5, -0.0, 1e300] }, "é": "\u{0}" }));
    assert_eq!(extra(&event(&text))["quo\"te\n"]["deep"][0], 1.5);
}

#[test]
fn invalid_row_cannot_be_rebuilt() {
    let text = record(&json!({}));
    let refused = |row: &Event<'_>| normalize::rebuild(row).unwrap_err().to_string();
    let broken = Event { extra: Some("{".into()), ..event(&text) };
    assert!(refused(&broken).starts_with("extra is not JSON"), "{}", refused(&broken));
    let broken = Event { response_elements: Some("}".into()), ..event(&text) };
    assert!(refused(&broken).starts_with("response_elements is not JSON"), "{}", refused(&broken));
    let broken = Event { event_time: Timestamp(i64::MAX), ..event(&text) };
    assert_eq!(refused(&broken), format!("the time {} µs is out of range", i64::MAX));
}
