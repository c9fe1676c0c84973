//! Cases: the content of a new one, which files are refused, and that stored data is returned unchanged.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use cartographer::batch::{EventRows, read_events, sessions, signals};
use cartographer::event::{Client, Event, Evidence, Identity, Timestamp};
use cartographer::signal::{Kind, Member, Origin, Relation, Role, Signal, SignalEntity};
use cartographer::store::{Case, StoreError};
use cartographer::table::{EVENTS, SCHEMA_VERSION, TABLES};
use tempfile::TempDir;

fn new_case() -> (TempDir, PathBuf, Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.duckdb");
    let case = Case::open(&path).unwrap();
    (folder, path, case)
}

/// The rows of a query as text, with columns separated by `|`.
fn rows(case: &Case, sql: &str) -> Vec<String> {
    let table = pretty_format_batches(&case.query(sql).unwrap()).unwrap().to_string();
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    let trimmed = |line: &str| {
        let inner = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap();
        inner.split('|').map(str::trim).collect::<Vec<_>>().join("|")
    };
    lines.map(trimmed).collect()
}

fn event(session: &str, id: &str, second: i64, evidence: Evidence, client: Client) -> Event<'static> {
    Event {
        event_id: id.to_owned().into(),
        event_time: Timestamp(second * 1_000_000),
        event_source: "iam.amazonaws.com".into(),
        service: "iam".into(),
        event_name: "ListUsers".into(),
        identity: Identity {
            kind: Some("IAMUser".into()),
            account_id: Some("111111111111".into()),
            arn: Some("arn:aws:iam::111111111111:user/alice".into()),
            principal: Some("alice".into()),
            session_created: Some(Timestamp(0)),
            mfa: Some(second % 2 == 0),
            ..Identity::default()
        },
        region: Some(if second % 2 == 0 { "us-east-1" } else { "eu-west-1" }.into()),
        source_ip: Some(format!("192.0.2.{}", 9 - second).into()),
        client: Some(client),
        evidence,
        session_id: session.to_owned(),
        ..Event::default()
    }
}

fn append(case: &Case, events: &[Event<'_>]) {
    let mut rows = EventRows::default();
    for event in events {
        rows.push(event, "trail.json", 0).unwrap();
    }
    case.append(&EVENTS, [&rows.finish().unwrap()]).unwrap();
}

/// A console session of four events, one of them from the CLI, and a session of an SDK.
fn two_sessions() -> Vec<Event<'static>> {
    vec![
        event("console", "c1", 1, Evidence::FLAG, Client::Browser),
        event("console", "c2", 2, Evidence::empty(), Client::Internal),
        event("console", "c3", 3, Evidence::empty(), Client::Cli),
        event("console", "c4", 4, Evidence::empty(), Client::Console),
        event("sdk", "s1", 5, Evidence::empty(), Client::Sdk),
    ]
}

fn signal(kind: Kind, events: &[&str]) -> Signal {
    Signal {
        signal_id: format!("signal-{}", events[0]),
        session_id: "console".into(),
        account_id: Some("111122223333".into()),
        principal: Some("alice".into()),
        rule_id: "iam/users".into(),
        rule_pack: None,
        kind,
        service: "iam".into(),
        title: "IAM › Users".into(),
        summary: "Listed users".into(),
        url: None,
        region: Some("us-east-1".into()),
        confidence: 1.0,
        origin: Origin::Exact,
        first_time: Timestamp(1_000_000),
        last_time: Timestamp(2_000_000),
        anchor_event_id: events[0].to_owned(),
        context: [("users".to_owned(), serde_json::json!(["a'b"]))].into_iter().collect(),
        attack: vec!["T1087.004".into()],
        matched: vec!["iam:ListUsers".into(), "iam:GetUser".into()],
        missing: Vec::new(),
        entities: vec![SignalEntity {
            kind: "user".into(),
            value: "a'b".into(),
            event_id: events[0].to_owned(),
            relation: Relation::Seen,
        }],
        evidence: None,
        events: events.iter().map(|id| Member { event_id: (*id).to_owned(), role: Role::Anchor }).collect(),
    }
}

