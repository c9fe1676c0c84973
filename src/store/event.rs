//! A load's queries on `events`: which events exist, which are sign-ins, and which to move to other sessions.

use std::array;
use std::collections::HashSet;

use arrow::record_batch::RecordBatch;
use duckdb::Appender;

use super::{Case, StoreError};
use crate::batch::{Columns, text_at, time_at};
use crate::event::Timestamp;
use crate::trail::{TEXTS, VISIT_COLUMNS, print};

/// The ID that an event's record has, or that it corrects.
const OWN_ID: &str = "COALESCE(own_id, corrects, event_id)";

/// A session that sign-ins may belong to, according to its events other than sign-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// `events.session_id`
    pub session_id: String,
    /// The caller's account, otherwise the account that was called; empty if unknown.
    pub account_id: String,
    /// The caller's ARN, otherwise ID, otherwise name; empty if unknown.
    pub principal: String,
    /// `events.session_created`
    pub created: Timestamp,
}

/// The temporary table that statements over many events join; one at a time.
const STAGE: &str = "CREATE OR REPLACE TEMP TABLE stage (event_id VARCHAR, session_id VARCHAR)";

/// The temporary table of time ranges, in microseconds since 1970.
const SPANS: &str = "CREATE OR REPLACE TEMP TABLE spans (first BIGINT, last BIGINT)";

/// Marks the sessions of staged events as changed, with a negative event count, which no other session has.
const MARK_SESSIONS: &str = "UPDATE sessions SET events = -1 WHERE session_id IN \
     (SELECT session_id FROM stage UNION ALL SELECT e.session_id FROM events AS e JOIN stage USING (event_id))";

