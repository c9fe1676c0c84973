//! Error messages.

use duckdb::Connection;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::cli::{cartographer, case, demo};

#[test]
fn errors_state_cause_and_next_step() {
    let dir = case();
    let missing =
        contains("error: the case no.duckdb does not exist").and(contains("cartographer load PATH --db no.duckdb"));
    cartographer(dir.path(), &["timeline", "--db", "no.duckdb"]).assert().code(1).stdout(is_empty()).stderr(missing);
    assert!(!dir.path().join("no.duckdb").exists());
    std::fs::write(dir.path().join("other.duckdb"), "not a database at all").unwrap();
    let other = contains("error: cannot open other.duckdb").and(contains("caused by: "));
    cartographer(dir.path(), &["sessions", "--db", "other.duckdb"]).assert().code(1).stderr(other);
    let broken = contains("error: the query failed").and(contains("syntax error"));
    cartographer(dir.path(), &["sql", "--db", "case.duckdb", "selec 1"]).assert().code(1).stderr(broken);
    Connection::open(dir.path().join("empty.duckdb")).unwrap();
    let empty = contains("empty.duckdb is empty: the first load into it was interrupted");
    cartographer(dir.path(), &["timeline", "--db", "empty.duckdb"]).assert().code(1).stderr(empty);
}

#[test]
fn error_messages_are_escaped_for_the_terminal() {
    let dir = case();
    let escaped = contains("\\u{1b}[31m").and(contains("\u{1b}").not());
    cartographer(dir.path(), &["sql", "--db", "case.duckdb", "FROM \"\u{1b}[31m\""]).assert().code(1).stderr(escaped);
}

#[test]
fn usage_errors_exit_with_2_and_help_with_0() {
    let dir = TempDir::new().unwrap();
    for wrong in [&["frob"][..], &[], &["timeline"], &["timeline", "--db", "x", "--kind", "frob"], &["-q", "-v", "man"]]
    {
        cartographer(dir.path(), wrong).assert().code(2).stdout(is_empty());
    }
    let moment = contains("YYYY-MM-DD[ HH:MM[:SS]]");
    cartographer(dir.path(), &["timeline", "--db", "x", "--from", "yesterday"]).assert().code(2).stderr(moment);
    cartographer(dir.path(), &["--help"]).assert().code(0).stdout(contains("4  partial success")).stderr(is_empty());
    let version = format!("cartographer {}\n", env!("CARGO_PKG_VERSION"));
    cartographer(dir.path(), &["--version"]).assert().code(0).stdout(version);
}

#[test]
fn quiet_prints_nothing_and_verbose_prints_row_count() {
    let dir = case();
    let args = ["timeline", "--db", "case.duckdb", "--session", "zzz"];
    cartographer(dir.path(), &args).arg("-q").assert().code(0).stdout(is_empty()).stderr(is_empty());
    let sql = ["sql", "--db", "case.duckdb", "-v", "FROM sessions"];
    cartographer(dir.path(), &sql).assert().code(0).stderr("3 rows\n");
}