/// A case with both sessions. Of the console session's four events, c1 is a click, and c2 is background activity.
fn mapped_case() -> (TempDir, PathBuf, Case) {
    let (folder, path, case) = new_case();
    append(&case, &two_sessions());
    case.gather_sessions(u64::MAX).unwrap();
    let found = [signal(Kind::List, &["c1"]), signal(Kind::Background, &["c2"])];
    assert_eq!(case.pieces().unwrap(), [0]);
    case.add_signals(&signals(&found).unwrap()).unwrap();
    case.end_waiting().unwrap();
    (folder, path, case)
}

#[test]
fn every_table_and_column_is_described() {
    let (_folder, _path, case) = new_case();
    let tables = rows(&case, "SELECT table_name, comment FROM duckdb_tables() ORDER BY table_name");
    let mut expected: Vec<String> = TABLES.iter().map(|table| format!("{}|{}", table.name, table.grain)).collect();
    expected.sort();
    assert_eq!(tables, expected);
    for table in TABLES {
        let sql = format!(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = '{}' ORDER BY column_index",
            table.name
        );
        let found = rows(&case, &sql);
        assert_eq!(found.len(), table.columns.len());
        for (found, column) in found.iter().zip(table.columns) {
            assert!(found.starts_with(&format!("{}|", column.name)), "{found}");
            assert!(found.ends_with(&format!("|{}", column.comment())), "{found}");
            assert!(!column.doc.is_empty());
        }
    }
}

#[test]
fn case_info_contains_versions() {
    let (_folder, _path, case) = new_case();
    assert_eq!(case.info("schema_version").unwrap(), Some(SCHEMA_VERSION.to_string()));
    assert!(case.info("duckdb_version").unwrap().is_some_and(|version| version.starts_with("v1.")));
    assert!(case.info("storage_version").unwrap().is_some_and(|version| version.starts_with("v1.")));
    assert_eq!(case.info("no such fact").unwrap(), None);
    case.set_info("rules_version", "a").unwrap();
    case.set_info("rules_version", "b'").unwrap();
    assert_eq!(rows(&case, "SELECT value FROM case_info WHERE key = 'rules_version'"), ["b'"]);
}

