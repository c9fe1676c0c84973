//! Tables: columns in any spelling, callers as text and in separate columns, times in any format, ragged rows, query
//! results.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, FixedSizeBinaryArray, StringArray, TimestampMillisecondArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::{Loaded, assert_loads, assert_refused, id, record, records, row, rows};

/// A record with renamed members at every depth, except in the request parameters.
fn renamed(value: &Value, name: fn(&str) -> String) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let member = |(own, value): (&String, &Value)| {
        let value = if own == "requestParameters" { value.clone() } else { renamed(value, name) };
        (name(own), value)
    };
    Value::Object(members.iter().map(member).collect())
}

fn words(name: &str, mark: &str) -> String {
    name.chars().fold(String::new(), |text, c| {
        let is_next = c.is_uppercase() && !text.ends_with(char::is_uppercase) && !text.is_empty();
        text + if is_next { mark } else { "" } + &c.to_string()
    })
}

#[test]
fn member_names_may_have_any_spelling() {
    let spellings: [fn(&str) -> String; 6] = [
        |name| name[..1].to_uppercase() + &name[1..],
        |name| words(name, "_").to_lowercase(),
        |name| words(name, "_").to_uppercase(),
        |name| words(name, "-").to_lowercase(),
        |name| words(name, " "),
        str::to_lowercase,
    ];
    for spelling in spellings {
        let lines =
            records(&[1, 2]).iter().map(|record| renamed(record, spelling).to_string() + "\n").collect::<String>();
        assert_loads("renamed.jsonl", lines, &[1, 2]);
    }
}

/// The record's members at any depth, with their paths.
fn flat(record: &Value, mark: &str) -> Vec<(String, String)> {
    fn walk(path: &str, value: &Value, mark: &str, cells: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) if !path.ends_with("requestParameters") => {
                for (name, value) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}{mark}{name}") };
                    walk(&path, value, mark, cells);
                }
            }
            Value::Null => cells.push((path.to_owned(), String::new())),
            Value::String(text) => cells.push((path.to_owned(), text.clone())),
            other => cells.push((path.to_owned(), other.to_string())),
        }
    }
    let mut cells = Vec::new();
    walk("", record, mark, &mut cells);
    cells
}

/// CSV of rows with named cells, with this separator.
fn csv(rows: &[Vec<(String, String)>], separator: &str) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(separator) + "\n";
    let header = line(rows[0].iter().map(|(name, _)| quoted(name)).collect());
    let rows = rows.iter().map(|row| line(row.iter().map(|(_, cell)| quoted(cell)).collect()));
    header + &rows.collect::<String>()
}

#[test]
fn callers_may_be_in_separate_columns() {
    for mark in [".", "_", "/", "__", ":"] {
        for separator in [",", ";", "\t", "|"] {
            let two = [flat(&record(1, "nora"), mark), flat(&record(2, "mallory"), mark)];
            let loaded = Loaded::new(&[("flat.csv", csv(&two, separator).as_bytes())], &[]);
            let loaded = loaded.assert_counts(2, 2, 0, 0).assert_rows(&[row(1, "nora"), row(2, "mallory")]);
            assert_eq!(loaded.query("SELECT count(DISTINCT session_id) FROM events"), ["2"]);
        }
    }
}

/// A nested object as text, with member names and strings as `name` and `text` format them.
fn in_text(value: &Value, name: &dyn Fn(&str) -> String, text: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(own, value)| name(own) + &in_text(value, name, text));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::String(own) => text(own),
        other => other.to_string(),
    }
}

#[test]
fn callers_may_be_text() {
    let forms: [&dyn Fn(&Value) -> String; 5] = [
        &Value::to_string,
        // Athena and CloudTrail Lake
        &|value| in_text(value, &|name| format!("{}=", name.to_lowercase()), &str::to_owned),
        // DuckDB, before and after it set quotes
        &|value| in_text(value, &|name| format!("'{name}': "), &str::to_owned),
        &|value| {
            let quoted = |text: &str| if text.contains(':') { format!("'{text}'") } else { text.to_owned() };
            in_text(value, &|name| format!("'{name}': "), &quoted)
        },
        // Python
        &|value| in_text(value, &|name| format!("'{name}': "), &|text| format!("'{text}'")),
    ];
    for form in forms {
        let texts = |second, user| {
            let mut record = record(second, user);
            record["userIdentity"] = json!(form(&record["userIdentity"]));
            record["requestParameters"] = json!(record["requestParameters"].to_string());
            record
        };
        let two = [texts(1, "nora"), texts(2, "mallory")];
        let cells = two.each_ref().map(|record| flat(record, "."));
        let lines = two.each_ref().map(Value::to_string).join("\n");
        for (name, text) in [("a.csv", csv(&cells, ",")), ("a.jsonl", lines)] {
            let loaded = Loaded::new(&[(name, text.as_bytes())], &[]);
            let loaded = loaded.assert_counts(2, 2, 0, 0).assert_rows(&[row(1, "nora"), row(2, "mallory")]);
            assert_eq!(loaded.query("SELECT count(DISTINCT session_id) FROM events"), ["2"]);
        }
    }
}

