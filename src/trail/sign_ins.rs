//! Assigns sign-ins to the sessions that they opened.

use std::borrow::Cow;

use arrow::array::Array;
use arrow::record_batch::RecordBatch;
use foldhash::HashMap;

use crate::batch::{self, BatchError, Columns, text_at, time_at};
use crate::event::{Client, Event, Identity, Timestamp};
use crate::session::{self, Candidate, SignIn};

/// Sign-ins that do not state when their session was created.
#[derive(Debug)]
pub struct SignIns<'b> {
    /// The events, each with its `source_file`.
    events: Vec<(Event<'b>, &'b str)>,
    waiting: Vec<SignIn>,
}

impl<'b> SignIns<'b> {
    /// Reads batches of `events` that contain only such sign-ins.
    ///
    /// # Errors
    /// See [`batch::read_events`].
    pub fn read(batches: &'b [RecordBatch]) -> Result<Self, BatchError> {
        let mut events = Vec::new();
        for batch in batches {
            events.extend(batch::read_events(batch)?);
        }
        let waiting = events.iter().filter_map(|(event, _)| session::sign_in(event)).collect();
        Ok(Self { events, waiting })
    }

    /// The time ranges in which the sessions that they opened may have been created.
    #[must_use]
    pub fn spans(&self) -> Vec<(Timestamp, Timestamp)> {
        self.waiting.iter().map(SignIn::span).collect()
    }

    /// The sign-ins to move: pairs of `event_id` and `session_id`. Each sign-in belongs to the session it opened, or to
    /// its own session if that is unknown.
    #[must_use]
    pub fn moves(&self, candidates: &[Candidate]) -> Vec<(String, String)> {
        let linked: HashMap<String, String> = session::link(&self.waiting, candidates).into_iter().collect();
        // Sign-ins in an event history are assigned based on neighboring events.
        let waiting = self.events.iter().filter(|(event, _)| session::visit(event).is_none());
        let to = |(event, file): &(Event<'_>, &str)| {
            let linked = linked.get(event.event_id.as_ref()).cloned();
            let session_id = linked.unwrap_or_else(|| session::id(event, file));
            (event.session_id != session_id).then(|| (event.event_id.to_string(), session_id))
        };
        waiting.filter_map(to).collect()
    }
}

/// The events in event histories that belong to a different session: pairs of `event_id` and `session_id`. The batches
/// are batches of `events`. They may contain other events, and need only the [`VISIT_COLUMNS`] columns.
///
/// # Errors
/// If a column is missing.
pub fn visits(batches: &[RecordBatch]) -> Result<Vec<(String, String)>, BatchError> {
    let mut visits = Vec::new();
    for batch in batches {
        let columns = Columns(batch);
        let names = columns.text("user_name")?;
        let created = columns.time("session_created")?;
        let known = ["identity_type", "principal_arn", "principal_id", "issuer_arn"].map(|name| columns.text(name));
        for row in 0..batch.num_rows() {
            // Nearly all events contain more data about their callers, and are skipped quickly.
            let is_known =
                known.iter().flatten().any(|column| text_at(column, row).is_some_and(|text| !text.is_empty()));
            if is_known || !created.is_null(row) || names.is_null(row) {
                continue;
            }
            let text = |name: &str| Ok::<_, BatchError>(text_at(columns.text(name)?, row).map(Cow::Borrowed));
            let event = Event {
                event_id: text("event_id")?.unwrap_or_default(),
                event_time: time_at(columns.time("event_time")?, row).unwrap_or_default(),
                recipient_account_id: text("recipient_account_id")?,
                identity: Identity {
                    user_name: text("user_name")?,
                    account_id: text("identity_account_id")?,
                    access_key_id: text("access_key_id")?,
                    ..Identity::default()
                },
                client: text("client")?.as_deref().and_then(Client::named),
                session_id: text("session_id")?.unwrap_or_default().into_owned(),
                ..Event::default()
            };
            visits.extend(session::visit(&event));
        }
    }
    Ok(session::visits(&visits))
}

/// The columns of `events` that [`visits`] reads.
pub const VISIT_COLUMNS: [&str; 13] = [
    "event_id",
    "event_time",
    "recipient_account_id",
    "identity_type",
    "principal_id",
    "principal_arn",
    "identity_account_id",
    "access_key_id",
    "user_name",
    "issuer_arn",
    "session_created",
    "client",
    "session_id",
];
