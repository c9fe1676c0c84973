//! The demo's walk-through shows the output of the program.

use std::path::Path;

use predicates::str::contains;

use crate::cli::{cartographer, demo};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The text between the two markers in the walk-through.
fn shown() -> String {
    let page = std::fs::read_to_string(Path::new(ROOT).join("demo/README.md")).unwrap();
    let (_, rest) = page.split_once("<!-- timeline -->\n```text\n").unwrap();
    rest.split_once("```\n<!-- end of timeline -->").unwrap().0.to_owned()
}

#[test]
fn walk_through_shows_current_timeline() {
    let dir = demo();
    let timeline = cartographer(dir.path(), &["timeline", "--db", "case.duckdb"]).assert().code(0);
    let timeline_text = String::from_utf8(timeline.get_output().stdout.clone()).unwrap();
    assert!(timeline_text.lines().count() < 60);
    assert_eq!(timeline_text, shown(), "the timeline in demo/README.md is out of date");
}

#[test]
fn queries_of_both_readmes_run() {
    let dir = demo();
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let blocks = readme.split("```sql\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    // Queries that use the extension do not run on a case.
    let blocks = blocks.filter(|block| !block.contains("cartographer_ext"));
    let readme_queries: Vec<&str> =
        blocks.flat_map(|block| block.split(';')).filter(|sql| !sql.trim().is_empty()).collect();
    assert!(readme_queries.len() >= 4, "{readme_queries:?}");
    let walk_through = std::fs::read_to_string(Path::new(ROOT).join("demo/README.md")).unwrap();
    let walk_through_queries =
        walk_through.split("sql --db case.duckdb \"\n").skip(1).map(|rest| rest.split_once("\"\n```").unwrap().0);
    let walk_through_queries: Vec<String> = walk_through_queries.map(|sql| sql.replace("\\$", "$")).collect();
    assert!(walk_through_queries.len() >= 6, "{walk_through_queries:?}");
    for sql in readme_queries.into_iter().chain(walk_through_queries.iter().map(String::as_str)) {
        cartographer(dir.path(), &["sql", "--db", "case.duckdb", sql]).assert().code(0);
    }
}

#[test]
fn rule_is_drafted_from_burst_and_passes_its_spec() {
    let dir = demo();
    let anchor = "SELECT anchor_event_id FROM signals WHERE rule_id = 'secretsmanager/secrets/secret/overview' LIMIT 1";
    let found = cartographer(dir.path(), &["sql", "--db", "case.duckdb", "--format", "csv", anchor]).assert().code(0);
    let event = String::from_utf8(found.get_output().stdout.clone()).unwrap().lines().nth(1).unwrap().trim().to_owned();
    let new = ["rules", "new", "secretsmanager/look", "--dir", "own", "--from-case", "case.duckdb", "--around", &event];
    cartographer(dir.path(), &new).assert().code(0).stderr(contains("wrote own/secretsmanager/look.toml"));
    cartographer(dir.path(), &new).assert().code(1).stderr(contains("are not overwritten"));
    cartographer(dir.path(), &["rules", "check", "own"]).assert().code(0).stderr(contains("calls: no problems"));
    let shown = cartographer(dir.path(), &["rules", "show", "secretsmanager/look", "--rules", "own"]).assert().code(0);
    shown.stdout(contains("secretsmanager:DescribeSecret (anchor)"));
    let invalid = ["rules", "new", "Look", "--dir", "own"];
    cartographer(dir.path(), &invalid).assert().code(1).stderr(contains("is not a valid rule ID"));
}
