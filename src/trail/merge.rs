//! Merges several records of one event: the most complete record, plus anything that only the other records contain.
//! Separates different events with the same ID.

use std::cmp::Ordering;

use arrow::record_batch::RecordBatch;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::batch::{self, BatchError, Columns, EventRows};
use crate::event::Timestamp;
use crate::{normalize, read, session};

/// What was asked and what was answered. A trail's record contains both, even if they are null.
const BODIES: [&str; 2] = ["requestParameters", "responseElements"];

/// A record of an event, and its source.
#[derive(Debug, Clone)]
pub struct Version {
    /// The ID of the stored event.
    id: String,
    record: Map<String, Value>,
    time: Timestamp,
    /// The document's name.
    file: String,
    /// The record's position in it.
    position: u64,
    /// Whether the event has a derived ID because other events share its own ID.
    is_apart: bool,
}

/// What happened to a record that is not the first of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It contains no additional information.
    Duplicate,
    /// It was merged with other records of the same event.
    Merged,
    /// It belongs to a different event with the same ID.
    New,
}

/// The result for the records with one ID.
#[derive(Debug)]
pub struct Resolved {
    /// Whether the events to store differ from the existing ones.
    pub is_changed: bool,
    /// The outcome of each new record, in order.
    pub fates: Vec<MergeOutcome>,
    /// The number of events with this ID.
    pub events: usize,
    versions: Vec<Version>,
}

