//! Properties of every record.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use cartographer::normalize;

/// Any small JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        ".{0,12}".prop_map(Value::String),
        meaningful_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Text with a special meaning in some member of a record.
fn meaningful_text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "-",
        "true",
        "True",
        "false",
        "200",
        "Success",
        "AWS Internal",
        "IAMUser",
        "AssumedRole",
        "Root",
        "2024-04-13T05:11:21Z",
        "2024-04-13T05:11:21.5Z",
        "2024-02-30T05:11:21Z",
        "203.0.113.7",
        "::1",
        "arn:aws:sts::1:assumed-role/Admin/bob",
        "arn:aws:iam::1:user/é",
        "44136fa3-55b3-878a-9146-ad16f7e8649e",
        "2df05a9f-0f79-42d3-b5d5-f5cc6c312fb1",
        "1712985120",
    ])
}

/// The name of a member: a known name at some level, or any other.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "eventVersion",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
        "requestID",
        "eventID",
        "readOnly",
        "eventType",
        "recipientAccountId",
        "eventCategory",
        "sessionCredentialFromConsole",
        "insightDetails",
        "@timestamp",
        "userIdentity",
        "type",
        "principalId",
        "arn",
        "accountId",
        "accessKeyId",
        "userName",
        "sessionContext",
        "invokedBy",
        "onBehalfOf",
        "sessionIssuer",
        "attributes",
        "creationDate",
        "mfaAuthenticated",
        "managementEvent",
        "EventID",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn object(members: std::ops::Range<usize>) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((name(), value()), members).prop_map(|members| members.into_iter().collect())
}

/// A `userIdentity` with mostly plausible nested objects.
fn identity() -> impl Strategy<Value = Value> {
    (object(0..5), object(0..3), object(0..3), object(0..3)).prop_map(|(mut user, mut context, issuer, attributes)| {
        context.insert("sessionIssuer".into(), Value::Object(issuer));
        context.insert("attributes".into(), Value::Object(attributes));
        user.insert("sessionContext".into(), Value::Object(context));
        Value::Object(user)
    })
}

/// A record with a time and a call, and any other members.
fn record() -> impl Strategy<Value = Value> {
    let time = prop::sample::select(vec![
        json!("2024-04-13T05:11:21Z"),
        json!("2024-04-13T16:11:21.25+11:00"),
        json!(1_712_985_120_123_i64),
    ]);
    let identity = prop_oneof![4 => identity(), 1 => value()];
    (object(0..14), identity, time).prop_map(|(mut record, identity, time)| {
        record.insert("userIdentity".into(), identity);
        record.insert("eventTime".into(), time);
        record.insert("eventSource".into(), json!("iam.amazonaws.com"));
        record.insert("eventName".into(), json!("ListUsers"));
        Value::Object(record)
    })
}

proptest! {
    #[test]
    fn every_record_can_be_rebuilt(record in record(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&record) } else { serde_json::to_string(&record) }.unwrap();
        let event = normalize::event(&text, "trail.json").unwrap();
        let parsed: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(Value::Object(normalize::rebuild(&event).unwrap()), parsed);
    }

    #[test]
    fn possible_record_can_be_rebuilt_or_is_refused(record in object(0..14)) {
        let text = Value::Object(record).to_string();
        if let Ok(event) = normalize::event(&text, "trail.json") {
            let parsed: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Value::Object(normalize::rebuild(&event).unwrap()), parsed);
        }
    }

    #[test]
    fn arbitrary_text_is_parsed_or_refused(text in "\\PC{0,60}|[\\[\\]{}\",:\\\\u0d8a]{0,40}") {
        let wrapped = format!("{{\"eventTime\":\"2024-04-13T05:11:21Z\",\"eventSource\":\"a\",\"eventName\":\"b\",\"userAgent\":\"{text}\"}}");
        let valid = serde_json::from_str::<&serde_json::value::RawValue>(&wrapped).is_ok();
        let known = normalize::event(&wrapped, "trail.json").is_ok();
        prop_assert!(known <= valid, "an event was made from invalid JSON");
    }
}
