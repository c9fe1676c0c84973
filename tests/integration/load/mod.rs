//! Loading: the resulting content of a case, which must not depend on the order and number of loads.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod filter;
mod formats;
mod incremental;
mod merging;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow::util::pretty::pretty_format_batches;
use cartographer::load::{Ledger, LoadError, LoadOptions, NoProgress, Phase, Progress, load};
use cartographer::rule::RuleSet;
use cartographer::store::Case;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a trail and a case.
struct Workspace {
    folder: TempDir,
}

impl Workspace {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn write_records(&self, name: &str, records: &[Value]) {
        self.write(name, &json!({ "Records": records }).to_string());
    }

    fn load(&self, names: &[&str]) -> Ledger {
        self.load_into("case.duckdb", names)
    }

    fn load_into(&self, case: &str, names: &[&str]) -> Ledger {
        let ledger = self.try_load(case, names, &NoProgress).unwrap();
        assert!(ledger.balances(), "{ledger:?}");
        ledger
    }

    fn try_load(&self, case: &str, names: &[&str], progress: &dyn Progress) -> Result<Ledger, LoadError> {
        load(&self.options(case, names), &RuleSet::shipped().unwrap(), progress)
    }

    fn options(&self, case: &str, names: &[&str]) -> LoadOptions {
        let inputs = names.iter().map(|name| self.path(name).display().to_string()).collect();
        LoadOptions { inputs, case: self.path(case), threads: Some(2), ..LoadOptions::default() }
    }

    fn rows(&self, sql: &str) -> String {
        rows(&self.path("case.duckdb"), sql)
    }

    /// The content that must not depend on the order and number of loads, as text.
    fn content(&self, case: &str) -> String {
        let tables = ["events", "sessions", "signals", "event_signal", "signal_entities", "timeline"];
        let text = |table| rows(&self.path(case), &format!("SELECT * FROM {table} ORDER BY ALL"));
        tables.map(text).join("\n").replace(&self.folder.path().display().to_string(), "")
    }
}

fn rows(case: &Path, sql: &str) -> String {
    let batches = Case::open_read_only(case).unwrap().query(sql).unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// The values of a query's only column.
fn column(workspace: &Workspace, sql: &str) -> Vec<String> {
    let table = workspace.rows(sql);
    let cells = table.lines().filter(|line| line.starts_with('|')).skip(1);
    cells.map(|line| line.trim_matches('|').trim().to_owned()).collect()
}

const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36";

fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// An event of `user`, `number` seconds after minute 1 of a session that was created at minute 0.
fn record(number: u64, user: &str, agent: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": format!("AIDA{user}"),
            "arn": format!("arn:aws:iam::111111111111:user/{user}"),
            "accountId": "111111111111",
            "accessKeyId": "ASIAEXAMPLE",
            "userName": user,
            "sessionContext": { "attributes": { "creationDate": "2024-05-01T10:00:00Z", "mfaAuthenticated": "false" } }
        },
        "eventTime": format!("2024-05-01T10:{:02}:{:02}Z", 1 + number / 60, number % 60),
        "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.1",
        "userAgent": agent,
        "requestParameters": { "maxItems": number },
        "responseElements": null,
        "readOnly": true,
        "eventID": id(number),
        "eventType": "AwsApiCall",
        "recipientAccountId": "111111111111"
    })
}

fn sign_in(number: u64, user: &str) -> Value {
    let mut event = record(number, user, BROWSER);
    event["userIdentity"].as_object_mut().unwrap().remove("sessionContext");
    event["userIdentity"].as_object_mut().unwrap().remove("accessKeyId");
    event["eventTime"] = json!("2024-05-01T09:59:59Z");
    event["eventSource"] = json!("signin.amazonaws.com");
    event["eventName"] = json!("ConsoleLogin");
    event["eventType"] = json!("AwsConsoleSignIn");
    event["responseElements"] = json!({ "ConsoleLogin": "Success" });
    event
}

/// Sixty events of alice in the console and of bob's SDK, and alice's sign-in.
fn trail() -> Vec<Value> {
    let events =
        (1..=60).map(|n| if n % 3 == 0 { record(n, "bob", "aws-sdk-go/1.0") } else { record(n, "alice", BROWSER) });
    events.chain([sign_in(100, "alice")]).collect()
}

