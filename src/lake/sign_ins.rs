//! Sign-ins without a session, for engines that join sign-ins to the sessions they opened.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::{DamagedJson, all_events};
use super::wide::{in_utc, schema_in_utc};
use crate::batch::read_events;
use crate::event::{Event, Evidence, Timestamp};
use crate::session::{self, SignIn};

/// The columns of [`sign_ins`], and whether each is a time.
const COLUMNS: [(&str, bool); 7] = [
    ("event_id", false),
    ("session_id", false),
    ("account_id", false),
    ("principal_arn", false),
    ("event_time", true),
    ("created_from", true),
    ("created_to", true),
];

/// The schema of [`sign_ins`], with times in UTC.
#[must_use]
pub fn sign_in_schema() -> SchemaRef {
    schema_in_utc(&schema())
}

fn schema() -> Schema {
    let kind = |is_time| if is_time { DataType::Timestamp(TimeUnit::Microsecond, None) } else { DataType::Utf8 };
    Schema::new(COLUMNS.map(|(name, is_time)| Field::new(name, kind(is_time), true)).to_vec())
}

/// A sign-in, its own session, and the key used to find the session that it opened. There is no key if the event does
/// not state who signed in.
struct UnlinkedSignIn<'b> {
    event: Event<'b>,
    session_id: String,
    sign_in: Option<SignIn>,
}

impl<'b> UnlinkedSignIn<'b> {
    fn of((event, file): (Event<'b>, &str)) -> Option<Self> {
        let is_unlinked = event.evidence.contains(Evidence::SIGN_IN) && event.identity.session_created.is_none();
        is_unlinked.then(|| Self { session_id: session::id(&event, file), sign_in: session::sign_in(&event), event })
    }
}

/// Returns the sign-ins in a batch of `events` (with all columns) that do not state which session they opened.
///
/// Each sign-in has its own `session_id`, which applies if no session is found, and the columns that [`session::link`]
/// uses to find one: a session with the same account and principal that was created between `created_from` and
/// `created_to`. The session created nearest to `event_time` is used, or the session with the lower ID if two are
/// equally near. These columns are NULL if the event does not state who signed in.
///
/// # Errors
/// Like [`super::events`].
pub fn sign_ins(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    // Whoever maps the same events is told about damage.
    let rows = all_events(batch, &mut DamagedJson::default())?;
    let found: Vec<UnlinkedSignIn<'_>> = read_events(&rows)?.into_iter().filter_map(UnlinkedSignIn::of).collect();
    let texts = |text: for<'w> fn(&'w UnlinkedSignIn<'_>) -> Option<&'w str>| -> ArrayRef {
        Arc::new(found.iter().map(text).collect::<StringArray>())
    };
    let times = |time: fn(&UnlinkedSignIn<'_>) -> Option<Timestamp>| -> ArrayRef {
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
