//! Formats of real-world files: unknown wrappers, lines with other text, tables of other tools, damage.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, FixedSizeBinaryArray, StringArray, TimestampMillisecondArray};
use arrow::record_batch::RecordBatch;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use cartographer::read::{Container, DateOrder, Document, Reading, Refusal, Stored, split, split_as};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression as Packing};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::Outcome;

/// A record with a number in its time and ID.
fn record(number: u64) -> Value {
    json!({
        "eventVersion": "1.10",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/nora", "accountId": "444455556666", "userName": "nora"},
        "eventTime": format!("2024-06-03T08:00:{number:02}Z"), "eventSource": "kms.amazonaws.com", "eventName": "CreateKey",
        "awsRegion": "eu-central-1", "sourceIPAddress": "203.0.113.9", "eventID": format!("00000000-0000-4000-8000-{number:012}"),
    })
}

fn refusal(text: &str) -> Refusal {
    split(&Document { name: "field".to_owned(), text: text.into() }).unwrap_err()
}

fn read(text: &str) -> Outcome {
    Outcome::of(split(&Document { name: "field".to_owned(), text: text.into() }).unwrap())
}

/// The numbers of the records in a text that contains nothing else.
fn numbers(text: &str) -> Vec<u64> {
    let outcome = read(text);
    assert_eq!(outcome.bad, [], "{text}");
    for (_, found) in &outcome.records {
        let number = found["eventID"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        assert_eq!(*found, record(number), "{text}");
    }
    outcome.numbers().into_iter().map(|(_, number)| number).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn records_are_found_in_any_object() {
    let (one, text) = (record(1), record(1).to_string());
    let wrappers = [
        json!({"took": 3, "hits": {"total": 1, "hits": [{"_id": "x", "_source": one}]}}),
        json!({"data": {"integration": "aws", "aws": one}, "rule": {"id": "1"}}),
        json!({"case": one}),
        json!({"date": 1, "log": text}),
        json!({"topic": "t", "value": text, "offset": 3}),
        json!({"@timestamp": "x", "event.original": text}),
        json!({"fields": {"event.original": [text]}}),
        json!({"results": [{"_raw": text}], "preview": false}),
        json!({"results": [[{"field": "@ptr", "value": "x"}, {"field": "@message", "value": text}]]}),
        json!([{"@timestamp": "x", "@message": one}]),
        json!({"rows": [{"payload": {"inner": one}}]}),
        json!({"content": {"attributes": one}, "id": "x"}),
        json!({"full_message": text, "short_message": "x"}),
        json!({"a": {"b": {"c": {"d": {"e": one}}}}}),
    ];
    for wrapper in wrappers {
        assert_eq!(numbers(&wrapper.to_string()), [1], "{wrapper}");
    }
}

#[test]
fn event_pattern_is_not_an_event() {
    let rule = json!({"pattern": {"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser"]}});
    assert!(matches!(refusal(&rule.to_string()), Refusal::ForeignJson(_)));
}

#[test]
fn all_lists_of_an_object_are_read() {
    let [one, two] = [1, 2].map(|number| record(number).to_string());
    for text in [
        format!("{{\"Records\":[{one}],\"Records\":[{two}]}}"),
        format!("{{\"Records\":[],\"Events\":[],\"Records\":[{one},{two}]}}"),
        format!("{{\"Events\":[],\"Records\":[{one},{two}]}}"),
        format!("{{\"Records\":[{one}],\"message\":{}}}", Value::from(two.as_str())),
        format!("{{\"Events\":[{one}],\"x\":1,\"message\":{}}}", Value::from(two.as_str())),
        format!("{{\"Records\":[{one}],\"nextToken\":\"x\",\"more\":{{\"Records\":[{two}]}}}}"),
    ] {
        assert_eq!(numbers(&text), [1, 2], "{text}");
    }
}

#[test]
fn records_are_decoded_from_base64() {
    let logs = json!({"messageType": "DATA_MESSAGE", "logEvents": [{"message": record(1).to_string()}]}).to_string();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(logs.as_bytes()).unwrap();
    let packed = BASE64_STANDARD.encode(gzip(&logs));
    for text in [
        json!({"awslogs": {"data": packed}}).to_string(),
        json!({"requestId": "x", "records": [{"data": packed}]}).to_string(),
        json!({"Records": [{"kinesis": {"data": packed}, "eventSource": "aws:kinesis", "eventName": "aws:kinesis:record",
            "eventVersion": "1.0", "eventID": "s:1"}]})
        .to_string(),
        json!({"records": {"topic-0": [{"value": BASE64_STANDARD.encode(record(1).to_string())}]}}).to_string(),
        json!({"data": BASE64_URL_SAFE.encode(gzip(&logs))}).to_string(),
        json!({"data": BASE64_STANDARD.encode(zlib.finish().unwrap())}).to_string(),
        format!("{packed}\n"),
    ] {
        assert_eq!(numbers(&text), [1], "{text}");
    }
}

#[test]
fn lines_may_contain_text_around_the_record() {
    let [one, two] = [1, 2].map(|number| record(number).to_string());
    let prefixes = [
        "2024-06-03T08:00:00.000Z ",
        "2024-06-03T08:00:00.000000+00:00 444455556666_CloudTrail_eu-central-1 ",
        "<134>1 2024-06-03T08:00:00Z host cloudtrail - - - ",
        "Jun  3 08:00:00 host cloudtrail: ",
        "[2024-06-03 08:00:00] INFO ",
        "[INFO] ",
        "EVENTS\t3\t1717\tstream\t",
        "host={web} ",
    ];
    for prefix in prefixes {
        let outcome = read(&format!("{prefix}{one}\n\n{prefix}{two}\t1717\n"));
        assert_eq!(
            (outcome.container, outcome.numbers()),
            (Container::PrefixedLines, vec![(1, 1), (3, 2)]),
            "{prefix}"
        );
        assert_eq!(outcome.bad, [], "{prefix}");
    }
    let outcome = read(&format!("x {one}\nx {}\nno record\nx {two}\n", &one[..40]));
    assert_eq!((outcome.numbers(), outcome.bad.len()), (vec![(1, 1), (4, 2)], 2));
}

#[test]
fn text_in_brackets_is_not_json() {
    for text in ["[![Build](x)](y)\n# Readme\n", "[2024-05-01 10:00:00] INFO starting\n", "[section]\nkey=1\n"] {
        assert_eq!(refusal(text), Refusal::NotData, "{text}");
    }
    assert!(matches!(refusal("[1, 2]"), Refusal::ForeignJson(_)));
}

#[test]
fn reading_continues_after_damage() {
    let [one, two, three] = [1, 2, 3].map(|number| record(number).to_string());
    let damaged = [
        two.replacen("\"awsRegion\"", ", ", 1),
        two[..two.len() - 30].to_owned(),
        two.replacen("\"203.0.113.9\"", "\"203.0.113.9", 1),
        two.replacen("\"type\"", "type", 1),
    ];
    for bad in damaged {
        for text in [
            format!("{{\"Records\":[{one},{bad},{three}]}}"),
            format!("[{one},{bad},{three}]"),
            format!("{one}{bad}{three}"),
            format!("{one}\n{bad}\n{three}\n"),
        ] {
            let outcome = read(&text);
            let found: Vec<u64> = outcome.numbers().into_iter().map(|(_, number)| number).collect();
            assert_eq!(found, [1, 3], "{text}");
            assert!(!outcome.bad.is_empty(), "{text}");
        }
    }
    let outcome = read(&format!("{{\"Records\":[{one}, ,{three}]}}"));
    assert_eq!(outcome.numbers().len(), 2);
    assert!(outcome.bad[0].cause.ends_with("bytes to reach the next record"), "{:?}", outcome.bad);
    assert_eq!(numbers(&format!("{one}\\n{two}\\r\\n{three}\\n")), [1, 2, 3]);
    assert_eq!(numbers(&format!("{{\"Records\":[{one}{two}]}}")), [1, 2]);
    let cut = format!("{{\"unknown\":[{one},{two},{}", &three[..50]);
    assert_eq!(read(&cut).numbers().len(), 2);
}

#[test]
fn member_names_may_have_any_spelling() {
    let renamed = |change: fn(&str) -> String| {
        fn walk(value: &Value, change: fn(&str) -> String) -> Value {
            match value {
                Value::Object(members) => {
                    members.iter().map(|(name, value)| (change(name), walk(value, change))).collect()
                }
                other => other.clone(),
            }
        }
        walk(&record(1), change).to_string()
    };
    let pascal = |name: &str| name[..1].to_uppercase() + &name[1..];
    let snake = |name: &str| {
        name.chars().fold(String::new(), |text, c| {
            let mark = c.is_uppercase() && !text.ends_with('_') && !text.ends_with(char::is_uppercase);
            text + if mark { "_" } else { "" } + &c.to_lowercase().to_string()
        })
    };
    for text in [renamed(pascal), renamed(snake), renamed(str::to_lowercase)] {
        assert_eq!(read(&text).records, [(1, record(1))], "{text}");
    }
}

#[test]
fn identity_may_be_text_or_separate_members() {
    let in_text = |identity: &str| {
        let mut record = record(1);
        record["userIdentity"] = json!(identity);
        record["requestParameters"] = json!("{\"keyId\":\"k\"}");
        record.to_string()
    };
    let mut expected = record(1);
    expected["requestParameters"] = json!({"keyId": "k"});
    let identity = "{type=IAMUser, principalid=null, arn=arn:aws:iam::444455556666:user/nora, accountid=444455556666, username=nora, sessioncontext=null}";
    for text in [in_text(&record(1)["userIdentity"].to_string()), in_text(identity)] {
        assert_eq!(read(&text).records, [(1, expected.clone())], "{text}");
    }
    let mut parts = record(1);
    let identity = parts.as_object_mut().unwrap().remove("userIdentity").unwrap();
    for (name, value) in identity.as_object().unwrap() {
        parts[format!("userIdentity.{name}")] = value.clone();
    }
    assert_eq!(read(&parts.to_string()).records, [(1, record(1))]);
}

const HEADER: &str = "Event ID,Event time,User name,Event name,Event source\n";

fn times(rows: &[&str], order: Option<DateOrder>) -> Vec<Result<String, String>> {
    let rows: Vec<String> = rows.iter().enumerate().map(|(at, time)| format!("e{at},\"{time}\",nora,A,b\n")).collect();
    let document = Document { name: "history".to_owned(), text: format!("{HEADER}{}", rows.concat()).into() };
    let split = split_as(&document, Reading { date_order: order, ..Reading::default() }).unwrap();
    let time = |json: &str| serde_json::from_str::<Value>(json).unwrap()["eventTime"].as_str().unwrap().to_owned();
    split.records.into_iter().map(|record| record.map(|text| time(&text.json)).map_err(|bad| bad.cause)).collect()
}

#[test]
fn time_format_is_determined_for_the_whole_column() {
    let found = times(&["21/04/2025, 09:45:54.000", "08/04/2025, 06:56:30.000"], None);
    assert_eq!(found, [Ok("2025-04-21T09:45:54Z".to_owned()), Ok("2025-04-08T06:56:30Z".to_owned())]);
    let ambiguous = times(&["08/04/2025 06:56:30"], None);
    assert!(ambiguous[0].as_ref().is_err_and(|cause| cause.contains("--date-order")), "{ambiguous:?}");
    let day_first = times(&["08/04/2025 06:56:30"], Some(DateOrder::DayFirst));
    assert_eq!(day_first, [Ok("2025-04-08T06:56:30Z".to_owned())]);
}

#[test]
fn invalid_rows_do_not_affect_other_rows() {
    let row = |id: &str| format!("{id},2024-06-03T08:00:00Z,nora,A,b\n");
    let ids = |text: &str| {
        let outcome = read(text);
        let id = |(line, record): &(u64, Value)| (*line, record["eventID"].as_str().unwrap().to_owned());
        (
            outcome.records.iter().map(id).collect::<Vec<_>>(),
            outcome.bad.iter().map(|bad| bad.position).collect::<Vec<_>>(),
        )
    };
    let [a, b, c] = ["a", "b", "c"].map(row);
    let broken = [
        "x,2024-06-03T08:00:00Z,Doe, John,A,b\n",
        "x,2024-06-03T08:00:00Z,nora\n",
        "x,2024-06-03T08:00:00Z,\"nora,A,b\n",
        "x,\"2024-06-03T08:00:00Z,nora,A,b\n",
    ];
    for bad in broken {
        let found = ids(&format!("{HEADER}{a}{bad}{b}{c}"));
        assert_eq!(found, (vec![(2, "a".to_owned()), (4, "b".to_owned()), (5, "c".to_owned())], vec![3]), "{bad}");
    }
    // A quote in a later row does not close it.
    let found =
        ids(&format!("{HEADER}{a}x,2024-06-03T08:00:00Z,\"nora,A,b\n\"b\",2024-06-03T08:00:00Z,\"nora\",A,b\n"));
    assert_eq!(found, (vec![(2, "a".to_owned()), (4, "b".to_owned())], vec![3]));
    // Valid cells may contain line breaks.
    assert_eq!(ids(&format!("{HEADER}\"a\n1\",2024-06-03T08:00:00Z,nora,A,b\n{b}")).0.len(), 2);
}

#[test]
fn microsoft_sentinel_table_is_read() {
    let text = "TimeGenerated [UTC],AwsEventId,EventVersion,EventSource,EventTypeName,EventName,UserIdentityType,UserIdentityArn,UserIdentityAccountId,SessionMfaAuthenticated,SessionCreationDate [UTC],AWSRegion,SourceIpAddress,ErrorCode,RequestParameters,ReadOnly,TenantId\n\
        \"6/3/2024, 8:00:01.000 AM\",e1,1.09,kms.amazonaws.com,AwsApiCall,CreateKey,AssumedRole,arn:aws:sts::444455556666:assumed-role/A/n,444455556666,true,\"6/3/2024, 7:00:00.000 AM\",eu-central-1,203.0.113.9,,\"{\"\"keyId\"\": \"\"k\"\"}\",false,t\n\
        \"6/13/2024, 8:00:01.000 AM\",e2,1.09,kms.amazonaws.com,AwsApiCall,CreateKey,,,,,,,,,,,t\n";
    let outcome = read(text);
    assert_eq!((outcome.container, outcome.bad.len()), (Container::Table, 0));
    let expected = json!({
        "eventTime": "2024-06-03T08:00:01Z", "eventID": "e1", "eventVersion": "1.09", "eventSource": "kms.amazonaws.com",
        "eventType": "AwsApiCall", "eventName": "CreateKey", "awsRegion": "eu-central-1", "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::444455556666:assumed-role/A/n", "accountId": "444455556666",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true", "creationDate": "2024-06-03T07:00:00Z"}}},
        "requestParameters": {"keyId": "k"}, "readOnly": false,
        "eventHistory": {"TimeGenerated [UTC]": "6/3/2024, 8:00:01.000 AM", "TenantId": "t"},
    });
    assert_eq!(outcome.records[0].1, expected);
    assert_eq!(outcome.records[1].1["eventTime"], "2024-06-13T08:00:01Z");
}

#[test]
fn elastic_events_without_original_record_are_read() {
    let event = json!({
        "@timestamp": "2024-06-03T08:00:01.000Z", "event": {"action": "CreateKey", "provider": "kms.amazonaws.com", "id": "e"},
        "source": {"address": "203.0.113.9", "ip": "203.0.113.9"}, "user_agent": {"original": "Mozilla/5.0"},
        "cloud": {"region": "eu-central-1", "account": {"id": "444455556666"}}, "user": {"name": "nora"},
        "aws": {"cloudtrail": {"event_version": "1.08", "error_code": "AccessDenied", "request_parameters": "{keyId=k}",
            "user_identity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/nora", "access_key_id": "A"}}},
    });
    let expected = json!({
        "eventTime": "2024-06-03T08:00:01.000Z", "eventName": "CreateKey", "eventSource": "kms.amazonaws.com", "eventID": "e",
        "sourceIPAddress": "203.0.113.9", "userAgent": "Mozilla/5.0", "awsRegion": "eu-central-1", "recipientAccountId": "444455556666",
        "eventVersion": "1.08", "errorCode": "AccessDenied", "requestParameters": {"keyId": "k"},
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/nora", "accessKeyId": "A", "userName": "nora"},
    });
    for text in [event.clone(), json!({"hits": {"hits": [{"_source": event}]}})] {
        let mut found = read(&text.to_string()).records.remove(0).1;
        found.as_object_mut().unwrap().remove("otherColumns");
        assert_eq!(found, expected);
    }
    let csv = "@timestamp,event.action,event.provider,aws.cloudtrail.user_identity.arn\n\
        2024-06-03T08:00:01.000Z,CreateKey,kms.amazonaws.com,arn:x\n";
    assert_eq!(read(csv).records[0].1["userIdentity"]["arn"], "arn:x");
    let other = json!({"event": {"action": "logon", "provider": "Security"}, "@timestamp": "x"});
    assert!(matches!(refusal(&other.to_string()), Refusal::ForeignJson(_)));
}

