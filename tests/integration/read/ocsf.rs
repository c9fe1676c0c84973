//! OCSF events of all versions that Security Lake has written are converted to the original records.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::ReaderBuilder;
use cartographer::read::{Container, Document, Refusal, split};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use super::Outcome;

/// An event in OCSF 1.1.0: the ARN is the user's `uid`, and requests are JSON text.
fn version_1_1() -> Value {
    json!({
        "metadata": {"product": {"version": "1.09", "name": "CloudTrail", "vendor_name": "AWS", "feature": {"name": "Management"}},
            "event_code": "AwsApiCall", "uid": "00000000-0000-4000-8000-000000000001", "profiles": ["cloud", "datetime"], "version": "1.1.0"},
        "time": 1_714_557_601_000_i64, "cloud": {"region": "us-east-1", "provider": "AWS"},
        "api": {"operation": "CreateAccessKey", "service": {"name": "iam.amazonaws.com"}, "response": {"error": "AccessDenied", "message": "no"},
            "request": {"uid": "7e1a", "data": "{\"userName\":\"mara\"}"}},
        "actor": {"user": {"type": "AssumedRole", "uid": "arn:aws:sts::111122223333:assumed-role/Admin/mara", "uid_alt": "AROAEXAMPLE:mara",
                "account": {"uid": "111122223333"}, "credential_uid": "ASIAEXAMPLE"},
            "session": {"created_time": 1_714_554_000_000_i64, "is_mfa": true, "issuer": "arn:aws:iam::111122223333:role/Admin"}},
        "http_request": {"user_agent": "Mozilla/5.0"}, "src_endpoint": {"ip": "198.51.100.7"},
        "resources": [{"uid": "arn:aws:iam::111122223333:user/mara", "account": {"uid": "111122223333"}, "type": "AWS::IAM::User"}],
        "class_uid": 6003, "category_uid": 6, "severity_id": 1, "activity_id": 1, "type_uid": 600_301, "status": "Failure",
        "unmapped": {"recipientAccountId": "111122223333", "readOnly": "false", "managementEvent": "true",
            "sessionCredentialFromConsole": "true", "tlsDetails.tlsVersion": "TLSv1.3",
            "userIdentity.sessionContext.sessionIssuer.userName": "Admin"},
    })
}

/// The original record.
fn record() -> Value {
    json!({
        "eventVersion": "1.09", "eventID": "00000000-0000-4000-8000-000000000001", "eventTime": "2024-05-01T10:00:01Z",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "us-east-1",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/mara",
            "principalId": "AROAEXAMPLE:mara", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/Admin", "userName": "Admin"},
                "attributes": {"creationDate": "2024-05-01T09:00:00Z", "mfaAuthenticated": "true"}}},
        "sourceIPAddress": "198.51.100.7", "userAgent": "Mozilla/5.0", "errorCode": "AccessDenied", "errorMessage": "no",
        "requestID": "7e1a", "requestParameters": {"userName": "mara"}, "eventType": "AwsApiCall", "eventCategory": "Management",
        "resources": [{"ARN": "arn:aws:iam::111122223333:user/mara", "accountId": "111122223333", "type": "AWS::IAM::User"}],
        "recipientAccountId": "111122223333", "readOnly": false, "managementEvent": true,
        "sessionCredentialFromConsole": "true", "tlsDetails": {"tlsVersion": "TLSv1.3"},
    })
}

fn document(text: Vec<u8>) -> Document {
    Document { name: "lake".to_owned(), text }
}

fn read(text: Vec<u8>) -> Outcome {
    Outcome::of(split(&document(text)).unwrap())
}

#[test]
fn ocsf_1_1_event_is_converted_to_the_original_record() {
    let outcome = read(version_1_1().to_string().into_bytes());
    assert_eq!((outcome.container, outcome.records), (Container::Ocsf, vec![(1, record())]));
}

#[test]
fn ocsf_rc_2_event_is_converted_to_the_original_record() {
    let mut event = version_1_1();
    event["actor"]["user"] = json!({"type": "AssumedRole", "uid": "AROAEXAMPLE:mara", "account_uid": "111122223333",
        "uuid": "arn:aws:sts::111122223333:assumed-role/Admin/mara", "credential_uid": "ASIAEXAMPLE"});
    event["actor"]["session"] =
        json!({"created_time": 1_714_554_000_000_i64, "mfa": true, "issuer": "arn:aws:iam::111122223333:role/Admin"});
    event["api"]["request"] = json!({"uid": "7e1a"});
    event["unmapped"]["requestParameters"] = json!("{\"userName\":\"mara\"}");
    event["resources"][0] =
        json!({"uid": "arn:aws:iam::111122223333:user/mara", "account_uid": "111122223333", "type": "AWS::IAM::User"});
    event["class_uid"] = json!(3005);
    let lines = format!("{event}\n{event}\n");
    assert_eq!(read(lines.into_bytes()).records, [(1, record()), (2, record())]);
}

