//! Tests for parsing hunts, and that parameter values cannot change the SQL.

use super::*;

const TEXT: &str = "\
-- Who did it?
-- tactic: impact
-- techniques: T1485, T1490
-- hit: somebody did,
--   and here is who
-- false positives: nobody
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE least = 3; -- so many
SET VARIABLE who = '%'; -- whose name is like this
SELECT getvariable('since'), getvariable('least'),
    getvariable('who');
";

fn problem(path: &str, text: &str) -> String {
    Hunt::parse(path, text).unwrap_err().to_string()
}

#[test]
fn header_is_parsed() {
    let hunt = Hunt::parse("impact/who.sql", TEXT).unwrap();
    assert_eq!((hunt.id.as_str(), hunt.title.as_str(), hunt.tactic), ("impact/who", "Who did it?", Tactic::Impact));
    assert_eq!(hunt.techniques, ["T1485", "T1490"]);
    assert_eq!((hunt.hit.as_str(), hunt.false_positives.as_str()), ("somebody did, and here is who", "nobody"));
    let params: Vec<_> = hunt.params.iter().map(|param| (param.name.as_str(), param.kind)).collect();
    assert_eq!(params, [("since", ParamKind::Moment), ("least", ParamKind::Integer), ("who", ParamKind::Text)]);
    assert_eq!(hunt.param("least").unwrap().meaning, "so many");
    assert_eq!(hunt.query, "SELECT getvariable('since'), getvariable('least'),\n    getvariable('who');");
}

#[test]
fn parameter_values_replace_defaults_and_are_escaped() {
    let hunt = Hunt::parse("impact/who.sql", TEXT).unwrap();
    let given = [
        ("who".to_owned(), ParamValue::Text("o'; DROP TABLE events; --".to_owned())),
        ("since".to_owned(), ParamValue::Moment(Timestamp(7))),
    ];
    let sql = hunt.sql(&given);
    let lines: Vec<&str> = sql.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "SET VARIABLE since = make_timestamp(7);",
            "SET VARIABLE least = 3;",
            "SET VARIABLE who = 'o''; DROP TABLE events; --';",
        ]
    );
    assert!(sql.ends_with(&hunt.query));
}

#[test]
fn invalid_hunt_error_reports_line() {
    let edited = |from: &str, to: &str| problem("impact/who.sql", &TEXT.replacen(from, to, 1));
    assert_eq!(edited("-- tactic: impact", "-- tactic: fun"), "sql/hunts/impact/who.sql:2: fun is not a tactic");
    assert_eq!(edited("-- hit", "-- hits"), "sql/hunts/impact/who.sql:4: expected `-- hit: …`");
    assert!(edited("= 3;", "= 1 + 2;").starts_with("sql/hunts/impact/who.sql:8: expected `SET VARIABLE"));
    assert!(edited("SELECT", "DELETE").starts_with("sql/hunts/impact/who.sql:10: expected one SELECT"));
    assert!(edited("('who');", "('who'); DROP TABLE events;").contains("one SELECT"));
    assert!(problem("execution/who.sql", TEXT).ends_with(":2: the tactic impact does not match the folder"));
}