#[test]
fn event_columns_survive_a_round_trip() {
    let (_folder, _path, case) = new_case();
    let hostile = Event {
        user_agent: Some("\u{1b}[31m'); DROP TABLE events; -- ü\u{0}".into()),
        request_parameters: Some(r#"{"a":[1,{"b":null}]}"#.into()),
        response_elements: Some(r#""text""#.into()),
        extra: Some(r#"{"x":1}"#.into()),
        read_only: Some(false),
        evidence: Evidence::all(),
        ..event("s", "full", 1, Evidence::empty(), Client::CloudShell)
    };
    let bare = Event { event_id: "bare".into(), session_id: "s".into(), ..Event::default() };
    append(&case, &[hostile.clone(), bare.clone()]);
    let batches =
        case.query("SELECT * REPLACE (client::VARCHAR AS client) FROM events ORDER BY event_id DESC").unwrap();
    assert_eq!(read_events(&batches[0]).unwrap(), [(hostile, "trail.json"), (bare, "trail.json")]);
    assert_eq!(rows(&case, "SELECT request_parameters->>'$.a[0]' FROM events WHERE event_id = 'full'"), ["1"]);
}

#[test]
fn many_batches_are_appended_completely() {
    let (_folder, _path, case) = new_case();
    let events: Vec<_> = (0..5000).map(|n| event("s", &n.to_string(), 1, Evidence::FLAG, Client::Browser)).collect();
    append(&case, &events);
    assert_eq!(rows(&case, "SELECT count(DISTINCT event_id), min(len(console_evidence)) FROM events"), ["5000|1"]);
}

#[test]
fn sessions_are_gathered_from_their_events() {
    let (_folder, _path, case) = new_case();
    append(&case, &two_sessions());
    case.gather_sessions(u64::MAX).unwrap();
    let sql = "SELECT session_id, console, events, signals, epoch(first_time)::INT, epoch(last_time)::INT, \
               array_to_string(ips, ' '), array_to_string(regions, ' '), len(user_agents), mfa, principal \
               FROM sessions ORDER BY session_id";
    let console = "console|true|4||1|4|192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8|eu-west-1 us-east-1|0|true|alice";
    let sdk = "sdk|false|1|0|5|5|192.0.2.4|eu-west-1|0|false|alice";
    assert_eq!(rows(&case, sql), [console, sdk]);
}

#[test]
fn any_evidence_makes_a_session_without_identity_a_console_one() {
    let (_folder, _path, case) = new_case();
    let weak = |session: &str, identity: Identity<'static>| Event {
        identity,
        ..event(session, session, 1, Evidence::INTERNAL, Client::Internal)
    };
    let known = Identity { principal_id: Some("AIDA".into()), ..Identity::default() };
    append(&case, &[weak("known", known), weak("trimmed", Identity::default())]);
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(rows(&case, "SELECT session_id, console FROM sessions ORDER BY 1"), ["known|false", "trimmed|true"]);
}

#[test]
fn piece_contains_waiting_console_sessions() {
    let (_folder, _path, case) = new_case();
    append(&case, &two_sessions());
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(case.pieces().unwrap(), [0]);
    let batches = case.piece_events(0).unwrap();
    let found = sessions(&batches).unwrap();
    let ids: Vec<&str> = found[0].rows.iter().map(|row| row.event_id).collect();
    assert_eq!((found.len(), found[0].session_id, ids), (1, "console", vec!["c1", "c2", "c3", "c4"]));
    assert_eq!(found[0].rows[2].client, Client::Cli);
}

#[test]
fn signals_are_counted_and_classified() {
    let (_folder, _path, case) = mapped_case();
    let sessions = "SELECT events, console_events, explained_events, unexplained_events, typed_events, signals \
                    FROM sessions WHERE console";
    assert_eq!(rows(&case, sessions), ["4|3|2|1|0|2"]);
    let classes = "SELECT class, entry, kind, title, events, id FROM timeline ORDER BY time, id";
    let expected = [
        "click|signal|list|IAM › Users|1|signal-c1",
        "background|signal|background|IAM › Users|1|signal-c2",
        "programmatic|event||iam:ListUsers|1|c3",
        "residual|event||iam:ListUsers|1|c4",
        "programmatic|event||iam:ListUsers|1|s1",
    ];
    assert_eq!(rows(&case, classes), expected);
    assert_eq!(rows(&case, "SELECT event_id FROM residual"), ["c4"]);
    let totals = case.totals().unwrap();
    assert_eq!((totals.console_events, totals.explained, totals.background, totals.residual), (3, 2, 1, 1));
    assert_eq!((totals.clicks, totals.on_known_page, totals.high_confidence, totals.visits), (1, 1, 1, 0));
    assert!(case.pieces().unwrap().is_empty(), "no session may wait any longer");
}

#[test]
fn signal_has_lists_entities_and_events() {
    let (_folder, _path, case) = mapped_case();
    let signal = "SELECT context->>'$.users[0]', attack[1], matched[2], len(missing), origin, kind > 'background' \
                  FROM signals WHERE signal_id = 'signal-c1'";
    assert_eq!(rows(&case, signal), ["a'b|T1087.004|iam:GetUser|0|exact|true"]);
    let raw = "SELECT signal_id, role, event_id, event_key FROM signal_events ORDER BY event_id";
    assert_eq!(rows(&case, raw), ["signal-c1|anchor|c1|iam:ListUsers", "signal-c2|anchor|c2|iam:ListUsers"]);
    assert_eq!(rows(&case, "SELECT entity_value FROM signal_entities WHERE event_id = 'c1'"), ["a'b"]);
}

#[test]
fn grown_session_waits_again_without_signals() {
    let (_folder, _path, case) = mapped_case();
    append(&case, &[event("console", "c5", 6, Evidence::empty(), Client::Console)]);
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(rows(&case, "SELECT events, signals FROM sessions WHERE console"), ["5|"]);
    let left = "SELECT (SELECT count(*) FROM signals) + (SELECT count(*) FROM event_signal) \
                + (SELECT count(*) FROM signal_entities)";
    assert_eq!(rows(&case, left), ["0"]);
}

#[test]
fn unchanged_session_keeps_its_signals() {
    let (_folder, _path, case) = mapped_case();
    append(&case, &[event("sdk", "s2", 6, Evidence::empty(), Client::Sdk)]);
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(rows(&case, "SELECT session_id, events, signals FROM sessions ORDER BY 1"), ["console|4|2", "sdk|2|0"]);
}

#[test]
fn moved_and_removed_events_change_both_sessions() {
    let (_folder, _path, case) = mapped_case();
    case.move_events(&[("s1".to_owned(), "console".to_owned())]).unwrap();
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(rows(&case, "SELECT session_id, events, signals FROM sessions"), ["console|5|"]);
    case.remove_events(&["s1".to_owned(), "c1".to_owned()]).unwrap();
    case.gather_sessions(u64::MAX).unwrap();
    assert_eq!(rows(&case, "SELECT events, console FROM sessions"), ["3|false"], "the evidence was removed with c1");
}

#[test]
fn last_statement_returns_the_rows() {
    let (_folder, _path, case) = new_case();
    assert_eq!(rows(&case, "SELECT 'a;b'; -- one; two\nSELECT 2;"), ["2"]);
    let none: Vec<RecordBatch> = case.query("SELECT 1 AS one WHERE false").unwrap();
    assert_eq!((none.len(), none[0].num_rows(), none[0].schema().field(0).name().as_str()), (1, 0, "one"));
    assert!(matches!(case.query(" -- nothing"), Err(StoreError::NoStatement)));
    let error = case.query("SELECT no_such FROM events").unwrap_err().to_string();
    assert!(error.contains("no_such"), "{error}");
}

#[test]
fn error_rolls_back_the_transaction() {
    let (_folder, _path, case) = new_case();
    let failed: Result<(), StoreError> = case.transaction(|case| {
        append(case, &two_sessions());
        case.query("SELECT no_such").map(drop)
    });
    assert!(failed.is_err());
    assert_eq!(rows(&case, "SELECT count(*) FROM events"), ["0"]);
}

#[test]
fn read_only_case_cannot_be_changed() {
    let (_folder, path, case) = mapped_case();
    case.checkpoint().unwrap();
    drop(case);
    assert!(!path.with_extension("duckdb.wal").exists());
    let case = Case::open_read_only(&path).unwrap();
    assert_eq!(rows(&case, "SELECT count(*) FROM timeline"), ["5"]);
    let error = case.query("DELETE FROM events").unwrap_err().to_string();
    assert!(error.contains("read-only"), "{error}");
    drop(case);
    assert_eq!(rows(&Case::open(&path).unwrap(), "SELECT count(*) FROM signals"), ["2"]);
}

#[test]
fn file_that_is_not_a_case_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "just some notes, long enough to be looked at as a file ".repeat(200)).unwrap();
    let before = std::fs::read(&path).unwrap();
    for refused in [Case::open(&path), Case::open_read_only(&path)] {
        assert!(matches!(refused, Err(StoreError::NotACase(_))), "{refused:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let missing = Case::open_read_only(Path::new("no/such/case.duckdb"));
    assert!(matches!(missing, Err(StoreError::Missing(_))));
}

#[test]
fn other_database_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.duckdb");
    duckdb::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a INT); CHECKPOINT").unwrap();
    assert!(matches!(Case::open(&path), Err(StoreError::NotACase(_))));
    let other = duckdb::Connection::open(&path).unwrap();
    let tables: i64 = other.query_row("SELECT count(*) FROM duckdb_tables()", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn case_with_another_schema_version_is_refused_with_advice() {
    let (_folder, path, case) = new_case();
    drop(case);
    for (version, advice) in [("99", "newer version of cartographer"), ("0", "into a new case")] {
        let case = Case::open(&path).unwrap();
        case.set_info("schema_version", version).unwrap();
        drop(case);
        let error = Case::open(&path).unwrap_err().to_string();
        assert!(error.contains(advice), "{error}");
        let restored = format!("UPDATE case_info SET value = '{SCHEMA_VERSION}' WHERE key = 'schema_version'");
        duckdb::Connection::open(&path).unwrap().execute_batch(&restored).unwrap();
    }
}
