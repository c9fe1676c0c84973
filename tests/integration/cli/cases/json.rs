//! JSON: wrappers, encoded records, lines with other text, damage.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::{Loaded, assert_loads, assert_refused, id, record, records, row, rows, trail};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Nora's record of a second, as text.
fn text(second: u64) -> String {
    record(second, "nora").to_string()
}

#[test]
fn unknown_wrappers_are_unwrapped() {
    let (one, text) = (record(1, "nora"), text(1));
    let quoted = Value::from(text.as_str()).to_string();
    let wrappers: [Value; 22] = [
        json!({"results": [[{"field": "@message", "value": text}]], "status": "Complete"}),
        json!([{"@timestamp": "2024-06-03 08:00:00.000", "@message": one}]),
        json!({"took": 1, "hits": {"hits": [{"_index": "i", "_source": one}]}}),
        json!({"date": 1_717_401_600.0, "log": text}),
        json!({"topic": "t", "offset": 0, "value": text}),
        json!({"@timestamp": "x", "event.original": text}),
        json!({"case_one": one}),
        json!({"preview": false, "results": [{"_raw": text}]}),
        json!({"timestamp": "x", "rule": {"id": "80202"}, "data": {"integration": "aws", "aws": one}, "location": "Wazuh-AWS"}),
        json!({"data": [{"id": "x", "attributes": {"attributes": one, "tags": ["a"]}}]}),
        json!({"messages": [{"message": {"_id": "x", "message": text}, "index": "graylog"}]}),
        json!({"messages": [{"map": {"_raw": text, "_messagetime": "1"}}], "fields": []}),
        json!({"status": "success", "data": {"resultType": "streams", "result": [{"stream": {}, "values": [["17174", text]]}]}}),
        json!({"Messages": [{"MessageId": "x", "Body": json!({"Type": "Notification", "Message": text}).to_string()}]}),
        json!({"receivedMessages": [{"message": {"data": BASE64_STANDARD.encode(&text)}}]}),
        json!({"data": {"trail": {"edges": [{"node": one, "cursor": "c"}]}}}),
        json!({"Item": {"record": {"S": text}}}),
        json!({"events": [{"logStreamName": "s", "message": text, "eventId": "36"}], "searchedLogStreams": []}),
        json!([[one]]),
        json!({"a": {"b": {"c": {"d": {"e": {"f": {"g": [one]}}}}}}}),
        json!({"message": quoted}),
        Value::from(json!({"Records": [one]}).to_string()),
    ];
    for wrapper in wrappers {
        let loaded = assert_loads("wrapped.json", wrapper.to_string(), &[1]);
        assert!(!loaded.stderr.contains("wrapped.json"), "{}", loaded.stderr);
    }
}

#[test]
fn base64_text_is_decoded() {
    let logs = json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": text(1)}]}).to_string();
    let packed = BASE64_STANDARD.encode(gzip(logs.as_bytes()));
    let lines: Vec<String> =
        packed.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    for bytes in [
        json!({"awslogs": {"data": packed}}).to_string(),
        json!({"requestId": "x", "timestamp": 1, "records": [{"data": packed}]}).to_string(),
        json!({"Records": [{"kinesis": {"data": BASE64_STANDARD.encode(text(1))}, "eventSource": "aws:kinesis",
            "eventVersion": "1.0", "eventID": "s:1", "eventName": "aws:kinesis:record"}]})
        .to_string(),
        lines.join("\n"),
    ] {
        assert_loads("packed.json", bytes, &[1]);
    }
}

#[test]
fn lines_may_contain_text_before_the_record() {
    let prefixes = [
        "2024-06-03T08:00:00.000Z ",
        "2024-06-03T08:00:00.000000+00:00 444455556666_CloudTrail_eu-central-1 ",
        "<134>1 2024-06-03T08:00:00Z host cloudtrail - - - ",
        "Jun  3 08:00:00 host CEF:0|AWS|CloudTrail|1|x|y|1|msg=",
        "EVENTS\t1\t1717401600\tstream\t",
        "- ",
    ];
    for prefix in prefixes {
        assert_loads("app.log", format!("{prefix}{}\n{prefix}{}\n", text(1), text(2)), &[1, 2]);
    }
    assert_loads("export.gz", gzip(format!("2024-06-03T08:00:00.000Z {}\n", text(1)).as_bytes()), &[1]);
    // A program may have written the record as a JSON string, or as Python prints a dictionary.
    assert_loads("quoted.log", format!("INFO got {}\n", Value::from(text(1))), &[1]);
    let python = text(1).replace('"', "'").replace("null", "None").replace("true", "True").replace("false", "False");
    let python = python.replace("'True'", "'true'");
    assert_loads("python.log", format!("INFO got {python}\n"), &[1]);
    assert_loads("print.txt", format!("{python}\n"), &[1]);
}

#[test]
fn text_that_starts_with_a_bracket_is_refused() {
    for text in ["[![Build](x)](y)\n# Readme\n", "[2024-06-03 10:00:00] INFO starting\n", "[core]\nbare = false\n"] {
        assert_refused("README.md", text, "not JSON or CSV");
    }
}