#[test]
fn raw_record_is_used_if_available() {
    let mut event = version_1_1();
    event["raw_data"] =
        json!(r#"{"eventName":"ListUsers","eventSource":"iam.amazonaws.com","eventTime":"2024-05-01T10:00:02Z"}"#);
    assert_eq!(read(event.to_string().into_bytes()).records[0].1["eventName"], "ListUsers");
    event["raw_data"] = json!("no record");
    assert_eq!(read(event.to_string().into_bytes()).records, [(1, record())]);
}

#[test]
fn ocsf_from_another_product_is_refused_with_its_name() {
    let finding = json!({"class_uid": 2004, "metadata": {"product": {"name": "GuardDuty\u{1b}"}}, "time": 1});
    let refusal = split(&document(finding.to_string().into_bytes())).unwrap_err();
    assert_eq!(refusal.to_string(), "OCSF event from GuardDuty\u{fffd} (class 2004), not CloudTrail");
}

/// The relevant columns of Security Lake's files. `unmapped` is a map of strings.
fn columns() -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let group = |name: &str, members: Vec<Field>| Field::new(name, DataType::Struct(members.into()), true);
    let feature = group("feature", vec![text("name")]);
    let product = group("product", vec![text("version"), text("name"), text("vendor_name"), feature]);
    let response = group("response", vec![text("error"), text("message")]);
    let request = group("request", vec![text("uid"), text("data")]);
    let account = || group("account", vec![text("uid")]);
    let user = group(
        "user",
        vec![text("type"), text("name"), text("uid"), text("uid_alt"), account(), text("credential_uid")],
    );
    let created = Field::new("created_time", DataType::Int64, true);
    let session = group("session", vec![created, Field::new("is_mfa", DataType::Boolean, true), text("issuer")]);
    let resource = DataType::Struct(vec![text("uid"), account(), text("type")].into());
    let pair = DataType::Struct(vec![Field::new("key", DataType::Utf8, false), text("value")].into());
    Schema::new(vec![
        group("metadata", vec![product, text("event_code"), text("uid"), text("version")]),
        Field::new("time", DataType::Int64, true),
        group("cloud", vec![text("region"), text("provider")]),
        group("api", vec![response, text("operation"), group("service", vec![text("name")]), request]),
        group("actor", vec![user, session]),
        group("http_request", vec![text("user_agent")]),
        group("src_endpoint", vec![text("ip"), text("domain")]),
        Field::new_list("resources", Field::new_list_field(resource, true), true),
        Field::new("class_uid", DataType::Int32, true),
        Field::new("unmapped", DataType::Map(Arc::new(Field::new("entries", pair, false)), false), true),
    ])
}

fn parquet(schema: Schema, rows: &[Value]) -> Vec<u8> {
    let schema = Arc::new(schema);
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).build_decoder().unwrap();
    decoder.serialize(rows).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).unwrap();
    writer.write(&decoder.flush().unwrap().unwrap()).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn security_lake_rows_are_converted_to_records() {
    let outcome = read(parquet(columns(), &[version_1_1(), version_1_1()]));
    assert_eq!(outcome.container, Container::Parquet);
    assert_eq!(outcome.records, [(1, record()), (2, record())]);
    assert_eq!(outcome.bad, []);
}

#[test]
fn row_from_another_product_is_rejected_alone() {
    let finding = json!({"class_uid": 2004, "metadata": {"product": {"name": "GuardDuty"}}});
    let outcome = read(parquet(columns(), &[finding, version_1_1()]));
    assert_eq!(outcome.records, [(2, record())]);
    assert_eq!(outcome.causes(), [(1, "no CloudTrail record: OCSF event from GuardDuty (class 2004), not CloudTrail")]);
}

#[test]
fn parquet_without_records_is_refused() {
    let fruit = Schema::new(vec![Field::new("fruit", DataType::Utf8, true)]);
    let refusal = |text: Vec<u8>| split(&document(text)).unwrap_err();
    let other = refusal(parquet(fruit, &[json!({"fruit": "pear"})]));
    assert_eq!(other, Refusal::ForeignJson("fruit".to_owned()));
    let broken = refusal(b"PAR1 and no more".to_vec());
    assert!(broken.to_string().starts_with("broken Parquet: "), "{broken}");
}

#[test]
fn damaged_parquet_does_not_cause_a_panic() {
    let whole = parquet(columns(), &[version_1_1()]);
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..2000 {
        let mut damaged = whole.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(4..damaged.len());
            damaged[at] = random.u8(..);
        }
        damaged.truncate(if random.bool() { damaged.len() } else { random.usize(4..damaged.len()) });
        // The call must not panic. Its result is not checked.
        let _record_count = split(&document(damaged)).map(|split| split.records.len());
    }
}
