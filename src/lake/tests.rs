//! Tests for the mapper with the demo's trail.

use std::cell::Cell;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Int32Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{SortColumn, cast, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;

use super::*;
use crate::batch::{self, Columns, SESSION_COLUMNS};
use crate::matching::{self, Limits, SessionRows};
use crate::rule::RuleSet;
use crate::signal::Signal;
use crate::table::EVENTS;

const DEMO: &[u8] = include_bytes!("../../demo/trail.json.gz");

fn rules() -> Arc<RuleSet> {
    Arc::new(RuleSet::shipped().unwrap())
}

/// The batch with a column added. A column with the same name is replaced.
fn with(batch: &RecordBatch, name: &str, array: ArrayRef) -> RecordBatch {
    let (schema, mut arrays, _) = batch.clone().into_parts();
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    let field = Arc::new(Field::new(name, array.data_type().clone(), true));
    match schema.index_of(name) {
        Ok(at) => (fields[at], arrays[at]) = (field, array),
        Err(_) => (fields.push(field), arrays.push(array)).1,
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

/// The demo's events in the form that an engine sends: grouped by session, in order, and numbered.
fn sorted() -> RecordBatch {
    let document = parse("trail.json.gz", DEMO.to_vec()).unwrap();
    let all = concat_batches(document.events[0].schema_ref(), &document.events).unwrap();
    let by = ["session_id", "event_time", "event_id"];
    let by = by.map(|name| SortColumn { values: all.column_by_name(name).unwrap().clone(), options: None });
    let rows = take_record_batch(&all, &lexsort_to_indices(&by, None).unwrap()).unwrap();
    let ids = Columns(&rows).text("session_id").unwrap();
    let (mut seq, mut last) = (0, None);
    let seqs = ids.iter().map(|id| {
        seq = if id == last { seq + 1 } else { 1 };
        last = id;
        seq
    });
    let seqs: Int64Array = seqs.collect();
    with(&rows, SEQ, Arc::new(seqs))
}

/// The signals of all pushes, one line each.
fn mapped(batches: &[RecordBatch]) -> Result<Vec<String>, LakeError> {
    mapped_by(Mapper::new(rules()), batches)
}

fn mapped_by(mut mapper: Mapper, batches: &[RecordBatch]) -> Result<Vec<String>, LakeError> {
    let mut found = Vec::new();
    let mut describe = |signals: &batch::SignalBatches| {
        let wide = wide(signals).unwrap();
        assert_eq!(wide.schema(), wide_schema());
        let parts = wide.column_by_name("event_signal").unwrap().as_list::<i32>().clone();
        let ids = Columns(&wide).text("signal_id").unwrap();
        found.extend(ids.iter().zip(parts.iter()).map(|(id, parts)| {
            let events =
                parts.unwrap().as_struct().column(0).as_string::<i32>().iter().flatten().collect::<Vec<_>>().join(" ");
            format!("{}: {events}", id.unwrap())
        }));
    };
    for batch in batches {
        describe(&mapper.push(batch)?);
    }
    describe(&mapper.finish()?);
    Ok(found)
}

/// The signals of each session, mapped without a mapper.
fn expected(rows: &RecordBatch) -> Vec<String> {
    let rules = rules();
    described(rows, |session| matching::map(&rules, session))
}

/// The lines of the signals of each session.
fn described(rows: &RecordBatch, map: impl Fn(&SessionRows<'_>) -> Vec<Signal>) -> Vec<String> {
    let rows = [events(rows, &SESSION_COLUMNS, &mut DamagedJson::default()).unwrap()];
    let describe = |signal: Signal| {
        let events: Vec<_> = signal.events.iter().map(|member| member.event_id.as_str()).collect();
        format!("{}: {}", signal.signal_id, events.join(" "))
    };
    batch::sessions(&rows).unwrap().iter().flat_map(map).map(describe).collect()
}

/// Splits the batch into batches with this number of rows.
fn split_rows(rows: &RecordBatch, size: usize) -> Vec<RecordBatch> {
    (0..rows.num_rows()).step_by(size).map(|at| rows.slice(at, size.min(rows.num_rows() - at))).collect()
}

fn rejection(batch: &RecordBatch) -> String {
    Mapper::new(rules()).push(batch).unwrap_err().to_string()
}

#[test]
fn signals_do_not_depend_on_batch_sizes() {
    let rows = sorted();
    let wanted = expected(&rows);
    assert!(wanted.len() >= 60, "{} signals", wanted.len());
    for size in [1, 7, 100, rows.num_rows()] {
        assert_eq!(mapped(&split_rows(&rows, size)).unwrap(), wanted, "in batches of {size}");
    }
}

#[test]
fn long_session_is_mapped_incrementally_by_stretch() {
    let rows = sorted();
    let rules = rules();
    let limits = Limits { long: 20, longer: 40, longest: 60 };
    let parts = Cell::new(0);
    let wanted = described(&rows, |session| {
        let stretches = matching::stretches(session, limits);
        parts.set(parts.get() + stretches.len());
        stretches.iter().flat_map(|stretch| matching::map_stretch(&rules, stretch)).collect()
    });
    let sessions =
        batch::sessions(&[events(&rows, &SESSION_COLUMNS, &mut DamagedJson::default()).unwrap()]).unwrap().len();
    assert!(parts.get() > sessions + 5, "{} stretches of {sessions} sessions", parts.get());
    for size in [1, 7, 61, rows.num_rows()] {
        let mapper = Mapper::with_limits(Arc::clone(&rules), limits);
        assert_eq!(mapped_by(mapper, &split_rows(&rows, size)).unwrap(), wanted, "in batches of {size}");
    }
}

#[test]
fn columns_are_accepted_in_any_order_and_arrow_type() {
    let rows = sorted();
    let time = |name: &str, kind: DataType| (name.to_owned(), cast(rows.column_by_name(name).unwrap(), &kind).unwrap());
    let zoned = Columns(&events(&rows, &SESSION_COLUMNS, &mut DamagedJson::default()).unwrap())
        .time("event_time")
        .unwrap()
        .clone()
        .with_timezone("Asia/Tokyo");
    let seqs = rows.column_by_name(SEQ).unwrap();
    let mut other = rows.clone();
    for (name, array) in [
        time("event_id", DataType::LargeUtf8),
        time("session_id", DataType::Utf8View),
        time("client", DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))),
        ("event_time".to_owned(), Arc::new(zoned) as ArrayRef),
        (SEQ.to_owned(), cast(seqs, &DataType::Int32).unwrap()),
    ] {
        other = with(&other, &name, array);
    }
    let backwards: Vec<usize> = (0..other.num_columns()).rev().collect();
    assert_eq!(mapped(&[other.project(&backwards).unwrap()]).unwrap(), expected(&rows));
}

#[test]
fn column_without_values_may_have_null_type() {
    let rows = sorted();
    let nothing = arrow::array::new_null_array(&DataType::Null, rows.num_rows());
    let taken =
        events(&with(&rows, "error_message", nothing), &["error_message"], &mut DamagedJson::default()).unwrap();
    assert_eq!((taken.schema().field(0).data_type(), taken.column(0).null_count()), (&DataType::Utf8, rows.num_rows()));
}

#[test]
fn missing_repeated_and_unordered_rows_are_rejected() {
    let rows = sorted();
    let ids = Columns(&rows).text("session_id").unwrap();
    let (first, length) = (0..rows.num_rows())
        .map(|at| (at, (at..rows.num_rows()).take_while(|row| ids.value(*row) == ids.value(at)).count()))
        .find(|(_, length)| *length >= 4)
        .unwrap();
    let session = rows.slice(first, length);
    let order = |batches: &[RecordBatch]| match mapped(batches).unwrap_err() {
        LakeError::Order { session, wanted, found } => (session, wanted, found),
        other => panic!("{other}"),
    };
    let id = ids.value(first).to_owned();
    assert_eq!(order(&[session.slice(1, length - 1)]), (id.clone(), 1, 2), "the first row is missing");
    assert_eq!(order(&[session.slice(0, 2), session.slice(3, 1)]), (id.clone(), 3, 4), "a row is missing");
    assert_eq!(order(&[session.slice(0, 2), session.slice(1, 2)]), (id.clone(), 3, 2), "a row is repeated");
    let elsewhere = rows.slice(first + length, 1);
    let torn = [session.slice(0, 2), elsewhere, session.slice(2, 1)];
    assert_eq!(order(&torn), (id, 1, 3), "the session is interrupted by another session");
}

#[test]
fn decreasing_times_and_ids_are_rejected() {
    let rows = sorted().slice(0, 2);
    let rows = with(&rows, "session_id", Arc::new(StringArray::from(vec!["s", "s"])));
    let rows = with(&rows, SEQ, Arc::new(Int64Array::from(vec![1, 2])));
    let sent = |ids: [&str; 2], times: [i64; 2]| {
        let rows = with(&rows, "event_id", Arc::new(StringArray::from(ids.to_vec())));
        with(&rows, "event_time", Arc::new(TimestampMicrosecondArray::from(times.to_vec())))
    };
    for (ids, times) in [(["a", "b"], [5, 4]), (["b", "a"], [5, 5])] {
        let error = mapped(&split_rows(&sent(ids, times), 1)).unwrap_err();
        let LakeError::Backwards { session, event, seq } = &error else { panic!("{error}") };
        assert_eq!((session.as_str(), event.as_str(), *seq), ("s", ids[1], 2));
        assert_eq!(rejection(&sent(ids, times)), error.to_string(), "within a batch");
        assert!(error.to_string().contains("sorts before the row with seq 1 by event_time and event_id"));
    }
    for (ids, times) in [(["a", "b"], [5, 5]), (["b", "a"], [4, 5]), (["a", "a"], [5, 5])] {
        assert!(mapped(&[sent(ids, times)]).is_ok());
    }
}

#[test]
fn mapper_cannot_be_used_after_error_or_finish() {
    let rows = sorted();
    let mut mapper = Mapper::new(rules());
    assert!(mapper.push(&rows.slice(1, 3)).is_err());
    let spent = LakeError::Spent.to_string();
    assert_eq!(mapper.push(&rows).unwrap_err().to_string(), spent);
    assert_eq!(mapper.finish().unwrap_err().to_string(), spent);
    let mut mapper = Mapper::new(rules());
    mapper.finish().unwrap();
    assert_eq!(mapper.push(&rows).unwrap_err().to_string(), spent);
}

#[test]
fn invalid_column_error_names_column() {
    let rows = sorted().slice(0, 2);
    let times =
        |unit: TimeUnit| cast(rows.column_by_name("event_time").unwrap(), &DataType::Timestamp(unit, None)).unwrap();
    let without = |name: &str| {
        let kept: Vec<usize> = (0..rows.num_columns()).filter(|at| rows.schema().field(*at).name() != name).collect();
        rows.project(&kept).unwrap()
    };
    assert!(rejection(&without("event_key")).starts_with(
        "column \"event_key\" of type VARCHAR is missing; the batch contains \"event_id\", \"event_time\", "
    ));
    assert!(rejection(&without(SEQ)).starts_with("column \"seq\" of type BIGINT is missing"));
    let nanoseconds = with(&without("event_time"), "event_time", times(TimeUnit::Nanosecond));
    assert_eq!(
        rejection(&nanoseconds),
        "column \"event_time\" has type Timestamp(ns), expected TIMESTAMP: events have microsecond precision; cast to timestamp[us]"
    );
    let numbers = with(&rows, "event_key", Arc::new(Int32Array::from(vec![1, 2])));
    assert_eq!(rejection(&numbers), "column \"event_key\" has type Int32, expected VARCHAR: cast it");
    let null = with(&rows, "session_id", Arc::new(StringArray::from(vec![Some("a"), None])));
    assert_eq!(
        rejection(&null),
        "column \"session_id\" is NULL in row 2 of the batch; remove such rows, or fill in a value"
    );
    let client = with(&rows, "client", Arc::new(StringViewArray::from(vec!["cli", "Mosaic\u{1b}"])));
    assert_eq!(
        rejection(&client),
        "column \"client\" has the value \"Mosaic\\u{1b}\" in row 2 of the batch, expected one of browser, console, internal, cloudshell, cli, sdk, agent, service, unknown"
    );
    let json = with(&rows, "request_parameters", Arc::new(LargeStringArray::from(vec!["{b", "{a: 1}"])));
    let json = with(&json, "event_id", Arc::new(StringArray::from(vec!["e1", "e2"])));
    assert_eq!(
        rejection(&json),
        "column \"request_parameters\" of event \"e1\" is not JSON: key must be a string at line 1 column 2"
    );
    let words = with(&rows, SEQ, Arc::new(StringArray::from(vec!["1", "2"])));
    assert_eq!(rejection(&words), "column \"seq\" has type Utf8, expected BIGINT: use row_number()");
    let twice =
        RecordBatch::try_from_iter([("event_id", rows.column(0).clone()), ("event_id", rows.column(0).clone())]);
    assert_eq!(
        events(&twice.unwrap(), &["event_id"], &mut DamagedJson::default()).unwrap_err().to_string(),
        "there are 2 columns named \"event_id\"; rename or drop all but one"
    );
}

#[test]
fn damaged_json_of_one_event_is_null_and_counted() {
    let rows = sorted().slice(0, 3);
    let json = with(&rows, "request_parameters", Arc::new(StringArray::from(vec![Some("{}"), Some("{a: 1}"), None])));
    let json = with(&json, "event_id", Arc::new(StringArray::from(vec!["e1", "e2", "e3"])));
    let mut damaged = DamagedJson::default();
    let found = events(&json, &["event_id", "request_parameters"], &mut damaged).unwrap();
    let texts: Vec<Option<&str>> = Columns(&found).text("request_parameters").unwrap().iter().collect();
    assert_eq!(texts, [Some("{}"), None, None]);
    let first = "column \"request_parameters\" of event \"e2\" is not JSON: key must be a string at line 1 column 2";
    assert_eq!(damaged, DamagedJson { values: 1, first: Some(first.to_owned()) });
}

#[test]
fn sign_ins_have_join_columns() {
    let rows = sorted();
    let found = sign_ins(&rows).unwrap();
    assert_eq!(found.schema(), sign_in_schema());
    let unlinked = Columns(&rows).time("session_created").unwrap();
    assert!(found.num_rows() > 0, "the demo has no unlinked sign-ins");
    let ids = Columns(&found).text("event_id").unwrap();
    let all = Columns(&rows).text("event_id").unwrap();
    let micros = |name: &str| {
        found.column_by_name(name).unwrap().as_primitive::<arrow::datatypes::TimestampMicrosecondType>().clone()
    };
    let (at, from, to): (TimestampMicrosecondArray, _, _) =
        (micros("event_time"), micros("created_from"), micros("created_to"));
    for row in 0..found.num_rows() {
        let place = all.iter().position(|id| id == Some(ids.value(row))).unwrap();
        assert!(arrow::array::Array::is_null(unlinked, place));
        assert_eq!((at.value(row) - from.value(row), to.value(row) - at.value(row)), (5_000_000, 60_000_000));
    }
}

#[test]
fn sign_in_without_identity_is_not_joined() {
    let record = r#"{"eventTime": "2026-03-11T09:00:00Z", "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn", "eventID": "e"}"#;
    let document = parse("door.json", record.as_bytes().to_vec()).unwrap();
    let found = sign_ins(&document.events[0]).unwrap();
    let own = Columns(&document.events[0]).text("session_id").unwrap();
    let column =
        |name: &str| Columns(&found).text(name).unwrap().iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(column("session_id"), [Some(own.value(0).to_owned())]);
    assert_eq!((column("account_id"), column("principal_arn")), (vec![None], vec![None]));
}

#[test]
fn file_that_is_not_a_trail_is_rejected_once() {
    let document = parse("notes.txt", b"hello".to_vec()).unwrap();
    assert!(document.events.is_empty());
    let columns = Columns(&document.rejects);
    assert_eq!(columns.text("document").unwrap().value(0), "notes.txt");
    assert_eq!(columns.text("cause").unwrap().value(0), "not JSON or CSV");
    assert_eq!(document.rejects.num_rows(), 1);
}

#[test]
fn schemas_equal_tables_with_utc_times() {
    let schema = schema_in_utc(&EVENTS.schema());
    let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(kind("event_time"), DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    assert_eq!(kind("event_id"), DataType::Utf8);
    assert_eq!(schema.fields().len(), EVENTS.columns.len());
}
