//! Notes: stored in a file next to the case, shown, merged, and never written partially.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::serve::{Server, column, demo, hostile, program, refusal, serve, serve_demo};

const HOSTILE: &str = "<img src=x onerror=alert(1)> \u{202e}\"'; DROP TABLE events; --";

impl Server {
    /// The status and text of the answer to a `POST` request.
    fn post(&self, path: &str, body: &str) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let mut answer = self.agent.post(url).header("Authorization", self.bearer()).send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// The notes after a successful change.
    fn note(&self, change: &Value) -> Value {
        let (status, text) = self.post("/api/notes", &change.to_string());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("case.notes.jsonl")
    }

    /// The IDs of a click and its session.
    fn click(&self, kind: &str) -> (String, String) {
        let rows = self.get_json(&format!("/api/timeline?kind={kind}"));
        (column(&rows, "id").remove(0), column(&rows, "session_id").remove(0))
    }
}

fn star(kind: &str, id: &str) -> Value {
    json!({ "kind": "star", "target": { "type": kind, "id": id } })
}

#[test]
fn notes_are_stored_next_to_the_unchanged_case() {
    let server = serve(demo(), &["--author", "ann"]);
    let case = server.dir.path().join("case.duckdb");
    let before = fs::read(&case).unwrap();
    assert_eq!(server.get_json("/api/notes")["notes"], json!([]));
    assert!(!server.file().exists(), "reading notes must not write a file");
    let (click, session) = server.click("change");
    server.note(&star("click", &click));
    server.note(&json!({ "kind": "tag", "text": "exfil", "target": { "type": "session", "id": session } }));
    let entity = json!({ "type": "entity", "id": "prod-db-backups", "entity_type": "bucket" });
    let answer = server.note(&json!({ "kind": "comment", "text": HOSTILE, "target": entity }));
    let notes = answer["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 3);
    assert_eq!((&notes[0]["author"], &notes[0]["row_id"]), (&json!("ann"), &json!(click)));
    assert_eq!(notes[0]["what"], "Stopped logging for trail prod-audit");
    assert_eq!((&notes[1]["principal"], &notes[1]["session_id"]), (&json!("nadia"), &json!(session)));
    assert_eq!(notes[2]["text"], HOSTILE);
    assert_eq!(fs::read(&case).unwrap(), before, "the case was changed");
    // Hidden characters are escaped when they are sent or stored.
    assert!(!server.get("/api/notes").1.contains('\u{202e}'));
    let file = fs::read_to_string(server.file()).unwrap();
    assert_eq!(file.lines().count(), 4);
}

#[test]
fn changed_and_deleted_notes_stay_so_after_a_merge() {
    let server = serve_demo();
    let (click, _) = server.click("change");
    let answer =
        server.note(&json!({ "kind": "comment", "text": "early", "target": { "type": "click", "id": click } }));
    let id = answer["notes"][0]["id"].as_str().unwrap().to_owned();
    let (_, early) = server.get("/api/notes/export");
    let answer = server.note(&json!({ "id": id, "text": "late" }));
    assert_eq!(answer["notes"][0]["text"], "late");
    // Importing an earlier version of the note changes nothing. A note of somebody else is added.
    assert_eq!(server.post("/api/notes/import", &early).0, 200);
    assert_eq!(server.get_json("/api/notes")["notes"][0]["text"], "late");
    let answer = server.note(&json!({ "id": id, "delete": true }));
    assert_eq!(answer["notes"], json!([]));
    server.post("/api/notes/import", &early);
    assert_eq!(server.get_json("/api/notes")["notes"], json!([]));
    server.post("/api/notes/import", &early.replace(&id, "bob1").replace("\"early\"", "\"bob says\""));
    assert_eq!(server.get_json("/api/notes")["notes"][0]["text"], "bob says");
}

#[test]
fn invalid_notes_are_refused() {
    let server = serve_demo();
    let refused = |body: &str| {
        let (status, text) = server.post("/api/notes", body);
        refusal(status, &text)
    };
    let (status, problem, advice) = refused(r#"{"kind": "frob"}"#);
    assert!(status == 400 && problem.contains("frob") && advice.contains("docs/serve.md"), "{problem} {advice}");
    for place in ["javascript:alert(1)", "//evil.example/", "https://evil.example/"] {
        let body = json!({ "kind": "view", "text": "mine", "place": place }).to_string();
        assert_eq!(refused(&body).0, 400, "{place}");
    }
    assert_eq!(refused(r#"{"id": "nope", "text": "x"}"#).0, 400);
    assert_eq!(refused(r#"{"kind": "star"}"#).0, 400);
    assert_eq!(server.post("/api/notes/import", "no notes at all").0, 400);
    assert!(!server.file().exists());
}

#[test]
fn timeline_can_be_filtered_by_notes() {
    let server = serve_demo();
    assert_eq!(server.get_json("/api/timeline?noted=any")["total"], 0);
    let (click, _) = server.click("change");
    server.note(&star("click", &click));
    let events = server.get_json(&format!("/api/signals/{click}/events"));
    let event = column(&events, "event_id").remove(0);
    server.note(&json!({ "kind": "tag", "text": "stop & go", "target": { "type": "event", "id": event } }));
    // A note on an event is shown at the click that explains it.
    for noted in ["any", "star", "tag:stop%20%26%20go"] {
        assert_eq!(
            column(&server.get_json(&format!("/api/timeline?noted={noted}")), "id"),
            std::slice::from_ref(&click),
            "{noted}"
        );
    }
    assert_eq!(server.get_json("/api/timeline?noted=comment")["total"], 0);
    assert_eq!(server.get_json("/api/facets?noted=star")["kinds"][0]["value"], "change");
}

#[test]
fn notes_on_missing_targets_are_kept() {
    let server = serve(hostile(), &[]);
    let answer = server.note(&star("click", "0000"));
    assert_eq!((&answer["notes"][0]["row_id"], &answer["notes"][0]["target"]["id"]), (&Value::Null, &json!("0000")));
}

#[test]
fn notes_are_listed_exported_imported_and_reported() {
    let server = serve(demo(), &["--author", "ann"]);
    let (click, _) = server.click("change");
    server.note(&star("click", &click));
    server.note(&json!({ "kind": "tag", "text": "exfil", "target": { "type": "click", "id": click } }));
    server.note(&json!({ "kind": "comment", "text": HOSTILE, "target": { "type": "click", "id": click } }));
    let run = |dir: &Path, args: &[&str]| {
        let out = program().current_dir(dir).args(args).args(["--db", "case.duckdb"]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let here = server.dir.path();
    let list = run(here, &["notes", "list"]);
    assert!(list.contains("★ ann") && list.contains("Stopped logging for trail prod-audit"), "{list}");
    assert!(list.contains("\\u{202e}") && !list.contains('\u{202e}'), "{list}");
    let timeline = run(here, &["timeline"]);
    assert!(timeline.contains("▸ #exfil ann") && !timeline.contains('\u{202e}'), "{timeline}");
    let html = run(here, &["report", "--case-number", "IR <7>"]);
    assert!(html.contains("Analysts' notes") && html.contains("#exfil ann") && html.contains("IR &lt;7&gt;"));
    assert!(!html.contains("<img") && !html.contains('\u{202e}'));
    assert!(!run(here, &["report", "--no-notes"]).contains("Analysts' notes"));
    let timesketch = run(here, &["export", "timesketch", "--format", "jsonl"]);
    let row: Value = timesketch
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|row| row["signal_id"] == json!(click))
        .unwrap();
    assert_eq!(row["tag"], json!(["star", "exfil"]));
    assert!(row["comment"].as_str().unwrap().starts_with("ann: "));
    assert!(run(here, &["export", "timesketch"]).contains("star,exfil"));
    // Importing the notes twice into a colleague's case of the same trail adds them once.
    fs::write(here.join("mine.jsonl"), run(here, &["notes", "export"])).unwrap();
    let colleague = demo();
    fs::copy(here.join("mine.jsonl"), colleague.path().join("mine.jsonl")).unwrap();
    run(colleague.path(), &["notes", "import", "mine.jsonl"]);
    run(colleague.path(), &["notes", "import", "mine.jsonl"]);
    assert_eq!(run(colleague.path(), &["notes", "list"]), list);
}

#[test]
fn notes_survive_a_load_and_changed_click_ids() {
    let server = serve_demo();
    let (click, _) = server.click("change");
    server.note(&star("click", &click));
    let dir = server.dir.path().to_owned();
    let copy = demo();
    // As with another version of the program, the click has another ID, but its event does not.
    let text = fs::read_to_string(dir.join("case.notes.jsonl")).unwrap().replace(&click, "an-id-of-before");
    fs::write(copy.path().join("case.notes.jsonl"), text).unwrap();
    let more = copy.path().join("more.json");
    let record = json!({ "eventID": "later-1", "eventTime": "2026-03-12T08:00:00Z", "eventSource": "sts.amazonaws.com",
        "eventName": "GetCallerIdentity", "eventVersion": "1.11", "awsRegion": "eu-west-1", "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333", "userIdentity": { "type": "IAMUser", "userName": "late",
        "principalId": "AIDALATE", "accountId": "111122223333", "accessKeyId": "AKIALATE" } });
    fs::write(&more, json!({ "Records": [record] }).to_string()).unwrap();
    let load =
        program().current_dir(copy.path()).args(["load", "more.json", "--db", "case.duckdb", "-q"]).status().unwrap();
    assert!(load.success());
    let again = serve(copy, &[]);
    assert_eq!(again.get_json("/api/notes")["notes"][0]["row_id"], json!(click));
}

#[test]
fn acknowledged_notes_survive_a_kill() {
    let mut server = serve_demo();
    let written = AtomicUsize::new(0);
    let (address, bearer, child) = (server.address.clone(), server.bearer(), &mut server.child);
    thread::scope(|scope| {
        for writer in 0..3 {
            let (address, bearer, written) = (&address, &bearer, &written);
            scope.spawn(move || {
                let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
                for turn in 0.. {
                    let note = json!({ "kind": "tag", "text": format!("{writer}-{turn}"), "target": { "type": "event", "id": "e" } });
                    let sent = agent.post(format!("{address}/api/notes")).header("Authorization", bearer).send(note.to_string());
                    if !sent.is_ok_and(|answer| answer.status() == 200) {
                        break;
                    }
                    written.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        while written.load(Ordering::SeqCst) < 12 {
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
    });
    let text = fs::read_to_string(server.file()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > written.load(Ordering::SeqCst), "{} of {}", lines.len(), written.load(Ordering::SeqCst));
}
