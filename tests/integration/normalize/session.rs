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
fn an_id_is_32_hex_digits_and_never_changes() {
    // Worked out apart from the program: sha256 of each part after its length in 8 bytes, little end first.
    assert_eq!(id(&identity(&json!({}))), "36c73b6a0ec4cf909c5034e669f3ca7b");
}

#[test]
fn neither_key_nor_region_nor_file_parts_a_session() {
    let first = id(&identity(&json!({})));
    assert_eq!(id(&identity(&json!({ "accessKeyId": "ASIATWO" }))), first);
    assert_eq!(id_in(&identity(&json!({})), "other.json"), first);
    let mut elsewhere = identity(&json!({}));
    elsewhere["awsRegion"] = json!("eu-west-1");
    elsewhere["eventTime"] = json!("2024-04-13T09:00:00Z");
    assert_eq!(id(&elsewhere), first);
}

#[test]
fn account_principal_and_creation_part_sessions() {
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
fn without_a_creation_date_the_key_tells_sessions_apart() {
    let key = |key: &str| id(&identity(&json!({ "sessionContext": absent(), "accessKeyId": key })));
    assert_eq!(key("AKIAONE"), key("AKIAONE"));
    assert_ne!(key("AKIAONE"), key("AKIATWO"));
}

#[test]
fn without_a_key_the_service_that_called_tells_sessions_apart() {
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
fn without_any_identity_the_file_is_the_session() {
    for identity in [absent(), Value::Null, json!(""), json!({ "type": "Unknown" }), json!({ "accountId": "" })] {
        let members = json!({ "userIdentity": identity });
        assert_eq!(id(&members), id(&json!({ "userIdentity": absent() })), "{identity}");
        assert_ne!(id(&members), id_in(&members, "other.json"), "{identity}");
    }
}

#[test]
fn identities_that_cannot_be_understood_are_told_apart_by_their_text() {
    let unread = |identity: Value| json!({ "userIdentity": identity });
    let [alice, mallory] = ["alice?", "mallory?"].map(|text| unread(json!(text)));
    assert_eq!(id(&alice), id(&alice));
    assert_ne!(id(&alice), id(&mallory));
    assert_ne!(id(&alice), id(&unread(absent())));
    assert_ne!(id(&alice), id_in(&alice, "other.json"));
}

#[test]
fn a_failed_sign_in_belongs_to_its_partition() {
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
fn sign_ins_without_a_session_share_one_a_day() {
    let morning = id(&sign_in("2024-04-13T05:11:21Z", &root()));
    assert_eq!(id(&sign_in("2024-04-13T23:59:59Z", &root())), morning);
    assert_ne!(id(&sign_in("2024-04-14T00:00:00Z", &root())), morning);
}

#[test]
fn a_failed_sign_in_belongs_with_the_one_that_succeeds() {
    let arn = "arn:aws:iam::1:user/alice";
    let good = json!({ "type": "IAMUser", "principalId": "AIDA", "arn": arn, "accountId": "1", "userName": "alice" });
    let failed =
        json!({ "type": "IAMUser", "principalId": "AIDA", "accountId": "1", "accessKeyId": "", "userName": "alice" });
    let time = "2024-04-13T05:11:21Z";
    assert_eq!(id(&sign_in(time, &failed)), id(&sign_in(time, &good)));
}

#[test]
fn a_sign_in_is_linked_to_the_session_it_opened() {
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
fn an_event_with_a_session_or_without_an_identity_waits_for_no_link() {
    let with_session = identity(&json!({}))["userIdentity"].clone();
    for identity in [with_session, absent()] {
        let text = record(&sign_in("2024-04-13T05:11:21Z", &identity));
        assert_eq!(session::sign_in(&event(&text)), None, "{identity}");
    }
    assert_eq!(session::sign_in(&event(&record(&json!({ "userIdentity": root() })))), None);
}
