//! Records of the same event in several formats, events that share an ID, and damage.

use serde_json::{Value, json};

use super::{BROWSER, Workspace, column, id, record};

/// Events in the format that the console's event history exports.
fn history(numbers: &[u64]) -> String {
    let row = |number: &u64| {
        let event = record(*number, "alice", BROWSER);
        format!(
            "{},{},alice,ListUsers,iam.amazonaws.com,bob,us-east-1\n",
            id(*number),
            event["eventTime"].as_str().unwrap()
        )
    };
    let rows: Vec<String> = numbers.iter().map(row).collect();
    format!("Event ID,Event time,User name,Event name,Event source,Resource name,AWS region\n{}", rows.concat())
}

/// An event in the form of a trimmed export.
fn trimmed(number: u64) -> Value {
    let whole = record(number, "alice", BROWSER);
    let mut event = json!({});
    for name in ["eventID", "eventTime", "eventSource", "eventName", "sourceIPAddress", "userAgent"] {
        event[name] = whole[name].clone();
    }
    event
}

const ROWS: &str = "SELECT * EXCLUDE (source_file, source_record) FROM events ORDER BY event_id";

#[test]
fn most_complete_record_is_kept_in_any_order() {
    let mut expected = None;
    for order in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]] {
        let workspace = Workspace::new();
        let forms = [("trail.json", "a"), ("history.csv", "b"), ("trimmed.json", "c")];
        workspace.write_records("trail.json", &[record(1, "alice", BROWSER), record(2, "alice", BROWSER)]);
        workspace.write("history.csv", &history(&[1, 2, 3]));
        workspace.write_records("trimmed.json", &[trimmed(1), trimmed(3)]);
        for form in order {
            let (file, _) = forms.into_iter().find(|(_, name)| *name == form).unwrap();
            workspace.load(&[file]);
        }
        assert_eq!(column(&workspace, "SELECT count(*) FROM events"), ["3"]);
        let whole = column(
            &workspace,
            "SELECT event_id FROM events WHERE principal_arn IS NOT NULL AND event_version IS NOT NULL",
        );
        assert_eq!(whole, [id(1), id(2)]);
        // Values that only a less complete record contains are kept, too.
        assert_eq!(column(&workspace, "SELECT extra->'eventHistory'->>'Resource name' FROM events"), ["bob"; 3]);
        assert_eq!(column(&workspace, "SELECT user_agent = 'x' FROM events WHERE user_agent IS NULL"), [""; 0]);
        let rows = workspace.rows(ROWS) + &workspace.rows("SELECT * FROM sessions ORDER BY ALL");
        assert_eq!(*expected.get_or_insert_with(|| rows.clone()), rows, "{order:?}");
        let all = Workspace::new();
        all.write_records("trail.json", &[record(1, "alice", BROWSER), record(2, "alice", BROWSER)]);
        all.write("history.csv", &history(&[1, 2, 3]));
        all.write_records("trimmed.json", &[trimmed(1), trimmed(3)]);
        let ledger = all.load(&["."]);
        assert_eq!((ledger.read, ledger.inserted, ledger.merged), (7, 3, 4));
        assert_eq!(all.rows(ROWS) + &all.rows("SELECT * FROM sessions ORDER BY ALL"), rows);
    }
}

#[test]
fn record_without_new_values_is_a_duplicate() {
    let workspace = Workspace::new();
    workspace.write_records("trail.json", &[record(1, "alice", BROWSER)]);
    workspace.write("history.csv", &history(&[1]));
    workspace.load(&["trail.json"]);
    assert_eq!(workspace.load(&["history.csv"]).merged, 1);
    let rows = workspace.rows(ROWS);
    workspace.write_records("copy.json", &[record(1, "alice", BROWSER)]);
    let ledger = workspace.load(&["copy.json"]);
    assert_eq!((ledger.read, ledger.inserted), (1, 0));
    assert_eq!(workspace.rows(ROWS), rows);
    assert_eq!(column(&workspace, "SELECT DISTINCT balances FROM load_ledger"), ["true"]);
}

#[test]
fn different_events_with_the_same_id_are_kept_and_reported() {
    let events: Vec<Value> = (1..=3)
        .map(|number| {
            let mut event = record(number, "alice", BROWSER);
            event["eventID"] = json!("REDACTED");
            event
        })
        .collect();
    let all = Workspace::new();
    all.write_records("all.json", &events);
    let ledger = all.load(&["all.json"]);
    assert_eq!((ledger.inserted, ledger.duplicate, ledger.conflicts), (3, 0, 1));
    let problem = &ledger.problems[0];
    assert!(problem.cause.contains("3 different events have the ID \"REDACTED\""), "{problem:?}");
    let ids = "SELECT event_id FROM events ORDER BY ALL";
    let kept = column(&all, ids);
    assert!(!kept.iter().any(|id| id == "REDACTED"));
    assert_eq!(column(&all, "SELECT DISTINCT extra->>'eventID' FROM events"), ["REDACTED"]);
    let one_by_one = Workspace::new();
    for (at, event) in events.iter().enumerate().rev() {
        one_by_one.write_records(&format!("{at}.json"), std::slice::from_ref(event));
        one_by_one.load(&[&format!("{at}.json")]);
    }
    assert_eq!(column(&one_by_one, ids), kept);
    one_by_one.write_records("again.json", &events);
    let again = one_by_one.load(&["again.json"]);
    assert_eq!((again.inserted, again.duplicate), (0, 3));
    assert_eq!(column(&one_by_one, ids), kept);
}

