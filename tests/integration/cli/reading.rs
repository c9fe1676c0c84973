//! `timeline` and `sessions`.

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{answer, cartographer, case, demo};

fn ids(args: &[&str]) -> Vec<String> {
    let lines = answer(&[&["timeline", "--format", "jsonl"], args].concat());
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    lines.lines().map(id).collect()
}

#[test]
fn timeline_groups_signals_by_session() {
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
fn timeline_filters_apply() {
    assert_eq!(ids(&[]), ["s1", "e1", "e2", "e3", "s3", "s4"]);
    assert_eq!(ids(&["--all"]), ["e4", "s1", "e1", "e2", "e3", "s2", "s3", "s4"]);
    assert_eq!(ids(&["--session", "aaaaaaaabbbb0002"]), ["s3"]);
    assert_eq!(ids(&["--service", "IAM", "--service", "secretsmanager"]), ["s1", "s3", "s4"]);
    assert_eq!(ids(&["--kind", "create", "--kind", "secret"]), ["s3", "s4"]);
    assert_eq!(ids(&["--kind", "background"]), ["s2"]);
    assert_eq!(ids(&["--kind", "create"]), ["s4"]);
    assert_eq!(ids(&["--failed"]), ["s3"]);
    assert_eq!(ids(&["--from", "2026-03-03"]), ["s4"]);
    assert_eq!(ids(&["--to", "2026-03-02 09:13"]), ["s1"]);
    assert_eq!(ids(&["--from", "2026-03-02T10:12:03+01:00", "--to", "2026-03-02 09:13:01"]), ["s1", "e1"]);
}

/// The standard output and standard error of a command on the demo case.
fn run_on_demo(dir: &TempDir, args: &[&str]) -> (String, String) {
    let assert = cartographer(dir.path(), args).args(["--db", "case.duckdb"]).assert().code(0);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&assert.get_output().stdout), text(&assert.get_output().stderr))
}

#[test]
fn failed_filter_shows_all_denied_and_failed_events() {
    let dir = demo();
    let (lines, _) = run_on_demo(&dir, &["timeline", "--failed", "--all", "--format", "jsonl"]);
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: u64 = rows.iter().map(|row| row["failed_events"].as_u64().unwrap()).sum();
    let count = "SELECT count(*) FROM events WHERE outcome IN ('denied', 'failed')";
    let (counted, _) = run_on_demo(&dir, &["sql", "--format", "csv", count]);
    assert_eq!(counted.lines().nth(1), Some(failed.to_string().as_str()));
    assert!(failed > 0 && rows.iter().all(|row| row["failed_events"].as_u64() > Some(0)));
    let (text, notes) = run_on_demo(&dir, &["timeline", "--failed"]);
    let line = |what: &str| text.lines().find(|line| line.contains(what)).unwrap().to_owned();
    assert!(line("Failed to sign in to the console").ends_with("[failed]"), "{text}");
    assert!(line("denied: organizations:ListDelegatedAdministrators").ends_with(" failed]"), "{text}");
    assert!(!notes.contains("background"), "no background request failed: {notes}");
}

#[test]
fn hidden_background_requests_are_counted_on_stderr() {
    let dir = demo();
    let args = ["timeline", "--around", "2026-03-11T19:41:32Z", "--for", "1h"];
    let (_, notes) = run_on_demo(&dir, &args);
    let (every, silent) = run_on_demo(&dir, &[&args[..], &["--all", "--format", "jsonl"]].concat());
    let hidden = every.lines().filter(|line| line.contains(r#""class":"background""#)).count();
    assert!(hidden > 1, "{every}");
    assert_eq!(
        notes,
        format!("{hidden} background requests made by the console are not shown; use --all to show them\n")
    );
    assert_eq!(silent, "");
}

#[test]
fn kind_create_includes_created_keys() {
    let dir = demo();
    let titles = |kind: &str| {
        let (lines, _) = run_on_demo(&dir, &["timeline", "--all", "--kind", kind, "--format", "jsonl"]);
        let title = |line: &str| serde_json::from_str::<Value>(line).unwrap()["title"].as_str().unwrap().to_owned();
        lines.lines().map(title).collect::<Vec<_>>()
    };
    let key = "IAM › Users › svc-backup › Access keys › Create access key".to_owned();
    let (created, secrets) = (titles("create"), titles("secret"));
    assert!(created.contains(&key) && secrets.contains(&key), "{created:?}");
    let read = "secretsmanager:GetSecretValue".to_owned();
    assert!(secrets.contains(&read) && !created.contains(&read), "{created:?}");
}

#[test]
fn around_accepts_a_time_or_an_id_prefix() {
    let dir = demo();
    for wrong in ["2026-13-01", "25:99", "deadbeef"] {
        let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--around", wrong]);
        let problem = format!("--around {wrong}: neither a time nor the start of an event or signal ID");
        command.assert().code(2).stdout(is_empty()).stderr(contains(problem).and(contains("RFC 3339")));
    }
    let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--around", "6"]);
    command.assert().code(2).stdout(is_empty()).stderr(contains("--around 6: more than one ID starts with this"));
    for command in ["timeline --around", "explain"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["", "--db", "case.duckdb"]);
        cartographer(dir.path(), &args).assert().code(2).stdout(is_empty()).stderr(contains("a value is required"));
    }
    let (around, _) = run_on_demo(&dir, &["timeline", "--around", "69d0385a", "--for", "1s"]);
    assert!(around.contains("payments/gateway-token"), "{around}");
}

#[test]
fn filter_values_cannot_inject_sql() {
    for hostile in ["' OR true --", "%", "a' UNION SELECT * FROM sessions --"] {
        let dir = case();
        let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--session", hostile]);
        command.assert().code(0).stdout(is_empty()).stderr(contains("nothing to show"));
        let mut command = cartographer(dir.path(), &["timeline", "--db", "case.duckdb", "--service", hostile]);
        command.assert().code(0).stdout(is_empty()).stderr(contains("nothing to show"));
    }
}

#[test]
fn timeline_csv_is_escaped() {
    let lines = answer(&["timeline", "--format", "csv", "--kind", "secret"]);
    let mut csv = csv::Reader::from_reader(lines.as_bytes());
    let columns = csv.headers().unwrap().clone();
    let row = csv.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[columns.iter().position(|column| column == name).unwrap()];
    assert_eq!(cell("time"), "2026-03-02T09:30:00Z");
    assert_eq!(cell("principal"), "Admin/eve\\u{1b}[31m");
    assert_eq!(cell("summary"), "Read the secret =cmd|x\nforged line \\u{202e}gnp.exe");
}

#[test]
fn only_console_sessions_are_listed_unless_all_is_given() {
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
fn colors_follow_options_and_environment() {
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
