//! Reading a trail in memory gives the same rows as loading it into a case.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use arrow::util::pretty::pretty_format_batches;
use cartographer::event::Timestamp;
use cartographer::load::{LoadOptions, NoProgress, load};
use cartographer::read;
use cartographer::rule::RuleSet;
use cartographer::store::Case;
use cartographer::table::{
    EVENT_SIGNAL, EVENTS, LOAD_FILES, REJECTS, SESSIONS, SIGNAL_ENTITIES, SIGNALS, TABLES, Table,
};
use cartographer::trail::{Filter, Span, Trail, TrailError};
use fastrand::Rng;
use flate2::read::GzDecoder;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz")
}

fn demo_records() -> Vec<Value> {
    let trail: Value = serde_json::from_reader(GzDecoder::new(fs::File::open(demo()).unwrap())).unwrap();
    trail["Records"].as_array().unwrap().clone()
}

fn threads() -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(2).build().unwrap()
}

fn inputs(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

fn read(paths: &[PathBuf], filter: &Filter) -> Trail {
    Trail::read(read::discover(&inputs(paths)), filter, &threads()).unwrap()
}

/// The rows of a case's table as text, in their order.
fn rows(case: &Case, table: &Table) -> Vec<String> {
    // The time of the load differs, and only the trail has rejects for refused files.
    let exclude = if *table == LOAD_FILES { "EXCLUDE (loaded_at, stamp)" } else { "" };
    let condition = "WHERE file NOT IN (SELECT file FROM load_files WHERE refused IS NOT NULL) AND document <> 'gone'";
    let condition = if *table == REJECTS { condition } else { "" };
    let batches = case.query(&format!("SELECT * {exclude} FROM {} {condition} ORDER BY ALL", table.name)).unwrap();
    pretty_format_batches(&batches).unwrap().to_string().lines().map(str::to_owned).collect()
}

/// Checks that a trail gives the same rows as a load, and returns the loaded case.
fn assert_same_as_load(paths: &[PathBuf]) -> Case {
    assert_same_as_filtered_load(paths, &Filter::default())
}

/// Like [`assert_same_as_load`], for the events that match a filter.
fn assert_same_as_filtered_load(paths: &[PathBuf], filter: &Filter) -> Case {
    let (folder, rules) = (TempDir::new().unwrap(), RuleSet::shipped().unwrap());
    let [loaded, read_path] = ["loaded", "read"].map(|name| folder.path().join(name));
    let options = LoadOptions {
        inputs: inputs(paths),
        case: loaded.clone(),
        threads: Some(2),
        filter: filter.clone(),
        ..LoadOptions::default()
    };
    assert!(load(&options, &rules, &NoProgress).unwrap().balances());
    let trail = read(paths, filter);
    let mapped = trail.map(&rules, &threads()).unwrap();
    let case = Case::open(&read_path).unwrap();
    case.append(&EVENTS, &trail.events).unwrap();
    case.append(&LOAD_FILES, [&trail.files]).unwrap();
    case.append(&REJECTS, [&trail.rejects]).unwrap();
    case.append(&SESSIONS, &mapped.sessions).unwrap();
    case.append(&SIGNALS, mapped.signals.iter().map(|batches| &batches.signals)).unwrap();
    case.append(&EVENT_SIGNAL, mapped.signals.iter().map(|batches| &batches.event_signal)).unwrap();
    case.append(&SIGNAL_ENTITIES, mapped.signals.iter().map(|batches| &batches.signal_entities)).unwrap();
    let loaded_case = Case::open_read_only(&loaded).unwrap();
    for table in TABLES.into_iter().filter(|table| !matches!(table.name, "rules" | "case_info")) {
        let (found, expected) = (rows(&case, table), rows(&loaded_case, table));
        let other = found.iter().zip(&expected).find(|(found, expected)| found != expected);
        assert!(other.is_none(), "{}:\n{}\nis not\n{}", table.name, other.unwrap().0, other.unwrap().1);
        assert_eq!(found.len(), expected.len(), "{}", table.name);
    }
    loaded_case
}

fn count(case: &Case, sql: &str) -> i64 {
    let batches = case.query(sql).unwrap();
    arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batches[0].column(0)).value(0)
}

#[test]
fn demo_gives_the_same_rows_as_a_load() {
    let case = assert_same_as_load(&[demo()]);
    assert_eq!(count(&case, "SELECT count(*) FROM signals"), 60);
}

/// The record, randomly without some members, from another account, or without an identity.
fn randomly_changed(mut record: Value, rng: &mut Rng) -> Value {
    let members = record.as_object_mut().unwrap();
    for name in ["userIdentity", "sourceIPAddress", "awsRegion", "userAgent", "recipientAccountId", "eventID"] {
        if rng.u8(0..16) == 0 {
            members.remove(name);
        }
    }
    if let Some(identity) = members.get_mut("userIdentity").and_then(Value::as_object_mut) {
        for name in ["arn", "principalId", "accountId", "type", "accessKeyId", "sessionContext", "userName"] {
            if rng.u8(0..12) == 0 {
                identity.remove(name);
            }
        }
        if rng.bool() {
            identity.insert("accountId".to_owned(), json!(format!("{:012}", rng.u8(1..5))));
        }
    }
    record
}