#[test]
fn query_results_are_read() {
    let cells =
        |cells: &[&str]| json!({"Data": cells.iter().map(|cell| json!({"VarCharValue": cell})).collect::<Vec<_>>()});
    let names = ["eventname", "eventsource", "eventtime", "eventid", "useridentity"];
    let values =
        ["CreateKey", "kms.amazonaws.com", "2024-06-03T08:00:01Z", "e", "{type=IAMUser, arn=a, username=nora}"];
    let lake: Vec<Value> = names.iter().zip(values).map(|(name, value)| json!({*name: value})).collect();
    let fields: Vec<Value> =
        names.iter().zip(values).map(|(name, value)| json!({"field": name, "value": value})).collect();
    for text in [
        json!({"ResultSet": {"Rows": [cells(&names), cells(&values)]}}),
        json!({"ResultSet": {"Rows": [cells(&values)], "ResultSetMetadata": {"ColumnInfo": names.map(|name| json!({"Name": name}))}}}),
        json!({"QueryStatus": "FINISHED", "QueryResultRows": [lake]}),
        json!({"results": [fields], "status": "Complete"}),
        json!({"tables": [{"name": "t", "columns": names.map(|name| json!({"name": name})), "rows": [values]}]}),
    ] {
        let outcome = read(&text.to_string());
        assert_eq!(outcome.records.len(), 1, "{text}");
        let identity = json!({"type": "IAMUser", "arn": "a", "userName": "nora"});
        assert_eq!((&outcome.records[0].1["userIdentity"], &outcome.records[0].1["eventID"]), (&identity, &json!("e")));
    }
}

