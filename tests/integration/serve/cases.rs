//! Several cases at once, a case whose file is replaced, and a constant address.

use std::fs;

use serde_json::{Value, json};

use crate::serve::{Server, demo, program, serve};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn each_case_has_its_own_address_and_lists_the_others() {
    let dir = demo();
    fs::copy(dir.path().join("case.duckdb"), dir.path().join("other.duckdb")).unwrap();
    let server = serve(dir, &["--db", "other.duckdb", "--db", "case.duckdb"]);
    let answer = server.get_json("/api/cases");
    assert_eq!(answer["replaced"], false);
    let cases = answer["cases"].as_array().unwrap();
    let known: Vec<_> = cases.iter().map(|case| (text(&case["file"]), case["current"].as_bool().unwrap())).collect();
    assert_eq!(known, [("case.duckdb", true), ("other.duckdb", false)]);
    assert_eq!(text(&cases[0]["address"]), format!("{}/#token={}", server.address, server.token));
    let (base, token) = text(&cases[1]["address"]).split_once("/#token=").unwrap();
    assert_ne!(base, server.address);
    let other = Server::other_case(base, token);
    assert_eq!(other.get_json("/api/case")["file"], "other.duckdb");
    assert_eq!(other.get_json("/api/cases")["cases"][1]["current"], true);
    assert_eq!(server.get_json("/api/case")["file"], "case.duckdb");
}

/// Writes another event, of an identity that is not in the demo.
fn write_more(folder: &std::path::Path) {
    let record = json!({
        "eventVersion": "1.11", "eventID": "00000000-0000-4000-8000-00000000feed", "eventTime": "2026-03-12T08:00:00Z",
        "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.77", "userAgent": "aws-cli/2.15.0", "eventType": "AwsApiCall",
        "managementEvent": true, "readOnly": true, "recipientAccountId": "111122223333",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDALATE", "arn": "arn:aws:iam::111122223333:user/latecomer",
            "accountId": "111122223333", "accessKeyId": "AKIALATE", "userName": "latecomer"
        }
    });
    fs::write(folder.join("more.json"), json!({ "Records": [record] }).to_string()).unwrap();
}

#[cfg(unix)]
#[test]
fn load_with_copy_replaces_served_case_that_can_be_reopened() {
    let server = serve(demo(), &[]);
    let folder = server.folder().to_owned();
    write_more(&folder);
    let load = |options: &[&str]| {
        let mut load = program();
        load.current_dir(&folder).args(["load", "more.json", "--db", "case.duckdb"]).args(options).output().unwrap()
    };
    let refused = load(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("is open in another program") && message.contains("add --copy"), "{message}");
    let events = || server.get_json("/api/case")["events"].clone();
    let found = |who: &str| server.get_json(&format!("/api/timeline?show=programmatic&search={who}"))["total"].clone();
    assert_eq!((events(), found("latecomer")), (json!(2526), json!(0)));

    assert!(load(&["--copy"]).status.success());
    assert!(!folder.join("case.duckdb.loading").exists());
    // The server still shows the open case.
    assert_eq!((events(), found("latecomer")), (json!(2526), json!(0)));
    assert_eq!(server.get_json("/api/cases")["replaced"], true);
    // A query opens the case separately, and would read the new file.
    let (status, answer) = server.sql(&json!({ "sql": "SELECT count(*) FROM events" }));
    assert_eq!((status, text(&answer["error"])), (400, "the case file has been replaced since the server opened it"));

    assert_eq!(server.post_empty("/api/reopen")["replaced"], false);
    assert_eq!((events(), found("latecomer")), (json!(2527), json!(1)));
    assert_eq!(server.get_json("/api/cases")["replaced"], false);
    let (status, answer) =
        server.sql(&json!({ "sql": "SELECT count(*) AS n FROM events WHERE principal = 'latecomer'" }));
    assert_eq!((status, &answer["rows"]), (200, &json!([[1]])));
}

#[cfg(unix)]
#[test]
fn failed_load_with_copy_does_not_change_the_case() {
    let dir = demo();
    let before = fs::read(dir.path().join("case.duckdb")).unwrap();
    let load = |options: &[&str]| {
        let mut load = program();
        load.current_dir(dir.path()).arg("load").args(options).args(["--db", "case.duckdb", "--copy"]).output().unwrap()
    };
    assert_eq!(load(&["missing.json"]).status.code(), Some(1));
    assert_eq!(fs::read(dir.path().join("case.duckdb")).unwrap(), before);
    assert!(!dir.path().join("case.duckdb.loading").exists());
    // The copy of a killed load is ignored, but a write-ahead log with unsaved changes is an error.
    write_more(dir.path());
    fs::write(dir.path().join("case.duckdb.loading"), "rest of a killed load").unwrap();
    assert!(load(&["more.json"]).status.success());
    fs::write(dir.path().join("case.duckdb.wal"), "").unwrap();
    let refused = String::from_utf8(load(&["more.json"]).stderr).unwrap();
    assert!(refused.contains("without --copy"), "{refused}");
}

#[test]
fn token_file_keeps_the_address_constant() {
    let first = serve(demo(), &["--token-file", "token"]);
    let token = fs::read_to_string(first.folder().join("token")).unwrap();
    assert_eq!(token.trim(), first.token);
    let dir = demo();
    fs::copy(first.folder().join("token"), dir.path().join("token")).unwrap();
    let port = first.port.to_string();
    drop(first);
    let second = serve(dir, &["--token-file", "token", "--port", &port]);
    assert_eq!((second.token.as_str(), second.port.to_string()), (token.trim(), port));
    assert_eq!(second.get_json("/api/case")["events"], 2526);

    // Copying the file keeps its mode.
    fs::copy(second.folder().join("token"), second.folder().join("note")).unwrap();
    fs::write(second.folder().join("note"), "not a token").unwrap();
    let mut wrong = program();
    wrong.current_dir(second.folder()).args(["serve", "--db", "case.duckdb", "--token-file", "note"]);
    let message = String::from_utf8(wrong.output().unwrap().stderr).unwrap();
    assert!(message.contains("note does not contain a token") && message.contains("Use another file"), "{message}");
}
