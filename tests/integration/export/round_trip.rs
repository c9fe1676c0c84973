//! Round trips through exports: the same events and the same signals.

use std::fs;

use arrow::datatypes::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use predicates::str::contains;
use serde_json::Value;

use crate::export::{cartographer, demo, query, stdout_of};

/// The columns that must be the same. The source of a record differs.
const EVENTS: &str = "SELECT * EXCLUDE (source_file, source_record) FROM events ORDER BY event_id";
const MAPPED: [&str; 3] =
    ["FROM signals ORDER BY ALL", "FROM event_signal ORDER BY ALL", "FROM signal_entities ORDER BY ALL"];

#[test]
fn ocsf_round_trip_preserves_the_case() {
    let dir = demo();
    for (format, file) in [("jsonl", "out.jsonl"), ("parquet", "out.parquet")] {
        stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb", "--format", format, "-o", file]);
        let case = format!("{format}.duckdb");
        let balance = contains("2,526 read = 2,526 inserted + 0 duplicate + 0 rejected");
        cartographer(dir.path(), &["import", "ocsf", file, "--db", &case]).assert().code(0).stderr(balance);
        for sql in MAPPED.into_iter().chain([EVENTS]) {
            let [was, is] = ["case.duckdb", case.as_str()].map(|case| query(dir.path(), case, sql));
            assert!(was.lines().count() > 50, "{sql} has rows");
            assert_eq!(is, was, "{format}: {sql}");
        }
        let again = contains("2,526 read = 0 inserted + 2,526 duplicate");
        cartographer(dir.path(), &["load", file, "--db", "case.duckdb"]).assert().code(0).stderr(again);
    }
}

#[test]
fn ocsf_without_raw_data_gives_the_same_signals() {
    let dir = demo();
    let lines = stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]);
    let bare = |line: &str| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("raw_data").unwrap();
        event.to_string()
    };
    fs::write(dir.path().join("bare.jsonl"), lines.lines().map(bare).collect::<Vec<_>>().join("\n")).unwrap();
    stdout_of(dir.path(), &["import", "ocsf", "bare.jsonl", "--db", "bare.duckdb", "-q"]);
    for sql in MAPPED {
        assert_eq!(query(dir.path(), "bare.duckdb", sql), query(dir.path(), "case.duckdb", sql), "{sql}");
    }
}

#[test]
fn parquet_jsonl_and_csv_round_trips_preserve_the_case() {
    let dir = demo();
    stdout_of(dir.path(), &["export", "parquet", "--db", "case.duckdb", "-o", "out"]);
    stdout_of(dir.path(), &["export", "jsonl", "--table", "events", "--db", "case.duckdb", "-o", "out.jsonl"]);
    stdout_of(dir.path(), &["export", "csv", "--table", "events", "--db", "case.duckdb", "-o", "out.csv"]);
    for (at, input) in ["out/events", "out.jsonl", "out.csv"].into_iter().enumerate() {
        let case = format!("{at}.duckdb");
        cartographer(dir.path(), &["load", input, "--db", &case]).assert().code(0);
        for sql in MAPPED.into_iter().chain([EVENTS]) {
            let [was, is] = ["case.duckdb", case.as_str()].map(|case| query(dir.path(), case, sql));
            assert!(is == was, "{input}: {sql}");
        }
        // CSV does not distinguish an empty string from a missing value.
        let again = contains("2,526 read = 0 inserted + 2,52");
        cartographer(dir.path(), &["load", input, "--db", "case.duckdb"]).assert().code(0).stderr(again);
    }
}

#[test]
fn deeply_nested_record_survives_round_trip() {
    let dir = tempfile::tempdir().unwrap();
    let deep = format!("{}1{}", "{\"a\":".repeat(130), "}".repeat(130));
    let record = format!(
        "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-05-01T10:00:00Z\",\"eventSource\":\"iam.amazonaws.com\",\
         \"eventName\":\"A\",\"eventID\":\"e\",\"userIdentity\":{{\"arn\":\"arn:x\"}},\"requestParameters\":{deep}}}"
    );
    fs::write(dir.path().join("deep.json"), format!("{{\"Records\":[{record}]}}")).unwrap();
    stdout_of(dir.path(), &["load", "deep.json", "--db", "case.duckdb", "-q"]);
    let depth = "SELECT length(request_parameters) AS length FROM events";
    // Below the 64th level, counting the record as the first, a value is stored as a string of its JSON text: with two
    // quotes, and a backslash for each quote in it.
    let stored = deep.len() + 2 + 2 * (130 - 63);
    assert_eq!(query(dir.path(), "case.duckdb", depth), format!("length\n{stored}\n"));
    let exports: [(&[&str], &str); 4] = [
        (&["ocsf"], "0"),
        (&["ocsf", "--format", "parquet"], "1"),
        (&["jsonl", "--table", "events"], "2"),
        (&["parquet"], "3/events"),
    ];
    for (at, (export, written)) in exports.into_iter().enumerate() {
        let out = at.to_string();
        let args = [&["export"], export, &["--db", "case.duckdb", "-o", &out]].concat();
        stdout_of(dir.path(), &args);
        let case = format!("{at}.duckdb");
        let balance = contains("1 read = 1 inserted + 0 duplicate + 0 rejected");
        cartographer(dir.path(), &["load", written, "--db", &case]).assert().code(0).stderr(balance);
        assert!(query(dir.path(), &case, EVENTS) == query(dir.path(), "case.duckdb", EVENTS), "{export:?}");
    }
}

#[test]
fn parquet_times_are_marked_as_utc() {
    let dir = demo();
    stdout_of(dir.path(), &["export", "parquet", "--db", "case.duckdb", "-o", "out"]);
    for (table, column) in
        [("events", "event_time"), ("events", "session_created"), ("signals", "first_time"), ("sessions", "first_time")]
    {
        let folder = dir.path().join("out").join(table);
        let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap();
        let kind = reader.schema().field_with_name(column).unwrap().data_type().clone();
        assert_eq!(kind, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), "{table}.{column}");
    }
}
