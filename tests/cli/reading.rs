//! `timeline` and `sessions`.

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::Value;

use crate::{answer, cartographer, case};

fn ids(args: &[&str]) -> Vec<String> {
    let lines = answer(&[&["timeline", "--format", "jsonl"], args].concat());
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    lines.lines().map(id).collect()
}

#[test]
fn the_timeline_is_sessions_with_a_line_a_signal() {
    let expected = "alice · 111122223333 · 198.51.100.7, 198.51.100.8 · no mfa · 2026-03-02 09:12:00 → 2026-03-03 00:10:00 UTC · session aaaaaaaabbbb0001\n  \
        09:12:00  list      us-east-1  Opened the list of 20 users  (140 events)\n  \
        09:13:00  residual  us-east-1  s3: ListBuckets, GetBucketAcl ×2  (3 events)\n  \
        2026-03-03\n  \
        00:10:00  create               Made an access key  (6 events)\n\
        \n\
        Admin/eve\\u{1b}[31m · 111122223333 · 203.0.113.9 · mfa unknown · 2026-03-02 09:30:00 → 09:31:00 UTC · session aaaaaaaabbbb0002\n  \
        09:30:00  secret  us-east-1  Read the secret =cmd|x\\nforged line \\u{202e}gnp.exe  (2 events)  ~0.72  [AccessDenied]\n";
    assert_eq!(answer(&["timeline"]), expected);
}

#[test]
fn filters_of_the_timeline_narrow_it() {
    assert_eq!(ids(&[]), ["s1", "e1", "e2", "e3", "s3", "s4"]);
    assert_eq!(ids(&["--all"]), ["e4", "s1", "e1", "e2", "e3", "s2", "s3", "s4"]);
    assert_eq!(ids(&["--session", "aaaaaaaabbbb0002"]), ["s3"]);
    assert_eq!(ids(&["--service", "IAM", "--service", "secretsmanager"]), ["s1", "s3", "s4"]);
    assert_eq!(ids(&["--kind", "create", "--kind", "secret"]), ["s3", "s4"]);
    assert_eq!(ids(&["--kind", "background"]), ["s2"]);
    assert_eq!(ids(&["--from", "2026-03-03"]), ["s4"]);
    assert_eq!(ids(&["--to", "2026-03-02 09:13"]), ["s1"]);
    assert_eq!(ids(&["--from", "2026-03-02T10:12:03+01:00", "--to", "2026-03-02 09:13:01"]), ["s1", "e1"]);
}

#[test]
fn what_is_typed_is_never_sql() {
    for hostile in ["' OR true --", "%", "a' UNION SELECT * FROM sessions --"] {
        let dir = case();
        let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--session", hostile]);
        command.assert().code(0).stdout(is_empty()).stderr(contains("nothing to show"));
        let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--service", hostile]);
        command.assert().code(0).stdout(is_empty()).stderr(contains("nothing to show"));
    }
}

#[test]
fn the_timeline_as_csv_is_safe_to_open() {
    let lines = answer(&["timeline", "--format", "csv", "--kind", "secret"]);
    let mut csv = csv::Reader::from_reader(lines.as_bytes());
    let row = csv.records().next().unwrap().unwrap();
    assert_eq!(&row[0], "2026-03-02T09:30:00Z");
    assert_eq!(&row[6], "Admin/eve\\u{1b}[31m");
    assert_eq!(&row[11], "Read the secret =cmd|x\nforged line \\u{202e}gnp.exe");
}

#[test]
fn sessions_are_the_consoles_unless_all_are_asked_for() {
    let ids = |args: &[&str]| -> Vec<String> {
        let rows: Vec<Value> =
            serde_json::from_str(&answer(&[&["sessions", "--format", "json"], args].concat())).unwrap();
        rows.iter().map(|row| row["session_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&[]), ["aaaaaaaabbbb0001", "aaaaaaaabbbb0002"]);
    assert_eq!(ids(&["--all"]), ["cccccccc", "aaaaaaaabbbb0001", "aaaaaaaabbbb0002"]);
    let table = answer(&["sessions"]);
    assert!(table.contains("198.51.100.7 198.51.100.8") && table.contains("Admin/eve\\u{1b}[31m"), "{table}");
}

#[test]
fn colours_come_when_asked_for() {
    let dir = case();
    let args = ["timeline", "--db", "case.duckdb"];
    let escape = contains("\u{1b}[");
    cartographer(dir.path(), &args).args(["--color", "always"]).assert().code(0).stdout(escape.clone());
    cartographer(dir.path(), &args).args(["--color", "never"]).assert().code(0).stdout(escape.clone().not());
    cartographer(dir.path(), &args).assert().code(0).stdout(escape.clone().not());
    cartographer(dir.path(), &args).env("CLICOLOR_FORCE", "1").assert().code(0).stdout(escape.clone());
    let mut unwanted = cartographer(dir.path(), &args);
    unwanted.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").assert().code(0).stdout(escape.not());
}
