//! Throughput of the pure stages on one core, in events per second: parse, normalize, match. Uses `../shared/sessions`
//! if it exists, otherwise the demo's trail.

#![expect(clippy::unwrap_used, reason = "a benchmark cannot run without its data")]

use std::hint::black_box;
use std::path::Path;

use arrow::record_batch::RecordBatch;
use cartographer::batch::{EventRows, sessions};
use cartographer::event::{Event, Evidence};
use cartographer::matching::{SessionRows, map};
use cartographer::read::{self, Document};
use cartographer::rule::RuleSet;
use cartographer::{normalize, session};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mimalloc::MiMalloc;
use serde_json::{Map, Value};

/// The program's allocator, because memory allocation is a large part of a stage's cost.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn documents() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inputs = ["../shared/sessions/*/events.json", "demo/trail.json.gz"].map(|input| root.join(input));
    let found = inputs.iter().map(|input| read::discover(&[input.display().to_string()]).sources);
    let sources = found.into_iter().find(|sources| !sources.is_empty()).unwrap();
    sources.iter().flat_map(|source| read::open(source).unwrap().documents).collect()
}

/// All records in the documents, each with the name of its document.
fn records(documents: &[Document]) -> Vec<(String, &str)> {
    let mut records = Vec::new();
    for document in documents {
        let texts = read::split(document).unwrap().records.into_iter().flatten();
        records.extend(texts.map(|text| (text.json.into_owned(), document.name.as_str())));
    }
    records
}

fn event<'a>((json, file): &'a (String, &str)) -> Event<'a> {
    let mut event = normalize::event(json, file).unwrap();
    session::assign(&mut event, file);
    event
}

/// The events of console sessions, ordered by session, time and ID.
fn console(records: &[(String, &str)]) -> RecordBatch {
    let mut events: Vec<Event<'_>> = records.iter().map(event).collect();
    events.sort_by(|a, b| (&a.session_id, a.event_time, &a.event_id).cmp(&(&b.session_id, b.event_time, &b.event_id)));
    let mut rows = EventRows::default();
    for session in events.chunk_by(|a, b| a.session_id == b.session_id) {
        if session.iter().any(|event| event.evidence.intersects(Evidence::STRONG)) {
            for event in session {
                rows.push(event, "bench", 0).unwrap();
            }
        }
    }
    rows.finish().unwrap()
}

fn stages(criterion: &mut Criterion) {
    let documents = documents();
    let records = records(&documents);
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| documents.iter().map(|document| read::split(document).unwrap().records.len()).sum::<usize>());
    });
    group.bench_function("normalize", |bencher| {
        bencher.iter(|| records.iter().for_each(|(json, file)| drop(black_box(normalize::event(json, file)))));
    });
    let batches = [console(&records)];
    let rules = RuleSet::shipped().unwrap();
    let mapped: Vec<SessionRows<'_>> = sessions(&batches).unwrap();
    group.throughput(Throughput::Elements(batches[0].num_rows() as u64));
    group.bench_function("match", |bencher| {
        bencher.iter(|| mapped.iter().map(|session| map(&rules, session).len()).sum::<usize>());
    });
    // A console from another year: each request has an additional member, so that no shape is exact and every click has
    // to be searched.
    let aged = [console(&records.iter().map(|(json, file)| (aged(json), *file)).collect::<Vec<_>>())];
    let searched: Vec<SessionRows<'_>> = sessions(&aged).unwrap();
    group.throughput(Throughput::Elements(aged[0].num_rows() as u64));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| searched.iter().map(|session| map(&rules, session).len()).sum::<usize>());
    });
    group.finish();
}

/// The record, with an additional member in its request.
fn aged(json: &str) -> String {
    let mut record: Value = serde_json::from_str(json).unwrap();
    let request = &mut record["requestParameters"];
    if request.is_null() {
        *request = Value::Object(Map::new());
    }
    if let Some(members) = request.as_object_mut() {
        members.insert("clientContext".to_owned(), Value::from("console"));
    }
    record.to_string()
}

criterion_group!(benches, stages);
criterion_main!(benches);
