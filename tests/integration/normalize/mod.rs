//! Normalizing records to events and sessions, with the special cases that occur in trails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod caller;
mod forms;
mod identity;
mod properties;
mod record;
mod session;
mod trails;

use cartographer::event::{Event, Timestamp};
use cartographer::normalize;
use serde_json::{Value, json};

/// The time of [`record`]: 2024-04-13T05:12:00Z.
const TIME: Timestamp = Timestamp(1_712_985_120_000_000);

/// A record from the console of 2024, with some members replaced by `members`. A member with the value [`absent`] is
/// left out.
fn record(members: &Value) -> String {
    let mut record = json!({
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/alice",
            "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "userName": "alice",
            "sessionContext": { "attributes": { "creationDate": "2024-04-13T05:11:21Z", "mfaAuthenticated": "true" } }
        },
        "eventTime": "2024-04-13T05:12:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers",
        "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "AWS Internal",
        "requestParameters": { "maxItems": 1000 }, "responseElements": null,
        "requestID": "0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a1", "eventID": "2df05a9f-0f79-42d3-b5d5-f5cc6c312fb1",
        "readOnly": true, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "111122223333", "eventCategory": "Management", "sessionCredentialFromConsole": "true"
    });
    for (name, value) in members.as_object().unwrap() {
        record[name] = value.clone();
    }
    record.as_object_mut().unwrap().retain(|_, value| *value != absent());
    record.to_string()
}

fn absent() -> Value {
    json!("(absent)")
}

/// The event of a record. Checks that the record can be rebuilt from it.
#[track_caller]
fn event(json: &str) -> Event<'_> {
    let event = normalize::event(json, "trail.json").unwrap();
    let rebuilt = Value::Object(normalize::rebuild(&event).unwrap());
    assert_eq!(rebuilt, serde_json::from_str::<Value>(json).unwrap(), "the rebuilt record differs");
    event
}

/// The members that have no field in the event.
fn extra(event: &Event<'_>) -> Value {
    event.extra.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

/// The message that a record is refused with.
#[track_caller]
fn refusal(json: &str) -> String {
    normalize::event(json, "trail.json").unwrap_err().to_string()
}
