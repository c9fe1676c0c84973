//! `docs/questions.md`: the command and the query of each question are run on the demo and on a public trail of an
//! attack, for which the answers are also calculated from the raw records.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// A question on the page.
struct Question<'p> {
    title: &'p str,
    command: &'p str,
    query: &'p str,
    /// Text that the query's result must contain. Empty if the result has no rows.
    answers: Vec<&'p str>,
}

fn questions(page: &str) -> Vec<Question<'_>> {
    let between = |text: &'_ str, open: &str, close: &str| -> (usize, usize) {
        let start = text.find(open).unwrap() + open.len();
        (start, start + text[start..].find(close).unwrap())
    };
    page.split("\n## ")
        .skip(1)
        .map(|section| {
            let (command, query) =
                (between(section, "```sh\ncartographer ", "\n```"), between(section, "```sql\n", "```"));
            let demo = section.split("Demo: ").nth(1).unwrap();
            Question {
                title: section.lines().next().unwrap(),
                command: &section[command.0..command.1],
                query: &section[query.0..query.1],
                answers: demo.split('`').skip(1).step_by(2).collect(),
            }
        })
        .collect()
}

/// The words of a command line. A quoted string is one word.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    };
    quoted.flat_map(part).collect()
}

fn run(folder: &Path, arguments: &[String]) -> Output {
    Command::new(cargo_bin("cartographer"))
        .current_dir(folder)
        .env_remove("CARTOGRAPHER_DB")
        .args(arguments)
        .output()
        .unwrap()
}

/// The answers to a question: the output of the command, and the rows of the query.
struct Answers {
    printed: String,
    rows: Vec<Value>,
}

impl Question<'_> {
    /// Runs the command and the query on the only case in the folder, with the demo's names replaced.
    fn answer(&self, folder: &Path, names: &[(&str, &str)]) -> Answers {
        let renamed = |text: &str| names.iter().fold(text.to_owned(), |text, (demo, own)| text.replace(demo, own));
        let succeeds = |arguments: &[String]| {
            let output = run(folder, arguments);
            assert!(output.status.success(), "{}: {}", self.title, String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let printed = succeeds(&words(&renamed(self.command)));
        let lines = succeeds(&["sql".to_owned(), "--format".to_owned(), "jsonl".to_owned(), renamed(self.query)]);
        Answers { printed, rows: lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect() }
    }
}

/// A folder with the case of one trail.
fn case(trail: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let trail = trail.display().to_string();
    let loaded = run(folder.path(), &["load", &trail, "--db", "case.duckdb"].map(str::to_owned));
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    folder
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/questions.md")).unwrap()
}

#[test]
fn all_questions_are_answered_on_the_demo() {
    let folder = case(&Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz"));
    let page = page();
    let questions = questions(&page);
    assert_eq!(questions.len(), 20);
    for question in &questions {
        let Answers { printed, rows } = question.answer(folder.path(), &[]);
        let answer = rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(question.answers.is_empty(), rows.is_empty(), "{}: {answer}", question.title);
        let is_file = question.command.contains(" -o ");
        let is_printed = question.answers.iter().any(|expected| printed.contains(expected));
        assert!(
            rows.is_empty() || is_file || is_printed,
            "{}: {:?} not in {printed}",
            question.title,
            question.answers
        );
        for expected in &question.answers {
            assert!(answer.contains(expected), "{}: no {expected} in {answer}", question.title);
        }
    }
}

/// The raw records of a trail, with functions to count them.
struct Records(Vec<Value>);

impl Records {
    fn read(folder: &Path) -> Self {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let records = files.filter(|path| path.extension().is_some_and(|name| name == "json")).flat_map(|path| {
            let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            file["Records"].as_array().unwrap().clone()
        });
        Self(records.collect())
    }

    fn count(&self, condition: impl Fn(&Value) -> bool) -> usize {
        self.0.iter().filter(|record| condition(record)).count()
    }

    /// The number of records of each call that satisfy a condition.
    fn calls(&self, condition: impl Fn(&Value) -> bool) -> BTreeMap<&str, usize> {
        let mut calls = BTreeMap::new();
        for record in self.0.iter().filter(|record| condition(record)) {
            *calls.entry(text(record, "/eventName")).or_default() += 1;
        }
        calls
    }

    /// The values at a path in the records of a call, without those of failed calls.
    fn values(&self, call: &str, path: &str) -> BTreeSet<&str> {
        let succeeded = |record: &&Value| text(record, "/eventName") == call && record["errorCode"].is_null();
        self.0.iter().filter(succeeded).map(|record| text(record, path)).collect()
    }
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The sum of a column.
fn sum(rows: &[Value], column: &str) -> usize {
    rows.iter().map(|row| usize::try_from(row[column].as_u64().unwrap()).unwrap()).sum()
}

/// The number of events per call in the rows, from a column with counts.
fn calls_by_count<'v>(rows: &'v [Value], column: &str) -> BTreeMap<&'v str, usize> {
    let mut calls = BTreeMap::new();
    for row in rows {
        let name = text(row, "/event_key").split(':').nth(1).unwrap();
        *calls.entry(name).or_default() += usize::try_from(row[column].as_u64().unwrap()).unwrap();
    }
    calls
}

/// The rows in which the column contains a text.
fn rows_containing<'v>(rows: &'v [Value], column: &str, part: &str) -> Vec<&'v Value> {
    rows.iter().filter(|row| text(row, &format!("/{column}")).contains(part)).collect()
}

