//! The content of a report matches the case.

use cartographer::event::Timestamp;
use cartographer::export::{self, ExportError};
use cartographer::present::report::{Aspect, File, Form, ReportMetadata, Scope};

use crate::report::{demo, only, report, shown};

const OF_NADIA: &str = "session_id IN (SELECT session_id FROM sessions WHERE principal = 'nadia')";

#[test]
fn counts_agree_with_the_case() {
    let demo = demo();
    let result = report(&demo, only("nadia"));
    let counts = result.totals.counts;
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
    assert_eq!((kinds, result.lines.total), (counts.clicks, counts.clicks));
    assert_eq!((result.totals.sessions, result.totals.case_sessions, result.totals.case_events), (1, 119, 2526));
}

#[test]
fn bins_contain_every_click_and_event() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let clicks: u64 = result.bins.rows.iter().map(|bin| bin.looks + bin.deeds).sum();
    let events: u64 = result.bins.rows.iter().map(|bin| bin.events).sum();
    assert_eq!((clicks, events), (result.totals.counts.clicks, result.totals.counts.events));
    assert!(result.bins.rows.is_sorted_by_key(|bin| bin.time) && result.bins.rows.len() > 2);
}

#[test]
fn most_important_findings_of_stolen_identity_are_listed() {
    let result = report(&demo(), only("nadia"));
    let deeds: Vec<(Aspect, &str, bool)> =
        result.deeds.iter().map(|deed| (deed.aspect, deed.what.as_str(), deed.done)).collect();
    // An event stands out for several reasons, and is listed under each.
    let before_shell = [
        (Aspect::Watch, "Stopped logging for trail prod-audit", true),
        (Aspect::Secret, "Read secret warehouse/reader", true),
        (Aspect::Secret, "Tried to read secret payments/gateway-token: access denied", false),
        (Aspect::Credential, "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup", true),
        (Aspect::Credential, "Tried to create an access key for marek: access denied", false),
        (Aspect::Privilege, "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup", true),
        (Aspect::Privilege, "Tried to create an access key for marek: access denied", false),
        (Aspect::Persistence, "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup", true),
        (Aspect::Persistence, "Tried to create an access key for marek: access denied", false),
    ];
    assert_eq!(deeds[..9], before_shell);
    let is_shell =
        |(aspect, what, _): &(Aspect, &str, bool)| *aspect == Aspect::Execution && what.contains("CloudShell");
    assert!(deeds[9..].iter().all(is_shell) && deeds.len() == 12, "{deeds:?}");
    let link = &result.links.rows[0];
    assert_eq!(
        (link.made, link.method.as_str(), link.credential.as_str()),
        (true, "CreateAccessKey", "AKIAEXAMPLEJ3XHTZZXB")
    );
    assert_eq!((link.maker.as_deref(), link.user.as_deref()), (Some("nadia"), Some("svc-backup")));
    assert_eq!((link.calls, link.failed, link.ips.as_slice()), (47, 1, &["203.0.113.147".to_owned()][..]));
    let touched: Vec<(&str, bool)> =
        result.things.rows.iter().map(|thing| (thing.entity_value.as_str(), thing.touched)).collect();
    let expected = [
        ("prod-db-backups", true),
        ("AKIAEXAMPLEJ3XHTZZXB", true),
        ("warehouse/reader", true),
        ("svc-backup", true),
        ("f80aaa87-81f6-45b9-8be4-d2464315aac3", true),
        ("1773258426666577423-0032c5ac209370ef6", true),
        ("prod-audit", true),
        ("payments/gateway-token", false),
        ("marek", false),
    ];
    assert_eq!(touched, expected);
}

#[test]
fn report_of_whole_case_shows_use_of_the_stolen_key() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let taken = &result.taken.rows[0];
    assert_eq!((taken.principal.as_deref(), taken.source.as_deref()), (Some("svc-backup"), Some("prod-db-backups")));
    assert_eq!((taken.objects, taken.bytes_out, taken.by_made_credential), (Some(44), Some(5_333_000_000), true));
    let raw = "SELECT sum(CAST(extra->>'$.additionalEventData.bytesTransferredOut' AS DOUBLE))::BIGINT FROM events \
         WHERE event_key = 's3:GetObject' AND access_key_id = 'AKIAEXAMPLEJ3XHTZZXB'";
    assert_eq!(taken.bytes_out, Some(demo.number(raw)));
    let session_count = "SELECT count(*) FROM session_findings WHERE console OR weight > 0";
    assert_eq!(result.totals.sessions, demo.number(session_count));
    assert_eq!((result.totals.searched_sessions, result.totals.console_sessions), (119, 2));
    let events = "SELECT count(DISTINCT event_id) FROM findings WHERE outcome = ";
    let counts = result.totals.counts;
    assert_eq!(counts.findings, demo.number(&format!("{events}'succeeded'")));
    assert_eq!(counts.attempts, demo.number(&format!("{}'succeeded'", events.replace('=', "<>"))));
    assert_eq!(counts.denied, demo.number("SELECT count(*) FROM events WHERE denied"));
    let who: Vec<(&str, u64)> =
        result.sessions.rows.iter().map(|session| (session.actor.as_deref().unwrap_or(""), session.sessions)).collect();
    let (first, rest) = ([("nadia", 1), ("svc-backup", 1), ("ci-deploy", 6), ("orders-api", 24)], who.len());
    assert_eq!((&who[..4], rest), (&first[..], 5), "the most serious first, and each program only once");
}

