//! Hostile text.

use duckdb::Connection;
use serde_json::json;

use crate::serve::{Server, column, demo, hostile, serve};

#[test]
fn hostile_text_is_sent_as_text() {
    let server = serve(hostile(), &[]);
    let (_, plain) = server.get("/api/timeline?kind=secret");
    assert!(plain.contains(r"Admin/eve\u001b[31m") && plain.contains(r"\u202egnp.exe"), "{plain}");
    assert!(!plain.contains(['\u{1b}', '\u{202e}']));
    let answer = server.get_json("/api/timeline?kind=secret");
    assert_eq!(column(&answer, "summary"), ["Read the secret =cmd|x\nforged line \u{202e}gnp.exe"]);
    assert_eq!(column(&server.get_json("/api/timeline?search=%1B%5B31m"), "id"), ["s3"]);
    let (_, csv) = server.get("/api/export?format=csv&principal=Admin/eve%1B%5B31m");
    assert!(csv.contains(r"Admin/eve\u{1b}[31m") && !csv.contains('\u{1b}'), "{csv}");
    let (_, markdown) = server.get("/api/export?format=md&kind=secret");
    assert_eq!(markdown.lines().count(), 3, "{markdown}");
    assert!(markdown.contains(r"=cmd\|x\\nforged line") && !markdown.contains('\u{202e}'), "{markdown}");
}

#[test]
fn parameters_cannot_inject_sql() {
    let server = serve(hostile(), &[]);
    let attacks = ["'", "''); DROP TABLE served.console; --", "$1", "{}", "%00", "\\", "\u{202e}", "❤", "\" OR 1=1"];
    for attack in attacks {
        let encoded = attack.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        for path in [
            "timeline?search=",
            "timeline?session=",
            "timeline?entity=",
            "facets?service=",
            "density?region=",
            "sessions?search=",
            "entities?type=",
            "entities/seen?type=user&value=",
            "coverage?session=",
            "timeline?actor=",
            "timeline?show=programmatic&ip=",
            "facets?show=programmatic&key=",
            "timeline?show=programmatic&search=",
        ] {
            let (status, text) = server.get(&format!("/api/{path}{encoded}"));
            assert_eq!(status, 200, "{path}{attack}: {text}");
        }
        assert_eq!(server.get(&format!("/api/signals/{encoded}")).0, 404, "{attack}");
        assert_eq!(server.get(&format!("/api/actors/{encoded}")).0, 404, "{attack}");
    }
    assert_eq!(server.get_json("/api/timeline")["total"], 3);
}

#[test]
fn sessions_with_hostile_text_are_listed() {
    let server = serve(hostile(), &[]);
    let sessions = server.get_json("/api/sessions?console=all&sort=principal");
    assert_eq!(column(&sessions, "principal"), ["Admin/eve\u{1b}[31m", "alice", "ci"]);
    assert_eq!(sessions["rows"][0]["mfa"], json!(null));
    let residual = server.get_json("/api/timeline?show=residual");
    assert_eq!(column(&residual, "id"), ["e1", "e2", "e3"]);
    assert_eq!(column(&server.get_json("/api/timeline?show=programmatic"), "id"), ["e4"]);
}

#[test]
fn stored_links_are_sent_only_if_they_lead_to_the_console() {
    let dir = demo();
    let id = "SELECT min(signal_id) FROM signals WHERE url LIKE 'https://%'";
    let case = Connection::open(dir.path().join("case.duckdb")).unwrap();
    let id: String = case.query_row(id, [], |row| row.get(0)).unwrap();
    let url = |server: &Server| server.get_json(&format!("/api/signals/{id}"))["signal"]["url"].clone();
    drop(case);
    let unchanged = serve(demo(), &[]);
    assert!(
        url(&unchanged).as_str().is_some_and(|url| url.contains(".console.aws.amazon.com/")),
        "{}",
        url(&unchanged)
    );
    let case = Connection::open(dir.path().join("case.duckdb")).unwrap();
    case.execute_batch("UPDATE signals SET url = 'https://evil.example/console.aws.amazon.com'").unwrap();
    drop(case);
    assert_eq!(url(&serve(dir, &[])), json!(null));
}