#[test]
fn load_without_files_fails() {
    let dir = TempDir::new().unwrap();
    let failed = contains("error: no file was found").and(contains("no.json"));
    cartographer(dir.path(), &["load", "no.json", "--db", "case.duckdb"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(failed);
    cartographer(dir.path(), &["load", "--db", "case.duckdb"]).assert().code(2);
    cartographer(dir.path(), &["load", "x", "--db", "case.duckdb", "--threads", "0"]).assert().code(2);
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    let none = contains("error: no file was found").and(contains("or - for standard input"));
    cartographer(dir.path(), &["load", "empty", "--db", "case.duckdb", "-q"]).assert().code(1).stderr(none);
}

#[test]
fn refused_load_leaves_no_case() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("text.txt"), "no trail at all").unwrap();
    std::fs::write(dir.path().join("bad.json"), r#"{"Records": [{"eventName": 1}]}"#).unwrap();
    let left = || {
        let names =
            std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("case")).collect::<Vec<_>>()
    };
    for input in ["text.txt", "bad.json", "no.json"] {
        cartographer(dir.path(), &["load", input, "--db", "case.duckdb"]).assert().code(1).stdout(is_empty());
        assert_eq!(left(), Vec::<String>::new(), "{input}");
    }
    std::fs::write(dir.path().join("empty.json"), r#"{"Records": []}"#).unwrap();
    cartographer(dir.path(), &["load", "empty.json", "--db", "case.duckdb"]).assert().code(0);
    assert_eq!(left(), ["case.duckdb"], "a trail without events is loaded");
    cartographer(dir.path(), &["load", "text.txt", "--db", "case.duckdb"]).assert().code(1);
    assert_eq!(left(), ["case.duckdb"], "an existing case is kept");
    let files = ["sql", "--db", "case.duckdb", "--format", "csv", "SELECT file FROM load_files"];
    cartographer(dir.path(), &files).assert().code(0).stdout("file\nempty.json\ntext.txt\n");
}

#[test]
fn typos_get_suggestions() {
    let dir = case();
    let suggestions: [(&[&str], i32, &str); 8] = [
        (&["timelin"], 2, "a similar subcommand exists: 'timeline'"),
        (&["hunt", "lits"], 2, "a similar subcommand exists: 'list'"),
        (&["timeline", "--princpal", "x"], 2, "a similar argument exists: '--principal'"),
        (&["timeline", "--kind", "creat"], 2, "a similar value exists: 'create'"),
        (&["hunt", "show", "persistance/made-key-used"], 2, "Similar IDs: persistence/made-key-used."),
        (&["hunt", "run", "made-kye-used", "--db", "case.duckdb"], 2, "Similar IDs: persistence/made-key-used."),
        (
            &["hunt", "run", "persistence/made-key-used", "--set", "princpal=x", "--db", "case.duckdb"],
            2,
            "Did you mean principal?",
        ),
        (&["rules", "show", "iam/usres"], 1, "Similar IDs: iam/users"),
    ];
    for (args, code, message) in suggestions {
        cartographer(dir.path(), args).assert().code(code).stdout(is_empty()).stderr(contains(message));
    }
    let column = ["sql", "--db", "case.duckdb", "SELECT principl FROM timeline"];
    let bindings = contains("Candidate bindings: \"principal\"").and(contains("LINE 1: SELECT principl FROM timeline"));
    cartographer(dir.path(), &column).assert().code(1).stderr(bindings);
    for view in [&["sql", "FROM timelin"][..], &["export", "csv", "--table", "timelin"]] {
        let meant = contains("Did you mean \"timeline\"?");
        cartographer(dir.path(), view).args(["--db", "case.duckdb"]).assert().code(1).stderr(meant);
    }
}

#[test]
fn report_error_lists_supported_formats() {
    let dir = demo();
    for name in ["x.docx", "x.json"] {
        let message = contains("HTML (.html, .htm), Markdown (.md, .markdown) or PDF (.pdf)")
            .and(contains("a report cannot be written as"));
        let report = ["report", "--db", "case.duckdb", "-o", name];
        cartographer(dir.path(), &report).assert().code(2).stdout(is_empty()).stderr(message);
        assert!(!dir.path().join(name).exists());
    }
    for (name, start) in [("x.HTM", "<!DOCTYPE html>"), ("x.markdown", "# "), ("x", "<!DOCTYPE html>")] {
        cartographer(dir.path(), &["report", "--db", "case.duckdb", "-o", name]).assert().code(0);
        let text = std::fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(text.starts_with(start), "{name}: {}", &text[..40]);
    }
    let report = ["report", "--db", "case.duckdb", "-o", "x.txt", "--format", "md"];
    cartographer(dir.path(), &report).assert().code(0);
}

#[test]
fn usage_errors_contain_no_control_characters_of_arguments() {
    let dir = TempDir::new().unwrap();
    for argument in ["\u{1b}[31mfrob", "\u{1b}]0;frob\u{7}", "\u{202e}frob", "--\u{9b}31mfrob"] {
        let mut wrong = cartographer(dir.path(), &[argument]);
        // With colors, as on a terminal.
        let outcome = wrong.env("CLICOLOR_FORCE", "1").assert().code(2).stdout(is_empty());
        let message = String::from_utf8_lossy(&outcome.get_output().stderr).into_owned();
        assert!(!message.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{argument:?}: {message:?}");
        assert!(message.contains("error: "), "{message:?}");
    }
    // Without hidden characters, the message has colors.
    let colored = cartographer(dir.path(), &["frob"]).env("CLICOLOR_FORCE", "1").assert().code(2);
    assert!(colored.get_output().stderr.contains(&0x1b));
}
