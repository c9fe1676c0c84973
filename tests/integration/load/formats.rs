//! One trail in every common format: one row per event, the most complete one, and the same signals in any order.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use cartographer::load::{Ledger, NoProgress, load};
use cartographer::read::DateOrder;
use cartographer::rule::RuleSet;
use flate2::read::GzDecoder;
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use super::{Workspace, column};

/// The files, one per format, from the most to the least complete format.
const FORMATS: [&str; 7] =
    ["records.json", "lookup.json", "rows.parquet", "ocsf.jsonl", "lake.json", "sentinel.csv", "history.csv"];

/// Orders of loading: the least complete format first, last and between. Each format is first in one of them.
const ORDERS: [[usize; 7]; 8] = [
    [0, 1, 2, 3, 4, 5, 6],
    [6, 5, 4, 3, 2, 1, 0],
    [4, 0, 6, 1, 5, 2, 3],
    [3, 6, 2, 5, 1, 4, 0],
    [5, 4, 3, 6, 0, 2, 1],
    [2, 3, 0, 4, 6, 1, 5],
    [1, 6, 0, 5, 4, 3, 2],
    [6, 0, 4, 2, 3, 1, 5],
];

/// The columns that the trail's own record determines. `extra` also has values from the other formats.
const ROWS: &str = "SELECT * EXCLUDE (source_file, source_record, extra) FROM events ORDER BY event_id";
const ALL: [&str; 6] = [
    "SELECT * FROM events ORDER BY event_id",
    "SELECT * FROM sessions ORDER BY ALL",
    "SELECT * FROM signals ORDER BY ALL",
    "SELECT * FROM event_signal ORDER BY ALL",
    "SELECT * FROM signal_entities ORDER BY ALL",
    "SELECT * FROM timeline ORDER BY ALL",
];

/// A part of the demo trail: two people in the console, one of whom signs in, and some programs.
fn trail() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut trail: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(records) = trail["Records"].take() else { panic!("no list of records") };
    let of = |name: &str, most: usize| {
        let is_of = move |record: &&Value| record["userIdentity"].to_string().contains(name);
        records.iter().filter(is_of).take(most).cloned().collect::<Vec<_>>()
    };
    [of("/tomas", 60), of("user/nadia", 90), of("orders-api", 10)].concat()
}

fn text<'r>(record: &'r Value, path: &str) -> &'r str {
    path.split('.').fold(record, |value, name| &value[name]).as_str().unwrap_or_default()
}

/// JSON as text, or an empty string for a missing value.
fn json_text(value: &Value) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}

/// A struct in CloudTrail Lake's text format.
fn lake_struct(value: &Value, name: fn(&str) -> String) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(own, value)| format!("{}={}", name(own), lake_struct(value, name)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| lake_struct(item, name)).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn lookup(records: &[Value]) -> String {
    let event = |record: &Value| {
        json!({
            "EventId": record["eventID"], "EventName": record["eventName"], "EventSource": record["eventSource"],
            "ReadOnly": record["readOnly"].to_string(), "EventTime": record["eventTime"], "Resources": [],
            "Username": text(record, "userIdentity.userName"), "CloudTrailEvent": record.to_string(),
        })
    };
    json!({ "Events": records.iter().map(event).collect::<Vec<_>>() }).to_string()
}

/// The output of `aws cloudtrail get-query-results` for a query of all columns.
fn lake(records: &[Value]) -> String {
    const NAMES: [&str; 20] = [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "requestID",
        "eventID",
        "readOnly",
        "eventType",
        "managementEvent",
        "recipientAccountId",
        "eventCategory",
    ];
    let cell = |record: &Value, name: &str| match (name, &record[name]) {
        ("eventTime", time) => time.as_str().unwrap().replace('T', " ").replace('Z', ".000"),
        ("userIdentity", value) => lake_struct(value, str::to_lowercase),
        (_, Value::Null) => String::new(),
        (_, value) => lake_struct(value, str::to_owned),
    };
    let row = |record: &Value| NAMES.map(|name| json!({ name: cell(record, name) }));
    json!({ "QueryStatus": "FINISHED", "QueryResultRows": records.iter().map(row).collect::<Vec<_>>() }).to_string()
}

