//! `--redact`: no output has a value that was to be replaced, and rows can still be joined.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::export::{answer, ask, cartographer, demo};

/// The values of the demo's case, one a line. Those that are words of AWS or of English are left out.
const VALUES: &str = "WITH found AS ( \
    SELECT unnest([access_key_id, split_part(principal_id, ':', 1), account_id, identity_account_id, source_ip, user_name]) AS value \
    FROM events UNION SELECT unnest(string_split(principal, '/')) FROM events UNION \
    SELECT entity_value FROM signal_entities WHERE entity_type IN ('access_key', 'user', 'role')) \
    SELECT DISTINCT value FROM found WHERE len(value) > 3 AND value NOT LIKE '%.amazonaws.com' AND value NOT LIKE 'arn:%' \
    AND value NOT LIKE 'AWSServiceRoleFor%' AND lower(value) NOT IN ('root', 'anonymous', 'aws internal', 'billing')";

/// The values of the case.
fn values(dir: &Path) -> BTreeSet<String> {
    let found = ask(dir, "case.duckdb", VALUES);
    let values: BTreeSet<String> = found.lines().skip(1).map(|line| line.trim_matches('"').to_owned()).collect();
    for known in ["111122223333", "nadia"] {
        assert!(values.contains(known), "{values:?}");
    }
    assert!(values.iter().any(|value| value.starts_with("ASIA")) && values.len() > 50, "{values:?}");
    values
}

/// The values that a text has as words of their own.
fn leaked<'v>(text: &str, values: &'v BTreeSet<String>) -> Vec<&'v str> {
    let stands = |value: &str, (at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + value.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
            // An escape ends in letters.
            || before.len() > 2 && before.as_bytes()[before.len() - 3] == b'%'
    };
    let values = values.iter().map(String::as_str);
    values.filter(|value| text.match_indices(value).any(|found| stands(value, found))).collect()
}

#[test]
fn no_output_has_a_value_that_was_replaced() {
    let dir = demo();
    let dir = dir.path();
    let values = values(dir);
    let original = answer(dir, &["export", "jsonl", "--table", "events", "--db", "case.duckdb"]);
    assert!(leaked(&original, &values).len() > 50, "the test finds values");
    let redact = ["--redact", "keys,accounts,addresses,names", "--db", "case.duckdb"];
    for args in [
        ["export", "csv"].as_slice(),
        &["export", "csv", "--table", "events"],
        &["export", "jsonl", "--table", "signals"],
        &["export", "jsonl", "--table", "events"],
        &["export", "jsonl", "--table", "signal_entities"],
        &["export", "jsonl", "--query", "SELECT * FROM load_files, rejects"],
        &["export", "timesketch", "--events"],
        &["export", "ocsf"],
        &["report", "--format", "html"],
        &["report", "--format", "md"],
    ] {
        let out = answer(dir, &[args, redact.as_slice()].concat());
        assert!(out.lines().count() > 1 || args.contains(&"--query"), "{args:?}");
        assert_eq!(leaked(&out, &values), [""; 0], "{args:?}");
    }
    let first = answer(dir, &["export", "csv", "--redact", "all", "--db", "case.duckdb"]);
    let again = answer(dir, &["export", "csv", "--redact", "all", "--db", "case.duckdb"]);
    assert_ne!(first, again, "another random key each time");
    assert_eq!(first.lines().count(), again.lines().count());
}

