//! The overview of an identity that created and deleted resources: what it created, what is left, and what was denied.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::serve::{program, serve};

const ACCOUNT: &str = "111122223333";

/// A call by mallory, with a key, at a second of one minute.
fn call(second: usize, source: &str, name: &str, request: &Value, response: &Value) -> Value {
    json!({
        "eventVersion": "1.08", "eventID": format!("e{second}"), "eventTime": format!("2026-03-11T10:00:{second:02}Z"),
        "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "Boto3/1.34", "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT,
        "readOnly": name.starts_with("Get") || name.starts_with("List"), "eventCategory": "Management",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": ACCOUNT, "accessKeyId": "AKIAEXAMPLE1",
            "arn": format!("arn:aws:iam::{ACCOUNT}:user/mallory"), "userName": "mallory",
        },
        "requestParameters": request, "responseElements": response,
    })
}

/// Three secrets and a snapshot are created, read and shared; one secret is deleted by mallory, one by Secrets Manager, and the
/// deletion of one is scheduled.
fn trail() -> Vec<Value> {
    let (one, two) = (json!({ "secretId": "one" }), json!({ "secretId": "two" }));
    let forced = json!({ "secretId": "one", "forceDeleteWithoutRecovery": true });
    let share = |how: &str| {
        json!({
            "snapshotId": "snap-1", "attributeType": "CREATE_VOLUME_PERMISSION",
            "createVolumePermission": { how: { "items": [{ "userId": "444455556666" }] } },
        })
    };
    let made = json!({ "snapshotId": "snap-1", "volumeId": "vol-1" });
    let mut ended = call(50, "secretsmanager", "EndSecretVersionDelete", &Value::Null, &Value::Null);
    ended["userIdentity"] = json!({ "accountId": ACCOUNT, "invokedBy": "secretsmanager.amazonaws.com" });
    ended["eventType"] = json!("AwsServiceEvent");
    ended["additionalEventData"] =
        json!({ "SecretId": format!("arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:two-AbCdEf") });
    let mut denied = call(45, "iam", "CreateUser", &json!({ "userName": "eve" }), &Value::Null);
    denied["errorCode"] = json!("AccessDenied");
    let mut gone = call(46, "cloudtrail", "StopLogging", &json!({ "name": "none" }), &Value::Null);
    gone["errorCode"] = json!("TrailNotFoundException");
    vec![
        call(1, "iam", "ListUsers", &Value::Null, &Value::Null),
        call(2, "secretsmanager", "CreateSecret", &json!({ "name": "one" }), &json!({ "name": "one" })),
        call(3, "secretsmanager", "CreateSecret", &json!({ "name": "two" }), &json!({ "name": "two" })),
        call(7, "secretsmanager", "CreateSecret", &json!({ "name": "three" }), &json!({ "name": "three" })),
        call(4, "iam", "CreateRole", &json!({ "roleName": "left", "assumeRolePolicyDocument": "{}" }), &Value::Null),
        call(5, "ec2", "CreateVolume", &json!({ "size": "1" }), &json!({ "volumeId": "vol-1" })),
        call(6, "ec2", "CreateSnapshot", &json!({ "volumeId": "vol-1" }), &made),
        call(10, "secretsmanager", "GetSecretValue", &one, &Value::Null),
        call(11, "secretsmanager", "GetSecretValue", &two, &Value::Null),
        call(20, "ec2", "ModifySnapshotAttribute", &share("add"), &Value::Null),
        call(30, "ec2", "ModifySnapshotAttribute", &share("remove"), &Value::Null),
        call(40, "secretsmanager", "DeleteSecret", &forced, &json!({ "name": "one" })),
        call(43, "secretsmanager", "DeleteSecret", &json!({ "secretId": "three" }), &json!({ "name": "three" })),
        call(41, "ec2", "DeleteSnapshot", &json!({ "snapshotId": "snap-1" }), &Value::Null),
        call(42, "ec2", "DeleteVolume", &json!({ "volumeId": "vol-1" }), &Value::Null),
        denied,
        gone,
        ended,
    ]
}

#[test]
fn overview_balances_created_and_deleted_resources() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("trail.json"), json!({ "Records": trail() }).to_string()).unwrap();
    let load = ["load", "trail.json", "--db", "case.duckdb", "-q"];
    assert!(program().current_dir(dir.path()).args(load).status().unwrap().success());
    let server = serve(dir, &[]);
    let overview = server.get_json("/api/overview");
    let own = &overview["balance"][0];
    // Two reads, one share, and four deletions.
    let harm = ["harmed", "harmed_own", "opened", "closed", "closed_at"].map(|name| &own[name]);
    assert_eq!(harm, [&json!(7), &json!(7), &json!(1), &json!(1), &json!("2026-03-11T10:00:30.000000Z")], "{own}");
    let made = ["created", "deleted", "deleted_at", "by_service"].map(|name| &own[name]);
    assert_eq!(made, [&json!(6), &json!(3), &json!("2026-03-11T10:00:50.000000Z"), &json!(["two"])], "{own}");
    let left = json!([
        { "entity_type": "role", "resources": 1, "names": ["left"] },
        { "entity_type": "secret", "resources": 1, "names": ["three (deletion scheduled)"] },
    ]);
    assert_eq!(own["left_over"], left);
    let shared = overview["found"].as_array().unwrap().iter().find(|row| row["effect"] == "shared").unwrap();
    assert_eq!((&shared["ended_at"], &shared["own"]), (&json!("2026-03-11T10:00:30.000000Z"), &json!(true)));
    let looked = overview["looked"].as_array().unwrap();
    assert_eq!(looked.len(), 1, "{looked:#?}");
    let first = ["how", "name", "before"].map(|name| &looked[0][name]);
    assert_eq!(first, [&json!("program"), &json!("iam:ListUsers"), &json!("2026-03-11T10:00:02.000000Z")]);
    let missing = |call: &str| {
        overview["found"].as_array().unwrap().iter().find(|row| row["event_key"] == call).unwrap()["missing"].clone()
    };
    assert_eq!((missing("cloudtrail:StopLogging"), missing("iam:CreateUser")), (json!(true), json!(false)));
    let facts = overview["actors"][0]["facts"].as_array().unwrap();
    let ends = facts.iter().find(|fact| fact["kind"] == "case ends").unwrap();
    assert_eq!(ends["text"], "The case ends at 2026-03-11 10:00:50 UTC; later activity is not in it");
}
