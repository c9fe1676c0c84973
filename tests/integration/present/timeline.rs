//! The timeline as text.

use cartographer::event::Timestamp;
use cartographer::present::{self, Class, Entry, Head, Show};
use cartographer::signal::Kind;

use crate::present::MORNING;

fn entry(minutes: i64, class: Class) -> Entry {
    Entry {
        time: Timestamp(MORNING).plus_seconds(minutes * 60),
        class,
        session_id: Some("0123456789abcdef".to_owned()),
        principal: Some("alice".to_owned()),
        account_id: Some("111122223333".to_owned()),
        region: None,
        kind: None,
        service: Some("s3".to_owned()),
        title: None,
        summary: None,
        confidence: None,
        events: 1,
        error_code: None,
        id: None,
        url: None,
        writes: false,
        failed_events: 0,
        stands_out: false,
        resources: None,
        bytes_out: None,
        sigma: Vec::new(),
        sigma_level: None,
    }
}

fn call(minutes: i64, title: &str) -> Entry {
    Entry { title: Some(title.to_owned()), ..entry(minutes, Class::Residual) }
}

fn click(minutes: i64, kind: Kind, summary: &str, confidence: f64) -> Entry {
    let (kind, summary, confidence) = (Some(kind), Some(summary.to_owned()), Some(confidence));
    Entry { kind, summary, confidence, events: 140, ..entry(minutes, Class::Click) }
}

fn timeline(entries: &[Entry], heads: &[Head]) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    present::timeline(&mut out, entries, heads, Show::default()).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

