//! `--redact`: no output contains a redacted value, and rows can still be joined.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::export::{cartographer, demo, query, stdout_of};

/// The values of the demo case that must be redacted, one per line, without terms of AWS and English words.
const VALUES: &str = "WITH found AS ( \
    SELECT unnest([access_key_id, split_part(principal_id, ':', 1), account_id, identity_account_id, source_ip, user_name]) AS value \
    FROM events UNION SELECT unnest(string_split(principal, '/')) FROM events UNION \
    SELECT entity_value FROM signal_entities WHERE entity_type IN ('access_key', 'user', 'role')) \
    SELECT DISTINCT value FROM found WHERE len(value) > 3 AND value NOT LIKE '%.amazonaws.com' AND value NOT LIKE 'arn:%' \
    AND value NOT LIKE 'AWSServiceRoleFor%' AND lower(value) NOT IN ('root', 'anonymous', 'aws internal', 'billing')";

/// The values of the case.
fn values(dir: &Path) -> BTreeSet<String> {
    let found = query(dir, "case.duckdb", VALUES);
    let values: BTreeSet<String> = found.lines().skip(1).map(|line| line.trim_matches('"').to_owned()).collect();
    for known in ["111122223333", "nadia"] {
        assert!(values.contains(known), "{values:?}");
    }
    assert!(values.iter().any(|value| value.starts_with("ASIA")) && values.len() > 50, "{values:?}");
    values
}

/// The values that a text contains as separate words.
fn leaked<'v>(text: &str, values: &'v BTreeSet<String>) -> Vec<&'v str> {
    let is_word = |value: &str, (at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + value.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
            // A percent escape may end in a letter.
            || before.len() > 2 && before.as_bytes()[before.len() - 3] == b'%'
    };
    let values = values.iter().map(String::as_str);
    values.filter(|value| text.match_indices(value).any(|found| is_word(value, found))).collect()
}

#[test]
fn no_output_contains_a_redacted_value() {
    let dir = demo();
    let dir = dir.path();
    let values = values(dir);
    let original = stdout_of(dir, &["export", "jsonl", "--table", "events", "--db", "case.duckdb"]);
    assert!(leaked(&original, &values).len() > 50, "the original must contain the values");
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
        let out = stdout_of(dir, &[args, redact.as_slice()].concat());
        assert!(out.lines().count() > 1 || args.contains(&"--query"), "{args:?}");
        assert_eq!(leaked(&out, &values), [""; 0], "{args:?}");
    }
    let first = stdout_of(dir, &["export", "csv", "--redact", "all", "--db", "case.duckdb"]);
    let again = stdout_of(dir, &["export", "csv", "--redact", "all", "--db", "case.duckdb"]);
    assert_ne!(first, again, "each export must use a new random key");
    assert_eq!(first.lines().count(), again.lines().count());
}

#[test]
fn exports_with_the_same_key_can_be_joined() {
    let dir = demo();
    let dir = dir.path();
    let with_key = ["--redact", "all", "--redact-key", "secret.key", "--db", "case.duckdb"];
    stdout_of(dir, &[["export", "parquet", "-o", "tables"].as_slice(), &with_key].concat());
    let lines = stdout_of(dir, &[["export", "jsonl", "--table", "events"].as_slice(), &with_key].concat());
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
        // The first line contains the column names, which include the text of the query.
        query(dir, "case.duckdb", &sql).lines().nth(1).unwrap().to_owned()
    };
    let file = |table: &str| format!("'tables/{table}/data_0.parquet'");
    let expected = joined("events", "sessions", "signals", "event_signal");
    assert_eq!(joined(&file("events"), &file("sessions"), &file("signals"), &file("event_signal")), expected);
    assert!(expected.split(',').all(|count| count.parse::<u32>().unwrap() > 5), "{expected}");

    // Both exports have the same pseudonyms, and each value has exactly one.
    let in_parquet =
        query(dir, "case.duckdb", &format!("SELECT event_id, principal_arn FROM {} ORDER BY 1", file("events")));
    let in_case = query(dir, "case.duckdb", "SELECT event_id, principal_arn FROM events ORDER BY 1");
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
fn only_the_given_kinds_are_redacted() {
    let dir = demo();
    let dir = dir.path();
    let out = stdout_of(dir, &["export", "csv", "--table", "sessions", "--redact", "accounts", "--db", "case.duckdb"]);
    assert!(!out.contains("111122223333") && out.contains("nadia") && out.contains(",999"), "{out}");
    let out = stdout_of(dir, &["export", "csv", "--table", "sessions", "--redact", "names", "--db", "case.duckdb"]);
    assert!(out.contains("111122223333") && !out.contains("nadia") && out.contains("name-"), "{out}");
}