#[test]
fn report_is_limited_to_its_scope() {
    let demo = demo();
    let whole = report(&demo, only("nadia"));
    let (session, begin) = (&whole.sessions.rows[0], whole.sessions.rows[0].session_id[..8].to_owned());
    let by_session = report(&demo, Scope { sessions: vec![begin, "nobody's".to_owned()], ..Scope::default() });
    assert_eq!((&by_session.totals, &by_session.sessions.rows[0]), (&whole.totals, session));
    // 19:46:00 to 19:47:00: the secret's page and its value.
    let (from, to) = (Timestamp(1_773_258_360_000_000), Timestamp(1_773_258_420_000_000));
    let minute = report(&demo, Scope { from: Some(from), to: Some(to), ..only("nadia") });
    let summaries: Vec<&str> = minute.lines.rows.iter().filter_map(|line| line.summary.as_deref()).collect();
    let expected = [
        "Opened the page for secret warehouse/reader, which shows its settings and who can read it, but not its value",
        "Retrieved the value of secret warehouse/reader",
    ];
    assert_eq!(summaries, expected);
    let within = "SELECT count(*) FROM events JOIN sessions USING (session_id) WHERE sessions.principal = 'nadia' \
         AND event_time >= '2026-03-11 19:46:00' AND event_time < '2026-03-11 19:47:00'";
    assert_eq!((minute.totals.counts.events, minute.totals.counts.clicks), (demo.number(within), 2));
    assert_eq!((minute.sign_ins.total, minute.deeds.len()), (0, 1));
}

#[test]
fn report_without_sessions_is_refused() {
    let demo = demo();
    let nobody = export::report(&demo.case, only("nobody"), ReportMetadata::default());
    assert!(matches!(nobody, Err(ExportError::NoSession)), "{nobody:?}");
    let quoted = export::report(&demo.case, only("'; DROP TABLE events; --"), ReportMetadata::default());
    assert!(matches!(quoted, Err(ExportError::NoSession)), "{quoted:?}");
}

#[test]
fn downloads_count_for_the_session_that_created_the_key() {
    let demo = demo();
    let result = report(&demo, only("nadia"));
    let taken = &result.taken.rows[0];
    assert_eq!((taken.principal.as_deref(), taken.behind.as_deref()), (Some("svc-backup"), Some("nadia")));
    assert_eq!((taken.objects, taken.bytes_out, result.taken.total), (Some(44), Some(5_333_000_000), 1));
    let sum = |column: &str| {
        demo.number(&format!("SELECT sum({column})::BIGINT FROM session_findings WHERE principal = 'nadia'"))
    };
    assert_eq!((sum("credential_objects"), sum("credential_bytes")), (44, 5_333_000_000));
    let markdown = shown(&result, Form::Markdown);
    assert!(
        markdown.contains("44 objects from prod-db-backups") && markdown.contains("that nadia created"),
        "{markdown}"
    );
    assert!(!markdown.contains("Not searched for: downloaded objects"), "{markdown}");
}

#[test]
fn scope_lists_gaps_of_the_case() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let counted: u64 = result.gaps.iter().map(|gap| gap.gaps).sum();
    assert_eq!(counted, demo.number("SELECT count(*) FROM trail_gaps"));
    let kinds: Vec<&str> = result.gaps.iter().map(|gap| gap.gap.as_str()).collect();
    assert_eq!(kinds, ["logging", "region", "category", "data events"]);
    let markdown = shown(&result, Form::Markdown);
    let stopped =
        "Stopped logging for trail prod-audit at 2026-03-11 19:51:50 UTC; it was not started or created again";
    assert!(markdown.contains("Not covered") && markdown.contains(stopped), "{markdown}");
}

