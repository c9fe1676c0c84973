//! The demo's walk-through shows what the program says.

use std::path::Path;

use tempfile::TempDir;

use crate::cartographer;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What stands between the two marks of the walk-through.
fn shown() -> String {
    let page = std::fs::read_to_string(Path::new(ROOT).join("demo/README.md")).unwrap();
    let (_, rest) = page.split_once("<!-- timeline -->\n```text\n").unwrap();
    rest.split_once("```\n<!-- end of timeline -->").unwrap().0.to_owned()
}

#[test]
fn the_walk_through_shows_the_timeline_as_it_is() {
    let dir = TempDir::new().unwrap();
    let trail = Path::new(ROOT).join("demo/trail.json.gz");
    cartographer(dir.path(), &["load", trail.to_str().unwrap(), "--db", "case.duckdb", "-q"]).assert().code(0);
    let timeline = cartographer(dir.path(), &["timeline", "--db", "case.duckdb"]).assert().code(0);
    let told = String::from_utf8(timeline.get_output().stdout.clone()).unwrap();
    assert!(told.lines().count() < 60);
    assert_eq!(told, shown(), "demo/README.md shows another timeline: put this one in");
}