#[test]
fn consecutive_residual_events_share_a_line() {
    let other = Entry { service: Some("iam".to_owned()), ..call(3, "iam:GetUser") };
    let entries = [
        call(0, "s3:ListBuckets"),
        call(1, "s3:GetBucketAcl"),
        call(2, "s3:GetBucketAcl"),
        other,
        call(4, "a"),
        call(4, "b"),
        call(4, "c"),
        call(4, "d"),
        call(4, "e"),
        call(4, "f"),
    ];
    let text = timeline(&entries, &[]);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let expected = [
        "  09:12:00  residual  s3: ListBuckets, GetBucketAcl ×2  (3 events)",
        "  09:15:00  residual  iam: GetUser  (1 event)",
        "  09:16:00  residual  s3: a, b, c, d, 2 more calls  (6 events)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn secret_reads_share_no_line_with_other_reads() {
    let of = |minutes, title: &str, kind| Entry {
        service: Some("ssm".to_owned()),
        kind: Some(kind),
        summary: Some(format!("Description of {title}")),
        ..call(minutes, title)
    };
    let entries = [
        of(0, "ssm:DescribeParameters", Kind::View),
        of(1, "ssm:GetParameter", Kind::View),
        of(2, "ssm:GetParameter", Kind::Secret),
        of(3, "ssm:GetParameter", Kind::Secret),
    ];
    let text = timeline(&entries, &[]);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let expected = [
        "  09:12:00  residual  ssm: DescribeParameters, GetParameter  (2 events)",
        "  09:14:00  residual  Description of ssm:GetParameter, and 1 more call  (2 events)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn confidence_errors_and_day_changes_are_shown() {
    let denied = Entry { error_code: Some("AccessDenied".to_owned()), ..click(1, Kind::Secret, "Read it", 0.799) };
    let later = Entry { region: Some("eu-west-1".to_owned()), ..click(15 * 60, Kind::List, "Users", 1.0) };
    let text = timeline(&[denied, later], &[]);
    let expected = "alice · 111122223333 · mfa unknown · 2026-03-02 09:13:00 → 2026-03-03 00:12:00 UTC · session 0123456789abcdef\n  \
        09:13:00  secret             Read it  (140 events)  ~0.79  [AccessDenied]\n  \
        2026-03-03\n  \
        00:12:00  list    eu-west-1  Users  (140 events)\n";
    assert_eq!(text, expected);
}

#[test]
fn sessions_have_headings_with_shortest_unique_id() {
    let head = |id: &str, who: &str, mfa| Head {
        session_id: id.to_owned(),
        principal: Some(who.to_owned()),
        account_id: Some("111122223333".to_owned()),
        ips: vec!["198.51.100.7".to_owned(), "198.51.100.8".to_owned()],
        mfa,
        first_time: Some(Timestamp(MORNING)),
        last_time: Some(Timestamp(MORNING).plus_seconds(61)),
    };
    let heads =
        [head("0123456789abcdef", "alice", Some(false)), head("0123456789ffffff", "eve\u{1b}[2J\n", Some(true))];
    let of_eve = Entry { session_id: Some("0123456789ffffff".to_owned()), ..click(0, Kind::View, "b", 1.0) };
    let text = timeline(&[click(0, Kind::View, "a", 1.0), of_eve, click(1, Kind::View, "c", 1.0)], &heads);
    let expected = "alice · 111122223333 · 198.51.100.7, 198.51.100.8 · no mfa · 2026-03-02 09:12:00 → 09:13:01 UTC · session 0123456789a\n  \
        09:12:00  view  a  (140 events)\n  \
        09:13:00  view  c  (140 events)\n\
        \n\
        eve\\u{1b}[2J\\n · 111122223333 · 198.51.100.7, 198.51.100.8 · mfa · 2026-03-02 09:12:00 → 09:13:01 UTC · session 0123456789f\n  \
        09:12:00  view  b  (140 events)\n";
    assert_eq!(text, expected);
}

#[test]
fn aggregated_events_have_a_separate_heading() {
    let counted = |minutes, summary: &str| Entry {
        session_id: None,
        principal: None,
        title: Some("Aggregated event".to_owned()),
        summary: Some(summary.to_owned()),
        ..entry(minutes, Class::Aggregated)
    };
    let entries = [counted(0, "CloudTrail counted calls to s3\u{1b}"), counted(5, "CloudTrail counted calls to kms")];
    let text = timeline(&entries, &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("aggregated events · ") && lines[0].ends_with(" UTC"), "{text}");
    assert!(lines[1].ends_with("  aggregated  CloudTrail counted calls to s3\\u{1b}"), "{text}");
    assert!(lines[2].ends_with("  aggregated  CloudTrail counted calls to kms"), "{text}");
    assert_eq!(lines.len(), 3, "{text}");
}

#[test]
fn prominent_calls_share_a_line_only_for_the_same_resources() {
    let of = |minutes, title: &str, resource: &str| Entry {
        service: Some("iam".to_owned()),
        summary: Some(format!("Created {resource}")),
        writes: true,
        stands_out: true,
        resources: Some(resource.to_owned()),
        ..call(minutes, title)
    };
    let tag = |minutes, resource: &str| Entry { stands_out: false, ..of(minutes, "iam:TagUser", resource) };
    let entries = [
        of(0, "iam:CreateUser", "a"),
        of(1, "iam:CreateUser", "b"),
        of(2, "iam:CreateUser", "b"),
        tag(3, "a"),
        tag(4, "b"),
        tag(5, "c"),
    ];
    let text = timeline(&entries, &[]);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let expected = [
        "  09:12:00  residual  Created a  (1 event)",
        "  09:13:00  residual  Created b, and 1 more call  (2 events)",
        "  09:15:00  residual  Created a, and 2 more calls  (3 events)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn download_line_shows_total_bytes_if_known() {
    let of = |minutes, bytes_out| Entry {
        summary: Some("Downloaded a".to_owned()),
        bytes_out,
        ..call(minutes, "s3:GetObject")
    };
    let line = |entries: &[Entry]| timeline(entries, &[]).lines().nth(1).unwrap().to_owned();
    let known = [of(0, Some(164_000_000)), of(1, Some(5_169_000_000))];
    assert_eq!(line(&known), "  09:12:00  residual  Downloaded a, and 1 more call, 5.3 GB in total  (2 events)");
    for unknown in [None, Some(u64::MAX)] {
        let text = line(&[of(0, Some(164_000_000)), of(1, unknown)]);
        assert_eq!(text, "  09:12:00  residual  Downloaded a, and 1 more call  (2 events)");
    }
}

#[test]
fn singular_is_used_for_one_more_call() {
    let entries = ["a", "b", "c", "d", "e"].map(|title| call(0, title));
    assert!(timeline(&entries, &[]).ends_with("  residual  s3: a, b, c, d, 1 more call  (5 events)\n"));
}

#[test]
fn failed_calls_are_counted_only_if_requested() {
    let entries = [
        Entry { failed_events: 2, ..click(0, Kind::List, "Buckets", 1.0) },
        Entry { failed_events: 1, events: 1, ..click(1, Kind::Login, "Failed to sign in", 1.0) },
        Entry { failed_events: 1, error_code: Some("AccessDenied".to_owned()), ..call(2, "a") },
    ];
    let mut out = anstream::StripStream::new(Vec::new());
    present::timeline(&mut out, &entries, &[], Show { failed: true, ..Show::default() }).unwrap();
    let text = String::from_utf8(out.into_inner()).unwrap();
    let ends: Vec<&str> = text.lines().skip(1).map(|line| line.rsplit_once(')').unwrap().1).collect();
    assert_eq!(ends, ["  [2 failed]", "  [failed]", "  [AccessDenied]"]);
    assert!(!timeline(&entries, &[]).contains("failed]"));
}