const ATTACKER: &str = "bert-jan";
const ADDRESS: &str = "192.168.10.20";
/// A secret in the trail, and the key of a role session that the attacker started.
const SECRET: &str = "stratus-red-team-retrieve-secret-0";
const KEY: &str = "ASIATFQR7NSC2632JLFK";

/// The replacements for the demo's names on the page.
const NAMES: [(&str, &str); 8] = [
    ("nadia", ATTACKER),
    ("203.0.113.147", ADDRESS),
    ("203.0.113.0/24", "192.168.10.0/24"),
    ("AKIAEXAMPLEJ3XHTZZXB", KEY),
    ("payments/gateway-token", SECRET),
    ("actor svc-backup", "actor stratus-red-team-get-usr-data-role"),
    ("2026-03-11T19:41:32Z", "2023-07-10T12:24:29Z"),
    (
        "2026-03-11 19:31:32' AND TIMESTAMP '2026-03-11 19:51:32",
        "2023-07-10 12:14:29' AND TIMESTAMP '2023-07-10 12:34:29",
    ),
];

fn attack() -> Option<(Records, Vec<Answers>)> {
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/trails/invictus-2023/CloudTrail");
    if !trail.exists() {
        return None;
    }
    let folder = case(&trail);
    let page = page();
    let answers = questions(&page).iter().map(|question| question.answer(folder.path(), &NAMES)).collect();
    Some((Records::read(&trail), answers))
}

fn is_by(record: &Value, name: &str) -> bool {
    text(record, "/userIdentity/userName") == name
}

/// Whether a record shares a resource with another account, or with everybody.
fn shares(record: &Value) -> bool {
    let request = record["requestParameters"].to_string();
    let others = ["012345678901", "012345678912", "193672423079"].iter().any(|account| request.contains(account));
    record["errorCode"].is_null()
        && match text(record, "/eventName") {
            "ModifyImageAttribute" | "ModifySnapshotAttribute" | "ModifyDBSnapshotAttribute" => {
                others && !request.contains("\"remove\"") && !request.contains("valuesToRemove")
            }
            "PutBucketPolicy" | "UpdateAssumeRolePolicy" => others,
            "AddPermission20150331v2" => text(record, "/requestParameters/principal") == "*",
            _ => false,
        }
}

#[test]
fn answers_on_an_attack_match_the_raw_records() {
    let Some((records, answers)) = attack() else { return };
    assert_sign_ins_creations_and_logging(&records, &answers);
    assert_origins_times_and_gaps(&records, &answers);
    assert_uses_reads_and_shares(&records, &answers);
}

