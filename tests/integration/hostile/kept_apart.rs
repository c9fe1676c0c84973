//! Whoever can write a file into the folder cannot hide an event.

use serde_json::json;

use crate::hostile::{Scene, id, record, trail};

/// The event that is to be hidden.
fn deed() -> serde_json::Value {
    let mut deed = record(1);
    deed["eventName"] = "AttachUserPolicy".into();
    deed["readOnly"] = false.into();
    deed["requestParameters"] = json!({"userName": "eve", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    deed
}

/// Records with the id of the deed that say something else.
fn covers() -> Vec<(&'static str, serde_json::Value)> {
    let mut same_lengths = deed();
    same_lengths["requestParameters"] =
        json!({"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccessOnly1"});
    let mut longer = deed();
    longer["requestParameters"] = json!({"userName": "somebody-else-altogether", "policyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess", "z": "x".repeat(100)});
    let mut other_call = deed();
    other_call["eventName"] = "ListUsers".into();
    other_call["requestParameters"] = serde_json::Value::Null;
    let mut other_time = deed();
    other_time["eventTime"] = "2019-01-01T00:00:00Z".into();
    let mut other_caller = deed();
    other_caller["userIdentity"]["arn"] = "arn:aws:iam::111122223333:user/bob".into();
    other_caller["userIdentity"]["userName"] = "bob".into();
    let mut failed = deed();
    failed["errorCode"] = "AccessDenied".into();
    let mut other_region = deed();
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
fn the_same_id_with_other_content_hides_nothing() {
    for (what, cover) in covers() {
        for (name, at_once) in [("0-before.json", false), ("z-after.json", true)] {
            let scene = Scene::new();
            // In one load, or before the one that reads the deed.
            scene.log(name, trail(&[cover.to_string()]));
            if !at_once {
                scene.load(&[]);
            }
            scene.log("m.json", trail(&[deed().to_string()]));
            let ended = scene.load(&[]);
            let place = format!("{what}, {name}: {}", ended.err);
            let kept = scene.ask(
                "SELECT count(*) FILTER (event_name = 'AttachUserPolicy' AND error_code IS NULL \
                 AND (request_parameters->>'policyArn') LIKE '%AdministratorAccess' \
                 AND (request_parameters->>'userName') = 'eve' AND user_name = 'ana' AND event_time > '2024-01-01' \
                 AND region = 'us-east-1'), count(*) FROM events",
            );
            assert_eq!(kept, "1,2", "{place}");
            assert_eq!(ended.code, Some(4), "{place}");
            assert!(ended.err.contains(&id(1)), "{place}");
        }
    }
}

#[test]
fn a_broken_first_copy_does_not_stop_the_whole_one() {
    let scene = Scene::new();
    scene.log("0.json", format!("{{\"Records\":[{}", &deed().to_string()[..300]));
    scene.log("m.json", trail(&[deed().to_string()]));
    assert_eq!(scene.load(&[]).code, Some(4));
    assert_eq!(scene.ask("SELECT event_name FROM events"), "AttachUserPolicy");
}

/// Records with the id of the deed that leave something out.
fn partial_covers() -> Vec<(&'static str, serde_json::Value)> {
    let mut without_answer = deed();
    without_answer.as_object_mut().unwrap().shift_remove("responseElements");
    let mut longer = without_answer.clone();
    longer["sourceIPAddress"] = "198.51.100.200".into();
    longer["userAgent"] = "Mozilla/5.0 Chrome/124.0 and much more".into();
    longer["requestParameters"] =
        json!({"userName": "somebody", "policyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess", "z": "x".repeat(100)});
    let mut message = without_answer.clone();
    message["errorMessage"] = "Failed".into();
    let mut failed = without_answer;
    failed["errorCode"] = "AccessDenied".into();
    let mut trimmed = failed.clone();
    trimmed.as_object_mut().unwrap().retain(|name, _| {
        ["eventID", "eventTime", "eventSource", "eventName", "awsRegion", "errorCode"].contains(&name.as_str())
    });
    vec![("longer", longer), ("an error", failed), ("a message", message), ("only an error", trimmed)]
}

#[test]
fn a_partial_record_replaces_nothing_and_adds_no_error() {
    let mut deed = deed();
    deed["responseElements"] = serde_json::Value::Null;
    for (what, cover) in partial_covers() {
        for name in ["0-before.json", "z-after.json"] {
            let scene = Scene::new();
            scene.log(name, trail(&[cover.to_string()]));
            if name.starts_with('0') {
                scene.load(&[]);
            }
            scene.log("m.json", trail(&[deed.to_string()]));
            let ended = scene.load(&[]);
            let kept = scene.ask(
                "SELECT count(*) FROM events WHERE event_name = 'AttachUserPolicy' AND error_code IS NULL \
                 AND error_message IS NULL AND source_ip = '203.0.113.7' AND user_agent = 'Mozilla/5.0 Chrome/124.0' \
                 AND (request_parameters->>'policyArn') LIKE '%AdministratorAccess'",
            );
            assert_eq!(kept, "1", "{what}, {name}: {}", ended.err);
            let is_told = ended.code == Some(4) && ended.err.contains(&id(1));
            assert!(is_told || what == "longer", "{what}, {name}: {}", ended.err);
        }
    }
}