#[test]
fn incomplete_and_copied_records_give_the_same_rows_as_a_load() {
    let (folder, mut rng) = (TempDir::new().unwrap(), Rng::with_seed(7));
    let records: Vec<Value> = demo_records().into_iter().map(|record| randomly_changed(record, &mut rng)).collect();
    let mut files: Vec<Vec<Value>> = vec![Vec::new(); 9];
    for record in records {
        for _ in 0..rng.usize(1..3) {
            files[rng.usize(0..9)].push(record.clone());
        }
    }
    for (at, records) in files.into_iter().enumerate() {
        let name = format!("{}.json", (at * 5) % 9);
        fs::write(folder.path().join(name), json!({ "Records": records }).to_string()).unwrap();
    }
    fs::copy(folder.path().join("3.json"), folder.path().join("a copy.json")).unwrap();
    fs::write(folder.path().join("cut.json"), r#"{"Records":[{"eventName":"A","eventSource":"#).unwrap();
    fs::write(folder.path().join("other.json"), r#"{"a":1}"#).unwrap();
    let case = assert_same_as_load(&[folder.path().to_owned()]);
    assert!(count(&case, "SELECT sum(duplicate)::BIGINT FROM load_files") > 500);
    assert!(count(&case, "SELECT count(*) FROM sessions WHERE principal IS NULL") > 0);
    assert!(count(&case, "SELECT count(*) FROM signals") > 20);
    assert!(count(&case, "SELECT count(*) FROM load_files WHERE refused IS NOT NULL") > 0);
}

#[test]
fn span_keeps_the_events_in_it() {
    let times = |trail: &Trail| -> Vec<i64> {
        let columns = trail.events.iter().map(|batch| cartographer::batch::Columns(batch).time("event_time").unwrap());
        columns.flat_map(|times| times.values().to_vec()).collect()
    };
    let within = |span| Filter { span, ..Filter::default() };
    let all = times(&read(&[demo()], &Filter::default()));
    let (first, last) = (*all.iter().min().unwrap(), *all.iter().max().unwrap());
    let middle = i64::midpoint(first, last);
    let from = times(&read(&[demo()], &within(Span { from: Some(Timestamp(middle)), to: None })));
    let to = times(&read(&[demo()], &within(Span { from: None, to: Some(Timestamp(middle)) })));
    assert!(from.iter().all(|time| *time >= middle) && to.iter().all(|time| *time < middle));
    assert_eq!(from.len() + to.len(), all.len());
    assert!(!from.is_empty() && !to.is_empty());
}

#[test]
fn filtered_trail_gives_the_same_rows_as_a_filtered_load() {
    let folder = TempDir::new().unwrap();
    let mut days: std::collections::BTreeMap<(String, String), Vec<Value>> = std::collections::BTreeMap::new();
    for record in demo_records() {
        let day = record["eventTime"].as_str().unwrap()[..10].replace('-', "/");
        let account = record["recipientAccountId"].as_str().unwrap_or("000000000000").to_owned();
        days.entry((account, day)).or_default().push(record);
    }
    let accounts: std::collections::BTreeSet<String> = days.keys().map(|(account, _)| account.clone()).collect();
    assert!(accounts.len() > 1, "{accounts:?}");
    for ((account, day), records) in &days {
        let name = format!("AWSLogs/{account}/CloudTrail/us-east-1/{day}");
        let stamp = format!("{account}_CloudTrail_us-east-1_{}T2355Z_AbCdEfGh.json", day.replace('/', ""));
        fs::create_dir_all(folder.path().join(&name)).unwrap();
        fs::write(folder.path().join(name).join(stamp), json!({ "Records": records }).to_string()).unwrap();
    }
    let account = accounts.into_iter().next().unwrap();
    let filter = Filter { accounts: vec![account.clone()], services: vec!["iam".to_owned()], ..Filter::default() };
    let case = assert_same_as_filtered_load(&[folder.path().to_owned()], &filter);
    assert!(count(&case, "SELECT count(*) FROM events") > 10);
    assert_eq!(
        count(&case, &format!("SELECT count(*) FROM events WHERE account_id <> '{account}' OR service <> 'iam'")),
        0
    );
    // Files of other accounts are not read.
    assert!(count(&case, "SELECT count(*) FROM load_files WHERE filter IS NOT NULL AND documents = 0") > 0);
}

#[test]
fn error_without_any_events_contains_the_causes() {
    let folder = TempDir::new().unwrap();
    let [gone, other] = ["gone", "other.json"].map(|name| folder.path().join(name));
    fs::write(&other, "nonsense").unwrap();
    let trail = read(&[gone.clone(), other.clone()], &Filter::default());
    let Err(TrailError::Nothing(causes)) = trail.some() else { panic!("the trail is not empty") };
    assert!(causes.contains("no such file or folder") && causes.contains(gone.to_str().unwrap()), "{causes}");
    assert!(causes.contains(&format!("{}: not JSON or CSV", other.display())), "{causes}");
    assert_eq!(trail.rejects.num_rows(), 2);
    assert!(read(&[demo(), gone], &Filter::default()).some().is_ok());
}

#[test]
fn rows_of_a_table_give_the_same_signals() {
    let texts: Vec<String> = demo_records().iter().map(Value::to_string).collect();
    let rows: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).chain([None, Some("{}")]).collect();
    let (of_rows, of_files) = (Trail::of_rows(&rows, &threads()).unwrap(), read(&[demo()], &Filter::default()));
    let rules = RuleSet::shipped().unwrap();
    let [rows, files] = [&of_rows, &of_files].map(|trail| trail.map(&rules, &threads()).unwrap());
    let signals = |mapped: &cartographer::trail::Mapped| -> Vec<_> {
        mapped.signals.iter().map(|batches| batches.signals.clone()).collect()
    };
    assert_eq!(signals(&rows), signals(&files));
    let rejects = cartographer::batch::Columns(&of_rows.rejects).integer("record").unwrap();
    assert_eq!(rejects.values().as_ref(), [2527, 2528]);
}
