//! Output that contains hostile names and text.

use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;

use crate::hostile::{Sandbox, record, trail};

#[test]
fn table_cells_in_a_pipe_are_shortened_without_full_option() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    let wide = "SELECT 1 AS a, repeat('x', 100000) AS b, 'z' AS c UNION ALL SELECT 2, 'y', 'z' ORDER BY a";
    let outcome = sandbox.run(&["sql", "--db", "case.duckdb", "--format", "table", wide]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert!(outcome.out.lines().all(|line| line.chars().count() < 400), "{}", outcome.out.len());
    assert!(outcome.out.contains('…'), "{}", outcome.out);
    let long = "SELECT repeat('x', 150) AS b, 'z' AS c UNION ALL SELECT 'y', 'z' ORDER BY b";
    let outcome = sandbox.run(&["sql", "--db", "case.duckdb", "--format", "table", long]);
    let line = outcome.out.lines().find(|line| line.starts_with('y')).unwrap();
    assert!(line.chars().count() < 80, "{line}");
    let outcome = sandbox.run(&["sql", "--db", "case.duckdb", "--format", "table", "--full", wide]);
    assert!(outcome.out.contains(&"x".repeat(100_000)), "{}", outcome.err);
}

#[test]
fn file_names_in_messages_are_escaped() {
    let sandbox = Sandbox::new();
    sandbox.log("a.json", trail(&[record(1).to_string()]));
    let name = "\u{1b}[31mcase.duckdb";
    assert_eq!(sandbox.run(&["load", "logs", "--db", name]).code, Some(0));
    for args in [
        &["export", "csv", "--db", name, "-o", "\u{1b}[31mout.csv", "--force", "-v"][..],
        &["export", "parquet", "--db", name, "-o", "\u{1b}[31mtables", "--force"],
        &["timeline", "--db", "\u{1b}[31mnone.duckdb"],
        &["report", "--db", name, "-o", "\u{1b}[31mreport.html"],
        &["load", "logs", "--db", "x.duckdb", "\u{1b}[31m--frob", "--\u{1b}[31mfrob"],
        &["\u{1b}[31mfrob"],
        &["load", "logs", "--db", "x.duckdb", "--memory-limit", "\u{1b}[31m"],
    ] {
        // With colors, so that escape sequences are not stripped. Those of the colors are different.
        let outcome = sandbox.run(&[&["--color", "always"], args].concat());
        assert!(
            !outcome.err.contains("\u{1b}[31mcase") && !outcome.err.contains("\u{1b}[31mout"),
            "{args:?}: {:?}",
            outcome.err
        );
        for name in ["tables", "none", "report", "frob", "--frob"] {
            assert!(!outcome.err.contains(&format!("\u{1b}[31m{name}")), "{args:?}: {:?}", outcome.err);
        }
    }
}

#[test]
fn duplicate_json_keys_are_read_consistently() {
    let sandbox = Sandbox::new();
    let twice =
        record(1).to_string().replacen('{', "{\"eventName\":\"First\",\"requestParameters\":{\"a\":\"first\"},", 1);
    let inner = crate::hostile::with_request(2, r#"{"userName":"first","userName":"last"}"#);
    sandbox.log("a.json", trail(&[twice, inner]));
    assert_eq!(sandbox.load(&[]).code, Some(0));
    assert_eq!(
        sandbox.query("SELECT event_name, request_parameters->>'userName' FROM events ORDER BY event_id"),
        "GetUser,user-1\nGetUser,last"
    );
    let first_values = sandbox.query("SELECT entity_value FROM event_entities WHERE entity_value LIKE '%first%'");
    assert_eq!(first_values, "");
}

#[test]
fn links_lead_only_to_the_console() {
    let sandbox = Sandbox::new();
    let mut demo = String::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/trail.json.gz");
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut demo).unwrap();
    let hostile = demo.replace("\"awsRegion\":\"eu-west-1\"", "\"awsRegion\":\"evil.example/\"");
    assert!(hostile.matches("evil.example").count() > 1_000);
    sandbox.log("a.json", hostile);
    assert_eq!(sandbox.load(&[]).code, Some(0));
    let links = "SELECT count(*) FILTER (region LIKE 'evil%') > 20, count(*) FILTER (url LIKE 'https://%.aws.amazon.com/%') > 10, \
                 count(*) FILTER (url LIKE 'https://evil%') FROM signals";
    assert_eq!(sandbox.query(links), "true,true,0");
    // In a case from someone else, any link may be stored.
    let change = "UPDATE signals SET url = 'https://evil.example/console.aws.amazon.com'";
    assert_eq!(sandbox.run(&["sql", "--db", "case.duckdb", "--write", change]).code, Some(0));
    for format in ["md", "html"] {
        let report = sandbox.run(&["report", "--db", "case.duckdb", "--format", format]);
        assert_eq!(report.code, Some(0), "{}", report.err);
        assert!(report.out.contains("nadia") && !report.out.contains("https://evil"), "{format}");
    }
}
