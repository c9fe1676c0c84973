//! Downloads of the timeline.

use serde_json::Value;

use crate::serve::{column, serve_demo};

#[test]
fn filtered_rows_are_exported_in_every_format() {
    let server = serve_demo();
    let (_, csv) = server.get("/api/export?kind=secret&format=csv");
    assert!(csv.starts_with("time,last_time,entry,class,session_id,"), "{csv}");
    assert_eq!(csv.lines().count(), 4);
    let (_, lines) = server.get("/api/export?kind=secret&format=jsonl");
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, column(&server.get_json("/api/timeline?kind=secret"), "id"));
    let (_, markdown) = server.get("/api/export?kind=secret&format=md");
    let first = "| time | kind | principal | region | title | summary | error | events | id |\n| --- |";
    assert!(markdown.starts_with(first), "{markdown}");
    assert!(markdown.contains("| 2026-03-11 19:41:32 | secret | nadia | us-east-1 | IAM › Users › svc-backup"));
}

#[test]
fn selected_rows_of_all_classes_are_exported() {
    let server = serve_demo();
    let mut ids = Vec::new();
    for show in ["click", "background", "programmatic"] {
        ids.extend(column(&server.get_json(&format!("/api/timeline?show={show}&limit=1")), "id"));
    }
    let (_, lines) = server.get(&format!("/api/export?format=jsonl&ids={}", ids.join("&ids=")));
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(ids.iter().all(|id| lines.contains(id)), "{lines}");
}

#[test]
fn selected_lines_are_exported_with_all_their_rows() {
    let server = serve_demo();
    let theft = "show=programmatic&session=5c5d434f8d7b191215ffe906fe9a6ca8";
    let ids = column(&server.get_json(&format!("/api/timeline?{theft}&folded=true")), "id");
    let sent = |ids: &[String], more: &str| {
        let (_, lines) = server.get(&format!("/api/export?{theft}&format=jsonl&ids={}{more}", ids.join("&ids=")));
        let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(sent(&ids[2..], ""), ["iam:CreateUser", "s3:GetObject"]);
    let all = sent(&ids[2..], "&folded=true");
    assert_eq!((all.len(), all[0].as_str()), (45, "iam:CreateUser"));
    assert!(all[1..].iter().all(|title| title == "s3:GetObject"), "{all:?}");
}

#[test]
fn exported_file_has_a_name_and_is_complete() {
    let server = serve_demo();
    let host = format!("Host: 127.0.0.1:{}", server.port);
    let key = format!("Authorization: {}", server.bearer());
    let answer = server.raw(&["GET /api/export?limit=1 HTTP/1.1", &host, &key]);
    assert!(answer.contains("content-type: text/csv; charset=utf-8\r\n"), "{answer}");
    assert!(answer.contains("content-disposition: attachment; filename=\"timeline.csv\"\r\n"), "{answer}");
    let (_, all) = server.get("/api/export?format=jsonl&show=click&show=background&show=command&show=programmatic");
    assert_eq!(all.lines().count(), 2014 + 60);
    assert!(all.len() > 1 << 16);
    let (status, none) = server.get("/api/export?search=nobody-has-this&format=jsonl");
    assert_eq!((status, none.as_str()), (200, ""));
}
