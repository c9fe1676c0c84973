//! Views and hunts agree on the classes of calls: for the examples of every call in `rules/calls/`, made by a program
//! and in the console.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use cartographer::batch::EventRows;
use cartographer::hunt::{Hunt, Tactic, shipped};
use cartographer::store::Case;
use cartographer::table::EVENTS;
use cartographer::{normalize, session};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

#[derive(Deserialize)]
struct Spec {
    case: Vec<Example>,
}

/// An example of a call in `rules/calls/<service>.spec.toml`.
#[derive(Deserialize)]
struct Example {
    call: String,
    request: Option<Value>,
    response: Option<Value>,
    extra: Option<Value>,
    error: Option<String>,
    read_only: Option<bool>,
}

/// Hunts that depend on the order or number of calls instead of their class: their hits may have any class.
const BEHAVIOR_HUNTS: [&str; 4] = [
    "credential-access/instance-credentials-elsewhere",
    "stealth/region-never-used",
    "impact/many-instances-started",
    "privilege-escalation/role-passed",
];

/// The classes of the calls that the hunts of a tactic report, or none if these hunts are about identities and
/// sessions.
fn classes(tactic: Tactic) -> &'static [&'static str] {
    match tactic {
        Tactic::Execution => &["execution", "exfiltration"],
        Tactic::Persistence => &["persistence", "credential_made", "privilege_change"],
        Tactic::PrivilegeEscalation => &["privilege_change"],
        Tactic::DefenseImpairment => &["defense_impairment"],
        Tactic::CredentialAccess => &["secret_read", "credential_made"],
        Tactic::Collection | Tactic::Exfiltration => &["data_exposure", "exfiltration"],
        Tactic::Impact => &["impact", "defense_impairment"],
        Tactic::InitialAccess | Tactic::Stealth | Tactic::Discovery | Tactic::LateralMovement | Tactic::Correlation => {
            &[]
        }
    }
}

fn examples() -> Vec<(String, Example)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules/calls");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".spec.toml"));
    files.sort();
    let mut examples = Vec::new();
    for file in files {
        let spec: Spec = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap().trim_end_matches(".spec.toml").to_owned();
        examples.extend(spec.case.into_iter().enumerate().map(|(at, example)| (format!("{name} {}", at + 1), example)));
    }
    examples
}

/// The record of an example, made by a program or in the console.
fn record(name: &str, example: &Example, minute: i64, is_console: bool) -> Value {
    let (service, call) = example.call.split_once(':').unwrap();
    let who = if is_console { "nadia" } else { "ci" };
    let mut record = json!({
        "eventVersion": "1.11",
        "eventID": format!("{name}{}", if is_console { " in the console" } else { "" }),
        "eventTime": chrono::DateTime::from_timestamp(1_772_000_000 + minute * 60, 0).unwrap().to_rfc3339(),
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": call,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": if is_console { "Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0" } else { "aws-cli/2.15.0" },
        "userIdentity": {
            "type": "IAMUser", "accountId": "111122223333", "arn": format!("arn:aws:iam::111122223333:user/{who}"),
            "userName": who, "accessKeyId": if is_console { "ASIAEXAMPLENADIA" } else { "AKIAEXAMPLECI" },
        },
        "requestParameters": example.request,
        "responseElements": example.response,
    });
    if is_console {
        record["sessionCredentialFromConsole"] = "true".into();
    }
    if let Some(error) = &example.error {
        record["errorCode"] = error.as_str().into();
    }
    if let Some(read_only) = example.read_only {
        record["readOnly"] = read_only.into();
    }
    for (member, value) in example.extra.iter().filter_map(Value::as_object).flatten() {
        record[member.as_str()] = value.clone();
    }
    record
}

/// A case of all examples, each by a program and in the console.
static CASE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.duckdb");
    let case = Case::open(&path).unwrap();
    let (mut rows, mut count) = (EventRows::default(), 0);
    for (name, example) in examples() {
        for is_console in [false, true] {
            let minute = i64::try_from(count).unwrap();
            let record = record(&name, &example, minute, is_console).to_string();
            let mut event = normalize::event(&record, "made up").unwrap();
            session::assign(&mut event, "made up");
            rows.push(&event, "made up", count).unwrap();
            count += 1;
        }
    }
    case.append(&EVENTS, [&rows.finish().unwrap()]).unwrap();
    case.gather_sessions(u64::MAX).unwrap();
    drop(case);
    (folder, path)
});