#[test]
fn executive_summary_contains_facts() {
    let loaded = demo();
    let html = shown(&report(&loaded, Scope::default()), Form::Markdown);
    let brief = html.split("## Executive summary").nth(1).unwrap().split("\n## ").next().unwrap();
    let facts = [
        "The most notable activity was by nadia in the console from 198.51.100.200 and 203.0.113.66: 394 events with 6 findings and 2 attempts",
        "3 other sessions or programs also have findings.",
        "nadia signed in with a password, without MFA, from 203.0.113.66. 1 sign-in failed.",
        "Data and secrets: 44 objects (5.3 GB) downloaded",
        "Access: 1 credential creation, 1 identity or permission change, 7 persistence changes and 1 new key, user or password used by other sessions.",
        "Monitoring and exposure: 1 log or detector change.",
        "4 items to act on first, and 7 less urgent items to review, according to the events in the case.",
        "2026-03-11 19:38:12 · nadia used the console in 1 session, until 2026-03-11 19:53:18",
        // Without the background requests that follow.
        "from 2026-03-11 19:37:29 to 2026-03-11 19:53:18 UTC",
        "nadia: Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup (event ",
    ];
    for fact in facts {
        assert!(brief.contains(fact), "{fact} in {brief}");
    }
}

#[test]
fn downloads_with_a_created_credential_stand_out() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let session = |name: &str| result.sessions.rows.iter().find(|row| row.principal.as_deref() == Some(name)).unwrap();
    let backup = session("svc-backup");
    assert!(backup.by_made_credential && backup.counts.findings == 1);
    assert_eq!((backup.objects, backup.bytes_out), (44, Some(5_333_000_000)));
    let nadia = session("nadia");
    assert_eq!((nadia.objects, nadia.credential_objects, nadia.credential_bytes), (0, 44, Some(5_333_000_000)));
    let bucket = result.things.rows.iter().find(|thing| thing.entity_value == "prod-db-backups").unwrap();
    assert_eq!((bucket.touched, bucket.furthest, bucket.by_made_credential), (true, None, true));
    assert_eq!((bucket.objects, bucket.bytes_out, bucket.sightings), (Some(44), Some(5_333_000_000), 44));
    assert!(
        result.seen.iter().all(|seen| !seen.named.contains(&bucket.entity_value)),
        "a downloaded bucket must not be listed as only seen"
    );
    let markdown = shown(&result, Form::Markdown);
    for text in [
        "| 1<br>1 attempt<br>**44 objects (5.3 GB) downloaded** |",
        "44 objects (5.3 GB) were downloaded with credentials created here",
        "According to data events, it downloaded 44 objects (5.3 GB) with a credential that was created in the case.",
        "| **prod-db-backups** | bucket | downloaded<br>44 objects (5.3 GB) | svc-backup | 44 |",
        "| download | Downloaded prod-db-backups/",
    ] {
        assert!(markdown.contains(text), "{text}:\n{markdown}");
    }
    let html = shown(&result, Form::Html);
    let row =
        html.split("<tr class=\"").find(|row| row.contains(">download<") && row.contains("prod-db-backups/")).unwrap();
    assert!(row.starts_with("strong\""), "{row}");
}

#[test]
fn findings_and_actions_reference_events() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let ids =
        result.deeds.iter().map(|deed| &deed.event_id).chain(result.remedies.rows.iter().map(|row| &row.event_id));
    let ids = ids.chain(result.denied.iter().map(|denied| &denied.event_id));
    let ids: Vec<&str> = ids.map(|id| id.as_deref().unwrap()).collect();
    let list = ids.iter().map(|id| format!("('{id}')")).collect::<Vec<_>>().join(", ");
    let known = "SELECT count(*) FROM events WHERE event_id IN";
    let distinct = demo.number(&format!("SELECT count(DISTINCT i) FROM (VALUES {list}) AS t (i)"));
    assert_eq!(demo.number(&format!("{known} (FROM (VALUES {list}))")), distinct);
    let stopped = result.deeds.iter().find(|deed| deed.what.starts_with("Stopped logging")).unwrap();
    let id = stopped.event_id.as_deref().unwrap();
    let name = format!("SELECT count(*) FROM events WHERE event_id = '{id}' AND event_name = 'StopLogging'");
    assert_eq!(demo.number(&name), 1);
    let markdown = shown(&result, Form::Markdown);
    let line = format!("nadia: Stopped logging for trail prod-audit (event {id})");
    assert_eq!(markdown.matches(&line).count(), 3, "in the summary, the findings and the actions:\n{markdown}");
    // A sentence about several events names their call, because the others may differ in details.
    assert!(markdown.contains(" more secretsmanager:GetSecretValue calls"), "{markdown}");
}

#[test]
fn every_file_is_listed_with_its_hash() {
    let mut result = report(&demo(), only("nadia"));
    let file = result.files.rows[0].clone();
    result.files.rows = (0..57).map(|number| File { file: format!("{number:02}.json"), ..file.clone() }).collect();
    result.files.total = 57;
    let markdown = shown(&result, Form::Markdown);
    assert_eq!(markdown.matches("<br>SHA-256 ").count(), 57);
    result.files.total = 1057;
    let markdown = shown(&result, Form::Markdown);
    let rest =
        "This list shows 57 of 1,057 files; 1,000 are omitted. To print the hash of every file, run cartographer sql";
    assert!(markdown.contains(rest), "{markdown}");
}
