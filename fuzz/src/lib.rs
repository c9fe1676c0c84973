//! What each fuzz target does with its bytes. A panic, an abort, a hang or excessive memory use is a finding, and so is
//! a failed assertion. Each assertion checks something that docs/reliability.md promises.

#[cfg(feature = "sql")]
mod sql;

use std::sync::LazyLock;

use arrow::array::{Array, AsArray};
use arrow::record_batch::RecordBatch;
use cartographer::batch::{self, EventRows};
use cartographer::rule::pack::Pack;
use cartographer::rule::{RuleSet, RuleText};
use cartographer::{json, normalize, sigma, spec, trail};

#[cfg(feature = "sql")]
pub use sql::sql;

/// The most levels of nesting in a stored value, not counting those that the program adds.
const MAX_LEVELS: usize = 70;
/// The most sessions and events that are mapped for one input, so that the fuzzer does not spend all its time in the
/// decoder.
const MAX_MAPPED: usize = 200;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::shipped().expect("the shipped rules compile"));

/// One record, normalized, stored and rebuilt.
pub fn record(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // The reader repairs a record before it is normalized.
    let repaired = json::repaired(text);
    let Ok(event) = normalize::event(repaired.as_deref().unwrap_or(text), "fuzz") else { return };
    let rebuilt = normalize::rebuild(&event).expect("what was normalized can be rebuilt");
    let again = serde_json::Value::Object(rebuilt.clone()).to_string();
    let event_again = normalize::event(&again, "fuzz").expect("what was rebuilt can be normalized");
    let rebuilt_again = normalize::rebuild(&event_again).expect("and rebuilt again");
    assert_eq!(rebuilt, rebuilt_again, "the record changes when it is stored");
    let mut rows = EventRows::default();
    rows.push(&event, "fuzz", 1).expect("an event is a row");
    let stored = rows.finish().expect("rows are a batch");
    check_batch(&stored);
    map(vec![stored]);
}

/// A file of any kind.
pub fn container(bytes: &[u8]) {
    file(bytes.to_vec());
}

/// CSV: the first byte selects a header, unless it is a printable character.
pub fn csv(bytes: &[u8]) {
    const HEADERS: [&str; 6] = [
        "Event name,Event time,User name,Event source,Resource type,Resource name,Event ID,Read-only,Error code,Source IP address,AWS region,AWS access key\n",
        "eventversion,useridentity,eventtime,eventsource,eventname,awsregion,sourceipaddress,useragent,requestparameters,responseelements,eventid\n",
        "\"eventTime\";\"eventSource\";\"eventName\";\"userIdentity.arn\";\"requestParameters\"\r\n",
        "eventTime\teventSource\teventName\tuserIdentity\n",
        "@timestamp,@message\n",
        "EventId,EventName,EventTime,EventSource,Username,Resources,CloudTrailEvent\n",
    ];
    match bytes.split_first() {
        Some((first, rest)) if usize::from(*first) < HEADERS.len() => {
            file([HEADERS[usize::from(*first)].as_bytes(), rest].concat());
        }
        _ => file(bytes.to_vec()),
    }
}

/// Parquet: a whole file, or a footer that is inserted into a file.
pub fn parquet(bytes: &[u8]) {
    if bytes.starts_with(b"PAR1") {
        return file(bytes.to_vec());
    }
    // The first two bytes give the number of data bytes before the footer.
    let Some((sizes, rest)) = bytes.split_first_chunk::<2>() else { return };
    let (data, footer) = rest.split_at(usize::from(u16::from_le_bytes(*sizes)).min(rest.len()));
    let size = u32::try_from(footer.len()).expect("inputs are small").to_le_bytes();
    file([b"PAR1", data, footer, &size, b"PAR1"].concat());
}

/// OCSF: any JSON, or the members of an API Activity event.
pub fn ocsf(bytes: &[u8]) {
    if bytes.starts_with(b"{") {
        return file(bytes.to_vec());
    }
    const START: &str = r#"{"class_uid":6003,"time":1714557600000,"metadata":{"product":{"name":"CloudTrail"}},"api":{"operation":"GetUser","service":{"name":"iam.amazonaws.com"}},"#;
    file([START.as_bytes(), bytes, b"}"].concat());
}

