//! `hunt`.

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::cli::{answer, cartographer, case};

const UNUSUAL: &str = "correlation/sessions-at-unusual-hours";

#[test]
fn hunts_can_be_filtered_by_tactic_and_technique() {
    let dir = TempDir::new().unwrap();
    let list = |args: &[&str]| {
        let mut command = cartographer(dir.path(), &["hunt", "list", "--format", "csv"]);
        let output = command.args(args).assert().code(0).stderr(is_empty()).get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    };
    assert!(list(&[]).starts_with("id,tactic,techniques,title\ninitial-access/address-change-within-session,"));
    let impact = list(&["--tactic", "impact"]);
    assert!(impact.lines().count() > 4 && impact.lines().skip(1).all(|line| line.starts_with("impact/")), "{impact}");
    let below = list(&["--technique", "T1098"]);
    assert!(below.contains("persistence/access-key-for-another") && !below.contains("\nimpact/"), "{below}");
    assert_eq!(list(&["--technique", "T109"]), "id,tactic,techniques,title\n");
    cartographer(dir.path(), &["hunt", "list", "--tactic", "fun"]).assert().code(2);
}

#[test]
fn shown_sql_of_hunt_returns_the_same_rows() {
    let dir = case();
    let shown = cartographer(dir.path(), &["hunt", "show", UNUSUAL]).assert().code(0).stderr(is_empty());
    let sql = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert!(sql.starts_with("-- Who used the console outside working hours?\n-- tactic: correlation\n"), "{sql}");
    let sql = sql.replace("last_hour = 20", "last_hour = 9");
    let run = answer(&["hunt", "run", UNUSUAL, "--set", "last_hour=9", "--format", "csv"]);
    assert_eq!(answer(&["sql", "--format", "csv", &sql]), run);
    assert_eq!(run.lines().count(), 3, "{run}");
}

#[test]
fn parameters_filter_rows_and_cannot_inject_sql() {
    let run = |set: &[&str]| {
        let mut args = vec!["hunt", "run", UNUSUAL, "--format", "csv", "--set", "last_hour=9"];
        for set in set {
            args.extend(["--set", set]);
        }
        answer(&args)
    };
    let alice = run(&["principal=alice"]);
    assert!(
        alice.contains("alice,Started a console session on Monday at 09:12 UTC,") && !alice.contains("eve"),
        "{alice}"
    );
    assert!(run(&["since=2026-03-02 09:20"]).contains("Admin/eve\\u{1b}[31m"));
    assert_eq!(run(&["until=2026-03-02T09:00:00Z"]).lines().count(), 1);
    assert_eq!(run(&["principal='; SELECT 1; --"]).lines().count(), 1);
}

#[test]
fn invalid_parameters_are_refused_with_advice() {
    let dir = case();
    let run = |args: &[&str]| {
        let mut command = cartographer(dir.path(), &["hunt", "run", "--db", "case.duckdb"]);
        command.args(args).assert().code(2).stdout(is_empty())
    };
    run(&["hours"]).stderr(contains("error: there is no hunt \"hours\"").and(contains(UNUSUAL)));
    run(&[UNUSUAL, "--set", "hour=3"])
        .stderr(contains("no parameter \"hour\"").and(contains("since, until, principal, first_hour, last_hour")));
    run(&[UNUSUAL, "--set", "first_hour=six"]).stderr(contains("first_hour=six: expected a whole number"));
    run(&[UNUSUAL, "--set", "since=monday"]).stderr(contains("since=monday: expected RFC 3339"));
    run(&[UNUSUAL, "--set", "since"]).stderr(contains("expected NAME=VALUE"));
    cartographer(dir.path(), &["hunt", "run", UNUSUAL, "--db", "no.duckdb"]).assert().code(1);
}

/// A trail with one key that was created and never used.
const UNUSED_KEY: &str = r#"{"Records": [{"eventVersion": "1.08", "eventID": "11111111-2222-4333-8444-555555555555",
    "eventTime": "2026-03-02T09:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey",
    "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2.15.0", "readOnly": false,
    "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:user/mara",
        "userName": "mara", "accessKeyId": "AKIAEXAMPLEMARA00000"},
    "requestParameters": {"userName": "svc"},
    "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLENEW000000", "userName": "svc"}}}]}"#;

#[test]
fn note_mentions_keys_that_were_created_but_never_used() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("trail.json"), UNUSED_KEY).unwrap();
    cartographer(dir.path(), &["load", "trail.json", "--db", "case.duckdb", "-q"]).assert().code(0);
    let stderr_of = |args: &[&str]| {
        let mut command = cartographer(dir.path(), &["hunt", "run", "--db", "case.duckdb"]);
        String::from_utf8(command.args(args).assert().code(0).get_output().stderr.clone()).unwrap()
    };
    let hunt = "persistence/made-key-used";
    let note = "persistence/made-key-used: no hits, but there is 1 row with --set elsewhere=0\n";
    assert_eq!(stderr_of(&[hunt]), note);
    assert_eq!(stderr_of(&[hunt, "--set", "elsewhere=0"]), "");
    assert_eq!(stderr_of(&[hunt, "--set", "principal=nobody"]), "");
    let all = stderr_of(&["--all", "--tactic", "persistence"]);
    assert!(all.starts_with(note) && all.contains(" hits; `cartographer hunt run ID` shows them"), "{all}");
}
