//! A case in which the stored JSON of one event is damaged. Every command reads the rest, and tells.

use std::fs;

use super::{Scene, id, record, trail};

/// Text that is not JSON, and text that DuckDB accepts as JSON although it is not.
const DAMAGE: [&str; 4] = [r#"{"a":"#, r#"{"a":NaN}"#, r#"{"a":1e99999}"#, "\u{1}"];

/// A case of the demo with two more events, of which one has these values in all JSON columns.
fn damaged(text: &str) -> Scene {
    let scene = Scene::new();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");
    scene.log("a.json", trail(&[record(1).to_string(), record(2).to_string()]));
    let loaded = scene.run(&["load", demo, "logs", "--db", "case.duckdb"]);
    assert_eq!(loaded.code, Some(0), "{}", loaded.err);
    let columns = ["request_parameters", "response_elements", "grants", "extra"];
    let types: String = columns.map(|column| format!("ALTER TABLE events ALTER {column} TYPE VARCHAR;")).concat();
    let values = columns.map(|column| format!("{column} = '{text}'")).join(", ");
    let damage = format!("{types} UPDATE events SET {values} WHERE event_id = '{}'", id(1));
    let case = duckdb::Connection::open(scene.path("case.duckdb")).unwrap();
    case.execute_batch(&damage).unwrap();
    drop(case);
    scene
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
fn every_reader_skips_damaged_json() {
    for (at, text) in DAMAGE.into_iter().enumerate() {
        let scene = damaged(text);
        // One kind of damage is enough for most commands.
        for reader in READERS.iter().skip(if at == 0 { 0 } else { READERS.len() - 3 }) {
            let ended = scene.run(reader);
            assert!(matches!(ended.code, Some(0 | 4)), "{text} {reader:?}: {:?} {}", ended.code, ended.err);
            for name in ["exported", "out.html", "out.csv", "out.json", "out.jsonl", "out.parquet"] {
                let path = scene.path(name);
                drop(if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) });
            }
        }
    }
}

#[test]
fn views_read_the_rest_and_tell() {
    let scene = damaged(DAMAGE[0]);
    let views =
        scene.ask("SELECT string_agg(view_name, ' ' ORDER BY view_name) FROM duckdb_views() WHERE NOT internal");
    assert!(views.split(' ').count() > 15, "{views}");
    let mut told = 0;
    for view in views.split(' ') {
        let ended = scene.run(&[
            "sql",
            "--db",
            "case.duckdb",
            "--format",
            "csv",
            &format!("SELECT * FROM {view} ORDER BY ALL"),
        ]);
        assert!(matches!(ended.code, Some(0 | 4)), "{view}: {}", ended.err);
        let is_told = ended.err.contains("1 row of the case contains damaged JSON, which is read as NULL.");
        assert_eq!(is_told, ended.code == Some(4), "{view}: {}", ended.err);
        told += u32::from(is_told);
    }
    assert!(told > 3, "{told}");
    let sql = format!(
        "SELECT event_id, request_parameters->>'$.userName' AS name FROM events WHERE event_id IN ('{}', '{}') ORDER BY ALL",
        id(1),
        id(2)
    );
    let ended = scene.run(&["sql", "--db", "case.duckdb", "--format", "csv", &sql]);
    assert_eq!((ended.code, ended.out), (Some(4), format!("event_id,name\n{},\n{},user-2\n", id(1), id(2))));
}

#[test]
fn a_report_and_an_export_say_what_they_left_out() {
    let scene = damaged(DAMAGE[0]);
    let report = scene.run(&["report", "--db", "case.duckdb", "--format", "md"]);
    assert_eq!(report.code, Some(4), "{}", report.err);
    assert!(
        report.out.contains("1 row of the case contains damaged JSON") && report.out.contains("nadia"),
        "{}",
        report.out
    );
    let events: usize = scene.ask("SELECT count(*) FROM events").parse().unwrap();
    let ended = scene.run(&["export", "ocsf", "--db", "case.duckdb", "-o", "out.jsonl"]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("1 event could not be exported") && ended.err.contains(&id(1)), "{}", ended.err);
    assert_eq!(fs::read_to_string(scene.path("out.jsonl")).unwrap().lines().count(), events - 1);
}