/// An event in Security Lake's mapping to OCSF 1.1.0, without the original record.
fn ocsf(record: &Value) -> Value {
    let identity = &record["userIdentity"];
    let context = &identity["sessionContext"];
    let millis = |time: &str| chrono::DateTime::parse_from_rfc3339(time).ok().map(|time| time.timestamp_millis());
    let is_sign_in = record["eventName"] == "ConsoleLogin";
    let failed = !record["errorCode"].is_null() || text(record, "responseElements.ConsoleLogin") == "Failure";
    let mut event = json!({
        "metadata": {"uid": record["eventID"], "version": "1.1.0", "event_code": record["eventType"],
            "product": {"name": "CloudTrail", "vendor_name": "AWS", "version": record["eventVersion"],
                "feature": {"name": record["eventCategory"]}}},
        "class_uid": if is_sign_in { 3002 } else { 6003 }, "activity_id": 1,
        "time": millis(text(record, "eventTime")), "cloud": {"region": record["awsRegion"], "provider": "AWS"},
        "api": {"operation": record["eventName"], "service": {"name": record["eventSource"]}, "request": {"uid": record["requestID"]}},
        "actor": {"invoked_by": identity["invokedBy"], "user": {"type": identity["type"], "name": identity["userName"],
                "uid": identity["arn"], "uid_alt": identity["principalId"], "credential_uid": identity["accessKeyId"],
                "account": {"uid": identity["accountId"]}},
            "session": {"created_time": millis(text(context, "attributes.creationDate")),
                "is_mfa": context["attributes"]["mfaAuthenticated"].as_str().map(|mfa| mfa == "true"),
                "issuer": context["sessionIssuer"]["arn"]}},
        "src_endpoint": {"ip": record["sourceIPAddress"]}, "http_request": {"user_agent": record["userAgent"]},
        "status": if failed { "Failure" } else { "Success" }, "status_id": if failed { 2 } else { 1 },
        "unmapped": {"recipientAccountId": record["recipientAccountId"], "readOnly": json_text(&record["readOnly"]),
            "managementEvent": "true",
            "userIdentity.sessionContext.sessionIssuer.userName": context["sessionIssuer"]["userName"]},
    });
    if !record["requestParameters"].is_null() {
        event["api"]["request"]["data"] = json!(record["requestParameters"].to_string());
    }
    if !record["errorCode"].is_null() {
        event["api"]["response"] = json!({"error": record["errorCode"], "message": record["errorMessage"]});
    }
    if is_sign_in {
        event["is_mfa"] = json!(text(record, "additionalEventData.MFAUsed") == "Yes");
        event["dst_endpoint"] = json!({"svc_name": record["additionalEventData"]["LoginTo"]});
    }
    event
}