fn case() -> Case {
    Case::open_read_only(Path::new(&CASE.1)).unwrap()
}

/// The values of the named column in a query's result.
fn column(case: &Case, sql: &str, name: &str) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for batch in case.query(sql).unwrap() {
        let Some(column) = batch.column_by_name(name) else { continue };
        let column = cast(column, &DataType::Utf8).unwrap();
        let column = column.as_string::<i32>();
        values.extend((0..column.len()).filter(|row| column.is_valid(*row)).map(|row| column.value(row).to_owned()));
    }
    values
}

fn events_of_classes(case: &Case, classes: &[&str]) -> BTreeSet<String> {
    let list = classes.iter().map(|class| format!("'{class}'")).collect::<Vec<_>>().join(", ");
    column(case, &format!("SELECT event_id FROM event_classes WHERE class IN ({list})"), "event_id")
}

fn hits(case: &Case, hunt: &Hunt) -> BTreeSet<String> {
    column(case, &hunt.sql(&[]), "event_id")
}

#[test]
fn views_contain_the_events_of_their_class() {
    let case = case();
    // The views only leave out the setup of a new resource, and no click in this case creates one.
    for (view, classes) in [
        ("data_exposure", &["data_exposure"][..]),
        ("defense_impairment", &["defense_impairment"]),
        ("privilege_changes", &["privilege_change"]),
        ("secrets_seen", &["secret_read", "credential_made"]),
    ] {
        let shown = column(&case, &format!("SELECT event_id FROM {view}"), "event_id");
        let expected = events_of_classes(&case, classes);
        assert!(shown.len() > 50, "{view} has {} events", shown.len());
        let (more, less): (Vec<_>, Vec<_>) =
            (shown.difference(&expected).collect(), expected.difference(&shown).collect());
        assert!(more.is_empty() && less.is_empty(), "{view} shows {more:?} and leaves out {less:?}");
    }
}

#[test]
fn hunts_report_calls_of_their_tactics_classes() {
    let case = case();
    let mut unexpected = Vec::new();
    for hunt in shipped().unwrap() {
        let classes = classes(hunt.tactic);
        if classes.is_empty() || BEHAVIOR_HUNTS.contains(&hunt.id.as_str()) {
            continue;
        }
        let (hits, known) = (hits(&case, &hunt), events_of_classes(&case, classes));
        let unknown: Vec<&String> = hits.difference(&known).collect();
        if !unknown.is_empty() {
            unexpected.push(format!("{}: not in any of {classes:?}: {unknown:?}", hunt.id));
        }
    }
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

/// Hunts that find nothing in the examples, because they require several calls.
const SEQUENCE_HUNTS: [&str; 6] = [
    "credential-access/instance-credentials-elsewhere",
    "persistence/keys-listed-then-made",
    "credential-access/many-secrets-read",
    "stealth/region-never-used",
    "impact/instances-terminated",
    "persistence/made-key-used",
];

#[test]
fn hunts_for_calls_find_examples() {
    let case = case();
    let mut silent = Vec::new();
    for hunt in shipped().unwrap() {
        if classes(hunt.tactic).is_empty() || SEQUENCE_HUNTS.contains(&hunt.id.as_str()) {
            continue;
        }
        if hits(&case, &hunt).is_empty() {
            silent.push(hunt.id);
        }
    }
    assert!(silent.is_empty(), "{silent:?} find nothing");
}

#[test]
fn every_defense_impairment_is_reported_by_a_hunt() {
    let case = case();
    let hunts = shipped().unwrap();
    let of_tactic = hunts.iter().filter(|hunt| matches!(hunt.tactic, Tactic::DefenseImpairment | Tactic::Impact));
    let reported: BTreeSet<String> = of_tactic.flat_map(|hunt| hits(&case, hunt)).collect();
    let sql = "SELECT event_id || ': ' || event_key || ', ' || control AS event, event_id FROM defense_impairment WHERE effect <> 'changed'";
    let missed: Vec<String> = column(&case, sql, "event")
        .into_iter()
        .filter(|event| !reported.contains(event.split(": ").next().unwrap()))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}