#[test]
fn session_times_may_have_other_formats() {
    for created in ["20240603T070000Z", "2024-06-03T07:00:00.000Z", "2024-06-03 07:00:00", "1717398000"] {
        let mut other = record(1, "nora");
        other["userIdentity"]["sessionContext"]["attributes"]["creationDate"] = json!(created);
        assert_loads("a.json", trail(&[other, record(2, "nora")]), &[1, 2]);
    }
    let mut other = record(1, "nora");
    other["eventTime"] = json!("20240603T080001Z");
    assert_loads("a.json", trail(&[other]), &[1]);
}

#[test]
fn all_lists_of_an_object_are_read() {
    let [one, two] = [1, 2].map(text);
    let quoted = Value::from(two.as_str());
    for text in [
        format!("{{\"Records\":[{one}],\"Records\":[{two}]}}"),
        format!("{{\"Events\":[],\"Records\":[{one},{two}]}}"),
        format!("{{\"Records\":[],\"events\":[{one}],\"message\":{quoted}}}"),
        format!("{{\"Records\":[{one}],\"data\":{{\"items\":[{two}]}}}}"),
    ] {
        assert_loads("two.json", text, &[1, 2]);
    }
}

#[test]
fn reading_continues_after_damage() {
    let [one, two, three] = [1, 2, 3].map(text);
    let cut = two.replacen("\"eventID\"", ", ", 1);
    let damaged = format!("{{\"Records\":[{one},{cut},{three}]}}");
    let loaded =
        Loaded::new(&[("damaged.json", damaged.as_bytes())], &[]).assert_counts(3, 2, 1, 4).assert_rows(&rows(&[1, 3]));
    loaded.assert_message("damaged.json: record 2: broken JSON at byte");
    // The file starts in the middle of the first record.
    let headless = &format!("{{\"Records\":[{one},{two},{three}]}}")[200..];
    let loaded = Loaded::new(&[("headless.json", headless.as_bytes())], &[])
        .assert_counts(3, 2, 1, 4)
        .assert_rows(&rows(&[2, 3]));
    loaded.assert_message("headless.json: record 1: the beginning of a record is missing");
    let tailless = format!("{{\"Records\":[{one},{two},{}", &three[..100]);
    let loaded = Loaded::new(&[("tailless.json", tailless.as_bytes())], &[])
        .assert_counts(3, 2, 1, 4)
        .assert_rows(&rows(&[1, 2]));
    loaded.assert_message("tailless.json: record 3: truncated");
    let hits: Vec<Value> =
        [one.as_str(), &two[..200], &three].iter().map(|text| json!({"_source": {"message": text}})).collect();
    let wrapped = json!({"hits": {"hits": hits}}).to_string();
    Loaded::new(&[("wrapped.json", wrapped.as_bytes())], &[]).assert_counts(3, 2, 1, 4).assert_rows(&rows(&[1, 3]));
    let line = format!("{one}{}{three}", &two[..two.len() - 20]);
    Loaded::new(&[("line.json", line.as_bytes())], &[])
        .assert_counts(3, 2, 1, 4)
        .assert_rows(&rows(&[1, 3]))
        .assert_message("bytes to reach the next record");
}

#[test]
fn escaped_line_breaks_separate_records() {
    let [one, two, three] = [1, 2, 3].map(text);
    assert_loads("escaped.json", format!("{one}\\n{two}\\n{three}"), &[1, 2, 3]);
    assert_loads("escaped.json", format!("{{\"Records\":[{one},\\n{two}\\n,\\r\\n{three}\\n]}}"), &[1, 2, 3]);
}

