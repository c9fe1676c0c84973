//! `connect` prints lines that can be pasted, even if the case's path contains special characters.

use predicates::prelude::*;
use predicates::str::contains;

use crate::export::{cartographer, demo, stdout_of};

#[test]
fn connect_shows_instructions_for_every_client() {
    let dir = demo();
    let shown = stdout_of(dir.path(), &["connect", "--db", "case.duckdb"]);
    let path = dir.path().canonicalize().unwrap().join("case.duckdb");
    let path = path.to_str().unwrap();
    assert_eq!(shown.matches(path).count(), 14, "{shown}");
    assert!(shown.contains(&format!("duckdb -readonly {path}\n")), "{shown}");
    let alone = stdout_of(dir.path(), &["connect", "--db", "case.duckdb", "python"]);
    assert!(shown.contains(&alone) && alone.contains("read_only=True"), "{alone}");
}

#[test]
fn hostile_path_is_quoted_and_escaped() {
    let dir = demo();
    let name = "it's \"$(x)\\\u{1b}[31m.duckdb";
    std::fs::rename(dir.path().join("case.duckdb"), dir.path().join(name)).unwrap();
    let shown = stdout_of(dir.path(), &["connect", "--db", name]);
    assert!(!shown.contains('\u{1b}'));
    for quoted in [
        r#"/it\'s "$(x)\\\u001b[31m.duckdb'"#,
        r#"/it\'s "$(x)\\\x1b[31m.duckdb' AS cartographed"#,
        r#"/it's \"$(x)\\\u001b[31m.duckdb", read_only=True"#,
        r#"/it's \"$(x)\\\u{1b}[31m.duckdb", {"#,
        r#"/it's \"$(x)\\\033[31m.duckdb", properties"#,
    ] {
        assert!(shown.contains(quoted), "{quoted}\n{shown}");
    }
}

#[test]
fn connect_refuses_missing_case_and_unknown_client() {
    let dir = demo();
    cartographer(dir.path(), &["connect", "--db", "no.duckdb"])
        .assert()
        .code(1)
        .stderr(contains("the case no.duckdb does not exist"));
    let unknown = contains("possible values").and(contains("dbeaver"));
    cartographer(dir.path(), &["connect", "--db", "case.duckdb", "excel"]).assert().code(2).stderr(unknown);
}
