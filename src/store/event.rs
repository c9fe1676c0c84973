//! What load asks of `events`: which are there, which are sign-ins, and which belong elsewhere.

use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::batch::Columns;
use crate::event::Timestamp;

/// A session that sign-ins may belong to, as its events other than sign-ins show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// `events.session_id`
    pub session_id: String,
    /// The caller's account, else the one called; empty if unknown.
    pub account_id: String,
    /// The caller's ARN, else id, else name; empty if unknown.
    pub principal: String,
    /// `events.session_created`
    pub created: Timestamp,
}

/// The temporary table that statements over many events join; one at a time.
const STAGE: &str = "CREATE OR REPLACE TEMP TABLE stage (event_id VARCHAR, session_id VARCHAR)";

/// Marks the sessions that staged events are in as changed: no session has a negative count of events.
const MARK_SESSIONS: &str = "UPDATE sessions SET events = -1 WHERE session_id IN \
     (SELECT session_id FROM stage UNION ALL SELECT e.session_id FROM events AS e JOIN stage USING (event_id))";

impl Case {
    /// Tells of every event of the case its `event_id` and `source_file`.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn each_event(&self, mut tell: impl FnMut(&str, &str)) -> Result<(), StoreError> {
        for batch in self.query("SELECT event_id, source_file FROM events")? {
            let columns = Columns(&batch);
            let (ids, files) = (columns.text("event_id")?, columns.text("source_file")?);
            (0..batch.num_rows()).for_each(|row| tell(ids.value(row), files.value(row)));
        }
        Ok(())
    }

    /// The sign-ins, as [`crate::batch::read_events`] reads them, in order of their ids.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn sign_ins(&self) -> Result<Vec<RecordBatch>, StoreError> {
        self.query(
            "SELECT * REPLACE (client::VARCHAR AS client) FROM events \
             WHERE list_contains(console_evidence, 'sign_in') ORDER BY event_id",
        )
    }

    /// The sessions that sign-ins may belong to, in order of their ids.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn sessions_to_sign_in(&self) -> Result<Vec<KnownSession>, StoreError> {
        // Sign-ins are left out, so that where an earlier load put them cannot change where this one does.
        let batches = self.query(
            "SELECT session_id, \
             COALESCE(min(COALESCE(NULLIF(identity_account_id, ''), recipient_account_id)), '') AS account_id, \
             COALESCE(min(NULLIF(principal_arn, '')), min(NULLIF(principal_id, '')), min(principal), '') AS principal, \
             min(session_created) AS created FROM events \
             WHERE session_created IS NOT NULL AND NOT list_contains(console_evidence, 'sign_in') \
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
        let mut appender = self.connection.appender_to_catalog_and_db("stage", "temp", "main")?;
        appender.append_rows(rows)?;
        Ok(appender.flush()?)
    }
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
