//! Sign-ins that wait for the session they opened, for engines that join the two themselves.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::all_events;
use super::wide::{in_utc, schema_in_utc};
use crate::batch::read_events;
use crate::event::{Event, Evidence, Timestamp};
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
    Schema::new(COLUMNS.map(|(name, is_time)| Field::new(name, kind(is_time), true)).to_vec())
}

/// A sign-in, the session it keeps if no session is found, and what one is found by: nothing, if it does not say who
/// signed in.
struct Waiting<'b> {
    event: Event<'b>,
    session_id: String,
    sign_in: Option<SignIn>,
}

impl<'b> Waiting<'b> {
    fn of((event, file): (Event<'b>, &str)) -> Option<Self> {
        let waits = event.evidence.contains(Evidence::SIGN_IN) && event.identity.session_created.is_none();
        waits.then(|| Self { session_id: session::id(&event, file), sign_in: session::sign_in(&event), event })
    }
}

/// Of a batch of `events`, with all columns: the sign-ins that do not say which session they opened.
///
/// Each has the `session_id` it keeps if no session is found, and what [`session::link`] finds it by: a session of the
/// same account and principal, created from `created_from` to `created_to`; the nearest to `event_time` counts, of two
/// that are equally near the one with the lower id. These are NULL where nothing says who signed in.
///
/// # Errors
/// As [`super::events`].
pub fn sign_ins(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let rows = all_events(batch)?;
    let found: Vec<Waiting<'_>> = read_events(&rows)?.into_iter().filter_map(Waiting::of).collect();
    let texts = |text: for<'w> fn(&'w Waiting<'_>) -> Option<&'w str>| -> ArrayRef {
        Arc::new(found.iter().map(text).collect::<StringArray>())
    };
    let times = |time: fn(&Waiting<'_>) -> Option<Timestamp>| -> ArrayRef {
        Arc::new(found.iter().map(|found| time(found).map(|time| time.0)).collect::<TimestampMicrosecondArray>())
    };
    let arrays = vec![
        texts(|found| Some(&found.event.event_id)),
        texts(|found| Some(&found.session_id)),
        texts(|found| found.sign_in.as_ref().map(|sign_in| sign_in.account_id.as_str())),
        texts(|found| found.sign_in.as_ref().map(|sign_in| sign_in.principal_arn.as_str())),
        times(|found| Some(found.event.event_time)),
        times(|found| found.sign_in.as_ref().map(|sign_in| sign_in.span().0)),
        times(|found| found.sign_in.as_ref().map(|sign_in| sign_in.span().1)),
    ];
    in_utc(&RecordBatch::try_new(Arc::new(schema()), arrays)?)
}
