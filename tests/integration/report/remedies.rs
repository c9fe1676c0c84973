//! Changes that were reversed or deleted later and changes that were not, and who read or changed which resources.

use cartographer::present::report::{Form, Need, Report, Scope};
use serde_json::{Value, json};

use crate::report::programs::{THIEF, call, failed};
use crate::report::{demo, loaded, report, shown};

/// 2026-05-04 10:00:00 UTC in microseconds: second 0 of [`call`].
const START: i64 = 1_777_888_800_000_000;

/// A change by [`THIEF`].
#[expect(clippy::needless_pass_by_value, reason = "calls are easier to read with a literal")]
fn change(second: u64, source: &str, name: &str, request: Value) -> Value {
    call(second, THIEF, source, name, &request, &Value::Null)
}

fn in_other_region(mut record: Value) -> Value {
    record["awsRegion"] = json!("eu-central-1");
    record
}

fn share(second: u64, id: &str, change_of: &str, accounts: &[&str]) -> Value {
    let items: Vec<Value> = accounts.iter().map(|account| json!({ "userId": account })).collect();
    let permission = json!({ change_of: { "items": items } });
    let request = json!({
        "snapshotId": id, "attributeType": "CREATE_VOLUME_PERMISSION", "createVolumePermission": permission,
    });
    change(second, "ec2", "ModifySnapshotAttribute", request)
}

/// Each remedy's sentence, the second in which the change ended, if it did, and what was deleted then.
fn ends(result: &Report) -> Vec<(&str, Option<i64>, &[String])> {
    let end = |at: i64| (at - START) / 1_000_000;
    let rows = result.remedies.rows.iter().filter(|row| ![Need::Secret, Need::Used].contains(&row.need));
    rows.map(|row| (row.what.as_str(), row.gone.map(|gone| end(gone.0)), row.deleted.as_slice())).collect()
}

#[test]
fn share_ends_when_it_is_removed_for_all_accounts() {
    let result = report(
        &loaded(&[
            share(1, "snap-0000000000000001a", "add", &["444455556666"]),
            share(2, "snap-0000000000000002a", "add", &["444455556666", "777788889999"]),
            share(3, "snap-0000000000000003a", "add", &["444455556666"]),
            share(4, "snap-0000000000000004a", "add", &["444455556666"]),
            share(20, "snap-0000000000000001a", "remove", &["444455556666"]),
            share(21, "snap-0000000000000002a", "remove", &["444455556666"]),
            failed(share(22, "snap-0000000000000003a", "remove", &["444455556666"]), "AccessDenied"),
            share(23, "snap-0000000000000004a", "remove", &["444455556666"]),
            share(24, "snap-0000000000000004a", "add", &["444455556666"]),
            change(40, "ec2", "DeleteSnapshot", json!({"snapshotId": "snap-0000000000000001a"})),
        ]),
        Scope::default(),
    );
    let expected: [(&str, Option<i64>, &[String]); 4] = [
        ("Shared snapshot snap-0000000000000002a with account 444455556666 and 777788889999", None, &[]),
        ("Shared snapshot snap-0000000000000003a with account 444455556666", None, &[]),
        ("Shared snapshot snap-0000000000000004a with account 444455556666", None, &[]),
        ("Shared snapshot snap-0000000000000001a with account 444455556666", Some(20), &[]),
    ];
    assert_eq!(ends(&result), expected);
    let markdown = shown(&result, Form::Markdown);
    let end = "| 2026-05-04 10:00:20 · Stopped sharing snapshot snap-0000000000000001a with account 444455556666, by the same identity; \
        accessible for 19 s: copies made in that time cannot be ruled out<br>event ";
    assert_eq!(markdown.matches(end).count(), 1, "{markdown}");
    assert_eq!(
        markdown.matches("operation-type remove").count(),
        3,
        "a share that ended must not have a command:\n{markdown}"
    );
}

