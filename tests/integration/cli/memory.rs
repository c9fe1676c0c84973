//! `load` with a memory limit.

use std::path::Path;

use predicates::str::contains;
use tempfile::TempDir;

use crate::cli::cartographer;

const TRAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");

/// The signals of a case that the demo's trail was loaded into with these options.
fn signals(dir: &Path, case: &str, options: &[&str]) -> String {
    cartographer(dir, &["load", TRAIL, "--db", case, "-q"]).args(options).assert().code(0);
    let all = ["sql", "--db", case, "--format", "csv", "FROM signals ORDER BY ALL"];
    let assert = cartographer(dir, &all).assert().code(0);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn low_memory_limit_gives_the_same_signals() {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir(dir.path().join("aside")).unwrap();
    let all = signals(dir.path(), "all.duckdb", &[]);
    let low = signals(dir.path(), "low.duckdb", &["--memory-limit", "256MB", "--temp-dir", "aside", "--threads", "1"]);
    assert!(all.lines().count() > 20, "{all}");
    assert_eq!(low, all);
    let left = std::fs::read_dir(dir.path().join("aside")).unwrap().count();
    assert_eq!(left, 0, "temporary files were left behind");
}

#[test]
fn invalid_memory_limit_is_a_usage_error() {
    let dir = TempDir::new().unwrap();
    for (limit, message) in
        [("1MB", "expected at least 256MB"), ("much", "expected a whole number followed by KB"), ("", "value")]
    {
        let mut load = cartographer(dir.path(), &["load", TRAIL, "--db", "case.duckdb", "--memory-limit", limit]);
        load.assert().code(2).stderr(contains(message));
    }
    cartographer(dir.path(), &["load", TRAIL, "--db", "case.duckdb", "--temp-dir"]).assert().code(2);
    assert!(!dir.path().join("case.duckdb").exists());
}
