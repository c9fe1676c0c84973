//! `connect` shows lines that can be pasted, whatever the case's path is.

use predicates::prelude::*;
use predicates::str::contains;

use crate::export::{answer, cartographer, demo};

#[test]
fn every_client_is_told_of_the_case() {
    let dir = demo();
    let shown = answer(dir.path(), &["connect", "--db", "case.duckdb"]);
    let path = dir.path().canonicalize().unwrap().join("case.duckdb");
    let path = path.to_str().unwrap();
    assert_eq!(shown.matches(path).count(), 14, "{shown}");
    assert!(shown.contains(&format!("duckdb -readonly {path}\n")), "{shown}");
    let alone = answer(dir.path(), &["connect", "--db", "case.duckdb", "python"]);
    assert!(shown.contains(&alone) && alone.contains("read_only=True"), "{alone}");
}

#[test]
fn a_hostile_path_is_quoted_and_cannot_drive_the_terminal() {
    let dir = demo();
    let name = "it's \"$(x)\\\u{1b}[31m.duckdb";
    std::fs::rename(dir.path().join("case.duckdb"), dir.path().join(name)).unwrap();
    let shown = answer(dir.path(), &["connect", "--db", name]);
    assert!(!shown.contains('\u{1b}'));
    for spelt in [
        r#"/it\'s "$(x)\\\u001b[31m.duckdb'"#,
        r#"/it\'s "$(x)\\\x1b[31m.duckdb' AS cartographed"#,
        r#"/it's \"$(x)\\\u001b[31m.duckdb", read_only=True"#,
        r#"/it's \"$(x)\\\u{1b}[31m.duckdb", {"#,
        r#"/it's \"$(x)\\\033[31m.duckdb", properties"#,
    ] {
        assert!(shown.contains(spelt), "{spelt}\n{shown}");
    }
}

#[test]
fn a_file_that_is_no_case_is_not_connected_to() {
    let dir = demo();
    cartographer(dir.path(), &["connect", "--db", "no.duckdb"])
        .assert()
        .code(1)
        .stderr(contains("the case no.duckdb does not exist"));
    let unknown = contains("possible values").and(contains("dbeaver"));
    cartographer(dir.path(), &["connect", "--db", "case.duckdb", "excel"]).assert().code(2).stderr(unknown);
}
