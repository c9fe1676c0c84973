//! OCSF exports conform to the published schema, and both formats have the same content.

use std::fs::{self, File};

use arrow::json::LineDelimitedWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::export::{cartographer, demo, query, stdout_of};

/// The attributes that OCSF 1.3.0 requires, by object. The source is `ocsf/ocsf-schema` on GitHub:
/// `events/base_event.json`, `events/application/api_activity.json`, `events/iam/authentication.json`,
/// `profiles/cloud.json` and `objects/`.
const EVERY: [&str; 8] =
    ["activity_id", "category_uid", "class_uid", "cloud", "metadata", "severity_id", "time", "type_uid"];
const API_ACTIVITY: [&str; 3] = ["actor", "api", "src_endpoint"];
const AUTHENTICATION: [&str; 1] = ["user"];
const OBJECTS: [(&str, &[&str]); 6] = [
    ("/metadata", &["product", "version"]),
    ("/metadata/product", &["name", "vendor_name"]),
    ("/cloud", &["provider"]),
    ("/api", &["operation"]),
    ("/api/request", &["uid"]),
    ("/enrichments/0", &["data", "name", "value"]),
];

/// The `at_least_one` constraints of the same schema.
const ONE_OF: [(&str, &[&str]); 4] = [
    ("/actor", &["process", "user", "invoked_by", "session", "app_name", "app_uid"]),
    ("/actor/user", &["account", "name", "uid"]),
    ("/user", &["account", "name", "uid"]),
    (
        "/src_endpoint",
        &["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name"],
    ),
];

/// The attributes that the schema requires and that an event lacks.
fn missing_attributes(event: &Value) -> Vec<String> {
    let is_sign_in = event["class_uid"] == 3002;
    let of_class = if is_sign_in { &AUTHENTICATION[..] } else { &API_ACTIVITY[..] };
    let has = |object: &Value, name: &str| object.get(name).is_some_and(|value| !value.is_null());
    let mut missing: Vec<String> =
        EVERY.iter().chain(of_class).filter(|name| !has(event, name)).map(ToString::to_string).collect();
    for (path, names) in OBJECTS {
        let Some(object) = event.pointer(path) else { continue };
        missing.extend(names.iter().filter(|name| !has(object, name)).map(|name| format!("{path}/{name}")));
    }
    for (path, names) in ONE_OF {
        let Some(object) = event.pointer(path) else { continue };
        if !names.iter().any(|name| has(object, name)) {
            missing.push(format!("{path}: one of {names:?}"));
        }
    }
    if is_sign_in && !has(event, "service") && !has(event, "dst_endpoint") {
        missing.push("service or dst_endpoint".to_owned());
    }
    missing
}

fn events(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_have_all_required_attributes() {
    let dir = demo();
    let events = events(&stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]));
    assert_eq!(events.len(), 2526);
    for event in &events {
        assert_eq!(missing_attributes(event), Vec::<String>::new(), "{event}");
        let number = |name: &str| event[name].as_u64().unwrap();
        assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"));
        assert_eq!(number("category_uid"), number("class_uid") / 1000);
        assert_eq!(event["metadata"]["version"], "1.3.0");
        assert!(event["raw_data"].as_str().unwrap().contains(event["metadata"]["uid"].as_str().unwrap()));
    }
    let of = |class: u64| events.iter().filter(|event| event["class_uid"] == class).count();
    assert_eq!((of(6003) + of(3002), of(3002) > 3), (2526, true));
    let clicks = events.iter().filter(|event| event["enrichments"][0]["type"] == "console_click").count();
    assert_eq!(clicks, 512);
}

#[test]
fn exported_events_are_in_order() {
    let dir = demo();
    let lines = stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]);
    let found: Vec<String> =
        events(&lines).iter().map(|event| event["metadata"]["uid"].as_str().unwrap().to_owned()).collect();
    let ids = query(dir.path(), "case.duckdb", "SELECT event_id FROM events ORDER BY event_time, event_id");
    assert_eq!(found, ids.lines().skip(1).collect::<Vec<_>>());
}