#[test]
fn redacted_report_can_be_filtered_by_original_values() {
    let dir = demo();
    let dir = dir.path();
    let args = ["report", "--format", "md", "--principal", "nadia", "--redact", "all", "--db", "case.duckdb"];
    let out = stdout_of(dir, &args);
    assert!(!out.contains("nadia") && out.contains("--principal name-"), "{out}");
    let id = query(dir, "case.duckdb", "SELECT session_id FROM sessions WHERE principal = 'nadia' LIMIT 1");
    let id = id.lines().nth(1).unwrap();
    let of_session = ["report", "--format", "md", "--session", &id[..12], "--redact", "all", "--db", "case.duckdb"];
    let out = stdout_of(dir, &of_session);
    assert!(!out.contains(&id[..12]) && !out.contains("nadia"), "{out}");
    cartographer(dir, &["report", "--session", "nothing", "--redact", "all", "--db", "case.duckdb"]).assert().code(1);
}

#[test]
fn notes_are_redacted_and_keep_their_targets() {
    let dir = demo();
    let dir = dir.path();
    let id = query(dir, "case.duckdb", "SELECT signal_id FROM signals WHERE summary LIKE '%nadia%' LIMIT 1");
    let id = id.lines().nth(1).unwrap();
    let note = serde_json::json!({
        "id": "n1", "kind": "comment", "text": "nadia from 111122223333", "author": "analyst",
        "target": {"type": "click", "id": id},
        "created": "2026-01-01T00:00:00Z", "changed": "2026-01-01T00:00:00Z",
    });
    let head = r#"{"format":"cartographer notes","version":1}"#;
    fs::write(dir.join("case.notes.jsonl"), format!("{head}\n{note}\n")).unwrap();
    let out = stdout_of(dir, &["export", "timesketch", "--redact", "all", "--format", "jsonl", "--db", "case.duckdb"]);
    let noted: Vec<&str> = out.lines().filter(|line| line.contains("analyst: ")).collect();
    let [line] = noted.as_slice() else { panic!("{noted:?}") };
    assert!(!line.contains("nadia") && !line.contains("111122223333") && line.contains("from 999"), "{line}");
}

#[test]
fn short_redaction_key_is_refused() {
    let dir = demo();
    fs::write(dir.path().join("short.key"), "abc").unwrap();
    let args = ["export", "csv", "--redact", "all", "--redact-key", "short.key", "--db", "case.duckdb"];
    let refused = cartographer(dir.path(), &args).assert().code(1);
    let message = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(message.contains("short.key contains fewer than 16 bytes"), "{message}");
}

#[test]
fn secrets_of_any_form_are_redacted_in_all_columns() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path();
    let signature = "8f2b9c4d7e";
    let mut event = crate::hostile::record(1);
    // Neither the unique ID nor the account within the name has a form that would be recognized.
    event["userIdentity"]["principalId"] = "Q1W2E3R4T5".into();
    event["requestParameters"] = serde_json::json!({
        "password": "hunter2-of-ana",
        "bucketName": "logs111122223333eu",
        "body": serde_json::json!({"sessionToken": "inner-token-7"}).to_string(),
        "displayName": "Zoe-Unknown",
        "url": format!("https://b.s3.amazonaws.com/k?X-Amz-Signature={signature}"),
        "note": "Q1W2E3R4T5",
    });
    fs::write(dir.join("a.json"), crate::hostile::trail(&[event.to_string()])).unwrap();
    stdout_of(dir, &["load", "a.json", "--db", "case.duckdb", "-q"]);
    let session = query(dir, "case.duckdb", "SELECT session_id FROM events");
    let session = session.lines().nth(1).unwrap();
    let secrets = ["Q1W2E3R4T5", "hunter2", "111122223333", "inner-token-7", "Zoe-Unknown", signature, session];
    let export = ["export", "jsonl", "--table", "events", "--db", "case.duckdb"];
    let original = stdout_of(dir, &export);
    assert!(secrets.iter().all(|secret| original.contains(secret)), "{original}");
    let ocsf = ["export", "ocsf", "--db", "case.duckdb"];
    for args in [export.as_slice(), &ocsf] {
        let redacted = stdout_of(dir, &[args, &["--redact", "all"]].concat());
        let left: Vec<&str> = secrets.into_iter().filter(|secret| redacted.contains(secret)).collect();
        assert_eq!(left, [""; 0], "{redacted}");
        // The ID of the event is kept.
        assert!(redacted.contains(&crate::hostile::id(1)), "{redacted}");
    }
}
