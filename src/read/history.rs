//! Converts CSV with one row per event to records: the console's event history, and the tables of other tools.
//!
//! Columns are identified by their names, so that all of the console's layouts can be read: the current sixteen
//! columns, the earlier ten, and files saved by a spreadsheet. A cell without a matching CloudTrail member is kept
//! under `eventHistory`, and a cell damaged by a spreadsheet is kept under `eventHistoryDamaged`, both with the
//! column's own name.

use csv::StringRecord;
use serde_json::{Map, Value};

use super::athena;
use super::clock::Convention;
use super::container::Container;
use super::names::{self, plain};
use super::text::printable;

/// The member for cells of unknown columns.
const KEPT: &str = "eventHistory";
/// The member for damaged cells.
const DAMAGED: &str = "eventHistoryDamaged";
/// Names of account columns, normalized.
const ACCOUNTS: [&str; 4] = ["accountid", "awsaccountid", "awsaccount", "account"];
/// Members that are IDs or accounts: spreadsheets convert some of them to numbers.
const IDS: [&str; 2] = ["eventID", "requestID"];

/// The meaning of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// `eventTime`
    Time,
    /// A member of the record, by its path.
    Member(&'static str),
    /// A member of the record, unless another column uses the member's own name.
    Alias(&'static str),
    /// A member of `requestParameters` or a similar object: the object, and the name within it.
    Within(&'static str, String),
    /// A column that does not match any member.
    Other,
}

impl Field {
    fn of(name: &str, has_identity: bool) -> Self {
        match names::column(name) {
            names::Column::Own("eventTime") => Self::Time,
            names::Column::Own(path) => Self::Member(path),
            names::Column::Alias(path) => Self::Alias(path),
            names::Column::Within(member, inner) => Self::Within(member, inner.to_owned()),
            // If there are separate columns for the caller, the account column is the table's partition.
            names::Column::Unknown if has_identity => Self::Other,
            names::Column::Unknown => match plain(name).as_str() {
                "user" => Self::Alias("userIdentity.userName"),
                account if ACCOUNTS.contains(&account) => Self::Alias("userIdentity.accountId"),
                _ => Self::Other,
            },
        }
    }
}

/// The columns of one file: the meaning and the name of each.
#[derive(Debug)]
pub(super) struct Columns {
    fields: Vec<(Field, String)>,
    time: usize,
    is_table: bool,
}

impl Columns {
    /// The columns, if they include at least the name and the time of each event.
    pub(super) fn of(headers: &StringRecord) -> Option<Self> {
        let is_identity = |name: &str| match names::column(name) {
            names::Column::Own(path) => path == "eventVersion" || path.starts_with("userIdentity"),
            _ => false,
        };
        let is_table = headers.iter().any(is_identity);
        let mut columns: Vec<_> = headers.iter().map(|own| (Field::of(own, is_table), own.trim().to_owned())).collect();
        let place = |columns: &[(Field, String)], field| columns.iter().position(|(known, _)| *known == field);
        let time = place(&columns, Field::Time).or_else(|| place(&columns, Field::Alias("eventTime")))?;
        columns[time].0 = Field::Time;
        place(&columns, Field::Member("eventName")).or_else(|| {
            let is_ours = headers.iter().any(|name| name.contains("cloudtrail"));
            place(&columns, Field::Alias("eventName")).filter(|_| is_ours)
        })?;
        Some(Self { fields: columns, time, is_table })
    }

    /// The kind of table.
    pub(super) const fn container(&self) -> Container {
        if self.is_table { Container::Table } else { Container::EventHistoryCsv }
    }

    /// The cell that contains the event's time.
    pub(super) fn time<'r>(&self, row: &'r StringRecord) -> &'r str {
        row.get(self.time).unwrap_or_default()
    }
}

/// One row as the JSON text of a record. An error names the cell that cannot be read.
pub(super) fn record(row: &StringRecord, columns: &Columns, times: Convention) -> Result<String, String> {
    let mut record = Map::new();
    let mut aliases = Vec::new();
    for ((field, own), cell) in columns.fields.iter().zip(row) {
        let cell = cell.trim();
        if matches!(cell, "" | "-") {
            continue;
        }
        match field {
            Field::Time => set_time(&mut record, own, cell, times)?,
            Field::Member(path) => set(&mut record, path, own, cell, times),
            Field::Alias(path) => aliases.push((*path, own, cell)),
            Field::Within(member, inner) => athena::put(&mut record, &format!("{member}.{inner}"), cell.into()),
            Field::Other => put_in(&mut record, KEPT, own, cell),
        }
    }
    for (path, own, cell) in aliases {
        if athena::has(&record, path) {
            put_in(&mut record, KEPT, own, cell);
        } else {
            set(&mut record, path, own, cell, times);
        }
    }
    if !record.contains_key("eventName") || !record.contains_key("eventTime") {
        return Err("the row is missing an event name or event time".to_owned());
    }
    Ok(Value::Object(record).to_string())
}

fn set(record: &mut Map<String, Value>, path: &'static str, own: &str, cell: &str, times: Convention) {
    let is_account = path.to_ascii_lowercase().ends_with("accountid");
    let damaged = (IDS.contains(&path) && is_exponential(cell))
        || (is_account && cell.bytes().any(|byte| !byte.is_ascii_digit()) && is_exponential_or_number(cell));
    if damaged {
        return put_in(record, DAMAGED, own, cell);
    }
    if path.ends_with("creationDate")
        && let Ok(time) = times.time(cell)
    {
        return athena::set(record, path, time.into());
    }
    let is_nothing = cell == "null" && !names::OPEN.contains(&path);
    let is_bad_truth = path == "readOnly" && cell.to_ascii_lowercase().parse::<bool>().is_err();
    if is_bad_truth {
        put_in(record, KEPT, own, cell);
    } else if !is_nothing {
        athena::set(record, path, cell.into());
    }
}

/// The time in UTC; if the cell uses a different format, it is also kept.
fn set_time(record: &mut Map<String, Value>, own: &str, cell: &str, times: Convention) -> Result<(), String> {
    let time = times.time(cell).map_err(|cause| format!("the event time {cause}: {:?}", printable(cell)))?;
    if time != cell {
        put_in(record, KEPT, own, cell);
    }
    put(record, "eventTime", &time);
    Ok(())
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

/// Whether a spreadsheet converted an ID to a number: `5.28758E+11`, `5,28758E+11`.
fn is_exponential(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    exponent.strip_prefix('+').is_some_and(digits) && digits(&mantissa.replace(['.', ','], ""))
}

/// Whether a spreadsheet converted an account to a number in any format, including `528,758,000,000`.
fn is_exponential_or_number(cell: &str) -> bool {
    is_exponential(cell) || cell.bytes().all(|byte| byte.is_ascii_digit() || b".,' ".contains(&byte))
}
