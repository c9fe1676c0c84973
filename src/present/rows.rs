//! Typed rows of the `timeline` and `sessions` views, read from the batches of a query.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;

use super::PresentError;
use crate::event::Timestamp;
use crate::signal::{Kind, leads_to_console};

/// The class of a timeline row: the values of `timeline.class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A click or a command.
    Click,
    /// Background.
    Background,
    /// A console event without a signal.
    Residual,
    /// An event from a program.
    Programmatic,
    /// An aggregated event: calls that CloudTrail counted in a time window. It does not name a caller or a session.
    Aggregated,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 5] = [Self::Click, Self::Background, Self::Residual, Self::Programmatic, Self::Aggregated];

    /// The name in `timeline.class`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Background => "background",
            Self::Residual => "residual",
            Self::Programmatic => "programmatic",
            Self::Aggregated => "aggregated",
        }
    }

    /// Whether its rows are events, not signals.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::Residual | Self::Programmatic)
    }
}

/// One row of the `timeline` view.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `time`: of the signal's first event, or of the event.
    pub time: Timestamp,
    /// `class`
    pub class: Class,
    /// `session_id`
    pub session_id: Option<String>,
    /// `principal`
    pub principal: Option<String>,
    /// `account_id`
    pub account_id: Option<String>,
    /// `region`
    pub region: Option<String>,
    /// `kind`, of a signal.
    pub kind: Option<Kind>,
    /// `service`
    pub service: Option<String>,
    /// `title`: the page, or the call.
    pub title: Option<String>,
    /// `summary`: the sentence.
    pub summary: Option<String>,
    /// `confidence`, of a signal: 0 to 1.
    pub confidence: Option<f64>,
    /// `events`: the number of its events.
    pub events: u64,
    /// `error_code`
    pub error_code: Option<String>,
    /// `id`: of the signal, or of the event.
    pub id: Option<String>,
    /// `url`: the link to the page, if known. It contains text from logs.
    pub url: Option<String>,
    /// `writes`: whether it changed something, or tried to.
    pub writes: bool,
    /// `failed_events`: how many of its events were denied or failed.
    pub failed_events: u64,
    /// `stands_out`: whether an event has a class, or creates an identity, a credential or a grant.
    pub stands_out: bool,
    /// `resources`: the resources that an event's call names.
    pub resources: Option<String>,
    /// `bytes_out`: how many bytes an event downloaded.
    pub bytes_out: Option<u64>,
    /// `sigma`: titles of the saved Sigma rules that match it.
    pub sigma: Vec<String>,
    /// `sigma_level`: the highest level of these rules.
    pub sigma_level: Option<String>,
}

impl Entry {
    /// The entries of `SELECT * FROM timeline …`, in the order of the rows.
    ///
    /// # Errors
    /// If a column is missing or has an unexpected type.
    pub fn read(batch: &RecordBatch) -> Result<Vec<Self>, PresentError> {
        let texts = |name| Texts::of(batch, name);
        let (class, kind) = (texts("class")?, texts("kind")?);
        let (session, principal, account) = (texts("session_id")?, texts("principal")?, texts("account_id")?);
        let (region, service, error) = (texts("region")?, texts("service")?, texts("error_code")?);
        let (title, summary, id, url) = (texts("title")?, texts("summary")?, texts("id")?, texts("url")?);
        let time = column(batch, "time", &DataType::Timestamp(TimeUnit::Microsecond, None))?;
        let confidence = column(batch, "confidence", &DataType::Float64)?;
        let events = column(batch, "events", &DataType::Int64)?;
        let (writes, stands_out) =
            (column(batch, "writes", &DataType::Boolean)?, column(batch, "stands_out", &DataType::Boolean)?);
        let (failed, bytes) =
            (column(batch, "failed_events", &DataType::Int64)?, column(batch, "bytes_out", &DataType::Int64)?);
        let (resources, sigma_level) = (texts("resources")?, texts("sigma_level")?);
        let sigma = column(batch, "sigma", &list_of_texts())?;
        let entry = |row| {
            Ok(Self {
                time: moment(&time, row).ok_or(PresentError::Column("time"))?,
                class: class.one_of(&Class::ALL, Class::as_str, row).ok_or(PresentError::Column("class"))?,
                session_id: session.get(row),
                principal: principal.get(row),
                account_id: account.get(row),
                region: region.get(row),
                kind: kind.one_of(&Kind::ALL, Kind::as_str, row),
                service: service.get(row),
                title: title.get(row),
                summary: summary.get(row),
                confidence: confidence.is_valid(row).then(|| confidence.as_primitive::<Float64Type>().value(row)),
                events: count(&events, row),
                error_code: error.get(row),
                id: id.get(row),
                url: url.get(row).filter(|url| leads_to_console(url)),
                writes: is_true(&writes, row),
                failed_events: count(&failed, row),
                stands_out: is_true(&stands_out, row),
                resources: resources.get(row),
                bytes_out: bytes.is_valid(row).then(|| count(&bytes, row)),
                sigma: list(&sigma, row),
                sigma_level: sigma_level.get(row),
            })
        };
        (0..batch.num_rows()).map(entry).collect()
    }
}