#[test]
fn query_results_are_read_as_rows() {
    let cells: Vec<(String, String)> = flat(&record(1, "nora"), ".");
    let identity =
        in_text(&record(1, "nora")["userIdentity"], &|name| format!("{}=", name.to_lowercase()), &str::to_owned);
    let mut named: Vec<(String, String)> =
        cells.into_iter().filter(|(name, _)| !name.starts_with("userIdentity")).collect();
    named.push(("userIdentity".to_owned(), identity));
    named.push(("errorCode".to_owned(), String::new()));
    named.push(("errorMessage".to_owned(), String::new()));
    let lake: Vec<Value> = named.iter().map(|(name, cell)| json!({name: cell})).collect();
    let data = |cells: Vec<Value>| json!({"Data": cells.into_iter().map(|cell| json!({"VarCharValue": cell})).collect::<Vec<_>>()});
    let columns: Vec<Value> = named.iter().map(|(name, _)| json!(name.to_lowercase())).collect();
    let values: Vec<Value> = named.iter().map(|(_, cell)| json!(cell)).collect();
    for result in [
        json!({"QueryStatus": "FINISHED", "QueryResultRows": [lake]}),
        json!({"ResultSet": {"Rows": [data(columns.clone()), data(values.clone())]}}),
        json!({"tables": [{"name": "t", "columns": columns.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(), "rows": [values]}]}),
    ] {
        let loaded = assert_loads("result.json", result.to_string(), &[1]);
        // An empty cell is a missing value.
        let nothing = "SELECT concat(error_code IS NULL, error_message IS NULL, outcome) FROM events";
        assert_eq!(loaded.query(nothing), ["truetruesucceeded"]);
    }
}

/// An event history with an event for each of these times.
fn history(times: &[&str]) -> String {
    let row = |(at, time): (usize, &&str)| format!("e{at},\"{time}\",nora,CreateKey,kms.amazonaws.com\n");
    let rows: String = times.iter().enumerate().map(row).collect();
    format!("Event ID,Event time,User name,Event name,Event source\n{rows}")
}

#[test]
fn time_format_is_determined_for_the_whole_column() {
    let columns: [[&str; 2]; 20] = [
        ["03/06/2024 20:00:02", "13/06/2024 08:00:01"],
        ["6/3/2024 8:00:02 PM", "6/13/2024 8:00:01 AM"],
        ["03-06-2024 20:00:02", "13-06-2024 08:00:01"],
        ["2024/06/03 20:00:02", "2024/06/13 08:00:01"],
        ["03.06.2024 20:00:02", "13.06.2024 08:00:01"],
        ["3 Jun 2024 20:00:02", "13 June 2024 08:00:01"],
        ["Jun 3, 2024 @ 20:00:02.000", "Jun 13, 2024 @ 08:00:01.000"],
        ["Mon, 03 Jun 2024 20:00:02 GMT", "Thu, 13 Jun 2024 08:00:01 GMT"],
        ["Mon Jun  3 20:00:02 UTC 2024", "Thu Jun 13 08:00:01 UTC 2024"],
        ["03/Jun/2024:20:00:02 +0000", "13/Jun/2024:08:00:01 +0000"],
        ["June 03, 2024, 08:00:02 PM (UTC+00:00)", "June 13, 2024, 08:00:01 AM (UTC+00:00)"],
        ["June 03, 2024, 22:00:02 (UTC+02:00)", "June 13, 2024, 10:00:01 (UTC+02:00)"],
        ["2024-06-03T20:00:02+0000", "2024-06-13T08:00:01+0000"],
        ["2024-06-03 22:00:02+02", "2024-06-13 10:00:01+02"],
        ["2024-06-03 20:00:02.000 UTC", "2024-06-13 08:00:01.000 UTC"],
        ["20240603T200002Z", "20240613T080001Z"],
        ["20240603200002", "20240613080001"],
        ["1717444802", "1718265601"],
        ["1717444802000", "1718265601000"],
        [" 2024-06-03T20:00:02Z", "2024-06-13T08:00:01Z "],
    ];
    for times in columns {
        let loaded = Loaded::new(&[("times.csv", history(&times).as_bytes())], &[]).assert_counts(2, 2, 0, 0);
        let found = loaded.query("SELECT event_time FROM events ORDER BY event_id");
        assert_eq!(found, ["2024-06-03T20:00:02Z", "2024-06-13T08:00:01Z"], "{times:?}");
    }
    // A column may mix unambiguous formats.
    let mixed = ["June 03, 2024, 22:00:02 (UTC+02:00)", "2024-06-13T08:00:01Z"];
    let loaded = Loaded::new(&[("mixed.csv", history(&mixed).as_bytes())], &[]).assert_counts(2, 2, 0, 0);
    assert_eq!(
        loaded.query("SELECT event_time FROM events ORDER BY 1"),
        ["2024-06-03T20:00:02Z", "2024-06-13T08:00:01Z"]
    );
}

