//! The load summary, and rules.

use cartographer::load::{Ledger, Problem};
use cartographer::present::{self, Format};
use cartographer::rule::{Rule, RuleSet};
use cartographer::signal::Kind;
use cartographer::store::Totals;

use crate::present::shown;

#[test]
fn ledger_shows_counts_and_problems() {
    let problem = |record, cause: &str| Problem { file: "a\u{1b}.json".to_owned(), record, cause: cause.to_owned() };
    let ledger = Ledger {
        files_seen: 3,
        files_loaded: 2,
        files_refused: 1,
        read: 2431,
        inserted: 2400,
        duplicate: 30,
        rejected: 1,
        case: Totals {
            sessions: 12,
            console_sessions: 3,
            console_events: 1900,
            explained: 1850,
            residual: 50,
            signals: 41,
            background: 150,
            clicks: 36,
            on_known_page: 20,
            high_confidence: 15,
            visits: 10,
            generic_changes: 2,
            commands: 4,
            ..Totals::default()
        },
        problems: vec![problem(None, "a digest"), problem(Some(7), "no eventTime"), problem(Some(8), "no eventTime")],
        ..Ledger::default()
    };
    let mut out = Vec::new();
    present::ledger(&mut out, &ledger, 2).unwrap();
    let expected = "files    3 found: 2 loaded, 1 refused (not CloudTrail)\n\
        events   2,431 read = 2,400 inserted + 30 duplicate + 1 rejected\n\
        console  1,900 events = 1,700 from clicks + 150 background + 50 without a signal\n\
        clicks   36 = 20 on known pages (15 with confidence 0.9 or above) + 10 visits + 2 generic changes + 4 commands\n\
        signals  41 in 3 console sessions, out of 12 sessions\n  \
        a\\u{1b}.json: a digest\n  \
        a\\u{1b}.json: record 7: no eventTime\n  \
        … and 1 more; use --verbose to list them, or see the load_files and rejects tables\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn unbalanced_ledger_is_reported() {
    let mut out = Vec::new();
    present::ledger(&mut out, &Ledger { read: 2, inserted: 1, ..Ledger::default() }, 10).unwrap();
    assert!(
        String::from_utf8(out).unwrap().ends_with("The ledger does not balance: events were lost or counted twice.\n")
    );
}

#[test]
fn rule_is_shown_as_row_and_as_page() {
    let rule = Rule {
        id: "iam/users".to_owned(),
        title: "IAM › Users".to_owned(),
        summary: "Opened the list of users".to_owned(),
        kind: Kind::List,
        service: "iam".to_owned(),
        console_path: vec!["IAM".to_owned(), "Users".to_owned()],
        attack: vec!["T1087.004".to_owned()],
        ccc_label: None,
        file: "iam/users.toml".to_owned(),
        ..Rule::default()
    };
    let rows = shown(Format::Jsonl, present::rules(std::slice::from_ref(&rule)).unwrap());
    let expected = r#"{"id":"iam/users","kind":"list","service":"iam","title":"IAM › Users","attack":["T1087.004"],"provenance":"observed","ccc_label":null,"file":"iam/users.toml"}"#;
    assert_eq!(rows.trim_end(), expected);
    let mut out = Vec::new();
    present::rule(&mut out, &RuleSet::default(), &rule).unwrap();
    let page = String::from_utf8(out).unwrap();
    assert!(page.contains("console path  IAM › Users\n") && !page.contains("label "), "{page}");
}