/// The header of a session in a timeline: some columns of `sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// `session_id`
    pub session_id: String,
    /// `principal`
    pub principal: Option<String>,
    /// `account_id`
    pub account_id: Option<String>,
    /// `ips`
    pub ips: Vec<String>,
    /// `mfa`: whether the session was opened with MFA; `None` if unknown.
    pub mfa: Option<bool>,
    /// `first_time`
    pub first_time: Option<Timestamp>,
    /// `last_time`
    pub last_time: Option<Timestamp>,
}

impl Head {
    /// The heads of `SELECT * FROM sessions …`, in the order of the rows.
    ///
    /// # Errors
    /// If a column is missing or has an unexpected type.
    pub fn read(batch: &RecordBatch) -> Result<Vec<Self>, PresentError> {
        let texts = |name| Texts::of(batch, name);
        let (session, principal, account) = (texts("session_id")?, texts("principal")?, texts("account_id")?);
        let when = DataType::Timestamp(TimeUnit::Microsecond, None);
        let (first, last) = (column(batch, "first_time", &when)?, column(batch, "last_time", &when)?);
        let (mfa, ips) = (column(batch, "mfa", &DataType::Boolean)?, column(batch, "ips", &list_of_texts())?);
        let head = |row| Self {
            session_id: session.get(row).unwrap_or_default(),
            principal: principal.get(row),
            account_id: account.get(row),
            ips: list(&ips, row),
            mfa: mfa.is_valid(row).then(|| mfa.as_boolean().value(row)),
            first_time: moment(&first, row),
            last_time: moment(&last, row),
        };
        Ok((0..batch.num_rows()).map(head).collect())
    }
}

/// A column by name, cast to the requested type: an ENUM becomes text, a HUGEINT a count.
fn column(batch: &RecordBatch, name: &'static str, kind: &DataType) -> Result<ArrayRef, PresentError> {
    let array = batch.column_by_name(name).ok_or(PresentError::Column(name))?;
    cast(array, kind).map_err(|_| PresentError::Column(name))
}

fn list_of_texts() -> DataType {
    DataType::new_list(DataType::Utf8, true)
}

fn list(lists: &ArrayRef, row: usize) -> Vec<String> {
    if lists.is_null(row) {
        return Vec::new();
    }
    lists.as_list::<i32>().value(row).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

fn moment(times: &ArrayRef, row: usize) -> Option<Timestamp> {
    times.is_valid(row).then(|| Timestamp(times.as_primitive::<TimestampMicrosecondType>().value(row)))
}

fn is_true(flags: &ArrayRef, row: usize) -> bool {
    flags.is_valid(row) && flags.as_boolean().value(row)
}

fn count(counts: &ArrayRef, row: usize) -> u64 {
    let count = counts.is_valid(row).then(|| counts.as_primitive::<Int64Type>().value(row));
    count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default()
}

/// A text column.
struct Texts(ArrayRef);

impl Texts {
    fn of(batch: &RecordBatch, name: &'static str) -> Result<Self, PresentError> {
        column(batch, name, &DataType::Utf8).map(Self)
    }

    fn str(&self, row: usize) -> Option<&str> {
        self.0.is_valid(row).then(|| self.0.as_string::<i32>().value(row))
    }

    fn get(&self, row: usize) -> Option<String> {
        self.str(row).map(str::to_owned)
    }

    /// The member of `all` whose name is the text.
    fn one_of<T: Copy>(&self, all: &[T], name: impl Fn(T) -> &'static str, row: usize) -> Option<T> {
        let text = self.str(row)?;
        all.iter().copied().find(|one| name(*one) == text)
    }
}
