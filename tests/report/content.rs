//! What a report says agrees with the case.

use cartographer::event::Timestamp;
use cartographer::export::{self, ExportError};
use cartographer::present::report::{Aspect, Making, Scope};

use crate::{demo, only, report};

const OF_NADIA: &str = "session_id IN (SELECT session_id FROM sessions WHERE principal = 'nadia')";

#[test]
fn counts_agree_with_the_case() {
    let demo = demo();
    let told = report(&demo, only("nadia"));
    let counts = told.totals.counts;
    let summed =
        |column: &str| demo.number(&format!("SELECT sum({column})::BIGINT FROM session_summary WHERE {OF_NADIA}"));
    for (column, count) in [
        ("events", counts.events),
        ("clicks", counts.clicks),
        ("changes", counts.changes),
        ("secrets", counts.secrets),
        ("denied", counts.denied),
        ("on_known_page", counts.on_known_page),
        ("generic_changes", counts.generic_changes),
    ] {
        assert_eq!(count, summed(column), "{column}");
    }
    let covered = |column: &str| demo.number(&format!("SELECT sum({column})::BIGINT FROM coverage WHERE {OF_NADIA}"));
    for (column, count) in [
        ("on_known_page", counts.on_known_page),
        ("high_confidence", counts.high_confidence),
        ("visits", counts.visits),
        ("generic_changes", counts.generic_changes),
        ("commands", counts.commands),
        ("background_events", counts.background),
        ("unexplained_events", counts.unexplained),
        ("console_events", counts.console_events),
    ] {
        assert_eq!(count, covered(column), "{column}");
    }
    let named = counts.on_known_page + counts.visits + counts.generic_changes + counts.commands;
    assert_eq!(named, counts.clicks);
    let kinds = counts.looks + counts.logins + counts.shells + counts.commands + counts.changes + counts.secrets;
    assert_eq!((kinds, told.lines.total), (counts.clicks, counts.clicks));
    assert_eq!((told.totals.sessions, told.totals.case_sessions, told.totals.case_events), (1, 2, 2526));
}

#[test]
fn bins_hold_every_click_and_every_event() {
    let demo = demo();
    let told = report(&demo, Scope::default());
    let clicks: u64 = told.bins.rows.iter().map(|bin| bin.looks + bin.deeds).sum();
    let events: u64 = told.bins.rows.iter().map(|bin| bin.events).sum();
    assert_eq!((clicks, events), (told.totals.counts.clicks, told.totals.counts.events));
    assert!(told.bins.rows.is_sorted_by_key(|bin| bin.time) && told.bins.rows.len() > 2);
}

#[test]
fn the_stolen_identity_s_key_deeds_are_told_by_what_they_are() {
    let told = report(&demo(), only("nadia"));
    let deeds: Vec<(Aspect, &str, bool)> =
        told.deeds.iter().map(|deed| (deed.aspect, deed.what.as_str(), deed.failed)).collect();
    let first_five = [
        (Aspect::Watch, "Stopped logging of trail prod-audit", false),
        (Aspect::Secret, "Retrieved the value of secret warehouse/reader", false),
        (
            Aspect::Secret,
            "Typed in CloudShell: secretsmanager:GetSecretValue on payments/gateway-token (failed: AccessDenied)",
            true,
        ),
        (Aspect::Credential, "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup", false),
        (Aspect::Credential, "Tried to create an access key for marek: access denied", true),
    ];
    assert_eq!(deeds[..5], first_five);
    assert!(deeds[5..].iter().all(|(aspect, ..)| *aspect == Aspect::Command) && deeds.len() == 9, "{deeds:?}");
    let key = &told.keys.rows[0];
    assert_eq!((key.access_key.as_str(), key.calls, key.failed), ("AKIAEXAMPLEJ3XHTZZXB", 47, 1));
    assert_eq!((key.principal.as_deref(), key.ips.as_slice()), (Some("svc-backup"), &["203.0.113.147".to_owned()][..]));
    let touched: Vec<(&str, bool)> =
        told.things.rows.iter().map(|thing| (thing.entity_value.as_str(), thing.touched)).collect();
    let expected = [
        ("AKIAEXAMPLEJ3XHTZZXB", true),
        ("warehouse/reader", true),
        ("svc-backup", true),
        ("prod-audit", true),
        ("marek", false),
    ];
    assert_eq!(touched, expected);
}

#[test]
fn a_scope_is_kept_to() {
    let demo = demo();
    let whole = report(&demo, only("nadia"));
    let (session, begin) = (&whole.sessions.rows[0], whole.sessions.rows[0].session_id[..8].to_owned());
    let by_session = report(&demo, Scope { sessions: vec![begin, "nobody's".to_owned()], ..Scope::default() });
    assert_eq!((&by_session.totals, &by_session.sessions.rows[0]), (&whole.totals, session));
    // 19:46:00 to 19:47:00: the secret's page and its value.
    let (from, to) = (Timestamp(1_773_258_360_000_000), Timestamp(1_773_258_420_000_000));
    let minute = report(&demo, Scope { from: Some(from), to: Some(to), ..Scope::default() });
    let said: Vec<&str> = minute.lines.rows.iter().filter_map(|line| line.summary.as_deref()).collect();
    let expected = [
        "Opened the page of secret warehouse/reader: its settings and who may read it, not its value",
        "Retrieved the value of secret warehouse/reader",
    ];
    assert_eq!(said, expected);
    let within = "SELECT count(*) FROM events JOIN sessions USING (session_id) WHERE console \
         AND event_time >= '2026-03-11 19:46:00' AND event_time < '2026-03-11 19:47:00'";
    assert_eq!((minute.totals.counts.events, minute.totals.counts.clicks), (demo.number(within), 2));
    assert_eq!((minute.sign_ins.total, minute.deeds.len()), (0, 1));
}

#[test]
fn a_report_about_nobody_is_refused() {
    let demo = demo();
    let nobody = export::report(&demo.case, only("nobody"), Making::default());
    assert!(matches!(nobody, Err(ExportError::NoSession)), "{nobody:?}");
    let quoted = export::report(&demo.case, only("'; DROP TABLE events; --"), Making::default());
    assert!(matches!(quoted, Err(ExportError::NoSession)), "{quoted:?}");
}