/// Questions 1, 2, 3, 5, 6 and 14.
fn assert_sign_ins_creations_and_logging(records: &Records, answers: &[Answers]) {
    let rows = |number: usize| answers[number - 1].rows.as_slice();
    let printed = |number: usize| answers[number - 1].printed.as_str();
    let all = |number: usize| rows(number).iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let holds = |number: usize, values: BTreeSet<&str>, least: usize| {
        assert!(values.len() >= least, "{number}: {values:?}");
        for value in values {
            assert!(all(number).contains(value), "{number}: no {value}");
        }
    };

    // 1: sign-ins without MFA.
    let without = |record: &Value| text(record, "/additionalEventData/MFAUsed") == "No";
    assert_eq!((rows(1).len(), records.count(without)), (1, 1));
    assert!(printed(1).contains("stratus-red-team-nmfalu-gfjyeaypjt"), "{}", printed(1));

    // 2 and 14: created resources, by the console or a program.
    for (call, path, least) in [
        ("CreateUser", "/responseElements/user/userName", 4),
        ("CreateRole", "/responseElements/role/roleName", 13),
        ("CreateAccessKey", "/responseElements/accessKey/accessKeyId", 2),
        ("CreateSecret", "/requestParameters/name", 20),
        ("CreateBucket", "/requestParameters/bucketName", 5),
        ("CreateDBInstance", "/requestParameters/dBInstanceIdentifier", 1),
        ("CreateTrail", "/requestParameters/name", 2),
    ] {
        holds(2, records.values(call, path), least);
    }
    holds(14, records.values("CreateUser", "/responseElements/user/userName"), 4);
    holds(14, records.values("CreateAccessKey", "/responseElements/accessKey/accessKeyId"), 2);

    // 3: keys that were created, and that nobody used.
    let keys = records.values("CreateAccessKey", "/responseElements/accessKey/accessKeyId");
    let uses = records.count(|record| keys.contains(text(record, "/userIdentity/accessKeyId")));
    assert_eq!((rows(3).len(), sum(rows(3), "uses"), uses), (keys.len(), 0, 0));
    assert!(keys.iter().all(|key| printed(3).contains(key)), "{}", printed(3));

    // 5: no data events, so no objects.
    assert_eq!((rows(5).len(), records.count(|record| text(record, "/eventCategory") == "Data")), (0, 0));

    // 6: logging.
    let trails = |call: &str, failed: bool| {
        records.count(|record| text(record, "/eventName") == call && record["errorCode"].is_null() != failed)
    };
    let found = |number, part| rows_containing(rows(number), "summary", part).len();
    assert_eq!((found(6, "Deleted trail"), trails("DeleteTrail", false)), (2, 2));
    assert_eq!((found(6, "Tried to delete trail"), trails("DeleteTrail", true)), (1, 1));
    assert_eq!((found(6, "Tried to stop logging"), trails("StopLogging", true)), (3, 3));
    assert_eq!(printed(6).matches("elete trail").count() + printed(6).matches("eleted trail").count(), 3);
}

/// Questions 4, 7 to 11, and 20.
fn assert_origins_times_and_gaps(records: &Records, answers: &[Answers]) {
    let rows = |number: usize| answers[number - 1].rows.as_slice();

    // 4: the buckets that the console requested.
    let by_console =
        records.0.iter().filter(|record| text(record, "/userAgent").contains("S3Console") && is_by(record, ATTACKER));
    let opened: BTreeSet<&str> = by_console.map(|record| text(record, "/requestParameters/bucketName")).collect();
    let opened = opened.iter().filter(|name| !name.is_empty()).count();
    let seen = rows_containing(rows(4), "entity_type", "bucket");
    assert_eq!((seen.len(), seen[0]["things"].as_u64(), opened), (1, Some(8), 8));

    // 7: the first call from the address.
    let from = |record: &Value| text(record, "/sourceIPAddress") == ADDRESS;
    let first = records.0.iter().filter(|record| from(record) && is_by(record, ATTACKER));
    let first = first.map(|record| text(record, "/eventTime")).min().unwrap();
    let known = rows_containing(rows(7), "principal", ATTACKER);
    assert!(
        known.iter().any(|row| text(row, "/first_time").trim_end_matches(".000000Z").contains(&first[..19])),
        "{known:?}"
    );

    // 8: every event of the identity is counted once.
    assert_eq!(sum(rows(8), "events"), records.count(|record| is_by(record, ATTACKER)));

    // 9: failed calls, and those of them that were denied.
    assert_eq!(rows(9).len(), records.count(|record| !record["errorCode"].is_null()));
    let refused = ["AccessDenied", "Client.UnauthorizedOperation"];
    let denied = records.count(|record| refused.contains(&text(record, "/errorCode")));
    assert_eq!(rows_containing(rows(9), "outcome", "denied").len(), denied);

    // 10: ten minutes before and after.
    let around =
        |record: &Value| ("2023-07-10T12:14:29Z"..="2023-07-10T12:34:29Z").contains(&text(record, "/eventTime"));
    assert_eq!(rows(10).len(), records.count(around));

    // 11: a role session is traced to the identity that started it, by the key in the response.
    let opens = |record: &Value| text(record, "/responseElements/credentials/accessKeyId") == KEY;
    assert!(records.0.iter().any(|record| opens(record) && is_by(record, ATTACKER)));
    let chain = format!("{ATTACKER} > AssumeRole {KEY} > stratus-red-team-get-usr-data-role");
    assert!(
        !rows_containing(rows(11), "chain", &chain).is_empty() && answers[10].printed.contains(&chain),
        "{}",
        answers[10].printed
    );

    // 20: no data events, neither of the account nor of the buckets that were created in it; and deleted trails.
    let gaps =
        |gap| rows_containing(rows(20), "gap", gap).iter().map(|row| text(row, "/name")).collect::<BTreeSet<_>>();
    assert_eq!(gaps("category"), BTreeSet::from(["Data", "Insight", "NetworkActivity"]));
    assert!(gaps("data events").is_superset(&records.values("CreateBucket", "/requestParameters/bucketName")));
    assert_eq!(gaps("logging"), records.values("DeleteTrail", "/requestParameters/name"));
    assert!(gaps("region").is_empty() && gaps("hours").is_empty(), "{:?}", rows(20));
}

