//! A case in which the stored JSON of one event is damaged. Every command reads the other events and reports the
//! damage.

use std::fs;

use super::{Sandbox, id, record, trail};

/// Text that is not JSON, and text that DuckDB accepts as JSON although it is not.
const DAMAGE: [&str; 4] = [r#"{"a":"#, r#"{"a":NaN}"#, r#"{"a":1e99999}"#, "\u{1}"];

/// A demo case with two more events. One of them has this value in all JSON columns.
fn damaged_case(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");
    sandbox.log("a.json", trail(&[record(1).to_string(), record(2).to_string()]));
    let loaded = sandbox.run(&["load", demo, "logs", "--db", "case.duckdb"]);
    assert_eq!(loaded.code, Some(0), "{}", loaded.err);
    let columns = ["request_parameters", "response_elements", "grants", "extra"];
    let types: String = columns.map(|column| format!("ALTER TABLE events ALTER {column} TYPE VARCHAR;")).concat();
    let values = columns.map(|column| format!("{column} = '{text}'")).join(", ");
    let damage = format!("{types} UPDATE events SET {values} WHERE event_id = '{}'", id(1));
    let case = duckdb::Connection::open(sandbox.path("case.duckdb")).unwrap();
    case.execute_batch(&damage).unwrap();
    drop(case);
    sandbox
}

/// The commands that read a case.
const READERS: [&[&str]; 16] = [
    &["timeline", "--db", "case.duckdb"],
    &["timeline", "--principal", "nadia", "--all", "--db", "case.duckdb"],
    &["sessions", "--all", "--db", "case.duckdb"],
    &["actor", "nadia", "--db", "case.duckdb"],
    &["search", "nadia", "--db", "case.duckdb"],
    &["coverage", "--db", "case.duckdb"],
    &["hunt", "run", "--all", "--db", "case.duckdb"],
    &["report", "--db", "case.duckdb", "-o", "out.html"],
    &["export", "parquet", "--db", "case.duckdb", "-o", "exported"],
    &["export", "csv", "--db", "case.duckdb", "-o", "out.csv"],
    &["export", "jsonl", "--table", "events", "--db", "case.duckdb", "-o", "out.jsonl"],
    &["export", "timesketch", "--events", "--db", "case.duckdb", "-o", "out.csv"],
    &["export", "ocsf", "--db", "case.duckdb", "-o", "out.jsonl"],
    &["export", "ocsf", "--format", "parquet", "--db", "case.duckdb", "-o", "out.parquet"],
    &["export", "navigator", "--db", "case.duckdb", "-o", "out.json"],
    &["explain", "0a1b2c3d-0000-4000-8000-000000000002", "--db", "case.duckdb"],
];

#[test]
fn all_commands_skip_damaged_json() {
    for (at, text) in DAMAGE.into_iter().enumerate() {
        let sandbox = damaged_case(text);
        // One kind of damage is enough for most commands.
        for reader in READERS.iter().skip(if at == 0 { 0 } else { READERS.len() - 3 }) {
            let outcome = sandbox.run(reader);
            assert!(matches!(outcome.code, Some(0 | 4)), "{text} {reader:?}: {:?} {}", outcome.code, outcome.err);
            for name in ["exported", "out.html", "out.csv", "out.json", "out.jsonl", "out.parquet"] {
                let path = sandbox.path(name);
                drop(if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) });
            }
        }
    }
}

#[test]
fn views_skip_and_report_damaged_json() {
    let sandbox = damaged_case(DAMAGE[0]);
    let views =
        sandbox.query("SELECT string_agg(view_name, ' ' ORDER BY view_name) FROM duckdb_views() WHERE NOT internal");
    assert!(views.split(' ').count() > 15, "{views}");
    let mut reported = 0;
    for view in views.split(' ') {
        let outcome = sandbox.run(&[
            "sql",
            "--db",
            "case.duckdb",
            "--format",
            "csv",
            &format!("SELECT * FROM {view} ORDER BY ALL"),
        ]);
        assert!(matches!(outcome.code, Some(0 | 4)), "{view}: {}", outcome.err);
        let is_reported = outcome.err.contains("1 row of the case contains damaged JSON, which is read as NULL.");
        assert_eq!(is_reported, outcome.code == Some(4), "{view}: {}", outcome.err);
        reported += u32::from(is_reported);
    }
    assert!(reported > 3, "{reported}");
    let sql = format!(
        "SELECT event_id, request_parameters->>'$.userName' AS name FROM events WHERE event_id IN ('{}', '{}') ORDER BY ALL",
        id(1),
        id(2)
    );
    let outcome = sandbox.run(&["sql", "--db", "case.duckdb", "--format", "csv", &sql]);
    assert_eq!((outcome.code, outcome.out), (Some(4), format!("event_id,name\n{},\n{},user-2\n", id(1), id(2))));
}

#[test]
fn report_and_export_mention_damaged_json() {
    let sandbox = damaged_case(DAMAGE[0]);
    let report = sandbox.run(&["report", "--db", "case.duckdb", "--format", "md"]);
    assert_eq!(report.code, Some(4), "{}", report.err);
    assert!(
        report.out.contains("1 row of the case contains damaged JSON") && report.out.contains("nadia"),
        "{}",
        report.out
    );
    let events: usize = sandbox.query("SELECT count(*) FROM events").parse().unwrap();
    let outcome = sandbox.run(&["export", "ocsf", "--db", "case.duckdb", "-o", "out.jsonl"]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("1 event could not be exported") && outcome.err.contains(&id(1)), "{}", outcome.err);
    assert_eq!(fs::read_to_string(sandbox.path("out.jsonl")).unwrap().lines().count(), events - 1);
}