/// A table with a column for each member, objects as JSON text, and times as timestamps in UTC.
fn parquet(records: &[Value]) -> Vec<u8> {
    let texts = |name: &str| -> ArrayRef {
        let cells = records.iter().map(|record| match &record[name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        Arc::new(cells.collect::<StringArray>())
    };
    let names: [(&str, &str); 17] = [
        ("event_version", "eventVersion"),
        ("user_identity", "userIdentity"),
        ("event_source", "eventSource"),
        ("event_name", "eventName"),
        ("aws_region", "awsRegion"),
        ("source_ip_address", "sourceIPAddress"),
        ("user_agent", "userAgent"),
        ("error_code", "errorCode"),
        ("error_message", "errorMessage"),
        ("request_parameters", "requestParameters"),
        ("response_elements", "responseElements"),
        ("additional_event_data", "additionalEventData"),
        ("request_id", "requestID"),
        ("event_id", "eventID"),
        ("event_type", "eventType"),
        ("read_only", "readOnly"),
        ("recipient_account_id", "recipientAccountId"),
    ];
    let micros = records
        .iter()
        .map(|record| chrono::DateTime::parse_from_rfc3339(text(record, "eventTime")).unwrap().timestamp_micros());
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"));
    let columns = names.map(|(name, member)| (name, texts(member))).into_iter().chain([("event_time", time)]);
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A column of CSV, and a function that returns its cell for a record.
type CsvColumn<'c> = (&'c str, &'c dyn Fn(&Value) -> String);

/// A CSV table.
fn csv(columns: &[CsvColumn<'_>], records: &[Value]) -> String {
    let quoted = |cell: String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.into_iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
    let header = line(columns.iter().map(|(name, _)| (*name).to_owned()).collect());
    let row = |record: &Value| line(columns.iter().map(|(_, cell)| cell(record)).collect());
    header + &records.iter().map(row).collect::<String>()
}

fn text_at(path: &'static str) -> impl Fn(&Value) -> String {
    move |record| text(record, path).to_owned()
}

/// The table `AWSCloudTrail` in the export format of Microsoft Sentinel's portal. Times start with the day.
fn sentinel(records: &[Value]) -> String {
    let day_first = |time: &str| {
        let time = chrono::DateTime::parse_from_rfc3339(time).ok();
        time.map_or_else(String::new, |time| time.format("%d/%m/%Y, %H:%M:%S.000").to_string())
    };
    let created = |record: &Value| day_first(text(record, "userIdentity.sessionContext.attributes.creationDate"));
    let json_of = |name: &'static str| move |record: &Value| json_text(&record[name]);
    csv(
        &[
            ("TimeGenerated [UTC]", &|record| day_first(text(record, "eventTime"))),
            ("AwsEventId", &text_at("eventID")),
            ("EventVersion", &text_at("eventVersion")),
            ("EventSource", &text_at("eventSource")),
            ("EventTypeName", &text_at("eventType")),
            ("EventName", &text_at("eventName")),
            ("UserIdentityType", &text_at("userIdentity.type")),
            ("UserIdentityPrincipalid", &text_at("userIdentity.principalId")),
            ("UserIdentityArn", &text_at("userIdentity.arn")),
            ("UserIdentityAccountId", &text_at("userIdentity.accountId")),
            ("UserIdentityInvokedBy", &text_at("userIdentity.invokedBy")),
            ("UserIdentityAccessKeyId", &text_at("userIdentity.accessKeyId")),
            ("UserIdentityUserName", &text_at("userIdentity.userName")),
            ("SessionMfaAuthenticated", &text_at("userIdentity.sessionContext.attributes.mfaAuthenticated")),
            ("SessionCreationDate [UTC]", &created),
            ("SessionIssuerType", &text_at("userIdentity.sessionContext.sessionIssuer.type")),
            ("SessionIssuerPrincipalId", &text_at("userIdentity.sessionContext.sessionIssuer.principalId")),
            ("SessionIssuerArn", &text_at("userIdentity.sessionContext.sessionIssuer.arn")),
            ("SessionIssuerUserName", &text_at("userIdentity.sessionContext.sessionIssuer.userName")),
            ("AWSRegion", &text_at("awsRegion")),
            ("SourceIpAddress", &text_at("sourceIPAddress")),
            ("UserAgent", &text_at("userAgent")),
            ("ErrorCode", &text_at("errorCode")),
            ("ErrorMessage", &text_at("errorMessage")),
            ("RequestParameters", &json_of("requestParameters")),
            ("ResponseElements", &json_of("responseElements")),
            ("AdditionalEventData", &json_of("additionalEventData")),
            ("AwsRequestId_", &text_at("requestID")),
            ("ReadOnly", &json_of("readOnly")),
            ("RecipientAccountId", &text_at("recipientAccountId")),
            ("Type", &|_| "AWSCloudTrail".to_owned()),
        ],
        records,
    )
}

/// The console's event history, in which the user name of a role is its session name.
fn history(records: &[Value]) -> String {
    let user = |record: &Value| {
        let caller = text(record, "userIdentity.principalId").split(':').nth(1).unwrap_or_default();
        let name = text(record, "userIdentity.userName");
        if name.is_empty() { caller.to_owned() } else { name.to_owned() }
    };
    let read_only = |record: &Value| json_text(&record["readOnly"]);
    csv(
        &[
            ("Event name", &text_at("eventName")),
            ("Event time", &|record| {
                let time = chrono::DateTime::parse_from_rfc3339(text(record, "eventTime")).unwrap();
                time.format("%B %d, %Y, %H:%M:%S (UTC+00:00)").to_string()
            }),
            ("User name", &user),
            ("Event source", &text_at("eventSource")),
            ("Resource type", &|_| String::new()),
            ("Resource name", &|_| String::new()),
            ("Event ID", &text_at("eventID")),
            ("Request ID", &text_at("requestID")),
            ("AWS access key", &text_at("userIdentity.accessKeyId")),
            ("AWS region", &text_at("awsRegion")),
            ("Source IP address", &text_at("sourceIPAddress")),
            ("Read-only", &read_only),
            ("Error code", &text_at("errorCode")),
        ],
        records,
    )
}

/// Loads files. All events are on one day, so Sentinel's table does not show that its dates start with the day.
fn load_files(workspace: &Workspace, case: &str, files: &[&str]) -> Ledger {
    let mut options = workspace.options(case, files);
    options.reading.date_order = Some(DateOrder::DayFirst);
    let ledger = load(&options, &RuleSet::shipped().unwrap(), &NoProgress).unwrap();
    assert!(ledger.balances(), "{ledger:?}");
    ledger
}

/// A folder with the trail in every format.
fn workspace(records: &[Value]) -> Workspace {
    let workspace = Workspace::new();
    workspace.write_records("records.json", records);
    workspace.write("lookup.json", &lookup(records));
    workspace.write("lake.json", &lake(records));
    workspace.write("ocsf.jsonl", &records.iter().map(|record| ocsf(record).to_string() + "\n").collect::<String>());
    workspace.write("sentinel.csv", &sentinel(records));
    workspace.write("history.csv", &history(records));
    std::fs::write(workspace.path("rows.parquet"), parquet(records)).unwrap();
    workspace
}

/// The first lines that differ between two texts, for a readable failure message.
fn difference(a: &str, b: &str) -> String {
    let lines = a.lines().zip(b.lines()).filter(|(a, b)| a != b).take(3);
    lines.flat_map(|(a, b)| ["- ", a, "\n+ ", b, "\n"]).collect()
}

fn assert_same(a: &str, b: &str, description: &str) {
    assert!(a == b, "{description}:\n{}", difference(a, b));
}

#[test]
fn every_format_alone_gives_all_events() {
    let records = trail();
    let workspace = workspace(&records);
    for file in FORMATS {
        let case = format!("{file}.duckdb");
        let ledger = load_files(&workspace, &case, &[file]);
        let counts = (ledger.read, ledger.inserted, ledger.rejected, ledger.damaged, ledger.conflicts);
        assert_eq!(counts, (records.len() as u64, records.len() as u64, 0, 0, 0), "{file}: {ledger:?}");
        let calls = "SELECT event_id, event_time, event_key, source_ip, region, error_code FROM events ORDER BY 1";
        let rows = |case: &str| super::rows(&workspace.path(case), calls);
        assert_same(&rows(&case), &rows("records.json.duckdb"), file);
    }
}

#[test]
fn all_formats_are_merged_into_one_row_per_event() {
    let records = trail();
    let workspace = workspace(&records);
    let whole = load_files(&workspace, "whole.duckdb", &["records.json"]);
    assert!(whole.case.clicks > 10, "the trail has too few clicks: {whole:?}");
    load_files(&workspace, "all.duckdb", &FORMATS);
    let content = |case: &str| ALL.map(|sql| super::rows(&workspace.path(case), sql)).join("\n");
    let all = content("all.duckdb");
    for order in ORDERS {
        let case = "case.duckdb";
        let _absent = std::fs::remove_file(workspace.path(case));
        for index in order {
            let ledger = load_files(&workspace, case, &[FORMATS[index]]);
            assert_eq!((ledger.rejected, ledger.damaged, ledger.conflicts), (0, 0, 0), "{order:?}: {ledger:?}");
        }
        assert_eq!(column(&workspace, "SELECT count(*) FROM events"), [records.len().to_string()], "{order:?}");
        // The row is that of the trail's own record: a less complete format neither removes nor changes values.
        assert_same(&workspace.rows(ROWS), &super::rows(&workspace.path("whole.duckdb"), ROWS), &format!("{order:?}"));
        for sql in &ALL[2..5] {
            let [found, expected] = [case, "whole.duckdb"].map(|case| super::rows(&workspace.path(case), sql));
            assert_same(&found, &expected, &format!("{order:?}: {sql}"));
        }
        assert_same(&content(case), &all, &format!("{order:?}"));
    }
}

#[test]
fn values_of_a_single_format_are_kept() {
    let records = trail();
    let workspace = workspace(&records);
    load_files(&workspace, "case.duckdb", &["history.csv", "sentinel.csv", "records.json"]);
    let kept = "SELECT count(*) FROM events WHERE extra->'eventHistory'->>'Type' = 'AWSCloudTrail'";
    assert_eq!(column(&workspace, kept), [records.len().to_string()]);
}