#[test]
fn ocsf_describes_key_creation_and_failed_sign_in() {
    let dir = demo();
    let events = events(&stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]));
    let call = |name: &str| {
        events.iter().find(|event| event["api"]["operation"] == name && event["status"] == "Success").unwrap()
    };
    let key = call("CreateAccessKey");
    assert_eq!(
        (&key["activity_name"], &key["type_uid"], &key["status_id"]),
        (&json!("Create"), &json!(600_301), &json!(1))
    );
    assert_eq!(key["message"], "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    assert_eq!((&key["severity"], &key["cloud"]["provider"]), (&json!("Medium"), &json!("AWS")));
    assert_eq!(key["enrichments"][0]["value"], key["metadata"]["uid"]);
    let failed: Vec<&Value> =
        events.iter().filter(|event| event["class_uid"] == 3002 && event["status"] == "Failure").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["activity_name"], &failed[0]["status_id"]), (&json!("Logon"), &json!(2)));
    assert_eq!(failed[0]["status_detail"], "Failed authentication");
}

#[test]
fn sparse_records_conform_to_the_schema() {
    let dir = demo();
    let call = |id: &str, more: Value| {
        let mut record = json!({"eventVersion": "1.08", "eventTime": "2026-03-02T10:00:00Z", "eventName": "Odd",
            "eventSource": "odd.amazonaws.com", "eventID": id});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    let records = json!([
        call("0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a1", json!({"userIdentity": {}})),
        call(
            "0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a2",
            json!({"userIdentity": {"type": "AWSService", "invokedBy": "odd.amazonaws.com"},
            "sourceIPAddress": "odd.amazonaws.com", "requestParameters": {"a": 1}})
        ),
        call(
            "0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a3",
            json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
            "eventType": "AwsConsoleSignIn", "userIdentity": {"type": "Root"}})
        ),
    ]);
    fs::write(dir.path().join("odd.json"), records.to_string()).unwrap();
    stdout_of(dir.path(), &["load", "odd.json", "--db", "odd.duckdb", "-q"]);
    let events = events(&stdout_of(dir.path(), &["export", "ocsf", "--db", "odd.duckdb"]));
    assert_eq!(
        events.iter().map(missing_attributes).collect::<Vec<_>>(),
        [Vec::<String>::new(), Vec::new(), Vec::new()]
    );
    assert_eq!(events[0]["src_endpoint"], json!({"name": "Unknown"}));
    assert_eq!(events[1]["src_endpoint"]["svc_name"], "odd.amazonaws.com");
    assert_eq!(events[1]["unmapped"]["requestParameters"], json!({"a": 1}));
    assert_eq!((&events[2]["class_uid"], &events[2]["user"]["name"]), (&json!(3002), &json!("Unknown")));
}

/// Parses the JSON that a Parquet column contains as text, so that it is nested as in a JSON line.
fn nest(event: &mut Value) {
    for path in ["/api/request/data", "/api/response/data", "/unmapped", "/enrichments/0/data"] {
        if let Some(text) = event.pointer_mut(path) {
            *text = serde_json::from_str(text.as_str().unwrap()).unwrap();
        }
    }
}

#[test]
fn parquet_columns_match_json_lines() {
    let dir = demo();
    let lines = events(&stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]));
    stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb", "--format", "parquet", "-o", "out.parquet"]);
    let file = File::open(dir.path().join("out.parquet")).unwrap();
    let mut json = LineDelimitedWriter::new(Vec::new());
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        json.write(&batch.unwrap()).unwrap();
    }
    json.finish().unwrap();
    let mut rows = events(&String::from_utf8(json.into_inner()).unwrap());
    rows.iter_mut().for_each(nest);
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(row, line);
    }
}

#[test]
fn hidden_characters_are_escaped_in_json_lines() {
    let dir = demo();
    let record = json!([{"eventVersion": "1.08", "eventTime": "2026-03-02T10:00:00Z", "eventName": "Odd", "userAgent": "\u{1b}[31m\u{202e}",
        "eventSource": "odd.amazonaws.com", "eventID": "0a5d1f3e-5c0b-4d6e-9a53-0f5a3ec4b2a1", "userIdentity": {}}]);
    fs::write(dir.path().join("odd.json"), record.to_string()).unwrap();
    stdout_of(dir.path(), &["load", "odd.json", "--db", "odd.duckdb", "-q"]);
    let mut command = cartographer(dir.path(), &["export", "ocsf", "--db", "odd.duckdb"]);
    let output = command.output().unwrap().stdout;
    assert!(!output.contains(&0x1b) && !String::from_utf8(output.clone()).unwrap().contains('\u{202e}'));
    assert_eq!(events(&String::from_utf8(output).unwrap())[0]["http_request"]["user_agent"], "\u{1b}[31m\u{202e}");
}
