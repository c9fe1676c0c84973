//! The console's event history as CSV: a row's cells back to a record.
//!
//! Columns are found by their names, so that every form the console has had is read: the sixteen columns of today, the
//! ten of before, and whatever a spreadsheet made of them. A cell that no CloudTrail member stands for is kept under
//! `eventHistory`, and one that a spreadsheet damaged under `eventHistoryDamaged`, both by the column's own name.

use csv::StringRecord;
use serde_json::{Map, Value};

use super::clock;
use super::text::printable;

/// The member that cells of unknown columns are kept under.
const KEPT: &str = "eventHistory";
/// The member that damaged cells are kept under.
const DAMAGED: &str = "eventHistoryDamaged";

/// What a column's cells stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// `eventTime`
    Time,
    /// A member of the record.
    Member(&'static str),
    /// A member of the record that is an id, and never a number with an exponent.
    Id(&'static str),
    /// A member of `userIdentity`.
    Identity(&'static str),
    /// `userIdentity.accountId`
    Account,
    /// `readOnly`
    ReadOnly,
    /// No member stands for it.
    Other,
}

impl Field {
    fn of(plain: &str) -> Self {
        match plain {
            "eventtime" => Self::Time,
            "eventname" => Self::Member("eventName"),
            "eventsource" => Self::Member("eventSource"),
            "eventtype" => Self::Member("eventType"),
            "eventcategory" => Self::Member("eventCategory"),
            "eventversion" => Self::Member("eventVersion"),
            "awsregion" | "region" => Self::Member("awsRegion"),
            "errorcode" => Self::Member("errorCode"),
            "errormessage" => Self::Member("errorMessage"),
            "sourceipaddress" | "sourceip" => Self::Member("sourceIPAddress"),
            "useragent" => Self::Member("userAgent"),
            "eventid" => Self::Id("eventID"),
            "requestid" => Self::Id("requestID"),
            "username" | "user" => Self::Identity("userName"),
            "awsaccesskey" | "accesskeyid" | "awsaccesskeyid" => Self::Identity("accessKeyId"),
            "accountid" | "awsaccountid" | "awsaccount" | "account" | "recipientaccountid" => Self::Account,
            "readonly" => Self::ReadOnly,
            _ => Self::Other,
        }
    }
}

/// The columns of one file: what each stands for, and its own name.
#[derive(Debug)]
pub(super) struct Columns(Vec<(Field, String)>);

impl Columns {
    /// The columns, if they are an event history's: each event's name and time, at least.
    pub(super) fn of(headers: &StringRecord, plain: &[String]) -> Option<Self> {
        let columns: Vec<_> =
            plain.iter().zip(headers).map(|(plain, own)| (Field::of(plain), own.to_owned())).collect();
        let has = |field| columns.iter().any(|(f, _)| *f == field);
        (has(Field::Time) && has(Field::Member("eventName"))).then_some(Self(columns))
    }
}

/// One row as a record's JSON text. An error says which cell nobody can read.
pub(super) fn record(row: &StringRecord, columns: &Columns) -> Result<String, String> {
    let mut record = Map::new();
    for ((field, own), cell) in columns.0.iter().zip(row) {
        let cell = cell.trim();
        if !matches!(cell, "" | "-") {
            set(&mut record, *field, own, cell)?;
        }
    }
    if !record.contains_key("eventName") || !record.contains_key("eventTime") {
        return Err("the row has no event name or no event time".to_owned());
    }
    Ok(Value::Object(record).to_string())
}

fn set(record: &mut Map<String, Value>, field: Field, own: &str, cell: &str) -> Result<(), String> {
    match field {
        Field::Time => return set_time(record, own, cell),
        Field::Id(_) if is_exponential(cell) => put_in(record, DAMAGED, own, cell),
        Field::Member(name) | Field::Id(name) => put(record, name, cell),
        Field::Identity(name) => put_in(record, "userIdentity", name, cell),
        Field::Account if cell.bytes().all(|byte| byte.is_ascii_digit()) => {
            put_in(record, "userIdentity", "accountId", cell);
        }
        Field::Account => put_in(record, DAMAGED, own, cell),
        Field::ReadOnly => set_read_only(record, own, cell),
        Field::Other => put_in(record, KEPT, own, cell),
    }
    Ok(())
}

/// The time in UTC; where the cell was written otherwise, the cell is kept too.
fn set_time(record: &mut Map<String, Value>, own: &str, cell: &str) -> Result<(), String> {
    let time = clock::utc(cell).ok_or_else(|| format!("the event time cannot be read: {:?}", printable(cell)))?;
    if time != cell {
        put_in(record, KEPT, own, cell);
    }
    put(record, "eventTime", &time);
    Ok(())
}

fn set_read_only(record: &mut Map<String, Value>, own: &str, cell: &str) {
    match cell.to_ascii_lowercase().as_str() {
        "true" => drop(record.insert("readOnly".to_owned(), Value::Bool(true))),
        "false" => drop(record.insert("readOnly".to_owned(), Value::Bool(false))),
        _ => put_in(record, KEPT, own, cell),
    }
}

fn put(object: &mut Map<String, Value>, name: &str, cell: &str) {
    object.insert(name.to_owned(), Value::String(cell.to_owned()));
}

fn put_in(record: &mut Map<String, Value>, member: &str, name: &str, cell: &str) {
    let inner = record.entry(member).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, name, cell);
    }
}

/// Whether a spreadsheet took an id for a number: `5.28758E+11`, `5,28758E+11`.
fn is_exponential(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    exponent.strip_prefix('+').is_some_and(digits) && digits(&mantissa.replace(['.', ','], ""))
}