/// Rule files, rule packs, specs and Sigma rules. Files are separated by a `---` line; the first line of each file is
/// its path.
pub fn rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files: Vec<(String, String)> = text
        .split("\n---\n")
        .map(|file| file.split_once('\n').unwrap_or(("iam/fuzz.toml", file)))
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    drop(Pack::of(files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect()));
    let (found, _) = sigma::parse(&files);
    for rule in &found {
        assert!(!rule.sql().is_empty());
    }
    let texts: Vec<RuleText> = files.into_iter().map(|(path, text)| RuleText::at(&path, text)).collect();
    for text in texts.iter().filter(|text| text.is_spec()) {
        drop(spec::run(&RULES, text));
    }
    if let Ok(rules) = RuleSet::compile(texts) {
        map_with(&rules, session());
    }
}

/// Checks that a load accounts for the whole file.
fn file(bytes: Vec<u8>) {
    let (parsed, batches) = trail::parse_stored("fuzz", bytes).expect("events fit their table");
    let events: usize = parsed.events.iter().map(|events| events.keys.len()).sum();
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(events, rows, "every event is a row");
    let found = events as u64 + parsed.rejected + parsed.left_out + parsed.aggregated.len() as u64;
    assert_eq!(parsed.read, found, "every record is accounted for");
    batches.iter().for_each(check_batch);
    if rows > 0 && rows <= MAX_MAPPED {
        map(batches);
    }
}

/// Checks that every text that a reader accepts as JSON is JSON of bounded depth.
fn check_batch(events: &RecordBatch) {
    for name in ["request_parameters", "response_elements", "extra"] {
        let Some(column) = events.column_by_name(name) else { continue };
        for text in column.as_string::<i32>().iter().flatten() {
            drop(serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{name}: {error}")));
            assert!(levels(text) <= MAX_LEVELS, "{name} has {} levels", levels(text));
        }
    }
    for (event, _) in batch::read_events(events).expect("a batch of events can be read") {
        let id = &event.event_id;
        let rebuilt = normalize::rebuild(&event);
        assert!(rebuilt.is_ok(), "{id} cannot be exported: {rebuilt:?}");
    }
}

/// The number of levels of objects and lists in a JSON text.
fn levels(json: &str) -> usize {
    let (mut level, mut most, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => level += 1,
            b'}' | b']' if !in_text => level = level.saturating_sub(1),
            _ => {}
        }
        most = most.max(level);
    }
    most
}

fn map(events: Vec<RecordBatch>) {
    map_with(&RULES, events);
}

fn map_with(rules: &RuleSet, events: Vec<RecordBatch>) {
    let mapped = trail::map_events(events, rules).expect("events are mapped");
    assert!(mapped.signals.iter().all(|batches| batches.signals.column(0).null_count() == 0));
}

/// The events of a short console session.
fn session() -> Vec<RecordBatch> {
    const TRAIL: &str = r#"{"Records":[
{"eventVersion":"1.09","eventID":"a1","eventTime":"2024-05-01T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ana","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE"},"sessionCredentialFromConsole":"true","userAgent":"Mozilla/5.0 Chrome/124.0","requestParameters":{"maxItems":1000}},
{"eventVersion":"1.09","eventID":"a2","eventTime":"2024-05-01T10:00:01Z","eventSource":"iam.amazonaws.com","eventName":"GetUser","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ana","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE"},"sessionCredentialFromConsole":"true","userAgent":"Mozilla/5.0 Chrome/124.0","requestParameters":{"userName":"ana"}},
{"eventVersion":"1.09","eventID":"a3","eventTime":"2024-05-01T10:00:04Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ana","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE"},"sessionCredentialFromConsole":"true","userAgent":"Mozilla/5.0 Chrome/124.0","requestParameters":{"userName":"ana"},"responseElements":{"accessKey":{"accessKeyId":"AKIAEXAMPLE"}}}
]}"#;
    static EVENTS: LazyLock<Vec<RecordBatch>> =
        LazyLock::new(|| trail::parse_stored("session", TRAIL.as_bytes().to_vec()).expect("events fit").1);
    EVENTS.clone()
}