/// Why records could not be merged.
#[derive(Debug, Error)]
pub enum MergeError {
    /// A row was not written by this program.
    #[error(transparent)]
    Rebuild(#[from] normalize::RebuildError),
    /// The merged record is not a valid record.
    #[error(transparent)]
    Record(#[from] normalize::RecordError),
    /// The batch is not a batch of `events`.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

impl Version {
    /// The record in a row of `events`, whose ENUM was cast to text.
    ///
    /// # Errors
    /// [`MergeError`]
    pub fn of(batch: &RecordBatch, row: usize) -> Result<Self, MergeError> {
        let batch = batch.slice(row, 1);
        let events = batch::read_events(&batch)?;
        let Some((event, file)) = events.first() else {
            return Err(BatchError::Misfit { table: "events", column: "event_id".to_owned() }.into());
        };
        let record = normalize::rebuild(event)?;
        let own = record.get("eventID").and_then(Value::as_str);
        let is_apart = own.is_some_and(|own| own != event.event_id);
        let position = Columns(&batch).integer("source_record")?.value(0);
        let position = u64::try_from(position).unwrap_or_default();
        let id = event.event_id.clone().into_owned();
        Ok(Self { id, time: event.event_time, is_apart, record, file: (*file).to_owned(), position })
    }

    /// The ID of the stored event.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The ID that the record has or corrects, otherwise the ID derived for its event.
    #[must_use]
    pub fn own_id(&self) -> &str {
        self.text(&["addendum", "originalEventID"]).unwrap_or_else(|| self.id_of_record())
    }

    fn id_of_record(&self) -> &str {
        self.record.get("eventID").and_then(Value::as_str).unwrap_or(&self.id)
    }

    /// The document it was read from, and its position in it.
    #[must_use]
    pub fn place(&self) -> (&str, u64) {
        (&self.file, self.position)
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        let (first, rest) = path.split_first()?;
        let value = rest.iter().try_fold(self.record.get(*first)?, |value, name| value.get(name))?;
        value.as_str().filter(|text| !text.is_empty())
    }

    /// Whether it corrects an earlier record of the event.
    fn corrects(&self) -> bool {
        self.record.get("addendum").is_some_and(Value::is_object)
    }

    /// The completeness of a record's format: first a correction, then a trail's record, then an event history's row, then
    /// a trimmed export.
    fn class(&self) -> u8 {
        if self.corrects() {
            return 3;
        }
        match (self.record.contains_key("eventVersion"), self.record.contains_key("eventHistory")) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        }
    }

    /// Whether it is a trail's record with everything that CloudTrail writes: a value that it does not contain, such as an
    /// error, did not occur.
    fn is_whole(&self) -> bool {
        self.class() == 2 && BODIES.iter().all(|name| self.record.contains_key(*name))
    }

    /// Whether the call failed, according to this record.
    fn has_error(&self) -> bool {
        self.text(&["errorCode"]).is_some() || self.text(&["errorMessage"]).is_some()
    }

    /// A total order, so that the order in which records are read does not matter.
    fn order(&self, other: &Self) -> Ordering {
        let by_text =
            || Value::Object(other.record.clone()).to_string().cmp(&Value::Object(self.record.clone()).to_string());
        let by_place = || (&self.file, self.position).cmp(&(&other.file, other.position));
        let by_class = other.class().cmp(&self.class());
        by_class.then_with(|| other.is_whole().cmp(&self.is_whole())).then_with(by_place).then_with(by_text)
    }

    /// Whether two records with the same ID belong to the same event.
    fn is_of_same_event(&self, other: &Self) -> bool {
        let both = |path: &[&str]| self.text(path).zip(other.text(path));
        let differ = |path: &[&str]| both(path).is_some_and(|(a, b)| a != b);
        if self.corrects() || other.corrects() {
            return !differ(&["eventSource"]) && !differ(&["eventName"]);
        }
        if self.contradicts(other) {
            return false;
        }
        let same_request = both(&["requestID"]).is_some_and(|(a, b)| a == b && is_telling(a));
        if [["eventSource"], ["eventName"], ["requestID"]].iter().any(|path| differ(path))
            || differ(&["userIdentity", "arn"])
        {
            return false;
        }
        if same_request {
            return true;
        }
        // An ID that is not a UUID may be a placeholder for a redacted ID.
        let is_uuid = is_uuid(self.own_id());
        let others: [&[&str]; 5] = [
            &["sourceIPAddress"],
            &["awsRegion"],
            &["errorCode"],
            &["userIdentity", "accessKeyId"],
            &["userIdentity", "userName"],
        ];
        let is_alike = || !others.iter().any(|path| differ(path)) && !self.asks_other(other);
        self.is_of_same_time(other, is_uuid) && (is_uuid || is_alike())
    }

    /// Whether the requests differ.
    fn asks_other(&self, other: &Self) -> bool {
        self.says_other("requestParameters", other)
    }

    /// Whether a member that both records contain differs.
    fn says_other(&self, member: &str, other: &Self) -> bool {
        let said = |version: &'_ Self| version.record.get(member).filter(|v| !is_nothing(v)).cloned();
        let Some((a, b)) = said(self).zip(said(other)) else { return false };
        a != b && !read::is_read_from_text_of(&a, &b) && !read::is_read_from_text_of(&b, &a)
    }

    /// Whether two complete records of a trail contradict each other about one event, or a partial record contains an error
    /// that the complete one does not. CloudTrail writes each event once, so one of them was forged or altered, and merging
    /// would hide the contents of one of them.
    fn contradicts(&self, other: &Self) -> bool {
        const TEXTS: [&[&str]; 6] = [
            &["awsRegion"],
            &["errorCode"],
            &["errorMessage"],
            &["recipientAccountId"],
            &["userIdentity", "accessKeyId"],
            &["userIdentity", "userName"],
        ];
        match (self.is_whole(), other.is_whole()) {
            (true, true) => {}
            (true, false) => return !self.has_error() && other.has_error(),
            (false, true) => return !other.has_error() && self.has_error(),
            (false, false) => return false,
        }
        let differ = |path: &[&str]| self.text(path).zip(other.text(path)).is_some_and(|(a, b)| a != b);
        let failed = [self, other].map(|version| version.text(&["errorCode"]).is_some());
        failed[0] != failed[1]
            || TEXTS.iter().any(|path| differ(path))
            || BODIES.iter().any(|name| self.says_other(name, other))
            || !self.is_of_same_time(other, true)
    }

    /// Whether the times are equal to the second, or to the minute if a spreadsheet removed the seconds.
    fn is_of_same_time(&self, other: &Self, to_the_minute: bool) -> bool {
        const SECOND: i64 = 1_000_000;
        const MINUTE: i64 = 60 * SECOND;

        let [a, b] = [self.time.0, other.time.0].map(|time| time.div_euclid(SECOND));
        let [minute_a, minute_b] = [self.time.0, other.time.0].map(|time| time.div_euclid(MINUTE));
        a == b || (to_the_minute && minute_a == minute_b && (a % 60 == 0 || b % 60 == 0))
    }

    /// Adds what only the other record contains. This record is first in the order.
    fn join(&mut self, other: Self) {
        let is_alike = self.class() == other.class() && self.is_whole() == other.is_whole();
        let has_arn = self.text(&["userIdentity", "arn"]).is_some();
        let mut more = other.record;
        // In an event history, the user is the name of the role session.
        if has_arn && let Some(Value::Object(identity)) = more.get_mut("userIdentity") {
            identity.remove("userName");
        }
        for (name, value) in more {
            join(&mut self.record, name, value, is_alike);
        }
    }
}

fn join(object: &mut Map<String, Value>, name: String, value: Value, is_alike: bool) {
    if is_nothing(&value) {
        object.entry(name).or_insert(value);
        return;
    }
    match (object.get_mut(&name), value) {
        // Text that a table created from an object contains no more information than the object.
        (Some(own), value) if is_alike && read::is_read_from_text_of(&value, own) => {}
        (Some(own), value) if is_alike && read::is_read_from_text_of(own, &value) => *own = value,
        (Some(Value::Object(own)), Value::Object(more)) => {
            more.into_iter().for_each(|(name, value)| join(own, name, value, is_alike));
        }
        (Some(own), value) if is_nothing(own) || (is_alike && weight(own) < weight(&value)) => *own = value,
        (Some(_), _) => {}
        (None, value) => drop(object.insert(name, value)),
    }
}

/// Sorts members so that the order of records does not matter. Members whose names come from services are unchanged.
fn sort(record: &mut Map<String, Value>) {
    const OF_SERVICES: [&str; 3] = ["requestParameters", "responseElements", "serviceEventDetails"];

    let mut members: Vec<(String, Value)> = std::mem::take(record).into_iter().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, value) in &mut members {
        if let Value::Object(inner) = value
            && !OF_SERVICES.contains(&name.as_str())
        {
            sort(inner);
        }
    }
    record.extend(members);
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Chooses between two values of one member: keeps the structured value, otherwise the longer value.
fn weight(value: &Value) -> (u8, usize, String) {
    let kind = match value {
        Value::Null => 0,
        // A time in CloudTrail's own format contains the same information as in any other format.
        Value::String(text) if text.len() == 20 && text.ends_with('Z') => 2,
        Value::String(_) => 1,
        Value::Number(_) => 2,
        Value::Bool(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    let text = value.to_string();
    (kind, text.len(), text)
}

/// Whether a request ID is genuine and not redacted.
fn is_telling(id: &str) -> bool {
    let mut found = [false; 256];
    id.bytes().for_each(|byte| found[usize::from(byte)] = true);
    id.bytes().any(|byte| byte.is_ascii_digit()) && found.into_iter().filter(|is_there| *is_there).count() > 2
}

/// Whether an ID has the format of CloudTrail's IDs.
#[must_use]
pub fn is_uuid(id: &str) -> bool {
    let is_digit = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let mut digits = id.bytes().filter(|byte| *byte != b'-');
    let first = digits.next();
    // An ID that consists of a single repeated digit is a placeholder.
    id.len() == 36 && id.bytes().enumerate().all(is_digit) && digits.any(|digit| Some(digit) != first)
}

/// Merges the records of one event. `there` contains the stored records, and `new` the added records.
#[must_use]
pub fn resolve(there: &[Version], new: &[Version]) -> Resolved {
    let mut all: Vec<(usize, &Version)> = there.iter().chain(new).enumerate().collect();
    all.sort_by(|(_, a), (_, b)| a.order(b));
    let mut events: Vec<(Version, Vec<usize>)> = Vec::new();
    for (at, version) in all {
        match events.iter_mut().find(|(event, _)| event.is_of_same_event(version)) {
            Some((event, members)) => {
                event.join(version.clone());
                members.push(at);
            }
            None => events.push((version.clone(), vec![at])),
        }
    }
    let is_apart = events.len() > 1 || there.iter().any(|version| version.is_apart);
    let mut fates = vec![MergeOutcome::Merged; new.len()];
    let mut is_changed = events.len() != there.len();
    for (event, members) in &mut events {
        event.is_apart = is_apart;
        let is_joined = members.first().is_some_and(|at| {
            let first = there.iter().chain(new).nth(*at);
            first.is_some_and(|first| first.record != event.record)
        });
        if is_joined {
            sort(&mut event.record);
        }
        let known = members.iter().copied().filter(|at| *at < there.len()).filter_map(|at| there.get(at));
        let known: Vec<&Version> = known.collect();
        is_changed |= !known.iter().any(|version| {
            version.record == event.record
                && (&version.file, version.position, version.is_apart) == (&event.file, event.position, is_apart)
        });
        let mut is_new = known.is_empty();
        for at in members.iter().filter_map(|at| at.checked_sub(there.len())) {
            let is_copy = new.get(at).is_some_and(|version| known.iter().any(|known| known.record == version.record));
            if let Some(fate) = fates.get_mut(at) {
                *fate = match (is_new, is_copy) {
                    (true, _) => MergeOutcome::New,
                    (false, true) => MergeOutcome::Duplicate,
                    (false, false) => MergeOutcome::Merged,
                };
            }
            is_new = false;
        }
    }
    let count = events.len();
    Resolved { is_changed, fates, events: count, versions: events.into_iter().map(|(event, _)| event).collect() }
}

impl Resolved {
    /// Adds the events to store.
    ///
    /// # Errors
    /// [`MergeError`]
    pub fn push(&self, rows: &mut EventRows) -> Result<(), MergeError> {
        for version in &self.versions {
            let json = Value::Object(version.record.clone()).to_string();
            let mut event = if version.is_apart {
                normalize::event_apart(&json, &version.file)?
            } else {
                normalize::event(&json, &version.file)?
            };
            event.session_id = session::id(&event, &version.file);
            rows.push(&event, &version.file, version.position)?;
        }
        Ok(())
    }
}