#[test]
fn different_events_with_the_same_id_are_all_kept() {
    for redacted in ["...", "REDACTED", "00000000-0000-0000-0000-000000000000", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"]
    {
        let mut events = records(&[1, 2, 3]);
        for event in &mut events {
            event["eventID"] = json!(redacted);
        }
        let loaded = Loaded::new(&[("redacted.json", &trail(&events))], &[]).assert_counts(3, 3, 0, 0);
        let loaded = loaded.assert_message(&format!(
            "3 different events have the ID \"{redacted}\": each is kept with an ID derived from its contents"
        ));
        let times = "SELECT concat('at ', strftime(event_time, '%S '), extra->>'eventID') FROM events ORDER BY ALL";
        assert_eq!(loaded.query(times), ["01", "02", "03"].map(|second| format!("at {second} {redacted}")));
    }
    // Requests of the same length are distinguished, too, and the request ID may also be redacted.
    let mut events = records(&[1, 1, 1]);
    for (at, event) in events.iter_mut().enumerate() {
        event["eventID"] = json!("REDACTED");
        event["requestID"] = json!("********");
        event["requestParameters"] = json!({"description": at});
    }
    let loaded = Loaded::new(&[("redacted.json", &trail(&events))], &[]).assert_counts(3, 3, 0, 0);
    let asked = "SELECT request_parameters->>'description' FROM events ORDER BY ALL";
    assert_eq!(loaded.query(asked), ["0", "1", "2"]);
    let same = Loaded::new(&[("a.json", &trail(&records(&[1]))), ("b.json", text(1).as_bytes())], &[]);
    assert!(same.stderr.contains("2 read = 1 inserted + 1 duplicate + 0 rejected"), "{}", same.stderr);
}

#[test]
fn standard_input_can_be_loaded_twice() {
    let dir = tempfile::TempDir::new().unwrap();
    for (seconds, read) in [([1, 2], "2 read = 2 inserted"), ([3, 4], "2 read = 2 inserted")] {
        let mut command = crate::cli::cartographer(dir.path(), &["load", "-", "--db", "case.duckdb"]);
        let assert = command.write_stdin(trail(&records(&seconds))).assert().code(0);
        assert.stderr(predicates::str::contains(read));
    }
    let loaded = Loaded { dir, code: 0, stderr: String::new() }.assert_rows(&rows(&[1, 2, 3, 4]));
    let files = "SELECT concat_ws(' ', 'file', file, inserted) FROM load_files ORDER BY ALL";
    assert_eq!(loaded.query(files), ["file - 2", "file -#2 2"]);
    let sources = "SELECT DISTINCT concat('file ', source_file) FROM events ORDER BY ALL";
    assert_eq!(loaded.query(sources), ["file -", "file -#2"]);
}

#[test]
fn more_complete_record_is_kept_in_either_order() {
    let history = format!(
        "Event ID,Event time,User name,Event name,Resource name,AWS access key,AWS region,Source IP address,Event source\n\
         {},2024-06-03T08:00:01Z,nora,CreateKey,key-1,ASIAnora,eu-central-1,203.0.113.9,kms.amazonaws.com\n",
        id(1)
    );
    let trail = trail(&records(&[1]));
    for names in [["a", "b"], ["b", "a"]] {
        let files: [(&str, &[u8]); 2] = [(names[0], history.as_bytes()), (names[1], &trail)];
        let loaded = Loaded::new(&files, &[]).assert_rows(&[row(1, "nora")]);
        assert_eq!(loaded.code, 0);
        let loaded = loaded.assert_message("2 read = 1 inserted + 0 duplicate + 1 merged + 0 rejected");
        assert_eq!(loaded.query("SELECT extra->'eventHistory'->>'Resource name' FROM events"), ["key-1"]);
    }
}

#[test]
fn load_that_only_merges_and_rejects_does_not_fail() {
    let (dir, history) =
        (tempfile::TempDir::new().unwrap(), "Event ID,Event time,User name,Event name,Event source,Resource name\n");
    let file = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    file("trail.json", &trail(&records(&[1])));
    file(
        "history.csv",
        format!("{history}{},2024-06-03T08:00:01Z,nora,CreateKey,kms.amazonaws.com,key-1\nx,y\n", id(1)).as_bytes(),
    );
    crate::cli::cartographer(dir.path(), &["load", "trail.json", "--db", "case.duckdb"]).assert().code(0);
    let assert = crate::cli::cartographer(dir.path(), &["load", "history.csv", "--db", "case.duckdb"]).assert().code(4);
    assert.stderr(predicates::str::contains("2 read = 0 inserted + 0 duplicate + 1 merged + 1 rejected"));
}

#[test]
fn aggregated_events_are_shown_in_the_timeline() {
    let counted = json!({
        "eventVersion": "1.0", "accountId": "444455556666", "eventId": id(7), "eventCategory": "Aggregated",
        "eventType": "AwsAggregatedEvent", "awsRegion": "eu-central-1", "eventSource": "s3.amazonaws.com",
        "timeWindow": {"windowStart": "2024-06-03T08:00:00Z", "windowEnd": "2024-06-03T08:05:00Z"},
        "summary": {"primaryDimension": {"dimension": "eventName", "statistics": [{"name": "GetObject", "value": 12}]}},
    });
    let loaded = Loaded::new(&[("a.json", &trail(&[record(1, "nora"), counted]))], &[]).assert_counts(2, 2, 0, 0);
    let loaded = loaded.assert_rows(&[row(1, "nora")]);
    let lines = |args: &[&str]| {
        let args = [&["timeline", "--db", "case.duckdb"], args].concat();
        String::from_utf8(crate::cli::cartographer(loaded.dir.path(), &args).output().unwrap().stdout).unwrap()
    };
    let all = lines(&["--all"]);
    let sentence = "CloudTrail counted calls to s3.amazonaws.com by eventName until 2024-06-03 08:05:00; the callers and times are not recorded";
    assert!(all.contains("aggregated events · 2024-06-03 08:00:00") && all.contains(sentence), "{all}");
    assert!(lines(&["--all", "--format", "jsonl"]).contains("\"class\":\"aggregated\""));
    assert!(!lines(&["--service", "kms", "--all"]).contains("aggregated"));
}
