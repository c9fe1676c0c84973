//! An attacker who can add files to a trail cannot hide events.

use std::process::Command;

use cartographer::trail::{TEXTS, print};
use serde_json::json;

use crate::hostile::{Sandbox, id, output, record, trail};

/// The event that an attacker wants to hide.
fn original_event() -> serde_json::Value {
    let mut event = record(1);
    event["eventName"] = "AttachUserPolicy".into();
    event["readOnly"] = false.into();
    event["requestParameters"] = json!({"userName": "eve", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    event
}

/// Records with the same ID as the original event, but different content.
fn forged_events() -> Vec<(&'static str, serde_json::Value)> {
    let mut same_lengths = original_event();
    same_lengths["requestParameters"] =
        json!({"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccessOnly1"});
    let mut longer = original_event();
    longer["requestParameters"] = json!({"userName": "somebody-else-altogether", "policyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess", "z": "x".repeat(100)});
    let mut other_call = original_event();
    other_call["eventName"] = "ListUsers".into();
    other_call["requestParameters"] = serde_json::Value::Null;
    let mut other_time = original_event();
    other_time["eventTime"] = "2019-01-01T00:00:00Z".into();
    let mut other_caller = original_event();
    other_caller["userIdentity"]["arn"] = "arn:aws:iam::111122223333:user/bob".into();
    other_caller["userIdentity"]["userName"] = "bob".into();
    let mut failed = original_event();
    failed["errorCode"] = "AccessDenied".into();
    let mut other_region = original_event();
    other_region["awsRegion"] = "eu-west-1".into();
    vec![
        ("same lengths", same_lengths),
        ("longer", longer),
        ("another call", other_call),
        ("another time", other_time),
        ("another caller", other_caller),
        ("an error", failed),
        ("another region", other_region),
    ]
}

#[test]
fn forged_event_with_the_same_id_hides_nothing() {
    for (description, forged) in forged_events() {
        for (name, is_same_load) in [("0-before.json", false), ("z-after.json", true)] {
            let sandbox = Sandbox::new();
            // In the same load, or in one before the load of the original event.
            sandbox.log(name, trail(&[forged.to_string()]));
            if !is_same_load {
                sandbox.load(&[]);
            }
            sandbox.log("m.json", trail(&[original_event().to_string()]));
            let outcome = sandbox.load(&[]);
            let context = format!("{description}, {name}: {}", outcome.err);
            let kept = sandbox.query(
                "SELECT count(*) FILTER (event_name = 'AttachUserPolicy' AND error_code IS NULL \
                 AND (request_parameters->>'policyArn') LIKE '%AdministratorAccess' \
                 AND (request_parameters->>'userName') = 'eve' AND user_name = 'ana' AND event_time > '2024-01-01' \
                 AND region = 'us-east-1'), count(*) FROM events",
            );
            assert_eq!(kept, "1,2", "{context}");
            assert_eq!(outcome.code, Some(4), "{context}");
            assert!(outcome.err.contains(&id(1)), "{context}");
        }
    }
}

#[test]
fn truncated_copy_does_not_replace_the_complete_record() {
    let sandbox = Sandbox::new();
    sandbox.log("0.json", format!("{{\"Records\":[{}", &original_event().to_string()[..300]));
    sandbox.log("m.json", trail(&[original_event().to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(4));
    assert_eq!(sandbox.query("SELECT event_name FROM events"), "AttachUserPolicy");
}

/// Records with the ID of the original event that lack some of its fields.
fn partial_records() -> Vec<(&'static str, serde_json::Value)> {
    let mut without_response = original_event();
    without_response.as_object_mut().unwrap().shift_remove("responseElements");
    let mut longer = without_response.clone();
    longer["sourceIPAddress"] = "198.51.100.200".into();
    longer["userAgent"] = "Mozilla/5.0 Chrome/124.0 and much more".into();
    longer["requestParameters"] =
        json!({"userName": "somebody", "policyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess", "z": "x".repeat(100)});
    let mut message = without_response.clone();
    message["errorMessage"] = "Failed".into();
    let mut failed = without_response;
    failed["errorCode"] = "AccessDenied".into();
    let mut trimmed = failed.clone();
    trimmed.as_object_mut().unwrap().retain(|name, _| {
        ["eventID", "eventTime", "eventSource", "eventName", "awsRegion", "errorCode"].contains(&name.as_str())
    });
    vec![("longer", longer), ("an error", failed), ("a message", message), ("only an error", trimmed)]
}

#[test]
fn partial_record_replaces_no_value_and_adds_no_error() {
    let mut original = original_event();
    original["responseElements"] = serde_json::Value::Null;
    for (description, partial) in partial_records() {
        for name in ["0-before.json", "z-after.json"] {
            let sandbox = Sandbox::new();
            sandbox.log(name, trail(&[partial.to_string()]));
            if name.starts_with('0') {
                sandbox.load(&[]);
            }
            sandbox.log("m.json", trail(&[original.to_string()]));
            let outcome = sandbox.load(&[]);
            let kept = sandbox.query(
                "SELECT count(*) FROM events WHERE event_name = 'AttachUserPolicy' AND error_code IS NULL \
                 AND error_message IS NULL AND source_ip = '203.0.113.7' AND user_agent = 'Mozilla/5.0 Chrome/124.0' \
                 AND (request_parameters->>'policyArn') LIKE '%AdministratorAccess'",
            );
            assert_eq!(kept, "1", "{description}, {name}: {}", outcome.err);
            let is_reported = outcome.code == Some(4) && outcome.err.contains(&id(1));
            assert!(is_reported || description == "longer", "{description}, {name}: {}", outcome.err);
        }
    }
}

#[test]
#[ignore = "runs in processes of its own, which the next test starts"]
fn fingerprint_of_this_process() {
    println!("fingerprint {}", print(Some(1), [Some("a"); TEXTS.len()]));
}

#[test]
fn fingerprints_differ_between_processes() {
    // Otherwise, somebody could craft a record that has the fingerprint of another one and counts as its copy.
    let fingerprint = || {
        let mut test = Command::new(std::env::current_exe().unwrap());
        let name = "hostile::forged_ids::fingerprint_of_this_process";
        let printed = output(test.args([name, "--exact", "--ignored", "--nocapture"])).stdout;
        let printed = String::from_utf8(printed).unwrap();
        printed.lines().find_map(|line| line.split_once("fingerprint ")).unwrap().1.to_owned()
    };
    let (first, second, third) = (fingerprint(), fingerprint(), fingerprint());
    assert!(first != second || first != third, "{first}");
}
