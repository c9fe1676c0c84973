//! Case files from others may contain views and macros that run with the rights of the user who opens them.

use std::fs;

use super::Sandbox;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");

/// A demo case that was changed by a statement, and a file with a secret in the same folder.
fn changed_case(statement: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("secret.txt"), "s3cr3t of the analyst").unwrap();
    assert_eq!(sandbox.run(&["load", DEMO, "--db", "case.duckdb"]).code, Some(0));
    if !statement.is_empty() {
        let changed = sandbox.run(&["sql", "--db", "case.duckdb", "--write", statement]);
        assert_eq!(changed.code, Some(0), "{}", changed.err);
    }
    sandbox
}

#[test]
fn changed_view_cannot_read_files() {
    let statement = "CREATE OR REPLACE VIEW timeline AS SELECT * REPLACE (secret.content AS title) FROM timeline, \
                     (SELECT content FROM read_text('secret.txt')) AS secret"
        .replace("FROM timeline,", "FROM signals,");
    let statement = format!(
        "{statement}; CREATE OR REPLACE VIEW findings AS SELECT content AS summary FROM read_text('secret.txt')"
    );
    let (original, changed) = (changed_case(""), changed_case(&statement));
    for args in [
        ["timeline", "--db", "case.duckdb"].as_slice(),
        &["sql", "--db", "case.duckdb", "FROM findings ORDER BY ALL"],
        &["hunt", "run", "--all", "--db", "case.duckdb"],
        &["search", "--db", "case.duckdb", "s3cr3t"],
    ] {
        let (expected, found) = (original.run(args), changed.run(args));
        assert_eq!((found.code, &found.out), (expected.code, &expected.out), "{args:?}: {}", found.err);
    }
    let report = changed.run(&["report", "--db", "case.duckdb", "--format", "md"]);
    assert!(report.code == Some(0) && report.out.contains("nadia") && !report.out.contains("s3cr3t"), "{}", report.err);
}

#[test]
fn replaced_table_or_function_is_refused() {
    for (statement, name) in [
        ("DROP TABLE rejects; CREATE VIEW rejects AS SELECT 1 AS file", "view rejects"),
        ("CREATE MACRO list_contains(a, b) AS true", "macro list_contains"),
    ] {
        let sandbox = changed_case(statement);
        for args in [["timeline", "--db", "case.duckdb"], ["sessions", "--db", "case.duckdb"]] {
            let refused = sandbox.run(&args);
            assert_eq!(refused.code, Some(1), "{args:?} {}", refused.out);
            assert!(
                refused.err.contains(&format!("contains the {name}, which cartographer did not create")),
                "{}",
                refused.err
            );
        }
    }
    // A macro with an unused name is harmless.
    let sandbox = changed_case("CREATE MACRO twice(a) AS a * 2");
    assert_eq!(sandbox.run(&["sql", "--db", "case.duckdb", "--format", "csv", "SELECT twice(21) AS x"]).out, "x\n42\n");
}

#[test]
fn missing_column_error_names_column_and_explains_fix() {
    let sandbox = changed_case("ALTER TABLE signals DROP COLUMN summary");
    for args in [["timeline", "--db", "case.duckdb"].as_slice(), &["load", DEMO, "--db", "case.duckdb"]] {
        let refused = sandbox.run(args);
        assert_eq!(refused.code, Some(1), "{args:?}: {}", refused.out);
        let message = "has no column signals.summary; load its files into a new case";
        assert!(refused.err.contains(message), "{args:?}: {}", refused.err);
    }
}

#[test]
fn load_replaces_changed_view_despite_same_comment() {
    let comment = "SELECT comment FROM duckdb_views() WHERE view_name = 'findings'";
    let original_comment = changed_case("").query(comment).trim_matches('"').replace('\'', "''");
    let sandbox = changed_case(&format!(
        "CREATE OR REPLACE VIEW findings AS SELECT 'none' AS summary; COMMENT ON VIEW findings IS '{original_comment}'"
    ));
    let seen = "SELECT sql LIKE '%''none'' AS summary%' FROM duckdb_views() WHERE view_name = 'findings'";
    assert_eq!(sandbox.query(&format!("{seen} AND NOT temporary")), "true");
    assert_eq!(sandbox.run(&["load", DEMO, "--db", "case.duckdb"]).code, Some(0));
    assert_eq!(sandbox.query(&format!("{seen} AND NOT temporary")), "false");
}

#[test]
fn queries_cannot_access_files_without_option() {
    let sandbox = changed_case("");
    let before = fs::read(sandbox.path("case.duckdb")).unwrap();
    for query in [
        "SELECT content FROM read_text('secret.txt')",
        "COPY sessions TO 'out.csv'",
        "COPY sessions TO 'case.duckdb'",
        "ATTACH 'other.duckdb' AS other",
        "EXPORT DATABASE 'all'",
        "INSTALL httpfs",
        "SET enable_external_access = true; SELECT content FROM read_text('secret.txt')",
    ] {
        let refused = sandbox.run(&["sql", "--db", "case.duckdb", query]);
        assert_eq!(refused.code, Some(1), "{query}: {}", refused.out);
        assert!(!refused.out.contains("s3cr3t"), "{query}");
    }
    let refused = sandbox.run(&["sql", "--db", "case.duckdb", "SELECT content FROM read_text('secret.txt')"]);
    assert!(refused.err.contains("Use --files to allow this."), "{}", refused.err);
    for name in ["out.csv", "other.duckdb", "all"] {
        assert!(!sandbox.path(name).exists(), "{name}");
    }
    assert!(fs::read(sandbox.path("case.duckdb")).unwrap() == before, "the case was changed");
    let allowed =
        ["sql", "--db", "case.duckdb", "--files", "--format", "csv", "SELECT content FROM read_text('secret.txt')"];
    assert_eq!(sandbox.run(&allowed).out, "content\ns3cr3t of the analyst\n");
    let changing = sandbox.run(&["sql", "--db", "case.duckdb", "--files", "DELETE FROM sessions"]);
    assert_eq!(changing.code, Some(1), "{}", changing.out);
}

#[cfg(unix)]
#[test]
fn files_are_readable_only_by_the_user() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = changed_case("");
    assert_eq!(sandbox.run(&["export", "csv", "--db", "case.duckdb", "-o", "timeline.csv"]).code, Some(0));
    assert_eq!(sandbox.run(&["export", "parquet", "--db", "case.duckdb", "-o", "lake"]).code, Some(0));
    let mode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
    let modes = ["case.duckdb", "timeline.csv", "lake", "lake/events/data_0.parquet"].map(mode);
    assert_eq!(modes, [0o600, 0o600, 0o700, 0o600]);
}
