//! Converts batches of `events` to the rows that matching reads, borrowed from the batches.

use arrow::record_batch::RecordBatch;

use super::columns::{boolean_at, text_at, time_at};
use super::{BatchError, Columns};
use crate::event::Client;
use crate::matching::{Row, SessionRows};
use crate::table::{ColumnKind, EVENTS};

/// The columns of `events` that [`sessions`] needs.
pub const SESSION_COLUMNS: [&str; 16] = [
    "session_id",
    "event_id",
    "event_time",
    "event_key",
    "account_id",
    "principal",
    "region",
    "access_key_id",
    "user_agent",
    "client",
    "source_ip",
    "read_only",
    "error_code",
    "error_message",
    "request_parameters",
    "response_elements",
];

/// [`SESSION_COLUMNS`] as selected in a query, with ENUMs cast to text.
#[must_use]
pub fn session_columns() -> String {
    let is_enum = |name: &str| {
        EVENTS.columns.iter().any(|column| column.name == name && matches!(column.kind, ColumnKind::Enum(_)))
    };
    let ask = |name: &str| if is_enum(name) { format!("{name}::VARCHAR AS {name}") } else { name.to_owned() };
    SESSION_COLUMNS.map(ask).join(", ")
}

/// The sessions in batches whose rows are sorted by session. A session may continue in the next batch.
///
/// # Errors
/// If a column in [`SESSION_COLUMNS`] is missing or has a different type.
pub fn sessions(batches: &[RecordBatch]) -> Result<Vec<SessionRows<'_>>, BatchError> {
    let mut sessions: Vec<SessionRows<'_>> = Vec::new();
    for batch in batches {
        let ids = Columns(batch).text("session_id")?;
        let rows = SessionColumns::of(batch)?;
        for at in 0..batch.num_rows() {
            let session_id = ids.value(at);
            match sessions.last_mut() {
                Some(session) if session.session_id == session_id => session.rows.push(rows.row(at)),
                _ => sessions.push(SessionRows { session_id, rows: vec![rows.row(at)] }),
            }
        }
    }
    Ok(sessions)
}

/// One batch's columns from [`SESSION_COLUMNS`], looked up once.
#[derive(Debug)]
pub struct SessionColumns<'a> {
    texts: [&'a arrow::array::StringArray; 13],
    time: &'a arrow::array::TimestampMicrosecondArray,
    read_only: &'a arrow::array::BooleanArray,
}

impl<'a> SessionColumns<'a> {
    /// Looks up the columns. The session ID's column is not needed.
    ///
    /// # Errors
    /// If a column is missing or has a different type.
    pub fn of(batch: &'a RecordBatch) -> Result<Self, BatchError> {
        let columns = Columns(batch);
        Ok(Self {
            texts: [
                columns.text("event_id")?,
                columns.text("event_key")?,
                columns.text("account_id")?,
                columns.text("principal")?,
                columns.text("region")?,
                columns.text("access_key_id")?,
                columns.text("user_agent")?,
                columns.text("client")?,
                columns.text("source_ip")?,
                columns.text("error_code")?,
                columns.text("error_message")?,
                columns.text("request_parameters")?,
                columns.text("response_elements")?,
            ],
            time: columns.time("event_time")?,
            read_only: columns.boolean("read_only")?,
        })
    }

    /// What matching reads of the event in that row.
    #[must_use]
    pub fn row(&self, at: usize) -> Row<'a> {
        let [id, call, account_id, principal, region, access_key, texts @ ..] =
            self.texts.map(|array| text_at(array, at));
        let [user_agent, client, source_ip, code, message, request, response] = texts;
        Row {
            event_id: id.unwrap_or_default(),
            time: time_at(self.time, at).unwrap_or_default(),
            call: call.unwrap_or_default(),
            account_id,
            principal,
            region,
            access_key,
            user_agent,
            client: client.and_then(Client::named).unwrap_or(Client::Unknown),
            source_ip,
            read_only: boolean_at(self.read_only, at),
            error_code: code,
            error_message: message,
            request,
            response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::EventRows;
    use crate::event::{Event, Timestamp};

    fn batch(rows: &[(&str, &str)]) -> RecordBatch {
        let mut events = EventRows::default();
        for (session, id) in rows {
            let event = Event {
                event_id: (*id).into(),
                event_time: Timestamp(7),
                service: "iam".into(),
                event_name: "GetUser".into(),
                region: Some("us-east-1".into()),
                client: Some(Client::Console),
                read_only: Some(true),
                error_code: Some("Denied".into()),
                request_parameters: Some("{}".into()),
                session_id: (*session).to_owned(),
                ..Event::default()
            };
            events.push(&event, "f", 0).unwrap();
        }
        events.finish().unwrap()
    }

    #[test]
    fn sessions_can_span_batches() {
        let batches = [batch(&[("a", "1"), ("b", "2")]), batch(&[("b", "3"), ("c", "4")])];
        let sessions = sessions(&batches).unwrap();
        let ids = |at: usize| sessions[at].rows.iter().map(|row| row.event_id).collect::<Vec<_>>();
        assert_eq!(sessions.iter().map(|session| session.session_id).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!((ids(0), ids(1), ids(2)), (vec!["1"], vec!["2", "3"], vec!["4"]));
    }

    #[test]
    fn rows_contain_event_fields() {
        let batches = [batch(&[("a", "1")])];
        let sessions = sessions(&batches).unwrap();
        let row = &sessions[0].rows[0];
        assert_eq!((row.call, row.time, row.client), ("iam:GetUser", Timestamp(7), Client::Console));
        assert_eq!((row.region, row.error_code, row.request), (Some("us-east-1"), Some("Denied"), Some("{}")));
        assert_eq!((row.read_only, row.response, row.error_message), (Some(true), None, None));
    }
}
