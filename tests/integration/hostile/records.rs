//! Records that are too large, and text that other JSON parsers refuse.

use crate::hostile::{Sandbox, id, record, trail, with_request};

#[test]
fn oversized_record_is_rejected_with_its_size() {
    let sandbox = Sandbox::new();
    let large = with_request(2, &format!("{{\"a\":\"{}\"}}", "x".repeat(9 << 20)));
    let size = large.len();
    sandbox.log("a.json", trail(&[record(1).to_string(), large, record(3).to_string()]));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), "2");
    let rejects = sandbox.query("SELECT record, cause FROM rejects");
    assert!(rejects.starts_with("2,") && rejects.contains(&format!("{size} bytes")), "{rejects}");
    assert!(rejects.contains("--max-record-size"), "{rejects}");
    let again = sandbox.run(&["load", "logs", "--db", "other.duckdb", "--max-record-size", "10MiB"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(sandbox.query_case("other.duckdb", "SELECT count(*) FROM events"), "3");
}

/// Request parameters that some JSON parsers refuse.
fn problematic_requests() -> Vec<String> {
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
fn unparsable_text_is_repaired_and_all_commands_work() {
    let sandbox = Sandbox::new();
    let mut records: Vec<String> =
        problematic_requests().iter().zip(1..).map(|(request, number)| with_request(number, request)).collect();
    let count = records.len() as u64;
    records.push(record(count + 1).to_string().replace("Mozilla/5.0", "Mozilla/5.0 \\ud800"));
    records.push(record(count + 2).to_string().replace("GetUser", "CreateUser"));
    sandbox.log("a.json", trail(&records));
    let outcome = sandbox.load(&[]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(sandbox.query("SELECT count(*) FROM events"), (count + 2).to_string());
    assert_eq!(sandbox.query("SELECT count(*) FROM events WHERE NOT json_valid(request_parameters)"), "0");
    let kept = sandbox.query(&format!("SELECT request_parameters->>'a' FROM events WHERE event_id = '{}'", id(4)));
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
        let outcome = sandbox.run(reader);
        assert_eq!(outcome.code, Some(0), "{reader:?}: {}", outcome.err);
    }
}

#[test]
fn export_skips_and_counts_unreadable_records() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string(), record(2).to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    // Another version of the program may have stored this.
    let broken = format!("UPDATE events SET request_parameters = '{{\"a\":1e99999}}' WHERE event_id = '{}'", id(1));
    let case = duckdb::Connection::open(sandbox.path("case.duckdb")).unwrap();
    case.execute_batch(&broken).unwrap();
    drop(case);
    let outcome = sandbox.run(&["export", "ocsf", "--db", "case.duckdb", "-o", "ocsf.jsonl"]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.err);
    assert!(outcome.err.contains("1 event could not be exported") && outcome.err.contains(&id(1)), "{}", outcome.err);
    assert_eq!(std::fs::read_to_string(sandbox.path("ocsf.jsonl")).unwrap().lines().count(), 1);
}

#[test]
fn record_size_limit_has_a_range() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    for size in ["1KiB", "63KiB", "257MiB", "99GiB"] {
        let outcome = sandbox.load(&["--max-record-size", size]);
        assert_eq!(outcome.code, Some(2), "{size}: {}", outcome.err);
        assert!(outcome.err.contains("expected 64KiB to 256MiB"), "{size}: {}", outcome.err);
    }
    for size in ["64KiB", "256MiB"] {
        assert_eq!(sandbox.load(&["--max-record-size", size]).code, Some(0), "{size}");
    }
}