#[test]
fn trail_is_loaded_as_events_and_sessions() {
    let workspace = Workspace::new();
    workspace.write_records("trail.json", &trail());
    let ledger = workspace.load(&["trail.json"]);
    assert_eq!((ledger.files_seen, ledger.files_loaded, ledger.read, ledger.inserted), (1, 1, 61, 61));
    assert_eq!((ledger.case.sessions, ledger.case.console_sessions, ledger.case.console_events), (2, 1, 41));
    assert_eq!(ledger.problems, []);
    let sessions = "SELECT concat_ws(' ', principal_arn[-5:], console, events, ips[1], len(regions)) AS s \
                    FROM sessions ORDER BY console";
    assert_eq!(column(&workspace, sessions), ["r/bob false 20 192.0.2.1 1", "alice true 41 192.0.2.1 1"]);
}

#[test]
fn second_load_of_the_same_files_does_nothing() {
    let workspace = Workspace::new();
    workspace.write_records("logs/a.json", &trail()[..30]);
    workspace.write_records("logs/b.json", &trail()[20..]);
    let first = workspace.load(&["logs"]);
    assert_eq!((first.inserted, first.duplicate, first.files_loaded), (61, 10, 2));
    let (content, files) = (workspace.content("case.duckdb"), workspace.rows("SELECT * FROM load_files ORDER BY file"));
    let second = workspace.load(&["logs"]);
    assert_eq!((second.files_seen, second.files_skipped, second.read), (2, 2, 0));
    assert_eq!((second.case.sessions, second.case.console_events), (first.case.sessions, first.case.console_events));
    assert_eq!(workspace.content("case.duckdb"), content);
    assert_eq!(workspace.rows("SELECT * FROM load_files ORDER BY file"), files);
}

