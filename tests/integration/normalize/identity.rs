//! Variations of `userIdentity`.

use cartographer::event::{Evidence, Timestamp};
use serde_json::{Value, json};

use crate::normalize::{event, extra, record};

fn principal(identity: &Value) -> Option<String> {
    let text = record(&json!({ "userIdentity": identity }));
    event(&text).identity.principal.map(String::from)
}

#[test]
fn common_identity_is_completely_mapped() {
    let text = record(&json!({}));
    let event = event(&text);
    let identity = &event.identity;
    assert_eq!(identity.kind.as_deref(), Some("IAMUser"));
    assert_eq!(identity.principal_id.as_deref(), Some("AIDAEXAMPLE"));
    assert_eq!(identity.arn.as_deref(), Some("arn:aws:iam::111122223333:user/alice"));
    assert_eq!(identity.account_id.as_deref(), Some("111122223333"));
    assert_eq!(identity.access_key_id.as_deref(), Some("ASIAEXAMPLE"));
    assert_eq!((identity.user_name.as_deref(), identity.invoked_by.as_deref()), (Some("alice"), None));
    // 2024-04-13T05:11:21Z
    assert_eq!(identity.session_created, Some(Timestamp(1_712_985_081_000_000)));
    assert_eq!(identity.mfa, Some(true));
    assert_eq!(extra(&event).get("userIdentity"), None);
}

#[test]
fn only_unmapped_identity_members_are_kept() {
    let text = record(&json!({ "userIdentity": {
        "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/bob", "credentialId": "c",
        "sessionContext": {
            "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/Admin" },
            "webIdFederationData": {},
            "attributes": { "creationDate": "2020-09-13T17:16:47.120Z", "mfaAuthenticated": "false" }
        }
    } }));
    let event = event(&text);
    assert_eq!(event.identity.issuer_arn.as_deref(), Some("arn:aws:iam::111122223333:role/Admin"));
    assert_eq!(event.identity.session_created, Some(Timestamp(1_600_017_407_120_000)));
    assert_eq!(event.identity.mfa, Some(false));
    let leftovers = json!({
        "credentialId": "c",
        "sessionContext": {
            "sessionIssuer": { "type": "Role" }, "webIdFederationData": {},
            "attributes": { "creationDate": "2020-09-13T17:16:47.120Z" }
        }
    });
    assert_eq!(extra(&event)["userIdentity"], leftovers);
}

#[test]
fn empty_or_invalid_identity_is_kept() {
    for identity in [Value::Null, json!("alice"), json!({}), json!([1]), json!({ "sessionContext": {} })] {
        let text = record(&json!({ "userIdentity": identity }));
        let event = event(&text);
        assert_eq!(event.identity, cartographer::event::Identity::default());
        assert_eq!(extra(&event)["userIdentity"], identity);
    }
}

#[test]
fn identity_members_of_unexpected_types_are_read_if_possible() {
    let text = record(&json!({ "userIdentity": {
        "type": { "a": 1 }, "accountId": 111_122_223_333_i64, "userName": null,
        "sessionContext": { "attributes": { "creationDate": "yesterday", "mfaAuthenticated": true }, "sessionIssuer": null }
    } }));
    let identity = event(&text).identity;
    assert_eq!((identity.kind, identity.account_id.as_deref()), (None, Some("111122223333")));
    assert_eq!((identity.session_created, identity.mfa), (None, Some(true)));
}

#[test]
fn console_flag_in_session_attributes_is_evidence() {
    let text = record(&json!({
        "sessionCredentialFromConsole": crate::normalize::absent(), "userAgent": "x",
        "userIdentity": { "type": "IAMUser", "sessionContext": { "attributes": { "sessionCredentialFromConsole": "true" } } }
    }));
    let event = event(&text);
    assert_eq!((event.session_credential_from_console, event.evidence), (None, Evidence::FLAG));
}

#[test]
fn principal_of_user_is_name_or_end_of_arn() {
    let mut user = json!({ "type": "IAMUser", "userName": "alice", "arn": "arn:aws:iam::1:user/staff/al" });
    assert_eq!(principal(&user).as_deref(), Some("alice"));
    user["userName"] = json!("");
    assert_eq!(principal(&user).as_deref(), Some("al"));
    assert_eq!(principal(&json!({ "type": "IAMUser", "arn": "é", "principalId": "AIDA" })).as_deref(), Some("AIDA"));
}

#[test]
fn principal_of_role_is_role_and_session_name() {
    let arn = "arn:aws-us-gov:sts::1:assumed-role/AWSReservedSSO_Admin_0a/bob@example.com";
    let role = json!({ "type": "AssumedRole", "arn": arn, "principalId": "AROA:bob@example.com" });
    assert_eq!(principal(&role).as_deref(), Some("AWSReservedSSO_Admin_0a/bob@example.com"));
    let role = json!({ "type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/", "principalId": "AROA:bob" });
    assert_eq!(principal(&role).as_deref(), Some("AROA:bob"));
}

#[test]
fn principal_of_other_identities_uses_available_members() {
    for (identity, expected) in [
        (json!({ "type": "Root", "arn": "arn:aws:iam::1:root", "principalId": "1" }), Some("root")),
        (json!({ "type": "AWSService", "invokedBy": "config.amazonaws.com" }), Some("config.amazonaws.com")),
        (json!({ "type": "AWSAccount", "principalId": "AROA:x", "accountId": "1" }), Some("AROA:x")),
        (json!({ "type": "SAMLUser", "principalId": "q:x", "userName": "carol" }), Some("carol")),
        (
            json!({ "type": "WebIdentityUser", "principalId": "accounts.google.com:1:2" }),
            Some("accounts.google.com:1:2"),
        ),
        (
            json!({ "type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/Bob", "principalId": "1:Bob" }),
            Some("1:Bob"),
        ),
        (
            json!({ "type": "IdentityCenterUser", "accountId": "1", "onBehalfOf": { "userId": "9067", "identityStoreArn": "a" } }),
            Some("9067"),
        ),
        (json!({ "type": "Unknown" }), None),
    ] {
        assert_eq!(principal(&identity).as_deref(), expected, "{identity}");
    }
}
