//! Records that are too large, and text that would break the case later.

use crate::hostile::{Scene, id, record, trail, with_request};

#[test]
fn a_record_that_is_too_large_is_rejected_alone_with_its_size() {
    let scene = Scene::new();
    let large = with_request(2, &format!("{{\"a\":\"{}\"}}", "x".repeat(9 << 20)));
    let size = large.len();
    scene.log("a.json", trail(&[record(1).to_string(), large, record(3).to_string()]));
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), "2");
    let rejects = scene.ask("SELECT record, cause FROM rejects");
    assert!(rejects.starts_with("2,") && rejects.contains(&format!("{size} bytes")), "{rejects}");
    assert!(rejects.contains("--max-record-size"), "{rejects}");
    let again = scene.run(&["load", "logs", "--db", "other.duckdb", "--max-record-size", "10MiB"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(scene.ask_of("other.duckdb", "SELECT count(*) FROM events"), "3");
}

/// Request parameters that a parser somewhere refuses.
fn traps() -> Vec<String> {
    let deep = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    vec![
        r#"{"policyDocument":"\ud800"}"#.to_owned(),
        r#"{"\udc00name":"x"}"#.to_owned(),
        r#"{"a":"\ud83d\ude00 \ud83d."}"#.to_owned(),
        r#"{"a":1e99999}"#.to_owned(),
        r#"{"a":-1E+400,"b":[1e-99999]}"#.to_owned(),
        format!("{{\"a\":{}}}", "9".repeat(5_000)),
        deep(127),
        deep(200),
        deep(500),
        deep(20_000),
    ]
}

#[test]
fn text_that_a_parser_refuses_is_repaired_and_stops_no_reader() {
    let scene = Scene::new();
    let mut records: Vec<String> =
        traps().iter().zip(1..).map(|(request, number)| with_request(number, request)).collect();
    let count = records.len() as u64;
    records.push(record(count + 1).to_string().replace("Mozilla/5.0", "Mozilla/5.0 \\ud800"));
    records.push(record(count + 2).to_string().replace("GetUser", "CreateUser"));
    scene.log("a.json", trail(&records));
    let ended = scene.load(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(scene.ask("SELECT count(*) FROM events"), (count + 2).to_string());
    assert_eq!(scene.ask("SELECT count(*) FROM events WHERE NOT json_valid(request_parameters)"), "0");
    let kept = scene.ask(&format!("SELECT request_parameters->>'a' FROM events WHERE event_id = '{}'", id(4)));
    assert_eq!(kept, "1e99999");
    for reader in [
        &["report", "--db", "case.duckdb", "-o", "report.html"][..],
        &["export", "ocsf", "--db", "case.duckdb", "-o", "ocsf.jsonl"],
        &["export", "ocsf", "--format", "parquet", "--db", "case.duckdb", "-o", "ocsf.parquet"],
        &["export", "timesketch", "--events", "--db", "case.duckdb", "-o", "timesketch.csv"],
        &["export", "jsonl", "--table", "events", "--db", "case.duckdb", "-o", "events.jsonl"],
        &["export", "parquet", "--db", "case.duckdb", "-o", "tables"],
        &["timeline", "--db", "case.duckdb"],
        &["search", "user", "--db", "case.duckdb"],
        &["sql", "--db", "case.duckdb", "FROM findings"],
        &[
            "sql",
            "--db",
            "case.duckdb",
            "SELECT count(a) FROM (SELECT request_parameters::JSON->>'$.a' AS a FROM events)",
        ],
        &["hunt", "run", "--all", "--db", "case.duckdb"],
    ] {
        let ended = scene.run(reader);
        assert_eq!(ended.code, Some(0), "{reader:?}: {}", ended.err);
    }
}

#[test]
fn an_export_skips_a_record_that_it_cannot_read_and_counts_it() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string(), record(2).to_string()]));
    assert_eq!(scene.load(&[]).code, Some(0));
    // As another version of the program may have stored it.
    let broken = format!("UPDATE events SET request_parameters = '{{\"a\":1e99999}}' WHERE event_id = '{}'", id(1));
    let case = duckdb::Connection::open(scene.path("case.duckdb")).unwrap();
    case.execute_batch(&broken).unwrap();
    drop(case);
    let ended = scene.run(&["export", "ocsf", "--db", "case.duckdb", "-o", "ocsf.jsonl"]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("1 event could not be exported") && ended.err.contains(&id(1)), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(scene.path("ocsf.jsonl")).unwrap().lines().count(), 1);
}