#[test]
fn rows_can_be_joined_and_exports_with_one_key_agree() {
    let dir = demo();
    let dir = dir.path();
    let with_key = ["--redact", "all", "--redact-key", "secret.key", "--db", "case.duckdb"];
    answer(dir, &[["export", "parquet", "-o", "tables"].as_slice(), &with_key].concat());
    let lines = answer(dir, &[["export", "jsonl", "--table", "events"].as_slice(), &with_key].concat());
    let joined = |events: &str, sessions: &str, signals: &str, of: &str| {
        let sql = format!(
            "SELECT (SELECT count(*) FROM {events} AS e JOIN {sessions} AS s USING (session_id) \
             WHERE e.account_id = s.account_id AND e.principal = s.principal), \
             (SELECT count(*) FROM {of} JOIN {signals} USING (signal_id) JOIN {events} USING (event_id)), \
             (SELECT count(DISTINCT principal) FROM {events}), (SELECT count(DISTINCT access_key_id) FROM {events}), \
             (SELECT count(DISTINCT source_ip) FROM {events}), \
             (SELECT count(*) FROM {events} WHERE identity_type = 'AssumedRole' AND \
             principal_arn LIKE 'arn:aws:sts::' || identity_account_id || ':assumed-role/' || principal)"
        );
        // The first line has the names of the columns, which are the text of the query.
        ask(dir, "case.duckdb", &sql).lines().nth(1).unwrap().to_owned()
    };
    let file = |table: &str| format!("'tables/{table}/data_0.parquet'");
    let wanted = joined("events", "sessions", "signals", "event_signal");
    assert_eq!(joined(&file("events"), &file("sessions"), &file("signals"), &file("event_signal")), wanted);
    assert!(wanted.split(',').all(|count| count.parse::<u32>().unwrap() > 5), "{wanted}");

    // Both exports have the same pseudonyms, and each value has one.
    let in_parquet =
        ask(dir, "case.duckdb", &format!("SELECT event_id, principal_arn FROM {} ORDER BY 1", file("events")));
    let in_case = ask(dir, "case.duckdb", "SELECT event_id, principal_arn FROM events ORDER BY 1");
    let column = |rows: &str| -> BTreeMap<String, String> {
        let pairs = rows.lines().skip(1).filter_map(|line| line.split_once(','));
        pairs.map(|(id, arn)| (id.to_owned(), arn.to_owned())).collect()
    };
    let (redacted, original) = (column(&in_parquet), column(&in_case));
    let mut pseudonyms: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, arn) in &original {
        let pseudonym = pseudonyms.entry(arn).or_insert(&redacted[id]);
        assert_eq!(*pseudonym, redacted[id]);
    }
    assert_eq!(pseudonyms.values().collect::<BTreeSet<_>>().len(), pseudonyms.len());
    for line in lines.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let arn = event["principal_arn"].as_str().unwrap_or_default();
        assert_eq!(redacted[event["event_id"].as_str().unwrap()], arn);
    }
}

#[test]
fn only_the_kinds_that_are_named_are_replaced() {
    let dir = demo();
    let dir = dir.path();
    let out = answer(dir, &["export", "csv", "--table", "sessions", "--redact", "accounts", "--db", "case.duckdb"]);
    assert!(!out.contains("111122223333") && out.contains("nadia") && out.contains(",999"), "{out}");
    let out = answer(dir, &["export", "csv", "--table", "sessions", "--redact", "names", "--db", "case.duckdb"]);
    assert!(out.contains("111122223333") && !out.contains("nadia") && out.contains("name-"), "{out}");
}

#[test]
fn a_report_is_about_whom_it_was_asked_for() {
    let dir = demo();
    let dir = dir.path();
    let args = ["report", "--format", "md", "--principal", "nadia", "--redact", "all", "--db", "case.duckdb"];
    let out = answer(dir, &args);
    assert!(!out.contains("nadia") && out.contains("--principal name-"), "{out}");
    let id = ask(dir, "case.duckdb", "SELECT session_id FROM sessions WHERE principal = 'nadia' LIMIT 1");
    let id = id.lines().nth(1).unwrap();
    let of_session = ["report", "--format", "md", "--session", &id[..12], "--redact", "all", "--db", "case.duckdb"];
    let out = answer(dir, &of_session);
    assert!(!out.contains(&id[..12]) && !out.contains("nadia"), "{out}");
    cartographer(dir, &["report", "--session", "nothing", "--redact", "all", "--db", "case.duckdb"]).assert().code(1);
}

#[test]
fn notes_are_redacted_and_stay_with_what_they_are_about() {
    let dir = demo();
    let dir = dir.path();
    let id = ask(dir, "case.duckdb", "SELECT signal_id FROM signals WHERE summary LIKE '%nadia%' LIMIT 1");
    let id = id.lines().nth(1).unwrap();
    let note = serde_json::json!({
        "id": "n1", "kind": "comment", "text": "nadia from 111122223333", "author": "analyst",
        "target": {"type": "click", "id": id},
        "created": "2026-01-01T00:00:00Z", "changed": "2026-01-01T00:00:00Z",
    });
    let head = r#"{"format":"cartographer notes","version":1}"#;
    fs::write(dir.join("case.notes.jsonl"), format!("{head}\n{note}\n")).unwrap();
    let out = answer(dir, &["export", "timesketch", "--redact", "all", "--format", "jsonl", "--db", "case.duckdb"]);
    let noted: Vec<&str> = out.lines().filter(|line| line.contains("analyst: ")).collect();
    let [line] = noted.as_slice() else { panic!("{noted:?}") };
    assert!(!line.contains("nadia") && !line.contains("111122223333") && line.contains("from 999"), "{line}");
}

#[test]
fn a_short_key_is_refused() {
    let dir = demo();
    fs::write(dir.path().join("short.key"), "abc").unwrap();
    let args = ["export", "csv", "--redact", "all", "--redact-key", "short.key", "--db", "case.duckdb"];
    let refused = cartographer(dir.path(), &args).assert().code(1);
    let message = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(message.contains("short.key contains fewer than 16 bytes"), "{message}");
}