#[test]
fn overlapping_files_in_any_order_give_the_same_case() {
    let workspace = Workspace::new();
    let names: Vec<String> = (0..10).map(|n| format!("logs/{n}.json")).collect();
    for (n, name) in names.iter().enumerate() {
        // The files overlap: each has the last two events of the previous one.
        workspace.write_records(name, &trail()[(n * 6_usize).saturating_sub(2)..(n * 6 + 7)]);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    workspace.load_into("whole.duckdb", &names);
    let orders: [[usize; 10]; 3] =
        [[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [3, 0, 9, 5, 1, 7, 2, 8, 6, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
    for (number, order) in orders.iter().enumerate() {
        let case = format!("{number}.duckdb");
        for piece in order.iter().chain(&order[..4]) {
            workspace.load_into(&case, &[names[*piece]]);
        }
        assert_eq!(workspace.content(&case), workspace.content("whole.duckdb"), "in the order {order:?}");
    }
}

#[test]
fn copied_file_gives_the_same_case_in_any_order() {
    let workspace = Workspace::new();
    // Without an identity, the session depends on the file, so it matters which copy of an event is kept.
    let anonymous = |n| {
        let mut event = record(n, "x", BROWSER);
        event.as_object_mut().unwrap().remove("userIdentity");
        event.as_object_mut().unwrap().remove("recipientAccountId");
        event
    };
    let events: Vec<Value> = (1..4).map(anonymous).collect();
    workspace.write_records("a.json", &events);
    workspace.write_records("b.json", &events);
    workspace.load_into("whole.duckdb", &["a.json", "b.json"]);
    workspace.load_into("apart.duckdb", &["b.json"]);
    let later = workspace.load_into("apart.duckdb", &["a.json"]);
    assert_eq!((later.inserted, later.duplicate), (0, 3));
    assert_eq!(workspace.content("apart.duckdb"), workspace.content("whole.duckdb"));
}

#[test]
fn grown_file_is_loaded_again() {
    let workspace = Workspace::new();
    workspace.write_records("session.json", &trail()[..10]);
    workspace.load(&["session.json"]);
    workspace.write_records("session.json", &trail()[..25]);
    let ledger = workspace.load(&["session.json"]);
    assert_eq!((ledger.read, ledger.inserted, ledger.duplicate), (25, 15, 10));
    let file = "SELECT concat_ws(' ', read, inserted, duplicate, rejected) AS f FROM load_files";
    assert_eq!(column(&workspace, file), ["25 15 10 0"]);
    workspace.load_into("whole.duckdb", &["session.json"]);
    assert_eq!(workspace.content("case.duckdb"), workspace.content("whole.duckdb"));
}

#[test]
fn sign_in_joins_its_session_in_any_order() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &[sign_in(100, "alice")]);
    workspace.write_records("b.json", &trail()[..10]);
    let alone = workspace.load(&["a.json"]);
    assert_eq!((alone.case.sessions, alone.case.console_sessions), (1, 1));
    let joined = workspace.load(&["b.json"]);
    assert_eq!((joined.case.sessions, joined.case.console_sessions), (2, 1));
    let sessions = "SELECT count(DISTINCT session_id) FROM events WHERE principal_arn LIKE '%alice'";
    assert_eq!(column(&workspace, sessions), ["1"]);
}

#[test]
fn file_that_is_not_a_trail_is_refused_and_recorded() {
    let workspace = Workspace::new();
    workspace.write_records("logs/a.json", &trail());
    workspace.write("logs/notes.txt", "nothing of interest");
    let ledger = workspace.load(&["logs"]);
    assert_eq!((ledger.files_seen, ledger.files_loaded, ledger.files_refused), (2, 1, 1));
    assert_eq!(ledger.problems.len(), 1);
    assert!(ledger.problems[0].file.ends_with("notes.txt"), "{ledger:?}");
    let known = "SELECT concat_ws(' ', file[-9:], outcome, cause IS NOT NULL, len(sha256), balances) AS f \
                 FROM load_ledger ORDER BY file";
    assert_eq!(column(&workspace, known), ["gs/a.json loaded false 64 true", "notes.txt refused true 64 true"]);
    let again = workspace.load(&["logs"]);
    assert_eq!((again.files_skipped, again.files_refused), (1, 1), "a refused file must be read again");
    assert_eq!(column(&workspace, "SELECT count(*) FROM load_files"), ["2"]);
}

#[test]
fn invalid_record_is_rejected_with_its_position() {
    let workspace = Workspace::new();
    let mut records = trail();
    records[4] = json!("no record");
    records[7]["eventTime"] = json!("yesterday");
    workspace.write_records("a.json", &records);
    let ledger = workspace.load(&["a.json"]);
    assert_eq!((ledger.read, ledger.inserted, ledger.rejected), (61, 59, 2));
    let positions: Vec<_> = ledger.problems.iter().map(|problem| problem.record).collect();
    assert_eq!(positions, [Some(5), Some(8)]);
    let rejects =
        "SELECT concat_ws(' ', document = file, record, excerpt[:11], cause <> '') AS r FROM rejects ORDER BY record";
    let expected = ["true 5 \"no record\" true", "true 8 {\"eventVers true"];
    assert_eq!(column(&workspace, rejects), expected);
    workspace.load(&["a.json"]);
    assert_eq!(column(&workspace, "SELECT outcome FROM load_ledger"), ["in part"]);
}

#[test]
fn missing_input_is_a_problem_and_no_input_an_error() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &trail());
    let ledger = workspace.load(&["a.json", "b.json"]);
    assert_eq!((ledger.files_seen, ledger.files_loaded, ledger.files_failed), (2, 1, 1));
    let nothing = workspace.try_load("other.duckdb", &["b.json"], &NoProgress);
    assert!(matches!(nothing, Err(LoadError::NoInput(_))), "{nothing:?}");
    assert!(!workspace.path("other.duckdb").exists());
}

#[test]
fn case_file_in_the_loaded_folder_is_not_an_input() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &trail());
    for loaded in [1, 0] {
        let ledger = workspace.load(&[""]);
        assert_eq!((ledger.files_seen, ledger.files_loaded), (1, loaded), "{ledger:?}");
    }
}

