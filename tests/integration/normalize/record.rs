//! Variations of a record's own members.

use cartographer::event::Evidence;
use serde_json::{Value, json};

use crate::normalize::{TIME, absent, event, extra, record};

#[test]
fn members_since_2024_are_mapped_and_rebuilt() {
    let text = record(&json!({
        "sharedEventID": "s-1", "vpcEndpointId": "vpce-1",
        "userIdentity": {
            "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/A/b",
            "sessionContext": {"sourceIdentity": "nora", "assumedRoot": "true", "sessionIssuer": {"arn": "x"}},
            "onBehalfOf": {"userId": "u-1", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1"},
            "inScopeOf": {"sourceArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "issuerType": "AWS::Lambda::Function"},
            "invokedByDelegate": {"accountId": "444455556666"}
        },
        "addendum": {"reason": "UPDATED_DATA", "updatedFields": "errorCode", "originalEventID": "e-0"},
        "eventContext": {"requestContext": {"aws:userid": "x"}}, "tlsDetails": {"tlsVersion": "TLSv1.3"}
    }));
    let event = event(&text);
    assert_eq!((event.shared_event_id.as_deref(), event.vpc_endpoint_id.as_deref()), (Some("s-1"), Some("vpce-1")));
    let identity = &event.identity;
    assert_eq!((identity.source_identity.as_deref(), identity.assumed_root), (Some("nora"), Some(true)));
    assert_eq!(identity.on_behalf_of.as_deref(), Some("u-1"));
    assert_eq!(identity.in_scope_of.as_deref(), Some("arn:aws:lambda:us-east-1:111122223333:function:f"));
    assert_eq!(event.corrects.as_deref(), Some("e-0"));
    let again = cartographer::normalize::rebuild(&event).unwrap();
    assert_eq!(Value::Object(again), serde_json::from_str::<Value>(&text).unwrap());
}

#[test]
fn common_record_is_completely_mapped() {
    let text = record(&json!({ "errorCode": "AccessDenied", "errorMessage": "no \"way\"" }));
    let event = event(&text);
    assert_eq!(event.event_id, "2df05a9f-0f79-42d3-b5d5-f5cc6c312fb1");
    assert_eq!(event.event_time, TIME);
    assert_eq!((&*event.event_source, &*event.service, &*event.event_name), ("iam.amazonaws.com", "iam", "ListUsers"));
    assert_eq!(event.event_version.as_deref(), Some("1.09"));
    assert_eq!(event.event_type.as_deref(), Some("AwsApiCall"));
    assert_eq!(event.event_category.as_deref(), Some("Management"));
    assert_eq!(event.recipient_account_id.as_deref(), Some("111122223333"));
    assert_eq!(event.region.as_deref(), Some("us-east-1"));
    assert_eq!(event.source_ip.as_deref(), Some("203.0.113.7"));
    assert_eq!(event.user_agent.as_deref(), Some("AWS Internal"));
    assert_eq!(event.error_code.as_deref(), Some("AccessDenied"));
    assert_eq!(event.error_message.as_deref(), Some("no \"way\""));
    assert_eq!(event.read_only, Some(true));
    assert_eq!(event.request_id.as_deref(), Some("0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a1"));
    assert_eq!(event.request_parameters.as_deref(), Some(r#"{"maxItems":1000}"#));
    assert_eq!(event.session_credential_from_console, Some(true));
    assert_eq!(event.session_id, "");
    assert_eq!(extra(&event), json!({ "managementEvent": true, "responseElements": null }));
}

#[test]
fn console_flag_may_be_string_boolean_or_null() {
    let cases = [
        (json!("true"), Some(true), Value::Null),
        (json!("false"), Some(false), Value::Null),
        (json!(true), Some(true), json!(true)),
        (json!(false), Some(false), json!(false)),
        (json!("True"), Some(true), json!("True")),
        (json!("maybe"), None, json!("maybe")),
        (absent(), None, Value::Null),
    ];
    for (flag, expected, kept) in cases {
        let text = record(&json!({ "sessionCredentialFromConsole": flag }));
        let event = event(&text);
        assert_eq!(event.session_credential_from_console, expected, "{flag}");
        assert_eq!(event.evidence.contains(Evidence::FLAG), expected == Some(true), "{flag}");
        assert_eq!(extra(&event)["sessionCredentialFromConsole"], kept, "{flag}");
    }
    let text = record(&json!({ "sessionCredentialFromConsole": null }));
    assert_eq!(event(&text).session_credential_from_console, None);
}

#[test]
fn read_only_may_be_boolean_or_string() {
    for (read_only, expected) in [
        (json!(true), Some(true)),
        (json!(false), Some(false)),
        (json!("true"), Some(true)),
        (json!("True"), Some(true)),
        (json!("false"), Some(false)),
        (json!(1), None),
    ] {
        let text = record(&json!({ "readOnly": read_only }));
        let event = event(&text);
        assert_eq!(event.read_only, expected, "{read_only}");
        assert_eq!(extra(&event).get("readOnly").is_none(), read_only.is_boolean(), "{read_only}");
    }
}

#[test]
fn request_parameters_keep_their_text() {
    for (request, expected) in [
        (json!("{\"a\":1}"), Some(r#""{\"a\":1}""#)),
        (json!([1, { "b": null }]), Some(r#"[1,{"b":null}]"#)),
        (json!({}), Some("{}")),
        (Value::Null, None),
        (absent(), None),
    ] {
        let text = record(&json!({ "requestParameters": request }));
        assert_eq!(event(&text).request_parameters.as_deref(), expected);
    }
    let spaced = record(&json!({})).replace(r#"{"maxItems":1000}"#, "{ \"maxItems\" :\n1000 }");
    assert_eq!(event(&spaced).request_parameters.as_deref(), Some("{ \"maxItems\" :\n1000 }"));
}

#[test]
fn list_of_user_agents_is_joined() {
    let text = record(&json!({ "userAgent": ["S3Console/0.4", "aws-internal/3"] }));
    let event = event(&text);
    assert_eq!(event.user_agent.as_deref(), Some("S3Console/0.4, aws-internal/3"));
    assert_eq!(extra(&event)["userAgent"], json!(["S3Console/0.4", "aws-internal/3"]));
    assert_eq!(event.evidence, Evidence::FLAG | Evidence::BACK_END);
}

#[test]
fn error_code_for_success_is_not_an_error() {
    for fine in ["200", "Success", "success", "OK", ""] {
        let text = record(&json!({ "errorCode": fine }));
        let event = event(&text);
        assert_eq!(event.error_code, None, "{fine:?}");
        assert_eq!(extra(&event)["errorCode"], fine);
    }
    let text = record(&json!({ "errorCode": 404 }));
    assert_eq!(event(&text).error_code.as_deref(), Some("404"));
}

#[test]
fn source_ip_is_kept_and_only_addresses_are_forwarded() {
    for (source, forwarded) in [
        ("203.0.113.7", true),
        ("2001:db8::7", true),
        ("203.0.113.7, 198.51.100.1", true),
        ("203.0.113.7, cloudformation.amazonaws.com", false),
        ("cloudformation.amazonaws.com", false),
        ("AWS Internal", false),
        ("-", false),
        ("", false),
    ] {
        let text = record(&json!({ "sourceIPAddress": source, "sessionCredentialFromConsole": absent() }));
        let event = event(&text);
        assert_eq!(event.source_ip.as_deref(), Some(source));
        let expected = if forwarded { Evidence::FORWARDED } else { Evidence::empty() };
        assert_eq!(event.evidence, Evidence::INTERNAL | expected, "{source:?}");
    }
}

#[test]
fn trimmed_record_is_read() {
    let event = event(
        r#"{"eventTime": "2024-04-13T05:12:00Z", "eventID": "e", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
            "requestParameters": null, "errorCode": null, "userAgent": "AWS Internal", "awsRegion": "us-east-1"}"#,
    );
    assert_eq!(event.evidence, Evidence::INTERNAL);
    assert_eq!((event.error_code.as_deref(), event.request_parameters.as_deref()), (None, None));
    assert_eq!(extra(&event), json!({ "requestParameters": null, "errorCode": null }));
}

#[test]
fn member_names_are_case_sensitive() {
    let text = record(&json!({ "sourceIpAddress": "198.51.100.9", "EventName": "Other", "eventid": 7 }));
    let event = event(&text);
    assert_eq!((event.source_ip.as_deref(), &*event.event_name), (Some("203.0.113.7"), "ListUsers"));
    assert_eq!(extra(&event)["sourceIpAddress"], "198.51.100.9");
    assert_eq!(extra(&event)["EventName"], "Other");
}

#[test]
fn last_of_repeated_members_is_used() {
    let text =
        record(&json!({})).replacen('{', r#"{"eventName":"First","errorCode":null,"errorCode":"E","x":1,"x":2,"#, 1);
    let event = event(&text);
    assert_eq!((&*event.event_name, event.error_code.as_deref()), ("ListUsers", Some("E")));
}

#[test]
fn service_is_event_source_without_domain() {
    for (source, service) in [
        ("s3.amazonaws.com", "s3"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("runtime.lex.amazonaws.com", "runtime.lex"),
        ("custom", "custom"),
    ] {
        let text = record(&json!({ "eventSource": source }));
        let event = event(&text);
        assert_eq!((&*event.event_source, &*event.service), (source, service));
    }
}