impl Case {
    /// Calls `each` with the original ID, the `source_file` and the fingerprint of every event in the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn each_event(&self, each: impl FnMut(&str, &str, u32)) -> Result<(), StoreError> {
        self.for_each_event("", each)
    }

    /// Like [`Case::each_event`], only for events whose IDs are in these batches of `events`.
    ///
    /// # Errors
    /// DuckDB's message, and a batch without `event_id`.
    pub fn each_event_of<'a>(
        &self,
        batches: impl IntoIterator<Item = &'a RecordBatch>,
        each: impl FnMut(&str, &str, u32),
    ) -> Result<(), StoreError> {
        self.execute(STAGE)?;
        let mut stage = self.staging()?;
        for batch in batches {
            let (ids, corrected) = (Columns(batch).text("event_id")?, Columns(batch).text("corrects")?);
            let own = ids.iter().zip(corrected).filter_map(|(id, corrected)| corrected.or(id));
            stage.append_rows(own.map(|id| [id, ""]))?;
        }
        stage.flush()?;
        drop(stage);
        self.for_each_event(&of_stage(), each)
    }

    /// The events whose records have these IDs, in the form that [`crate::batch::read_events`] reads.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn events_of<'a>(&self, own_ids: impl Iterator<Item = &'a str>) -> Result<Vec<RecordBatch>, StoreError> {
        self.stage(own_ids.map(|id| [id, ""]))?;
        let which = of_stage();
        self.query(&format!("SELECT * REPLACE (client::VARCHAR AS client) FROM events {which} ORDER BY event_id"))
    }

    /// Calls `each` with the original ID of every event in the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn each_event_id(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.stream(&format!("SELECT {OWN_ID} AS id FROM events"), self.count_events()?, |batch| {
            Columns(batch).text("id")?.iter().flatten().for_each(&mut each);
            Ok(())
        })
    }

    /// The number of events in the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn count_events(&self) -> Result<usize, StoreError> {
        Ok(self.connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?)
    }

    /// Whether the case has events.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn has_events(&self) -> Result<bool, StoreError> {
        self.has_rows("events")
    }

    /// Streams the events, since all their texts do not fit into memory.
    fn for_each_event(&self, which: &str, mut each: impl FnMut(&str, &str, u32)) -> Result<(), StoreError> {
        let texts = TEXTS.map(|name| format!("{name}::VARCHAR AS {name}")).join(", ");
        let sql = format!("SELECT {OWN_ID} AS id, source_file, event_time, {texts} FROM events {which}");
        let wanted =
            self.connection.query_row(&format!("SELECT count(*) FROM events {which}"), [], |row| row.get(0))?;
        self.stream(&sql, wanted, |batch| {
            let columns = Columns(batch);
            let (ids, files, times) = (columns.text("id")?, columns.text("source_file")?, columns.time("event_time")?);
            let texts = TEXTS.map(|name| columns.text(name));
            for row in 0..batch.num_rows() {
                let text = |at: usize| texts.get(at)?.as_ref().ok().and_then(|column| text_at(column, row));
                let print = print(time_at(times, row).map(|time| time.0), array::from_fn(text));
                each(ids.value(row), files.value(row), print);
            }
            Ok(())
        })
    }

    /// Calls `each` with the batches of a query that returns `wanted` rows.
    fn stream(
        &self,
        sql: &str,
        wanted: usize,
        mut each: impl FnMut(&RecordBatch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (mut read, mut statement) = (0, self.connection.prepare(sql)?);
        for batch in statement.stream_arrow([])? {
            read += batch.num_rows();
            each(&batch)?;
        }
        // The stream cannot report an error: it just ends.
        if read < wanted {
            return Err(StoreError::DuckDb(format!("only {read} of {wanted} events could be read")));
        }
        Ok(())
    }

    /// The sign-ins that do not state when their session was created, in the form that [`crate::batch::read_events`] reads,
    /// ordered by ID.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn sign_ins(&self) -> Result<Vec<RecordBatch>, StoreError> {
        self.query(
            // By row ID, so that only two columns of all other events are read.
            "SELECT * REPLACE (client::VARCHAR AS client) FROM events WHERE rowid IN (SELECT rowid FROM events \
             WHERE session_created IS NULL AND list_contains(console_evidence, 'sign_in')) ORDER BY event_id",
        )
    }

    /// The IDs of the aggregated events in the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn aggregated_ids(&self) -> Result<HashSet<String>, StoreError> {
        let mut ids = HashSet::new();
        for batch in self.query("SELECT event_id FROM aggregated_events")? {
            ids.extend(Columns(&batch).text("event_id")?.iter().flatten().map(str::to_owned));
        }
        Ok(ids)
    }

    /// The events with no caller data other than a name, with the columns that [`crate::trail::visits`] reads.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn visits(&self) -> Result<Vec<RecordBatch>, StoreError> {
        let columns = VISIT_COLUMNS.map(|name| if name == "client" { "client::VARCHAR AS client" } else { name });
        self.query(&format!(
            "SELECT {} FROM events WHERE session_created IS NULL AND user_name IS NOT NULL \
             AND principal_arn IS NULL AND principal_id IS NULL AND identity_type IS NULL ORDER BY event_id",
            columns.join(", ")
        ))
    }

    /// The sessions that were created within one of these time ranges (first and last time), ordered by ID.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn sessions_created(&self, spans: &[(Timestamp, Timestamp)]) -> Result<Vec<KnownSession>, StoreError> {
        self.execute(SPANS)?;
        let mut appender = self.connection.appender_to_catalog_and_db("spans", "temp", "main")?;
        appender.append_rows(spans.iter().map(|(first, last)| [first.0, last.0]))?;
        appender.flush()?;
        // Sign-ins are excluded, so that their assignment by an earlier load does not affect this one.
        let batches = self.query(
            "WITH within AS (SELECT session_created FROM (SELECT DISTINCT session_created FROM events) \
             SEMI JOIN spans ON epoch_us(session_created) BETWEEN spans.first AND spans.last) \
             SELECT session_id, COALESCE(min(COALESCE(NULLIF(identity_account_id, ''), recipient_account_id)), '') AS account_id, \
             COALESCE(min(NULLIF(principal_arn, '')), min(NULLIF(principal_id, '')), min(principal), '') AS principal, \
             min(session_created) AS created FROM events SEMI JOIN within USING (session_created) \
             WHERE NOT list_contains(console_evidence, 'sign_in') \
             GROUP BY session_id ORDER BY session_id",
        )?;
        let mut sessions = Vec::new();
        for batch in &batches {
            sessions.extend(read_sessions(batch)?);
        }
        Ok(sessions)
    }

    /// Moves events to sessions: pairs of `event_id` and `session_id`. Both sessions count as changed.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn move_events(&self, moves: &[(String, String)]) -> Result<(), StoreError> {
        self.stage(moves.iter().map(|(event, session)| [event.as_str(), session.as_str()]))?;
        self.execute(MARK_SESSIONS)?;
        self.execute(
            "UPDATE events SET session_id = stage.session_id FROM stage WHERE events.event_id = stage.event_id",
        )
    }

    /// Removes events. Their sessions count as changed.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn remove_events(&self, event_ids: &[String]) -> Result<(), StoreError> {
        self.stage(event_ids.iter().map(|event| [event.as_str(), ""]))?;
        self.execute(MARK_SESSIONS)?;
        self.execute("DELETE FROM events WHERE event_id IN (SELECT event_id FROM stage)")
    }

    fn stage<'a>(&self, rows: impl Iterator<Item = [&'a str; 2]>) -> Result<(), StoreError> {
        self.execute(STAGE)?;
        let mut appender = self.staging()?;
        appender.append_rows(rows)?;
        Ok(appender.flush()?)
    }

    fn staging(&self) -> Result<Appender<'_>, StoreError> {
        Ok(self.connection.appender_to_catalog_and_db("stage", "temp", "main")?)
    }
}

/// The events whose records have the staged IDs: by row ID, so that only the ID columns of all other events are read.
fn of_stage() -> String {
    format!("WHERE rowid IN (SELECT rowid FROM events WHERE {OWN_ID} IN (SELECT event_id FROM stage))")
}

fn read_sessions(batch: &RecordBatch) -> Result<Vec<KnownSession>, StoreError> {
    let columns = Columns(batch);
    let [ids, accounts, principals] =
        [columns.text("session_id")?, columns.text("account_id")?, columns.text("principal")?];
    let created = columns.time("created")?;
    let session = |row| KnownSession {
        session_id: ids.value(row).to_owned(),
        account_id: accounts.value(row).to_owned(),
        principal: principals.value(row).to_owned(),
        created: Timestamp(created.value(row)),
    };
    Ok((0..batch.num_rows()).map(session).collect())
}
