//! Sign-ins, put into the sessions they opened.

use arrow::record_batch::RecordBatch;
use rustc_hash::FxHashMap;

use crate::batch::{self, BatchError};
use crate::event::{Event, Timestamp};
use crate::session::{self, Candidate, SignIn};

/// Sign-ins that do not say when their session was created.
#[derive(Debug)]
pub struct SignIns<'b> {
    /// The events, each with its `source_file`.
    events: Vec<(Event<'b>, &'b str)>,
    waiting: Vec<SignIn>,
}

impl<'b> SignIns<'b> {
    /// Reads batches of `events` that hold such sign-ins alone.
    ///
    /// # Errors
    /// As [`batch::read_events`].
    pub fn read(batches: &'b [RecordBatch]) -> Result<Self, BatchError> {
        let mut events = Vec::new();
        for batch in batches {
            events.extend(batch::read_events(batch)?);
        }
        let waiting = events.iter().filter_map(|(event, _)| session::sign_in(event)).collect();
        Ok(Self { events, waiting })
    }

    /// When the sessions that they opened may have been created: the first and the last moment.
    #[must_use]
    pub fn spans(&self) -> Vec<(Timestamp, Timestamp)> {
        self.waiting.iter().map(SignIn::span).collect()
    }

    /// Those that belong elsewhere: pairs of `event_id` and `session_id`. Each belongs to the session it opened, or to its
    /// own if none is known to be.
    #[must_use]
    pub fn moves(&self, candidates: &[Candidate]) -> Vec<(String, String)> {
        let linked: FxHashMap<String, String> = session::link(&self.waiting, candidates).into_iter().collect();
        let to = |(event, file): &(Event<'_>, &str)| {
            let linked = linked.get(event.event_id.as_ref()).cloned();
            let session_id = linked.unwrap_or_else(|| session::id(event, file));
            (event.session_id != session_id).then(|| (event.event_id.to_string(), session_id))
        };
        self.events.iter().filter_map(to).collect()
    }
}
