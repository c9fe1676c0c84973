//! Variations and defects of real-world files, each with the expected rows, times, callers, counts, message and exit
//! code.

mod files;
mod json;
mod tables;

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::cartographer;

/// The columns of [`row`].
const COLUMNS: &str = "SELECT event_id, event_time, event_key, user_name, principal_arn, session_created, mfa, source_ip, \
                       request_parameters->>'description' AS description FROM events ORDER BY event_time, event_id";

/// A record of a call by `user` at a second.
fn record(second: u64, user: &str) -> Value {
    json!({
        "eventVersion": "1.10",
        "userIdentity": {"type": "IAMUser", "principalId": format!("AIDA{user}"), "arn": format!("arn:aws:iam::444455556666:user/{user}"),
            "accountId": "444455556666", "accessKeyId": format!("ASIA{user}"), "userName": user,
            "sessionContext": {"attributes": {"creationDate": "2024-06-03T07:00:00Z", "mfaAuthenticated": "true"}}},
        "eventTime": format!("2024-06-03T08:00:{second:02}Z"), "eventSource": "kms.amazonaws.com", "eventName": "CreateKey",
        "awsRegion": "eu-central-1", "sourceIPAddress": "203.0.113.9", "userAgent": "Mozilla/5.0",
        "requestParameters": {"description": "a, b"}, "responseElements": null, "requestID": format!("r{second}"),
        "eventID": id(second), "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "444455556666", "eventCategory": "Management",
    })
}

fn id(second: u64) -> String {
    format!("0a1b2c3d-0000-4000-8000-{second:012}")
}

/// The expected row of [`record`] in `events`.
fn row(second: u64, user: &str) -> String {
    format!(
        "{},2024-06-03T08:00:{second:02}Z,kms:CreateKey,{user},arn:aws:iam::444455556666:user/{user},2024-06-03T07:00:00Z,true,\
         203.0.113.9,\"a, b\"",
        id(second)
    )
}

/// A trail file with these records.
fn trail(records: &[Value]) -> Vec<u8> {
    json!({ "Records": records }).to_string().into_bytes()
}

/// Nora's records of these seconds.
fn records(seconds: &[u64]) -> Vec<Value> {
    seconds.iter().map(|second| record(*second, "nora")).collect()
}

/// The expected rows of nora's records.
fn rows(seconds: &[u64]) -> Vec<String> {
    seconds.iter().map(|second| row(*second, "nora")).collect()
}

/// The result of a load.
struct Loaded {
    dir: TempDir,
    code: i32,
    stderr: String,
}

impl Loaded {
    /// Loads files with these names and contents, with additional arguments.
    fn new(files: &[(&str, &[u8])], args: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let mut command = cartographer(dir.path(), &["load", "--db", "case.duckdb"]);
        let output = command.args(files.iter().map(|(name, _)| *name)).args(args).output().unwrap();
        Self { dir, code: output.status.code().unwrap(), stderr: String::from_utf8(output.stderr).unwrap() }
    }

    /// The lines of a query's result, without the header.
    fn query(&self, sql: &str) -> Vec<String> {
        let mut command = cartographer(self.dir.path(), &["sql", "--db", "case.duckdb", "--format", "csv", sql]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{sql}: {output:?}");
        String::from_utf8(output.stdout).unwrap().lines().skip(1).map(str::to_owned).collect()
    }

    /// Checks the ledger's counts and the exit code.
    fn assert_counts(self, read: usize, inserted: usize, rejected: usize, code: i32) -> Self {
        let balance = format!("{read} read = {inserted} inserted + 0 duplicate + {rejected} rejected\n");
        assert!(self.stderr.contains(&balance), "{}", self.stderr);
        assert_eq!(self.code, code, "{}", self.stderr);
        self
    }

    /// Checks the rows of `events`.
    fn assert_rows(self, rows: &[String]) -> Self {
        assert_eq!(self.query(COLUMNS), rows, "{}", self.stderr);
        self
    }

    /// Checks that a message was written.
    fn assert_message(self, message: &str) -> Self {
        assert!(self.stderr.contains(message), "{message}\n{}", self.stderr);
        self
    }
}

/// Checks that a file contains exactly nora's records of these seconds.
fn assert_loads(name: &str, bytes: impl AsRef<[u8]>, seconds: &[u64]) -> Loaded {
    let loaded = Loaded::new(&[(name, bytes.as_ref())], &[]);
    let loaded = loaded.assert_counts(seconds.len(), seconds.len(), 0, 0).assert_rows(&rows(seconds));
    assert!(!loaded.stderr.contains("damage"), "{}", loaded.stderr);
    loaded
}

/// Checks that a file is refused with this cause.
fn assert_refused(name: &str, bytes: impl AsRef<[u8]>, cause: &str) {
    let loaded = Loaded::new(&[(name, bytes.as_ref())], &[]).assert_counts(0, 0, 0, 1);
    let loaded = loaded.assert_message(&format!("{name}: {cause}\n")).assert_message("error: nothing could be loaded");
    assert!(!loaded.dir.path().join("case.duckdb").exists(), "a refused load left a case");
}
