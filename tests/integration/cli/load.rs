//! `load` with filters.

use std::path::Path;

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::cli::cartographer;

/// Loads the demo's trail with these arguments.
fn load(dir: &Path, args: &[&str]) -> assert_cmd::assert::Assert {
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    let mut command = cartographer(dir, &["load", trail.to_str().unwrap(), "--db", "case.duckdb"]);
    command.args(args).assert()
}

#[test]
fn filtered_load_counts_left_out_events() {
    let dir = TempDir::new().unwrap();
    let counted = contains("2,526 read = ").and(contains(" left out\n"));
    load(dir.path(), &["--service", "IAM", "--service", "sts"]).code(0).stdout(is_empty()).stderr(counted);
    let services = ["sql", "--db", "case.duckdb", "--format", "csv", "SELECT DISTINCT service FROM events ORDER BY 1"];
    cartographer(dir.path(), &services).assert().code(0).stdout("service\niam\nsts\n");
    let stated = ["sql", "--db", "case.duckdb", "--format", "csv", "SELECT filter, left_out > 0 AS l FROM load_files"];
    cartographer(dir.path(), &stated).assert().code(0).stdout("filter,l\nservice iam sts,true\n");
    let message = contains("Excluded by filters").and(contains("The case contains only part of the trail"));
    cartographer(dir.path(), &["report", "--db", "case.duckdb", "--format", "md"]).assert().code(0).stdout(message);
    let nothing = contains("0 inserted + 0 duplicate + 0 rejected + 2,526 left out");
    load(dir.path(), &["--to", "2001-01-01"]).code(0).stderr(nothing);
}

#[test]
fn invalid_filters_are_refused() {
    let dir = TempDir::new().unwrap();
    load(dir.path(), &["--from", "2026-03-02", "--to", "2026-03-01"]).code(2).stderr(contains("--from is not before"));
    load(dir.path(), &["--account", "admin"]).code(2).stderr(contains("12 digits"));
    load(dir.path(), &["--from", "yesterday"]).code(2).stderr(contains("YYYY-MM-DD"));
    assert!(!dir.path().join("case.duckdb").exists());
}
