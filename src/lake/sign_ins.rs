//! Sign-ins that wait for the session they opened, for engines that join the two themselves.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::all_events;
use super::wide::{in_utc, schema_in_utc};
use crate::batch::read_events;
use crate::event::Timestamp;
use crate::session::{self, SignIn};

/// What [`sign_ins`] gives of each, and whether it is a time.
const COLUMNS: [(&str, bool); 7] = [
    ("event_id", false),
    ("session_id", false),
    ("account_id", false),
    ("principal_arn", false),
    ("event_time", true),
    ("created_from", true),
    ("created_to", true),
];

/// The schema of [`sign_ins`], times in UTC.
#[must_use]
pub fn sign_in_schema() -> SchemaRef {
    schema_in_utc(&schema())
}

fn schema() -> Schema {
    let kind = |is_time| if is_time { DataType::Timestamp(TimeUnit::Microsecond, None) } else { DataType::Utf8 };
    Schema::new(COLUMNS.map(|(name, is_time)| Field::new(name, kind(is_time), false)).to_vec())
}

/// Of a batch of `events`, with all columns: the sign-ins that do not say which session they opened.
///
/// Each has the `session_id` it keeps if no session is found, and what [`session::link`] finds it by: a session of the
/// same account and principal, created from `created_from` to `created_to`; the nearest to `event_time` counts, of two
/// that are equally near the one with the lower id.
///
/// # Errors
/// As [`super::events`].
pub fn sign_ins(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let rows = all_events(batch)?;
    let found: Vec<(SignIn, String)> = read_events(&rows)?
        .iter()
        .filter_map(|(event, file)| Some((session::sign_in(event)?, session::id(event, file))))
        .collect();
    let texts = |text: fn(&(SignIn, String)) -> &str| -> ArrayRef {
        Arc::new(found.iter().map(|found| Some(text(found))).collect::<StringArray>())
    };
    let times = |time: fn(&SignIn) -> Timestamp| -> ArrayRef {
        Arc::new(found.iter().map(|(sign_in, _)| Some(time(sign_in).0)).collect::<TimestampMicrosecondArray>())
    };
    let arrays = vec![
        texts(|(sign_in, _)| &sign_in.event_id),
        texts(|(_, session_id)| session_id),
        texts(|(sign_in, _)| &sign_in.account_id),
        texts(|(sign_in, _)| &sign_in.principal_arn),
        times(|sign_in| sign_in.time),
        times(|sign_in| sign_in.span().0),
        times(|sign_in| sign_in.span().1),
    ];
    in_utc(&RecordBatch::try_new(Arc::new(schema()), arrays)?)
}
