//! Which events share a session.

use cartographer::session::{self, Candidate};
use serde_json::{Value, json};

use crate::normalize::{absent, event, record};

fn id(members: &Value) -> String {
    id_in(members, "trail.json")
}

fn id_in(members: &Value, file: &str) -> String {
    let text = record(members);
    let mut event = event(&text);
    session::assign(&mut event, file);
    event.session_id
}

fn identity(members: &Value) -> Value {
    let mut identity = json!({
        "type": "AssumedRole", "principalId": "AROA:bob", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/bob",
        "accountId": "111122223333", "accessKeyId": "ASIAONE",
        "sessionContext": { "attributes": { "creationDate": "2024-04-13T05:11:21Z" } }
    });
    for (name, value) in members.as_object().unwrap() {
        identity[name] = value.clone();
    }
    identity.as_object_mut().unwrap().retain(|_, value| *value != absent());
    json!({ "userIdentity": identity })
}

fn created(time: &str) -> Value {
    json!({ "attributes": { "creationDate": time } })
}

#[test]
fn session_id_is_stable() {
    // Calculated independently: SHA-256 of each part, preceded by its length as 8 bytes in little-endian order.
    assert_eq!(id(&identity(&json!({}))), "36c73b6a0ec4cf909c5034e669f3ca7b");
}

#[test]
fn session_does_not_depend_on_key_region_or_file() {
    let first = id(&identity(&json!({})));
    assert_eq!(id(&identity(&json!({ "accessKeyId": "ASIATWO" }))), first);
    assert_eq!(id_in(&identity(&json!({})), "other.json"), first);
    let mut elsewhere = identity(&json!({}));
    elsewhere["awsRegion"] = json!("eu-west-1");
    elsewhere["eventTime"] = json!("2024-04-13T09:00:00Z");
    assert_eq!(id(&elsewhere), first);
}

#[test]
fn session_depends_on_account_principal_and_creation_date() {
    let ids = [
        id(&identity(&json!({}))),
        id(&identity(&json!({ "accountId": "444455556666" }))),
        id(&identity(&json!({ "arn": "arn:aws:sts::111122223333:assumed-role/Admin/eve" }))),
        id(&identity(&json!({ "arn": absent() }))),
        id(&identity(&json!({ "arn": absent(), "principalId": "AROA:eve" }))),
        id(&identity(&json!({ "sessionContext": created("2024-04-13T05:11:22Z") }))),
    ];
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
}

#[test]
fn session_depends_on_key_without_a_creation_date() {
    let key = |key: &str| id(&identity(&json!({ "sessionContext": absent(), "accessKeyId": key })));
    assert_eq!(key("AKIAONE"), key("AKIAONE"));
    assert_ne!(key("AKIAONE"), key("AKIATWO"));
}

#[test]
fn session_depends_on_service_without_a_key() {
    let service = |name: &str| {
        let mut members = json!({ "userIdentity": { "type": "AWSService", "invokedBy": name } });
        members["recipientAccountId"] = json!("111122223333");
        members
    };
    assert_eq!(id(&service("config.amazonaws.com")), id_in(&service("config.amazonaws.com"), "other.json"));
    assert_ne!(id(&service("config.amazonaws.com")), id(&service("ec2.amazonaws.com")));
    let mut elsewhere = service("config.amazonaws.com");
    elsewhere["recipientAccountId"] = json!("444455556666");
    assert_ne!(id(&service("config.amazonaws.com")), id(&elsewhere));
}

#[test]
fn session_depends_on_file_without_an_identity() {
    for identity in [absent(), Value::Null, json!(""), json!({ "type": "Unknown" }), json!({ "accountId": "" })] {
        let members = json!({ "userIdentity": identity });
        assert_eq!(id(&members), id(&json!({ "userIdentity": absent() })), "{identity}");
        assert_ne!(id(&members), id_in(&members, "other.json"), "{identity}");
    }
}

#[test]
fn session_depends_on_text_of_unparsable_identity() {
    let unparsable = |identity: Value| json!({ "userIdentity": identity });
    let [alice, mallory] = ["alice?", "mallory?"].map(|text| unparsable(json!(text)));
    assert_eq!(id(&alice), id(&alice));
    assert_ne!(id(&alice), id(&mallory));
    assert_ne!(id(&alice), id(&unparsable(absent())));
    assert_ne!(id(&alice), id_in(&alice, "other.json"));
}

#[test]
fn failed_sign_in_uses_partition_of_its_region() {
    let failed = |region: &str| {
        let mut event = sign_in(
            "2024-05-01T10:00:00Z",
            &json!({ "type": "IAMUser", "userName": "mara", "accountId": "111122223333" }),
        );
        event["awsRegion"] = json!(region);
        id(&event)
    };
    let whole = |partition: &str| {
        let arn = format!("arn:{partition}:iam::111122223333:user/mara");
        id(&sign_in("2024-05-01T10:00:05Z", &json!({ "type": "IAMUser", "arn": arn, "accountId": "111122223333" })))
    };
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ] {
        assert_eq!(failed(region), whole(partition), "{region}");
    }
}

fn sign_in(time: &str, identity: &Value) -> Value {
    json!({
        "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn",
        "eventTime": time, "userIdentity": identity
    })
}

fn root() -> Value {
    json!({ "type": "Root", "principalId": "1", "arn": "arn:aws:iam::1:root", "accountId": "1", "accessKeyId": "" })
}

#[test]
fn sign_ins_without_a_session_share_one_per_day() {
    let morning = id(&sign_in("2024-04-13T05:11:21Z", &root()));
    assert_eq!(id(&sign_in("2024-04-13T23:59:59Z", &root())), morning);
    assert_ne!(id(&sign_in("2024-04-14T00:00:00Z", &root())), morning);
}

#[test]
fn failed_and_successful_sign_ins_share_a_session() {
    let arn = "arn:aws:iam::1:user/alice";
    let good = json!({ "type": "IAMUser", "principalId": "AIDA", "arn": arn, "accountId": "1", "userName": "alice" });
    let failed =
        json!({ "type": "IAMUser", "principalId": "AIDA", "accountId": "1", "accessKeyId": "", "userName": "alice" });
    let time = "2024-04-13T05:11:21Z";
    assert_eq!(id(&sign_in(time, &failed)), id(&sign_in(time, &good)));
}

#[test]
fn sign_in_is_linked_to_the_session_it_opened() {
    let text = record(&sign_in("2024-04-13T05:11:21Z", &root()));
    let login = session::sign_in(&event(&text)).unwrap();
    assert_eq!((login.account_id.as_str(), login.principal_arn.as_str()), ("1", "arn:aws:iam::1:root"));
    let opened = Candidate {
        session_id: "s".into(),
        account_id: "1".into(),
        principal_arn: "arn:aws:iam::1:root".into(),
        created: login.time.plus_seconds(3),
    };
    let event_id = login.event_id.clone();
    assert_eq!(session::link(&[login], &[opened]), [(event_id, "s".to_owned())]);
}

#[test]
fn only_sign_ins_without_a_session_are_linked() {
    let with_session = identity(&json!({}))["userIdentity"].clone();
    for identity in [with_session, absent()] {
        let text = record(&sign_in("2024-04-13T05:11:21Z", &identity));
        assert_eq!(session::sign_in(&event(&text)), None, "{identity}");
    }
    assert_eq!(session::sign_in(&event(&record(&json!({ "userIdentity": root() })))), None);
}