#[test]
fn ambiguous_times_are_not_guessed() {
    let ambiguous = history(&["03/06/2024 08:00:01", "04/06/2024 20:00:02"]);
    let loaded = Loaded::new(&[("unsaid.csv", ambiguous.as_bytes())], &[]).assert_counts(2, 0, 2, 1);
    loaded.assert_message("no row in the column shows which; use --date-order mdy or dmy: \"03/06/2024 08:00:01\"");
    for (order, first) in [("dmy", "2024-06-03T08:00:01Z"), ("mdy", "2024-03-06T08:00:01Z")] {
        let loaded =
            Loaded::new(&[("unsaid.csv", ambiguous.as_bytes())], &["--date-order", order]).assert_counts(2, 2, 0, 0);
        assert_eq!(loaded.query("SELECT event_time FROM events WHERE event_id = 'e0'"), [first]);
    }
    let both = history(&["13/06/2024 08:00:01", "06/13/2024 20:00:02"]);
    Loaded::new(&[("both.csv", both.as_bytes())], &[])
        .assert_counts(2, 0, 2, 1)
        .assert_message("the column contains both");
    let bad = history(&["yesterday", "1999-06-13T08:00:01Z", "2024-06-03T20:00:02Z"]);
    let loaded = Loaded::new(&[("bad.csv", bad.as_bytes())], &[]).assert_counts(3, 1, 2, 4);
    let loaded = loaded.assert_message("record 2: the event time cannot be read: \"yesterday\"");
    let loaded = loaded.assert_message(
        "record 3: the event time is before CloudTrail began or in the future: \"1999-06-13T08:00:01Z\"",
    );
    assert_eq!(loaded.query("SELECT event_id FROM events"), ["e2"]);
}

#[test]
fn ragged_rows_are_rejected() {
    let table = |rows: &[&str]| {
        let header = "Event ID,Event time,Event name,Event source,User agent,User name,Error code\n";
        header.to_owned() + &rows.join("\n") + "\n"
    };
    let good = "e1,2024-06-03T08:00:01Z,CreateKey,kms.amazonaws.com,\"Mozilla \"x\" y\",nora,";
    let after = "e3,2024-06-03T08:00:03Z,CreateKey,kms.amazonaws.com,curl,nora,";
    for (bad, cause) in [
        (
            "e2,2024-06-03T08:00:02Z,CreateKey,kms.amazonaws.com,Mozilla (KHTML, like Gecko),nora,",
            "the row has 8 cells, but the header has 7",
        ),
        ("e2,2024-06-03T08:00:02Z,CreateKey", "the row has 3 cells, but the header has 7"),
        ("e2,2024-06-03T08:00:02Z,CreateKey,kms.amazonaws.com,\"unclosed,mallory,", "unclosed quote"),
    ] {
        let loaded =
            Loaded::new(&[("ragged.csv", table(&[good, bad, after]).as_bytes())], &[]).assert_counts(3, 2, 1, 4);
        let loaded = loaded.assert_message(&format!("ragged.csv: record 3: {cause}"));
        let users = "SELECT concat_ws(' ', event_id, user_name, error_code) FROM events ORDER BY event_id";
        assert_eq!(loaded.query(users), ["e1 nora", "e3 nora"], "{bad}");
    }
}

#[test]
fn text_around_a_table_is_not_a_row() {
    let table = csv(&[flat(&record(1, "nora"), "."), flat(&record(2, "nora"), ".")], ",");
    for text in [
        format!("# exported by a tool, for us\n{table}"),
        format!("CloudTrail events\nfrom 3 June,to 4 June\n\n{table}"),
        format!("sep=,\r\n{table}"),
        format!("\u{feff}{table}"),
        table.clone() + table.lines().next().unwrap() + "\n",
    ] {
        assert_loads("table.csv", text, &[1, 2]);
    }
    let total = Loaded::new(&[("table.csv", (table + "(2 rows)\n").as_bytes())], &[]).assert_counts(3, 2, 1, 4);
    total.assert_message("table.csv: record 4: the row has 1 cells").assert_rows(&rows(&[1, 2]));
}

