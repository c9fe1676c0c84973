//! Parquet, CSV, JSON lines and Timesketch, and that a failed export leaves no partial output.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::export::{cartographer, demo, names, query, stdout_of};

const TABLES: [&str; 7] = ["addresses", "event_signal", "events", "rules", "sessions", "signal_entities", "signals"];

#[test]
fn parquet_export_has_all_rows_with_plain_types() {
    let dir = demo();
    stdout_of(dir.path(), &["export", "parquet", "--db", "case.duckdb", "-o", "out"]);
    assert_eq!(names(dir.path()), ["case.duckdb", "out"]);
    assert_eq!(names(&dir.path().join("out")), TABLES);
    for table in TABLES {
        let count = |from: &str| query(dir.path(), "case.duckdb", &format!("SELECT count(*) AS n FROM {from}"));
        assert_eq!(count(&format!("'out/{table}/*.parquet'")), count(table), "{table}");
    }
    let differ = "SELECT count(*) AS n FROM ((SELECT event_id, epoch_us(event_time) AS t, client::VARCHAR AS c, \
                  extra::VARCHAR AS x, console_evidence FROM events) EXCEPT (SELECT event_id, epoch_us(event_time), \
                  client, extra, console_evidence FROM 'out/events/*.parquet'))";
    assert_eq!(query(dir.path(), "case.duckdb", differ), "n\n0\n");
    let types = "SELECT DISTINCT column_type AS t FROM (DESCRIBE FROM 'out/events/*.parquet') ORDER BY t";
    assert_eq!(
        query(dir.path(), "case.duckdb", types),
        "t\nBIGINT\nBOOLEAN\n\"STRUCT(\"\"class\"\" VARCHAR, effect VARCHAR, \"\"object\"\" VARCHAR)[]\"\n\
         \"STRUCT(entity_type VARCHAR, entity_value VARCHAR, \"\"name\"\" VARCHAR, relation VARCHAR)[]\"\n\
         TIMESTAMP WITH TIME ZONE\nVARCHAR\nVARCHAR[]\n"
    );
    let unsorted = "SELECT count(*) AS n FROM (SELECT (event_time, event_id) < lag((event_time, event_id)) OVER \
                    (ORDER BY file_row_number) AS back FROM read_parquet('out/events/*.parquet', file_row_number = true)) WHERE back";
    assert_eq!(query(dir.path(), "case.duckdb", unsorted), "n\n0\n");
}

#[test]
fn partition_keys_are_folders_instead_of_columns() {
    let dir = demo();
    let args = ["export", "parquet", "--db", "case.duckdb", "-o", "out", "--partition", "account,region,day"];
    stdout_of(dir.path(), &args);
    let folder = dir.path().join("out/events/account=111122223333/region=us-east-1");
    assert_eq!(names(&folder), ["day=2026-03-11"]);
    let inside = "SELECT column_name AS c FROM (DESCRIBE FROM read_parquet('out/events/account=111122223333/region=us-east-1/*/*.parquet', \
                  hive_partitioning = false)) WHERE column_name IN ('account', 'account_id', 'region', 'day') ORDER BY c";
    assert_eq!(query(dir.path(), "case.duckdb", inside), "c\naccount_id\n");
    let back = "SELECT count(*) AS n FROM (SELECT event_id, account_id, region, day::VARCHAR AS day FROM \
                read_parquet('out/events/**/*.parquet', hive_partitioning = true) INTERSECT SELECT event_id, account_id, region, \
                strftime(event_time, '%Y-%m-%d') FROM events)";
    assert_eq!(query(dir.path(), "case.duckdb", back), "n\n2526\n");
}

#[test]
fn empty_case_is_exported_with_columns() {
    let dir = demo();
    stdout_of(dir.path(), &["sql", "--db", "case.duckdb", "--write", "DELETE FROM events"]);
    stdout_of(dir.path(), &["export", "parquet", "--db", "case.duckdb", "-o", "out", "--partition", "day"]);
    let columns = "SELECT count(*) AS n FROM (DESCRIBE FROM 'out/events/*.parquet') WHERE column_name = 'region'";
    assert_eq!(query(dir.path(), "case.duckdb", columns), "n\n1\n");
    let none = ["export", "csv", "--db", "case.duckdb", "--query", "SELECT 1 AS a WHERE false"];
    assert_eq!(stdout_of(dir.path(), &none), "a\n");
    assert_eq!(stdout_of(dir.path(), &["export", "ocsf", "--db", "case.duckdb"]), "");
}

