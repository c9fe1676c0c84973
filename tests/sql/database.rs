//! The database that sqllogictest uses: a separate case for each file.
//!
//! In addition to SQL, it accepts a statement that creates events from records, which are normalized as usual:
//!
//! ```text
//! statement ok
//! RECORDS
//! {"eventVersion": "1.08", "awsRegion": "eu-west-1", "userIdentity": {"type": "IAMUser", ...}}
//! {"eventID": "e1", "eventTime": "2026-03-02T09:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers"}
//! ```
//!
//! The first line contains what all records share. Each further line is merged over it to form a record. Sessions are
//! gathered from the records, but nothing is mapped: the file itself inserts the signals. `HUNT id` runs that hunt.

use arrow::error::ArrowError;
use cartographer::batch::{BatchError, EventRows};
use cartographer::hunt::{self, Hunt, HuntError};
use cartographer::normalize::{self, RecordError};
use cartographer::session;
use cartographer::store::{Case, StoreError};
use cartographer::table::EVENTS;
use serde_json::Value;
use sqllogictest::{DB, DBOutput, DefaultColumnType};
use tempfile::TempDir;
use thiserror::Error;

use crate::cells;

/// A new case, which is deleted together with its folder.
pub(crate) struct TestDatabase {
    case: Case,
    _folder: TempDir,
}

/// Why a statement failed.
#[derive(Debug, Error)]
pub(crate) enum TestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Batch(#[from] BatchError),
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    #[error(transparent)]
    Hunt(#[from] HuntError),
    #[error("there is no hunt {0}")]
    NoHunt(String),
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { case: Case::open(&folder.path().join("case.duckdb")).unwrap(), _folder: folder }
    }

    fn add_records(&self, lines: &str) -> Result<u64, TestError> {
        let mut lines = lines.lines().map(serde_json::from_str::<Value>);
        let shared = lines.next().transpose()?.unwrap_or_default();
        let (mut rows, mut count) = (EventRows::default(), 0);
        for line in lines {
            let record = merged(shared.clone(), line?).to_string();
            let mut event = normalize::event(&record, "made up")?;
            session::assign(&mut event, "made up");
            rows.push(&event, "made up", count)?;
            count += 1;
        }
        self.case.append(&EVENTS, [&rows.finish()?])?;
        self.case.gather_sessions(u64::MAX)?;
        Ok(count)
    }
}

/// `over` merged over `base`, with objects merged member by member.
fn merged(base: Value, over: Value) -> Value {
    match (base, over) {
        (Value::Object(mut base), Value::Object(over)) => {
            for (name, value) in over {
                let under = base.remove(&name).unwrap_or_default();
                base.insert(name, merged(under, value));
            }
            Value::Object(base)
        }
        (_, over) => over,
    }
}

/// The shipped hunt with this ID.
fn hunt(id: &str) -> Result<Hunt, TestError> {
    hunt::shipped()?.into_iter().find(|hunt| hunt.id == id).ok_or_else(|| TestError::NoHunt(id.to_owned()))
}

impl DB for TestDatabase {
    type Error = TestError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, TestError> {
        if let Some(lines) = sql.strip_prefix("RECORDS\n") {
            return Ok(DBOutput::StatementComplete(self.add_records(lines)?));
        }
        let batches = match sql.strip_prefix("HUNT ") {
            Some(id) => self.case.query(&hunt(id)?.sql(&[]))?,
            None => self.case.query(sql)?,
        };
        Ok(DBOutput::Rows { types: cells::types(&batches), rows: cells::rows(&batches)? })
    }
}
