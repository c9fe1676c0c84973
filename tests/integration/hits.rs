//! The examples in `docs/joining-hits.md`, run on the demo case with made-up hits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use assert_cmd::cargo::cargo_bin_cmd;
use cartographer::store::Case;
use duckdb::Connection;
use serde_json::json;
use tempfile::TempDir;

/// The SQL blocks of the page, in order.
fn examples() -> Vec<String> {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/joining-hits.md");
    let text = fs::read_to_string(page).unwrap();
    text.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn id_of(case: &Path, condition: &str) -> String {
    let case = Case::open_read_only(case).unwrap();
    let sql = format!("SELECT event_id FROM events WHERE {condition} ORDER BY event_time, event_id LIMIT 1");
    let ids = case.query(&sql).unwrap().remove(0);
    ids.column(0).as_string::<i32>().value(0).to_owned()
}

/// A folder with the demo case and the hits of two tools.
fn folder() -> TempDir {
    let dir = TempDir::new().unwrap();
    let trail = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    let mut load = cargo_bin_cmd!("cartographer");
    load.current_dir(&dir).args(["load", "--db", "case.duckdb", "--quiet"]).arg(trail).assert().success();
    let case = dir.path().join("case.duckdb");
    let stopped = id_of(&case, "event_key = 'cloudtrail:StopLogging'");
    let made = id_of(&case, "event_key = 'iam:CreateAccessKey' AND error_code IS NULL");
    let tried = id_of(&case, "event_key = 'sts:GetCallerIdentity' AND principal = 'svc-backup'");
    let suzaku = format!(
        "Timestamp,RuleTitle,Level,EventName,EventID,RuleID\n\
         2026-03-11T19:51:50Z,Trail stopped,high,StopLogging,{stopped},r1\n\
         2026-03-11T19:51:50Z,\"Trail touched, somehow\",low,StopLogging,{stopped},r2\n\
         2026-03-11T19:41:32Z,Key made,medium,CreateAccessKey,{made},r3\n\
         2026-03-11T00:00:00Z,Of another trail,high,StopLogging,0,r1\n"
    );
    fs::write(dir.path().join("suzaku.csv"), suzaku).unwrap();
    let suzaku = Connection::open(dir.path().join("suzaku.duckdb")).unwrap();
    let rows = format!(
        "CREATE TYPE suzaku_level AS ENUM ('informational', 'low', 'medium', 'high', 'critical'); \
         CREATE TABLE timeline AS SELECT TIMESTAMP '2026-03-11 19:51:50' AS \"Timestamp\", r.rule AS \"RuleTitle\", \
         r.level::suzaku_level AS \"Level\", r.id AS \"EventID\" FROM (VALUES ('Key made', 'medium', '{made}'), \
         ('Trail stopped', 'high', '{stopped}'), ('Of another trail', 'high', '0')) AS r (rule, level, id)"
    );
    suzaku.execute_batch(&rows).unwrap();
    drop(suzaku);
    let sigma = json!([
        { "title": "Key made", "rule_level": "medium", "count": 1, "matches": [{ "eventID": made }] },
        { "title": "Who am I", "rule_level": "low", "count": 2, "matches": [{ "eventID": tried }, { "eventID": "0" }] },
    ]);
    fs::write(dir.path().join("sigma.json"), sigma.to_string()).unwrap();
    dir
}

fn query(dir: &TempDir, sql: &str) -> Vec<String> {
    let mut command = cargo_bin_cmd!("cartographer");
    let result = command
        .current_dir(dir)
        .args(["sql", "--db", "case.duckdb", "--files", "--format", "csv", sql])
        .assert()
        .success();
    String::from_utf8(result.get_output().stdout.clone()).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn hits_are_joined_to_clicks() {
    let dir = folder();
    let [hits, clicks, attached, sigma, unseen] = examples().try_into().unwrap();
    let hits = query(&dir, &hits);
    assert_eq!(hits.len(), 3, "{hits:#?}");
    assert!(hits[0].starts_with("medium,Key made,2026-03-11T19:41:32Z,nadia,Created access key"), "{}", hits[0]);
    assert!(hits[1].starts_with("high,Trail stopped,"), "{}", hits[1]);
    let clicks = query(&dir, &clicks);
    assert_eq!(clicks.len(), 2, "{clicks:#?}");
    assert!(clicks[1].starts_with("Stopped logging for trail prod-audit,nadia,2026-03-11T19:51:50Z,2,"));
    let attached = query(&dir, &attached);
    assert_eq!(attached.len(), 2, "{attached:#?}");
    assert!(
        attached[0].starts_with("high,Trail stopped,2026-03-11T19:51:50Z,nadia,Stopped logging"),
        "{}",
        attached[0]
    );
    assert!(attached[1].starts_with("medium,Key made,"), "{}", attached[1]);
    let sigma = query(&dir, &sigma);
    assert_eq!(sigma.len(), 2, "{sigma:#?}");
    assert!(sigma[1].contains("low,Who am I,2026-03-11T21:14:05Z,svc-backup,Checked the caller's identity"));
    let unseen = query(&dir, &unseen).join("\n");
    assert!(unseen.contains("Retrieved the value of secret warehouse/reader"), "{unseen}");
    assert!(!unseen.contains("Stopped logging") && !unseen.contains("tomas"), "{unseen}");
}
