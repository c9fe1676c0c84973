//! SQL queries of the user.

use std::io::Write;
use std::net::TcpStream;
use std::thread::scope;

use serde_json::{Value, json};

use crate::serve::{demo, serve, serve_demo};

/// A query that would take years.
const ENDLESS: &str =
    "SELECT count(*) FROM range(100000000) AS a, range(100000000) AS b WHERE hash(a.range, b.range) = 1";

#[test]
fn answer_has_typed_columns_and_rows() {
    let server = serve_demo();
    let query = "SELECT kind, first_time AS t, [1, NULL] AS l, 3::HUGEINT AS h, {'a': 1.5} AS s, NULL AS n, \
        TIMESTAMPTZ '2026-01-01 00:00:00+01' AS z FROM signals ORDER BY first_time, signal_id";
    let (status, answer) = server.sql(&json!({ "sql": query, "limit": 1 }));
    assert_eq!((status, &answer["truncated"]), (200, &json!(true)));
    let row = json!(["login", "2026-03-11T09:02:31.000000Z", [1, null], 3, { "a": 1.5 }, null,
        "2025-12-31T23:00:00.000000Z"]);
    assert_eq!(answer["rows"], json!([row]));
    let columns = answer["columns"].as_array().unwrap();
    let types: Vec<&str> = columns.iter().map(|column| column["type"].as_str().unwrap()).collect();
    let expected = ["VARCHAR", "TIMESTAMP", "INTEGER[]", "HUGEINT", "STRUCT", "INTEGER", "TIMESTAMP WITH TIME ZONE"];
    assert_eq!((columns[0]["name"].as_str(), types), (Some("kind"), expected.to_vec()));
    assert!(answer["elapsed_ms"].is_u64());
    let (_, whole) = server.sql(&json!({ "sql": "FROM range(2500)", "limit": 2500 }));
    assert_eq!((&whole["truncated"], &whole["rows"][2499][0]), (&json!(false), &json!(2499)));
    let (_, first) = server.sql(&json!({ "sql": "FROM range(1000000000000)" }));
    assert_eq!((&first["truncated"], first["rows"].as_array().unwrap().len()), (&json!(true), 1000));
    let (_, none) = server.sql(&json!({ "sql": "SELECT 1 AS one WHERE false" }));
    assert_eq!((&none["rows"], &none["columns"][0]["name"]), (&json!([]), &json!("one")));
}

#[test]
fn queries_may_only_read_the_case() {
    let server = serve_demo();
    for (query, cause, advice) in [
        ("INSERT INTO rules SELECT * FROM rules", "read-only mode", "read-only here"),
        ("DELETE FROM events", "read-only mode", "read-only here"),
        ("CREATE TABLE t AS SELECT 1", "read-only mode", "read-only here"),
        ("DROP VIEW timeline", "read-only mode", "read-only here"),
        ("COPY rules TO 'rules.csv'", "file system operations are disabled", "Other files cannot be read"),
        ("FROM read_csv('/etc/passwd')", "file system operations are disabled", "Other files cannot be read"),
        ("FROM read_text('/etc/passwd')", "file system operations are disabled", "Other files cannot be read"),
        ("FROM glob('/*')", "file system operations are disabled", "Other files cannot be read"),
        ("ATTACH 'other.duckdb' AS other", "ATTACH statements are not allowed", "CREATE TEMP TABLE"),
        ("ATTACH ':memory:' AS other (READ_WRITE)", "ATTACH statements are not allowed", "CREATE TEMP TABLE"),
        ("SELECT 1; DETACH case", "DETACH statements are not allowed", "CREATE TEMP TABLE"),
        ("USE memory", "USE statements are not allowed", "CREATE TEMP TABLE"),
        ("CALL enable_logging('QueryLog')", "CALL statements are not allowed", "CREATE TEMP TABLE"),
        ("FROM enable_logging('QueryLog')", "the function enable_logging is not allowed", "CREATE TEMP TABLE"),
        ("FROM \"enable_profiling\"()", "the function enable_profiling is not allowed", "CREATE TEMP TABLE"),
        ("PRAGMA enable_profiling", "PRAGMA statements are not allowed", "CREATE TEMP TABLE"),
        ("EXPORT DATABASE 'out'", "file system operations are disabled", "Other files cannot be read"),
        ("INSTALL httpfs", "file system operations are disabled", "Other files cannot be read"),
        ("LOAD httpfs", "external extensions is disabled", "Extensions cannot be loaded"),
        ("SET threads = 1", "configuration has been locked", "Settings cannot be changed"),
        ("SET enable_external_access = true", "configuration has been locked", "Settings cannot be changed"),
        ("RESET lock_configuration", "configuration has been locked", "Settings cannot be changed"),
        ("SET profiling_output = 'out'", "configuration has been locked", "Settings cannot be changed"),
        ("FROM events SELECT nothing", "nothing", "DESCRIBE"),
        ("SELEC 1", "syntax error", "DESCRIBE"),
        (" -- nothing", "no SQL statement", "Enter a query"),
    ] {
        let (status, answer) = server.sql(&json!({ "sql": query }));
        let field = |name: &str| answer[name].as_str().unwrap().to_owned();
        assert_eq!(status, 400, "{query}: {answer}");
        assert!(field("error").contains(cause) && field("advice").contains(advice), "{query}: {answer}");
    }
    assert_eq!(server.get_json("/api/case")["events"], 2526);
}

