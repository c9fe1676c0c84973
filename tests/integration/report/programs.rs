//! A case without console sessions: notable activity of programs is reported like clicks.

use cartographer::present::report::{Form, Need, Scope};
use serde_json::{Value, json};

use crate::report::markdown::read;
use crate::report::page::Page;
use crate::report::{Loaded, loaded, only, report, shown};

/// A user name that would be run as a command in a shell if it were not quoted or left out.
const HOSTILE: &str = "x;aws iam delete-user";

/// A call at a second by a user with a key, from an address, with its request and response.
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

/// The identity in most of the cases.
pub(crate) const THIEF: (&str, &str, &str) = ("deployer", "AKIAEXAMPLETHIEF0000", "203.0.113.9");
const MADE: (&str, &str, &str) = ("backup", "AKIAEXAMPLEMADE00000", "198.51.100.77");
const SCANNER: (&str, &str, &str) = ("scanner", "AKIAEXAMPLESCAN00000", "192.0.2.10");

/// A thief with a key, another key that the thief creates and uses from another address, and a scanner that lists.
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
fn programmatic_activity_is_reported_like_clicks() {
    let case = theft();
    let result = report(&case, Scope::default());
    assert_eq!((result.totals.sessions, result.totals.console_sessions, result.totals.searched_sessions), (2, 0, 3));
    let page = Page::read(&shown(&result, Form::Html));
    assert_eq!(page.errors, Vec::<String>::new());
    let summary = page.part("summary");
    for sentence in [
        "2 identities in 1 account had 2 sessions: 0 in the console and 2 by programs",
        "Log or detector changes: 1 event, 1 attempt",
        "Deleted trail audit",
        "Tried to stop logging for trail other: access denied",
        "Secret reads: 20 events",
        "Read secret app/secret-10, and 19 more secretsmanager:GetSecretValue calls, the last at 2026-05-04 10:00:29",
        "access key AKIAEXAMPLEMADE00000, created by deployer at 2026-05-04 10:00:02: 3 calls by backup from \
         198.51.100.77, 2026-05-04 10:00:40 to 10:00:42 UTC (iam:ListUsers)",
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
        "a value that was not counted must not be 0"
    );
    let secrets = "SELECT count(*) FROM events WHERE event_name = 'GetSecretValue' AND error_code IS NULL";
    assert_eq!(case.number(secrets), 20);
    let actors = page.part("actors");
    assert!(actors.contains("deployerfrom 203.0.113.9") && actors.contains("backupfrom 198.51.100.77"), "{actors}");
    let timeline = page.part("timeline");
    // Similar reads share a line, which names each secret.
    let named = (10..30).filter(|second| timeline.contains(&format!("app/secret-{second}"))).count();
    assert_eq!(named, 20, "{timeline}");
    assert!(timeline.contains("Read secret app/secret-10, and 19 more calls"), "{timeline}");
    assert!(
        !timeline.contains("scanner") && !summary.contains("scanner"),
        "an identity that only lists must not be shown"
    );
}

#[test]
fn filtered_report_states_searched_sessions() {
    let case = theft();
    let result = report(&case, only("backup"));
    let page = Page::read(&shown(&result, Form::Html));
    let summary = page.part("summary");
    assert!(
        summary.contains("The identity backup (IAMUser, account 111122223333) made 3 API calls programmatically"),
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
fn suggested_commands_contain_no_hostile_names() {
    let result = report(&theft(), Scope::default());
    let needs: Vec<Need> = result.remedies.rows.iter().map(|remedy| remedy.need).collect();
    assert_eq!(needs[..5], [Need::Used, Need::Key, Need::User, Need::Share, Need::Watch]);
    let html = shown(&result, Form::Html);
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
    let markdown = read(&shown(&result, Form::Markdown));
    assert_eq!(markdown.unexpected, Vec::<String>::new());
}

fn in_console(mut record: Value, mfa: &str, name: &str) -> Value {
    record["userIdentity"] = json!({
        "type": "IAMUser", "principalId": "AIDAEVE", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:user/eve", "userName": "eve",
    });
    record["userAgent"] = json!("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0");
    record["eventType"] = json!("AwsConsoleSignIn");
    record["responseElements"] = json!({ name: "Success" });
    // As in real records, only the sign-in itself contains whether MFA was used.
    if !mfa.is_empty() {
        record["additionalEventData"] =
            json!({ "MFAUsed": mfa, "LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No" });
    }
    record
}

#[test]
fn sign_in_shows_its_time_and_whether_mfa_was_used() {
    let sign_in = |second, name: &str, mfa| {
        in_console(call(second, THIEF, "signin", name, &Value::Null, &Value::Null), mfa, name)
    };
    let case = loaded(&[sign_in(5, "CheckMfa", ""), sign_in(19, "ConsoleLogin", "No")]);
    let result = report(&case, Scope::default());
    assert_eq!((result.sessions.rows.len(), result.sessions.rows[0].mfa), (1, Some(false)));
    let markdown = shown(&result, Form::Markdown);
    for text in [
        "eve signed in with a password, without MFA, from 203.0.113.9.",
        "The identity signed in with a password, without MFA.",
        "with Firefox 102 on Linux",
        "| 10:00:19 | login | Signed in to the console",
    ] {
        assert!(markdown.contains(text), "{text}:\n{markdown}");
    }
}

#[test]
fn creation_precedes_use_in_the_same_second() {
    let user = json!({"userName": "eve-2"});
    let mut records = vec![
        call(1, THIEF, "iam", "AddUserToGroup", &json!({"userName": "eve-2", "groupName": "g"}), &Value::Null),
        call(1, THIEF, "iam", "CreateUser", &user, &json!({"user": user})),
        call(1, THIEF, "iam", "DeleteUser", &user, &Value::Null),
    ];
    // The IDs are in the opposite order.
    for (record, id) in records.iter_mut().zip([2, 3, 1]) {
        record["eventID"] = json!(format!("00000000-0000-4000-9000-00000000000{id}"));
    }
    let result = report(&loaded(&records), Scope::default());
    let calls: Vec<&str> = result.lines.rows.iter().filter_map(|line| line.title.as_deref()).collect();
    assert_eq!(calls, ["iam:CreateUser", "iam:AddUserToGroup", "iam:DeleteUser"]);
}

#[test]
fn put_inline_policy_counts_as_created() {
    let policy = |second: u64, name: &str| {
        let document =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}]}"#;
        let request = json!({"userName": "bob", "policyName": format!("p{}", second % 30), "policyDocument": document});
        call(second, THIEF, "iam", name, &request, &Value::Null)
    };
    let records: Vec<Value> =
        (0..20).map(|n| policy(n, "PutUserPolicy")).chain((30..50).map(|n| policy(n, "DeleteUserPolicy"))).collect();
    let result = report(&loaded(&records), Scope::default());
    let sentences: Vec<&str> = result.patterns.iter().map(|pattern| pattern.what.as_str()).collect();
    assert_eq!(sentences, ["Deleted 20 resources: 20 policies; the same identity had created all of them"]);
}
