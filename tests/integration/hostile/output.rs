//! What is written about hostile names and texts.

use crate::hostile::{Scene, record, trail};

#[test]
fn cells_of_a_table_in_a_pipe_are_short_and_not_padded_unless_asked() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    assert_eq!(scene.load(&[]).code, Some(0));
    let wide = "SELECT 1 AS a, repeat('x', 100000) AS b, 'z' AS c UNION ALL SELECT 2, 'y', 'z' ORDER BY a";
    let ended = scene.run(&["sql", "--db", "case.duckdb", "--format", "table", wide]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.lines().all(|line| line.chars().count() < 400), "{}", ended.out.len());
    assert!(ended.out.contains('…'), "{}", ended.out);
    let long = "SELECT repeat('x', 150) AS b, 'z' AS c UNION ALL SELECT 'y', 'z' ORDER BY b";
    let ended = scene.run(&["sql", "--db", "case.duckdb", "--format", "table", long]);
    let line = ended.out.lines().find(|line| line.starts_with('y')).unwrap();
    assert!(line.chars().count() < 80, "{line}");
    let ended = scene.run(&["sql", "--db", "case.duckdb", "--format", "table", "--full", wide]);
    assert!(ended.out.contains(&"x".repeat(100_000)), "{}", ended.err);
}

#[test]
fn names_of_files_in_own_messages_are_escaped() {
    let scene = Scene::new();
    scene.log("a.json", trail(&[record(1).to_string()]));
    let name = "\u{1b}[31mcase.duckdb";
    assert_eq!(scene.run(&["load", "logs", "--db", name]).code, Some(0));
    for args in [
        &["export", "csv", "--db", name, "-o", "\u{1b}[31mout.csv", "--force", "-v"][..],
        &["export", "parquet", "--db", name, "-o", "\u{1b}[31mtables", "--force"],
        &["timeline", "--db", "\u{1b}[31mnone.duckdb"],
        &["report", "--db", name, "-o", "\u{1b}[31mreport.html"],
        &["load", "logs", "--db", "x.duckdb", "\u{1b}[31m--frob", "--\u{1b}[31mfrob"],
        &["\u{1b}[31mfrob"],
        &["load", "logs", "--db", "x.duckdb", "--memory-limit", "\u{1b}[31m"],
    ] {
        // With colors, so that nothing takes escapes off; those of colors begin otherwise.
        let ended = scene.run(&[&["--color", "always"], args].concat());
        assert!(
            !ended.err.contains("\u{1b}[31mcase") && !ended.err.contains("\u{1b}[31mout"),
            "{args:?}: {:?}",
            ended.err
        );
        for name in ["tables", "none", "report", "frob", "--frob"] {
            assert!(!ended.err.contains(&format!("\u{1b}[31m{name}")), "{args:?}: {:?}", ended.err);
        }
    }
}

#[test]
fn a_repeated_key_is_read_the_same_way_everywhere() {
    let scene = Scene::new();
    let twice =
        record(1).to_string().replacen('{', "{\"eventName\":\"First\",\"requestParameters\":{\"a\":\"first\"},", 1);
    let inner = crate::hostile::with_request(2, r#"{"userName":"first","userName":"last"}"#);
    scene.log("a.json", trail(&[twice, inner]));
    assert_eq!(scene.load(&[]).code, Some(0));
    assert_eq!(
        scene.ask("SELECT event_name, request_parameters->>'userName' FROM events ORDER BY event_id"),
        "GetUser,user-1\nGetUser,last"
    );
    let told = scene.ask("SELECT entity_value FROM event_entities WHERE entity_value LIKE '%first%'");
    assert_eq!(told, "");
}
