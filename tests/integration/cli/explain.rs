//! `cartographer explain`: every signal and event of the demo is explained, and the contents of the explanations.

use arrow::record_batch::RecordBatch;
use cartographer::batch;
use cartographer::matching::{ExplainSubject, explain, unmapped};
use cartographer::rule::RuleSet;
use cartographer::store::{Case, StoreError};
use predicates::str::contains;
use tempfile::TempDir;

use crate::cli::{cartographer, demo};

/// The strings in the first column of a query's result.
fn texts(case: &Case, sql: &str) -> Vec<String> {
    let batches = case.query(sql).unwrap();
    let columns = batches.iter().map(|batch| arrow::array::AsArray::as_string::<i32>(batch.column(0)).clone());
    columns.flat_map(|column| column.iter().flatten().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The events of a session, in the order in which the case returns them.
fn events_of(case: &Case, session_id: &str) -> Vec<RecordBatch> {
    let mut batches = Vec::new();
    let keep = |batch: &RecordBatch| {
        batches.push(batch.clone());
        Ok::<_, StoreError>(())
    };
    case.each_of_session(session_id, keep).unwrap();
    batches
}

fn explanation(dir: &TempDir, args: &[&str]) -> String {
    let done = cartographer(dir.path(), &[&["explain", "--db", "case.duckdb"], args].concat()).assert().code(0);
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

#[test]
fn every_signal_and_event_of_demo_is_explained() {
    let dir = demo();
    let case = Case::open_read_only(&dir.path().join("case.duckdb")).unwrap();
    let rules = RuleSet::shipped().unwrap();
    let mut answers = 0;
    for session_id in texts(&case, "SELECT session_id FROM sessions WHERE console") {
        let events = events_of(&case, &session_id);
        let sessions = batch::sessions(&events).unwrap();
        let signals = format!("SELECT signal_id FROM signals WHERE session_id = '{session_id}'");
        for id in texts(&case, &signals) {
            let explained = explain(&rules, &sessions[0], ExplainSubject::Signal(&id)).unwrap();
            assert_eq!(explained.signal.unwrap().signal_id, id);
            assert!(!explained.events.is_empty());
            answers += 1;
        }
        for row in &sessions[0].rows {
            let explained = explain(&rules, &sessions[0], ExplainSubject::Event(row.event_id)).unwrap();
            let sql = format!("SELECT signal_id FROM event_signal WHERE event_id = '{}'", row.event_id);
            assert_eq!(explained.signal.map(|signal| signal.signal_id), texts(&case, &sql).pop());
            answers += 1;
        }
    }
    assert!(answers > 500, "{answers}");
    let programmatic = "SELECT session_id FROM sessions WHERE NOT console ORDER BY events DESC LIMIT 1";
    let events = events_of(&case, &texts(&case, programmatic)[0]);
    let sessions = batch::sessions(&events).unwrap();
    let explained = unmapped(&sessions[0].rows, ExplainSubject::Event(sessions[0].rows[0].event_id)).unwrap();
    assert_eq!((explained.signal, explained.events.len()), (None, 1));
}

#[test]
fn signal_explanation_shows_rule_events_and_rivals() {
    let dir = demo();
    let case = Case::open_read_only(&dir.path().join("case.duckdb")).unwrap();
    let id = texts(&case, "SELECT signal_id FROM signals WHERE rule_id = 'iam/users'").remove(0);
    drop(case);
    let text = explanation(&dir, &[&id[..8]]);
    for part in [
        "IAM › Users",
        "all required calls were seen, each with the expected parameters",
        "iam/users",
        "anchor",
        "matches iam:ListUsers",
        "iam:GetLoginProfile ×20",
        "No other explanation was found",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn explain_command_of_walk_through_works() {
    let dir = demo();
    let walk = include_str!("../../../demo/README.md");
    let arguments = walk.lines().find_map(|line| line.strip_prefix("cartographer explain ")).unwrap();
    let text = explanation(&dir, &[arguments.split(' ').next().unwrap()]);
    assert!(text.contains("Created access key") && text.contains("for svc-backup"), "{text}");
}

#[test]
fn json_contains_the_whole_explanation() {
    let dir = demo();
    let case = Case::open_read_only(&dir.path().join("case.duckdb")).unwrap();
    let id = texts(&case, "SELECT signal_id FROM signals WHERE rule_id = 'iam/users'").remove(0);
    drop(case);
    let answer: serde_json::Value = serde_json::from_str(&explanation(&dir, &[&id, "--format", "json"])).unwrap();
    assert_eq!(answer["signal"]["rule_id"], "iam/users");
    assert_eq!(answer["events"].as_array().unwrap().len(), 138);
    assert!(answer["costs"].is_array() && answer["rivals"].is_array(), "{answer}");
}

#[test]
fn unknown_or_ambiguous_id_error_gives_advice() {
    let dir = demo();
    let explain = |id: &str| cartographer(dir.path(), &["explain", id, "--db", "case.duckdb"]).assert();
    explain("nonesuch").code(1).stderr(contains("no signal or event has the ID nonesuch")).stderr(contains("--ids"));
    let case = Case::open_read_only(&dir.path().join("case.duckdb")).unwrap();
    let shared = "SELECT left(event_id, 1) FROM events GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1";
    let start = texts(&case, shared).remove(0);
    drop(case);
    explain(&start).code(1).stderr(contains("more than one ID starts with"));
    explain("").code(2).stderr(contains("a value is required"));
}

#[test]
fn explain_refuses_rules_that_differ_from_the_case() {
    let dir = demo();
    let own = dir.path().join("own/iam");
    std::fs::create_dir_all(&own).unwrap();
    let rule = "id = \"iam/look\"\ntitle = \"IAM\"\nsummary = \"Looked\"\nkind = \"view\"\nconsole_path = [\"IAM\"]\nanchor = [\"glacier:ListVaults\"]\nrequired = [\"glacier:ListVaults\"]\n";
    std::fs::write(own.join("look.toml"), rule).unwrap();
    let args = ["explain", "x", "--db", "case.duckdb", "--rules", "own"];
    cartographer(dir.path(), &args).assert().code(1).stderr(contains("the case was mapped with different rules"));
}

#[test]
fn programmatic_event_is_not_compared_with_pages() {
    let dir = demo();
    let case = Case::open_read_only(&dir.path().join("case.duckdb")).unwrap();
    let id =
        texts(&case, "SELECT event_id FROM events WHERE event_key = 'iam:CreateUser' AND principal = 'svc-backup'");
    drop(case);
    let text = explanation(&dir, &[&id[0]]);
    assert!(text.starts_with("No signal explains this event. It was not compared with console pages"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}