#[test]
fn ocsf_sign_ins_are_converted_completely() {
    let event = json!({
        "class_uid": 3002, "activity_id": 1, "time": 1_717_401_600, "is_mfa": false, "status": "Failure", "status_id": 2,
        "metadata": {"uid": "e", "product": {"name": "CloudTrail"}}, "service": {"name": "signin.amazonaws.com"},
        "dst_endpoint": {"svc_name": "https://console.aws.amazon.com"}, "actor": {"user": {"type": "IAMUser", "name": "nora"}},
    });
    for time in [
        json!(1_717_401_600),
        json!(1_717_401_600_000_i64),
        json!(1_717_401_600_000_000_i64),
        json!("2024-06-03T08:00:00Z"),
    ] {
        let mut event = event.clone();
        event["time"] = time;
        let found = &read(&event.to_string()).records[0].1;
        assert_eq!(
            (&found["eventTime"], &found["eventName"]),
            (&json!("2024-06-03T08:00:00Z"), &json!("ConsoleLogin"))
        );
        assert_eq!(found["responseElements"], json!({"ConsoleLogin": "Failure"}));
        let data = json!({"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com"});
        assert_eq!(found["additionalEventData"], data);
    }
}

fn parquet(columns: Vec<(&str, ArrayRef)>, packing: Packing) -> Document {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(packing).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    Document { name: "rows".to_owned(), text: writer.into_inner().unwrap() }
}