/// Questions 12, 13, and 15 to 19.
fn assert_uses_reads_and_shares(records: &Records, answers: &[Answers]) {
    let rows = |number: usize| answers[number - 1].rows.as_slice();

    // 12 and 19: the calls of a key and of an address.
    let signed = records.calls(|record| text(record, "/userIdentity/accessKeyId") == KEY);
    assert_eq!(calls_by_count(rows(12), "calls"), signed);
    assert_eq!(calls_by_count(rows(19), "calls"), records.calls(|record| text(record, "/sourceIPAddress") == ADDRESS));

    // 13: the calls of Secrets Manager that name a secret.
    let of_secrets = |record: &Value| text(record, "/eventSource") == "secretsmanager.amazonaws.com";
    assert_eq!(rows(13).len(), records.count(|record| of_secrets(record) && record.to_string().contains(SECRET)));

    // 15: policies that were attached.
    let granted = rows(15).iter().map(Value::to_string).collect::<String>();
    let attached = records.values("AttachRolePolicy", "/requestParameters/policyArn");
    assert!(!attached.is_empty() && attached.iter().all(|policy| granted.contains(policy)), "{attached:?}");

    // 16: resources that were shared with others, all of which were closed again before the trail ends.
    let (networks, shared): (Vec<&Value>, Vec<&Value>) =
        rows(16).iter().partition(|row| text(row, "/opened_to_type") == "network");
    assert_eq!((shared.len(), records.count(shares)), (6, 6));
    let opens = |record: &Value| {
        text(record, "/eventName") == "AuthorizeSecurityGroupIngress" && record.to_string().contains("0.0.0.0/0")
    };
    assert_eq!((networks.len(), records.count(opens)), (2, 2));
    for row in rows(16) {
        let closing: String = text(row, "/closed_at").chars().take(19).collect();
        let closes = |record: &Value| {
            let name = text(record, "/eventName");
            let undoes = ["Delete", "Remove", "Revoke", "Modify"].iter().any(|verb| name.starts_with(verb));
            undoes && text(record, "/eventTime").starts_with(&closing) && record["errorCode"].is_null()
        };
        assert!(records.count(closes) > 0, "nothing closed {row}");
    }

    // 17: resources that were not removed.
    let undone = rows(17).iter().map(Value::to_string).collect::<String>();
    let users = records.values("CreateUser", "/responseElements/user/userName");
    assert!(users.len() == 4 && users.iter().all(|user| undone.contains(user)), "{users:?}");

    // 18: the first change of the attacker.
    let changes =
        |record: &&Value| record["readOnly"] == false && is_by(record, ATTACKER) && record["errorCode"].is_null();
    let first = records.0.iter().filter(changes).map(|record| text(record, "/eventTime")).min().unwrap();
    assert!(text(&rows(18)[0], "/event_time").contains(&first[..19]), "{:?}", rows(18));
}