#[test]
fn correction_replaces_the_corrected_event() {
    let correction = |own: u64| {
        let mut event = record(1, "alice", BROWSER);
        event["eventID"] = json!(id(own));
        event["errorCode"] = json!("AccessDenied");
        event["addendum"] = json!({"reason": "UPDATED_DATA", "updatedFields": "errorCode", "originalEventID": id(1)});
        event
    };
    for own in [1, 9] {
        for order in [["a.json", "b.json"], ["b.json", "a.json"]] {
            let workspace = Workspace::new();
            workspace.write_records("a.json", &[record(1, "alice", BROWSER)]);
            workspace.write_records("b.json", &[correction(own)]);
            for file in order {
                workspace.load(&[file]);
            }
            let found = column(&workspace, "SELECT concat_ws(' ', event_id, error_code, corrects) FROM events");
            assert_eq!(found, [format!("{} AccessDenied {}", id(own), id(1))], "{order:?}");
        }
    }
}

#[test]
fn aggregated_events_are_in_their_table_and_the_timeline() {
    let aggregated = json!({
        "eventVersion": "1.0", "accountId": "111111111111", "eventId": id(7), "eventCategory": "Aggregated",
        "eventType": "AwsAggregatedEvent", "awsRegion": "us-east-1", "eventSource": "s3.amazonaws.com",
        "timeWindow": {"windowStart": "2024-05-01T10:00:00Z", "windowEnd": "2024-05-01T10:05:00Z", "windowSize": "PT5M"},
        "summary": {"primaryDimension": {"dimension": "eventName", "statistics": [{"name": "GetObject", "value": 12}]}},
    });
    let workspace = Workspace::new();
    workspace.write_records("a.json", &[record(1, "alice", BROWSER), aggregated.clone()]);
    let ledger = workspace.load(&["a.json"]);
    assert_eq!((ledger.read, ledger.inserted, ledger.rejected), (2, 2, 0));
    workspace.write_records("b.json", &[aggregated]);
    assert_eq!(workspace.load(&["b.json"]).duplicate, 1);
    assert_eq!(
        column(&workspace, "SELECT dimension || window_end FROM aggregated_events"),
        ["eventName2024-05-01 10:05:00"]
    );
    assert_eq!(column(&workspace, "SELECT id FROM timeline WHERE class = 'aggregated'"), [id(7)]);
}

#[test]
fn event_history_sessions_end_at_pauses() {
    let row =
        |id: u64, time: &str, key: &str| format!("{id},2024-05-01T{time}Z,root,ListUsers,iam.amazonaws.com,{key}\n");
    let rows = [
        row(1, "10:00:00", "ASIA1"),
        row(2, "10:30:00", "ASIA2"),
        row(3, "11:15:00", ""),
        row(4, "13:00:00", "ASIA1"),
        row(5, "13:00:01", "AKIA1"),
    ];
    let header = "Event ID,Event time,User name,Event name,Event source,AWS access key\n";
    let expected = ["1,2,3", "4", "5"];
    let sessions = "SELECT string_agg(event_id, ',' ORDER BY event_id) AS s FROM events GROUP BY session_id ORDER BY s";
    let workspace = Workspace::new();
    workspace.write("a.csv", &format!("{header}{}", rows.concat()));
    workspace.load(&["a.csv"]);
    assert_eq!(column(&workspace, sessions), expected);
    let workspace = Workspace::new();
    for (at, row) in rows.iter().enumerate().rev() {
        workspace.write(&format!("{at}.csv"), &format!("{header}{row}"));
        workspace.load(&[&format!("{at}.csv")]);
    }
    assert_eq!(column(&workspace, sessions), expected);
}

#[test]
fn unparsable_callers_are_separate_sessions() {
    let with = |number: u64, identity: &str| {
        let mut event = record(number, "alice", BROWSER);
        event["userIdentity"] = json!(identity);
        event
    };
    let workspace = Workspace::new();
    workspace.write_records("a.json", &[with(1, "alice?"), with(2, "mallory?"), with(3, "alice?")]);
    workspace.load(&["a.json"]);
    assert_eq!(column(&workspace, "SELECT count(DISTINCT session_id) FROM events"), ["2"]);
}

#[test]
fn damaged_file_is_counted_as_loaded_in_part() {
    let workspace = Workspace::new();
    let lines =
        [record(1, "alice", BROWSER), record(2, "alice", BROWSER)].map(|record| record.to_string() + "\n").concat();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, lines.as_bytes()).unwrap();
    let mut bytes = gzip.finish().unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    std::fs::write(workspace.path("a.gz"), bytes).unwrap();
    let ledger = workspace.load(&["a.gz"]);
    assert_eq!((ledger.inserted, ledger.damaged, ledger.files_loaded), (2, 1, 1));
    assert_eq!(column(&workspace, "SELECT outcome FROM load_ledger"), ["in part"]);
}
