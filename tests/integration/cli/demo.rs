//! The demo's walk-through shows what the program says.

use std::path::Path;

use predicates::str::contains;

use crate::cli::{cartographer, demo};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What stands between the two marks of the walk-through.
fn shown() -> String {
    let page = std::fs::read_to_string(Path::new(ROOT).join("demo/README.md")).unwrap();
    let (_, rest) = page.split_once("<!-- timeline -->\n```text\n").unwrap();
    rest.split_once("```\n<!-- end of timeline -->").unwrap().0.to_owned()
}

#[test]
fn the_walk_through_shows_the_timeline_as_it_is() {
    let dir = demo();
    let timeline = cartographer(dir.path(), &["timeline", "--db", "case.duckdb"]).assert().code(0);
    let told = String::from_utf8(timeline.get_output().stdout.clone()).unwrap();
    assert!(told.lines().count() < 60);
    assert_eq!(told, shown(), "demo/README.md shows another timeline: put this one in");
}

#[test]
fn the_papers_questions_are_answered() {
    let dir = demo();
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let blocks = readme.split("```sql\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    // What is asked of the extension is no question to a case.
    let blocks = blocks.filter(|block| !block.contains("cartographer_ext"));
    let questions: Vec<&str> = blocks.flat_map(|block| block.split(';')).filter(|sql| !sql.trim().is_empty()).collect();
    assert!(questions.len() >= 4, "{questions:?}");
    let walk = std::fs::read_to_string(Path::new(ROOT).join("demo/README.md")).unwrap();
    let asked = walk.split("sql --db case.duckdb \"\n").skip(1).map(|rest| rest.split_once("\"\n```").unwrap().0);
    let asked: Vec<String> = asked.map(|sql| sql.replace("\\$", "$")).collect();
    assert!(asked.len() >= 6, "{asked:?}");
    for sql in questions.into_iter().chain(asked.iter().map(String::as_str)) {
        cartographer(dir.path(), &["sql", "--db", "case.duckdb", sql]).assert().code(0);
    }
}

#[test]
fn a_new_rule_is_drafted_from_a_burst_and_passes_its_spec() {
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
    let odd = ["rules", "new", "Look", "--dir", "own"];
    cartographer(dir.path(), &odd).assert().code(1).stderr(contains("is not a valid rule ID"));
}