#[test]
fn refusals_state_the_cause() {
    let quoted = "Event ID,Event time,User name,Event name,Event source\ne1,\"21/04/2025, 09:45:54.000\",nora,CreateKey,kms.amazonaws.com\n";
    let loaded = Loaded::new(&[("one.csv", quoted.as_bytes())], &[]).assert_counts(1, 1, 0, 0);
    assert_eq!(loaded.query("SELECT event_time FROM events"), ["2025-04-21T09:45:54Z"]);
    let message = "eventTime,eventName,eventSource,userName,message\n2024-06-03T08:00:01Z,CreateKey,kms.amazonaws.com,nora,nora made a key\n";
    let loaded = Loaded::new(&[("message.csv", message.as_bytes())], &[]).assert_counts(1, 1, 0, 0);
    assert_eq!(
        loaded.query("SELECT concat(user_name, extra->'eventHistory'->>'message') FROM events"),
        ["noranora made a key"]
    );
    assert_refused("colors.csv", "name,color\npear,green\n", "CSV without CloudTrail records (columns: name, color)");
}

/// A table from Microsoft Sentinel with two sign-ins, one of which failed.
#[test]
fn microsoft_sentinel_sign_ins_are_read() {
    let header = "TimeGenerated [UTC],AwsEventId,EventVersion,EventSource,EventTypeName,EventName,UserIdentityType,UserIdentityArn,\
                  UserIdentityUserName,AWSRegion,SourceIpAddress,UserAgent,ErrorMessage,ResponseElements,AdditionalEventData,Type\n";
    let sign_in = |time: &str, id: &str, error: &str, outcome: &str| {
        format!(
            "\"{time}\",{id},1.09,signin.amazonaws.com,AwsConsoleSignIn,ConsoleLogin,IAMUser,arn:aws:iam::444455556666:user/nora,nora,\
             us-east-1,203.0.113.9,Mozilla/5.0,{error},\"{{\"\"ConsoleLogin\"\": \"\"{outcome}\"\"}}\",\"{{\"\"MFAUsed\"\": \"\"No\"\"}}\",AWSCloudTrail\n"
        )
    };
    let text = header.to_owned()
        + &sign_in("13/06/2024, 09:45:54.000", "a", "", "Success")
        + &sign_in("08/06/2024, 06:56:30.000", "b", "Failed authentication", "Failure");
    let loaded = Loaded::new(&[("sentinel.csv", text.as_bytes())], &[]).assert_counts(2, 2, 0, 0);
    let found = "SELECT concat_ws(' ', strftime(event_time, '%d %H:%M'), user_name, outcome, extra->'additionalEventData'->>'MFAUsed') \
                 FROM events ORDER BY event_id";
    assert_eq!(loaded.query(found), ["13 09:45 nora succeeded No", "08 06:56 nora failed No"]);
}

fn ocsf(time: &Value) -> Value {
    json!({
        "class_uid": 6003, "activity_id": 1, "time": time, "metadata": {"uid": id(1), "version": "1.1.0", "product": {"name": "CloudTrail"}},
        "api": {"operation": "CreateKey", "service": {"name": "kms.amazonaws.com"}, "request": {"data": "{\"description\":\"a, b\"}"}},
        "actor": {"user": {"type": "IAMUser", "name": "nora", "uid": "arn:aws:iam::444455556666:user/nora", "uid_alt": "AIDAnora"},
            "session": {"created_time": 1_717_398_000_000_i64, "is_mfa": true}},
        "src_endpoint": {"ip": "203.0.113.9"}, "cloud": {"region": "eu-central-1"}, "status": "Success", "status_id": 1,
    })
}

#[test]
fn ocsf_times_are_read_in_any_unit() {
    for time in [
        json!(1_717_401_601),
        json!(1_717_401_601_000_i64),
        json!(1_717_401_601_000_000_i64),
        json!(1_717_401_601_000_000_000_i64),
        json!("2024-06-03T08:00:01Z"),
        json!("2024-06-03T10:00:01.000+02:00"),
        json!("2024-06-03 08:00:01"),
    ] {
        assert_loads("ocsf.json", ocsf(&time).to_string(), &[1]);
    }
}

