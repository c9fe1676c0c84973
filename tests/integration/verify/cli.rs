//! The subcommand: exit codes, output formats, the table in a case, and a line in the report.

use std::fs;

use arrow::record_batch::RecordBatch;
use assert_cmd::Command;
use cartographer::store::Case;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::Value;

use crate::verify::trail::{Pair, Trail, gzip, listing, log, log_key};

impl Trail {
    /// Runs the program in the trail's folder, which contains the correct key.
    fn run(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        let pair = Pair::first();
        fs::write(self.root().join("keys.json"), listing(&[pair.listed(&pair.fingerprint)])).unwrap();
        let mut command = Command::cargo_bin("cartographer").unwrap();
        command.current_dir(self.root()).env_remove("CLICOLOR_FORCE").args(args).assert()
    }

    fn check(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        self.run(&[&["verify", "bucket", "--public-keys", "keys.json"], args].concat())
    }
}

#[test]
fn intact_chain_is_verified() {
    let trail = Trail::new(3, 4);
    let table = "                      verified       altered       missing      unlisted  not verified\n\
        log files                   12             0             0             0             0\n\
        digests                      3             0             0             0             0\n";
    trail.check(&[]).code(0).stdout(table).stderr(is_empty());
}

#[test]
fn failed_and_unverified_files_are_distinguished() {
    let trail = Trail::new(3, 2);
    let (removed, newest) = (trail.digests[0].logs[0].clone(), trail.digests[2].key.clone());
    trail.remove(&format!("{newest}.metadata.json"));
    trail.write("notes.txt", b"notes");
    let fetch = format!("aws s3api head-object --bucket trail-bucket --key {newest} > bucket/{newest}.metadata.json");
    let not_verified = contains("Not verified\n  2 log files: the contents match, but the digest that lists")
        .and(contains("1 digest: the signature is not available offline"))
        .and(contains(fetch))
        .and(contains("1 other file is not a log file or digest"))
        .and(contains("Failed").not());
    trail.check(&[]).code(4).stdout(not_verified);
    trail.remove(&removed);
    let failed =
        contains(format!("Failed\n  missing log file: s3://trail-bucket/{removed}\n")).and(contains("Not verified\n"));
    trail.check(&[]).code(1).stdout(failed);
}

#[test]
fn other_formats_have_a_row_for_each_file() {
    let trail = Trail::new(2, 3);
    let output = trail.check(&["--format", "json"]).code(0).get_output().stdout.clone();
    let rows: Vec<Value> = serde_json::from_slice(&output).unwrap();
    assert_eq!(rows.len(), 8);
    let of = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).collect::<Vec<_>>();
    assert_eq!((of("log file").len(), of("digest").len()), (6, 2));
    assert!(rows.iter().all(|row| row["status"] == "verified" && row["checked_at"].is_string()));
    assert!(of("log file").iter().all(|row| row["content_sha256"] == row["expected_sha256"]));
    trail.check(&["--format", "csv"]).code(0).stdout(predicates::str::starts_with("kind,status,detail,file,"));
}

#[test]
fn result_is_stored_in_the_case_and_reported() {
    let trail = Trail::new(3, 2);
    trail.run(&["load", "bucket/AWSLogs/111111111111/CloudTrail", "--db", "case.duckdb", "-q"]).code(0);
    trail.write(&log_key(1, 7, "AddedAddedAdded1"), &gzip(log("added").as_bytes()));
    trail.check(&["--db", "case.duckdb", "-q"]).code(1);
    let joined = "SELECT count(*) AS n FROM load_files JOIN file_integrity USING (sha256) WHERE status = 'verified'";
    trail.run(&["sql", "--db", "case.duckdb", "--format", "csv", joined]).code(0).stdout("n\n6\n");
    let message =
        contains("1 altered, removed or added; 0 not verified. Of the 6 files that this case was loaded from, 6 are")
            .and(contains("UTC: 6 log files verified"));
    trail.run(&["report", "--db", "case.duckdb", "--format", "md"]).code(0).stdout(message);
    // Another check replaces the previous one.
    trail.check(&["--db", "case.duckdb", "-q"]).code(1);
    let case = Case::open_read_only(&trail.root().join("case.duckdb")).unwrap();
    let rows = case.query("FROM file_integrity").unwrap();
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 10);
}

#[test]
fn invalid_arguments_are_errors() {
    let trail = Trail::new(1, 1);
    trail.run(&["verify", "bucket", "--public-keys", "none.json"]).code(1).stderr(contains("cannot read public keys"));
    trail.run(&["verify", "keys.json"]).code(1).stdout(is_empty()).stderr(contains("no CloudTrail log file"));
    trail.run(&["verify", "nowhere"]).code(1).stderr(contains("nowhere"));
    trail.check(&["--db", "none.duckdb"]).code(1).stderr(contains("the case none.duckdb does not exist"));
    trail.run(&["verify"]).code(2);
    trail
        .run(&["verify", "--help"])
        .code(0)
        .stdout(contains("aws cloudtrail list-public-keys").and(contains("Exit codes")));
}

#[test]
fn file_names_are_escaped_for_the_terminal() {
    let trail = Trail::new(2, 1);
    let name = log_key(0, 3, "id").replace("_id.", "_\u{1b}[31m.");
    trail.write(&name, &gzip(log("hostile").as_bytes()));
    trail.check(&[]).code(1).stdout(contains("\\u{1b}[31m").and(contains("\u{1b}").not()));
}
