//! Text that wants to be more than text.

use serde_json::json;

use crate::serve::{column, hostile, serve};

#[test]
fn hostile_text_arrives_as_text() {
    let served = serve(hostile(), &[]);
    let (_, plain) = served.get("/api/timeline?kind=secret");
    assert!(plain.contains(r"Admin/eve\u001b[31m") && plain.contains(r"\u202egnp.exe"), "{plain}");
    assert!(!plain.contains(['\u{1b}', '\u{202e}']));
    let told = served.ask("/api/timeline?kind=secret");
    assert_eq!(column(&told, "summary"), ["Read the secret =cmd|x\nforged line \u{202e}gnp.exe"]);
    assert_eq!(column(&served.ask("/api/timeline?search=%1B%5B31m"), "id"), ["s3"]);
    let (_, csv) = served.get("/api/export?format=csv&principal=Admin/eve%1B%5B31m");
    assert!(csv.contains(r"Admin/eve\u{1b}[31m") && !csv.contains('\u{1b}'), "{csv}");
    let (_, markdown) = served.get("/api/export?format=md&kind=secret");
    assert_eq!(markdown.lines().count(), 3, "{markdown}");
    assert!(markdown.contains(r"=cmd\|x\\nforged line") && !markdown.contains('\u{202e}'), "{markdown}");
}

#[test]
fn what_is_typed_is_never_sql() {
    let served = serve(hostile(), &[]);
    let attacks = ["'", "''); DROP TABLE served.console; --", "$1", "{}", "%00", "\\", "\u{202e}", "❤", "\" OR 1=1"];
    for attack in attacks {
        let typed = attack.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
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
            let (status, text) = served.get(&format!("/api/{path}{typed}"));
            assert_eq!(status, 200, "{path}{attack}: {text}");
        }
        assert_eq!(served.get(&format!("/api/signals/{typed}")).0, 404, "{attack}");
        assert_eq!(served.get(&format!("/api/actors/{typed}")).0, 404, "{attack}");
    }
    assert_eq!(served.ask("/api/timeline")["total"], 3);
}

#[test]
fn a_session_of_strange_cells_is_listed() {
    let served = serve(hostile(), &[]);
    let sessions = served.ask("/api/sessions?console=all&sort=principal");
    assert_eq!(column(&sessions, "principal"), ["Admin/eve\u{1b}[31m", "alice", "ci"]);
    assert_eq!(sessions["rows"][0]["mfa"], json!(null));
    let residual = served.ask("/api/timeline?show=residual");
    assert_eq!(column(&residual, "id"), ["e1", "e2", "e3"]);
    assert_eq!(column(&served.ask("/api/timeline?show=programmatic"), "id"), ["e4"]);
}