#[test]
fn policy_ends_only_with_the_call_that_removes_it() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::orders/*"}]}"#;
    let invoke = |second, function: &str| {
        let request = json!({
            "functionName": function, "statementId": "a", "action": "lambda:InvokeFunction", "principal": "*",
        });
        change(second, "lambda", "AddPermission20150331v2", request)
    };
    let remove = |second, function: &str, statement: &str| {
        let request = json!({"functionName": function, "statementId": statement});
        change(second, "lambda", "RemovePermission20150331v2", request)
    };
    let attach = |second, name: &str, policy: &str| {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        change(second, "iam", name, json!({"userName": "bob", "policyArn": arn}))
    };
    let bucket = json!({"bucketName": "orders"});
    let result = report(
        &loaded(&[
            invoke(1, "thumbnails"),
            invoke(2, "invoices"),
            change(3, "s3", "PutBucketPolicy", json!({"bucketName": "orders", "bucketPolicy": policy})),
            change(4, "s3", "DeleteBucketPublicAccessBlock", bucket.clone()),
            attach(5, "AttachUserPolicy", "AdministratorAccess"),
            attach(6, "AttachUserPolicy", "ReadOnlyAccess"),
            change(7, "iam", "CreateLoginProfile", json!({"userName": "bob"})),
            remove(20, "thumbnails", "b"),
            remove(21, "invoices", "a"),
            change(22, "s3", "DeleteBucketPolicy", bucket),
            attach(23, "DetachUserPolicy", "ReadOnlyAccess"),
            change(24, "iam", "DeleteLoginProfile", json!({"userName": "bob"})),
        ]),
        Scope::default(),
    );
    // Changes that are still in effect come first.
    let expected: [(&str, Option<i64>, &[String]); 7] = [
        ("Attached AdministratorAccess to user bob", None, &[]),
        ("Let everyone call lambda:InvokeFunction on function thumbnails", None, &[]),
        ("Deleted the Block Public Access settings from bucket orders", None, &[]),
        ("Created a console password for bob", Some(24), &[]),
        ("Attached ReadOnlyAccess to user bob", Some(23), &[]),
        ("Let everyone call lambda:InvokeFunction on function invoices", Some(21), &[]),
        ("Put a policy on bucket orders that lets account 444455556666 call s3:GetObject", Some(22), &[]),
    ];
    assert_eq!(ends(&result), expected);
}

#[test]
fn restarted_logging_is_not_listed_as_stopped() {
    let select = |second, all: bool| {
        let selectors = json!([{"readWriteType": "All", "includeManagementEvents": all}]);
        let request = json!({"trailName": "main", "eventSelectors": selectors});
        change(second, "cloudtrail", "PutEventSelectors", request)
    };
    let result = report(
        &loaded(&[
            change(1, "cloudtrail", "StopLogging", json!({"name": "main"})),
            change(2, "cloudtrail", "StopLogging", json!({"name": "audit"})),
            select(3, false),
            change(20, "cloudtrail", "StartLogging", json!({"name": "main"})),
            in_other_region(change(21, "cloudtrail", "StartLogging", json!({"name": "audit"}))),
            select(22, true),
            change(30, "cloudtrail", "DeleteTrail", json!({"name": "main"})),
        ]),
        Scope::default(),
    );
    let expected: [(&str, Option<i64>, &[String]); 4] = [
        ("Stopped logging for trail audit", None, &[]),
        ("Deleted trail main", None, &[]),
        ("Stopped logging for trail main", Some(20), &[]),
        ("Stopped trail main from logging management events, and set it to log no data events", Some(22), &[]),
    ];
    assert_eq!(ends(&result), expected);
}

#[test]
fn created_resource_ends_when_deleted_by_name_or_id() {
    let id = "49e25ec3-0000-4000-8000-000000000001";
    let anchor = json!({"name": "anchor", "source": {"sourceType": "CERTIFICATE_BUNDLE"}});
    let launched = |ids: &[&str]| {
        let items: Vec<Value> = ids.iter().map(|id| json!({ "instanceId": id })).collect();
        json!({"instancesSet": {"items": items}})
    };
    let run = |second, ids: &[&str]| {
        call(second, THIEF, "ec2", "RunInstances", &json!({"instanceType": "t3.micro"}), &launched(ids))
    };
    let terminate = |second, ids: &[&str]| change(second, "ec2", "TerminateInstances", launched(ids));
    let result = report(
        &loaded(&[
            call(
                1,
                THIEF,
                "rolesanywhere",
                "CreateTrustAnchor",
                &anchor,
                &json!({"trustAnchor": {"name": "anchor", "trustAnchorId": id}}),
            ),
            run(2, &["i-000000000000000a1", "i-000000000000000a2"]),
            run(3, &["i-000000000000000b1", "i-000000000000000b2"]),
            change(4, "iam", "CreateLoginProfile", json!({"userName": "bob"})),
            change(20, "rolesanywhere", "DeleteTrustAnchor", json!({"trustAnchorId": id})),
            terminate(21, &["i-000000000000000a1"]),
            terminate(22, &["i-000000000000000b1", "i-000000000000000b2"]),
            change(23, "iam", "DeleteUser", json!({"userName": "bob"})),
        ]),
        Scope::default(),
    );
    let made = result.remedies.rows.iter().filter(|row| row.need != Need::Used);
    let ends: Vec<(Need, Option<i64>, Vec<&str>)> = made
        .map(|row| {
            let end = row.gone.map(|gone| (gone.0 - START) / 1_000_000);
            (row.need, end, row.deleted.iter().map(String::as_str).collect())
        })
        .collect();
    let expected = [
        (Need::Instance, None, vec![]),
        (Need::Password, Some(23), vec!["user"]),
        (Need::Trust, Some(20), vec!["trust_anchor"]),
        (Need::Instance, Some(22), vec!["instance", "instance"]),
    ];
    assert_eq!(ends, expected);
    let markdown = shown(&result, Form::Markdown);
    for text in [
        "2026-05-04 10:00:23 · Deleted user bob, by the same identity, after 19 s",
        "2026-05-04 10:00:20 · Deleted",
        "2026-05-04 10:00:22 · the last deletion: Terminated",
    ] {
        assert!(markdown.contains(text), "{text}:\n{markdown}");
    }
}

#[test]
fn each_secret_is_counted_once() {
    let read = |second, name: &str, request: Value| change(second, "ssm", name, request);
    let secret = |second| change(second, "secretsmanager", "GetSecretValue", json!({"secretId": "app/secret"}));
    let result = report(
        &loaded(&[
            secret(1),
            secret(2),
            read(3, "GetParameters", json!({"names": ["/a", "/b"], "withDecryption": true})),
            read(4, "GetParameter", json!({"name": "/a", "withDecryption": true})),
            read(20, "DeleteParameter", json!({"name": "/b"})),
        ]),
        Scope::default(),
    );
    let secrets = result.remedies.rows.iter().filter(|row| row.need == Need::Secret);
    let rows: Vec<(&str, u64, bool)> =
        secrets.map(|row| (row.what.as_str(), row.events, row.value_of_deleted)).collect();
    let expected = [
        ("Read secret app/secret", 2, false),
        ("Read the decrypted value of parameter /a", 2, false),
        (
            "Read the decrypted values of parameters /a and /b; one of them is /b; the parameter was deleted at \
             2026-05-04 10:00:20, after it had been read",
            1,
            true,
        ),
    ];
    assert_eq!(rows, expected);
    let ended_count = result.remedies.rows.iter().filter(|row| row.gone.is_some()).count();
    assert_eq!(ended_count, 0, "deleting a secret does not reverse reading it");
    let markdown = shown(&result, Form::Markdown);
    assert!(markdown.contains("Act on first: 4 items"), "{markdown}");
    assert!(!markdown.contains("No longer in effect"), "{markdown}");
}

#[test]
fn changes_to_own_resources_are_less_urgent() {
    let volume = |second, id: &str| {
        call(second, THIEF, "ec2", "CreateVolume", &json!({"size": "8"}), &json!({ "volumeId": id }))
    };
    let snapshot = |second, volume: &str, id: &str| {
        let answer = json!({"volumeId": volume, "snapshotId": id});
        call(second, THIEF, "ec2", "CreateSnapshot", &json!({ "volumeId": volume }), &answer)
    };
    let secret = |second, name: &str, secret: &str| {
        change(second, "secretsmanager", name, json!({"name": secret, "secretId": secret}))
    };
    let result = report(
        &loaded(&[
            volume(1, "vol-0000000000000001a"),
            snapshot(2, "vol-0000000000000001a", "snap-0000000000000001a"),
            share(3, "snap-0000000000000001a", "add", &["444455556666"]),
            snapshot(4, "vol-0000000000000002a", "snap-0000000000000002a"),
            share(5, "snap-0000000000000002a", "add", &["444455556666"]),
            secret(6, "CreateSecret", "own/a"),
            secret(7, "CreateSecret", "own/b"),
            secret(8, "GetSecretValue", "own/a"),
            secret(9, "GetSecretValue", "own/b"),
            secret(10, "GetSecretValue", "app/db"),
            change(
                11,
                "secretsmanager",
                "DeleteSecret",
                json!({"secretId": "own/b", "forceDeleteWithoutRecovery": true}),
            ),
        ]),
        Scope::default(),
    );
    let needs = [Need::Share, Need::Secret];
    let rows = result.remedies.rows.iter().filter(|row| needs.contains(&row.need));
    let described: Vec<(&str, bool)> = rows.map(|row| (row.what.as_str(), row.urgent)).collect();
    let expected = [
        ("Shared snapshot snap-0000000000000002a with account 444455556666", true),
        ("Read secret app/db", true),
        (
            "Shared snapshot snap-0000000000000001a with account 444455556666; the same identity had created it and the \
             volume that it was made from",
            false,
        ),
        ("Read 2 secrets that the same identity had created; 1 of them was deleted later", false),
    ];
    assert_eq!(described, expected);
}

#[test]
fn trust_policy_without_outside_access_ends_it() {
    let trust = |second, who: Value| {
        let document = json!({"Statement": [{"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}]});
        let request = json!({"roleName": "ops", "policyDocument": document.to_string()});
        change(second, "iam", "UpdateAssumeRolePolicy", request)
    };
    let result = report(
        &loaded(&[trust(1, json!({"AWS": "444455556666"})), trust(20, json!({"Service": "ec2.amazonaws.com"}))]),
        Scope::default(),
    );
    let expected: [(&str, Option<i64>, &[String]); 1] = [(
        "Replaced the trust policy of role ops with one that lets external account 444455556666 assume it",
        Some(20),
        &[],
    )];
    assert_eq!(ends(&result), expected);
}

#[test]
fn resource_is_either_touched_or_only_seen() {
    let demo = demo();
    let result = report(&demo, Scope::default());
    let database = result.things.rows.iter().find(|thing| thing.entity_value == "orders/database").unwrap();
    let reads = "SELECT count(*) FROM events WHERE event_name = 'GetSecretValue' AND outcome = 'succeeded' \
         AND (request_parameters->>'$.secretId') LIKE '%orders/database%'";
    assert_eq!((database.touched, database.sightings), (true, demo.number(reads)));
    assert!(database.principals.iter().all(|principal| principal.starts_with("orders-api")), "{database:?}");
    for seen in &result.seen {
        let both: Vec<&str> = result
            .things
            .rows
            .iter()
            .filter(|thing| thing.entity_type == seen.entity_type && seen.named.contains(&thing.entity_value))
            .map(|thing| thing.entity_value.as_str())
            .collect();
        assert!(both.is_empty(), "listed both as touched and as only seen: {both:?}");
    }
}

#[test]
fn remedies_match_open_to_outside() {
    let rule = |port: u64, cidr: &str| {
        json!({"groupId": "sg-0a1b2c3d", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": port, "toPort": port,
            "ipRanges": {"items": [{"cidrIp": cidr}]}}]}})
    };
    let loaded = loaded(&[
        share(1, "snap-0000000000000001a", "add", &["444455556666"]),
        share(2, "snap-0000000000000002a", "add", &["444455556666"]),
        change(3, "ec2", "AuthorizeSecurityGroupIngress", rule(22, "0.0.0.0/0")),
        change(4, "ec2", "AuthorizeSecurityGroupIngress", rule(443, "0.0.0.0/0")),
        change(5, "ec2", "AuthorizeSecurityGroupIngress", rule(5432, "10.0.0.0/8")),
        share(20, "snap-0000000000000001a", "remove", &["444455556666"]),
        change(21, "ec2", "RevokeSecurityGroupIngress", rule(22, "0.0.0.0/0")),
    ]);
    let result = report(&loaded, Scope::default());
    let open = |condition: &str| loaded.number(&format!("SELECT count(*) FROM open_to_outside WHERE {condition}"));
    let of_need = |need| result.remedies.rows.iter().filter(move |row| row.need == need);
    let shares =
        (of_need(Need::Share).count() as u64, of_need(Need::Share).filter(|row| row.gone.is_none()).count() as u64);
    assert_eq!(shares, (open("resource_type = 'snapshot'"), open("resource_type = 'snapshot' AND closed_at IS NULL")));
    let rules: Vec<(&str, bool)> = of_need(Need::Network).map(|row| (row.what.as_str(), row.gone.is_some())).collect();
    let expected =
        [("Opened port 443 to 0.0.0.0/0 on sg-0a1b2c3d", false), ("Opened port 22 to 0.0.0.0/0 on sg-0a1b2c3d", true)];
    assert_eq!(rules, expected);
    assert_eq!((shares.0, open("opened_to_type = 'network'"), open("closed_at IS NULL")), (2, 2, 2));
    let markdown = shown(&result, Form::Markdown);
    let first = result.remedies.rows.iter().filter(|row| row.urgent).map(|row| row.what.as_str()).collect::<Vec<_>>();
    assert!(first.contains(&"Shared snapshot snap-0000000000000002a with account 444455556666"), "{first:?}");
    assert!(
        !first.contains(&"Opened port 443 to 0.0.0.0/0 on sg-0a1b2c3d"),
        "an open web port must be less urgent: {first:?}"
    );
    let ended =
        markdown.lines().find(|line| line.contains("Opened port 22 to 0.0.0.0/0 on sg-0a1b2c3d<br>event ")).unwrap();
    assert!(
        ended.contains("| 2026-05-04 10:00:21 · ") && ended.contains(", by the same identity; open for 18 s<br>event ")
    );
}
