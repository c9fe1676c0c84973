//! A case in which nobody was in the console: what a program did stands out as a click does.

use cartographer::present::report::{Form, Need, Scope};
use serde_json::{Value, json};

use crate::report::markdown::read;
use crate::report::page::Page;
use crate::report::{Loaded, loaded, only, report, shown};

/// A user whose name would be a command, were it not quoted and left out.
const HOSTILE: &str = "x;aws iam delete-user";

/// One call: which, at which second, by whom with which key, from where, and what it asked and got.
pub(crate) fn call(
    second: u64,
    (who, key, ip): (&str, &str, &str),
    source: &str,
    name: &str,
    request: &Value,
    response: &Value,
) -> Value {
    let reads = ["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb));
    json!({
        "eventVersion": "1.09",
        "eventTime": format!("2026-05-04T10:{:02}:{:02}Z", second / 60, second % 60),
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": ip,
        "userAgent": "aws-cli/2.15.0 md/awscrt#0.19.19 ua/2.0 os/linux#6.1",
        "userIdentity": {
            "type": "IAMUser", "principalId": format!("AIDA{key}"), "accountId": "111122223333", "accessKeyId": key,
            "arn": format!("arn:aws:iam::111122223333:user/{who}"), "userName": who,
        },
        "requestParameters": request,
        "responseElements": response,
        "requestID": format!("00000000-0000-4000-8000-{second:012}"),
        "eventID": format!("00000000-0000-4000-9000-{second:012}"),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    })
}

pub(crate) fn failed(mut record: Value, code: &str) -> Value {
    record["errorCode"] = json!(code);
    record["errorMessage"] = json!("made up");
    record["responseElements"] = Value::Null;
    record
}

/// Who is told of in most cases.
pub(crate) const THIEF: (&str, &str, &str) = ("deployer", "AKIAEXAMPLETHIEF0000", "203.0.113.9");
const MADE: (&str, &str, &str) = ("backup", "AKIAEXAMPLEMADE00000", "198.51.100.77");
const SCANNER: (&str, &str, &str) = ("scanner", "AKIAEXAMPLESCAN00000", "192.0.2.10");

/// A thief with a key, the key that it makes and uses from elsewhere, and a scanner that lists.
fn theft() -> Loaded {
    let mut records = vec![
        call(1, THIEF, "iam", "CreateUser", &json!({"userName": HOSTILE}), &json!({"user": {"userName": HOSTILE}})),
        call(
            2,
            THIEF,
            "iam",
            "CreateAccessKey",
            &json!({"userName": "backup"}),
            &json!({"accessKey": {"userName": "backup", "accessKeyId": MADE.1, "status": "Active"}}),
        ),
        call(3, THIEF, "cloudtrail", "DeleteTrail", &json!({"name": "audit"}), &Value::Null),
        failed(call(4, THIEF, "cloudtrail", "StopLogging", &json!({"name": "other"}), &Value::Null), "AccessDenied"),
        call(
            5,
            THIEF,
            "ec2",
            "ModifySnapshotAttribute",
            &json!({
                "snapshotId": "snap-0123456789abcdef0", "attributeType": "CREATE_VOLUME_PERMISSION",
                "createVolumePermission": {"add": {"items": [{"userId": "444455556666"}]}},
            }),
            &json!({"_return": true}),
        ),
    ];
    let secret = |second: u64| {
        let id = format!("app/secret-{second}");
        call(second, THIEF, "secretsmanager", "GetSecretValue", &json!({"secretId": id}), &Value::Null)
    };
    records.extend((10..30).map(secret));
    records.extend((40..43).map(|second| call(second, MADE, "iam", "ListUsers", &Value::Null, &Value::Null)));
    records.extend((50..60).map(|second| call(second, SCANNER, "iam", "ListRoles", &Value::Null, &Value::Null)));
    loaded(&records)
}

#[test]
fn a_program_is_told_as_a_click_is() {
    let case = theft();
    let told = report(&case, Scope::default());
    assert_eq!((told.totals.sessions, told.totals.console_sessions, told.totals.searched_sessions), (2, 0, 3));
    let page = Page::read(&shown(&told, Form::Html));
    assert_eq!(page.errors, Vec::<String>::new());
    let summary = page.part("summary");
    for sentence in [
        "2 identities in 1 account had 2 sessions: 0 in the console and 2 by programs",
        "Logging or monitoring stopped, deleted or changed: 1 succeeded, 1 denied or failed",
        "Deleted trail audit",
        "Tried to stop logging for trail other: access denied",
        "Secrets read: 20",
        "Read secret app/secret-10, and 19 more, the last at 2026-05-04 10:00:29",
        "access key AKIAEXAMPLEMADE00000, created by deployer at 2026-05-04 10:00:02: 3 calls by backup (0 failed) from \
         198.51.100.77",
        "Shared snapshot snap-0123456789abcdef0 with account 444455556666",
        "Searched for in all 3 sessions in the case and not found: sign-ins without MFA; failed sign-ins;",
        "Not searched for: downloaded objects, because these sessions contain no data events; console clicks and \
         events, because none of these sessions is a console session.",
    ] {
        assert!(summary.contains(sentence), "{sentence}:\n{summary}");
    }
    let figures = page.all("div").find(|figure| figure.text.starts_with("Clicks and commands"));
    assert_eq!(
        figures.map(|figure| figure.text.as_str()),
        Some("Clicks and commands–"),
        "what was not counted is no 0"
    );
    let secrets = "SELECT count(*) FROM events WHERE event_name = 'GetSecretValue' AND error_code IS NULL";
    assert_eq!(case.number(secrets), 20);
    let actors = page.part("actors");
    assert!(actors.contains("deployerfrom 203.0.113.9") && actors.contains("backupfrom 198.51.100.77"), "{actors}");
    let timeline = page.part("timeline");
    // Each line of a secret that was read names it.
    let named = (10..30).filter(|second| timeline.contains(&format!("Read secret app/secret-{second}"))).count();
    assert_eq!(named, 20, "{timeline}");
    assert!(!timeline.contains("scanner") && !summary.contains("scanner"), "what only lists does not stand out");
}

#[test]
fn a_filter_says_where_was_not_looked() {
    let case = theft();
    let told = report(&case, only("backup"));
    let page = Page::read(&shown(&told, Form::Html));
    let summary = page.part("summary");
    assert!(
        summary.contains("The identity backup (IAMUser, account 111122223333) made 3 API calls as a program"),
        "{summary}"
    );
    assert!(
        summary.contains("Searched for in 1 of 3 sessions in the case and not found: sign-ins without MFA"),
        "{summary}"
    );
    let scanner = report(&case, only("scanner"));
    assert_eq!((scanner.totals.sessions, scanner.deeds.len(), scanner.totals.counts.findings), (1, 0, 0));
}

#[test]
fn commands_are_suggested_and_hostile_names_are_in_none() {
    let told = report(&theft(), Scope::default());
    let needs: Vec<Need> = told.remedies.rows.iter().map(|remedy| remedy.need).collect();
    assert_eq!(needs[..4], [Need::Key, Need::User, Need::Share, Need::Watch]);
    let html = shown(&told, Form::Html);
    let page = Page::read(&html);
    let part = page.part("remedies");
    for text in [
        "These are suggestions to review, not instructions",
        "aws iam update-access-key --access-key-id AKIAEXAMPLEMADE00000 --status Inactive --user-name backup",
        "aws ec2 modify-snapshot-attribute --snapshot-id snap-0123456789abcdef0 --attribute createVolumePermission \
         --operation-type remove --user-ids 444455556666 --region eu-west-1",
        "aws cloudtrail describe-trails --region eu-west-1",
        "aws secretsmanager rotate-secret --secret-id app/secret-10 --region eu-west-1",
        "Created user x;aws iam delete-user",
    ] {
        assert!(part.contains(text), "{text}:\n{part}");
    }
    let codes: Vec<&str> = page.all("code").map(|code| code.text.as_str()).collect();
    assert!(
        codes.len() > 20 && codes.iter().all(|code| !code.contains("delete-user") && !code.contains(';')),
        "{codes:?}"
    );
    let markdown = read(&shown(&told, Form::Markdown));
    assert_eq!(markdown.strange, Vec::<String>::new());
}