#[test]
fn parquet_from_other_writers_is_read() {
    let text = |value: &str| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
    let bytes = record(1).to_string().into_bytes();
    let raw: ArrayRef = Arc::new(BinaryArray::from_iter_values([&bytes]));
    let brotli = Packing::BROTLI(BrotliLevel::default());
    let outcome = Outcome::of(split(&parquet(vec![("raw", raw)], brotli)).unwrap());
    assert_eq!(outcome.records, [(1, record(1))]);
    let id: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter([[7_u8; 16]].into_iter()).unwrap());
    let time: ArrayRef =
        Arc::new(TimestampMillisecondArray::from(vec![1_717_401_600_000]).with_timezone("Europe/Berlin"));
    let columns = vec![
        ("event_id", id),
        ("event_time", time),
        ("event_source", text("kms.amazonaws.com")),
        ("event_name", text("CreateKey")),
    ];
    let outcome = Outcome::of(split(&parquet(columns, Packing::SNAPPY)).unwrap());
    let expected = json!({"eventID": "07070707-0707-0707-0707-070707070707", "eventTime": "2024-06-03T08:00:00Z",
        "eventSource": "kms.amazonaws.com", "eventName": "CreateKey"});
    assert_eq!(outcome.records, [(1, expected)]);
    let mut rows = vec!["{\"class_uid\":4001,\"metadata\":{}}".to_owned(); 1_500];
    rows.push(record(2).to_string());
    let raw: ArrayRef = Arc::new(StringArray::from(rows));
    let outcome = Outcome::of(split(&parquet(vec![("raw", raw)], Packing::UNCOMPRESSED)).unwrap());
    assert_eq!((outcome.numbers(), outcome.bad.len()), (vec![(1_501, 2)], 1_500));
}

