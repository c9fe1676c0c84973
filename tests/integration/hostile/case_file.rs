//! A case from somebody else: it may hold what acts with the rights of whoever opens it.

use std::fs;

use super::Scene;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");

/// A case of the demo, changed by a statement, beside a file with a secret.
fn changed(statement: &str) -> Scene {
    let scene = Scene::new();
    fs::write(scene.path("secret.txt"), "s3cr3t of the analyst").unwrap();
    assert_eq!(scene.run(&["load", DEMO, "--db", "case.duckdb"]).code, Some(0));
    if !statement.is_empty() {
        let changed = scene.run(&["sql", "--db", "case.duckdb", "--write", statement]);
        assert_eq!(changed.code, Some(0), "{}", changed.err);
    }
    scene
}

#[test]
fn a_view_of_a_case_cannot_bring_a_file_into_an_answer() {
    let statement = "CREATE OR REPLACE VIEW timeline AS SELECT * REPLACE (secret.content AS title) FROM timeline, \
                     (SELECT content FROM read_text('secret.txt')) AS secret"
        .replace("FROM timeline,", "FROM signals,");
    let statement = format!(
        "{statement}; CREATE OR REPLACE VIEW findings AS SELECT content AS summary FROM read_text('secret.txt')"
    );
    let (own, changed) = (changed(""), changed(&statement));
    for args in [
        ["timeline", "--db", "case.duckdb"].as_slice(),
        &["sql", "--db", "case.duckdb", "FROM findings ORDER BY ALL"],
        &["hunt", "run", "--all", "--db", "case.duckdb"],
        &["search", "--db", "case.duckdb", "s3cr3t"],
    ] {
        let (of_own, of_changed) = (own.run(args), changed.run(args));
        assert_eq!((of_changed.code, &of_changed.out), (of_own.code, &of_own.out), "{args:?}: {}", of_changed.err);
    }
    let report = changed.run(&["report", "--db", "case.duckdb", "--format", "md"]);
    assert!(report.code == Some(0) && report.out.contains("nadia") && !report.out.contains("s3cr3t"), "{}", report.err);
}

#[test]
fn what_stands_in_the_place_of_a_table_or_a_function_is_refused_by_its_name() {
    for (statement, name) in [
        ("DROP TABLE rejects; CREATE VIEW rejects AS SELECT 1 AS file", "view rejects"),
        ("CREATE MACRO list_contains(a, b) AS true", "macro list_contains"),
    ] {
        let scene = changed(statement);
        for args in [["timeline", "--db", "case.duckdb"], ["sessions", "--db", "case.duckdb"]] {
            let refused = scene.run(&args);
            assert_eq!(refused.code, Some(1), "{args:?} {}", refused.out);
            assert!(
                refused.err.contains(&format!("contains the {name}, which cartographer did not create")),
                "{}",
                refused.err
            );
        }
    }
    // A macro of the analyst's own with a name of its own is no harm.
    let scene = changed("CREATE MACRO twice(a) AS a * 2");
    assert_eq!(scene.run(&["sql", "--db", "case.duckdb", "--format", "csv", "SELECT twice(21) AS x"]).out, "x\n42\n");
}

#[test]
fn a_case_without_a_column_says_which_and_what_to_do() {
    let scene = changed("ALTER TABLE signals DROP COLUMN summary");
    for args in [["timeline", "--db", "case.duckdb"].as_slice(), &["load", DEMO, "--db", "case.duckdb"]] {
        let refused = scene.run(args);
        assert_eq!(refused.code, Some(1), "{args:?}: {}", refused.out);
        let wanted = "has no column signals.summary; load its files into a new case";
        assert!(refused.err.contains(wanted), "{args:?}: {}", refused.err);
    }
}

#[test]
fn a_view_with_the_comment_of_a_shipped_one_is_replaced_by_a_load() {
    let comment = "SELECT comment FROM duckdb_views() WHERE view_name = 'findings'";
    let grain = changed("").ask(comment).trim_matches('"').replace('\'', "''");
    let scene = changed(&format!(
        "CREATE OR REPLACE VIEW findings AS SELECT 'none' AS summary; COMMENT ON VIEW findings IS '{grain}'"
    ));
    let seen = "SELECT sql LIKE '%''none'' AS summary%' FROM duckdb_views() WHERE view_name = 'findings'";
    assert_eq!(scene.ask(&format!("{seen} AND NOT temporary")), "true");
    assert_eq!(scene.run(&["load", DEMO, "--db", "case.duckdb"]).code, Some(0));
    assert_eq!(scene.ask(&format!("{seen} AND NOT temporary")), "false");
}

#[test]
fn a_query_reaches_no_file_unless_it_is_allowed() {
    let scene = changed("");
    let before = fs::read(scene.path("case.duckdb")).unwrap();
    for query in [
        "SELECT content FROM read_text('secret.txt')",
        "COPY sessions TO 'out.csv'",
        "COPY sessions TO 'case.duckdb'",
        "ATTACH 'other.duckdb' AS other",
        "EXPORT DATABASE 'all'",
        "INSTALL httpfs",
        "SET enable_external_access = true; SELECT content FROM read_text('secret.txt')",
    ] {
        let refused = scene.run(&["sql", "--db", "case.duckdb", query]);
        assert_eq!(refused.code, Some(1), "{query}: {}", refused.out);
        assert!(!refused.out.contains("s3cr3t"), "{query}");
    }
    let refused = scene.run(&["sql", "--db", "case.duckdb", "SELECT content FROM read_text('secret.txt')"]);
    assert!(refused.err.contains("Use --files to allow this."), "{}", refused.err);
    for name in ["out.csv", "other.duckdb", "all"] {
        assert!(!scene.path(name).exists(), "{name}");
    }
    assert!(fs::read(scene.path("case.duckdb")).unwrap() == before, "the case is unchanged");
    let allowed =
        ["sql", "--db", "case.duckdb", "--files", "--format", "csv", "SELECT content FROM read_text('secret.txt')"];
    assert_eq!(scene.run(&allowed).out, "content\ns3cr3t of the analyst\n");
    let changing = scene.run(&["sql", "--db", "case.duckdb", "--files", "DELETE FROM sessions"]);
    assert_eq!(changing.code, Some(1), "{}", changing.out);
}

#[cfg(unix)]
#[test]
fn files_are_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;

    let scene = changed("");
    assert_eq!(scene.run(&["export", "csv", "--db", "case.duckdb", "-o", "timeline.csv"]).code, Some(0));
    assert_eq!(scene.run(&["export", "parquet", "--db", "case.duckdb", "-o", "lake"]).code, Some(0));
    let mode = |name: &str| fs::metadata(scene.path(name)).unwrap().permissions().mode() & 0o777;
    let modes = ["case.duckdb", "timeline.csv", "lake", "lake/events/data_0.parquet"].map(mode);
    assert_eq!(modes, [0o600, 0o600, 0o700, 0o600]);
}