#[test]
fn queries_do_not_affect_each_other() {
    let server = serve_demo();
    let rows = |sql: &str| server.sql(&json!({ "sql": sql })).1["rows"].clone();
    assert_eq!(
        rows("SET VARIABLE a = 1; CREATE TEMP TABLE t AS SELECT 42 AS x; SELECT x + getvariable('a') FROM t"),
        json!([[43]])
    );
    assert_eq!(rows("SELECT getvariable('a')"), json!([[null]]));
    assert_eq!(server.sql(&json!({ "sql": "FROM t" })).0, 400);
}

#[test]
fn query_that_crashes_its_process_does_not_affect_the_server() {
    let server = serve_demo();
    // DuckDB's JSON functions are recursive.
    let deep = "SELECT json_structure(repeat('[', 1000000) || repeat(']', 1000000))";
    let (status, answer) = server.sql(&json!({ "sql": deep }));
    assert_eq!(status, 400, "{answer}");
    assert!(
        answer["error"].as_str().unwrap().starts_with("the query's process ended unexpectedly (signal"),
        "{answer}"
    );
    assert!(answer["advice"].as_str().unwrap().contains("nested too deeply"), "{answer}");
    // A function that is not found by its name only affects the process of this query.
    for hidden in ["enable_logging(''QueryLog'', storage = ''stdout'')", "enable_logging(storage = ''file'')"] {
        let (status, _) = server.sql(&json!({ "sql": format!("FROM query('FROM ' || '{hidden}')") }));
        assert!(matches!(status, 200 | 400), "{status}");
    }
    assert_eq!(server.sql(&json!({ "sql": "SELECT count(*) FROM events" })).1["rows"], json!([[2526]]));
    assert_eq!(server.get_json("/api/case")["events"], 2526);
    assert_eq!(std::fs::read_dir(server.folder()).unwrap().count(), 1);
}

#[test]
fn answer_size_and_query_memory_are_limited() {
    let server = serve_demo();
    let (status, answer) = server.sql(&json!({ "sql": "SELECT repeat('a', 100000000)" }));
    assert_eq!((status, &answer["error"]), (413, &json!("the response would be larger than 64 MiB")));
    assert!(answer["advice"].as_str().unwrap().contains("fewer rows"), "{answer}");
    let many = "SELECT repeat('a', 100000) FROM range(2000)";
    let (status, answer) = server.sql(&json!({ "sql": many, "limit": 2000 }));
    let rows = answer["rows"].as_array().unwrap().len();
    assert!(status == 200 && answer["truncated"] == json!(true) && (10..1000).contains(&rows), "{status} {rows}");
    // More memory than a query may use, in one value and in many.
    for big in [
        "SELECT length(repeat('a', 3000000000))",
        "SELECT length(string_agg(repeat('a', 1000000), '')) FROM range(4000)",
        "SELECT len(list(md5(range::VARCHAR))) FROM range(200000000)",
    ] {
        let (status, answer) = server.sql(&json!({ "sql": big }));
        assert_eq!(status, 400, "{big}: {answer}");
    }
    assert_eq!(server.sql(&json!({ "sql": "SELECT 1" })).1["rows"], json!([[1]]));
}

#[test]
fn invalid_request_bodies_are_refused() {
    let server = serve_demo();
    for body in [json!("SELECT 1"), json!({}), json!({ "sql": 1 }), json!({ "sql": "SELECT 1", "write": true })] {
        let (status, answer) = server.sql(&body);
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].as_str().unwrap().starts_with("invalid request: "), "{answer}");
    }
}

#[test]
fn query_over_the_time_limit_is_stopped() {
    let server = serve(demo(), &["--time-limit", "2"]);
    // More queries than run concurrently: the waiting time counts, too.
    scope(|scope| {
        let queries: Vec<_> = (0..3).map(|_| scope.spawn(|| server.sql(&json!({ "sql": ENDLESS })))).collect();
        for answer in queries.into_iter().map(|query| query.join().unwrap()) {
            assert_eq!((answer.0, &answer.1["error"]), (408, &json!("the query was canceled after 2 seconds")));
            assert!(answer.1["advice"].as_str().unwrap().contains("--time-limit"));
        }
    });
    assert_eq!(server.sql(&json!({ "sql": "SELECT 1" })).1["rows"], json!([[1]]));
}

#[test]
fn query_is_stopped_when_the_client_disconnects() {
    let server = serve_demo();
    let body = json!({ "sql": ENDLESS }).to_string();
    let head = format!(
        "POST /api/sql HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {}\r\nContent-Length: {}\r\n\r\n{body}",
        server.port,
        server.bearer(),
        body.len()
    );
    // More queries than run concurrently: if two kept running, the last query would wait too long and be refused.
    for _ in 0..4 {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(stream);
    }
    let (status, answer): (u16, Value) = server.sql(&json!({ "sql": "SELECT 1" }));
    assert_eq!((status, &answer["rows"]), (200, &json!([[1]])));
}