#[test]
fn existing_output_is_kept_without_force() {
    let dir = demo();
    fs::write(dir.path().join("out.csv"), "mine").unwrap();
    let args = ["export", "csv", "--db", "case.duckdb", "-o", "out.csv"];
    let exists = contains("out.csv already exists").and(contains("--force"));
    cartographer(dir.path(), &args).assert().code(1).stderr(exists);
    let mut broken = cartographer(dir.path(), &args);
    broken.args(["--force", "--query", "SELECT 'x'::INT"]).assert().code(1).stderr(contains("Conversion Error"));
    assert_eq!(fs::read_to_string(dir.path().join("out.csv")).unwrap(), "mine");
    cartographer(dir.path(), &args).arg("--force").assert().code(0);
    assert!(fs::read_to_string(dir.path().join("out.csv")).unwrap().starts_with("time,last_time,entry"));
    let folder = ["export", "parquet", "--db", "case.duckdb", "-o", "out"];
    fs::create_dir_all(dir.path().join("out/events")).unwrap();
    fs::write(dir.path().join("out/events/old"), "").unwrap();
    cartographer(dir.path(), &folder).assert().code(1).stderr(contains("out already exists"));
    cartographer(dir.path(), &folder).arg("--force").assert().code(0);
    assert_eq!(names(&dir.path().join("out")), TABLES);
    assert_eq!(names(dir.path()), ["case.duckdb", "out", "out.csv"]);
}

#[test]
fn csv_and_jsonl_contain_rows_of_table_view_or_query() {
    let dir = demo();
    let timeline = stdout_of(dir.path(), &["export", "jsonl", "--db", "case.duckdb"]);
    let shown = stdout_of(dir.path(), &["timeline", "--db", "case.duckdb", "--all", "--format", "jsonl"]);
    assert_eq!(timeline, shown);
    let signals = stdout_of(dir.path(), &["export", "csv", "--db", "case.duckdb", "--table", "signals"]);
    assert_eq!(signals, query(dir.path(), "case.duckdb", "FROM signals ORDER BY first_time, signal_id"));
    // Several batches: one header, and the rows in order.
    let many = stdout_of(
        dir.path(),
        &["export", "csv", "--db", "case.duckdb", "--query", "SELECT range AS i FROM range(10000);"],
    );
    let header = std::iter::once("i".to_owned());
    let expected: Vec<String> = header.chain((0..10000).map(|i| i.to_string())).collect();
    assert_eq!(many.lines().collect::<Vec<_>>(), expected);
    let formula = ["export", "csv", "--db", "case.duckdb", "--query", "SELECT '=cmd|x' AS a"];
    assert_eq!(stdout_of(dir.path(), &formula), "a\n'=cmd|x\n");
    let unknown = contains("the query failed").and(contains("nope"));
    cartographer(dir.path(), &["export", "csv", "--db", "case.duckdb", "--table", "nope"])
        .assert()
        .code(1)
        .stderr(unknown);
}

#[test]
fn timesketch_export_has_required_columns_and_all_signals() {
    let dir = demo();
    let lines = stdout_of(dir.path(), &["export", "timesketch", "--db", "case.duckdb", "--format", "jsonl"]);
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 60);
    let secret = rows.iter().find(|row| row["kind"] == "secret").unwrap();
    assert_eq!(secret["timestamp_desc"], "Console click");
    let moment = chrono::DateTime::parse_from_rfc3339(secret["datetime"].as_str().unwrap()).unwrap();
    assert_eq!(secret["timestamp"], moment.timestamp_micros());
    assert!(rows.iter().all(|row| !row["message"].as_str().unwrap().is_empty()));
    let csv = stdout_of(dir.path(), &["export", "timesketch", "--db", "case.duckdb", "--events"]);
    assert!(csv.starts_with("message,datetime,timestamp_desc,"), "{}", &csv[..80]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let described: Vec<String> = reader.records().map(|row| row.unwrap()[2].to_owned()).collect();
    assert_eq!(described.iter().filter(|of| *of == "CloudTrail event").count(), 2526);
    assert_eq!(described.len(), 2586);
}

#[test]
fn export_accepts_only_one_statement() {
    let dir = demo();
    for query in [
        "SELECT 1 AS a; SELECT 2 AS b",
        "SELECT 1 AS a; DROP TABLE outgoing; CREATE TEMP TABLE outgoing AS SELECT 2 AS b",
    ] {
        let args = ["export", "csv", "--db", "case.duckdb", "--query", query];
        let refused = contains("the query failed").and(contains("a single SELECT statement"));
        cartographer(dir.path(), &args).assert().code(1).stdout("").stderr(refused);
    }
    let ordered = ["export", "csv", "--db", "case.duckdb", "--query", "FROM range(3) AS r(i) ORDER BY i DESC -- all;"];
    assert_eq!(stdout_of(dir.path(), &ordered), "i\n2\n1\n0\n");
}