/// The documents in stored bytes, and problems with them.
fn unpacked(bytes: Vec<u8>) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let opened = Stored::new("a".to_owned(), bytes).unpack();
    (opened.documents.into_iter().map(|document| (document.name, document.text)).collect(), opened.problems)
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn all_compressions_are_decompressed() {
    let text = record(1).to_string().into_bytes();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(&text).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 6);
    xz.write_all(&text).unwrap();
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(&text).unwrap();
    let packed = [bzip2.finish().unwrap(), xz.finish().unwrap(), lz4.finish().unwrap()];
    for bytes in packed {
        assert_eq!(unpacked(bytes.clone()), (vec![("a".to_owned(), text.clone())], vec![]));
        let twice = [bytes.clone(), bytes.clone()].concat();
        assert_eq!(unpacked(twice), (vec![("a".to_owned(), [text.clone(), text.clone()].concat())], vec![]));
        let (documents, problems) = unpacked(bytes[..bytes.len() - 6].to_vec());
        assert_eq!((documents.len(), problems.len()), (1, 1), "{problems:?}");
    }
}

#[test]
fn tar_members_are_documents_with_unique_names() {
    let (one, two) = (record(1).to_string(), record(2).to_string());
    let bytes = tar(&[("x.json", one.as_bytes()), ("x.json", two.as_bytes()), ("d/y.gz", &gzip(&one))]);
    let names = |found: &[(String, Vec<u8>)]| found.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (documents, problems) = unpacked(gzip_bytes(&bytes));
    assert_eq!(
        (names(&documents), problems),
        (["a!x.json", "a!x.json#2", "a!d/y.gz"].map(str::to_owned).to_vec(), vec![])
    );
    assert_eq!(documents[2].1, one.as_bytes());
    let (documents, problems) = unpacked(bytes[..700].to_vec());
    assert_eq!((documents.len(), problems.len()), (1, 1), "{problems:?}");
}

fn gzip_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn too_many_layers_of_compression_are_reported() {
    let mut bytes = record(1).to_string().into_bytes();
    for _ in 0..5 {
        bytes = gzip_bytes(&bytes);
    }
    assert_eq!(unpacked(bytes), (vec![], vec!["a: more than 4 layers of compression".to_owned()]));
}