#[test]
fn ocsf_sign_ins_are_found_by_the_same_hunts() {
    let sign_in = json!({
        "class_uid": 3002, "activity_id": 1, "time": 1_717_401_601_000_i64, "is_mfa": false, "status": "Success", "status_id": 1,
        "metadata": {"uid": id(1), "product": {"name": "CloudTrail", "version": "1.10"}, "event_code": "AwsConsoleSignIn"},
        "api": {"operation": "ConsoleLogin", "service": {"name": "signin.amazonaws.com"}},
        "actor": {"user": {"type": "IAMUser", "name": "nora", "uid": "arn:aws:iam::444455556666:user/nora"}},
        "src_endpoint": {"ip": "203.0.113.9"}, "http_request": {"user_agent": "Mozilla/5.0"}, "cloud": {"region": "us-east-1"},
        "dst_endpoint": {"svc_name": "https://console.aws.amazon.com/console/home"},
    });
    let raw = json!({
        "eventVersion": "1.10", "eventTime": "2024-06-03T08:00:01Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
        "eventID": id(1), "eventType": "AwsConsoleSignIn", "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9", "userAgent": "Mozilla/5.0",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/nora", "userName": "nora"},
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/console/home"},
    });
    let found = [&sign_in, &raw].map(|record| {
        let loaded = Loaded::new(&[("a.json", record.to_string().as_bytes())], &[]).assert_counts(1, 1, 0, 0);
        let hunt =
            ["hunt", "run", "initial-access/console-sign-in-without-mfa", "--db", "case.duckdb", "--format", "csv"];
        let output = crate::cli::cartographer(loaded.dir.path(), &hunt).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    assert!(found[0].contains("nora"), "{}", found[0]);
    assert_eq!(found[0], found[1]);
}

fn parquet(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn texts(values: &[String]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn parquet_from_other_writers_is_read() {
    let texts_of = |records: &[Value]| records.iter().map(Value::to_string).collect::<Vec<_>>();
    let bytes: ArrayRef = Arc::new(BinaryArray::from_iter_values(texts_of(&records(&[1, 2]))));
    let brotli = Compression::BROTLI(BrotliLevel::default());
    assert_loads("binary.parquet", parquet(vec![("raw", bytes)], Compression::UNCOMPRESSED), &[1, 2]);
    assert_loads("brotli.parquet", parquet(vec![("raw", texts(&texts_of(&records(&[1, 2]))))], brotli), &[1, 2]);
    let uuid: [u8; 16] = [0x0a, 0x1b, 0x2c, 0x3d, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1];
    let own = record(1, "nora");
    let text = |value: &Value| texts(&[value.as_str().map_or_else(|| value.to_string(), str::to_owned)]);
    let columns = |zone: Option<&str>| {
        let time = TimestampMillisecondArray::from(vec![1_717_401_601_000]);
        let time = if let Some(zone) = zone { time.with_timezone(zone) } else { time };
        let id: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter([uuid].into_iter()).unwrap());
        vec![
            ("event_id", id),
            ("event_time", Arc::new(time) as ArrayRef),
            ("event_source", text(&own["eventSource"])),
            ("event_name", text(&own["eventName"])),
            ("event_version", text(&own["eventVersion"])),
            ("user_identity", text(&own["userIdentity"])),
            ("source_ip_address", text(&own["sourceIPAddress"])),
            ("request_parameters", text(&own["requestParameters"])),
        ]
    };
    for zone in [None, Some("UTC"), Some("+00:00"), Some("Europe/Berlin"), Some("-05:00")] {
        assert_loads("columns.parquet", parquet(columns(zone), Compression::SNAPPY), &[1]);
    }
}

#[test]
fn parquet_rows_that_are_not_cloudtrail_are_rejected() {
    let mut values =
        vec!["{\"class_uid\":4001,\"metadata\":{\"product\":{\"name\":\"Amazon VPC\"}}}".to_owned(); 1_100];
    values.extend(records(&[1, 2]).iter().map(Value::to_string));
    let mixed = parquet(vec![("raw", texts(&values))], Compression::UNCOMPRESSED);
    let loaded = Loaded::new(&[("mixed.parquet", &mixed)], &[]);
    assert!(loaded.stderr.contains("1,102 read = 2 inserted + 0 duplicate + 1,100 rejected\n"), "{}", loaded.stderr);
    let loaded = loaded
        .assert_message("record 1: no CloudTrail record: OCSF event from Amazon VPC (class 4001), not CloudTrail")
        .assert_rows(&rows(&[1, 2]));
    assert_eq!((loaded.code, loaded.query("SELECT count(*) FROM rejects")), (4, vec!["1100".to_owned()]));
}