#[test]
fn no_write_ahead_log_is_left_after_a_load() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &trail());
    workspace.load(&["a.json"]);
    let left: Vec<_> = fs::read_dir(workspace.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(column(&workspace, "SELECT count(*) FROM events"), ["61"]);
}

#[test]
fn counts_of_many_files_add_up() {
    let workspace = Workspace::new();
    for n in 0..1200 {
        workspace
            .write_records(&format!("logs/{n}.json"), &[record(n, "alice", BROWSER), record(n + 1, "alice", BROWSER)]);
    }
    let ledger = workspace.load(&["logs"]);
    assert_eq!((ledger.files_loaded, ledger.read, ledger.inserted, ledger.duplicate), (1200, 2400, 1201, 1199));
    let sums = "SELECT concat_ws(' ', count(*), sum(read), sum(inserted), sum(duplicate)) AS s FROM load_files";
    assert_eq!(column(&workspace, sums), ["1200 2400 1201 1199"]);
}

#[test]
fn failed_load_stops_and_keeps_committed_events() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &trail());
    workspace.load(&["a.json"]);
    let case = duckdb::Connection::open(workspace.path("case.duckdb")).unwrap();
    case.execute_batch("ALTER TABLE load_files DROP COLUMN loaded_at").unwrap();
    drop(case);
    // More portions than the queue can hold, so that a parser thread that is not stopped would wait forever.
    for n in 0..2600 {
        workspace.write(&format!("logs/{n}"), "");
    }
    workspace.write_records("logs/0", &[record(500, "alice", BROWSER)]);
    let failed = workspace.try_load("case.duckdb", &["logs"], &NoProgress);
    assert!(matches!(failed, Err(LoadError::Store(_))), "{failed:?}");
    // Views need the column, so the case cannot be opened with `Case`.
    let case = duckdb::Connection::open(workspace.path("case.duckdb")).unwrap();
    let count: u64 = case.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 61);
}

#[test]
fn next_load_completes_an_interrupted_one() {
    let workspace = Workspace::new();
    workspace.write_records("a.json", &trail());
    workspace.load(&["a.json"]);
    let content = workspace.content("case.duckdb");
    for undone in [
        "DELETE FROM sessions",
        "UPDATE sessions SET signals = NULL, console_events = 0 WHERE console",
        "DELETE FROM event_signal; DELETE FROM signals; DELETE FROM sessions WHERE console",
    ] {
        let case = duckdb::Connection::open(workspace.path("case.duckdb")).unwrap();
        case.execute_batch(undone).unwrap();
        drop(case);
        assert_ne!(workspace.content("case.duckdb"), content, "{undone} must change the case");
        assert_eq!(workspace.load(&["a.json"]).files_skipped, 1);
        assert_eq!(workspace.content("case.duckdb"), content, "after {undone}");
    }
}

#[derive(Default)]
struct RecordedProgress(Mutex<(Vec<Phase>, u64, u64, u64, u64)>);

impl Progress for RecordedProgress {
    fn start(&self, files: u64, bytes: u64) {
        let mut progress = self.0.lock().unwrap();
        (progress.1, progress.2) = (files, bytes);
    }

    fn file(&self, bytes: u64, events: u64) {
        let mut progress = self.0.lock().unwrap();
        progress.3 += bytes;
        progress.4 += events;
    }

    fn phase(&self, phase: Phase) {
        self.0.lock().unwrap().0.push(phase);
    }
}

#[test]
fn progress_reports_all_bytes_and_events() {
    let workspace = Workspace::new();
    workspace.write_records("logs/a.json", &trail());
    workspace.write_records("logs/b.json", &trail()[..5]);
    let progress = RecordedProgress::default();
    workspace.try_load("case.duckdb", &["logs"], &progress).unwrap();
    let (phases, files, bytes, done, events) = progress.0.into_inner().unwrap();
    assert_eq!(phases, [Phase::Reading, Phase::Sessions, Phase::Mapping, Phase::Finishing]);
    let size = |name| fs::metadata(workspace.path(name)).unwrap().len();
    assert_eq!((files, bytes, events), (2, size("logs/a.json") + size("logs/b.json"), 61));
    assert_eq!(done, bytes);
}
